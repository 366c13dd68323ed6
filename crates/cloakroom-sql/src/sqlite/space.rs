//! Giving the room of ended sessions back to the file system.

use rusqlite::Connection;

/// How many pages one transaction gives back: at most as many are moved, and two or three written for each.
const STEP_PAGES: i64 = 64;

/// Free pages that the file keeps whatever its size, for the sessions to come: 4 MiB.
const KEPT_PAGES: i64 = 1024;

/// Gives some pages back if more than a few are free, and more than half of the file; says how many.
///
/// As many free pages as used ones stay, since a file that is often purged is as often filled again, and pages that are there
/// need not be asked for. A file that was made without `auto_vacuum` gives nothing back.
pub(super) fn give_back(connection: &Connection) -> rusqlite::Result<i64> {
    let free = free_pages(connection)?;
    let pages: i64 = connection.pragma_query_value(None, "page_count", |row| row.get(0))?;
    if free <= KEPT_PAGES || free <= pages / 2 {
        return Ok(0);
    }
    // The statement gives back one page for each of its steps.
    let mut statement = connection.prepare(&format!("PRAGMA incremental_vacuum({STEP_PAGES})"))?;
    let mut steps = statement.query(())?;
    while steps.next()?.is_some() {}
    Ok(free - free_pages(connection)?)
}

fn free_pages(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "freelist_count", |row| row.get(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn database(auto_vacuum: &str, rows: i64) -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        connection.pragma_update(None, "auto_vacuum", auto_vacuum).unwrap();
        connection.execute_batch("CREATE TABLE t (page BLOB)").unwrap();
        for _ in 0..rows {
            connection.execute("INSERT INTO t VALUES (zeroblob(4000))", ()).unwrap();
        }
        connection.execute("DELETE FROM t", ()).unwrap();
        connection
    }

    #[test]
    fn much_free_room_goes_back_step_by_step_and_some_stays() {
        let connection = database("INCREMENTAL", 2000);
        let mut steps = 0;
        while give_back(&connection).unwrap() > 0 {
            steps += 1;
        }
        let free = free_pages(&connection).unwrap();
        assert!((KEPT_PAGES - STEP_PAGES..=KEPT_PAGES).contains(&free), "{free}");
        assert_eq!(steps, (2000 - KEPT_PAGES) / STEP_PAGES + 1);
    }

    #[test]
    fn a_file_that_cannot_give_back_is_left_alone() {
        let connection = database("NONE", 2000);
        assert_eq!(give_back(&connection).unwrap(), 0);
    }
}
