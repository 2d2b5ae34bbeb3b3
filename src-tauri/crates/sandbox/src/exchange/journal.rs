//! Which requests came: how many of each operation, how many of them changed something, how often a sign-in was refused, and every
//! request to write as it came.
//! Deliberately not here: what was done past EWS, through the control door or in the process.

use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The requests since the start or the last reset.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Journal {
    /// By operation, as EWS names it.
    pub counts: BTreeMap<String, Count>,
    /// Every request to write, the earliest first.
    pub writes: Vec<Write>,
    /// Sign-ins with wrong credentials.
    pub refused_sign_ins: u64,
}

/// How often an operation was asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Requests, refused and lost ones included.
    pub requests: u64,
    /// Requests of which at least one part changed something.
    pub writes: u64,
}

/// A request to write.
#[derive(Debug, Clone, PartialEq)]
pub struct Write {
    /// `CreateItem`, `UpdateItem`, ...
    pub operation: String,
    /// The sign-in name of the user.
    pub user: String,
    /// The operation's element as it came.
    pub request: String,
    /// The response codes in the order of the request; empty where a fault on order kept it from being done.
    pub outcome: Vec<String>,
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
            .entry(operation.to_owned())
            .or_default()
            .requests += 1;
    }

    pub(super) fn wrote(&mut self, write: Write) {
        if write.outcome.iter().any(|code| code == "NoError") {
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
            json!({ "operation": write.operation, "user": write.user, "request": write.request, "outcome": write.outcome })
        });
        json!({
            "counts": Value::Object(counts.collect()),
            "writes": writes.collect::<Vec<_>>(),
            "refused_sign_ins": self.refused_sign_ins,
        })
    }
}
