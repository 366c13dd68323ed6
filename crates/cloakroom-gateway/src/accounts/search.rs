//! Finding users among very many: by the beginning of a name or of an e-mail address, by role and by state.
//!
//! Whatever is asked for, a page is a range of one index and begins behind a key. By name there is an index for each way to ask. By e-mail
//! address there is one, and the rest of the question is put to what it finds, so many at a time and so many in all.

use cloakroom_stores::{Datum, Record};

use crate::accounts::rows::{self, text};
use crate::accounts::statements::{SEARCH, SEARCH_BY_EMAIL};
use crate::accounts::{Accounts, AccountsError, Role, User};

/// Whether a user may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// They may.
    Enabled,
    /// They may not.
    Disabled,
}

/// Which users are looked for: those of whom all of it is so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// What the name begins with, in upper or lower case.
    pub name: String,
    /// What the e-mail address begins with, likewise. With any, users are in the order of their addresses, else of their names.
    pub email: String,
    /// What they may do.
    pub role: Option<Role>,
    /// Whether they may sign in.
    pub state: Option<State>,
}

/// A page of users.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundUsers {
    /// The users.
    pub users: Vec<User>,
    /// Where the next page begins; `None` at the end. Behind a page that is not full there may be more all the same.
    pub next: Option<String>,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 2] = [Self::Enabled, Self::Disabled];

    /// Of a user.
    pub fn of(user: &User) -> Self {
        if user.disabled_at.is_some() { Self::Disabled } else { Self::Enabled }
    }

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
        }
    }

    fn datum(self) -> Datum {
        Datum::Number(i64::from(self == Self::Disabled))
    }
}

/// Behind every character of names and addresses, which are visible ASCII.
const LAST: char = '\u{7f}';

/// Before every character of names: a name and this is the least text behind that name. It is behind the blank all the same, since `MySQL` compares
/// as if the shorter text went on in blanks.
const FIRST: char = '!';

/// So many addresses are read at a time, and in all for a page.
const EMAILS_AT_ONCE: usize = 250;
const EMAILS_MAX: usize = 500;

impl Accounts {
    /// A page of users. `after` is the [end](FoundUsers::next) of the page before; of any other text the worst is another page.
    ///
    /// A page by e-mail address reads five hundred addresses at most, and may come back with fewer users than there are behind it.
    pub async fn search(
        &self,
        filter: &UserFilter,
        after: Option<&str>,
        users_max: usize,
    ) -> Result<FoundUsers, AccountsError> {
        let (name, email) =
            (filter.name.trim().to_ascii_lowercase(), filter.email.trim().to_ascii_lowercase());
        if ![&name, &email].iter().all(|prefix| prefix.bytes().all(|octet| octet.is_ascii_graphic())) {
            return Ok(FoundUsers::default());
        }
        if email.is_empty() {
            self.search_by_name(filter, &name, after, users_max).await
        } else {
            self.search_by_email(filter, (&name, &email), after, users_max).await
        }
    }

    async fn search_by_name(
        &self,
        filter: &UserFilter,
        prefix: &str,
        after: Option<&str>,
        users_max: usize,
    ) -> Result<FoundUsers, AccountsError> {
        let behind = after.map(|after| format!("{after}{FIRST}")).filter(|behind| is_plain(behind));
        let from = behind.map_or_else(|| prefix.to_owned(), |behind| behind.max(prefix.to_owned()));
        let mut values =
            vec![Datum::Text(from), Datum::Text(format!("{prefix}{LAST}")), number(users_max + 1)];
        values.extend(filter.role.map(|role| text(role.as_str())));
        values.extend(filter.state.map(State::datum));
        let statement = SEARCH[usize::from(filter.role.is_some()) + 2 * usize::from(filter.state.is_some())];
        let rows = self.read("find users", statement, values).await?;
        let mut users = rows.iter().map(user).collect::<Result<Vec<_>, _>>()?;
        let has_more = users.len() > users_max;
        users.truncate(users_max);
        let next = users.last().filter(|_| has_more).map(|last| last.name.canonical().to_owned());
        Ok(FoundUsers { users, next })
    }

    async fn search_by_email(
        &self,
        filter: &UserFilter,
        (name, prefix): (&str, &str),
        after: Option<&str>,
        users_max: usize,
    ) -> Result<FoundUsers, AccountsError> {
        let key =
            after.and_then(|after| after.split_once(':')).filter(|(id, key)| is_plain(id) && is_plain(key));
        let (mut id, mut key) =
            key.map_or((String::new(), String::new()), |(id, key)| (id.into(), key.into()));
        if key.as_str() < prefix {
            (id, key) = (String::new(), prefix.to_owned());
        }
        let (mut found, mut read) = (FoundUsers::default(), 0);
        while read < EMAILS_MAX {
            let values =
                vec![text(&key), Datum::Text(format!("{prefix}{LAST}")), number(EMAILS_AT_ONCE), text(&id)];
            let rows = self.read("find users", SEARCH_BY_EMAIL, values).await?;
            for row in &rows {
                let user = user(row)?;
                (id, key) = (user.id.to_string(), email_key(&user));
                if filter.fits(&user, name) {
                    found.users.push(user);
                    if found.users.len() == users_max {
                        found.next = Some(format!("{id}:{key}"));
                        return Ok(found);
                    }
                }
            }
            read += rows.len();
            if rows.len() < EMAILS_AT_ONCE {
                return Ok(found);
            }
        }
        found.next = Some(format!("{id}:{key}"));
        Ok(found)
    }
}

impl UserFilter {
    /// Whether a user is looked for, but for the e-mail address.
    fn fits(&self, user: &User, name: &str) -> bool {
        user.name.canonical().starts_with(name)
            && self.role.is_none_or(|role| role == user.role)
            && self.state.is_none_or(|state| state == State::of(user))
    }
}

fn is_plain(text: &str) -> bool {
    text.bytes().all(|octet| octet.is_ascii() && octet != 0)
}

fn email_key(user: &User) -> String {
    user.profile.email.as_ref().map(|email| email.as_str().to_ascii_lowercase()).unwrap_or_default()
}

fn user(row: &Record) -> Result<User, AccountsError> {
    rows::read(row).map(|found| found.user)
}

fn number(count: usize) -> Datum {
    Datum::Number(i64::try_from(count).unwrap_or(i64::MAX))
}
