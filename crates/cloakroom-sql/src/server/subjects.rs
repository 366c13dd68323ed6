//! Operations on all sessions of a subject, or of everyone.

use cloakroom_core::store::{Cap, CapPolicy, Fence, Row, Seen, SubjectInserted};
use cloakroom_core::{SessionId, Subject, Timestamp};

use super::driver::Connection;
use super::fences::{Bucket, Findings, bucket};
use super::news::News;
use super::rows::session_id;
use super::sessions::insert_values;
use super::statements::{
    BEGIN, COMMIT, INSERT, LIVE, ROLLBACK, TAKE_FENCE, TAKE_LIVE, TAKE_REPLACED, WAS_REVOKED,
};
use super::trouble::Trouble;
use super::turns::Turn;
use super::value::{Columns, Value};
use super::work::Work;
use crate::columns::{number_column, time_column};

/// A [`SubjectInsert`](cloakroom_core::store::SubjectInsert) that owns its row.
///
/// Two round trips: the first locks the bucket of the subject and finds out what may be in the way, the second writes or
/// leaves.
#[derive(Debug)]
pub(super) struct SignIn {
    pub(super) id: SessionId,
    pub(super) row: Row,
    pub(super) replaces: Option<Seen>,
    pub(super) fence: Fence,
    pub(super) cap: Option<Cap>,
    pub(super) now: Timestamp,
}

/// Ends the sessions of a subject but one, and fences its sign-ins.
#[derive(Debug)]
pub(super) struct SubjectRevocation {
    pub(super) subject: Subject,
    pub(super) spare: Option<SessionId>,
}

/// Ends every session and fences every sign-in.
#[derive(Debug)]
pub(super) struct GeneralRevocation;

impl SignIn {
    async fn find_out<C: Connection>(&self, connection: &mut C) -> Result<Findings, Trouble> {
        let values = [
            Value::id_or_none(self.replaces.map(|seen| seen.id)),
            Value::Number(bucket(self.row.subject.as_ref()).into()),
            Value::Number(number_column(self.fence.number())),
            Value::Subject(self.row.subject.clone()),
            Value::Number(time_column(self.now)),
        ];
        // Only a cap that evicts writes to the sessions that it counts.
        let live = match self.cap {
            Some(Cap { policy: CapPolicy::EvictOldest, .. }) => TAKE_LIVE,
            Some(Cap { policy: CapPolicy::RefuseNew, .. }) | None => LIVE,
        };
        let questions = [BEGIN, TAKE_FENCE, WAS_REVOKED, TAKE_REPLACED, live];
        // The last one only matters to a cap.
        let asked = if self.cap.is_some() { &questions[..] } else { &questions[..4] };
        let answers = connection.ask_all(asked, &values).await?;
        let [_, taken, revoked, replaced, live @ ..] = &answers[..] else {
            unreachable!("every statement has its answer");
        };
        Ok(Findings {
            bucket: Bucket::of_rows(&taken.rows)?,
            was_revoked: !revoked.rows.is_empty(),
            replaced: replaced.rows.first().map(|row| row.number(0)).transpose()?,
            live: live
                .iter()
                .flat_map(|answer| &answer.rows)
                .map(|row| session_id(row, 0))
                .collect::<Result<_, _>>()?,
        })
    }
}

impl<C: Connection> Work<C> for SignIn {
    type Output = SubjectInserted;

    fn turn(&self) -> Turn {
        Turn::Bucket(bucket(self.row.subject.as_ref()))
    }

    async fn run(&self, connection: &mut C) -> Result<SubjectInserted, Trouble> {
        let findings = self.find_out(connection).await?;
        let evicted = match findings.judge(self.fence, self.replaces, self.cap) {
            Ok(evicted) => evicted,
            Err(refusal) => {
                connection.ask_all(&[ROLLBACK], &[]).await?;
                return Ok(refusal);
            }
        };
        let ended: Vec<SessionId> =
            evicted.iter().copied().chain(self.replaces.map(|seen| seen.id)).collect();
        let mut values = insert_values(self.id, &self.row);
        if ended.is_empty() {
            connection.ask_all(&[INSERT, COMMIT], &values).await?;
        } else {
            let news = News::Sessions(ended.clone());
            values.push(Value::Ids(ended));
            connection.ask_all_and_tell(&[INSERT, C::DIALECT.end_replaced, COMMIT], &values, &news).await?;
        }
        Ok(SubjectInserted::Done { evicted })
    }
}

impl<C: Connection> Work<C> for SubjectRevocation {
    type Output = Vec<SessionId>;

    fn turn(&self) -> Turn {
        Turn::Bucket(bucket(Some(&self.subject)))
    }

    async fn run(&self, connection: &mut C) -> Result<Vec<SessionId>, Trouble> {
        let values = [
            Value::Number(bucket(Some(&self.subject)).into()),
            Value::Subject(Some(self.subject.clone())),
            Value::id_or_none(self.spare),
        ];
        // Which sessions end is known with the answer, and the news travel with the question.
        let news = News::Subject(self.subject.clone());
        let answers = connection.ask_all_and_tell(C::DIALECT.revoke_subject, &values, &news).await?;
        let ended = answers.iter().flat_map(|answer| &answer.rows);
        Ok(ended.map(|row| session_id(row, 0)).collect::<Result<_, _>>()?)
    }
}

impl<C: Connection> Work<C> for GeneralRevocation {
    type Output = u64;

    fn turn(&self) -> Turn {
        Turn::Everyone
    }

    async fn run(&self, connection: &mut C) -> Result<u64, Trouble> {
        let answers = connection.ask_all_and_tell(C::DIALECT.revoke_everyone, &[], &News::Everyone).await?;
        let deletion = answers.iter().rev().nth(1);
        Ok(deletion.map_or(0, |answer| answer.written))
    }
}
