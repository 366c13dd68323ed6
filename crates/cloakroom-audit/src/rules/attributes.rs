//! What a cookie says of itself.

use super::fixes;
use super::rule::rules;

rules! {
    NO_SECURE = "cookie-no-secure", High, "session cookie without Secure",
        means "One request over plain HTTP, to this host or by an attacker's link to it, tells the session to whoever is on the way.",
        fix "Add Secure.",
        source "ASVS 5.0 3.3.1; RFC 6265bis 8.3; WSTG-SESS-02", frameworks fixes::SECURE;
    NO_HTTP_ONLY = "cookie-no-httponly", Medium, "session cookie that scripts can read",
        means "Any injected script can take the session away and use it elsewhere.",
        fix "Add HttpOnly.",
        source "ASVS 5.0 3.3.4; OWASP Session Management; WSTG-SESS-02", frameworks fixes::HTTP_ONLY;
    NO_SAME_SITE = "cookie-no-samesite", Medium, "session cookie without SameSite",
        means "Browsers disagree: Firefox and Safari send it with every cross-site form, Chromium with those of the first two minutes.",
        fix "Add SameSite=Lax, or Strict.",
        source "ASVS 5.0 3.3.2; RFC 6265bis 5.6.7; WSTG-SESS-02", frameworks fixes::SAME_SITE;
    SAME_SITE_NONE = "cookie-samesite-none", Medium, "session cookie that every site's requests carry",
        means "With SameSite=None a form or an image on any site acts as the signed-in user, unless each request proves where it is from.",
        fix "Use SameSite=Lax unless other sites embed this one.",
        source "ASVS 5.0 3.3.2; OWASP CSRF Prevention", frameworks fixes::SAME_SITE;
    NO_PREFIX = "cookie-no-prefix", Low, "session cookie without a __Host- name",
        means "A neighbouring host, or somebody on the way to plain HTTP, can plant a cookie of this name that this host takes for its own.",
        fix "Call it __Host-..., with Secure, Path=/ and no Domain.",
        source "ASVS 5.0 3.3.3; RFC 6265bis 4.1.3", frameworks fixes::PREFIX;
    PREFIX_CASE = "cookie-prefix-case", Low, "prefix in another case",
        means "Servers that look for the name in any case also take one that browsers have not checked.",
        fix "Write the prefix as __Host-, __Secure-, __Http- or __Host-Http-.",
        source "RFC 6265bis 5.4";
    DOMAIN = "cookie-domain", Medium, "session cookie for all hosts of a domain",
        means "Every host below the domain gets the session, and can replace it: the weakest of them is where it is stolen.",
        fix "Leave Domain out.",
        source "NIST SP 800-63B-4 5.1.1; OWASP Session Management; RFC 6265bis 5.7", frameworks fixes::DOMAIN;
    DEFAULT_PATH = "cookie-default-path", Low, "session cookie without Path",
        means "Its path is the folder of whatever page set it, so that there can be several of one name, and a sign-out that misses one.",
        fix "Add Path=/.",
        source "RFC 6265bis 5.1.4, 5.8.3";
    PERSISTENT = "cookie-persistent", Low, "session cookie that outlives a day",
        means "It lies on the disk after the browser is closed, for whoever uses the machine next, and longer than a session should last.",
        fix "Leave Max-Age and Expires out, or stay within a day.",
        source "NIST SP 800-63B-4 5.1; OWASP Session Management", frameworks fixes::LIFETIME;
    LONG_LIVED = "cookie-long-lived", Medium, "session cookie that lives for weeks",
        means "A copy of the cookie works for weeks, on any machine, without anybody signing in.",
        fix "Leave Max-Age and Expires out, and remember users by a separate cookie that is good once.",
        source "NIST SP 800-63B-4 2.2.3, 5.1; ASVS 5.0 7.3.2", frameworks fixes::LIFETIME;
    BEYOND_CAP = "cookie-beyond-cap", Info, "lifetime that browsers cut",
        means "Browsers keep no cookie for longer than 400 days, whatever it says.",
        fix "Ask for at most 34560000 seconds.",
        source "RFC 6265bis 5.5";
    CSRF_INSECURE = "cookie-csrf-insecure", Low, "cookie against forged requests without Secure or SameSite",
        means "Somebody on the way to plain HTTP can read or plant it, and then forge the requests that it is meant to stop.",
        fix "Add Secure and SameSite=Lax, or Strict.",
        source "ASVS 5.0 3.3.1, 3.3.2; OWASP CSRF Prevention", frameworks fixes::CSRF_SECURE;
    UNKNOWN_ATTRIBUTE = "cookie-unknown-attribute", Low, "attribute that no browser knows",
        means "Browsers skip it in silence: what it was meant to say is not said.",
        fix "Write the attribute as the standard has it, without quotes: Secure, HttpOnly, SameSite, Path, Domain, Max-Age, Expires, Partitioned.",
        source "RFC 6265bis 5.6";
    ATTRIBUTE_VALUE = "cookie-attribute-value", Low, "attribute whose value means nothing",
        means "Browsers ignore the attribute, and the cookie behaves as if it were not there.",
        fix "Write a value that the standard knows.",
        source "RFC 6265bis 5.6.1 to 5.6.7";
    REPEATED_ATTRIBUTE = "cookie-repeated-attribute", Low, "attribute that is there twice",
        means "Only the last one counts. Two parts of the system disagree about this cookie.",
        fix "Say each attribute once.",
        source "RFC 6265bis 4.1.1, 5.7";
    LONG_ATTRIBUTE = "cookie-long-attribute", Low, "attribute that is too long",
        means "Browsers skip an attribute whose value is longer than 1024 octets.",
        fix "Shorten it.",
        source "RFC 6265bis 5.6";
    NAMELESS = "cookie-nameless", Low, "cookie without a name",
        means "It is sent back without an equals sign, and servers disagree about what such a cookie is called.",
        fix "Give it a name.",
        source "RFC 6265bis 5.6 step 3, 5.8.3";
    SYNTAX = "cookie-syntax", Low, "octets that cookies may not have",
        means "Browsers pass them on, and what servers and proxies make of them differs.",
        fix "Use a token as the name, and base64url or percent-encoding in the value.",
        source "RFC 6265bis 4.1.1";
    SET_TWICE = "cookie-set-twice", Low, "one answer sets a cookie twice",
        means "The browser keeps the last one. Whichever part of the system set the other does not know.",
        fix "Set it once.",
        source "RFC 6265bis 4.1";
    AMBIGUOUS = "cookie-ambiguous", Medium, "two cookies of one name in one request",
        means "The server sees both and takes one; which one differs between servers, and a sign-out may remove the other.",
        fix "Set the name with one Path and one Domain, and remove the other.",
        source "RFC 6265bis 5.8.3; WSTG-SESS-02";
    TOO_MANY = "cookie-too-many", Low, "more cookies than browsers promise to keep",
        means "Browsers may drop the oldest ones of a domain beyond 50, a session among them.",
        fix "Keep what belongs together in one cookie, or on the server.",
        source "RFC 6265bis 6.1";
    FIELD_TOO_LARGE = "cookie-field-large", Low, "cookies of more than 8 KB with each request",
        means "Many servers answer a longer field with an error, and the user is locked out until the cookies are removed.",
        fix "Keep data on the server, and a reference in the cookie.",
        source "RFC 6265bis 6.1; ASVS 5.0 3.3.5";
}
