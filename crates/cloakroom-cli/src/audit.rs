//! `cloakroom audit`.

use std::fs;
use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cloakroom_audit::account::{Credentials, Plan, prove};
use cloakroom_audit::agent::UnixTime;
use cloakroom_audit::look::Look;
use cloakroom_audit::probe::{Terms, look_at};
use cloakroom_audit::recorded::{from_har, from_headers};
use cloakroom_audit::report::{Baseline, Report, explain, list};
use cloakroom_audit::{judge, rules};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tokio::time::Instant;
use url::Url;

use crate::audit_arguments::AuditArguments;
use crate::failure::Failure;

pub(crate) async fn run(arguments: AuditArguments) -> Result<(), Failure> {
    if arguments.rules {
        return print(&list());
    }
    if let Some(id) = &arguments.explain {
        return print(&explain_rule(id)?);
    }
    let baseline = match &arguments.baseline {
        Some(file) => Baseline::parse(&text_of(file)?).map_err(|error| unreadable(file, &error))?,
        None => Baseline::default(),
    };
    let look = look(&arguments).await?;
    let verdict = judge(&look);
    let report = Report { look: &look, verdict: &verdict, fail_on: arguments.fail_on(), baseline };
    print(&report.render(arguments.format()))?;
    match report.failures() {
        0 => Ok(()),
        1 => Err(Failure::new("one finding fails the audit")),
        count => Err(Failure::new(format!("{count} findings fail the audit"))),
    }
}

async fn look(arguments: &AuditArguments) -> Result<Look, Failure> {
    if let Some(file) = &arguments.har {
        return from_har(&text_of(file)?, arguments.at.unwrap_or_else(now))
            .map_err(|error| unreadable(file, &error));
    }
    let text = arguments.url.as_deref().unwrap_or_default();
    let with_scheme = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let url =
        Url::parse(&with_scheme).map_err(|error| Failure::unaudited(format!("{text} is no URL: {error}")))?;
    if let Some(file) = &arguments.headers {
        return from_headers(&octets_of(file)?, &url, arguments.at.unwrap_or_else(now))
            .map_err(|error| unreadable(file, &error));
    }
    let mut terms = Terms::gentle(now);
    terms.timeout = Duration::from_secs(arguments.timeout);
    terms.pause = Duration::from_millis(arguments.pause);
    terms.samples = arguments.samples;
    terms.sends_empty_sign_in = arguments.send_empty_sign_in;
    terms.plain_port = Some(arguments.plain_port);
    terms.detours = arguments.detours();
    if let Some(file) = &arguments.authority {
        let octets = octets_of(file)?;
        let certificates: Result<Vec<CertificateDer<'static>>, _> =
            CertificateDer::pem_slice_iter(&octets).collect();
        terms.authorities = certificates.map_err(|error| unreadable(file, &error))?;
    }
    let login = match &arguments.login {
        Some(file) => Some((plan(file.as_deref())?, credentials()?)),
        None => None,
    };
    let progress = Progress::start();
    let tell = |what: &str| progress.tell(what);
    let looked = look_at(&url, terms.clone(), &tell).await.map_err(|error| Failure::unaudited(error.line()));
    let proved = match (looked, login) {
        (Ok(mut look), Some((plan, credentials))) => prove(&mut look, terms, &plan, &credentials, &tell)
            .await
            .map(|()| look)
            .map_err(|error| Failure::unaudited(error.line())),
        (looked, _) => looked,
    };
    progress.end();
    proved
}

fn plan(file: Option<&Path>) -> Result<Plan, Failure> {
    match file {
        Some(file) => Plan::parse(&text_of(file)?).map_err(|error| unreadable(file, &error)),
        None => Ok(Plan::default()),
    }
}

/// From the environment, where other users of the machine do not see them; or from the terminal.
fn credentials() -> Result<Credentials, Failure> {
    let said = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let user = said("CLOAKROOM_AUDIT_USER")
        .ok_or_else(|| Failure::unaudited("--login needs the environment variable CLOAKROOM_AUDIT_USER"))?;
    let password = match said("CLOAKROOM_AUDIT_PASSWORD") {
        Some(password) => password,
        None => rpassword::prompt_password(format!("Password of {user}: ")).map_err(|error| {
            Failure::unaudited(format!(
                "CLOAKROOM_AUDIT_PASSWORD is not set, and nobody can be asked: {error}"
            ))
        })?,
    };
    Ok(Credentials { user, password, new_password: said("CLOAKROOM_AUDIT_NEW_PASSWORD") })
}

fn explain_rule(id: &str) -> Result<String, Failure> {
    if let Some(rule) = rules::find(id) {
        return Ok(explain(rule));
    }
    let hint = rules::nearest(id).map_or_else(
        || "`cloakroom audit --rules` lists them".to_owned(),
        |rule| format!("is {} meant?", rule.id),
    );
    Err(Failure::unaudited(format!("there is no rule {id}; {hint}")))
}

/// Told on standard error once the work has taken a second.
struct Progress {
    began: Instant,
    is_terminal: bool,
}

/// Who waits longer wants to know for what.
const QUIET: Duration = Duration::from_secs(1);

impl Progress {
    fn start() -> Self {
        Self { began: Instant::now(), is_terminal: io::stderr().is_terminal() }
    }

    fn tell(&self, what: &str) {
        let elapsed = self.began.elapsed();
        if elapsed < QUIET {
            return;
        }
        let line: String = format!("{:>3} s  {what}", elapsed.as_secs()).chars().take(79).collect();
        // Nobody may be there to read it.
        let _told = if self.is_terminal {
            write!(io::stderr(), "\r\x1b[K{line}")
        } else {
            writeln!(io::stderr(), "{line}")
        };
    }

    fn end(&self) {
        if self.is_terminal && self.began.elapsed() >= QUIET {
            let _told = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the program's own clock, which it hands to the auditor")]
fn now() -> UnixTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixTime(i64::try_from(since.as_secs()).unwrap_or_default())
}

/// The longest recording that is read, in octets: whoever pours more into standard input pours without end.
const FILE_OCTETS_MAX: u64 = 256 << 20;

fn octets_of(file: &Path) -> Result<Vec<u8>, Failure> {
    let mut octets = Vec::new();
    let read = if file == Path::new("-") {
        io::stdin().lock().take(FILE_OCTETS_MAX).read_to_end(&mut octets)
    } else {
        fs::File::open(file).and_then(|open| open.take(FILE_OCTETS_MAX).read_to_end(&mut octets))
    };
    let length = read.map_err(|error| unreadable(file, &error))?;
    if u64::try_from(length).is_ok_and(|length| length == FILE_OCTETS_MAX) {
        let line = format!("{}: longer than {} MiB", file.display(), FILE_OCTETS_MAX >> 20);
        return Err(Failure::unaudited(line));
    }
    Ok(octets)
}

fn text_of(file: &Path) -> Result<String, Failure> {
    String::from_utf8(octets_of(file)?).map_err(|error| unreadable(file, &error))
}

fn unreadable(file: &Path, error: &dyn std::error::Error) -> Failure {
    let mut line = format!("{}: {error}", file.display());
    if let Some(cause) = error.source() {
        line = format!("{line}: {cause}");
    }
    Failure::unaudited(line)
}

fn print(text: &str) -> Result<(), Failure> {
    // A reader that has seen enough, such as `head`, is no failure.
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new(error)),
        _ => Ok(()),
    }
}
