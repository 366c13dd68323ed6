//! What was seen of a site: answers in their order, whoever brought them.

mod exchange;
mod html;
mod visit;

pub use exchange::{Exchange, Family, Protocol};
pub use html::{Form, Input, Page, Reference, Use};
pub use visit::{Look, Proof, Visit, Why};
