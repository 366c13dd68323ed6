//! Defaults: what you get when you say nothing, and why.
//!
//! # The cookie
//!
//! | what | default | why | source |
//! |---|---|---|---|
//! | name | `__Host-sid` | no sibling's host and no plain HTTP can set it | ASVS 5.0 3.3.1; RFC 6265bis 4.1.3.2 |
//! | `Secure` | always | the cookie never travels in the clear | ASVS 5.0 3.3.1 |
//! | `HttpOnly` | always | no script reads it | ASVS 5.0 3.3.4 |
//! | `SameSite` | `Lax` | links from elsewhere arrive signed in, forms from elsewhere do not; said outright, since browsers that fill it in let a fresh cookie through for two minutes | ASVS 5.0 3.3.2; RFC 6265bis 5.6.7 |
//! | `Path` | `/` | a path is no wall: pages of one origin reach each other anyway | RFC 6265bis 8.6 |
//! | `Domain` | none | the host alone | RFC 6265bis 4.1.2.3 |
//! | a second, long-lived cookie | none; [`remember_me`](crate::Sessions::remember_me) sets `__Host-remember` for users who ask | who may use the device is for the user to say | NIST SP 800-63B-4 5.1 |
//! | `Max-Age` | none: gone when the browser closes | [`SignInAttempt::remembered`](crate::SignInAttempt::remembered) keeps it as long as the absolute timeout | NIST SP 800-63B-4 5.1 |
//!
//! # Time
//!
//! | setting | default | why | source |
//! |---|---|---|---|
//! | [`Lifetime`](crate::Lifetime): idle | 30 minutes | a lunch break ends it | OWASP Session Management, "Session Expiration"; ASVS 5.0 7.3.1 |
//! | [`Lifetime`](crate::Lifetime): absolute | 12 hours since the last proof | a working day; nothing but a new proof moves it | ASVS 5.0 7.3.2; NIST SP 800-63B-4 2.2.3 |
//! | touch window | a minute, or a tenth of an idle timeout below ten minutes | a session that is read all the time is written once a minute; it ends at most that much late, and never early | ours |
//! | [`Renewal`](crate::Renewal) | on demand; 30 seconds of grace | requests in flight on the old token succeed | ASVS 5.0 7.2.4 for the occasions that always renew |
//! | [`ReusePolicy`](crate::ReusePolicy) | the session ends | of two who use one token, either may be the thief | OWASP Session Management |
//! | [`reauthentication_window`](crate::Sessions::reauthentication_window) | five minutes | long enough to fill in a form | ASVS 5.0 7.5.1 |
//! | [`store_timeout`](crate::Sessions::store_timeout) | two seconds | a store that hangs is a store that is down, and people wait no longer | ours |
//!
//! # What is kept
//!
//! | what | default | why | source |
//! |---|---|---|---|
//! | the token in the store | its SHA-256 | a copy of the store opens nothing; the token has 256 random bits, so a slow hash would add nothing | OWASP Session Management |
//! | address and user agent | neither; [`record_clients`](crate::Sessions::record_clients) | personal data is kept when somebody has a use for it | GDPR 5(1)(c) |
//! | a visitor's session | none before the first slot is written | visitors who store nothing cost nothing, and need no consent | RFC 6265bis 7 |
//! | slots over a sign-in | gone, unless [`kept_at_sign_in`](crate::Slot::kept_at_sign_in); never to another subject | what a guest wrote is not what the user wrote | ASVS 5.0 7.2.4 |
//! | data of a session | 64 KiB; some 2.9 KiB sealed | a session is no database; a cookie has 4096 octets | RFC 6265bis 5.6 |
//! | sessions of a subject | any number; [`cap`](crate::Sessions::cap) | how many is for the application to say | ASVS 5.0 7.1.2 |
//! | [`NearCache`](crate::NearCache) | copies of at most a second, in 32 MiB | what a revocation on another node may take, at the latest | ours |
//!
//! # The layers
//!
//! | layer | default | why | source |
//! |---|---|---|---|
//! | [`CrossOrigin`](crate::CrossOrigin) | our own origin only; GET, HEAD and OPTIONS pass | they change nothing, if the application keeps to it | ASVS 5.0 3.5.1, 3.5.3 |
//! | [`CsrfCheck`](crate::csrf::CsrfCheck) | every unsafe request, forms up to 1 MiB | exceptions are named `insecure_` | OWASP Cross-Site Request Forgery Prevention |
//! | [`SecurityHeaders`](crate::headers::SecurityHeaders) | the table in [`headers`](crate::headers) | | ASVS 5.0 3.4 |
//! | [`moving`](crate::moving) | off | | |
//!
//! # What has no default
//!
//! - **Which store.** A sign-out is as durable as the store: `docs/stores.md` says what each promises.
//! - **`SameSite=None`, plain HTTP, a cookie for a whole domain, values that nothing can revoke**: each is a choice with a name that
//!   says so.
