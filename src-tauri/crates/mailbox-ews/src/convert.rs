//! Where the wire ends: Exchange's items become items with fields under the product's names, and back. How values of the two sides
//! relate is not known here; that is `mapping`, of which only the facts about zones and series are used.

use model::policy::FolderChoice;
use model::{
    ChangeKey, Code, Component, Field, Fields, HeadKind, Item, ItemHead, Organiser, Stamp,
};
use ports::{ErrorKind, Failure, FolderPlace, Result};

use crate::options::UserZone;
use crate::wire::calendar::Role;
use crate::wire::folder::{Distinguished, FolderKind};
use crate::wire::item::{Shape, time};
use crate::wire::leaf::{Leaf, Leaves};
use crate::wire::property::{Properties, Property};
use crate::wire::{self, Kind};

pub mod appointment;
mod contact;
pub mod mail;
mod task;

/// The name of the folder the connector makes, in every language.
pub const FOLDER_NAME: &str = "CRM-Sync";

/// The field a leaf holds.
pub fn field(leaf: Leaf) -> Option<Field> {
    let composed = match leaf {
        Leaf::Start => Some(Field::Start),
        Leaf::End => Some(Field::End),
        Leaf::IsAllDay => Some(Field::AllDay),
        Leaf::Sensitivity => Some(Field::Private),
        Leaf::ReminderIsSet | Leaf::ReminderMinutes => Some(Field::Reminder),
        Leaf::Optional => Some(Field::Invited),
        _ => None,
    };
    let tables = [contact::FIELDS, appointment::FIELDS, task::FIELDS];
    let mut rows = tables.into_iter().flatten();
    composed.or_else(|| rows.find(|(_, own)| *own == leaf).map(|(field, _)| *field))
}

/// The sort of items that a component is about.
pub fn kind(component: Component) -> Result<Kind> {
    match component {
        Component::Contacts => Ok(Kind::Contact),
        Component::Appointments => Ok(Kind::Appointment),
        Component::Tasks => Ok(Kind::Task),
        // E-mails are read by their own component, which is not built yet.
        Component::Emails => Err(Failure::bug(format!("{component} cannot be converted yet"))),
    }
}

/// What has to be asked for to read a whole item.
pub fn shape(component: Component) -> Result<Shape> {
    Ok(match component {
        Component::Contacts => Shape::Contact,
        Component::Appointments => Shape::Appointment,
        Component::Tasks => Shape::Task,
        Component::Emails => return kind(component).map(|_| Shape::Head),
    })
}

fn table(component: Component) -> &'static [(Field, Leaf)] {
    match component {
        Component::Contacts => contact::FIELDS,
        Component::Appointments => appointment::FIELDS,
        Component::Tasks => task::FIELDS,
        Component::Emails => &[],
    }
}

/// The values to be written; an empty one is removed.
pub fn leaves<'a>(
    component: Component,
    values: impl IntoIterator<Item = (Field, &'a str)>,
    user: &UserZone,
) -> Result<Leaves> {
    let values: Vec<(Field, &str)> = values.into_iter().collect();
    let named: Vec<Field> = values.iter().map(|(field, _)| *field).collect();
    let mut leaves = Leaves::new();
    for (field, value) in &values {
        let row = table(component).iter().find(|(own, _)| own == field);
        match row {
            // The zone goes with the times, and only there.
            Some((Field::TimeZone, _)) => {}
            Some((_, leaf)) if component == Component::Tasks => {
                task::write(&mut leaves, *field, *leaf, value);
            }
            Some((Field::Invited, leaf)) => {
                leaves.insert(*leaf, appointment::with_address(value));
            }
            Some((_, leaf)) => {
                leaves.insert(*leaf, (*value).to_owned());
            }
            None if component == Component::Appointments && is_composed(*field) => {}
            None => {
                return Err(Failure::bug(format!(
                    "{component} of a mailbox have no {field}"
                )));
            }
        }
    }
    if component == Component::Appointments {
        let all = values
            .iter()
            .map(|(field, value)| (*field, (*value).to_owned()));
        appointment::write(&mut leaves, &all.collect(), &named, user);
    }
    Ok(leaves)
}

fn is_composed(field: Field) -> bool {
    matches!(
        field,
        Field::Start | Field::End | Field::AllDay | Field::Private | Field::Reminder
    )
}

/// The values of a new item: as `leaves`, and what Exchange would otherwise make up.
pub fn new_leaves(component: Component, fields: &Fields, user: &UserZone) -> Result<Leaves> {
    if component != Component::Appointments {
        return leaves(component, fields.iter(), user);
    }
    // Where nothing is said of it, Exchange reminds a quarter of an hour before.
    let said = [Field::Reminder, Field::AllDay];
    let unsaid = said.iter().filter(|field| fields.get(**field).is_empty());
    let unsaid = unsaid.map(|field| (*field, ""));
    let mut leaves = leaves(component, fields.iter().chain(unsaid), user)?;
    // The schema has no list of nobody.
    leaves.retain(|leaf, value| *leaf != Leaf::Required || !value.is_empty());
    Ok(leaves)
}

/// The properties of a stamp.
pub fn properties(stamp: &Stamp) -> Properties {
    let mut properties = Properties::from([(Property::Record, stamp.record_text())]);
    if let Some(revision) = &stamp.revision {
        properties.insert(Property::Revision, revision.to_string());
    }
    properties
}

/// The stamp, if there is one that can be understood.
pub fn stamp(properties: &Properties) -> Option<Stamp> {
    let record = properties.get(&Property::Record)?;
    let revision = properties.get(&Property::Revision).map(String::as_str);
    Stamp::parse(record, revision).ok()
}

/// What a list tells of an item. `None`: entries the connector does not look at.
pub fn head(item: &wire::Item) -> Option<ItemHead> {
    if item.is_distribution_list() {
        return None;
    }
    let role = item.calendar.as_ref().map(|details| details.role);
    let single = role == Some(Role::Single);
    let ends = item.leaves.get(&Leaf::End).filter(|_| single);
    Some(ItemHead {
        id: item.id.clone(),
        change_key: change_key(item),
        stamp: stamp(&item.properties),
        kind: match role {
            Some(Role::Master) => HeadKind::Series,
            _ => HeadKind::Single,
        },
        ends: ends.and_then(|text| time(text)),
    })
}

/// An item as the product knows it. Another sort of entry in the folder is refused, which is no evidence of a deletion.
pub fn item(component: Component, item: wire::Item, user: &UserZone) -> Result<Item> {
    let is_series = item
        .calendar
        .as_ref()
        .is_some_and(|details| details.role == Role::Master);
    if item.kind != kind(component)? || item.is_distribution_list() || is_series {
        let class = item.class.unwrap_or_else(|| format!("{:?}", item.kind));
        let failure = Failure::new(ErrorKind::Refused { field: None }, Code::EntryOfOtherKind);
        return Err(failure.with("detail", class));
    }
    Ok(converted(component, item, user))
}

/// The values of an item, or of a series for one of its occurrences.
pub fn converted(component: Component, item: wire::Item, user: &UserZone) -> Item {
    let mut fields = fields(component, &item.leaves);
    let mut organiser = Organiser::User;
    if component == Component::Appointments {
        appointment::read(&mut fields, &item.leaves, user);
    }
    if let Some(details) = &item.calendar {
        fields.set(Field::Answers, details.answers.as_str());
        if details.is_invitation {
            organiser = Organiser::Other;
        }
    }
    Item {
        change_key: change_key(&item),
        stamp: stamp(&item.properties),
        fields,
        organiser,
        created: item.created,
        modified: item.modified,
        id: item.id,
    }
}

fn fields(component: Component, leaves: &Leaves) -> Fields {
    let row = |(field, leaf): &(Field, Leaf)| {
        // Outlook ends lines with CR LF where it can; the product knows LF only.
        let value = leaves.get(leaf)?.replace("\r\n", "\n").replace('\r', "\n");
        Some(match component {
            Component::Tasks => (*field, task::read(*field, &value)),
            _ => (*field, value),
        })
    };
    table(component).iter().filter_map(row).collect()
}

/// Servers give every item a version. One that does not has only one: no later read finds another.
pub fn change_key(item: &wire::Item) -> ChangeKey {
    item.change_key
        .clone()
        .unwrap_or_else(|| ChangeKey::new(""))
}

/// The standard folder of a component, and what it holds.
pub fn standard(component: Component) -> (Distinguished, FolderKind) {
    match component {
        Component::Contacts => (Distinguished::Contacts, FolderKind::Contacts),
        Component::Appointments => (Distinguished::Calendar, FolderKind::Calendar),
        Component::Tasks => (Distinguished::Tasks, FolderKind::Tasks),
        Component::Emails => (Distinguished::Inbox, FolderKind::Mail),
    }
}

/// Below which folder ours is made. That of e-mails stands at the top, where users see it.
pub fn parent(component: Component) -> Distinguished {
    match component {
        Component::Emails => Distinguished::Root,
        Component::Contacts | Component::Appointments | Component::Tasks => standard(component).0,
    }
}

/// How messages call a folder.
pub fn folder_name(place: FolderPlace) -> String {
    match place.choice {
        FolderChoice::CrmSync => FOLDER_NAME.to_owned(),
        FolderChoice::Standard => place.component.name().to_owned(),
    }
}
