//! The values an attribute or a text may have.

use super::{Schema, Type, Values};

/// Prefixes of fields that no folder or item of ours has; Exchange knows them, so they are let through and answered with nothing.
const FOREIGN_PREFIXES: [&str; 9] = [
    "conversation",
    "person",
    "persona",
    "rolemember",
    "network",
    "abchperson",
    "sharingMessage",
    "meetingRequest",
    "insight",
];

/// Fields that are no element of their type, or of another type than their prefix says.
const ODD_FIELDS: [&str; 12] = [
    "folder:SearchParameters",
    "folder:PermissionSet",
    "folder:SharingEffectiveRights",
    "folder:UnreadCount",
    "folder:ReplicaList",
    "item:MimeContentUTF8",
    "item:FirstBody",
    "contacts:Culture",
    "meeting:ProposedStart",
    "meeting:ProposedEnd",
    "meeting:DoNotForwardMeeting",
    "calendar:EnhancedLocation",
];

pub(super) fn allowed(schema: &Schema, kind: &str, value: &str) -> bool {
    // White space around a value is not part of it, as for every simple type but strings.
    let trimmed = value.trim();
    match kind {
        "text" | "any" => true,
        "nonempty" => !value.is_empty(),
        "bool" => matches!(trimmed, "true" | "false" | "0" | "1"),
        "int" => trimmed.parse::<i64>().is_ok(),
        "positive" => trimmed.parse::<i64>().is_ok_and(|number| number > 0),
        "double" => trimmed.parse::<f64>().is_ok(),
        "date" => is_date(trimmed),
        "time" => is_date_time(trimmed),
        "base64" => is_base64(trimmed),
        "guid" => is_guid(trimmed),
        "proptag" => is_property_tag(trimmed),
        "field" => is_field(schema, trimmed),
        other => match schema.types.get(other) {
            Some(Type::Values(Values::OneOf(known))) => known.contains(&trimmed),
            Some(Type::Values(Values::Range(from, to))) => trimmed
                .parse::<i64>()
                .is_ok_and(|number| (*from..=*to).contains(&number)),
            Some(Type::Values(Values::ListOf(each))) => trimmed
                .split_whitespace()
                .all(|one| allowed(schema, each, one)),
            Some(Type::Values(Values::Same(same))) => allowed(schema, same, value),
            Some(Type::Complex(_)) | None => {
                panic!("the table names a value type {other:?} that does not exist")
            }
        },
    }
}

fn digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_day(text: &str) -> bool {
    let mut parts = text.split('-');
    let shape = matches!((parts.next(), parts.next(), parts.next(), parts.next()),
        (Some(year), Some(month), Some(day), None) if digits(year, 4) && digits(month, 2) && digits(day, 2));
    shape && text.parse::<jiff::civil::Date>().is_ok()
}

/// The part before a zone and whether the zone, if any, is one.
fn without_zone(text: &str, time_from: usize) -> Option<&str> {
    if let Some(rest) = text.strip_suffix('Z') {
        return Some(rest);
    }
    let Some(at) = text
        .get(time_from..)?
        .rfind(['+', '-'])
        .map(|at| at + time_from)
    else {
        return Some(text);
    };
    let (hours, minutes) = text[at + 1..].split_once(':')?;
    (digits(hours, 2) && digits(minutes, 2)).then_some(&text[..at])
}

fn is_date(text: &str) -> bool {
    without_zone(text, 10).is_some_and(is_day)
}

fn is_date_time(text: &str) -> bool {
    let Some((day, time)) = without_zone(text, 10).and_then(|text| text.split_once('T')) else {
        return false;
    };
    let (whole, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let mut parts = whole.split(':');
    let shape = matches!((parts.next(), parts.next(), parts.next(), parts.next()),
        (Some(hour), Some(minute), Some(second), None) if [hour, minute, second].iter().all(|part| digits(part, 2)));
    let fraction_fits = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    is_day(day)
        && shape
        && fraction_fits
        && (whole == "24:00:00" || whole.parse::<jiff::civil::Time>().is_ok())
}

fn is_base64(text: &str) -> bool {
    use base64::Engine;
    let compact: String = text.split_whitespace().collect();
    base64::engine::general_purpose::STANDARD
        .decode(compact)
        .is_ok()
}

fn is_guid(text: &str) -> bool {
    let lengths = [8, 4, 4, 4, 12];
    let parts: Vec<&str> = text.split('-').collect();
    let hex = |part: &str, length| {
        part.len() == length && part.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    parts.len() == lengths.len()
        && parts
            .iter()
            .zip(lengths)
            .all(|(part, length)| hex(part, length))
}

fn is_property_tag(text: &str) -> bool {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(hex) => u16::from_str_radix(hex, 16).is_ok(),
        None => text.parse::<u16>().is_ok(),
    }
}

fn is_field(schema: &Schema, uri: &str) -> bool {
    let Some((prefix, name)) = uri.split_once(':') else {
        return false;
    };
    let kinds: &[&str] = match prefix {
        "folder" => &["BaseFolder"],
        "item" => &["Item"],
        "message" => &["Message"],
        "meeting" => &["MeetingMessage"],
        "calendar" => &["CalendarItem"],
        "task" => &["Task"],
        "contacts" => &["Contact"],
        "distributionlist" => &["DistributionList"],
        "postitem" => &["PostItem"],
        other => return FOREIGN_PREFIXES.contains(&other),
    };
    let own = |kind: &&str| {
        let inherited =
            prefix != "item" && prefix != "folder" && schema.position("Item", name).is_some();
        schema.position(kind, name).is_some() && !inherited
    };
    kinds.iter().any(own) || ODD_FIELDS.contains(&uri)
}
