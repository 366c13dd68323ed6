//! Tokens for applications: minted from a live session, and again only when there is something new to say.

use std::sync::Arc;
use std::time::Duration;

use cloakroom::{Clock, OsEntropy, Session, SystemClock, Timestamp, seconds};
use cloakroom_jwt::{Audience, ClientId, Issuer, LiveSession, MintError, Profile, TokenId, TokenIssuer};
use http::HeaderValue;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::accounts::{Accounts, DisplayName, Email, Group, User};
use crate::config::{PublicUrl, Settings};
use crate::installation::Installation;
use crate::tokens::error::{TokenError, TokensError};
use crate::tokens::held_key::AFTERLIFE;
use crate::tokens::keeper::{Keeper, SHORT_ANNOUNCEMENT};
use crate::tokens::minted::{Minted, Wanted};
use crate::tokens::signer::Signer;

/// The `acr` claim: a password is the only proof that there is.
const ASSURANCE: &str = "aal1";

/// The `client_id` claim: users come through here and nothing else.
const CLIENT: &str = "cloakroom";

/// How long a process that ends waits for the database.
const FAREWELL: Duration = seconds(2);

/// Mints the tokens of this process.
#[derive(Debug)]
pub(crate) struct Tokens {
    issuer: TokenIssuer,
    signer: Arc<Signer>,
    minted: Minted,
    accounts: Accounts,
    clock: Arc<SystemClock>,
    keeper: JoinHandle<()>,
}

/// See [`PublicUrl::LEN_MAX`]; blanks are in no origin.
const ORIGINS_ARE_NAMES: &str = "an origin has 1 to 255 visible characters";

/// The application at an origin, as whom tokens are for.
pub(crate) fn audience_of(origin: &PublicUrl) -> Audience {
    Audience::new(&origin.to_string()).expect(ORIGINS_ARE_NAMES)
}

impl Tokens {
    /// Those of these settings: none where no application gets any.
    pub(crate) async fn of(
        settings: &Settings,
        installation: &Installation,
        public_url: &PublicUrl,
    ) -> Result<Option<Arc<Self>>, TokensError> {
        if !settings.has_tokens() {
            return Ok(None);
        }
        let tokens = Self::start(installation.accounts().clone(), installation.clock(), public_url).await?;
        Ok(Some(Arc::new(tokens)))
    }

    /// Publishes a key of this process and begins to look after it. Takes a second, after which every process that is
    /// asked for the key set knows the key.
    async fn start(
        accounts: Accounts,
        clock: Arc<SystemClock>,
        public_url: &PublicUrl,
    ) -> Result<Self, TokensError> {
        let issuer = Issuer::new(&public_url.to_string()).expect(ORIGINS_ARE_NAMES);
        let issuer = TokenIssuer::new(issuer, ClientId::new(CLIENT).expect("it is a word"));
        let keeper = Keeper::begin(accounts.clone(), Arc::clone(&clock), OsEntropy).await?;
        sleep(SHORT_ANNOUNCEMENT).await;
        let (signer, minted) = (keeper.signer(), Minted::new(clock.now()));
        Ok(Self { issuer, signer, minted, accounts, clock, keeper: tokio::spawn(keeper.run()) })
    }

    /// Whether there is a key that may sign now.
    pub(crate) fn can_sign(&self, now: Timestamp) -> bool {
        self.signer.signing(now).is_some()
    }

    /// Says that this process signs no more, so that its key is published for no longer than what it signed needs.
    ///
    /// A process that dies without it leaves a key that ends by itself, some minutes later.
    pub(crate) async fn end(&self) {
        self.keeper.abort();
        let now = self.clock.now();
        let Some(signing) = self.signer.signing(now) else { return };
        let ending = self.accounts.end_key(signing.key.id().as_str(), now, now.after(AFTERLIFE));
        if !matches!(timeout(FAREWELL, ending).await, Ok(Ok(()))) {
            tracing::warn!(
                "the signing key of this process stays published for some minutes more than it need be"
            );
        }
    }

    /// A token of a live session for an application; nothing when the session ends within this second.
    ///
    /// One that was minted less than a minute ago and says the same is handed out again.
    ///
    /// # Security
    /// The session has been looked up in this request, and the user a second ago at most.
    pub(crate) fn token(
        &self,
        session: &Session,
        user: &User,
        audience: &Audience,
    ) -> Result<Option<HeaderValue>, TokenError> {
        let now = self.clock.now();
        let (Some(id), Some(authentication), Some(expires_at)) =
            (session.id(), session.authentication(), session.expires_at())
        else {
            return Ok(None);
        };
        let signing = self.signer.signing(now).ok_or(TokenError::Unpublished)?;
        let wanted = Wanted {
            session: id,
            audience,
            key: signing.key.id(),
            proven_at: authentication.proven_at,
            profile_version: user.profile_version(),
        };
        if let Some(value) = self.minted.find(&wanted, now) {
            return Ok(Some(value));
        }
        let groups: Vec<&str> = user.profile.groups.iter().map(Group::as_str).collect();
        let profile = Profile {
            name: user.profile.display_name.as_ref().map(DisplayName::as_str),
            preferred_username: Some(user.name.canonical()),
            email: user.profile.email.as_ref().map(Email::as_str),
            groups: &groups,
        };
        let live = LiveSession {
            id,
            authentication: &authentication,
            expires_at,
            assurance: Some(ASSURANCE),
            profile: Some(profile),
        };
        let token_id = TokenId::from_entropy(Installation::random()?);
        let token = match self.issuer.mint_with(&signing.key, &live, audience, now, token_id) {
            Ok(token) => token,
            Err(MintError::SessionEnded) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let mut value =
            HeaderValue::from_str(token.expose()).expect("base64url and points are visible ASCII");
        value.set_sensitive(true);
        self.minted.keep(&wanted, value.clone(), token.expires_at(), now);
        Ok(Some(value))
    }
}

impl Drop for Tokens {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}
