//! One user, and their password.

use std::fmt::Write as _;
use std::sync::Arc;

use argon2::Argon2;
use cloakroom::{Entropy as _, EntropyError, OsEntropy};

/// The one user there is. A real application has a table.
#[derive(Clone)]
pub struct Users(Arc<User>);

struct User {
    name: &'static str,
    salt: [u8; 16],
    hash: [u8; 32],
}

impl Users {
    /// A user of this name with a fresh password, which is printed: nothing here has a password that somebody could know.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn only(name: &'static str) -> Result<Self, EntropyError> {
        let (mut secret, mut salt) = ([0; 16], [0; 16]);
        OsEntropy.fill(&mut secret)?;
        OsEntropy.fill(&mut salt)?;
        let password = secret.iter().fold(String::new(), |mut text, octet| {
            let _ = write!(text, "{octet:02x}"); // a String takes everything
            text
        });
        println!("the password of {name} is {password}");
        Ok(Self(Arc::new(User { name, hash: hash(&password, &salt), salt })))
    }

    /// Whether this is the user's password. Takes as long for a user that does not exist.
    pub async fn check(&self, name: &str, password: String) -> bool {
        let user = Arc::clone(&self.0);
        let is_known = user.name == name;
        // It is meant to be slow: on a thread where nobody else waits.
        let is_right = tokio::task::spawn_blocking(move || {
            let hash = hash(&password, &user.salt);
            hash.iter().zip(user.hash).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
        });
        is_right.await.unwrap_or(false) && is_known
    }
}

/// Argon2id with the parameters of OWASP's Password Storage Cheat Sheet, which are the crate's defaults.
fn hash(password: &str, salt: &[u8; 16]) -> [u8; 32] {
    let mut hash = [0; 32];
    Argon2::default()
        .hash_password_into(password.as_bytes(), salt, &mut hash)
        .expect("the salt and the output have lengths that it takes");
    hash
}
