//! All that the store keeps, as octets.

use redis::{Pipeline, Value};

use crate::error::Trouble;
use crate::inner::{Inner, UNKNOWN_ANSWER, number, octets};
use crate::walk::STEP_KEYS;

impl Inner {
    /// Every key of ours and all that it holds, of every master.
    pub(crate) async fn dump(&self) -> Result<Vec<u8>, Trouble> {
        let mut dump = Vec::new();
        for (_, link) in self.router.masters().await? {
            let mut cursor = 0;
            loop {
                let mut scan = redis::pipe();
                let pattern = format!("{}:*", self.keys.prefix);
                scan.cmd("SCAN").arg(cursor).arg("MATCH").arg(pattern).arg("COUNT").arg(STEP_KEYS);
                let answer = self.router.tell(&link, &scan).await?.pop().ok_or(UNKNOWN_ANSWER)?;
                let Value::Array(parts) = answer else { return Err(UNKNOWN_ANSWER) };
                let [next, Value::Array(keys)] = parts.as_slice() else { return Err(UNKNOWN_ANSWER) };
                let keys: Vec<&[u8]> = keys.iter().filter_map(octets).collect();
                let kinds = self.router.tell(&link, &each("TYPE", &keys)).await?;
                let mut contents = redis::pipe();
                for (key, kind) in keys.iter().zip(&kinds) {
                    let Value::SimpleString(kind) = kind else { return Err(UNKNOWN_ANSWER) };
                    match kind.as_str() {
                        "string" => contents.cmd("GET").arg(*key),
                        "hash" => contents.cmd("HGETALL").arg(*key),
                        "zset" => contents.cmd("ZRANGE").arg(*key).arg(0).arg(-1).arg("WITHSCORES"),
                        "set" => contents.cmd("SMEMBERS").arg(*key),
                        // Gone since.
                        "none" => continue,
                        _ => return Err(UNKNOWN_ANSWER),
                    };
                }
                for key in &keys {
                    append(&mut dump, key);
                }
                if !contents.is_empty() {
                    for value in self.router.tell(&link, &contents).await? {
                        write(&mut dump, &value);
                    }
                }
                cursor = number(next).ok_or(UNKNOWN_ANSWER)?;
                if cursor == 0 {
                    break;
                }
            }
        }
        Ok(dump)
    }
}

fn each(command: &str, keys: &[&[u8]]) -> Pipeline {
    let mut commands = redis::pipe();
    for key in keys {
        commands.cmd(command).arg(*key);
    }
    commands
}

fn write(dump: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Array(values) | Value::Set(values) => {
            for value in values {
                write(dump, value);
            }
        }
        Value::Map(pairs) => {
            for (key, value) in pairs {
                write(dump, key);
                write(dump, value);
            }
        }
        Value::Int(number) => append(dump, number.to_string().as_bytes()),
        Value::Double(number) => append(dump, number.to_string().as_bytes()),
        value => append(dump, octets(value).unwrap_or_default()),
    }
}

fn append(dump: &mut Vec<u8>, octets: &[u8]) {
    dump.extend_from_slice(octets);
    dump.push(b'\n');
}
