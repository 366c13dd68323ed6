//! How a provider describes itself.

use crate::config::IssuerUrl;
use crate::oidc::algorithm::Algorithm;
use crate::oidc::members::Members;
use crate::oidc::{Endpoint, Flaw};

/// What is known of a provider.
#[derive(Debug)]
pub(crate) struct Metadata {
    pub(super) authorization: Endpoint,
    pub(super) token: Endpoint,
    pub(super) keys: Endpoint,
    pub(super) user_info: Option<Endpoint>,
    /// Where a browser ends its session with the provider.
    pub(super) end_session: Option<Endpoint>,
    /// The algorithms that it signs by and that are allowed here.
    pub(super) algorithms: Vec<Algorithm>,
    pub(super) authentication: ClientAuthentication,
    /// Whether every answer by way of a browser says who gives it.
    pub(super) says_issuer: bool,
}

/// How we prove to a provider who we are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClientAuthentication {
    /// `client_secret_basic`: in a field of the request.
    Basic,
    /// `client_secret_post`: in its form.
    Post,
}

impl Metadata {
    /// Reads what the provider of this issuer says of itself.
    ///
    /// # Security
    /// The issuer has to be the configured one octet for octet, or one provider could speak for another.
    ///
    /// Source: OIDC Discovery 3, 4.3; RFC 9207 3.
    pub(super) fn read(json: &[u8], issuer: &IssuerUrl) -> Result<Self, Flaw> {
        let members = Members::read(json)?;
        if members.text("issuer")? != Some(issuer.as_str()) {
            return Err(Flaw::Issuer);
        }
        let endpoint = |name| {
            let text = members.text(name)?;
            text.map(|text| Endpoint::parse(text, issuer).ok_or(Flaw::Wrong(name))).transpose()
        };
        let required = |name| endpoint(name)?.ok_or(Flaw::Missing(name));
        let names = members.texts("id_token_signing_alg_values_supported");
        let algorithms: Vec<_> = names.into_iter().filter_map(Algorithm::of_name).collect();
        if algorithms.is_empty() {
            return Err(Flaw::Algorithm);
        }
        let says_issuer = members.get("authorization_response_iss_parameter_supported");
        Ok(Self {
            authorization: required("authorization_endpoint")?,
            token: required("token_endpoint")?,
            keys: required("jwks_uri")?,
            user_info: endpoint("userinfo_endpoint")?,
            end_session: endpoint("end_session_endpoint")?,
            algorithms,
            authentication: authentication(&members)?,
            says_issuer: says_issuer.is_some_and(|says| says == true),
        })
    }
}

fn authentication(members: &Members) -> Result<ClientAuthentication, Flaw> {
    const NAME: &str = "token_endpoint_auth_methods_supported";
    if members.get(NAME).is_none() {
        return Ok(ClientAuthentication::Basic);
    }
    let methods = members.texts(NAME);
    if methods.contains(&"client_secret_basic") {
        return Ok(ClientAuthentication::Basic);
    }
    if methods.contains(&"client_secret_post") {
        Ok(ClientAuthentication::Post)
    } else {
        Err(Flaw::Wrong(NAME))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(more: &str) -> Result<Metadata, Flaw> {
        let json = format!(
            r#"{{"authorization_endpoint":"https://a.example/auth","token_endpoint":"https://a.example/token",
            "jwks_uri":"https://a.example/jwks","id_token_signing_alg_values_supported":["RS256","HS256"],{more}}}"#
        );
        Metadata::read(json.as_bytes(), &"https://a.example".parse().unwrap())
    }

    #[test]
    fn the_issuer_is_compared_octet_for_octet() {
        for wrong in ["https://a.example/", "https://A.example", "https://b.example", ""] {
            assert_eq!(read(&format!("\"issuer\":\"{wrong}\"")).unwrap_err(), Flaw::Issuer, "{wrong}");
        }
        assert_eq!(read(r#""issuer":"https://a.example""#).unwrap().algorithms, [Algorithm::Rs256]);
    }

    #[test]
    fn the_way_to_prove_who_we_are_is_one_that_the_provider_takes() {
        let of = |methods: &str| {
            let methods = format!(
                r#""issuer":"https://a.example","token_endpoint_auth_methods_supported":[{methods}]"#
            );
            read(&methods).map(|metadata| metadata.authentication)
        };
        assert_eq!(of(r#""client_secret_post","client_secret_basic""#), Ok(ClientAuthentication::Basic));
        assert_eq!(of(r#""client_secret_post""#), Ok(ClientAuthentication::Post));
        assert!(of(r#""private_key_jwt""#).is_err());
    }

    #[test]
    fn no_endpoint_leaves_tls() {
        let plain = r#""issuer":"https://a.example","userinfo_endpoint":"http://a.example/me""#;
        assert_eq!(read(plain).unwrap_err(), Flaw::Wrong("userinfo_endpoint"));
    }
}
