//! Just enough of Redis' protocol to set servers up and to ask who they are.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

/// Longer than any server of a test needs for an answer, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A string, or a status.
    Text(String),
    /// A number.
    Number(i64),
    /// Nothing.
    Nil,
    /// Several answers.
    List(Vec<Self>),
    /// A refusal.
    Refused(String),
}

/// Sends one command on a connection of its own.
///
/// # Errors
/// When nobody answers, or nothing that can be understood.
pub fn redis_command(port: u16, words: &[&str]) -> io::Result<Reply> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut request = format!("*{}\r\n", words.len());
    for word in words {
        request.extend(["$", &word.len().to_string(), "\r\n", word, "\r\n"]);
    }
    stream.write_all(request.as_bytes())?;
    read(&mut BufReader::new(stream))
}

fn read(reader: &mut impl BufRead) -> io::Result<Reply> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let line = line.strip_suffix("\r\n").ok_or_else(odd)?;
    let (kind, rest) = line.split_at_checked(1).ok_or_else(odd)?;
    let number = || rest.parse::<i64>().map_err(|_| odd());
    Ok(match kind {
        "+" => Reply::Text(rest.to_owned()),
        "-" => Reply::Refused(rest.to_owned()),
        ":" => Reply::Number(number()?),
        "$" | "*" if number()? < 0 => Reply::Nil,
        "$" => {
            let mut octets = vec![0; usize::try_from(number()?).map_err(|_| odd())? + 2];
            reader.read_exact(&mut octets)?;
            octets.truncate(octets.len() - 2);
            Reply::Text(String::from_utf8_lossy(&octets).into_owned())
        }
        "*" => Reply::List((0..number()?).map(|_| read(reader)).collect::<io::Result<_>>()?),
        _ => return Err(odd()),
    })
}

fn odd() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "not an answer of Redis")
}

impl Reply {
    /// The text; `None` for any other answer.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value of a line `name:value` of what `INFO` gives.
    pub fn info(&self, name: &str) -> Option<&str> {
        let value = |line: &'_ str| -> Option<usize> {
            line.strip_prefix(name)?.strip_prefix(':').map(|value| line.len() - value.len())
        };
        self.text()?.lines().find_map(|line| value(line).map(|start| &line[start..]))
    }
}
