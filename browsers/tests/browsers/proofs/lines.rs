//! `Set-Cookie` lines as nobody would write them, the same for the same seed.

/// Draws from a seed.
pub(super) struct Lines {
    state: u64,
    count: usize,
}

const NAMES: &[&str] = &[
    "a",
    "a",
    "b",
    "sid",
    "__Host-x",
    "__Secure-y",
    "__Http-z",
    "__Host-Http-w",
    "__host-q",
    "__SECURE-r",
    "__HTTP-s",
    "na me",
    "\"q\"",
    "a.b",
    "__Host",
    "[x]",
];

const SEPARATORS: &[&str] = &["=", "=", "=", "=", " = ", "\t=", "= \t"];

const ATTRIBUTES: &[&str] = &[
    "Secure",
    "Secure",
    "Secure",
    "secure",
    "SECURE=",
    "Secure =x",
    "\"Secure\"",
    "Secure=false",
    " \tSecure\t",
    "HttpOnly",
    "HttpOnly",
    "httponly=0",
    "Http-Only",
    "SameSite=Lax",
    "SameSite=Strict",
    "SameSite=None",
    "samesite=lax",
    "SameSite=foo",
    "SameSite",
    "SameSite=",
    "SameSite = none",
    "SameSite=\"Lax\"",
    "Path=/",
    "Path=/",
    "Path=/",
    "Path=/jar",
    "Path=/jar/",
    "Path=/jar/deep",
    "Path=foo",
    "Path=",
    "Path",
    "path = /",
    "Path=\"/\"",
    "Path=/elsewhere",
    "Domain=bank.test",
    "Domain=.bank.test",
    "Domain=..bank.test",
    "Domain=sub.bank.test",
    "Domain=test",
    "Domain=.test",
    "Domain=evil.test",
    "Domain=",
    "Domain",
    "Domain=BANK.test",
    "Domain=bank.test.",
    "Domain=ank.test",
    "Domain=bank.test:443",
    "Domain=127.0.0.1",
    "domain=\"bank.test\"",
    "Max-Age=100",
    "Max-Age=100000",
    "Max-Age=0",
    "Max-Age=-1",
    "Max-Age=-",
    "Max-Age=+5",
    "Max-Age=1x",
    "Max-Age=",
    "Max-Age=99999999999",
    "Max-Age=99999999999999999999999",
    "max-age=0060",
    "Max-Age=\"100\"",
    "Max-Age=1.5",
    "Max-Age= 100 ",
    "Partitioned",
    "partitioned=x",
    "Priority=High",
    "foo",
    "foo=bar",
    "=",
    "=Secure",
    "",
    " ",
    "Version=1",
    "Comment=a,b",
];

const DATES: &[&str] = &[
    "Wed, 01 Jan 2031 00:00:00 GMT",
    "Wednesday, 01-Jan-31 00:00:00 GMT",
    "Wed Jan  1 00:00:00 2031",
    "01 Jan 2031 00:00:00",
    "Jan 1 2031 1:2:3",
    "2031 Jan 1 01:02:03",
    "01:02:03 1 jan 31",
    "1/Jan/2031@00:00:00",
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "Thu, 01-Jan-1970 00:00:01 GMT",
    "01 Jan 70 00:00:00",
    "01 Jan 69 00:00:00",
    "30 Feb 2031 00:00:00",
    "31 Apr 2031 10:00:00",
    "01 Jan 1600 00:00:00",
    "01 Jan 2031 24:00:00",
    "01 Jan 2031 23:60:00",
    "01 Jan 2031",
    "tomorrow",
    "0",
    "-1",
    "2031-01-01T00:00:00Z",
    "01 January 2031 00:00:00 GMT",
    "Wed, 01 Jan 02031 00:00:00 GMT",
    "01 Jan 2031 00:00:00 +0100",
    "1 Jan 2031 1:2:3pm",
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "001 Jan 2031 00:00:00",
    "Mon, 29 Feb 2027 00:00:00 GMT",
    "1 Jan 2027 0:0:0 x",
    "12:00:00, 5 Feb 2027",
];

fn name_of(attribute: &str) -> String {
    attribute.split('=').next().unwrap_or_default().trim().to_ascii_lowercase()
}

impl Lines {
    pub(super) const fn new(seed: u64) -> Self {
        Self { state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1, count: 0 }
    }

    fn below(&mut self, bound: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        let high = self.state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(high).expect("31 bits") % bound
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    /// A value that says which line it is from, but for a few that are odd on purpose.
    fn value(&mut self) -> String {
        let tag = format!("v{}", self.count);
        match self.below(24) {
            0 => format!("\"{tag}\""),
            1 => format!("{tag} x"),
            2 => format!("{tag}\tx"),
            3 => format!("{tag}=x"),
            4 => format!("{tag},é"),
            5 => format!("{tag}{}", "x".repeat(4080 + self.below(24))),
            6 => format!("__Host-{tag}"),
            7 => format!("{tag}\\"),
            8 => format!("%00{tag}"),
            _ => tag,
        }
    }

    /// An attribute of the same name, with the same value or another.
    fn another(&mut self, attribute: &str) -> String {
        let name = name_of(attribute);
        if name == "expires" {
            return format!("Expires={}", self.one(DATES));
        }
        let same: Vec<&str> = ATTRIBUTES.iter().copied().filter(|other| name_of(other) == name).collect();
        if same.is_empty() { attribute.to_owned() } else { self.one(&same).to_owned() }
    }

    /// The next line.
    pub(super) fn next(&mut self) -> String {
        self.count += 1;
        let value = self.value();
        let mut line = match self.below(16) {
            0 => value,
            1 => format!("={value}"),
            2 => String::new(),
            3 => format!(" {} ={value} ", self.one(NAMES)),
            _ => [self.one(NAMES), self.one(SEPARATORS), &value].concat(),
        };
        let mut before = String::new();
        for _ in 0..self.below(7) {
            let attribute = match self.below(8) {
                0 => format!("Expires={}", self.one(DATES)),
                2 if !before.is_empty() => self.another(&before),
                1 if self.below(8) == 0 => format!("Path=/{}", "p".repeat(1010 + self.below(30))),
                _ => self.one(ATTRIBUTES).to_owned(),
            };
            let mark = self.one(&["; ", ";", " ; "]);
            line = [&line, mark, &attribute].concat();
            before = attribute;
        }
        line
    }
}
