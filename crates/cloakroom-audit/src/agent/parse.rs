//! Reading the value of a `Set-Cookie` field.
//!
//! Source: RFC 6265bis 5.6.

use super::cookie::SameSite;
use super::date::parse_date;
use super::refusal::Refusal;
use super::time::UnixTime;

/// Browsers throw away a cookie whose name and value are longer.
const PAIR_OCTETS_MAX: usize = 4096;

/// Browsers skip an attribute whose value is longer.
const ATTRIBUTE_OCTETS_MAX: usize = 1024;

/// How far ahead a cookie's end may be: 400 days, in seconds.
pub(super) const LIFETIME_S_MAX: i64 = 400 * 86_400;

/// What became of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It says something of the cookie, unless a later one says otherwise.
    Read,
    /// It was ignored.
    Unread(Unread),
}

/// Why an attribute was ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// No browser knows it.
    Unknown,
    /// It is longer than 1024 octets.
    TooLong,
    /// Its value means nothing.
    Value,
    /// A later one of the same name counts.
    Repeated,
}

/// One attribute as it stands in the field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Its name, as written.
    pub name: Vec<u8>,
    /// Its value; empty where it has none.
    pub value: Vec<u8>,
    /// What a browser does with it.
    pub fate: Fate,
}

/// A `Set-Cookie` as a browser reads it, before it decides whether to keep it.
#[derive(Clone, PartialEq, Eq)]
pub struct ParsedCookie {
    /// The cookie's name; may be empty.
    pub name: Vec<u8>,
    /// Its value.
    pub value: Vec<u8>,
    /// Everything after the pair, in its order.
    pub attributes: Vec<Attribute>,
    pub(super) domain: Option<Vec<u8>>,
    pub(super) path: Option<Vec<u8>>,
    pub(super) secure: bool,
    pub(super) http_only: bool,
    pub(super) same_site: SameSite,
    pub(super) partitioned: bool,
    pub(super) expires: Option<UnixTime>,
    /// How long it asked to live, in seconds, before the cap.
    pub(super) asked_s: Option<i64>,
}

impl ParsedCookie {
    /// Reads a field value, as of a moment.
    ///
    /// # Errors
    /// What makes a browser ignore all of it.
    pub fn parse(field: &[u8], now: UnixTime) -> Result<Self, Refusal> {
        if field.iter().any(|octet| matches!(octet, 0x00..=0x08 | 0x0A..=0x1F | 0x7F)) {
            return Err(Refusal::ControlCharacter);
        }
        let mut segments = field.split(|octet| *octet == b';');
        let pair = segments.next().unwrap_or_default();
        let (name, value) = match pair.iter().position(|octet| *octet == b'=') {
            Some(at) => (trim(&pair[..at]), trim(&pair[at + 1..])),
            None => (&[][..], trim(pair)),
        };
        if name.is_empty() && value.is_empty() {
            return Err(Refusal::Empty);
        }
        if name.len() + value.len() > PAIR_OCTETS_MAX {
            return Err(Refusal::TooLarge);
        }
        let mut cookie = Self {
            name: name.to_vec(),
            value: value.to_vec(),
            attributes: Vec::new(),
            domain: None,
            path: None,
            secure: false,
            http_only: false,
            same_site: SameSite::Default,
            partitioned: false,
            expires: None,
            asked_s: None,
        };
        let mut ends = Ends::default();
        // A field that ends in `;` has no empty attribute after it that anybody would care about.
        for segment in segments.filter(|segment| !trim(segment).is_empty()) {
            cookie.attribute(segment, now, &mut ends);
        }
        cookie.asked_s = ends.max_age_s.or(ends.expires.map(|expires| expires.0 - now.0));
        cookie.expires = cookie.asked_s.map(|asked| now.after(asked.min(LIFETIME_S_MAX)));
        Ok(cookie)
    }

    /// How long it asked to live, in seconds, before browsers cut it to 400 days.
    pub const fn asked_s(&self) -> Option<i64> {
        self.asked_s
    }

    /// Whether an attribute that counts has this name.
    pub fn says(&self, name: &str) -> bool {
        self.attributes
            .iter()
            .any(|one| one.fate == Fate::Read && one.name.eq_ignore_ascii_case(name.as_bytes()))
    }

    fn attribute(&mut self, segment: &[u8], now: UnixTime, ends: &mut Ends) {
        let (name, value) = match segment.iter().position(|octet| *octet == b'=') {
            Some(at) => (trim(&segment[..at]), trim(&segment[at + 1..])),
            None => (trim(segment), &[][..]),
        };
        let fate = if value.len() > ATTRIBUTE_OCTETS_MAX {
            Fate::Unread(Unread::TooLong)
        } else {
            self.meaning(name, value, now, ends)
        };
        if fate == Fate::Read {
            // From the end: whoever repeats one a hundred thousand times has each look at one other.
            let is_it = |earlier: &&mut Attribute| {
                earlier.fate == Fate::Read && earlier.name.eq_ignore_ascii_case(name)
            };
            if let Some(earlier) = self.attributes.iter_mut().rev().find(is_it) {
                earlier.fate = Fate::Unread(Unread::Repeated);
            }
        }
        self.attributes.push(Attribute { name: name.to_vec(), value: value.to_vec(), fate });
    }

    fn meaning(&mut self, name: &[u8], value: &[u8], now: UnixTime, ends: &mut Ends) -> Fate {
        let nothing = Fate::Unread(Unread::Value);
        match name.to_ascii_lowercase().as_slice() {
            b"expires" => match parse_date(value) {
                Some(expires) => ends.expires = Some(expires),
                None => return nothing,
            },
            b"max-age" => match max_age(value) {
                // An end before all ends is as good as any that has passed.
                Some(age) => ends.max_age_s = Some(if age <= 0 { -now.0 } else { age }),
                None => return nothing,
            },
            b"domain" => {
                let domain = value.strip_prefix(b".").unwrap_or(value);
                self.domain = Some(domain.to_ascii_lowercase());
            }
            // One that is no path asks for the default, and so undoes an earlier one.
            b"path" => self.path = value.starts_with(b"/").then(|| value.to_vec()),
            b"secure" => self.secure = true,
            b"httponly" => self.http_only = true,
            b"partitioned" => self.partitioned = true,
            b"samesite" => {
                self.same_site = match value.to_ascii_lowercase().as_slice() {
                    b"strict" => SameSite::Strict,
                    b"lax" => SameSite::Lax,
                    b"none" => SameSite::None,
                    _ => SameSite::Default,
                };
                if self.same_site == SameSite::Default {
                    return nothing;
                }
            }
            _ => return Fate::Unread(Unread::Unknown),
        }
        Fate::Read
    }
}

/// The two ways to say when a cookie ends, of which the last of each counts, and `Max-Age` before `Expires`.
#[derive(Default)]
struct Ends {
    expires: Option<UnixTime>,
    max_age_s: Option<i64>,
}

/// A number of seconds; beyond all bounds, the bound.
fn max_age(value: &[u8]) -> Option<i64> {
    let (negative, digits) = match value.strip_prefix(b"-") {
        Some(digits) => (true, digits),
        None => (false, value),
    };
    if !digits.iter().all(u8::is_ascii_digit) || (digits.is_empty() && !negative) {
        return None;
    }
    let seconds = digits
        .iter()
        .fold(0_i64, |seconds, digit| seconds.saturating_mul(10).saturating_add(i64::from(digit - b'0')));
    Some(if negative { 0 } else { seconds })
}

/// Without the spaces and tabs around it.
fn trim(text: &[u8]) -> &[u8] {
    let is_kept = |octet: &u8| !matches!(octet, b' ' | b'\t');
    let Some(first) = text.iter().position(is_kept) else { return &[] };
    let last = text.iter().rposition(is_kept).unwrap_or(first);
    &text[first..=last]
}

impl std::fmt::Debug for ParsedCookie {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ParsedCookie")
            .field("name", &String::from_utf8_lossy(&self.name))
            .field("value_octets", &self.value.len())
            .field("attributes", &self.attributes.len())
            .finish_non_exhaustive()
    }
}
