//! Accounts on real servers, in another time zone than UTC.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use cloakroom_stores::StoreUrl;
use cloakroom_test_servers::{MariaDb, MariaDbSettings, Postgres, PostgresSettings};

use crate::place::Place;

/// A name that no other test has.
fn name() -> String {
    static NAMES: AtomicU32 = AtomicU32::new(0);
    format!("test_{}", NAMES.fetch_add(1, Ordering::Relaxed))
}

/// Each of the many instances of these tests has some connections.
impl Place for LazyLock<Postgres> {
    fn fresh(&self) -> StoreUrl {
        self.create_schema(&name()).unwrap().parse().unwrap()
    }
}

impl Place for LazyLock<MariaDb> {
    fn fresh(&self) -> StoreUrl {
        let name = name();
        self.create_database(&name).unwrap();
        self.url(&name).parse().unwrap()
    }
}

mod postgres {
    use super::{LazyLock, Postgres, PostgresSettings};

    static SERVER: LazyLock<Postgres> = LazyLock::new(|| {
        let more = vec![("max_connections", "200".to_owned())];
        Postgres::start(&PostgresSettings { timezone: "Asia/Kathmandu", more, ..PostgresSettings::default() })
            .unwrap()
    });

    crate::place::suite_in!(SERVER);
}

mod mariadb {
    use super::{LazyLock, MariaDb, MariaDbSettings};

    static SERVER: LazyLock<MariaDb> = LazyLock::new(|| {
        let more = vec!["--max-connections=200".to_owned()];
        let default_time_zone = "+05:45";
        MariaDb::start(&MariaDbSettings { default_time_zone, fsync: false, more, files: Vec::new() }).unwrap()
    });

    crate::place::suite_in!(SERVER);
}
