//! Acting as the user, in Outlook so to speak: past EWS and its counters, with the same effects on feeds, change keys and events.

use super::Exchange;
use super::failure::Failure;
use super::identity::{FolderKey, Id, ItemKey};
use super::item::{
    Attachment, AttachmentBody, Extended, ExtendedPath, ExtendedValue, Item, Kind, Path,
};
use super::mailbox::{Edit, Folder, FolderName, Mailbox, MovesTold};
use super::write::{self, Action, Update};
use super::xml::Element;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Something a user does. Folders are named by path below the top (`Contacts/CRM-Sync`), the first part also by its distinguished
/// name (`contacts/CRM-Sync`); items by their EWS id; fields by flat names (`GivenName`, `PhoneNumbers/MobilePhone`,
/// `PhysicalAddresses/Business/City`, `Categories`, `Body`, `Body/HTML`, `{set}/Name:String`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// Makes an item. Its kind follows from the folder.
    Create {
        /// Where.
        folder: String,
        /// With which fields.
        fields: BTreeMap<String, FieldValue>,
    },
    /// Changes fields; an empty value clears one.
    Edit {
        /// Which item.
        item: String,
        /// The changed fields.
        fields: BTreeMap<String, FieldValue>,
    },
    /// Gives a contact a picture (base64), or takes it away.
    Picture {
        /// Which contact.
        item: String,
        /// The picture.
        jpeg: Option<String>,
    },
    /// Attaches a file.
    Attach {
        /// To which item.
        item: String,
        /// The file's name.
        name: String,
        /// Its bytes in base64.
        content: String,
    },
    /// Marks a mail as read or unread.
    MarkRead {
        /// Which mail.
        item: String,
        /// What it is from now on.
        read: bool,
    },
    /// Deletes an item.
    Delete {
        /// Which item.
        item: String,
        /// Where it goes.
        #[serde(default)]
        how: DeleteHow,
    },
    /// Moves an item; it gets a new id.
    Move {
        /// Which item.
        item: String,
        /// Where.
        folder: String,
    },
    /// Copies an item with its named properties.
    Copy {
        /// Which item.
        item: String,
        /// Where.
        folder: String,
    },
    /// A mail arrives.
    Deliver {
        /// Where.
        folder: String,
        /// The mail in base64.
        mime: String,
    },
    /// Makes a folder; without a class it has that of the folder around it.
    CreateFolder {
        /// Its path; all parts but the last exist.
        path: String,
        /// Its class.
        class: Option<String>,
    },
    /// Gives a folder another name.
    RenameFolder {
        /// Which folder.
        path: String,
        /// Its new name.
        name: String,
    },
    /// Moves a folder.
    MoveFolder {
        /// Which folder.
        path: String,
        /// Into which other one.
        to: String,
    },
    /// Deletes a folder for good, with everything in it.
    DeleteFolder {
        /// Which folder.
        path: String,
    },
    /// Ends every subscription, as a server does that was restarted.
    ExpireSubscriptions,
    /// Says to whom moves are told as moves.
    TellMoves {
        /// To whom.
        to: MovesTold,
    },
}

/// A value of a field.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum FieldValue {
    /// One text; empty for none.
    One(String),
    /// Several, for `Categories` and the like.
    Many(Vec<String>),
}

/// Where a deleted item goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeleteHow {
    /// To Deleted Items.
    #[default]
    ToDeletedItems,
    /// To the recoverable items, where the user does not see it.
    Soft,
    /// Nowhere.
    Hard,
}

/// Why an act was not possible.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActError {
    /// There is no such user.
    #[error("there is no user {0:?}")]
    User(String),
    /// There is no such folder.
    #[error("there is no folder {0:?}")]
    Folder(String),
    /// There is no such item.
    #[error("there is no item {0:?}")]
    Item(String),
    /// A field has a name or a value that cannot be.
    #[error("the field {0:?} cannot be set so")]
    Field(String),
    /// The store refused it.
    #[error("refused: {0}")]
    Refused(String),
}

impl From<Failure> for ActError {
    fn from(failure: Failure) -> Self {
        Self::Refused(failure.to_string())
    }
}

impl Exchange {
    /// Acts as a user; returns the id of the item or folder it was about, if there is one afterwards.
    pub fn act(&self, user: &str, act: &Act) -> Result<Option<String>, ActError> {
        let done = self
            .0
            .with_mailbox(user, |mailbox, now| Acting { mailbox, now }.act(act));
        done.unwrap_or_else(|| Err(ActError::User(user.to_owned())))
    }

    /// Makes an item with these fields and returns its id.
    pub fn create(
        &self,
        user: &str,
        folder: &str,
        fields: &[(&str, &str)],
    ) -> Result<String, ActError> {
        let act = Act::Create {
            folder: folder.to_owned(),
            fields: values(fields),
        };
        Ok(self.act(user, &act)?.expect("a made item has an id"))
    }

    /// Changes fields of an item; an empty value clears one.
    pub fn edit(&self, user: &str, item: &str, fields: &[(&str, &str)]) -> Result<(), ActError> {
        self.act(
            user,
            &Act::Edit {
                item: item.to_owned(),
                fields: values(fields),
            },
        )
        .map(drop)
    }

    /// Deletes an item to Deleted Items.
    pub fn delete(&self, user: &str, item: &str) -> Result<(), ActError> {
        self.act(
            user,
            &Act::Delete {
                item: item.to_owned(),
                how: DeleteHow::default(),
            },
        )
        .map(drop)
    }

    /// Moves an item and returns its new id.
    pub fn move_to(&self, user: &str, item: &str, folder: &str) -> Result<String, ActError> {
        let act = Act::Move {
            item: item.to_owned(),
            folder: folder.to_owned(),
        };
        Ok(self.act(user, &act)?.expect("a moved item has an id"))
    }

    /// Copies an item and returns the id of the copy.
    pub fn copy_to(&self, user: &str, item: &str, folder: &str) -> Result<String, ActError> {
        let act = Act::Copy {
            item: item.to_owned(),
            folder: folder.to_owned(),
        };
        Ok(self.act(user, &act)?.expect("a copy has an id"))
    }
}

fn values(fields: &[(&str, &str)]) -> BTreeMap<String, FieldValue> {
    fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), FieldValue::One((*value).to_owned())))
        .collect()
}

struct Acting<'a> {
    mailbox: &'a mut Mailbox,
    now: Timestamp,
}

impl Acting<'_> {
    fn act(&mut self, act: &Act) -> Result<Option<String>, ActError> {
        let now = self.now;
        match act {
            Act::Create { folder, fields } => self.create(folder, fields),
            Act::Edit { item, fields } => {
                let key = self.item(item)?;
                let mut changed = self.mailbox.item(key).expect("looked up just now").clone();
                set_fields(&mut changed, fields, now)?;
                self.change(key, Edit::Content, changed)
            }
            Act::Picture { item, jpeg } => self.picture(item, jpeg.as_deref()),
            Act::Attach {
                item,
                name,
                content,
            } => {
                let key = self.item(item)?;
                let mut changed = self.mailbox.item(key).expect("looked up just now").clone();
                let number = changed.next_attachment;
                changed.next_attachment += 1;
                changed.attachments.push(file(number, name, content));
                self.change(key, Edit::Content, changed)
            }
            Act::MarkRead { item, read } => {
                let key = self.item(item)?;
                let mut changed = self.mailbox.item(key).expect("looked up just now").clone();
                changed
                    .fields
                    .set_text(changed.kind.element(), "IsRead", read.to_string());
                self.change(key, Edit::ReadFlag, changed)
            }
            Act::Delete { item, how } => self.delete(item, *how),
            Act::Move { item, folder } => {
                let (key, to) = (self.item(item)?, self.folder(folder)?);
                Ok(self
                    .mailbox
                    .move_item(key, to, now)
                    .map(|new| self.mailbox.encode(Id::Item(new))))
            }
            Act::Copy { item, folder } => {
                let (key, to) = (self.item(item)?, self.folder(folder)?);
                Ok(self
                    .mailbox
                    .copy_item(key, to, now)
                    .map(|new| self.mailbox.encode(Id::Item(new))))
            }
            Act::Deliver { folder, mime } => {
                let folder = self.folder(folder)?;
                let mut item = write::create(
                    &Element::t("Message").child(Element::t("MimeContent").text(mime.clone())),
                    now,
                )?;
                item.fields.set_text("Message", "IsRead", "false");
                let key = self.mailbox.deliver(folder, item, now);
                Ok(Some(self.mailbox.encode(Id::Item(key))))
            }
            Act::CreateFolder { .. }
            | Act::RenameFolder { .. }
            | Act::MoveFolder { .. }
            | Act::DeleteFolder { .. } => self.with_folder(act),
            Act::ExpireSubscriptions => {
                self.mailbox.subscriptions.clear();
                Ok(None)
            }
            Act::TellMoves { to } => {
                self.mailbox.moves_told = *to;
                Ok(None)
            }
        }
    }

    fn create(
        &mut self,
        folder: &str,
        fields: &BTreeMap<String, FieldValue>,
    ) -> Result<Option<String>, ActError> {
        let folder = self.folder(folder)?;
        let kind = match self.mailbox.folder(folder).map(Folder::element) {
            Some("ContactsFolder") => Kind::Contact,
            Some("CalendarFolder") => Kind::CalendarItem,
            Some("TasksFolder") => Kind::Task,
            _ => Kind::Message,
        };
        let mut item = Item::draft(kind);
        set_fields(&mut item, fields, self.now)?;
        let key = self.mailbox.add_item(folder, item, self.now);
        Ok(Some(self.mailbox.encode(Id::Item(key))))
    }

    fn change(
        &mut self,
        key: ItemKey,
        edit: Edit,
        changed: Item,
    ) -> Result<Option<String>, ActError> {
        self.mailbox
            .edit_item(key, edit, self.now, |item| *item = changed);
        Ok(Some(self.mailbox.encode(Id::Item(key))))
    }

    fn picture(&mut self, item: &str, jpeg: Option<&str>) -> Result<Option<String>, ActError> {
        let key = self.item(item)?;
        let mut changed = self.mailbox.item(key).expect("looked up just now").clone();
        changed
            .attachments
            .retain(|attachment| !attachment.is_contact_photo);
        if let Some(jpeg) = jpeg {
            let bytes = STANDARD
                .decode(jpeg)
                .map_err(|_| ActError::Field("jpeg".to_owned()))?;
            changed
                .attachments
                .push(Attachment::contact_photo(changed.next_attachment, &bytes));
            changed.next_attachment += 1;
        }
        self.change(key, Edit::Content, changed)
    }

    fn delete(&mut self, item: &str, how: DeleteHow) -> Result<Option<String>, ActError> {
        let key = self.item(item)?;
        let to = match how {
            DeleteHow::ToDeletedItems => self.mailbox.deleted_items(),
            DeleteHow::Soft => self.mailbox.recoverable_items(),
            DeleteHow::Hard => {
                self.mailbox.remove_item(key, self.now);
                return Ok(None);
            }
        };
        Ok(self
            .mailbox
            .move_item(key, to, self.now)
            .map(|new| self.mailbox.encode(Id::Item(new))))
    }

    fn with_folder(&mut self, act: &Act) -> Result<Option<String>, ActError> {
        let now = self.now;
        let key = match act {
            Act::CreateFolder { path, class } => {
                let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
                let parent = self.folder(parent)?;
                let class = class.clone().or_else(|| {
                    self.mailbox
                        .folder(parent)
                        .map(|folder| folder.class.clone())
                });
                let name = FolderName {
                    name: name.to_owned(),
                    class: class.unwrap_or_default(),
                    extended: Extended::default(),
                };
                self.mailbox.add_folder(parent, name, now)?
            }
            Act::RenameFolder { path, name } => {
                let key = self.folder(path)?;
                self.mailbox.rename_folder(key, name, now)?;
                key
            }
            Act::MoveFolder { path, to } => {
                let (key, to) = (self.folder(path)?, self.folder(to)?);
                self.mailbox.move_folder(key, to, now)?;
                key
            }
            Act::DeleteFolder { path } => {
                let key = self.folder(path)?;
                self.mailbox.remove_folder(key, now)?;
                return Ok(None);
            }
            _ => return Ok(None),
        };
        Ok(Some(self.mailbox.encode(Id::Folder(key))))
    }

    /// The folder of a path; the empty one is the top.
    fn folder(&self, path: &str) -> Result<FolderKey, ActError> {
        let found = match path {
            "" => self.mailbox.distinguished("msgfolderroot"),
            path => self.mailbox.folder_at(path).map(|folder| folder.key),
        };
        found.ok_or_else(|| ActError::Folder(path.to_owned()))
    }

    fn item(&self, id: &str) -> Result<ItemKey, ActError> {
        match Id::decode(id, &self.mailbox.guid) {
            Ok(Id::Item(key)) if self.mailbox.item(key).is_some() => Ok(key),
            _ => Err(ActError::Item(id.to_owned())),
        }
    }
}

fn file(number: u32, name: &str, content: &str) -> Attachment {
    Attachment {
        number,
        name: name.to_owned(),
        content_type: Some("application/octet-stream".to_owned()),
        content_id: None,
        is_inline: false,
        is_contact_photo: false,
        body: AttachmentBody::File(content.to_owned()),
    }
}

fn set_fields(
    item: &mut Item,
    fields: &BTreeMap<String, FieldValue>,
    now: Timestamp,
) -> Result<(), ActError> {
    let updates: Vec<Update> = fields
        .iter()
        .map(|(name, value)| update(name, value))
        .collect::<Result<_, _>>()?;
    Ok(write::apply(item, &updates, now)?)
}

/// The change that sets a flat name to a value.
fn update(name: &str, value: &FieldValue) -> Result<Update, ActError> {
    let bad = || ActError::Field(name.to_owned());
    let is_empty = match value {
        FieldValue::One(text) => text.is_empty(),
        FieldValue::Many(texts) => texts.is_empty(),
    };
    let set = |element: Element| {
        if is_empty {
            Action::Delete
        } else {
            Action::Set(element)
        }
    };
    if name.starts_with('{') || name.starts_with("0x") {
        let path = ExtendedPath::try_from(name.to_owned()).map_err(|_| bad())?;
        let held = match value {
            FieldValue::One(text) => ExtendedValue::One(text.clone()),
            FieldValue::Many(texts) => ExtendedValue::Many(texts.clone()),
        };
        let action = set(held.element(path.element()));
        return Ok(Update {
            path: Path::Extended {
                asked: path.element(),
                path,
            },
            action,
        });
    }
    let text = match value {
        FieldValue::One(text) => text.clone(),
        FieldValue::Many(texts) => {
            let list = Element::t(name).with(
                texts
                    .iter()
                    .map(|text| Element::t("String").text(text.clone())),
            );
            return Ok(Update {
                path: whole(name),
                action: set(list),
            });
        }
    };
    let parts: Vec<&str> = name.split('/').collect();
    match parts.as_slice() {
        ["Body", "HTML"] => Ok(Update {
            path: whole("Body"),
            action: set(body("HTML", text)),
        }),
        ["Body"] => Ok(Update {
            path: whole("Body"),
            action: set(body("Text", text)),
        }),
        [field] => Ok(Update {
            path: whole(field),
            action: set(Element::t(*field).text(text)),
        }),
        [dictionary, key] => {
            let entry = Element::t("Entry").attribute("Key", *key).text(text);
            let path = Path::Indexed {
                dictionary: dictionary_named(dictionary).ok_or_else(bad)?,
                key: (*key).to_owned(),
                part: None,
            };
            Ok(Update {
                path,
                action: set(Element::t(*dictionary).child(entry)),
            })
        }
        [dictionary, key, part] => {
            let entry = Element::t("Entry")
                .attribute("Key", *key)
                .child(Element::t(*part).text(text));
            let dictionary = dictionary_named(dictionary).ok_or_else(bad)?;
            let path = Path::Indexed {
                dictionary,
                key: (*key).to_owned(),
                part: Some((*part).to_owned()),
            };
            Ok(Update {
                path,
                action: set(Element::t(dictionary).child(entry)),
            })
        }
        _ => Err(bad()),
    }
}

fn whole(name: &str) -> Path {
    Path::Field {
        prefix: "item".to_owned(),
        name: name.to_owned(),
    }
}

fn body(kind: &str, text: String) -> Element {
    Element::t("Body").attribute("BodyType", kind).text(text)
}

fn dictionary_named(name: &str) -> Option<&'static str> {
    [
        "PhoneNumbers",
        "EmailAddresses",
        "ImAddresses",
        "PhysicalAddresses",
    ]
    .into_iter()
    .find(|known| *known == name)
}
