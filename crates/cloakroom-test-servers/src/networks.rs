//! A tiny file that tells where one network is, as the large ones do that operators get.

use std::net::Ipv4Addr;

/// A file in `MaxMind`'s DB format in which one network is in Zurich and no other is anywhere.
///
/// Source: `MaxMind` DB File Format Specification 2.0.
pub fn networks_file(network: Ipv4Addr, prefix: u8) -> Vec<u8> {
    let nodes = u32::from(prefix);
    let mut file = Vec::new();
    for depth in 0..nodes {
        let found = if depth + 1 == nodes { nodes + SEPARATOR } else { depth + 1 };
        let is_right = network.to_bits() >> (31 - depth) & 1 == 1;
        let records = if is_right { [nodes, found] } else { [found, nodes] };
        // Three octets each.
        for record in records {
            file.extend(&record.to_be_bytes()[1..]);
        }
    }
    file.extend([0; 16]);
    let names = |english, german| map(&[("en", text(english)), ("de", text(german))]);
    file.extend(map(&[
        ("city", map(&[("names", names("Zurich", "Zürich"))])),
        ("country", map(&[("names", names("Switzerland", "Schweiz"))])),
    ]));
    file.extend(b"\xab\xcd\xefMaxMind.com");
    file.extend(map(&[
        ("binary_format_major_version", number(5, &[2])),
        ("binary_format_minor_version", number(5, &[])),
        ("build_epoch", vec![0, 2]),
        ("database_type", text("Test-City")),
        ("description", map(&[])),
        ("ip_version", number(5, &[4])),
        ("languages", vec![0, 4]),
        ("node_count", number(6, &nodes.to_be_bytes())),
        ("record_size", number(5, &[24])),
    ]));
    file
}

/// How far the data begin behind the tree.
const SEPARATOR: u32 = 16;

/// A control octet: three bits of type, five of length.
fn control(kind: u8, length: usize) -> u8 {
    let length = u8::try_from(length).expect("what is in the file is short");
    assert!(length < 29, "longer lengths are written otherwise");
    kind << 5 | length
}

fn text(text: &str) -> Vec<u8> {
    [&[control(2, text.len())], text.as_bytes()].concat()
}

fn number(kind: u8, octets: &[u8]) -> Vec<u8> {
    [&[control(kind, octets.len())], octets].concat()
}

fn map(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut octets = vec![control(7, entries.len())];
    for (key, value) in entries {
        octets.extend([text(key), value.clone()].concat());
    }
    octets
}
