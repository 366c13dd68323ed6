//! Hashes that other programs have made: bcrypt, scrypt and PBKDF2, to verify a user of theirs once.

use std::str::FromStr;

use argon2::password_hash::phc;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bcrypt::HashParts;
use pbkdf2::pbkdf2_hmac;
use sha2::{Sha256, Sha512};
use zeroize::Zeroizing;

use crate::accounts::password::{InvalidPasswordHash, Password};

/// The highest cost of bcrypt that is taken over: about a second. Each step more doubles it.
const BCRYPT_COST_MAX: u32 = 14;

/// The most memory that scrypt may take, in octets, and how often it may go through so much.
const SCRYPT_OCTETS_MAX: u64 = 128 * 1024 * 1024;
const SCRYPT_LANES_MAX: u32 = 16;

/// The most rounds of PBKDF2 that are taken over: about a second.
const PBKDF2_ROUNDS_MAX: u32 = 2_500_000;

/// A hash that is not of argon2, taken apart.
#[derive(Debug)]
pub(super) enum ForeignHash<'a> {
    /// `$2a$`, `$2b$` and `$2y$`, as `htpasswd -B` and PHP write them.
    Bcrypt(&'a str),
    /// `$scrypt$ln=..,r=..,p=..$`.
    Scrypt { params: scrypt::Params, salt: Vec<u8>, hash: phc::Output },
    /// `$pbkdf2-sha256$` and `$pbkdf2-sha512$`, with `i=` before the rounds or without.
    Pbkdf2 { digest: Digest, rounds: u32, salt: Vec<u8>, hash: phc::Output },
}

/// What PBKDF2 is built from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Digest {
    Sha256,
    Sha512,
}

impl<'a> ForeignHash<'a> {
    /// Reads a hash; `None` when it is of another kind.
    ///
    /// # Errors
    /// [`InvalidPasswordHash`] for one that is damaged or asks for too much work.
    pub(super) fn parse(text: &'a str) -> Option<Result<Self, InvalidPasswordHash>> {
        let rest = text.strip_prefix('$')?;
        let (kind, rest) = rest.split_once('$')?;
        Some(match kind {
            "2a" | "2b" | "2y" => bcrypt(text),
            "scrypt" => scrypt(rest),
            "pbkdf2-sha256" => pbkdf2(Digest::Sha256, rest),
            "pbkdf2-sha512" => pbkdf2(Digest::Sha512, rest),
            _ => return None,
        })
    }

    /// Whether it is the hash of a password; compared in constant time.
    pub(super) fn matches(&self, password: &Password) -> bool {
        let password = password.expose();
        // bcrypt ends a password with a zero and begins again, HMAC fills it up with zeros: with some of its own it could be
        // another than it is.
        if password.contains('\0') {
            return false;
        }
        match self {
            // It looks at 72 octets, as those who made the hash did.
            Self::Bcrypt(text) => bcrypt::verify(password, text).unwrap_or(false),
            Self::Scrypt { params, salt, hash } => {
                is(hash, |output| scrypt::scrypt(password.as_bytes(), salt, params, output).is_ok())
            }
            Self::Pbkdf2 { digest, rounds, salt, hash } => is(hash, |output| {
                match digest {
                    Digest::Sha256 => pbkdf2_hmac::<Sha256>(password.as_bytes(), salt, *rounds, output),
                    Digest::Sha512 => pbkdf2_hmac::<Sha512>(password.as_bytes(), salt, *rounds, output),
                }
                true
            }),
        }
    }
}

/// Whether what is computed, as long as the hash, is the hash.
fn is(hash: &phc::Output, compute: impl FnOnce(&mut [u8]) -> bool) -> bool {
    let mut output = Zeroizing::new(vec![0; hash.len()]);
    compute(&mut output) && phc::Output::new(&output).is_ok_and(|output| output == *hash)
}

fn bcrypt(text: &str) -> Result<ForeignHash<'_>, InvalidPasswordHash> {
    let parts = HashParts::from_str(text).map_err(|_| InvalidPasswordHash::Damaged)?;
    match parts.get_cost() {
        0..4 => Err(InvalidPasswordHash::Damaged),
        4..=BCRYPT_COST_MAX => Ok(ForeignHash::Bcrypt(text)),
        _ => Err(InvalidPasswordHash::TooCostly),
    }
}

fn scrypt(rest: &str) -> Result<ForeignHash<'static>, InvalidPasswordHash> {
    let (params, salt, hash) = parts(rest)?;
    let [log_n, r, p] = numbers(params, ["ln=", "r=", "p="])?;
    let log_n = u8::try_from(log_n).ok().filter(|log_n| *log_n < 32).ok_or(InvalidPasswordHash::TooCostly)?;
    let octets = u64::from(r).saturating_mul(128) << log_n;
    if octets > SCRYPT_OCTETS_MAX || p > SCRYPT_LANES_MAX {
        return Err(InvalidPasswordHash::TooCostly);
    }
    let params = scrypt::Params::new(log_n, r, p).map_err(|_| InvalidPasswordHash::Damaged)?;
    Ok(ForeignHash::Scrypt { params, salt, hash })
}

fn pbkdf2(digest: Digest, rest: &str) -> Result<ForeignHash<'static>, InvalidPasswordHash> {
    let (params, salt, hash) = parts(rest)?;
    let params = params.strip_prefix("i=").unwrap_or(params);
    // The length, where it is said, is that of the hash.
    let (rounds, length) = params.split_once(",l=").map_or((params, None), |(rounds, l)| (rounds, Some(l)));
    if length.is_some_and(|length| length.parse() != Ok(hash.len())) {
        return Err(InvalidPasswordHash::Damaged);
    }
    let rounds: u32 = rounds.parse().map_err(|_| InvalidPasswordHash::Damaged)?;
    match rounds {
        0 => Err(InvalidPasswordHash::Damaged),
        1..=PBKDF2_ROUNDS_MAX => Ok(ForeignHash::Pbkdf2 { digest, rounds, salt, hash }),
        _ => Err(InvalidPasswordHash::TooCostly),
    }
}

/// Parameters, salt and hash.
fn parts(rest: &str) -> Result<(&str, Vec<u8>, phc::Output), InvalidPasswordHash> {
    let mut parts = rest.split('$');
    let (Some(params), Some(salt), Some(hash), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(InvalidPasswordHash::Damaged);
    };
    let hash = phc::Output::new(&octets(hash)?).map_err(|_| InvalidPasswordHash::Damaged)?;
    Ok((params, octets(salt)?, hash))
}

/// The octets of base64 without padding; some programs write `.` for `+`.
fn octets(text: &str) -> Result<Vec<u8>, InvalidPasswordHash> {
    let octets = STANDARD_NO_PAD.decode(text.replace('.', "+"));
    octets.ok().filter(|octets| !octets.is_empty()).ok_or(InvalidPasswordHash::Damaged)
}

/// The numbers of a list such as `ln=10,r=8,p=1`.
fn numbers<const COUNT: usize>(
    params: &str,
    names: [&str; COUNT],
) -> Result<[u32; COUNT], InvalidPasswordHash> {
    let mut numbers = [0; COUNT];
    let mut given = params.split(',');
    for (number, name) in numbers.iter_mut().zip(names) {
        let text = given.next().and_then(|given| given.strip_prefix(name));
        *number = text.and_then(|text| text.parse().ok()).ok_or(InvalidPasswordHash::Damaged)?;
    }
    if given.next().is_some() { Err(InvalidPasswordHash::Damaged) } else { Ok(numbers) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::password::PasswordHash;

    const PASSWORD: &str = "grâce horse battery 7";

    /// Made of that password by programs of others.
    const MADE: [&str; 12] = [
        // htpasswd of Apache 2.4.71: htpasswd -nbB -C 5.
        "$2y$05$HErv/utXtkPD7WwYzWuBNuvpJvI001D0GhIJ4EE1vxVsbRqM7uu0G",
        // crypt(3) of libxcrypt 4.4.
        "$2y$05$abcdefghijklmnopqrstuuELCIshG0IuI7zpzrt1qXAwYMBPuHIYO",
        // bcrypt 5.0 of PyPI.
        "$2b$05$0T4oAWWHKyh4ooSDio2DTePeLu542x8Hs0ofMovnv.6OBsaccYRma",
        "$2a$05$EytKbx3XwxI.6YHkfFdKb.9fjyql0J1vkP2TNt2TvarXnaU3OT/Mm",
        // passlib 1.7.4.
        "$scrypt$ln=10,r=8,p=2$YKx1rhUC4JzTOmdMCQGgVA$kys4+9wdUyGdg9YJM7WGJsAGSZ+0JaQoVqUTvRUwNEU",
        "$pbkdf2-sha256$3000$hbBWCoHQWksJYSzlXOt9bw$tTL1QLSzyqOSlBMc9Laz42NTRYsy2xJCPpZEMaTihqI",
        "$pbkdf2-sha512$3000$4RxjjBFizJkzBoAwRgiB8A$MIxix0uccPweerdoc9Koq7.6pGtmAsUS71BQxf99xKZXjD0Vy0GKvXTs9ClPlhXUQQ8bu/BnnVTjha6bpwWWNw",
        // Node 18's crypto, put into the PHC format.
        "$scrypt$ln=10,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$8LWtFJINJZAsSLGG9mLktfloKB5N7bo7ieBhwJHxa/o",
        "$pbkdf2-sha512$i=4096,l=64$MDEyMzQ1Njc4OWFiY2RlZg$ccnLaVXRWZeBj5IWgFQ3ScjyYGhKSRy1jhSnuYCAYL92w/ZE05lNVfsL9oQuMQtNcQY2rjXA1s4JNJTuEfx9Ew",
        // argon2-cffi 25.1, which is the reference implementation.
        "$argon2id$v=19$m=256,t=1,p=2$ngTuLEjuwhIZ92Czq8YxBw$T+88KzFkNt/XihpotSyANp4AUDJcAxfD",
        "$argon2i$v=19$m=256,t=1,p=2$vZmzfQzq1ucMVtccDK1yHg$aRCZzr53LYHlJuO6hHR88rIHbLoIi0xq",
        "$argon2d$v=19$m=256,t=1,p=2$pu/tQ45twCrEyAtcTCrNiw$YGwjRuZ+eyJLIKL/vXQQid08EpVKJv1/",
    ];

    fn password(text: &str) -> Password {
        Password::new(text).unwrap()
    }

    #[test]
    fn what_other_programs_have_hashed_is_verified_and_to_be_hashed_anew() {
        for made in MADE {
            let hash = PasswordHash::parse(made).unwrap();
            assert!(hash.matches(&password(PASSWORD)), "{made}");
            assert!(hash.is_outdated(), "{made}");
            for wrong in ["", "grâce horse battery 8", "grâce horse battery 7 ", "grâce horse battery 7\0"]
            {
                assert!(!hash.matches(&password(wrong)), "{made} {wrong:?}");
            }
        }
    }

    #[test]
    fn bcrypt_looks_at_72_octets_as_its_makers_do() {
        // crypt(3) of libxcrypt, of 72 x and a y.
        let hash =
            PasswordHash::parse("$2b$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i").unwrap();
        for text in [format!("{}y", "x".repeat(72)), "x".repeat(72), format!("{}zz", "x".repeat(72))] {
            assert!(hash.matches(&password(&text)));
        }
        assert!(!hash.matches(&password(&"x".repeat(71))));
    }

    #[test]
    fn a_hash_that_would_take_longer_than_a_sign_in_may_is_refused() {
        let salt_and_hash = "MDEyMzQ1Njc4OWFiY2RlZg$8LWtFJINJZAsSLGG9mLktfloKB5N7bo7ieBhwJHxa/o";
        for (params, is_taken) in [
            ("$scrypt$ln=17,r=8,p=1$", true),
            ("$scrypt$ln=18,r=8,p=1$", false),
            ("$scrypt$ln=10,r=8,p=17$", false),
            ("$scrypt$ln=1,r=4294967295,p=1$", false),
            ("$scrypt$ln=64,r=1,p=1$", false),
            ("$scrypt$ln=300,r=1,p=1$", false),
            ("$pbkdf2-sha256$2500000$", true),
            ("$pbkdf2-sha256$i=2500001$", false),
            ("$pbkdf2-sha256$i=99999999999$", false),
            ("$argon2id$v=19$m=131072,t=8,p=1$", true),
            ("$argon2id$v=19$m=131073,t=1,p=1$", false),
            ("$argon2id$v=19$m=65536,t=17,p=1$", false),
            ("$argon2id$v=19$m=4294967295,t=4294967295,p=1$", false),
            ("$argon2id$v=19$m=65536,t=1,p=17$", false),
        ] {
            let parsed = PasswordHash::parse(&format!("{params}{salt_and_hash}"));
            assert_eq!(parsed.is_ok(), is_taken, "{params} {parsed:?}");
        }
        for (cost, is_taken) in [("04", true), ("14", true), ("15", false), ("31", false), ("99", false)] {
            let hash = MADE[0].replace("$05$", &format!("${cost}$"));
            assert_eq!(PasswordHash::parse(&hash).is_ok(), is_taken, "{cost}");
        }
    }

    #[test]
    fn what_is_damaged_or_of_another_kind_is_refused() {
        for text in [
            "",
            "secret",
            "$",
            "$apr1$8sFt66rZ$aaaaaaaaaaaaaaaaaaaaaa",
            "{SHA}fEqNCco3Yq9h5ZUglD3CZJT4lBs=",
            "$1$saltsalt$aaaaaaaaaaaaaaaaaaaaaa",
            "$2x$05$abcdefghijklmnopqrstuuELCIshG0IuI7zpzrt1qXAwYMBPuHIYO",
            "$2y$05$abcdefghijklmnopqrstuuELCIshG0IuI7zpzrt1qXAwYMBPuHIY",
            "$2y$03$abcdefghijklmnopqrstuuELCIshG0IuI7zpzrt1qXAwYMBPuHIYO",
            "$2y$05$abcdefghijklmnopqrstuuELCIshG0IuI7zpzrt1qXAwYMBPuHI\u{e9}",
            "$scrypt$r=8,ln=10,p=1$MDEy$8LWtFJINJZAsSLGG9mLktfloKB5N7bo7ieBhwJHxa/o",
            "$scrypt$ln=10,r=8,p=0$MDEy$8LWtFJINJZAsSLGG9mLktfloKB5N7bo7ieBhwJHxa/o",
            "$scrypt$ln=10,r=8,p=1$MDEy$",
            "$scrypt$ln=10,r=8,p=1$MDEy",
            "$pbkdf2-sha256$0$MDEy$8LWtFJINJZAsSLGG9mLktfloKB5N7bo7ieBhwJHxa/o",
            "$pbkdf2-sha256$i=9,l=64$MDEy$8LWtFJINJZAsSLGG9mLktfloKB5N7bo7ieBhwJHxa/o",
            "$pbkdf2-sha256$9$MDEy$8LWtFJINJZAsSLGG9mLktfloKB5N7bo7ieBhwJHxa/o$x",
            "$argon2id$v=19$m=256,t=1,p=2$ngTuLEjuwhIZ92Czq8YxBw",
            "$argon2id$v=19$t=1,p=2$ngTuLEjuwhIZ92Czq8YxBw$T+88KzFkNt/XihpotSyANp4AUDJcAxfD$x",
        ] {
            assert!(PasswordHash::parse(text).is_err(), "{text}");
        }
    }
}
