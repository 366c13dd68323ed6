//! What several tokens have in common, which an attacker who collects them sees too.

use crate::agent::UnixTime;

use super::decode::{base64, hex};

/// Something that tokens show.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Trait {
    /// All are the same.
    Same,
    /// Some are.
    Repeated,
    /// Each is a little more than the one before; the largest step.
    Counter(u128),
    /// A part of each is the time.
    Time,
    /// Their bits are not even: the share of ones, in percent.
    Biased(f64),
    /// So many bits of each are unpredictable at most.
    Bits(f64),
}

/// Tokens of one cookie, each of another visitor, in their order.
#[derive(Debug, Default)]
pub(crate) struct Sample {
    tokens: Vec<(String, UnixTime)>,
}

/// With fewer, what is constant by chance cannot be told from what always is.
const ENOUGH: usize = 4;

/// With fewer, bits are uneven by chance.
const ENOUGH_FOR_BITS: usize = 16;

/// A step that somebody tries through in a minute.
const STEP_MAX: u128 = 1 << 24;

/// How far a clock in a token may be from ours, in seconds.
const CLOCK_S: i64 = 86_400;

impl Sample {
    pub(crate) fn add(&mut self, token: String, at: UnixTime) {
        self.tokens.push((token, at));
    }

    pub(crate) const fn len(&self) -> usize {
        self.tokens.len()
    }

    /// What they show.
    pub(crate) fn traits(&self) -> Vec<Trait> {
        let mut distinct: Vec<&str> = self.texts().collect();
        distinct.sort_unstable();
        distinct.dedup();
        if distinct.len() == 1 && self.len() > 1 {
            return vec![Trait::Same];
        }
        if let Some(step) = self.counter() {
            return vec![Trait::Counter(step)];
        }
        let mut traits = Vec::new();
        if distinct.len() < self.len() {
            traits.push(Trait::Repeated);
        }
        if self.tells_time() {
            traits.push(Trait::Time);
        }
        traits.extend(self.bias().map(Trait::Biased));
        traits.push(Trait::Bits(self.bits()));
        traits
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        self.tokens.iter().map(|(text, _)| text.as_str())
    }

    /// Numbers that grow, in any of the ways that a number is written.
    fn counter(&self) -> Option<u128> {
        if self.len() < ENOUGH {
            return None;
        }
        let (before, after) = self.constant_ends();
        let varying = |text: &'_ str| text[before..text.len() - after].to_owned();
        let readings: [fn(&str) -> Option<u128>; 4] = [
            |text| text.parse().ok(),
            |text| u128::from_str_radix(text, 16).ok(),
            |text| big_endian(&hex(text)?),
            |text| big_endian(&base64(text)?),
        ];
        readings.iter().find_map(|read| {
            // A whole token where its ends vary in length, else the part that varies.
            let numbers: Vec<u128> = self
                .texts()
                .map(read)
                .collect::<Option<Vec<_>>>()
                .or_else(|| self.texts().map(|text| read(&varying(text))).collect())?;
            let steps: Vec<u128> =
                numbers.windows(2).map(|pair| pair[1].checked_sub(pair[0])).collect::<Option<_>>()?;
            let largest = steps.iter().copied().max()?;
            (steps.iter().all(|step| *step > 0) && largest <= STEP_MAX).then_some(largest)
        })
    }

    /// How many characters are the same at the beginning and at the end of all.
    fn constant_ends(&self) -> (usize, usize) {
        let texts: Vec<&[u8]> = self.texts().map(str::as_bytes).collect();
        if !self.texts().all(str::is_ascii) {
            return (0, 0);
        }
        let shortest = texts.iter().map(|text| text.len()).min().unwrap_or(0);
        let same = |at: &usize| texts.iter().all(|text| text[*at] == texts[0][*at]);
        let before = (0..shortest).take_while(same).count();
        let same = |at: &usize| {
            texts.iter().all(|text| text[text.len() - 1 - at] == texts[0][texts[0].len() - 1 - at])
        };
        let after = (0..shortest - before).take_while(same).count();
        (before, after)
    }

    fn tells_time(&self) -> bool {
        if self.len() < ENOUGH {
            return false;
        }
        let written = self.tokens.iter().all(|(text, at)| holds_digits_of(text, *at));
        written
            || [hex as fn(&str) -> Option<Vec<u8>>, base64]
                .iter()
                .any(|decode| self.has_clock_at_one_place(*decode))
    }

    /// Whether four octets at the same place of each token are seconds, or eight are milliseconds.
    fn has_clock_at_one_place(&self, decode: fn(&str) -> Option<Vec<u8>>) -> bool {
        let Some(decoded) = self.texts().map(decode).collect::<Option<Vec<_>>>() else { return false };
        let shortest = decoded.iter().map(Vec::len).min().unwrap_or(0);
        let is_clock = |at: usize, width: usize, unit: i64| {
            decoded.iter().zip(&self.tokens).all(|(octets, (_, now))| {
                let number = octets.get(at..at + width).and_then(big_endian);
                let number = number.and_then(|number| i64::try_from(number).ok());
                number.is_some_and(|number| (number / unit - now.0).abs() < CLOCK_S)
            })
        };
        (0..shortest).any(|at| is_clock(at, 4, 1) || is_clock(at, 8, 1000) || is_clock(at, 6, 1000))
    }

    /// The share of ones among the bits that vary, where it is far from a half.
    fn bias(&self) -> Option<f64> {
        if self.len() < ENOUGH_FOR_BITS {
            return None;
        }
        let decoded = self.texts().map(hex).collect::<Option<Vec<_>>>();
        let decoded = decoded.or_else(|| {
            let is_whole = |text: &str| text.len().is_multiple_of(4);
            self.texts().all(is_whole).then(|| self.texts().map(base64).collect::<Option<Vec<_>>>())?
        })?;
        let length = decoded[0].len();
        if decoded.iter().any(|octets| octets.len() != length) {
            return None;
        }
        let ones = |bit: usize| decoded.iter().filter(|octets| octets[bit / 8] >> (bit % 8) & 1 == 1).count();
        let counts: Vec<usize> =
            (0..length * 8).map(ones).filter(|ones| *ones != 0 && *ones != decoded.len()).collect();
        let (sum, all) = (real(counts.iter().sum()), real(counts.len() * decoded.len()));
        // Five standard deviations: by chance once in two million audits.
        let is_uneven = (sum - all / 2.0).abs() > 5.0 * all.sqrt() / 2.0;
        (is_uneven && all > 0.0).then(|| 100.0 * sum / all)
    }

    /// The bits that can vary at most: characters that do, times what each can be.
    fn bits(&self) -> f64 {
        let texts: Vec<&[u8]> = self.texts().map(str::as_bytes).collect();
        let shortest = texts.iter().map(|text| text.len()).min().unwrap_or(0);
        let varies = |at: &usize| texts.iter().any(|text| text[*at] != texts[0][*at]);
        let varying = if self.len() >= ENOUGH { (0..shortest).filter(varies).count() } else { shortest };
        let characters = texts.iter().flat_map(|text| text.iter().copied());
        real(varying) * alphabet(characters).log2()
    }
}

/// How many characters there are of the smallest known alphabet that has all of these.
fn alphabet(characters: impl Iterator<Item = u8>) -> f64 {
    let (mut digits, mut hex, mut lower, mut upper, mut base32, mut marks) =
        (true, true, true, true, true, false);
    for octet in characters {
        digits &= octet.is_ascii_digit();
        hex &= octet.is_ascii_hexdigit() || octet == b'-';
        lower &= !octet.is_ascii_uppercase();
        upper &= !octet.is_ascii_lowercase();
        base32 &= matches!(octet, b'0'..=b'9' | b'a'..=b'v') || matches!(octet, b'2'..=b'7' | b'A'..=b'Z');
        marks |= !octet.is_ascii_alphanumeric();
    }
    match () {
        () if digits => 10.0,
        () if hex && (lower || upper) => 16.0,
        () if base32 && (lower || upper) => 32.0,
        () if lower || upper => 36.0,
        () if marks => 64.0,
        () => 62.0,
    }
}

/// Ten digits that are the time, or thirteen.
fn holds_digits_of(text: &str, now: UnixTime) -> bool {
    let runs = text.split(|c: char| !c.is_ascii_digit());
    runs.filter(|run| run.len() >= 10).any(|run| {
        let seconds = |length: usize, unit: i64| {
            run.get(..length)
                .and_then(|start| start.parse::<i64>().ok())
                .is_some_and(|number| (number / unit - now.0).abs() < CLOCK_S)
        };
        seconds(10, 1) || seconds(13, 1000)
    })
}

fn big_endian(octets: &[u8]) -> Option<u128> {
    (octets.len() <= 16).then(|| octets.iter().fold(0, |number, octet| number << 8 | u128::from(*octet)))
}

/// A count that is far below what a float holds exactly.
fn real(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixTime = UnixTime(1_795_219_200);

    /// Octets that look random, from a seed.
    fn noise(seed: u64, octets: usize) -> Vec<u8> {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.wrapping_mul(0x2545_F491_4F6C_DD1D).to_be_bytes()[0]
        };
        (0..octets).map(|_| next()).collect()
    }

    fn hex_of(octets: &[u8]) -> String {
        octets.iter().map(|octet| format!("{octet:02x}")).collect()
    }

    fn traits(tokens: impl IntoIterator<Item = String>) -> Vec<Trait> {
        let mut sample = Sample::default();
        for (at, token) in (0..).zip(tokens) {
            sample.add(token, NOW.after(at));
        }
        sample.traits()
    }

    #[test]
    fn random_tokens_show_their_length_and_nothing_else() {
        for seed in 0..50 {
            let found = traits((0..32).map(|at| hex_of(&noise(1000 * seed + at, 16))));
            assert_eq!(found, [Trait::Bits(128.0)], "seed {seed}");
        }
    }

    #[test]
    fn what_an_attacker_would_see_is_seen() {
        assert_eq!(traits((0..3).map(|_| "abc123".to_owned())), [Trait::Same]);
        assert_eq!(traits((100..110).map(|number| number.to_string())), [Trait::Counter(1)]);
        assert_eq!(traits((250..260).map(|number| format!("sess-{number:08x}-x"))), [Trait::Counter(1)]);
        let timed =
            |at: u64| format!("{}{}", hex_of(&(1_795_219_200_u32).to_be_bytes()), hex_of(&noise(at, 12)));
        assert_eq!(traits((0..8).map(timed)), [Trait::Time, Trait::Bits(96.0)]);
        let biased = |at: u64| {
            hex_of(&noise(at, 16).iter().zip(noise(at + 99, 16)).map(|(a, b)| a & b).collect::<Vec<_>>())
        };
        assert!(matches!(traits((0..32).map(biased))[..], [Trait::Biased(share), _] if share < 40.0));
    }

    #[test]
    fn what_never_changes_protects_nothing() {
        let found = traits((0..8).map(|at| format!("session-of-this-site-{}", hex_of(&noise(at + 7, 4)))));
        let [Trait::Bits(bits)] = found[..] else { panic!("{found:?}") };
        assert!(bits < 64.0, "{bits}");
    }
}
