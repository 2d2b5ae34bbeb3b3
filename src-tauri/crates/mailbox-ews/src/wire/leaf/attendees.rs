//! Those who are invited to an appointment, one `Name <address>` in a line.

use std::collections::BTreeSet;

use super::contact::is_smtp;
use crate::wire::tree::Element;
use crate::wire::writer::Writer;

const LISTS: [&str; 2] = ["RequiredAttendees", "OptionalAttendees"];

/// Writes the list; whoever has no address cannot be invited.
pub fn write(xml: &mut Writer, name: &str, people: &str) {
    xml.element(name, &[], |xml| {
        for (name, address) in people.lines().filter_map(split) {
            xml.element("t:Attendee", &[], |xml| {
                xml.element("t:Mailbox", &[], |xml| {
                    if !name.is_empty() {
                        xml.text("t:Name", &[], name);
                    }
                    xml.text("t:EmailAddress", &[], address);
                });
            });
        }
    });
}

/// Name and address of a line.
pub fn split(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    let (name, address) = match line
        .strip_suffix('>')
        .and_then(|line| line.rsplit_once('<'))
    {
        Some((name, address)) => (name.trim(), address.trim()),
        None => ("", line),
    };
    (!address.is_empty()).then_some((name, address))
}

/// Reads who is required and who is optional. Whoever is in both lists is required.
pub fn read(appointment: &Element) -> [String; 2] {
    let mut known = BTreeSet::new();
    LISTS.map(|list| {
        let lines = attendees(appointment, list).filter_map(|(attendee, address)| {
            let is_new = known.insert(address.to_lowercase());
            is_new.then(|| line(attendee, address))
        });
        lines.collect::<Vec<_>>().join("\n")
    })
}

fn line(attendee: &Element, address: &str) -> String {
    let name = attendee.child("Mailbox").and_then(|m| m.text_of("Name"));
    let name = name.unwrap_or_default().trim();
    match name.is_empty() || name.eq_ignore_ascii_case(address) {
        true => address.to_owned(),
        false => format!("{name} <{address}>"),
    }
}

/// What they answered, one `address: answer` in a line.
pub fn answers(appointment: &Element) -> String {
    let mut known = BTreeSet::new();
    let all = LISTS.iter().flat_map(|list| attendees(appointment, list));
    let lines = all.filter_map(|(attendee, address)| {
        let answer = match attendee.text_of("ResponseType")? {
            "Accept" => "accepted",
            "Tentative" => "tentative",
            "Decline" => "declined",
            _ => return None,
        };
        let is_new = known.insert(address.to_lowercase());
        is_new.then(|| format!("{address}: {answer}"))
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn attendees<'a>(
    appointment: &'a Element,
    list: &'static str,
) -> impl Iterator<Item = (&'a Element, &'a str)> {
    let attendees = appointment.all(list).flat_map(|list| list.all("Attendee"));
    attendees.filter_map(|attendee| Some((attendee, address(attendee.child("Mailbox")?)?)))
}

fn address(mailbox: &Element) -> Option<&str> {
    let address = mailbox.child("EmailAddress")?;
    let routed = mailbox.text_of("RoutingType");
    let inside = routed.is_some_and(|routing| !routing.eq_ignore_ascii_case("SMTP"));
    (!inside && is_smtp(address) && !address.text().is_empty()).then(|| address.text())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_a_name_and_an_address_or_an_address_only() {
        assert_eq!(
            split("Ben, B. <ben@x.example>"),
            Some(("Ben, B.", "ben@x.example"))
        );
        assert_eq!(split(" ben@x.example "), Some(("", "ben@x.example")));
        assert_eq!(split("Nobody <>"), None);
        assert_eq!(split(""), None);
    }
}
