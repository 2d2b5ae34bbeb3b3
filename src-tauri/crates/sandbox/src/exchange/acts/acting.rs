//! Doing what an act says.

use super::fields::set_fields;
use super::{Act, ActError, DeleteHow, FieldValue};
use crate::exchange::commit;
use crate::exchange::identity::{FolderKey, Id, ItemKey};
use crate::exchange::item::{Attachment, AttachmentBody, Extended, Item, Kind};
use crate::exchange::mailbox::{Edit, Folder, FolderName, Mailbox};
use crate::exchange::series::Series;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A user at a mailbox.
pub(super) struct Acting<'a> {
    pub(super) mailbox: &'a mut Mailbox,
    pub(super) now: Timestamp,
}

impl Acting<'_> {
    pub(super) fn act(&mut self, act: &Act) -> Result<Option<String>, ActError> {
        let now = self.now;
        match act {
            Act::Create { folder, fields } => self.create(folder, fields),
            Act::Edit { item, fields } => self.edit(self.item(item)?, fields),
            Act::EditOccurrence { item, day, fields } => {
                self.edit(self.occurrence(item, day)?, fields)
            }
            Act::DeleteOccurrence { item, day } => {
                let occurrence = self.occurrence(item, day)?;
                commit::occurrence_deleted(self.mailbox, &occurrence, &now.into())?;
                Ok(None)
            }
            Act::CompleteTask { item } => self.complete_task(item),
            Act::Invited {
                folder,
                organizer,
                response,
                fields,
            } => self.invited(folder, organizer, *response, fields),
            Act::CalledOff { item } => self.called_off(item),
            Act::Respond {
                item,
                attendee,
                response,
            } => self.respond(item, attendee, *response),
            Act::Picture { item, jpeg } => self.picture(item, jpeg.as_deref()),
            Act::Attach {
                item,
                name,
                content,
            } => {
                let before = self.item(item)?;
                let mut changed = before.clone();
                let number = changed.next_attachment;
                changed.next_attachment += 1;
                changed.attachments.push(file(number, name, content));
                self.change(&before, Edit::Content, changed)
            }
            Act::MarkRead { item, read } => {
                let before = self.item(item)?;
                let mut changed = before.clone();
                changed
                    .fields
                    .set_text(changed.kind.element(), "IsRead", read.to_string());
                self.change(&before, Edit::ReadFlag, changed)
            }
            Act::Delete { item, how } => self.delete(item, *how),
            Act::Move { item, folder } => {
                let (key, to) = (self.whole(item)?, self.folder(folder)?);
                Ok(self
                    .mailbox
                    .move_item(key, to, now)
                    .map(|new| self.mailbox.encode(Id::Item(new))))
            }
            Act::Copy { item, folder } => {
                let (key, to) = (self.whole(item)?, self.folder(folder)?);
                Ok(self
                    .mailbox
                    .copy_item(key, to, now)
                    .map(|new| self.mailbox.encode(Id::Item(new))))
            }
            Act::Deliver { folder, mime } => self.deliver(folder, mime),
            Act::Store { folder, mime } => self.store(folder, mime),
            Act::CopyAndDelete { item, folder } => {
                let from = self.whole(item)?;
                self.copy_and_delete(from, folder)
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

    fn picture(&mut self, item: &str, jpeg: Option<&str>) -> Result<Option<String>, ActError> {
        let before = self.item(item)?;
        let mut changed = before.clone();
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
        self.change(&before, Edit::Content, changed)
    }

    fn delete(&mut self, item: &str, how: DeleteHow) -> Result<Option<String>, ActError> {
        let item = self.item(item)?;
        if item.occurrence.is_some() {
            commit::occurrence_deleted(self.mailbox, &item, &self.now.into())?;
            return Ok(None);
        }
        let key = item.key;
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
    pub(super) fn folder(&self, path: &str) -> Result<FolderKey, ActError> {
        let found = match path {
            "" => self.mailbox.distinguished("msgfolderroot"),
            path => self.mailbox.folder_at(path).map(|folder| folder.key),
        };
        found.ok_or_else(|| ActError::Folder(path.to_owned()))
    }

    /// An item, or an occurrence of a series.
    pub(super) fn item(&self, id: &str) -> Result<Item, ActError> {
        let found = match Id::decode(id, &self.mailbox.guid) {
            Ok(Id::Item(key)) => self.mailbox.item(key).cloned(),
            Ok(Id::Occurrence(key, day)) => {
                let series = self.mailbox.item(key).and_then(Series::of);
                series.and_then(|series| series.occurrence(day))
            }
            _ => None,
        };
        found.ok_or_else(|| ActError::Item(id.to_owned()))
    }

    /// An item that is no occurrence.
    fn whole(&self, id: &str) -> Result<ItemKey, ActError> {
        let item = self.item(id)?;
        match item.occurrence {
            None => Ok(item.key),
            Some(_) => Err(ActError::Item(id.to_owned())),
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
