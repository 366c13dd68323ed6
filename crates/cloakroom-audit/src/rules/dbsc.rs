//! Sessions bound to a device.

use super::rule::rules;

rules! {
    MALFORMED = "dbsc-malformed", Medium, "offer to bind the session that browsers cannot read",
        means "No browser registers a key, and the session stays one that can be copied.",
        fix "Send Secure-Session-Registration: (ES256);path=\"/...\";challenge=\"...\".",
        source "DBSC, Secure-Session-Registration; RFC 9651";
    ALGORITHM = "dbsc-algorithm", Medium, "offer to bind the session with an unknown algorithm",
        means "Browsers know ES256 and RS256, and skip an offer without either.",
        fix "Offer (ES256), or (ES256 RS256).",
        source "DBSC, Secure-Session-Registration";
    NO_PATH = "dbsc-no-path", Medium, "offer to bind the session without a path",
        means "Browsers do not know where to register, and skip the offer.",
        fix "Add path=\"/...\".",
        source "DBSC, Secure-Session-Registration";
    OTHER_SITE = "dbsc-path-other-site", Medium, "offer to bind the session at another site",
        means "Browsers register at the same site over HTTPS only, and skip the offer.",
        fix "Name a path of this site.",
        source "DBSC, Secure-Session-Registration";
    NO_CHALLENGE = "dbsc-no-challenge", Medium, "offer to bind the session without a challenge",
        means "The browser registers without a proof, which binds nothing.",
        fix "Add challenge=\"...\", random and good once.",
        source "DBSC, Secure-Session-Registration; ASVS 5.0 11.5.1";
    OVER_HTTP = "dbsc-over-http", Low, "offer to bind the session over plain HTTP",
        means "Browsers read it over HTTPS only.",
        fix "Send it over HTTPS.",
        source "DBSC, Secure-Session-Registration";
    OLD_NAME = "dbsc-old-name", Low, "offer to bind the session under the name of the trial",
        means "Browsers of today do nothing with Sec-Session-Registration and Sec-Session-Challenge.",
        fix "Send Secure-Session-Registration and Secure-Session-Challenge.",
        source "DBSC, changes of 2025";
    CHALLENGE_ID = "dbsc-challenge-no-id", Medium, "challenge that belongs to no session",
        means "Browsers do not know which session it is for; a refresh that needs it ends the session.",
        fix "Send Secure-Session-Challenge: \"...\";id=\"...\".",
        source "DBSC, Secure-Session-Challenge";
    CREDENTIAL = "dbsc-credential-mismatch", Medium, "bound cookie that is not the one described",
        means "The browser takes the cookie for missing, and refreshes before every request.",
        fix "Describe it with exactly its Domain, Path, Secure, HttpOnly and SameSite.",
        source "DBSC, Identify if missing session credential";
}
