//! What each policy says, and what none can say.

use super::*;
use crate::cookie::{CookieDomain, CookiePath, SetCookie};
use crate::ids::SessionId;
use crate::token::FreshSecret;

fn every_policy() -> Vec<CookiePolicy> {
    let host = [CookiePolicy::host("sid"), CookiePolicy::host_http("sid")];
    let shared = CookiePolicy::secure("sid");
    let domain =
        [shared, shared.domain("example.com"), shared.path("/app"), shared.domain("example.com").path("/a")];
    let local = CookiePolicy::insecure_for_localhost("sid");
    let host = host.into_iter().flat_map(|it| [it, it.strict(), it.insecure_same_site_none()]);
    let domain = domain.into_iter().flat_map(|it| [it, it.strict(), it.insecure_same_site_none()]);
    let local = [local, local.strict()];
    let host = host.map(CookiePolicy::from);
    host.chain(domain.map(CookiePolicy::from)).chain(local.map(CookiePolicy::from)).collect()
}

fn issued(policy: impl Into<CookiePolicy>) -> String {
    let value = CookieValue::parse("v").expect("it is made of cookie-octets");
    text(policy.into().issue(value, None).expect("a short value fits"))
}

fn text(rendered: RenderedCookie) -> String {
    String::from_utf8(rendered.into_bytes()).expect("a Set-Cookie is ASCII")
}

#[test]
fn atr_01_02_03_05_08_pfx_01_the_default_is_the_narrowest_set() {
    assert_eq!(issued(CookiePolicy::host("sid")), "__Host-sid=v; Path=/; Secure; HttpOnly; SameSite=Lax");
}

#[test]
fn pfx_05_a_cookie_that_no_script_can_plant_is_still_a_host_cookie() {
    let line = issued(CookiePolicy::host_http("sid").strict());
    assert_eq!(line, "__Host-Http-sid=v; Path=/; Secure; HttpOnly; SameSite=Strict");
}

#[test]
fn pfx_06_a_shared_cookie_carries_the_secure_prefix_and_a_warning() {
    let cookie = CookiePolicy::secure("sid").domain("example.com").path("/app");
    let line = "__Secure-sid=v; Path=/app; Domain=example.com; Secure; HttpOnly; SameSite=Lax";
    assert_eq!(issued(cookie), line);
    assert_eq!(CookiePolicy::from(cookie).warnings().collect::<Vec<_>>(), [PolicyWarning::DomainWide]);
}

#[test]
fn only_the_door_for_development_leaves_secure_out_and_it_says_so() {
    let line = issued(CookiePolicy::insecure_for_localhost("sid"));
    assert_eq!(line, "sid=v; Path=/; HttpOnly; SameSite=Lax");
    for policy in every_policy() {
        let is_plain = policy.name().prefix().is_none();
        assert_eq!(policy.is_insecure(), is_plain, "{policy:?}");
        assert_eq!(
            policy.warnings().any(|warning| warning == PolicyWarning::PlainHttp),
            is_plain,
            "{policy:?}"
        );
        assert_ne!(issued(policy.clone()).contains("; Secure;"), is_plain, "{policy:?}");
    }
}

#[test]
fn atr_04_only_an_explicit_choice_is_same_site_none_and_it_comes_with_secure_and_a_warning() {
    for policy in every_policy() {
        let is_none = policy.same_site() == SameSite::None;
        let line = issued(policy.clone());
        assert_eq!(line.contains("SameSite=None"), is_none, "{line}");
        assert_eq!(policy.warnings().any(|warning| warning == PolicyWarning::CrossSite), is_none, "{line}");
        assert!(!is_none || line.contains("; Secure;"), "{line}");
    }
}

/// The general builder holds the rules of browsers; rebuilt by it, a policy's line comes out the same.
#[test]
fn atr_11_every_policy_writes_what_the_general_builder_accepts() {
    for policy in every_policy() {
        for line in [issued(policy.clone()), text(policy.remove())] {
            let mut parts = line.split("; ");
            let (name, value) =
                parts.next().and_then(|pair| pair.split_once('=')).expect("a pair comes first");
            let name = CookieName::parse(name).expect("the name is a token");
            let value = CookieValue::parse(value).expect("the value is made of cookie-octets");
            let rebuilt = parts.fold(SetCookie::new(&name, value), |cookie, part| {
                match part.split_once('=').unwrap_or((part, "")) {
                    ("Path", path) => cookie.path(CookiePath::parse(path).expect("it is a path")),
                    ("Domain", domain) => {
                        cookie.domain(CookieDomain::parse(domain).expect("it is a host name"))
                    }
                    ("Secure", "") => cookie.secure(),
                    ("HttpOnly", "") => cookie.http_only(),
                    ("SameSite", word) => cookie.same_site(word.parse().expect("it is a SameSite")),
                    ("Max-Age", "0") => cookie.max_age(MaxAge::ZERO),
                    other => panic!("{other:?} in {line}"),
                }
            });
            assert_eq!(text(rebuilt.render().expect("the set is legal")), line);
        }
    }
}

#[test]
fn a_removal_has_the_attributes_of_the_issue_and_ends_at_once() {
    for policy in every_policy() {
        let issued = issued(policy.clone());
        let attributes = issued.split_once(';').expect("attributes follow").1;
        assert_eq!(text(policy.remove()), format!("{}=;{attributes}; Max-Age=0", policy.name()));
    }
}

#[test]
fn a_token_is_issued_under_the_longest_name_and_for_the_longest_time() {
    let label = "n".repeat(128);
    let policy = CookiePolicy::from(CookiePolicy::try_host_http(&label).expect("128 octets are taken"));
    let token = FreshSecret::from_entropy([7; 32]).into_text(SessionId::from_octets([9; 16]));
    let expected = format!(
        "__Host-Http-{label}={}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={}",
        str::from_utf8(token.expose()).expect("a token is ASCII"),
        i64::MAX
    );
    assert_eq!(text(policy.issue_token(&token, MaxAge::from_seconds(i64::MAX).ok())), expected);
}

#[test]
fn syn_08_a_value_of_3900_octets_always_fits_and_one_that_does_not_is_an_error() {
    let label = "n".repeat(128);
    let policy = CookiePolicy::from(CookiePolicy::try_host_http(&label).expect("128 octets are taken"));
    let octets = [b'v'; 4096];
    let outcome = |length: usize| {
        let value = CookieValue::parse(&octets[..length]).expect("it is made of cookie-octets");
        policy.issue(value, None).err()
    };
    assert_eq!(outcome(3900), None);
    assert_eq!(outcome(4096 - 140), None);
    assert_eq!(outcome(4096 - 139), Some(CookieError::TooLarge { octets: 4097, octets_max: 4096 }));
}

#[test]
fn a_name_from_the_configuration_is_an_error_when_it_is_illegal() {
    let too_long = "n".repeat(129);
    let cases = [
        ("", "name-empty"),
        ("s id", "name-not-token"),
        ("sid;", "name-not-token"),
        ("__Host-sid", "name-has-prefix"),
        ("__http-sid", "name-has-prefix"),
        (too_long.as_str(), "name-too-long"),
    ];
    for (name, code) in cases {
        assert_eq!(CookiePolicy::try_host(name).map_err(CookieError::code), Err(code), "{name}");
        assert_eq!(CookiePolicy::try_host_http(name).map_err(CookieError::code), Err(code), "{name}");
        assert_eq!(CookiePolicy::try_secure(name).map_err(CookieError::code), Err(code), "{name}");
        assert_eq!(
            CookiePolicy::try_insecure_for_localhost(name).map_err(CookieError::code),
            Err(code),
            "{name}"
        );
    }
    let shared = CookiePolicy::secure("sid");
    assert_eq!(shared.try_domain(".example.com"), Err(CookieError::DomainLeadingDot));
    assert_eq!(shared.try_path("app"), Err(CookieError::PathNotAbsolute));
}

#[test]
fn a_policy_in_a_const_is_checked_by_the_compiler() {
    const SESSION: HostCookie<'static> = CookiePolicy::host_http("sid").strict();
    const SHARED: DomainCookie<'static> = CookiePolicy::secure("sid").domain("example.com").path("/app");
    assert_eq!(CookiePolicy::from(SESSION).name().as_str(), "__Host-Http-sid");
    assert_eq!(CookiePolicy::from(SHARED).name().as_str(), "__Secure-sid");
}
