//! The pages of the administration about sessions.

use crate::reader::Reader;
use crate::stage::Stage;

/// Looks at each of them, as an administrator; somebody else is signed in, too.
pub(crate) fn met(stage: &Stage, reader: &Reader<'_>) {
    reader.tab.open(&stage.page("admin/sessions?address=127.0.0.0%2F8"));
    reader.meet("admin-sessions", ["Sessions", "Sitzungen"]);
    let one = reader.value("document.querySelector('tbody a').href");
    reader.tab.open(one.as_str().unwrap());
    reader.meet("admin-session", ["Session", "Sitzung"]);
    reader.tab.open(&stage.page("admin/sessions/end-matching?address=127.0.0.0%2F8&older=1h"));
    reader.meet("admin-end-matching", ["End all that are like this?", "Alle solchen beenden?"]);
    reader.tab.open(&stage.page("admin/sessions/end-everyones"));
    reader.meet("admin-end-everyones", ["End everybody's sessions?", "Alle Sitzungen aller beenden?"]);
}
