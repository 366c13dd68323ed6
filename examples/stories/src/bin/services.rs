//! Two services: the shop has the sessions; the one behind, orders, cannot ask for them and verifies a short-lived JWT instead. The
//! browser never gets the JWT.

use std::error::Error as StdError;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use cloakroom::{Clock as _, Entropy as _, MemoryStore, OsEntropy, Sessions, SignedIn, SystemClock};
use cloakroom_examples::{guarded, sign_in, users::Users};
use cloakroom_jwt::{
    Algorithm, Audience, ClientId, Issuer, LiveSession, SigningKey, SigningKeys, TokenId, TokenIssuer,
    Verifier,
};
use http_body_util::BodyExt as _;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use tokio::net::TcpListener;

const SHOP: &str = "https://shop.example";
const ORDERS: &str = "https://orders.example";

/// Any trouble between the two. The browser is told that there is some, and nothing more.
type Trouble = Box<dyn StdError + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Trouble> {
    let sessions = guarded::on_localhost(Sessions::indexed(MemoryStore::new()));
    let clock = SystemClock::new();
    // A shop that runs on several machines keeps its keys in a file, and rotates them.
    let keys = SigningKeys::begin(SigningKey::generate(Algorithm::EdDsa, &OsEntropy)?, clock.now());
    let jwks = keys.jwks(clock.now());

    let orders = TcpListener::bind(("127.0.0.1", 0)).await?;
    let shop = Shop {
        issuer: TokenIssuer::new(Issuer::new(SHOP)?, ClientId::new("shop")?),
        keys,
        orders: Audience::new(ORDERS)?,
        orders_url: format!("http://{}", orders.local_addr()?),
        client: Client::builder(TokioExecutor::new()).build_http(),
    };
    println!("orders on {}", shop.orders_url);
    // A real service fetches the key set of the issuer over HTTPS, and again when it says so.
    let verifier =
        Verifier::new(Algorithm::EdDsa, Issuer::new(SHOP)?, Audience::new(ORDERS)?, jwks.as_bytes())?;
    let behind =
        Router::new().route("/orders", get(orders_of)).with_state(Arc::new(Orders { verifier, clock }));
    tokio::spawn(async { axum::serve(orders, behind).await });

    let routes = Router::new()
        .route("/", get(my_orders))
        .with_state(Arc::new(shop))
        .merge(sign_in::routes(Users::only("alice")?));
    Ok(guarded::serve(routes, &sessions).await?)
}

/// The service with the sessions.
struct Shop {
    issuer: TokenIssuer,
    keys: SigningKeys,
    orders: Audience,
    orders_url: String,
    client: Client<HttpConnector, Body>,
}

async fn my_orders(State(shop): State<Arc<Shop>>, user: SignedIn) -> Response {
    match shop.orders_of(&user).await {
        Ok((status, orders)) => (status, orders).into_response(),
        Err(_) => StatusCode::BAD_GATEWAY.into_response(),
    }
}

impl Shop {
    /// Asks the service behind, with a token for it alone that never outlives the session.
    async fn orders_of(&self, user: &SignedIn) -> Result<(StatusCode, Bytes), Trouble> {
        let (id, expires_at) = user.id().zip(user.expires_at()).ok_or("the session has just ended")?;
        let session = LiveSession { id, authentication: user.authentication(), expires_at, assurance: None };
        let mut octets = [0; 16];
        OsEntropy.fill(&mut octets)?;
        let token = self.issuer.mint(
            &self.keys,
            &session,
            &self.orders,
            user.now(),
            TokenId::from_entropy(octets),
        )?;
        let request = Request::get(format!("{}/orders", self.orders_url))
            .header(AUTHORIZATION, format!("Bearer {}", token.expose()))
            .body(Body::empty())?;
        let answer = self.client.request(request).await?;
        Ok((answer.status(), answer.into_body().collect().await?.to_bytes()))
    }
}

/// The service behind: it knows the issuer's public keys, and no session.
struct Orders {
    verifier: Verifier,
    clock: SystemClock,
}

async fn orders_of(State(orders): State<Arc<Orders>>, headers: HeaderMap) -> Response {
    let token = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    match token.map(|token| orders.verifier.verify(token, orders.clock.now())) {
        Some(Ok(verified)) => format!("the orders of {}", verified.subject).into_response(),
        Some(Err(_)) | None => StatusCode::UNAUTHORIZED.into_response(),
    }
}
