//! The query language: reads a query, finds the rows, leaves out those the user may not see. At most a hundred rows, whatever the
//! limit says; rows without permission are dropped after the limit, so that a short page is not the end.
//! Deliberately not here: a database. The comparisons behave as the database's do.

mod condition;
mod lexer;
mod parser;
mod plan;

use super::collation;
use super::error::CrmError;
use super::module::{Kind, Module, Slot};
use super::records::{Number, Record};
use super::{Flavour, World, view};
use condition::Condition;
use parser::{Columns, Order, Query};
use serde_json::{Map, Value, json};

/// The most rows of one answer.
const MOST_ROWS: usize = 100;

/// Runs a query for a user.
pub(super) fn run(
    world: &World,
    flavour: Flavour,
    user: Number,
    text: &str,
) -> Result<Vec<Map<String, Value>>, CrmError> {
    // The module is looked for before the query is read, so that rubbish is denied and not called a syntax error.
    let module = world.open_module(user, module_name(text).ok_or_else(CrmError::denied)?)?;
    let module = &*module;
    let query = parser::parse(text)?;
    let columns = columns(module, &query.columns)?;
    let order = query
        .order
        .as_ref()
        .map(|order| order_places(module, order))
        .transpose()?;
    let conditions = conditions(world, module, &query)?;
    if query.columns == Columns::Count {
        return Ok(count(world, flavour, module, &conditions));
    }
    let found = found(world, module, &conditions, order.as_ref(), &query);
    let seen = found
        .into_iter()
        .filter(|record| world.directory.reaches(user, record));
    let row = |record| match query.columns {
        Columns::All => view::whole_row(world, record),
        _ => view::row(world, record, &columns),
    };
    Ok(seen.map(row).collect())
}

/// What stands after the first `from`.
fn module_name(text: &str) -> Option<&str> {
    let mut words = text.split_whitespace();
    words.find(|word| word.eq_ignore_ascii_case("from"))?;
    words.next().map(|name| name.trim_end_matches(';'))
}

fn place(module: &Module, name: &str) -> Result<usize, CrmError> {
    if name.contains('.') {
        // Fields of referenced records are read and then break.
        return Err(CrmError::internal());
    }
    module.place(name).ok_or_else(|| CrmError::no_field(name))
}

fn columns(module: &Module, columns: &Columns) -> Result<Vec<usize>, CrmError> {
    match columns {
        Columns::All => Ok((0..module.fields.len()).collect()),
        Columns::Count => Ok(Vec::new()),
        Columns::Named(names) => names.iter().map(|name| place(module, name)).collect(),
    }
}

fn conditions(
    world: &World,
    module: &Module,
    query: &Query,
) -> Result<Vec<Vec<Condition>>, CrmError> {
    let one = |read: &parser::Comparison| {
        Condition::new(module, place(module, &read.field)?, read, &world.zone)
    };
    query
        .any_of
        .iter()
        .map(|all_of| all_of.iter().map(one).collect())
        .collect()
}

/// By which fields, and in which direction all of them.
struct Sorting {
    places: Vec<usize>,
    direction: parser::Direction,
}

fn order_places(module: &Module, order: &Order) -> Result<Sorting, CrmError> {
    let places = order
        .fields
        .iter()
        .map(|field| place(module, field))
        .collect::<Result<_, _>>()?;
    Ok(Sorting {
        places,
        direction: order.direction,
    })
}

fn count(
    world: &World,
    flavour: Flavour,
    module: &Module,
    conditions: &[Vec<Condition>],
) -> Vec<Map<String, Value>> {
    match flavour {
        // What 8.4 answers, whatever there is.
        Flavour::Eight => Vec::new(),
        Flavour::Five => {
            let count = plan::candidates(&world.records, module, conditions)
                .filter(|record| matches(conditions, record))
                .count();
            json!({ "count": count.to_string() })
                .as_object()
                .cloned()
                .into_iter()
                .collect()
        }
    }
}

fn found<'a>(
    world: &'a World,
    module: &Module,
    conditions: &[Vec<Condition>],
    sorting: Option<&Sorting>,
    query: &Query,
) -> Vec<&'a Record> {
    let most = query.limit.map_or(MOST_ROWS, |limit| limit.min(MOST_ROWS));
    let matching = plan::candidates(&world.records, module, conditions)
        .filter(|record| matches(conditions, record));
    match sorting {
        Some(sorting) if !sorting.is_by_number(module) => {
            let mut all: Vec<_> = matching
                .map(|record| (sorting.keys(module, record), record))
                .collect();
            all.sort_by(|(left, one), (right, other)| {
                sorting
                    .direction
                    .apply(left.cmp(right))
                    .then(one.number.cmp(&other.number))
            });
            all.into_iter()
                .map(|(_, record)| record)
                .skip(query.offset)
                .take(most)
                .collect()
        }
        // Candidates come by number, so that the first rows are found without looking at the others.
        _ => matching.skip(query.offset).take(most).collect(),
    }
}

fn matches(any_of: &[Vec<Condition>], record: &Record) -> bool {
    any_of.is_empty()
        || any_of
            .iter()
            .any(|all_of| all_of.iter().all(|condition| condition.holds(record)))
}

/// What rows are sorted by: numbers before texts never happens, a field has one kind.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Number(i64),
    Text(String),
}

impl Sorting {
    fn is_by_number(&self, module: &Module) -> bool {
        let first = self.places.first().map(|place| module.fields[*place].slot);
        first == Some(Slot::Id) && self.direction == parser::Direction::Ascending
    }

    fn keys(&self, module: &Module, record: &Record) -> Vec<Key> {
        self.places
            .iter()
            .map(|place| key(module, *place, record))
            .collect()
    }
}

fn key(module: &Module, place: usize, record: &Record) -> Key {
    let as_number = |number: Number| Key::Number(i64::try_from(number.0).unwrap_or(i64::MAX));
    match module.fields[place].slot {
        Slot::Id => as_number(record.number),
        Slot::Owner => as_number(record.owner),
        Slot::ModifiedBy => as_number(record.modified_by),
        Slot::Created => Key::Number(record.created),
        Slot::Modified => Key::Number(record.modified),
        Slot::Value => match module.fields[place].kind {
            Kind::Integer => Key::Number(super::values::whole_number(&record.values[place])),
            _ => Key::Text(collation::key(&record.values[place])),
        },
    }
}

#[cfg(test)]
mod tests;
