//! Mails that are dropped: whom they are referenced to, what of them gets into the CRM, and which are passed over (R5.1 to R5.7, R5.9).

use engine::MailDoors;
use model::history::Act;
use model::policy::{CompanyRule, LastNameRule, MailFolderChoice, NoMatch};
use model::{Code, Component, Policy, RunId};
use ports::{HistoryFilter, StateStore};
use sandbox::crm::Presence;
use sandbox::options::{Mode, Options};
use scenarios::people::text;
use scenarios::post::{DROP, INBOX, Letter};
use scenarios::stage::Stage;

const KUNDE: &str = "karl@kunde.example";
const LONG_AGO: &str = "2020-01-01T00:00:00Z";

fn without_leads() -> Policy {
    let mut policy = Policy::default();
    policy.emails.no_match = NoMatch::Nothing;
    policy
}

async fn nobody_becomes_a_lead() -> Stage {
    Stage::of_mails(Options::default(), without_leads()).await
}

#[tokio::test]
async fn r5_1_everybody_a_mail_names_gets_a_reference() {
    for mode in [Mode::Exchange, Mode::Gromox] {
        let options = Options {
            mode,
            crm_partner: Presence::Present,
            ..Options::default()
        };
        let stage = Stage::of_mails(options, without_leads()).await;
        let lead = stage.knows("Leads", "lead@kunde.example", LONG_AGO);
        let contact = stage.knows("Contacts", KUNDE, LONG_AGO);
        let account = stage.knows("Accounts", "post@kunde.example", LONG_AGO);
        let partner = stage.knows("Partner", "partner@kunde.example", LONG_AGO);
        let me = stage.user().email.clone();
        let letter = Letter::new(&format!("Karl Kunde <{KUNDE}>"), &me, "Angebot für März")
            .with("To", &format!("{me}, Lead <LEAD@Kunde.example>"))
            .with("Cc", "post@kunde.example, nobody@kunde.example")
            .with("Bcc", "partner@kunde.example");
        stage.drops(&letter, DROP);
        let ran = stage.sync().await;
        assert_eq!(ran.tally.records.created, 1, "{:?}", ran.tally);

        let email = stage.one_email();
        let mut expected = vec![lead, contact, account, partner];
        expected.sort();
        let mut references = email.references.clone();
        references.sort();
        assert_eq!(references, expected, "{mode:?}");
        assert_eq!(email.subject, "Angebot für März");
        assert_eq!(email.from, KUNDE);
        assert_eq!(email.to, [me.as_str(), "LEAD@Kunde.example"]);
        assert_eq!(email.cc, ["post@kunde.example", "nobody@kunde.example"]);
        assert_eq!(email.bcc, ["partner@kunde.example"]);
        assert_eq!(email.sent, ("2026-06-01".to_owned(), "06:00:00".to_owned()));
        assert!(email.body.contains("Hello"), "{}", email.body);
        assert_eq!(email.owner, stage.user().name);
        stage.assert_settled().await;
    }
}

#[tokio::test]
async fn r5_1_a_folder_named_after_a_module_searches_only_that() {
    for module in ["Leads", "Contacts", "Accounts", "Partner"] {
        let options = Options {
            crm_partner: Presence::Present,
            ..Options::default()
        };
        let stage = Stage::of_mails(options, without_leads()).await;
        let mut expected = String::new();
        for other in ["Leads", "Contacts", "Accounts", "Partner"] {
            let record = stage.knows(other, KUNDE, LONG_AGO);
            if other == module {
                expected = record;
            }
        }
        let letter = Letter::new(KUNDE, &stage.user().email, "Frage");
        stage.drops(&letter, &format!("{DROP}/{module}"));
        stage.sync().await;
        assert_eq!(stage.one_email().references, [expected], "{module}");
        assert_eq!(stage.place_of("Frage"), ["Inbox"]);
    }
}

#[tokio::test]
async fn r5_1_the_root_searches_leads_contacts_accounts_and_partner_in_this_order() {
    let order = ["Leads", "Contacts", "Accounts", "Partner"];
    for first in 0..order.len() {
        let options = Options {
            crm_partner: Presence::Present,
            ..Options::default()
        };
        let stage = Stage::of_mails(options, without_leads()).await;
        let records: Vec<String> = order[first..]
            .iter()
            .rev()
            .map(|module| stage.knows(module, KUNDE, LONG_AGO))
            .collect();
        stage.drops(&Letter::new(KUNDE, &stage.user().email, "Frage"), DROP);
        stage.sync().await;
        let expected = records.last().expect("at least one").clone();
        assert_eq!(stage.one_email().references, [expected], "{}", order[first]);
    }
}

#[tokio::test]
async fn r5_3_a_mail_that_was_dropped_for_another_module_is_referenced_to_the_lead_that_is_made() {
    for module in ["Contacts", "Accounts", "Partner"] {
        for is_cut_off in [false, true] {
            let options = Options {
                crm_partner: Presence::Present,
                ..Options::default()
            };
            let stage = Stage::of_mails(options, Policy::default()).await;
            let letter = Letter::new(KUNDE, &stage.user().email, "Frage");
            stage.drops(&letter, &format!("{DROP}/{module}"));
            if is_cut_off {
                stage.order("crm:503:create:1+100:1");
                stage.failing_sync().await;
                stage.sandbox.ground.faults.clear();
                assert_eq!(stage.leads(), [KUNDE]);
            }
            stage.sync().await;
            assert_eq!(stage.leads(), [KUNDE]);
            let lead = text(&stage.sandbox.crm.records("Leads")[0], "id");
            assert_eq!(
                stage.one_email().references,
                [lead],
                "{module} {is_cut_off}"
            );
        }
    }
}

#[tokio::test]
async fn r5_2_of_several_records_the_one_that_was_made_first_gets_the_mail() {
    let stage = nobody_becomes_a_lead().await;
    stage.knows("Contacts", KUNDE, "2024-05-01T00:00:00Z");
    let oldest = stage.knows("Contacts", KUNDE, "2021-05-01T00:00:00Z");
    stage.knows("Contacts", KUNDE, "2023-05-01T00:00:00Z");
    stage.drops(&Letter::new(KUNDE, &stage.user().email, "Frage"), DROP);
    stage.sync().await;
    assert_eq!(stage.one_email().references, [oldest]);
}

#[tokio::test]
async fn r5_3_r5_4_who_signs_in_with_another_name_is_known_by_their_sent_mails() {
    for signed_in in ["FIRMA\\anna", "anna@firma.local"] {
        let stage = Stage::of_usual_mails().await;
        let (exchange, me) = (&stage.sandbox.exchange, &stage.user().email);
        for subject in ["One", "Two"] {
            let sent = exchange.send(me, &Letter::new(me, KUNDE, subject).bytes());
            sent.expect("it is sent");
        }
        let other = Letter::new("chef@firma.example", KUNDE, "For another");
        exchange.send(me, &other.bytes()).expect("it is sent");
        stage.drops(&Letter::new(KUNDE, me, "Frage"), DROP);
        let doors = MailDoors {
            own_addresses: vec![signed_in.to_owned()],
            ..stage.mail_doors()
        };
        let engine = stage.engine().with_mails(doors);
        for run in 1..=2 {
            let ran = engine.sync(RunId(run), Component::Emails).await;
            assert!(ran.failure.is_none(), "{:?}", ran.failure);
        }
        assert_eq!(stage.leads(), [KUNDE], "{signed_in}");
        assert_eq!(stage.one_email().references.len(), 1);
    }
}

#[tokio::test]
async fn r5_3_a_lead_is_made_for_an_address_nobody_has() {
    let mut policy = Policy::default();
    policy.emails.last_name = LastNameRule::DisplayName;
    policy.emails.company = CompanyRule::DomainWithoutTld;
    let stage = Stage::of_mails(Options::default(), policy).await;
    let me = stage.user().email.clone();
    let letter = Letter::new("Jane O'Neil <jane@acme.co.uk>", &me, "Hello there")
        .with("Cc", "info@acme.co.uk, JANE@acme.co.uk");
    stage.drops(&letter, DROP);
    stage.sync().await;
    let leads = stage.sandbox.crm.records("Leads");
    let lines: Vec<String> = leads
        .iter()
        .map(|lead| {
            ["lastname", "company", "email"]
                .map(|field| text(lead, field))
                .join("|")
        })
        .collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(
        lines.contains(&"Jane O'Neil|acme|jane@acme.co.uk".to_owned()),
        "{lines:?}"
    );
    assert!(
        lines.contains(&"???|acme|info@acme.co.uk".to_owned()),
        "{lines:?}"
    );
    let ids: Vec<String> = leads.iter().map(|lead| text(lead, "id")).collect();
    let mut references = stage.one_email().references;
    references.sort();
    assert_eq!(references, ids);
    // Another mail of theirs meets the same leads.
    stage.drops(&Letter::new("jane@acme.co.uk", &me, "Again"), DROP);
    stage.sync().await;
    assert_eq!(stage.leads().len(), 2);
}

#[tokio::test]
async fn r5_3_s1_no_lead_is_made_for_somebody_whom_another_module_knows() {
    let stage = Stage::of_usual_mails().await;
    stage.knows("Contacts", KUNDE, LONG_AGO);
    let letter = Letter::new(KUNDE, &stage.user().email, "Frage");
    stage.drops(&letter, &format!("{DROP}/Accounts"));
    stage.sync().await;
    assert_eq!(stage.leads(), Vec::<String>::new());
    assert_eq!(stage.one_email().references, Vec::<String>::new());
}

#[tokio::test]
async fn r5_3_nothing_is_made_where_the_policy_says_so() {
    let stage = nobody_becomes_a_lead().await;
    stage.drops(&Letter::new(KUNDE, &stage.user().email, "Frage"), DROP);
    stage.sync().await;
    assert_eq!(stage.leads(), Vec::<String>::new());
    assert_eq!(stage.one_email().references, Vec::<String>::new());
}

#[tokio::test]
async fn r5_4_what_the_blacklist_names_is_left_out() {
    let mut policy = Policy::default();
    policy.emails.blacklist = vec!["@FIRMA".to_owned(), "newsletter".to_owned()];
    let stage = Stage::of_mails(Options::default(), policy).await;
    let me = stage.user().email.clone();
    let colleague = "otto@firma.example";
    let letter = Letter::new(KUNDE, &me, "Frage").with("Cc", colleague);
    stage.drops(&letter, DROP);
    stage.drops(&Letter::new("newsletter@shop.example", &me, "Sale"), DROP);
    stage.drops(&Letter::new(&me, colleague, "Intern"), DROP);
    let ran = stage.sync().await;
    assert_eq!(stage.leads(), [KUNDE]);
    assert_eq!(stage.one_email().subject, "Frage");
    assert_eq!((ran.tally.records.created, ran.tally.skipped), (1, 2));
    for subject in ["Frage", "Sale", "Intern"] {
        assert_eq!(stage.place_of(subject), ["Inbox"], "{subject}");
    }
    let passed_over = lines(&stage, Act::PassedOver).await;
    assert_eq!(passed_over.len(), 2, "{passed_over:?}");
    assert!(
        passed_over
            .iter()
            .any(|line| line.starts_with("Sale: mail_sender_listed"))
    );
    assert!(
        passed_over
            .iter()
            .any(|line| line.starts_with("Intern: mail_nobody_left"))
    );
}

async fn lines(stage: &Stage, act: Act) -> Vec<String> {
    let history = stage.store.history(&HistoryFilter::default()).await;
    let history = history.expect("the profile is ours").into_iter();
    let told = history.filter(|line| line.act == act);
    told.map(|line| {
        let reason = line.reason.map(|reason| reason.to_string());
        format!("{}: {}", line.title, reason.unwrap_or_default())
    })
    .collect()
}

#[tokio::test]
async fn r5_6_all_files_come_along_inline_ones_and_forwarded_mails_too() {
    let stage = nobody_becomes_a_lead().await;
    let inner = Letter::new("fremd@anders.example", KUNDE, "Innen").bytes();
    let letter = Letter::new(KUNDE, &stage.user().email, "Mit Anlagen")
        .file("Angebot 1.pdf", "application/pdf", b"%PDF-1.7 offer")
        .part(
            "Content-Type: image/png; name=\"logo.png\"\r\nContent-ID: <logo@x>\r\nContent-Disposition: inline; filename=\"logo.png\"",
            b"\x89PNG logo",
        )
        .part("Content-Type: message/rfc822", &inner);
    stage.drops(&letter, DROP);
    stage.sync().await;
    let files = stage.one_email().files;
    let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["Angebot_1.pdf", "logo.png", "Innen.eml"]);
    assert_eq!(files[0].bytes, b"%PDF-1.7 offer");
    assert_eq!(files[1].bytes, b"\x89PNG logo");
    assert!(String::from_utf8_lossy(&files[2].bytes).contains("Subject: Innen"));
}

#[tokio::test]
async fn r5_7_an_encrypted_mail_goes_back_and_the_user_is_told() {
    let stage = Stage::of_usual_mails().await;
    let pgp = "-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA\r\n-----END PGP MESSAGE-----";
    let letter = Letter::new(KUNDE, &stage.user().email, "Geheim").saying(pgp);
    stage.drops(&letter, DROP);
    let ran = stage.sync().await;
    assert_eq!(ran.tally.skipped, 1);
    assert!(stage.sandbox.crm.emails().is_empty());
    assert_eq!(stage.leads(), Vec::<String>::new());
    assert_eq!(stage.place_of("Geheim"), ["Inbox"]);
    let told = lines(&stage, Act::PassedOver).await;
    assert_eq!(told, ["Geheim: mail_encrypted kind=\"PGP\""]);
    stage.assert_settled().await;
}

fn inbox_mode(subfolders: bool, sent: bool) -> Policy {
    let mut policy = Policy::default();
    policy.folders.emails = MailFolderChoice::Inbox;
    policy.folders.include_subfolders = subfolders;
    policy.folders.include_sent = sent;
    policy
}

#[tokio::test]
async fn r5_9_in_inbox_mode_new_mails_are_imported_where_they_are() {
    for (subfolders, sent, expected) in [
        (false, false, vec!["New"]),
        (true, false, vec!["In a folder", "New"]),
        (false, true, vec!["New", "Sent"]),
        (true, true, vec!["In a folder", "New", "Sent"]),
    ] {
        let mut stage = Stage::with(Options::default()).await;
        stage.component = model::Component::Emails;
        stage.policy = inbox_mode(subfolders, sent);
        let stage = stage.anew();
        let me = stage.user().email.clone();
        stage.receives(&Letter::new(KUNDE, &me, "Old"));
        stage.seconds_pass(60);
        stage.sync().await;
        assert!(stage.sandbox.crm.emails().is_empty(), "old mails stay out");
        stage.seconds_pass(60);

        stage.receives(&Letter::new(KUNDE, &me, "New"));
        let exchange = &stage.sandbox.exchange;
        let made = exchange.create_folder(&me, "inbox/Kunden", None);
        made.expect("a folder can be made");
        let inside = Letter::new(KUNDE, &me, "In a folder");
        let arrived = exchange.deliver(&me, "inbox/Kunden", &inside.bytes());
        arrived.expect("the folder takes mails");
        let letter = Letter::new(&me, KUNDE, "Sent");
        exchange.send(&me, &letter.bytes()).expect("it is sent");
        stage.sync().await;
        let emails = stage.sandbox.crm.emails().into_iter();
        let mut subjects: Vec<String> = emails.map(|email| email.subject).collect();
        subjects.sort();
        assert_eq!(subjects, expected, "{subfolders} {sent}");
        assert_eq!(stage.leads(), [KUNDE]);
        assert_eq!(stage.place_of("New"), ["Inbox"]);
        assert_eq!(stage.place_of("In a folder"), ["Inbox/Kunden"]);
        assert!(
            !stage
                .sandbox
                .exchange
                .folders(&me)
                .iter()
                .any(|folder| folder.path == DROP)
        );
        // What the user moves about is not imported again.
        let item = stage.mails_called("New")[0].id.clone();
        stage.moves(&item, "inbox/Kunden");
        stage.assert_settled().await;
        assert_eq!(stage.sandbox.crm.emails().len(), expected.len());
    }
}

#[tokio::test]
async fn r5_9_when_inbox_mode_begins_again_what_arrived_between_is_not_new() {
    let mut stage = Stage::of_mails(Options::default(), inbox_mode(false, false)).await;
    let me = stage.user().email.clone();
    stage.seconds_pass(60);
    stage.policy = Policy::default();
    stage.sync().await;
    stage.receives(&Letter::new(KUNDE, &me, "Between"));
    stage.seconds_pass(60);
    stage.policy = inbox_mode(false, false);
    stage.order("exchange:invalid-sync-state:SyncFolderItems:0+1");
    stage.sync().await;
    stage.receives(&Letter::new(KUNDE, &me, "New"));
    stage.sync().await;
    assert_eq!(stage.one_email().subject, "New");
}

#[tokio::test]
async fn r5_9_a_message_of_the_connectors_own_is_not_imported() {
    let mut stage = Stage::with(Options::default()).await;
    stage.component = model::Component::Emails;
    stage.policy = inbox_mode(false, false);
    let stage = stage.anew();
    stage.sync().await;
    stage.seconds_pass(60);
    let note = ports::Note {
        key: "x".to_owned(),
        subject: "A conflict".to_owned(),
        text: "Please decide".to_owned(),
    };
    let mailbox: &dyn ports::Mailbox = &*stage.mailbox;
    mailbox.deliver(&note).await.expect("an inbox takes mails");
    let ran = stage.sync().await;
    assert_eq!(ran.tally.skipped, 0);
    assert!(stage.sandbox.crm.emails().is_empty());
    assert_eq!(
        stage
            .sandbox
            .exchange
            .mails(&stage.user().email, INBOX)
            .len(),
        1
    );
}

#[tokio::test]
async fn r5_1_r5_6_the_corpus_is_imported_and_what_is_not_says_why() {
    let stage = nobody_becomes_a_lead().await;
    let corpus = scenarios::post::corpus();
    let (mut dropped, mut unreadable) = (0, 0);
    for (name, mime) in &corpus {
        let exchange = &stage.sandbox.exchange;
        match exchange.deliver(&stage.user().email, INBOX, mime) {
            Ok(arrived) => {
                stage.moves(&arrived, DROP);
                dropped += 1;
            }
            Err(error) => {
                println!("{name}: no server takes it: {error}");
                unreadable += 1;
            }
        }
    }
    assert!(dropped > 60, "{dropped} mails, {unreadable} nobody takes");
    let ran = stage.sync().await;
    let imported = stage.sandbox.crm.emails().len() as u64;
    let (tally, refused) = (ran.tally, lines(&stage, Act::Refused).await);
    println!("{tally:?}\n{}", refused.join("\n"));
    let passed_over = lines(&stage, Act::PassedOver).await;
    assert_eq!(passed_over.len() as u64, tally.skipped);
    assert_eq!(refused.len() as u64, tally.failed);
    // A few have no sender at all, whom the CRM demands: those wait for one.
    let reasons = [": mail_", ": field_mandatory field=\"from_email\""];
    for line in passed_over.iter().chain(&refused) {
        assert!(reasons.iter().any(|reason| line.contains(reason)), "{line}");
    }
    assert_eq!(imported, tally.records.created);
    assert_eq!(
        imported + tally.linked + tally.skipped + tally.failed,
        dropped
    );
    let me = &stage.user().email;
    assert_eq!(
        stage.sandbox.exchange.mails(me, INBOX).len() as u64,
        dropped
    );
}

/// Its content is inside its signature; where it comes from stands beside it.
const SIGNED: &[u8] = include_bytes!("../../src-tauri/crates/mail/tests/smime/streamed.eml");

#[tokio::test]
async fn r5_7_r5_6_a_mail_inside_its_signature_is_imported_with_its_files_and_a_broken_one_is_named()
 {
    let stage = Stage::of_usual_mails().await;
    let (exchange, me) = (&stage.sandbox.exchange, &stage.user().email);
    let drop = |mime: &[u8]| {
        let arrived = exchange.deliver(me, INBOX, mime).expect("it arrives");
        stage.moves(&arrived, DROP);
    };
    drop(SIGNED);
    let text = String::from_utf8_lossy(SIGNED).replace("Signed offer", "Cut short");
    drop(&text.as_bytes()[..600]);
    let ran = stage.sync().await;
    assert_eq!((ran.tally.records.created, ran.tally.failed), (1, 1));
    let email = stage.one_email();
    assert_eq!(email.from, KUNDE);
    assert!(email.body.contains("Grüße von Karl"), "{}", email.body);
    let files = email.files.iter().map(|file| (&*file.name, &*file.bytes));
    let files: Vec<_> = files.collect();
    assert_eq!(files, [("Angebot.pdf", b"%PDF-1.4\n".as_slice())]);
    let refusals = stage.store.refusals(Component::Emails).await;
    let refusals = refusals.expect("the profile is ours");
    assert_eq!(refusals.len(), 1);
    assert_eq!(refusals[0].title, "Cut short");
    assert_eq!(refusals[0].problem.code, Code::MailSealed);
    for subject in ["Signed offer", "Cut short"] {
        assert_eq!(stage.place_of(subject), ["Inbox"]);
    }
}
