//! What is special to events and tasks, two modules over one table: which of the two a record is, the duration that follows from its
//! times, the reminder, and those who are invited. What each save through the service loses is measured (facts, section 7).
//! Deliberately not here: series, which the service does not show.

use super::World;
use super::error::CrmError;
use super::module::Module;
use super::records::Record;
use super::values::{self, whole_number};
use super::writes::{Element, Source};
use jiff::civil::{Date, DateTime, Time};
use std::sync::Arc;

/// What `activitytype` says of a task.
const TASK: &str = "Task";

/// Completes a record that is about to be stored, if it is an event or a task.
pub(super) fn saved(
    world: &World,
    record: &mut Record,
    source: Source,
    sent: &Element,
) -> Result<(), CrmError> {
    if !record.module.is_activity() {
        return Ok(());
    }
    // The CRM's own page for tasks asks for no type.
    if source == Source::Pages
        && record.module.name == "Calendar"
        && text(record, "activitytype").is_empty()
    {
        set(record, "activitytype", TASK.to_owned());
    }
    remind(record, source, sent)?;
    if source == Source::WebService {
        record.invited.clear();
    }
    measure(record, world);
    let home = if text(record, "activitytype") == TASK {
        "Calendar"
    } else {
        "Events"
    };
    let home = world.catalogue.named(home).expect("stock has both");
    *record = shown_as(record, home);
    Ok(())
}

/// The record with the fields of another of the two modules. The answer to a request shows a record as what it was asked for, even
/// where it became the other.
pub(super) fn shown_as(record: &Record, module: &Arc<Module>) -> Record {
    if record.module == *module {
        return record.clone();
    }
    let fields = module.fields.iter();
    let values = fields
        .map(|field| text(record, &field.name).to_owned())
        .collect();
    Record {
        module: Arc::clone(module),
        values,
        ..record.clone()
    }
}

/// The service takes seconds and every save through it without them takes the reminder away; the pages show and take minutes.
fn remind(record: &mut Record, source: Source, sent: &Element) -> Result<(), CrmError> {
    let given = sent.get("reminder_time").map(values::plain).transpose()?;
    let given = given.map(|given| whole_number(&given).max(0));
    let minutes = match (source, given) {
        // Less than a minute is one.
        (Source::WebService, Some(1..60)) => 1,
        (Source::WebService, given) => given.unwrap_or_default() / 60,
        (Source::Pages, Some(minutes)) => minutes,
        (Source::Pages, None) => whole_number(text(record, "reminder_time")),
    };
    let shown = match minutes {
        // An event without a reminder says 0, a task nothing (recorded samples).
        0 if text(record, "activitytype") == TASK => String::new(),
        minutes => minutes.to_string(),
    };
    set(record, "reminder_time", shown);
    Ok(())
}

/// Hours and minutes from the start to the end, negative where the end is earlier. A task without a time of its end ends with its
/// last day, that of the users: create_Calendar_task.json of the recorded samples has 63 hours.
fn measure(record: &mut Record, world: &World) {
    let day = |field| text(record, field).parse::<Date>().ok();
    let start =
        day("date_start").map(|day| day.to_datetime(time_of_day(text(record, "time_start"))));
    let end = day("due_date").and_then(|day| match text(record, "time_end") {
        "" => end_of_day(day, world),
        time => Some(day.to_datetime(time_of_day(time))),
    });
    let seconds = match (start, end) {
        (Some(start), Some(end)) => end.duration_since(start).as_secs(),
        _ => 0,
    };
    set(record, "duration_hours", (seconds / 3600).to_string());
    set(
        record,
        "duration_minutes",
        (seconds % 3600 / 60).to_string(),
    );
}

fn end_of_day(day: Date, world: &World) -> Option<DateTime> {
    let midnight = day.tomorrow().ok()?.to_zoned(world.users_zone.clone());
    let midnight = midnight.ok()?;
    Some(world.zone.to_datetime(midnight.timestamp()))
}

/// `HH:MM` and `HH:MM:SS`, as they are stored; anything else is midnight.
fn time_of_day(text: &str) -> Time {
    let mut parts = text.split(':').map(|part| part.parse().unwrap_or_default());
    let mut next = || parts.next().unwrap_or_default();
    Time::new(next(), next(), next(), 0).unwrap_or(Time::midnight())
}

fn text<'a>(record: &'a Record, field: &str) -> &'a str {
    let place = record.module.place(field);
    place.map_or("", |place| record.values[place].as_str())
}

fn set(record: &mut Record, field: &str, value: String) {
    if let Some(place) = record.module.place(field) {
        record.values[place] = value;
    }
}
