//! Types that say what their JSON looks like, in JSON Schema.
//!
//! Two macros of a few lines write the types, their (de)serialization and their schemas from one definition. A derive from a crate would
//! bring a code generator for a dozen types, and would know the types alone: what may be asked of whom stands in the table of routes.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// The named types that a document speaks of.
#[derive(Debug, Default)]
pub(super) struct Schemas(BTreeMap<&'static str, Value>);

/// A type that says what its JSON looks like.
pub(super) trait Described {
    /// Whether a question may leave a field of this type out.
    const IS_OPTIONAL: bool = false;

    /// The schema; named types go into the list and are referred to.
    fn schema(schemas: &mut Schemas) -> Value;
}

impl Schemas {
    /// Refers to a named type, which is described the first time.
    pub(super) fn named(&mut self, name: &'static str, describe: impl FnOnce(&mut Self) -> Value) -> Value {
        if !self.0.contains_key(name) {
            self.0.insert(name, Value::Null);
            let schema = describe(self);
            self.0.insert(name, schema);
        }
        json!({ "$ref": format!("#/components/schemas/{name}") })
    }

    /// All of them.
    pub(super) fn into_value(self) -> Value {
        self.0.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect()
    }
}

/// A field of an object.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) schema: Value,
    /// Whether no object lacks it.
    pub(super) is_required: bool,
}

impl Field {
    /// A field that no object lacks.
    pub(super) const fn required(name: &'static str, schema: Value) -> Self {
        Self { name, schema, is_required: true }
    }

    /// The same with a description of what its value means there.
    pub(super) fn about(mut self, about: &str) -> Self {
        if let Some(members) = self.schema.as_object_mut() {
            members.insert("description".to_owned(), json!(about.trim()));
        }
        self
    }
}

/// The schema of an object that has these fields and no others.
pub(super) fn object(about: &str, fields: Vec<Field>) -> Value {
    let required: Vec<&str> =
        fields.iter().filter(|field| field.is_required).map(|field| field.name).collect();
    let required = json!(required);
    let fields: Value = fields.into_iter().map(|field| (field.name.to_owned(), field.schema)).collect();
    json!({
        "type": "object", "description": about.trim(), "properties": fields, "required": required,
        "additionalProperties": false,
    })
}

impl Described for String {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string" })
    }
}

impl Described for &'static str {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string" })
    }
}

impl Described for bool {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "boolean" })
    }
}

impl Described for u64 {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "integer", "minimum": 0 })
    }
}

impl<T: Described> Described for Vec<T> {
    fn schema(schemas: &mut Schemas) -> Value {
        json!({ "type": "array", "items": T::schema(schemas) })
    }
}

impl<T: Described> Described for Option<T> {
    const IS_OPTIONAL: bool = true;

    fn schema(schemas: &mut Schemas) -> Value {
        json!({ "anyOf": [T::schema(schemas), { "type": "null" }] })
    }
}

/// Types of answers: every field is always there, `null` where nothing is known.
macro_rules! answers {
    ($($(#[doc = $about:literal])+ struct $name:ident { $($(#[doc = $doc:literal])+ $field:ident: $type:ty,)+ })+) => {$(
        $(#[doc = $about])+
        #[derive(Clone, Debug, serde::Serialize)]
        pub(super) struct $name { $($(#[doc = $doc])+ pub(super) $field: $type,)+ }

        $crate::api::described::described!($name, concat!($($about),+), [$(($field: $type, true, concat!($($doc),+)),)+]);
    )+};
}
pub(super) use answers;

/// Types of questions: what is optional may be left out, and what is unknown is refused. No `Debug`, since cookies are among them.
macro_rules! questions {
    ($($(#[doc = $about:literal])+ struct $name:ident { $($(#[doc = $doc:literal])+ $field:ident: $type:ty,)+ })+) => {$(
        $(#[doc = $about])+
        #[derive(Default, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name { $($(#[doc = $doc])+ pub(super) $field: $type,)+ }

        $crate::api::described::described!(
            $name, concat!($($about),+), [$(($field: $type, !<$type>::IS_OPTIONAL, concat!($($doc),+)),)+]
        );
    )+};
}
pub(super) use questions;

/// What a type of either kind says of itself: its fields, whether each is always there, and what they mean.
macro_rules! described {
    ($name:ident, $about:expr, [$(($field:ident: $type:ty, $is_required:expr, $doc:expr),)+]) => {
        impl $crate::api::described::Described for $name {
            fn schema(schemas: &mut $crate::api::described::Schemas) -> serde_json::Value {
                use $crate::api::described::{Field, object};
                schemas.named(stringify!($name), |schemas| {
                    let fields = vec![$(
                        Field { name: stringify!($field), schema: <$type>::schema(schemas), is_required: $is_required }
                            .about($doc)
                    ),+];
                    object($about, fields)
                })
            }
        }
    };
}
pub(super) use described;
