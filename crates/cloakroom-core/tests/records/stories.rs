//! What went wrong once.

use cloakroom_core::machine::{Admit, Admitted, NoEdits, Rules, TokenChange};
use cloakroom_core::{Lifetime, Method, Record, Renewal, Subject, Timestamp, minutes, seconds};

use crate::shapes::admitted;
use crate::store::{MapStore, SESSION, digest, secret};

const START: Timestamp = Timestamp::from_millis(1_000_000);

fn rules() -> Rules {
    Rules { lifetime: Lifetime::default(), renewal: Renewal::every(minutes(5)), audience: None }
}

fn alice_is_signed_in() -> MapStore {
    let alice = Subject::new("alice").expect("a name");
    MapStore::with(&Record::authenticated(alice, Method::Password, &secret(1), START), &rules())
}

/// Story: a report took a minute, was stopped by the user, and had taken away the token that came with the page's images.
#[test]
fn a_slow_request_hands_out_no_token_over_one_that_was_issued_after_it_came_in() {
    let mut store = alice_is_signed_in();
    let due = START.after(minutes(6));
    let slow = admitted(store.admit(1, rules(), due));
    let quick = admitted(store.admit(1, rules(), due));
    store.commit(quick, NoEdits, TokenChange::Renew(digest(2)), rules(), due);
    let late = due.after(minutes(1));
    let slow = store.commit(slow, NoEdits, TokenChange::Renew(digest(3)), rules(), late);
    assert!(matches!(store.admit(3, rules(), late), Admitted::Unknown));
    assert!(slow.presents_current(), "and the slow one is told nothing of it");
    assert!(matches!(store.admit(2, rules(), late), Admitted::Live(_)));
}

/// Story: the handler that changed the password left a message in the session, which looked as if the browser had the new
/// token; the answer was lost, and the browser was a thief.
#[test]
fn a_request_that_goes_on_with_a_token_it_was_given_proves_no_arrival() {
    let mut store = alice_is_signed_in();
    let held = admitted(store.admit(1, rules(), START));
    let change = TokenChange::Replace(digest(2), Some(Method::Password));
    let held = store.commit(held, NoEdits, change, rules(), START);
    store.commit(held, NoEdits, TokenChange::Keep, rules(), START);
    let later = START.after(minutes(2));
    assert!(matches!(store.admit(1, rules(), later), Admitted::Unknown));
    assert!(matches!(store.admit(2, rules(), later), Admitted::Live(_)));
    assert!(matches!(store.admit(1, rules(), later.after(seconds(30))), Admitted::Reused(_)));
}

/// A browser that sends several cookies of our name is let in without settling first, and settled after.
#[test]
fn a_request_that_settles_later_has_used_its_token_all_the_same() {
    let mut store = alice_is_signed_in();
    let held = admitted(store.admit(1, rules(), START));
    store.commit(held, NoEdits, TokenChange::Replace(digest(2), None), rules(), START);
    let unsettled = Admit::by_digest(SESSION, digest(2), rules()).without_settling();
    let held = admitted(store.drive(unsettled, START));
    store.commit(held, NoEdits, TokenChange::Keep, rules(), START);
    assert!(matches!(store.admit(1, rules(), START.after(seconds(30))), Admitted::Reused(_)));
}
