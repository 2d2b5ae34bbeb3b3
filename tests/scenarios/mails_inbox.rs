//! The rules of the import in inbox mode (R5.9): mails are imported where they lie, and nothing is moved.

use model::history::Act;
use model::policy::MailFolderChoice;
use model::{Code, Component, Policy};
use ports::{HistoryFilter, StateStore};
use sandbox::crm::Rights;
use sandbox::options::Options;
use scenarios::post::{Colleague, INBOX, Letter};
use scenarios::stage::Stage;

const KUNDE: &str = "karl@kunde.example";
const LONG_AGO: &str = "2020-01-01T00:00:00Z";
const DAY: i64 = 24 * 3_600 + 60;

fn policy() -> Policy {
    let mut policy = Policy::default();
    policy.folders.emails = MailFolderChoice::Inbox;
    policy.emails.blacklist = vec!["@firma.example".to_owned()];
    policy
}

/// Inbox mode has begun; what arrives from now on is new.
async fn stage() -> Stage {
    let stage = Stage::of_mails(Options::default(), policy()).await;
    stage.seconds_pass(60);
    stage
}

#[tokio::test]
async fn r5_1_r5_6_r5_8_in_inbox_mode_everybody_is_referenced_with_all_files_and_nothing_moves() {
    let stage = stage().await;
    let contact = stage.knows("Contacts", KUNDE, LONG_AGO);
    let account = stage.knows("Accounts", "post@kunde.example", LONG_AGO);
    let letter = Letter::new(KUNDE, &stage.user().email, "Angebot")
        .with("Cc", "post@kunde.example")
        .file("a.pdf", "application/pdf", b"%PDF");
    let arrived = stage.receives(&letter);
    stage.sync().await;
    let email = stage.one_email();
    let mut references = email.references;
    references.sort();
    let mut expected = vec![contact, account];
    expected.sort();
    assert_eq!(references, expected);
    assert_eq!(email.files[0].bytes, b"%PDF");
    let mail = stage.mails_called("Angebot").remove(0);
    assert_eq!((mail.id, mail.folder.as_str()), (arrived, "Inbox"));
    stage.assert_settled().await;
}

#[tokio::test]
async fn r5_2_in_inbox_mode_the_record_that_was_made_first_gets_the_mail() {
    let stage = stage().await;
    stage.knows("Contacts", KUNDE, "2024-05-01T00:00:00Z");
    let oldest = stage.knows("Contacts", KUNDE, "2021-05-01T00:00:00Z");
    stage.receives(&Letter::new(KUNDE, &stage.user().email, "Frage"));
    stage.sync().await;
    assert_eq!(stage.one_email().references, [oldest]);
}

#[tokio::test]
async fn r5_3_r5_4_r5_7_in_inbox_mode_leads_the_blacklist_and_encryption_go_by_the_same_rules() {
    let stage = stage().await;
    let me = stage.user().email.clone();
    stage.receives(&Letter::new(KUNDE, &me, "Frage"));
    stage.receives(&Letter::new("otto@firma.example", &me, "Intern"));
    let pgp = "-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA\r\n-----END PGP MESSAGE-----";
    stage.receives(&Letter::new("neu@kunde.example", &me, "Geheim").saying(pgp));
    let ran = stage.sync().await;
    assert_eq!((ran.tally.records.created, ran.tally.skipped), (1, 2));
    assert_eq!(stage.leads(), [KUNDE], "no lead for what is not imported");
    assert_eq!(stage.one_email().subject, "Frage");
    let history = stage.store.history(&HistoryFilter::default()).await;
    let history = history.expect("the profile is ours").into_iter();
    let passed_over = history.filter(|line| line.act == Act::PassedOver);
    let mut codes: Vec<Option<Code>> = passed_over
        .map(|line| line.reason.map(|reason| reason.code))
        .collect();
    codes.sort();
    assert_eq!(
        codes,
        [Some(Code::MailEncrypted), Some(Code::MailSenderListed)]
    );
    stage.assert_settled().await;
}

#[tokio::test]
async fn r5_9_what_is_passed_over_is_told_once_though_it_is_flagged_later() {
    let stage = stage().await;
    let arrived = stage.receives(&Letter::new(
        "otto@firma.example",
        &stage.user().email,
        "Intern",
    ));
    stage.sync().await;
    for importance in ["High", "Low"] {
        stage.seconds_pass(60);
        stage.edits_item(&arrived, &[("Importance", importance)]);
        stage.sync().await;
    }
    let history = stage.store.history(&HistoryFilter::default()).await;
    let lines = history.expect("the profile is ours").into_iter();
    let told = lines.filter(|line| line.act == Act::PassedOver);
    assert_eq!(told.count(), 1);
    assert!(stage.sandbox.crm.emails().is_empty());
}

#[tokio::test]
async fn r5_5_in_inbox_mode_two_users_import_the_same_mail_once() {
    let stage = stage().await;
    let ben = Colleague::of(&stage, 1).await;
    ben.sync().await;
    stage.seconds_pass(60);
    let to = format!("{}, {}", stage.user().email, ben.address());
    let letter = Letter::new(KUNDE, &to, "Frage");
    stage.receives(&letter);
    let exchange = &stage.sandbox.exchange;
    let arrived = exchange.deliver(ben.address(), INBOX, &letter.bytes());
    arrived.expect("an inbox takes mails");
    let (anna, ben) = tokio::join!(stage.sync(), ben.sync());
    let made = anna.tally.records.created + ben.tally.records.created;
    assert_eq!((made, anna.tally.linked + ben.tally.linked), (1, 1));
    assert_eq!(stage.one_email().references.len(), 1);
    assert_eq!(stage.leads(), [KUNDE]);
}

#[tokio::test]
async fn r5_9_s9_a_mail_that_waits_for_the_crm_is_followed_to_where_it_was_filed() {
    let stage = stage().await;
    let (exchange, me) = (&stage.sandbox.exchange, &stage.user().email);
    let made = exchange.create_folder(me, "Archiv", Some("IPF.Note"));
    made.expect("a folder can be made");
    let arrived = stage.receives(&Letter::new(KUNDE, me, "Frage"));
    let thrown_away = stage.receives(&Letter::new(KUNDE, me, "Werbung"));
    stage.order("crm:503::0+100:1");
    stage.failing_sync().await;
    stage.sandbox.ground.faults.clear();
    stage.moves(&arrived, "Archiv");
    stage.moves(&thrown_away, "deleteditems");
    // Another one arrives meanwhile, and is not taken for one that was seen.
    stage.receives(&Letter::new(KUNDE, me, "Another"));
    for _ in 0..2 {
        stage.seconds_pass(60);
        stage.sync().await;
    }
    let emails = stage.sandbox.crm.emails().into_iter();
    let mut subjects: Vec<String> = emails.map(|email| email.subject).collect();
    subjects.sort();
    assert_eq!(subjects, ["Another", "Frage"]);
    assert_eq!(stage.place_of("Frage"), ["Archiv"]);
    let history = stage.store.history(&HistoryFilter::default()).await;
    let history = history.expect("the profile is ours").into_iter();
    let passed_over = history.filter(|line| line.act == Act::PassedOver);
    let told: Vec<Option<Code>> = passed_over
        .map(|line| line.reason.map(|reason| reason.code))
        .collect();
    assert_eq!(told, [Some(Code::MailTakenAway)]);
    stage.assert_settled().await;
}

#[tokio::test]
async fn r5_9_a_waiting_mail_that_was_filed_where_mails_are_imported_too_is_imported_once() {
    let mut policy = policy();
    policy.folders.include_subfolders = true;
    let stage = Stage::of_mails(Options::default(), policy).await;
    stage.seconds_pass(60);
    let (exchange, me) = (&stage.sandbox.exchange, &stage.user().email);
    let made = exchange.create_folder(me, "inbox/Kunden", Some("IPF.Note"));
    made.expect("a folder can be made");
    let arrived = stage.receives(&Letter::new(KUNDE, me, "Frage"));
    stage.order("crm:503::0+100:1");
    stage.failing_sync().await;
    stage.sandbox.ground.faults.clear();
    stage.moves(&arrived, "inbox/Kunden");
    for _ in 0..2 {
        stage.seconds_pass(60);
        stage.sync().await;
    }
    assert_eq!(stage.one_email().subject, "Frage");
    let history = stage.store.history(&HistoryFilter::default()).await;
    let lines = history.expect("the profile is ours").into_iter();
    let lines = lines.filter(|line| line.title == "Frage");
    let told: Vec<Act> = lines.map(|line| line.act).collect();
    assert_eq!(told, [Act::Created]);
    stage.assert_settled().await;
}

#[tokio::test]
async fn r5_10_in_inbox_mode_a_refused_mail_waits_and_is_imported_where_it_lies() {
    let stage = stage().await;
    let user = stage.user().name.clone();
    let crm = &stage.sandbox.crm;
    assert!(crm.set_rights(&user, "Emails", Rights::ReadOnly));
    let stage = stage.anew();
    stage.receives(&Letter::new(KUNDE, &stage.user().email, "Frage"));
    assert_eq!(stage.sync().await.tally.failed, 1);
    let refusals = stage.store.refusals(Component::Emails).await;
    let refusals = refusals.expect("the profile is ours");
    assert_eq!(refusals[0].problem.code, Code::PermissionMissing);
    assert!(stage.sandbox.crm.set_rights(&user, "Emails", Rights::Full));
    let stage = stage.anew();
    stage.seconds_pass(DAY);
    assert_eq!(stage.sync().await.tally.failed, 0);
    assert_eq!(stage.one_email().subject, "Frage");
    assert_eq!(stage.place_of("Frage"), ["Inbox"]);
}
