//! Which requests came: how many of each operation, how many of them changed something, and every request to write as it came.
//! Deliberately not here: what was done past the web service, through the control door or in the process.

use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The requests since the start or the last reset.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Journal {
    /// By operation, in small letters.
    pub counts: BTreeMap<String, Count>,
    /// Every request to write, the earliest first.
    pub writes: Vec<Write>,
}

/// How often an operation was asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Requests, refused and lost ones included.
    pub requests: u64,
    /// Requests that changed something.
    pub writes: u64,
}

/// A request to write.
#[derive(Debug, Clone, PartialEq)]
pub struct Write {
    /// `create`, `update`, `revise`, `delete`.
    pub operation: String,
    /// The name of the user.
    pub user: String,
    /// The record it changed or was meant for; empty where none came out.
    pub id: String,
    /// What was sent, as JSON if it was any.
    pub element: Value,
    /// `ok`, or the code of the refusal.
    pub outcome: String,
}

impl Journal {
    /// All requests of an operation.
    pub fn requests(&self, operation: &str) -> u64 {
        self.counts.get(operation).map_or(0, |count| count.requests)
    }

    /// All requests.
    pub fn all_requests(&self) -> u64 {
        self.counts.values().map(|count| count.requests).sum()
    }

    /// All requests that changed something.
    pub fn all_writes(&self) -> u64 {
        self.counts.values().map(|count| count.writes).sum()
    }

    pub(super) fn asked(&mut self, operation: &str) {
        self.counts
            .entry(operation.to_ascii_lowercase())
            .or_default()
            .requests += 1;
    }

    pub(super) fn wrote(&mut self, write: Write) {
        if write.outcome == "ok" {
            self.counts
                .entry(write.operation.clone())
                .or_default()
                .writes += 1;
        }
        self.writes.push(write);
    }

    /// The journal for the control door.
    pub fn to_json(&self) -> Value {
        let counts = self.counts.iter().map(|(operation, count)| {
            (
                operation.clone(),
                json!({ "requests": count.requests, "writes": count.writes }),
            )
        });
        let writes = self.writes.iter().map(|write| {
            json!({ "operation": write.operation, "user": write.user, "id": write.id, "element": write.element, "outcome": write.outcome })
        });
        json!({ "counts": Value::Object(counts.collect()), "writes": writes.collect::<Vec<_>>() })
    }
}
