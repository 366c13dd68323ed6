//! `[[oidc]]` tables as they stand in the file, read with the line of whatever is wrong.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::de::DeTable;

use crate::accounts::Group;
use crate::config::table::{Entry, TableError, authorities, flag, known, parsed, secret, tables, wrong};
use crate::config::{ClientSecret, GroupsClaim, IssuerUrl, Newcomers, OidcProvider, ProviderSignOut};

const KEYS: [&str; 13] = [
    "name",
    "title",
    "issuer",
    "client_id",
    "client_secret",
    "client_secret_file",
    "scopes",
    "name_claim",
    "groups_claim",
    "groups",
    "create_users",
    "sign_out",
    "ca_file",
];

const SCOPES: [&str; 3] = ["openid", "profile", "email"];

/// Reads every `[[oidc]]` table.
pub(super) fn providers(value: &Entry<'_>) -> Result<Vec<OidcProvider>, TableError> {
    let mut providers: Vec<OidcProvider> = Vec::new();
    for (table, at) in tables(value, "oidc")? {
        let new = provider(table, &at)?;
        if let Some(other) =
            providers.iter().find(|other| other.name == new.name || other.issuer == new.issuer)
        {
            let message = format!(
                "two [[oidc]] tables share the name {:?} or the issuer {}",
                other.name.as_str(),
                other.issuer
            );
            return Err(TableError { at, message });
        }
        providers.push(new);
    }
    Ok(providers)
}

fn provider(table: &DeTable<'_>, at: &Range<usize>) -> Result<OidcProvider, TableError> {
    known(table, &KEYS)?;
    let required = |name: &str| {
        table
            .get(name)
            .ok_or_else(|| TableError { at: at.clone(), message: format!("an [[oidc]] has no {name}") })
    };
    let name: crate::config::ProviderName =
        parsed(required("name")?, "name", "1 to 40 of a to z, 0 to 9 and -")?;
    let issuer: IssuerUrl = parsed(
        required("issuer")?,
        "issuer",
        "the provider's address, such as https://id.example.org/realms/main; http:// for localhost only",
    )?;
    let text_or = |key: &str, default: &str| match table.get(key) {
        Some(value) => words(value, key),
        None => Ok(default.to_owned()),
    };
    let newcomers = match table.get("create_users").map(|value| flag(value, "create_users")).transpose()? {
        Some(true) => Newcomers::Created,
        Some(false) | None => Newcomers::TurnedAway,
    };
    Ok(OidcProvider {
        title: text_or("title", name.as_str())?,
        client_id: words(required("client_id")?, "client_id")?,
        client_secret: client_secret(table, at)?,
        scopes: table.get("scopes").map_or_else(|| Ok(SCOPES.map(str::to_owned).to_vec()), scopes)?,
        name_claim: text_or("name_claim", "preferred_username")?,
        groups: groups(table, at)?,
        newcomers,
        sign_out: table.get("sign_out").map_or(Ok(ProviderSignOut::default()), sign_out)?,
        authorities: table
            .get("ca_file")
            .map_or_else(|| Ok(Vec::new()), |value| authorities(value, "ca_file"))?,
        name,
        issuer,
    })
}

/// A text of visible characters and blanks.
fn words(value: &Entry<'_>, name: &str) -> Result<String, TableError> {
    let text = value.get_ref().as_str().filter(|text| (1..=255).contains(&text.len()));
    let text = text.filter(|text| !text.chars().any(char::is_control));
    text.map(str::to_owned).ok_or_else(|| wrong(value, name, "a text of 1 to 255 octets on one line"))
}

fn client_secret(table: &DeTable<'_>, at: &Range<usize>) -> Result<ClientSecret, TableError> {
    const EXPECTED: &str = "what the provider has given us, on one line";
    secret(table, ("client_secret", "client_secret_file"), EXPECTED)?.ok_or_else(|| {
        let message = "an [[oidc]] has no client_secret and no client_secret_file".to_owned();
        TableError { at: at.clone(), message }
    })
}

fn scopes(value: &Entry<'_>) -> Result<Vec<String>, TableError> {
    let wrong = || wrong(value, "scopes", "a list such as [\"openid\", \"profile\", \"email\"]");
    // RFC 6749 3.3: visible ASCII but for the quotation mark and the backslash.
    let is_scope = |text: &&str| {
        !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_graphic() && !b"\"\\".contains(&octet))
    };
    let items = value.get_ref().as_array().ok_or_else(wrong)?;
    let items: Option<Vec<&str>> =
        items.iter().map(|item| item.get_ref().as_str().filter(is_scope)).collect();
    let given = items.ok_or_else(wrong)?;
    let rest = given.into_iter().filter(|scope| *scope != "openid");
    Ok(std::iter::once("openid").chain(rest).map(str::to_owned).collect())
}

fn groups(table: &DeTable<'_>, at: &Range<usize>) -> Result<Option<GroupsClaim>, TableError> {
    let map = table.get("groups").map(group_map).transpose()?;
    match (table.get("groups_claim"), map) {
        (Some(claim), map) => Ok(Some(GroupsClaim { claim: words(claim, "groups_claim")?, map })),
        (None, Some(_)) => {
            let message =
                "groups says what the provider's groups are called here, and needs groups_claim".to_owned();
            Err(TableError { at: at.clone(), message })
        }
        (None, None) => Ok(None),
    }
}

fn group_map(value: &Entry<'_>) -> Result<BTreeMap<String, Group>, TableError> {
    let wrong =
        || wrong(value, "groups", "the provider's groups and ours, such as { \"/staff\" = \"staff\" }");
    let table = value.get_ref().as_table().ok_or_else(wrong)?;
    let pairs = table.iter().map(|(theirs, ours)| {
        Some((theirs.get_ref().to_string(), ours.get_ref().as_str()?.parse::<Group>().ok()?))
    });
    pairs.collect::<Option<_>>().ok_or_else(wrong)
}

fn sign_out(value: &Entry<'_>) -> Result<ProviderSignOut, TableError> {
    match value.get_ref().as_str() {
        Some("here") => Ok(ProviderSignOut::Here),
        Some("provider") => Ok(ProviderSignOut::AtProvider),
        _ => Err(wrong(value, "sign_out", "one of here or provider")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<OidcProvider>, String> {
        let table = DeTable::parse(text).unwrap();
        let (_, value) = table.get_ref().iter().next().unwrap();
        providers(value).map_err(|error| error.message)
    }

    const MAIN: &str =
        "[[oidc]]\nname = \"main\"\nissuer = \"https://id.example.org\"\nclient_id = \"cloakroom\"\n";

    #[test]
    fn a_provider_needs_four_lines_and_creates_nobody_unasked() {
        let [main] = read(&format!("{MAIN}client_secret = \"s3cret\"")).unwrap().try_into().unwrap();
        assert_eq!((main.title.as_str(), main.client_secret.expose()), ("main", "s3cret"));
        assert_eq!(main.scopes, SCOPES);
        assert_eq!((main.groups, main.newcomers), (None, Newcomers::TurnedAway));
        assert_eq!(main.sign_out, ProviderSignOut::Here);
    }

    #[test]
    fn a_secret_may_stand_in_a_file_and_its_line_break_is_none_of_it() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "s3cret\r\n").unwrap();
        let text = format!("{MAIN}client_secret_file = {:?}", file.path());
        assert_eq!(read(&text).unwrap()[0].client_secret.expose(), "s3cret");
        assert!(
            read(&format!("{MAIN}client_secret_file = \"/none\"")).unwrap_err().starts_with("cannot read")
        );
    }

    #[test]
    fn groups_are_taken_over_by_a_list_or_as_they_are() {
        let all = format!("{MAIN}client_secret = \"x\"\ngroups_claim = \"groups\"\n");
        let groups = read(&all).unwrap()[0].groups.clone().unwrap();
        assert_eq!((groups.claim.as_str(), groups.map), ("groups", None));
        let some = format!("{all}[oidc.groups]\n\"/staff of all\" = \"staff\"");
        let map = read(&some).unwrap()[0].groups.clone().unwrap().map.unwrap();
        assert_eq!(map["/staff of all"].as_str(), "staff");
    }

    #[test]
    fn whatever_is_wrong_says_what_would_be_right_and_no_secret() {
        for (more, message) in [
            ("", "an [[oidc]] has no client_secret and no client_secret_file"),
            ("client_secert = \"p4ss\"", "unknown key \"client_secert\"; did you mean \"client_secret\"?"),
            (
                "client_secret = 3",
                "this client_secret is not valid; expected what the provider has given us, on one line",
            ),
            (
                "client_secret = \"p4ss\"\nclient_secret_file = \"/x\"",
                "client_secret_file does not go with client_secret; keep one of them",
            ),
            (
                "client_secret = \"p4ss\"\ngroups = { a = \"b\" }",
                "groups says what the provider's groups are called here, and needs groups_claim",
            ),
            (
                "client_secret = \"p4ss\"\nsign_out = \"all\"",
                "this sign_out is not valid; expected one of here or provider",
            ),
            (
                "client_secret = \"p4ss\"\n[[oidc]]\nname = \"b\"\nissuer = \"https://id.example.org\"\nclient_id = \"x\"\nclient_secret = \"y\"",
                "two [[oidc]] tables share the name \"main\" or the issuer https://id.example.org",
            ),
        ] {
            assert_eq!(read(&format!("{MAIN}{more}")).unwrap_err(), message);
        }
        assert_eq!(read("oidc = 3").unwrap_err(), "oidc is written [[oidc]], once for each");
    }
}
