//! A mail is in the CRM once, whoever imports it, when, and however the import ended (R5.5, S1).

use std::collections::BTreeSet;

use jiff::SignedDuration;
use model::history::Act;
use model::policy::NoMatch;
use model::{Code, Policy};
use ports::{HistoryFilter, StateStore};
use sandbox::crm::Presence;
use sandbox::options::Options;
use scenarios::people::text;
use scenarios::post::unsteady::{Ending, Unsteady};
use scenarios::post::{Colleague, DROP, INBOX, Letter};
use scenarios::stage::Stage;

const KUNDE: &str = "karl@kunde.example";

fn without_a_field() -> Options {
    Options {
        crm_key_field: Presence::Absent,
        ..Options::default()
    }
}

#[tokio::test]
async fn r5_5_two_users_import_the_same_mail_once() {
    for options in [Options::default(), without_a_field()] {
        let stage = Stage::of_mails(options, Policy::default()).await;
        let ben = Colleague::of(&stage, 1).await;
        ben.sync().await;
        let to = format!("{}, {}", stage.user().email, ben.address());
        let mut policy = Policy::default();
        policy.emails.blacklist = vec!["@firma.example".to_owned()];
        let letter = Letter::new(KUNDE, &to, "Frage");
        stage.drops(&letter, DROP);
        stage.sync().await;
        let first = stage.one_email();
        ben.drops(&stage, &letter, DROP);
        let ran = ben.sync().await;
        assert_eq!((ran.tally.records.created, ran.tally.linked), (0, 1));
        assert_eq!(stage.one_email().id, first.id);
        assert_eq!(stage.one_email().files, first.files);
        assert_eq!(stage.one_email().to, first.to);
    }
}

#[tokio::test]
async fn r5_5_a_mail_that_is_dropped_again_gets_the_references_it_lacked() {
    let stage = Stage::of_usual_mails().await;
    let letter = Letter::new(KUNDE, &stage.user().email, "Frage");
    stage.drops(&letter, DROP);
    stage.sync().await;
    let account = stage.knows("Accounts", KUNDE, "2020-01-01T00:00:00Z");
    let item = stage.mails_called("Frage").remove(0).id;
    stage.moves(&item, "CRM-Sync/Accounts");
    stage.sync().await;
    let email = stage.one_email();
    assert_eq!(email.references.len(), 2);
    assert!(email.references.contains(&account));
    assert_eq!(stage.place_of("Frage"), ["Inbox"]);
}

#[tokio::test]
async fn r5_5_a_message_id_is_the_same_in_whatever_case_and_one_that_is_too_long_too() {
    let stage = Stage::of_usual_mails().await;
    let me = stage.user().email.clone();
    let long = format!("<{}@post.example>", "x".repeat(300));
    for id in ["<ABC@Post.example>", "<abc@post.example>", &long, &long] {
        let letter = Letter::new(KUNDE, &me, "Frage").with("Message-ID", id);
        stage.drops(&letter, DROP);
    }
    stage.sync().await;
    assert_eq!(stage.sandbox.crm.emails().len(), 2);
    assert_eq!(stage.place_of("Frage"), ["Inbox"; 4]);
}

#[tokio::test]
async fn r5_5_s1_a_lost_answer_neither_doubles_nor_loses_a_mail() {
    for fault in [
        "crm:cut-before:create:0+1",
        "crm:cut-after:create:0+1",
        "crm:cut-after:create:1+1",
        "crm:empty-500-after:create:0+1",
        "crm:empty-500-after:create:1+1",
        "crm:cut-after:revise:0+1",
        "crm:expired-session::3+1",
        "crm:html:query:1+1",
        "exchange:cut-after:UpdateItem:0+1",
        "exchange:cut-after:MoveItem:0+1",
        "exchange:cut-before:MoveItem:0+1",
        "exchange:busy:GetItem:0+1:3000",
        "exchange:cut-body:GetItem:0+1",
        "exchange:invalid-sync-state:SyncFolderItems:0+1",
    ] {
        for options in [Options::default(), without_a_field()] {
            let stage = Stage::of_mails(options, Policy::default()).await;
            let account = stage.knows("Accounts", "post@kunde.example", "2020-01-01T00:00:00Z");
            let letter = Letter::new(KUNDE, &stage.user().email, "Frage");
            let letter = letter.with("Cc", "post@kunde.example");
            let letter = letter.file("a.pdf", "application/pdf", b"%PDF");
            stage.drops(&letter, DROP);
            stage.order(fault);
            stage.try_sync().await;
            stage.sandbox.ground.faults.clear();
            for _ in 0..3 {
                stage.seconds_pass(400);
                stage.sync().await;
            }
            let email = stage.one_email();
            assert_eq!(email.references.len(), 2, "{fault}: {email:?}");
            assert!(email.references.contains(&account), "{fault}");
            assert_eq!(email.files.len(), 1, "{fault}");
            assert_eq!(stage.leads(), [KUNDE], "{fault}");
            assert_eq!(stage.place_of("Frage"), ["Inbox"], "{fault}");
            stage.assert_settled().await;
        }
    }
}

#[tokio::test]
async fn r5_5_s1_killed_while_another_imports_the_same_mail_it_is_there_once() {
    for options in [Options::default(), without_a_field()] {
        let mut policy = Policy::default();
        policy.emails.no_match = NoMatch::Nothing;
        let stage = Stage::of_mails(options, policy).await;
        let account = stage.knows("Accounts", KUNDE, "2020-01-01T00:00:00Z");
        let ben = Colleague::of(&stage, 1).await;
        ben.sync().await;
        let letter = Letter::new(KUNDE, &stage.user().email, "Frage");
        stage.drops(&letter, DROP);
        ben.drops(&stage, &letter, DROP);
        let ending = Ending::OvertakenAndKilled(Box::new(ben));
        Unsteady::new(&stage, ending).run(&stage).await;
        let both = stage.sandbox.crm.emails();
        assert_eq!(both.len(), 2, "each has made one");
        stage.sync().await;
        let left = stage.one_email();
        assert_eq!(left.id, both[0].id, "the one that was made first");
        assert_ne!(left.owner, stage.user().name);
        assert_eq!(left.references, [account]);
        assert_eq!(stage.place_of("Frage"), ["Inbox"]);
        stage.assert_settled().await;
    }
}

#[tokio::test]
async fn r5_5_a_mail_that_was_imported_before_the_crm_had_a_field_for_its_id_is_there_once() {
    let stage = Stage::of_usual_mails().await;
    let (crm, user) = (&stage.sandbox.crm, &stage.user().name);
    let letter = Letter::new(KUNDE, &stage.user().email, "Frage");
    let fields = [
        ("subject", "Frage"),
        ("date_start", "2026-06-01"),
        ("time_start", "06:00:00"),
        ("from_email", KUNDE),
        ("saved_toid", stage.user().email.as_str()),
    ];
    let before = crm.create(user, "Emails", &fields).expect("imported then");
    stage.drops(&letter, DROP);
    let ran = stage.sync().await;
    assert_eq!((ran.tally.records.created, ran.tally.linked), (0, 1));
    assert_eq!(stage.one_email().id, text(&before, "id"));
    assert_eq!(stage.one_email().references.len(), 1);
    assert_eq!(stage.place_of("Frage"), ["Inbox"]);
}

#[tokio::test]
async fn r5_5_two_mails_of_one_sender_second_and_subject_are_two_where_their_ids_tell() {
    let stage = Stage::of_usual_mails().await;
    let letter = Letter::new(KUNDE, &stage.user().email, "Frage");
    stage.drops(&letter, DROP);
    stage.sync().await;
    let other = letter.with("Message-ID", "<other@post.example>");
    stage.drops(&other, DROP);
    stage.sync().await;
    assert_eq!(stage.sandbox.crm.emails().len(), 2);
}

#[tokio::test]
async fn r5_5_s1_what_the_server_is_still_at_after_a_long_upload_is_not_made_again() {
    let stage = Stage::of_usual_mails().await;
    stage.knows("Contacts", KUNDE, "2020-01-01T00:00:00Z");
    stage.drops(&Letter::new(KUNDE, &stage.user().email, "Frage"), DROP);
    let sending = SignedDuration::from_mins(20);
    let slow = Unsteady::new(&stage, Ending::StillAtIt(sending));
    slow.run(&stage).await;
    stage.seconds_pass(60);
    stage.sync().await;
    assert!(stage.sandbox.crm.emails().is_empty());
    slow.done().await;
    stage.sync().await;
    assert_eq!(stage.one_email().subject, "Frage");
    stage.assert_settled().await;
}

#[tokio::test]
async fn r5_5_s1_what_the_server_is_still_at_is_not_made_again() {
    let stage = Stage::of_usual_mails().await;
    stage.knows("Contacts", KUNDE, "2020-01-01T00:00:00Z");
    stage.drops(&Letter::new(KUNDE, &stage.user().email, "Frage"), DROP);
    let slow = Unsteady::new(&stage, Ending::StillAtIt(SignedDuration::ZERO));
    slow.run(&stage).await;
    // A copy of it is the same mail.
    stage.drops(&Letter::new(KUNDE, &stage.user().email, "Frage"), DROP);
    stage.seconds_pass(60);
    stage.sync().await;
    assert!(stage.sandbox.crm.emails().is_empty());
    assert_eq!(stage.place_of("Frage"), [DROP; 2]);
    slow.done().await;
    stage.sync().await;
    assert_eq!(stage.one_email().subject, "Frage");
    assert_eq!(stage.place_of("Frage"), ["Inbox"; 2]);
    stage.assert_settled().await;
}

/// The leads that the history says were made.
async fn told_leads(stage: &Stage) -> Vec<String> {
    let history = stage.store.history(&HistoryFilter::default()).await;
    let lines = history.expect("the profile is ours").into_iter();
    let leads = lines.filter(|line| {
        let reason = line.reason.as_ref();
        line.act == Act::Created && reason.is_some_and(|reason| reason.code == Code::LeadMade)
    });
    let records = leads.filter_map(|line| line.record);
    records.map(|record| record.as_str().to_owned()).collect()
}

/// Killed as soon as a lead was made, a moment after a colleague's program had made the same one of another mail. The answer is the
/// colleague's and ours.
async fn killed_over_a_lead() -> (Stage, String, String) {
    let stage = Stage::of_usual_mails().await;
    let ben = Colleague::of(&stage, 1).await;
    ben.sync().await;
    stage.drops(&Letter::new(KUNDE, &stage.user().email, "Frage"), DROP);
    let other = Letter::new(KUNDE, ben.address(), "Another");
    ben.drops(&stage, &other, DROP);
    let ending = Ending::LeadOvertakenAndKilled(Box::new(ben));
    Unsteady::new(&stage, ending).run(&stage).await;
    let leads = stage.sandbox.crm.records("Leads");
    let ids: Vec<String> = leads.iter().map(|lead| text(lead, "id")).collect();
    assert_eq!(ids.len(), 2, "each has made one");
    (stage, ids[0].clone(), ids[1].clone())
}

fn references_of(stage: &Stage, subject: &str) -> Vec<String> {
    let emails = stage.sandbox.crm.emails().into_iter();
    let mut emails = emails.filter(|email| email.subject == subject);
    emails.next().expect("it is imported").references
}

#[tokio::test]
async fn s1_r5_3_killed_while_another_makes_the_same_lead_it_is_there_once() {
    let (stage, theirs, _) = killed_over_a_lead().await;
    stage.sync().await;
    assert_eq!(stage.leads(), [KUNDE]);
    assert_eq!(references_of(&stage, "Frage"), [theirs.as_str()]);
    assert_eq!(references_of(&stage, "Another"), [theirs.as_str()]);
    assert!(told_leads(&stage).await.is_empty(), "ours is gone");
    assert_eq!(stage.place_of("Frage"), ["Inbox"]);
    stage.assert_settled().await;
}

#[tokio::test]
async fn s1_r5_3_a_second_lead_somebody_has_changed_or_used_meanwhile_stays() {
    for is_used in [false, true] {
        let (stage, theirs, ours) = killed_over_a_lead().await;
        stage.seconds_pass(60);
        let (crm, user) = (&stage.sandbox.crm, &stage.user().name);
        match is_used {
            false => {
                let edited = crm.edit(user, &ours, &[("phone", "1")]);
                edited.expect("it is hers");
            }
            true => {
                let fields = [
                    ("subject", "Answer"),
                    ("date_start", "2026-06-01"),
                    ("time_start", "10:00:00"),
                    ("from_email", user.as_str()),
                    ("saved_toid", KUNDE),
                    ("parent_id", ours.as_str()),
                ];
                crm.create(user, "Emails", &fields)
                    .expect("written by hand");
            }
        }
        stage.sync().await;
        assert_eq!(stage.leads().len(), 2, "used: {is_used}");
        assert_eq!(references_of(&stage, "Frage"), [theirs.as_str()]);
        assert_eq!(told_leads(&stage).await, [ours.as_str()]);
        stage.assert_settled().await;
    }
}

#[tokio::test]
async fn s1_r5_3_a_lead_that_was_begun_is_looked_at_though_its_mail_was_taken_away() {
    let (stage, theirs, _) = killed_over_a_lead().await;
    let mail = stage.mails_called("Frage").remove(0);
    stage.moves(&mail.id, INBOX);
    stage.sync().await;
    let leads = stage.sandbox.crm.records("Leads");
    let ids: Vec<String> = leads.iter().map(|lead| text(lead, "id")).collect();
    assert_eq!(ids, [theirs]);
}

#[tokio::test]
async fn s1_r5_3_a_lead_the_server_is_still_at_is_not_made_again() {
    let stage = Stage::of_usual_mails().await;
    let me = stage.user().email.clone();
    stage.drops(&Letter::new(KUNDE, &me, "Frage"), DROP);
    let slow = Unsteady::new(&stage, Ending::StillAtLead);
    slow.run(&stage).await;
    // Another mail of the same person must not make it either.
    stage.drops(&Letter::new(KUNDE, &me, "Another"), DROP);
    stage.seconds_pass(60);
    stage.sync().await;
    assert!(stage.leads().is_empty());
    slow.lead_done().await;
    stage.sync().await;
    assert_eq!(stage.leads(), [KUNDE]);
    assert_eq!(told_leads(&stage).await.len(), 1);
    for subject in ["Frage", "Another"] {
        assert_eq!(references_of(&stage, subject).len(), 1);
        assert_eq!(stage.place_of(subject), ["Inbox"]);
    }
    stage.assert_settled().await;
}

#[tokio::test]
async fn r5_5_s8_who_may_not_remove_the_second_one_goes_on_all_the_same() {
    let stage = Stage::of_usual_mails().await;
    stage.knows("Accounts", KUNDE, "2020-01-01T00:00:00Z");
    let ben = Colleague::of(&stage, 1).await;
    ben.sync().await;
    let me = stage.user().email.clone();
    let letter = Letter::new(KUNDE, &me, "Frage");
    stage.drops(&letter, DROP);
    ben.drops(&stage, &letter, DROP);
    let ending = Ending::OvertakenAndKilled(Box::new(ben));
    Unsteady::new(&stage, ending).run(&stage).await;
    stage.drops(&Letter::new(KUNDE, &me, "Another"), DROP);
    Unsteady::new(&stage, Ending::MayNotRemove)
        .run(&stage)
        .await;
    assert_eq!(stage.sandbox.crm.emails().len(), 3);
    for subject in ["Frage", "Another"] {
        assert_eq!(stage.place_of(subject), ["Inbox"]);
    }
}

#[tokio::test]
async fn s8_an_unreadable_answer_with_several_mails_is_asked_for_again_one_by_one() {
    let stage = Stage::of_usual_mails().await;
    for subject in ["One", "Two", "Three"] {
        let letter = Letter::new(KUNDE, &stage.user().email, subject);
        stage.drops(&letter, DROP);
    }
    stage.order("exchange:html:GetItem:0+1");
    stage.sync().await;
    assert_eq!(stage.sandbox.crm.emails().len(), 3);
    assert_eq!(stage.place_of("Two"), ["Inbox"]);
}

#[tokio::test]
async fn s1_r5_5_r5_8_a_disk_that_is_full_at_any_step_neither_doubles_nor_loses_a_mail() {
    let mut steps = 0;
    loop {
        let mut stage = Stage::of_usual_mails().await;
        let me = stage.user().email.clone();
        stage.drops(&Letter::new(KUNDE, &me, "Frage"), DROP);
        let pgp = "-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA\r\n-----END PGP MESSAGE-----";
        stage.drops(&Letter::new(KUNDE, &me, "Geheim").saying(pgp), DROP);
        stage.fill_disk(Some(steps));
        let ran = stage.try_sync().await;
        stage.fill_disk(None);
        stage.seconds_pass(400);
        stage.sync().await;
        assert_eq!(stage.one_email().subject, "Frage", "full after {steps}");
        assert_eq!(stage.leads(), [KUNDE], "full after {steps}");
        for subject in ["Frage", "Geheim"] {
            assert_eq!(stage.place_of(subject), ["Inbox"], "full after {steps}");
        }
        stage.assert_settled().await;
        if ran.failure.is_none() {
            break;
        }
        steps += 1;
    }
    assert!(steps > 8, "the run keeps {steps} things");
}

#[tokio::test]
async fn r8_6_r5_8_both_servers_may_be_busy_in_the_middle_of_it() {
    let stage = Stage::of_usual_mails().await;
    let me = stage.user().email.clone();
    for subject in ["One", "Two", "Three"] {
        let letter = Letter::new(KUNDE, &me, subject);
        stage.drops(&letter.file("a.txt", "text/plain", b"a"), DROP);
    }
    for fault in [
        "crm:503:create:2+100:1",
        "exchange:busy:MoveItem:0+100:3000",
        "exchange:busy:UpdateItem:0+100:3000",
    ] {
        stage.order(fault);
    }
    stage.failing_sync().await;
    stage.sandbox.ground.faults.clear();
    stage.order("exchange:busy:MoveItem:0+100:3000");
    stage.try_sync().await;
    stage.sandbox.ground.faults.clear();
    stage.seconds_pass(400);
    stage.sync().await;
    assert_eq!(stage.sandbox.crm.emails().len(), 3);
    assert_eq!(stage.leads(), [KUNDE]);
    for subject in ["One", "Two", "Three"] {
        assert_eq!(stage.place_of(subject), ["Inbox"]);
    }
    stage.assert_settled().await;
}

#[tokio::test]
async fn r8_6_what_a_busy_server_did_not_make_is_made_as_soon_as_it_can_be() {
    let stage = Stage::of_usual_mails().await;
    stage.knows("Contacts", KUNDE, "2020-01-01T00:00:00Z");
    stage.drops(&Letter::new(KUNDE, &stage.user().email, "Frage"), DROP);
    stage.order("crm:503:create:0+100:1");
    stage.failing_sync().await;
    stage.sandbox.ground.faults.clear();
    stage.sync().await;
    assert_eq!(stage.one_email().subject, "Frage");
    assert_eq!(stage.place_of("Frage"), ["Inbox"]);
}

/// So many mails of each round are imported by two at the same moment.
const MAILS: usize = 10;
const ROUNDS: usize = 100;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r5_5_two_importers_race_a_thousand_times() {
    let stage = Stage::of_usual_mails().await;
    let ben = Colleague::of(&stage, 1).await;
    ben.sync().await;
    let contact = stage.knows("Contacts", "contact@kunde.example", "2020-01-01T00:00:00Z");
    let account = stage.knows("Accounts", "account@kunde.example", "2020-01-01T00:00:00Z");
    let (mut raced, mut seen) = (0, BTreeSet::new());
    for round in 0..ROUNDS {
        for number in 0..MAILS {
            let stranger = format!("stranger{round}x{number}@kunde.example");
            let letter = Letter::new(
                &stranger,
                "contact@kunde.example",
                &format!("Mail {round} {number}"),
            )
            .with("Cc", "account@kunde.example");
            stage.drops(&letter, DROP);
            ben.drops(&stage, &letter, DROP);
        }
        let (anna, ben) = tokio::join!(stage.sync(), ben.sync());
        raced += anna.tally.linked + ben.tally.linked;
        for email in stage.sandbox.crm.emails() {
            if !seen.insert(email.id.clone()) {
                continue;
            }
            assert_eq!(email.references.len(), 3, "{email:?}");
            assert!(email.references.contains(&contact) && email.references.contains(&account));
        }
        assert_eq!(seen.len(), MAILS * (round + 1), "round {round}");
    }
    assert_eq!(
        raced as usize,
        MAILS * ROUNDS,
        "one of both met the other's"
    );
    let leads = stage.sandbox.crm.records("Leads");
    let addresses: BTreeSet<String> = leads.iter().map(|lead| text(lead, "email")).collect();
    assert_eq!(
        (leads.len(), addresses.len()),
        (MAILS * ROUNDS, MAILS * ROUNDS)
    );
}
