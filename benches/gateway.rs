//! What the gateway costs: an answer to a proxy beside a bare handler, its proxy mode beside nginx, and both beside another
//! forward-auth server.
//!
//! ```text
//! cargo xtask bench gateway        # a minute or two once it is built
//! cargo xtask bench gateway -- 81  # so many rounds
//! ```
//! The program is the one that is released, with sessions in a file and one worker thread; servers have a processor to themselves, clients
//! and the application have the others. nginx and `LemonLDAP::NG` are Debian's: `apt-get install nginx lemonldap-ng-fastcgi-server`.

use std::env;
use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use cloakroom_benches::gateway::{Asked, Course, Front, House, Rival, Turn, Upstream};
use cloakroom_benches::nodes::{NodesError, Processors};
use cloakroom_benches::spread::Spread;
use cloakroom_test_servers::{Process, ServerError, Start};

const CLIENTS: usize = 8;
const ROUNDS: usize = 41;
const TURN: Duration = Duration::from_millis(200);

/// Names the program, which `cargo xtask bench gateway` builds.
const PROGRAM: &str = "CLOAKROOM_PROGRAM";

/// What a browser sends with every request.
const FIELDS: &str = "user-agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n\
     accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\naccept-language: en-US,en;q=0.5\r\n\
     accept-encoding: gzip, deflate, br\r\nsec-fetch-dest: document\r\nsec-fetch-mode: navigate\r\nsec-fetch-site: none\r\n";

/// Where each course stands in the table.
const BARE: usize = 0;
const VERIFY: usize = 2;
const PROXY_OPEN: usize = 3;
const PROXY: usize = 4;
const NGINX_ASKING: usize = 6;
const NGINX_RIVAL: usize = 7;

fn main() -> Result<(), Box<dyn Error>> {
    let rounds = env::args().find_map(|word| word.parse().ok()).unwrap_or(ROUNDS);
    let program =
        env::var_os(PROGRAM).ok_or("`cargo xtask bench gateway` builds the program, and runs this")?;
    let processors = Processors::of_this_thread()?;
    processors.keep_to_others()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(run(PathBuf::from(program), &processors, rounds))
}

async fn run(program: PathBuf, processors: &Processors, rounds: usize) -> Result<(), Box<dyn Error>> {
    println!(
        "{CLIENTS} connections; the median and the middle half of {rounds} turns of {} ms. Load average: {}.",
        TURN.as_millis(),
        load_average()
    );
    let folder = tempfile::tempdir()?;
    let upstream = Upstream::start()?;
    let house = House::start(&program, upstream.port(), processors)?;
    let rival = Rival::start(processors)?;
    let asking_us = Asked::Cloakroom(house.port(), house.origin());
    let fronts = [Asked::Nobody, asking_us, Asked::Rival(rival.socket().to_owned())]
        .map(|asked| Front::start(&upstream, &asked, processors));
    let [plain, asking, asking_rival] = fronts;
    let (plain, asking, asking_rival) = (plain?, asking?, asking_rival?);
    let (bare, bare_port) = bare(folder.path().to_owned(), processors)?;
    let mut courses = courses(&house, &rival, [&plain, &asking, &asking_rival], (&bare, bare_port)).await?;
    let (mut commits, mut verified) = (0, 0);
    for round in 0..rounds {
        let mut order: Vec<usize> = (0..courses.len()).collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for course in order {
            let before = house.commits()?;
            let turn = courses[course].turn(TURN).await?;
            if course == VERIFY {
                commits += house.commits()?.wrapping_sub(before);
                verified += turn.requests;
            }
        }
    }
    print_table(&courses);
    print_goals(&courses);
    println!(
        "\n{commits} commits to the file of the sessions in {verified} verifications; the activity of a session is written once a minute."
    );
    println!("Load average at the end, this run among it: {}.", load_average());
    Ok(())
}

async fn courses(
    house: &House,
    rival: &Rival,
    [plain, asking, asking_rival]: [&Front; 3],
    (bare, bare_port): (&Process, u16),
) -> Result<Vec<Course>, NodesError> {
    let (origin, port, cookie) = (house.origin(), house.port(), house.cookie());
    let get = |path: &str, host: &str, cookie: &str, more: &str| {
        format!("GET {path} HTTP/1.1\r\nhost: {host}\r\n{FIELDS}cookie: {cookie}\r\n{more}\r\n")
    };
    let here = format!("localhost:{port}");
    // Of the same length as ours.
    let stranger = format!("other={}", "x".repeat(cookie.len() - "other=".len()));
    let question =
        format!("x-original-url: {origin}/page\r\nx-original-method: GET\r\nx-forwarded-for: 127.0.0.1\r\n");
    let ask = get("/_cloakroom/verify/nginx", "cloakroom", cookie, &question);
    let live = get("/_cloakroom/live", &here, cookie, &question);
    let page = get("/page", &here, cookie, "");
    let open = get("/public/page", &here, &stranger, "");
    let rivals = get("/page", rival.host(), rival.cookie(), "");
    let of = |ids: &[Option<u32>]| ids.iter().copied().flatten().collect::<Vec<_>>();
    let (ours, none) = (of(&[house.id()]), Vec::new());
    let with_rival = [of(&[asking_rival.id()]), rival.ids()].concat();
    Ok(vec![
        Course::new("bare axum handler", (bare_port, &ask), CLIENTS, (of(&[bare.id()]), none.clone()))
            .await?,
        Course::new("/_cloakroom/live", (port, &live), CLIENTS, (ours.clone(), none.clone())).await?,
        Course::new("answer to a proxy", (port, &ask), CLIENTS, (ours.clone(), ours.clone())).await?,
        Course::new("proxy mode, public path", (port, &open), CLIENTS, (ours.clone(), none.clone())).await?,
        Course::new("proxy mode, signed in", (port, &page), CLIENTS, (ours.clone(), none.clone())).await?,
        Course::new("nginx", (plain.port(), &page), CLIENTS, (of(&[plain.id()]), none)).await?,
        Course::new(
            "nginx asking cloakroom",
            (asking.port(), &page),
            CLIENTS,
            (of(&[asking.id(), house.id()]), ours),
        )
        .await?,
        Course::new(
            "nginx asking LemonLDAP::NG",
            (asking_rival.port(), &rivals),
            CLIENTS,
            (with_rival, rival.ids()),
        )
        .await?,
    ])
}

/// Bare axum with one worker, whose only handler answers nothing.
fn bare(folder: PathBuf, processors: &Processors) -> Result<(Process, u16), NodesError> {
    let start = Start {
        program: PathBuf::from(env!("CARGO_BIN_EXE_bench-node")),
        arguments: ["bare-axum-empty", "reading"].map(Into::into).to_vec(),
        environment: Vec::new(),
        user: None,
        folder,
    };
    let mut port = 0;
    let is_ready = |_, log: &str| -> Result<bool, ServerError> {
        let announced = log.lines().find_map(|line| line.strip_prefix("listening on ")?.parse().ok());
        port = announced.unwrap_or(port);
        Ok(announced.is_some())
    };
    let process = processors.start(|| Ok(Process::start(start, is_ready)?))?;
    Ok((process, port))
}

fn print_table(courses: &[Course]) {
    println!(
        "\n| {:26} | {:23} | {:19} | {:23} | {:16} | {:18} |\n|---|---|---|---|---|---|",
        "processor, us each", "all", "of the bare handler", "who is asked", "p50, us", "p99, us"
    );
    for course in courses {
        let [p50, p99] = course.answers_us();
        let asked = course.asked_us();
        let asked = if asked.median > 0.0 { format!("{asked:.1}") } else { String::new() };
        println!(
            "| {:26} | {:23} | {:19} | {asked:23} | {:16} | {:18} |",
            course.name,
            format!("{:.1}", course.all_us()),
            format!("{:.2}", course.over(&courses[BARE], Turn::all_us)),
            p50.to_string(),
            p99.to_string(),
        );
    }
}

fn print_goals(courses: &[Course]) {
    println!("\n| goal | | measured | |\n|---|---|---|---|");
    let print = |goal: &str, bound: &str, measured: Spread, is_met: bool| {
        println!("| {goal} | {bound} | {measured:.2} | {} |", if is_met { "met" } else { "MISSED" });
    };
    let verify = courses[VERIFY].over(&courses[BARE], Turn::all_us);
    print("an answer to a proxy over a bare handler", "at most 1.3", verify, verify.median <= 1.3);
    let tail = courses[VERIFY].tail();
    print("its p99 over its p50", "at most 3", tail, tail.median <= 3.0);
    let check = courses[PROXY].over(&courses[PROXY_OPEN], Turn::all_us);
    print("proxy mode signed in over a public path", "at most 1.05", check, check.median <= 1.05);
    let nginx = courses[PROXY].over(&courses[NGINX_ASKING], Turn::all_us);
    print("proxy mode signed in over nginx asking us", "below 1", nginx, nginx.median < 1.0);
    let rival = courses[NGINX_RIVAL].over(&courses[NGINX_ASKING], Turn::asked_us);
    print("LemonLDAP::NG over us, behind the same nginx", "at least 3", rival, rival.median >= 3.0);
}

/// How many programs wanted a processor in the last minute, five and fifteen.
fn load_average() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').take(3).collect::<Vec<_>>().join(" ")
}
