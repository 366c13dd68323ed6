//! The API's own document, against which its answers are held.

use serde_json::Value;

use super::browser::Answer;

/// The document that a gateway serves.
pub(crate) struct Document(pub(crate) Value);

impl Document {
    /// Every route: method, path with braces, and what is said of it.
    pub(crate) fn routes(&self) -> Vec<(String, String, &Value)> {
        let paths = self.0["paths"].as_object().unwrap().iter();
        let routes = paths.flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap().iter();
            methods.map(move |(method, route)| (method.to_uppercase(), path.clone(), route))
        });
        routes.collect()
    }

    /// Fails unless the document says of this route that it may answer so.
    pub(crate) fn check(&self, method: &str, path: &str, answer: &Answer) {
        let path = path.split('?').next().unwrap();
        let mut routes =
            self.routes().into_iter().filter(|(m, template, _)| m == method && fits(path, template));
        let (_, template, route) =
            routes.next().unwrap_or_else(|| panic!("{method} {path} is not described"));
        let what = format!("{method} {template}: {} {}", answer.status, answer.body);
        let described = &route["responses"][answer.status.to_string()];
        assert!(described.is_object(), "the status is not described: {what}");
        let Some(content) = described.get("content").and_then(Value::as_object) else {
            assert_eq!(answer.body, "", "{what}");
            return;
        };
        let media = answer.header("content-type").unwrap_or_default();
        let schema =
            &content.get(media).unwrap_or_else(|| panic!("{media} is not described: {what}"))["schema"];
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        if let Err(why) = self.fits(schema, &body) {
            panic!("{why}: {what}");
        }
    }

    /// Whether a value is what a schema says, as far as the schemas of this document go.
    fn fits(&self, schema: &Value, value: &Value) -> Result<(), String> {
        if let Some(name) = schema["$ref"].as_str() {
            let pointer = name.strip_prefix('#').unwrap();
            self.fits(self.0.pointer(pointer).unwrap(), value)?;
        }
        for all in schema["allOf"].as_array().into_iter().flatten() {
            self.fits(all, value)?;
        }
        for (key, least, most) in [("anyOf", 1, usize::MAX), ("oneOf", 1, 1)] {
            if let Some(any) = schema[key].as_array() {
                let fitting = any.iter().filter(|one| self.fits(one, value).is_ok()).count();
                if !(least..=most).contains(&fitting) {
                    return Err(format!("{value} fits {fitting} of {any:?}"));
                }
            }
        }
        let is_of_type = match schema["type"].as_str() {
            None => true,
            Some("object") => value.is_object(),
            Some("array") => value.is_array(),
            Some("string") => value.is_string(),
            Some("integer") => value.is_u64(),
            Some("boolean") => value.is_boolean(),
            Some("null") => value.is_null(),
            Some(other) => panic!("a type {other}"),
        };
        let is_constant = schema.get("const").is_none_or(|constant| constant == value);
        let is_listed = schema["enum"].as_array().is_none_or(|listed| listed.contains(value));
        if !(is_of_type && is_constant && is_listed) {
            return Err(format!("{value} is not {schema}"));
        }
        if let Some(fields) = schema["properties"].as_object() {
            for (name, field) in value.as_object().into_iter().flatten() {
                match fields.get(name) {
                    Some(schema) => self.fits(schema, field)?,
                    None if schema["additionalProperties"] == false => {
                        return Err(format!("the field {name}"));
                    }
                    None => {}
                }
            }
        }
        for name in schema["required"].as_array().into_iter().flatten() {
            value.get(name.as_str().unwrap()).ok_or_else(|| format!("the field {name} is missing"))?;
        }
        for item in value.as_array().into_iter().flatten() {
            self.fits(&schema["items"], item)?;
        }
        Ok(())
    }
}

fn fits(path: &str, template: &str) -> bool {
    let (path, template): (Vec<&str>, Vec<&str>) = (path.split('/').collect(), template.split('/').collect());
    path.len() == template.len()
        && path.iter().zip(&template).all(|(part, named)| part == named || named.starts_with('{'))
}

#[test]
fn an_answer_that_is_not_as_described_is_found() {
    let document = Document(serde_json::json!({
        "paths": { "/a/{id}": { "get": { "responses": {
            "200": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/A" } } } },
            "204": {},
        } } } },
        "components": { "schemas": { "A": {
            "type": "object", "required": ["n"], "additionalProperties": false,
            "properties": { "n": { "anyOf": [{ "type": "integer" }, { "type": "null" }] } },
        } } },
    }));
    let said = |status, media: &str, body: &str| {
        let headers = vec![("content-type".to_owned(), media.to_owned())];
        let answer = Answer { status, headers, body: body.to_owned() };
        std::panic::catch_unwind(|| document.check("GET", "/a/b?c", &answer)).is_ok()
    };
    assert!(said(200, "application/json", r#"{"n":1}"#) && said(200, "application/json", r#"{"n":null}"#));
    assert!(said(204, "", ""));
    for wrong in [r#"{"n":"x"}"#, "{}", r#"{"n":1,"m":1}"#, "[]", "null"] {
        assert!(!said(200, "application/json", wrong), "{wrong}");
    }
    assert!(
        !said(200, "text/html", r#"{"n":1}"#) && !said(500, "application/json", "{}") && !said(204, "", "x")
    );
}
