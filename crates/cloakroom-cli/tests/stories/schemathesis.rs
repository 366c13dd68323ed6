//! The JSON API tried by its own document: Schemathesis makes calls that the document allows, and calls that it does not, and holds
//! each answer against it.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

use crate::support::{Api, Gateway};

/// What `cargo xtask test` has installed, else what stands in the environment of whoever runs this.
fn schemathesis() -> Command {
    let home = env::var_os("CLOAKROOM_SCHEMATHESIS").map(PathBuf::from);
    let home = home.expect("CLOAKROOM_SCHEMATHESIS names the folder that pip has installed it in");
    let mut command = Command::new(env::var_os("CLOAKROOM_PYTHON").unwrap_or_else(|| "python3".into()));
    command.arg(home.join("bin/st")).env("PYTHONPATH", &home);
    command
}

/// Tries the routes of a document with these fields; the seed is always the same.
///
/// A check that is always left out takes for a mistake that a well-formed URL of no application is refused.
fn tried(api: &Api, document: &Value, (fields, left_out): (&[String], &str), routes: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("openapi.json");
    std::fs::write(&file, document.to_string()).unwrap();
    let mut command = schemathesis();
    command.current_dir(folder.path()).arg("run").arg(&file);
    command.args(["--url", &format!("http://{}", api.gateway.address)]);
    command.args(["--phases", "examples,coverage,fuzzing", "--max-examples", "10", "--seed", "7"]);
    command.args(["--generation-deterministic", "--no-color"]);
    command.args(["--exclude-checks", &format!("positive_data_acceptance{left_out}")]);
    for field in fields {
        command.args(["--header", field]);
    }
    for route in routes {
        command.args(["--include-operation-id", route]);
    }
    command.output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn open() -> Api {
    Api::of(Gateway::set_up(&["--jwt", "--proxy", "http://127.0.0.1:9"]), "localhost")
}

fn as_a_browser(api: &Api) -> [String; 2] {
    let browser = api.gateway.signed_in();
    let cookies: Vec<String> = browser.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
    [format!("Cookie: {}", cookies.join("; ")), "X-Requested-With: fetch".to_owned()]
}

#[test]
fn no_call_that_the_document_allows_or_forbids_is_answered_otherwise_than_it_says() {
    let api = open();
    let scopes = ["verify", "sessions:read", "sessions:end", "users:read", "events:read"];
    let key = format!("Authorization: Bearer {}", api.key(&scopes));
    let by_key = [
        "verify",
        "searchSessions",
        "endSessions",
        "getSessionById",
        "endSession",
        "listSessionsOfUser",
        "endSessionsOfUser",
        "listUsers",
        "disableUser",
        "enableUser",
        "listEvents",
    ];
    let by_cookie = [
        "getSession",
        "extendSession",
        "getStepUp",
        "proveByPassword",
        "mintToken",
        "listOwnSessions",
        "endOtherSessions",
    ];
    let answered = tried(&api, &api.document.0, (&[key], ""), &by_key);
    assert!(answered.status.success(), "{}", said(&answered));
    // Calls that lack the cookie or the field are to be refused, and here both are put into every call.
    let browser = as_a_browser(&api);
    let answered = tried(&api, &api.document.0, (&browser, ",negative_data_rejection"), &by_cookie);
    assert!(answered.status.success(), "{}", said(&answered));
    assert_eq!(api.document.routes().len(), by_key.len() + by_cookie.len() + 1, "all but the sign-out");
}

#[test]
fn an_answer_that_the_document_does_not_have_is_found() {
    let api = open();
    let mut document = api.document.0.clone();
    let answers = &mut document["paths"]["/_cloakroom/api/v1/session"]["get"]["responses"];
    assert!(answers.as_object_mut().unwrap().remove("401").is_some());
    let answered = tried(&api, &document, (&[], ""), &["getSession"]);
    assert!(!answered.status.success() && said(&answered).contains("Undocumented"), "{}", said(&answered));
}
