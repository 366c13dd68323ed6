//! Arguments of `cloakroom audit`.

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::str::FromStr;

use clap::{ArgGroup, Args, ValueEnum};
use cloakroom_audit::agent::{UnixTime, parse_date};
use cloakroom_audit::probe::Detour;
use cloakroom_audit::report::Format;
use cloakroom_audit::rules::Severity;
use url::Host;

const EXIT_CODES: &str = "Only the named site's own hosts are asked, one request after the other. \
                          Exit codes: 0 nothing that fails, 1 findings at --fail-on or worse, 2 could not audit.";

/// What to look at, and how to tell.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES, group = ArgGroup::new("recording").args(["har", "headers"]))]
pub(crate) struct AuditArguments {
    /// URL of the site, such as `https://example.org`.
    #[arg(required_unless_present_any = ["har", "explain", "rules"])]
    pub(crate) url: Option<String>,
    /// HAR file to look at in the place of the site.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["url", "headers"])]
    pub(crate) har: Option<PathBuf>,
    /// Answers' heads to look at in the place of the site, as `curl -sIL` prints them; - for standard input.
    #[arg(long, value_name = "FILE", requires = "url")]
    pub(crate) headers: Option<PathBuf>,
    /// How the report is written.
    #[arg(long, value_enum, default_value_t = FormatArgument::Table)]
    pub(crate) format: FormatArgument,
    /// The same as --format json.
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// From which severity on findings fail the audit.
    #[arg(long, value_enum, default_value_t = FailOn::Medium)]
    pub(crate) fail_on: FailOn,
    /// JSON report of an earlier audit, whose findings fail no more.
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// How many more visitors to play, to compare their tokens.
    #[arg(long, value_name = "NUMBER", default_value_t = 16)]
    pub(crate) samples: usize,
    /// Send a sign-in's form that is found once, empty, as another site would, to see whether it is refused. The site may count
    /// it as a failed sign-in.
    #[arg(long, conflicts_with_all = ["har", "headers"])]
    pub(crate) send_empty_sign_in: bool,
    /// Moment of a recording, as its Date field tells it, such as `Sat, 21 Nov 2026 00:00:00 GMT`; now, if it is not said.
    #[arg(long, value_name = "DATE", requires = "recording", value_parser = moment)]
    pub(crate) at: Option<UnixTime>,
    /// Milliseconds between two requests.
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 250)]
    pub(crate) pause: u64,
    /// Seconds that one answer may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub(crate) timeout: u64,
    /// PEM file of a certification authority to trust beside the well-known ones.
    #[arg(long, value_name = "FILE")]
    pub(crate) authority: Option<PathBuf>,
    /// Connect to this address for this host and port, as in `example.org:443:127.0.0.1:8443`.
    #[arg(long, value_name = "HOST:PORT:ADDRESS:PORT")]
    connect_to: Vec<DetourArgument>,
    /// Port of plain HTTP, which somebody meets who types the name.
    #[arg(long, value_name = "PORT", default_value_t = 80)]
    pub(crate) plain_port: u16,
    /// Sign in too, by a form on the page or as this TOML file says, and prove what sign-in and sign-out do. User and password
    /// are read from `CLOAKROOM_AUDIT_USER` and `CLOAKROOM_AUDIT_PASSWORD`, or asked for.
    #[arg(long, value_name = "FILE", num_args = 0..=1, conflicts_with_all = ["har", "headers"])]
    #[expect(clippy::option_option, reason = "not said, said without a file, said with one")]
    pub(crate) login: Option<Option<PathBuf>>,
    /// Say what a rule means, how to fix it, and what asks for it.
    #[arg(long, value_name = "RULE", exclusive = true)]
    pub(crate) explain: Option<String>,
    /// List all rules.
    #[arg(long, exclusive = true)]
    pub(crate) rules: bool,
}

/// How a report is written.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum FormatArgument {
    /// For a terminal.
    Table,
    /// For programs.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// `JUnit`.
    Junit,
    /// A page for browsers.
    Html,
}

/// From which severity on findings fail the audit.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum FailOn {
    /// Any finding.
    Info,
    /// Low or worse.
    Low,
    /// Medium or worse.
    Medium,
    /// High.
    High,
    /// None.
    Never,
}

#[derive(Clone, Debug)]
struct DetourArgument(Detour);

fn moment(text: &str) -> Result<UnixTime, &'static str> {
    parse_date(text.as_bytes()).ok_or("as in Sat, 21 Nov 2026 00:00:00 GMT")
}

impl AuditArguments {
    pub(crate) const fn format(&self) -> Format {
        match self.format {
            _ if self.json => Format::Json,
            FormatArgument::Table => Format::Table,
            FormatArgument::Json => Format::Json,
            FormatArgument::Sarif => Format::Sarif,
            FormatArgument::Junit => Format::Junit,
            FormatArgument::Html => Format::Html,
        }
    }

    pub(crate) const fn fail_on(&self) -> Option<Severity> {
        match self.fail_on {
            FailOn::Info => Some(Severity::Info),
            FailOn::Low => Some(Severity::Low),
            FailOn::Medium => Some(Severity::Medium),
            FailOn::High => Some(Severity::High),
            FailOn::Never => None,
        }
    }

    pub(crate) fn detours(&self) -> Vec<Detour> {
        self.connect_to.iter().map(|detour| detour.0.clone()).collect()
    }
}

impl FromStr for DetourArgument {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WANTED: &str = "as in example.org:443:127.0.0.1:8443";
        let after_host = if text.starts_with('[') { text.find(']').ok_or(WANTED)? } else { 0 };
        let at = text[after_host..].find(':').ok_or(WANTED)? + after_host;
        // As URLs have it: without capitals, `xn--` for other scripts, an address of IPv6 in its shortest form.
        let host = Host::parse(&text[..at]).map_err(|_| WANTED)?.to_string();
        let (port, to) = text[at + 1..].split_once(':').ok_or(WANTED)?;
        let port = port.parse().map_err(|_| WANTED)?;
        let to: SocketAddr = to.to_socket_addrs().map_err(|_| WANTED)?.next().ok_or(WANTED)?;
        Ok(Self(Detour { host, port, to }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detour_is_for_the_host_as_urls_have_it() {
        for (text, host) in [
            ("Example.ORG:443:127.0.0.1:8443", "example.org"),
            ("b\u{fc}cher.example:443:127.0.0.1:8443", "xn--bcher-kva.example"),
            ("[::0001]:443:127.0.0.1:8443", "[::1]"),
            ("127.0.0.1:443:[::1]:8443", "127.0.0.1"),
        ] {
            let detour = DetourArgument::from_str(text).unwrap().0;
            assert_eq!((detour.host.as_str(), detour.port, detour.to.port()), (host, 443, 8443), "{text}");
        }
        for text in [
            "",
            "a.test",
            "a.test:443",
            "a.test:x:127.0.0.1:1",
            "[::1:443:127.0.0.1:1",
            "]:[",
            "a b:1:127.0.0.1:1",
        ] {
            assert!(DetourArgument::from_str(text).is_err(), "{text}");
        }
    }
}
