//! Phrases that several commands share: names, counts, servers.

use controller::{Counts, Problem};
use serde::Serialize;
use texts::Texts;

/// An enum of the controller by its name in texts, as in `contacts`.
pub fn name_of(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

/// What was written on a side, as in `3 new, 1 changed`; empty where nothing was.
pub fn counts(texts: Texts, counts: Counts) -> String {
    let parts = [
        ("window.count.created", counts.created),
        ("window.count.updated", counts.updated),
        ("window.count.deleted", counts.deleted),
    ];
    listed(texts, &parts)
}

/// Counts that are not zero, as in `12 newly linked, 1 skipped`.
pub fn listed(texts: Texts, parts: &[(&str, u64)]) -> String {
    let told = parts
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(key, count)| texts.count(key, *count, &[]));
    told.collect::<Vec<_>>().join(", ")
}

/// What happened and what to do, of a problem as the controller tells it.
pub fn problem(texts: Texts, problem: &Problem) -> [String; 2] {
    [
        texts.what(&problem.code, &problem.values),
        texts.next(&problem.code, &problem.values),
    ]
}
