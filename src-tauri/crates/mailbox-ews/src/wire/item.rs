//! Items as answers show them, and GetItem. What a kind of item holds besides is in the module of that kind.

use jiff::civil::DateTime;
use jiff::{Timestamp, tz::TimeZone};
use model::{ChangeKey, FolderId, ItemId};

use super::calendar::Details;
use super::envelope::{Effect, Operation};
use super::leaf::{self, Leaves};
use super::mail;
use super::property::{Properties, Property};
use super::tree::{Element, Unreadable};
use super::writer::Writer;

/// What sort of item an element stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// `Contact`.
    Contact,
    /// `DistributionList`: lies in contacts folders too.
    DistributionList,
    /// `CalendarItem`.
    Appointment,
    /// `Task`.
    Task,
    /// `Message` and everything that is read like one.
    Message,
    /// Anything else, under its own name.
    Other(String),
}

impl Kind {
    /// The name of its element.
    pub fn element(&self) -> &str {
        match self {
            Kind::Contact => "Contact",
            Kind::DistributionList => "DistributionList",
            Kind::Appointment => "CalendarItem",
            Kind::Task => "Task",
            Kind::Message => "Message",
            Kind::Other(name) => name,
        }
    }

    /// Whether it is read like a mail: everything is that has no kind of its own, such as requests for meetings and posts.
    pub fn is_mail(&self) -> bool {
        match self {
            Kind::Message | Kind::Other(_) => true,
            Kind::Contact | Kind::DistributionList | Kind::Appointment | Kind::Task => false,
        }
    }

    fn named(name: &str) -> Self {
        match name {
            "Contact" => Kind::Contact,
            "DistributionList" => Kind::DistributionList,
            "CalendarItem" => Kind::Appointment,
            "Task" => Kind::Task,
            "Message" => Kind::Message,
            other => Kind::Other(other.to_owned()),
        }
    }
}

/// An item with whatever an answer tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What sort it is.
    pub kind: Kind,
    /// Its id.
    pub id: ItemId,
    /// Its version.
    pub change_key: Option<ChangeKey>,
    /// `IPM.Contact` and the like.
    pub class: Option<String>,
    /// When it was created.
    pub created: Option<Timestamp>,
    /// When it was last modified.
    pub modified: Option<Timestamp>,
    /// The connector's properties.
    pub properties: Properties,
    /// The values, if it is of a kind the connector knows.
    pub leaves: Leaves,
    /// What a calendar item tells besides.
    pub calendar: Option<Box<Details>>,
    /// What a mail tells besides.
    pub mail: Option<Box<mail::Details>>,
}

impl Item {
    /// Reads an element such as `Contact`.
    pub fn read(element: &Element) -> Result<Self, Unreadable> {
        let kind = Kind::named(&element.name);
        let (id, change_key) = read_id(element)?;
        let class = element.text_of("ItemClass").map(str::to_owned);
        let leaves = leaf::read(element, &kind);
        let calendar = (kind == Kind::Appointment).then(|| Box::new(Details::read(element)));
        let is_mail = kind.is_mail();
        Ok(Self {
            calendar,
            mail: is_mail.then(|| Box::new(mail::Details::read(element))),
            kind,
            id,
            change_key,
            class,
            created: element.text_of("DateTimeCreated").and_then(time),
            modified: element.text_of("LastModifiedTime").and_then(time),
            properties: Property::read_all(element),
            leaves,
        })
    }

    /// Reads the first item of an answer's `Items`.
    pub fn read_first(message: &Element) -> Result<Self, Unreadable> {
        let items = message.required("Items")?;
        let first = items.children().next();
        Item::read(first.ok_or_else(|| items.misses("item"))?)
    }

    /// Whether it is a list of addresses rather than a person; some servers show those as contacts.
    pub fn is_distribution_list(&self) -> bool {
        let class = self.class.as_deref().unwrap_or_default();
        self.kind == Kind::DistributionList
            || class.eq_ignore_ascii_case("IPM.DistList")
            || class.to_ascii_uppercase().starts_with("IPM.DISTLIST.")
    }
}

/// The id and version inside an item.
pub fn read_id(element: &Element) -> Result<(ItemId, Option<ChangeKey>), Unreadable> {
    let id = element.required("ItemId")?;
    let text = id.attribute("Id").filter(|text| !text.is_empty());
    let text = text.ok_or_else(|| id.misses("Id"))?;
    let change_key = id.attribute("ChangeKey").filter(|key| !key.is_empty());
    Ok((ItemId::new(text), change_key.map(ChangeKey::new)))
}

/// A time as servers write it; without a zone it is UTC (some write it so).
pub fn time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    let civil: DateTime = text.parse().ok()?;
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// Writes `t:ItemId`.
pub fn write_id(xml: &mut Writer, id: &ItemId, change_key: Option<&ChangeKey>) {
    match change_key {
        None => xml.empty("t:ItemId", &[("Id", id.as_str())]),
        Some(key) => xml.empty(
            "t:ItemId",
            &[("Id", id.as_str()), ("ChangeKey", key.as_str())],
        ),
    }
}

/// Writes a folder id that the server gave.
pub fn write_folder_id(xml: &mut Writer, folder: &FolderId) {
    xml.empty("t:FolderId", &[("Id", folder.as_str())]);
}

/// Which values of an item an answer is to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Id and version.
    IdOnly,
    /// Those, what sort it is, when it changed, and the connector's properties.
    Head,
    /// Those, and what a calendar's list tells: what an entry stands for, when it is, which series it belongs to.
    CalendarHead,
    /// Id, version, and who is invited to an appointment.
    Invited,
    /// Everything the connector knows of a contact.
    Contact,
    /// Everything it knows of an appointment or a series.
    Appointment,
    /// Everything it knows of a task.
    Task,
    /// What a list tells of a mail.
    MailHead,
    /// What a mail is about, and nothing else.
    Subject,
    /// What a list tells, who a mail is from and to, and the mail as it was sent.
    Mail,
}

impl Shape {
    /// Writes `m:ItemShape`.
    pub fn write(self, xml: &mut Writer) {
        xml.element("m:ItemShape", &[], |xml| {
            xml.text("t:BaseShape", &[], "IdOnly");
            match self {
                Shape::IdOnly => {}
                Shape::Head => xml.element("t:AdditionalProperties", &[], write_head_paths),
                Shape::CalendarHead => xml.element("t:AdditionalProperties", &[], |xml| {
                    write_head_paths(xml);
                    for path in ["Start", "End", "UID", "CalendarItemType"] {
                        write_field_path(xml, &format!("calendar:{path}"));
                    }
                }),
                Shape::Invited => xml.element("t:AdditionalProperties", &[], |xml| {
                    for path in ["RequiredAttendees", "OptionalAttendees"] {
                        write_field_path(xml, &format!("calendar:{path}"));
                    }
                }),
                Shape::Contact => write_whole(xml, &Kind::Contact, &[]),
                Shape::Appointment => write_whole(xml, &Kind::Appointment, DETAILS),
                Shape::Task => write_whole(xml, &Kind::Task, &[]),
                Shape::MailHead => {
                    xml.element("t:AdditionalProperties", &[], mail::write_head_paths);
                }
                Shape::Subject => xml.element("t:AdditionalProperties", &[], |xml| {
                    write_field_path(xml, "item:Subject");
                }),
                Shape::Mail => {
                    xml.text("t:IncludeMimeContent", &[], "true");
                    xml.element("t:AdditionalProperties", &[], |xml| {
                        mail::write_head_paths(xml);
                        mail::write_people_paths(xml);
                    });
                }
            }
        });
    }
}

/// What is asked of an appointment besides its values.
const DETAILS: &[&str] = &[
    "calendar:CalendarItemType",
    "calendar:UID",
    "calendar:MyResponseType",
    "calendar:AppointmentState",
    "calendar:Recurrence",
    "calendar:ModifiedOccurrences",
    "calendar:DeletedOccurrences",
];

fn write_whole(xml: &mut Writer, kind: &Kind, more: &[&str]) {
    xml.text("t:BodyType", &[], "Text");
    xml.element("t:AdditionalProperties", &[], |xml| {
        write_field_path(xml, "item:DateTimeCreated");
        leaf::write_paths(xml, kind);
        for path in more {
            write_field_path(xml, path);
        }
        write_head_paths(xml);
    });
}

fn write_head_paths(xml: &mut Writer) {
    write_field_path(xml, "item:ItemClass");
    write_field_path(xml, "item:LastModifiedTime");
    leaf::write_stamp_paths(xml);
}

/// Names a field by its URI.
pub fn write_field_path(xml: &mut Writer, uri: &str) {
    xml.empty("t:FieldURI", &[("FieldURI", uri)]);
}

/// Reads items by id: one message for each, in the order asked.
pub struct GetItem {
    /// Which values.
    pub shape: Shape,
    /// Which items; at least one.
    pub ids: Vec<Which>,
}

/// How an item is named in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// By its id.
    Item(ItemId),
    /// As one occurrence of a series.
    Occurrence {
        /// The series.
        series: ItemId,
        /// Counted from 1 over the whole pattern, deleted ones included.
        index: u32,
    },
}

impl Which {
    /// Items by their ids.
    pub fn items(ids: &[ItemId]) -> Vec<Which> {
        ids.iter().cloned().map(Which::Item).collect()
    }

    fn write(&self, xml: &mut Writer) {
        match self {
            Which::Item(id) => write_id(xml, id, None),
            Which::Occurrence { series, index } => {
                let index = index.to_string();
                let attributes = [
                    ("RecurringMasterId", series.as_str()),
                    ("InstanceIndex", index.as_str()),
                ];
                xml.empty("t:OccurrenceItemId", &attributes);
            }
        }
    }
}

impl Operation for GetItem {
    type Answer = Item;
    const NAME: &'static str = "GetItem";
    const EFFECT: Effect = Effect::Reads;

    fn write(&self, xml: &mut Writer) {
        xml.element("m:GetItem", &[], |xml| {
            self.shape.write(xml);
            xml.element("m:ItemIds", &[], |xml| {
                for id in &self.ids {
                    id.write(xml);
                }
            });
        });
    }

    fn read(message: &Element) -> Result<Item, Unreadable> {
        Item::read_first(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_zone_is_utc() {
        let utc = time("2026-11-22T18:08:00Z");
        assert!(utc.is_some());
        assert_eq!(time("2026-11-22T18:08:00"), utc);
        assert_eq!(time(" 2026-11-22T19:08:00+01:00 "), utc);
        assert_eq!(time("2026-11-22T18:08:00.000Z"), utc);
        assert_eq!(time("yesterday"), None);
    }
}
