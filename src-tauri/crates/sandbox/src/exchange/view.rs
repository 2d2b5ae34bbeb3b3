//! Items and folders as tests look at them: fields by flat names, and the canonical text that shows whether anything was harmed.
//! Deliberately not here: EWS; nothing of this is ever sent to a client.

use super::identity::Id;
use super::item::{AttachmentBody, ExtendedValue, Item, Kind};
use super::mailbox::{Folder, Mailbox};
use super::series::Series;
use super::xml::Element;
use super::{Exchange, render};
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
    /// Everything it has in one text, without ids, change keys and times.
    pub canonical: String,
    /// When it was made.
    pub created: String,
    /// When it was last changed.
    pub modified: String,
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
        extended: item
            .extended
            .iter()
            .map(|(path, value)| (String::from(path.clone()), value.clone()))
            .collect(),
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

fn flat(item: &Item) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for field in item.fields.iter() {
        flatten(&field.name, field, &mut all);
    }
    all
}

fn flatten(name: &str, element: &Element, all: &mut BTreeMap<String, String>) {
    if element.children.is_empty() {
        all.insert(name.to_owned(), element.text.clone());
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
