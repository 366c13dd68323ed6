//! What a request costs a whole server: cloakroom, its rivals and bare servers, on real stores, in the same run.
//!
//! ```text
//! cargo xtask bench nodes               # all of it, some four minutes once it is built
//! cargo xtask bench nodes -- PostgreSQL # the tables whose title has this word
//! cargo xtask bench nodes -- 81         # so many rounds
//! ```
//! Each server is a process with one worker thread, on a processor that clients and stores keep off. They take short turns, in the other order each round, so that whatever
//! else the machine does hits all alike, and ratios are taken round by round.

use std::collections::HashMap;
use std::env;
use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use cloakroom_benches::nodes::{
    Backend, Backends, Client, Entry, GOALS, LINE_UP, Layer, Measured, Node, NodesError, Processors,
    Programs, Slice, round_trips, work,
};

const CLIENTS: u64 = 32;
const ROUNDS: usize = 41;
const TURN: Duration = Duration::from_millis(200);

/// Before its turn a server answers for so long what is not counted: copies of a second are fresh again after that.
const WARM_UP: Duration = Duration::from_millis(20);

/// Names the program of the rivals, which `cargo xtask bench nodes` builds.
const RIVALS: &str = "CLOAKROOM_RIVALS";

/// A server that takes part, with what is known of it so far.
struct Contestant {
    entry: Entry,
    node: Node,
    clients: Vec<Client>,
    measured: Measured,
    round_trips: Option<f64>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = env::args().skip(1).filter(|word| word != "--bench").collect();
    let rounds = words.iter().find_map(|word| word.parse().ok()).unwrap_or(ROUNDS);
    let titles: Vec<&String> = words.iter().filter(|word| word.parse::<usize>().is_err()).collect();
    let takes_part = |entry: &Entry| {
        entry.backend == Backend::None || titles.iter().all(|word| entry.title().contains(*word))
    };
    let rivals = env::var_os(RIVALS).ok_or("`cargo xtask bench nodes` builds the rivals, and runs this")?;
    let processors = Processors::of_this_thread()?;
    processors.keep_to_others()?;
    let ours = PathBuf::from(env!("CARGO_BIN_EXE_bench-node"));
    let programs = Programs { ours, rivals: PathBuf::from(rivals), processors };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(run(&programs, LINE_UP.into_iter().filter(takes_part), rounds))
}

async fn run(
    programs: &Programs,
    entries: impl Iterator<Item = Entry>,
    rounds: usize,
) -> Result<(), Box<dyn Error>> {
    println!(
        "{CLIENTS} connections; the median and the middle half of {rounds} turns of {} ms. Load average: {}.",
        TURN.as_millis(),
        load_average()
    );
    let backends = Backends::start()?;
    let mut contestants = Vec::new();
    for entry in entries {
        contestants.push(Contestant::start(programs, entry, &backends).await?);
    }
    for round in 0..rounds {
        let mut order: Vec<&mut Contestant> = contestants.iter_mut().collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for contestant in order {
            let slice = contestant.turn(&backends).await?;
            contestant.measured.push(slice);
        }
    }
    let measured: HashMap<Entry, &Measured> =
        contestants.iter().map(|contestant| (contestant.entry, &contestant.measured)).collect();
    print_tables(&contestants, &measured);
    print_goals(&measured);
    println!("\nLoad average at the end, this run among it: {}.", load_average());
    Ok(())
}

impl Contestant {
    async fn start(programs: &Programs, entry: Entry, backends: &Backends) -> Result<Self, NodesError> {
        let port = backends.port(entry.backend);
        let round_trips = match port {
            Some(port) => Some(round_trips(programs, entry, port).await?),
            None => None,
        };
        let node = Node::start(programs, entry, port)?;
        let mut clients = Vec::new();
        for user in 0..CLIENTS {
            clients.push(Client::sign_in(node.port(), user).await?);
        }
        Ok(Self { entry, node, clients, measured: Measured::default(), round_trips })
    }

    async fn turn(&mut self, backends: &Backends) -> Result<Slice, NodesError> {
        work(&mut self.clients, WARM_UP).await?;
        let (node, store) = (self.node.usage(), backends.usage(self.entry.backend));
        let (requests, took) = work(&mut self.clients, TURN).await?;
        let (node, store) = (self.node.usage().since(node), backends.usage(self.entry.backend).since(store));
        Ok(Slice { requests, took, node, store })
    }
}

fn print_tables(contestants: &[Contestant], measured: &HashMap<Entry, &Measured>) {
    let mut title = String::new();
    for Contestant { entry, measured: ours, round_trips, .. } in contestants {
        if entry.title() != title {
            title = entry.title();
            println!(
                "\n| {title:35} | {:25} | {:19} | {:17} | {:19} | {:17} | {:11} | {:9} |\n|---|---|---|---|---|---|---|---|",
                "requests a second",
                "of bare",
                "server, us each",
                "of bare",
                "store, us each",
                "round trips",
                "waited, %",
            );
        }
        let bare = measured[&entry.bare()];
        let (store, trips) = match round_trips {
            Some(trips) => (format!("{:.1}", ours.store_us()), format!("{trips:.2}")),
            None => (String::new(), String::new()),
        };
        println!(
            "| {:35} | {:25} | {:19} | {:17} | {:19} | {store:17} | {trips:11} | {:9.0} |",
            entry.to_string(),
            ours.rate().to_string(),
            format!("{:.2}", ours.rate_over(bare)),
            format!("{:.1}", ours.node_us()),
            format!("{:.2}", ours.thrift_over(bare)),
            ours.waited().median * 100.0,
        );
    }
}

/// A goal is one of requests a second; beside it stands how it looks by the server's time on the processor, which the
/// clients and the store do not share.
fn print_goals(measured: &HashMap<Entry, &Measured>) {
    println!("\n| goal | at least | requests a second | | by the processor |\n|---|---|---|---|---|");
    for goal in GOALS {
        let (Some(ours), Some(other)) = (measured.get(&goal.ours), measured.get(&goal.other)) else {
            continue;
        };
        let rate = ours.rate_over(other);
        let word = if rate.median >= goal.at_least { "met" } else { "MISSED" };
        println!("| {goal} | {:.2} | {rate:.2} | {word} | {:.2} |", goal.at_least, ours.thrift_over(other));
    }
    let builds = LINE_UP.iter().find(|entry| entry.layer == Layer::BareAxumOfRivals);
    if let Some((rivals, ours)) = builds.and_then(|rivals| {
        Some((measured.get(rivals)?, measured.iter().find(|(entry, _)| entry.layer == Layer::BareAxum)?.1))
    }) {
        println!(
            "\nBare axum as the rivals are built over ours, requests a second: {:.2}.",
            rivals.rate_over(ours)
        );
    }
}

/// How many programs wanted a processor in the last minute, five and fifteen.
fn load_average() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').take(3).collect::<Vec<_>>().join(" ")
}
