//! How much of anything is read before it is given up.

/// Octets of a cookie value. Browsers stop at 4096 with the name; some servers are spoken to by others.
pub const COOKIE_BYTES_MAX: usize = 8192;

/// Octets of a value that was in a database and not in a cookie.
pub const STORED_BYTES_MAX: usize = 256 * 1024;

/// Octets that a compressed payload may inflate to.
pub const INFLATED_BYTES_MAX: usize = 256 * 1024;

/// Lists and maps within each other, in every serialization.
pub const NESTING_MAX: usize = 64;
