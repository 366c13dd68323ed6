//! Numbers by which a visitor and a log can speak of one request.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use http::HeaderValue;

/// Numbers requests: a part drawn once for the process, and a count.
#[derive(Clone, Debug)]
pub(crate) struct RequestIds {
    process: u32,
    count: Arc<AtomicU64>,
}

/// The number of one request.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(HeaderValue);

impl RequestIds {
    /// Numbers of a process that drew this part, so that a restart repeats none.
    pub(crate) fn new(process: u32) -> Self {
        Self { process, count: Arc::default() }
    }

    /// The next number.
    pub(crate) fn next(&self) -> RequestId {
        let count = 1 + self.count.fetch_add(1, Ordering::Relaxed);
        let text = format!("{:08x}-{count:x}", self.process);
        RequestId(HeaderValue::from_str(&text).expect("hex digits and a hyphen make a field value"))
    }
}

impl RequestId {
    /// The number as text.
    pub(crate) fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    /// The number as a field value.
    pub(crate) fn as_value(&self) -> &HeaderValue {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_requests_share_a_number() {
        let ids = RequestIds::new(0xab);
        assert_eq!(ids.next().as_str(), "000000ab-1");
        assert_eq!(ids.clone().next().as_str(), "000000ab-2");
    }
}
