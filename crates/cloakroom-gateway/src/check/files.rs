//! The files that a configuration names: who can read them, where they are, how long they are good for.

use std::fs::Metadata;
use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

use cloakroom::{Clock as _, SystemClock, Timestamp};
use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, RootCertStore};

use crate::check::finding::{Finding, Severity};
use crate::check::places::{apps, place_of};
use crate::config::{Key, PublicUrl, Settings};
use crate::tls::CertificateFiles;

/// How long before its end a certificate is worth a word. Those that are renewed by themselves are, a month before.
const EXPIRY_NOTICE: Duration = Duration::from_hours(14 * 24);

/// File systems that are on another machine, by what the kernel calls them. Processes cannot share a log there, nor rely on locks.
///
/// Source: `statfs(2)`; <https://www.sqlite.org/wal.html>, "Overview".
const NETWORK_FILE_SYSTEMS: [(u32, &str); 8] = [
    (0x6969, "NFS"),
    (0x517b, "SMB"),
    (0xfe53_4d42, "SMB"),
    (0xff53_4d42, "CIFS"),
    (0x0102_1997, "9P"),
    (0x00c3_6400, "Ceph"),
    (0x5346_414f, "AFS"),
    (0x0bd0_0bd0, "Lustre"),
];

/// The configuration and the certificate; of the database only where it lies.
pub(super) fn check(settings: &Settings) -> Vec<Finding> {
    let mut found = Vec::new();
    if let Some(file) = &settings.file.path
        && let Some(mode) = mode(file)
    {
        let place = file.display();
        if mode & 0o022 != 0 {
            let what = format!(
                "users other than its owner can write the configuration (mode {mode:o}), and so let in whom they like"
            );
            found.push(Finding::new(Severity::Error, place, what, "chmod go-w it"));
        } else if mode & 0o004 != 0 && settings.has_secret_in_file() {
            let what = format!(
                "every user of this machine can read the configuration (mode {mode:o}), and a secret stands in it"
            );
            let advice =
                "chmod o-r it, or keep the secret elsewhere: client_secret_file, or an environment variable";
            found.push(Finding::new(Severity::Warning, place, what, advice));
        }
    }
    if let Some(files) = &settings.tls {
        found.extend(certificate(settings, files));
    }
    let databases = [(Key::Store, &settings.store), (Key::Accounts, &settings.accounts)];
    let mut databases: Vec<_> =
        databases.into_iter().filter_map(|(key, url)| Some((key, url.file()?))).collect();
    databases.dedup_by(|(_, second), (_, first)| second == first);
    for (key, file) in databases {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if let Some(name) = network_file_system(folder) {
            let what = format!(
                "{} is on {name}, a file system of another machine, where SQLite loses what it has promised to keep",
                file.display()
            );
            let advice = "keep the file on a disk of this machine, or use a database server";
            found.push(Finding::new(Severity::Error, place_of(settings, key), what, advice));
        }
    }
    found
}

/// The database's file itself: only where no process of ours has it open, since closing it would drop that process's locks.
pub(super) fn check_database(settings: &Settings) -> Vec<Finding> {
    let databases = [(Key::Store, &settings.store), (Key::Accounts, &settings.accounts)];
    let mut databases: Vec<_> =
        databases.into_iter().filter_map(|(key, url)| Some((key, url.file()?))).collect();
    databases.dedup_by(|(_, second), (_, first)| second == first);
    databases.into_iter().filter_map(|(key, file)| database(settings, key, file)).collect()
}

fn database(settings: &Settings, key: Key, file: &Path) -> Option<Finding> {
    let place = place_of(settings, key);
    let name = file.display();
    if !file.exists() {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        return Some(if folder.is_dir() {
            Finding::new(
                Severity::Note,
                place,
                format!("{name} is not there yet"),
                "nothing: the first start makes it",
            )
        } else {
            let what = format!("{name} cannot be made, since {} is no folder", folder.display());
            Finding::new(
                Severity::Error,
                place,
                what,
                "make the folder, for the user that the gateway runs as",
            )
        });
    }
    let mut head = [0; 16];
    match std::fs::File::open(file).and_then(|mut file| file.read(&mut head)) {
        Err(error) => {
            let what = format!("{name} cannot be read: {error}");
            return Some(Finding::new(
                Severity::Error,
                place,
                what,
                "give it to the user that the gateway runs as",
            ));
        }
        // A file that has just been made is empty.
        Ok(length) if length > 0 && &head != b"SQLite format 3\0" => {
            let what = format!("{name} is no SQLite database");
            return Some(Finding::new(
                Severity::Error,
                place,
                what,
                "name another file, or put back a backup",
            ));
        }
        Ok(_) => {}
    }
    let mode = mode(file).filter(|mode| mode & 0o077 != 0)?;
    let what = format!(
        "users other than its owner can open {name} (mode {mode:o}), which holds the hashes of passwords and says who is signed in"
    );
    Some(Finding::new(Severity::Warning, place, what, "chmod 600 it, and its -wal and -shm"))
}

fn certificate(settings: &Settings, files: &CertificateFiles) -> Vec<Finding> {
    let (place, key_place) = (place_of(settings, Key::TlsCertificate), place_of(settings, Key::TlsKey));
    let mut found = Vec::new();
    if let Some(mode) = mode(&files.key).filter(|mode| mode & 0o007 != 0) {
        let what = format!(
            "every user of this machine can open the private key {} (mode {mode:o})",
            files.key.display()
        );
        found.push(Finding::new(Severity::Warning, key_place, what, "chmod o-rwx it"));
    }
    let certified = match files.read() {
        Ok(certified) => certified,
        Err(error) => {
            let why = std::error::Error::source(&error).map(|why| format!(": {why}")).unwrap_or_default();
            found.push(Finding::new(
                Severity::Error,
                place,
                format!("{error}{why}"),
                "name files that belong together",
            ));
            return found;
        }
    };
    let Some(own) = certified.cert.first() else { return found };
    if let Some(expiry) = expiry(own) {
        let now = SystemClock::new().now();
        let left = expiry.since(now);
        let chain = files.chain.display();
        if left.is_zero() {
            let what = format!("the certificate {chain} has expired: browsers refuse it");
            found.push(Finding::new(
                Severity::Error,
                &place,
                what,
                "renew it; the gateway takes up the new file by itself",
            ));
        } else if left < EXPIRY_NOTICE {
            let what = format!("the certificate {chain} expires in {} days", left.as_secs() / 86_400);
            found.push(Finding::new(Severity::Warning, &place, what, "see why it has not been renewed"));
        }
    }
    // One of many hosts stands for all of them.
    let origins = settings.public_url.iter().map(|url| (url.clone(), url.host().to_owned()));
    let origins =
        origins.chain(apps(settings).map(|(app, _)| (app.origin.sample(), app.origin.host_pattern())));
    found.extend(origins.filter(|(origin, _)| !is_for(own, origin)).map(|(_, host)| {
        let what = format!("the certificate {} is not for {host}: browsers refuse it there", files.chain.display());
        let advice = "have one made for all hosts that lead here; for a host that a proxy answers this does not matter";
        Finding::new(Severity::Warning, &place, what, advice)
    }));
    found
}

/// The last moment of a certificate: the first thing that is said of one that is looked at long after it.
fn expiry(certificate: &CertificateDer<'_>) -> Option<Timestamp> {
    const YEAR_9999: Duration = Duration::from_secs(253_402_300_799);
    let parsed = ParsedCertificate::try_from(certificate).ok()?;
    let late = UnixTime::since_unix_epoch(YEAR_9999);
    let algorithms = rustls::crypto::ring::default_provider().signature_verification_algorithms.all;
    match verify_server_cert_signed_by_trust_anchor(&parsed, &RootCertStore::empty(), &[], late, algorithms) {
        Err(rustls::Error::InvalidCertificate(CertificateError::ExpiredContext { not_after, .. })) => {
            Some(Timestamp::from_millis(not_after.as_secs().saturating_mul(1000)))
        }
        _ => None,
    }
}

fn is_for(certificate: &CertificateDer<'_>, origin: &PublicUrl) -> bool {
    let host = origin.host().trim_start_matches('[').trim_end_matches(']').to_owned();
    let (Ok(parsed), Ok(name)) = (ParsedCertificate::try_from(certificate), ServerName::try_from(host))
    else {
        return false;
    };
    rustls::client::verify_server_name(&parsed, &name).is_ok()
}

#[cfg(unix)]
fn mode(file: &Path) -> Option<u32> {
    let of = |metadata: Metadata| std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777;
    file.metadata().ok().map(of)
}

#[cfg(not(unix))]
fn mode(_: &Path) -> Option<u32> {
    None
}

#[cfg(target_os = "linux")]
fn network_file_system(folder: &Path) -> Option<&'static str> {
    let kind = u64::try_from(rustix::fs::statfs(folder).ok()?.f_type).ok()?;
    // The numbers have 32 bits, whatever the field is on this processor.
    let kind = (kind & 0xffff_ffff) as u32;
    NETWORK_FILE_SYSTEMS.iter().find(|(known, _)| *known == kind).map(|(_, name)| *name)
}

#[cfg(not(target_os = "linux"))]
fn network_file_system(_: &Path) -> Option<&'static str> {
    None
}
