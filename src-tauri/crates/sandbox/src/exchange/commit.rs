//! Puts what a write made of an item into the mailbox: as the item itself, as an exception of its series, or as two tasks where an
//! instance of a recurring one became a task of its own. Requests and acts both end here.
//! Deliberately not here: the change itself (`write`), and who asked for it.

use super::failure::Failure;
use super::identity::Id;
use super::item::Item;
use super::mailbox::{Edit, Mailbox};
use super::render;
use super::write::{self, Occasion};

/// Puts a changed item or occurrence in its place; returns the id of what was changed.
pub fn changed(
    mailbox: &mut Mailbox,
    before: &Item,
    after: Item,
    edit: Edit,
    occasion: &Occasion,
) -> Result<Id, Failure> {
    let (key, now) = (before.key, occasion.now);
    if let Some(occurrence) = &before.occurrence {
        let master = mailbox.item(key).ok_or_else(Failure::item_not_found)?;
        let master = write::with_occurrence(master, occurrence.day, occasion, |item| {
            *item = after;
            Ok(())
        })?;
        mailbox.edit_item(key, edit, now, |item| *item = master);
        return Ok(render::id_of(before));
    }
    if let Some((single, next)) = write::split(before, &after, occasion) {
        mailbox.edit_item(key, edit, now, |item| *item = next);
        return Ok(Id::Item(mailbox.add_item(before.folder, single, now)));
    }
    mailbox.edit_item(key, edit, now, |item| *item = after);
    Ok(Id::Item(key))
}

/// Takes one occurrence out of its series.
pub fn occurrence_deleted(
    mailbox: &mut Mailbox,
    item: &Item,
    occasion: &Occasion,
) -> Result<(), Failure> {
    let Some(occurrence) = &item.occurrence else {
        return Err(Failure::item_not_found());
    };
    let master = mailbox.item(item.key).ok_or_else(Failure::item_not_found)?;
    let changed = write::delete_occurrence(master, occurrence.day)?;
    mailbox.edit_item(item.key, Edit::Content, occasion.now, |item| {
        *item = changed
    });
    Ok(())
}

/// Takes the instance that is due out of a recurring task; whether there is another one.
pub fn instance_deleted(mailbox: &mut Mailbox, item: &Item, occasion: &Occasion) -> bool {
    match write::next(item, item, occasion) {
        Some(next) => {
            mailbox.edit_item(item.key, Edit::Content, occasion.now, |item| *item = next);
            true
        }
        None => false,
    }
}
