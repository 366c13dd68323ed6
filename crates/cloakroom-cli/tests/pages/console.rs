//! The administration, page by page.

use cloakroom_browsers::Key;

use crate::reader::Reader;
use crate::stage::Stage;

/// Users: who they are, what can be done about them, and the link by which they set a password.
pub(crate) fn users(stage: &Stage, reader: &Reader<'_>) {
    reader.tab.open(&stage.page("admin/users"));
    reader.meet("admin-users", ["Users", "Benutzer"]);
    reader.tab.open(&stage.page("admin/users?name=nobody"));
    reader.meet("admin-users-none", ["Users", "Benutzer"]);
    reader.tab.open(&stage.page("admin/users/admin"));
    reader.meet("admin-user", ["admin", "admin"]);
    reader.tab.open(&stage.page("admin/users/admin/change"));
    reader.meet("admin-user-change", ["Change: admin", "Ändern: admin"]);
    // A press is where the button is, so it has to be in sight.
    reader.value("(document.querySelector(\"form[action$='/disable'] button\").scrollIntoView(), true)");
    reader.settle();
    reader.tab.click("form[action$='/disable'] button", 1);
    reader.tab.wait_until("document.querySelector('#refusal') !== null");
    reader.meet("admin-user-change-refused", ["Change: admin", "Ändern: admin"]);

    reader.tab.open(&stage.page("admin/new-user"));
    reader.meet("admin-new-user", ["New user", "Neuer Benutzer"]);
    reader.fill("username", "berta");
    reader.tab.press_key(Key::Enter);
    reader.meet("admin-link", ["Link to set a password", "Link zum Setzen des Passworts"]);
    let link = reader.value("document.querySelector('#link').value");
    reader.tab.open(link.as_str().unwrap());
    reader.meet("reset", ["Set your password", "Ihr Passwort setzen"]);
    reader.tab.open(&stage.page("reset/nothing"));
    reader.meet("reset-dead", ["This link does not work any more", "Dieser Link gilt nicht mehr"]);
}
