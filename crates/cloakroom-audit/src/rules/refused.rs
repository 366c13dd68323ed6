//! What browsers throw away.

use super::rule::{Rule, rules};
use crate::agent::Refusal;

rules! {
    CONTROL = "refused-ctl", Medium, "refused: control character",
        means "Browsers throw the whole cookie away.",
        fix "Encode the value before it is set.",
        source "RFC 6265bis 5.6 step 1";
    EMPTY = "refused-empty", Medium, "refused: neither name nor value",
        means "Browsers throw the whole cookie away.",
        fix "Give it a name, or do not set it.",
        source "RFC 6265bis 5.7 step 2";
    TOO_LARGE = "refused-too-large", Medium, "refused: more than 4096 octets",
        means "Browsers throw it away, and keep the one from before: what the session held last is lost in silence.",
        fix "Keep data on the server, and a reference in the cookie.",
        source "RFC 6265bis 5.7 step 4; ASVS 5.0 3.3.5";
    NON_ASCII = "refused-domain-non-ascii", Medium, "refused: Domain is not ASCII",
        means "Browsers throw the whole cookie away.",
        fix "Leave Domain out, or write it in its xn-- form.",
        source "RFC 6265bis 5.7 step 7";
    PUBLIC_SUFFIX = "refused-public-suffix", Medium, "refused: Domain is a public suffix",
        means "Browsers let nobody set a cookie for everybody below such a name.",
        fix "Leave Domain out.",
        source "RFC 6265bis 5.7 step 8";
    DOMAIN_MISMATCH = "refused-domain-mismatch", Medium, "refused: Domain of another host",
        means "Browsers throw the whole cookie away: a host sets cookies for itself and for domains above it.",
        fix "Leave Domain out.",
        source "RFC 6265bis 5.7 step 9";
    SECURE_ON_HTTP = "refused-secure-on-http", Medium, "refused: Secure over plain HTTP",
        means "Browsers take no Secure cookie from plain HTTP, so that whoever comes that way has no session.",
        fix "Set cookies over HTTPS only, and redirect before any is set.",
        source "RFC 6265bis 5.7 step 13";
    HIDES_SECURE = "refused-hides-secure", Medium, "refused: would hide a Secure cookie",
        means "Over plain HTTP nobody can replace a cookie that was set as Secure; the two parts of the site disagree.",
        fix "Set cookies over HTTPS only.",
        source "RFC 6265bis 5.7 step 16";
    NONE_INSECURE = "refused-samesite-none", Medium, "refused: SameSite=None without Secure",
        means "Browsers throw the whole cookie away.",
        fix "Add Secure, or use SameSite=Lax.",
        source "RFC 6265bis 5.7 step 19";
    PARTITIONED = "refused-partitioned", Medium, "refused: Partitioned without Secure",
        means "Browsers throw the whole cookie away.",
        fix "Add Secure, or leave Partitioned out.",
        source "CHIPS, Partitioned attribute";
    PREFIX_SECURE = "refused-prefix-secure", Medium, "refused: __Secure- without Secure",
        means "Browsers throw the whole cookie away.",
        fix "Add Secure.",
        source "RFC 6265bis 5.7 step 20";
    PREFIX_HOST = "refused-prefix-host", Medium, "refused: __Host- without what it promises",
        means "Browsers throw the whole cookie away.",
        fix "Add Secure and Path=/, and leave Domain out.",
        source "RFC 6265bis 5.7 step 21";
    PREFIX_HTTP = "refused-prefix-http", Medium, "refused: __Http- without what it promises",
        means "Browsers that know the prefix throw the whole cookie away.",
        fix "Add Secure and HttpOnly.",
        source "layered cookies 4.1.3";
    PREFIX_HOST_HTTP = "refused-prefix-host-http", Medium, "refused: __Host-Http- without what it promises",
        means "Browsers throw the whole cookie away.",
        fix "Add Secure, HttpOnly and Path=/, and leave Domain out.",
        source "layered cookies 4.1.3";
    NAMELESS_PREFIX = "refused-nameless-prefix", Medium, "refused: no name, and a value like a prefix",
        means "Sent back without its equals sign it would read as a protected cookie, so browsers throw it away.",
        fix "Give it a name.",
        source "RFC 6265bis 5.7 step 22";
}

/// The rule for what refused a cookie.
pub(crate) fn rule_of(refusal: Refusal) -> &'static Rule {
    match refusal {
        Refusal::ControlCharacter => &CONTROL,
        Refusal::Empty => &EMPTY,
        Refusal::TooLarge => &TOO_LARGE,
        Refusal::DomainNonAscii => &NON_ASCII,
        Refusal::PublicSuffix => &PUBLIC_SUFFIX,
        Refusal::DomainMismatch => &DOMAIN_MISMATCH,
        Refusal::SecureOnInsecureOrigin => &SECURE_ON_HTTP,
        Refusal::HidesSecure => &HIDES_SECURE,
        Refusal::SameSiteNoneInsecure => &NONE_INSECURE,
        Refusal::PartitionedInsecure => &PARTITIONED,
        Refusal::PrefixSecure => &PREFIX_SECURE,
        Refusal::PrefixHost => &PREFIX_HOST,
        Refusal::PrefixHttp => &PREFIX_HTTP,
        Refusal::PrefixHostHttp => &PREFIX_HOST_HTTP,
        Refusal::NamelessPrefix => &NAMELESS_PREFIX,
    }
}
