//! S1: the process is really killed before and after every journal step, commit and remote write of two recorded days; after a restart
//! both sides end as in an undisturbed run, and no write happened twice.

use std::process::{Command, Output};

use sandbox::options::Options;
use scenarios::people::{field, text};
use scenarios::stage::{Stage, beginning};

/// What a day looks like in the evening: every pair with its values, everything without a partner, and how often the CRM made something.
#[derive(Debug, PartialEq, Eq)]
struct Evening {
    pairs: Vec<String>,
    records: Vec<String>,
    made: usize,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s1_killed_at_every_moment_of_a_first_sync() {
    matrix(first_morning).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s1_killed_at_every_moment_of_a_day_of_changes() {
    matrix(second_morning).await;
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
    let expected = evening(&calm);
    assert!(moments > 20, "the day has {moments} moments");
    for moment in 1..=moments {
        let stage = morning().await;
        let killed = run(&stage, moment);
        assert!(!killed.status.success(), "moment {moment} of {moments}");
        run_to_the_end(&stage);
        rest(&stage);
        assert_eq!(
            evening(&stage),
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

/// A creation that may still be under way is not repeated for some minutes; then everything is done.
fn rest(stage: &Stage) {
    stage.seconds_pass(400);
    run_to_the_end(stage);
}

fn run(stage: &Stage, moment: u64) -> Output {
    let servers = stage.servers();
    let now = stage.sandbox.ground.clock.now(sandbox::faults::Side::Crm);
    assert!(now >= beginning());
    Command::new(env!("CARGO_BIN_EXE_sync-and-die"))
        .arg(stage.profile.path())
        .args([moment.to_string(), now.to_string()])
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

fn evening(stage: &Stage) -> Evening {
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
    }
}
