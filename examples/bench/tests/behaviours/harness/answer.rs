//! An answer, with nothing thrown away.

use super::cookie::SetCookie;

/// Status, every field line in its order, and the body.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) fields: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn new(status: u16, fields: Vec<(String, Vec<u8>)>) -> Self {
        Self { status, fields, body: Vec::new() }
    }

    /// The first field of this (lower-case) name.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        let field = self.fields.iter().find(|(field, _)| field == name);
        field.map(|(_, value)| String::from_utf8_lossy(value).into_owned())
    }

    /// Whether a comma-separated field holds this member, in any letter case.
    pub(crate) fn field_has(&self, name: &str, member: &str) -> bool {
        self.fields.iter().filter(|(field, _)| field == name).any(|(_, value)| {
            String::from_utf8_lossy(value).split(',').any(|found| found.trim().eq_ignore_ascii_case(member))
        })
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("status {}, no JSON ({error}): {:?}", self.status, self.text()))
    }

    /// The text of one member of a JSON object.
    #[track_caller]
    pub(crate) fn json_text(&self, member: &str) -> String {
        let json = self.json();
        json[member].as_str().unwrap_or_else(|| panic!("{member} is no text in {json}")).to_owned()
    }

    /// The integer of one member of a JSON object.
    #[track_caller]
    pub(crate) fn json_integer(&self, member: &str) -> i64 {
        let json = self.json();
        json[member].as_i64().unwrap_or_else(|| panic!("{member} is no integer in {json}"))
    }

    /// What a `/slow` request came to; its status is 200 whatever that is.
    #[track_caller]
    pub(crate) fn outcome(&self) -> String {
        self.expect(200).json_text("outcome")
    }

    #[track_caller]
    pub(crate) fn expect(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "the body was {:?}", self.text());
        self
    }

    #[track_caller]
    pub(crate) fn expect_success(&self) -> &Self {
        assert!((200..300).contains(&self.status), "status {}: {:?}", self.status, self.text());
        self
    }

    /// The JSON error of a refusal.
    #[track_caller]
    pub(crate) fn expect_error(&self, status: u16, error: &str) -> &Self {
        self.expect(status);
        assert_eq!(self.json_text("error"), error);
        self
    }

    pub(crate) fn set_cookies(&self) -> Vec<SetCookie> {
        let lines = self.fields.iter().filter(|(name, _)| name == "set-cookie");
        lines.map(|(_, value)| SetCookie::parse(&String::from_utf8_lossy(value))).collect()
    }

    /// The `Set-Cookie` of our name; that there is at most one was checked when the answer came.
    pub(crate) fn session_cookie(&self) -> Option<SetCookie> {
        self.set_cookies().into_iter().find(SetCookie::is_ours)
    }

    /// The token that this answer hands out.
    pub(crate) fn new_token(&self) -> Option<String> {
        self.session_cookie().filter(|cookie| !cookie.is_removal()).map(|cookie| cookie.value)
    }

    #[track_caller]
    pub(crate) fn expect_new_token(&self) -> String {
        self.new_token().unwrap_or_else(|| panic!("status {} hands out no token", self.status))
    }

    #[track_caller]
    pub(crate) fn expect_removal(&self) -> &Self {
        let removed = self.session_cookie().is_some_and(|cookie| cookie.is_removal());
        assert!(removed, "status {} removes no cookie", self.status);
        self
    }

    #[track_caller]
    pub(crate) fn expect_no_cookie(&self) -> &Self {
        assert_eq!(self.session_cookie(), None, "status {}: no cookie of ours was due", self.status);
        self
    }
}
