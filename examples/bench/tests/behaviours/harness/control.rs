//! The control listener: time, gates, faults, administration, and what the store holds.

use serde::Deserialize;

use super::answer::Answer;
use super::bench::Bench;
use super::request::Request;
use super::wire::Connection;

/// Calls to the store since the start.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub(crate) struct Ops {
    pub(crate) loads: u64,
    pub(crate) inserts: u64,
    pub(crate) replaces: u64,
    pub(crate) touches: u64,
    pub(crate) revokes: u64,
    pub(crate) lists: u64,
    pub(crate) sweeps: u64,
}

impl Ops {
    /// Calls that change a row, but for purging.
    pub(crate) fn writes(self) -> u64 {
        self.inserts + self.replaces + self.touches + self.revokes
    }

    /// All calls but purging, which is free to come whenever it likes.
    pub(crate) fn calls(self) -> u64 {
        self.loads + self.lists + self.writes()
    }
}

/// A security event.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Event {
    #[serde(rename = "event")]
    pub(crate) name: String,
    pub(crate) at_ms: i64,
    pub(crate) session_id: Option<String>,
    pub(crate) subject: Option<String>,
}

/// How the store behaves from now on.
#[derive(Clone, Copy, Debug)]
pub(crate) enum StoreMode {
    Ok,
    Down,
    Hang,
}

/// What an administrator does to an account.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Account {
    Disable,
    Enable,
    Revoke,
}

impl Bench {
    /// Lets this much time pass. The new time.
    #[track_caller]
    pub(crate) fn advance_ms(&self, by_ms: i64) -> i64 {
        self.order(&Request::post(format!("/clock?advance_ms={by_ms}"))).expect(200).json_integer("now_ms")
    }

    /// The time on the manual clock.
    #[track_caller]
    pub(crate) fn now_ms(&self) -> i64 {
        self.advance_ms(0)
    }

    /// Lets all requests at a gate through, now and later.
    #[track_caller]
    pub(crate) fn open(&self, gate: &str) {
        self.order(&Request::post(format!("/gate?name={gate}")));
    }

    /// Rows in the store, expired ones included.
    #[track_caller]
    pub(crate) fn rows(&self) -> i64 {
        self.order(&Request::get("/rows")).expect(200).json_integer("rows")
    }

    #[track_caller]
    pub(crate) fn ops(&self) -> Ops {
        serde_json::from_value(self.order(&Request::get("/ops")).expect(200).json())
            .expect("/ops counts calls")
    }

    /// Every octet that the store holds.
    #[track_caller]
    pub(crate) fn dump(&self) -> Vec<u8> {
        let answer = self.order(&Request::get("/dump"));
        answer.expect(200);
        answer.body
    }

    /// Purges what has expired. How much that was.
    #[track_caller]
    pub(crate) fn sweep(&self) -> i64 {
        self.order(&Request::post("/sweep")).expect(200).json_integer("removed")
    }

    #[track_caller]
    pub(crate) fn set_store(&self, mode: StoreMode) {
        let mode = match mode {
            StoreMode::Ok => "ok",
            StoreMode::Down => "down",
            StoreMode::Hang => "hang",
        };
        self.order(&Request::post(format!("/store?mode={mode}")));
    }

    #[track_caller]
    pub(crate) fn account(&self, name: &str, deed: Account) {
        let deed = match deed {
            Account::Disable => "disable",
            Account::Enable => "enable",
            Account::Revoke => "revoke",
        };
        self.order(&Request::post(format!("/user?name={name}&do={deed}")));
    }

    #[track_caller]
    pub(crate) fn revoke_everyone(&self) {
        self.order(&Request::post("/everyone?do=revoke"));
    }

    /// State changes by `POST /act` since the start.
    #[track_caller]
    pub(crate) fn acts(&self) -> i64 {
        self.order(&Request::get("/acts")).expect(200).json_integer("acts")
    }

    #[track_caller]
    pub(crate) fn events(&self) -> Vec<Event> {
        let text = self.order(&Request::get("/events")).text();
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        lines.map(|line| serde_json::from_str(line).expect("an event is a JSON object on one line")).collect()
    }

    /// How many events of this name there were.
    #[track_caller]
    pub(crate) fn count_events(&self, name: &str) -> usize {
        self.events().iter().filter(|event| event.name == name).count()
    }

    /// A request to the control listener; it succeeds.
    #[track_caller]
    pub(crate) fn order(&self, request: &Request) -> Answer {
        let mut control = Connection::open(self.control_address()).expect("the control listener accepts");
        let answer = control.ask(request);
        assert!((200..300).contains(&answer.status), "{}: {}", request.target(), answer.text());
        answer
    }
}
