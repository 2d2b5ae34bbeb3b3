//! Flat names of what only appointments and recurring tasks have: zones, attendees, recurrences.
//! `StartTimeZone` is a Windows name; `RequiredAttendees` a list of `Name <address>`, or one text with semicolons between;
//! `Recurrence/WeeklyRecurrence/Interval`, `Recurrence/NumberedRecurrence/StartDate` and so on belong together and make a recurrence.

use super::FieldValue;
use crate::exchange::item::Item;
use crate::exchange::xml::Element;
use std::collections::BTreeMap;

/// Where these names begin.
const RECURRENCE: &str = "Recurrence/";

/// Ranges stand behind patterns.
const RANGES: [&str; 3] = ["NoEndRecurrence", "EndDateRecurrence", "NumberedRecurrence"];

/// The parts of patterns and ranges in an order that suits each of them.
const PARTS: [&str; 9] = [
    "Interval",
    "DaysOfWeek",
    "FirstDayOfWeek",
    "DayOfMonth",
    "DayOfWeekIndex",
    "Month",
    "StartDate",
    "EndDate",
    "NumberOfOccurrences",
];

/// The recurrence that flat names describe together; `None` where there is none among them.
pub(super) fn recurrence(fields: &BTreeMap<String, FieldValue>) -> Option<Element> {
    let mut recurrence = Element::t("Recurrence");
    for (name, value) in fields {
        let Some((part, leaf)) = name
            .strip_prefix(RECURRENCE)
            .and_then(|rest| rest.split_once('/'))
        else {
            continue;
        };
        let text = match value {
            FieldValue::One(text) => text.clone(),
            FieldValue::Many(texts) => texts.join(" "),
        };
        if recurrence.get(part).is_none() {
            recurrence.children.push(Element::t(part));
        }
        let part = recurrence.get_mut(part).expect("pushed just now");
        part.children.push(Element::t(leaf).text(text));
        part.children
            .sort_by_key(|child| PARTS.iter().position(|known| *known == child.name));
    }
    recurrence
        .children
        .sort_by_key(|part| RANGES.contains(&part.name.as_str()));
    (!recurrence.children.is_empty()).then_some(recurrence)
}

/// Whether a name is part of a recurrence.
pub(super) fn is_of_recurrence(name: &str) -> bool {
    name.starts_with(RECURRENCE)
}

/// The element of a field of people or of a zone; `None` for every other name.
pub(super) fn element(name: &str, value: &FieldValue) -> Option<Element> {
    match name {
        "RequiredAttendees" | "OptionalAttendees" | "Resources" => {
            let texts: Vec<String> = match value {
                FieldValue::One(text) => text.split(';').map(str::to_owned).collect(),
                FieldValue::Many(texts) => texts.clone(),
            };
            let each = texts.iter().map(|text| attendee(text.trim()));
            Some(Element::t(name).with(each))
        }
        "StartTimeZone" | "EndTimeZone" => match value {
            FieldValue::One(text) => Some(Element::t(name).attribute("Id", text.clone())),
            FieldValue::Many(_) => None,
        },
        _ => None,
    }
}

fn attendee(text: &str) -> Element {
    Element::t("Attendee").child(mailbox(text))
}

/// A `Mailbox` element from `Name <address>` or an address.
pub(super) fn mailbox(text: &str) -> Element {
    let (name, address) = match text.strip_suffix('>').and_then(|text| text.split_once('<')) {
        Some((name, address)) => (name.trim(), address.trim()),
        None => (text, text),
    };
    Element::t("Mailbox")
        .child(Element::t("Name").text(name))
        .child(Element::t("EmailAddress").text(address))
        .child(Element::t("RoutingType").text("SMTP"))
}

/// The zone in which times without one are meant: that of the fields, else that of the item.
pub(super) fn zone(fields: &BTreeMap<String, FieldValue>, item: &Item) -> Option<Element> {
    let named = fields.get("StartTimeZone").filter(|value| !is_empty(value));
    named
        .and_then(|value| element("StartTimeZone", value))
        .or_else(|| item.fields.get("StartTimeZone").cloned())
}

/// Whether a value clears its field.
pub(super) fn is_empty(value: &FieldValue) -> bool {
    match value {
        FieldValue::One(text) => text.is_empty(),
        FieldValue::Many(texts) => texts.is_empty(),
    }
}
