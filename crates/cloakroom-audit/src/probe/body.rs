//! Bodies, up to a bound, packed or not.

use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use miniz_oxide::inflate::{decompress_to_vec_with_limit, decompress_to_vec_zlib_with_limit};
use tokio::time::{Instant, timeout_at};

/// Reads a body until it ends, breaks off, is long enough or takes too long: what came until then is what there is.
pub(super) async fn read(mut body: Incoming, octets_max: usize, deadline: Instant) -> Vec<u8> {
    let mut octets = Vec::new();
    while octets.len() < octets_max {
        let Ok(Some(Ok(frame))) = timeout_at(deadline, body.frame()).await else { break };
        if let Some(data) = frame.data_ref() {
            let room = octets_max - octets.len();
            octets.extend_from_slice(&data[..data.len().min(room)]);
        }
    }
    octets
}

/// When one answer has to be there.
pub(super) fn deadline(timeout: Duration) -> Instant {
    Instant::now() + timeout
}

/// Whether a body that is packed in this way can be unpacked.
pub(super) fn is_readable(encoding: &str) -> bool {
    ["", "identity", "gzip", "x-gzip", "deflate"].contains(&encoding.trim().to_ascii_lowercase().as_str())
}

/// Unpacks a body, up to a bound; one that cannot be unpacked is empty. Some servers pack what nobody asked them to.
pub(super) fn unpack(body: Vec<u8>, encoding: &str, octets_max: usize) -> Vec<u8> {
    match encoding.trim().to_ascii_lowercase().as_str() {
        "" | "identity" => body,
        "gzip" | "x-gzip" => gzip_payload(&body)
            .map(|packed| {
                decompress_to_vec_with_limit(packed, octets_max).unwrap_or_else(|failed| failed.output)
            })
            .unwrap_or_default(),
        "deflate" => {
            decompress_to_vec_zlib_with_limit(&body, octets_max).unwrap_or_else(|failed| failed.output)
        }
        _ => Vec::new(),
    }
}

/// What follows the head of a gzip member.
///
/// Source: RFC 1952 2.3.
fn gzip_payload(body: &[u8]) -> Option<&[u8]> {
    let (head, mut rest) = body.split_at_checked(10)?;
    if head[..3] != [0x1F, 0x8B, 8] {
        return None;
    }
    let flags = head[3];
    if flags & 4 != 0 {
        let (length, after) = rest.split_at_checked(2)?;
        rest = after.get(usize::from(u16::from_le_bytes([length[0], length[1]]))..)?;
    }
    for flag in [8, 16] {
        if flags & flag != 0 {
            let end = rest.iter().position(|octet| *octet == 0)?;
            rest = &rest[end + 1..];
        }
    }
    if flags & 2 != 0 { rest.get(2..) } else { Some(rest) }
}

#[cfg(test)]
mod tests {
    use miniz_oxide::deflate::compress_to_vec;

    use super::*;

    fn gzip(content: &[u8]) -> Vec<u8> {
        [&[0x1F, 0x8B, 8, 8, 0, 0, 0, 0, 0, 3][..], b"name\0", &compress_to_vec(content, 6), &[0; 8]].concat()
    }

    #[test]
    fn what_is_packed_is_unpacked_up_to_the_bound() {
        assert_eq!(unpack(gzip(b"hello"), "gzip", 100), b"hello");
        let bomb = gzip(&vec![b'a'; 50_000_000]);
        assert!(bomb.len() < 100_000);
        assert!(unpack(bomb, "GZIP", 1000).len() <= 1000);
        assert_eq!(unpack(b"not packed at all".to_vec(), "gzip", 100), b"");
        assert_eq!(unpack(b"plain".to_vec(), "", 100), b"plain");
        for encoding in ["br", "zstd", "gzip, gzip"] {
            assert!(!is_readable(encoding) && unpack(gzip(b"hello"), encoding, 100).is_empty(), "{encoding}");
        }
    }
}
