//! DeleteItem, MoveItem, CopyItem, MoveFolder: whatever takes something from one place to another.

use super::items::id_of;
use super::{Desk, list, meetings};
use crate::exchange::answer::answer;
use crate::exchange::commit;
use crate::exchange::failure::{Failure, Fault};
use crate::exchange::identity::ItemKey;
use crate::exchange::item::{Item, Kind};
use crate::exchange::mode::Mode;
use crate::exchange::shape::Shape;
use crate::exchange::xml::Element;

pub(super) fn delete(desk: &mut Desk<'_>, request: &Element) -> Result<Element, Fault> {
    let how = request
        .get_attribute("DeleteType")
        .unwrap_or_default()
        .to_owned();
    let mut one = |id: &Element| {
        let item = desk.item(id)?.into_owned();
        check_attributes(request, item.kind)?;
        let (key, folder) = (item.key, item.folder);
        let occasion = desk.occasion();
        if item.occurrence.is_some() {
            commit::occurrence_deleted(desk.mailbox, &item, &occasion)?;
            meetings::tell_deleted(desk, request, &item);
            return Ok(Vec::new());
        }
        let only_one =
            request.get_attribute("AffectedTaskOccurrences") == Some("SpecifiedOccurrenceOnly");
        if item.kind == Kind::Task
            && only_one
            && desk.mode == Mode::Exchange
            && commit::instance_deleted(desk.mailbox, &item, &occasion)
        {
            return Ok(Vec::new());
        }
        let trash = desk.mailbox.deleted_items();
        match how.as_str() {
            "MoveToDeletedItems" if folder != trash => {
                desk.mailbox.move_item(key, trash, desk.now);
            }
            "SoftDelete" | "MoveToDeletedItems" => {
                let recoverable = desk.mailbox.recoverable_items();
                desk.mailbox.move_item(key, recoverable, desk.now);
            }
            _ => {
                desk.mailbox.remove_item(key, desk.now);
            }
        }
        meetings::tell_deleted(desk, request, &item);
        Ok(Vec::new())
    };
    let results: Vec<_> = list(request, "ItemIds").iter().map(&mut one).collect();
    Ok(answer("DeleteItem", results))
}

/// Attributes of the request that a kind cannot do without.
fn check_attributes(request: &Element, kind: Kind) -> Result<(), Failure> {
    let missing = |name: &str| request.get_attribute(name).is_none();
    match kind {
        Kind::CalendarItem if missing("SendMeetingCancellations") => Err(Failure::new(
            "ErrorSendMeetingCancellationsRequired",
            "The SendMeetingCancellations attribute is required for calendar items.",
        )),
        Kind::Task if missing("AffectedTaskOccurrences") => Err(Failure::new(
            "ErrorAffectedTaskOccurrencesRequired",
            "The AffectedTaskOccurrences attribute is required for tasks.",
        )),
        _ => Ok(()),
    }
}

/// An occurrence stays in its series.
fn whole(item: &Item) -> Result<ItemKey, Failure> {
    match item.occurrence {
        None => Ok(item.key),
        Some(_) => Err(Failure::new(
            "ErrorCalendarCannotMoveOrCopyOccurrence",
            "An occurrence cannot be moved or copied.",
        )),
    }
}

pub(super) fn move_items(desk: &mut Desk<'_>, request: &Element) -> Result<Element, Fault> {
    let target = desk.folder_in(request.get("ToFolderId"));
    let mut one = |id: &Element| {
        let item = desk.item(id)?;
        let key = whole(item.as_ref())?;
        if (desk.denies)(item.fields.text("Subject").unwrap_or_default()) {
            return Err(Failure::access_denied());
        }
        let new = desk
            .mailbox
            .move_item(key, target.clone()?, desk.now)
            .ok_or_else(Failure::item_not_found)?;
        new_id(desk, request, new)
    };
    let results: Vec<_> = list(request, "ItemIds").iter().map(&mut one).collect();
    Ok(answer("MoveItem", results))
}

pub(super) fn copy_items(desk: &mut Desk<'_>, request: &Element) -> Result<Element, Fault> {
    let target = desk.folder_in(request.get("ToFolderId"));
    let mut one = |id: &Element| {
        let key = whole(desk.item(id)?.as_ref())?;
        let new = desk
            .mailbox
            .copy_item(key, target.clone()?, desk.now)
            .ok_or_else(Failure::item_not_found)?;
        new_id(desk, request, new)
    };
    let results: Vec<_> = list(request, "ItemIds").iter().map(&mut one).collect();
    Ok(answer("CopyItem", results))
}

/// The new id, unless it is not wanted.
fn new_id(desk: &Desk<'_>, request: &Element, key: ItemKey) -> Result<Vec<Element>, Failure> {
    match request.get_text("ReturnNewItemIds").map(str::trim) {
        Some("false" | "0") => Ok(vec![Element::m("Items")]),
        _ => id_of(desk, key),
    }
}

pub(super) fn move_folder(desk: &mut Desk<'_>, request: &Element) -> Result<Element, Fault> {
    let target = desk.folder_in(request.get("ToFolderId"));
    let mut one = |id: &Element| {
        let key = desk.folder(id)?.key;
        desk.mailbox.move_folder(key, target.clone()?, desk.now)?;
        super::folders::shown(desk, key, &Shape::id_only())
    };
    let results: Vec<_> = list(request, "FolderIds").iter().map(&mut one).collect();
    Ok(answer("MoveFolder", results))
}
