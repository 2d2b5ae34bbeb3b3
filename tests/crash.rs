//! S1: the process is really killed before and after every journal step, commit and remote write of recorded days; after a restart
//! both sides end as in an undisturbed run, and no write happened twice.

use std::process::{Command, Output};

use model::Component;
use sandbox::exchange::ItemView;
use sandbox::options::{Mode, Options};
use scenarios::people::{RecordView, field, text};
use scenarios::post::day::PostEvening;
use scenarios::stage::{Stage, beginning};

/// What a day looks like in the evening: every pair with its values or all that lies in the mailbox, all that is in the CRM, and how often
/// the CRM made something.
#[derive(Debug, PartialEq, Eq)]
struct Evening {
    pairs: Vec<String>,
    records: Vec<String>,
    made: usize,
    /// What a day of mails has left.
    post: Option<PostEvening>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s1_killed_at_every_moment_of_a_first_sync() {
    matrix(first_morning).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s1_killed_at_every_moment_of_a_day_of_changes() {
    matrix(second_morning).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s1_r3_5_killed_at_every_moment_of_a_day_of_appointments() {
    matrix(morning_with_appointments).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s1_killed_at_every_moment_of_a_day_of_tasks() {
    matrix(morning_with_tasks).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s1_r5_5_r5_8_killed_at_every_moment_of_a_day_of_mails() {
    matrix(Stage::morning_of_mails).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s1_r5_9_killed_at_every_moment_of_a_day_in_inbox_mode() {
    matrix(Stage::morning_in_inbox_mode).await;
}

/// Synced appointments and a series; then each is changed on some side, one is deleted on either, one is new on either.
async fn morning_with_appointments() -> Stage {
    let stage = Stage::of(Component::Appointments, Mode::Exchange).await;
    let at = |hour: u32| {
        let time = |hour: u32| format!("2026-06-10T{hour:02}:00:00Z");
        (time(hour), time(hour + 1))
    };
    let enter = |subject: &str, hour: u32| {
        let (start, end) = at(hour);
        stage.enters(&[("Subject", subject), ("Start", &start), ("End", &end)])
    };
    let schedule = |subject: &str, hour: u32| {
        let (start, end) = at(hour);
        stage.schedules(&[
            ("subject", subject),
            ("date_start", "2026-06-10"),
            ("time_start", &start[11..19]),
            ("due_date", "2026-06-10"),
            ("time_end", &end[11..19]),
        ])
    };
    let changed = enter("Changed here", 6);
    let moved = schedule("Moved there", 8);
    let cancelled = enter("Cancelled here", 10);
    let dropped = schedule("Dropped there", 12);
    stage.enters(&[
        ("Subject", "Team"),
        ("Start", "2026-06-15T08:00:00Z"),
        ("End", "2026-06-15T09:00:00Z"),
        ("Recurrence/WeeklyRecurrence/Interval", "1"),
        ("Recurrence/WeeklyRecurrence/DaysOfWeek", "Monday"),
        ("Recurrence/NumberedRecurrence/StartDate", "2026-06-15"),
        ("Recurrence/NumberedRecurrence/NumberOfOccurrences", "3"),
    ]);
    stage.sync().await;
    stage.seconds_pass(600);
    stage.edits_item(&changed, &[("Location", "Room 2")]);
    stage.edits_record(
        &moved,
        &[("time_start", "08:30:00"), ("time_end", "09:30:00")],
    );
    let (exchange, crm, user) = (&stage.sandbox.exchange, &stage.sandbox.crm, stage.user());
    exchange
        .delete(&user.email, &cancelled)
        .expect("it is there");
    crm.delete(&user.name, &dropped).expect("it is there");
    // The second occurrence is moved in the CRM, which makes an exception of it.
    let events = stage.own_records("Events");
    let second = events
        .iter()
        .find(|event| text(event, "date_start") == "2026-06-22");
    let second = text(second.expect("an occurrence"), "id");
    stage.edits_record(
        &second,
        &[("time_start", "10:00:00"), ("time_end", "11:00:00")],
    );
    enter("New here", 14);
    schedule("New there", 16);
    crm.reset_journal();
    stage
}

/// Synced tasks; then each is changed on some side, one is deleted on either, one is new on either.
async fn morning_with_tasks() -> Stage {
    let stage = Stage::of(Component::Tasks, Mode::Exchange).await;
    let enter =
        |subject: &str| stage.enters(&[("Subject", subject), ("DueDate", "2026-06-12T00:00:00Z")]);
    let note = |subject: &str| {
        let days = [("date_start", "2026-06-10"), ("due_date", "2026-06-12")];
        stage.notes_task(&[days[0], days[1], ("subject", subject)])
    };
    let changed = enter("Changed here");
    let moved = note("Moved there");
    let cancelled = enter("Cancelled here");
    let dropped = note("Dropped there");
    stage.enters(&[("Subject", "Without days")]);
    stage.sync().await;
    stage.seconds_pass(600);
    stage.edits_item(&changed, &[("Importance", "High")]);
    stage.edits_record(&moved, &[("due_date", "2026-06-20")]);
    let (exchange, crm, user) = (&stage.sandbox.exchange, &stage.sandbox.crm, stage.user());
    exchange
        .delete(&user.email, &cancelled)
        .expect("it is there");
    crm.delete(&user.name, &dropped).expect("it is there");
    enter("New here");
    note("New there");
    crm.reset_journal();
    stage
}

/// Two contacts on each side, and one whom both know with different fields filled.
async fn first_morning() -> Stage {
    let stage = Stage::with(Options::default()).await;
    stage.types_in(&[
        ("GivenName", "Nur"),
        ("Surname", "Mailbox"),
        ("CompanyName", "Neue Firma"),
    ]);
    stage.types_in(&[("Surname", "Ohne Firma"), ("PhoneNumbers/MobilePhone", "1")]);
    stage.records(&[("firstname", "Nur"), ("lastname", "CRM"), ("phone", "2")]);
    stage.records(&[("lastname", "Zweiter"), ("mailingcity", "Kiel")]);
    let both = "beide@kunde.example";
    stage.types_in(&[
        ("Surname", "Beide"),
        ("EmailAddresses/EmailAddress1", both),
        ("JobTitle", "Chefin"),
    ]);
    stage.records(&[("lastname", "Beide"), ("email", both), ("phone", "3")]);
    stage
}

/// The same people after a first sync; then everything is changed on some side, something is deleted, something is new.
async fn second_morning() -> Stage {
    let stage = first_morning().await;
    stage.sync().await;
    stage.seconds_pass(600);
    let of = |name: &str| (stage.item(name).id, text(&stage.record(name), "id"));
    stage.edits_item(&of("Mailbox").0, &[("JobTitle", "Meister")]);
    stage.edits_record(&of("CRM").1, &[("mobile", "4")]);
    stage.edits_item(&of("Beide").0, &[("JobTitle", "Präsidentin")]);
    stage.edits_record(&of("Beide").1, &[("mailingcity", "Ulm")]);
    stage
        .sandbox
        .crm
        .delete(&stage.user().name, &of("Zweiter").1)
        .expect("it is there");
    stage
        .sandbox
        .exchange
        .delete(&stage.user().email, &of("Ohne Firma").0)
        .expect("it is there");
    stage.types_in(&[("Surname", "Neu")]);
    stage.sandbox.crm.reset_journal();
    stage
}

async fn matrix<F: Future<Output = Stage>>(morning: impl Fn() -> F) {
    let calm = morning().await;
    let moments = run_to_the_end(&calm);
    rest(&calm);
    let expected = evening(&calm).await;
    assert!(moments > 20, "the day has {moments} moments");
    for moment in 1..=moments {
        let stage = morning().await;
        let killed = run(&stage, moment);
        assert!(!killed.status.success(), "moment {moment} of {moments}");
        run_to_the_end(&stage);
        rest(&stage);
        assert_eq!(
            evening(&stage).await,
            expected,
            "killed at moment {moment} of {moments}"
        );
        assert_eq!(
            stage.links().await.len(),
            calm.links().await.len(),
            "moment {moment}"
        );
    }
    println!("{moments} moments");
}

/// A creation that may still be under way is not repeated for some minutes; then everything is done. A mail whose import is never
/// answered is tried some times.
fn rest(stage: &Stage) {
    let times = match stage.component {
        Component::Contacts | Component::Appointments | Component::Tasks => 1,
        Component::Emails => 2,
    };
    for _ in 0..times {
        stage.seconds_pass(400);
        run_to_the_end(stage);
    }
}

fn run(stage: &Stage, moment: u64) -> Output {
    let servers = stage.servers();
    let now = stage.sandbox.ground.clock.now(sandbox::faults::Side::Crm);
    assert!(now >= beginning());
    Command::new(env!("CARGO_BIN_EXE_sync-and-die"))
        .arg(stage.profile.path())
        .arg(stage.component.name())
        .args([moment.to_string(), now.to_string()])
        .arg(serde_json::to_string(&stage.policy).expect("a policy is plain data"))
        .args([servers.exchange, servers.crm, servers.address])
        .args([servers.password, servers.user, servers.access_key])
        .output()
        .expect("the program was built with this test")
}

/// The answer is how many moments the run had.
fn run_to_the_end(stage: &Stage) -> u64 {
    let output = run(stage, 0);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    let count = String::from_utf8_lossy(&output.stdout);
    count
        .trim()
        .parse()
        .expect("it prints the number of moments")
}

async fn evening(stage: &Stage) -> Evening {
    match stage.component {
        Component::Appointments => evening_of_calendars(stage, "Events"),
        Component::Tasks => evening_of_calendars(stage, "Calendar"),
        Component::Contacts => evening_of_contacts(stage),
        Component::Emails => Evening {
            pairs: Vec::new(),
            records: Vec::new(),
            made: 0,
            post: Some(stage.evening_of_mails().await),
        },
    }
}

/// Appointments and tasks as either side shows them.
fn evening_of_calendars(stage: &Stage, module: &str) -> Evening {
    let items = match stage.component {
        Component::Appointments => stage.calendar("2026-06-01", "2026-08-01"),
        _ => stage.items(),
    };
    let shown = |item: &ItemView| {
        let names = [
            "Subject",
            "Start",
            "End",
            "Location",
            "DueDate",
            "Importance",
        ];
        names.map(|name| field(item, name)).join(", ")
    };
    let kept = |record: &RecordView| {
        let names = [
            "subject",
            "date_start",
            "time_start",
            "due_date",
            "time_end",
            "location",
            "taskpriority",
        ];
        names.map(|name| text(record, name)).join(", ")
    };
    let mut pairs: Vec<String> = items.iter().map(shown).collect();
    pairs.sort();
    let mut records: Vec<String> = stage.own_records(module).iter().map(kept).collect();
    records.sort();
    let crm = &stage.sandbox.crm;
    Evening {
        pairs,
        records,
        made: crm.records(module).len() + crm.deleted(module).len(),
        post: None,
    }
}

fn evening_of_contacts(stage: &Stage) -> Evening {
    let shown = |values: &model::Fields| {
        let values: Vec<String> = values
            .iter()
            .map(|(field, value)| format!("{field}={value}"))
            .collect();
        values.join(", ")
    };
    let mut pairs: Vec<String> = stage
        .pairs()
        .iter()
        .map(|(item, record)| {
            format!(
                "{} [{}] with {}",
                shown(&stage.item_values(item)),
                field(item, "FileAs"),
                shown(&stage.record_values(record))
            )
        })
        .collect();
    pairs.sort();
    let mut records: Vec<String> = stage
        .own_records("Contacts")
        .iter()
        .chain(stage.own_records("Accounts").iter())
        .map(|record| shown(&stage.record_values(record)) + &text(record, "accountname"))
        .collect();
    records.sort();
    Evening {
        pairs,
        records,
        made: stage.sandbox.crm.records("Contacts").len()
            + stage.sandbox.crm.deleted("Contacts").len(),
        post: None,
    }
}
