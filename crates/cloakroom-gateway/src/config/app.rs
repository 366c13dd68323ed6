//! One application: the `[[app]]` tables of the file.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use cloakroom::audience::AudienceLimits;
use thiserror::Error;

use crate::accounts::Group;
use crate::config::{AppOrigin, PathPattern, Upstream, UpstreamTerms};
use crate::tls::CertificateFiles;

/// An application that users reach through their sign-in here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct App {
    /// What it is called in logs and lists.
    pub name: AppName,
    /// The origin that browsers see, or those.
    pub origin: AppOrigin,
    /// Where it answers; without one, only forward auth is done for it.
    pub upstream: Option<Upstream>,
    /// On what terms requests are handed on there.
    pub upstream_terms: UpstreamTerms,
    /// What it takes to use it where no rule says otherwise.
    pub access: Access,
    /// What it takes on certain paths; the first that matches decides.
    pub rules: Vec<Rule>,
    /// Whether a preflight without a cookie, which browsers send for scripts of other origins, reaches it.
    pub preflight: bool,
    /// Which requests that other sites cause are kept from it.
    pub cross_site: CrossSite,
    /// A certificate of its own, where we speak TLS for it.
    pub tls: Option<CertificateFiles>,
    /// Whether it gets a JWT with each request, for its origin as the audience.
    pub jwt: bool,
    /// Whether it is told of the user in the fields of oauth2-proxy too.
    pub x_auth_request: bool,
    /// How long a user is seen who does not use it; as long as the session lives where nothing is said.
    pub idle_timeout: Option<Duration>,
    /// How long a user is seen after the last proof of who they are, likewise.
    pub absolute_timeout: Option<Duration>,
}

/// The name of an application: 1 to 40 of `a` to `z`, `0` to `9` and `-`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AppName(String);

/// What a user has to bring.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// One of these groups; everybody who is signed in when there are none.
    pub groups: Vec<Group>,
    /// A proof of who they are that is no older.
    pub proven_within: Option<Duration>,
}

/// What it takes on some paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Which paths.
    pub path: PathPattern,
    /// What it takes; `None` lets everybody in, signed in or not.
    pub access: Option<Access>,
}

/// What becomes of unsafe requests that a browser says another site has caused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CrossSite {
    /// They are the application's own business.
    #[default]
    Pass,
    /// Those of other sites are refused.
    Refuse,
    /// Those of sibling sub-domains too.
    RefuseSiblings,
}

/// The text is no name of an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a name has 1 to 40 of a to z, 0 to 9 and -")]
pub struct InvalidAppName;

impl App {
    /// An application that every user may use.
    pub(crate) fn open_to_users(name: AppName, origin: AppOrigin, upstream: Option<Upstream>) -> Self {
        let (access, rules) = (Access::default(), Vec::new());
        let (preflight, cross_site, jwt, x_auth_request) = (false, CrossSite::default(), false, false);
        let (idle_timeout, absolute_timeout) = (None, None);
        let upstream_terms = UpstreamTerms::default();
        Self {
            name,
            origin,
            upstream,
            upstream_terms,
            access,
            rules,
            preflight,
            cross_site,
            jwt,
            tls: None,
            x_auth_request,
            idle_timeout,
            absolute_timeout,
        }
    }

    /// The limits of its own.
    pub(crate) fn limits(&self) -> AudienceLimits {
        let limits =
            self.idle_timeout.map_or(AudienceLimits::none(), |idle| AudienceLimits::none().idle(idle));
        self.absolute_timeout.map_or(limits, |absolute| limits.absolute(absolute))
    }
}

impl AppName {
    /// The name of the one application that `proxy` names.
    pub(crate) fn of_the_only() -> Self {
        Self("application".to_owned())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AppName {
    type Err = InvalidAppName;

    fn from_str(text: &str) -> Result<Self, InvalidAppName> {
        let is_name = (1..=40).contains(&text.len())
            && text.bytes().all(|octet| matches!(octet, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        if is_name { Ok(Self(text.to_owned())) } else { Err(InvalidAppName) }
    }
}

impl fmt::Display for AppName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
