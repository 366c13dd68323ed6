//! What was seen of a site: answers in their order, whoever brought them.

mod exchange;
mod html;
mod printable;
mod visit;

pub use exchange::{Exchange, Family, Protocol};
pub use html::{Form, Input, Page, Reference, Use};
pub(crate) use printable::{printable, shown, url_for_people, without_password};
pub(crate) use visit::UNTRIED;
pub use visit::{Look, Proof, Visit, Why};
