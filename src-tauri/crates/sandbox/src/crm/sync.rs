//! The sync operation: what changed later than a second, of records the user owns now. A record given away is neither updated nor
//! deleted; whole seconds; the hundred earliest and all that share the last one's second.
//! Deliberately not here: anything about other users' records, which only administrators may ask for.

use super::error::CrmError;
use super::records::{Life, Number};
use super::{World, view};
use serde_json::{Value, json};

/// How many records make a page, ties aside.
const PAGE: usize = 100;

/// Runs sync for a user.
pub(super) fn run(
    world: &World,
    user: Number,
    since: &str,
    module: &str,
    kind: &str,
) -> Result<Value, CrmError> {
    let since = super::values::whole_number(since);
    if since == 0 || module.is_empty() || module == "Emails" {
        // PHP falls over each of these (facts, section 6).
        return Err(CrmError::Broken);
    }
    let module = world.directory.open_module(user, module)?;
    if !module.is_entity() {
        return Err(CrmError::denied());
    }
    let owners = match kind {
        "application" => {
            return Err(CrmError::refused(
                "ACCESS_DENIED",
                "Only admin users can perform application sync",
            ));
        }
        "userandgroup" => world.directory.owners(user),
        _ => vec![user],
    };
    let after = |second| {
        owners
            .iter()
            .flat_map(move |owner| world.records.changed_after(module.id, *owner, second))
    };
    let mut earliest: Vec<_> = owners
        .iter()
        .flat_map(|owner| {
            world
                .records
                .changed_after(module.id, *owner, since)
                .take(PAGE)
        })
        .collect();
    earliest.sort_unstable();
    earliest.truncate(PAGE);
    let last = earliest.last().map_or(since, |(second, _)| *second);
    let mut page: Vec<_> = owners
        .iter()
        .flat_map(|owner| {
            world
                .records
                .changed_after(module.id, *owner, since)
                .take_while(|(second, _)| *second <= last)
        })
        .collect();
    page.sort_unstable();
    let all: Vec<usize> = (0..module.fields.len()).collect();
    let records = || {
        page.iter()
            .filter_map(|(_, number)| world.records.get(*number))
    };
    let updated: Vec<_> = records()
        .filter(|record| record.life == Life::Living)
        .map(|record| view::row(&world.records, record, &all))
        .collect();
    let deleted: Vec<_> = records()
        .filter(|record| record.life == Life::Deleted)
        .map(|record| record.id())
        .collect();
    let more = after(last).next().is_some();
    Ok(json!({ "updated": updated, "deleted": deleted, "more": more, "lastModifiedTime": last }))
}
