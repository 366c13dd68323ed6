//! A database file that is taken away while the program has it open.

use std::time::Duration;

use crate::forward_auth::{Site, WIKI};
use crate::support::{API, Browser, Gateway, PASSWORD, within};

fn ready(gateway: &Gateway) -> u16 {
    gateway.browser().get("/_cloakroom/ready").status
}

fn account(browser: &mut Browser) -> u16 {
    browser.get("/_cloakroom/account").status
}

#[test]
fn while_its_database_file_is_gone_or_another_nothing_is_acknowledged_and_it_is_not_ready() {
    let gateway = Gateway::set_up(&[]);
    let (mut leaving, mut staying) = (gateway.signed_in(), gateway.signed_in());
    let page = leaving.get("/_cloakroom/logout");
    let cookies = leaving.jar.clone();
    let [path, away] = ["cloakroom.db", "away.db"].map(|name| gateway.directory().join(name));
    std::fs::rename(&path, &away).unwrap();
    assert_eq!(ready(&gateway), 503);
    assert_eq!(gateway.browser().sign_in("root", PASSWORD).status, 503);
    assert_eq!(leaving.submit(&page, "/_cloakroom/logout", &[]).status, 503, "it would live on");
    assert_eq!(account(&mut staying), 503, "another process may have ended it in the file that is to come");
    std::fs::copy(&away, &path).unwrap();
    assert_eq!(ready(&gateway), 503, "a copy is another file");
    std::fs::rename(&away, &path).unwrap();
    within(Duration::from_secs(10), "it is ready again", || ready(&gateway) == 200);
    assert_eq!(account(&mut staying), 200);
    leaving.jar = cookies;
    assert_eq!(account(&mut leaving), 303, "the sign-out is made up for");
    assert!(gateway.log().contains("the database file was deleted or replaced"), "{}", gateway.log());
}

#[test]
fn a_sign_out_that_the_file_could_not_take_is_made_up_for_before_the_process_ends() {
    let site = Site::with("", &[]);
    let mut user = site.user();
    user.sign_in_on_the_way_to(&format!("http://{WIKI}/page"));
    let (mut gateway, _application) = site.into_parts();
    let [path, away] = ["cloakroom.db", "away.db"].map(|name| gateway.directory().join(name));
    std::fs::rename(&path, &away).unwrap();
    assert_eq!(ready(&gateway), 503);
    let leaving = user.wiki.request("DELETE", &format!("{API}/session")).header("X-Requested-With", "fetch");
    assert_eq!(leaving.send().status, 503);
    std::fs::rename(&away, &path).unwrap();
    assert!(gateway.terminate().success());
    let left = gateway.command(&["session", "list", "--json"], "");
    assert_eq!(String::from_utf8(left.stdout).unwrap().trim(), "[]");
}
