//! The record format and the token's text, octet for octet.
//!
//! A store outlives the version that wrote to it. So what each format looks like stands in files that nobody edits, and
//! every version reads all of them, and writes each record in the oldest that holds it.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use cloakroom_core::record::FORMAT;
use cloakroom_core::store::Row;
use cloakroom_core::{FreshSecret, Record, SessionId, Subject, Timestamp, Token};

use crate::shapes::shapes;

const HOW_TO: &str = "
The octets of a record are what deployed stores hold, so a format never changes. To write another one:
give it the next number, read every number up to it, add tests/golden/format-<number>/ with one file for each shape,
and leave the files that are there alone. During a rolling upgrade the old version has to read what the new one
writes, so release the reading first and the writing later.";

/// The files of all formats.
pub(crate) fn all_files() -> Vec<(String, Row)> {
    (1..=FORMAT).flat_map(files).collect()
}

/// The files of a format, by the name of their shape.
pub(crate) fn files(format: u8) -> BTreeMap<String, Row> {
    let folder = golden().join(format!("format-{format}"));
    let entries =
        std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}{HOW_TO}", folder.display()));
    entries
        .map(|entry| entry.expect("a readable folder").path())
        .map(|path| (path.file_stem().and_then(OsStr::to_str).expect("a name").to_owned(), parse(&path)))
        .collect()
}

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// `column = value` lines, and the octets of the body in hex; `#` begins a comment.
fn parse(path: &Path) -> Row {
    let text = std::fs::read_to_string(path).expect("a readable file");
    let lines = || text.lines().map(|line| line.split_once('#').map_or(line, |(before, _)| before).trim());
    let column = |name: &str| {
        let mut columns = lines().filter_map(|line| line.split_once(" = "));
        let (_, value) = columns.find(|(column, _)| *column == name).expect(name);
        (value != "none").then(|| value.to_owned())
    };
    let time =
        |name| Timestamp::from_millis(column(name).and_then(|millis| millis.parse().ok()).expect(name));
    let body: String = lines().filter(|line| !line.contains('=')).collect();
    Row {
        subject: column("subject").map(|subject| Subject::new(&subject).expect("a subject")),
        created_at: time("created_at"),
        last_seen_at: time("last_seen_at"),
        expires_at: time("expires_at"),
        address: column("address").map(|address| address.parse().expect("an address")),
        body: octets(&body).into_iter().collect(),
    }
}

fn octets(hex: &str) -> Vec<u8> {
    let digits: Vec<_> = hex.chars().filter(|c| !c.is_whitespace()).collect();
    let pairs = digits.chunks(2).map(|pair| pair.iter().collect::<String>());
    pairs.map(|pair| u8::from_str_radix(&pair, 16).expect("two hex digits")).collect()
}

fn hex(octets: &[u8]) -> String {
    octets.iter().fold(String::new(), |text, octet| text + &format!("{octet:02x}"))
}

#[test]
fn this_version_writes_each_record_in_the_oldest_format_that_holds_it_octet_for_octet() {
    for format in 1..=FORMAT {
        let files = files(format);
        let mut names: Vec<_> = shapes(format).iter().map(|(name, ..)| (*name).to_owned()).collect();
        names.sort();
        assert_eq!(files.keys().cloned().collect::<Vec<_>>(), names, "one file for each shape{HOW_TO}");
        for (name, record, rules) in shapes(format) {
            let row = record.to_row(&rules.lifetime);
            let (written, golden) = (hex(&row.body), hex(&files[name].body));
            assert_eq!(written, golden, "the octets of {name} are others than they were{HOW_TO}");
            assert_eq!(row, files[name], "the columns of {name} are others than they were{HOW_TO}");
        }
    }
}

#[test]
fn this_version_reads_every_format_there_ever_was() {
    for format in 1..=FORMAT {
        let shapes = shapes(format).into_iter().map(|(name, record, _)| (name, record));
        let records: BTreeMap<_, _> = shapes.collect();
        let files = files(format);
        assert!(!files.is_empty(), "format {format} has no files{HOW_TO}");
        for (name, row) in files {
            let read = Record::from_row(&row);
            assert_eq!(read.as_deref(), Ok(&records[&*name]), "{name} of format {format}{HOW_TO}");
        }
    }
}

#[test]
fn the_golden_records_show_every_bit_of_the_flags() {
    let seen = |format, place: usize| files(format).values().fold(0, |seen, row| seen | row.body[place]);
    assert_eq!(seen(1, 1), 0xff);
    assert_eq!(seen(2, 2), 0b11);
}

#[test]
fn sid_01_a_token_is_written_as_it_always_was() {
    let text = std::fs::read_to_string(golden().join("token.txt")).unwrap();
    let field = |name: &str| {
        let mut fields = text.lines().filter_map(|line| line.split_once(" = "));
        fields.find(|(field, _)| *field == name).expect(name).1.trim().to_owned()
    };
    let id = SessionId::from_octets(octets(&field("session_id")).try_into().unwrap());
    let fresh = FreshSecret::from_entropy(octets(&field("secret")).try_into().unwrap());
    let cookie = fresh.into_text(id);
    assert_eq!(std::str::from_utf8(cookie.expose()).unwrap(), field("cookie"));
    let token = Token::parse(field("cookie").as_bytes()).unwrap();
    assert_eq!((token.id(), hex(token.digest().as_octets())), (id, field("digest")));
}
