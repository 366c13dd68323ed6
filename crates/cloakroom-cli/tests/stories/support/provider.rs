//! A provider of sign-ins by `OpenID Connect` that does what a story tells it to, wrong things included.

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::service::now;
use crate::support::signing::{Key, Signing, challenge};

/// A provider, and what it does next.
pub(crate) struct Provider {
    pub(crate) address: SocketAddr,
    scene: Arc<Mutex<Scene>>,
}

/// What a provider does; a story changes it as it goes on.
pub(crate) struct Scene {
    /// The one that signs, and whether it is published.
    pub(crate) key: Key,
    pub(crate) publishes_key: bool,
    pub(crate) signing: Signing,
    /// Members of the ID token and of the user info that are to be different; `null` takes one away.
    pub(crate) claims: Value,
    pub(crate) user_info: Value,
    /// Members of its description that are to be different.
    pub(crate) description: Value,
    /// What it answers on a path in place of what it should.
    pub(crate) answers: HashMap<&'static str, Answer>,
    /// Whether a code can be used again and again, by anybody.
    pub(crate) is_careless: bool,
    /// How often it was asked for what.
    pub(crate) asked: BTreeMap<String, u32>,
    codes: HashMap<String, Grant>,
    issuer: String,
}

/// What a provider may answer that is of no use.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Answer {
    /// Something that is no JSON.
    Garbage,
    /// Something without an end.
    Huge,
    /// Nothing, for as long as anybody waits.
    Silence,
    /// A way to somewhere else.
    Redirect,
    /// An error.
    Error,
}

/// What a browser was sent to a provider with.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) parameters: BTreeMap<String, String>,
}

impl Grant {
    /// What a browser is sent to a provider with, by the address that it is sent to.
    pub(crate) fn of(location: &str) -> Self {
        let (_, query) = location.split_once('?').unwrap_or_else(|| panic!("no query in {location}"));
        Self { parameters: parameters(query) }
    }

    pub(crate) fn get(&self, name: &str) -> &str {
        self.parameters.get(name).map_or("", String::as_str)
    }
}

impl Provider {
    pub(crate) fn start() -> Self {
        Self::signing_by("ES256")
    }

    pub(crate) fn signing_by(algorithm: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let scene = Arc::new(Mutex::new(Scene {
            key: Key::new("first", algorithm),
            publishes_key: true,
            signing: Signing::Right,
            claims: json!({}),
            user_info: json!({}),
            description: json!({}),
            answers: HashMap::new(),
            is_careless: false,
            asked: BTreeMap::new(),
            codes: HashMap::new(),
            issuer: format!("http://{address}"),
        }));
        let shared = Arc::clone(&scene);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let scene = Arc::clone(&shared);
                std::thread::spawn(move || serve(&stream, &scene));
            }
        });
        Self { address, scene }
    }

    pub(crate) fn issuer(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The lines that make a gateway trust it; more may follow.
    pub(crate) fn table(&self) -> String {
        format!(
            "[[oidc]]\nname = \"main\"\ntitle = \"Main Street\"\nissuer = \"{}\"\nclient_id = \"us\"\n\
             client_secret = \"s3cret:&\"\ncreate_users = true\n",
            self.issuer()
        )
    }

    pub(crate) fn scene(&self) -> MutexGuard<'_, Scene> {
        self.scene.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What happens at the provider: the user signs in there, and the browser is sent back to this path.
    pub(crate) fn authorize(&self, location: &str) -> String {
        let grant = Grant::of(location);
        assert!(location.starts_with(&format!("{}/auth?", self.issuer())), "{location}");
        assert_eq!((grant.get("response_type"), grant.get("client_id")), ("code", "us"));
        assert_eq!(grant.get("code_challenge_method"), "S256");
        let mut scene = self.scene();
        let code = format!("code-{}", scene.codes.len());
        let back = grant.get("redirect_uri");
        let path = &back[back.find("/_cloakroom").unwrap()..];
        let state = grant.get("state").to_owned();
        let path = format!("{path}?state={state}&code={code}&iss={}", scene.issuer);
        scene.codes.insert(code, grant);
        path
    }

    /// A token by which the provider tells of a sign-out; members may be different.
    pub(crate) fn logout_token(&self, changes: &Value) -> String {
        let scene = self.scene();
        let claims = json!({
            "iss": scene.issuer, "aud": "us", "iat": now_in_seconds(), "exp": now_in_seconds() + 120, "jti": format!("jti-{}", now_in_seconds()),
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}}
        });
        scene.key.token("logout+jwt", &changed(claims, changes), scene.signing)
    }
}

impl Scene {
    /// Signs by another key from now on, which is published.
    pub(crate) fn rotate(&mut self, id: &str) {
        self.key = Key::new(id, self.key.algorithm());
    }

    fn describe(&self) -> Value {
        let issuer = &self.issuer;
        let description = json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/auth"),
            "token_endpoint": format!("{issuer}/token"),
            "userinfo_endpoint": format!("{issuer}/me"),
            "end_session_endpoint": format!("{issuer}/end?x=1"),
            "jwks_uri": format!("{issuer}/jwks"),
            "id_token_signing_alg_values_supported": [self.key.algorithm(), "HS256", "none"],
            "authorization_response_iss_parameter_supported": true,
        });
        changed(description, &self.description)
    }

    fn answer(&mut self, path: &str, authorization: &str, body: &str) -> (u16, Value) {
        match path {
            "/.well-known/openid-configuration" => (200, self.describe()),
            "/jwks" if self.publishes_key => (200, json!({"keys": [self.key.jwk()]})),
            "/jwks" => (200, json!({"keys": []})),
            "/token" => self.tokens(authorization, body),
            "/me" => match authorization.strip_prefix("Bearer access-") {
                Some(_) => {
                    let subject = self.claims.get("sub").and_then(Value::as_str).unwrap_or("alice-1");
                    let user = json!({"sub": subject, "preferred_username": "alice", "name": "Alice A.", "email": "alice@example.org"});
                    (200, changed(user, &self.user_info))
                }
                None => (401, json!({})),
            },
            _ => (404, json!({})),
        }
    }

    fn tokens(&mut self, authorization: &str, body: &str) -> (u16, Value) {
        let refused = |error: &str| (400, json!({"error": error}));
        let form = parameters(body);
        let field = |name: &str| form.get(name).cloned().unwrap_or_default();
        let ours = format!("Basic {}", STANDARD.encode("us:s3cret%3A%26"));
        if authorization != ours {
            return (401, json!({"error": "invalid_client"}));
        }
        let grant = if self.is_careless {
            self.codes.get(&field("code")).cloned()
        } else {
            self.codes.remove(&field("code"))
        };
        let Some(grant) = grant else { return refused("invalid_grant") };
        let is_bound = grant.get("code_challenge") == challenge(&field("code_verifier"))
            && grant.get("redirect_uri") == field("redirect_uri");
        if !is_bound && !self.is_careless || field("grant_type") != "authorization_code" {
            return refused("invalid_grant");
        }
        let access_token = "access-SECRET";
        let claims = json!({
            "iss": self.issuer, "aud": "us", "sub": "alice-1", "sid": "sid-1", "nonce": grant.get("nonce"),
            "iat": now_in_seconds(), "exp": now_in_seconds() + 300, "auth_time": now_in_seconds(), "at_hash": self.key.half_digest(access_token),
        });
        let id_token = self.key.token("JWT", &changed(claims, &self.claims), self.signing);
        (
            200,
            json!({"access_token": access_token, "token_type": "Bearer", "expires_in": 300, "id_token": id_token}),
        )
    }
}

/// Seconds since 1970.
pub(crate) fn now_in_seconds() -> u64 {
    now().as_millis() / 1000
}

fn changed(mut object: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        object[name] = value.clone();
    }
    object.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    object
}

/// The parameters of a query or form.
fn parameters(text: &str) -> BTreeMap<String, String> {
    let decode = |text: &str| {
        let mut octets = Vec::new();
        let mut rest = text.bytes();
        while let Some(octet) = rest.next() {
            octets.push(match octet {
                b'+' => b' ',
                b'%' => {
                    let digits = [rest.next().unwrap(), rest.next().unwrap()];
                    u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
                }
                other => other,
            });
        }
        String::from_utf8(octets).unwrap()
    };
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (decode(name), decode(value))).collect()
}

/// Answers one request. A client that hangs up is its own business.
fn serve(stream: &TcpStream, scene: &Mutex<Scene>) {
    let _hung_up = respond(stream, scene);
}

fn respond(mut stream: &TcpStream, scene: &Mutex<Scene>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut request = String::new();
    reader.read_line(&mut request)?;
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    let (mut authorization, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "authorization" => value.clone_into(&mut authorization),
            "content-length" => length = value.parse().unwrap(),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let told = {
        let mut scene = scene.lock().unwrap_or_else(PoisonError::into_inner);
        *scene.asked.entry(path.clone()).or_default() += 1;
        scene.answers.get(path.as_str()).copied()
    };
    let (status, body) = match told {
        Some(Answer::Garbage) => (200, "<html>".to_owned()),
        Some(Answer::Error) => (500, "{}".to_owned()),
        Some(Answer::Redirect) => (302, "{}".to_owned()),
        Some(Answer::Silence) => return reader.read_to_end(&mut Vec::new()).map(drop),
        Some(Answer::Huge) => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"a\":\"")?;
            loop {
                stream.write_all(&[b'a'; 8 * 1024])?;
            }
        }
        None => {
            let mut scene = scene.lock().unwrap_or_else(PoisonError::into_inner);
            let (status, json) = scene.answer(&path, &authorization, &String::from_utf8_lossy(&body));
            (status, json.to_string())
        }
    };
    write!(
        stream,
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nLocation: http://{}/jwks\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        stream.local_addr()?,
        body.len()
    )
}
