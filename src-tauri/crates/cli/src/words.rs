//! Phrases that several commands share: names, counts, servers.

use controller::{Counts, Problem};
use serde::Serialize;
use texts::Texts;

use crate::moment;

/// An enum of the controller by its name in texts, as in `contacts`.
pub fn name_of(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

/// A component as users know it.
pub fn component(texts: Texts, name: &str) -> String {
    texts.t(&format!("component.{name}"))
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

/// A value as people write it, in quotes where it is somebody's text, or the word for none.
pub fn value(texts: Texts, field: &str, value: &str) -> String {
    let minutes = || value.parse().ok().filter(|_| field == "reminder");
    let named = || texts.find(&format!("value.{field}.{value}"), &[]);
    match (field, value) {
        (_, "") => texts.t("history.empty_value"),
        ("start" | "end" | "due", value) => {
            moment::day_or_moment(texts, value).unwrap_or_else(|| value.to_owned())
        }
        ("all_day" | "private", _) => texts.t("value.yes"),
        (_, value) => minutes()
            .map(|count| texts.count("value.minutes_before", count, &[]))
            .or_else(named)
            .unwrap_or_else(|| texts.fill("cli.quoted", &[("value", &value.replace('\n', " / "))])),
    }
}

/// A value that is, or was, overwritten, as in `Phone: “1” → “2”`.
pub fn change(texts: Texts, field: &str, before: &str, after: &str) -> String {
    format!(
        "{}: {} → {}",
        texts.field(field),
        value(texts, field, before),
        value(texts, field, after)
    )
}

/// How a person calls an entry.
pub fn title(texts: Texts, title: &str) -> String {
    match title {
        "" => texts.t("history.untitled"),
        // What has no name is called by its time.
        title => match moment::day_or_moment(texts, title) {
            Some(time) => format!("{} {time}", texts.t("history.untitled")),
            None => title.replace('\n', " "),
        },
    }
}
