//! Whether a request to an application may pass: the question of applications that do without a proxy in front.

use std::net::IpAddr;

use cloakroom::ClientAddress;
use http::header::InvalidHeaderValue;
use http::header::{ACCEPT, ACCESS_CONTROL_REQUEST_METHOD, COOKIE, ORIGIN, REFERER, UPGRADE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Request};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::call::Call;
use crate::api::decision::{Decision, Visitor};
use crate::api::described::{Described, Schemas, questions};
use crate::api::operation::Json;
use crate::api::problem::{ApiProblem, Kind};
use crate::api::shapes::{Id, Moment, UserInfo};
use crate::apps::AppEntry;
use crate::events;
use crate::metrics::Door;
use crate::routes::{Asked, Detour, Gateway, Member, Verdict, judge};
use crate::verify::Question;

/// A method as HTTP spells it.
#[derive(Default, Deserialize)]
pub(super) struct MethodText(String);

impl Described for MethodText {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "pattern": "^[A-Z]{1,20}$" })
    }
}

/// A whole URL.
#[derive(Default, Deserialize)]
pub(super) struct Url(String);

impl Described for Url {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "format": "uri", "pattern": "^https?://[^/?#]+/", "maxLength": 10240 })
    }
}

/// The address of a client.
#[derive(Deserialize)]
pub(super) struct ClientIp(IpAddr);

impl Described for ClientIp {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "anyOf": [{ "format": "ipv4" }, { "format": "ipv6" }] })
    }
}

/// The value of a header field.
#[derive(Deserialize)]
#[serde(try_from = "String")]
pub(super) struct FieldValue(HeaderValue);

impl TryFrom<String> for FieldValue {
    type Error = InvalidHeaderValue;

    fn try_from(text: String) -> Result<Self, InvalidHeaderValue> {
        HeaderValue::try_from(text).map(Self)
    }
}

impl Described for FieldValue {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "pattern": "^[^\\x00-\\x08\\x0A-\\x1F\\x7F]*$" })
    }
}

questions! {
    /// A request to an application, as the application got it.
    struct VerifyQuestion {
        /// The whole field Cookie; all of them joined by semicolons where there were several.
        cookie: Option<FieldValue>,
        /// The method.
        method: MethodText,
        /// The whole URL as the browser sees it, beginning with the origin of an application.
        url: Url,
        /// The address of the browser.
        address: Option<ClientIp>,
        /// Fields by which requests of other sites are told. Without Sec-Fetch-Site and Origin nothing is found to be forged.
        headers: Option<VerifyHeaders>,
    }

    /// Fields of the request that the decision looks at.
    struct VerifyHeaders {
        /// Whether the browser wants a page, where it does not say so by Sec-Fetch-Mode.
        accept: Option<FieldValue>,
        /// Marks the question of a browser whether a script may send a request.
        access_control_request_method: Option<FieldValue>,
        /// The origin of the page that caused the request.
        origin: Option<FieldValue>,
        /// The page that caused the request: where a sign-in leads back to after a form that is lost.
        referer: Option<FieldValue>,
        /// Whether the browser wants a page.
        sec_fetch_mode: Option<FieldValue>,
        /// How the site of the page that caused the request is related.
        sec_fetch_site: Option<FieldValue>,
        /// Marks the handshake of a WebSocket.
        upgrade: Option<FieldValue>,
        /// What the browser calls itself, for sessions that are bound to it.
        user_agent: Option<FieldValue>,
    }
}

/// `POST verify`: the judge is that of the proxies' doors.
///
/// # Security
/// The key says that the service is to be believed, as a proxy is by its address; what it says of the request is what it got from the
/// browser.
pub(super) async fn verify(call: Call, question: VerifyQuestion) -> Result<Json<Decision>, ApiProblem> {
    let (gateway, metrics) = (&call.gateway, call.gateway.installation.metrics());
    let MethodText(method) = &question.method;
    let Url(url) = &question.url;
    let asked = Question::of_url(method, url)
        .ok_or_else(|| ApiProblem::new(Kind::Invalid, "method and url are not those of a request"))?;
    let app = gateway.apps.at(&asked.origin).ok_or_else(|| {
        ApiProblem::new(Kind::UnknownApplication, "url does not begin with the origin of an application")
    })?;
    events::at_app(&app.label);
    let (mut parts, ()) = Request::new(()).into_parts();
    parts.headers = fields(question.cookie, question.headers.unwrap_or_default());
    if let Some(ClientIp(address)) = question.address {
        events::sent_from(address);
        parts.extensions.insert(ClientAddress(address));
    }
    let timing = metrics.session_check();
    let session = app.sessions.look_up(&parts).await;
    let asked = Asked { app: &app, method: &asked.method, target: &asked.target, headers: &parts.headers };
    let judged = judge(gateway, session, &asked).await;
    drop(timing);
    metrics.verified(Door::Api, Verdict::decision(&judged));
    Ok(Json(match judged? {
        Verdict::Pass(member) => {
            let visitor = member.map(|member| visitor(&member, gateway, &app)).transpose()?;
            Decision::Pass { visitor }
        }
        Verdict::SignIn => Decision::SignIn { login_url: Detour::to_sign_in(&asked).url(gateway) },
        Verdict::StepUp => Decision::StepUp { login_url: Detour::to_step_up(&asked).url(gateway) },
        Verdict::NotAllowed(member) => Decision::NotAllowed { visitor: visitor(&member, gateway, &app)? },
        Verdict::Forged | Verdict::TwoSessions => Decision::Forged,
    }))
}

fn visitor(member: &Member, gateway: &Gateway, app: &AppEntry) -> Result<Visitor, ApiProblem> {
    let jwt = member.token(gateway, app)?;
    Ok(Visitor {
        user: UserInfo::of(&member.user),
        session: Id(member.id),
        aal: 1,
        proven_at: Moment(member.proven_at),
        jwt: jwt.and_then(|jwt| jwt.to_str().ok().map(str::to_owned)),
    })
}

const FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The request's fields. Where nothing is said of what the browser wants, it wants a page: then a sign-in leads back to the URL.
fn fields(cookie: Option<FieldValue>, headers: VerifyHeaders) -> HeaderMap {
    let wants_nothing =
        headers.accept.is_none() && headers.sec_fetch_mode.is_none() && headers.upgrade.is_none();
    let mut fields = HeaderMap::new();
    for (name, value) in [
        (COOKIE, cookie),
        (ACCEPT, headers.accept),
        (ACCESS_CONTROL_REQUEST_METHOD, headers.access_control_request_method),
        (ORIGIN, headers.origin),
        (REFERER, headers.referer),
        (FETCH_MODE, headers.sec_fetch_mode),
        (FETCH_SITE, headers.sec_fetch_site),
        (UPGRADE, headers.upgrade),
        (USER_AGENT, headers.user_agent),
    ] {
        if let Some(FieldValue(value)) = value {
            fields.insert(name, value);
        }
    }
    if wants_nothing {
        fields.insert(ACCEPT, HeaderValue::from_static("text/html"));
        // With one field of this family there, the absence of another would say that no page is wanted.
        if fields.contains_key(FETCH_SITE) {
            fields.insert(FETCH_MODE, HeaderValue::from_static("navigate"));
        }
    }
    fields
}
