//! JWTs for the services behind: minted from a live session, for one audience, for minutes; and their verifier.
//!
//! A browser has a session. A service that cannot ask for the session gets an access token instead, which it verifies by
//! itself. It costs it no round trip, and it cannot be called back: see `docs/sessions-and-tokens.md` for which to use when.
//!
//! - The issuer's side: [`SigningKeys`], a ring of [`SigningKey`]s that take over from one another without a request
//!   noticing, and [`TokenIssuer`], which mints an [`AccessToken`] from a [`LiveSession`].
//! - The other side: [`Verifier`], which is handed the key set that [`SigningKeys::jwks`] writes.
//!
//! Tokens follow the JWT profile for OAuth 2.0 access tokens, RFC 9068, so that any JOSE library in any language reads them.
//! Time and randomness are arguments, and nothing here does I/O.
//!
//! ```
//! use cloakroom_core::{Entropy, EntropyError, FreshSecret, Lifetime, Method, Record, SessionId, Subject, Timestamp};
//! use cloakroom_jwt::{
//!     Algorithm, Audience, ClientId, Issuer, LiveSession, SigningKey, SigningKeys, TokenId, TokenIssuer, Verifier,
//! };
//! # struct Os;
//! # impl Entropy for Os {
//! #     fn fill(&self, octets: &mut [u8]) -> Result<(), EntropyError> {
//! #         (3..).zip(octets).for_each(|(n, octet): (u8, _)| *octet = n.wrapping_mul(n).wrapping_mul(131) ^ 0xa5);
//! #         Ok(())
//! #     }
//! # }
//! # let os = Os;
//! # let (id, fresh) = (SessionId::from_octets([7; 16]), FreshSecret::from_entropy([9; 32]));
//! # let now = Timestamp::from_millis(1_800_000_000_000);
//! # let record = Record::authenticated(Subject::new("alice")?, Method::Password, &fresh, now);
//! // The issuer, once. `os` draws from the operating system; keep `key.expose_pkcs8_pem()` in a file.
//! let keys = SigningKeys::begin(SigningKey::generate(Algorithm::Es256, &os)?, now);
//! let issuer = TokenIssuer::new(Issuer::new("https://id.example.com")?, ClientId::new("shop")?);
//!
//! // The issuer, in a request whose session has just been looked up.
//! let orders = Audience::new("https://orders.example.com")?;
//! let session = LiveSession::of(id, &record, &Lifetime::default()).expect("alice is signed in");
//! let token = issuer.mint(&keys, &session, &orders, now, TokenId::from_entropy([1; 16]))?;
//!
//! // The service behind, which has read the key set over HTTPS.
//! let jwks = keys.jwks(now);
//! let verifier =
//!     Verifier::new(Algorithm::Es256, Issuer::new("https://id.example.com")?, orders.clone(), jwks.as_bytes())?;
//! assert_eq!(verifier.verify(token.expose(), now)?.subject.as_str(), "alice");
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```

mod algorithm;
mod claims;
mod header;
mod key_error;
mod limits;
mod live_session;
mod names;
mod object;
mod public_key;
mod refused;
mod secret;
mod signing_key;
mod signing_keys;
mod token_issuer;
mod verifier;
mod verifying_keys;

pub use algorithm::Algorithm;
pub use claims::Verified;
pub use key_error::KeyError;
pub use limits::{LEEWAY_MAX, TOKEN_LIFETIME_MAX};
pub use live_session::{LiveSession, Profile};
pub use names::{Audience, ClientId, InvalidName, Issuer, TokenId};
pub use object::Flaw;
pub use public_key::KeyId;
pub use refused::Refused;
pub use signing_key::SigningKey;
pub use signing_keys::{ANNOUNCEMENT_DEFAULT, InvalidKeys, ScheduledKey, SigningKeys};
pub use token_issuer::{AccessToken, InvalidTokenLifetime, MintError, TokenIssuer};
pub use verifier::{InvalidLeeway, Verifier};
pub use verifying_keys::JwksError;
