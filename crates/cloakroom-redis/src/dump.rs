//! All that the store keeps, as octets.

use std::sync::Arc;

use redis::Value;

use crate::answer::{UNKNOWN_ANSWER, number, octets};
use crate::error::Trouble;
use crate::inner::Inner;
use crate::link::Link;
use crate::scan::STEP_KEYS;

impl Inner {
    /// Every key of ours and all that it holds, of every master. Before the key of a session stands its ID as octets.
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
                self.dump_keys(&link, &keys, &mut dump).await?;
                cursor = number(next).ok_or(UNKNOWN_ANSWER)?;
                if cursor == 0 {
                    break;
                }
            }
        }
        Ok(dump)
    }

    async fn dump_keys(&self, link: &Arc<Link>, keys: &[&[u8]], dump: &mut Vec<u8>) -> Result<(), Trouble> {
        if keys.is_empty() {
            return Ok(());
        }
        let mut types = redis::pipe();
        for key in keys {
            types.cmd("TYPE").arg(*key);
        }
        let (mut found, mut contents) = (Vec::new(), redis::pipe());
        for (key, kind) in keys.iter().zip(self.router.tell(link, &types).await?) {
            match octets(&kind) {
                Some(b"string") => contents.cmd("GET").arg(*key),
                Some(b"hash") => contents.cmd("HGETALL").arg(*key),
                Some(b"zset") => contents.cmd("ZRANGE").arg(*key).arg(0).arg(-1).arg("WITHSCORES"),
                Some(b"set") => contents.cmd("SMEMBERS").arg(*key),
                // Gone since.
                Some(b"none") => continue,
                _ => return Err(UNKNOWN_ANSWER),
            };
            found.push(*key);
        }
        if found.is_empty() {
            return Ok(());
        }
        for (key, value) in found.into_iter().zip(self.router.tell(link, &contents).await?) {
            if let Some(id) = self.keys.session_of_key(key) {
                dump.extend_from_slice(id.as_octets());
            }
            append(dump, key);
            write(dump, &value);
        }
        Ok(())
    }
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
