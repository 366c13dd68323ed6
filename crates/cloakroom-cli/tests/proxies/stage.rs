//! A proxy between a client, a server in the gateway's place and an application.

use std::fs;

use cloakroom_test_servers::free_port;
use tempfile::TempDir;

use crate::http::{Answer, Head, Request};
use crate::service::{Asked, Service};
use crate::setup::{Proxy, Setup, configuration};

/// One proxy, and all that it talks to.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) proxy: Proxy,
    pub(crate) gateway: Service,
    pub(crate) application: Service,
    _folder: TempDir,
}

/// What a proxy asked, as the gateway reads it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Question {
    pub(crate) method: String,
    pub(crate) url: String,
}

impl Stage {
    pub(crate) fn start(setup: Setup) -> Self {
        let (gateway, application) = (Service::gateway(), Service::application());
        let folder = tempfile::tempdir().unwrap();
        let port = free_port().unwrap();
        let text = configuration(port, application.address, "");
        fs::write(folder.path().join("cloakroom.toml"), text).unwrap();
        let proxy = setup.start(port, gateway.address, folder.path());
        Self { proxy, gateway, application, _folder: folder }
    }

    pub(crate) fn setup(&self) -> Setup {
        self.proxy.setup
    }

    /// Sends a request to the application's host.
    pub(crate) fn send(&self, request: &Request) -> Answer {
        request.send(self.proxy.port, &self.proxy.wiki())
    }

    /// Sends a request of somebody who is signed in, and says what the application got.
    pub(crate) fn pass(&self, request: &Request) -> (Head, String) {
        let answer = self.send(request);
        let (head, body) = answer.echo();
        (head, body.to_owned())
    }

    /// What was asked about a request, which is asked about once.
    pub(crate) fn asked(&self, request: &Request) -> Asked {
        let mut asked = self.gateway.asked(request.mark());
        assert_eq!(asked.len(), 1, "{asked:?}");
        asked.remove(0)
    }

    /// The question as the gateway reads it: from the one family of fields that this proxy's endpoint believes.
    pub(crate) fn question(&self, asked: &Asked) -> Question {
        let head = &asked.head;
        let path = head.word(1);
        let only = |name: &str| head.one(name).unwrap_or_else(|| panic!("no {name}: {head:?}")).to_owned();
        match self.setup() {
            Setup::NginxOfDebian | Setup::NginxCurrent => {
                assert_eq!(path, "/_cloakroom/verify/nginx");
                Question { method: only("x-original-method"), url: only("x-original-url") }
            }
            Setup::Envoy => {
                let rest = path.strip_prefix("/_cloakroom/verify/envoy").unwrap();
                let url = format!("{}://{}{rest}", only("x-forwarded-proto"), only("host"));
                Question { method: head.word(0).to_owned(), url }
            }
            setup => {
                let path = path.split('?').next().unwrap();
                assert_eq!(path, format!("/_cloakroom/verify/{}", setup.name()));
                let [proto, host, uri] =
                    ["x-forwarded-proto", "x-forwarded-host", "x-forwarded-uri"].map(only);
                Question { method: only("x-forwarded-method"), url: format!("{proto}://{host}{uri}") }
            }
        }
    }
}
