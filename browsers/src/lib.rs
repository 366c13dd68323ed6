//! What cloakroom leaves to browsers, shown in Chromium and Firefox; all of it is in `tests/browsers`.
//!
//! `docs/browsers.md` lists what was shown in which version, and with which control.
