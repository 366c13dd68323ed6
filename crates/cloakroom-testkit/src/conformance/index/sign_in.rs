//! What a sign-in does to its own session and to the one that it replaces.

use cloakroom_core::store::{ErrorKind, Loaded, Row, Seen, SubjectIndex, SubjectInserted, Version};

use crate::conformance::failure::{Outcome, Promise};
use crate::conformance::harness::Harness;
use crate::conformance::index::questions::{Terms, done, evicting};
use crate::conformance::samples::{alice, at, end, first_of, row, row_of, row_of_at, row_with, visitor};

pub(crate) async fn a_sign_in_creates_a_session_as_an_insert_does<S: SubjectIndex>(h: Harness<S>) -> Outcome {
    let id = h.ids_of(&alice());
    let promise = Promise("A sign-in's session loads as it was inserted, at the first version.");
    let full = Row {
        created_at: at(1),
        last_seen_at: at(2),
        expires_at: end(3),
        address: Some([192, 0, 2, 7].into()),
        body: row_with(&[7; 3_000]).body,
        ..row_of(&alice())
    };
    h.signed_in(id(1), &alice(), &full).await?;
    let right = Loaded { row: full, version: Version::FIRST };
    promise.gives("load", h.load(id(1)).await?, Some(right.clone()))?;
    promise.gives("list", h.list(&alice()).await?, vec![(id(1), right)])
}

pub(crate) async fn a_sign_in_ends_the_session_that_it_replaces<S: SubjectIndex>(h: Harness<S>) -> Outcome {
    let id = h.ids_of(&alice());
    let promise =
        Promise("A sign-in that is done has ended the session that it replaces, a visitor's or a subject's.");
    h.begin(visitor(1), &row()).await?;
    let of_visitor = Terms::under(h.fence(&alice()).await?).replacing(first_of(visitor(1)));
    promise.gives("sign-in of a visitor", h.sign_in(id(2), &row_of(&alice()), of_visitor).await?, done())?;
    h.is_gone(promise, visitor(1), Version::FIRST).await?;
    let again = Terms::under(h.fence(&alice()).await?).replacing(first_of(id(2)));
    promise.gives("sign-in once more", h.sign_in(id(3), &row_of(&alice()), again).await?, done())?;
    h.is_gone(promise, id(2), Version::FIRST).await?;
    promise.gives("list", h.listed(&alice()).await?, vec![id(3)])
}

pub(crate) async fn a_sign_in_that_is_lost_gone_or_a_duplicate_changes_nothing<S: SubjectIndex>(
    h: Harness<S>,
) -> Outcome {
    let id = h.ids_of(&alice());
    let promise = Promise("Unless a sign-in is done, nothing has changed.");
    h.begin(visitor(1), &row()).await?;
    h.write(visitor(1), &row_with(b"written meanwhile")).await?;
    h.signed_in(id(2), &alice(), &row()).await?;
    let before = h.walk(100).await?;
    let fence = h.fence(&alice()).await?;
    let cases = [
        (id(9), first_of(visitor(1)), Ok(SubjectInserted::Lost)),
        (id(9), first_of(visitor(8)), Ok(SubjectInserted::Gone)),
        (
            id(2),
            Seen { id: visitor(1), version: h.load_existing(visitor(1)).await?.version },
            Err(ErrorKind::Duplicate),
        ),
    ];
    for (new, replaces, right) in cases {
        let terms = Terms::under(fence).replacing(replaces).capped(evicting(1)).at(at(10));
        let inserted = h.sign_in(new, &row_of_at(&alice(), 10), terms).await?;
        promise.gives("sign-in", inserted, right)?;
        promise.gives("all sessions after it", h.walk(100).await?, before.clone())?;
        promise.gives("the subject's list after it", h.listed(&alice()).await?, vec![id(2)])?;
        promise.gives("load of the new ID", h.load(id(9)).await?, None)?;
    }
    Ok(())
}
