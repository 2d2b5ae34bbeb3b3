//! CreateAttachment, GetAttachment, DeleteAttachment.

use super::{Desk, list};
use crate::exchange::answer::answer;
use crate::exchange::failure::{Failure, Fault};
use crate::exchange::identity::{Id, IdError, ItemKey};
use crate::exchange::mailbox::Edit;
use crate::exchange::render;
use crate::exchange::write;
use crate::exchange::xml::Element;

pub(super) fn create(desk: &mut Desk<'_>, request: &Element) -> Result<Element, Fault> {
    let parent = request.get("ParentItemId");
    let mut one = |attachment: &Element| {
        let id = parent.ok_or(IdError::Empty)?;
        let parent = as_item_id(id);
        let item = desk.item(&parent)?.into_owned();
        let number = item.next_attachment;
        let changed = match &item.occurrence {
            None => {
                let mut changed = item.clone();
                write::attach(&mut changed, attachment);
                changed
            }
            Some(occurrence) => {
                let (master, occasion) = (desk.stored(item.key)?, desk.occasion());
                write::with_occurrence(master, occurrence.day, &occasion, |item| {
                    write::attach(item, attachment);
                    Ok(())
                })?
            }
        };
        desk.mailbox
            .edit_item(item.key, Edit::Content, desk.now, |item| *item = changed);
        let item = desk.item(&parent)?;
        let id = render::attachment_id(desk.mailbox, &item, number)
            .attribute("RootItemId", desk.mailbox.encode(render::id_of(&item)))
            .attribute("RootItemChangeKey", item.change_key());
        Ok(vec![
            Element::m("Attachments").child(Element::t(attachment.name.clone()).child(id)),
        ])
    };
    let results: Vec<_> = list(request, "Attachments").iter().map(&mut one).collect();
    Ok(answer("CreateAttachment", results))
}

/// The parent's element has a name of its own; it names an item all the same.
fn as_item_id(parent: &Element) -> Element {
    Element {
        name: "ItemId".to_owned(),
        ..parent.clone()
    }
}

fn key_of(desk: &Desk<'_>, id: &Element) -> Result<(ItemKey, u32), Failure> {
    match Id::decode(
        id.get_attribute("Id").unwrap_or_default(),
        &desk.mailbox.guid,
    )? {
        Id::Attachment(key, number) => Ok((key, number)),
        Id::Item(_) | Id::Folder(_) | Id::Occurrence(..) => Err(Failure::new(
            "ErrorInvalidAttachmentId",
            "The attachment id is invalid.",
        )),
    }
}

fn not_there() -> Failure {
    Failure::new(
        "ErrorItemNotFound",
        "The attachment was not found in the store.",
    )
}

pub(super) fn get(desk: &mut Desk<'_>, request: &Element) -> Result<Element, Fault> {
    let one = |id: &Element| {
        let (key, number) = key_of(desk, id)?;
        let item = desk.mailbox.item(key).ok_or_else(Failure::item_not_found)?;
        let shown = render::attachment(desk.mailbox, item, number).ok_or_else(not_there)?;
        Ok(vec![Element::m("Attachments").child(shown)])
    };
    Ok(answer(
        "GetAttachment",
        list(request, "AttachmentIds").iter().map(one),
    ))
}

pub(super) fn delete(desk: &mut Desk<'_>, request: &Element) -> Result<Element, Fault> {
    let mut one = |id: &Element| {
        let (key, number) = key_of(desk, id)?;
        let item = desk.mailbox.item(key).ok_or_else(Failure::item_not_found)?;
        if item.attachment(number).is_none() {
            return Err(not_there());
        }
        let drop_it = |item: &mut crate::exchange::item::Item| {
            item.attachments.retain(|one| one.number != number);
            for exception in item.changes.exceptions.values_mut() {
                exception.attachments.retain(|one| one.number != number);
            }
        };
        desk.mailbox
            .edit_item(key, Edit::Content, desk.now, drop_it);
        let item = desk.mailbox.item(key).ok_or_else(Failure::item_not_found)?;
        let root = Element::m("RootItemId")
            .attribute("RootItemId", desk.mailbox.encode(Id::Item(key)))
            .attribute("RootItemChangeKey", item.change_key());
        Ok(vec![root])
    };
    let results: Vec<_> = list(request, "AttachmentIds")
        .iter()
        .map(&mut one)
        .collect();
    Ok(answer("DeleteAttachment", results))
}
