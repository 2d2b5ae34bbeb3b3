//! What `listtypes` and `describe` tell (facts/crm.md 3).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A module as this user sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Module {
    /// Its name.
    pub name: String,
    /// Its name in the user's language.
    pub label: String,
    /// What its record ids start with.
    pub id_prefix: String,
    /// Whether the user may create records.
    pub createable: bool,
    /// Whether the user may change records.
    pub updateable: bool,
    /// Whether the user may delete records.
    pub deleteable: bool,
    /// Whether the user may see records.
    pub retrieveable: bool,
    /// The fields a record is called by.
    pub label_fields: Vec<String>,
    /// Its fields by name.
    pub fields: BTreeMap<String, FieldMeta>,
}

/// A field of a module.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldMeta {
    /// Its name in the user's language.
    pub label: String,
    /// `string`, `text`, `email`, `reference`, ...
    pub kind: String,
    /// The modules a reference may point to.
    pub refers_to: Vec<String>,
    /// Whether the user may change it.
    pub editable: bool,
    /// Whether it must have a value.
    pub mandatory: bool,
    /// The values of a pick-list that this user may choose; they stay the same in every language.
    pub values: Vec<String>,
}

impl Module {
    /// Reads the answer to `describe`; `None` when it is something else.
    pub fn read(result: &Value) -> Option<Self> {
        let fields = result.get("fields")?.as_array()?;
        Some(Self {
            name: text(result, "name"),
            label: text(result, "label"),
            id_prefix: text(result, "idPrefix"),
            createable: flag(result, "createable"),
            updateable: flag(result, "updateable"),
            deleteable: flag(result, "deleteable"),
            retrieveable: flag(result, "retrieveable"),
            label_fields: text(result, "labelFields")
                .split(',')
                .map(str::trim)
                .filter(|name| !name.is_empty())
                .map(str::to_owned)
                .collect(),
            fields: fields
                .iter()
                .map(|field| (text(field, "name"), FieldMeta::read(field)))
                .filter(|(name, _)| is_plain_name(name))
                .collect(),
        })
    }
}

impl FieldMeta {
    fn read(field: &Value) -> Self {
        let kind = field.get("type").unwrap_or(&Value::Null);
        let refers_to = kind.get("refersTo").and_then(Value::as_array);
        let values = kind.get("picklistValues").and_then(Value::as_array);
        Self {
            label: text(field, "label"),
            kind: text(kind, "name"),
            refers_to: refers_to
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .filter(|name| is_plain_name(name))
                .map(str::to_owned)
                .collect(),
            editable: flag(field, "editable"),
            mandatory: flag(field, "mandatory"),
            values: values
                .into_iter()
                .flatten()
                .map(|value| text(value, "value"))
                .filter(|value| !value.is_empty())
                .collect(),
        }
    }
}

/// A module in the list of those that are open to this user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedType {
    /// Its name.
    pub name: String,
    /// What its records are called in the user's language.
    pub label: String,
    /// What one of them is called.
    pub singular: String,
}

/// The answer to `listtypes`; `None` when it is something else.
pub fn read_types(result: &Value) -> Option<Vec<ListedType>> {
    let types = result.get("types")?.as_array()?;
    let about = result.get("information").unwrap_or(&Value::Null);
    Some(
        types
            .iter()
            .filter_map(Value::as_str)
            .filter(|name| is_plain_name(name))
            .map(|name| {
                let about = about.get(name).unwrap_or(&Value::Null);
                ListedType {
                    name: name.to_owned(),
                    label: text(about, "label"),
                    singular: text(about, "singular"),
                }
            })
            .collect(),
    )
}

/// Names go into queries without quotes, so only letters, digits and underscores pass.
fn is_plain_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == b'_')
}

fn text(value: &Value, key: &str) -> String {
    match value.get(key) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

fn flag(value: &Value, key: &str) -> bool {
    match value.get(key) {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(text)) => text == "1" || text == "true",
        Some(Value::Number(number)) => number.as_i64() == Some(1),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    // Made up after describe_Contacts of vtiger 8.4.0 (facts/crm.md 3).
    #[test]
    fn a_module_is_read_with_rights_and_references() {
        let module = Module::read(&json!({
            "name": "Contacts", "label": "Personen", "idPrefix": "12", "labelFields": "firstname,lastname",
            "createable": true, "updateable": false, "deleteable": "0", "retrieveable": 1,
            "fields": [
                {"name": "account_id", "label": "Firma", "editable": true, "mandatory": false,
                 "type": {"name": "reference", "refersTo": ["Accounts"]}},
                {"name": "leadsource", "type": {"name": "picklist",
                 "picklistValues": [{"label": "Messe", "value": "Trade Show"}, {"label": "-", "value": ""}]}},
                {"name": "id", "type": {"name": "autogenerated"}},
                {"name": "a;b", "type": {"name": "string"}},
                {"label": "without a name"},
            ],
        }))
        .expect("a module");
        assert_eq!(module.id_prefix, "12");
        assert_eq!(module.label_fields, ["firstname", "lastname"]);
        let rights = [
            module.createable,
            module.updateable,
            module.deleteable,
            module.retrieveable,
        ];
        assert_eq!(rights, [true, false, false, true]);
        assert_eq!(module.fields["account_id"].refers_to, ["Accounts"]);
        assert_eq!(module.fields["leadsource"].values, ["Trade Show"]);
        assert_eq!(
            module.fields.len(),
            3,
            "nameless and odd fields are left out"
        );
    }

    #[test]
    fn something_else_is_no_module() {
        for value in [json!(null), json!([]), json!({"fields": "x"})] {
            assert_eq!(Module::read(&value), None);
            assert_eq!(read_types(&value), None);
        }
    }
}
