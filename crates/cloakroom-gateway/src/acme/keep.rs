//! Looks after the certificates of all hosts: takes up what another instance has ordered, and orders what is due.

use std::sync::Arc;
use std::time::Duration;

use cloakroom::Timestamp;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use zeroize::Zeroizing;

use crate::acme::order::{self, ORDER_MAX};
use crate::acme::{AcmeError, Challenges, Shelf};
use crate::config::AcmeSettings;
use crate::installation::Installation;
use crate::tls::{Certificates, Shown, validity_of};

/// How often it is looked whether another instance has a newer certificate, or ours is due.
const LOOK: Duration = Duration::from_secs(30);

/// The same while there is none and browsers wait.
const LOOK_FOR_FIRST: Duration = Duration::from_secs(2);

/// How long whoever orders keeps the others from it, unless there is a certificate before: after a failure too, since servers that
/// verify hosts allow few failures in an hour.
const TURN: Duration = Duration::from_mins(15);

/// After a failure, at first and at most.
const PAUSE: Duration = TURN;
const PAUSE_MAX: Duration = Duration::from_hours(12);

/// Orders certificates and renews them, for as long as the process runs.
#[derive(Clone, Debug)]
pub(crate) struct Keeper {
    settings: Arc<AcmeSettings>,
    shelf: Shelf,
    challenges: Challenges,
    installation: Installation,
}

/// What was done at a look.
enum Seen {
    /// This certificate is good for so long.
    Good(Vec<u8>, Duration),
    /// There is none, or it is due, and somebody else is ordering another.
    Waiting,
}

impl Keeper {
    pub(crate) fn new(settings: AcmeSettings, shelf: Shelf, installation: Installation) -> Self {
        let challenges = Challenges::new(shelf.clone(), installation.clone());
        Self { settings: Arc::new(settings), shelf, challenges, installation }
    }

    pub(crate) fn challenges(&self) -> Challenges {
        self.challenges.clone()
    }

    /// Looks after these hosts until the set is dropped.
    pub(crate) fn keep(&self, hosts: Vec<String>, certificates: &Certificates) -> JoinSet<()> {
        let shown = hosts.into_iter().filter_map(|host| Some((certificates.of(&host)?, host)));
        shown.map(|(shown, host)| self.clone().keep_one(host, shown)).collect()
    }

    async fn keep_one(self, host: String, shown: Shown) {
        let (mut current, mut pause, mut has_said) = (Vec::new(), PAUSE, false);
        loop {
            let wait = match self.look(&host, &shown, &mut current).await {
                Ok(Seen::Good(pem, left)) => {
                    (current, pause) = (pem, PAUSE);
                    left.clamp(LOOK_FOR_FIRST, LOOK)
                }
                Ok(Seen::Waiting) if current.is_empty() => {
                    if !std::mem::replace(&mut has_said, true) {
                        tracing::warn!(
                            host,
                            "no certificate yet: another instance orders one, or an order failed a moment ago"
                        );
                    }
                    LOOK_FOR_FIRST
                }
                Ok(Seen::Waiting) => LOOK,
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    let again_in_s = pause.as_secs();
                    if current.is_empty() {
                        tracing::error!(
                            host,
                            error,
                            again_in_s,
                            "no certificate could be had, so that browsers cannot connect"
                        );
                    } else {
                        tracing::error!(
                            host,
                            error,
                            again_in_s,
                            "the certificate could not be renewed, and the old one stays"
                        );
                    }
                    let wait = pause;
                    pause = (pause * 2).min(PAUSE_MAX);
                    wait
                }
            };
            sleep(wait).await;
        }
    }

    async fn look(&self, host: &str, shown: &Shown, current: &mut Vec<u8>) -> Result<Seen, AcmeError> {
        let (name, now) = (format!("certificate:{host}"), self.installation.now());
        // One that has run out is still better than none: a browser says so, and its user may know why.
        if let Some(pem) = self.shelf.get(&name, Timestamp::from_millis(0)).await? {
            if pem != *current {
                shown.set(certified(&pem)?);
                tracing::info!(host, "a certificate was taken up");
                current.clone_from(&pem);
            }
            let due = due(&pem, host)?;
            if now < due {
                return Ok(Seen::Good(pem, due.since(now)));
            }
        }
        let turn = format!("turn:{host}");
        if !self.shelf.take(&turn, now, now.after(TURN)).await? {
            return Ok(Seen::Waiting);
        }
        let ordering = timeout(ORDER_MAX, self.order(host));
        let pem = ordering.await.unwrap_or(Err(AcmeError::TimedOut))?;
        let certificate = certified(pem.as_bytes())?;
        self.shelf.put(&name, pem.as_bytes(), Timestamp::MAX).await?;
        shown.set(certificate);
        self.shelf.remove(&turn).await?;
        tracing::info!(host, "a certificate was ordered and taken up");
        Ok(Seen::Good(pem.as_bytes().to_vec(), LOOK_FOR_FIRST))
    }

    async fn order(&self, host: &str) -> Result<Zeroizing<String>, AcmeError> {
        let account = order::account(&self.settings, &self.shelf).await?;
        order::certificate(&account, &self.challenges, host).await
    }
}

/// A certificate with its key, out of PEM.
fn certified(pem: &[u8]) -> Result<Arc<CertifiedKey>, AcmeError> {
    let chain: Result<Vec<CertificateDer<'static>>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let (Ok(chain), Ok(key)) = (chain, PrivateKeyDer::from_pem_slice(pem)) else {
        return Err(AcmeError::Unusable);
    };
    let certified = CertifiedKey::from_der(chain, key, &ring::default_provider());
    certified.map(Arc::new).map_err(|_| AcmeError::Unusable)
}

/// When another certificate is ordered: when two thirds of the time of this one are over, and up to a twelfth of it later, by its
/// host, so that not all come at once.
fn due(pem: &[u8], host: &str) -> Result<Timestamp, AcmeError> {
    let own = CertificateDer::from_pem_slice(pem).map_err(|_| AcmeError::Unusable)?;
    let validity = validity_of(&own).ok_or(AcmeError::Unusable)?;
    let life = validity.ends.since(validity.begins);
    let spread = host.bytes().fold(0_u32, |sum, octet| (sum * 31 + u32::from(octet)) % 256);
    Ok(validity.begins.after(life * 2 / 3 + life / 12 * spread / 256))
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;

    #[test]
    fn a_certificate_is_renewed_when_two_thirds_of_its_time_are_over_and_hosts_do_not_come_together() {
        let mut params = CertificateParams::new(["a.example".to_owned()]).unwrap();
        params.not_before = date_time_ymd(2026, 1, 1);
        params.not_after = date_time_ymd(2026, 4, 1);
        let pem = params.self_signed(&KeyPair::generate().unwrap()).unwrap().pem();
        let days = |host| due(pem.as_bytes(), host).unwrap().as_millis() / 86_400_000 - 20_454;
        let dues = ["a.example", "b.example", "c.example", "wiki.example.org", "shop.example.org"].map(days);
        assert!(dues.iter().all(|due| (60..68).contains(due)), "{dues:?}");
        assert!(dues.iter().any(|due| *due != dues[0]), "{dues:?}");
        assert!(due(b"", "a.example").is_err());
    }
}
