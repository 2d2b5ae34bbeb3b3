//! The values of a record, from the CRM's form to ours and back. Which field is which is in `fields`.

use std::collections::HashMap;

use model::{Component, Field, Fields, Owner, Record, RecordId, UserId};
use sha2::{Digest, Sha256};

use super::fields::{Kind, Mapped, Mapping};
use super::pick_list::{COMPLETED, spelling, stock_or_first};
use super::schedule::{self, Text};
use super::stock::{
    CREATED, END_DATE, END_TIME, EVENT_STATUS, HOURS, MINUTES, MODIFIED, OWNER, REMINDER,
    START_DATE, START_TIME, TYPE,
};
use super::times::Zones;
use crate::convert::ServerTime;
use crate::wire::request::Element;
use crate::wire::{Module, Row};

/// The time of day at which every task starts: tasks are of days, and the server wants one.
const MORNING: &str = "08:00:00";
const PRIVATE: &str = "Private";
const PUBLIC: &str = "Public";
/// What is set for an event that nobody has held yet.
const PLANNED: &str = "Planned";

/// What another record is called, and where it can be written to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// Its e-mail address, where somebody asked for it.
    pub address: String,
}

/// What is known of the records that others refer to, by id.
pub type Names = HashMap<String, Named>;

/// Whether a record is made or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// It must have whatever the CRM demands.
    Create,
    /// What cannot be said stays as it is.
    Update,
}

impl Mapping {
    /// The values under our names. An id without a name is one of a record that is gone or hidden: no value.
    pub fn read(&self, row: &Row, names: &Names, zones: &Zones) -> Fields {
        let schedule = match self
            .fields
            .iter()
            .any(|mapped| mapped.kind == Kind::Schedule)
        {
            true => schedule::read(&start_of(row), &end_of(row), zones),
            false => Fields::new(),
        };
        let value = |mapped: &Mapped| {
            let text = row.text(&mapped.name);
            match &mapped.kind {
                Kind::Text => text.to_owned(),
                Kind::Reference(_) => named(row, &mapped.name, names)
                    .map(|named| named.name.clone())
                    .unwrap_or_default(),
                Kind::People(columns) => columns
                    .iter()
                    .filter_map(|(column, _)| named(row, column, names))
                    .filter_map(invited)
                    .collect::<Vec<_>>()
                    .join("\n"),
                Kind::Day => schedule::day(text)
                    .map(|day| day.to_string())
                    .unwrap_or_default(),
                Kind::Schedule => schedule.get(mapped.field).to_owned(),
                Kind::Reminder => minutes(text)
                    .map(|number| number.to_string())
                    .unwrap_or_default(),
                Kind::Visibility(_) => match text.trim().eq_ignore_ascii_case(PRIVATE) {
                    true => "1".to_owned(),
                    false => String::new(),
                },
                Kind::Choice(list) => list.read(text).to_owned(),
            }
        };
        self.fields
            .iter()
            .map(|mapped| (mapped.field, value(mapped)))
            .collect()
    }

    /// The whole record in our words.
    pub fn record(&self, row: &Row, names: &Names, me: &UserId, time: &ServerTime) -> Record {
        Record {
            id: RecordId::new(row.id()),
            owner: self.owner(row, me),
            fields: self.read(row, names, time.zones()),
            created: time.read(row.text(CREATED)),
            modified: time.read(row.text(MODIFIED)),
        }
    }

    /// Whose record a row is (R1.5). One of a type that does not sync is nobody's here (R3.1).
    pub fn owner(&self, row: &Row, me: &UserId) -> Owner {
        match row.text(OWNER) == me.as_str() && self.is_of_our_type(row) {
            true => Owner::Me,
            false => Owner::Other,
        }
    }

    /// Whether records of this type sync.
    pub fn is_of_our_type(&self, row: &Row) -> bool {
        self.types().is_empty() || spelling(self.types(), row.text(TYPE)).is_some()
    }

    /// Whether two values of a field are the same in the CRM, however their lines end.
    pub fn is_same(&self, field: Field, one: &str, other: &str) -> bool {
        let reminder = self
            .get(field)
            .is_some_and(|mapped| mapped.kind == Kind::Reminder);
        let lines = |text: &str| text.replace("\r\n", "\n");
        lines(one) == lines(other) || reminder && minutes(one) == minutes(other)
    }

    /// Puts a value into what is to be written, and tells whether there is anything to write. Values of fields that the user cannot
    /// change are left out: the server would not take them either. Of a reference the value is the id.
    pub fn write(
        &self,
        element: &mut Element,
        field: Field,
        value: &str,
        occasion: Occasion,
    ) -> bool {
        let Some(mapped) = self.get(field).filter(|mapped| mapped.editable) else {
            return false;
        };
        let value = match &mapped.kind {
            Kind::Text | Kind::Reference(_) | Kind::Day => Some(value),
            // These go along with every write.
            Kind::Schedule | Kind::Reminder => return true,
            Kind::People(_) => None,
            Kind::Visibility(offered) => {
                let wanted = if value.is_empty() { PUBLIC } else { PRIVATE };
                match offered.is_empty() {
                    true => Some(wanted),
                    false => spelling(offered, wanted),
                }
            }
            Kind::Choice(list) => match occasion {
                Occasion::Create => list.write_new(value),
                Occasion::Update => list.write(value),
            },
        };
        if let Some(value) = value {
            element.set(&mapped.name, value);
        }
        value.is_some()
    }

    /// Puts in what goes along with every write: saving an event without its times and its reminder loses them, saving a task without
    /// its type makes an event of it (facts/crm.md 7). A reminder that is not named is cleared.
    pub fn go_along(&self, element: &mut Element, whole: &Fields, module: &Module, zones: &Zones) {
        let may = |field| self.get(field).is_some_and(|mapped| mapped.editable);
        match self.component {
            Component::Appointments => {
                if may(Field::Start) && may(Field::End) {
                    put_schedule(element, whole, module, zones);
                }
                let minutes = minutes(whole.get(Field::Reminder)).filter(|_| may(Field::Reminder));
                if let Some(minutes) = minutes {
                    element.set(REMINDER, &seconds(minutes));
                }
            }
            Component::Tasks => {
                element.set(TYPE, self.new_type().unwrap_or_default());
                for (field, name) in [(Field::Start, START_DATE), (Field::Due, END_DATE)] {
                    let day = self
                        .get(field)
                        .filter(|mapped| mapped.editable && mapped.name == name);
                    if day.is_some() && !whole.get(field).is_empty() {
                        element.set(name, whole.get(field));
                    }
                }
            }
            Component::Contacts | Component::Emails => {}
        }
    }

    /// Puts in what a new record gets that no field of ours tells.
    pub fn begin(&self, element: &mut Element, module: &Module) {
        match self.component {
            Component::Appointments => {
                let offered = module
                    .fields
                    .get(EVENT_STATUS)
                    .map(|meta| meta.values.as_slice());
                element.set(
                    EVENT_STATUS,
                    stock_or_first(offered.unwrap_or_default(), PLANNED),
                );
                element.set(TYPE, self.new_type().unwrap_or_default());
                self.write(element, Field::Private, "", Occasion::Create);
            }
            Component::Tasks => {
                element.set(START_TIME, MORNING);
                for (field, usual) in [(Field::Status, "NotStarted"), (Field::Priority, "Normal")] {
                    self.write(element, field, usual, Occasion::Create);
                }
            }
            Component::Contacts | Component::Emails => {}
        }
    }

    /// What a column must hold when the whole record is written as it was read: a reminder is read in minutes and written in seconds.
    /// `None`: it is left out, since it goes along by itself.
    pub fn rewritten(&self, name: &str, value: &str) -> Option<String> {
        match (name, self.component) {
            (REMINDER, Component::Appointments) => None,
            (REMINDER, Component::Tasks) => minutes(value).map(seconds),
            _ => Some(value.to_owned()),
        }
    }

    /// When the server will say that an appointment is, of which it was told this: where clocks are set back its texts mean two moments.
    pub fn kept(&self, fields: &Fields, zones: &Zones) -> Fields {
        let mut kept = fields.clone();
        if self.component == Component::Appointments {
            let texts = schedule::write(fields, zones);
            let [start, end] = [texts.start, texts.end].map(Option::unwrap_or_default);
            let read = schedule::read(&start, &end, zones);
            for field in [Field::Start, Field::End, Field::AllDay] {
                kept.set(field, read.get(field));
            }
        }
        kept
    }

    /// The CRM's values of a task that is done.
    pub fn completed(&self) -> Option<(&str, Vec<String>)> {
        let mapped = self.get(Field::Status)?;
        match &mapped.kind {
            Kind::Choice(list) => Some((&mapped.name, list.all_of(COMPLETED))),
            _ => None,
        }
    }

    /// A short text that differs when values are read otherwise: from other columns, with other words, of other types.
    pub fn reading(&self) -> String {
        let mut hasher = Sha256::new();
        let mut add = |text: &str| {
            hasher.update(text);
            hasher.update([0]);
        };
        self.types().iter().for_each(|kind| add(kind));
        for mapped in &self.fields {
            add(mapped.field.name());
            mapped.columns().for_each(&mut add);
            if let Kind::Choice(list) = &mapped.kind {
                for (theirs, ours) in list.readings() {
                    add(theirs);
                    add(ours);
                }
            }
        }
        short(hasher)
    }

    /// A short text that differs when a mapped value, the owner or the time of modification does.
    pub fn digest(&self, row: &Row) -> String {
        let mut hasher = Sha256::new();
        let mapped = self.fields.iter().flat_map(Mapped::columns);
        for name in [OWNER, MODIFIED].into_iter().chain(mapped) {
            // Empty references are written in several ways.
            let value = match row.text(name) {
                "0" => "",
                text => text,
            };
            hasher.update(name);
            hasher.update([0]);
            hasher.update(value);
            hasher.update([0]);
        }
        short(hasher)
    }
}

fn short(hasher: Sha256) -> String {
    let hash = hasher.finalize();
    hash.iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn named<'a>(row: &Row, column: &str, names: &'a Names) -> Option<&'a Named> {
    row.reference(column).and_then(|id| names.get(id))
}

/// One who can be invited: nobody without an address can.
fn invited(named: &Named) -> Option<String> {
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (name, address) = (one_line(&named.name), one_line(&named.address));
    match (name.is_empty(), address.is_empty()) {
        (_, true) => None,
        (true, false) => Some(format!("<{address}>")),
        (false, false) => Some(format!("{name} <{address}>")),
    }
}

fn start_of(row: &Row) -> Text {
    Text {
        date: row.text(START_DATE).to_owned(),
        time: row.text(START_TIME).to_owned(),
    }
}

fn end_of(row: &Row) -> Text {
    Text {
        date: row.text(END_DATE).to_owned(),
        time: row.text(END_TIME).to_owned(),
    }
}

fn put_schedule(element: &mut Element, whole: &Fields, module: &Module, zones: &Zones) {
    let texts = schedule::write(whole, zones);
    for (text, date, time) in [
        (texts.start, START_DATE, START_TIME),
        (texts.end, END_DATE, END_TIME),
    ] {
        if let Some(text) = text {
            element.set(date, &text.date);
            element.set(time, &text.time);
        }
    }
    if let Some(minutes) = texts.minutes {
        element.set(HOURS, &minutes.div_euclid(60).to_string());
        if module.fields.contains_key(MINUTES) {
            element.set(MINUTES, &minutes.rem_euclid(60).to_string());
        }
    }
}

/// Minutes before the start; 0 is how the CRM writes that there is no reminder.
fn minutes(text: &str) -> Option<u32> {
    text.trim().parse().ok().filter(|minutes| *minutes > 0)
}

fn seconds(minutes: u32) -> String {
    (u64::from(minutes) * 60).to_string()
}

#[cfg(test)]
mod tests;
