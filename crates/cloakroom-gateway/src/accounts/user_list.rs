//! Lists of users that another program has kept.

use std::collections::HashSet;
use std::fmt;

use thiserror::Error;

use crate::accounts::password::{InvalidPasswordHash, PasswordHash};
use crate::accounts::{
    InvalidDisplayName, InvalidEmail, InvalidGroup, InvalidUserName, Profile, TooManyGroups, UserName,
};

/// Users of another program.
#[derive(Debug)]
pub struct UserList(Vec<ListedUser>);

/// A user of another program.
#[derive(Debug)]
pub struct ListedUser {
    /// The name.
    pub name: UserName,
    /// The hash that the program has made of their password.
    pub password_hash: PasswordHash,
    /// What it tells of them.
    pub profile: Profile,
    /// Whether they may not sign in there.
    pub is_disabled: bool,
}

/// A list that cannot be taken over, and all that is wrong with it. Never shows a hash.
#[derive(Debug, PartialEq, Eq)]
pub struct InvalidUserList {
    wrong: Vec<(String, WrongLine)>,
}

/// What is wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WrongLine {
    /// There is no colon between a name and a hash.
    #[error("no colon between a name and a password hash")]
    NoColon,
    /// The name is none.
    #[error(transparent)]
    Name(#[from] InvalidUserName),
    /// The hash is none that can be checked here.
    #[error(transparent)]
    Hash(#[from] InvalidPasswordHash),
    /// A value is missing, or is of another type.
    #[error("{0} is missing, or is no {1}")]
    Value(&'static str, &'static str),
    /// The display name is none.
    #[error(transparent)]
    DisplayName(#[from] InvalidDisplayName),
    /// The e-mail address is none.
    #[error(transparent)]
    Email(#[from] InvalidEmail),
    /// A group is none.
    #[error(transparent)]
    Group(#[from] InvalidGroup),
    /// The groups are too many.
    #[error(transparent)]
    Groups(#[from] TooManyGroups),
    /// There is nothing in the list.
    #[error("nobody is in it; is it the right file?")]
    Empty,
    /// The file is not what it should be.
    #[error("this is no YAML that can be read")]
    NotYaml,
    /// The name stands in an earlier line, in this or another spelling.
    #[error("this name stands in an earlier line")]
    Twice,
}

impl UserList {
    /// Reads names and hashes as `htpasswd` writes them, one user a line: `alice:$2y$10$...`. Empty lines and those that begin with `#` say
    /// nothing.
    ///
    /// # Errors
    /// [`InvalidUserList`] names every line that is wrong, so that a list can be put right in one go.
    pub fn parse(text: &str) -> Result<Self, InvalidUserList> {
        let lines = (1..).zip(text.lines().map(str::trim));
        let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        Self::gather(lines.map(|(number, line)| (format!("line {number}"), ListedUser::of_line(line))))
    }

    /// Puts users together that stand in these places.
    pub(super) fn gather(
        users: impl Iterator<Item = (String, Result<ListedUser, WrongLine>)>,
    ) -> Result<Self, InvalidUserList> {
        let (mut read, mut wrong, mut met) = (Vec::new(), Vec::new(), HashSet::new());
        for (place, user) in users {
            match user {
                Ok(user) if !met.insert(user.name.canonical().to_owned()) => {
                    wrong.push((place, WrongLine::Twice));
                }
                Ok(user) => read.push(user),
                Err(why) => wrong.push((place, why)),
            }
        }
        if wrong.is_empty() { Ok(Self(read)) } else { Err(InvalidUserList { wrong }) }
    }

    /// The users, in their order.
    pub fn users(&self) -> &[ListedUser] {
        &self.0
    }

    /// The users, in their order.
    pub fn into_users(self) -> impl Iterator<Item = ListedUser> {
        self.0.into_iter()
    }
}

impl ListedUser {
    /// A name, a colon and a hash.
    pub(super) fn of_line(line: &str) -> Result<Self, WrongLine> {
        let (name, hash) = line.split_once(':').ok_or(WrongLine::NoColon)?;
        let (name, password_hash) = (name.parse()?, PasswordHash::parse(hash)?);
        Ok(Self { name, password_hash, profile: Profile::default(), is_disabled: false })
    }
}

impl InvalidUserList {
    /// One thing that is wrong with the whole.
    pub(super) fn whole(why: WrongLine) -> Self {
        Self { wrong: vec![("the file".to_owned(), why)] }
    }
}

/// How many wrong lines are named.
const NAMED_MAX: usize = 20;

impl fmt::Display for InvalidUserList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nobody was added, since the list has lines that cannot be taken over")?;
        for (place, why) in self.wrong.iter().take(NAMED_MAX) {
            write!(f, "\n  {place}: {why}")?;
        }
        match self.wrong.len().checked_sub(NAMED_MAX) {
            Some(more @ 1..) => write!(f, "\n  and {more} more"),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for InvalidUserList {}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "$2y$05$HErv/utXtkPD7WwYzWuBNuvpJvI001D0GhIJ4EE1vxVsbRqM7uu0G";

    #[test]
    fn a_list_of_htpasswd_is_read() {
        let list = UserList::parse(&format!("# mine\r\nAlice:{HASH}\r\n\r\n  bob:{HASH}\n")).unwrap();
        let names: Vec<String> = list.into_users().map(|user| user.name.to_string()).collect();
        assert_eq!(names, ["Alice", "bob"]);
    }

    #[test]
    fn every_line_that_is_wrong_is_named_and_no_hash_is_shown() {
        let text = format!(
            "alice:{HASH}\nbob\nc d:{HASH}\ne:$apr1$secret$secret\nf:{HASH}secret\ng:{}\nALICE:{HASH}",
            HASH.replace("$05$", "$31$")
        );
        let error = UserList::parse(&text).unwrap_err().to_string();
        let lines: Vec<&str> = error.lines().collect();
        assert_eq!(lines.len(), 7, "{error}");
        for (line, says) in [
            (1, "line 2: no colon"),
            (2, "line 3: a user name has"),
            (3, "line 4: not a password hash of argon2, bcrypt"),
            (4, "line 5: a damaged password hash"),
            (5, "line 6: a password hash that asks for more work"),
            (6, "line 7: this name stands in an earlier line"),
        ] {
            assert!(lines[line].trim().starts_with(says), "{}", lines[line]);
        }
        assert!(!error.contains("secret") && !error.contains(HASH), "{error}");
        let many = UserList::parse(&"x\n".repeat(25)).unwrap_err().to_string();
        assert!(many.ends_with("  and 5 more"), "{many}");
    }
}
