//! The table of all routes.

use http::Method;

use crate::accounts::api_key::Scope;
use crate::api::caller::Allowed;
use crate::api::operation::{Head, Operation};
use crate::api::page::Page;
use crate::api::problem::Kind;
use crate::api::{events, own, proof, search, services, verify};

/// All routes.
pub(super) fn all() -> Vec<Operation> {
    let mut all = of_browsers();
    all.extend(of_proofs());
    all.extend(of_services());
    all.extend(of_administration());
    all
}

fn head(
    method: Method,
    path: &'static str,
    id: &'static str,
    allowed: Allowed,
    summary: &'static str,
) -> Head {
    Head { method, path, id, summary, allowed, query: &[], problems: &[] }
}

fn of_browsers() -> Vec<Operation> {
    use Allowed::{Browser, BrowserAtTheSignIn, BrowserThatLeaves, BrowserUnnoticed};
    vec![
        Operation::new(
            head(
                Method::GET,
                "/session",
                "getSession",
                BrowserUnnoticed,
                "Who is signed in in this browser. It is no activity: a page may ask now and then without keeping the session from its end.",
            ),
            own::show,
        ),
        Operation::new(
            head(
                Method::POST,
                "/session/extend",
                "extendSession",
                Browser,
                "Counts as activity of the user, so that the idle timeout begins anew.",
            ),
            own::extend,
        ),
        Operation::new(
            Head {
                problems: &[Kind::Conflict],
                ..head(
                    Method::DELETE,
                    "/session",
                    "signOut",
                    BrowserThatLeaves,
                    "Signs out, at every origin at once, and removes the cookie. Who has no session is signed out already.",
                )
            },
            own::sign_out,
        ),
        Operation::new(
            Head {
                query: Page::PARAMETERS,
                ..head(
                    Method::GET,
                    "/sessions",
                    "listOwnSessions",
                    BrowserAtTheSignIn,
                    "The user's own live sessions.",
                )
            },
            own::list,
        ),
        Operation::new(
            Head {
                problems: &[Kind::Conflict],
                ..head(
                    Method::DELETE,
                    "/sessions",
                    "endOtherSessions",
                    BrowserAtTheSignIn,
                    "Ends all of the user's other sessions.",
                )
            },
            own::end_others,
        ),
    ]
}

fn of_proofs() -> Vec<Operation> {
    use Allowed::{Browser, BrowserAtTheSignIn, BrowserUnnoticed};
    vec![
        Operation::new(
            Head {
                query: &["to"],
                ..head(
                    Method::GET,
                    "/session/step-up",
                    "getStepUp",
                    BrowserUnnoticed,
                    "Where to send the user to prove again who they are.",
                )
            },
            proof::step_up,
        ),
        Operation::asked(
            Head {
                problems: &[Kind::WrongPassword, Kind::Conflict],
                ..head(
                    Method::POST,
                    "/session/prove",
                    "proveByPassword",
                    BrowserAtTheSignIn,
                    "Proves again who the user is, by the password. The session has another cookie afterwards.",
                )
            },
            proof::by_password,
        ),
        Operation::new(
            Head {
                problems: &[Kind::NoTokens],
                ..head(
                    Method::POST,
                    "/session/token",
                    "mintToken",
                    Browser,
                    "A JWT of the user for the application of this origin, for services that it calls.",
                )
            },
            proof::mint,
        ),
    ]
}

fn of_services() -> Vec<Operation> {
    use Allowed::{Service, ServiceOrBrowser};
    vec![
        Operation::asked(
            Head {
                problems: &[Kind::UnknownApplication],
                ..head(
                    Method::POST,
                    "/verify",
                    "verify",
                    Service(Scope::Verify),
                    "Whether a request to an application may pass, and who is there: what a proxy in front would be told. Counts as activity of the user.",
                )
            },
            verify::verify,
        ),
        Operation::new(
            Head {
                query: search::PARAMETERS,
                problems: &[Kind::NoSuchUser],
                ..head(
                    Method::GET,
                    "/sessions/search",
                    "searchSessions",
                    Service(Scope::SessionsRead),
                    "Live sessions of anybody, as they are wanted. A search that no index serves looks at two thousand a page.",
                )
            },
            search::search,
        ),
        Operation::asked(
            head(
                Method::POST,
                "/sessions/end",
                "endSessions",
                Service(Scope::SessionsEnd),
                "Ends some sessions, of anybody, for a reason that is written down with each.",
            ),
            search::end,
        ),
        Operation::new(
            Head {
                problems: &[Kind::NoSuchSession],
                ..head(
                    Method::GET,
                    "/sessions/{id}",
                    "getSessionById",
                    Service(Scope::SessionsRead),
                    "One live session, of anybody.",
                )
            },
            services::session,
        ),
        Operation::new(
            Head {
                problems: &[Kind::NoSuchSession, Kind::Conflict],
                ..head(
                    Method::DELETE,
                    "/sessions/{id}",
                    "endSession",
                    ServiceOrBrowser(Scope::SessionsEnd),
                    "Ends one session: of anybody by a key, of one's own by the cookie.",
                )
            },
            services::end_session,
        ),
        Operation::new(
            Head {
                query: Page::PARAMETERS,
                problems: &[Kind::NoSuchUser],
                ..head(
                    Method::GET,
                    "/users/{name}/sessions",
                    "listSessionsOfUser",
                    Service(Scope::SessionsRead),
                    "A user's live sessions.",
                )
            },
            services::sessions_of_user,
        ),
        Operation::new(
            Head {
                problems: &[Kind::NoSuchUser],
                ..head(
                    Method::DELETE,
                    "/users/{name}/sessions",
                    "endSessionsOfUser",
                    Service(Scope::SessionsEnd),
                    "Ends all of a user's sessions, and every sign-in of theirs that is under way.",
                )
            },
            services::end_sessions_of_user,
        ),
    ]
}

fn of_administration() -> Vec<Operation> {
    use Allowed::Service;
    vec![
        Operation::new(
            Head {
                query: Page::PARAMETERS,
                ..head(
                    Method::GET,
                    "/users",
                    "listUsers",
                    Service(Scope::UsersRead),
                    "Everybody who has an account.",
                )
            },
            services::users,
        ),
        Operation::new(
            Head {
                problems: &[Kind::NoSuchUser],
                ..head(
                    Method::POST,
                    "/users/{name}/disable",
                    "disableUser",
                    Service(Scope::UsersWrite),
                    "Disables an account and ends its sessions.",
                )
            },
            services::disable,
        ),
        Operation::new(
            Head {
                problems: &[Kind::NoSuchUser],
                ..head(
                    Method::POST,
                    "/users/{name}/enable",
                    "enableUser",
                    Service(Scope::UsersWrite),
                    "Enables an account again. Sessions that were ended stay ended.",
                )
            },
            services::enable,
        ),
        Operation::new(
            Head {
                query: events::PARAMETERS,
                problems: &[Kind::NoSuchUser],
                ..head(
                    Method::GET,
                    "/events",
                    "listEvents",
                    Service(Scope::EventsRead),
                    "The audit trail: what happened to users, sessions and keys, who did it and from where.",
                )
            },
            events::list,
        ),
    ]
}
