//! What a cookie is for, as far as its name and value tell.

use crate::agent::{Cookie, Prefix};

/// What a cookie is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It says who somebody is.
    Session,
    /// It signs somebody in again.
    Remember,
    /// It proves that a form is the site's own.
    Csrf,
    /// Anything else: statistics, languages, consent.
    Other,
}

/// Names that belong to others than the site's own sessions, by their beginning.
const OTHERS: &[&str] = &[
    "_ga",
    "_gid",
    "_gat",
    "_gcl",
    "_fbp",
    "_fbc",
    "__utm",
    "_hj",
    "ajs_",
    "_pk_",
    "optimizely",
    "mp_",
    "intercom-",
    "__cf",
    "cf_",
    "_cfuvid",
    "awsalb",
    "awselb",
    "bigip",
    "incap_ses",
    "visid_incap",
    "datadome",
    "ak_bmsc",
    "bm_",
    "lang",
    "locale",
    "theme",
    "consent",
    "cookieconsent",
    "cookie_consent",
    "euconsent",
    "optanon",
    "i18n",
    "currency",
    "country",
    "tz",
    "timezone",
    "seen",
    "dismissed",
    "utm_",
    "_clck",
    "_clsk",
    "muid",
    "_uet",
    "hubspotutk",
    "__hs",
    "_tt_",
    "amplitude",
    "_dd_s",
    "sessioncount",
    "amp_",
    "_gcl_au",
    "li_gc",
    "notice",
    "banner",
    "experiment",
    "ab_",
];

/// Parts of names, between marks, that say what a cookie is for.
const SESSION_WORDS: &[&str] = &[
    "sid",
    "sess",
    "session",
    "sessionid",
    "sessid",
    "sessiontoken",
    "auth",
    "authtoken",
    "jwt",
    "token",
    "accesstoken",
    "access",
    "idtoken",
    "login",
    "ticket",
    "identity",
    "credential",
    "sso",
    "jsessionid",
    "phpsessid",
    "aspxauth",
    "user",
    "logged",
    "cfid",
    "cftoken",
    "ssid",
    "usersession",
    "bearer",
];

impl Kind {
    /// What a cookie is for, and whether its name says so.
    pub(crate) fn of(cookie: &Cookie) -> Self {
        let name = cookie.name_text();
        let plain = Prefix::of(&cookie.name).map_or(name.as_str(), |prefix| &name[prefix.as_str().len()..]);
        let plain = plain.to_ascii_lowercase();
        if plain.contains("csrf") || plain.contains("xsrf") || plain.contains("antiforgery") {
            return Self::Csrf;
        }
        if plain.contains("requestverification") || plain.contains("authenticity") {
            return Self::Csrf;
        }
        if OTHERS.iter().any(|start| plain.starts_with(start)) {
            return Self::Other;
        }
        if plain.contains("remember") || plain.contains("persistent_login") || plain.contains("keep_logged") {
            return Self::Remember;
        }
        let is_word = |part: &str| SESSION_WORDS.contains(&part);
        let whole: String = plain.chars().filter(char::is_ascii_alphanumeric).collect();
        let ends = ["sessionid", "sessid", "session", "authtoken", "sessiontoken", "accesstoken"];
        if plain.split(|c: char| !c.is_ascii_alphanumeric()).any(is_word)
            || is_word(&whole)
            || ends.iter().any(|end| whole.ends_with(end))
            || plain.starts_with("asp.net_session")
            || plain.starts_with(".aspnetcore.")
        {
            return Self::Session;
        }
        Self::Other
    }

    /// Whether the name says nothing and the value could well be a token: long, random and kept from scripts.
    pub(crate) fn could_be_session(cookie: &Cookie) -> bool {
        let is_token = |octet: &u8| octet.is_ascii_alphanumeric() || b"-_+/=.%".contains(octet);
        let kinds = [u8::is_ascii_digit, u8::is_ascii_lowercase, u8::is_ascii_uppercase]
            .iter()
            .filter(|is_kind| cookie.value.iter().any(|octet| is_kind(octet)))
            .count();
        Self::of(cookie) == Self::Other
            && cookie.http_only
            && cookie.value.len() >= 22
            && kinds >= 2
            && cookie.value.iter().all(is_token)
            && !OTHERS.iter().any(|start| cookie.name.to_ascii_lowercase().starts_with(start.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::agent::{Jar, UnixTime};

    fn kind(name: &str) -> Kind {
        let url = Url::parse("https://a.test/").unwrap();
        let field = format!("{name}=1; Secure; HttpOnly; Path=/");
        Kind::of(&Jar::default().receive(&url, field.as_bytes(), UnixTime(0)).unwrap())
    }

    #[test]
    fn names_tell_sessions_from_statistics() {
        for name in [
            "sid",
            "__Host-sid",
            "__Host-Http-sid",
            "connect.sid",
            "PHPSESSID",
            "JSESSIONID",
            "session",
            "sessionid",
            "_app_session",
            "auth_token",
            "laravel_session",
            ".AspNetCore.Cookies",
            "ASP.NET_SessionId",
            "rack.session",
            "__Secure-next-auth.session-token",
            "access_token",
            "wordpress_logged_in_ab12",
        ] {
            assert_eq!(kind(name), Kind::Session, "{name}");
        }
        for name in [
            "_ga",
            "lang",
            "theme",
            "cookie_consent",
            "incap_ses_1",
            "cart",
            "color",
            "_gid",
            "seen_session_banner",
        ] {
            assert_eq!(kind(name), Kind::Other, "{name}");
        }
        assert_eq!(kind("csrftoken"), Kind::Csrf);
        assert_eq!(kind("XSRF-TOKEN"), Kind::Csrf);
        assert_eq!(kind("remember_web_1"), Kind::Remember);
    }
}
