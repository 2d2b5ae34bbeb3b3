//! The company's events and tasks as records. Times stand in the zone of the database, as the CRM's own pages put them there.
//! Deliberately not here: series, which the CRM has not.

use super::{Users, changed_at, made};
use crate::company::{
    Colleague, Company, Entry, EventKind, EventStatus, Priority, TaskCard, TaskStatus, Visibility,
};
use crate::crm::records::Number;
use crate::crm::writes::{self, Source, Writer};
use crate::crm::{Flavour, World};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::HashMap;

/// Loads the events in the order of their making; `contacts` are the ids of people by their place in the company.
pub(super) fn events(
    world: &mut World,
    company: &Company,
    users: Users,
    contacts: &HashMap<usize, String>,
) {
    let entries = company.appointments.iter();
    let mut entries: Vec<_> = entries
        .filter_map(|appointment| Some((appointment.owner, appointment.crm.as_ref()?)))
        .collect();
    entries.sort_by_key(|(_, entry)| entry.created);
    for (owner, entry) in entries {
        let about = entry.about.and_then(|place| contacts.get(&place));
        let about = about.map_or("", String::as_str);
        let (owner, by) = users.owner(owner);
        let writer = writer(by, entry.created);
        let id = event(world, writer, owner, entry, about);
        if entry.colleague == Colleague::Invited {
            writes::invite(world, writer, &id, &[users.colleague]).expect("just made by this user");
        }
        changed_at(world, &id, entry.modified);
    }
}

/// Loads the tasks in the order of their making.
pub(super) fn tasks(world: &mut World, company: &Company, users: Users) {
    let cards = company.tasks.iter();
    let mut cards: Vec<_> = cards
        .filter_map(|task| Some((task.owner, task.crm.as_ref()?)))
        .collect();
    cards.sort_by_key(|(_, card)| card.created);
    for (owner, card) in cards {
        let (owner, by) = users.owner(owner);
        let id = task(world, writer(by, card.created), owner, card);
        changed_at(world, &id, card.modified);
    }
}

fn writer(user: Number, now: i64) -> Writer {
    Writer {
        user,
        now,
        source: Source::Pages,
        flavour: Flavour::Eight,
    }
}

fn event(world: &mut World, writer: Writer, owner: Number, entry: &Entry, about: &str) -> String {
    let (start, end) = entry.when.span();
    let text = |moment: Timestamp, form| world.zone.to_datetime(moment).strftime(form).to_string();
    let reminder = entry.reminder.unwrap_or_default().to_string();
    let fields = [
        ("subject", entry.subject.as_str()),
        ("location", &entry.location),
        ("description", &entry.description),
        ("activitytype", kind(entry.kind)),
        ("eventstatus", status(entry.status)),
        ("date_start", &text(start, "%Y-%m-%d")),
        ("time_start", &text(start, "%H:%M:%S")),
        ("due_date", &text(end, "%Y-%m-%d")),
        ("time_end", &text(end, "%H:%M:%S")),
        ("duration_hours", "0"),
        ("visibility", visibility(entry.visibility)),
        ("reminder_time", &reminder),
        ("contact_id", about),
    ];
    made(world, writer, "Events", owner, &fields).expect("an event of the CRM has all it needs")
}

fn task(world: &mut World, writer: Writer, owner: Number, card: &TaskCard) -> String {
    let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let fields = [
        ("subject", card.subject.as_str()),
        ("description", &card.description),
        ("activitytype", "Task"),
        ("date_start", &day(card.start)),
        ("time_start", "08:00:00"),
        ("due_date", &day(card.due)),
        ("taskstatus", task_status(card.status)),
        ("taskpriority", priority(card.priority)),
    ];
    made(world, writer, "Calendar", owner, &fields).expect("a task of the CRM has both dates")
}

fn kind(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Meeting => "Meeting",
        EventKind::Call => "Call",
    }
}

fn status(status: EventStatus) -> &'static str {
    match status {
        EventStatus::Planned => "Planned",
        EventStatus::Held => "Held",
        EventStatus::NotHeld => "Not Held",
    }
}

fn visibility(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Public => "Public",
        Visibility::Private => "Private",
    }
}

fn task_status(status: TaskStatus) -> &'static str {
    match status {
        TaskStatus::NotStarted => "Not Started",
        TaskStatus::InProgress => "In Progress",
        TaskStatus::Completed => "Completed",
        TaskStatus::Waiting => "Pending Input",
        TaskStatus::Deferred => "Deferred",
        TaskStatus::Planned => "Planned",
    }
}

fn priority(priority: Priority) -> &'static str {
    match priority {
        Priority::High => "High",
        Priority::Normal => "Medium",
        Priority::Low => "Low",
    }
}
