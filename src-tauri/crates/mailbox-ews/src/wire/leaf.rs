//! An item as its single values, called leaves. The order of [`Leaf`] is the order the schema demands inside an item's element, so that
//! a sorted map is written by going through it once. What a leaf means to the product is said in `convert`.

use std::collections::BTreeMap;

use super::item::Kind;
use super::property::{Properties, Property};
use super::tree::Element;
use super::writer::Writer;

mod attendees;
mod contact;

pub use attendees::{answers, split as split_attendee};
pub use contact::{AddressKey, AddressPart, EmailKey, PhoneKey, is_smtp};

/// One value of an item, in the order of the schema: those of every item, a contact's, an appointment's, a task's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Leaf {
    /// `Subject`.
    Subject,
    /// `Sensitivity`.
    Sensitivity,
    /// `Body`, as plain text.
    Body,
    /// `Importance`.
    Importance,
    /// `ReminderIsSet`.
    ReminderIsSet,
    /// `ReminderMinutesBeforeStart`.
    ReminderMinutes,
    /// `FileAs` of a contact.
    FileAs,
    /// `DisplayName` of a contact.
    DisplayName,
    /// `GivenName` of a contact.
    GivenName,
    /// `MiddleName` of a contact.
    MiddleName,
    /// `CompanyName` of a contact.
    CompanyName,
    /// One of a contact's `EmailAddresses`.
    Email(EmailKey),
    /// A part of one of a contact's `PhysicalAddresses`.
    Address(AddressKey, AddressPart),
    /// One of a contact's `PhoneNumbers`.
    Phone(PhoneKey),
    /// `Department` of a contact.
    Department,
    /// `JobTitle` of a contact.
    JobTitle,
    /// `Surname` of a contact.
    Surname,
    /// `Start` of an appointment.
    Start,
    /// `End` of an appointment.
    End,
    /// `IsAllDayEvent` of an appointment.
    IsAllDay,
    /// `Location` of an appointment.
    Location,
    /// `RequiredAttendees` of an appointment, one `Name <address>` in a line.
    Required,
    /// `OptionalAttendees` of an appointment, likewise; nobody who is required is among them.
    Optional,
    /// `StartTimeZone` of an appointment, by its id.
    StartZone,
    /// `EndTimeZone` of an appointment, by its id.
    EndZone,
    /// `DueDate` of a task.
    DueDate,
    /// `StartDate` of a task.
    StartDate,
    /// `Status` of a task.
    Status,
}

/// Values by leaf. An absent leaf and an empty one are the same.
pub type Leaves = BTreeMap<Leaf, String>;

/// How a leaf looks on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// An element with the value as text.
    Text,
    /// The body, which says that it is plain text.
    Body,
    /// An element with the value as its `Id`.
    Id,
    /// A list of people.
    People,
    /// An entry in one of a contact's lists.
    Entry,
}

/// The leaves that are an element of their own: element and path.
const PLAIN: &[(Leaf, &str, &str, Form)] = &[
    (Leaf::Subject, "Subject", "item:Subject", Form::Text),
    (
        Leaf::Sensitivity,
        "Sensitivity",
        "item:Sensitivity",
        Form::Text,
    ),
    (Leaf::Body, "Body", "item:Body", Form::Body),
    (
        Leaf::Importance,
        "Importance",
        "item:Importance",
        Form::Text,
    ),
    (
        Leaf::ReminderIsSet,
        "ReminderIsSet",
        "item:ReminderIsSet",
        Form::Text,
    ),
    (
        Leaf::ReminderMinutes,
        "ReminderMinutesBeforeStart",
        "item:ReminderMinutesBeforeStart",
        Form::Text,
    ),
    (Leaf::FileAs, "FileAs", "contacts:FileAs", Form::Text),
    (
        Leaf::DisplayName,
        "DisplayName",
        "contacts:DisplayName",
        Form::Text,
    ),
    (
        Leaf::GivenName,
        "GivenName",
        "contacts:GivenName",
        Form::Text,
    ),
    (
        Leaf::MiddleName,
        "MiddleName",
        "contacts:MiddleName",
        Form::Text,
    ),
    (
        Leaf::CompanyName,
        "CompanyName",
        "contacts:CompanyName",
        Form::Text,
    ),
    (
        Leaf::Department,
        "Department",
        "contacts:Department",
        Form::Text,
    ),
    (Leaf::JobTitle, "JobTitle", "contacts:JobTitle", Form::Text),
    (Leaf::Surname, "Surname", "contacts:Surname", Form::Text),
    (Leaf::Start, "Start", "calendar:Start", Form::Text),
    (Leaf::End, "End", "calendar:End", Form::Text),
    (
        Leaf::IsAllDay,
        "IsAllDayEvent",
        "calendar:IsAllDayEvent",
        Form::Text,
    ),
    (Leaf::Location, "Location", "calendar:Location", Form::Text),
    (
        Leaf::Required,
        "RequiredAttendees",
        "calendar:RequiredAttendees",
        Form::People,
    ),
    (
        Leaf::Optional,
        "OptionalAttendees",
        "calendar:OptionalAttendees",
        Form::People,
    ),
    (
        Leaf::StartZone,
        "StartTimeZone",
        "calendar:StartTimeZone",
        Form::Id,
    ),
    (
        Leaf::EndZone,
        "EndTimeZone",
        "calendar:EndTimeZone",
        Form::Id,
    ),
    (Leaf::DueDate, "DueDate", "task:DueDate", Form::Text),
    (Leaf::StartDate, "StartDate", "task:StartDate", Form::Text),
    (Leaf::Status, "Status", "task:Status", Form::Text),
];

impl Leaf {
    /// Every leaf that items of a kind have and the connector knows.
    pub fn all(kind: &Kind) -> Vec<Leaf> {
        let area = match kind {
            Kind::Contact => "contacts:",
            Kind::Appointment => "calendar:",
            Kind::Task => "task:",
            Kind::DistributionList | Kind::Message | Kind::Other(_) => return Vec::new(),
        };
        let mut all: Vec<Leaf> = Vec::new();
        for (leaf, _, path, _) in PLAIN {
            let of_items = match kind {
                // A contact has a subject and a sensitivity too, which are no business of the connector.
                Kind::Contact => *leaf == Leaf::Body,
                Kind::Task => matches!(leaf, Leaf::Subject | Leaf::Body | Leaf::Importance),
                _ => *leaf != Leaf::Importance,
            };
            if path.starts_with(area) || path.starts_with("item:") && of_items {
                all.push(*leaf);
            }
        }
        if *kind == Kind::Contact {
            all.extend(EmailKey::ALL.iter().map(|key| Leaf::Email(*key)));
            all.extend(PhoneKey::ALL.iter().map(|key| Leaf::Phone(*key)));
            for key in AddressKey::ALL {
                let parts = AddressPart::ALL.iter();
                all.extend(parts.map(|part| Leaf::Address(*key, *part)));
            }
        }
        all.sort();
        all
    }

    /// Names it, as a path to a field.
    pub fn write_path(self, xml: &mut Writer) {
        let (uri, index) = self.path();
        match index {
            None => xml.empty("t:FieldURI", &[("FieldURI", uri.as_str())]),
            Some(index) => xml.empty(
                "t:IndexedFieldURI",
                &[("FieldURI", uri.as_str()), ("FieldIndex", index)],
            ),
        }
    }

    /// Finds the leaf a path names, as a server does that refuses a field.
    pub fn at_path(path: &Element) -> Option<Leaf> {
        let (uri, index) = (path.attribute("FieldURI")?, path.attribute("FieldIndex"));
        [Kind::Contact, Kind::Appointment, Kind::Task]
            .iter()
            .flat_map(Leaf::all)
            .find(|leaf| leaf.path() == (uri.to_owned(), index))
    }

    fn path(self) -> (String, Option<&'static str>) {
        match self {
            Leaf::Email(key) => ("contacts:EmailAddress".to_owned(), Some(key.name())),
            Leaf::Phone(key) => ("contacts:PhoneNumber".to_owned(), Some(key.name())),
            Leaf::Address(key, part) => (
                format!("contacts:PhysicalAddress:{}", part.name()),
                Some(key.name()),
            ),
            plain => (plain.row().2.to_owned(), None),
        }
    }

    /// The element that holds it directly.
    fn element(self) -> &'static str {
        match self {
            Leaf::Email(_) | Leaf::Phone(_) => "Entry",
            Leaf::Address(_, part) => part.name(),
            plain => plain.row().1,
        }
    }

    fn form(self) -> Form {
        match self {
            Leaf::Email(_) | Leaf::Phone(_) | Leaf::Address(..) => Form::Entry,
            plain => plain.row().3,
        }
    }

    fn row(self) -> &'static (Leaf, &'static str, &'static str, Form) {
        let mut rows = PLAIN.iter();
        rows.find(|row| row.0 == self)
            .expect("every leaf but those of lists has its row")
    }

    fn group(self) -> Group {
        match self {
            Leaf::Email(_) => Group::Emails,
            Leaf::Address(..) => Group::Addresses,
            Leaf::Phone(_) => Group::Phones,
            single => Group::Single(single),
        }
    }
}

/// Leaves that share an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    Single(Leaf),
    Emails,
    Addresses,
    Phones,
}

/// Writes the element of an item of this kind with these values and properties.
pub fn write(xml: &mut Writer, kind: &Kind, leaves: &Leaves, properties: &Properties) {
    let leaves: Vec<(Leaf, &str)> = leaves.iter().map(|(l, v)| (*l, v.as_str())).collect();
    // What every item has comes before the properties, the rest after them.
    let of_items = leaves.partition_point(|(leaf, _)| *leaf <= Leaf::ReminderMinutes);
    let (before, after) = leaves.split_at(of_items);
    xml.element(&format!("t:{}", kind.element()), &[], |xml| {
        for single in before.chunks(1) {
            write_group(xml, single);
        }
        for (property, value) in properties {
            property.write(xml, value);
        }
        for group in after.chunk_by(|a, b| a.0.group() == b.0.group()) {
            write_group(xml, group);
        }
    });
}

fn write_group(xml: &mut Writer, leaves: &[(Leaf, &str)]) {
    let (first, value) = leaves[0];
    match first.group() {
        Group::Single(leaf) => write_single(xml, leaf, value),
        Group::Emails => write_entries(xml, "t:EmailAddresses", leaves),
        Group::Phones => write_entries(xml, "t:PhoneNumbers", leaves),
        Group::Addresses => xml.element("t:PhysicalAddresses", &[], |xml| {
            for address in leaves.chunk_by(|a, b| address_key(a.0) == address_key(b.0)) {
                write_address(xml, address);
            }
        }),
    }
}

fn write_single(xml: &mut Writer, leaf: Leaf, value: &str) {
    let name = format!("t:{}", leaf.element());
    match leaf.form() {
        Form::Text | Form::Entry => xml.text(&name, &[], value),
        Form::Body => xml.text(&name, &[("BodyType", "Text")], value),
        Form::Id => xml.empty(&name, &[("Id", value)]),
        Form::People => attendees::write(xml, &name, value),
    }
}

fn write_entries(xml: &mut Writer, name: &str, leaves: &[(Leaf, &str)]) {
    xml.element(name, &[], |xml| {
        for (leaf, value) in leaves {
            let (_, key) = leaf.path();
            xml.text("t:Entry", &[("Key", key.unwrap_or_default())], value);
        }
    });
}

fn write_address(xml: &mut Writer, leaves: &[(Leaf, &str)]) {
    let (_, key) = leaves[0].0.path();
    xml.element("t:Entry", &[("Key", key.unwrap_or_default())], |xml| {
        for (leaf, value) in leaves {
            xml.text(&format!("t:{}", leaf.element()), &[], value);
        }
    });
}

fn address_key(leaf: Leaf) -> Option<AddressKey> {
    match leaf {
        Leaf::Address(key, _) => Some(key),
        _ => None,
    }
}

/// Reads the values of an item of this kind.
pub fn read(item: &Element, kind: &Kind) -> Leaves {
    let mut leaves = Leaves::new();
    for leaf in Leaf::all(kind) {
        let element = item.child(leaf.element());
        let value = match leaf.form() {
            Form::Text | Form::Body => element.map(Element::text),
            Form::Id => element.and_then(|element| element.attribute("Id")),
            Form::People | Form::Entry => None,
        };
        keep(&mut leaves, leaf, value);
    }
    match kind {
        Kind::Contact => contact::read(item, &mut leaves),
        Kind::Appointment => {
            let [required, optional] = attendees::read(item);
            keep(&mut leaves, Leaf::Required, Some(&required));
            keep(&mut leaves, Leaf::Optional, Some(&optional));
        }
        Kind::Task | Kind::DistributionList | Kind::Message | Kind::Other(_) => {}
    }
    leaves
}

fn keep(leaves: &mut Leaves, leaf: Leaf, text: Option<&str>) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        leaves.insert(leaf, text.to_owned());
    }
}

/// Names every leaf of a kind, as the fields a read asks for.
pub fn write_paths(xml: &mut Writer, kind: &Kind) {
    for leaf in Leaf::all(kind) {
        leaf.write_path(xml);
    }
}

/// Names the properties of items, as the fields a read asks for.
pub fn write_stamp_paths(xml: &mut Writer) {
    for property in Property::OF_ITEMS {
        property.write_path(xml);
    }
}
