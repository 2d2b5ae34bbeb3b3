//! An item as it is stored: its kind, its fields in schema order, its named properties, attachments and the numbers of its changes.
//! All four kinds (and the rarer ones) are the same type, so that nothing is lost that this server does not understand.
//! Deliberately not here: what is computed at the time of an answer (`render`), and the mailbox around it.

mod attachment;
mod extended;
mod fields;
mod kind;
mod occurrences;
mod path;

pub use attachment::{Attachment, AttachmentBody};
pub use extended::{Extended, ExtendedPath, ExtendedValue};
pub use fields::Fields;
pub use kind::Kind;
pub use occurrences::{Changes, Exception, Occurrence};
pub use path::Path;

use super::identity::{FolderKey, ItemKey, change_key};
use super::xml::Element;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A stored item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its number; a new one after each move.
    pub key: ItemKey,
    /// Where it lies.
    pub folder: FolderKey,
    /// What it is.
    pub kind: Kind,
    /// Its own fields.
    pub fields: Fields,
    /// Its named properties.
    #[serde(default, skip_serializing_if = "Extended::is_empty")]
    pub extended: Extended,
    /// Its attachments, the picture of a contact among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// The number the next attachment gets.
    #[serde(default)]
    pub next_attachment: u32,
    /// The mail as it came, in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime: Option<String>,
    /// What differs from its pattern, if it is a series.
    #[serde(default, skip_serializing_if = "Changes::is_empty")]
    pub changes: Changes,
    /// Which occurrence of a series it is, if it was put together as one; never so in a mailbox.
    #[serde(skip)]
    pub occurrence: Option<Occurrence>,
    /// Sixteen bytes in hex that survive moves and copies (PR_SEARCH_KEY).
    pub search_key: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it was changed last.
    pub modified: Timestamp,
    /// The change with which it came into its folder.
    pub entered: u64,
    /// The last change of anything but the read flag.
    pub content_change: u64,
    /// The last change of the read flag.
    pub read_change: u64,
}

/// Whether an item was read; only mail has the flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadFlag {
    /// It was read, or is of a kind that has no flag.
    Read,
    /// It is new to the user.
    Unread,
}

impl Item {
    /// An item that is not in any mailbox yet.
    pub fn draft(kind: Kind) -> Self {
        Self {
            key: ItemKey(0),
            folder: FolderKey(0),
            kind,
            fields: Fields::default(),
            extended: Extended::default(),
            attachments: Vec::new(),
            next_attachment: 1,
            mime: None,
            changes: Changes::default(),
            occurrence: None,
            search_key: String::new(),
            created: Timestamp::UNIX_EPOCH,
            modified: Timestamp::UNIX_EPOCH,
            entered: 0,
            content_change: 0,
            read_change: 0,
        }
    }

    /// The number of its last change.
    pub fn change(&self) -> u64 {
        self.content_change.max(self.read_change)
    }

    /// Its change key.
    pub fn change_key(&self) -> String {
        change_key(self.kind.change_key_byte(), self.change())
    }

    /// Its item class; the default one of its kind where none was set.
    pub fn class(&self) -> &str {
        self.fields
            .text("ItemClass")
            .unwrap_or(self.kind.default_class())
    }

    /// Whether it was read.
    pub fn read_flag(&self) -> ReadFlag {
        match self.fields.text("IsRead") {
            Some("false") => ReadFlag::Unread,
            _ => ReadFlag::Read,
        }
    }

    /// An attachment by its number, of the item or of one of its exceptions.
    pub fn attachment(&self, number: u32) -> Option<&Attachment> {
        let exceptions = self.changes.exceptions.values();
        let own = exceptions.flat_map(|exception| &exception.attachments);
        self.attachments
            .iter()
            .chain(own)
            .find(|attachment| attachment.number == number)
    }

    /// The picture of a contact.
    pub fn picture(&self) -> Option<&Attachment> {
        self.attachments
            .iter()
            .find(|attachment| attachment.is_contact_photo)
    }

    /// Everything a user could lose, and nothing a server changes by itself (ids, change keys, times): the same text before and
    /// after means that not one byte of the item's data has changed.
    pub fn canonical(&self) -> String {
        let mut root = Element::t(self.kind.element()).with(self.fields.iter().cloned());
        root.children.extend(
            self.extended
                .iter()
                .map(|(path, value)| value.element(path.element())),
        );
        root.children
            .extend(self.attachments.iter().map(Attachment::canonical));
        if let Some(mime) = &self.mime {
            root.children
                .push(Element::t("MimeContent").text(mime.clone()));
        }
        root.children.extend(self.changes.canonical());
        root.children
            .push(Element::t("SearchKey").text(self.search_key.clone()));
        root.to_xml()
    }
}
