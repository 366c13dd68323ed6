//! The state machine: what may happen to a session, decided without doing it.
//!
//! An [`Operation`] is a request's business with one session. It never touches a store: it says what to ask of one
//! (a [`Call`]), is told the [`Answer`], and goes on until it is done. Whoever drives it only carries messages, so a test
//! can interleave operations in every possible order, and one does.
//!
//! | transition | session ID | secret | old token | data |
//! |---|---|---|---|---|
//! | [`SignIn`] | new | new | its row goes with the insert | marked slots, never across two subjects |
//! | [`Commit`] with [`TokenChange::Replace`] | same | new | dead at once; a sign of theft only after the new one's first use | kept |
//! | [`Commit`] with [`TokenChange::Renew`] | same | new, pending until presented, beside one pending before it | good until then, and for the grace | kept |
//! | [`Restore`] | new | new | a remembered browser's, good until the new one is presented, and for the grace | none |
//! | revocation | gone | | dead at once | gone |

mod admit;
mod commit;
mod edits;
mod hand_over;
mod judge;
mod operation;
mod restore;
mod series;
mod sign_in;
mod transition;

#[cfg(test)]
mod explore;

pub use admit::{Admit, Admitted};
pub use commit::{Commit, Committed, TokenChange};
pub use edits::{Edits, NoEdits};
pub use hand_over::{Accept, Accepted, Offer};
pub use judge::{
    Held, Holding, Judgement, Limit, Rules, Standing, TokenSource, is_live, judge, renewal_is_due,
};
pub use operation::{Answer, Call, IndexTerms, Operation, Step};
pub use restore::{Patience, Restore, RestoreRequest, Restored};
pub use series::{Forget, HeldSeries, Recall, Recalled, Settle, Settled, judge_series};
pub use sign_in::{SignIn, SignInOutcome, SignInRequest};
