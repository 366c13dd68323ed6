//! The trail and the overview in the administration: searched, followed live, and read by those who may alone.

use std::io::Read as _;
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::support::{Browser, Gateway, PASSWORD, within};

const EVENTS: &str = "/_cloakroom/admin/events";
const STREAM: &str = "/_cloakroom/admin/events/stream";

/// A stream that is read as it comes.
struct Followed {
    stream: TcpStream,
    text: Arc<Mutex<String>>,
    has_ended: Arc<AtomicBool>,
}

impl Followed {
    /// Follows from where `query` says, or behind the event that was met last.
    fn begin(browser: &mut Browser, query: &str, met: Option<i64>) -> Self {
        let path = format!("{STREAM}{query}");
        let request = browser.request("GET", &path).header("Accept", "text/event-stream");
        let request = match met {
            Some(number) => request.header("Last-Event-ID", &number.to_string()),
            None => request,
        };
        let stream = request.open("close");
        let (text, has_ended) = (Arc::new(Mutex::new(String::new())), Arc::new(AtomicBool::new(false)));
        let (mut reader, kept, over) =
            (stream.try_clone().unwrap(), Arc::clone(&text), Arc::clone(&has_ended));
        std::thread::spawn(move || {
            let mut octets = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut octets) {
                kept.lock().unwrap().push_str(&String::from_utf8_lossy(&octets[..count]));
            }
            over.store(true, Ordering::SeqCst);
        });
        let followed = Self { stream, text, has_ended };
        within(Duration::from_secs(20), "the stream begins", || followed.text().contains("retry: "));
        followed
    }

    fn text(&self) -> String {
        self.text.lock().unwrap().clone()
    }

    /// The numbers of the events that have come, and what their rows say.
    fn events(&self) -> Vec<(i64, String)> {
        let text = self.text();
        let whole = text.rsplit_once("\n\n").map_or("", |(whole, _)| whole);
        let lines: Vec<&str> = whole.lines().map(str::trim_end).collect();
        let pairs = lines.windows(2).filter(|pair| pair[1].starts_with("data: "));
        pairs
            .map(|pair| (pair[0].strip_prefix("id: ").unwrap().parse().unwrap(), pair[1].to_owned()))
            .collect()
    }

    /// The last number that the browser knows of, of an event or without one.
    fn met(&self) -> i64 {
        let text = self.text();
        text.lines().rev().find_map(|line| line.strip_prefix("id: ")).unwrap().trim_end().parse().unwrap()
    }

    fn has_ended(&self) -> bool {
        self.has_ended.load(Ordering::SeqCst)
    }
}

impl Drop for Followed {
    fn drop(&mut self) {
        let _gone = self.stream.shutdown(std::net::Shutdown::Both);
    }
}

/// Somebody with a role of their own, signed in.
fn with_role(gateway: &Gateway, name: &str, role: &str) -> Browser {
    assert!(gateway.command(&["user", "add", name, "--role", role], PASSWORD).status.success());
    let mut browser = gateway.browser();
    assert_eq!(browser.sign_in(name, PASSWORD).status, 303);
    browser
}

fn happens(gateway: &Gateway, number: usize) {
    let path = format!("/_cloakroom/login?rd=http://{number}.evil");
    gateway.browser().request("GET", &path).navigating().send();
}

/// Which of what [`happens`] a row is about.
fn which(row: &str) -> Option<usize> {
    row.split_once("http://")?.1.split_once(".evil")?.0.parse().ok()
}

#[test]
fn events_of_all_instances_are_followed_in_order_and_a_stream_that_broke_off_goes_on_without_loss_or_double()
{
    const EACH: usize = 10;
    let one = Gateway::set_up(&[]);
    let database = format!("sqlite:{}", one.directory().join("cloakroom.db").display());
    let other = Gateway::start(&["--store", &database]);
    let mut root = one.signed_in();
    let first = Followed::begin(&mut root, "", None);
    std::thread::scope(|scope| {
        scope.spawn(|| (0..EACH).for_each(|number| happens(&one, number)));
        scope.spawn(|| (EACH..2 * EACH).for_each(|number| happens(&other, number)));
    });
    within(Duration::from_secs(10), "the first have come", || first.events().len() >= 5);
    let mut met = first.events();
    let last = met.last().unwrap().0;
    drop(first);
    (2 * EACH..3 * EACH).for_each(|number| happens(&other, number));
    let second = Followed::begin(&mut root, "", Some(last));
    (3 * EACH..4 * EACH).for_each(|number| happens(&one, number));
    let all = || met.iter().chain(&second.events()).filter_map(|(_, row)| which(row)).count();
    within(Duration::from_secs(10), "the others have come", || all() >= 4 * EACH);
    met.extend(second.events());
    let numbers: Vec<i64> = met.iter().map(|(number, _)| *number).collect();
    assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1), "{numbers:?}");
    let mut about: Vec<usize> = met.iter().filter_map(|(_, row)| which(row)).collect();
    about.sort_unstable();
    assert_eq!(about, (0..4 * EACH).collect::<Vec<_>>());
}

#[test]
fn a_stream_ends_within_a_second_when_its_viewer_may_look_no_more() {
    let gateway = Gateway::set_up(&[]);
    let names = ["one", "two", "three", "four"];
    let mut browsers = names.map(|name| with_role(&gateway, name, "auditor"));
    let mut streams = Vec::new();
    for browser in &mut browsers {
        streams.push(Followed::begin(browser, "", None));
    }
    let mut root = gateway.signed_in();
    let of_root = Followed::begin(&mut root, "", None);
    let page = browsers[0].get("/_cloakroom/logout");
    assert_eq!(browsers[0].submit(&page, "/_cloakroom/logout", &[]).status, 303);
    within(Duration::from_secs(1), "it ends after the sign-out", || streams[0].has_ended());
    for (place, words) in [
        (1, &["session", "revoke-user", "two"][..]),
        (2, &["user", "role", "three", "member"]),
        (3, &["user", "disable", "four"]),
    ] {
        assert!(!streams[place].has_ended());
        assert!(gateway.command(words, "").status.success(), "{words:?}");
        within(Duration::from_secs(1), &format!("it ends after {words:?}"), || streams[place].has_ended());
    }
    assert!(!of_root.has_ended());
    within(Duration::from_secs(5), "who may look still does", || {
        let rows = of_root.events();
        rows.iter().any(|(_, row)| row.contains("Account disabled"))
    });
    // What a command has changed is known here a second later at most.
    within(Duration::from_secs(1), "a stream that comes back is refused", || {
        browsers[2].get(EVENTS).status == 403
    });
    assert_eq!(browsers[2].request("GET", STREAM).header("Accept", "text/event-stream").send().status, 403);
}

#[test]
fn a_stream_brings_what_the_filter_takes_and_goes_on_behind_the_rest_too() {
    let gateway = Gateway::set_up(&[]);
    let mut root = gateway.signed_in();
    let stream = Followed::begin(&mut root, "?kind=user_added&user=", None);
    happens(&gateway, 1);
    assert!(gateway.command(&["user", "add", "alice"], PASSWORD).status.success());
    happens(&gateway, 2);
    within(Duration::from_secs(5), "alice has come", || stream.events().len() == 1);
    let added = stream.events().remove(0);
    assert!(added.1.contains("Account made") && added.1.contains(">alice<"), "{}", added.1);
    within(Duration::from_secs(5), "the browser knows of what it does not see", || stream.met() > added.0);
    assert_eq!(stream.events().len(), 1);
    for wrong in ["?kind=signed_up", "?user=nobody", "?after=x"] {
        assert_eq!(root.get(&format!("{STREAM}{wrong}")).status, 400, "{wrong}");
    }
}

#[test]
fn a_user_has_so_many_streams_and_no_more_until_one_ends() {
    let gateway = Gateway::set_up(&[]);
    let mut root = gateway.signed_in();
    let mut streams: Vec<Followed> = (0..6).map(|_| Followed::begin(&mut root, "", None)).collect();
    let refused = root.request("GET", STREAM).header("Accept", "text/event-stream").send();
    assert_eq!(refused.status, 503);
    let mut auditor = with_role(&gateway, "auditor", "auditor");
    let _of_another = Followed::begin(&mut auditor, "", None);
    drop(streams.pop());
    within(Duration::from_secs(10), "there is room again", || {
        let mut head = [0; 12];
        let mut stream = root.request("GET", STREAM).header("Accept", "text/event-stream").open("close");
        stream.read_exact(&mut head).is_ok() && head.ends_with(b"200")
    });
}

/// What the rows of a page are about.
fn rows(page: &str) -> Vec<String> {
    let body = page.split("<tbody>").nth(1).map_or("", |rows| rows.split("</tbody>").next().unwrap());
    body.split("<tr>").skip(1).map(str::to_owned).collect()
}

#[test]
fn the_trail_is_searched_by_kind_user_address_and_time_and_read_to_its_end() {
    let gateway = Gateway::set_up(&[]);
    let mut root = gateway.signed_in();
    let database = rusqlite::Connection::open(gateway.directory().join("cloakroom.db")).unwrap();
    let many = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 90)
        INSERT INTO cloakroom_events (id, at_ms, kind, severity, address, actor, detail, instance, number)
        SELECT 1000 + n, 60000 * (n / 3), iif(n % 2, 'throttled', 'bad_question'), 'warning', '192.0.2.' || (n % 3), 'stranger',
            'no. ' || n || '.', '0123456789abcdef', n FROM numbers";
    assert_eq!(database.execute(many, ()).unwrap(), 90);
    let mut read = |query: &str| {
        let (mut met, mut next) = (Vec::new(), format!("{EVENTS}{query}"));
        loop {
            let page = root.get(&next);
            assert_eq!(page.status, 200, "{next}");
            met.extend(rows(&page.body));
            let Some((older, _)) = page.body.split_once("\" rel=\"next\"") else { break };
            next = older.rsplit("href=\"").next().unwrap().replace("&amp;", "&");
        }
        let number = |row: &String| row.split_once("no. ")?.1.split_once('.')?.0.parse::<u32>().ok();
        met.iter().filter_map(number).collect::<Vec<u32>>()
    };
    let newest_first = |takes: fn(&u32) -> bool| (1..=90).rev().filter(takes).collect::<Vec<u32>>();
    assert_eq!(read(""), newest_first(|_| true));
    assert_eq!(read("?kind=throttled&user=&address="), newest_first(|n| n % 2 == 1));
    assert_eq!(read("?address=192.0.2.1"), newest_first(|n| n % 3 == 1));
    assert_eq!(
        read("?address=::ffff:192.0.2.1&kind=bad_question"),
        newest_first(|n| n % 3 == 1 && n % 2 == 0)
    );
    let from_minute_5_to_7 = "?from=1970-01-01T00:05&until=1970-01-01T00:07";
    assert_eq!(read(from_minute_5_to_7), newest_first(|n| (15..21).contains(n)));
    assert!(read("?user=root&address=192.0.2.1").is_empty());
    for wrong in ["?user=nobody", "?kind=x", "?address=x", "?from=x"] {
        let page = root.get(&format!("{EVENTS}{wrong}"));
        assert_eq!((page.status, rows(&page.body).len()), (200, 0), "{wrong}");
        assert!(page.body.contains("One of the fields is not understood"), "{wrong}");
    }
    assert_eq!(root.get(&format!("{EVENTS}?cursor=x")).status, 400);
    let about_root = root.get(&format!("{EVENTS}?user=ROOT&kind=signed_in"));
    assert!(rows(&about_root.body).iter().all(|row| row.contains("Signed in") && row.contains(">root</a>")));
}

#[test]
fn auditors_read_the_trail_and_the_overview_members_and_strangers_do_not() {
    let gateway = Gateway::set_up(&[]);
    let mut auditor = with_role(&gateway, "auditor", "auditor");
    let mut member = with_role(&gateway, "alice", "member");
    assert_eq!(auditor.get("/_cloakroom/admin").header("location"), Some("/_cloakroom/admin/overview"));
    for path in [
        EVENTS,
        "/_cloakroom/admin/overview",
        "/_cloakroom/admin/overview?span=week",
        "/_cloakroom/admin/overview?span=x",
    ] {
        let page = auditor.get(path);
        assert_eq!(page.status, 200, "{path}");
        assert!(
            page.body.contains("<span class=\"badge\">Auditor</span>")
                && !page.body.contains("method=\"post\""),
            "{path}"
        );
        assert_eq!(member.get(path).status, 403, "{path}");
        assert_eq!(gateway.browser().get(path).status, 303, "{path}");
    }
    let _followed = Followed::begin(&mut auditor, "", None);
    assert_eq!(gateway.browser().get(STREAM).status, 303);
}

#[test]
fn the_overview_adds_up_what_every_instance_has_counted_and_a_gateway_that_ends_leaves_its_last_minute() {
    let mut gateway = Gateway::set_up(&[]);
    drop(gateway.signed_in());
    assert_eq!(gateway.browser().sign_in("root", "wrong wrong wrong").status, 401);
    assert!(gateway.command(&["session", "revoke-user", "root"], "").status.success());
    let mut auditor = with_role(&gateway, "auditor", "auditor");
    assert!(gateway.terminate().success());
    let database = rusqlite::Connection::open(gateway.directory().join("cloakroom.db")).unwrap();
    let sums = "SELECT span, sum(sign_ins), sum(failures), sum(revocations), count(*) FROM cloakroom_samples GROUP BY span ORDER BY span";
    let mut sums = database.prepare(sums).unwrap();
    let sums: Vec<(String, u32, u32, u32)> = sums
        .query_map((), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let each = |span: &str| (span.to_owned(), 2, 1, 1);
    assert_eq!(sums, [each("day"), each("hour"), each("week")]);
    // Two instances, in a quarter of an hour that is over. Whoever looks has signed in before, so that nothing is added meanwhile.
    database.execute("DELETE FROM cloakroom_samples", ()).unwrap();
    let rows = "INSERT INTO cloakroom_samples SELECT 'day', (unixepoch() / 900 - 2) * 900000, column1, column2, 5, 0, column3, column4, ''
        FROM (VALUES ('000000000000000a', 1200, 70, '0,0,9'), ('000000000000000b', 34, 71, '0,0,0,1'))";
    assert_eq!(database.execute(rows, ()).unwrap(), 2);
    gateway.start_again();
    let page = auditor.get("/_cloakroom/admin/overview?span=day").body;
    for said in [
        "Signed in <strong>1\u{202f}234</strong>",
        "Failed <strong>10</strong>",
        "In the store <strong>71</strong>",
        "Half within <strong>39",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
}
