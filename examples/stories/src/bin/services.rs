//! Two services: the shop has the sessions; the one behind, orders, cannot ask for them and verifies a short-lived JWT instead. The
//! browser never gets the JWT.

use std::error::Error as StdError;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
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
use tokio::sync::OnceCell;

const SHOP: &str = "https://shop.example";
const ORDERS: &str = "https://orders.example";

/// Any trouble between the two. The browser is told that there is some, and nothing more.
type Trouble = Box<dyn StdError + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Trouble> {
    let sessions = guarded::on_localhost(Sessions::indexed(MemoryStore::new()));
    let clock = SystemClock::new();
    let (front, behind) =
        (TcpListener::bind(("127.0.0.1", 0)).await?, TcpListener::bind(("127.0.0.1", 0)).await?);

    let orders = Orders {
        jwks_url: format!("http://{}/jwks.json", front.local_addr()?),
        client: client(),
        verifier: OnceCell::new(),
        clock: SystemClock::new(),
    };
    let shop = Arc::new(Shop {
        issuer: TokenIssuer::new(Issuer::new(SHOP)?, ClientId::new("shop")?),
        // A shop that runs on several machines keeps its keys in a file, and rotates them.
        keys: SigningKeys::begin(SigningKey::generate(Algorithm::EdDsa, &OsEntropy)?, clock.now()),
        orders: Audience::new(ORDERS)?,
        orders_url: format!("http://{}/orders", behind.local_addr()?),
        client: client(),
        clock,
    });
    println!("orders on http://{}", behind.local_addr()?);
    let of_orders = Router::new().route("/orders", get(orders_of)).with_state(Arc::new(orders));
    tokio::spawn(async { axum::serve(behind, of_orders).await });

    let of_shop = Router::new().route("/", get(my_orders)).route("/jwks.json", get(jwks)).with_state(shop);
    let routes = of_shop.merge(sign_in::routes(Users::only("alice")?));
    Ok(guarded::serve_on(front, routes, &sessions).await?)
}

fn client() -> Client<HttpConnector, Body> {
    Client::builder(TokioExecutor::new()).build_http()
}

/// The service with the sessions.
struct Shop {
    issuer: TokenIssuer,
    keys: SigningKeys,
    orders: Audience,
    orders_url: String,
    client: Client<HttpConnector, Body>,
    clock: SystemClock,
}

/// The public keys, for whoever has to verify a token.
async fn jwks(State(shop): State<Arc<Shop>>) -> Response {
    ([(CONTENT_TYPE, "application/json")], shop.keys.jwks(shop.clock.now())).into_response()
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
        let session = LiveSession {
            id,
            authentication: user.authentication(),
            expires_at,
            assurance: None,
            profile: None,
        };
        let mut octets = [0; 16];
        OsEntropy.fill(&mut octets)?;
        let token = self.issuer.mint(
            &self.keys,
            &session,
            &self.orders,
            user.now(),
            TokenId::from_entropy(octets),
        )?;
        let request = Request::get(&self.orders_url)
            .header(AUTHORIZATION, format!("Bearer {}", token.expose()))
            .body(Body::empty())?;
        let answer = self.client.request(request).await?;
        Ok((answer.status(), answer.into_body().collect().await?.to_bytes()))
    }
}

/// The service behind: it knows the issuer's public keys, and no session.
struct Orders {
    /// Over HTTPS in earnest: whoever can change the keys can make tokens.
    jwks_url: String,
    client: Client<HttpConnector, Body>,
    verifier: OnceCell<Verifier>,
    clock: SystemClock,
}

impl Orders {
    /// The verifier, with the keys as they were when the first token came. A service that runs for longer reads them again;
    /// [`Verifier::refresh`] says when.
    async fn verifier(&self) -> Result<&Verifier, Trouble> {
        let read = async || -> Result<Verifier, Trouble> {
            let answer = self.client.get(self.jwks_url.parse()?).await?;
            let jwks = answer.into_body().collect().await?.to_bytes();
            Ok(Verifier::new(Algorithm::EdDsa, Issuer::new(SHOP)?, Audience::new(ORDERS)?, &jwks)?)
        };
        self.verifier.get_or_try_init(read).await
    }
}

async fn orders_of(State(orders): State<Arc<Orders>>, headers: HeaderMap) -> Response {
    let token = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let Some(token) = token else { return StatusCode::UNAUTHORIZED.into_response() };
    let Ok(verifier) = orders.verifier().await else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    match verifier.verify(token, orders.clock.now()) {
        Ok(token) => format!("the orders of {}", token.subject).into_response(),
        Err(_) => StatusCode::UNAUTHORIZED.into_response(),
    }
}
