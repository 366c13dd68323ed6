//! Express: `express-session`, whose data is in a store, and `cookie-session`, whose data is in the cookie.
//!
//! | package | cookie | MAC |
//! |---|---|---|
//! | `express-session` 1.19.0 with `cookie-signature` 1.2.2 | `s:` ID `.` signature, percent-encoded | HMAC-SHA-256 over the ID |
//! | `cookie-session` 2.1.1 with `cookies` 0.9.2, `keygrip` 1.1.0 | JSON in base64, and a second cookie `<name>.sig` | HMAC-SHA-1 over `<name>=<value>` |
//!
//! Both compare signatures as text, so there is exactly one for each value. Neither format has a time in it: such a cookie is good
//! for as long as its key is, whatever `maxAge` said to the browser. So the store's `cookie.expires` is the application's to check
//! for `express-session`, and for `cookie-session` there is nothing but an early end of the moving in.

mod cookie_session;
mod session;

pub use cookie_session::CookieSession;
pub use session::ExpressSession;
