//! Finding the sessions that somebody looks for, a page at a time.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use cloakroom::audience::Audience;
use cloakroom::store::{PageCursor, Wanted};
use cloakroom::{SessionInfo, Subject};
use cloakroom_stores::IndexedStore;

use crate::accounts::{UserId, UserName};
use crate::config::{AppName, Settings};
use crate::installation::session_filter::{Rest, SessionFilter, SessionSearch};
use crate::installation::{Installation, InstallationError, ListedSession};

/// How many sessions are looked at for one page at most. What no index serves is looked for among so many, and whoever wants more asks for
/// the next page.
pub(super) const LOOKED_AT_MAX: usize = 2000;

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
                // What was not used since a moment began before it, which an index finds.
                created_before: filter.older.max(filter.unseen).map(ago),
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
        // A page is as many rows, if all of them are wanted, and one that says whether there is another page; the fewer are, the more rows
        // are read at once.
        let mut rows_max = sessions_max + usize::from(self.has_order(&search.wanted));
        loop {
            rows_max = rows_max.min(looked_at_max - looked_at);
            let (rows, then) = self.sessions.search(&search.wanted, next.as_ref(), rows_max).await?;
            looked_at += if then.is_some() { rows_max } else { rows.len() };
            next = then;
            for info in rows.into_iter().filter(|info| search.rest.includes(info)) {
                if infos.len() >= sessions_max
                    && let Some(cursor) = infos.last().and_then(|last| self.behind(&search.wanted, last))
                {
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

    /// Whether the store finds these in an order in which one can go on behind any of them.
    const fn has_order(&self, wanted: &Wanted) -> bool {
        wanted.subject.is_some() || !matches!(self.store, IndexedStore::Memory(_) | IndexedStore::Redis(_))
    }

    /// The cursor behind a session in the middle of what was read.
    fn behind(&self, wanted: &Wanted, last: &SessionInfo) -> Option<PageCursor> {
        match wanted {
            _ if !self.has_order(wanted) => None,
            Wanted { subject: None, address: None, network: Some(_), .. } => {
                Some(PageCursor::below_at(last.address?, last.created_at, last.id))
            }
            _ => Some(PageCursor::below(last.created_at, last.id)),
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
        let listed = |info: SessionInfo| {
            let user = subject(&info).and_then(|subject| names.get(&id_of(&subject)?).cloned());
            ListedSession { info, user }
        };
        Ok(infos.into_iter().map(listed).collect())
    }
}

fn id_of(subject: &Subject) -> Option<UserId> {
    subject.as_str().parse().ok()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use cloakroom::store::{Insert, Row, RowBody, Store as _};
    use cloakroom::{Method, SessionId, Timestamp};

    use super::*;
    use crate::config::{Key, SettingsSource};

    const SESSIONS: u64 = 300;

    /// The session of this number: one of seven was signed in elsewhere, and one of fifty is a browser that was remembered.
    fn row(number: u64, now: Timestamp) -> Row {
        let method = match number {
            _ if number.is_multiple_of(50) => Method::Remembered,
            _ if number.is_multiple_of(7) => Method::Federated,
            _ => Method::Password,
        };
        let mut body = RowBody::from_slice(&[1, 1]);
        body.extend_from_slice(&[9; 32]);
        body.extend_from_slice(&[0, method.code(), 0, 0]);
        let octet = u8::try_from(number % 5).expect("below five");
        Row {
            subject: Subject::new(&format!("{:032x}", number % 10)).ok(),
            // Three begin at a time.
            created_at: now.before(Duration::from_secs(60 + number / 3)),
            last_seen_at: now,
            expires_at: now.after(Duration::from_hours(1)),
            address: Some([10, 0, 0, octet].into()),
            body,
        }
    }

    async fn filled(url: &str) -> (Installation, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let url = url.replace("FOLDER", &folder.path().display().to_string());
        let mut settings =
            SettingsSource { flags: vec![(Key::Store, url)], ..SettingsSource::default() }.load().unwrap();
        settings.accounts = format!("sqlite:{}/accounts.db", folder.path().display()).parse().unwrap();
        let installation = Installation::open(&settings).await.unwrap();
        installation.index_for_search().await.unwrap();
        let now = installation.now();
        for number in 0..SESSIONS {
            let mut id = [0; SessionId::LEN];
            // In another order than they began in.
            id[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
            let (id, row) = (SessionId::from_octets(id), row(number, now));
            let insert = Insert { id, row: &row, replaces: None };
            assert_eq!(installation.store.insert(insert).await.unwrap(), cloakroom::store::Inserted::Done);
        }
        (installation, folder)
    }

    /// All that are found by pages, each once, and how many each page had; none looks at more than it may.
    async fn walked(
        installation: &Installation,
        search: &SessionSearch,
    ) -> (BTreeSet<SessionId>, Vec<usize>) {
        let (mut met, mut sizes, mut next) = (BTreeSet::new(), Vec::new(), None);
        loop {
            let found = installation.find_infos(search, next.as_ref(), 10, 64).await.unwrap();
            assert!(found.looked_at <= 64, "{}", found.looked_at);
            sizes.push(found.infos.len());
            assert!(found.infos.iter().all(|info| met.insert(info.id)), "{search:?} meets one twice");
            next = found.next;
            if next.is_none() {
                return (met, sizes);
            }
            assert!(sizes.len() < 100, "{search:?} comes to no end");
        }
    }

    fn by(method: Option<Method>, network: Option<&str>) -> SessionSearch {
        let wanted = Wanted { network: network.map(|text| text.parse().unwrap()), ..Wanted::default() };
        SessionSearch { wanted, rest: Rest { method, ..Rest::default() } }
    }

    #[tokio::test]
    async fn every_session_is_found_once_whatever_is_looked_for_and_whatever_finds_it() {
        for store in ["memory:", "sqlite:FOLDER/cloakroom.db"] {
            let (installation, _folder) = filled(store).await;
            for (method, number) in [
                (None, 300),
                (Some(Method::Password), 252),
                (Some(Method::Federated), 42),
                (Some(Method::Remembered), 6),
            ] {
                for network in [None, Some("10.0.0.0/24")] {
                    let search = by(method, network);
                    let (met, sizes) = walked(&installation, &search).await;
                    assert_eq!(met.len(), number, "{store} {search:?} {sizes:?}");
                    let (last, whole) = sizes.split_last().unwrap();
                    let is_dense = method.is_none_or(|method| method == Method::Password);
                    if store != "memory:" && is_dense {
                        assert!(whole.iter().all(|size| *size == 10) && *last <= 10, "{search:?}: {sizes:?}");
                    }
                }
            }
        }
    }

    #[tokio::test]
    async fn a_page_that_finds_none_among_those_it_may_look_at_goes_on() {
        let (installation, _folder) = filled("sqlite:FOLDER/cloakroom.db").await;
        let found = installation.find_infos(&by(Some(Method::Passkey), None), None, 10, 64).await.unwrap();
        assert_eq!((found.infos.len(), found.looked_at), (0, 64));
        assert!(found.next.is_some());
        let all = installation.find_infos(&by(None, None), None, 5, 64).await.unwrap();
        assert_eq!((all.infos.len(), all.looked_at), (5, 6), "one more is read than is shown");
    }
}
