//! From settings to an open installation.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use cloakroom::cookie::CookieName;
use cloakroom::remember::RememberMe;
use cloakroom::store::{ChangeSink, Changes as _};
use cloakroom::{
    Clock, CookiePolicy, Entropy, EntropyError, Lifetime, NearCache, NearOptions, OsEntropy, Renewal,
    Sessions, SystemClock, Timestamp, minutes, seconds,
};
use cloakroom_stores::{AnyStore, IndexedStore};

use crate::accounts::password::{Hasher, PasswordPolicy};
use crate::accounts::{Accounts, LinkToken};
use crate::config::{Bond, CookieDomain, Settings};
use crate::events::{EventKind, LibraryEvents, Trail};
use crate::installation::InstallationError;
use crate::installation::endings::BulkEndings;
use crate::installation::guesses::Guesses;
use crate::installation::key_copies::KeyCopies;
use crate::installation::members::Members;
use crate::metrics::{Measured, Metrics, Role};
use crate::samples::Samples;

/// How often a session's token is renewed. A copy of the old one that is used later is a sign of theft.
const RENEWAL: Duration = minutes(30);

/// How long the end of the process waits for sign-outs that are left to do.
const FAREWELL: Duration = seconds(3);

/// What session cookies are called behind their prefixes.
const COOKIE: &str = "cloakroom";

/// The largest part of the idle timeout that may go unrecorded.
const TOUCH_WINDOW_MAX: Duration = minutes(1);

/// The accounts and sessions of one installation. Cheap to clone.
///
/// Several processes may be on the same store and accounts: what one does, the others see at once, or within the bound of the near
/// cache.
#[derive(Clone, Debug)]
pub struct Installation {
    pub(super) accounts: Accounts,
    pub(super) sessions: Sessions,
    pub(super) store: IndexedStore,
    pub(super) hasher: Hasher,
    pub(super) policy: PasswordPolicy,
    pub(super) guesses: Arc<Guesses>,
    clock: Arc<SystemClock>,
    pub(super) members: Arc<Members>,
    pub(super) key_copies: Arc<KeyCopies>,
    pub(super) trail: Trail,
    pub(super) events_kept: Duration,
    pub(super) metrics: Metrics,
    pub(super) bulk_endings: Arc<BulkEndings>,
    pub(super) samples: Samples,
}

impl Installation {
    /// Opens the store and the accounts of these settings, and makes what is missing.
    ///
    /// # Errors
    /// [`InstallationError`] when one of them cannot be opened.
    pub async fn open(settings: &Settings) -> Result<Self, InstallationError> {
        let AnyStore::Indexed(store) = settings.store.open().await? else {
            return Err(InstallationError::NoIndex);
        };
        let accounts = if settings.accounts == settings.store {
            Accounts::open_beside(&store).await?
        } else {
            Accounts::open(&settings.accounts).await?
        };
        let clock = Arc::new(SystemClock::new());
        let metrics = Metrics::new(clock.now());
        let trail = Trail::new(&OsEntropy, metrics.clone())?;
        let measured = Measured::new(store.clone(), metrics.clone(), Role::Store);
        let sessions = if settings.store.is_far() && !settings.near_cache.is_zero() {
            let options = NearOptions::new().staleness_max(settings.near_cache);
            let near = NearCache::listening(measured, options);
            Sessions::indexed(Measured::new(near, metrics.clone(), Role::NearCache))
        } else {
            Sessions::indexed(measured)
        };
        let sessions = sessions
            .cookie(Self::cookie_of(settings.cookie_domain.as_ref()))
            .renewal(Renewal::every(RENEWAL))
            .record_clients()
            .events(LibraryEvents(trail.clone()))
            .clock(Arc::clone(&clock));
        let sessions = match settings.remember_me {
            Some(remembered) => {
                let remember = RememberMe::for_days(remembered.days()).cookie(Self::remember_cookie());
                sessions.remember_me(remember)
            }
            None => sessions,
        };
        let sessions =
            if settings.bind.is_empty() { sessions } else { sessions.bind(Bond::all(&settings.bind)) };
        Ok(Self {
            accounts,
            sessions: ruled(sessions, settings)?,
            store,
            hasher: Hasher::new(std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)),
            policy: policy(settings),
            guesses: Arc::default(),
            clock,
            members: Arc::default(),
            key_copies: Arc::default(),
            events_kept: settings.watch.events_kept,
            samples: Samples::of(&trail.instance(), metrics.clone()),
            trail,
            metrics,
            bulk_endings: Arc::default(),
        })
    }

    /// The same accounts and sessions under other settings: what is counted and copied stays, what is decided changes.
    ///
    /// # Errors
    /// [`InstallationError::Lifetime`].
    pub(crate) fn under(&self, settings: &Settings) -> Result<Self, InstallationError> {
        let sessions = ruled(self.sessions.clone(), settings)?;
        Ok(Self { sessions, policy: policy(settings), ..self.clone() })
    }

    /// The session cookie: `__Host-Http-cloakroom`, which neither a sub-domain nor a script can plant.
    pub(crate) fn cookie() -> CookiePolicy {
        CookiePolicy::host_http(COOKIE).into()
    }

    /// The name of the session cookie that hosts share, whichever their domain is.
    pub(crate) fn shared_cookie_name() -> CookieName {
        CookiePolicy::from(CookiePolicy::secure(COOKIE)).name().clone()
    }

    /// The session cookie of the sign-in: `__Secure-cloakroom` where hosts share one, else [`Self::cookie`].
    pub(crate) fn cookie_of(shared: Option<&CookieDomain>) -> CookiePolicy {
        shared.map_or_else(Self::cookie, |domain| domain.cookie(COOKIE))
    }

    /// The cookie by which browsers are remembered.
    pub(crate) fn remember_cookie() -> CookiePolicy {
        CookiePolicy::host_http("cloakroom-remember").into()
    }

    /// Removes what has expired, now and then, for as long as the process runs.
    pub(crate) async fn purge(self) {
        self.sessions.purge_every(self.store.purge_period()).await;
    }

    /// Ends, at the end of the process, what the store could not end when it was asked: nobody else knows of it.
    pub(crate) async fn make_up_for_sign_outs(&self) {
        let making_up = tokio::time::timeout(FAREWELL, self.sessions.make_up_for_sign_outs());
        match making_up.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(
                error = &error as &dyn std::error::Error,
                "sign-outs that the store could not take are lost"
            ),
            Err(_) => tracing::error!("sign-outs that the store could not take are lost: it does not answer"),
        }
    }

    /// Tells of changes of sessions, where the store does, for as long as the process runs.
    pub(crate) async fn tell_changes(self, sink: Arc<dyn ChangeSink>) {
        self.store.watch(sink).await;
    }

    pub(crate) const fn store(&self) -> &IndexedStore {
        &self.store
    }

    pub(crate) const fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    pub(crate) const fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    pub(crate) const fn policy(&self) -> &PasswordPolicy {
        &self.policy
    }

    pub(crate) const fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    pub(crate) fn clock(&self) -> Arc<SystemClock> {
        Arc::clone(&self.clock)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Octets that nobody can guess.
    pub(crate) fn random<const LEN: usize>() -> Result<[u8; LEN], EntropyError> {
        let mut octets = [0; LEN];
        OsEntropy.fill(&mut octets)?;
        Ok(octets)
    }

    /// A new set-up link while nobody has an account; those of other instances work beside it, until one is used.
    pub(crate) async fn issue_setup_token(&self) -> Result<Option<LinkToken>, InstallationError> {
        if !self.accounts.is_empty().await? {
            return Ok(None);
        }
        let token = LinkToken::from_octets(Self::random()?);
        self.accounts.issue_setup_link(&token, self.now()).await?;
        self.record(self.event(EventKind::SetUpLinkIssued));
        Ok(Some(token))
    }
}

/// Sessions that live as long as these settings say.
fn ruled(sessions: Sessions, settings: &Settings) -> Result<Sessions, InstallationError> {
    let touch_window = TOUCH_WINDOW_MAX.min(settings.idle_timeout / 10);
    let lifetime = Lifetime::try_new(settings.idle_timeout, settings.absolute_timeout, touch_window)?;
    Ok(sessions.lifetime(lifetime).reauthentication_window(settings.reauthentication_window))
}

fn policy(settings: &Settings) -> PasswordPolicy {
    let public_url = settings.public_url_on(settings.listen.port());
    PasswordPolicy::new(
        settings.password_length_min,
        ["cloakroom", settings.name.as_str(), public_url.host()],
    )
}
