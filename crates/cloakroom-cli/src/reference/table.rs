//! Markdown, as far as the reference needs it.

/// What stands at the head of each page.
pub(super) fn page(title: &str, lead: &str, body: &str) -> String {
    format!(
        "# {title}\n\n<!-- Written by `cargo xtask docs` from the code. Change it there. -->\n\n{lead}\n\n{}\n",
        body.trim_end()
    )
}

/// A table; cells are Markdown already.
pub(super) fn table<const N: usize>(head: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let line = |cells: [String; N]| format!("| {} |\n", cells.join(" | "));
    let mut text = line(head.map(str::to_owned)) + &line(head.map(|_| "---".to_owned())).replace(' ', "");
    text.extend(rows.into_iter().map(line));
    text
}

/// A text as it would be typed.
pub(super) fn code(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("`{}`", text.replace('|', "\\|")) }
}

/// A text in the cell of a table. What looks like HTML stays as it is written.
pub(super) fn cell(text: &str) -> String {
    text.replace('\n', " ").replace('|', "\\|").replace('<', "\\<")
}

#[test]
fn a_table_has_a_head_and_its_rows_stay_on_their_lines() {
    let rows = [[code("a|b"), cell("x\n<y>")]];
    assert_eq!(table(["one", "two"], rows), "| one | two |\n|---|---|\n| `a\\|b` | x \\<y> |\n");
}
