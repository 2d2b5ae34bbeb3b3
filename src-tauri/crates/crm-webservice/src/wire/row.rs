//! A record as it comes. All scalar values are strings or null; "" and null and an id that ends in 0 all mean nothing, since the
//! same empty value is written differently by different operations (facts/crm.md 1).

use std::collections::BTreeMap;

use serde_json::Value;

/// The values of one record under the CRM's names. Unknown keys are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row(BTreeMap<String, String>);

impl Row {
    /// Reads one record; `None` when it is no object.
    pub fn read(value: &Value) -> Option<Self> {
        let values = value.as_object()?;
        let text = |value: &Value| match value {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            Value::Bool(true) => "1".to_owned(),
            Value::Bool(false) => "0".to_owned(),
            other => other.to_string(),
        };
        Some(Self(
            values
                .iter()
                .map(|(name, value)| (name.clone(), text(value)))
                .collect(),
        ))
    }

    /// Reads a list of records; `None` when it is no list. A list with gaps is written as an object by PHP.
    pub fn read_all(value: &Value) -> Option<Vec<Self>> {
        match value {
            Value::Array(rows) => rows.iter().map(Self::read).collect(),
            Value::Object(rows) => rows.values().map(Self::read).collect(),
            _ => None,
        }
    }

    /// The value, empty where there is none.
    pub fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// The value as the id of another record.
    pub fn reference(&self, name: &str) -> Option<&str> {
        let id = self.text(name);
        let number = id.rsplit('x').next().unwrap_or_default();
        (number.bytes().any(|digit| digit != b'0')).then_some(id)
    }

    /// The record's own id.
    pub fn id(&self) -> &str {
        self.text("id")
    }

    /// All values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// The number of a record id, ascending with creation: the lowest was made first.
pub fn record_number(id: &str) -> u64 {
    id.rsplit('x')
        .next()
        .and_then(|number| number.parse().ok())
        .unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn empty_null_and_zero_are_all_nothing() {
        let row = Row::read(&json!({"a": "", "b": null, "c": "0", "d": "11x0", "e": "11x10"}))
            .expect("an object");
        for name in ["a", "b", "c", "d", "absent"] {
            assert_eq!(row.reference(name), None, "{name}");
        }
        assert_eq!(row.reference("e"), Some("11x10"));
        assert_eq!(row.text("b"), "");
    }

    #[test]
    fn values_of_other_kinds_become_text() {
        let row =
            Row::read(&json!({"a": true, "b": false, "c": 4711, "d": ["x"]})).expect("an object");
        assert_eq!(
            ["a", "b", "c", "d"].map(|name| row.text(name)),
            ["1", "0", "4711", "[\"x\"]"]
        );
    }

    #[test]
    fn a_list_with_gaps_is_a_list() {
        let rows = Row::read_all(&json!({"0": {"id": "12x1"}, "2": {"id": "12x3"}}));
        assert_eq!(rows.map(|rows| rows.len()), Some(2));
        assert_eq!(Row::read_all(&json!([1])), None);
        assert_eq!(Row::read_all(&json!("x")), None);
    }

    #[test]
    fn record_numbers_compare_as_numbers() {
        assert!(record_number("12x999") < record_number("12x1000"));
        assert_eq!(record_number("garbage"), u64::MAX);
    }
}
