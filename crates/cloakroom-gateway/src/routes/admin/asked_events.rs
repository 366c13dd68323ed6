//! Which events somebody asks for.

use std::net::IpAddr;

use crate::accounts::UserName;
use crate::events::{EventFilter, EventKind};
use crate::installation::{Installation, InstallationError};
use crate::pages::AskedEvents;
use crate::routes::problem::Problem;
use crate::utc::parse_minute;
use crate::web::Fields;

/// What the query says.
pub(super) fn asked(query: &Fields) -> AskedEvents {
    let field = |name| query.first(name).unwrap_or_default().trim().to_owned();
    AskedEvents {
        kind: field("kind"),
        user: field("user"),
        address: field("address"),
        from: field("from"),
        until: field("until"),
    }
}

/// What is meant by it; nothing where a field is not understood, or nobody has the name.
pub(super) async fn filter(
    installation: &Installation,
    asked: &AskedEvents,
) -> Result<Option<EventFilter>, Problem> {
    let (Ok(kind), Ok(address), Ok(since), Ok(until)) = (
        read(&asked.kind, |text| text.parse::<EventKind>().ok()),
        read(&asked.address, |text| text.parse::<IpAddr>().ok()),
        read(&asked.from, parse_minute),
        read(&asked.until, parse_minute),
    ) else {
        return Ok(None);
    };
    let subject = match read(&asked.user, |text| text.parse::<UserName>().ok()) {
        Ok(None) => None,
        Ok(Some(name)) => match installation.user(name).await {
            Ok(user) => Some(user.id),
            Err(InstallationError::NoSuchUser(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        },
        Err(NotUnderstood) => return Ok(None),
    };
    Ok(Some(EventFilter { subject, kind, address, since, until }))
}

/// A field says nothing that it could.
struct NotUnderstood;

/// What a field says; nothing where it is empty.
fn read<T>(text: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, NotUnderstood> {
    if text.is_empty() {
        return Ok(None);
    }
    parse(text).map(Some).ok_or(NotUnderstood)
}
