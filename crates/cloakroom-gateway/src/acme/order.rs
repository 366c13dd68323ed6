//! One order at an ACME server, from the account to the certificate.

use std::time::Duration;

use cloakroom::Timestamp;
use instant_acme::{
    Account, AccountCredentials, AuthorizationStatus, ChallengeType, Identifier, NewAccount, NewOrder, Order,
    OrderStatus, RetryPolicy,
};
use rcgen::{CertificateParams, DistinguishedName, KeyPair};
use zeroize::Zeroizing;

use crate::acme::http::Client;
use crate::acme::{AcmeError, Challenges, Shelf};
use crate::config::AcmeSettings;
use crate::outgoing;

/// How long an order may take from its first question on.
pub(super) const ORDER_MAX: Duration = Duration::from_mins(5);

/// How an ACME server is asked whether it is done.
const PATIENCE: RetryPolicy =
    RetryPolicy::new().initial_delay(Duration::from_millis(500)).timeout(Duration::from_mins(2));

/// The account of this installation, made where there is none. One for each server, so that another server is another account.
pub(super) async fn account(settings: &AcmeSettings, shelf: &Shelf) -> Result<Account, AcmeError> {
    let name = format!("account:{}", settings.directory);
    let client =
        || Account::builder_with_http(Box::new(Client(outgoing::Client::new(&settings.authorities))));
    if let Some(kept) = shelf.get(&name, Timestamp::from_millis(0)).await? {
        let credentials: AccountCredentials = serde_json::from_slice(&Zeroizing::new(kept))?;
        return Ok(client().from_credentials(credentials).await?);
    }
    let contact: Vec<&str> = settings.contact.iter().map(String::as_str).collect();
    let new = NewAccount { contact: &contact, terms_of_service_agreed: true, only_return_existing: false };
    let (account, credentials) = client().create(&new, settings.directory.clone(), None).await?;
    let kept = Zeroizing::new(serde_json::to_vec(&credentials)?);
    shelf.put(&name, &kept, Timestamp::MAX).await?;
    tracing::info!(directory = settings.directory, "an account was made at the ACME server");
    Ok(account)
}

/// A new certificate with its chain, and its key, in PEM.
pub(super) async fn certificate(
    account: &Account,
    challenges: &Challenges,
    host: &str,
) -> Result<Zeroizing<String>, AcmeError> {
    let identifiers = [Identifier::Dns(host.to_owned())];
    let mut order = account.new_order(&NewOrder::new(&identifiers)).await?;
    let met = meet(&mut order, challenges, host).await;
    challenges.remove(host).await;
    met?;
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new([host.to_owned()])?;
    params.distinguished_name = DistinguishedName::new();
    order.finalize_csr(params.serialize_request(&key)?.der()).await?;
    let mut pem = Zeroizing::new(order.poll_certificate(&PATIENCE).await?);
    pem.push_str(&Zeroizing::new(key.serialize_pem()));
    Ok(pem)
}

/// Proves that the host is ours.
async fn meet(order: &mut Order, challenges: &Challenges, host: &str) -> Result<(), AcmeError> {
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization?;
        if authorization.status == AuthorizationStatus::Valid {
            continue;
        }
        let mut challenge =
            authorization.challenge(ChallengeType::TlsAlpn01).ok_or(AcmeError::NoChallenge)?;
        challenges.put(host, challenge.key_authorization().digest().as_ref()).await?;
        challenge.set_ready().await?;
    }
    match order.poll_ready(&PATIENCE).await? {
        OrderStatus::Ready | OrderStatus::Valid => Ok(()),
        _ => Err(AcmeError::NotVerified),
    }
}
