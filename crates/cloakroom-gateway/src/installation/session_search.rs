//! Finding the sessions that somebody looks for, a page at a time.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use cloakroom::audience::Audience;
use cloakroom::store::{PageCursor, Wanted};
use cloakroom::{SessionInfo, Subject};

use crate::accounts::{UserId, UserName};
use crate::config::{AppName, Settings};
use crate::installation::session_filter::{Rest, SessionFilter, SessionSearch};
use crate::installation::{Installation, InstallationError, ListedSession};

/// How many sessions are looked at for one page at most. What no index serves is looked for among so many, and whoever wants more asks for
/// the next page.
pub(super) const LOOKED_AT_MAX: usize = 5000;

/// How many rows are read at a time at most.
const ROWS_MAX: usize = 1000;

/// Some of the sessions that were looked for.
#[derive(Clone, Debug)]
pub(crate) struct FoundSessions {
    /// Those that are live and as they are wanted.
    pub(crate) sessions: Vec<ListedSession>,
    /// Where to go on; `None` when there are no more.
    pub(crate) next: Option<PageCursor>,
    /// How many were looked at for it.
    pub(crate) looked_at: usize,
}

/// The same, of which nobody asks for the names.
pub(super) struct FoundInfos {
    pub(super) infos: Vec<SessionInfo>,
    pub(super) next: Option<PageCursor>,
    pub(super) looked_at: usize,
}

impl Installation {
    /// Makes the indexes that searches go by, where the store has any and lacks them: seconds for a million sessions, once.
    ///
    /// # Errors
    /// [`InstallationError::Store`].
    pub(crate) async fn index_for_search(&self) -> Result<(), InstallationError> {
        Ok(self.store.index_for_search().await?)
    }

    /// What a filter means now. `audience` is what the filter's application is known by.
    ///
    /// # Errors
    /// [`InstallationError::NoSuchUser`].
    pub(crate) async fn search_of(
        &self,
        filter: &SessionFilter,
        audience: Option<Audience>,
    ) -> Result<SessionSearch, InstallationError> {
        let subject = match &filter.user {
            Some(name) => Some(self.user(name.clone()).await?.id.subject()),
            None => None,
        };
        let ago = |span: Duration| self.ago(span);
        let address = filter.address.and_then(|network| network.only_address());
        Ok(SessionSearch {
            wanted: Wanted {
                subject,
                address,
                network: filter.address.filter(|_| address.is_none()),
                created_from: filter.younger.map(ago),
                created_before: filter.older.map(ago),
            },
            rest: Rest { seen_before: filter.unseen.map(ago), audience, method: filter.method },
        })
    }

    /// All live sessions that are looked for, with the names of their users; `settings` say which applications there are. Makes the indexes
    /// for it, as a gateway does when it starts.
    ///
    /// # Errors
    /// [`InstallationError::NoSuchUser`], [`InstallationError::NoSuchApp`].
    pub async fn sessions_like(
        &self,
        filter: &SessionFilter,
        settings: &Settings,
    ) -> Result<Vec<ListedSession>, InstallationError> {
        if filter.user.is_none() {
            self.index_for_search().await?;
        }
        let here = settings.public_url_on(settings.listen.port());
        let origin_of = |name: &AppName| {
            let app = settings.apps.iter().find(|app| app.name == *name && app.origin != here);
            app.map(|app| Audience::of(&app.origin.to_string()))
                .ok_or_else(|| InstallationError::NoSuchApp(name.clone()))
        };
        let search = self.search_of(filter, filter.app.as_ref().map(origin_of).transpose()?).await?;
        let (mut all, mut met, mut next) = (Vec::new(), HashSet::new(), None);
        loop {
            let found = self.find_sessions(&search, next.as_ref(), LOOKED_AT_MAX).await?;
            // A walk in no order may meet a session twice.
            all.extend(found.sessions.into_iter().filter(|session| met.insert(session.info.id)));
            next = found.next;
            if next.is_none() {
                return Ok(all);
            }
        }
    }

    /// About so many of the live sessions that are looked for, with the names of their users.
    ///
    /// At most [`LOOKED_AT_MAX`] are looked at, so that a page may have fewer, or none, and still name a next one.
    ///
    /// # Errors
    /// [`InstallationError::Sessions`], [`InstallationError::Accounts`].
    pub(crate) async fn find_sessions(
        &self,
        search: &SessionSearch,
        after: Option<&PageCursor>,
        sessions_max: usize,
    ) -> Result<FoundSessions, InstallationError> {
        let found = self.find_infos(search, after, sessions_max, LOOKED_AT_MAX).await?;
        let sessions = self.all_named(found.infos).await?;
        Ok(FoundSessions { sessions, next: found.next, looked_at: found.looked_at })
    }

    pub(super) async fn find_infos(
        &self,
        search: &SessionSearch,
        after: Option<&PageCursor>,
        sessions_max: usize,
        looked_at_max: usize,
    ) -> Result<FoundInfos, InstallationError> {
        let (mut infos, mut next, mut looked_at) = (Vec::new(), after.cloned(), 0);
        // A page is as many rows, if all of them are wanted; the fewer are, the more rows are read at once.
        let mut rows_max = sessions_max;
        loop {
            rows_max = rows_max.min(looked_at_max - looked_at);
            let (rows, then) = self.sessions.search(&search.wanted, next.as_ref(), rows_max).await?;
            looked_at += if then.is_some() { rows_max } else { rows.len() };
            let begun = next;
            next = then;
            for info in rows.into_iter().filter(|info| search.rest.includes(info)) {
                let is_full = infos.len() >= sessions_max;
                if is_full && let Some(cursor) = infos.last().and_then(|last| behind(begun.as_ref(), last)) {
                    return Ok(FoundInfos { infos, next: Some(cursor), looked_at });
                }
                infos.push(info);
            }
            if next.is_none() || infos.len() >= sessions_max || looked_at >= looked_at_max {
                return Ok(FoundInfos { infos, next, looked_at });
            }
            rows_max = (rows_max * 2).min(ROWS_MAX);
        }
    }

    /// The sessions with the names of their users, those that are not in memory by one question.
    pub(super) async fn all_named(
        &self,
        infos: Vec<SessionInfo>,
    ) -> Result<Vec<ListedSession>, InstallationError> {
        let subject = |info: &SessionInfo| info.authentication.as_ref().map(|proof| proof.subject.clone());
        let ids = infos.iter().filter_map(subject).filter_map(|subject| id_of(&subject));
        let mut names: HashMap<UserId, UserName> = HashMap::new();
        let mut asked = Vec::new();
        for id in ids {
            match self.members.name(id) {
                Some(name) => drop(names.insert(id, name)),
                None if !asked.contains(&id) => asked.push(id),
                None => {}
            }
        }
        names.extend(self.accounts.names_of(&asked).await?);
        let named = |info: SessionInfo| {
            let user = subject(&info).and_then(|subject| names.get(&id_of(&subject)?).cloned());
            ListedSession { info, user }
        };
        Ok(infos.into_iter().map(named).collect())
    }
}

fn id_of(subject: &Subject) -> Option<UserId> {
    subject.as_str().parse().ok()
}

/// The cursor behind a session in the middle of what was read, for a store whose cursors say how it walks.
fn behind(begun: Option<&PageCursor>, last: &SessionInfo) -> Option<PageCursor> {
    let begun = begun?;
    if begun.place_in_time().is_some() {
        return Some(PageCursor::below(last.created_at, last.id));
    }
    begun.place_in_network()?;
    Some(PageCursor::below_at(last.address?, last.created_at, last.id))
}
