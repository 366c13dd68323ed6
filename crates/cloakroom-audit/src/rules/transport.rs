//! How a site is reached, and what caches keep of it.

use super::fixes;
use super::rule::rules;

rules! {
    SESSION_OVER_HTTP = "http-session-cookie", High, "session cookie set over plain HTTP",
        means "Whoever is on the way reads the session, or sets one of their own.",
        fix "Redirect to HTTPS before anything else, and set cookies there.",
        source "OWASP Session Management; ASVS 5.0 3.3.1, 12.2.1", frameworks fixes::TO_HTTPS;
    COOKIE_OVER_HTTP = "http-cookie", Low, "cookie set over plain HTTP",
        means "Whoever is on the way reads it, or changes it.",
        fix "Redirect to HTTPS before anything else, and set cookies there.",
        source "OWASP Session Management", frameworks fixes::TO_HTTPS;
    SERVED_OVER_HTTP = "http-served", High, "page served over plain HTTP",
        means "Whoever is on the way reads and changes what the user sees, the sign-in form too.",
        fix "Answer plain HTTP with a redirect to HTTPS, for every path.",
        source "ASVS 5.0 12.2.1; RFC 6797 7.2", frameworks fixes::TO_HTTPS;
    LEAVES_HOST = "http-redirect-elsewhere", Low, "first redirect leaves the host before HTTPS",
        means "The host's own Strict-Transport-Security is never seen, so the next visit is over plain HTTP again.",
        fix "Redirect to https:// of the same host first.",
        source "hstspreload.org, submission requirements; RFC 6797 7.2";
    DOWNGRADE = "https-downgrade", High, "redirect from HTTPS to plain HTTP",
        means "Whoever is on the way takes over from there.",
        fix "Redirect to https:// URLs only.",
        source "ASVS 5.0 12.2.1";
    HSTS_MISSING = "hsts-missing", Medium, "no Strict-Transport-Security",
        means "A visit by a typed name or an old link begins over plain HTTP, where it can be caught and kept there.",
        fix "Send Strict-Transport-Security: max-age=31536000; includeSubDomains with every answer.",
        source "ASVS 5.0 3.4.1; RFC 6797 7.1", frameworks fixes::HSTS;
    HSTS_INVALID = "hsts-invalid", Medium, "Strict-Transport-Security that cannot be read",
        means "Browsers ignore the field, or take only the first of several.",
        fix "Send it once: Strict-Transport-Security: max-age=31536000; includeSubDomains.",
        source "RFC 6797 6.1, 8.1", frameworks fixes::HSTS;
    HSTS_OFF = "hsts-off", Medium, "Strict-Transport-Security that switches itself off",
        means "max-age=0 makes browsers forget that the host is to be reached over HTTPS only.",
        fix "Send max-age=31536000.",
        source "RFC 6797 6.1.1", frameworks fixes::HSTS;
    HSTS_SHORT = "hsts-short", Low, "Strict-Transport-Security for less than a year",
        means "Who does not come back in time is unprotected again.",
        fix "Send max-age=31536000.",
        source "ASVS 5.0 3.4.1", frameworks fixes::HSTS;
    HSTS_NO_SUBDOMAINS = "hsts-no-subdomains", Low, "Strict-Transport-Security without includeSubDomains",
        means "Somebody on the way can invent a host below, over plain HTTP, and set cookies for the domain from there.",
        fix "Add includeSubDomains.",
        source "ASVS 5.0 3.4.1; RFC 6797 14.4", frameworks fixes::HSTS;
    HSTS_OVER_HTTP = "hsts-over-http", Info, "Strict-Transport-Security over plain HTTP",
        means "Browsers ignore it there, and the standard forbids it.",
        fix "Send it over HTTPS only.",
        source "RFC 6797 7.2, 8.1";
    PRELOAD_UNREADY = "hsts-preload-unready", Low, "asks to be preloaded, and is not ready",
        means "The list of browsers refuses, or will drop, a host that does not meet its terms.",
        fix "max-age of a year, includeSubDomains, and a redirect from plain HTTP to the same host; or no preload.",
        source "hstspreload.org, submission requirements";
    CACHE_SHARED = "cache-shared", Medium, "caches may hand a session to somebody else",
        means "A shared cache may keep the answer with its Set-Cookie, and sign the next visitor in as this one.",
        fix "Send Cache-Control: no-store with every answer that sets a session.",
        source "RFC 9111 3, 7.3; ASVS 5.0 14.3.2", frameworks fixes::NO_STORE;
    CACHE_QUALIFIED = "cache-qualified", Medium, "no-cache=\"Set-Cookie\", which caches do not follow",
        means "The rest of the answer may be kept, and many caches ignore the qualified form and keep the cookie too.",
        fix "Send Cache-Control: no-store with every answer that sets a session.",
        source "RFC 9111 5.2.2.4, 7.3", frameworks fixes::NO_STORE;
    CACHE_UNSAID = "cache-unsaid", Low, "answer that sets a session says nothing to caches",
        means "Whether it is kept is left to each cache's own judgement.",
        fix "Send Cache-Control: no-store with every answer that sets a session.",
        source "RFC 9111 3, 4.2.2; OWASP Session Management", frameworks fixes::NO_STORE;
    CACHE_PRIVATE = "cache-private", Low, "browsers keep an answer that sets a session",
        means "The page and its Set-Cookie lie in the browser's cache, for whoever uses the machine next.",
        fix "Send Cache-Control: no-store with every answer that sets a session.",
        source "RFC 9111 5.2.2; ASVS 5.0 14.3.2", frameworks fixes::NO_STORE;
    FAMILIES_DIFFER = "answers-differ-by-address", Low, "IPv4 and IPv6 answer differently",
        means "Half of the visitors meet another configuration, which nobody looks at.",
        fix "Serve both from one configuration.",
        source "WSTG-CONF-02";
    PROTOCOLS_DIFFER = "answers-differ-by-protocol", Low, "HTTP/1.1 and HTTP/2 answer differently",
        means "Whoever comes by the other protocol meets another configuration, which nobody looks at.",
        fix "Serve both from one configuration.",
        source "WSTG-CONF-02";
}
