//! Which sessions an administrator looks for.

use std::net::IpAddr;

use super::Row;
use crate::ids::Subject;
use crate::network::Network;
use crate::time::Timestamp;

/// What sessions have to be like to be found; all of them when nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Whose they are.
    pub subject: Option<Subject>,
    /// Where they were begun from; what was begun where nothing was recorded has no address.
    pub address: Option<IpAddr>,
    /// In which network that is.
    pub network: Option<Network>,
    /// Begun at this moment or later.
    pub created_from: Option<Timestamp>,
    /// Begun before this moment.
    pub created_before: Option<Timestamp>,
}

impl Wanted {
    /// Whether a session is one of those.
    pub fn includes(&self, row: &Row) -> bool {
        self.subject.as_ref().is_none_or(|subject| row.subject.as_ref() == Some(subject))
            && self.address.is_none_or(|address| row.address == Some(address))
            && self.network.is_none_or(|network| row.address.is_some_and(|address| network.contains(address)))
            && self.created_from.is_none_or(|moment| row.created_at >= moment)
            && self.created_before.is_none_or(|moment| row.created_at < moment)
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;
    use crate::store::RowBody;

    fn row() -> Row {
        Row {
            subject: Some(Subject::new("alice").expect("a subject")),
            created_at: Timestamp::from_millis(1000),
            last_seen_at: Timestamp::from_millis(2000),
            expires_at: Timestamp::from_millis(3000),
            address: Some(Ipv4Addr::LOCALHOST.into()),
            body: RowBody::new(),
        }
    }

    #[test]
    fn whoever_wants_nothing_in_particular_gets_everything() {
        assert!(Wanted::default().includes(&row()));
        assert!(Wanted::default().includes(&Row { subject: None, address: None, ..row() }));
    }

    #[test]
    fn each_wish_counts() {
        let at = |millis| Some(Timestamp::from_millis(millis));
        let subject =
            |name| Wanted { subject: Some(Subject::new(name).expect("a subject")), ..Wanted::default() };
        let address =
            |octet| Wanted { address: Some(Ipv4Addr::new(127, 0, 0, octet).into()), ..Wanted::default() };
        let network = |text: &str| Wanted { network: text.parse().ok(), ..Wanted::default() };
        for (wanted, included) in [
            (subject("alice"), true),
            (subject("bob"), false),
            (address(1), true),
            (address(2), false),
            (network("127.0.0.0/8"), true),
            (network("192.0.2.0/24"), false),
            (Wanted { created_from: at(1000), ..Wanted::default() }, true),
            (Wanted { created_from: at(1001), ..Wanted::default() }, false),
            (Wanted { created_before: at(1001), ..Wanted::default() }, true),
            (Wanted { created_before: at(1000), ..Wanted::default() }, false),
        ] {
            assert_eq!(wanted.includes(&row()), included, "{wanted:?}");
            let nobody = Row { subject: None, address: None, ..row() };
            let by_time = wanted.subject.is_none() && wanted.address.is_none() && wanted.network.is_none();
            assert_eq!(wanted.includes(&nobody), included && by_time, "{wanted:?}");
        }
    }
}
