//! The examination from its beginning to its report.

use std::io::{self, Write as _};
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cloakroom_gateway::config::{App, PublicUrl, Settings};
use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::application::Application;
use super::http::Request;
use super::patient::Patient;
use super::place::Place;
use super::report::Report;
use super::{signed_in, strangers};
use crate::configuration::Output;
use crate::failure::Failure;
use crate::password;

/// What is to be examined, and how.
#[derive(Debug)]
pub(crate) struct Examination {
    /// A page of an application that one has to sign in for.
    pub(crate) url: String,
    /// Who signs in; the password comes from a terminal or standard input.
    pub(crate) user: Option<String>,
    /// Whether to listen in the application's place.
    pub(crate) as_application: bool,
    /// Where the proxy is, if not where the names lead.
    pub(crate) connect_to: Option<SocketAddr>,
    /// Certificates that stand for the proxy's.
    pub(crate) ca_file: Option<PathBuf>,
    /// What the proxy is called by `cloakroom snippet`.
    pub(crate) behind: Option<String>,
}

/// Examines and prints what was found.
///
/// # Errors
/// [`Failure`] when a rule is broken, or nothing could be examined.
pub(crate) fn run(examination: Examination, settings: &Settings, output: Output) -> Result<(), Failure> {
    let (app, origin, target) = app_of(settings, &examination.url)?;
    let sign_in = settings
        .public_url
        .clone()
        .ok_or_else(|| Failure::new("set public_url, the origin of the sign-in behind the proxy"))?;
    let tls = Arc::new(trusting(examination.ca_file.as_deref())?);
    let place = |origin: PublicUrl| Place::new(origin, examination.connect_to, Arc::clone(&tls));
    let application = if examination.as_application { Some(stand_in(&app)?) } else { None };
    let patient = Patient { place: place(origin), sign_in: place(sign_in), app, target, application };
    let proxy = match examination.behind {
        Some(proxy) => Some(proxy),
        None => guess(&patient)?,
    };
    let mut report = Report::new(settings, proxy);
    strangers::examine(&patient, &mut report).map_err(Failure::new)?;
    if let Some(user) = &examination.user {
        let password = password::read("Password: ")?;
        signed_in::examine(&patient, &mut report, user, &password).map_err(Failure::new)?;
    }
    let text = if output.json { format!("{:#}\n", report.json()) } else { report.text() };
    io::stdout().write_all(text.as_bytes()).map_err(Failure::new)?;
    match report.broken() {
        0 => Ok(()),
        broken => Err(Failure::new(format!("broken rules: {broken}"))),
    }
}

/// The application that a URL is of, the origin, and the path of the page.
fn app_of(settings: &Settings, url: &str) -> Result<(App, PublicUrl, String), Failure> {
    let split = settings.apps.iter().find_map(|app| app.origin.split_url(url));
    let found = split.and_then(|(origin, rest)| Some((settings.app_at(&origin)?, origin, rest)));
    let (app, origin, rest) =
        found.ok_or_else(|| Failure::new(format!("no [[app]] has the origin of {url}")))?;
    let target = if rest.is_empty() { "/" } else { rest };
    if target.bytes().any(|octet| octet <= b' ' || octet == b'#') {
        return Err(Failure::new("the URL has a blank or a fragment"));
    }
    Ok((app.clone(), origin, target.to_owned()))
}

fn stand_in(app: &App) -> Result<Application, Failure> {
    let upstream = app.upstream.as_ref().ok_or_else(|| Failure::new("the application has no upstream"))?;
    let host = upstream.host().trim_matches(['[', ']']).to_owned();
    let address = (host, upstream.port()).to_socket_addrs().map_err(Failure::new)?.next();
    let address = address.ok_or_else(|| Failure::new(format!("{upstream} is nowhere")))?;
    Application::listen(address).map_err(|error| {
        Failure::new(format!(
            "{upstream} cannot be listened on in the application's place: {error}; stop the application first"
        ))
    })
}

/// The proxy, as it calls itself in its answers.
fn guess(patient: &Patient) -> Result<Option<String>, Failure> {
    let answer = patient
        .place
        .send(&Request::get(&patient.target))
        .map_err(|error| Failure::new(format!("{} cannot be reached: {error}", patient.place.origin)))?;
    let server = answer.head.one("server").unwrap_or_default().to_ascii_lowercase();
    Ok(["nginx", "caddy", "envoy"].into_iter().find(|known| server.starts_with(known)).map(str::to_owned))
}

fn trusting(ca_file: Option<&Path>) -> Result<ClientConfig, Failure> {
    let authorities = match ca_file {
        Some(file) => CertificateDer::pem_file_iter(file).map_err(Failure::new)?.collect(),
        None => Ok(Vec::new()),
    };
    cloakroom_audit::probe::trusting(&authorities.map_err(Failure::new)?).map_err(Failure::new)
}
