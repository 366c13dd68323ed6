//! WebSocket frames, as far as one has to know where they end.

/// Follows one direction of a `WebSocket` from the first octet on.
///
/// Source: RFC 6455 5.2.
#[derive(Debug, Default)]
pub(super) struct FrameEdge {
    head: [u8; 14],
    head_len: usize,
    payload_left: u64,
}

impl FrameEdge {
    /// Takes note of octets that go by.
    pub(super) fn follow(&mut self, mut octets: &[u8]) {
        while let [first, rest @ ..] = octets {
            if self.payload_left > 0 {
                let passed = octets.len().min(usize::try_from(self.payload_left).unwrap_or(usize::MAX));
                self.payload_left -= passed as u64;
                octets = &octets[passed..];
                continue;
            }
            self.head[self.head_len] = *first;
            self.head_len += 1;
            octets = rest;
            if self.head_len == self.head_len_whole() {
                self.payload_left = self.payload_len();
                self.head_len = 0;
            }
        }
    }

    /// Whether a frame of ours could stand here.
    pub(super) const fn is_between_frames(&self) -> bool {
        self.head_len == 0 && self.payload_left == 0
    }

    fn head_len_whole(&self) -> usize {
        if self.head_len < 2 {
            return 2;
        }
        let mask = if self.head[1] & 0x80 == 0 { 0 } else { 4 };
        let length = match self.head[1] & 0x7f {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        2 + length + mask
    }

    fn payload_len(&self) -> u64 {
        let of = |octets: &[u8]| octets.iter().fold(0, |sum, octet| sum << 8 | u64::from(*octet));
        match self.head[1] & 0x7f {
            126 => of(&self.head[2..4]),
            127 => of(&self.head[2..10]),
            short => u64::from(short),
        }
    }
}

/// Why a proxy closes a `WebSocket`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CloseCode {
    /// This end goes away; another will take a new connection.
    GoingAway = 1001,
    /// It is not allowed any more.
    PolicyViolation = 1008,
}

impl CloseCode {
    /// The frame as a server sends it.
    pub(super) const fn unmasked(self) -> [u8; 4] {
        let [high, low] = (self as u16).to_be_bytes();
        [0x88, 2, high, low]
    }

    /// The frame as a client sends it. The mask hides nothing and need not: no page has chosen these octets.
    pub(super) const fn masked(self) -> [u8; 8] {
        let [high, low] = (self as u16).to_be_bytes();
        [0x88, 0x82, 0, 0, 0, 0, high, low]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(len: usize, masked: bool) -> Vec<u8> {
        let bit = if masked { 0x80 } else { 0 };
        let mut frame = vec![0x82];
        match len {
            0..126 => frame.push(bit | u8::try_from(len).unwrap()),
            126..65536 => {
                frame.push(bit | 126);
                frame.extend(u16::try_from(len).unwrap().to_be_bytes());
            }
            _ => {
                frame.push(bit | 127);
                frame.extend((len as u64).to_be_bytes());
            }
        }
        frame.extend([0xff; 4].iter().take(if masked { 4 } else { 0 }));
        frame.resize(frame.len() + len, 0x88);
        frame
    }

    #[test]
    fn frames_end_where_they_do_however_they_are_cut_up() {
        for masked in [false, true] {
            for len in [0, 1, 125, 126, 300, 65535, 65536, 70000] {
                let octets = frame(len, masked);
                for piece in [1, 3, 4096, octets.len()] {
                    let mut edge = FrameEdge::default();
                    let mut passed = 0;
                    for octets_of_piece in octets.chunks(piece) {
                        assert!(passed == 0 || !edge.is_between_frames(), "{len} after {passed}");
                        edge.follow(octets_of_piece);
                        passed += octets_of_piece.len();
                    }
                    assert!(edge.is_between_frames(), "{len}, {masked}, in pieces of {piece}");
                }
            }
        }
    }

    #[test]
    fn our_closing_frames_are_frames() {
        for code in [CloseCode::GoingAway, CloseCode::PolicyViolation] {
            for frame in [&code.unmasked()[..], &code.masked()[..]] {
                let mut edge = FrameEdge::default();
                edge.follow(frame);
                assert!(edge.is_between_frames());
                assert!(frame.ends_with(&(code as u16).to_be_bytes()));
            }
        }
    }
}
