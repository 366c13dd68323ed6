//! Who may speak to the servers, and how: TLS, passwords, rights.

use std::fs;
use std::path::Path;

use cloakroom_core::store::{Store as _, SubjectIndex as _};
use cloakroom_redis::RedisStore;
use cloakroom_test_servers::{RedisServer, RedisSetup, Reply};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;

use crate::support::{PATIENT, begin, id, open, sign_in, subject};

/// A certificate for the loopback address, and the one of whoever signed it.
fn certificates() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = || KeyPair::generate().expect("there is randomness");
    let authority = CertifiedIssuer::self_signed(authority, key()).expect("the parameters are right");
    let server = CertificateParams::new(["127.0.0.1".to_owned()]).expect("an address is a name");
    let server_key = key();
    let certificate = server.signed_by(&server_key, &authority).expect("the parameters are right");
    let write = |name: &str, content: String| {
        fs::write(folder.path().join(name), content).expect("the folder is ours");
    };
    write("ca.pem", authority.pem());
    write("server.pem", certificate.pem());
    write("server.key", server_key.serialize_pem());
    folder
}

fn server_with(folder: &Path, tls_port: u16) -> RedisServer {
    let file = |name: &str| folder.join(name).display().to_string();
    let options = [
        "--tls-port",
        &tls_port.to_string(),
        "--tls-cert-file",
        &file("server.pem"),
        "--tls-key-file",
        &file("server.key"),
        "--tls-ca-cert-file",
        &file("ca.pem"),
        "--tls-auth-clients",
        "no",
    ];
    RedisServer::start(&RedisSetup::new().with(&options)).expect("the server starts")
}

#[tokio::test]
async fn tls_trusts_the_certificates_of_the_file_and_no_others() {
    let folder = certificates();
    let port = cloakroom_test_servers::free_port().unwrap();
    let _server = server_with(folder.path(), port);
    let ca = folder.path().join("ca.pem").display().to_string();
    let store = open(&format!("rediss://127.0.0.1:{port}"), &format!("{PATIENT}&ca={ca}")).await;
    begin(&store, id(1)).await;
    assert!(store.load(id(1)).await.unwrap().is_some());

    let strangers = certificates();
    let other = strangers.path().join("ca.pem").display().to_string();
    let distrusted = RedisStore::open(&format!("rediss://127.0.0.1:{port}?{PATIENT}&ca={other}")).await;
    assert!(distrusted.is_err());
    let by_the_system = RedisStore::open(&format!("rediss://127.0.0.1:{port}?{PATIENT}")).await;
    assert!(by_the_system.is_err());
    let missing = RedisStore::open(&format!("rediss://127.0.0.1:{port}?ca=/nonexistent")).await;
    assert!(missing.unwrap_err().to_string().contains("/nonexistent"));
}

#[tokio::test]
async fn the_password_is_in_no_error() {
    let server = RedisServer::start(&RedisSetup::new()).unwrap();
    server.command(&["CONFIG", "SET", "requirepass", "right-one"]).unwrap();
    let url = format!("redis://:wrong-one@127.0.0.1:{}", server.port());
    let error = RedisStore::open(&url).await.unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("wrong-one"), "{shown}");
    let right = format!("redis://:right-one@127.0.0.1:{}", server.port());
    assert!(RedisStore::open(&right).await.is_ok());
}

/// The rights that `docs/stores/redis.md` says are enough.
const RIGHTS: &[&str] = &[
    "resetkeys",
    "~cr:*",
    "resetchannels",
    "&cr:changes",
    "-@all",
    "+get",
    "+set",
    "+del",
    "+exists",
    "+mget",
    "+pttl",
    "+pexpireat",
    "+persist",
    "+zadd",
    "+zrem",
    "+zrange",
    "+hget",
    "+hset",
    "+hsetnx",
    "+hmget",
    "+eval",
    "+evalsha",
    "+publish",
    "+subscribe",
    "+scan",
    "+time",
    "+wait",
    "+info",
    "+role",
    "+ping",
    "+hello",
    "+auth",
    "+asking",
    "+select",
    "+client|setname",
    "+cluster|slots",
    "+cluster|nodes",
];

#[tokio::test]
async fn the_documented_rights_are_enough() {
    let server = RedisServer::start(&RedisSetup::new()).unwrap();
    let user = [&["ACL", "SETUSER", "cloakroom", "on", ">secret"], RIGHTS].concat();
    assert_eq!(server.command(&user).unwrap(), Reply::Text("OK".to_owned()));
    let url = format!("redis://cloakroom:secret@127.0.0.1:{}", server.port());
    let store = open(&url, PATIENT).await;
    let alice = subject("alice");
    let session = sign_in(&store, &alice, 1).await.unwrap();
    begin(&store, id(2)).await;
    assert_eq!(store.list(&alice).await.unwrap().len(), 1);
    let page = store.page(None, 10).await.unwrap();
    assert_eq!(page.sessions.len(), 2);
    let expires_at = crate::support::row(None).expires_at;
    let touch = cloakroom_core::store::Touch { last_seen_at: expires_at, expires_at };
    let _ = store.touch(session, touch).await.unwrap();
    let loaded = store.load(session).await.unwrap().unwrap();
    let _ = store.replace(session, loaded.version, &loaded.row).await.unwrap();
    assert_eq!(store.purge(expires_at, 10).await.unwrap(), 2);
    let _ = store.revoke(session).await.unwrap();
    store.revoke_subject(&alice, None).await.unwrap();
    store.revoke_everyone().await.unwrap();
    store.ping().await.unwrap();
    assert_eq!(server.command(&["ACL", "LOG"]).unwrap(), Reply::List(Vec::new()), "nothing was denied");
}
