//! E-mails on the command line (R5): imported, refused and tried again, explained, put back when disconnecting; and `exco doctor`.

use std::io::BufRead;
use std::process::{Command, Stdio};

use sandbox::crm::Rights;
use sandbox::exchange::MailView;
use serde_json::Value;

use crate::Office;

impl Office {
    /// A mail arrives and is dropped.
    fn drops(&self, from: &str, subject: &str) {
        let exchange = &self.sandbox.exchange;
        let me = &self.user().email;
        let mime = format!(
            "From: {from}\r\nTo: {me}\r\nSubject: {subject}\r\nMessage-ID: <{subject}@post.example>\r\n\r\nHello\r\n"
        );
        let arrived = exchange.deliver(me, "inbox", mime.as_bytes());
        let arrived = arrived.expect("an inbox takes mails");
        let moved = exchange.move_to(me, &arrived, "CRM-Sync");
        moved.expect("the first sync has made the folder");
    }

    fn mails(&self) -> Vec<MailView> {
        self.sandbox.exchange.all_mails(&self.user().email)
    }

    fn finding(&self, subject: &str) -> Value {
        let (_, found) = self.asks(&["doctor"]);
        let mut found = found.as_array().cloned().unwrap_or_default();
        found.retain(|finding| finding["subject"] == subject);
        assert_eq!(found.len(), 1, "{subject}");
        found.remove(0)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r5_10_a_refused_mail_is_tried_again_when_the_user_says_so() {
    let office = Office::ready("").await;
    assert_eq!(office.sync().0, Some(0));
    let user = office.user().name.clone();
    assert!(
        office
            .sandbox
            .crm
            .set_rights(&user, "Emails", Rights::ReadOnly)
    );
    office.drops("karl@kunde.example", "Frage");
    let (_, report) = office.asks(&["sync"]);
    assert_eq!(report["components"]["emails"]["failed"], 1);
    let (_, listed) = office.asks(&["conflicts", "list"]);
    let waiting = &listed[0];
    assert_eq!(waiting["component"], "emails");
    assert_eq!(waiting["title"], "Frage");
    assert_eq!(waiting["reason"]["code"], "permission_missing");
    assert_eq!(office.mails()[0].folder, "Inbox");

    assert!(office.sandbox.crm.set_rights(&user, "Emails", Rights::Full));
    let id = waiting["id"].as_str().expect("an id").to_owned();
    // What a module allows is asked once in some hours; signing in asks anew.
    office.sign_in();
    let (exit, report) = office.asks(&["conflicts", "resolve", &id, "--again"]);
    assert_eq!(
        report["components"]["emails"]["records"]["created"], 1,
        "{report}"
    );
    assert_eq!(exit, Some(0));
    assert_eq!(office.sandbox.crm.emails().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_12_why_tells_what_became_of_a_mail_and_who_is_on_the_blacklist() {
    let policy = "[emails]\nblacklist = [\"newsletter\"]";
    let office = Office::ready(policy).await;
    assert_eq!(office.sync().0, Some(0));
    office.drops("karl@kunde.example", "Frage");
    office.drops("newsletter@shop.example", "Sale");
    assert_eq!(office.sync().0, Some(0));
    let (exit, told) = office.asks(&["why", "Frage"]);
    assert_eq!((exit, &told[0]["synced"]), (Some(0), &Value::Bool(true)));
    for sought in ["Sale", "newsletter@shop.example"] {
        let (_, told) = office.asks(&["why", sought]);
        assert!(told.to_string().contains("mail_sender_listed"), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r7_7_s12_disconnecting_puts_mails_back_and_removes_the_folders() {
    let office = Office::ready("").await;
    assert_eq!(office.sync().0, Some(0));
    office.drops("karl@kunde.example", "Frage");
    let (exit, removed) = office.asks(&["disconnect", "--yes"]);
    assert_eq!((exit, &removed["mails"]), (Some(0), &Value::from(1)));
    let mails = office.mails();
    assert_eq!((mails.len(), mails[0].folder.as_str()), (1, "Inbox"));
    let folders = office.sandbox.exchange.folders(&office.user().email);
    assert!(
        folders
            .iter()
            .all(|folder| !folder.path.contains("CRM-Sync"))
    );
    assert!(office.sandbox.crm.emails().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn r5_5_doctor_says_by_what_mails_are_recognised_and_which_modules_are_missing() {
    let office = Office::ready("").await;
    let key = office.finding("mail_key");
    assert_eq!(key["health"], "well");
    assert!(
        key["detail"]
            .as_str()
            .is_some_and(|field| field.starts_with("cf_"))
    );
    let modules = office.finding("mail_modules");
    assert_eq!(modules["reason"]["code"], "module_missing");
    for subject in [
        "policy",
        "crm",
        "mailbox",
        "clocks",
        "rights/contacts",
        "rights/emails",
    ] {
        assert_eq!(office.finding(subject)["health"], "well", "{subject}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s9_doctor_names_what_does_not_work() {
    let office = Office::ready("").await;
    office.order("crm:503::0+100:1");
    let (exit, _) = office.asks(&["doctor"]);
    assert_eq!(exit, Some(1));
    assert_eq!(office.finding("crm")["health"], "trouble");
    assert_eq!(office.finding("mailbox")["health"], "well");
}

#[tokio::test(flavor = "multi_thread")]
async fn r1_2_under_synchronous_communication_the_mailbox_drives_the_sync() {
    let office = Office::ready("communication = \"synchronous\"").await;
    assert_eq!(office.sync().0, Some(0));
    let policy = office.folder.path().join("policy.toml");
    let mut running = Command::new(env!("CARGO_BIN_EXE_exco"))
        .arg("--json")
        .arg("--profile")
        .arg(office.folder.path().join("profile"))
        .arg("run")
        .env("EXCO_POLICY_FILE", policy)
        // Without the mailbox's word nothing would happen for a day.
        .env("EXCO_REST_SECONDS", "86400")
        .env("EXCO_CRM_ACCESS_KEY", &office.user().access_key)
        .env("EXCO_EXCHANGE_PASSWORD", &office.user().password)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("started");
    let told = running.stdout.take().expect("piped");
    let lines = std::io::BufReader::new(told).lines();
    // The first run is over and the program listens once the server has a subscription that is asked.
    let listens = || {
        let journal = office.sandbox.exchange.journal();
        journal.requests("GetStreamingEvents") > 0
    };
    tokio::task::block_in_place(|| {
        while !listens() {
            std::thread::yield_now();
        }
        office.drops("karl@kunde.example", "Frage");
        while office.sandbox.crm.emails().is_empty() || office.mails()[0].folder != "Inbox" {
            std::thread::yield_now();
        }
    });
    running.kill().expect("it runs");
    running.wait().expect("it ends");
    drop(lines);
    assert_eq!(office.sandbox.crm.emails().len(), 1);
}
