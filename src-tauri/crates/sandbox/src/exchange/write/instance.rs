//! Recurring tasks: only the instance that is due exists. Completing it, or changing its dates, makes a task of its own of it, with
//! everything it has; the recurring task keeps its id and goes on to its next dates ("UpdateItem (Task)" in Microsoft's Exchange 2010
//! documents). The dates follow MS-OXOTASK 3.1.4.6.2.

use super::Occasion;
use crate::exchange::failure::Failure;
use crate::exchange::item::{Item, Kind};
use crate::exchange::mode::Mode;
use crate::exchange::series::pattern::{End, Pattern};
use crate::exchange::xml::Element;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

const KIND: &str = "Task";

/// Judges the recurrence of a task and puts its days into the form Exchange shows.
pub(super) fn complete(item: &mut Item) -> Result<(), Failure> {
    let Some(mut recurrence) = item.fields.get("Recurrence").cloned() else {
        return Ok(());
    };
    if !is_regenerating(&recurrence) {
        Pattern::read(&recurrence)?.day_at(1).ok_or_else(|| {
            Failure::new(
                "ErrorRecurrenceHasNoOccurrence",
                "The recurrence has no occurrence.",
            )
        })?;
    }
    for range in &mut recurrence.children {
        for name in ["StartDate", "EndDate"] {
            if let (Some(day), Some(element)) = (day_in(range, name), range.get_mut(name)) {
                element.text = format!("{day}Z");
            }
        }
    }
    item.fields.set(KIND, recurrence);
    Ok(())
}

/// The task of its own and the recurring task with its next dates, if a change calls for them.
pub fn split(before: &Item, after: &Item, occasion: &Occasion) -> Option<(Item, Item)> {
    if after.kind != Kind::Task || occasion.mode == Mode::Gromox {
        return None;
    }
    let recurrence = after.fields.get("Recurrence")?;
    let done = |item: &Item| item.fields.text("Status") == Some("Completed");
    let dates = ["StartDate", "DueDate"];
    let is_same = |name: &&str| before.fields.text(name) == after.fields.text(name);
    let moved = before.fields.get("Recurrence") == Some(recurrence)
        && !is_regenerating(recurrence)
        && !dates.iter().all(is_same);
    let completed = done(after) && !done(before);
    if !completed && !moved {
        return None;
    }
    let next = next(before, after, occasion)?;
    let mut single = after.clone();
    single.fields.remove("Recurrence");
    single.search_key.clear();
    Some((single, next))
}

/// The recurring task with its next dates; `None` after its last instance.
pub fn next(before: &Item, after: &Item, occasion: &Occasion) -> Option<Item> {
    let recurrence = after.fields.get("Recurrence")?;
    let today = TimeZone::UTC.to_datetime(occasion.now).date();
    let (day, recurrence) = if is_regenerating(recurrence) {
        regenerated(recurrence, today)?
    } else {
        let pattern = Pattern::read(recurrence).ok()?;
        let current = day_of(before, "StartDate").or(day_of(before, "DueDate"));
        let day = pattern.day_after(current.unwrap_or(pattern.start))?;
        (day, recurrence.clone())
    };
    let mut next = after.clone();
    next.fields.set(KIND, recurrence);
    let length = day_of(before, "StartDate")
        .zip(day_of(before, "DueDate"))
        .and_then(|(start, due)| due.since(start).ok());
    let due = length.map_or(Some(day), |length| day.checked_add(length).ok())?;
    let mut set = |name: &str, day: Date| {
        if before.fields.get(name).is_some() {
            next.fields.set_text(KIND, name, format!("{day}T00:00:00Z"));
        }
    };
    set("StartDate", day);
    set("DueDate", due);
    next.fields.set_text(KIND, "Status", "NotStarted");
    next.fields.set_text(KIND, "PercentComplete", "0");
    next.fields.remove("CompleteDate");
    Some(next)
}

fn is_regenerating(recurrence: &Element) -> bool {
    recurrence
        .children
        .first()
        .is_some_and(|pattern| pattern.name.ends_with("Regeneration"))
}

/// The day after a completion, and the recurrence that is left then.
fn regenerated(recurrence: &Element, completed: Date) -> Option<(Date, Element)> {
    let mut left = recurrence.clone();
    let pattern = left.children.first()?;
    let interval: i64 = pattern.get_text("Interval")?.trim().parse().ok()?;
    let span = match pattern.name.as_str() {
        "DailyRegeneration" => interval.days(),
        "WeeklyRegeneration" => interval.weeks(),
        "MonthlyRegeneration" => interval.months(),
        _ => interval.years(),
    };
    let day = completed.checked_add(span).ok()?;
    let range = left.children.last_mut()?;
    match end_of(range) {
        End::Never => {}
        End::On(last) if day > last => return None,
        End::On(_) => {}
        End::After(count) => {
            // What is left is counted from the next one on.
            let count = count.checked_sub(1).filter(|left| *left > 0)?;
            range.get_mut("NumberOfOccurrences")?.text = count.to_string();
        }
    }
    range.get_mut("StartDate")?.text = format!("{day}Z");
    Some((day, left))
}

fn end_of(range: &Element) -> End {
    if let Some(last) = day_in(range, "EndDate") {
        return End::On(last);
    }
    let count = range.get_text("NumberOfOccurrences");
    count
        .and_then(|count| count.trim().parse().ok())
        .map_or(End::Never, End::After)
}

fn day_in(element: &Element, name: &str) -> Option<Date> {
    element.get_text(name)?.trim().get(..10)?.parse().ok()
}

fn day_of(item: &Item, name: &str) -> Option<Date> {
    item.fields.text(name)?.get(..10)?.parse().ok()
}
