//! Tokens as text: 48 octets in 64 characters of unpadded base64url.
//!
//! No table is indexed by an octet of a secret, and no branch depends on one, so neither caches nor the time taken tell
//! anything about it. The loops over characters become vector instructions.
//!
//! Source: RFC 4648 5.

/// Characters of a text.
pub(crate) const TEXT_LEN: usize = 64;
/// Octets that a text stands for.
pub(crate) const OCTETS_LEN: usize = 48;

/// Decodes a text in place, so that there is one buffer for the caller to wipe. `None` when it has a character outside
/// of the alphabet.
pub(crate) fn decode(buffer: &mut [u8; TEXT_LEN]) -> Option<&[u8; OCTETS_LEN]> {
    let mut invalid = 0;
    for octet in &mut *buffer {
        *octet = sextet(*octet);
        invalid |= *octet & 0x80;
    }
    if invalid != 0 {
        return None;
    }
    for group in 0..TEXT_LEN / 8 {
        let sextets = buffer[group * 8..].first_chunk().expect("the last group is whole");
        let octets = pack(u64::from_be_bytes(*sextets)).to_be_bytes();
        buffer[group * 6..][..6].copy_from_slice(&octets[2..]);
    }
    buffer.first_chunk()
}

/// Encodes octets.
pub(crate) fn encode(octets: &[u8; OCTETS_LEN], text: &mut [u8; TEXT_LEN]) {
    for (group, characters) in octets.chunks_exact(6).zip(text.chunks_exact_mut(8)) {
        let mut whole = [0; 8];
        whole[2..].copy_from_slice(group);
        characters.copy_from_slice(&spread(u64::from_be_bytes(whole)).to_be_bytes());
    }
    for character in text {
        *character = character_of(*character);
    }
}

/// What a character stands for; above 127 when it is none of the alphabet.
fn sextet(character: u8) -> u8 {
    let within = |first: u8, last: u8, value: u8| {
        let is_within = character.wrapping_sub(first) <= last - first;
        if is_within { character.wrapping_sub(first).wrapping_add(value + 1) } else { 0 }
    };
    let found = within(b'A', b'Z', 0)
        | within(b'a', b'z', 26)
        | within(b'0', b'9', 52)
        | within(b'-', b'-', 62)
        | within(b'_', b'_', 63);
    found.wrapping_sub(1)
}

fn character_of(sextet: u8) -> u8 {
    let mut character = sextet.wrapping_add(b'A');
    if sextet >= 26 {
        character = sextet.wrapping_sub(26).wrapping_add(b'a');
    }
    if sextet >= 52 {
        character = sextet.wrapping_sub(52).wrapping_add(b'0');
    }
    if sextet == 62 {
        character = b'-';
    }
    if sextet == 63 {
        character = b'_';
    }
    character
}

/// Eight sextets, an octet each, as 48 bits: neighbours are joined in pairs, three times.
const fn pack(sextets: u64) -> u64 {
    let twelves = (sextets & 0x3f00_3f00_3f00_3f00) >> 2 | sextets & 0x003f_003f_003f_003f;
    let twenty_fours = (twelves & 0x0fff_0000_0fff_0000) >> 4 | twelves & 0x0000_0fff_0000_0fff;
    (twenty_fours & 0x00ff_ffff_0000_0000) >> 8 | twenty_fours & 0x00ff_ffff
}

/// The reverse of [`pack`].
const fn spread(bits: u64) -> u64 {
    let twenty_fours = (bits & 0xffff_ff00_0000) << 8 | bits & 0x00ff_ffff;
    let twelves = (twenty_fours & 0x00ff_f000_00ff_f000) << 4 | twenty_fours & 0x0000_0fff_0000_0fff;
    (twelves & 0x0fc0_0fc0_0fc0_0fc0) << 2 | twelves & 0x003f_003f_003f_003f
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn texts_are_those_of_another_implementation(octets: [u8; OCTETS_LEN]) {
            let mut text = [0; TEXT_LEN];
            encode(&octets, &mut text);
            prop_assert_eq!(std::str::from_utf8(&text), Ok(&*URL_SAFE_NO_PAD.encode(octets)));
            prop_assert_eq!(decode(&mut text), Some(&octets));
        }
    }

    #[test]
    fn one_octet_outside_of_the_alphabet_is_refused_wherever_it_stands() {
        for octet in 0..=u8::MAX {
            let is_valid = octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_');
            for place in 0..TEXT_LEN {
                let mut text = [b'A'; TEXT_LEN];
                text[place] = octet;
                assert_eq!(decode(&mut text).is_some(), is_valid, "{octet} at {place}");
            }
        }
    }
}
