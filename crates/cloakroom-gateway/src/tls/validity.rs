//! How long a certificate is good for: the one thing that has to be known of ours beyond showing it.

use cloakroom::Timestamp;

/// The time in which a certificate is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Validity {
    /// From then.
    pub(crate) begins: Timestamp,
    /// Until then.
    pub(crate) ends: Timestamp,
}

/// Reads it out of a certificate in DER; `None` when it is not where it should be.
///
/// Source: RFC 5280 4.1.
pub(crate) fn validity_of(certificate: &[u8]) -> Option<Validity> {
    let (_, whole, _) = element(certificate)?;
    let (_, mut fields, _) = element(whole)?;
    // A version, if it is written, then the serial number, the algorithm and the issuer.
    let (tag, _, rest) = element(fields)?;
    for _ in 0..if tag == 0xa0 { 4 } else { 3 } {
        fields = element(fields)?.2;
    }
    debug_assert!(rest.len() >= fields.len(), "each step leaves less");
    let (_, times, _) = element(fields)?;
    let (tag, begins, rest) = element(times)?;
    let begins = instant(tag, begins)?;
    let (tag, ends, _) = element(rest)?;
    Some(Validity { begins, ends: instant(tag, ends)? })
}

/// Tag, content and what follows.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = der.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (len, rest) = match first {
        0..=0x7f => (usize::from(*first), rest),
        0x81..=0x84 => {
            let (octets, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (octets.iter().fold(0, |len, octet| len << 8 | usize::from(*octet)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(len)?;
    Some((*tag, content, rest))
}

/// `YYMMDDHHMMSSZ` until 2049, `YYYYMMDDHHMMSSZ` from then on.
fn instant(tag: u8, text: &[u8]) -> Option<Timestamp> {
    let (year_len, digits) = (if tag == 0x17 { 2 } else { 4 }, text.strip_suffix(b"Z")?);
    if !digits.is_ascii() || digits.len() != year_len + 10 || !matches!(tag, 0x17 | 0x18) {
        return None;
    }
    let number = |at: usize, len: usize| str::from_utf8(&digits[at..at + len]).ok()?.parse::<i64>().ok();
    let year = match number(0, year_len)? {
        year @ 0..50 if tag == 0x17 => 2000 + year,
        year if tag == 0x17 => 1900 + year,
        year => year,
    };
    let two = |place: usize| number(year_len + 2 * place, 2);
    let (month, day) = (two(0)?, two(1)?);
    let seconds = ((days(year, month, day) * 24 + two(2)?) * 60 + two(3)?) * 60 + two(4)?;
    u64::try_from(seconds).ok().map(|seconds| Timestamp::from_millis(seconds.saturating_mul(1000)))
}

/// The days from 1970 to a day, by years that begin in March, so that the odd day is the last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    year * 365 + year.div_euclid(4) - year.div_euclid(100)
        + year.div_euclid(400)
        + (month * 153 + 2) / 5
        + day
        - 719_469
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;

    #[test]
    fn a_certificate_says_how_long_it_is_good_for() {
        for ((year, month, day), begins) in [
            ((1970, 1, 1), 0),
            ((1999, 12, 31), 946_598_400),
            ((2000, 2, 29), 951_782_400),
            ((2026, 11, 22), 1_795_305_600),
            ((2049, 12, 31), 2_524_521_600),
            ((2050, 1, 1), 2_524_608_000),
        ] {
            let mut params = CertificateParams::new(["a.example".to_owned()]).unwrap();
            params.not_before = date_time_ymd(year, month, day);
            params.not_after = date_time_ymd(2100, 3, 1);
            let certificate = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
            let validity = validity_of(certificate.der()).unwrap();
            assert_eq!(validity.begins.as_millis() / 1000, begins, "{year}");
            assert_eq!(validity.ends.as_millis() / 1000, 4_107_542_400);
            for len in 0..certificate.der().len().min(120) {
                assert_eq!(validity_of(&certificate.der()[..len]), None);
            }
        }
    }
}
