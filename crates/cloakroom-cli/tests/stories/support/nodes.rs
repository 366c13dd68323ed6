//! Two instances on one installation, on machines that share nothing but servers.

use std::net::SocketAddr;
use std::process::Output;
use std::thread;

use super::browser::Browser;
use super::gateway::{Gateway, run};
use super::visitors::{FIREFOX, PASSWORD};

/// What a browser's address bar says, whichever node answers.
const HOST: &str = "localhost:7464";

/// Two instances, each with a directory of its own.
pub(crate) struct Nodes {
    pub(crate) a: Gateway,
    pub(crate) b: Gateway,
    arguments: Vec<String>,
}

/// Draws lots, the same for the same seed (`SplitMix64`).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `count`.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % count as u64).unwrap()
    }
}

impl Nodes {
    /// Starts both at the same moment.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut serve = arguments.to_vec();
        serve.extend(["--public-url", "http://localhost:7464"]);
        let (a, b) = thread::scope(|scope| {
            let b = scope.spawn(|| Gateway::start(&serve));
            (Gateway::start(&serve), b.join().unwrap())
        });
        Self { a, b, arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect() }
    }

    /// Both, with the administrator `root`, whose password is [`PASSWORD`]: the link that A printed is opened at B and used at
    /// A, and the one of B is dead then.
    pub(crate) fn set_up(arguments: &[&str]) -> Self {
        let nodes = Self::start(arguments);
        let (link, other) = (nodes.a.setup_path.clone().unwrap(), nodes.b.setup_path.clone().unwrap());
        assert_eq!(nodes.at_a().get(&other).status, 200);
        let page = nodes.at_b().get(&link);
        let fields = [("username", "root"), ("new_password", PASSWORD), ("repeated", PASSWORD)];
        assert_eq!(nodes.at_a().submit(&page, &link, &fields).status, 303);
        for link in [&link, &other] {
            assert_eq!((nodes.at_a().get(link).status, nodes.at_b().get(link).status), (404, 404));
        }
        nodes
    }

    /// A browser whose requests all go to A.
    pub(crate) fn at_a(&self) -> Browser {
        browser(std::iter::repeat(self.a.address))
    }

    /// A browser whose requests all go to B.
    pub(crate) fn at_b(&self) -> Browser {
        browser(std::iter::repeat(self.b.address))
    }

    /// A browser whose requests go to either, as the lots fall.
    pub(crate) fn at_random(&self, seed: u64) -> Browser {
        let (addresses, mut dice) = ([self.a.address, self.b.address], Dice::new(seed));
        browser(std::iter::repeat_with(move || addresses[dice.below(2)]))
    }

    /// Runs a command of the program on a third machine.
    pub(crate) fn command(&self, words: &[&str], input: &str) -> Output {
        let directory = tempfile::tempdir().unwrap();
        let arguments = words.iter().copied().chain(self.arguments.iter().map(String::as_str));
        run(directory.path(), &arguments.collect::<Vec<_>>(), input)
    }
}

fn browser(addresses: impl Iterator<Item = SocketAddr> + 'static) -> Browser {
    Browser::spread(addresses, HOST, FIREFOX)
}
