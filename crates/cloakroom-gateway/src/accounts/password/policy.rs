//! What a new password must be like.

use thiserror::Error;

use crate::accounts::UserName;
use crate::accounts::password::{Password, common};

/// What new passwords must be like: long enough, and not one of those that everybody tries first.
///
/// There are no rules about kinds of characters, and no password ever has to be changed for its age.
///
/// Source: NIST SP 800-63B-4 3.1.1.2; ASVS 5.0 6.2.1, 6.2.4, 6.2.5, 6.2.10, 6.2.11.
#[derive(Clone, Debug)]
pub struct PasswordPolicy {
    length_min: usize,
    context: Vec<String>,
}

/// A password that met the policy when it was chosen.
pub struct NewPassword(Password);

/// Why a new password is refused, in words for its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PasswordRefusal {
    /// Too few characters.
    #[error("Please use at least {length_min} characters. A few unrelated words make a good password.")]
    TooShort {
        /// The fewest characters that are taken.
        length_min: usize,
    },
    /// Too easily guessed.
    #[error(
        "This password is too easy to guess: it is made of common words, names of this site or patterns. \
         A few unrelated words make a good one."
    )]
    Common,
}

impl PasswordPolicy {
    /// A policy with the fewest characters and the words of this installation, such as the names of product and host.
    pub fn new<'a>(length_min: usize, context: impl IntoIterator<Item = &'a str>) -> Self {
        let context = context.into_iter().flat_map(words).collect();
        Self { length_min, context }
    }

    /// Checks a new password of a user.
    ///
    /// # Errors
    /// [`PasswordRefusal`] says why it is refused.
    pub fn check(
        &self,
        password: &Password,
        user: Option<&UserName>,
    ) -> Result<NewPassword, PasswordRefusal> {
        let text = password.expose();
        if text.chars().count() < self.length_min {
            return Err(PasswordRefusal::TooShort { length_min: self.length_min });
        }
        let user_words = user.into_iter().flat_map(|user| words(user.canonical()));
        let context: Vec<String> = self.context.iter().cloned().chain(user_words).collect();
        if common::is_easily_guessed(text, &context) {
            return Err(PasswordRefusal::Common);
        }
        Ok(NewPassword(password.clone()))
    }

    /// The fewest characters of a new password.
    pub const fn length_min(&self) -> usize {
        self.length_min
    }
}

impl NewPassword {
    /// A password that its user has already, and that is only hashed anew.
    pub(crate) const fn in_use(password: Password) -> Self {
        Self(password)
    }

    pub(super) fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// A name and its parts, in lower case: `alice.b@example.org` is guessed as a whole, and so is `example`.
fn words(name: &str) -> Vec<String> {
    let name = name.to_lowercase();
    let parts = name.split(|c: char| !c.is_alphanumeric()).map(str::to_owned);
    let mut words: Vec<String> =
        parts.chain([name.clone()]).filter(|word| word.chars().count() >= 3).collect();
    words.sort();
    words.dedup();
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> PasswordPolicy {
        PasswordPolicy::new(15, ["cloakroom", "Acme Login", "login.acme-corp.example"])
    }

    fn check(text: &str) -> Result<(), PasswordRefusal> {
        let user = "marie.curie".parse().unwrap();
        policy().check(&Password::new(text).unwrap(), Some(&user)).map(drop)
    }

    #[test]
    fn fifteen_characters_are_enough_and_fourteen_are_not() {
        assert_eq!(check("vN7#qLw2zT9!rB"), Err(PasswordRefusal::TooShort { length_min: 15 }));
        assert_eq!(check("vN7#qLw2zT9!rBx"), Ok(()));
        assert_eq!(check("пёсигулялвсаду7"), Ok(()));
    }

    #[test]
    fn length_is_counted_in_characters_and_bounded_in_octets() {
        assert!(Password::new(&"ä".repeat(512)).is_ok());
        assert!(Password::new(&"ä".repeat(513)).is_err());
    }

    #[test]
    fn names_of_user_product_and_host_are_easily_guessed() {
        for text in [
            "marie.curiemarie.curie",
            "MarieCurie12345",
            "curiecuriecurie1",
            "cloakroomcloakroom",
            "Cl0akroom-Passw0rd",
            "acme-corp.passw0rd",
            "acmelogin2026!!!",
        ] {
            assert_eq!(check(text), Err(PasswordRefusal::Common), "{text}");
        }
    }

    #[test]
    fn long_passwords_of_every_script_are_taken() {
        let mixed = "0123 ~éЖ字🦀".repeat(16);
        for text in
            [mixed.as_str(), "  leading and trailing  ", "🦀🐢🐙🦑🦐🦞🐡🐠🐟🐬🐳🐋🦈🐊🐅", &"x".repeat(128)]
        {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn no_kind_of_character_is_demanded() {
        for text in ["aaaa bbbb cccc d", "tulpe ofen wolke leiter", "quietlyboilthelanterns"] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }
}
