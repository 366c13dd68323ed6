//! The cookie in which a browser holds the secret of its hand-overs.

use cloakroom::CookiePolicy;

/// `__Host-Http-cloakroom-flow`, at an application's origin.
pub(crate) fn flow_cookie() -> CookiePolicy {
    CookiePolicy::host_http("cloakroom-flow").into()
}
