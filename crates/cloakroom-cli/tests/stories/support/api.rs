//! A gateway whose API is called, and whose every answer is held against the document.

use serde_json::Value;

use super::browser::{Answer, Browser};
use super::document::Document;
use super::gateway::Gateway;

/// Where the API is.
pub(crate) const API: &str = "/_cloakroom/api/v1";

/// The API of a gateway.
pub(crate) struct Api {
    pub(crate) gateway: Gateway,
    pub(crate) document: Document,
    host: String,
}

impl Api {
    /// The API of a gateway, at this host.
    pub(crate) fn of(gateway: Gateway, host: &str) -> Self {
        let mut anybody = Browser::spread(std::iter::repeat(gateway.address), host, "a service");
        let document = anybody.request("GET", "/_cloakroom/openapi.json").send();
        assert_eq!((document.status, document.header("content-type")), (200, Some("application/json")));
        let document = Document(serde_json::from_str(&document.body).unwrap());
        Self { gateway, document, host: host.to_owned() }
    }

    /// A new key, which has these scopes.
    pub(crate) fn key(&self, scopes: &[&str]) -> String {
        let mut words = vec!["api-key", "create", "a.test"];
        words.extend(scopes.iter().flat_map(|scope| ["--scope", scope]));
        let made = self.gateway.command(&words, "");
        assert!(made.status.success(), "{made:?}");
        String::from_utf8(made.stdout).unwrap().trim().to_owned()
    }

    /// A browser, or a service, that comes to this host.
    pub(crate) fn browser(&self, host: &str) -> Browser {
        Browser::spread(std::iter::repeat(self.gateway.address), host, "a browser")
    }

    /// What a service is answered.
    pub(crate) fn by_key(&self, key: &str, method: &'static str, path: &str, body: Option<&Value>) -> Answer {
        let mut service = self.browser(&self.host);
        let path = format!("{API}{path}");
        let mut request = service.request(method, &path).header("Authorization", &format!("Bearer {key}"));
        if let Some(body) = body {
            request = request.header("Content-Type", "application/json").body(&body.to_string());
        }
        self.checked(method, &path, request.send())
    }

    /// What a script of a page is answered.
    pub(crate) fn by_cookie(&self, browser: &mut Browser, method: &'static str, path: &str) -> Answer {
        let path = format!("{API}{path}");
        let request = browser.request(method, &path).header("Sec-Fetch-Site", "same-origin");
        self.checked(method, &path, request.header("X-Requested-With", "fetch").send())
    }

    /// The same answer, which is as the document says.
    pub(crate) fn checked(&self, method: &str, path: &str, answer: Answer) -> Answer {
        self.document.check(method, path, &answer);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        answer
    }
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The name of the problem that it is.
    pub(crate) fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}", self.body);
        let problem = self.json();
        assert_eq!(problem["status"], self.status);
        assert_eq!(problem["request_id"].as_str(), self.header("x-request-id"));
        problem["type"].as_str().unwrap().strip_prefix("urn:cloakroom:problem:").unwrap().to_owned()
    }
}
