//! What belongs to a series beside its pattern: occurrences that differ from it and those that were deleted, by the day on which the
//! pattern has them. An exception holds only what differs, so that a change of the series reaches everything else.
//! Deliberately not here: which days there are (`series`).

use super::{Attachment, ExtendedPath, ExtendedValue, Item};
use crate::exchange::xml::Element;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The exceptions and deletions of a series.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Changes {
    /// Occurrences that differ from the pattern.
    pub exceptions: BTreeMap<Date, Exception>,
    /// Occurrences that are no more.
    pub deleted: BTreeSet<Date>,
}

/// What differs in one occurrence.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Exception {
    /// Its fields that differ; nothing where the series has one and this occurrence does not.
    pub fields: BTreeMap<String, Option<Element>>,
    /// Its named properties that differ, likewise.
    pub extended: BTreeMap<ExtendedPath, Option<ExtendedValue>>,
    /// Attachments of its own, beside those of the series.
    pub attachments: Vec<Attachment>,
}

/// Says of an item that it is one occurrence of a series, put together from the series and its exception.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// The day on which the pattern has it.
    pub day: Date,
    /// When it would begin by the pattern.
    pub original: Timestamp,
    /// Whether it differs from the series.
    pub is_exception: bool,
}

impl Changes {
    /// Whether the series is as its pattern says.
    pub fn is_empty(&self) -> bool {
        self.exceptions.is_empty() && self.deleted.is_empty()
    }

    /// All of it as elements, for comparing.
    pub(super) fn canonical(&self) -> Vec<Element> {
        let exceptions = self
            .exceptions
            .iter()
            .map(|(day, exception)| exception.canonical().attribute("Day", day.to_string()));
        let deleted = self
            .deleted
            .iter()
            .map(|day| Element::t("DeletedDay").text(day.to_string()));
        exceptions.chain(deleted).collect()
    }
}

impl Exception {
    /// Takes over whatever differs between an occurrence before and after a change.
    pub fn note(&mut self, before: &Item, after: &Item) {
        let names = |item: &Item| -> BTreeSet<String> {
            item.fields.iter().map(|field| field.name.clone()).collect()
        };
        for name in names(before).union(&names(after)) {
            let (old, new) = (before.fields.get(name), after.fields.get(name));
            if old != new {
                self.fields.insert(name.clone(), new.cloned());
            }
        }
        let paths = |item: &Item| -> BTreeSet<ExtendedPath> {
            item.extended.iter().map(|(path, _)| path.clone()).collect()
        };
        for path in paths(before).union(&paths(after)) {
            let (old, new) = (before.extended.get(path), after.extended.get(path));
            if old != new {
                self.extended.insert(path.clone(), new.cloned());
            }
        }
        let is_new = |attachment: &&Attachment| !before.attachments.contains(attachment);
        self.attachments
            .retain(|own| after.attachments.contains(own));
        let added = after.attachments.iter().filter(is_new).cloned();
        self.attachments.extend(added);
    }

    fn canonical(&self) -> Element {
        let absent = |name: &str| Element::t("Absent").text(name);
        let fields = self
            .fields
            .iter()
            .map(|(name, value)| value.clone().unwrap_or_else(|| absent(name)));
        let extended = self.extended.iter().map(|(path, value)| match value {
            Some(value) => value.element(path.element()),
            None => absent(&String::from(path.clone())),
        });
        let attachments = self.attachments.iter().map(Attachment::canonical);
        Element::t("Exception").with(fields.chain(extended).chain(attachments))
    }

    /// Puts what differs over an occurrence made from the series.
    pub fn put_over(&self, item: &mut Item) {
        let kind = item.kind.element();
        for (name, value) in &self.fields {
            match value {
                Some(value) => item.fields.set(kind, value.clone()),
                None => drop(item.fields.remove(name)),
            }
        }
        for (path, value) in &self.extended {
            match value {
                Some(value) => item.extended.set(path.clone(), value.clone()),
                None => item.extended.remove(path),
            }
        }
        item.attachments.extend(self.attachments.iter().cloned());
    }
}
