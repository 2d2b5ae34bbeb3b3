//! The answer to `sync` (facts/crm.md 6).

use serde_json::Value;

use super::Row;
use super::sign_in::seconds;

/// One page of what changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncPage {
    /// Records that are new or changed, earliest first.
    pub updated: Vec<Row>,
    /// Ids of deleted records.
    pub deleted: Vec<String>,
    /// Whether there is another page.
    pub more: bool,
    /// The latest second of modification on this page, in seconds since 1970; what was sent when the page is empty.
    pub last_modified: i64,
}

impl SyncPage {
    /// Reads the answer; `None` when it is something else.
    pub fn read(result: &Value) -> Option<Self> {
        let deleted = match result.get("deleted") {
            Some(Value::Array(ids)) => ids.iter().collect::<Vec<_>>(),
            Some(Value::Object(ids)) => ids.values().collect(),
            _ => Vec::new(),
        };
        Some(Self {
            updated: Row::read_all(result.get("updated")?)?,
            deleted: deleted
                .into_iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            more: matches!(result.get("more"), Some(Value::Bool(true))),
            last_modified: seconds(result.get("lastModifiedTime")?)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    // Made up after sync_Contacts of vtiger 8.4.0 (facts/crm.md 6).
    #[test]
    fn a_page_is_read() {
        let page = SyncPage::read(&json!({
            "updated": [{"id": "12x1", "account_id": null}],
            "deleted": ["12x9"], "more": true, "lastModifiedTime": 1795362964,
        }))
        .expect("a page");
        assert_eq!(page.updated[0].id(), "12x1");
        assert_eq!(page.deleted, ["12x9"]);
        assert!(page.more);
        assert_eq!(page.last_modified, 1795362964);
    }

    #[test]
    fn half_a_page_is_none() {
        for value in [
            json!(null),
            json!({"updated": []}),
            json!({"updated": 1, "lastModifiedTime": 1}),
            json!({"updated": [1], "lastModifiedTime": 1}),
        ] {
            assert_eq!(SyncPage::read(&value), None, "{value}");
        }
    }
}
