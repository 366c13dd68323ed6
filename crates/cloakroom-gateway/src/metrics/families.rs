//! What there is to be had, family by family: the table that the text, the manual and the test of both are made from.

/// What a number does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    /// It only grows, while the process lives.
    Counter,
    /// It goes up and down.
    Gauge,
    /// It counts by duration.
    Histogram,
}

/// Series of one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Family {
    pub(super) name: &'static str,
    pub(super) kind: Type,
    /// A sentence without a line's end or a backslash.
    pub(super) help: &'static str,
    pub(super) labels: &'static [&'static str],
}

macro_rules! families {
    ($($constant:ident $kind:ident $name:literal [$($label:literal),*] $help:literal;)+) => {
        $(pub(super) const $constant: Family =
            Family { name: $name, kind: Type::$kind, help: $help, labels: &[$($label),*] };)+

        /// All of them, in the order of the text.
        #[cfg(test)]
        pub(super) const ALL: &[Family] = &[$($constant),+];
    };
}

families! {
    BUILD_INFO Gauge "cloakroom_build_info" ["version"] "Always 1; the label is the version.";
    START_TIME Gauge "process_start_time_seconds" [] "When the process started, in seconds since 1970.";
    REQUESTS Counter "cloakroom_requests_total" ["route", "status"] "Requests that were answered.";
    VERIFICATIONS Counter "cloakroom_verifications_total" ["door", "decision"]
        "Questions whether a request may pass, and what was said.";
    SESSION_CHECK Histogram "cloakroom_session_check_seconds" []
        "How long it took to look up and judge the session of a request at a door; one of sixteen is timed.";
    STORE_CALLS Counter "cloakroom_store_calls_total" ["operation", "outcome"] "Calls of the store of sessions.";
    STORE Histogram "cloakroom_store_seconds" ["operation"]
        "How long calls of the store of sessions took; one of sixteen loads is timed where the store is in this process.";
    NEAR_CACHE Counter "cloakroom_near_cache_lookups_total" ["outcome"]
        "Sessions that a copy answered for, and those that the store was asked for.";
    PASSWORDS Histogram "cloakroom_password_seconds" ["work"]
        "How long passwords took to be checked and hashes to be made, the wait for a turn included.";
    SIGN_INS Counter "cloakroom_sign_ins_total" ["method", "outcome"] "Sign-ins.";
    SESSIONS_BEGUN Counter "cloakroom_sessions_begun_total" ["how"] "Sessions that began.";
    SESSIONS_ENDED Counter "cloakroom_sessions_ended_total" ["reason"]
        "Sessions that ended, by time when that was noticed.";
    OPEN Gauge "cloakroom_open" [] "WebSockets and streams that are open through the gateway.";
    EVENTS Counter "cloakroom_events_total" ["event"] "Events of the audit trail.";
    EVENTS_WAITING Gauge "cloakroom_events_waiting" [] "Events that wait for the database.";
    EVENTS_LOST Counter "cloakroom_events_lost_total" []
        "Events that found no room while the database was down, and are in the log alone.";
    EVENTS_FAILURES Counter "cloakroom_events_write_failures_total" []
        "How often the database did not take events that were to be written down.";
}
