//! The company's appointments, series and tasks as items, made by the same rules as those of a request.
//! Deliberately not here: what the company is made of.

use super::{folder, html, moment, text_body};
use crate::company::{
    Company, Entry, Pattern, Priority, Range, Series, TaskCard, TaskStatus, Visibility, When,
};
use crate::exchange::item::Item;
use crate::exchange::mailbox::Mailbox;
use crate::exchange::render;
use crate::exchange::write;
use crate::exchange::xml::Element;
use jiff::civil::{Date, Weekday};

/// The Windows name of the zone everybody lives in.
const ZONE: &str = "W. Europe Standard Time";

/// Loads the appointments and series of the first user. Without any the folder is not there.
pub(super) fn appointments(mailbox: &mut Mailbox, company: &Company) {
    let entries = company.appointments.iter();
    let entries = entries.filter_map(|appointment| appointment.mailbox.as_ref());
    let singles = entries
        .enumerate()
        .map(|(number, entry)| (single(number, entry), entry.created, entry.modified));
    let series = company.series.iter().map(|series| {
        let Entry {
            created, modified, ..
        } = series.first;
        (master(series), created, modified)
    });
    add(
        mailbox,
        "calendar",
        "IPF.Appointment",
        singles.chain(series).collect(),
    );
}

/// Loads the tasks of the first user.
pub(super) fn tasks(mailbox: &mut Mailbox, company: &Company) {
    let cards = company.tasks.iter();
    let cards = cards.filter_map(|task| task.mailbox.as_ref());
    let items = cards.map(|card| (task(card), card.created, card.modified));
    add(mailbox, "tasks", "IPF.Task", items.collect());
}

/// Puts items with their times of making and changing into a new folder.
fn add(mailbox: &mut Mailbox, below: &str, class: &str, items: Vec<(Item, i64, i64)>) {
    let Some(earliest) = items.iter().map(|(_, created, _)| *created).min() else {
        return;
    };
    let folder = folder(mailbox, below, class, earliest);
    for (item, created, modified) in items {
        let key = mailbox.add_item(folder, item, moment(created));
        mailbox.set_modified(key, moment(modified));
    }
}

fn single(number: usize, entry: &Entry) -> Item {
    // Some notes are formatted, but none that are awkward in other ways too.
    let formatted = number % 5 == 4;
    create(element(entry, formatted), entry.created)
}

fn create(element: Element, created: i64) -> Item {
    write::create(&element, moment(created)).expect("the company has nothing a mailbox refuses")
}

/// A series with its changed and its deleted occurrence.
fn master(series: &Series) -> Item {
    let created = series.first.created;
    let element = element(&series.first, false).child(recurrence(series));
    let master = create(element, created);
    let exception = &series.exception;
    let changed = write::with_occurrence(
        &master,
        exception.day,
        &moment(created).into(),
        |occurrence| {
            let fields = &mut occurrence.fields;
            fields.set_text("CalendarItem", "Start", render::time(exception.start));
            fields.set_text("CalendarItem", "End", render::time(exception.end));
            fields.set_text("CalendarItem", "Location", &exception.location);
            Ok(())
        },
    );
    let changed = changed.expect("the pattern has the day of the exception");
    write::delete_occurrence(&changed, series.deleted).expect("the pattern has the deleted day")
}

fn text(name: &str, text: impl Into<String>) -> Element {
    Element::t(name).text(text)
}

fn element(entry: &Entry, formatted: bool) -> Element {
    let (start, end) = entry.when.span();
    let zone = |name| Element::t(name).attribute("Id", ZONE);
    let all_day = matches!(entry.when, When::Days { .. });
    let mut fields = vec![
        text("Sensitivity", sensitivity(entry.visibility)),
        text("ReminderIsSet", entry.reminder.is_some().to_string()),
        text("Start", render::time(start)),
        text("End", render::time(end)),
        text("IsAllDayEvent", all_day.to_string()),
        text("LegacyFreeBusyStatus", if all_day { "OOF" } else { "Busy" }),
        zone("StartTimeZone"),
        zone("EndTimeZone"),
    ];
    let reminder = entry.reminder.map(|minutes| minutes.to_string());
    fields.extend(reminder.map(|minutes| text("ReminderMinutesBeforeStart", minutes)));
    for (name, value) in [("Subject", &entry.subject), ("Location", &entry.location)] {
        if !value.is_empty() {
            fields.push(text(name, value.clone()));
        }
    }
    if !entry.description.is_empty() {
        fields.push(match formatted {
            true => html(&entry.description),
            false => text_body(&entry.description),
        });
    }
    if !entry.categories.is_empty() {
        let each = entry.categories.iter();
        let each = each.map(|name| text("String", name.clone()));
        fields.push(Element::t("Categories").with(each));
    }
    Element::t("CalendarItem").with(fields)
}

fn recurrence(series: &Series) -> Element {
    let number = |name: &str, number: i64| text(name, number.to_string());
    let days = match series.pattern {
        Pattern::Daily { every } => Element::t("DailyRecurrence").child(number("Interval", every)),
        Pattern::Weekly { every, day } => Element::t("WeeklyRecurrence")
            .child(number("Interval", every))
            .child(text("DaysOfWeek", weekday(day))),
        Pattern::Monthly { day } => Element::t("AbsoluteMonthlyRecurrence")
            .child(number("Interval", 1))
            .child(number("DayOfMonth", day.into())),
    };
    let (start, _) = series.first.when.span();
    let start = text("StartDate", crate::company::day_of(start).to_string());
    let range = match series.range {
        Range::Endless => Element::t("NoEndRecurrence").child(start),
        Range::Until(last) => Element::t("EndDateRecurrence")
            .child(start)
            .child(text("EndDate", last.to_string())),
        Range::Times(times) => Element::t("NumberedRecurrence")
            .child(start)
            .child(number("NumberOfOccurrences", times.into())),
    };
    Element::t("Recurrence").child(days).child(range)
}

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

fn task(card: &TaskCard) -> Item {
    let mut fields = vec![
        text("Subject", card.subject.clone()),
        text("Sensitivity", sensitivity(card.visibility)),
        text("Importance", importance(card.priority)),
    ];
    if !card.description.is_empty() {
        fields.push(text_body(&card.description));
    }
    let day = |name, day: Option<Date>| Some(text(name, format!("{}T00:00:00Z", day?)));
    fields.extend(day("StartDate", card.start));
    fields.extend(day("DueDate", card.due));
    fields.push(text("Status", status(card.status)));
    if card.status == TaskStatus::InProgress {
        fields.push(text("PercentComplete", card.percent.to_string()));
    }
    create(Element::t("Task").with(fields), card.created)
}

fn sensitivity(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Public => "Normal",
        Visibility::Private => "Private",
    }
}

fn importance(priority: Priority) -> &'static str {
    match priority {
        Priority::High => "High",
        Priority::Normal => "Normal",
        Priority::Low => "Low",
    }
}

fn status(status: TaskStatus) -> &'static str {
    match status {
        // The mailbox has nothing of its own for what is planned; the company plans in the CRM only.
        TaskStatus::NotStarted | TaskStatus::Planned => "NotStarted",
        TaskStatus::InProgress => "InProgress",
        TaskStatus::Completed => "Completed",
        TaskStatus::Waiting => "WaitingOnOthers",
        TaskStatus::Deferred => "Deferred",
    }
}
