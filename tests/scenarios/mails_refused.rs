//! Mails the CRM does not take: listed with their reason, back in their folder, and tried again from there (R5.10).

use std::collections::BTreeMap;

use model::history::Act;
use model::{Code, Component, Policy, RemoteId, RunId};
use ports::{HistoryFilter, Refusal, StateStore};
use sandbox::crm::{AddedField, Rights};
use sandbox::options::Options;
use scenarios::post::unsteady::{Ending, Unsteady};
use scenarios::post::{DROP, Letter};
use scenarios::stage::Stage;

const KUNDE: &str = "karl@kunde.example";
const DAY: i64 = 24 * 3_600 + 60;

async fn refusals(stage: &Stage) -> Vec<Refusal> {
    let refusals = stage.store.refusals(Component::Emails).await;
    refusals.expect("the profile is ours")
}

/// From now on the user may do this to a module of the CRM, which is known after a start.
fn may(stage: Stage, module: &str, rights: Rights) -> Stage {
    let user = &stage.user().name;
    assert!(stage.sandbox.crm.set_rights(user, module, rights));
    stage.anew()
}

/// Days on which nothing else happens.
async fn days_pass(stage: &Stage, days: usize) {
    for _ in 0..days {
        stage.seconds_pass(DAY);
        stage.sync().await;
    }
}

/// All lie where they came from, and what could not be imported is imported once the servers work again and it has rested.
async fn all_get_in_the_next_day(stage: &Stage, subjects: &[&str], all: usize) {
    for subject in subjects {
        assert_eq!(stage.place_of(subject), ["Inbox"]);
    }
    stage.assert_settled().await;
    stage.sandbox.ground.faults.clear();
    days_pass(stage, 1).await;
    assert_eq!(stage.sandbox.crm.emails().len(), all);
    assert!(refusals(stage).await.is_empty());
}

/// The one mail that waits; it lies where it came from, and its id is the one it has there.
async fn refused(stage: &Stage, subject: &str) -> Refusal {
    let mut all = refusals(stage).await;
    assert_eq!(all.len(), 1, "{all:?}");
    let refusal = all.remove(0);
    let mail = stage.mails_called(subject).remove(0);
    assert_eq!(mail.folder, "Inbox");
    assert_eq!(refusal.entry.as_str(), mail.id);
    assert_eq!(refusal.title, subject);
    refusal
}

#[tokio::test]
async fn r5_10_a_mandatory_field_is_filled_in_by_the_user() {
    let stage = Stage::of_mails(
        Options {
            crm_fields: vec![AddedField {
                module: "Emails".to_owned(),
                name: "cf_project".to_owned(),
                label: "Project".to_owned(),
                kind: "string".to_owned(),
                mandatory: true,
            }],
            ..Options::default()
        },
        Policy::default(),
    )
    .await;
    stage.drops(&Letter::new(KUNDE, &stage.user().email, "Frage"), DROP);
    let ran = stage.sync().await;
    assert_eq!(ran.tally.failed, 1);
    let refusal = refused(&stage, "Frage").await;
    assert_eq!(refusal.problem.code, Code::FieldMandatory);
    assert_eq!(refusal.problem.values["field"], "cf_project");
    assert_eq!(stage.sync().await.tally.failed, 1, "it goes on waiting");

    let filled = engine::FilledIn {
        values: Vec::new(),
        more: BTreeMap::from([("cf_project".to_owned(), "P1".to_owned())]),
    };
    let entry = RemoteId::Mailbox(model::ItemId::new(refusal.entry.as_str()));
    let engine = stage.engine();
    let done = engine.fill_in(RunId(1), Component::Emails, &entry, &filled);
    done.await.expect("it is kept");
    let ran = stage.sync().await;
    assert_eq!((ran.tally.records.created, ran.tally.failed), (1, 0));
    assert_eq!(stage.one_email().fields["cf_project"], "P1");
    assert!(refusals(&stage).await.is_empty());
    assert_eq!(stage.place_of("Frage"), ["Inbox"]);
    stage.assert_settled().await;
}

#[tokio::test]
async fn r5_6_r5_3_files_left_out_and_a_lead_that_was_refused_are_both_told() {
    let stage = Stage::of_usual_mails().await;
    let stage = may(stage, "Leads", Rights::ReadOnly);
    let letter = Letter::new(KUNDE, &stage.user().email, "Frage");
    stage.drops(&letter.file("a.txt", "text/plain", b"a"), DROP);
    Unsteady::new(&stage, Ending::LeavesFileOut)
        .run(&stage)
        .await;
    let history = stage.store.history(&HistoryFilter::default()).await;
    let lines = history.expect("the profile is ours").into_iter();
    let mut told: Vec<_> = lines
        .map(|line| (line.title, line.act, line.reason.map(|reason| reason.code)))
        .collect();
    told.sort_by(|one, other| one.0.cmp(&other.0));
    let reasons = [Code::MailFilesLeftOut, Code::PermissionMissing].map(Some);
    assert_eq!(
        told,
        [
            ("Frage".to_owned(), Act::Created, reasons[0]),
            (KUNDE.to_owned(), Act::Refused, reasons[1]),
        ]
    );
    assert_eq!(stage.place_of("Frage"), ["Inbox"]);
    assert!(refusals(&stage).await.is_empty());
}

#[tokio::test]
async fn r5_10_a_missing_right_is_named_and_the_mail_is_imported_once_it_is_there() {
    let stage = Stage::of_usual_mails().await;
    let stage = may(stage, "Emails", Rights::ReadOnly);
    stage.drops(&Letter::new(KUNDE, &stage.user().email, "Frage"), DROP);
    stage.sync().await;
    let refusal = refused(&stage, "Frage").await;
    assert_eq!(refusal.problem.code, Code::PermissionMissing);
    assert_eq!(stage.leads().len(), 1, "the lead is another matter");
    let stage = may(stage, "Emails", Rights::Full);
    days_pass(&stage, 1).await;
    assert_eq!(stage.one_email().subject, "Frage");
    assert!(refusals(&stage).await.is_empty());
    assert_eq!(stage.leads().len(), 1);
}

#[tokio::test]
async fn r5_10_s9_a_refused_mail_that_may_not_be_moved_back_is_tried_again_from_where_it_is() {
    let stage = Stage::of_usual_mails().await;
    let stage = may(stage, "Emails", Rights::ReadOnly);
    stage.drops(&Letter::new(KUNDE, &stage.user().email, "Frage"), DROP);
    stage.order("exchange:access-denied:MoveItem");
    let ran = stage.sync().await;
    assert_eq!(ran.tally.failed, 1);
    let listed = refusals(&stage).await;
    assert_eq!(listed[0].problem.code, Code::PermissionMissing);
    let stage = may(stage, "Emails", Rights::Full);
    days_pass(&stage, 1).await;
    assert_eq!(stage.one_email().subject, "Frage");
    assert_eq!(refusals(&stage).await[0].problem.code, Code::MailNotPutBack);
    stage.sandbox.ground.faults.clear();
    stage.sync().await;
    assert!(refusals(&stage).await.is_empty());
    assert_eq!(stage.place_of("Frage"), ["Inbox"]);
}

#[tokio::test]
async fn r5_10_a_mail_that_is_too_large_is_not_tried_for_ever() {
    let stage = Stage::of_mails(
        Options {
            crm_largest_upload: Some(50_000),
            ..Options::default()
        },
        Policy::default(),
    )
    .await;
    let me = stage.user().email.clone();
    let large = Letter::new(KUNDE, &me, "Large");
    let large = large.file("a.bin", "application/octet-stream", &vec![7; 100_000]);
    stage.drops(&large, DROP);
    stage.drops(&Letter::new(KUNDE, &me, "Small"), DROP);
    for _ in 0..4 {
        stage.sync().await;
        stage.seconds_pass(600);
    }
    assert_eq!(stage.place_of("Small"), ["Inbox"]);
    assert_eq!(stage.one_email().subject, "Small");
    refused(&stage, "Large").await;
}

#[tokio::test]
async fn r5_10_s1_a_refused_mail_stays_on_the_list_though_the_answer_to_its_way_back_was_lost() {
    let stage = Stage::of_usual_mails().await;
    let stage = may(stage, "Emails", Rights::ReadOnly);
    stage.drops(&Letter::new(KUNDE, &stage.user().email, "Frage"), DROP);
    stage.order("exchange:cut-after:MoveItem:0+1");
    stage.try_sync().await;
    stage.sandbox.ground.faults.clear();
    stage.sync().await;
    assert_eq!(stage.place_of("Frage"), ["Inbox"]);
    assert_eq!(refusals(&stage).await.len(), 1, "the user has to know");
    let stage = may(stage, "Emails", Rights::Full);
    days_pass(&stage, 2).await;
    assert_eq!(stage.one_email().subject, "Frage");
    assert!(refusals(&stage).await.is_empty());
    assert_eq!(stage.place_of("Frage"), ["Inbox"]);
}

#[tokio::test]
async fn r5_10_a_refused_mail_the_user_files_elsewhere_is_followed() {
    let stage = Stage::of_usual_mails().await;
    let stage = may(stage, "Emails", Rights::ReadOnly);
    stage.drops(&Letter::new(KUNDE, &stage.user().email, "Frage"), DROP);
    stage.sync().await;
    let refusal = refused(&stage, "Frage").await;
    let (exchange, me) = (&stage.sandbox.exchange, &stage.user().email);
    let made = exchange.create_folder(me, "Archiv", Some("IPF.Note"));
    made.expect("a folder can be made");
    stage.moves(refusal.entry.as_str(), "Archiv");
    let stage = may(stage, "Emails", Rights::Full);
    days_pass(&stage, 3).await;
    assert_eq!(stage.one_email().subject, "Frage");
    assert!(refusals(&stage).await.is_empty());
    assert_eq!(stage.place_of("Frage"), ["Archiv"]);
}

/// Of an installation that demands one field more, with this mail refused for the lack of it; its refusal.
async fn lacking_a_field(subject: &str) -> (Stage, Refusal) {
    let options = Options {
        crm_fields: vec![AddedField {
            module: "Emails".to_owned(),
            name: "cf_project".to_owned(),
            label: "Project".to_owned(),
            kind: "string".to_owned(),
            mandatory: true,
        }],
        ..Options::default()
    };
    let stage = Stage::of_mails(options, Policy::default()).await;
    let (exchange, me) = (&stage.sandbox.exchange, &stage.user().email);
    let made = exchange.create_folder(me, "Archiv", Some("IPF.Note"));
    made.expect("a folder can be made");
    stage.drops(&Letter::new(KUNDE, me, subject), DROP);
    stage.sync().await;
    let refusal = refused(&stage, subject).await;
    (stage, refusal)
}

async fn fills_in(stage: &Stage, refusal: &Refusal) {
    let filled = engine::FilledIn {
        values: Vec::new(),
        more: BTreeMap::from([("cf_project".to_owned(), "P1".to_owned())]),
    };
    let engine = stage.engine();
    let done = engine.fill_in(RunId(1), Component::Emails, &refusal.entry, &filled);
    done.await.expect("it is kept");
}

/// What the history says of mails that were passed over.
async fn passed_over(stage: &Stage) -> Vec<(String, Option<Code>)> {
    let history = stage.store.history(&HistoryFilter::default()).await;
    let lines = history.expect("the profile is ours").into_iter();
    let lines = lines.filter(|line| line.act == Act::PassedOver);
    lines
        .map(|line| (line.title, line.reason.map(|reason| reason.code)))
        .collect()
}

#[tokio::test]
async fn r5_10_what_was_filled_in_counts_for_a_mail_that_was_filed_elsewhere() {
    let (stage, refusal) = lacking_a_field("Frage").await;
    stage.moves(refusal.entry.as_str(), "Archiv");
    fills_in(&stage, &refusal).await;
    for _ in 0..3 {
        stage.seconds_pass(600);
        stage.sync().await;
    }
    assert_eq!(stage.one_email().fields["cf_project"], "P1");
    assert!(refusals(&stage).await.is_empty());
    assert_eq!(stage.place_of("Frage"), ["Archiv"]);
    assert!(passed_over(&stage).await.is_empty());
    stage.assert_settled().await;
}

#[tokio::test]
async fn s9_r5_10_a_refused_mail_that_was_thrown_away_is_let_go_with_a_word() {
    for is_filled_in in [false, true] {
        let (stage, refusal) = lacking_a_field("Frage").await;
        stage.moves(refusal.entry.as_str(), "deleteditems");
        if is_filled_in {
            fills_in(&stage, &refusal).await;
        }
        days_pass(&stage, 3).await;
        assert!(stage.sandbox.crm.emails().is_empty());
        assert!(refusals(&stage).await.is_empty());
        let told = ("Frage".to_owned(), Some(Code::MailTakenAway));
        assert_eq!(passed_over(&stage).await, [told], "{is_filled_in}");
        stage.assert_settled().await;
    }
}

#[tokio::test]
async fn s8_r5_10_a_mail_the_web_server_before_the_crm_refuses_is_listed_and_the_others_go_on() {
    for fault in [
        "crm:forbidden:create::Gewinn",
        "crm:forbidden:query::gewinn@spam.example",
        "crm:forbidden:query::Gewinn@post.example",
    ] {
        let stage = Stage::of_usual_mails().await;
        let me = stage.user().email.clone();
        stage.knows("Contacts", KUNDE, "2020-01-01T00:00:00Z");
        for (from, subject) in [
            (KUNDE, "Frage"),
            ("gewinn@spam.example", "Gewinn"),
            (KUNDE, "Another"),
        ] {
            stage.drops(&Letter::new(from, &me, subject), DROP);
        }
        stage.order(fault);
        let ran = stage.sync().await;
        assert_eq!(ran.tally.failed, 1, "{fault}");
        assert_eq!(stage.sandbox.crm.emails().len(), 2, "{fault}");
        let refusal = refused(&stage, "Gewinn").await;
        assert_eq!(refusal.problem.code, Code::EntryRefused, "{fault}");
        assert_eq!(refusal.problem.values["status"], "403", "{fault}");
        all_get_in_the_next_day(&stage, &["Frage", "Another"], 3).await;
    }
}

#[tokio::test]
async fn s8_where_the_web_server_lets_nothing_through_no_mail_is_to_blame() {
    let stage = Stage::of_usual_mails().await;
    let me = stage.user().email.clone();
    for subject in ["One", "Two"] {
        stage.drops(&Letter::new(KUNDE, &me, subject), DROP);
    }
    stage.order("crm:forbidden:query");
    let failure = stage.failing_sync().await;
    assert_eq!(failure.problem.code, Code::NotCrm);
    assert!(refusals(&stage).await.is_empty());
    assert_eq!(stage.place_of("One"), [DROP]);
    stage.sandbox.ground.faults.clear();
    stage.sync().await;
    assert_eq!(stage.sandbox.crm.emails().len(), 2);
}

#[tokio::test]
async fn s8_r5_10_a_large_mail_whose_answer_is_unreadable_is_listed_and_the_others_go_on() {
    for (fault, title) in [
        ("exchange:html:GetItem:0+2", "Large"),
        // Nor does the server say what it is about.
        ("exchange:html:GetItem:0+3", "Large@post.example"),
    ] {
        let stage = Stage::of_usual_mails().await;
        let me = stage.user().email.clone();
        let large = Letter::new(KUNDE, &me, "Large");
        let large = large.file(
            "a.bin",
            "application/octet-stream",
            &vec![7; 5 * 1024 * 1024],
        );
        stage.drops(&large, DROP);
        stage.drops(&Letter::new(KUNDE, &me, "Small"), DROP);
        stage.order(fault);
        let ran = stage.sync().await;
        assert_eq!((ran.tally.records.created, ran.tally.failed), (1, 1));
        assert_eq!(stage.one_email().subject, "Small");
        let listed = refusals(&stage).await;
        assert_eq!(listed.len(), 1, "{fault}");
        assert_eq!(listed[0].title, title);
        assert_eq!(listed[0].problem.code, Code::MailUnreadable);
        all_get_in_the_next_day(&stage, &["Large", "Small"], 2).await;
    }
}

#[tokio::test]
async fn s8_where_nothing_of_the_server_can_be_read_no_mail_is_to_blame() {
    let stage = Stage::of_usual_mails().await;
    stage.drops(&Letter::new(KUNDE, &stage.user().email, "Frage"), DROP);
    stage.order("exchange:html:GetItem");
    stage.order("exchange:html:FindFolder:1+100");
    stage.failing_sync().await;
    assert!(refusals(&stage).await.is_empty());
    assert_eq!(stage.place_of("Frage"), [DROP]);
    stage.sandbox.ground.faults.clear();
    stage.sync().await;
    assert_eq!(stage.one_email().subject, "Frage");
}
