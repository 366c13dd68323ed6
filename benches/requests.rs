//! What a request costs, as a table: cloakroom, bare axum, tower-sessions and axum-login, in the same run.
//!
//! ```text
//! cargo xtask bench requests            # all of it, some minutes
//! cargo xtask bench requests -- random  # the measurements whose title has this word
//! ```
//! The applications take turns, a slice of some hundred calls each, in another order each round, so that whatever else the
//! machine does hits all alike. What a layer costs is taken round by round, against bare axum of the same round.
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use std::hint::black_box;
use std::time::Instant;

use cloakroom_benches::spread::Spread;
use cloakroom_benches::{Cookies, Route, Site, Trouble, sites};
use tokio::runtime::{Builder, Runtime};

const ROUNDS: usize = 2000;
const SLICE_CALLS: u32 = 100;

/// The first application of each measurement is the one that the others are compared with.
struct Measurement {
    title: &'static str,
    route: Route,
    cookies: Cookies,
    users: u64,
    applications: &'static [Application],
    target: Target,
}

type Application = (&'static str, fn() -> axum::Router);

/// What cloakroom is to cost over the first application.
enum Target {
    Nanoseconds(f64),
    /// Of what tower-sessions costs over it.
    ShareOfTowerSessions(f64),
}

const BARE: Application = ("bare axum", sites::bare);
const FLOOR: Application = ("a layer that does nothing", sites::floor);
const OURS: Application = (CLOAKROOM, sites::cloakroom);
const TOWER_SESSIONS: Application = ("tower-sessions 0.15", sites::tower_sessions);
const AXUM_LOGIN: Application = ("axum-login 0.18", sites::axum_login);
const CLOAKROOM: &str = "cloakroom";
const ALL: &[Application] = &[BARE, FLOOR, OURS, TOWER_SESSIONS, AXUM_LOGIN];

const MEASUREMENTS: &[Measurement] = &[
    Measurement {
        title: "one cookie, the profile decoded",
        route: Route::Dashboard,
        cookies: Cookies::One,
        users: 1,
        applications: ALL,
        target: Target::Nanoseconds(400.0),
    },
    Measurement {
        title: "ten cookies of a browser, the profile decoded",
        route: Route::Dashboard,
        cookies: Cookies::Ten,
        users: 1,
        applications: ALL,
        target: Target::Nanoseconds(450.0),
    },
    Measurement {
        title: "ten cookies of a browser, a route that does not ask for its session",
        route: Route::Public,
        cookies: Cookies::Ten,
        users: 1,
        applications: ALL,
        target: Target::Nanoseconds(220.0),
    },
    Measurement {
        title: "one cookie, touch and renewal watched and not due, over cloakroom without",
        route: Route::Dashboard,
        cookies: Cookies::One,
        users: 1,
        applications: &[
            ("cloakroom, nothing ever due", sites::cloakroom),
            (CLOAKROOM, sites::watchful_cloakroom),
        ],
        target: Target::Nanoseconds(60.0),
    },
    Measurement {
        title: "sealed into the cookie, the profile decoded",
        route: Route::Dashboard,
        cookies: Cookies::One,
        users: 1,
        applications: &[
            BARE,
            (CLOAKROOM, sites::sealed_cloakroom),
            ("cloakroom, irrevocable", sites::irrevocable_cloakroom),
            ("tower-sessions, private", sites::private_tower_sessions),
        ],
        target: Target::Nanoseconds(500.0),
    },
    Measurement {
        title: "defended: a POST with cross-origin check, token and header fields, over cloakroom without",
        route: Route::Act,
        cookies: Cookies::One,
        users: 1,
        applications: &[("cloakroom alone", sites::cloakroom), (CLOAKROOM, sites::defended_cloakroom)],
        target: Target::Nanoseconds(400.0),
    },
    Measurement {
        title: "one cookie, 300,000 sessions at random, the profile decoded",
        route: Route::Dashboard,
        cookies: Cookies::One,
        users: 300_000,
        applications: ALL,
        target: Target::ShareOfTowerSessions(0.5),
    },
];

fn main() -> Result<(), Trouble> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let runtime =
        Builder::new_current_thread().enable_time().build().expect("a runtime needs no more than memory");
    println!("Nanoseconds for each call of an axum router, median and middle half of {ROUNDS} rounds.");
    for measurement in MEASUREMENTS {
        if words.iter().all(|word| measurement.title.contains(word.as_str())) {
            measurement.run(&runtime)?;
        }
    }
    Ok(())
}

impl Measurement {
    fn run(&self, runtime: &Runtime) -> Result<(), Trouble> {
        let mut sites = Vec::new();
        for (name, router) in self.applications {
            sites.push(runtime.block_on(Site::open(name, router(), self.users))?);
        }
        let mut random = Random(0);
        let mut slices: Vec<Vec<f64>> = vec![Vec::with_capacity(ROUNDS); sites.len()];
        for round in 0..ROUNDS {
            for turn in 0..sites.len() {
                let at = (round + turn) % sites.len();
                slices[at].push(runtime.block_on(self.slice(&mut sites[at], &mut random))?);
            }
        }
        self.print(&slices);
        Ok(())
    }

    /// Nanoseconds for each call of a slice. The requests are made before the clock starts.
    async fn slice(&self, site: &mut Site, random: &mut Random) -> Result<f64, Trouble> {
        let mut request = || site.request(self.route, self.cookies, random.below(site.users()));
        let first = request();
        let requests: Vec<_> = (0..SLICE_CALLS).map(|_| request()).collect();
        site.call_checked(first).await?;
        let begun = Instant::now();
        for request in requests {
            black_box(site.call(request).await);
        }
        Ok(begun.elapsed().as_secs_f64() * 1e9 / f64::from(SLICE_CALLS))
    }

    fn print(&self, slices: &[Vec<f64>]) {
        println!("\n{}", self.title);
        println!("{:28}{:>22}{:>10}{:>22}  target", "", "a call", "of first", "over the first");
        let beside = |at: usize, compare: fn(f64, f64) -> f64| {
            Spread::of(slices[at].iter().zip(&slices[0]).map(|(this, first)| compare(*this, *first)))
        };
        let over = |at| beside(at, |this, first| this - first);
        for (at, (name, _)) in self.applications.iter().enumerate() {
            let call = Spread::of(slices[at].iter().copied()).to_string();
            if at == 0 {
                println!("{name:28}{call:>22}");
                continue;
            }
            let ratio = beside(at, |this, first| this / first).median;
            let target = if *name == CLOAKROOM { self.target(over(at).median, over) } else { String::new() };
            println!("{name:28}{call:>22}{ratio:>10.2}{:>22}  {target}", over(at).to_string());
        }
    }

    fn target(&self, cost: f64, over: impl Fn(usize) -> Spread) -> String {
        let (most, told) = match self.target {
            Target::Nanoseconds(most) => (most, format!("{most:.0}")),
            Target::ShareOfTowerSessions(share) => {
                let rival =
                    self.applications.iter().position(|application| application.0 == TOWER_SESSIONS.0);
                let most = share * over(rival.expect("tower-sessions takes part")).median;
                (most, format!("{most:.0}, {share} of tower-sessions"))
            }
        };
        let word = if cost <= most { "met" } else { "MISSED" };
        format!("at most {told}: {word}")
    }
}

/// `SplitMix64`: the same numbers in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        let high = (u128::from(mixed ^ mixed >> 31) * end as u128) >> 64;
        usize::try_from(high).expect("it is below a usize")
    }
}
