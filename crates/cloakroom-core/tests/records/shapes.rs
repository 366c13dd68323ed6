//! The records whose octets are golden, each reached as a server reaches it.

use std::net::IpAddr;
use std::time::Duration;

use cloakroom_core::machine::{
    Admitted, Held, NoEdits, Rules, SignIn, SignInOutcome, SignInRequest, TokenChange,
};
use cloakroom_core::{
    Client, KeptAtSignIn, Lifetime, Method, Persistence, Proof, Record, Renewal, Slots, Subject, Timestamp,
    minutes, seconds,
};

use crate::store::{Edit, MapStore, SESSION, digest, secret};

const START: Timestamp = Timestamp::from_millis(1_700_000_000_000);
const JA4: &str = "t13d1516h2_8daaf6152771_b186095e22b6";
const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

fn rules() -> Rules {
    Rules { lifetime: Lifetime::default(), renewal: Renewal::every(minutes(5)), audience: None }
}

/// Limits so far off that the latest timestamps there are belong to a live session.
fn endless() -> Rules {
    let millis = Duration::from_millis;
    let lifetime = Lifetime::try_new(millis(u64::MAX - 1), millis(u64::MAX), Duration::ZERO);
    Rules {
        lifetime: lifetime.expect("idle is below absolute"),
        renewal: Renewal::on_demand(),
        audience: None,
    }
}

/// The records that the files of a format hold, since it is the oldest that can, and the rules by which their rows were written.
pub(crate) fn shapes(format: u8) -> Vec<(&'static str, Record, Rules)> {
    match format {
        1 => vec![
            ("visitor-with-a-slot", visitor_with_a_slot(), rules()),
            ("fresh-sign-in", fresh_sign_in(), rules()),
            ("cart-kept-at-sign-in", cart_kept_at_sign_in(), rules()),
            ("renewal-pending", renewal_pending(), rules()),
            ("password-changed", password_changed(Method::PasswordAndSecondFactor), rules()),
            ("nearly-everything-set", nearly_everything_set(Method::Passkey, None), rules()),
            ("earliest-and-latest-time", earliest_and_latest_time(), endless()),
            ("begun-at-the-latest-time", Record::anonymous(&secret(1), Timestamp::MAX), rules()),
        ],
        2 => vec![
            ("fingerprint", fingerprint(), rules()),
            ("proven-by-another-method", password_changed(Method::Password), rules()),
            ("second-factor", second_factor(), rules()),
            ("everything-set", nearly_everything_set(Method::Password, Some(JA4)), rules()),
        ],
        other => panic!("nobody has said what is in format {other}"),
    }
}

fn visitor_with_a_slot() -> Record {
    let mut slots = Slots::default();
    slots.set("cart", b"3 apples", KeptAtSignIn::Yes).expect("it fits");
    Record::anonymous(&secret(1), START).with_slots(slots)
}

fn sign_in(store: &mut MapStore, held: Option<Held>, client: Client, persistence: Persistence) -> Held {
    sign_in_with(store, held, request_by(Method::Password).with_client(client).with_persistence(persistence))
}

fn request_by(method: Method) -> SignInRequest {
    SignInRequest::new(Subject::new("alice").expect("a name"), method, SESSION, &secret(2))
}

fn sign_in_with(store: &mut MapStore, held: Option<Held>, request: SignInRequest) -> Held {
    let now = START.after(seconds(90));
    match store.drive(SignIn::new(held, NoEdits, request, rules()), now) {
        SignInOutcome::Done { held, .. } => held,
        other => panic!("nothing stood in the way, and it came to {other:?}"),
    }
}

fn fresh_sign_in() -> Record {
    sign_in(&mut MapStore::default(), None, Client::default(), Persistence::Session).record.clone()
}

/// A visitor's cart crosses the sign-in and the draft beside it does not.
fn cart_kept_at_sign_in() -> Record {
    let mut visitor = visitor_with_a_slot();
    let mut slots = visitor.slots().clone();
    slots.set("draft", b"dear", KeptAtSignIn::No).expect("it fits");
    visitor = visitor.with_slots(slots);
    let mut store = MapStore::with(&visitor, &rules());
    let held = admitted(store.admit(1, rules(), START.after(seconds(30))));
    let client = Client::new(Some(IpAddr::from([192, 0, 2, 7])), None);
    sign_in(&mut store, Some(held), client, Persistence::Session).record.clone()
}

fn renewal_pending() -> Record {
    let mut store = MapStore::default();
    let held = sign_in(&mut store, None, Client::default(), Persistence::Session);
    let now = START.after(minutes(7));
    store.commit(held, NoEdits, TokenChange::Renew(digest(3)), rules(), now).record.clone()
}

/// The user proved who they are, and the browser has not used the new token yet.
fn password_changed(first: Method) -> Record {
    let mut store = MapStore::default();
    let held = sign_in_with(&mut store, None, request_by(first));
    let change = TokenChange::Replace(digest(3), Some(Method::PasswordAndSecondFactor));
    store.commit(held, NoEdits, change, rules(), START.after(minutes(7))).record.clone()
}

fn fingerprint() -> Record {
    let client = Client::default().with_fingerprint(JA4);
    sign_in(&mut MapStore::default(), None, client, Persistence::Session).record.clone()
}

/// The password was proven a minute before the code, and so before the session began.
fn second_factor() -> Record {
    let first = Proof { method: Method::Password, at: START.after(seconds(30)) };
    let request = request_by(Method::OneTimeCode).after_first_factor(first);
    let mut store = MapStore::with(&Record::anonymous(&secret(1), START), &rules());
    let held = admitted(store.admit(1, rules(), START.after(seconds(30))));
    sign_in_with(&mut store, Some(held), request).record.clone()
}

fn nearly_everything_set(first: Method, fingerprint: Option<&str>) -> Record {
    let mut store = MapStore::default();
    let mut client = Client::new(Some("2001:db8::7".parse().expect("an address")), Some(AGENT));
    if let Some(fingerprint) = fingerprint {
        client = client.with_fingerprint(fingerprint);
    }
    let request = request_by(first).with_client(client).with_persistence(Persistence::Remembered);
    sign_in_with(&mut store, None, request);
    let mut now = START.after(seconds(90));
    for number in 3..20 {
        now = now.after(minutes(5));
        let held = admitted(store.admit(number - 1, rules(), now));
        store.commit(held, NoEdits, TokenChange::Renew(digest(number)), rules(), now);
    }
    let held = admitted(store.admit(19, rules(), now.after(seconds(1))));
    now = now.after(seconds(2));
    let set = Edit(|slots: &mut Slots| {
        slots.set("cart", b"3 apples", KeptAtSignIn::Yes)?;
        slots.set("flash", b"", KeptAtSignIn::No)?;
        slots.set("\u{fc}bersicht", &[0xa5; 200], KeptAtSignIn::No)
    });
    let change = TokenChange::Replace(digest(20), Some(Method::Passkey));
    let held = store.commit(held, set, change, rules(), now);
    store.commit(held, NoEdits, TokenChange::Renew(digest(21)), rules(), now);
    // That answer was lost, but the one with the token before arrived.
    now = now.after(minutes(2));
    let held = admitted(store.admit(20, rules(), now));
    store.commit(held, NoEdits, TokenChange::Renew(digest(22)), rules(), now).record.clone()
}

fn earliest_and_latest_time() -> Record {
    let record = Record::anonymous(&secret(1), Timestamp::EPOCH);
    let mut store = MapStore::with(&record, &endless());
    let late = Timestamp::from_millis(u64::MAX - 2);
    let held = admitted(store.admit(1, endless(), late));
    store.commit(held, NoEdits, TokenChange::Renew(digest(2)), endless(), late);
    let held = admitted(store.admit(2, endless(), late));
    store.commit(held, NoEdits, TokenChange::Renew(digest(3)), endless(), late).record.clone()
}

pub(crate) fn admitted(admitted: Admitted) -> Held {
    match admitted {
        Admitted::Live(held) => held,
        other => panic!("the token is live, and came to {other:?}"),
    }
}
