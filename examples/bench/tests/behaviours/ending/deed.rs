//! The ways in which a session ends before its time.

use crate::harness::{Account, Bench, Visitor, password_of};

/// Who ends the victim's session, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// The victim's own browser.
    SignOut,
    /// Another session of the same subject, by the victim's session ID.
    Revoke,
    LogoutOthers,
    LogoutAll,
    ChangePassword,
    /// An administrator.
    RevokeSubject,
    RevokeEveryone,
    Disable,
}

impl Deed {
    /// All that somebody else does to the victim.
    pub(super) const BY_OTHERS: [Self; 7] = [
        Self::Revoke,
        Self::LogoutOthers,
        Self::LogoutAll,
        Self::ChangePassword,
        Self::RevokeSubject,
        Self::RevokeEveryone,
        Self::Disable,
    ];

    /// Does it: `other` is a second session of alice, freshly signed in.
    #[track_caller]
    pub(super) fn strike(
        self,
        bench: &Bench,
        victim: &mut Visitor<'_>,
        victim_id: &str,
        other: &mut Visitor<'_>,
    ) {
        match self {
            Self::SignOut => {
                victim.sign_out();
            }
            Self::Revoke => {
                other.post(&format!("/revoke?id={victim_id}")).expect(204);
            }
            Self::LogoutOthers => {
                other.post("/logout_others").expect(204).expect_no_cookie();
            }
            Self::LogoutAll => {
                other.post("/logout_all").expect(204).expect_removal();
            }
            Self::ChangePassword => {
                let answer = other.change_password(&password_of("alice"), "another phrase");
                answer.expect(204).expect_new_token();
            }
            Self::RevokeSubject => bench.account("alice", Account::Revoke),
            Self::RevokeEveryone => bench.revoke_everyone(),
            Self::Disable => bench.account("alice", Account::Disable),
        }
    }

    /// Whether the session that does it goes on.
    pub(super) fn spares_the_other(self) -> bool {
        matches!(self, Self::SignOut | Self::Revoke | Self::LogoutOthers | Self::ChangePassword)
    }

    /// Whether sessions of other subjects go on.
    pub(super) fn spares_other_subjects(self) -> bool {
        self != Self::RevokeEveryone
    }
}
