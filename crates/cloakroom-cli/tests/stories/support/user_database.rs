//! An application's own user database behind HTTP, which does what a story tells it to.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

/// A database of users, and what it answers next.
pub(crate) struct UserDatabase {
    pub(crate) address: SocketAddr,
    scene: Arc<Mutex<Scene>>,
}

/// What it answers, and what it was asked.
pub(crate) struct Scene {
    /// One after the other; the last again and again.
    pub(crate) replies: VecDeque<Reply>,
    pub(crate) questions: Vec<Asked>,
}

/// What it was asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) body: String,
}

/// What it answers.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// This status and body.
    Is(u16, String),
    /// Nothing, for as long as anybody waits.
    Silence,
    /// Something without an end.
    Huge,
    /// It hangs up.
    HangsUp,
    /// This person, once whoever holds the lock lets go of it.
    Later(Arc<Mutex<()>>, String),
}

impl UserDatabase {
    pub(crate) const KEY: &str = "0123456789abcdef0123456789abcdef";

    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let scene = Arc::new(Mutex::new(Scene {
            replies: [Reply::Is(401, String::new())].into(),
            questions: Vec::new(),
        }));
        let shared = Arc::clone(&scene);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let scene = Arc::clone(&shared);
                // A client that hangs up is its own business.
                std::thread::spawn(move || respond(&stream, &scene).ok());
            }
        });
        Self { address, scene }
    }

    /// The lines that make a gateway ask it.
    pub(crate) fn table(&self) -> String {
        let (address, key) = (self.address, Self::KEY);
        format!("[sign_in.hook]\nurl = \"http://{address}/in\"\nkey = \"{key}\"\ntimeout = \"2s\"\n")
    }

    pub(crate) fn answers(&self, reply: Reply) {
        self.answers_in_turn([reply]);
    }

    /// One reply after the other; the last of them again and again.
    pub(crate) fn answers_in_turn(&self, replies: impl IntoIterator<Item = Reply>) {
        self.scene().replies = replies.into_iter().collect();
    }

    /// Vouches for somebody from now on.
    pub(crate) fn vouches(&self, person: &Value) {
        self.answers(Reply::Is(200, person.to_string()));
    }

    /// What it has been asked so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.scene().questions.clone()
    }

    fn scene(&self) -> MutexGuard<'_, Scene> {
        self.scene.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Asked {
    pub(crate) fn field(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(field, _)| field == name);
        found.map_or_else(|| panic!("no {name} in {:?}", self.fields), |(_, value)| value.as_str())
    }
}

fn respond(mut stream: &TcpStream, scene: &Mutex<Scene>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    assert!(line.starts_with("POST /in HTTP/1.1"), "{line}");
    let mut fields = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        fields.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    let length = fields.iter().find(|(name, _)| name == "content-length").map_or("0", |(_, value)| value);
    let mut body = vec![0; length.parse().unwrap()];
    reader.read_exact(&mut body)?;
    let reply = {
        let mut scene = scene.lock().unwrap_or_else(PoisonError::into_inner);
        scene.questions.push(Asked { fields, body: String::from_utf8(body).unwrap() });
        if scene.replies.len() > 1 { scene.replies.pop_front().unwrap() } else { scene.replies[0].clone() }
    };
    match reply {
        Reply::HangsUp => Ok(()),
        Reply::Later(held, person) => {
            let _let_go = held.lock().unwrap_or_else(PoisonError::into_inner);
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{person}", person.len())
        }
        Reply::Silence => reader.read_to_end(&mut Vec::new()).map(drop),
        Reply::Huge => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n{\"subject\":\"")?;
            loop {
                stream.write_all(&[b'a'; 8 * 1024])?;
            }
        }
        Reply::Is(status, body) => write!(
            stream,
            "HTTP/1.1 {status} X\r\nLocation: http://{}/elsewhere\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            stream.local_addr()?,
            body.len()
        ),
    }
}
