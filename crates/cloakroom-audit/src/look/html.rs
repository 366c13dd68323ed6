//! What a page refers to, and its forms. A reader of tags, not of documents: enough for attributes, and linear in time.

/// How a page uses what it refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// It runs, or frames something: scripts, frames, style sheets.
    Active,
    /// It is shown: images, sounds.
    Passive,
    /// The user may go there.
    Link,
}

/// A URL in a page, as it is written there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// What for.
    pub used: Use,
    /// The URL, relative ones too.
    pub url: String,
}

/// A field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// `text`, `password`, `hidden` and so on, in lower case.
    pub kind: String,
    /// Its value.
    pub value: String,
}

/// A form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    /// Where it is sent; empty for the page itself.
    pub action: String,
    /// Whether it is sent by POST.
    pub is_post: bool,
    /// Its fields that have names.
    pub inputs: Vec<Input>,
}

impl Form {
    /// Whether it asks for a password, and sends it by POST.
    pub fn is_sign_in(&self) -> bool {
        self.is_post && self.inputs.iter().any(|input| input.kind == "password")
    }
}

/// What was found in a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// URLs.
    pub references: Vec<Reference>,
    /// Forms.
    pub forms: Vec<Form>,
    /// A policy in the page itself.
    pub policy: Option<String>,
    /// What `<base>` says.
    pub base: Option<String>,
}

/// Elements whose content is no markup.
const RAW: [&str; 4] = ["script", "style", "textarea", "title"];

struct Tag {
    /// In lower case; with `/` before it at an end.
    name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}

impl Page {
    pub(super) fn read(text: &str) -> Self {
        let mut page = Self::default();
        let mut open: Option<Form> = None;
        for tag in tags(text) {
            match tag.name.as_str() {
                "form" => {
                    page.forms.extend(open.take());
                    open = Some(Form {
                        action: tag.get("action").unwrap_or_default().trim().to_owned(),
                        is_post: tag.get("method").is_some_and(|method| method.eq_ignore_ascii_case("post")),
                        inputs: Vec::new(),
                    });
                }
                "/form" => page.forms.extend(open.take()),
                "input" | "button" | "select" | "textarea" => {
                    if let (Some(form), Some(name)) = (&mut open, tag.get("name")) {
                        form.inputs.push(Input {
                            name: name.to_owned(),
                            kind: tag.get("type").unwrap_or("text").to_ascii_lowercase(),
                            value: tag.get("value").unwrap_or_default().to_owned(),
                        });
                    }
                }
                _ => page.element(&tag),
            }
        }
        page.forms.extend(open);
        page
    }

    fn element(&mut self, tag: &Tag) {
        let (used, attribute) = match tag.name.as_str() {
            "script" | "iframe" | "frame" | "embed" => (Use::Active, "src"),
            "object" => (Use::Active, "data"),
            "link" => {
                let is_sheet =
                    tag.get("rel").is_some_and(|rel| rel.to_ascii_lowercase().contains("stylesheet"));
                (if is_sheet { Use::Active } else { Use::Link }, "href")
            }
            "img" | "audio" | "video" | "source" => (Use::Passive, "src"),
            "a" | "area" => (Use::Link, "href"),
            "base" => {
                self.base = self.base.take().or_else(|| tag.get("href").map(str::to_owned));
                return;
            }
            "meta" => {
                let is_policy = tag
                    .get("http-equiv")
                    .is_some_and(|name| name.eq_ignore_ascii_case("content-security-policy"));
                if is_policy {
                    self.policy = tag.get("content").map(str::to_owned);
                }
                return;
            }
            _ => return,
        };
        if let Some(url) = tag.get(attribute) {
            self.references.push(Reference { used, url: url.trim().to_owned() });
        }
    }
}

/// The tags of a text, in their order.
fn tags(text: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') {
            continue;
        }
        let (tag, after) = tag(rest);
        rest = after;
        if RAW.contains(&tag.name.as_str()) {
            rest = after_raw(rest, &tag.name);
        }
        tags.push(tag);
    }
    tags
}

/// What follows the end of an element whose content is no markup.
fn after_raw<'t>(text: &'t str, name: &str) -> &'t str {
    let mut from = 0;
    while let Some(at) = text[from..].find("</") {
        let begin = from + at + 2;
        let is_end = text.as_bytes().get(begin..begin + name.len());
        if is_end.is_some_and(|end| end.eq_ignore_ascii_case(name.as_bytes())) {
            return &text[begin - 2..];
        }
        from = begin;
    }
    ""
}

/// One tag, from its name on, and what follows it.
fn tag(text: &str) -> (Tag, &str) {
    let end = text.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(text.len());
    let name = text[..end].trim_end_matches('/').to_ascii_lowercase();
    let mut tag = Tag { name, attributes: Vec::new() };
    let mut rest = &text[end..];
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            return (tag, rest);
        }
        if let Some(after) = rest.strip_prefix('>') {
            return (tag, after);
        }
        // The first character may be any, an equals sign too.
        let mut marks = rest.char_indices().skip(1);
        let end = marks
            .find(|(_, c)| c.is_ascii_whitespace() || "=>/".contains(*c))
            .map_or(rest.len(), |(at, _)| at);
        let name = rest[..end].to_ascii_lowercase();
        rest = rest[end..].trim_start_matches(|c: char| c.is_ascii_whitespace());
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            (value, rest) = attribute_value(after.trim_start_matches(|c: char| c.is_ascii_whitespace()));
        }
        tag.attributes.push((name, unescape(value)));
    }
}

fn attribute_value(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote) {
            return inner.split_once(quote).unwrap_or((inner, ""));
        }
    }
    let end = text.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(text.len());
    text.split_at(end)
}

/// The few references that URLs and tokens in attributes are written with.
fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    [
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&#x2F;", "/"),
        ("&#x2B;", "+"),
        ("&#43;", "+"),
        ("&#x3D;", "="),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ]
    .into_iter()
    .fold(text.to_owned(), |text, (written, meant)| text.replace(written, meant))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_as_a_browser_would_read_its_tags() {
        let page = Page::read(
            "<!-- <script src=commented></script> --><BASE href=/b/><script>if (a<b) '<img src=no>'</script>\
             <script src=\"a.js\"></script><img src='p.png'><a href=x?a=1&amp;b=2>y</a>\
             <form action=/in METHOD=Post><input name=user><input type=hidden name=t value=\"a b\"></form>",
        );
        let urls: Vec<_> = page.references.iter().map(|one| (one.used, one.url.as_str())).collect();
        assert_eq!(urls, [(Use::Active, "a.js"), (Use::Passive, "p.png"), (Use::Link, "x?a=1&b=2")]);
        assert_eq!(page.base.as_deref(), Some("/b/"));
        assert_eq!((page.forms.len(), page.forms[0].is_post, page.forms[0].inputs.len()), (1, true, 2));
        assert_eq!(page.forms[0].inputs[1].value, "a b");
    }

    #[test]
    fn broken_markup_comes_to_an_end() {
        for text in [
            "<",
            "<a",
            "<a href",
            "<a href=",
            "<a href=\"x",
            "<!--",
            "<script>",
            "</",
            "<é é=é>",
            "<a é",
            "<a =>",
        ] {
            let _page = Page::read(text);
        }
    }
}
