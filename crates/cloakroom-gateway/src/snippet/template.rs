//! Texts with places to fill in, written `<<so>>`.

/// The template with every place filled. A place that is not named stays and a test finds it.
pub(super) fn fill(template: &str, places: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("<<") {
        text.push_str(before);
        let named = after.split_once(">>").and_then(|(name, after)| {
            places.iter().find(|(place, _)| *place == name).map(|(_, value)| (*value, after))
        });
        if let Some((value, after)) = named {
            text.push_str(value);
            rest = after;
        } else {
            text.push_str("<<");
            rest = after;
        }
    }
    text.push_str(rest);
    text
}

/// One line for each item, each after `indent` and all but the first on a line of its own: a list in the place of its first
/// item.
pub(super) fn lines(indent: usize, items: impl IntoIterator<Item = String>) -> String {
    let items: Vec<String> = items.into_iter().collect();
    items.join(&format!("\n{}", " ".repeat(indent)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_filled_and_what_is_filled_in_is_not_read_again() {
        assert_eq!(fill("a <<b>> c <<d>>", &[("b", "<<d>>"), ("d", "1")]), "a <<d>> c 1");
    }

    #[test]
    fn a_place_that_nobody_names_stays() {
        assert_eq!(fill("<<a>> << <<b>>", &[("b", "1")]), "<<a>> << 1");
    }
}
