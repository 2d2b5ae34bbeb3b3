//! Items and folders as tests look at them: fields by flat names, and the canonical text that shows whether anything was harmed.
//! Deliberately not here: EWS; nothing of this is ever sent to a client.

mod mails;

pub use mails::MailView;

use super::identity::{FolderKey, Id};
use super::item::{AttachmentBody, ExtendedValue, Item, Kind};
use super::mailbox::{Folder, Mailbox};
use super::series::{self, Series};
use super::xml::Element;
use super::{Exchange, render};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;

/// An item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemView {
    /// Its EWS id.
    pub id: String,
    /// Its change key.
    pub change_key: String,
    /// Where it lies, names with slashes: `Contacts/CRM-Sync`.
    pub folder: String,
    /// What it is.
    pub kind: Kind,
    /// Its fields: `GivenName`, `PhoneNumbers/MobilePhone`, `PhysicalAddresses/Business/City`, `Categories`.
    pub fields: BTreeMap<String, String>,
    /// Its named properties: `{set}/CrmRecord:String`.
    pub extended: BTreeMap<String, ExtendedValue>,
    /// Its attachments.
    pub attachments: Vec<AttachmentView>,
    /// Occurrences of a series that differ from it, by day.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<ExceptionView>,
    /// The days on which a series does not take place although its pattern has them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub deleted_days: Vec<String>,
    /// Everything it has in one text, without ids, change keys and times.
    pub canonical: String,
    /// When it was made.
    pub created: String,
    /// When it was last changed.
    pub modified: String,
}

/// An occurrence that differs from its series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExceptionView {
    /// The day on which the pattern has it.
    pub day: String,
    /// Its EWS id.
    pub id: String,
    /// All its fields, those of the series among them.
    pub fields: BTreeMap<String, String>,
    /// All its named properties, likewise.
    pub extended: BTreeMap<String, ExtendedValue>,
}

/// An attachment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AttachmentView {
    /// Its name.
    pub name: String,
    /// Whether it is the picture of a contact.
    pub is_contact_photo: bool,
    /// Its bytes in base64, or the text of an attached item.
    pub content: String,
}

/// A folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FolderView {
    /// Its EWS id.
    pub id: String,
    /// Its path by names.
    pub path: String,
    /// Its class.
    pub class: String,
    /// Its distinguished name, if it has one.
    pub distinguished: Option<String>,
    /// How many items it holds.
    pub items: usize,
    /// Its named properties.
    pub extended: BTreeMap<String, ExtendedValue>,
}

impl Exchange {
    /// Every item of a user, the oldest first; none of a user who does not exist.
    pub fn items(&self, user: &str) -> Vec<ItemView> {
        let all =
            |mailbox: &mut Mailbox, _| mailbox.items().map(|item| view(mailbox, item)).collect();
        self.0.with_mailbox(user, all).unwrap_or_default()
    }

    /// The items of one folder, named as in [`super::Act`]; none of a folder that does not exist.
    pub fn items_in(&self, user: &str, folder: &str) -> Vec<ItemView> {
        let found = self.0.with_mailbox(user, |mailbox, _| {
            let folder = mailbox.folder_at(folder)?.key;
            Some(
                mailbox
                    .items_in(folder)
                    .map(|item| view(mailbox, item))
                    .collect(),
            )
        });
        found.flatten().unwrap_or_default()
    }

    /// One item by its EWS id.
    pub fn item(&self, user: &str, id: &str) -> Option<ItemView> {
        let found = self
            .0
            .with_mailbox(user, |mailbox, _| match Id::decode(id, &mailbox.guid) {
                Ok(Id::Item(key)) => mailbox.item(key).map(|item| view(mailbox, item)),
                Ok(Id::Occurrence(key, day)) => {
                    let series = Series::of(mailbox.item(key)?)?;
                    let occurrence = series.occurrence(day)?;
                    Some(view(mailbox, &occurrence))
                }
                _ => None,
            });
        found.flatten()
    }

    /// Every folder of a user.
    pub fn folders(&self, user: &str) -> Vec<FolderView> {
        let all = |mailbox: &mut Mailbox, _| {
            mailbox
                .folders()
                .map(|folder| folder_view(mailbox, folder))
                .collect()
        };
        self.0.with_mailbox(user, all).unwrap_or_default()
    }
}

fn view(mailbox: &Mailbox, item: &Item) -> ItemView {
    ItemView {
        id: mailbox.encode(render::id_of(item)),
        change_key: item.change_key(),
        folder: mailbox.path_of(item.folder),
        kind: item.kind,
        fields: flat(item),
        extended: named(item),
        exceptions: exceptions(mailbox, item),
        deleted_days: item.changes.deleted.iter().map(Date::to_string).collect(),
        attachments: item
            .attachments
            .iter()
            .map(|attachment| AttachmentView {
                name: attachment.name.clone(),
                is_contact_photo: attachment.is_contact_photo,
                content: match &attachment.body {
                    AttachmentBody::File(content) => content.clone(),
                    AttachmentBody::Item(item) => item.to_xml(),
                },
            })
            .collect(),
        canonical: item.canonical(),
        created: render::time(item.created),
        modified: render::time(item.modified),
    }
}

fn named(item: &Item) -> BTreeMap<String, ExtendedValue> {
    item.extended
        .iter()
        .map(|(path, value)| (String::from(path.clone()), value.clone()))
        .collect()
}

fn exceptions(mailbox: &Mailbox, item: &Item) -> Vec<ExceptionView> {
    let Some(series) = Series::of(item) else {
        return Vec::new();
    };
    let days = item.changes.exceptions.keys();
    let one = |day: &Date| {
        let occurrence = series.occurrence(*day)?;
        Some(ExceptionView {
            day: day.to_string(),
            id: mailbox.encode(render::id_of(&occurrence)),
            fields: flat(&occurrence),
            extended: named(&occurrence),
        })
    };
    days.filter_map(one).collect()
}

/// What lies in a folder between two times, series as their occurrences, by start.
pub(super) fn occurrences_between(
    mailbox: &Mailbox,
    folder: FolderKey,
    from: Timestamp,
    to: Timestamp,
) -> Vec<ItemView> {
    let mut seen: Vec<(Option<Timestamp>, ItemView)> = Vec::new();
    for item in mailbox.items_in(folder) {
        let inside = match Series::of(item) {
            Some(series) => series.overlapping(from, to),
            None if series::lies_in(item, from, to) => vec![item.clone()],
            None => Vec::new(),
        };
        let shown = inside
            .iter()
            .map(|item| (series::time_of(item, "Start"), view(mailbox, item)));
        seen.extend(shown);
    }
    seen.sort_by_key(|(start, _)| *start);
    seen.into_iter().map(|(_, view)| view).collect()
}

fn flat(item: &Item) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for field in item.fields.iter() {
        flatten(&field.name, field, &mut all);
    }
    all
}

fn flatten(name: &str, element: &Element, all: &mut BTreeMap<String, String>) {
    if ["StartTimeZone", "EndTimeZone"].contains(&name) {
        let id = element.get_attribute("Id").unwrap_or_default();
        all.insert(name.to_owned(), id.to_owned());
        return;
    }
    if element.children.is_empty() {
        all.insert(name.to_owned(), element.text.clone());
        return;
    }
    if element
        .children
        .iter()
        .all(|child| child.name == "Attendee")
    {
        flatten_attendees(name, element, all);
        return;
    }
    if element.children.iter().all(|child| child.name == "String") {
        let texts: Vec<&str> = element
            .children
            .iter()
            .map(|child| child.text.as_str())
            .collect();
        all.insert(name.to_owned(), texts.join("; "));
        return;
    }
    for child in &element.children {
        let part = child.get_attribute("Key").unwrap_or(&child.name);
        flatten(&format!("{name}/{part}"), child, all);
    }
}

/// The people in one text, as acts take them, and the answer of each by address.
fn flatten_attendees(name: &str, list: &Element, all: &mut BTreeMap<String, String>) {
    let mut people = Vec::new();
    for attendee in &list.children {
        let part = |name| attendee.get("Mailbox").and_then(|one| one.get_text(name));
        let address = part("EmailAddress").unwrap_or_default();
        people.push(format!("{} <{address}>", part("Name").unwrap_or_default()));
        let answer = attendee.get_text("ResponseType").unwrap_or_default();
        all.insert(format!("{name}/{address}"), answer.to_owned());
    }
    all.insert(name.to_owned(), people.join("; "));
}

fn folder_view(mailbox: &Mailbox, folder: &Folder) -> FolderView {
    FolderView {
        id: mailbox.encode(Id::Folder(folder.key)),
        path: mailbox.path_of(folder.key),
        class: folder.class.clone(),
        distinguished: folder.distinguished.clone(),
        items: folder.feed.members().len(),
        extended: folder
            .extended
            .iter()
            .map(|(path, value)| (String::from(path.clone()), value.clone()))
            .collect(),
    }
}
