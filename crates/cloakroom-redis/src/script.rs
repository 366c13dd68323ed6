//! The scripts, each one step on the keys of one tag.
//!
//! A script gets every key that the caller can name in `KEYS`. The sessions of an index, and the index of a row, it names
//! itself: they have the tag of the keys that it got, so a cluster has them in the same slot. It reads all that it needs
//! before it writes: while the slot is being moved and a key is elsewhere, it fails as a whole.

use std::sync::LazyLock;

use redis::{Cmd, Script};

/// A script, by its digest and by its text.
pub(crate) struct Lua {
    script: Script,
    text: &'static str,
    /// Whether it may run where a slot is being moved to, before all keys have arrived: when the one key that it names is
    /// all that decides.
    pub(crate) may_follow_ask: bool,
}

macro_rules! scripts {
    ($($(#[$doc:meta])+ $name:ident: [$($file:literal),+], $may_follow_ask:literal;)+) => {
        $(
            $(#[$doc])+
            pub(crate) static $name: LazyLock<Lua> = LazyLock::new(|| {
                let text = concat!($(include_str!(concat!("lua/", $file, ".lua"))),+);
                Lua { script: Script::new(text), text, may_follow_ask: $may_follow_ask }
            });
        )+
    };
}

// Each has the parts that it needs: a server makes their functions anew in every run, which takes microseconds.
scripts! {
    /// What a session loads as, when somebody is or was replacing it.
    SETTLE: ["row", "settle"], true;
    /// [`Store::touch`](cloakroom_core::store::Store::touch).
    TOUCH: ["row", "keys", "touch"], true;
    /// [`Store::replace`](cloakroom_core::store::Store::replace).
    REPLACE: ["row", "keys", "replace"], true;
    /// [`Store::revoke`](cloakroom_core::store::Store::revoke).
    REVOKE: ["row", "keys", "revoke"], true;
    /// An insert, with the end of the session that it replaces where that has the same tag or there is one server.
    INSERT: ["row", "keys", "index", "insert"], false;
    /// [`SubjectIndex::list`](cloakroom_core::store::SubjectIndex::list).
    LIST: ["row", "keys", "index", "list"], false;
    /// [`SubjectIndex::revoke_subject`](cloakroom_core::store::SubjectIndex::revoke_subject).
    REVOKE_SUBJECT: ["row", "keys", "index", "revoke_subject"], false;
    /// Claims a session that is to be replaced from another slot.
    CLAIM: ["row", "claim"], true;
    /// Ends a session that was claimed.
    FINISH: ["row", "keys", "finish"], true;
    /// Gives up a claim.
    RELEASE: ["row", "release"], true;
    /// Takes back an insert that nobody has been told of.
    UNDO: ["row", "keys", "undo"], true;
    /// Ends sessions together with the others of their subjects.
    SWEEP: ["row", "keys", "index", "sweep"], false;
    /// Removes sessions that have expired.
    COLLECT: ["row", "keys", "collect"], true;
    /// Writes something to wait for.
    MARK: ["row", "mark"], true;
    /// Reads or makes what all nodes have to agree on.
    OPEN: ["row", "open"], true;
    /// Stops every sign-in that has begun.
    BEGIN_EPOCH: ["row", "begin_epoch"], true;
}

impl Lua {
    /// A call of it; `by_text` when the server does not know the digest.
    pub(crate) fn call(&self, keys: &[String], arguments: &[Vec<u8>], by_text: bool) -> Cmd {
        let mut command = redis::cmd(if by_text { "EVAL" } else { "EVALSHA" });
        command.arg(if by_text { self.text } else { self.script.get_hash() }).arg(keys.len());
        for key in keys {
            command.arg(key);
        }
        for argument in arguments {
            command.arg(argument.as_slice());
        }
        command
    }
}

/// What scripts answer, as `row.lua` numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Gone,
    Done,
    Lost,
    Busy,
    Full,
    Fenced,
    Duplicate,
    Estranged,
}

impl Verdict {
    pub(crate) const fn from_number(number: i64) -> Option<Self> {
        Some(match number {
            0 => Self::Gone,
            1 => Self::Done,
            2 => Self::Lost,
            3 => Self::Busy,
            4 => Self::Full,
            5 => Self::Fenced,
            6 => Self::Duplicate,
            7 => Self::Estranged,
            _ => return None,
        })
    }
}
