//! The days an appointment or a task belongs to: whether they are synced (R3.3), whether they make sense (R3.4), and what stands in for
//! the days that the CRM demands and a task of the mailbox does not have (R4.1).

use jiff::Timestamp;
use jiff::civil::Date;
use model::{Code, Component, Field, Fields, Problem, Window};

/// Whether an entry lies in the days that are synced. What tells no day does, and so does a task that is not done: it is today's.
pub fn lies_in(component: Component, values: &Fields, window: &Window) -> bool {
    match component {
        Component::Appointments => match When::of(values.get(Field::End)) {
            Some(When::Day(last)) => last >= window.first,
            Some(When::Moment(end)) => end > window.from(),
            None => true,
        },
        Component::Tasks => match When::of(values.get(Field::Due)) {
            Some(When::Day(due)) if values.get(Field::Status) == "Completed" => due >= window.first,
            Some(_) | None => true,
        },
        Component::Contacts | Component::Emails => true,
    }
}

/// Why an entry cannot be taken over as it is, if so (R3.4, R4.3).
pub fn flaw(component: Component, values: &Fields) -> Option<Problem> {
    let needed: &[Field] = match component {
        Component::Appointments => &[Field::Subject, Field::Start, Field::End],
        Component::Tasks => &[Field::Subject],
        Component::Contacts | Component::Emails => &[],
    };
    if let Some(field) = needed.iter().find(|field| values.get(**field).is_empty()) {
        return Some(Problem::new(Code::FieldMandatory).with("field", field.name()));
    }
    let last = match component {
        Component::Appointments => Field::End,
        Component::Tasks => Field::Due,
        Component::Contacts | Component::Emails => return None,
    };
    let (start, end) = (values.get(Field::Start), values.get(last));
    let backwards = match (When::of(start), When::of(end)) {
        (Some(When::Day(start)), Some(When::Day(end))) => end < start,
        (Some(When::Moment(start)), Some(When::Moment(end))) => end < start,
        _ => false,
    };
    backwards.then(|| Problem::new(Code::EndBeforeStart).with("field", last.name()))
}

/// The days a record gets where its item has none: the day the item was made, or the nearest that makes sense beside the other day.
pub fn stand_ins(component: Component, item: &Fields, made: Date) -> Fields {
    let mut days = Fields::new();
    if component != Component::Tasks {
        return days;
    }
    let day = |field| item.get(field).parse::<Date>().ok();
    let (start, due) = (day(Field::Start), day(Field::Due));
    if start.is_none() {
        days.set(
            Field::Start,
            due.map_or(made, |due| due.min(made)).to_string(),
        );
    }
    if due.is_none() {
        days.set(
            Field::Due,
            start.map_or(made, |start| start.max(made)).to_string(),
        );
    }
    days
}

/// Whether a value is a day or a moment as fields hold them.
pub fn is_time(text: &str) -> bool {
    When::of(text).is_some()
}

/// A value that tells a time.
enum When {
    Day(Date),
    Moment(Timestamp),
}

impl When {
    fn of(text: &str) -> Option<Self> {
        match text.parse::<Timestamp>() {
            Ok(moment) => Some(When::Moment(moment)),
            Err(_) => text.parse().ok().map(When::Day),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    use super::*;

    const A: Component = Component::Appointments;
    const T: Component = Component::Tasks;

    fn window() -> Window {
        let now: Timestamp = "2026-11-26T12:00:00Z".parse().expect("a moment");
        Window::of(now, &TimeZone::fixed(jiff::tz::offset(1)), 7, 180)
    }

    #[test]
    fn r3_4_what_ends_when_it_begins_is_no_mistake() {
        let moment = "2026-11-26T12:00:00Z";
        assert_eq!(flaw(A, &appointment(moment, moment)), None);
        assert_eq!(flaw(A, &appointment("2026-11-26", "2026-11-26")), None);
    }

    #[test]
    fn a_day_and_a_moment_are_times_and_nothing_else() {
        let texts = ["2026-11-26", "2026-11-26T12:00:00Z", "", "26.11.2026"];
        assert_eq!(texts.map(is_time), [true, true, false, false]);
    }

    fn appointment(start: &str, end: &str) -> Fields {
        Fields::new()
            .with(Field::Subject, "Talk")
            .with(Field::Start, start)
            .with(Field::End, end)
    }

    fn task(start: &str, due: &str) -> Fields {
        Fields::new()
            .with(Field::Subject, "Call back")
            .with(Field::Start, start)
            .with(Field::Due, due)
    }

    #[test]
    fn r3_3_an_appointment_is_in_while_part_of_it_lies_in_the_window() {
        for (start, end, is_in) in [
            ("2026-11-18T22:00:00Z", "2026-11-18T23:00:00Z", false),
            ("2026-11-18T22:00:00Z", "2026-11-18T23:00:01Z", true),
            ("2026-11-01", "2026-11-18", false),
            ("2026-11-01", "2026-11-19", true),
            ("2030-01-01T08:00:00Z", "2030-01-01T09:00:00Z", true),
            ("", "", true),
        ] {
            let found = lies_in(A, &appointment(start, end), &window());
            assert_eq!(found, is_in, "{start} to {end}");
        }
    }

    #[test]
    fn r4_1_an_open_task_is_always_in_and_a_done_one_as_long_as_its_day_is() {
        let done = |due| task("", due).with(Field::Status, "Completed");
        assert!(lies_in(T, &task("", "2026-01-01"), &window()));
        assert!(!lies_in(T, &done("2026-11-18"), &window()));
        assert!(lies_in(T, &done("2026-11-19"), &window()));
        assert!(lies_in(T, &done(""), &window()));
    }

    #[test]
    fn r3_4_without_subject_or_with_the_end_before_the_start_it_cannot_be_taken_over() {
        let code = |values: &Fields| flaw(A, values).map(|problem| problem.code);
        let (eight, nine) = ("2027-03-10T08:00:00Z", "2027-03-10T09:00:00Z");
        assert_eq!(code(&appointment(eight, nine)), None);
        assert_eq!(code(&appointment(eight, eight)), None);
        assert_eq!(code(&appointment(nine, eight)), Some(Code::EndBeforeStart));
        let days = appointment("2027-03-11", "2027-03-10");
        assert_eq!(code(&days), Some(Code::EndBeforeStart));
        let unnamed = appointment(eight, nine).with(Field::Subject, "");
        assert_eq!(code(&unnamed), Some(Code::FieldMandatory));
    }

    #[test]
    fn r4_3_the_same_holds_for_tasks_which_need_no_days() {
        let code = |values: &Fields| flaw(T, values).map(|problem| problem.code);
        assert_eq!(code(&task("", "")), None);
        let backwards = task("2027-03-11", "2027-03-10");
        assert_eq!(code(&backwards), Some(Code::EndBeforeStart));
        let unnamed = task("", "").with(Field::Subject, "");
        assert_eq!(code(&unnamed), Some(Code::FieldMandatory));
    }

    #[test]
    fn r4_1_the_day_a_task_was_made_stands_in_for_days_it_does_not_have() {
        let made = date(2026, 11, 26);
        for (start, due, stand_in_start, stand_in_due) in [
            ("", "", "2026-11-26", "2026-11-26"),
            ("", "2026-11-01", "2026-11-01", ""),
            ("", "2026-12-24", "2026-11-26", ""),
            ("2026-11-01", "", "", "2026-11-26"),
            ("2026-12-24", "", "", "2026-12-24"),
            ("2026-12-24", "2026-12-25", "", ""),
        ] {
            let days = stand_ins(T, &task(start, due), made);
            assert_eq!(days.get(Field::Start), stand_in_start, "{start}..{due}");
            assert_eq!(days.get(Field::Due), stand_in_due, "{start}..{due}");
        }
        assert!(stand_ins(A, &Fields::new(), made).is_empty());
    }
}
