//! Signing in by a provider that somebody else wrote: the certified library `oidc-provider`.

use std::iter::repeat;

use cloakroom_test_servers::{OidcClient, OidcProvider, free_port};
use serde_json::json;

use crate::support::visits::{go, is_signed_in, users};
use crate::support::{Answer, Browser, Gateway};

/// A gateway that trusts a provider, and the provider.
struct Site {
    provider: OidcProvider,
    gateway: Gateway,
    port: u16,
}

/// Somebody with a browser that knows both.
struct Visitor {
    here: Browser,
    there: Browser,
    /// Where the gateway and the provider are.
    origins: [String; 2],
}

impl Site {
    fn open() -> Self {
        let port = free_port().unwrap();
        let table = format!(
            "[[oidc]]\nname = \"main\"\nissuer = \"http://127.0.0.1:{port}\"\nclient_id = \"us\"\n\
             client_secret = \"s3cret\"\ncreate_users = true\nsign_out = \"provider\"\n"
        );
        let gateway = Gateway::configured(&table, &[]);
        let here = format!("http://localhost:{}/_cloakroom", gateway.address.port());
        let client = OidcClient {
            callback: format!("{here}/oidc/callback"),
            logout: format!("http://{}/_cloakroom/oidc/backchannel-logout", gateway.address),
            signed_out: format!("{here}/logout"),
        };
        Self { provider: OidcProvider::start(port, &client).unwrap(), gateway, port }
    }

    fn visitor(&self) -> Visitor {
        let host = format!("127.0.0.1:{}", self.port);
        let origins = [format!("http://localhost:{}", self.gateway.address.port()), format!("http://{host}")];
        let there = Browser::spread(repeat(host.parse().unwrap()), &host, "a browser");
        Visitor { here: self.gateway.browser(), there, origins }
    }
}

impl Visitor {
    /// Goes on through the provider's pages until it is sent back here; the answer here.
    fn go_through(&mut self, location: &str, user: &str) -> Answer {
        let mut location = location.to_owned();
        for _ in 0..20 {
            if let Some(path) = location.strip_prefix(&self.origins[0]) {
                return self.here.get(path);
            }
            let path = location.strip_prefix(&self.origins[1]).unwrap_or(&location).to_owned();
            let mut answer = self.there.get(&path);
            if answer.header("location").is_none() {
                let forms = answer.forms();
                let form = forms.first().unwrap_or_else(|| panic!("{} {}", answer.status, answer.body));
                let action = form.action.strip_prefix(&self.origins[1]).unwrap_or(&form.action).to_owned();
                let mut fields: Vec<(&str, &str)> =
                    form.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                for typed in [("login", user), ("password", "x"), ("logout", "yes")] {
                    if !fields.iter().any(|(name, _)| *name == typed.0) {
                        fields.push(typed);
                    }
                }
                answer = self.there.post(&action, &fields);
            }
            let next = answer.header("location");
            next.unwrap_or_else(|| panic!("{} {}", answer.status, answer.body)).clone_into(&mut location);
        }
        panic!("the provider goes round in circles: {location}");
    }

    fn sign_in(&mut self, user: &str) -> Answer {
        let location = go(&mut self.here, "?next=%2F_cloakroom%2Faccount");
        self.go_through(&location, user)
    }
}

#[test]
fn a_user_of_the_library_signs_in_proves_it_again_and_signs_out_of_both() {
    let site = Site::open();
    let mut visitor = site.visitor();
    let back = visitor.sign_in("bob");
    assert_eq!(
        (back.status, back.header("location")),
        (303, Some("/_cloakroom/account")),
        "{}",
        site.provider.log()
    );
    let bob = &users(&site.gateway)[0];
    assert_eq!((&bob["name"], &bob["display_name"]), (&json!("bob"), &json!("Name of bob")));
    assert_eq!(bob["email"], json!("bob@example.org"));
    let prove = |visitor: &mut Visitor, user: &str| {
        let sent = visitor.here.get("/_cloakroom/oidc/begin/main?proof");
        visitor.go_through(sent.header("location").unwrap(), user)
    };
    assert_eq!(prove(&mut visitor, "bob").status, 303, "{}", site.provider.log());
    let as_another = prove(&mut visitor, "mallory");
    assert_eq!(
        as_another.header("location"),
        Some("/_cloakroom/login"),
        "bob is signed out there, and so here"
    );
    assert_eq!(visitor.sign_in("mallory").status, 303);
    assert!(visitor.here.get("/_cloakroom/account").body.contains("mallory"));
    let page = visitor.here.get("/_cloakroom/logout");
    let done = visitor.here.submit(&page, "/_cloakroom/logout", &[]);
    let location = done.header("refresh").unwrap().strip_prefix("0; url=").unwrap().to_owned();
    let back = visitor.go_through(&location, "bob");
    assert!(back.body.contains("You are signed out"), "{}", back.body);
    assert!(!is_signed_in(&mut visitor.here));
}

#[test]
fn the_library_ends_the_session_here_when_the_user_signs_out_there() {
    let site = Site::open();
    let (mut one, mut other) = (site.visitor(), site.visitor());
    assert_eq!((one.sign_in("bob").status, other.sign_in("bob").status), (303, 303));
    let back = one.origins[0].replace(':', "%3A").replace('/', "%2F");
    let end = format!(
        "{}/session/end?client_id=us&post_logout_redirect_uri={back}%2F_cloakroom%2Flogout",
        one.origins[1]
    );
    let back = one.go_through(&end, "bob");
    assert_eq!(back.status, 200, "{}", back.body);
    assert!(!is_signed_in(&mut one.here), "{} {}", site.provider.log(), site.gateway.log());
    assert!(is_signed_in(&mut other.here), "another session there is another session here");
}

#[test]
fn a_new_key_of_the_library_is_found() {
    let mut site = Site::open();
    assert_eq!(site.visitor().sign_in("bob").status, 303);
    site.provider.start_anew().unwrap();
    let back = site.visitor().sign_in("bob");
    assert_eq!(back.status, 303, "{} {}", back.body, site.gateway.log());
    assert_eq!(users(&site.gateway).as_array().unwrap().len(), 1);
}
