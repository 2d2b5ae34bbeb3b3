//! The operations, each a function from a request to an answer, with the mailbox in between.
//! Deliberately not here: SOAP, sign-in, ordered faults, and the stream of GetStreamingEvents.

mod attachments;
mod convert;
mod events;
mod find;
mod folders;
mod items;
mod meetings;
mod moves;
mod sync;

pub use events::{status_envelope, streaming_targets, take_streaming};

use super::failure::{Failure, Fault};
use super::identity::{FolderKey, Id, IdError, ItemKey};
use super::item::Item;
use super::mailbox::{Folder, Mailbox};
use super::mode::Mode;
use super::series::Series;
use super::soap::Call;
use super::write::Occasion;
use super::xml::Element;
use crate::faults::Effect;
use jiff::Timestamp;
use jiff::civil::Date;
use std::borrow::Cow;

/// Where an operation works.
pub struct Desk<'a> {
    /// The mailbox of who signed in.
    pub mailbox: &'a mut Mailbox,
    /// The time.
    pub now: Timestamp,
    /// Which server is played.
    pub mode: Mode,
    /// The zone of times that name none, as the request defines it.
    pub zone: Option<Element>,
    /// Whether a test ordered that sync states are not accepted this time.
    pub refuse_sync_state: bool,
    /// Whether a test ordered that an item of this subject may not be moved this time.
    pub denies: &'a dyn Fn(&str) -> bool,
}

/// Whether an operation changes the mailbox.
pub fn effect(operation: &str) -> Effect {
    const WRITES: [&str; 14] = [
        "CreateFolder",
        "UpdateFolder",
        "DeleteFolder",
        "EmptyFolder",
        "MoveFolder",
        "CopyFolder",
        "CreateItem",
        "UpdateItem",
        "DeleteItem",
        "MoveItem",
        "CopyItem",
        "SendItem",
        "CreateAttachment",
        "DeleteAttachment",
    ];
    if WRITES.contains(&operation) {
        Effect::Writes
    } else {
        Effect::Reads
    }
}

/// Does what a call asks for.
pub fn perform(desk: &mut Desk<'_>, call: &Call) -> Result<Element, Fault> {
    let request = &call.body;
    match request.name.as_str() {
        "GetFolder" => folders::get(desk, request),
        "FindFolder" => folders::find(desk, request),
        "CreateFolder" => folders::create(desk, request),
        "UpdateFolder" => folders::update(desk, request),
        "DeleteFolder" => folders::delete(desk, request),
        "EmptyFolder" => folders::empty(desk, request),
        "MoveFolder" => moves::move_folder(desk, request),
        "SyncFolderHierarchy" => sync::hierarchy(desk, request),
        "SyncFolderItems" => sync::items(desk, request),
        "GetItem" => items::get(desk, request),
        "CreateItem" => items::create(desk, request),
        "UpdateItem" => items::update(desk, request),
        "DeleteItem" => moves::delete(desk, request),
        "MoveItem" => moves::move_items(desk, request),
        "CopyItem" => moves::copy_items(desk, request),
        "FindItem" => find::items(desk, request),
        "CreateAttachment" => attachments::create(desk, request),
        "GetAttachment" => attachments::get(desk, request),
        "DeleteAttachment" => attachments::delete(desk, request),
        "ConvertId" => convert::ids(desk, request),
        "Subscribe" => events::subscribe(desk, request),
        "Unsubscribe" => events::unsubscribe(desk, request),
        "GetEvents" => events::get(desk, request),
        other => Err(Fault::new(
            "ErrorInvalidRequest",
            format!("This server does not know {other}."),
        )),
    }
}

impl Desk<'_> {
    /// The folder a `FolderId` or `DistinguishedFolderId` names.
    fn folder(&self, element: &Element) -> Result<&Folder, Failure> {
        let id = element.get_attribute("Id").unwrap_or_default();
        let key = match element.name.as_str() {
            "DistinguishedFolderId" => {
                self.check_owner(element)?;
                self.mailbox
                    .distinguished(id)
                    .ok_or_else(Failure::folder_not_found)?
            }
            _ => match Id::decode(id, &self.mailbox.guid) {
                Ok(Id::Folder(key)) => key,
                Ok(Id::Item(_) | Id::Attachment(..) | Id::Occurrence(..)) => {
                    return Err(IdError::Malformed.into());
                }
                Err(IdError::Foreign) => return Err(Failure::folder_not_found()),
                Err(error) => return Err(error.into()),
            },
        };
        self.mailbox.folder(key).ok_or_else(|| Failure {
            code: "ErrorItemNotFound",
            ..Failure::item_not_found()
        })
    }

    /// Other people's mailboxes are closed.
    fn check_owner(&self, element: &Element) -> Result<(), Failure> {
        let address = element
            .get("Mailbox")
            .and_then(|mailbox| mailbox.get_text("EmailAddress"));
        match address {
            Some(address) if !address.eq_ignore_ascii_case(&self.mailbox.user.email) => {
                Err(Failure::new(
                    "ErrorNonExistentMailbox",
                    "The SMTP address has no mailbox associated with it.",
                ))
            }
            _ => Ok(()),
        }
    }

    /// The folder that the only child of an element names.
    fn folder_in(&self, holder: Option<&Element>) -> Result<FolderKey, Failure> {
        let element = holder
            .and_then(|holder| holder.children.first())
            .ok_or_else(Failure::folder_not_found)?;
        Ok(self.folder(element)?.key)
    }

    /// The item an `ItemId` names, or an occurrence by its own id or by its number in the series.
    fn item(&self, element: &Element) -> Result<Cow<'_, Item>, Failure> {
        let id = |name| element.get_attribute(name).unwrap_or_default();
        match element.name.as_str() {
            "OccurrenceItemId" => self.numbered(id("RecurringMasterId"), id("InstanceIndex")),
            "RecurringMasterItemId" => match Id::decode(id("OccurrenceId"), &self.mailbox.guid)? {
                Id::Occurrence(key, _) => self.stored(key).map(Cow::Borrowed),
                _ => Err(Failure::new(
                    "ErrorCalendarCannotUseIdForRecurringMasterId",
                    "The id is not that of an occurrence.",
                )),
            },
            _ => match Id::decode(id("Id"), &self.mailbox.guid)? {
                Id::Item(key) => self.stored(key).map(Cow::Borrowed),
                Id::Occurrence(key, day) => self.occurrence(key, day).map(Cow::Owned),
                Id::Folder(_) | Id::Attachment(..) => Err(IdError::Malformed.into()),
            },
        }
    }

    fn stored(&self, key: ItemKey) -> Result<&Item, Failure> {
        self.mailbox.item(key).ok_or_else(Failure::item_not_found)
    }

    fn occurrence(&self, key: ItemKey, day: Date) -> Result<Item, Failure> {
        let series = Series::of(self.stored(key)?).filter(|series| series.has(day));
        series
            .and_then(|series| series.occurrence(day))
            .ok_or_else(Failure::item_not_found)
    }

    /// An occurrence by its number, deleted ones counted.
    fn numbered(&self, master: &str, index: &str) -> Result<Cow<'_, Item>, Failure> {
        let series = match Id::decode(master, &self.mailbox.guid)? {
            Id::Item(key) => Series::of(self.stored(key)?),
            Id::Occurrence(..) => None,
            Id::Folder(_) | Id::Attachment(..) => return Err(IdError::Malformed.into()),
        };
        let series = series.ok_or_else(|| {
            Failure::new(
                "ErrorCalendarCannotUseIdForOccurrenceId",
                "The id is not that of a recurring master.",
            )
        })?;
        let day = index
            .trim()
            .parse()
            .ok()
            .and_then(|index| series.pattern.day_at(index))
            .ok_or_else(|| {
                Failure::new(
                    "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange",
                    "Occurrence index is out of recurrence range.",
                )
            })?;
        let found = series.occurrence(day).ok_or_else(|| {
            Failure::new(
                "ErrorCalendarOccurrenceIsDeletedFromRecurrence",
                "Occurrence with this index was previously deleted from the recurrence.",
            )
        })?;
        Ok(Cow::Owned(found))
    }

    /// The circumstances of a write.
    fn occasion(&self) -> Occasion {
        Occasion {
            now: self.now,
            zone: self.zone.clone(),
            mode: self.mode,
        }
    }

    fn item_key(&self, id: &str) -> Result<ItemKey, Failure> {
        match Id::decode(id, &self.mailbox.guid)? {
            Id::Item(key) => Ok(key),
            Id::Folder(_) | Id::Attachment(..) | Id::Occurrence(..) => {
                Err(IdError::Malformed.into())
            }
        }
    }
}

/// The children of a child of a request.
fn list<'e>(request: &'e Element, name: &str) -> &'e [Element] {
    request
        .get(name)
        .map(|list| list.children.as_slice())
        .unwrap_or_default()
}
