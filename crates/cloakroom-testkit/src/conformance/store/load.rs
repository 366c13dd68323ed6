//! What goes in comes out.

use std::net::IpAddr;
use std::time::Duration;

use cloakroom_core::store::{ErrorKind, Insert, Loaded, Row, Store, Version};
use cloakroom_core::{SessionId, Subject, Timestamp};

use crate::conformance::failure::{Outcome, Promise};
use crate::conformance::harness::Harness;
use crate::conformance::samples::{alice, at, end, id, later, row, row_of, row_with, subject};
use crate::entropy::Seeded;

/// The largest signed number of 64 bits: from here on a column can hold one moment for all.
const BEYOND: Timestamp = Timestamp::from_millis(i64::MAX.unsigned_abs());

const AS_INSERTED: Promise = Promise("A session loads as it was inserted, at the first version.");

pub(crate) async fn an_unknown_session_loads_as_none<S: Store>(h: Harness<S>) -> Outcome {
    let promise = Promise("A session that was never inserted loads as none, and that is no error.");
    promise.gives("load from an empty store", h.load(id(1)).await?, None)?;
    h.begin(id(2), &row()).await?;
    promise.gives("load of an ID beside the one inserted", h.load(id(1)).await?, None)
}

pub(crate) async fn a_session_loads_as_it_was_inserted<S: Store>(h: Harness<S>) -> Outcome {
    let full = Row {
        created_at: at(1),
        last_seen_at: at(2),
        expires_at: end(3),
        address: Some(IpAddr::from([192, 0, 2, 7])),
        ..row_of(&alice())
    };
    comes_back(&h, [row(), full]).await
}

pub(crate) async fn bodies_come_back_octet_for_octet_up_to_64_kib<S: Store>(h: Harness<S>) -> Outcome {
    let octets = Seeded::new(64);
    let sized = [0, 1, 95, 96, 97, 127, 128, 255, 256, 257, 4_096, 65_535, 65_536].map(|len| {
        let mut body = vec![0; len];
        octets.fill(&mut body);
        row_with(&body)
    });
    comes_back(&h, sized).await?;
    let every_octet: Vec<u8> = (0..=u8::MAX).collect();
    comes_back(&h, [row_with(&every_octet), row_with(&[0; 300]), row_with(&[0xff; 300])]).await
}

pub(crate) async fn subjects_come_back_octet_for_octet<S: Store>(h: Harness<S>) -> Outcome {
    let longest = "x".repeat(Subject::LEN_MAX);
    let longest_of_two_octets_each = "\u{e9}".repeat(Subject::LEN_MAX / 2);
    let texts = [
        "a",
        " ",
        "alice ",
        "O'Hara; -- \"%_\\",
        "\u{e9}",
        "e\u{301}",
        "\u{65e5}\u{672c}\u{8a9e}",
        "\u{1f9e5}",
        "12345678901234567890",
        &longest,
        &longest_of_two_octets_each,
    ];
    comes_back(&h, texts.map(|text| row_of(&subject(text)))).await
}

pub(crate) async fn addresses_come_back_as_they_were<S: Store>(h: Harness<S>) -> Outcome {
    let addresses: [IpAddr; 7] = [
        IpAddr::from([0, 0, 0, 0]),
        IpAddr::from([255, 255, 255, 255]),
        IpAddr::from([0_u16; 8]),
        IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1]),
        IpAddr::from([0xffff_u16; 8]),
        // An IPv4 address within IPv6 stays one: which of the two it was is the application's knowledge.
        IpAddr::from([0, 0, 0, 0, 0, 0xffff, 0xc000, 0x0207]),
        IpAddr::from([192, 0, 2, 7]),
    ];
    comes_back(&h, addresses.map(|address| Row { address: Some(address), ..row() })).await
}

pub(crate) async fn timestamps_come_back_to_the_millisecond<S: Store>(h: Harness<S>) -> Outcome {
    let moments =
        |created_at, last_seen_at, expires_at| Row { created_at, last_seen_at, expires_at, ..row() };
    let one = Timestamp::from_millis(1);
    // Past 2^53 a number that went through a float is another; past 2^32 seconds, one that went through 32 bits.
    let odd = Timestamp::from_millis((1 << 53) + 1);
    let far = Timestamp::from_millis((1 << 32) * 1_000 + 1);
    let rows = [
        moments(Timestamp::EPOCH, Timestamp::EPOCH, Timestamp::EPOCH),
        moments(Timestamp::EPOCH, one, BEYOND.before(Duration::from_millis(1))),
        moments(one, odd, odd),
        moments(one, far, far),
    ];
    comes_back(&h, rows).await
}

pub(crate) async fn a_timestamp_without_end_comes_back_as_one<S: Store>(h: Harness<S>) -> Outcome {
    let promise = Promise(
        "A timestamp that no signed number of 64 bits holds comes back, if not exactly, as no earlier than one.",
    );
    for (number, expires_at) in (1..).zip([BEYOND, Timestamp::MAX]) {
        h.begin(id(number), &Row { expires_at, ..row() }).await?;
        let expires_at = h.load_existing(id(number)).await?.row.expires_at;
        promise.holds(expires_at >= BEYOND, format_args!("it came back as {expires_at}"))?;
    }
    Ok(())
}

pub(crate) async fn sessions_of_neighbouring_ids_do_not_mix<S: Store>(h: Harness<S>) -> Outcome {
    let mut ids =
        vec![SessionId::from_octets([0; SessionId::LEN]), SessionId::from_octets([0xff; SessionId::LEN])];
    for place in 0..SessionId::LEN {
        let mut octets = [0; SessionId::LEN];
        octets[place] = 0x80;
        ids.push(SessionId::from_octets(octets));
        octets[place] = b'A';
        ids.push(SessionId::from_octets(octets));
        octets[place] = b'a';
        ids.push(SessionId::from_octets(octets));
    }
    let rows: Vec<Row> = (0..).take(ids.len()).map(|number: u8| row_with(&[number])).collect();
    for (id, row) in ids.iter().zip(&rows) {
        h.begin(*id, row).await?;
    }
    for (id, row) in ids.iter().zip(rows) {
        let right = Loaded { row, version: Version::FIRST };
        AS_INSERTED.gives(&format!("load of {id}"), h.load(*id).await?, Some(right))?;
    }
    Ok(())
}

pub(crate) async fn an_expired_session_loads_like_any_other<S: Store>(h: Harness<S>) -> Outcome {
    let promise = Promise("Expired rows are returned like any other: the caller judges, by its own clock.");
    let expired = Row { expires_at: Timestamp::from_millis(1), ..row() };
    h.begin(id(1), &expired).await?;
    let right = Loaded { row: expired, version: Version::FIRST };
    promise.gives("load of a session that expired in 1970", h.load(id(1)).await?, Some(right))
}

pub(crate) async fn load_now_answers_as_load_does_or_not_at_all<S: Store>(h: Harness<S>) -> Outcome {
    // `Harness::load` holds the two against each other; here each kind of write comes between.
    h.load(id(1)).await?;
    h.begin(id(1), &row()).await?;
    h.load(id(1)).await?;
    h.write(id(1), &row_with(b"other")).await?;
    h.load(id(1)).await?;
    let _ = h.store().touch(id(1), later(1)).await?;
    h.load(id(1)).await?;
    let _ = h.store().revoke(id(1)).await?;
    h.load(id(1)).await?;
    h.begin(id(2), &row()).await?;
    h.load(id(2)).await?;
    h.store().purge(end(0), 10).await?;
    h.load(id(2)).await?;
    Ok(())
}

pub(crate) async fn errors_carry_the_name_of_the_store<S: Store>(h: Harness<S>) -> Outcome {
    let promise = Promise("The name of a store is what its errors and the log call it.");
    promise.holds(!h.store().name().is_empty(), "its name is empty")?;
    h.begin(id(1), &row()).await?;
    let error = h.store().insert(Insert { id: id(1), row: &row(), replaces: None }).await.err();
    let backend = error.filter(|error| error.kind() == ErrorKind::Duplicate).map(|error| error.backend());
    promise.gives("back end of a duplicate's error", backend, Some(h.store().name()))
}

/// Inserts the rows, then loads them: a store that mixes them up shows it.
async fn comes_back<S: Store, const N: usize>(h: &Harness<S>, rows: [Row; N]) -> Outcome {
    // A number for each row of a check, also when it calls twice.
    let id_at = |place: usize, row: &Row| h.placed(id((N * 100 + place) as u64), row);
    for (place, row) in rows.iter().enumerate() {
        h.begin(id_at(place, row), row).await?;
    }
    for (place, row) in rows.into_iter().enumerate() {
        let id = id_at(place, &row);
        let right = Loaded { row, version: Version::FIRST };
        AS_INSERTED.gives("load after an insert", h.load(id).await?, Some(right))?;
    }
    Ok(())
}
