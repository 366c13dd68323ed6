//! Sessions as other origins see them: a sign-in at one host, and applications at others.
//!
//! A browser keeps no cookie of one host for another, and a cookie of their parent domain is every sibling's. So each origin gets a
//! token of its own, by a hand-over:
//!
//! 1. The application's origin gives the browser a secret to hold, in a cookie, and sends it to the sign-in's origin with the
//!    [`Challenge`] made of it.
//! 2. There the session is [offered](Sessions::offer): that makes a code for this audience and this challenge, good once and for a
//!    minute, which the browser takes back.
//! 3. The application's origin [accepts](Session::accept) the code with the secret that the browser still holds, and has a token.
//!
//! There is one session and one row. What ends it ends it at every origin at once, and what happens at one counts as its activity. A
//! reauthentication takes every audience's token back, and the browser fetches another.
//!
//! An audience may have [limits](AudienceLimits) of its own: where nobody has used it or proved who they are for so long, its token is
//! [lapsed](crate::Presented::Lapsed) and none is offered before a [reauthentication](Session::reauthenticate). The session lives on
//! elsewhere.
//!
//! # Security
//! A code that somebody else sees, in a log or a link that was sent on, is worth nothing without the browser's secret. A code that
//! somebody plants in a browser meets another secret there, so that nobody is signed in as somebody else unawares.
//!
//! ```
//! use cloakroom::audience::{Audience, Challenge};
//! use cloakroom::{Error, MemoryStore, Session, Sessions, SignedIn};
//!
//! let sessions = Sessions::indexed(MemoryStore::new());
//! let wiki = Audience::of("https://wiki.example.org");
//! let at_the_wiki = sessions.at(wiki).layer(); // around the wiki's routes
//!
//! // At the sign-in's origin; the code goes into the redirect back.
//! async fn hand_over(sessions: Sessions, user: SignedIn, challenge: Challenge) -> Result<String, Error> {
//!     let code = sessions.offer(&user, Audience::of("https://wiki.example.org"), challenge).await?;
//!     Ok(String::from_utf8_lossy(code.expose()).into_owned())
//! }
//!
//! // At the wiki's origin; `held` is what the browser's cookie says.
//! async fn take_over(session: Session, code: &str, held: &[u8]) -> Result<bool, Error> {
//!     session.accept(code, Challenge::of_verifier(held)).await
//! }
//! ```

use std::fmt;
use std::sync::Arc;

use cloakroom_core::machine::{Accept, Accepted, Offer, Rules};
use cloakroom_core::{Token, TokenText};
use http::request::Parts;

pub use cloakroom_core::{Audience, AudienceLimits, AudienceRules, AudienceTokens, Challenge};

use crate::admission::admit_unnoticed;
use crate::client::{self, ClientAddress};
use crate::error::{Error, Rejection};
use crate::event::EventKind;
use crate::extract::{arrive, client_of};
use crate::session::Session;
use crate::sessions::{Sessions, Stored};
use crate::slot::SlotError;
use crate::visit::{View, Visit};

/// The code of an offer, of the same 64 characters as a token; wiped on drop.
pub struct HandOverCode(TokenText);

impl HandOverCode {
    /// The characters, for a URL of the audience's origin.
    ///
    /// # Security
    /// Good once, for a minute, and only in the browser that meets the challenge. Keep them out of logs all the same.
    pub fn expose(&self) -> &[u8] {
        self.0.expose()
    }
}

impl fmt::Debug for HandOverCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HandOverCode(..)")
    }
}

impl<I: Stored> Sessions<I> {
    /// The same sessions as an audience sees them: its tokens are good there, and no others, for as long as its limits say. Where browsers send
    /// it the cookie of the sign-in, the session's own are, by [`AudienceTokens::TheSessions`].
    ///
    /// Nobody signs in there, no visitor's session begins there, and no token is renewed there: those calls are [`Error::NotTheSignIn`].
    ///
    /// ```
    /// use cloakroom::audience::{Audience, AudienceLimits, AudienceRules};
    /// use cloakroom::{MemoryStore, Sessions, minutes};
    ///
    /// let sessions = Sessions::indexed(MemoryStore::new());
    /// let payroll = AudienceRules::from(Audience::of("https://payroll.example.org"));
    /// let at_payroll = sessions.at(payroll.within(AudienceLimits::none().idle(minutes(15))));
    /// ```
    #[must_use]
    pub fn at(&self, audience: impl Into<AudienceRules>) -> Self {
        let here = audience.into();
        self.clone().set(|engine| {
            engine.rules.audience = Some(here);
            // Nobody moves in there and no browser is brought back: the sign-in's origin sees to that. But what ends there bars and forgets
            // as it does here, so both are kept.
        })
    }

    /// Offers a signed-in session to an audience; returns the code that it is accepted by. Durable when this returns.
    ///
    /// # Errors
    /// [`Error::NotSignedIn`], [`Error::NotTheSignIn`] where the session itself is an audience's, [`Error::ProofRequired`] where it has lapsed
    /// there; otherwise as [`Session::commit`].
    pub async fn offer(
        &self,
        session: &Session,
        audience: impl Into<AudienceRules>,
        challenge: Challenge,
    ) -> Result<HandOverCode, Error> {
        let there = audience.into();
        let audience = there.audience;
        session.signed_in()?;
        session.0.engine.check_is_sign_in()?;
        if session.has_lapsed_at(there) {
            // Somebody may have used it a moment ago on another node.
            session.confirm().await?;
            session.signed_in()?;
            if session.has_lapsed_at(there) {
                return Err(Error::ProofRequired);
            }
        }
        let id = session.id().ok_or(Error::Gone)?;
        let fresh = self.engine().fresh_secret()?;
        let offer = Offer { audience, code: fresh.digest(), challenge };
        let now = self.engine().now();
        session.edit(Box::new(move |slots| offer.write(slots, now).map_err(SlotError::TooLarge)))?;
        session.commit().await?;
        Ok(HandOverCode(fresh.into_text(id)))
    }

    /// Looks the session of a request up where there is no layer around what answers it: for protocols whose answers set no cookie, such as a
    /// proxy's question whether a request may pass.
    ///
    /// Counts as activity, as behind the layer. A periodic renewal waits for a request that can be given a cookie.
    ///
    /// # Errors
    /// As the extractor of [`Session`].
    pub async fn look_up(&self, parts: &Parts) -> Result<Session, Rejection> {
        let visit = Arc::new(Visit::new(Arc::clone(self.engine())));
        arrive(visit, parts.extensions.get().copied(), parts).await
    }

    /// The same for a request that came from this address, whatever its extensions say.
    ///
    /// # Errors
    /// As the extractor of [`Session`].
    pub async fn look_up_from(&self, client: ClientAddress, parts: &Parts) -> Result<Session, Rejection> {
        let visit = Arc::new(Visit::new(Arc::clone(self.engine())));
        arrive(visit, Some(client), parts).await
    }

    /// The same without noticing it: for what a page asks on its own, such as when its session is going to end, and must not by that keep
    /// the session from ending.
    ///
    /// Counts as no activity, and a renewed token is not taken to have arrived by it. Nobody moves in, and nothing that is written to
    /// the session's slots is kept unless it is [committed](Session::commit).
    ///
    /// # Errors
    /// As the extractor of [`Session`].
    pub async fn look_at(&self, parts: &Parts) -> Result<Session, Rejection> {
        let engine = self.engine();
        let session = Session(Arc::new(Visit::new(Arc::clone(engine))));
        session.0.begin(Box::pin(admit_unnoticed(engine, &parts.headers)).await?);
        if let Some(bound) = &engine.binding {
            session.0.record_client(client_of(parts.extensions.get().copied(), parts));
            Box::pin(client::check(&session, bound)).await?;
        }
        Ok(session)
    }
}

impl Session {
    /// Whether an audience with limits of its own sees this session no more.
    fn has_lapsed_at(&self, there: AudienceRules) -> bool {
        let rules = Rules { audience: Some(there), ..self.0.engine.rules };
        let lapsed = |view: &View| {
            view.held.as_ref().is_some_and(|held| rules.lapsed(&held.record, self.now()).is_some())
        };
        self.0.read(lapsed).unwrap_or(false)
    }

    /// Takes a session over that was offered to this origin; `false` when the code is none, was used, or is another browser's.
    ///
    /// The response sets the cookie. If the request came with another session of this origin, that stays as it is where it came from, and
    /// this browser forgets it.
    ///
    /// # Errors
    /// [`Error::Store`] when the store failed, [`Error::Lost`] when others changed the session first every time.
    pub async fn accept(&self, code: &str, challenge: Challenge) -> Result<bool, Error> {
        let engine = &self.0.engine;
        let (Some(here), Some(code)) = (engine.rules.audience, Token::parse(code.as_bytes())) else {
            return Ok(false);
        };
        let audience = here.audience;
        let fresh = engine.fresh_secret()?;
        let mut accept = Accept::new(&code, audience, challenge, fresh.digest(), engine.rules);
        match engine.drive(&mut accept).await? {
            Accepted::Done(held) => {
                let event = engine.event(EventKind::HandedOver).of(held.id).by(held.record.subject());
                engine.report(&event);
                let text = fresh.into_text(held.id);
                self.0.change(|state| state.issue(held, text, engine));
                Ok(true)
            }
            Accepted::Refused => Ok(false),
            Accepted::Lost => Err(Error::Lost),
        }
    }
}
