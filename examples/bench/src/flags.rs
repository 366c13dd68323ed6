//! The command line.

use std::net::SocketAddr;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use cloakroom::sealed::{InvalidKey, KeyRing, KeyRingError, SealKey};
use cloakroom::{CapPolicy, ReusePolicy};
use thiserror::Error;

/// Checks the cloakroom library from outside.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Flags {
    /// `memory:`, `sqlite:PATH`, or the URL of a server
    #[arg(long, value_name = "URL")]
    pub(crate) store: String,
    /// Where the application's routes are
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8701")]
    pub(crate) listen: SocketAddr,
    /// Where the test's routes are
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8702")]
    pub(crate) control: SocketAddr,
    /// The idle timeout
    #[arg(long, value_name = "MS", default_value_t = 1_800_000)]
    idle_ms: u64,
    /// The absolute timeout
    #[arg(long, value_name = "MS", default_value_t = 43_200_000)]
    absolute_ms: u64,
    /// How often activity is written down
    #[arg(long, value_name = "MS", default_value_t = 60_000)]
    touch_ms: u64,
    /// How old a token gets before it is renewed; 0 for never
    #[arg(long, value_name = "MS", default_value_t = 0)]
    renew_ms: u64,
    /// How long an old token is good after the new one was presented
    #[arg(long, value_name = "MS", default_value_t = 30_000)]
    grace_ms: u64,
    /// How long a proof counts as recent
    #[arg(long, value_name = "MS", default_value_t = 300_000)]
    reauth_ms: u64,
    /// Sessions per subject; 0 for any number
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) cap: usize,
    /// What happens to one session too many
    #[arg(long, value_enum, default_value = "evict")]
    cap_policy: CapPolicyFlag,
    /// What a use of a renewed-away token does
    #[arg(long, value_enum, default_value = "log")]
    reuse_policy: ReusePolicyFlag,
    /// Sealed sessions instead of stored ones
    #[arg(long)]
    sealed: bool,
    /// Where the marks of sealed sessions live; without it, in the store
    #[arg(long, value_name = "URL")]
    pub(crate) revocations: Option<String>,
    /// The staleness bound of the near cache; 0 for none
    #[arg(long, value_name = "MS", default_value_t = 0)]
    near_cache_ms: u64,
    /// The cross-origin check alone, or tokens as well
    #[arg(long, value_enum, default_value = "headers")]
    pub(crate) csrf: CsrfFlag,
    /// Another origin that may send unsafe requests
    #[arg(long, value_name = "ORIGIN", num_args = 1..)]
    pub(crate) trusted_origin: Vec<String>,
    /// A path without a cross-origin check
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub(crate) bypass_path: Vec<String>,
    /// Keys of sealed sessions, of which the first seals; without it, one that everybody knows
    #[arg(long, value_name = "HEX", value_delimiter = ',')]
    seal_keys: Vec<String>,
    /// How long the store may take
    #[arg(long, value_name = "MS", default_value_t = 2_000)]
    store_timeout_ms: u64,
    /// Time moves by `POST /clock` only
    #[arg(long)]
    pub(crate) manual_clock: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum CapPolicyFlag {
    Evict,
    Refuse,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ReusePolicyFlag {
    Log,
    Revoke,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CsrfFlag {
    Headers,
    Token,
}

/// Why `--seal-keys` are none.
#[derive(Debug, Error)]
pub(crate) enum SealKeysError {
    #[error("--seal-keys: {0}")]
    Key(#[from] InvalidKey),
    #[error("--seal-keys: {0}")]
    Ring(#[from] KeyRingError),
}

impl Flags {
    /// The idle timeout, cut so that it stays below the absolute one: an idle timeout above it never acts.
    pub(crate) fn idle(&self) -> Duration {
        Duration::from_millis(self.idle_ms.min(self.absolute_ms.saturating_sub(1)))
    }

    pub(crate) fn absolute(&self) -> Duration {
        Duration::from_millis(self.absolute_ms)
    }

    pub(crate) fn touch_window(&self) -> Duration {
        Duration::from_millis(self.touch_ms)
    }

    pub(crate) fn renewal_period(&self) -> Option<Duration> {
        (self.renew_ms > 0).then(|| Duration::from_millis(self.renew_ms))
    }

    pub(crate) fn grace(&self) -> Duration {
        Duration::from_millis(self.grace_ms)
    }

    pub(crate) fn reauthentication_window(&self) -> Duration {
        Duration::from_millis(self.reauth_ms)
    }

    pub(crate) fn store_timeout(&self) -> Duration {
        Duration::from_millis(self.store_timeout_ms)
    }

    pub(crate) fn near_cache(&self) -> Option<Duration> {
        (self.near_cache_ms > 0).then(|| Duration::from_millis(self.near_cache_ms))
    }

    pub(crate) fn cap_policy(&self) -> CapPolicy {
        match self.cap_policy {
            CapPolicyFlag::Evict => CapPolicy::EvictOldest,
            CapPolicyFlag::Refuse => CapPolicy::RefuseNew,
        }
    }

    pub(crate) fn reuse_policy(&self) -> ReusePolicy {
        match self.reuse_policy {
            ReusePolicyFlag::Log => ReusePolicy::Log,
            ReusePolicyFlag::Revoke => ReusePolicy::Revoke,
        }
    }

    /// The keys of sealed sessions, if sessions are sealed.
    pub(crate) fn seal_keys(&self) -> Result<Option<KeyRing>, SealKeysError> {
        const BENCH_KEY: &str = "9f1c02d7a84be36650c1fd7729e8b34a6d05f8c17e22904bb6a3d9180e5f7c41";
        if !self.sealed {
            return Ok(None);
        }
        let keys = self.seal_keys.iter().map(|text| SealKey::parse(text)).collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() {
            return Ok(Some(KeyRing::new(SealKey::parse(BENCH_KEY)?)));
        }
        Ok(Some(KeyRing::newest_first(keys)?))
    }

    /// A flag that was given and says something of sealed sessions, without there being any.
    pub(crate) fn only_sealed(&self) -> Option<&'static str> {
        [("--revocations", self.revocations.is_some()), ("--seal-keys", !self.seal_keys.is_empty())]
            .into_iter()
            .find_map(|(flag, given)| (given && !self.sealed).then_some(flag))
    }
}
