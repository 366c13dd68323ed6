//! What a request costs in things that can be counted, and how much of each it may cost: what CI gates on.
//!
//! ```text
//! cargo xtask counts
//! ```
//! Everything is counted over bare axum, so that a new version of axum changes nothing here. Time is no part of it: a busy
//! machine would decide then. `requests.rs` takes the time.

use std::alloc::System;
use std::env;
use std::error::Error;
use std::process::ExitCode;

use axum::Router;
use cloakroom_benches::{Cookies, Route, Site, Trouble, sites, valgrind};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use tokio::runtime::{Builder, Runtime};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// A kind of request, and the most that it may cost over bare axum.
struct Case {
    title: &'static str,
    route: Route,
    cookies: Cookies,
    limits: Counts,
}

/// What one request costs.
struct Counts {
    allocations: u64,
    store_calls: u64,
    instructions: u64,
}

/// Allocations and calls are what they are; instructions may be a tenth more than were counted when the limit was set, for
/// another compiler. Who lowers the cost lowers the limit.
const CASES: [Case; 3] = [
    Case {
        title: "one cookie, the profile decoded",
        route: Route::Dashboard,
        cookies: Cookies::One,
        limits: Counts { allocations: 7, store_calls: 1, instructions: 10_200 },
    },
    Case {
        title: "ten cookies of a browser, the profile decoded",
        route: Route::Dashboard,
        cookies: Cookies::Ten,
        limits: Counts { allocations: 7, store_calls: 1, instructions: 10_500 },
    },
    Case {
        title: "ten cookies of a browser, a route that does not ask for its session",
        route: Route::Public,
        cookies: Cookies::Ten,
        limits: Counts { allocations: 6, store_calls: 0, instructions: 2_250 },
    },
];

/// The first word of the arguments when the program runs itself under valgrind.
const PLAY: &str = "play";
const BARE: &str = "bare";
const CLOAKROOM: &str = "cloakroom";

const REQUESTS: u64 = 1000;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let runtime = Builder::new_current_thread().enable_time().build()?;
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [play, application, case, requests] = arguments.as_slice()
        && play == PLAY
    {
        let mut player = Player::of(&runtime, application)?;
        let case = CASES.get(case.parse::<usize>()?).ok_or("there is no such case")?;
        player.play(case, requests.parse()?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut all_kept = true;
    for (number, case) in CASES.iter().enumerate() {
        println!("\n{}, over bare axum:", case.title);
        all_kept &= case.check(number, &runtime)?;
    }
    println!(
        "\nInstructions are valgrind's, without the processor's own for SHA-256: some 3,300 more for a hash than it takes."
    );
    Ok(if all_kept { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Case {
    /// Counts and compares; says whether all limits were kept.
    fn check(&self, number: usize, runtime: &Runtime) -> Result<bool, Box<dyn Error>> {
        let bare = self.allocations(runtime, sites::bare())?;
        let over_bare = |router| Ok::<_, Trouble>(self.allocations(runtime, router)?.saturating_sub(bare));
        let counts = Counts {
            allocations: over_bare(sites::cloakroom())?,
            store_calls: self.store_calls(runtime)?,
            instructions: instructions(CLOAKROOM, number)?.saturating_sub(instructions(BARE, number)?),
        };
        let kept = [
            is_kept("allocations", counts.allocations, self.limits.allocations),
            is_kept("store calls", counts.store_calls, self.limits.store_calls),
            is_kept("instructions", counts.instructions, self.limits.instructions),
        ];
        let rivals = [
            ("tower-sessions", over_bare(sites::tower_sessions())?),
            ("axum-login", over_bare(sites::axum_login())?),
        ];
        println!(
            "  allocations of others: {}",
            rivals.map(|(name, count)| format!("{name} {count}")).join(", ")
        );
        Ok(kept.iter().all(|kept| *kept))
    }

    fn allocations(&self, runtime: &Runtime, router: Router) -> Result<u64, Trouble> {
        let mut player = Player { runtime, site: runtime.block_on(Site::open("an application", router, 1))? };
        // Once before, for what is made at first use.
        player.play(self, 1)?;
        let requests: Vec<_> =
            (0..REQUESTS).map(|_| player.site.request(self.route, self.cookies, 0)).collect();
        let before = ALLOCATOR.stats();
        runtime.block_on(async {
            for request in requests {
                player.site.call(request).await;
            }
        });
        let made = ALLOCATOR.stats() - before;
        Ok((made.allocations + made.reallocations) as u64 / REQUESTS)
    }

    fn store_calls(&self, runtime: &Runtime) -> Result<u64, Trouble> {
        let (router, calls) = sites::cloakroom_counted();
        let mut player = Player { runtime, site: runtime.block_on(Site::open(CLOAKROOM, router, 1))? };
        let before = calls.count();
        player.play(self, REQUESTS)?;
        Ok((calls.count() - before) / REQUESTS)
    }
}

/// An application that answers requests.
struct Player<'a> {
    runtime: &'a Runtime,
    site: Site,
}

impl<'a> Player<'a> {
    fn of(runtime: &'a Runtime, application: &str) -> Result<Self, Trouble> {
        let router = if application == BARE { sites::bare() } else { sites::cloakroom() };
        Ok(Self { runtime, site: runtime.block_on(Site::open(CLOAKROOM, router, 1))? })
    }

    fn play(&mut self, case: &Case, requests: u64) -> Result<(), Trouble> {
        self.runtime.block_on(async {
            for _ in 0..requests {
                let request = self.site.request(case.route, case.cookies, 0);
                self.site.call_checked(request).await?;
            }
            Ok(())
        })
    }
}

/// Instructions for each request: what twice as many take more, so that starting and signing in do not count.
fn instructions(application: &str, case: usize) -> Result<u64, Box<dyn Error>> {
    let program = env::current_exe()?;
    let take = |requests: u64| {
        valgrind::instructions(&program, &[PLAY, application, &case.to_string(), &requests.to_string()])
    };
    Ok(take(2 * REQUESTS)?.saturating_sub(take(REQUESTS)?) / REQUESTS)
}

fn is_kept(what: &str, count: u64, most: u64) -> bool {
    let word = if count <= most { "kept" } else { "EXCEEDED" };
    println!("  {what:12} {count:>6}, at most {most:>6}: {word}");
    count <= most
}
