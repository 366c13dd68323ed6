//! A sign-in on its way through a provider: everything about it is in `state`, sealed by a secret that the browser holds.
//!
//! ```text
//! cookie    a secret of the browser, one for all tabs
//! state     sealed under it: provider, aim, time, place to go to, a seed
//! nonce     digest of seed and secret
//! verifier  digest of seed and secret (PKCE)
//! ```
//! No instance has a key, so that any of them ends what another began, and a copy of the database opens nothing. Tabs share the
//! secret and nothing else, so that none spoils another's way. Whoever brings a `state` into another browser brings something
//! that this browser's secret does not open.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cloakroom::sealed::{KeyRing, Purpose, SealKey, Sealer};
use cloakroom::{Entropy as _, EntropyError, OsEntropy, Timestamp, minutes};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::config::ProviderName;
use crate::web::FlowSecret;

/// How long somebody may take at the provider.
const LIFETIME: Duration = minutes(10);

/// Octets of the part that makes one flow of a browser differ from the next.
const SEED_LEN: usize = 16;

/// Octets of a flow before the name of its provider.
const HEAD_LEN: usize = 1 + 8 + SEED_LEN + 1;

/// What a flow is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aim {
    /// Somebody signs in.
    SignIn,
    /// Somebody who is signed in proves it again.
    Proof,
}

/// A sign-in on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Flow {
    pub(crate) provider: ProviderName,
    pub(crate) aim: Aim,
    pub(crate) began_at: Timestamp,
    /// The parameter that names the place to go to afterwards; it is judged again there.
    pub(crate) destination: String,
    seed: [u8; SEED_LEN],
}

impl Flow {
    /// Begins a flow.
    pub(crate) fn begin(
        provider: ProviderName,
        aim: Aim,
        destination: String,
        now: Timestamp,
    ) -> Result<Self, EntropyError> {
        let mut seed = [0; SEED_LEN];
        OsEntropy.fill(&mut seed)?;
        Ok(Self { provider, aim, began_at: now, destination, seed })
    }

    /// The `state` parameter. A place to go to that is too long for it is left out.
    pub(super) fn state(&self, secret: &FlowSecret) -> Result<String, EntropyError> {
        let sealer = sealer(secret);
        let provider = self.provider.as_str().as_bytes();
        let mut octets = vec![match self.aim {
            Aim::SignIn => 0,
            Aim::Proof => 1,
        }];
        octets.extend(self.began_at.as_millis().to_be_bytes());
        octets.extend(self.seed);
        octets.push(u8::try_from(provider.len()).expect("a provider's name has 40 octets at most"));
        octets.extend(provider);
        if octets.len() + self.destination.len() <= sealer.payload_len_max() {
            octets.extend(self.destination.as_bytes());
        }
        sealer.seal(&octets, self.began_at, &OsEntropy).map_err(|_| EntropyError)
    }

    /// The flow of a `state` that this browser has brought back; `None` if it never began it, or too long ago.
    pub(crate) fn open(state: &str, secret: &FlowSecret, now: Timestamp) -> Option<Self> {
        let opened = sealer(secret).open(state.as_bytes(), now)?;
        let (head, rest) = opened.payload().split_first_chunk::<HEAD_LEN>()?;
        let aim = match head[0] {
            0 => Aim::SignIn,
            1 => Aim::Proof,
            _ => return None,
        };
        let began_at = Timestamp::from_millis(u64::from_be_bytes(head[1..9].try_into().ok()?));
        let seed = head[9..9 + SEED_LEN].try_into().ok()?;
        let (provider, destination) = rest.split_at_checked(usize::from(head[HEAD_LEN - 1]))?;
        if now >= began_at.after(LIFETIME) || began_at > now.after(LIFETIME) {
            return None;
        }
        Some(Self {
            provider: std::str::from_utf8(provider).ok()?.parse().ok()?,
            aim,
            began_at,
            destination: String::from_utf8(destination.to_vec()).ok()?,
            seed,
        })
    }

    /// What the ID token has to repeat.
    pub(super) fn nonce(&self, secret: &FlowSecret) -> String {
        URL_SAFE_NO_PAD.encode(self.digest(b"cloakroom oidc nonce\0", secret))
    }

    /// What proves to the provider that whoever brings the code has begun the flow.
    ///
    /// Source: RFC 7636 4.1.
    pub(super) fn verifier(&self, secret: &FlowSecret) -> Zeroizing<String> {
        Zeroizing::new(URL_SAFE_NO_PAD.encode(self.digest(b"cloakroom oidc verifier\0", secret)))
    }

    /// The digest of the verifier, which a provider learns first.
    pub(super) fn challenge(&self, secret: &FlowSecret) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier(secret).as_bytes()))
    }

    /// What is noted down when the flow has come to its end, so that it does so once.
    pub(crate) const fn seed(&self) -> &[u8] {
        &self.seed
    }

    /// When a note of its end is of no use any more.
    pub(crate) fn forgotten_at(&self) -> Timestamp {
        self.began_at.after(2 * LIFETIME)
    }

    fn digest(&self, label: &[u8], secret: &FlowSecret) -> [u8; 32] {
        Sha256::new()
            .chain_update(label)
            .chain_update(self.seed)
            .chain_update(secret.as_bytes())
            .finalize()
            .into()
    }
}

fn sealer(secret: &FlowSecret) -> Sealer {
    let key =
        Sha256::new().chain_update(b"cloakroom oidc state\0").chain_update(secret.as_bytes()).finalize();
    Sealer::new(KeyRing::new(SealKey::from_entropy(key.into())), Purpose::new("oidc"), "state")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn flow(destination: &str) -> Flow {
        Flow::begin("main".parse().unwrap(), Aim::Proof, destination.to_owned(), NOW).unwrap()
    }

    fn secret(fill: u8) -> FlowSecret {
        FlowSecret::from_octets(&[fill; 32])
    }

    #[test]
    fn a_flow_comes_back_in_the_browser_that_began_it_and_in_no_other() {
        let flow = flow("next=%2Fa");
        let state = flow.state(&secret(1)).unwrap();
        assert_eq!(Flow::open(&state, &secret(1), NOW), Some(flow));
        assert_eq!(Flow::open(&state, &secret(2), NOW), None);
        let mut changed = state.into_bytes();
        changed[30] ^= 1;
        assert_eq!(Flow::open(std::str::from_utf8(&changed).unwrap(), &secret(1), NOW), None);
        assert_eq!(Flow::open("", &secret(1), NOW), None);
    }

    #[test]
    fn a_flow_lasts_for_ten_minutes() {
        let state = flow("").state(&secret(1)).unwrap();
        let last = NOW.after(LIFETIME).before(Duration::from_millis(1));
        assert!(Flow::open(&state, &secret(1), last).is_some());
        assert!(Flow::open(&state, &secret(1), NOW.after(LIFETIME)).is_none());
    }

    #[test]
    fn two_flows_of_a_browser_share_no_value() {
        let (one, two) = (flow(""), flow(""));
        assert_ne!(one.nonce(&secret(1)), two.nonce(&secret(1)));
        assert_ne!(one.nonce(&secret(1)), one.nonce(&secret(2)));
        assert_ne!(*one.verifier(&secret(1)), one.nonce(&secret(1)));
        assert_eq!(one.verifier(&secret(1)).len(), 43);
    }

    #[test]
    fn a_place_that_is_too_long_is_left_out_and_the_flow_goes_on() {
        let long = flow(&"a".repeat(4096));
        let state = long.state(&secret(1)).unwrap();
        assert_eq!(Flow::open(&state, &secret(1), NOW).unwrap().destination, "");
    }
}
