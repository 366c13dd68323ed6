//! What a token says of a session.

use std::borrow::Cow;

use cloakroom_core::{Authentication, Lifetime, Method, Record, SessionId, Timestamp};

/// A session that is live now, and what a token may say of it.
///
/// # Security
/// Whoever makes one has looked the session up in this request. A session that was kept from before may have been ended
/// since, and a token would outlive it.
#[derive(Clone, Copy, Debug)]
pub struct LiveSession<'a> {
    /// The session's handle, the `sid` claim. Public.
    pub id: SessionId,
    /// Who is signed in and how that is known: the `sub`, `auth_time` and `amr` claims.
    pub authentication: &'a Authentication,
    /// When the session ends if nothing more is sent: no token lives longer.
    pub expires_at: Timestamp,
    /// The level of assurance, the `acr` claim, where the application has a scheme of levels.
    pub assurance: Option<&'a str>,
    /// What is known of the user beside the subject, where the services behind are to learn it.
    pub profile: Option<Profile<'a>>,
}

/// What services behind may learn of a user, as of the moment when the token is minted.
///
/// # Security
/// Everyone who sees the token reads it. A service that lets a group in may do so for as long as the token lives after
/// the user has left the group.
///
/// Source: `OpenID` Connect Core 1.0, 5.1; RFC 9068 2.2.2, 2.2.3.1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Profile<'a> {
    /// How the user wants to be called: the `name` claim.
    pub name: Option<&'a str>,
    /// The name that the user signs in with: the `preferred_username` claim.
    pub preferred_username: Option<&'a str>,
    /// The `email` claim. That it is the user's is not claimed: there is no `email_verified`.
    pub email: Option<&'a str>,
    /// The `groups` claim: always there, empty for a user in no group.
    pub groups: &'a [&'a str],
}

impl<'a> LiveSession<'a> {
    /// The session of a record that has just been judged live; `None` for a visitor's, of which there is nothing to say.
    pub fn of(id: SessionId, record: &'a Record, lifetime: &Lifetime) -> Option<Self> {
        let authentication = record.authentication()?;
        Some(Self {
            id,
            authentication,
            expires_at: record.expires_at(lifetime),
            assurance: None,
            profile: None,
        })
    }

    /// The same session with its level of assurance.
    #[must_use]
    pub fn with_assurance(self, level: &'a str) -> Self {
        Self { assurance: Some(level), ..self }
    }

    /// The same session with what is known of the user.
    #[must_use]
    pub fn with_profile(self, profile: Profile<'a>) -> Self {
        Self { profile: Some(profile), ..self }
    }
}

/// The `amr` claim: the names of all methods by which the user has proved who they are in this session, the latest first.
pub(crate) fn methods_of(authentication: &Authentication) -> Cow<'static, [&'static str]> {
    if authentication.earlier.is_empty() {
        return Cow::Borrowed(names_of(authentication.method));
    }
    let mut names = Vec::new();
    let all = authentication.proofs().flat_map(|proof| names_of(proof.method)).copied();
    for name in all.chain(authentication.has_two_factors().then_some("mfa")) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Cow::Owned(names)
}

/// The names of a method: the registered ones where one says exactly what is known, else our own.
///
/// A passkey may be held in hardware or in software, which have a registered name each; which one it is, is not known.
///
/// Source: RFC 8176 2.
fn names_of(method: Method) -> &'static [&'static str] {
    match method {
        Method::Password => &["pwd"],
        Method::PasswordAndSecondFactor => &["pwd", "mfa"],
        Method::Passkey => &["passkey"],
        Method::Federated => &["federated"],
        Method::OneTimeLink => &["one_time_link"],
        Method::Remembered => &["remembered"],
        Method::OneTimeCode => &["otp"],
        Method::RecoveryCode => &["recovery_code"],
        _ => &["other"],
    }
}
