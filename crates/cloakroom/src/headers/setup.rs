//! The security header fields as an application sets them up.

use cloakroom_core::Entropy;

use super::fields::Fields;
use super::{ContentSecurityPolicy, SecurityHeadersLayer, StrictTransportSecurity};
use crate::system::OsEntropy;

/// The security header fields of an application, with defaults that hold; see the [module](super) for the list.
///
/// ```
/// use cloakroom::headers::SecurityHeaders;
///
/// let layer = SecurityHeaders::over_tls().layer();
/// ```
/// Put its layer outside of everything, the session layer included, so that error pages get the fields too.
#[derive(Clone, Debug)]
pub struct SecurityHeaders {
    policy: ContentSecurityPolicy,
    transport: Option<StrictTransportSecurity>,
}

impl SecurityHeaders {
    /// For a site that browsers reach by TLS, whether it ends here or at a proxy in front.
    pub fn over_tls() -> Self {
        Self {
            policy: ContentSecurityPolicy::strict(),
            transport: Some(StrictTransportSecurity::two_years()),
        }
    }

    /// For a site on plain HTTP, such as one that is being developed: the same without what wants TLS.
    pub fn insecure_over_plain_http() -> Self {
        Self { transport: None, ..Self::over_tls() }
    }

    /// Another policy than [`ContentSecurityPolicy::strict`].
    #[must_use]
    pub fn content_security_policy(self, policy: ContentSecurityPolicy) -> Self {
        Self { policy, ..self }
    }

    /// Another promise than [`StrictTransportSecurity::two_years`]; without effect over plain HTTP.
    #[must_use]
    pub fn strict_transport_security(self, promise: StrictTransportSecurity) -> Self {
        Self { transport: self.transport.map(|_| promise), ..self }
    }

    /// The layer.
    pub fn layer(&self) -> SecurityHeadersLayer {
        self.layer_with(OsEntropy)
    }

    /// The layer on other randomness, for tests.
    pub fn layer_with(&self, entropy: impl Entropy) -> SecurityHeadersLayer {
        SecurityHeadersLayer::new(Fields::new(&self.policy, self.transport), entropy)
    }
}
