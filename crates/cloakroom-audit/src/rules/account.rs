//! What was tried with an account.

use super::fixes;
use super::rule::rules;

rules! {
    FIXATION = "sign-in-keeps-token", High, "sign-in does not change the token",
        means "Whoever knew the visitor's token before the sign-in is signed in with it.",
        fix "Make a new session at sign-in, and end the one before.",
        source "ASVS 5.0 7.2.4; WSTG-SESS-03", frameworks fixes::ROTATE;
    PLANTED = "sign-in-adopts-planted", High, "sign-in adopts a token that was planted",
        means "An attacker gives a victim a token of their own choice, and is signed in when the victim is.",
        fix "Take no token that the server did not make, and make a new one at sign-in.",
        source "ASVS 5.0 7.2.4; OWASP Session Management; WSTG-SESS-03", frameworks fixes::ROTATE;
    OLD_ALIVE = "sign-in-revives-old", High, "the token from before the sign-in is signed in too",
        means "The token changed, but the one before it names the signed-in session as well.",
        fix "End the session from before the sign-in.",
        source "ASVS 5.0 7.2.4; WSTG-SESS-03", frameworks fixes::ROTATE;
    SIGN_OUT_CLIENT = "sign-out-keeps-session", High, "sign-out ends nothing on the server",
        means "A copy of the cookie goes on working after the user has signed out.",
        fix "End the session on the server, and then remove the cookie.",
        source "ASVS 5.0 7.4.1; WSTG-SESS-06", frameworks fixes::DESTROY;
    SIGN_OUT_COOKIE = "sign-out-keeps-cookie", Low, "sign-out leaves the cookie in the browser",
        means "The browser goes on sending a token that is worth nothing, until somebody makes it worth something again.",
        fix "Remove the cookie with the Path and Domain that it was set with.",
        source "OWASP Session Management; WSTG-SESS-06";
    SIGN_OUT_GET = "sign-out-by-get", Medium, "a link or an image signs users out",
        means "Any site signs its visitors out here; browsers that fetch pages ahead do it by themselves.",
        fix "Sign out by POST only, with a check against forged requests.",
        source "ASVS 5.0 3.5.3; RFC 9110 9.2.1";
    SIGN_IN_FORGED = "sign-in-forged", Medium, "another site can sign a visitor in",
        means "A visitor works in the attacker's account without knowing, and leaves data there.",
        fix "Check Sec-Fetch-Site and Origin of the sign-in, or a token in its form.",
        source "ASVS 5.0 3.5.1; OWASP CSRF Prevention";
    FORGED = "request-forged", High, "a forged request is accepted",
        means "Any page that a signed-in user visits does this in their name.",
        fix "Check Sec-Fetch-Site and Origin of unsafe requests, or a token in each form.",
        source "ASVS 5.0 3.5.1; OWASP CSRF Prevention";
    PASSWORD_TOKEN = "password-keeps-token", High, "the old token survives a password change",
        means "Whoever stole the session keeps it when the user changes the password to be rid of them.",
        fix "Make a new token at each password change.",
        source "ASVS 5.0 7.4.3; OWASP Session Management", frameworks fixes::ROTATE;
    PASSWORD_OTHERS = "password-keeps-others", High, "other sessions survive a password change",
        means "Whoever is signed in elsewhere stays so when the user changes the password to be rid of them.",
        fix "End the user's other sessions at each password change.",
        source "ASVS 5.0 7.4.3; OWASP Session Management";
    IDLE = "idle-goes-on", Medium, "a session without activity goes on",
        means "An unattended browser stays signed in for longer than the site says.",
        fix "Judge the time since the last request on the server.",
        source "ASVS 5.0 7.3.1; WSTG-SESS-07";
}
