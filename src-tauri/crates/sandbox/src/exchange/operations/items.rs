//! GetItem, CreateItem, UpdateItem.

use super::{Desk, list, meetings};
use crate::exchange::answer::answer;
use crate::exchange::commit;
use crate::exchange::failure::{Failure, Fault};
use crate::exchange::identity::{FolderKey, ItemKey, read_change_key};
use crate::exchange::item::{Item, Kind};
use crate::exchange::mailbox::Folder;
use crate::exchange::mode::Mode;
use crate::exchange::render;
use crate::exchange::shape::{Purpose, Shape};
use crate::exchange::write::{self, Update};
use crate::exchange::xml::Element;

/// A message's `Items` with the id of one item.
pub(super) fn id_of(desk: &Desk<'_>, key: ItemKey) -> Result<Vec<Element>, Failure> {
    let item = desk.mailbox.item(key).ok_or_else(Failure::item_not_found)?;
    Ok(vec![Element::m("Items").child(render::item(
        desk.mailbox,
        item,
        &Shape::id_only(),
    ))])
}

pub(super) fn get(desk: &mut Desk<'_>, request: &Element) -> Result<Element, Fault> {
    let shape = Shape::read(request.get("ItemShape"), Purpose::Single)?;
    let one = |id: &Element| {
        let item = desk.item(id)?;
        Ok(vec![Element::m("Items").child(render::item(
            desk.mailbox,
            &item,
            &shape,
        ))])
    };
    Ok(answer("GetItem", list(request, "ItemIds").iter().map(one)))
}

pub(super) fn create(desk: &mut Desk<'_>, request: &Element) -> Result<Element, Fault> {
    let target = request
        .get("SavedItemFolderId")
        .map(|holder| desk.folder_in(Some(holder)));
    let mut one = |element: &Element| {
        let kind = Kind::from_element(&element.name);
        check_attributes(request, kind)?;
        let folder = match &target {
            Some(target) => target.clone()?,
            None => default_folder(desk, kind)?,
        };
        if let (Some(kind), Some(folder), Mode::Exchange) =
            (kind, desk.mailbox.folder(folder), desk.mode)
        {
            check_folder(kind, folder)?;
        }
        let mut item = write::create(element, desk.occasion())?;
        if kind == Some(Kind::Message) && item.fields.get("IsRead").is_none() {
            item.fields.set_text("Message", "IsRead", "true");
        }
        meetings::created(&mut item, request);
        let key = desk.mailbox.add_item(folder, item, desk.now);
        meetings::tell_created(desk, request, key);
        id_of(desk, key)
    };
    let results: Vec<_> = list(request, "Items").iter().map(&mut one).collect();
    Ok(answer("CreateItem", results))
}

/// Attributes of the request that a kind cannot do without.
fn check_attributes(request: &Element, kind: Option<Kind>) -> Result<(), Failure> {
    let missing = |name: &str| request.get_attribute(name).is_none();
    match kind {
        Some(Kind::CalendarItem) if missing("SendMeetingInvitations") => Err(Failure::new(
            "ErrorSendMeetingInvitationsRequired",
            "The SendMeetingInvitations attribute is required for calendar items.",
        )),
        Some(Kind::Message | Kind::MeetingMessage) if missing("MessageDisposition") => {
            Err(disposition_missing())
        }
        _ => Ok(()),
    }
}

fn disposition_missing() -> Failure {
    Failure::new(
        "ErrorMessageDispositionRequired",
        "The MessageDisposition attribute is required for messages.",
    )
}

fn default_folder(desk: &Desk<'_>, kind: Option<Kind>) -> Result<FolderKey, Failure> {
    let name = match kind {
        Some(Kind::Contact | Kind::DistributionList) => "contacts",
        Some(Kind::CalendarItem) => "calendar",
        Some(Kind::Task) => "tasks",
        _ => "drafts",
    };
    desk.mailbox
        .distinguished(name)
        .ok_or_else(Failure::folder_not_found)
}

/// Contacts, appointments and tasks lie in folders of their own class only.
fn check_folder(kind: Kind, folder: &Folder) -> Result<(), Failure> {
    let (element, code) = match kind {
        Kind::Contact | Kind::DistributionList => (
            "ContactsFolder",
            "ErrorCannotCreateContactInNonContactFolder",
        ),
        Kind::CalendarItem => (
            "CalendarFolder",
            "ErrorCannotCreateCalendarItemInNonCalendarFolder",
        ),
        Kind::Task => ("TasksFolder", "ErrorCannotCreateTaskInNonTaskFolder"),
        Kind::Message | Kind::MeetingMessage | Kind::PostItem | Kind::Item => return Ok(()),
    };
    // Deleted things of all kinds lie in Deleted Items, but they are not made there.
    if folder.element() == element {
        Ok(())
    } else {
        Err(Failure::new(
            code,
            "The item cannot be created in a folder of this class.",
        ))
    }
}

pub(super) fn update(desk: &mut Desk<'_>, request: &Element) -> Result<Element, Fault> {
    let mut one = |change: &Element| {
        let changed = update_one(desk, request, change)?;
        let shown = desk.item(&changed)?;
        let shown = render::item(desk.mailbox, &shown, &Shape::id_only());
        Ok(vec![
            Element::m("Items").child(shown),
            Element::m("ConflictResults").child(Element::t("Count").text("0")),
        ])
    };
    let results: Vec<_> = list(request, "ItemChanges").iter().map(&mut one).collect();
    Ok(answer("UpdateItem", results))
}

/// Changes an item or an occurrence; returns the id of what was changed.
fn update_one(
    desk: &mut Desk<'_>,
    request: &Element,
    change: &Element,
) -> Result<Element, Failure> {
    let id = change
        .children
        .first()
        .ok_or_else(Failure::item_not_found)?;
    let before = desk.item(id)?.into_owned();
    check_update_attributes(request, before.kind)?;
    if desk.mode == Mode::Exchange {
        let mode = request.get_attribute("ConflictResolution");
        check_version(&before, id, mode.unwrap_or_default())?;
    }
    let updates: Vec<Update> = list(change, "Updates")
        .iter()
        .map(write::read_update)
        .collect::<Result<_, _>>()?;
    let occasion = desk.occasion();
    let mut after = before.clone();
    write::apply(&mut after, &updates, &occasion)?;
    meetings::changing(desk, request, &before, &mut after);
    let edit = write::edit_of(&updates);
    let id = commit::changed(desk.mailbox, &before, after.clone(), edit, &occasion)?;
    meetings::tell_changed(desk, request, &before, &after);
    Ok(Element::t("ItemId").attribute("Id", desk.mailbox.encode(id)))
}

fn check_update_attributes(request: &Element, kind: Kind) -> Result<(), Failure> {
    let missing = |name: &str| request.get_attribute(name).is_none();
    match kind {
        Kind::CalendarItem if missing("SendMeetingInvitationsOrCancellations") => {
            Err(Failure::new(
                "ErrorSendMeetingInvitationsOrCancellationsRequired",
                "The SendMeetingInvitationsOrCancellations attribute is required for calendar items.",
            ))
        }
        Kind::Message | Kind::MeetingMessage if missing("MessageDisposition") => {
            Err(disposition_missing())
        }
        _ => Ok(()),
    }
}

/// What a change key older than the item means depends on the mode of the request.
fn check_version(item: &Item, id: &Element, mode: &str) -> Result<(), Failure> {
    if mode == "AlwaysOverwrite" {
        return Ok(());
    }
    let text = id.get_attribute("ChangeKey").unwrap_or_default();
    if text.is_empty() {
        return Err(Failure::new(
            "ErrorChangeKeyRequired",
            "The change key is required for this operation.",
        ));
    }
    let known = read_change_key(text)
        .ok_or_else(|| Failure::new("ErrorInvalidChangeKey", "The change key is invalid."))?;
    if mode == "NeverOverwrite" && known != item.change() {
        return Err(Failure::new(
            "ErrorIrresolvableConflict",
            "The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.",
        ));
    }
    Ok(())
}
