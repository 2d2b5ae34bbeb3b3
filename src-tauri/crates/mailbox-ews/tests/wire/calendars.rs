//! Appointments, series and tasks as servers tell of them.

use jiff::Timestamp;
use jiff::civil::{Weekday, date};
use mailbox_ews::wire::calendar::{Exception, Role};
use mailbox_ews::wire::item::{GetItem, Item};
use mailbox_ews::wire::leaf::Leaf;
use mailbox_ews::wire::query::CalendarView;
use mailbox_ews::wire::{Kind, Trouble};
use model::ItemId;
use model::series::{DaySet, Pattern, Range, Recurrence};

use crate::messages;

fn moment(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

fn series() -> Vec<Item> {
    let messages = messages::<GetItem>(include_str!("answers/get-series.xml"));
    let items: Result<Vec<Item>, Trouble> = messages.into_iter().collect();
    items.expect("all can be read")
}

#[test]
fn r3_5_a_series_tells_its_pattern_and_what_differs_from_it() {
    let series = &series()[0];
    let details = series.calendar.as_deref().expect("an appointment");
    assert_eq!(details.role, Role::Master);
    assert_eq!(
        details.uid.as_deref(),
        Some("040000008200E00074C5B7101A82E008")
    );
    let expected = Recurrence {
        pattern: Pattern::Weekly {
            interval: 1,
            days: DaySet::from([Weekday::Monday, Weekday::Thursday]),
            first_day_of_week: Weekday::Monday,
        },
        range: Range::EndDate(date(2027, 4, 29)),
        first_day: date(2027, 3, 22),
    };
    assert_eq!(details.recurrence, Some(Ok(expected)));
    let exception = Exception {
        id: ItemId::new("AAMkE1="),
        original_start: moment("2027-03-29T07:00:00Z"),
        start: moment("2027-03-30T12:00:00Z"),
        end: moment("2027-03-30T13:00:00Z"),
    };
    assert_eq!(details.exceptions, [exception]);
    assert_eq!(details.deleted, [moment("2027-04-05T07:00:00Z")]);
    assert!(!details.is_invitation);
    let zone = series.leaves.get(&Leaf::StartZone).map(String::as_str);
    assert_eq!(zone, Some("W. Europe Standard Time"));
}

#[test]
fn r3_5_a_series_of_another_server_says_the_same_in_other_words() {
    let series = &series()[1];
    let details = series.calendar.as_deref().expect("an appointment");
    let expected = Recurrence {
        pattern: Pattern::AbsoluteMonthly {
            interval: 2,
            day: 31,
        },
        range: Range::EndDate(date(2028, 4, 20)),
        first_day: date(2027, 4, 5),
    };
    assert_eq!(details.recurrence, Some(Ok(expected)));
    assert_eq!(details.uid.as_deref(), Some("U2"));
}

#[test]
fn r3_5_a_series_that_does_not_say_where_its_exceptions_were_cannot_be_understood() {
    let series = &series()[2];
    let details = series.calendar.as_deref().expect("an appointment");
    let recurrence = details.recurrence.as_ref().expect("it repeats");
    assert_eq!(
        recurrence.as_ref().expect_err("unusable"),
        "ModifiedOccurrences"
    );
}

#[test]
fn r3_7_people_are_read_once_and_by_addresses_that_mean_something_outside() {
    let series = &series()[0];
    let people = [Leaf::Required, Leaf::Optional].map(|leaf| series.leaves[&leaf].as_str());
    assert_eq!(people, ["Ben <ben@kunde.example>", "eva@kunde.example"]);
    let details = series.calendar.as_deref().expect("an appointment");
    assert_eq!(details.answers, "ben@kunde.example: accepted");
}

#[test]
fn r3_5_a_view_tells_what_each_entry_stands_for_and_whether_there_are_more() {
    let mut messages = messages::<CalendarView>(include_str!("answers/calendar-view.xml"));
    let seen = messages.remove(0).expect("a success");
    assert!(!seen.is_whole);
    let roles: Vec<Role> = seen
        .items
        .iter()
        .map(|item| item.calendar.as_deref().expect("an appointment").role)
        .collect();
    assert_eq!(roles, [Role::Occurrence, Role::Single, Role::Exception]);
}

#[test]
fn r4_1_a_task_tells_its_values_and_nothing_of_its_recurrence() {
    for message in messages::<GetItem>(include_str!("answers/get-task.xml")) {
        let task = message.expect("a success");
        assert_eq!((&task.kind, &task.calendar), (&Kind::Task, &None));
        let value = |leaf: Leaf| task.leaves.get(&leaf).map_or("", String::as_str);
        assert_eq!(value(Leaf::Status), "InProgress");
        assert_eq!(value(Leaf::Importance), "High");
        assert_eq!(value(Leaf::Body), "Bis Ende März");
        assert_eq!(value(Leaf::DueDate)[..10], *"2027-03-28");
        assert_eq!(value(Leaf::StartDate)[..10], *"2027-03-10");
        assert_eq!(task.leaves.len(), 6);
    }
}
