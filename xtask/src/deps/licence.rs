//! SPDX licence expressions, as far as packages write them.
//!
//! Source: SPDX 2.3, annex D; `MIT/Apache-2.0` is cargo's old spelling of `MIT OR Apache-2.0`.

/// A licence expression that could not be understood.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{expression}` is no licence expression")]
pub(crate) struct LicenceError {
    expression: String,
}

/// Whether the expression can be met with licences that `allows` says yes to.
///
/// An exception (`A WITH B`) is asked for as one name: it may grant more than its licence, and is allowed by itself.
pub(crate) fn is_met(expression: &str, allows: &dyn Fn(&str) -> bool) -> Result<bool, LicenceError> {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut parser = Parser { words: &words, allows };
    match parser.any() {
        Some(met) if parser.words.is_empty() => Ok(met),
        _ => Err(LicenceError { expression: expression.to_owned() }),
    }
}

struct Parser<'a> {
    words: &'a [&'a str],
    allows: &'a dyn Fn(&str) -> bool,
}

impl<'a> Parser<'a> {
    /// `OR` binds loosest.
    fn any(&mut self) -> Option<bool> {
        let mut met = self.all()?;
        while self.next_is("OR") {
            met |= self.all()?;
        }
        Some(met)
    }

    fn all(&mut self) -> Option<bool> {
        let mut met = self.one()?;
        while self.next_is("AND") {
            met &= self.one()?;
        }
        Some(met)
    }

    fn one(&mut self) -> Option<bool> {
        if self.next_is("(") {
            let met = self.any()?;
            return self.next_is(")").then_some(met);
        }
        let name = self.name()?;
        if self.next_is("WITH") {
            let exception = self.name()?;
            return Some((self.allows)(&format!("{name} WITH {exception}")));
        }
        Some((self.allows)(name))
    }

    fn name(&mut self) -> Option<&'a str> {
        let (first, rest) = self.words.split_first()?;
        let is_name = !["OR", "AND", "WITH", "(", ")"].contains(first);
        is_name.then(|| {
            self.words = rest;
            *first
        })
    }

    fn next_is(&mut self, word: &str) -> bool {
        let is_next = self.words.first() == Some(&word);
        if is_next {
            self.words = &self.words[1..];
        }
        is_next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(expression: &str) -> Result<bool, LicenceError> {
        is_met(expression, &|name| ["MIT", "BSD-3-Clause", "Apache-2.0 WITH LLVM-exception"].contains(&name))
    }

    #[test]
    fn a_choice_is_met_by_one_and_a_sum_by_all() {
        for (expression, expected) in [
            ("MIT", true),
            ("GPL-3.0-only", false),
            ("MIT OR GPL-3.0-only", true),
            ("GPL-3.0-only/MIT", true),
            ("MIT AND GPL-3.0-only", false),
            ("GPL-3.0-only OR MIT AND BSD-3-Clause", true),
            ("(GPL-3.0-only OR MIT) AND BSD-3-Clause", true),
            ("(MIT OR BSD-3-Clause) AND GPL-3.0-only", false),
        ] {
            assert_eq!(met(expression), Ok(expected), "{expression}");
        }
    }

    #[test]
    fn an_exception_is_a_licence_of_its_own() {
        assert_eq!(met("Apache-2.0 WITH LLVM-exception"), Ok(true));
        assert_eq!(met("MIT WITH LLVM-exception"), Ok(false));
    }

    #[test]
    fn what_is_no_expression_is_an_error() {
        for expression in ["", "MIT OR", "(MIT", "MIT BSD-3-Clause", "OR MIT", "MIT WITH"] {
            assert!(met(expression).is_err(), "{expression}");
        }
    }
}
