//! One test function for each store.

/// Makes of each function one test a store: `memory::NAME` and `sqlite::NAME`.
macro_rules! on_each_store {
    ($($name:ident),+ $(,)?) => {
        mod memory {
            $(#[test] fn $name() { super::$name(crate::harness::Store::Memory); })+
        }
        mod sqlite {
            $(#[test] fn $name() { super::$name(crate::harness::Store::Sqlite); })+
        }
    };
}

/// Makes of each function one test on `SQLite`, for what memory cannot hold: a restart, a second node, a file.
macro_rules! on_sqlite {
    ($($name:ident),+ $(,)?) => {
        mod sqlite_only {
            $(#[test] fn $name() { super::$name(); })+
        }
    };
}

pub(crate) use {on_each_store, on_sqlite};
