//! Beyond cookies: what no session cookie can solve, and what would.
//!
//! A session token is a bearer secret: whoever has it is the user. Everything in [`threats`](super::threats) makes it hard to get, and
//! short in what it is worth. It does not change what it is.
//!
//! | what remains | why | what would help |
//! |---|---|---|
//! | Malware on the user's computer copies the cookie | the browser keeps it in a file that the user may read | a key that the computer cannot give away: device-bound sessions, or TLS client certificates. Meanwhile: short timeouts, [`Reauthenticated`](crate::Reauthenticated) before what weighs more, [`ReusePolicy`](crate::ReusePolicy) with a periodic [`Renewal`](crate::Renewal), which notices a copy that is used beside the original |
//! | Malware acts from within the browser | it needs no copy | showing what is about to happen on another device, and asking there |
//! | A phishing site passes the sign-in on | the user signs in, through the site between, and the site keeps the cookie | passkeys, which are bound to the origin: record them as [`Method::Passkey`](crate::Method::Passkey), and look at the method where it matters |
//! | A script of ours is malicious, by a dependency or an injection | it has our origin, and the browser sends the cookie for it | a strict [policy](crate::headers::ContentSecurityPolicy) keeps injected scripts out, and cannot tell ours apart; fewer dependencies, and pages of weight on an origin of their own |
//! | A sibling's host is taken over | same site, so `SameSite` does not hold it back | `__Host-` keeps its cookies out, the [cross-origin check](crate::CrossOrigin) its requests; user content belongs on another registrable domain |
//! | The user leaves, and nobody signs out | the cookie stays in the browser | timeouts; a list of one's sessions, from [`Sessions::list`](crate::Sessions::list), to end them from elsewhere |
//! | The server itself is taken over | it sees every token that is presented | digests in the store protect the sessions that are not used meanwhile; afterwards [`Sessions::revoke_everyone`](crate::Sessions::revoke_everyone) and new keys |
//! | The same computer, the same browser profile, another person | the browser is the user | operating system accounts |
//! | A service behind has to act on a revocation at once | a JWT is good until it ends, minutes later | let it ask; `docs/sessions-and-tokens.md` says when to use which |
//! | Who was it, really? | a session says what was proved at the sign-in, and when | a better proof at the sign-in |
//!
//! And some things that look like help and are none:
//!
//! - **Binding to the address.** Telephones change it many times a day, and a thief in the same café has the same one.
//! - **A fingerprint of the browser.** Whoever copies a cookie copies the headers too. It is worth a line in the log.
//! - **Encrypting the token.** It is random already, and whoever steals it steals it encrypted.
//! - **Session storage, or a header, instead of a cookie.** Then scripts can read it.
