//! The load of line 39: clients that sign in, renew, write, sign out and revoke until the process dies, and
//! remember what was acknowledged.

use std::net::SocketAddr;
use std::sync::mpsc::Sender;

use crate::harness::{Answer, Connection, Random, Request, password_of};

/// What a client may hold a session to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Its sign-in was acknowledged, and nobody has asked to end it.
    Live,
    /// Its end was acknowledged.
    Ended,
    /// Its end was asked for, and the answer never came.
    InDoubt,
}

/// A session as its client knows it.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) id: String,
    /// Tokens that must work while the session lives: the current one, and a pending one that was handed out.
    pub(super) tokens: Vec<String>,
    pub(super) fate: Fate,
    /// Increments that were acknowledged, and how many more were asked for.
    pub(super) counted: (i64, i64),
}

/// One client: one subject, all of whose sessions it knows.
pub(super) struct Client {
    pub(super) user: &'static str,
    pub(super) sessions: Vec<Known>,
    pub(super) acknowledged: u64,
    random: Random,
}

impl Client {
    pub(super) fn new(user: &'static str, random: Random) -> Self {
        Self { user, sessions: Vec::new(), acknowledged: 0, random }
    }

    /// Works until the process is gone; each acknowledgement is also told to whoever chooses the moment.
    pub(super) fn work(&mut self, listen: SocketAddr, told: &Sender<()>) {
        let Ok(mut connection) = Connection::open(listen) else { return };
        while self.one_deed(&mut connection).is_some() {
            self.acknowledged += 1;
            let _ = told.send(());
        }
    }

    /// `None` when the connection broke: what was asked for last stays in doubt.
    fn one_deed(&mut self, connection: &mut Connection) -> Option<()> {
        let live: Vec<usize> =
            (0..self.sessions.len()).filter(|index| self.sessions[*index].fate == Fate::Live).collect();
        let few = live.len() < 3;
        let choice = self.random.below(if few { 3 } else { 12 });
        if live.is_empty() || choice < 3 {
            return self.sign_in(connection);
        }
        let picked = live[usize::try_from(self.random.next() % live.len() as u64).expect("an index")];
        match choice {
            3 | 4 => self.renew(connection, picked),
            5 | 6 => self.increment(connection, picked),
            7 => self.look(connection, picked),
            8 | 9 => self.end(connection, &[picked], &Request::post("/logout"), picked),
            10 => {
                let by = live.iter().copied().find(|other| *other != picked)?;
                let revoke = Request::post(format!("/revoke?id={}", self.sessions[picked].id));
                self.end(connection, &[picked], &revoke, by)
            }
            _ => {
                let others: Vec<usize> = live.iter().copied().filter(|other| *other != picked).collect();
                self.end(connection, &others, &Request::post("/logout_others"), picked)
            }
        }
    }

    fn sign_in(&mut self, connection: &mut Connection) -> Option<()> {
        let answer = ask(connection, &Request::login(self.user, &password_of(self.user)), 200)?;
        let (id, token) = (answer.json_text("session_id"), answer.expect_new_token());
        self.sessions.push(Known { id, tokens: vec![token], fate: Fate::Live, counted: (0, 0) });
        Some(())
    }

    /// Sometimes the new token is presented at once, sometimes it is left pending.
    fn renew(&mut self, connection: &mut Connection, index: usize) -> Option<()> {
        // A pending token that this renewal replaces is worth nothing from then on, whoever hears of it.
        self.sessions[index].tokens.truncate(1);
        let answer = ask(connection, &Request::post("/renew").token(self.token_of(index)), 204)?;
        let known = &mut self.sessions[index];
        if let Some(token) = answer.new_token() {
            known.tokens.push(token);
            if self.random.below(2) == 0 {
                // From here on the old one has its grace, and this client does not go by it.
                known.tokens.remove(0);
                let look = Request::get("/me").token(self.token_of(index));
                ask(connection, &look, 200)?;
            }
        }
        Some(())
    }

    fn increment(&mut self, connection: &mut Connection, index: usize) -> Option<()> {
        self.sessions[index].counted.1 += 1;
        let answer = ask(connection, &Request::post("/incr").token(self.token_of(index)), 200)?;
        self.sessions[index].counted = (answer.json_integer("count"), 0);
        Some(())
    }

    fn look(&mut self, connection: &mut Connection, index: usize) -> Option<()> {
        let answer = ask(connection, &Request::get("/me").token(self.token_of(index)), 200)?;
        assert_eq!(answer.json_text("session_id"), self.sessions[index].id);
        Some(())
    }

    fn end(
        &mut self,
        connection: &mut Connection,
        ended: &[usize],
        request: &Request,
        by: usize,
    ) -> Option<()> {
        let request = request.clone().token(self.token_of(by));
        self.mark(ended, Fate::InDoubt);
        ask(connection, &request, 204)?;
        self.mark(ended, Fate::Ended);
        Some(())
    }

    fn mark(&mut self, ended: &[usize], fate: Fate) {
        for index in ended {
            self.sessions[*index].fate = fate;
        }
    }

    /// The oldest token that the client still goes by, so that a pending one is used only on purpose.
    fn token_of(&self, index: usize) -> &str {
        self.sessions[index].tokens.first().expect("a session has a token")
    }
}

/// An answer with this status; `None` when the process is gone. Any other status is a failure of the program.
#[track_caller]
fn ask(connection: &mut Connection, request: &Request, status: u16) -> Option<Answer> {
    let answer = connection.try_ask(request).ok()?;
    assert_eq!(answer.status, status, "{} {}: {}", request.method(), request.target(), answer.text());
    Some(answer)
}
