//! Tests of the made-up appointments and tasks: repeatable, of the sizes asked for, around a day, and with nothing two sides could take
//! for each other but what both have.

use crate::company::*;
use jiff::civil::date;
use std::collections::HashSet;

const TODAY: Date = date(2026, 11, 22);

fn company(seed: u64, appointments: usize, tasks: usize) -> Company {
    let sizes = CalendarSizes::of(appointments, tasks);
    Company::make(seed, Sizes::both(40)).with_calendar(seed, sizes, TODAY)
}

fn entries(company: &Company) -> impl Iterator<Item = &Entry> {
    let all = company.appointments.iter();
    all.flat_map(|one| one.mailbox.iter().chain(&one.crm))
}

fn cards(company: &Company) -> impl Iterator<Item = &TaskCard> {
    let all = company.tasks.iter();
    all.flat_map(|one| one.mailbox.iter().chain(&one.crm))
}

#[test]
fn the_same_seed_and_day_give_the_same_calendar_and_neither_changes_the_people() {
    let (one, other) = (company(7, 100, 100), company(7, 100, 100));
    assert_eq!(one, other);
    assert_ne!(one.appointments, company(8, 100, 100).appointments);
    assert_ne!(one.tasks, company(8, 100, 100).tasks);
    assert_eq!(one.people, Company::make(7, Sizes::both(40)).people);
    let later = Company::make(7, Sizes::both(40)).with_calendar(
        7,
        CalendarSizes::of(100, 100),
        date(2027, 1, 1),
    );
    assert_ne!(one.appointments, later.appointments);
}

#[test]
fn three_of_eight_are_shared_and_one_of_fifty_is_a_series() {
    let company = company(DEFAULT_SEED, 400, 80);
    let of = |mailbox: bool, crm: bool| {
        let all = company
            .appointments
            .iter()
            .filter(|one| one.owner == Owner::First);
        all.filter(|one| (one.mailbox.is_some(), one.crm.is_some()) == (mailbox, crm))
            .count()
    };
    assert_eq!(
        (of(true, true), of(true, false), of(false, true)),
        (150, 242, 250)
    );
    assert_eq!(company.series.len(), 8);
    let foreign = company
        .appointments
        .iter()
        .filter(|one| one.owner != Owner::First);
    assert_eq!(foreign.count(), 20);
    let shared = company
        .tasks
        .iter()
        .filter(|one| one.mailbox.is_some() && one.crm.is_some());
    assert_eq!(shared.count(), 30);
    let mine = company.tasks.iter().filter(|one| one.owner == Owner::First);
    assert_eq!((mine.count(), company.tasks.len()), (130, 134));
}

#[test]
fn small_numbers_are_sizes_too() {
    for (appointments, series) in [(0, 0), (1, 0), (9, 0), (10, 1), (99, 1), (100, 2)] {
        let company = company(3, appointments, appointments);
        assert_eq!(company.series.len(), series, "{appointments}");
        let in_mailbox = company
            .appointments
            .iter()
            .filter(|one| one.mailbox.is_some())
            .count();
        assert_eq!(in_mailbox + series, appointments);
        let cards = company
            .tasks
            .iter()
            .filter(|one| one.mailbox.is_some())
            .count();
        assert_eq!(cards, appointments);
    }
    let sizes = CalendarSizes {
        appointments: 3,
        series: 9,
        tasks: 0,
    };
    let only_series = Company::make(1, Sizes::both(0)).with_calendar(1, sizes, TODAY);
    assert_eq!(only_series.series.len(), 3);
}

#[test]
fn subject_start_and_end_are_the_same_on_both_sides_and_nowhere_twice() {
    let company = company(11, 3000, 0);
    let mut keys = HashSet::new();
    for appointment in &company.appointments {
        let key = |entry: &Entry| (entry.subject.to_lowercase(), entry.when.span());
        if let (Some(mailbox), Some(crm)) = (&appointment.mailbox, &appointment.crm) {
            assert_eq!((key(mailbox), mailbox.when), (key(crm), crm.when));
            let fits = |letter: char| letter.len_utf8() < 4;
            assert!(crm.subject.len() < 255 && crm.subject.chars().all(fits));
        }
        let entry = appointment.mailbox.as_ref().or(appointment.crm.as_ref());
        let key = key(entry.expect("it is somewhere"));
        assert!(keys.insert(key.clone()), "twice: {key:?}");
    }
    let differ = |one: &&Appointment| {
        let both = one.mailbox.as_ref().zip(one.crm.as_ref());
        both.is_some_and(|(mailbox, crm)| mailbox.location != crm.location)
    };
    assert!(company.appointments.iter().filter(differ).count() > 100);
}

#[test]
fn subject_and_due_date_of_tasks_are_the_same_on_both_sides_and_nowhere_twice() {
    let company = company(12, 0, 3000);
    let mut keys = HashSet::new();
    for task in &company.tasks {
        let key = |card: &TaskCard| (card.subject.to_lowercase(), card.due);
        if let (Some(mailbox), Some(crm)) = (&task.mailbox, &task.crm) {
            assert_eq!(key(mailbox), key(crm));
            assert!(crm.due.is_some());
        }
        let key = key(task
            .mailbox
            .as_ref()
            .or(task.crm.as_ref())
            .expect("it is somewhere"));
        assert!(keys.insert(key.clone()), "twice: {key:?}");
    }
    let crm = company.tasks.iter().filter_map(|task| task.crm.as_ref());
    assert!(
        crm.into_iter()
            .all(|card| card.start.is_some() && card.due.is_some())
    );
}

#[test]
fn everything_starts_from_sixty_days_before_to_a_hundred_and_twenty_after_but_for_changes_of_clocks()
 {
    let berlin = crate::zones::named(ZONE).expect("there is the zone");
    let company = company(5, 1000, 0);
    let mut outside = 0;
    for entry in entries(&company) {
        let (start, end) = entry.when.span();
        let day = day_of(start.min(end));
        let days = TODAY.until(day).expect("near").get_days();
        if !(-60..=120).contains(&days) {
            outside += 1;
            let offset = |moment| berlin.to_offset(moment);
            assert_ne!(offset(start), offset(end), "{day}");
        }
    }
    assert!(outside <= 4, "{outside}");
}

#[test]
fn awkward_times_are_among_them() {
    let berlin = crate::zones::named(ZONE).expect("there is the zone");
    let company = company(DEFAULT_SEED, 200, 0);
    let some = |what: &str, test: &dyn Fn(&Entry) -> bool| {
        for side in [Place::Mailbox, Place::Crm] {
            let all = company.appointments.iter().filter_map(|one| match side {
                Place::Mailbox => one.mailbox.as_ref(),
                _ => one.crm.as_ref(),
            });
            assert!(all.into_iter().any(test), "no {what} in {side:?}");
        }
    };
    let days = |entry: &Entry| match entry.when {
        When::Days { first, last } => first.until(last).expect("near").get_days() + 1,
        When::Time { .. } => 0,
    };
    some("whole day", &|entry| days(entry) == 1);
    some("several whole days", &|entry| days(entry) > 1);
    some("night", &|entry| {
        let (start, end) = entry.when.span();
        days(entry) == 0 && day_of(start) < day_of(end)
    });
    // 25 October 2026 and 28 March 2027.
    for (day, hours) in [("2026-10-24", 7), ("2027-03-27", 5)] {
        some(day, &|entry| {
            let (start, end) = entry.when.span();
            let start_at = berlin.to_datetime(start);
            start_at.to_string() == format!("{day}T23:00:00")
                && end.duration_since(start).as_hours() == hours
        });
    }
}

#[test]
fn awkward_values_are_among_them() {
    let company = company(DEFAULT_SEED, 400, 400);
    let some = |what: &str, test: &dyn Fn(&Entry) -> bool| {
        assert!(entries(&company).any(test), "no appointment with {what}")
    };
    some("an emoji", &|entry| entry.subject.contains('😀'));
    some("a subject longer than the CRM's column", &|entry| {
        entry.subject.chars().count() > 255
    });
    some("no place", &|entry| entry.location.is_empty());
    some("a place longer than the CRM's column", &|entry| {
        entry.location.chars().count() > 150
    });
    some("several lines", &|entry| entry.description.contains("\r\n"));
    some("an umlaut", &|entry| entry.subject.contains('ü'));
    some("a private one", &|entry| {
        entry.visibility == Visibility::Private
    });
    some("a reminder", &|entry| entry.reminder == Some(1440));
    some("a call", &|entry| entry.kind == EventKind::Call);
    some("one that was not held", &|entry| {
        entry.status == EventStatus::NotHeld
    });
    some("an invited colleague", &|entry| {
        entry.colleague == Colleague::Invited
    });
    some("a person", &|entry| entry.about.is_some());
    let statuses: HashSet<_> = cards(&company).map(|card| card.status).collect();
    let priorities: HashSet<_> = cards(&company).map(|card| card.priority).collect();
    assert_eq!((statuses.len(), priorities.len()), (6, 3));
    let mailbox = || {
        company
            .tasks
            .iter()
            .filter_map(|task| task.mailbox.as_ref())
    };
    assert!(mailbox().any(|card| card.start.is_none() && card.due.is_none()));
    assert!(mailbox().any(|card| card.start.is_none() && card.due.is_some()));
    assert!(mailbox().all(|card| card.status != TaskStatus::Planned));
}

#[test]
fn two_of_a_hundred_cannot_be_taken_by_the_other_side() {
    let company = company(DEFAULT_SEED, 200, 0);
    let nameless = company
        .appointments
        .iter()
        .filter_map(|one| one.mailbox.as_ref());
    assert_eq!(nameless.filter(|entry| entry.subject.is_empty()).count(), 4);
    let crm = || {
        company
            .appointments
            .iter()
            .filter_map(|one| one.crm.as_ref())
    };
    let backwards = |entry: &&Entry| entry.when.span().1 < entry.when.span().0;
    assert_eq!(crm().filter(backwards).count(), 4);
    assert!(crm().all(|entry| !entry.subject.is_empty()));
    let mailbox = company
        .appointments
        .iter()
        .filter_map(|one| one.mailbox.as_ref());
    assert_eq!(mailbox.filter(backwards).count(), 0);
}

#[test]
fn series_are_of_all_kinds_with_a_changed_and_a_deleted_occurrence() {
    let sizes = CalendarSizes {
        appointments: 24,
        series: 12,
        tasks: 0,
    };
    let company = Company::make(1, Sizes::both(0)).with_calendar(1, sizes, TODAY);
    let kind = |series: &Series| match series.pattern {
        Pattern::Daily { .. } => "daily",
        Pattern::Weekly { .. } => "weekly",
        Pattern::Monthly { .. } => "monthly",
    };
    let kinds: HashSet<_> = company.series.iter().map(kind).collect();
    assert_eq!(kinds.len(), 3);
    let ends: HashSet<_> = company
        .series
        .iter()
        .map(|series| std::mem::discriminant(&series.range))
        .collect();
    assert_eq!(ends.len(), 3);
    for series in &company.series {
        assert_ne!(series.exception.day, series.deleted);
        assert!(series.exception.start > series.first.when.span().0);
    }
}

#[test]
fn whole_days_go_from_midnight_to_midnight_where_the_company_is() {
    let days = When::Days {
        first: date(2026, 10, 25),
        last: date(2026, 10, 26),
    };
    let (start, end) = days.span();
    assert_eq!(
        (start.to_string(), end.to_string()),
        (
            "2026-10-24T22:00:00Z".to_owned(),
            "2026-10-26T23:00:00Z".to_owned()
        )
    );
}

#[test]
fn all_times_of_making_and_changing_lie_before_the_latest() {
    let company = company(2, 300, 300);
    let entries = entries(&company).map(|entry| (entry.created, entry.modified));
    let series = company
        .series
        .iter()
        .map(|series| (series.first.created, series.first.modified));
    let cards = cards(&company).map(|card| (card.created, card.modified));
    for (created, modified) in entries.chain(series).chain(cards) {
        assert!(created <= modified && modified < LATEST_MADE_UP_TIME + 3600);
    }
}
