//! Tokens against cross-site request forgery, for applications that want more than the
//! [cross-origin check](crate::CrossOrigin).
//!
//! The cross-origin check stops every forged request of a browser of today. A token stops those of older ones, and of pages
//! of our own origin that an attacker could write into. It is bound to the session:
//!
//! ```text
//! secret = 16 random octets, kept in the session; new after every sign-in
//! token  = hex( pad, 16 random octets | pad XOR secret )          64 characters, another one each time
//! ```
//! The pad keeps a compressed response from giving the secret away (BREACH).
//!
//! A page asks for a [`CsrfToken`] and puts it into the hidden field [`FORM_FIELD`], or hands it to its script, which sends it
//! in [`HEADER`]. [`Sessions::csrf_layer`](crate::Sessions::csrf_layer) refuses unsafe requests without it.
//!
//! Source: ASVS 5.0 3.5.1; OWASP Cross-Site Request Forgery Prevention, "Synchronizer Token Pattern".

mod check;
mod layer;
mod token;

pub use check::{CsrfCheck, CsrfRefusal};
pub use layer::{CsrfLayer, CsrfService};
pub use token::{CsrfToken, FORM_FIELD, HEADER};
