//! Create, update, revise, delete: the checks in the order in which vtiger makes them, then the change.
//! Deliberately not here: sessions, faults and the journal.

use super::error::CrmError;
use super::module::{self, Field, Flag, Kind, Module, Slot};
use super::records::{Life, Number, Record};
use super::users::Rights;
use super::{Flavour, World, activity, emails, values};
use serde_json::{Map, Value};
use std::sync::Arc;

/// What is sent: field names and values.
pub(super) type Element = Map<String, Value>;

/// Who writes, when, and how a record that comes in is marked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Writer {
    pub(super) user: Number,
    pub(super) now: i64,
    pub(super) source: Source,
    pub(super) flavour: Flavour,
}

/// Through which door a record came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// Through the web service.
    WebService,
    /// Through the CRM's own pages.
    Pages,
}

/// How an existing record is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// `update` of 8.x: all mandatory fields are sent, others stay. "" leaves a reference alone.
    Merge,
    /// `update` of 5.x: what is not sent becomes empty.
    Replace,
    /// `revise`: only what is sent changes.
    Revise,
}

impl Change {
    /// What `update` does in this version.
    pub(super) fn of_update(flavour: Flavour) -> Self {
        match flavour {
            Flavour::Eight => Self::Merge,
            Flavour::Five => Self::Replace,
        }
    }
}

/// Creates a record.
pub(super) fn create(
    world: &mut World,
    writer: Writer,
    module: &str,
    element: &Element,
) -> Result<Number, CrmError> {
    let module = &world.open_module(writer.user, module)?;
    if world.directory.rights(writer.user, module) != Rights::Full {
        return Err(CrmError::no_right_to_write());
    }
    check_references(module, element)?;
    check_mandatory(module, element, Absent::Missing)?;
    let element = &emails::as_stored(module, element, None);
    let owner = owner(world, element)?.ok_or_else(|| CrmError::missing("assigned_user_id"))?;
    let mut values: Vec<String> = module
        .fields
        .iter()
        .map(|field| field.initial.clone())
        .collect();
    fill(world, module, &mut values, element, Change::Revise)?;
    check_unique(world, module, &values, None, writer.flavour)?;
    let number = world.next_number();
    mark(world, module, &mut values, writer.source);
    let mut record = Record {
        number,
        module: Arc::clone(module),
        owner,
        created: writer.now,
        modified: writer.now,
        modified_by: writer.user,
        life: Life::Living,
        values,
        invited: Vec::new(),
    };
    activity::saved(world, &mut record, writer.source, element)?;
    world.records.insert(record);
    emails::saved(world, number, element);
    Ok(number)
}

/// What the server itself fills in: the running number and where the record came from.
fn mark(world: &mut World, module: &Module, values: &mut [String], source: Source) {
    if let Some((place, letters)) = &module.numbering {
        values[*place] = format!("{letters}{}", world.next_of(module.id));
    }
    if let Some(place) = module.place("source") {
        values[place] = match source {
            Source::WebService => "WEBSERVICE".to_owned(),
            Source::Pages => "CRM".to_owned(),
        };
    }
}

/// Changes a record.
pub(super) fn change(
    world: &mut World,
    writer: Writer,
    element: &Element,
    change: Change,
) -> Result<Number, CrmError> {
    let id = element
        .get("id")
        .map(values::plain)
        .transpose()?
        .ok_or_else(CrmError::bad_id)?;
    let old = writable(world, writer.user, &id)?.clone();
    let module = &*old.module;
    check_references(module, element)?;
    let absent = if change == Change::Revise {
        Absent::Fine
    } else {
        Absent::Missing
    };
    check_mandatory(module, element, absent)?;
    let element = &emails::as_stored(module, element, Some(change));
    let owner = owner(world, element)?.unwrap_or(old.owner);
    let mut values = old.values.clone();
    if change == Change::Replace {
        let replaced = module
            .fields
            .iter()
            .zip(&mut values)
            .filter(|(field, _)| is_writable(field));
        replaced.for_each(|(field, value)| value.clone_from(&field.initial));
    }
    fill(world, module, &mut values, element, change)?;
    check_unique(world, module, &values, Some(old.number), writer.flavour)?;
    let number = old.number;
    let mut changed = Record {
        values,
        owner,
        modified: writer.now,
        modified_by: writer.user,
        ..old
    };
    activity::saved(world, &mut changed, writer.source, element)?;
    world.records.change(number, |record| *record = changed);
    emails::saved(world, number, element);
    Ok(number)
}

/// Moves a record to the recycle bin.
pub(super) fn delete(world: &mut World, writer: Writer, id: &str) -> Result<Number, CrmError> {
    let number = writable(world, writer.user, id)?.number;
    set_life(world, writer, number, Life::Deleted);
    Ok(number)
}

/// Takes a record out of the recycle bin; it keeps its id, its time of change moves.
pub(super) fn restore(world: &mut World, writer: Writer, id: &str) -> Result<Number, CrmError> {
    let number = id
        .split_once('x')
        .and_then(|(_, number)| number.parse().ok())
        .map(Number)
        .ok_or_else(CrmError::bad_id)?;
    world
        .records
        .get(number)
        .filter(|record| record.life == Life::Deleted)
        .ok_or_else(CrmError::denied)?;
    set_life(world, writer, number, Life::Living);
    Ok(number)
}

/// Invites users to an event.
pub(super) fn invite(
    world: &mut World,
    writer: Writer,
    id: &str,
    users: &[Number],
) -> Result<(), CrmError> {
    let record = writable(world, writer.user, id)?;
    if record.module.name != "Events" {
        return Err(CrmError::denied());
    }
    let number = record.number;
    world.records.change(number, |record| {
        record.modified = writer.now;
        record.modified_by = writer.user;
        for user in users {
            if !record.invited.contains(user) {
                record.invited.push(*user);
            }
        }
    });
    Ok(())
}

fn set_life(world: &mut World, writer: Writer, number: Number, life: Life) {
    world.records.change(number, |record| {
        record.life = life;
        record.modified = writer.now;
        record.modified_by = writer.user;
    });
}

/// The living record of an id, if its module is open to the user. Sharing is not asked.
pub(super) fn reachable<'a>(
    world: &'a World,
    user: Number,
    id: &str,
) -> Result<&'a Record, CrmError> {
    let (prefix, number) = id.split_once('x').ok_or_else(CrmError::denied)?;
    let module = prefix
        .parse()
        .ok()
        .and_then(module::name_with_prefix)
        .ok_or_else(CrmError::denied)?;
    let module = world.open_module(user, module)?;
    let number = number.parse().map(Number).map_err(|_| CrmError::bad_id())?;
    let record = world.records.living(number).ok_or_else(CrmError::denied)?;
    if record.module == module {
        Ok(record)
    } else {
        Err(CrmError::bad_id())
    }
}

/// The living record of an id, if the user may change it.
pub(super) fn writable<'a>(
    world: &'a World,
    user: Number,
    id: &str,
) -> Result<&'a Record, CrmError> {
    if !id.contains('x') {
        return Err(CrmError::bad_id());
    }
    let record = reachable(world, user, id)?;
    let rights = world.directory.rights(user, &record.module);
    if rights == Rights::Full && world.directory.reaches(user, record) {
        Ok(record)
    } else {
        Err(CrmError::no_right_on_record())
    }
}

/// Whether a client's value for the field is stored.
fn is_writable(field: &Field) -> bool {
    field.slot == Slot::Value && !field.is(Flag::ReadOnly) && !field.is(Flag::Computed)
}

/// The id that is sent for a reference.
fn reference(field: &Field, sent: &Value) -> Result<String, CrmError> {
    let id = values::plain(sent)?;
    Ok(match id.split_once(';') {
        Some((first, _)) if field.is(Flag::FirstOfSeveral) => first.to_owned(),
        _ => id,
    })
}

/// Whether a mandatory field that is not sent at all counts as missing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Absent {
    Missing,
    Fine,
}

fn check_mandatory(module: &Module, element: &Element, absent: Absent) -> Result<(), CrmError> {
    let missing = |field: &&Field| match element.get(&field.name) {
        None => absent == Absent::Missing,
        Some(sent) => sent.is_null() || sent.as_str() == Some(""),
    };
    let mandatory = module
        .fields
        .iter()
        .filter(|field| field.is(Flag::Mandatory));
    mandatory
        .filter(missing)
        .map(|field| Err(CrmError::missing(&field.name)))
        .next()
        .unwrap_or(Ok(()))
}

/// References must name a module the field may point to. Whether the record is there does not matter.
fn check_references(module: &Module, element: &Element) -> Result<(), CrmError> {
    for field in module.fields.iter().filter(|field| is_writable(field)) {
        let (Kind::Reference(targets), Some(sent)) = (&field.kind, element.get(&field.name)) else {
            continue;
        };
        let id = reference(field, sent)?;
        if id.is_empty() {
            continue;
        }
        let (prefix, number) = id.split_once('x').ok_or_else(CrmError::bad_id)?;
        number.parse::<u64>().map_err(|_| CrmError::bad_id())?;
        let prefix: u32 = prefix.parse().map_err(|_| CrmError::bad_id())?;
        let target = if prefix == module::USERS_PREFIX {
            "Users"
        } else {
            module::name_with_prefix(prefix).ok_or_else(CrmError::denied)?
        };
        if !targets.iter().any(|allowed| allowed == target) {
            return Err(CrmError::bad_reference(&field.name));
        }
    }
    Ok(())
}

fn owner(world: &World, element: &Element) -> Result<Option<Number>, CrmError> {
    let Some(sent) = element.get("assigned_user_id") else {
        return Ok(None);
    };
    let id = values::plain(sent)?;
    world
        .directory
        .owner(&id)
        .map(Some)
        .ok_or_else(CrmError::no_such_owner)
}

/// Puts what was sent into the values. A reference to nothing that is there becomes empty.
fn fill(
    world: &World,
    module: &Module,
    into: &mut [String],
    element: &Element,
    change: Change,
) -> Result<(), CrmError> {
    for (field, value) in module
        .fields
        .iter()
        .zip(into)
        .filter(|(field, _)| is_writable(field))
    {
        let Some(sent) = element.get(&field.name) else {
            continue;
        };
        if let Kind::Reference(_) = field.kind {
            if change == Change::Merge && sent.as_str() == Some("") {
                continue;
            }
            let id = reference(field, sent)?;
            let number = id
                .split_once('x')
                .and_then(|(_, number)| number.parse().ok())
                .map(Number);
            let there = number.is_some_and(|number| world.records.living(number).is_some());
            *value = if there { id } else { String::new() };
        } else {
            *value = values::stored(field, sent)?;
        }
    }
    Ok(())
}

/// No two living records may be the same to the database in a unique field. 5.x does not look.
fn check_unique(
    world: &World,
    module: &Module,
    values: &[String],
    itself: Option<Number>,
    flavour: Flavour,
) -> Result<(), CrmError> {
    if flavour == Flavour::Five {
        return Ok(());
    }
    let unique = module
        .fields
        .iter()
        .enumerate()
        .filter(|(_, field)| field.is(Flag::Unique));
    for (place, _) in unique {
        let same = world.records.with_text(module.id, place, &values[place]);
        if same.iter().any(|number| Some(*number) != itself) {
            return Err(CrmError::Duplicate);
        }
    }
    Ok(())
}
