//! Answers, read as far as a client needs that measures.

/// An answer that is there as a whole.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer<'a> {
    /// The status line and the header fields.
    pub(super) head: &'a str,
    /// How many octets it has, its body included.
    pub(super) len: usize,
}

/// Octets that are no answer with a length.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoAnswer;

const END_OF_HEAD: &[u8] = b"\r\n\r\n";

impl<'a> Answer<'a> {
    /// The answer at the beginning of these octets; `None` while some of it is missing.
    pub(super) fn parse(octets: &'a [u8]) -> Result<Option<Self>, NoAnswer> {
        let Some(end) = octets.windows(END_OF_HEAD.len()).position(|four| four == END_OF_HEAD) else {
            return Ok(None);
        };
        let head = str::from_utf8(&octets[..end]).map_err(|_| NoAnswer)?;
        let body: usize = field(head, "content-length").and_then(|text| text.parse().ok()).ok_or(NoAnswer)?;
        let len = end + END_OF_HEAD.len() + body;
        Ok((octets.len() >= len).then_some(Self { head, len }))
    }

    /// Whether it is what was asked for.
    pub(super) fn is_ok(&self) -> bool {
        self.head.starts_with("HTTP/1.1 200 ")
    }

    /// The name and the value of the first cookie that it sets.
    pub(super) fn cookie(&self) -> Option<&'a str> {
        field(self.head, "set-cookie")?.split(';').next()
    }
}

fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut fields = head.split("\r\n").filter_map(|line| line.split_once(':'));
    fields.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "HTTP/1.1 200 OK\r\nSet-Cookie: sid=x; Path=/\r\ncontent-length: 2\r\n\r\nhi";

    #[test]
    fn an_answer_is_there_when_its_last_octet_is() {
        let octets = WHOLE.as_bytes();
        assert_eq!(Answer::parse(&octets[..octets.len() - 1]), Ok(None));
        let answer = Answer::parse(octets).unwrap().unwrap();
        assert_eq!((answer.is_ok(), answer.cookie(), answer.len), (true, Some("sid=x"), octets.len()));
    }

    #[test]
    fn a_refusal_is_not_taken_for_a_page() {
        let refusal = WHOLE.replace("200 OK", "401 Unauthorized");
        assert!(!Answer::parse(refusal.as_bytes()).unwrap().unwrap().is_ok());
    }

    #[test]
    fn an_answer_without_a_length_is_none() {
        assert_eq!(Answer::parse(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"), Err(NoAnswer));
    }
}
