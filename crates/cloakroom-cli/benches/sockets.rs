//! What ten thousand open sockets cost the gateway, as a table: memory, time of the processor while nothing happens, and how soon a
//! sign-out is felt.
//!
//! ```text
//! cargo xtask bench sockets                       # 10,000 sockets of 100 sessions
//! cargo xtask bench sockets -- 5000 500           # 5,000 of 500
//! ```
//! Gateway, application and browsers are three processes on loopback, since each socket takes two files of the gateway and one of either
//! of the others. Where the system allows too few, there are as many sockets as it allows, and the table says so.
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on has failed")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

const PASSWORD: &str = "gravel otter lantern fog";

/// A frame with one letter, as a browser sends it. The application sends it back.
const FRAME: [u8; 7] = [0x81, 0x81, 0, 0, 0, 0, b'x'];

/// How many sockets are opened side by side, like a wave of browsers after a restart.
const SIDE_BY_SIDE: usize = 64;

/// How long nothing happens.
const QUIET: Duration = Duration::from_secs(10);

/// What the gateway may take of memory with ten thousand sockets, and how late it may feel a sign-out.
const MEMORY_MAX_KIB: u64 = 300 * 1024;
const FELT_MAX: Duration = Duration::from_secs(3);

/// Files that a process has open besides its sockets.
const OTHER_FILES: u64 = 100;

/// A process that ends with this one.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ended = self.0.kill();
        let _status = self.0.wait();
    }
}

fn main() {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).unwrap();
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    if arguments.first().is_some_and(|first| first == "application") {
        return runtime.block_on(application());
    }
    let number = |place: usize, default| arguments.get(place).map_or(default, |text| text.parse().unwrap());
    let wanted: usize = number(0, 10_000);
    let files = limit.maximum.unwrap_or(u64::MAX);
    let allowed = usize::try_from(files.saturating_sub(OTHER_FILES) / 2).unwrap_or(usize::MAX);
    runtime.block_on(measure(wanted, wanted.min(allowed), number(1, 100)));
}

/// Agrees to every WebSocket and sends back what comes.
async fn application() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{}", listener.local_addr().unwrap());
    while let Ok((mut stream, _)) = listener.accept().await {
        tokio::spawn(async move {
            let agreed =
                b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";
            let mut octets = [0; 2048];
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                match stream.read(&mut octets).await {
                    Ok(count) if count > 0 => head.extend_from_slice(&octets[..count]),
                    _ => return,
                }
            }
            let mut agreed_to = stream.write_all(agreed).await;
            while agreed_to.is_ok()
                && let Ok(count) = stream.read(&mut octets).await
                && count > 0
            {
                agreed_to = stream.write_all(&octets[..count]).await;
            }
        });
    }
}

async fn measure(wanted: usize, sockets: usize, sessions: usize) {
    let directory = tempfile::tempdir().unwrap();
    let mut application = Command::new(std::env::current_exe().unwrap());
    let (_application, upstream) = started(application.arg("application"), "");
    let mut serve = Command::new(env!("CARGO_BIN_EXE_cloakroom"));
    serve.args([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--log",
        "error",
        "--proxy",
        &format!("http://{upstream}"),
    ]);
    let (gateway, address) = started(serve.current_dir(directory.path()), "Listening on ");
    let process = gateway.0.id();
    add_user(directory.path());
    let mut cookies = Vec::new();
    for _ in 0..sessions {
        cookies.push(sign_in(address).await);
    }
    let begun = memory_kib(process);

    let opening = Instant::now();
    let mut open: Vec<Vec<TcpStream>> = Vec::new();
    for (place, cookie) in cookies.iter().enumerate() {
        let count = sockets * (place + 1) / sessions - sockets * place / sessions;
        open.push(open_sockets(address, cookie, count).await);
    }
    let opened_in = opening.elapsed();
    let silent = memory_kib(process);
    let worked = processor(process);
    tokio::time::sleep(QUIET).await;
    let watching = processor(process).saturating_sub(worked).as_secs_f64() / QUIET.as_secs_f64();

    let echoing = Instant::now();
    for socket in open.iter_mut().flatten() {
        socket.write_all(&FRAME).await.unwrap();
    }
    for socket in open.iter_mut().flatten() {
        let mut echo = [0; FRAME.len()];
        socket.read_exact(&mut echo).await.unwrap();
    }
    let echoed_in = echoing.elapsed();
    let used = memory_kib(process);

    let signing_out = Instant::now();
    let mut ended = open.pop().unwrap();
    sign_out(address, cookies.last().unwrap()).await;
    let count = ended.len();
    for socket in &mut ended {
        let mut rest = Vec::new();
        socket.read_to_end(&mut rest).await.unwrap();
        assert_eq!(rest, [0x88, 2, 0x03, 0xf0], "1008");
    }
    let felt = signing_out.elapsed();
    for socket in open.iter_mut().flatten() {
        socket.write_all(&FRAME).await.unwrap();
        let mut echo = [0; FRAME.len()];
        socket.read_exact(&mut echo).await.unwrap();
    }

    let each = |kib: u64| (kib - begun) * 1024 / sockets as u64;
    if sockets < wanted {
        println!("{wanted} sockets were asked for, and the system allows files for {sockets}");
    }
    println!("{sockets} sockets of {sessions} sessions, opened in {opened_in:.1?}");
    println!("memory before            {begun:>8} KiB");
    println!("memory, all silent       {silent:>8} KiB, {} octets for each socket", each(silent));
    println!("memory, all were used    {used:>8} KiB, {} octets for each socket", each(used));
    println!("memory at its highest    {:>8} KiB", peak_kib(process));
    println!("processor while silent   {:>8.2} % of one", watching * 100.0);
    println!("one frame there and back by every socket in {echoed_in:.1?}");
    println!("a sign-out closed its {count} sockets within {felt:.2?}, and the others went on");
    let memory_max = MEMORY_MAX_KIB * sockets as u64 / 10_000;
    let good = used < memory_max && felt < FELT_MAX;
    println!(
        "{}: at most {memory_max} KiB, and felt within {FELT_MAX:?}",
        if good { "met" } else { "MISSED" }
    );
    if !good {
        std::process::exit(1);
    }
}

/// Starts a program that says where it listens.
fn started(command: &mut Command, before_address: &str) -> (Running, SocketAddr) {
    let mut child = Running(command.stdout(Stdio::piped()).spawn().unwrap());
    let mut lines = BufReader::new(child.0.stdout.take().unwrap());
    loop {
        let mut line = String::new();
        assert!(lines.read_line(&mut line).unwrap() > 0, "it did not start");
        if let Some(rest) = line.strip_prefix(before_address) {
            let address = rest.split(';').next().unwrap().trim();
            if let Ok(address) = address.parse() {
                std::thread::spawn(move || lines.read_to_end(&mut Vec::new()));
                return (child, address);
            }
        }
    }
}

fn add_user(directory: &Path) {
    let mut adding = Command::new(env!("CARGO_BIN_EXE_cloakroom"));
    let mut adding = adding.args(["user", "add", "alice"]).current_dir(directory);
    adding = adding.stdin(Stdio::piped()).stdout(Stdio::null());
    let mut child = adding.spawn().unwrap();
    child.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
}

/// The answer to one request by a connection of its own.
async fn ask(address: SocketAddr, line: &str, fields: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let (port, length) = (address.port(), body.len());
    let request = format!(
        "{line} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\nContent-Length: {length}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n{fields}\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// The cookie of a new session.
async fn sign_in(address: SocketAddr) -> String {
    let form = format!("username=alice&password={}", PASSWORD.replace(' ', "+"));
    let answer = ask(address, "POST /_cloakroom/login", "", &form).await;
    let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: "));
    cookie.and_then(|cookie| cookie.split(';').next()).unwrap_or_else(|| panic!("{answer}")).to_owned()
}

async fn sign_out(address: SocketAddr, cookie: &str) {
    let cookie = format!("Cookie: {cookie}\r\n");
    let page = ask(address, "GET /_cloakroom/logout", &cookie, "").await;
    let token = page.split("name=\"csrf_token\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let form = format!("csrf_token={}", token.unwrap_or_else(|| panic!("{page}")));
    let answer = ask(address, "POST /_cloakroom/logout", &cookie, &form).await;
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
}

async fn open_sockets(address: SocketAddr, cookie: &str, count: usize) -> Vec<TcpStream> {
    let (mut opening, mut open) = (JoinSet::new(), Vec::new());
    for _ in 0..count {
        if opening.len() >= SIDE_BY_SIDE {
            open.extend(opening.join_next().await.transpose().unwrap());
        }
        opening.spawn(open_socket(address, cookie.to_owned()));
    }
    while let Some(socket) = opening.join_next().await {
        open.push(socket.unwrap());
    }
    open
}

async fn open_socket(address: SocketAddr, cookie: String) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let port = address.port();
    let request = format!(
        "GET /socket HTTP/1.1\r\nHost: localhost:{port}\r\nOrigin: http://localhost:{port}\r\nCookie: {cookie}\r\n\
         Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let (mut head, mut octet) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut octet).await.unwrap();
        head.push(octet[0]);
    }
    assert!(head.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&head));
    stream
}

fn memory_kib(process: u32) -> u64 {
    status(process, "VmRSS:")
}

fn peak_kib(process: u32) -> u64 {
    status(process, "VmHWM:")
}

fn status(process: u32, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// How long a process has worked.
fn processor(process: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: u64 = [11, 12].iter().map(|place| fields[*place].parse::<u64>().unwrap()).sum();
    // A hundredth of a second each, whatever the kernel counts by inside.
    Duration::from_millis(ticks * 10)
}
