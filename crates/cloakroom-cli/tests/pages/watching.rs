//! The overview and the trail of the administration, and what has happened to one's own account.

use cloakroom_browsers::{Kind, Look, Theme};
use rusqlite::Connection;

use crate::looks::{DESK, NARROW, PHONE, ZOOMED};
use crate::reader::{ACCOUNT, Reader, Said};
use crate::stage::{Dress, PASSWORD, Stage, browser};
use crate::tools;

const OVERVIEW: Said = ["Overview", "Übersicht"];
const EVENTS: Said = ["Events", "Ereignisse"];
const OWN_EVENTS: Said = ["Everything that has happened", "Alles, was geschehen ist"];

/// A day as it may be: quiet at night, an attack at noon, a gateway that was down for an hour and a half.
const A_DAY: &str = "WITH RECURSIVE slots(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM slots WHERE n < 95)
    INSERT INTO cloakroom_samples
    SELECT 'day', (unixepoch() / 900 - n) * 900000, '00000000000000ff',
        10 + (48 - abs(n - 40)) * 2 + n * 37 % 11,
        CASE WHEN n BETWEEN 30 AND 34 THEN 90 ELSE n * 53 % 7 END,
        CASE WHEN n % 17 = 0 THEN 9 ELSE n % 3 END,
        700 + (60 - abs(n - 34)) * 60,
        '0,' || (900 - n) || ',' || (n * 7) || ',9,' || (n % 5), '0,0,0,0,20,' || (300 - n) || ',90,8,' || (n % 4)
    FROM slots WHERE n NOT BETWEEN 60 AND 66";

const SOME_EVENTS: &str = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 60)
    INSERT INTO cloakroom_events (id, at_ms, kind, severity, subject_name, session_id, address, agent, app, actor, reason, detail, instance, number)
    SELECT last_id + n, (unixepoch() - n * 47) * 1000,
        CASE n % 5 WHEN 0 THEN 'signed_in' WHEN 1 THEN 'sign_in_failed' WHEN 2 THEN 'token_reused' WHEN 3 THEN 'groups_changed' ELSE 'handed_over' END,
        CASE n % 5 WHEN 1 THEN 'warning' WHEN 2 THEN 'alarm' ELSE 'info' END,
        CASE n % 5 WHEN 1 THEN NULL ELSE 'margarethe.von.hohenlohe@example.org' END, 'a70fce1b00000000a70fce1b00000000',
        CASE n % 2 WHEN 0 THEN '203.0.113.9' ELSE '2001:db8:85a3:8d3:1319:8a2e:370:7348' END,
        'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0', CASE n % 5 WHEN 4 THEN 'wiki' ELSE NULL END,
        CASE n % 5 WHEN 1 THEN 'stranger' ELSE 'user:margarethe.von.hohenlohe@example.org' END,
        CASE n % 5 WHEN 0 THEN 'password' WHEN 1 THEN 'wrong_password' ELSE NULL END,
        CASE n % 5 WHEN 3 THEN 'joined ops, left development' ELSE NULL END, '00000000000000ff', n
    FROM numbers, cloakroom_event_numbers";

const COUNT_ON: &str = "UPDATE cloakroom_event_numbers SET last_id = last_id + 60";

#[test]
fn the_overview_and_the_trail_are_right_in_every_look() {
    for (kind, tag, size, theme, language, scripts, dress) in [
        (Kind::Chromium, "desk-light", DESK, Theme::Light, "en", true, Dress::Plain),
        (Kind::Chromium, "phone-dark", PHONE, Theme::Dark, "de", true, Dress::Branded),
        (Kind::Chromium, "narrow-no-scripts", NARROW, Theme::Light, "de", false, Dress::Plain),
        (Kind::Chromium, "zoomed-dark", ZOOMED, Theme::Dark, "en", true, Dress::Plain),
        (Kind::Firefox, "desk-dark", DESK, Theme::Dark, "en", true, Dress::Branded),
    ] {
        let (browser, stage) = (browser(kind), Stage::set(dress));
        let added = stage.gateway.command(&["user", "add", "auditor", "--role", "auditor"], PASSWORD);
        assert!(added.status.success(), "{added:?}");
        let database = Connection::open(stage.gateway.directory().join("cloakroom.db")).unwrap();
        for statement in [A_DAY, SOME_EVENTS, COUNT_ON] {
            database.execute(statement, ()).unwrap();
        }
        let visitor = browser.visitor();
        let reader = Reader::new(browser, &visitor, &Look { size, theme, language, scripts }, tag);
        reader.enter(&stage, "auditor");
        watch(&stage, &reader, scripts);
    }
    tools::validate();
}

fn watch(stage: &Stage, reader: &Reader<'_>, scripts: bool) {
    reader.tab.open(&stage.page("admin/overview"));
    reader.meet("overview-empty", OVERVIEW);
    reader.tab.open(&stage.page("admin/overview?span=day"));
    reader.meet("overview", OVERVIEW);
    reader.tab.click("summary", 1);
    reader.tab.wait_until("document.querySelector('details').open");
    assert_eq!(reader.value("document.querySelectorAll('details tbody tr').length"), 24);
    reader.tab.open(&stage.page("admin/events"));
    reader.meet("events", EVENTS);
    if scripts {
        reader.tab.click(".follow button", 1);
        // The stream begins behind what the page shows, whenever it begins.
        assert!(stage.gateway.command(&["user", "add", "newcomer"], PASSWORD).status.success());
        reader.tab.wait_until("document.querySelector('.list tbody tr').textContent.includes('newcomer')");
        assert_eq!(
            reader.value("document.querySelector('.follow button').getAttribute('aria-pressed')"),
            "true"
        );
        // What comes in moves the rest down, as the button was pressed for.
        reader.value("(globalThis.seenByTheTest.shifted = []).length");
        reader.meet("events-followed", EVENTS);
    } else {
        assert_eq!(reader.value("document.querySelector('.follow button').hidden"), true);
    }
    reader.tab.open(&stage.page("admin/events?kind=token_reused&user=nobody"));
    reader.meet("events-none", EVENTS);
    reader.tab.open(&stage.page("account/events"));
    reader.meet("own-events", OWN_EVENTS);
    reader.tab.open(&stage.page("account"));
    reader.meet("account-with-events", ACCOUNT);
}
