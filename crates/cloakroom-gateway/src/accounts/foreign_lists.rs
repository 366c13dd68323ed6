//! Lists of users as Authelia and tinyauth keep them.
//!
//! Source: the files that the programs document, `users_database.yml` of Authelia's file backend and tinyauth's `USERS`.

use saphyr::{LoadableYamlNode as _, Yaml};

use crate::accounts::password::PasswordHash;
use crate::accounts::user_list::{InvalidUserList, ListedUser, UserList, WrongLine};
use crate::accounts::{Groups, Profile};

impl UserList {
    /// Reads a `users_database.yml` of Authelia: below `users`, for each name `password`, `displayname`, `email`, `groups` and `disabled`.
    ///
    /// # Errors
    /// [`InvalidUserList`] names every user of whom something cannot be taken over.
    pub fn authelia(text: &str) -> Result<Self, InvalidUserList> {
        let documents = Yaml::load_from_str(text).map_err(|_| InvalidUserList::whole(WrongLine::NotYaml))?;
        let users = documents.first().and_then(|document| document.as_mapping_get("users")?.as_mapping());
        let users = users
            .filter(|users| !users.is_empty())
            .ok_or_else(|| InvalidUserList::whole(WrongLine::Empty))?;
        Self::gather(users.iter().map(|(name, user)| {
            let name = name.as_str().unwrap_or_default();
            (format!("user {name:?}"), of_authelia(name, user))
        }))
    }

    /// Reads tinyauth's users: `alice:$2a$10$...` with a second factor behind another colon, by lines or commas, alone or as the value of
    /// `USERS`. A `$` may be doubled, as docker compose wants it.
    ///
    /// # Errors
    /// [`InvalidUserList`] names every user of whom something cannot be taken over.
    pub fn tinyauth(text: &str) -> Result<Self, InvalidUserList> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let values = lines.filter_map(|line| match line.split_once('=') {
            Some((key, value)) if is_variable(key) => key.ends_with("USERS").then_some(value),
            _ => Some(line),
        });
        let users: Vec<String> = values
            .flat_map(|value| value.trim_matches(['"', '\'']).split(','))
            .map(|user| user.trim().replace("$$", "$"))
            .filter(|user| !user.is_empty())
            .collect();
        if users.is_empty() {
            return Err(InvalidUserList::whole(WrongLine::Empty));
        }
        Self::gather((1..).zip(users).map(|(number, user)| {
            // What stands behind the hash is the secret of a second factor, which there is none of here.
            let without_second = user.splitn(3, ':').take(2).collect::<Vec<_>>().join(":");
            (format!("user {number}"), ListedUser::of_line(&without_second))
        }))
    }
}

fn is_variable(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|octet| matches!(octet, b'A'..=b'Z' | b'_' | b'0'..=b'9'))
}

fn of_authelia(name: &str, user: &Yaml<'_>) -> Result<ListedUser, WrongLine> {
    let text = |key: &'static str| match user.as_mapping_get(key) {
        None => Ok(None),
        Some(value) if value.is_null() => Ok(None),
        Some(value) => value.as_str().map(Some).ok_or(WrongLine::Value(key, "text")),
    };
    let groups = match user.as_mapping_get("groups") {
        None => Vec::new(),
        Some(value) if value.is_null() => Vec::new(),
        Some(value) => value.as_vec().ok_or(WrongLine::Value("groups", "list"))?.iter().collect(),
    };
    let groups = groups.into_iter().map(|group| {
        let group = group.as_str().ok_or(WrongLine::Value("groups", "list of texts"))?;
        group.parse().map_err(WrongLine::from)
    });
    let is_disabled = match user.as_mapping_get("disabled") {
        None => false,
        Some(value) => value.as_bool().ok_or(WrongLine::Value("disabled", "true or false"))?,
    };
    let password = text("password")?.ok_or(WrongLine::Value("password", "text"))?;
    Ok(ListedUser {
        name: name.parse()?,
        password_hash: PasswordHash::parse(password)?,
        profile: Profile {
            display_name: text("displayname")?.filter(|text| !text.is_empty()).map(str::parse).transpose()?,
            email: text("email")?.filter(|text| !text.is_empty()).map(str::parse).transpose()?,
            groups: Groups::new(groups.collect::<Result<Vec<_>, WrongLine>>()?)?,
        },
        is_disabled,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Group;

    const BCRYPT: &str = "$2y$05$HErv/utXtkPD7WwYzWuBNuvpJvI001D0GhIJ4EE1vxVsbRqM7uu0G";

    fn refusal(list: Result<UserList, InvalidUserList>) -> String {
        list.unwrap_err().to_string()
    }

    #[test]
    fn the_users_of_authelia_come_with_what_it_tells_of_them() {
        let text = format!(
            "---\nusers:\n  john:\n    disabled: false\n    displayname: 'John Doe'\n    password: '{BCRYPT}'\n    email: 'john@example.com'\n    groups:\n      - admins\n      - dev\n  Harry:\n    disabled: true\n    password: \"{BCRYPT}\"\n    groups: []\n"
        );
        let list = UserList::authelia(&text).unwrap();
        let [john, harry] = list.users() else { panic!("{list:?}") };
        assert_eq!((john.name.as_typed(), john.is_disabled), ("john", false));
        assert_eq!(john.profile.display_name.as_ref().unwrap().as_str(), "John Doe");
        assert_eq!(john.profile.email.as_ref().unwrap().as_str(), "john@example.com");
        assert_eq!(john.profile.groups.iter().map(Group::as_str).collect::<Vec<_>>(), ["admins", "dev"]);
        assert_eq!(
            (harry.name.as_typed(), harry.is_disabled, &harry.profile),
            ("Harry", true, &Profile::default())
        );
    }

    #[test]
    fn whatever_of_authelia_cannot_be_taken_over_is_named_by_its_user_and_nobody_is() {
        let user = |name: &str, rest: &str| format!("  {name}:\n    password: '{BCRYPT}'\n{rest}");
        let text = format!(
            "users:\n{}{}{}{}  e:\n    password: '$6$rounds=50000$secret$secret'\n  f:\n    email: a@b.example\n",
            user("a", "    email: nobody\n"),
            user("b", "    groups: admins\n"),
            user("c", "    disabled: maybe\n"),
            user("d", "    displayname: 42\n"),
        );
        let said = refusal(UserList::authelia(&text));
        for expected in [
            "user \"a\": ",
            "user \"b\": groups is missing, or is no list",
            "user \"c\": disabled is missing, or is no true or false",
            "user \"d\": displayname is missing, or is no text",
            "user \"e\": not a password hash of argon2, bcrypt",
            "user \"f\": password is missing, or is no text",
        ] {
            assert!(said.contains(expected), "{expected} in {said}");
        }
        assert!(!said.contains("secret"), "{said}");
        assert!(refusal(UserList::authelia("access_control: {}")).contains("nobody is in it"));
        assert!(refusal(UserList::authelia("users: [")).contains("no YAML"));
        assert!(
            refusal(UserList::authelia("users:\n  a: {}\n  a: {}\n")).contains("no YAML"),
            "a name twice"
        );
    }

    #[test]
    fn the_users_of_tinyauth_are_read_from_a_file_and_from_a_variable() {
        let doubled = BCRYPT.replace('$', "$$");
        for text in [
            format!("alice:{BCRYPT}\nbob:{BCRYPT}:JBSWY3DPEHPK3PXP\n"),
            format!("APP_URL=https://a.example\nUSERS=\"alice:{doubled},bob:{doubled}\"\n"),
            format!("TINYAUTH_AUTH_USERS=alice:{BCRYPT},bob:{BCRYPT}"),
        ] {
            let list = UserList::tinyauth(&text).unwrap();
            let names: Vec<&str> = list.users().iter().map(|user| user.name.as_typed()).collect();
            assert_eq!(names, ["alice", "bob"], "{text}");
        }
        assert!(refusal(UserList::tinyauth("APP_URL=https://a.example")).contains("nobody is in it"));
        assert!(
            refusal(UserList::tinyauth(&format!("a:{BCRYPT}\nb:{{SHA}}secret")))
                .contains("user 2: not a password hash")
        );
    }
}
