//! Statements with numbered parameters, as each database wants them.

/// A piece of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// As it stands.
    Text(&'a str),
    /// The parameter of this index, from 0.
    Parameter(usize),
}

/// The pieces of a statement, in order. A dollar sign without a number is text.
pub(crate) fn pieces(statement: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = statement;
    while let Some(at) = rest.find('$') {
        let digits = rest[at + 1..].bytes().take_while(u8::is_ascii_digit).count();
        let end = at + 1 + digits;
        match rest[at + 1..end].parse::<usize>() {
            Ok(number) if number > 0 => {
                pieces.extend([Piece::Text(&rest[..at]), Piece::Parameter(number - 1)]);
            }
            _ => pieces.push(Piece::Text(&rest[..end])),
        }
        rest = &rest[end..];
    }
    pieces.push(Piece::Text(rest));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_found_by_their_numbers() {
        let right = [
            Piece::Text("a = "),
            Piece::Parameter(1),
            Piece::Text(" AND b = "),
            Piece::Parameter(11),
            Piece::Text(""),
        ];
        assert_eq!(pieces("a = $2 AND b = $12"), right);
    }

    #[test]
    fn a_dollar_without_a_number_is_text() {
        assert_eq!(pieces("a$b"), [Piece::Text("a$"), Piece::Text("b")]);
        assert_eq!(pieces("$0"), [Piece::Text("$0"), Piece::Text("")]);
    }
}
