//! The stored form of a password.

use argon2::password_hash::{self, phc};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use thiserror::Error;

use crate::accounts::password::{NewPassword, Password};

/// The hash of a password in PHC format, such as `$argon2id$v=19$m=19456,t=2,p=1$...`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordHash(String);

/// The text is not the hash of a password in PHC format.
#[derive(Debug, Error)]
#[error("not a password hash in PHC format")]
pub struct InvalidPasswordHash(#[source] phc::Error);

/// What no password has: for names that nobody has, so that they cost the same time.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$Y2xvYWtyb29tbm9ib2R5$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

impl PasswordHash {
    /// Reads a hash back from where it is stored.
    ///
    /// # Errors
    /// [`InvalidPasswordHash`] when it is not in PHC format.
    pub fn parse(text: &str) -> Result<Self, InvalidPasswordHash> {
        phc::PasswordHash::new(text).map_err(InvalidPasswordHash)?;
        Ok(Self(text.to_owned()))
    }

    /// A hash that no password has, at the cost of one that some password has.
    pub(super) fn nobody() -> Self {
        Self(NOBODY.to_owned())
    }

    /// Hashes a new password. Takes tens of milliseconds, and 19 MiB of memory meanwhile.
    pub(super) fn make(password: &NewPassword, salt: [u8; 16]) -> password_hash::Result<Self> {
        let params = Params::new(MEMORY_KIB, 2, 1, None)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let hash = phc::PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: phc::ParamsString::try_from(argon2.params())?,
            salt: Some(phc::Salt::new(&salt)?),
            hash: Some(run(&argon2, password.expose(), &salt)?),
        };
        Ok(Self(hash.to_string()))
    }

    /// Whether this is the hash of a password; compared in constant time. Takes as long as making it did.
    pub(super) fn matches(&self, password: &Password) -> bool {
        let computed = || {
            let stored = phc::PasswordHash::new(&self.0)?;
            let algorithm = Algorithm::try_from(stored.algorithm.as_str())?;
            let version = stored.version.map(Version::try_from).transpose()?.unwrap_or_default();
            let argon2 = Argon2::new(algorithm, version, Params::try_from(&stored)?);
            let salt = stored.salt.ok_or(password_hash::Error::PasswordInvalid)?;
            Ok::<bool, password_hash::Error>(stored.hash == Some(run(&argon2, password.expose(), &salt)?))
        };
        computed().unwrap_or(false)
    }

    /// Whether it was made with other parameters than would be used today.
    pub(super) fn is_outdated(&self) -> bool {
        let today = phc::PasswordHash::new(NOBODY).expect("the constant is in PHC format");
        phc::PasswordHash::new(&self.0).is_ok_and(|hash| {
            (hash.algorithm, hash.version, hash.params) != (today.algorithm, today.version, today.params)
        })
    }

    /// The text to store.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Memory of one hashing, in KiB.
///
/// Source: OWASP Password Storage, "Argon2id": 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;

/// More than any allocator keeps for later: it gets such memory from the system and gives it back at once.
const BLOCKS_FROM_SYSTEM: usize = 33 * 1024;

/// Runs argon2 in memory that is gone afterwards.
///
/// Left to itself, each thread that has ever hashed would keep its 19 MiB. What is reserved beyond the need is never
/// touched and costs nothing.
fn run(argon2: &Argon2<'_>, password: &str, salt: &[u8]) -> password_hash::Result<phc::Output> {
    let blocks_needed = argon2.params().block_count();
    let mut blocks = Vec::with_capacity(blocks_needed.max(BLOCKS_FROM_SYSTEM));
    blocks.resize(blocks_needed, Block::new());
    let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
    argon2.hash_password_into_with_memory(password.as_bytes(), salt, &mut output, &mut blocks)?;
    Ok(phc::Output::new(&output)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::password::PasswordPolicy;

    fn new(text: &str) -> NewPassword {
        PasswordPolicy::new(8, []).check(&Password::new(text).unwrap(), None).unwrap()
    }

    #[test]
    fn a_hash_says_how_it_was_made() {
        let hash = PasswordHash::make(&new("vN7#qLw2 zT9!rBx4"), [5; 16]).unwrap();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_str());
        assert!(!hash.is_outdated());
        assert!(PasswordHash::parse(hash.as_str()).is_ok());
    }

    #[test]
    fn only_the_very_same_octets_match() {
        let long = format!("{} ä🦀 ", "0123456789abcdef".repeat(8));
        let hash = PasswordHash::make(&new(&long), [5; 16]).unwrap();
        assert!(hash.matches(&Password::new(&long).unwrap()));
        for near in [long.trim().to_owned(), long.to_uppercase(), format!("{long}x"), long[..72].to_owned()] {
            assert!(!hash.matches(&Password::new(&near).unwrap()), "{near}");
        }
    }

    #[test]
    fn nobody_costs_what_somebody_costs_and_matches_nothing() {
        assert!(!PasswordHash::nobody().is_outdated());
        assert!(!PasswordHash::nobody().matches(&Password::new("").unwrap()));
    }

    #[test]
    fn a_hash_of_weaker_parameters_is_outdated() {
        let weak = NOBODY.replace("m=19456", "m=8192");
        assert!(PasswordHash::parse(&weak).unwrap().is_outdated());
    }
}
