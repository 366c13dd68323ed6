//! Lists of the administration: tables on a desk, cards on a phone.

use maud::{Markup, html};

use crate::pages::Site;

/// A table. On a narrow screen each row is a card, and each cell says the name of its column.
#[derive(Debug)]
pub(crate) struct Table<'a> {
    /// What it is a table of, for whoever does not see the heading above it.
    pub(crate) caption: &'a str,
    /// The names of the columns.
    pub(crate) columns: &'a [&'a str],
    /// The cells, as many in each row as there are columns. The first of a row names it.
    pub(crate) rows: Vec<Vec<Markup>>,
}

impl Table<'_> {
    /// The table.
    pub(crate) fn render(&self) -> Markup {
        html! {
            table.list {
                caption.unseen { (self.caption) }
                thead { tr { @for column in self.columns { th scope="col" { (column) } } } }
                tbody { @for cells in &self.rows { (row(self.columns, cells)) } }
            }
        }
    }
}

/// A row of a table with these columns, as one that is added to it later is sent too.
pub(crate) fn row(columns: &[&str], cells: &[Markup]) -> Markup {
    html! {
        tr {
            @for (place, (column, cell)) in columns.iter().zip(cells).enumerate() {
                @if place == 0 { th scope="row" { (cell) } } @else { td data-column=(column) { (cell) } }
            }
        }
    }
}

/// What stands in the place of a list in which there is nothing.
pub(crate) fn empty(text: &str) -> Markup {
    html! { p.empty { (text) } }
}

/// The link to the next page of a list, which begins behind the last key of this one; none at the end.
pub(crate) fn next_page(site: &Site, href: Option<&str>) -> Markup {
    html! {
        @if let Some(href) = href {
            p.pages { a.button.plain href=(href) rel="next" { (site.language.console().next_page) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cell_says_its_column_and_the_first_names_its_row() {
        let table = Table {
            caption: "Users",
            columns: &["Name", "Role"],
            rows: vec![vec![html! { "<alice>" }, html! { "Member" }]],
        };
        let table = table.render().into_string();
        assert!(table.contains("<th scope=\"row\">&lt;alice&gt;</th>"), "{table}");
        assert!(table.contains("<td data-column=\"Role\">Member</td>"), "{table}");
    }
}
