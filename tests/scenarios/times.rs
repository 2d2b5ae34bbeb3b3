//! The time corpus through both adapters: every Windows zone, the changes of its clock in 2026 and 2027, whole days from one end of
//! the earth to the other, and CRMs that keep their texts in any of those zones. What either side shows is reckoned here once more
//! from the rules of the zone, past the product. Every scenario begins on 1 June 2026.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use mapping::corpus::{self, Zone};
use model::{Component, Policy};
use sandbox::options::Mode;
use scenarios::people::{field, text};
use scenarios::stage::{Stage, beginning};

const A: Component = Component::Appointments;
const T: Component = Component::Tasks;
/// What stock CRMs keep their texts in.
const UTC: &str = "UTC";
/// How long a talk takes.
const LENGTH: SignedDuration = SignedDuration::from_mins(45);
/// By how much users move things: to the other side of many a change.
const MOVE: SignedDuration = SignedDuration::from_mins(30);

/// From when to when something is, by its subject.
type When = BTreeMap<String, (Timestamp, Timestamp)>;

/// A stage whose past days hold the whole corpus.
async fn stage(component: Component, mode: Mode, users: &str, crm: &str, policy: Policy) -> Stage {
    let mut stage = Stage::in_zones((component, mode), users, crm, policy).await;
    stage.past_days = 400;
    stage
}

/// The moments with a talk at each, later by so much.
fn talks(moments: &[Timestamp], later: SignedDuration) -> When {
    let talk = |moment: &Timestamp| {
        let start = *moment + later;
        (moment.to_string(), (start, start + LENGTH))
    };
    moments.iter().map(talk).collect()
}

/// The days as the zone has them, each from its first moment to that of the day after it, later by so many days.
fn whole_days(days: &[Date], later: i64, zone: &TimeZone) -> When {
    let first_moment = |day: Date, later: i64| {
        let day = day + jiff::Span::new().days(later);
        let start = day.to_zoned(zone.clone()).expect("a day of our time");
        start.timestamp()
    };
    let whole = |day: &Date| (first_moment(*day, later), first_moment(*day, later + 1));
    days.iter()
        .map(|day| (day.to_string(), whole(day)))
        .collect()
}

/// The user enters these in the mailbox, in this zone.
fn enter(stage: &Stage, zone: &Zone, entries: &When, whole: bool) {
    for (subject, (start, end)) in entries {
        stage.enters(&[
            ("Subject", subject),
            ("Start", &start.to_string()),
            ("End", &end.to_string()),
            ("IsAllDayEvent", if whole { "true" } else { "false" }),
            ("StartTimeZone", zone.windows),
        ]);
    }
}

/// Start and end in the words of a CRM whose texts are in this zone.
fn in_crm(when: (Timestamp, Timestamp), zone: &TimeZone) -> [(&'static str, String); 4] {
    let part = |moment: Timestamp, form: &str| zone.to_datetime(moment).strftime(form).to_string();
    [
        ("date_start", part(when.0, "%Y-%m-%d")),
        ("time_start", part(when.0, "%H:%M:%S")),
        ("due_date", part(when.1, "%Y-%m-%d")),
        ("time_end", part(when.1, "%H:%M:%S")),
    ]
}

fn borrowed<'a>(fields: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect()
}

/// The user makes events of these in the CRM.
fn schedule(stage: &Stage, entries: &When, zone: &TimeZone) {
    for (subject, when) in entries {
        let times = in_crm(*when, zone);
        let mut fields = borrowed(&times);
        fields.push(("subject", subject));
        stage.schedules(&fields);
    }
}

/// The user moves every event that is among these.
fn move_events(stage: &Stage, to: &When, zone: &TimeZone) {
    for event in stage.own_records("Events") {
        if let Some(when) = to.get(&text(&event, "subject")) {
            let times = in_crm(*when, zone);
            stage.edits_record(&text(&event, "id"), &borrowed(&times));
        }
    }
}

/// The user moves every item that is among these.
fn move_items(stage: &Stage, to: &When) {
    for item in stage.items() {
        if let Some((start, end)) = to.get(field(&item, "Subject")) {
            let (start, end) = (start.to_string(), end.to_string());
            stage.edits_item(&item.id, &[("Start", &start), ("End", &end)]);
        }
    }
}

/// Names what one has and the other has not.
fn assert_same<T: std::fmt::Debug + PartialEq>(
    seen: &BTreeMap<String, T>,
    expected: &BTreeMap<String, T>,
    place: &str,
) {
    let other = |(subject, when): &(&String, &T), map: &BTreeMap<String, T>| {
        map.get(*subject) != Some(*when)
    };
    let wrong: Vec<_> = seen.iter().filter(|entry| other(entry, expected)).collect();
    let missed: Vec<_> = expected.iter().filter(|entry| other(entry, seen)).collect();
    assert!(
        wrong.is_empty() && missed.is_empty(),
        "{place}: there is {wrong:?} instead of {missed:?}"
    );
}

/// The CRM has exactly these, in the texts of its zone.
fn assert_events(stage: &Stage, entries: &[&When], zone: &TimeZone, place: &str) {
    let times =
        |of: &dyn Fn(&str) -> String| ["date_start", "time_start", "due_date", "time_end"].map(of);
    let seen: BTreeMap<String, [String; 4]> = stage
        .own_records("Events")
        .iter()
        .map(|event| (text(event, "subject"), times(&|name| text(event, name))))
        .collect();
    let expected: BTreeMap<String, [String; 4]> = entries
        .iter()
        .flat_map(|entries| entries.iter())
        .map(|(subject, when)| (subject.clone(), in_crm(*when, zone).map(|(_, text)| text)))
        .collect();
    assert_same(&seen, &expected, place);
}

/// The mailbox has exactly these talks and these whole days, to the second.
fn assert_items(stage: &Stage, talks: &When, days: &When, place: &str) {
    let items = stage.items();
    let seen = |whole: &str| -> When {
        let of_kind = items
            .iter()
            .filter(|item| field(item, "IsAllDayEvent") == whole);
        let moment = |text: &str| -> Timestamp { text.parse().expect("Exchange tells UTC") };
        of_kind
            .map(|item| {
                let when = (moment(field(item, "Start")), moment(field(item, "End")));
                (field(item, "Subject").to_owned(), when)
            })
            .collect()
    };
    assert_same(&seen("false"), talks, place);
    assert_same(&seen("true"), days, place);
}

/// Of the corpus the moments around each change of the clock, and some at midnights of UTC.
fn moments(zone: &Zone) -> Vec<Timestamp> {
    let changes = zone.changes();
    let is_near = |moment: &Timestamp| {
        let away = |change: &Timestamp| moment.duration_since(*change).abs();
        changes
            .iter()
            .any(|change| away(change) <= SignedDuration::from_hours(1))
    };
    let mut moments = zone.moments();
    moments.retain(|moment| is_near(moment) || moment.as_second() % 86_400 == 0);
    moments
}

/// The days of those moments in the zone.
fn days(zone: &Zone, moments: &[Timestamp]) -> Vec<Date> {
    let local = |moment: &Timestamp| zone.rules.to_datetime(*moment).date();
    let mut days: Vec<Date> = moments.iter().map(local).collect();
    days.dedup();
    days
}

/// Every zone with an Exchange; with a gromox, which has the same wire for times, one of three.
fn zones(mode: Mode) -> Vec<Zone> {
    let step = match mode {
        Mode::Exchange => 1,
        Mode::Gromox => 3,
    };
    corpus::zones().into_iter().step_by(step).collect()
}

/// From the mailbox to the CRM, moved there, and back.
async fn from_the_mailbox_and_back(mode: Mode) {
    for zone in zones(mode) {
        let stage = stage(A, mode, zone.iana, UTC, Policy::default()).await;
        let place = format!("{mode:?}, {}", zone.windows);
        let moments = moments(&zone);
        let days = days(&zone, &moments);
        let first = talks(&moments, SignedDuration::ZERO);
        let first_days = whole_days(&days, 0, &zone.rules);
        enter(&stage, &zone, &first, false);
        enter(&stage, &zone, &first_days, true);
        stage.sync().await;
        assert_events(&stage, &[&first, &first_days], &TimeZone::UTC, &place);
        let moved = talks(&moments, MOVE);
        let moved_days = whole_days(&days, 1, &zone.rules);
        move_events(&stage, &moved, &TimeZone::UTC);
        move_events(&stage, &moved_days, &TimeZone::UTC);
        stage.seconds_pass(60);
        // Whoever moves everything is asked first.
        stage.sync_after_a_yes().await;
        assert_items(&stage, &moved, &moved_days, &place);
        stage.assert_settled().await;
    }
}

#[tokio::test]
async fn r3_2_every_zone_keeps_its_times_from_exchange_to_the_crm_and_back() {
    from_the_mailbox_and_back(Mode::Exchange).await;
}

#[tokio::test]
async fn r3_2_every_zone_keeps_its_times_from_gromox_to_the_crm_and_back() {
    from_the_mailbox_and_back(Mode::Gromox).await;
}

/// From the CRM to the mailbox, moved there, and back.
async fn from_the_crm_and_back(mode: Mode) {
    for zone in zones(mode) {
        let stage = stage(A, mode, zone.iana, UTC, Policy::default()).await;
        let place = format!("{mode:?}, {}", zone.windows);
        let moments = moments(&zone);
        let days = days(&zone, &moments);
        let first = talks(&moments, SignedDuration::ZERO);
        let first_days = whole_days(&days, 0, &zone.rules);
        schedule(&stage, &first, &TimeZone::UTC);
        schedule(&stage, &first_days, &TimeZone::UTC);
        stage.sync().await;
        assert_items(&stage, &first, &first_days, &place);
        let moved = talks(&moments, MOVE);
        let moved_days = whole_days(&days, 1, &zone.rules);
        move_items(&stage, &moved);
        move_items(&stage, &moved_days);
        stage.seconds_pass(60);
        stage.sync_after_a_yes().await;
        assert_events(&stage, &[&moved, &moved_days], &TimeZone::UTC, &place);
        stage.assert_settled().await;
    }
}

#[tokio::test]
async fn r3_2_every_zone_keeps_its_times_from_the_crm_to_exchange_and_back() {
    from_the_crm_and_back(Mode::Exchange).await;
}

#[tokio::test]
async fn r3_2_every_zone_keeps_its_times_from_the_crm_to_gromox_and_back() {
    from_the_crm_and_back(Mode::Gromox).await;
}

/// The talks of a mailbox come to a CRM whose texts are in a zone that it does not tell; moved there they come back.
async fn with_a_crm_in(zone: &Zone, users: &str, policy: Policy) {
    let stage = stage(A, Mode::Exchange, users, zone.iana, policy).await;
    let place = format!("a CRM in {}", zone.windows);
    let moments = moments(zone);
    let first = talks(&moments, SignedDuration::ZERO);
    enter(&stage, zone, &first, false);
    stage.sync().await;
    assert_events(&stage, &[&first], &zone.rules, &place);
    let moved = talks(&moments, MOVE);
    move_events(&stage, &moved, &zone.rules);
    stage.seconds_pass(60);
    stage.sync_after_a_yes().await;
    assert_items(
        &stage,
        &as_texts_tell(&moved, &zone.rules),
        &When::new(),
        &place,
    );
    stage.assert_settled().await;
}

/// Where the clock is set back a text tells two moments: the first is meant, or of an end the first that is not before its start.
fn as_texts_tell(entries: &When, zone: &TimeZone) -> When {
    let meanings = |moment: Timestamp| {
        let text = zone.to_ambiguous_timestamp(zone.to_datetime(moment));
        [text.earlier(), text.later()].map(|meant| meant.expect("a moment of our time"))
    };
    let told = |(start, end): (Timestamp, Timestamp)| {
        let [start, _] = meanings(start);
        let [first, second] = meanings(end);
        (start, if first < start { second } else { first })
    };
    let each = entries.iter();
    each.map(|(subject, when)| (subject.clone(), told(*when)))
        .collect()
}

#[tokio::test]
async fn r3_2_a_crm_that_keeps_the_clock_of_its_users_is_found_out_in_every_zone() {
    for zone in corpus::zones() {
        let stands_at_utc = zone.rules.to_offset(beginning()).is_zero();
        // Today it cannot be told from a CRM that keeps UTC, as stock ones do: that is what the policy is for.
        if !stands_at_utc || zone.changes().is_empty() {
            with_a_crm_in(&zone, zone.iana, Policy::default()).await;
        }
    }
}

#[tokio::test]
async fn r3_2_a_crm_of_another_zone_is_found_out_where_its_clock_never_changes() {
    for zone in corpus::zones() {
        // Kaliningrad has the clock of Berlin today; a CRM there is taken for one of its users' zone.
        let as_users = zone.rules.to_offset(beginning()) == Offset::constant(2);
        if zone.changes().is_empty() && !as_users {
            with_a_crm_in(&zone, "Europe/Berlin", Policy::default()).await;
        }
    }
}

#[tokio::test]
async fn r3_2_the_policy_names_the_zone_of_a_crm_that_cannot_be_found_out() {
    for (number, zone) in corpus::zones().iter().enumerate() {
        let names = [zone.iana, zone.windows];
        let crm_time_zone = names[number % 2].to_owned();
        let policy = Policy {
            crm_time_zone,
            ..Policy::default()
        };
        with_a_crm_in(zone, "Europe/Berlin", policy).await;
    }
}

/// The user's tasks with the days each has, as either side shows them.
fn task_days(stage: &Stage) -> [BTreeMap<String, [String; 2]>; 2] {
    let day = |text: &str| text.get(..10).unwrap_or(text).to_owned();
    let records = stage.own_records("Calendar");
    let items = stage.items();
    [
        records
            .iter()
            .map(|task| {
                let days = ["date_start", "due_date"].map(|name| text(task, name));
                (text(task, "subject"), days)
            })
            .collect(),
        items
            .iter()
            .map(|task| {
                let days = ["StartDate", "DueDate"].map(|name| day(field(task, name)));
                (field(task, "Subject").to_owned(), days)
            })
            .collect(),
    ]
}

#[tokio::test]
async fn r4_1_the_days_of_tasks_are_the_same_in_every_zone() {
    for mode in [Mode::Exchange, Mode::Gromox] {
        for zone in zones(mode) {
            let stage = stage(T, mode, zone.iana, zone.iana, Policy::default()).await;
            let place = format!("{mode:?}, {}", zone.windows);
            let mut expected = BTreeMap::new();
            for day in days(&zone, &moments(&zone)) {
                let next = day.tomorrow().expect("a day of our time").to_string();
                let day = day.to_string();
                let (here, there) = (format!("here {day}"), format!("there {day}"));
                stage.enters(&[
                    ("Subject", &here),
                    ("StartDate", &format!("{day}T00:00:00Z")),
                    ("DueDate", &format!("{next}T00:00:00Z")),
                ]);
                stage.notes_task(&[
                    ("subject", &there),
                    ("date_start", &day),
                    ("due_date", &next),
                ]);
                expected.insert(here, [day.clone(), next.clone()]);
                expected.insert(there, [day, next]);
            }
            stage.sync().await;
            for seen in task_days(&stage) {
                assert_same(&seen, &expected, &place);
            }
            stage.assert_settled().await;
        }
    }
}
