//! Sessions as an administrator looks for them, the newest first.

use cloakroom_core::store::Wanted;

use super::statements::columns;
use super::value::Value;
use crate::place::{NetworkPlace, Place};

/// A search within a [`Place`], under one condition more that an index serves.
macro_rules! search {
    ($condition:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            ", id FROM cloakroom_sessions WHERE ",
            $condition,
            // Not as a comparison of pairs, for which MySQL goes by no index.
            "created_at <= $1 AND (created_at < $1 OR id < $2) AND created_at >= $3
            ORDER BY created_at DESC, id DESC LIMIT $4"
        )
    };
}

pub(super) const ALL: &str = search!("");
pub(super) const OF_SUBJECT: &str = search!("subject = $5 AND ");
pub(super) const FROM_ADDRESS: &str = search!("address = $5 AND ");

/// A walk down the addresses, whenever their sessions began.
pub(super) const IN_NETWORK: &str = concat!(
    "SELECT ",
    columns!(),
    ", id FROM cloakroom_sessions WHERE address >= $1 AND address < $2
            ORDER BY address DESC, created_at DESC, id DESC LIMIT $3"
);

/// The statement that finds what is left of an address, and its values.
pub(super) fn rest_of(address: &str, place: Place, rows_max: usize) -> (&'static str, Vec<Value>) {
    let values = vec![
        Value::Number(place.created_at),
        Value::Octets(place.id),
        Value::Number(place.from),
        Value::limit(rows_max),
        Value::Address(address.parse().ok()),
    ];
    (FROM_ADDRESS, values)
}

/// The statement that finds sessions at other addresses of a network, and its values.
pub(super) fn in_network(place: &NetworkPlace, rows_max: usize) -> (&'static str, Vec<Value>) {
    let texts = [&place.low, &place.below].map(|text| Value::Text(text.clone()));
    (IN_NETWORK, texts.into_iter().chain([Value::limit(rows_max)]).collect())
}

/// The statement that finds those that are wanted, and its values; who is wanted by subject and address is found by the first.
pub(super) fn search(wanted: &Wanted, place: Place, rows_max: usize) -> (&'static str, Vec<Value>) {
    let mut values = vec![
        Value::Number(place.created_at),
        Value::Octets(place.id),
        Value::Number(place.from),
        Value::limit(rows_max),
    ];
    let statement = match (&wanted.subject, wanted.address) {
        (Some(subject), _) => {
            values.push(Value::Subject(Some(subject.clone())));
            OF_SUBJECT
        }
        (None, Some(address)) => {
            values.push(Value::Address(Some(address)));
            FROM_ADDRESS
        }
        (None, None) => ALL,
    };
    (statement, values)
}
