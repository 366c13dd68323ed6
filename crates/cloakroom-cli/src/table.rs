//! Lists for people: columns as wide as their widest value.

use std::io::{self, Write};

use serde_json::Value;

use crate::configuration::Output;
use crate::failure::Failure;

/// Prints rows as a table, or as a JSON array of objects with the columns as keys.
pub(crate) fn print(columns: &[&str], rows: &[Vec<Value>], output: Output) -> Result<(), Failure> {
    let text = if output.json { format!("{:#}\n", objects(columns, rows)) } else { text(columns, rows) };
    // A reader that has seen enough, such as `head`, is no failure.
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new(error)),
        _ => Ok(()),
    }
}

/// Rows as an array of objects with the columns as keys.
pub(crate) fn objects(columns: &[&str], rows: &[Vec<Value>]) -> Value {
    let object = |row: &Vec<Value>| {
        columns
            .iter()
            .zip(row)
            .map(|(column, value)| ((*column).to_owned(), value.clone()))
            .collect::<Value>()
    };
    rows.iter().map(object).collect()
}

/// Rows under their heads.
pub(crate) fn text(columns: &[&str], rows: &[Vec<Value>]) -> String {
    let heads = columns.iter().map(|column| column.replace('_', " ").to_uppercase()).collect();
    let cells = rows.iter().map(|row| row.iter().map(cell).collect());
    let lines: Vec<Vec<String>> = std::iter::once(heads).chain(cells).collect();
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let mut text = String::new();
    for line in lines {
        let padded: Vec<String> =
            line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        text.push_str(padded.join("  ").trim_end());
        text.push('\n');
    }
    text
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(values) if values.is_empty() => "-".to_owned(),
        Value::Array(values) => values.iter().map(cell).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn columns_are_as_wide_as_their_widest_value() {
        let rows = [
            vec![json!("alice"), Value::Null],
            vec![json!("bo"), json!(12)],
            vec![json!(["a", "b"]), json!([])],
        ];
        let printed = "NAME   LAST SEEN\nalice  -\nbo     12\na,b    -\n";
        assert_eq!(text(&["name", "last_seen"], &rows), printed);
    }

    #[test]
    fn programs_get_objects() {
        let rows = [vec![json!("alice"), Value::Null]];
        assert_eq!(objects(&["name", "address"], &rows), json!([{ "name": "alice", "address": null }]));
    }
}
