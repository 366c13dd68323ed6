//! The cookie in which a browser holds the secret of what it has begun: hand-overs at an application's origin, and sign-ins by way
//! of a provider at that of the sign-in.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cloakroom::cookie::{CookieValue, MaxAge, find_all};
use cloakroom::{CookiePolicy, Entropy as _, EntropyError, OsEntropy};
use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};
use zeroize::Zeroizing;

/// How long a browser holds the secret: as long as somebody may take to sign in, and then some.
const HELD: MaxAge = match MaxAge::from_seconds(24 * 60 * 60) {
    Ok(age) => age,
    Err(_) => MaxAge::ZERO,
};

/// Octets of the secret that a browser holds.
const SECRET_LEN: usize = 32;

/// `__Host-Http-cloakroom-flow`.
pub(crate) fn flow_cookie() -> CookiePolicy {
    CookiePolicy::host_http("cloakroom-flow").into()
}

/// The secret that a browser holds, as 43 characters.
pub(crate) struct FlowSecret(Zeroizing<String>);

impl FlowSecret {
    /// A secret of these octets.
    pub(crate) fn from_octets(octets: &[u8; SECRET_LEN]) -> Self {
        Self(Zeroizing::new(URL_SAFE_NO_PAD.encode(octets)))
    }

    /// The secret that comes with a request; none when two do.
    pub(crate) fn held(headers: &HeaderMap) -> Option<Self> {
        let policy = flow_cookie();
        let lines = headers.get_all(COOKIE).into_iter();
        let mut values = lines.flat_map(|line| find_all(line.as_bytes(), policy.name()));
        let value = values.next().filter(|_| values.next().is_none())?;
        let octets = Zeroizing::new(URL_SAFE_NO_PAD.decode(value).ok()?);
        octets.as_slice().try_into().ok().map(Self::from_octets)
    }

    /// The secret that a browser holds, or a new one and the cookie that gives it to the browser.
    ///
    /// One that it holds already stays, so that tabs which begin at the same moment do not spoil each other's way.
    pub(crate) fn held_or_new(headers: &HeaderMap) -> Result<(Self, Option<HeaderValue>), EntropyError> {
        if let Some(held) = Self::held(headers) {
            return Ok((held, None));
        }
        let mut octets = Zeroizing::new([0; SECRET_LEN]);
        OsEntropy.fill(&mut *octets)?;
        let fresh = Self::from_octets(&octets);
        let value = CookieValue::parse(fresh.as_bytes()).expect("base64url is made of cookie octets");
        let cookie = flow_cookie().issue(value, Some(HELD)).expect("43 characters fit into a cookie");
        let mut cookie = HeaderValue::try_from(cookie.into_bytes()).expect("a cookie is a field value");
        cookie.set_sensitive(true);
        Ok((fresh, Some(cookie)))
    }

    /// The 43 characters.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}
