//! One provider: where it sends browsers, and what becomes of what they bring back.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use cloakroom::{EntropyError, Timestamp};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Request, StatusCode, request};
use zeroize::Zeroizing;

use crate::config::{OidcProvider, ProviderSignOut, PublicUrl};
use crate::oidc::claims::{Answered, Expected, Logout, check_id_token, check_logout_token};
use crate::oidc::http::{HttpClient, HttpError};
use crate::oidc::jws::{Unverified, Verified};
use crate::oidc::known::{Known, Occasion};
use crate::oidc::members::Members;
use crate::oidc::metadata::{ClientAuthentication, Metadata};
use crate::oidc::person::same_subject;
use crate::oidc::{Aim, ErrorCode, Flaw, Flow, Person, Refused};
use crate::web::FlowSecret;

/// Where browsers come back to, at our origin.
const CALLBACK: &str = "/_cloakroom/oidc/callback";

/// Where they come back to after a sign-out.
const SIGNED_OUT: &str = "/_cloakroom/logout";

/// A provider that vouches for users.
#[derive(Debug)]
pub(crate) struct Provider {
    pub(crate) config: OidcProvider,
    known: Known,
    http: HttpClient,
    public_url: PublicUrl,
}

/// What a browser brings back from a provider.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Returned<'a> {
    /// The code that a token is to be had for.
    pub(crate) code: Option<&'a str>,
    /// Who says so, where providers say it.
    pub(crate) issuer: Option<&'a str>,
    /// Why there is no code.
    pub(crate) error: Option<&'a str>,
}

/// The tokens that a provider has given for a code.
struct Tokens {
    id_token: Zeroizing<String>,
    access_token: Option<Zeroizing<String>>,
}

impl Provider {
    /// A provider of this configuration. Nothing is asked of it before somebody comes.
    pub(crate) fn new(config: OidcProvider, public_url: PublicUrl) -> Self {
        let http = HttpClient::new(&config.authorities);
        Self { known: Known::new(config.issuer.clone(), http.clone()), http, config, public_url }
    }

    /// Whether the provider describes itself as it should.
    pub(crate) async fn reach(&self, now: Timestamp) -> Result<(), Refused> {
        self.known.metadata(now).await.map(|_| ())
    }

    /// Where the browser that holds `secret` is sent to go through a flow.
    ///
    /// Source: OIDC Core 3.1.2.1; RFC 7636 4.3.
    pub(crate) async fn authorization_url(
        &self,
        flow: &Flow,
        secret: &FlowSecret,
    ) -> Result<Result<String, EntropyError>, Refused> {
        let metadata = self.known.metadata(flow.began_at).await?;
        let state = match flow.state(secret) {
            Ok(state) => state,
            Err(error) => return Ok(Err(error)),
        };
        let (nonce, challenge) = (flow.nonce(secret), flow.challenge(secret));
        let (scope, redirect_uri) = (self.config.scopes.join(" "), self.callback());
        let mut parameters = vec![
            ("response_type", "code"),
            ("client_id", &self.config.client_id),
            ("redirect_uri", &redirect_uri),
            ("scope", &scope),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        if flow.aim == Aim::Proof {
            parameters.extend([("prompt", "login"), ("max_age", "0")]);
        }
        Ok(Ok(metadata.authorization.with(&parameters)))
    }

    /// Whom the provider vouches for, by what a browser has brought back at the end of its flow.
    pub(crate) async fn person(
        &self,
        flow: &Flow,
        secret: &FlowSecret,
        returned: Returned<'_>,
        now: Timestamp,
    ) -> Result<Person, Refused> {
        let metadata = self.known.metadata(now).await?;
        // Before anything else that is in the answer: a code of one provider must not be shown to another.
        match returned.issuer {
            Some(issuer) if issuer != self.config.issuer.as_str() => return Err(Refused::MixedUp),
            None if metadata.says_issuer => return Err(Refused::MixedUp),
            _ => {}
        }
        if let Some(error) = returned.error {
            return Err(Refused::ByProvider(ErrorCode::new(error)));
        }
        let code = returned.code.filter(|code| code.len() <= 4096).ok_or(Refused::Flow)?;
        let tokens = self.tokens(&metadata, code, &flow.verifier(secret)).await?;
        let token = self.verified(&metadata, "ID token", &tokens.id_token, Occasion::SignIn, now).await?;
        let access_token = tokens.access_token.as_ref().map(|token| token.as_str());
        let answered = Answered {
            nonce: &flow.nonce(secret),
            access_token,
            proof_since: (flow.aim == Aim::Proof).then_some(flow.began_at),
        };
        check_id_token(&token, self.expected(now), answered).map_err(Refused::flaw("ID token"))?;
        let more = match access_token {
            Some(access_token) if Person::is_incomplete(&self.config, &token.claims) => {
                self.user_info(&metadata, access_token, &token.claims).await?
            }
            _ => Members::default(),
        };
        Person::read(&self.config, &token.claims, &more)
    }

    /// Whom the provider has signed out, by a logout token that somebody posts.
    pub(crate) async fn logout(&self, token: &str, now: Timestamp) -> Result<Logout, Refused> {
        const WHAT: &str = "logout token";
        let metadata = self.known.metadata(now).await?;
        let token = self.verified(&metadata, WHAT, token, Occasion::Logout, now).await?;
        check_logout_token(&token, self.expected(now)).map_err(Refused::flaw(WHAT))
    }

    /// Where a browser that has signed out here ends its session with the provider too, if that is wanted and possible.
    ///
    /// No token of the provider's is kept, so the provider knows the session by the browser's cookie, and may ask the user.
    ///
    /// Source: OIDC RP-Initiated Logout 1.0, 2.
    pub(crate) async fn sign_out_url(&self, now: Timestamp) -> Option<String> {
        if self.config.sign_out == ProviderSignOut::Here {
            return None;
        }
        let metadata = self.known.metadata(now).await;
        let metadata = metadata.inspect_err(
            |refused| tracing::warn!(provider = %self.config.name, %refused, "no sign-out there"),
        );
        let back = format!("{}{SIGNED_OUT}", self.public_url);
        let parameters = [("client_id", self.config.client_id.as_str()), ("post_logout_redirect_uri", &back)];
        Some(metadata.ok()?.end_session.as_ref()?.with(&parameters))
    }

    fn callback(&self) -> String {
        format!("{}{CALLBACK}", self.public_url)
    }

    fn expected(&self, now: Timestamp) -> Expected<'_> {
        Expected { issuer: self.config.issuer.as_str(), client_id: &self.config.client_id, now }
    }

    async fn verified(
        &self,
        metadata: &Metadata,
        what: &'static str,
        token: &str,
        occasion: Occasion,
        now: Timestamp,
    ) -> Result<Verified, Refused> {
        let flaw = Refused::flaw(what);
        let token = Unverified::parse(token).map_err(&flaw)?;
        let keys = self.known.keys(metadata, now).await?;
        match token.verify(&keys, &metadata.algorithms) {
            Err(Flaw::UnknownKey) => {
                let newer = self.known.newer_keys(metadata, &keys, occasion, now).await?;
                let newer = newer.ok_or(Flaw::UnknownKey).map_err(&flaw)?;
                token.verify(&newer, &metadata.algorithms).map_err(flaw)
            }
            verified => verified.map_err(flaw),
        }
    }

    /// Source: RFC 6749 2.3.1, 4.1.3.
    fn token_request(&self, metadata: &Metadata, code: &str, verifier: &str) -> (request::Builder, Bytes) {
        let (id, secret) = (self.config.client_id.as_str(), self.config.client_secret.expose());
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", &self.callback())
            .append_pair("code_verifier", verifier);
        let mut request = Request::post(metadata.token.target())
            .header(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        match metadata.authentication {
            ClientAuthentication::Basic => request = request.header(AUTHORIZATION, basic(id, secret)),
            ClientAuthentication::Post => {
                form.append_pair("client_id", id).append_pair("client_secret", secret);
            }
        }
        (request, Bytes::from(form.finish()))
    }

    /// Source: RFC 6749 5.1, 5.2.
    async fn tokens(&self, metadata: &Metadata, code: &str, verifier: &str) -> Result<Tokens, Refused> {
        const WHAT: &str = "answer to the code";
        let (request, form) = self.token_request(metadata, code, verifier);
        let answer = self.http.send(&metadata.token, request, form).await;
        let answer = answer.map_err(Refused::http(WHAT))?;
        let members = Members::read(&answer.body);
        if answer.status != StatusCode::OK {
            let members = members.unwrap_or_default();
            return Err(match members.text("error") {
                Ok(Some(code)) => Refused::ByProvider(ErrorCode::new(code)),
                _ => Refused::http(WHAT)(HttpError::Status(answer.status)),
            });
        }
        let flaw = Refused::flaw(WHAT);
        let members = members.map_err(&flaw)?;
        let text = |name| members.text(name).map(|text| text.map(|text| Zeroizing::new(text.to_owned())));
        let access_token = text("access_token").map_err(&flaw)?;
        let is_bearer = members.text("token_type").map_err(&flaw)?;
        if access_token.is_some() && !is_bearer.is_some_and(|kind| kind.eq_ignore_ascii_case("bearer")) {
            return Err(flaw(Flaw::Wrong("token_type")));
        }
        let id_token = text("id_token").map_err(&flaw)?.ok_or(Flaw::Missing("id_token")).map_err(&flaw)?;
        Ok(Tokens { id_token, access_token })
    }

    /// What the provider tells of a user beside the ID token, in which many leave out all but the subject.
    async fn user_info(
        &self,
        metadata: &Metadata,
        access_token: &str,
        claims: &Members,
    ) -> Result<Members, Refused> {
        const WHAT: &str = "user info";
        let Some(endpoint) = &metadata.user_info else { return Ok(Members::default()) };
        let bearer = HeaderValue::try_from(format!("Bearer {access_token}")).map(|mut bearer| {
            bearer.set_sensitive(true);
            bearer
        });
        let bearer = bearer.map_err(|_| Refused::flaw("answer to the code")(Flaw::Wrong("access_token")))?;
        let request = Request::get(endpoint.target()).header(AUTHORIZATION, bearer);
        let answer = self.http.send(endpoint, request, Bytes::new()).await.map_err(Refused::http(WHAT))?;
        if answer.status != StatusCode::OK {
            return Err(Refused::http(WHAT)(HttpError::Status(answer.status)));
        }
        let flaw = Refused::flaw(WHAT);
        let more = Members::read(&answer.body).map_err(&flaw)?;
        same_subject(claims, &more).map_err(flaw)?;
        Ok(more)
    }
}

/// Name and secret as the standard has them: each encoded as in a form, so that neither can hold the colon between them.
fn basic(id: &str, secret: &str) -> HeaderValue {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = Zeroizing::new(format!("{}:{}", encoded(id), encoded(secret)));
    let mut value = HeaderValue::try_from(format!("Basic {}", STANDARD.encode(pair.as_bytes())))
        .expect("base64 is visible ASCII");
    value.set_sensitive(true);
    value
}

/// All providers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Providers(Vec<Arc<Provider>>);

impl Providers {
    /// Providers of this configuration, for a gateway that browsers know by this origin.
    ///
    /// Those that are the same as in `before` keep what they know, so that nobody's sign-in waits for it anew.
    pub(crate) fn new(configs: &[OidcProvider], public_url: &PublicUrl, before: Option<&Self>) -> Self {
        let same =
            |config: &OidcProvider| before?.iter().find(|provider| provider.config == *config).cloned();
        let new = |config: &OidcProvider| Arc::new(Provider::new(config.clone(), public_url.clone()));
        Self(configs.iter().map(|config| same(config).unwrap_or_else(|| new(config))).collect())
    }

    /// Every one, in the order of the configuration.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Provider>> {
        self.0.iter()
    }

    /// The one of a name.
    pub(crate) fn named(&self, name: &str) -> Option<&Arc<Provider>> {
        self.iter().find(|provider| provider.config.name.as_str() == name)
    }

    /// The one of an issuer.
    pub(crate) fn of_issuer(&self, issuer: &str) -> Option<&Arc<Provider>> {
        self.iter().find(|provider| provider.config.issuer.as_str() == issuer)
    }

    /// The one that a token claims to be from, before anybody has verified it.
    pub(crate) fn claimed_by(&self, token: &str) -> Option<&Arc<Provider>> {
        self.of_issuer(&Unverified::parse(token).ok()?.claimed_issuer()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_and_secret_are_encoded_before_they_are_joined() {
        let decoded = STANDARD.decode(&basic("a:b", "c d%é").as_bytes()["Basic ".len()..]).unwrap();
        assert_eq!(decoded, b"a%3Ab:c+d%25%C3%A9");
        assert!(basic("a", "b").is_sensitive());
    }
}
