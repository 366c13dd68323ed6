//! What pages and their fields say.

use super::fixes;
use super::rule::rules;

rules! {
    MIXED_ACTIVE = "mixed-active", High, "script or frame over plain HTTP",
        means "Whoever is on the way puts a script into the page; browsers that block it show a broken one.",
        fix "Load it over HTTPS.",
        source "Mixed Content 3; ASVS 5.0 12.2.1";
    MIXED_PASSIVE = "mixed-passive", Low, "image over plain HTTP",
        means "Whoever is on the way sees which page is read, and can change the image.",
        fix "Load it over HTTPS.",
        source "Mixed Content 3.1";
    FORM_OVER_HTTP = "form-over-http", High, "form that is sent over plain HTTP",
        means "What the user types, the password too, can be read on the way.",
        fix "Post to an https:// URL.",
        source "ASVS 5.0 12.2.1; Mixed Content 6";
    CSP_MISSING = "csp-missing", Low, "no Content-Security-Policy",
        means "A script that somebody manages to inject runs, and acts as the user.",
        fix "Send a policy with nonces: script-src 'nonce-...' 'strict-dynamic'; object-src 'none'; base-uri 'none'.",
        source "ASVS 5.0 3.4.3; CSP3", frameworks fixes::CSP;
    CSP_REPORT_ONLY = "csp-report-only", Low, "Content-Security-Policy that only reports",
        means "It stops nothing.",
        fix "Send it as Content-Security-Policy.",
        source "ASVS 5.0 3.4.3; CSP3 3.2", frameworks fixes::CSP;
    CSP_INLINE = "csp-unsafe-inline", Low, "policy that lets any inline script run",
        means "An injected script runs as if there were no policy.",
        fix "Use nonces or hashes in the place of 'unsafe-inline'.",
        source "CSP3 6.7; ASVS 5.0 3.4.3";
    CSP_EVAL = "csp-unsafe-eval", Low, "policy that lets texts become scripts",
        means "Whoever gets a text into such a call gets a script to run.",
        fix "Leave 'unsafe-eval' out.",
        source "CSP3 2.3.1; ASVS 5.0 3.4.3";
    CSP_WIDE = "csp-wide-scripts", Low, "policy that takes scripts from everywhere",
        means "An attacker puts the script on any host and names it.",
        fix "Name the hosts, or use nonces.",
        source "CSP3 6.7; ASVS 5.0 3.4.3";
    CSP_NO_SCRIPTS = "csp-no-script-rule", Low, "policy that says nothing of scripts",
        means "Neither script-src nor default-src is there, so every script runs.",
        fix "Add script-src.",
        source "CSP3 6.1; ASVS 5.0 3.4.3";
    CSP_BASE = "csp-no-base-uri", Info, "policy with nonces and without base-uri",
        means "An injected base element moves every relative script to an attacker's host, where the nonce lets it pass.",
        fix "Add base-uri 'none'.",
        source "CSP3 6.3.1; ASVS 5.0 3.4.3";
    FRAMES = "frames-allowed", Medium, "page that any site can frame",
        means "An attacker's page shows it invisibly under the user's clicks.",
        fix "Add frame-ancestors 'none' or 'self' to the Content-Security-Policy.",
        source "ASVS 5.0 3.4.6; CSP3 6.4.2", frameworks fixes::FRAMES;
    NO_SNIFF = "nosniff-missing", Low, "no X-Content-Type-Options",
        means "Browsers may take a file that users uploaded for a script.",
        fix "Send X-Content-Type-Options: nosniff.",
        source "ASVS 5.0 3.4.4";
    REFERRER = "referrer-leaks", Low, "whole URLs are told to other sites",
        means "Other sites learn paths and queries of pages that lead to them.",
        fix "Send Referrer-Policy: same-origin, or strict-origin-when-cross-origin.",
        source "ASVS 5.0 3.4.5";
    NO_REFERRER = "referrer-unsaid", Info, "no Referrer-Policy",
        means "Browsers of today send other sites the origin only; older ones the whole URL.",
        fix "Send Referrer-Policy: same-origin.",
        source "ASVS 5.0 3.4.5";
    CORS = "cors-any-origin", High, "every site may read answers as the user",
        means "Any page that the user visits can fetch their data here.",
        fix "Compare the Origin with a list, and send nothing for others.",
        source "ASVS 5.0 3.4.2; Fetch 3.3";
    CLEAR_UNREADABLE = "clear-site-data-unreadable", Low, "Clear-Site-Data that clears nothing",
        means "Browsers ignore types that are not in double quotes.",
        fix "Send Clear-Site-Data: \"cache\", \"storage\".",
        source "Clear Site Data 3; ASVS 5.0 14.3.1";
    CLEAR_EATS = "clear-site-data-eats-cookies", Medium, "Clear-Site-Data removes what the answer sets",
        means "Browsers clear after they have read Set-Cookie, so the cookies of this answer are lost.",
        fix "Do not clear \"cookies\" in an answer that sets one.",
        source "Clear Site Data 4.2";
    FORM_UNPROTECTED = "csrf-form-unproven", Info, "form without a visible token",
        means "Nothing in the form shows whether the server tells forged requests apart; `--login` or `--send-empty-sign-in` can.",
        fix "Check Sec-Fetch-Site and Origin of unsafe requests, or a token in each form.",
        source "ASVS 5.0 3.5.1; OWASP CSRF Prevention";
}
