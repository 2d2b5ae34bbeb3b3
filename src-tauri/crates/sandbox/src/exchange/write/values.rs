//! Values as they are stored: times in UTC without fractions, empty entries left out.

use crate::exchange::schema::schema;
use crate::exchange::xml::Element;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// The field of an item of a type, as it is stored.
pub(super) fn normalised(kind: &str, field: &Element, zone: &TimeZone) -> Element {
    let mut field = field.clone();
    match schema().kind_of(kind, &field.name) {
        Some("time") => {
            if let Some(time) = read_time(&field.text, zone) {
                field.text = crate::exchange::render::time(time);
            }
        }
        // The schema has two notations; Exchange answers with words.
        Some("bool") => {
            field.text = matches!(field.text.trim(), "true" | "1").to_string();
        }
        _ => {}
    }
    if [
        "PhoneNumbers",
        "EmailAddresses",
        "ImAddresses",
        "PhysicalAddresses",
    ]
    .contains(&field.name.as_str())
    {
        for entry in &mut field.children {
            entry.children.retain(|part| !part.text.is_empty());
        }
        field
            .children
            .retain(|entry| !entry.text.is_empty() || !entry.children.is_empty());
    }
    field
}

/// Reads an `xs:dateTime`; one without a zone is a wall clock of this one.
pub fn read_time(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    text.parse::<Timestamp>().ok().or_else(|| {
        let local: DateTime = text.parse().ok()?;
        crate::exchange::zone::instant(zone, local)
    })
}
