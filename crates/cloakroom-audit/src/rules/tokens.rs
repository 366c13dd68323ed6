//! What a session's token is made of.

use super::rule::rules;

rules! {
    SHORT = "token-short", High, "token that can be guessed",
        means "Fewer than 64 unpredictable bits: an attacker who tries values finds sessions of others.",
        fix "Use at least 128 bits from the operating system's random generator.",
        source "ASVS 5.0 7.2.3; NIST SP 800-63B-4 5.1; WSTG-SESS-01";
    BELOW_128 = "token-below-128", Low, "token of fewer than 128 bits",
        means "Nobody guesses it today, but it is below what the standards ask for.",
        fix "Use at least 128 bits from the operating system's random generator; a random UUID has 122.",
        source "ASVS 5.0 7.2.3, 11.5.1";
    SAME = "token-same", High, "every visitor gets the same token",
        means "Whoever visits knows the session of everybody else.",
        fix "Draw a new token for each session.",
        source "ASVS 5.0 7.2.3; WSTG-SESS-01";
    REPEATED = "token-repeated", High, "two visitors got the same token",
        means "Sessions are mixed up, by a weak generator or by a cache in between.",
        fix "Draw each token from the operating system's random generator, and answer with no-store.",
        source "ASVS 5.0 7.2.3; WSTG-SESS-01";
    COUNTER = "token-counter", High, "token that counts",
        means "The next token follows from the last one: an attacker takes one, and computes the others.",
        fix "Draw each token from the operating system's random generator.",
        source "ASVS 5.0 7.2.3; OWASP Session Management; WSTG-SESS-01";
    BIASED = "token-biased", Medium, "token whose bits are not even",
        means "Its generator prefers some values, which makes it weaker than its length says.",
        fix "Draw each token from the operating system's random generator.",
        source "ASVS 5.0 11.5.1; WSTG-SESS-01";
    TIME = "token-time", Low, "token that tells the time",
        means "A part of it is the time of its making, which an attacker knows: only the rest protects the session.",
        fix "Use a token that means nothing.",
        source "OWASP Session Management; WSTG-SESS-01";
    TIME_UUID = "token-time-uuid", High, "token that is a UUID of time and machine",
        means "Versions 1 and 6 are made of the clock and the machine's address; who has one computes those of others.",
        fix "Use at least 128 bits from the operating system's random generator.",
        source "ASVS 5.0 11.5.1; RFC 9562 8";
    UNSIGNED = "token-unsigned", High, "session that visitors can write themselves",
        means "The content is readable and nothing seals it: whoever changes a name or a role in it is believed.",
        fix "Keep the content on the server, or encrypt and authenticate it.",
        source "RFC 6265bis 8.3; ASVS 5.0 9.1.1; WSTG-SESS-01";
    READABLE = "token-readable", Low, "session content that visitors can read",
        means "It is signed but not encrypted, and cannot be ended by the server before it expires.",
        fix "Keep the content on the server, or encrypt it.",
        source "RFC 6265bis 8.3; OWASP Session Management";
    JWT = "token-jwt", Low, "session in a JWT",
        means "Whoever holds it is signed in until it expires: signing out, a new password or a disabled account do not end it.",
        fix "Keep the session on the server, and make JWTs from it for services.",
        source "ASVS 5.0 7.4.1; OWASP Session Management";
    JWT_NONE = "token-jwt-none", High, "JWT without a signature",
        means "Anybody writes their own.",
        fix "Sign it with a fixed algorithm, and refuse the others.",
        source "RFC 8725 3.1; ASVS 5.0 9.1.2; WSTG-SESS-10";
    JWT_NO_EXPIRY = "token-jwt-no-expiry", Medium, "JWT without an end",
        means "A copy of it works forever.",
        fix "Add exp, minutes ahead.",
        source "ASVS 5.0 9.2.1; RFC 8725 3.10";
    WEAK_KEY = "token-weak-key", High, "signed with a key that everybody knows",
        means "The key is one of examples and tutorials: anybody signs sessions of their own.",
        fix "Make a key of 256 random bits, and end all sessions.",
        source "ASVS 5.0 11.2.3; RFC 8725 3.5";
    IN_URL = "token-in-url", High, "token in a URL",
        means "URLs lie in histories, logs and Referer fields, and are passed on.",
        fix "Send the token in the cookie only.",
        source "ASVS 5.0 14.2.1; OWASP Session Management; WSTG-SESS-04";
    IN_BODY = "token-in-body", Medium, "token in a page",
        means "Scripts can read there what HttpOnly keeps from them, and caches may keep it.",
        fix "Send the token in the cookie only.",
        source "ASVS 5.0 3.3.4; WSTG-SESS-04";
}
