//! The sync operation: what changed later than a second, of records the user owns now. A record given away is neither updated nor
//! deleted; whole seconds; the hundred earliest and all that share the last one's second.
//! Deliberately not here: anything about other users' records, which only administrators may ask for.

use super::error::CrmError;
use super::module::ModuleId;
use super::records::{Life, Number, Record};
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
    let module = world.open_module(user, module)?;
    if !module.is_entity() {
        return Err(CrmError::denied());
    }
    let owners = owners(world, user, kind)?;
    let page = page(world, module.id, &owners, since);
    let all: Vec<usize> = (0..module.fields.len()).collect();
    let (mut updated, mut deleted) = (Vec::new(), Vec::new());
    for record in page.records {
        match record.life {
            Life::Living => updated.push(view::row(world, record, &all)),
            Life::Deleted => deleted.push(record.id()),
        }
    }
    Ok(
        json!({ "updated": updated, "deleted": deleted, "more": page.more, "lastModifiedTime": page.last }),
    )
}

fn owners(world: &World, user: Number, kind: &str) -> Result<Vec<Number>, CrmError> {
    match kind {
        "application" => Err(CrmError::refused(
            "ACCESS_DENIED",
            "Only admin users can perform application sync",
        )),
        "userandgroup" => Ok(world.directory.owners(user)),
        _ => Ok(vec![user]),
    }
}

/// The records of one answer.
struct Page<'a> {
    records: Vec<&'a Record>,
    /// The second of the last one, or the one that was asked from.
    last: i64,
    /// Whether there are later ones.
    more: bool,
}

fn page<'a>(world: &'a World, module: ModuleId, owners: &[Number], since: i64) -> Page<'a> {
    let after = |second: i64| {
        owners
            .iter()
            .map(move |owner| world.records.changed_after(module, *owner, second))
    };
    let mut earliest: Vec<_> = after(since)
        .flat_map(|changed| changed.take(PAGE))
        .collect();
    earliest.sort_unstable();
    earliest.truncate(PAGE);
    let last = earliest.last().map_or(since, |(second, _)| *second);
    let mut changed: Vec<_> = after(since)
        .flat_map(|changed| changed.take_while(|(second, _)| *second <= last))
        .collect();
    changed.sort_unstable();
    let records = changed
        .into_iter()
        .filter_map(|(_, number)| world.records.get(number))
        .collect();
    let more = after(last).flatten().next().is_some();
    Page {
        records,
        last,
        more,
    }
}
