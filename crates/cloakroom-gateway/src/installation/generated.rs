//! Passwords that nobody had to think of.

use cloakroom::EntropyError;
use zeroize::Zeroizing;

use crate::installation::Installation;

/// Letters and digits that are not taken for each other: 32 of them, so that each octet gives one without a bias.
const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";

/// Sixteen characters of five bits each.
const LENGTH: usize = 16;

impl Installation {
    /// A password that nobody can guess, of 80 random bits: sixteen letters and digits in four groups, to be read from a screen and typed.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn generate_password() -> Result<Zeroizing<String>, EntropyError> {
        let octets = Zeroizing::new(Self::random::<LENGTH>()?);
        let mut text = Zeroizing::new(String::with_capacity(LENGTH + LENGTH / 4));
        for (place, octet) in octets.iter().enumerate() {
            if place > 0 && place.is_multiple_of(4) {
                text.push('-');
            }
            text.push(char::from(ALPHABET[usize::from(octet % 32)]));
        }
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_generated_password_is_long_enough_for_the_policy_and_never_the_same() {
        let drawn: HashSet<String> =
            (0..100).map(|_| Installation::generate_password().unwrap().to_string()).collect();
        assert_eq!(drawn.len(), 100);
        for password in drawn {
            assert!(password.len() == 19 && password.split('-').all(|group| group.len() == 4), "{password}");
        }
    }
}
