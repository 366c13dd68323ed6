//! Labels of other scripts in ASCII.
//!
//! Source: RFC 3492. The list has its names in lower case and normalised already, which is the other half of IDNA.

const BASE: u32 = 36;
const T_MIN: u32 = 1;
const T_MAX: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;
const INITIAL_BIAS: u32 = 72;
const INITIAL_N: u32 = 128;

/// A name with each of its labels as the domain name system has it.
pub(super) fn to_ascii(name: &str) -> String {
    name.split('.').map(label).collect::<Vec<_>>().join(".")
}

fn label(label: &str) -> String {
    if label.is_ascii() { label.to_owned() } else { format!("xn--{}", encode(label)) }
}

/// Source: RFC 3492, 6.3. A label of the list is far too short for the overflow that is spoken of there.
fn encode(label: &str) -> String {
    let mut output: String = label.chars().filter(char::is_ascii).collect();
    let basic = u32::try_from(output.len()).expect("a label is short");
    let length = u32::try_from(label.chars().count()).expect("a label is short");
    if basic > 0 {
        output.push('-');
    }
    let (mut n, mut delta, mut bias, mut handled) = (INITIAL_N, 0, INITIAL_BIAS, basic);
    while handled < length {
        let least =
            label.chars().map(u32::from).filter(|point| *point >= n).min().expect("one is not handled");
        delta += (least - n) * (handled + 1);
        n = least;
        for point in label.chars().map(u32::from) {
            if point < n {
                delta += 1;
            }
            if point == n {
                push_number(&mut output, delta, bias);
                bias = adapt(delta, handled + 1, handled == basic);
                delta = 0;
                handled += 1;
            }
        }
        delta += 1;
        n += 1;
    }
    output
}

fn push_number(output: &mut String, mut number: u32, bias: u32) {
    let mut k = BASE;
    loop {
        let threshold = k.saturating_sub(bias).clamp(T_MIN, T_MAX);
        if number < threshold {
            break;
        }
        output.push(digit(threshold + (number - threshold) % (BASE - threshold)));
        number = (number - threshold) / (BASE - threshold);
        k += BASE;
    }
    output.push(digit(number));
}

fn digit(value: u32) -> char {
    char::from(b"abcdefghijklmnopqrstuvwxyz0123456789"[value as usize])
}

/// Source: RFC 3492, 6.1.
fn adapt(delta: u32, points: u32, is_first: bool) -> u32 {
    let mut delta = if is_first { delta / DAMP } else { delta / 2 };
    delta += delta / points;
    let mut k = 0;
    while delta > ((BASE - T_MIN) * T_MAX) / 2 {
        delta /= BASE - T_MIN;
        k += BASE;
    }
    k + (BASE - T_MIN + 1) * delta / (delta + SKEW)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_written_as_the_standard_says() {
        for (name, expected) in [
            ("example.com", "example.com"),
            ("b\u{fc}cher.example", "xn--bcher-kva.example"),
            ("\u{516c}\u{53f8}.cn", "xn--55qx5d.cn"),
            // RFC 3492, 7.1 (A) and (L).
            (
                "\u{644}\u{64a}\u{647}\u{645}\u{627}\u{628}\u{62a}\u{643}\u{644}\u{645}\u{648}\u{634}\u{639}\u{631}\u{628}\u{64a}\u{61f}",
                "xn--egbpdaj6bu4bxfgehfvwxn",
            ),
            ("3\u{5e74}b\u{7d44}\u{91d1}\u{516b}\u{5148}\u{751f}", "xn--3b-ww4c5e180e575a65lsy2b"),
        ] {
            assert_eq!(to_ascii(name), expected, "{name}");
        }
    }
}
