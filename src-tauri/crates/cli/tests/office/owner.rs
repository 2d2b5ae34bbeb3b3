//! A second computer and a second CRM at one mailbox (R7.10), and conflicts that are mailed to the user (R6.6).

use serde_json::Value;

use crate::{FOLDER, Office};

impl Office {
    /// The user sits down at another computer; the first one is given back.
    fn moves(&mut self) -> tempfile::TempDir {
        let other = tempfile::tempdir().expect("a folder");
        std::mem::replace(&mut self.folder, other)
    }

    fn takes_over(&self) -> Option<i32> {
        let (url, user) = (&self.sandbox.exchange_url, self.user());
        let arguments = [
            "connect",
            "exchange",
            "--url",
            url,
            "--user",
            &user.email,
            "--take-over",
        ];
        self.asks(&arguments).0
    }

    fn items(&self) -> usize {
        self.sandbox
            .exchange
            .items_in(&self.user().email, FOLDER)
            .len()
    }

    fn letters(&self) -> Vec<String> {
        let inbox = self.sandbox.exchange.items_in(&self.user().email, "Inbox");
        let subjects = inbox.iter().map(|item| item.fields["Subject"].to_owned());
        subjects
            .filter(|subject| subject.contains("conflict"))
            .collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r7_10_a_second_computer_is_told_at_sign_in_and_may_take_over() {
    let mut office = Office::connected().await;
    assert_eq!(office.sync().0, Some(0));
    let first = office.moves();
    let (crm, exchange) = (
        office.sandbox.crm_url.clone(),
        office.sandbox.exchange_url.clone(),
    );
    let (key, password) = (
        office.user().access_key.clone(),
        office.user().password.clone(),
    );
    let refused = (Some(4), "other_computer".to_owned());
    assert_eq!(office.connect_crm(&crm, &key).0, Some(0));
    assert_eq!(office.connect_exchange(&exchange, &password), refused);
    assert_eq!(office.sync().0, Some(3), "nothing was connected");

    assert_eq!(office.takes_over(), Some(0));
    assert_eq!(office.sync().0, Some(0));
    assert_eq!(
        (office.items(), office.sandbox.crm.records("Contacts").len()),
        (2, 2)
    );

    // The first computer stops by itself, and disconnecting it leaves the second one's folders alone.
    let second = std::mem::replace(&mut office.folder, first);
    office.types_in(&[("Surname", "Neu")]);
    assert_eq!(office.sync(), refused);
    assert_eq!(office.asks(&["disconnect", "--yes"]).0, Some(0));
    assert_eq!(office.items(), 3);
    office.folder = second;
    assert_eq!(office.sync().0, Some(0));
    assert_eq!(office.sandbox.crm.records("Contacts").len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn r7_10_after_disconnecting_the_mailbox_is_free_for_another_computer() {
    let mut office = Office::connected().await;
    assert_eq!(office.sync().0, Some(0));
    assert_eq!(office.asks(&["disconnect", "--yes"]).0, Some(0));
    let folders = office.sandbox.exchange.folders(&office.user().email);
    let left: Vec<&str> = folders.iter().map(|folder| folder.path.as_str()).collect();
    assert!(
        left.iter().all(|path| !path.contains("CRM-Sync")),
        "{left:?}"
    );
    office.moves();
    office.sign_in();
    assert_eq!(office.sync().0, Some(0));
}

const MAILED: &str = "conflict_strategy = \"none\"\nmail_conflicts_to_user = true";

#[tokio::test(flavor = "multi_thread")]
async fn r6_6_each_conflict_comes_once_by_mail_where_the_policy_says_so() {
    for (policy, letters) in [(MAILED, 1), ("conflict_strategy = \"none\"", 0)] {
        let office = Office::with_one_contact(policy).await;
        assert_eq!(office.letters().len(), 0);
        office.edits_item("PhoneNumbers/BusinessPhone", "2");
        office.edits_record("phone", "3");
        for _ in 0..2 {
            assert_eq!(office.sync().0, Some(4));
            assert_eq!(office.letters().len(), letters, "{policy}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_6_a_conflict_that_comes_again_is_mailed_again() {
    let office = Office::with_one_contact(MAILED).await;
    for round in 1..=2 {
        office.edits_item("PhoneNumbers/BusinessPhone", &format!("2{round}"));
        office.edits_record("phone", &format!("3{round}"));
        assert_eq!(office.sync().0, Some(4));
        assert_eq!(office.letters().len(), round);
        let (_, conflicts) = office.asks(&["conflicts", "list"]);
        let id = conflicts[0]["id"].as_str().map(str::to_owned);
        let id = id.expect("an id");
        let resolve = ["conflicts", "resolve", &id, "--keep", "crm"];
        assert_eq!(office.asks(&resolve).0, Some(0));
        assert_eq!(office.asks(&["conflicts", "list"]).1, Value::Array(vec![]));
    }
}
