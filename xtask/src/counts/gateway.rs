//! What an answer of the gateway costs, and how much it may cost.
//!
//! The program is the one that is released; a request comes by a socket, since its connection costs something too. What the gateway does
//! on the side, such as reading its users again once a second, counts along: some parts in a hundred.

use std::env;
use std::fs;
use std::path::Path;

use super::connection::Connection;
use super::house::{House, HouseError};
use crate::process::{self, Outcome};

/// A kind of request, and the most that it may cost.
struct Case {
    title: &'static str,
    asked: Asked,
    limits: Counts,
}

#[derive(Clone, Copy)]
enum Asked {
    Verify,
    PublicPage,
    Page,
}

/// What one request costs.
struct Counts {
    allocations: u64,
    store_calls: u64,
    instructions: u64,
}

/// Calls of the store are what they are; allocations may be one more, and instructions a tenth more, than were counted when the limit was
/// set. Who lowers the cost lowers the limit.
const CASES: [Case; 3] = [
    Case {
        title: "an answer to a proxy",
        asked: Asked::Verify,
        limits: Counts { allocations: 26, store_calls: 1, instructions: 49_500 },
    },
    Case {
        title: "proxy mode, a public path and nobody signed in",
        asked: Asked::PublicPage,
        limits: Counts { allocations: 70, store_calls: 0, instructions: 103_000 },
    },
    Case {
        title: "proxy mode, signed in",
        asked: Asked::Page,
        limits: Counts { allocations: 78, store_calls: 1, instructions: 114_000 },
    },
];

const REQUESTS: u64 = 1000;

/// What a browser sends with every request.
const FIELDS: &str = "user-agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n\
     accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\naccept-language: en-US,en;q=0.5\r\n\
     accept-encoding: gzip, deflate, br\r\nsec-fetch-dest: document\r\nsec-fetch-mode: navigate\r\nsec-fetch-site: none\r\n";

/// Counts and compares, under this valgrind or the one of the search path.
pub(crate) fn check(valgrind: Option<&Path>) -> Outcome {
    let valgrind = valgrind.unwrap_or(Path::new("valgrind"));
    let folder = env::temp_dir().join(format!("cloakroom-counts-{}", std::process::id()));
    fs::create_dir(&folder)?;
    let counted = count(valgrind, &folder);
    fs::remove_dir_all(&folder)?;
    let exceeded = counted?;
    if exceeded > 0 {
        return Err(format!("{exceeded} limits were exceeded").into());
    }
    Ok(())
}

/// How many limits were exceeded.
fn count(valgrind: &Path, folder: &Path) -> Result<usize, HouseError> {
    let mut house = House::start(&process::as_released("cloakroom"), valgrind, folder)?;
    let mut exceeded = 0;
    for case in &CASES {
        println!("\n{}:", case.title);
        let counts = case.count(&mut house)?;
        for (what, count, most) in [
            ("allocations", counts.allocations, case.limits.allocations),
            ("store calls", counts.store_calls, case.limits.store_calls),
            ("instructions", counts.instructions, case.limits.instructions),
        ] {
            let word = if count <= most { "kept" } else { "EXCEEDED" };
            println!("  {what:12} {count:>6}, at most {most:>6}: {word}");
            exceeded += usize::from(count > most);
        }
    }
    Ok(exceeded)
}

impl Case {
    fn count(&self, house: &mut House) -> Result<Counts, HouseError> {
        let request = self.asked.request(house);
        let mut connection = Connection::to(house.port)?;
        let mut ask = |times: u64| {
            for _ in 0..times {
                let (head, _) = connection.ask(&request)?;
                if !head.starts_with("HTTP/1.1 200 ") {
                    return Err(HouseError::Answer(head));
                }
            }
            Ok(())
        };
        // What is made at first use is made.
        ask(REQUESTS / 10)?;
        let before = house.store_calls()?;
        let watched = house.watch(|| ask(REQUESTS))?;
        let store_calls = house.store_calls()? - before;
        // The touch of a session, once a minute, may fall among them.
        Ok(Counts {
            allocations: watched.allocations / REQUESTS,
            store_calls: store_calls / REQUESTS,
            instructions: watched.instructions / REQUESTS,
        })
    }
}

impl Asked {
    fn request(self, house: &House) -> String {
        let (here, cookie) = (format!("localhost:{}", house.port), &house.cookie);
        let get = |path: &str, host: &str, cookie: &str, more: &str| {
            format!("GET {path} HTTP/1.1\r\nhost: {host}\r\n{FIELDS}cookie: {cookie}\r\n{more}\r\n")
        };
        match self {
            Self::Verify => {
                let question = format!(
                    "x-original-url: http://{here}/page\r\nx-original-method: GET\r\nx-forwarded-for: 127.0.0.1\r\n"
                );
                get("/_cloakroom/verify/nginx", "cloakroom", cookie, &question)
            }
            Self::PublicPage => get("/public/page", &here, "other=1", ""),
            Self::Page => get("/page", &here, cookie, ""),
        }
    }
}
