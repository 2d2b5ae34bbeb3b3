//! The made-up appointments, tasks and mails as the halves hold them.
//! Deliberately not here: what they are made of, which the company's own tests judge.

use sandbox::Options;
use sandbox::company::{CalendarSizes, MailSizes, Sizes};
use sandbox::options::Mode;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashSet};

const USER: &str = "anna@firma.example";

async fn running(options: Options) -> sandbox::Running {
    let sizes = CalendarSizes {
        series: 6,
        ..CalendarSizes::of(200, 120)
    };
    let today = Some("2026-11-22".parse().expect("a day"));
    let options = Options {
        sizes: Sizes::both(16),
        calendar: sizes,
        today,
        ..options
    };
    sandbox::start(options).await.expect("the sandbox starts")
}

fn text<'a>(record: &'a Map<String, Value>, field: &str) -> &'a str {
    record[field].as_str().unwrap_or_default()
}

fn of_first(records: &[Map<String, Value>]) -> usize {
    let mine = records.iter();
    mine.filter(|record| record["assigned_user_id"] == "19x5")
        .count()
}

#[tokio::test]
async fn both_sides_hold_as_many_as_were_asked_for_in_the_folders_the_connector_looks_at() {
    let running = running(Options::default()).await;
    let (crm, exchange) = (&running.crm, &running.exchange);
    assert_eq!(exchange.items_in(USER, "calendar/CRM-Sync").len(), 200);
    assert_eq!(exchange.items_in(USER, "tasks/CRM-Sync").len(), 120);
    let (events, tasks) = (crm.records("Events"), crm.records("Calendar"));
    assert_eq!((of_first(&events), events.len()), (200, 210));
    assert_eq!((of_first(&tasks), tasks.len()), (120, 126));
    let invited = events
        .iter()
        .filter(|event| !crm.invited(text(event, "id")).is_empty());
    assert!(invited.count() > 5);
    let about = events
        .iter()
        .filter(|event| crm.record(text(event, "contact_id")).is_some());
    assert!(about.count() > 20);
}

#[tokio::test]
async fn shared_appointments_have_the_same_subject_and_times_on_both_sides_whatever_the_zone() {
    for (zone, mode) in [("UTC", Mode::Exchange), ("Europe/Berlin", Mode::Gromox)] {
        let running = running(Options {
            crm_zone: zone.to_owned(),
            mode,
            ..Options::default()
        })
        .await;
        let zone = sandbox::zones::named(zone).expect("there is the zone");
        let moment = |record: &Map<String, Value>, day: &str, time: &str| {
            let text = format!("{}T{}", text(record, day), text(record, time));
            let local: jiff::civil::DateTime = text.parse().expect("a time");
            local
                .to_zoned(zone.clone())
                .expect("it is there")
                .timestamp()
                .to_string()
        };
        let events: HashSet<_> = running
            .crm
            .records("Events")
            .iter()
            .map(|event| {
                let start = moment(event, "date_start", "time_start");
                let end = moment(event, "due_date", "time_end");
                (text(event, "subject").to_owned(), start, end)
            })
            .collect();
        let items = running.exchange.items_in(USER, "calendar/CRM-Sync");
        let subject = |fields: &BTreeMap<String, String>| fields.get("Subject").cloned();
        let key = |fields: &BTreeMap<String, String>| {
            (
                subject(fields).unwrap_or_default(),
                fields["Start"].clone(),
                fields["End"].clone(),
            )
        };
        let both = items
            .iter()
            .filter(|item| events.contains(&key(&item.fields)));
        assert_eq!(both.count(), 75);
    }
}

#[tokio::test]
async fn series_have_an_exception_and_a_deletion_and_are_seen_as_their_occurrences() {
    let running = running(Options::default()).await;
    let exchange = &running.exchange;
    let items = exchange.items_in(USER, "calendar/CRM-Sync");
    let series: Vec<_> = items
        .iter()
        .filter(|item| !item.deleted_days.is_empty())
        .collect();
    assert_eq!(series.len(), 6);
    let time = |text: &str| text.parse().expect("a time");
    let (from, to) = (time("2026-09-01T00:00:00Z"), time("2027-12-01T00:00:00Z"));
    let seen = exchange.calendar(USER, "calendar/CRM-Sync", from, to);
    for one in series {
        assert_eq!((one.exceptions.len(), one.deleted_days.len()), (1, 1));
        let occurrences: Vec<_> = seen
            .iter()
            .filter(|seen| seen.fields.get("Subject") == one.fields.get("Subject"))
            .collect();
        assert!(occurrences.len() > 3, "{}", one.fields["Subject"]);
        let elsewhere = |seen: &&&_| -> bool {
            let seen: &sandbox::exchange::ItemView = seen;
            seen.fields["Location"] == "Ausweichraum Öresund"
        };
        assert_eq!(occurrences.iter().filter(elsewhere).count(), 1);
        let on_deleted = |seen: &&&_| -> bool {
            let seen: &sandbox::exchange::ItemView = seen;
            seen.fields["Start"].starts_with(&one.deleted_days[0])
        };
        assert_eq!(occurrences.iter().filter(on_deleted).count(), 0);
    }
}

#[tokio::test]
async fn whole_days_private_ones_reminders_and_tasks_arrive_as_they_are() {
    let running = running(Options::default()).await;
    let items = running.exchange.items_in(USER, "calendar/CRM-Sync");
    let some = |what: &str, field: &str, value: &str| {
        let has = items
            .iter()
            .any(|item| item.fields.get(field).is_some_and(|held| held == value));
        assert!(has, "no {what}");
    };
    some("whole day", "IsAllDayEvent", "true");
    some("private one", "Sensitivity", "Private");
    some("reminder", "ReminderMinutesBeforeStart", "1440");
    let whole = items
        .iter()
        .find(|item| item.fields["IsAllDayEvent"] == "true")
        .expect("asked above");
    let hour = &whole.fields["Start"][11..];
    assert!(
        ["22:00:00Z", "23:00:00Z"].contains(&hour),
        "midnight in Berlin: {hour}"
    );
    let events = running.crm.records("Events");
    assert!(
        events
            .iter()
            .any(|event| event["visibility"] == "Private" && event["reminder_time"] == "60")
    );
    assert!(
        events
            .iter()
            .any(|event| text(event, "duration_hours").starts_with('-'))
    );
    assert!(events.iter().any(|event| event["duration_hours"] == "24"));
    let tasks = running.exchange.items_in(USER, "tasks/CRM-Sync");
    let done = tasks
        .iter()
        .find(|task| task.fields["Status"] == "Completed")
        .expect("some are");
    assert_eq!(done.fields["PercentComplete"], "100");
    assert!(
        tasks
            .iter()
            .any(|task| !task.fields.contains_key("DueDate"))
    );
}

#[tokio::test]
async fn without_appointments_and_tasks_there_are_neither_folders_nor_records() {
    let running = sandbox::start(Options::default()).await.expect("it starts");
    let folders = running.exchange.folders(USER);
    assert!(
        folders
            .iter()
            .all(|folder| !folder.path.ends_with("CRM-Sync"))
    );
    assert!(running.crm.records("Events").is_empty() && running.crm.records("Calendar").is_empty());
}

#[tokio::test]
async fn every_made_up_company_can_be_loaded() {
    for seed in 0..40 {
        let today = "2026-01-31".parse::<jiff::civil::Date>().expect("a day");
        let today =
            today.saturating_add(jiff::Span::new().days(i64::try_from(seed).expect("small") * 11));
        let sizes = CalendarSizes {
            series: 12,
            ..CalendarSizes::of(60, 40)
        };
        let running = sandbox::start(Options {
            seed,
            calendar: sizes,
            today: Some(today),
            ..Options::default()
        })
        .await
        .expect("it starts");
        let items = running.exchange.items_in(USER, "calendar/CRM-Sync");
        assert_eq!(items.len(), 60, "seed {seed}");
    }
}

#[tokio::test]
async fn mails_lie_in_the_inbox_and_in_sent_items_with_the_times_of_their_making() {
    let running = running(Options {
        mails: MailSizes::of(100),
        ..Options::default()
    })
    .await;
    let exchange = &running.exchange;
    let (inbox, sent) = (
        exchange.mails(USER, "inbox"),
        exchange.mails(USER, "sentitems"),
    );
    assert_eq!((inbox.len(), sent.len()), (70, 30));
    assert!(inbox.iter().any(|mail| !mail.is_read));
    assert!(sent.iter().all(|mail| mail.is_read));
    let classes: HashSet<_> = inbox.iter().map(|mail| mail.class.as_str()).collect();
    assert!(classes.contains("IPM.Note.SMIME"), "{classes:?}");
    let keys: HashSet<_> = exchange
        .all_mails(USER)
        .into_iter()
        .map(|mail| mail.search_key)
        .collect();
    assert_eq!(keys.len(), 100);
    let received = exchange.items_in(USER, "inbox");
    let received = received
        .iter()
        .map(|item| item.fields["DateTimeReceived"].clone());
    let received: Vec<String> = received.collect();
    assert!(received.is_sorted());
    assert!(received.iter().all(|time| time.as_str() < "2026-11-22"));
}
