//! The configuration file of oauth2-proxy.
//!
//! Source: its manual, "Config Options", of version 7.

use std::time::Duration;

use cloakroom::client::Network;
use toml::Table;

use crate::config::{PublicUrl, Scheme, render_span};
use crate::import::fragment::{Fragment, Translation, Untranslatable};
use crate::import::go_duration;
use crate::import::oauth2_proxy::reading::Reading;

mod applications;
mod provider;
mod reading;
#[cfg(test)]
mod tests;

/// Keys that have no counterpart because there is nothing to say: what they are about is done here in another way, or by itself.
const NEEDLESS: [(&str, &str); 12] = [
    (
        "cookie_secret",
        "there is no such secret here: cookies hold random tokens, and sessions are in the store. Everybody signs in once more",
    ),
    ("cookie_name", "cookies have names of their own here"),
    ("cookie_secure", "cookies are Secure always"),
    ("cookie_httponly", "cookies are HttpOnly always"),
    ("cookie_samesite", "cookies are SameSite=Lax always"),
    ("cookie_csrf_per_request", "tabs that sign in at a time do not disturb each other"),
    ("session_store_type", "store says where sessions are kept"),
    ("redis_connection_url", "store = \"redis://...\" keeps sessions in Redis"),
    ("code_challenge_method", "PKCE with S256 is used always"),
    ("proxy_websockets", "WebSockets are handed on always"),
    ("skip_provider_button", "the sign-in page has a button for each provider"),
    ("pass_host_header", "applications get the Host of the browser"),
];

/// Says a configuration file of oauth2-proxy in our words, for whoever sets the gateway in its place.
///
/// # Errors
/// [`Untranslatable`] for what is not TOML.
///
/// # Security
/// A client secret that stands in the file stands in the text too.
pub fn oauth2_proxy(text: &str) -> Result<Translation, Untranslatable> {
    let table: Table =
        text.parse().map_err(|error: toml::de::Error| Untranslatable::NotToml(error.message().to_owned()))?;
    let mut reading = Reading { table, fragment: Fragment::default() };
    let public_url = reading.place();
    reading.limits();
    reading.sharing();
    let groups = reading.groups();
    let is_locked = reading.provider(&groups);
    reading.applications(public_url.as_ref(), &groups, is_locked);
    reading.rest();
    Ok(reading.fragment.finish("a configuration file of oauth2-proxy"))
}

impl Reading {
    /// Where it listens, what browsers see, who is in front.
    fn place(&mut self) -> Option<PublicUrl> {
        let redirect = self.text("redirect_url");
        let origin = redirect.as_deref().and_then(origin_of);
        match &origin {
            Some(origin) => {
                self.fragment.remark(&format!(
                    "The provider has to know this redirect URL: {origin}/_cloakroom/oidc/callback"
                ));
                self.fragment.key("public_url", origin.to_string());
            }
            None => self.fragment.left_out(
                "redirect_url is missing or relative: set public_url to the origin that browsers see",
            ),
        }
        let (http, https) = (self.text("http_address"), self.text("https_address"));
        let tls = (self.text("tls_cert_file"), self.text("tls_key_file"));
        if let (Some(chain), Some(key)) = tls {
            self.fragment.key("tls_certificate", chain);
            self.fragment.key("tls_key", key);
            self.listen(https.as_deref().unwrap_or(":443"));
        } else if let Some(http) = http {
            self.listen(http.trim_start_matches("http://"));
        }
        let proxies = self.list("trusted_proxy_ips");
        let known: Vec<String> =
            proxies.iter().filter(|proxy| proxy.parse::<Network>().is_ok()).cloned().collect();
        if !known.is_empty() {
            self.fragment.key("trusted_proxies", known.clone());
        }
        if self.flag("reverse_proxy") && known.is_empty() {
            self.fragment.left_out("reverse_proxy = true believes whatever is in front: name the proxies in trusted_proxies, which believes nobody else");
        }
        origin
    }

    fn listen(&mut self, address: &str) {
        let whole = if address.starts_with(':') { format!("[::]{address}") } else { address.to_owned() };
        match whole.parse::<std::net::SocketAddr>() {
            Ok(address) => self.fragment.key("listen", address.to_string()),
            Err(_) => self.fragment.left_out(format!("listen: {address:?} is no IP address and port")),
        }
    }

    /// How long somebody stays signed in.
    fn limits(&mut self) {
        let expire = self.text("cookie_expire").unwrap_or_else(|| "168h".to_owned());
        let refresh = self.text("cookie_refresh");
        let Some(absolute) = go_duration::parse(&expire).map(|span| span.min(Duration::from_hours(400 * 24)))
        else {
            self.fragment.left_out(format!(
                "cookie_expire = {expire:?} is no time; absolute_timeout is 24h where nothing is said"
            ));
            return;
        };
        if absolute.is_zero() {
            self.fragment.left_out("cookie_expire = 0 is a session for as long as the browser is open; absolute_timeout is 24h where nothing is said");
            return;
        }
        self.fragment.remark("cookie_expire. A session ends so long after the sign-in, or the last proof of who it is, used or not.");
        self.fragment.key("absolute_timeout", render_span(absolute));
        let asked_again = refresh.as_deref().and_then(go_duration::parse).filter(|span| !span.is_zero());
        // The limit of the gateway without one said would be longer than the whole.
        let most = (absolute <= Duration::from_hours(1)).then(|| absolute / 2);
        let idle = asked_again.filter(|span| *span < absolute).or(most);
        if let Some(idle) = idle.map(|idle| idle.max(Duration::from_secs(1))).filter(|idle| *idle < absolute)
        {
            self.fragment.key("idle_timeout", render_span(idle));
        }
        if let Some(refresh) = refresh {
            self.fragment.left_out(format!(
                "cookie_refresh = {refresh:?} asked the provider again whether somebody is still welcome. Here a provider ends sessions by \
                 back-channel logout, and idle_timeout and absolute_timeout do; idle_timeout was made of it"
            ));
        }
    }

    /// Cookies of several hosts, and hosts that are led back to.
    fn sharing(&mut self) {
        let domains = self.list("cookie_domains");
        if let Some(domain) = domains.first() {
            let domain = domain.trim_start_matches('.');
            self.fragment.remark(&format!(
                "cookie_domains. Each host has a cookie of its own here, which no neighbour can read or set. One for all, as it was: cookie_domain = {domain:?}"
            ));
        }
    }

    /// Whatever nobody has asked for.
    fn rest(&mut self) {
        for (key, why) in NEEDLESS {
            if self.table.remove(key).is_some() {
                self.fragment.left_out(format!("{key}: {why}"));
            }
        }
        if let Some(file) = self.text("htpasswd_file") {
            self.fragment
                .left_out(format!("htpasswd_file: its users come by cloakroom import htpasswd {file}"));
        }
        let rest = std::mem::take(&mut self.table);
        for key in rest.keys() {
            self.fragment.left_out(format!("{key} has no counterpart"));
        }
    }
}

/// The origin of a URL of a page.
fn origin_of(url: &str) -> Option<PublicUrl> {
    let (scheme, rest) = url.split_once("://")?;
    let scheme = match scheme {
        "https" => Scheme::Https,
        "http" => Scheme::Http,
        _ => return None,
    };
    PublicUrl::of(scheme, rest.split(['/', '?', '#']).next()?).ok()
}
