//! The stored form of a password.

use argon2::password_hash::{self, phc};
use argon2::{Algorithm, Argon2, Block, Params, Version};

use crate::accounts::password::foreign::ForeignHash;
use crate::accounts::password::{InvalidPasswordHash, NewPassword, Password};

/// The hash of a password in PHC format, such as `$argon2id$v=19$m=19456,t=2,p=1$...`, or as another program has made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordHash(String);

/// What no password has: for names that nobody has, so that they cost the same time.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$Y2xvYWtyb29tbm9ib2R5$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

impl PasswordHash {
    /// Reads a hash back from where it is stored.
    ///
    /// # Errors
    /// [`InvalidPasswordHash`] when it is none, or one that is too much work: whoever knows the name can have it done.
    pub fn parse(text: &str) -> Result<Self, InvalidPasswordHash> {
        if text.len() > LEN_MAX {
            return Err(InvalidPasswordHash::Damaged);
        }
        match ForeignHash::parse(text) {
            Some(foreign) => drop(foreign?),
            None => check_argon2(text)?,
        }
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
        if let Some(foreign) = ForeignHash::parse(&self.0) {
            return foreign.is_ok_and(|foreign| foreign.matches(password));
        }
        let computed = || {
            let stored = phc::PasswordHash::new(&self.0)?;
            let algorithm = Algorithm::try_from(stored.algorithm.as_str())?;
            // The first version did not say which it is.
            let version = stored.version.map_or(Ok(Version::V0x10), Version::try_from)?;
            let argon2 = Argon2::new(algorithm, version, Params::try_from(&stored)?);
            let salt = stored.salt.ok_or(password_hash::Error::PasswordInvalid)?;
            Ok::<bool, password_hash::Error>(stored.hash == Some(run(&argon2, password.expose(), &salt)?))
        };
        computed().unwrap_or(false)
    }

    /// Whether it was made in another way than would be done today.
    pub(super) fn is_outdated(&self) -> bool {
        let today = phc::PasswordHash::new(NOBODY).expect("the constant is in PHC format");
        phc::PasswordHash::new(&self.0).map_or(true, |hash| {
            (hash.algorithm, hash.version, hash.params) != (today.algorithm, today.version, today.params)
        })
    }

    /// The text to store.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The most octets of a hash: the databases have room for so many.
const LEN_MAX: usize = 512;

/// The most memory that a hash of argon2 may ask for, in KiB, how much it may go through in all its passes, and in how many lanes.
const MEMORY_KIB_MAX: u32 = 128 * 1024;
const PASSES_KIB_MAX: u64 = 1024 * 1024;
const LANES_MAX: u32 = 16;

/// Whether a text is a hash of argon2 that is not too much work.
fn check_argon2(text: &str) -> Result<(), InvalidPasswordHash> {
    if !text.starts_with("$argon2") {
        return Err(InvalidPasswordHash::UnknownKind);
    }
    let hash = phc::PasswordHash::new(text).map_err(|_| InvalidPasswordHash::Damaged)?;
    Algorithm::try_from(hash.algorithm.as_str()).map_err(|_| InvalidPasswordHash::UnknownKind)?;
    let params = Params::try_from(&hash).map_err(|_| InvalidPasswordHash::Damaged)?;
    if hash.salt.is_none() || hash.hash.is_none() {
        return Err(InvalidPasswordHash::Damaged);
    }
    let passes = u64::from(params.m_cost()) * u64::from(params.t_cost());
    if params.m_cost() > MEMORY_KIB_MAX || passes > PASSES_KIB_MAX || params.p_cost() > LANES_MAX {
        return Err(InvalidPasswordHash::TooCostly);
    }
    Ok(())
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
    let mut output = vec![0; argon2.params().output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN)];
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
