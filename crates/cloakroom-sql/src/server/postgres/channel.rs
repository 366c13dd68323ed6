//! What is said on the channel, and how it is read.
//!
//! Each schema has a channel of its own, `cloakroom_` and the schema's name. A message is one of
//!
//! | message | what |
//! |---|---|
//! | IDs, 32 hexadecimal digits each | these sessions were written or have ended |
//! | `u` and a subject | any session of this subject may have ended |
//! | `*` | any session may have ended |

use std::fmt::Write;

use cloakroom_core::store::{Change, ChangeSink};
use cloakroom_core::{SessionId, Subject};

use crate::server::news::News;

/// Says each of the texts `$1`.
pub(super) const TELL: &str = "SELECT pg_notify(('cloakroom_' || current_schema())::name::text, message) FROM unnest($1::text[]) AS message";

/// What the channel is called. A `name` has 63 octets, and longer ones are cut as PostgreSQL cuts them.
pub(super) const NAME: &str = "SELECT ('cloakroom_' || current_schema())::name";

const EVERYONE: &str = "*";
const SUBJECT: char = 'u';
const ID_DIGITS: usize = 2 * SessionId::LEN;

/// How many IDs are in a message, which may have less than 8000 octets.
const IDS_MAX: usize = 200;

/// The messages that say this.
pub(super) fn messages(news: &News) -> Vec<String> {
    match news {
        News::Sessions(ids) => ids.chunks(IDS_MAX).map(message).collect(),
        News::Subject(subject) => vec![format!("{SUBJECT}{}", subject.as_str())],
        News::Everyone => vec![EVERYONE.to_owned()],
    }
}

fn message(ids: &[SessionId]) -> String {
    let mut text = String::with_capacity(ids.len() * ID_DIGITS);
    for octet in ids.iter().flat_map(SessionId::as_octets) {
        // Writing to a string does not fail.
        let _ = write!(text, "{octet:02x}");
    }
    text
}

/// Hands a message on. Of one that is not ours nobody knows what it is about; whoever has copies loses nothing by looking again.
pub(super) fn tell(message: &str, sink: &dyn ChangeSink) {
    if let Some(subject) = message.strip_prefix(SUBJECT).and_then(|name| Subject::new(name).ok()) {
        return sink.tell(Change::Subject(&subject));
    }
    match ids(message) {
        Some(ids) => ids.into_iter().for_each(|id| sink.tell(Change::Session(id))),
        None => sink.tell(Change::Everyone),
    }
}

fn ids(message: &str) -> Option<Vec<SessionId>> {
    let (ids @ [_, ..], []) = message.as_bytes().as_chunks::<ID_DIGITS>() else { return None };
    ids.iter().map(id).collect()
}

fn id(digits: &[u8; ID_DIGITS]) -> Option<SessionId> {
    let mut octets = [0; SessionId::LEN];
    for (octet, pair) in octets.iter_mut().zip(digits.as_chunks::<2>().0) {
        let [high, low] = pair.map(|digit| char::from(digit).to_digit(16));
        *octet = u8::try_from(high? << 4 | low?).ok()?;
    }
    Some(SessionId::from_octets(octets))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[derive(Default)]
    struct Ear(Mutex<Vec<String>>);

    impl ChangeSink for Ear {
        fn tell(&self, change: Change<'_>) {
            self.0.lock().unwrap().push(format!("{change:?}"));
        }
    }

    fn heard(messages: &[String]) -> Vec<String> {
        let ear = Ear::default();
        for message in messages {
            tell(message, &ear);
        }
        ear.0.into_inner().unwrap()
    }

    #[test]
    fn what_is_said_is_heard() {
        let ids: Vec<SessionId> = (0..=255).map(|octet| SessionId::from_octets([octet; 16])).collect();
        let right: Vec<String> = ids.iter().map(|id| format!("{:?}", Change::Session(*id))).collect();
        assert_eq!(heard(&messages(&News::Sessions(ids))), right);
        let subject = Subject::new("zo\u{eb} *").unwrap();
        assert_eq!(
            heard(&messages(&News::Subject(subject.clone()))),
            [format!("{:?}", Change::Subject(&subject))]
        );
        assert_eq!(heard(&messages(&News::Everyone)), ["Everyone"]);
    }

    #[test]
    fn every_message_is_short_enough_for_the_server() {
        let ids: Vec<SessionId> = (0..=255).map(|octet| SessionId::from_octets([octet; 16])).collect();
        let lengths: Vec<usize> = messages(&News::Sessions(ids)).iter().map(String::len).collect();
        assert_eq!(lengths, [6400, 1792]);
    }

    #[test]
    fn a_message_of_somebody_else_is_taken_for_any_change() {
        for strange in ["", "u", "hello", "0123", &"g".repeat(32), &"+f".repeat(16), "*u"] {
            assert_eq!(heard(&[strange.to_owned()]), ["Everyone"], "{strange}");
        }
    }
}
