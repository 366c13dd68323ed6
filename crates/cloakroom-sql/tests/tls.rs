//! Connections by TLS: the server proves who it is, or there is none.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::error::Error;
use std::path::{Path, PathBuf};

use cloakroom_core::SessionId;
use cloakroom_core::store::Store;
use cloakroom_sql::{ConnectError, ConnectTrouble, MySqlStore, PostgresStore};
use cloakroom_test_servers::{MariaDb, MariaDbSettings, Postgres, PostgresSettings};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tempfile::TempDir;

/// A certificate authority, and a certificate that it has issued for a host.
struct Authority {
    certificate: String,
    issued: String,
    key: String,
}

fn authority_for(host: &str) -> Authority {
    let own_key = KeyPair::generate().unwrap();
    let mut parameters = CertificateParams::new(Vec::new()).unwrap();
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let certificate = parameters.self_signed(&own_key).unwrap().pem();
    let issuer = Issuer::new(parameters, own_key);
    let key = KeyPair::generate().unwrap();
    let signed = CertificateParams::new(vec![host.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    Authority { certificate, issued: signed.pem(), key: key.serialize_pem() }
}

fn written(folder: &TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn files(authority: &Authority) -> Vec<(&'static str, String)> {
    vec![("server.crt", authority.issued.clone()), ("server.key", authority.key.clone())]
}

fn postgres(authority: &Authority) -> Postgres {
    let more = [("ssl", "on"), ("ssl_cert_file", "server.crt"), ("ssl_key_file", "server.key")];
    let more = more.map(|(name, value)| (name, value.to_owned())).to_vec();
    Postgres::start(&PostgresSettings { more, files: files(authority), ..PostgresSettings::default() })
        .unwrap()
}

fn mariadb(authority: &Authority) -> MariaDb {
    let more = ["--ssl-cert=server.crt", "--ssl-key=server.key", "--require-secure-transport=ON"];
    let more = more.map(str::to_owned).to_vec();
    MariaDb::start(&MariaDbSettings { more, files: files(authority), ..MariaDbSettings::default() }).unwrap()
}

fn is_refused(error: &ConnectError) -> bool {
    let trouble = error.trouble();
    assert!(matches!(trouble, ConnectTrouble::Tls { .. }), "{error:?}");
    error.source().is_some()
}

fn by_authority(url: &str, parameters: [&str; 2], file: &Path) -> String {
    let [mode, authority] = parameters;
    format!("{url}?{mode}&{authority}={}", file.display())
}

const POSTGRES: [&str; 2] = ["sslmode=verify-full", "sslrootcert"];
const MYSQL: [&str; 2] = ["ssl-mode=VERIFY_IDENTITY", "ssl-ca"];

#[tokio::test(flavor = "multi_thread")]
async fn a_postgres_with_the_right_certificate_is_spoken_to_by_tls() {
    let (folder, right, wrong) =
        (TempDir::new().unwrap(), authority_for("127.0.0.1"), authority_for("127.0.0.1"));
    let server = postgres(&right);
    let url = server.url("postgres");
    let file = written(&folder, "right.pem", &right.certificate);
    let store = PostgresStore::open(&by_authority(&url, POSTGRES, &file)).await.unwrap();
    assert_eq!(store.load(SessionId::from_octets([1; 16])).await.unwrap(), None);
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let encrypted = "SELECT count(*) FILTER (WHERE NOT ssl), count(*) > 0 FROM pg_stat_ssl
        JOIN pg_stat_activity USING (pid) WHERE application_name = 'cloakroom'";
    let row = client.query_one(encrypted, &[]).await.unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, bool>(1)), (0, true));

    let file = written(&folder, "wrong.pem", &wrong.certificate);
    assert!(is_refused(&PostgresStore::open(&by_authority(&url, POSTGRES, &file)).await.unwrap_err()));
    assert!(is_refused(&PostgresStore::open(&format!("{url}?sslmode=require")).await.unwrap_err()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mariadb_with_the_right_certificate_is_spoken_to_by_tls() {
    let (folder, right, wrong) =
        (TempDir::new().unwrap(), authority_for("127.0.0.1"), authority_for("127.0.0.1"));
    let server = mariadb(&right);
    let file = written(&folder, "right.pem", &right.certificate);
    // The server refuses whoever comes without TLS.
    let url = server.url("mysql");
    assert!(MySqlStore::open(&url).await.is_err());
    let store = MySqlStore::open(&by_authority(&url, MYSQL, &file)).await.unwrap();
    assert_eq!(store.load(SessionId::from_octets([1; 16])).await.unwrap(), None);

    let file = written(&folder, "wrong.pem", &wrong.certificate);
    assert!(is_refused(&MySqlStore::open(&by_authority(&url, MYSQL, &file)).await.unwrap_err()));
    assert!(is_refused(&MySqlStore::open(&format!("{url}?ssl-mode=REQUIRED")).await.unwrap_err()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_for_another_host_is_refused() {
    let (folder, other) = (TempDir::new().unwrap(), authority_for("db.example"));
    let file = written(&folder, "authority.pem", &other.certificate);
    let server = postgres(&other);
    let url = by_authority(&server.url("postgres"), POSTGRES, &file);
    assert!(is_refused(&PostgresStore::open(&url).await.unwrap_err()));
    let server = mariadb(&other);
    let url = by_authority(&server.url("mysql"), MYSQL, &file);
    assert!(is_refused(&MySqlStore::open(&url).await.unwrap_err()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_tls_is_refused_where_it_is_asked_for() {
    let server = Postgres::start(&PostgresSettings::default()).unwrap();
    let url = format!("{}?sslmode=require", server.url("postgres"));
    assert!(is_refused(&PostgresStore::open(&url).await.unwrap_err()));
    let server = MariaDb::start(&MariaDbSettings::default()).unwrap();
    let url = format!("{}?ssl-mode=REQUIRED", server.url("mysql"));
    assert!(is_refused(&MySqlStore::open(&url).await.unwrap_err()));
}
