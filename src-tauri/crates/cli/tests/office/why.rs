//! `exco why` (R6.12): one case for each possible cause of manual 2.4.4 that concerns contacts, appointments, tasks or signing in.
//! Each sets the situation up, asks the program, and looks for the code of the reason; none may write to either server.
//!
//! Of the manual's list these have no case here:
//! - All of "E-Mail wurde nicht synchronisiert": e-mails are synced by a later version; until then nothing is looked for among them.
//! - The languages of Exchange: folders go by their well-known identifiers, any language works (R1.8).
//! - Exchange from 2013 on: an older server is no server that answers in this protocol; nothing about it is kept in a profile.
//! - Cron jobs "Background Worker" and "Exchange Connector", and the log of "keep alive": this product has none, the program itself runs;
//!   a paused one is told.
//! - Both servers talking to each other: here the program talks to both; that one does not answer is told.
//! - One Exchange with several CRMs, and a CRM made anew: `connect` recognises another account before anything is kept (R7.10).

use std::net::TcpListener;
use std::{fs, io::Read, io::Write, thread};

use sandbox::crm::{Rights, Status};
use sandbox::exchange::Response;
use serde_json::{Value, json};

use crate::{FOLDER, Office};

/// What the modules of the components are called, the folder that is synced, and a record that lacks nothing.
struct Kind {
    component: &'static str,
    module: &'static str,
    synced: &'static str,
    standard: &'static str,
    record: &'static [(&'static str, &'static str)],
    item: &'static [(&'static str, &'static str)],
}

const CONTACTS: Kind = Kind {
    component: "contacts",
    module: "Contacts",
    synced: FOLDER,
    standard: "Contacts",
    record: &[
        ("firstname", "Erika"),
        ("lastname", "Muster"),
        ("email", "erika@kunde.example"),
    ],
    item: &[
        ("GivenName", "Erika"),
        ("Surname", "Muster"),
        ("EmailAddresses/EmailAddress1", "erika@kunde.example"),
    ],
};

const APPOINTMENTS: Kind = Kind {
    component: "appointments",
    module: "Events",
    synced: "Calendar/CRM-Sync",
    standard: "Calendar",
    record: &[
        ("subject", "Muster bei Erika"),
        ("activitytype", "Meeting"),
        ("eventstatus", "Planned"),
        ("date_start", "2030-01-07"),
        ("time_start", "09:00:00"),
        ("due_date", "2030-01-07"),
        ("time_end", "10:00:00"),
        ("duration_hours", "1"),
    ],
    item: &[
        ("Subject", "Muster bei Erika"),
        ("Start", "2030-01-07T09:00:00Z"),
        ("End", "2030-01-07T10:00:00Z"),
    ],
};

const TASKS: Kind = Kind {
    component: "tasks",
    module: "Calendar",
    synced: "Tasks/CRM-Sync",
    standard: "Tasks",
    record: &[
        ("subject", "Muster an Erika schicken"),
        ("activitytype", "Task"),
        ("taskstatus", "Not Started"),
        ("date_start", "2030-01-07"),
        ("time_start", "08:00:00"),
        ("due_date", "2030-01-08"),
    ],
    item: &[
        ("Subject", "Muster an Erika schicken"),
        ("StartDate", "2030-01-07T00:00:00Z"),
        ("DueDate", "2030-01-08T00:00:00Z"),
    ],
};

const ALL: [&Kind; 3] = [&CONTACTS, &APPOINTMENTS, &TASKS];

/// Fields of which some are others.
fn but<'a>(
    fields: &[(&'a str, &'a str)],
    others: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let kept = fields
        .iter()
        .filter(|(name, _)| others.iter().all(|(other, _)| other != name));
    kept.chain(others).copied().collect()
}

/// What was said of one thing: its component, whether it is synced, the codes.
type Told = (Value, bool, Vec<String>);

fn told(kind: &Kind, synced: bool, codes: &[&str]) -> Told {
    let codes = codes.iter().map(|code| (*code).to_owned()).collect();
    (kind.component.into(), synced, codes)
}

/// What was said before any entry.
fn cause(kind: Option<&Kind>, code: &str) -> Told {
    let component = kind.map_or(Value::Null, |kind| kind.component.into());
    (component, false, vec![code.to_owned()])
}

impl Office {
    /// Both sides are signed in, and the folders are there.
    pub async fn ready(policy: &'static str) -> Self {
        let office = Self::with(policy).await;
        office.sign_in();
        assert_eq!(office.sync().0, Some(0));
        office
    }

    /// The exit code and the answer. Nothing may be written by asking.
    fn asks_why(&self, text: &str) -> (Option<i32>, Vec<Value>) {
        let writes = || {
            let (crm, exchange) = (self.sandbox.crm.journal(), self.sandbox.exchange.journal());
            (
                crm.all_writes(),
                exchange.all_writes(),
                exchange.writes.len(),
            )
        };
        let before = writes();
        let (exit, answer) = self.asks(&["why", text]);
        assert_eq!(writes(), before, "asking writes nothing");
        let list = answer.as_array().cloned();
        (exit, list.unwrap_or_else(|| panic!("a list, not {answer}")))
    }

    /// What is said of it, causes first; a question that has an answer.
    fn why(&self, text: &str) -> Vec<Told> {
        let (exit, list) = self.asks_why(text);
        assert_eq!(exit, Some(0), "{list:?}");
        list.iter().map(said).collect()
    }

    fn keeps(&self, kind: &Kind, others: &[(&str, &str)]) -> String {
        let fields = but(kind.record, others);
        let made = self
            .sandbox
            .crm
            .create(&self.user().name, kind.module, &fields);
        made.expect("made")["id"]
            .as_str()
            .expect("an id")
            .to_owned()
    }

    fn lays(&self, folder: &str, kind: &Kind, others: &[(&str, &str)]) -> String {
        let fields = but(kind.item, others);
        let fields: Vec<_> = fields
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .collect();
        let made = self
            .sandbox
            .exchange
            .create(&self.user().email, folder, &fields);
        made.expect("made")
    }

    fn assigns(&self, record: &str, to: &str) {
        let given = self.sandbox.crm.assign(&self.user().name, record, to);
        given.expect("there is such an owner");
    }

    /// The address of a server is another one now.
    fn moves_server(&self, from: &str, to: &str) {
        let file = self.folder.path().join("profile").join("settings.toml");
        let settings = fs::read_to_string(&file).expect("readable");
        assert!(settings.contains(from), "{settings}");
        fs::write(file, settings.replace(from, to)).expect("writable");
    }
}

fn said(entry: &Value) -> Told {
    let reasons = entry["reasons"].as_array().expect("reasons");
    for reason in reasons {
        let has = |part: &str| reason[part].as_str().is_some_and(|text| !text.is_empty());
        assert!(has("what") && has("next"), "{reason}");
    }
    let code = |reason: &Value| reason["code"].as_str().expect("a code").to_owned();
    let synced = entry["synced"].as_bool().expect("a verdict");
    (
        entry["component"].clone(),
        synced,
        reasons.iter().map(code).collect(),
    )
}

/// A server that answers everybody like this, for as long as the tests run.
fn server_that_says(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound");
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    address.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_12_what_is_synced_says_so_with_its_last_line_by_name_address_subject_and_id() {
    let office = Office::ready("").await;
    let records = ALL.map(|kind| office.keeps(kind, &[]));
    assert_eq!(office.sync().0, Some(0));
    let all = ALL.map(|kind| told(kind, true, &[]));
    assert_eq!(office.why("muster ERIKA"), all);
    assert_eq!(
        office.why("erika@kunde.example"),
        [told(&CONTACTS, true, &[])]
    );
    for (kind, record) in ALL.iter().zip(&records) {
        let (_, list) = office.asks_why(record);
        assert_eq!(list.len(), 1, "{list:?}");
        assert_eq!(list[0]["record"], record.as_str());
        assert_eq!(list[0]["component"], kind.component);
        assert_eq!(list[0]["last"]["act"], "created");
        let item = list[0]["item"].as_str().expect("an item").to_owned();
        assert_eq!(office.why(&item), [told(kind, true, &[])]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_12_what_no_run_has_seen_comes_with_the_next_one() {
    let office = Office::ready("").await;
    for kind in ALL {
        office.keeps(kind, &[]);
    }
    assert_eq!(
        office.why("Muster"),
        ALL.map(|kind| told(kind, false, &["comes_with_next_run"]))
    );
    assert_eq!(office.sync().0, Some(0));
    office.lays(FOLDER, &CONTACTS, &[("Surname", "Neumann")]);
    assert_eq!(
        office.why("Neumann"),
        [told(&CONTACTS, false, &["comes_with_next_run"])]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_12_what_is_nowhere_is_told_by_the_exit_code() {
    let office = Office::ready("components = [\"emails\", \"contacts\"]").await;
    let (exit, list) = office.asks_why("O'Nobody 100% \\ & Co");
    assert_eq!(exit, Some(1));
    let causes: Vec<Told> = list.iter().map(said).collect();
    let off = [&APPOINTMENTS, &TASKS].map(|kind| cause(Some(kind), "component_off"));
    assert_eq!(causes, off, "what is switched off was searched too");
}

#[tokio::test(flavor = "multi_thread")]
async fn r1_5_a_record_of_a_group_or_of_a_colleague_is_not_assigned_to_the_user() {
    for owner in ["Team Selling", "colleague"] {
        let office = Office::ready("").await;
        let owner = match owner {
            "colleague" => office.sandbox.users[1].name.clone(),
            group => group.to_owned(),
        };
        let records = ALL.map(|kind| office.keeps(kind, &[]));
        records
            .iter()
            .for_each(|record| office.assigns(record, &owner));
        let not_mine = ALL.map(|kind| told(kind, false, &["not_assigned_to_user"]));
        // A colleague's calendar is not shown to others, so nobody but the CRM knows what is in it.
        let visible = match owner.as_str() {
            "Team Selling" => &not_mine[..],
            _ => &not_mine[..1],
        };
        assert_eq!(office.why("Muster"), visible, "{owner}");
        assert_eq!(office.sync().0, Some(0));
        assert_eq!(office.why("Muster"), visible, "after a run: {owner}");
        assert_eq!(office.why(&records[0]), not_mine[..1], "{owner}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r1_5_what_the_crm_does_not_show_the_user_is_named_by_its_id() {
    let office = Office::ready("").await;
    let record = office.keeps(&TASKS, &[]);
    office.assigns(&record, &office.sandbox.users[1].name);
    assert_eq!(
        office.why(&record),
        [told(&TASKS, false, &["not_assigned_to_user"])]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_12_what_was_deleted_on_both_sides_is_known_by_the_history() {
    let office = Office::ready("").await;
    let record = office.keeps(&TASKS, &[]);
    assert_eq!(office.sync().0, Some(0));
    office
        .sandbox
        .crm
        .delete(&office.user().name, &record)
        .expect("deleted");
    assert_eq!(office.sync().0, Some(0));
    for text in ["Muster an", record.as_str()] {
        let (_, list) = office.asks_why(text);
        assert_eq!(said(&list[0]), told(&TASKS, false, &["entry_gone"]));
        assert_eq!(list[0]["last"]["act"], "deleted");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r1_5_a_linked_record_that_was_assigned_away_says_so() {
    let office = Office::ready("").await;
    let record = office.keeps(&TASKS, &[]);
    assert_eq!(office.sync().0, Some(0));
    office.assigns(&record, "Team Selling");
    let not_mine = [told(&TASKS, false, &["not_assigned_to_user"])];
    assert_eq!(office.why("Muster"), not_mine);
    assert_eq!(office.sync().0, Some(0));
    assert_eq!(office.why("Muster"), not_mine, "after a run");
}

#[tokio::test(flavor = "multi_thread")]
async fn r1_1_a_component_that_the_policy_has_not_chosen_is_off() {
    for (kind, policy) in [
        (
            &CONTACTS,
            "components = [\"emails\", \"appointments\", \"tasks\"]",
        ),
        (
            &APPOINTMENTS,
            "components = [\"emails\", \"contacts\", \"tasks\"]",
        ),
        (
            &TASKS,
            "components = [\"emails\", \"contacts\", \"appointments\"]",
        ),
    ] {
        let office = Office::ready(policy).await;
        office.keeps(kind, &[]);
        let off = cause(Some(kind), "component_off");
        assert_eq!(office.why("Muster"), [off, told(kind, false, &[])]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r1_6_a_module_that_may_only_be_read_takes_nothing_from_the_mailbox() {
    for kind in ALL {
        let office = Office::ready("").await;
        let (crm, user) = (&office.sandbox.crm, &office.user().name);
        assert!(crm.set_rights(user, kind.module, Rights::ReadOnly));
        assert_eq!(office.asks(&["disconnect", "--yes"]).0, Some(0));
        office.sign_in();
        assert_eq!(office.sync().0, Some(0), "the folders are there again");
        office.lays(kind.synced, kind, &[]);
        let missing = [told(kind, false, &["permission_missing"])];
        assert_eq!(
            office.why("Muster"),
            missing,
            "before a run: {}",
            kind.component
        );
        office.sync();
        assert_eq!(
            office.why("Muster"),
            missing,
            "after a run: {}",
            kind.component
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r1_6_a_closed_module_is_told_once_and_the_others_are_answered() {
    let office = Office::ready("").await;
    let (crm, user) = (&office.sandbox.crm, &office.user().name);
    office.keeps(&TASKS, &[]);
    assert!(crm.set_rights(user, "Contacts", Rights::Closed));
    office.sync();
    office.lays(FOLDER, &CONTACTS, &[]);
    let expected = [
        cause(Some(&CONTACTS), "permission_missing"),
        told(&CONTACTS, false, &[]),
        told(&TASKS, true, &[]),
    ];
    assert_eq!(office.why("Muster"), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn r1_3_what_lies_in_the_standard_folder_is_outside_under_crm_sync() {
    let office = Office::ready("").await;
    for kind in ALL {
        office.lays(kind.standard, kind, &[]);
    }
    let outside = ALL.map(|kind| told(kind, false, &["outside_folder"]));
    assert_eq!(office.why("Muster"), outside);
    assert_eq!(office.sync().0, Some(0));
    assert_eq!(office.why("Muster"), outside, "after a run");
    let (_, list) = office.asks_why("Muster");
    let values = &list[0]["reasons"][0]["values"];
    assert_eq!(values, &json!({"folder": "contacts", "synced": "CRM-Sync"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn r1_3_what_was_left_in_crm_sync_is_outside_after_the_change_to_the_standard_folder() {
    for (kind, policy) in [
        (&APPOINTMENTS, "folders.appointments = \"standard\""),
        (&TASKS, "folders.tasks = \"standard\""),
    ] {
        let mut office = Office::ready("").await;
        office.policy = policy;
        assert_eq!(office.sync().0, Some(0));
        office.lays(kind.synced, kind, &[]);
        assert_eq!(
            office.why("Muster"),
            [told(kind, false, &["outside_folder"])]
        );
        let (_, list) = office.asks_why("Muster");
        let values = &list[0]["reasons"][0]["values"];
        assert_eq!(
            values,
            &json!({"folder": "CRM-Sync", "synced": kind.component})
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r3_4_r4_3_what_ends_before_it_starts_is_told_and_keeps_nobody_from_signing_in() {
    for kind in [&APPOINTMENTS, &TASKS] {
        let office = Office::ready("").await;
        let record = office.keeps(kind, &[("due_date", "2030-01-02")]);
        let backwards = [told(kind, false, &["end_before_start"])];
        assert_eq!(
            office.why("Muster"),
            backwards,
            "before a run: {}",
            kind.component
        );
        assert_eq!(office.sync().0, Some(4));
        assert_eq!(
            office.why(&record),
            backwards,
            "after a run: {}",
            kind.component
        );
        let exchange = office.sandbox.exchange_url.clone();
        let signed_in = office.connect_exchange(&exchange, &office.user().password);
        assert_eq!(signed_in.0, Some(0), "the manual's fails here");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r3_4_r4_3_what_has_no_subject_lacks_a_mandatory_field() {
    for kind in [&APPOINTMENTS, &TASKS] {
        let office = Office::ready("").await;
        let item = office.lays(kind.synced, kind, &[("Subject", "")]);
        assert_eq!(office.sync().0, Some(4));
        let missing = [told(kind, false, &["field_mandatory"])];
        assert_eq!(office.why(&item), missing, "{}", kind.component);
        let (_, list) = office.asks_why(&item);
        assert_eq!(list[0]["reasons"][0]["values"]["field"], "subject");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_5_a_mandatory_field_of_the_crm_is_named_for_what_comes_from_outlook() {
    for kind in ALL {
        let office = Office::ready("").await;
        let field = format!("{}:cf_855:Kostenstelle:string:mandatory", kind.module);
        let added = office
            .sandbox
            .crm
            .add_field(field.parse().expect("a field"));
        added.expect("there is such a module");
        office.lays(kind.synced, kind, &[]);
        assert_eq!(office.sync().0, Some(4));
        assert_eq!(
            office.why("Muster"),
            [told(kind, false, &["field_mandatory"])],
            "{}",
            kind.component
        );
        let (_, list) = office.asks_why("Muster");
        let values = &list[0]["reasons"][0]["values"];
        assert_eq!(values["label"], "Kostenstelle");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r2_4_a_contact_that_was_deleted_in_the_mailbox_stays_away() {
    let office = Office::ready("").await;
    office.keeps(&CONTACTS, &[]);
    assert_eq!(office.sync().0, Some(0));
    let item = office.item().expect("an item").id;
    office
        .sandbox
        .exchange
        .delete(&office.user().email, &item)
        .expect("deleted");
    assert_eq!(office.sync().0, Some(0));
    assert_eq!(
        office.why("Muster"),
        [told(&CONTACTS, false, &["deleted_by_user"])]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn r3_3_what_lies_before_the_days_says_so_on_either_side() {
    let office = Office::ready("").await;
    let before = [("date_start", "2020-01-07"), ("due_date", "2020-01-07")];
    office.keeps(&APPOINTMENTS, &before);
    let done = [&before[..], &[("taskstatus", "Completed")]].concat();
    office.keeps(&TASKS, &done);
    let outside = [&APPOINTMENTS, &TASKS].map(|kind| told(kind, false, &["outside_days"]));
    assert_eq!(office.why("Muster"), outside);
    assert_eq!(office.sync().0, Some(0));
    assert_eq!(office.why("Muster"), outside, "after a run");
    let start = ("Start", "2020-01-07T09:00:00Z");
    let old = [
        ("Subject", "Alter Termin"),
        start,
        ("End", "2020-01-07T10:00:00Z"),
    ];
    office.lays(APPOINTMENTS.synced, &APPOINTMENTS, &old);
    assert_eq!(office.sync().0, Some(0));
    assert_eq!(
        office.why("alter termin"),
        [told(&APPOINTMENTS, false, &["outside_days"])]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn r3_1_an_event_of_another_type_is_not_synced() {
    let office = Office::ready("event_types = [\"Meeting\"]").await;
    let call = office.keeps(&APPOINTMENTS, &[("activitytype", "Call")]);
    assert_eq!(office.sync().0, Some(0));
    assert_eq!(
        office.why("Muster"),
        [told(&APPOINTMENTS, false, &["type_not_synced"])]
    );
    office.assigns(&call, "Team Selling");
    let both = ["not_assigned_to_user", "type_not_synced"];
    assert_eq!(office.why(&call), [told(&APPOINTMENTS, false, &both)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn r3_8_a_private_appointment_is_skipped() {
    let office = Office::ready("").await;
    office.lays(
        APPOINTMENTS.synced,
        &APPOINTMENTS,
        &[("Sensitivity", "Private")],
    );
    assert_eq!(office.sync().0, Some(0));
    assert_eq!(
        office.why("Muster"),
        [told(&APPOINTMENTS, false, &["private_item"])]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn r3_6_what_somebody_else_organises_is_synced_and_read_only() {
    let office = Office::ready("").await;
    let (chef, fields) = ("Chef <chef@kunde.example>", APPOINTMENTS.item);
    let exchange = &office.sandbox.exchange;
    let invited = exchange.invited(
        &office.user().email,
        APPOINTMENTS.synced,
        chef,
        Response::Accept,
        fields,
    );
    invited.expect("invited");
    assert_eq!(office.sync().0, Some(0));
    assert_eq!(
        office.why("Muster"),
        [told(&APPOINTMENTS, true, &["organised_by_other"])]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn r3_5_a_series_is_told_once() {
    let office = Office::ready("").await;
    let weekly = [
        ("Recurrence/WeeklyRecurrence/Interval", "1"),
        ("Recurrence/WeeklyRecurrence/DaysOfWeek", "Monday"),
        ("Recurrence/NoEndRecurrence/StartDate", "2026-12-07"),
        ("Start", "2026-12-07T09:00:00Z"),
        ("End", "2026-12-07T10:00:00Z"),
    ];
    office.lays(APPOINTMENTS.synced, &APPOINTMENTS, &weekly);
    assert_eq!(
        office.why("Muster"),
        [told(&APPOINTMENTS, false, &["comes_with_next_run"])]
    );
    assert_eq!(office.sync().0, Some(0));
    assert!(office.sandbox.crm.records("Events").len() > 10);
    assert_eq!(office.why("Muster"), [told(&APPOINTMENTS, true, &[])]);
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_1_a_conflict_says_that_both_sides_changed() {
    let office = Office::ready("conflict_strategy = \"none\"").await;
    office.keeps(&CONTACTS, &[("phone", "1")]);
    assert_eq!(office.sync().0, Some(0));
    office.edits_item("PhoneNumbers/BusinessPhone", "2");
    office.edits_record("phone", "3");
    assert_eq!(office.sync().0, Some(4));
    assert_eq!(
        office.why("Muster"),
        [told(&CONTACTS, false, &["both_changed"])]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_8_a_brake_is_told_before_the_entries_it_holds() {
    let office = Office::ready("").await;
    for number in 0..12 {
        office.keeps(&TASKS, &[("subject", &format!("Muster {number}"))]);
    }
    assert_eq!(office.sync().0, Some(0));
    let items = office
        .sandbox
        .exchange
        .items_in(&office.user().email, TASKS.synced);
    for item in items {
        office
            .sandbox
            .exchange
            .delete(&office.user().email, &item.id)
            .expect("deleted");
    }
    assert_eq!(office.sync().0, Some(4));
    office.keeps(&TASKS, &[("subject", "Neues")]);
    let brake = cause(Some(&TASKS), "side_empty");
    assert_eq!(office.why("Neues"), [brake, told(&TASKS, false, &[])]);
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_12_a_paused_program_is_told_and_hides_nothing() {
    let office = Office::ready("").await;
    office.keeps(&CONTACTS, &[]);
    assert_eq!(office.asks(&["pause"]).0, Some(0));
    let paused = cause(None, "paused");
    assert_eq!(
        office.why("Muster"),
        [paused.clone(), told(&CONTACTS, false, &[])]
    );
    let (exit, list) = office.asks_why("Niemand");
    assert_eq!((exit, said(&list[0])), (Some(1), paused));
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_12_without_an_account_that_is_the_answer() {
    let office = Office::open().await;
    assert_eq!(office.why("Muster"), [cause(None, "not_connected")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn r7_4_a_wrong_password_is_told_and_asking_does_not_lock_the_account() {
    let office = Office::ready("").await;
    office.keeps(&CONTACTS, &[]);
    assert_eq!(office.sync().0, Some(0));
    let user = office.user().clone();
    let why = || {
        let output = office.command(&["why", "Muster"], &user.access_key, "wrong");
        let list: Vec<Value> = serde_json::from_slice(&output.stdout).expect("a list");
        list.iter().map(said).collect::<Vec<_>>()
    };
    let synced = told(&CONTACTS, true, &[]);
    assert_eq!(why(), [cause(None, "wrong_password"), synced.clone()]);
    why();
    let before = office.sandbox.exchange.journal().refused_sign_ins;
    let stopped = [
        cause(None, "sign_in_stopped"),
        cause(None, "wrong_password"),
        synced,
    ];
    assert_eq!(why(), stopped);
    assert_eq!(office.sandbox.exchange.journal().refused_sign_ins, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn r7_8_an_inactive_user_is_told_that_the_access_key_is_no_longer_valid() {
    let office = Office::ready("").await;
    office.keeps(&CONTACTS, &[]);
    assert_eq!(office.sync().0, Some(0));
    assert!(
        office
            .sandbox
            .crm
            .set_status(&office.user().name, Status::Inactive)
    );
    office.sandbox.crm.expire_sessions();
    assert_eq!(office.sync().0, Some(3));
    let expected = [
        cause(None, "access_key_no_longer_valid"),
        told(&CONTACTS, true, &[]),
    ];
    assert_eq!(office.why("Muster"), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn r7_8_an_inactive_user_can_clean_the_mailbox_however_often_it_was_tried() {
    let office = Office::ready("").await;
    office.keeps(&CONTACTS, &[]);
    assert_eq!(office.sync().0, Some(0));
    let crm = &office.sandbox.crm;
    assert!(crm.set_status(&office.user().name, Status::Inactive));
    crm.expire_sessions();
    for _ in 0..4 {
        assert_eq!(office.sync().0, Some(3));
    }
    assert_eq!(office.sync(), (Some(3), "sign_in_stopped".to_owned()));
    assert_eq!(office.asks(&["disconnect", "--yes"]).0, Some(0));
    let folders = office.sandbox.exchange.folders(&office.user().email);
    assert!(folders.iter().all(|folder| folder.path != FOLDER));
}

#[tokio::test(flavor = "multi_thread")]
async fn r7_4_a_server_that_cannot_be_used_is_told_and_what_is_known_is_answered() {
    let refusing = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let refusing = server_that_says(refusing);
    for (to, code) in [
        (
            "http://127.0.0.1:9/EWS/Exchange.asmx".to_owned(),
            "server_unreachable",
        ),
        (
            format!("http://{refusing}/EWS/Exchange.asmx"),
            "ews_switched_off",
        ),
        (
            format!("https://{}/x", server_that_says("no TLS here")),
            "tls_failed",
        ),
    ] {
        let office = Office::ready("").await;
        office.keeps(&TASKS, &[]);
        assert_eq!(office.sync().0, Some(0));
        office.keeps(&CONTACTS, &[]);
        office.moves_server(&office.sandbox.exchange_url, &to);
        let expected = [
            cause(None, code),
            told(&CONTACTS, false, &[]),
            told(&TASKS, true, &[]),
        ];
        assert_eq!(office.why("Muster"), expected, "{to}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r7_4_a_wrong_address_of_exchange_is_told() {
    let office = Office::ready("").await;
    office.moves_server("/EWS/Exchange.asmx", "/owa");
    assert_eq!(office.why("Muster"), [cause(None, "nothing_at_address")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_12_without_the_crm_the_mailbox_is_searched_and_the_open_failure_is_told_once() {
    let office = Office::ready("").await;
    office.lays(CONTACTS.standard, &CONTACTS, &[]);
    office.moves_server(&office.sandbox.crm_url, "http://127.0.0.1:9");
    assert_eq!(office.sync().0, Some(5));
    let expected = [
        cause(None, "server_unreachable"),
        told(&CONTACTS, false, &["outside_folder"]),
    ];
    assert_eq!(office.why("Muster"), expected);
}
