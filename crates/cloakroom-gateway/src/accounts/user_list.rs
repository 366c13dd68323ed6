//! Lists of users that another program has kept, as `htpasswd` writes them.

use std::collections::HashSet;
use std::fmt;

use thiserror::Error;

use crate::accounts::password::{InvalidPasswordHash, PasswordHash};
use crate::accounts::{InvalidUserName, UserName};

/// Names and hashes, one user a line: `alice:$2y$10$...`. Empty lines and those that begin with `#` say nothing.
#[derive(Debug)]
pub struct UserList(Vec<(UserName, PasswordHash)>);

/// A list that cannot be taken over, and all that is wrong with it. Never shows a hash.
#[derive(Debug, PartialEq, Eq)]
pub struct InvalidUserList {
    lines: Vec<(usize, WrongLine)>,
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
    /// The name stands in an earlier line, in this or another spelling.
    #[error("this name stands in an earlier line")]
    Twice,
}

impl UserList {
    /// Reads a list.
    ///
    /// # Errors
    /// [`InvalidUserList`] names every line that is wrong, so that a list can be put right in one go.
    pub fn parse(text: &str) -> Result<Self, InvalidUserList> {
        let (mut users, mut wrong, mut met) = (Vec::new(), Vec::new(), HashSet::new());
        let lines = (1..).zip(text.lines().map(str::trim));
        for (number, line) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            match read(line) {
                Ok((name, _)) if !met.insert(name.canonical().to_owned()) => {
                    wrong.push((number, WrongLine::Twice));
                }
                Ok(user) => users.push(user),
                Err(why) => wrong.push((number, why)),
            }
        }
        if wrong.is_empty() { Ok(Self(users)) } else { Err(InvalidUserList { lines: wrong }) }
    }

    /// The users, in the order of their lines.
    pub fn into_users(self) -> impl Iterator<Item = (UserName, PasswordHash)> {
        self.0.into_iter()
    }
}

fn read(line: &str) -> Result<(UserName, PasswordHash), WrongLine> {
    let (name, hash) = line.split_once(':').ok_or(WrongLine::NoColon)?;
    Ok((name.parse()?, PasswordHash::parse(hash)?))
}

/// How many wrong lines are named.
const NAMED_MAX: usize = 20;

impl fmt::Display for InvalidUserList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nobody was added, since the list has lines that cannot be taken over")?;
        for (number, why) in self.lines.iter().take(NAMED_MAX) {
            write!(f, "\n  line {number}: {why}")?;
        }
        match self.lines.len().checked_sub(NAMED_MAX) {
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
        let names: Vec<String> = list.into_users().map(|(name, _)| name.to_string()).collect();
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
