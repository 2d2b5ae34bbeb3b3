//! A record as the service shows it: the same empty value reads "" in a single record and null in a list, a reference to something
//! deleted reads null, and a single record carries a label.
//! Deliberately not here: which records somebody may see.

mod entities;

pub(super) use entities::escaped;

use super::module::{Field, Flag, Kind, Module, Slot};
use super::records::{Number, Record, Records};
use super::users::owner_id;
use super::{Flavour, World};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

/// Where a record is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The answer of create, retrieve, update, revise.
    Single,
    /// A row of query and sync.
    List,
}

/// A record as create, retrieve, update and revise answer it.
pub(super) fn single(world: &World, record: &Record, flavour: Flavour) -> Map<String, Value> {
    let module = &*record.module;
    let mut shown: Map<String, Value> = shown_places(module)
        .map(|place| shown(world, record, place, Place::Single))
        .collect();
    name_files(world, record, &mut shown);
    if let Some(key) = &module.own_key {
        shown.insert(key.clone(), record.number.to_string().into());
    } else if flavour == Flavour::Eight {
        shown.insert("label".to_owned(), escaped(&label(module, record)).into());
    }
    shown
}

/// A record as a row with everything.
pub(super) fn whole_row(world: &World, record: &Record) -> Map<String, Value> {
    let places: Vec<usize> = shown_places(&record.module).collect();
    let mut row = row(world, record, &places);
    name_files(world, record, &mut row);
    row
}

fn shown_places(module: &Module) -> impl Iterator<Item = usize> {
    let fields = module.fields.iter().enumerate();
    let shown = fields.filter(|(_, field)| !field.is(Flag::NotShown));
    shown.map(|(place, _)| place)
}

/// The ids of its files, where it has some.
fn name_files(world: &World, record: &Record, shown: &mut Map<String, Value>) {
    let ids = world.files.ids(record);
    shown.extend(ids.map(|ids| ("imageattachmentids".to_owned(), ids.into())));
}

/// A record as a row with these fields; the id always comes along.
pub(super) fn row(world: &World, record: &Record, places: &[usize]) -> Map<String, Value> {
    let mut row: Map<String, Value> = places
        .iter()
        .map(|place| shown(world, record, *place, Place::List))
        .collect();
    row.insert("id".to_owned(), record.id().into());
    row
}

/// A time as text in the server's zone.
pub(super) fn time_text(zone: &TimeZone, second: i64) -> String {
    let time = Timestamp::from_second(second).unwrap_or(Timestamp::MAX);
    let time = zone.to_datetime(time);
    time.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn shown(world: &World, record: &Record, place: usize, at: Place) -> (String, Value) {
    let field = &record.module.fields[place];
    let value = match field.slot {
        Slot::Id => record.id().into(),
        Slot::Owner => owner_id(record.owner).into(),
        Slot::Created => time_text(&world.zone, record.created).into(),
        Slot::Modified => time_text(&world.zone, record.modified).into(),
        Slot::ModifiedBy => owner_id(record.modified_by).into(),
        Slot::Value => value(&world.records, field, stored(record, place, at), at),
    };
    (field.name.clone(), value)
}

/// What a list takes for the status of an event is that of the task, where it is one (sync_Calendar.json of the recorded samples).
fn stored(record: &Record, place: usize, at: Place) -> &str {
    let own = &record.values[place];
    if at == Place::Single || !record.module.fields[place].is(Flag::TaskStatusInLists) {
        return own;
    }
    let of_task = record.module.place("taskstatus");
    let of_task = of_task.map(|place| record.values[place].as_str());
    of_task.filter(|status| !status.is_empty()).unwrap_or(own)
}

fn value(records: &Records, field: &Field, stored: &str, at: Place) -> Value {
    let text = match field.kind {
        Kind::Reference(_) if !points_somewhere(records, stored) => "",
        _ => stored,
    };
    let null = match (&field.kind, at) {
        (Kind::Reference(_), Place::Single) => !field.is(Flag::EmptyText),
        (Kind::Reference(_) | Kind::Date | Kind::Integer, Place::List) => true,
        _ => false,
    };
    if text.is_empty() && null {
        Value::Null
    } else {
        text.into()
    }
}

/// Whether a stored reference leads to something that is still there.
fn points_somewhere(records: &Records, id: &str) -> bool {
    Number::of_id(id).is_some_and(|number| records.living(number).is_some())
}

fn label(module: &Module, record: &Record) -> String {
    let parts = module
        .label_from
        .iter()
        .map(|place| record.values[*place].as_str());
    parts
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
