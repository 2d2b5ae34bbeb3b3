//! Conflicts under *none* (R6.1): listed with what both sides hold and last agreed on, left alone until somebody decides, and decided for
//! what was shown only.

use serde_json::{Value, json};

use crate::Office;
use crate::sides::both;

const NONE: &str = "conflict_strategy = \"none\"";

impl Office {
    fn conflicts(&self) -> Vec<Value> {
        let (exit, listed) = self.asks(&["conflicts", "list"]);
        assert_eq!(exit, Some(0));
        listed.as_array().cloned().unwrap_or_default()
    }

    /// The id of the one conflict there is.
    fn conflict(&self) -> String {
        let conflicts = self.conflicts();
        assert_eq!(conflicts.len(), 1, "{conflicts:?}");
        conflicts[0]["id"].as_str().expect("an id").to_owned()
    }

    fn resolve(&self, arguments: &[&str]) -> Option<i32> {
        let id = self.conflict();
        self.asks(&[&["conflicts", "resolve", &id], arguments].concat())
            .0
    }
}

/// One contact on both sides; then both change its number, and each a field of its own.
async fn disagreeing() -> Office {
    let office = Office::with_one_contact(NONE).await;
    office.edits_item("PhoneNumbers/BusinessPhone", "2");
    office.edits_record("phone", "3");
    office.edits_record("mailingcity", "Bonn");
    assert_eq!(office.sync().0, Some(4), "somebody has to decide");
    office
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_1_r6_2_a_conflict_is_listed_and_left_alone_and_the_other_fields_sync() {
    let office = disagreeing().await;
    let conflicts = office.conflicts();
    let conflict = &conflicts[0];
    assert_eq!(conflict["kind"], "both_changed");
    assert_eq!(conflict["title"], "Groß");
    assert_eq!(conflict["record"], office.record());
    assert_eq!(conflict["item"], office.item().expect("an item").id);
    assert_eq!(
        conflict["fields"],
        json!([{"name": "phone", "base": "1", "crm": "3", "exchange": "2"}])
    );
    assert!(conflict["since"].is_string());
    let undecided = [["2", "Bonn"], ["3", "Bonn"]].map(|side| side.map(str::to_owned));
    assert_eq!(office.held(), undecided);
    assert_eq!(office.sync().0, Some(4));
    assert_eq!(office.held(), undecided);
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_4_either_side_can_be_kept_or_something_else_said() {
    for (said, number) in [
        (&["--keep", "exchange"][..], "2"),
        (&["--keep", "crm"], "3"),
        (&["--field", "phone=exchange"], "2"),
        (&["--field", "phone=crm"], "3"),
        (&["--field", "phone=0431 5"], "0431 5"),
    ] {
        let office = disagreeing().await;
        assert_eq!(office.resolve(said), Some(0), "{said:?}");
        assert_eq!(office.held(), both([number, "Bonn"]), "{said:?}");
        assert_eq!(office.conflicts(), [] as [Value; 0]);
        assert_eq!(office.sync().0, Some(0));
        // What was decided once does not decide about what comes after.
        office.edits_item("PhoneNumbers/BusinessPhone", "2");
        office.edits_record("phone", "4");
        let expected = if number == "2" { Some(0) } else { Some(4) };
        assert_eq!(office.sync().0, expected, "{said:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_3_s4_what_a_decision_overwrites_is_kept_in_the_history() {
    let office = disagreeing().await;
    assert_eq!(office.resolve(&["--keep", "crm"]), Some(0));
    let (_, history) = office.asks(&["history"]);
    let lines = history.as_array().cloned().unwrap_or_default();
    let kept = lines.iter().any(|line| {
        line["side"] == "mailbox" && line["fields"].to_string().contains("\"before\":\"2\"")
    });
    assert!(kept, "{lines:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_a_decision_never_overwrites_what_was_changed_after_it_was_shown() {
    for side in ["crm", "exchange"] {
        let office = disagreeing().await;
        match side {
            "crm" => office.edits_item("PhoneNumbers/BusinessPhone", "22"),
            _ => office.edits_record("phone", "33"),
        }
        let before = office.held();
        assert_eq!(office.resolve(&["--keep", side]), Some(4), "{side}");
        assert_eq!(office.held(), before);
        let shown = office.conflicts()[0]["fields"][0].clone();
        assert_eq!(
            [&shown["exchange"], &shown["crm"]],
            [&before[0][0], &before[1][0]]
        );
        // What is shown now can be decided on.
        assert_eq!(office.resolve(&["--keep", side]), Some(0), "{side}");
        let kept = if side == "crm" {
            &before[1][0]
        } else {
            &before[0][0]
        };
        assert_eq!(office.held(), both([kept, "Bonn"]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_1_a_conflict_is_over_by_itself_when_both_sides_become_equal() {
    let office = disagreeing().await;
    office.edits_item("PhoneNumbers/BusinessPhone", "3");
    assert_eq!(office.sync().0, Some(0));
    assert_eq!(office.conflicts(), [] as [Value; 0]);
    assert_eq!(office.held(), both(["3", "Bonn"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_decided_so_is_told() {
    let office = disagreeing().await;
    let id = office.conflict();
    let user = office.user();
    for (said, code) in [
        (&["--field", "shoe_size=crm"][..], "no_such_field"),
        (&["--answer", "approve"], "nothing_waits"),
    ] {
        let arguments = [&["conflicts", "resolve", &id], said].concat();
        let told = office.run(&arguments, &user.access_key, &user.password);
        assert_eq!(told, (Some(1), code.to_owned()));
    }
    let unknown = ["conflicts", "resolve", "contacts/crm/12x1", "--keep", "crm"];
    let told = office.run(&unknown, &user.access_key, &user.password);
    assert_eq!(told, (Some(1), "nothing_waits".to_owned()));
}

/// A task on both sides; one side deletes it while the other changes it.
async fn half_gone(deleted: &str) -> Office {
    let office = Office::with(NONE).await;
    office.sign_in();
    let task = office.new_task("Call");
    assert_eq!(office.sync().0, Some(0));
    let item = office.task_item().expect("an item").id;
    let (exchange, crm, user) = (&office.sandbox.exchange, &office.sandbox.crm, office.user());
    if deleted == "exchange" {
        exchange.delete(&user.email, &item).expect("deleted");
        crm.edit(&user.name, &task, &[("subject", "Call again")])
            .expect("edited");
    } else {
        crm.delete(&user.name, &task).expect("deleted");
        exchange
            .edit(&user.email, &item, &[("Subject", "Call again")])
            .expect("edited");
    }
    assert_eq!(office.sync().0, Some(4));
    office
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_7_deleted_here_and_changed_there_waits_until_one_side_is_kept() {
    for deleted in ["exchange", "crm"] {
        for kept in ["exchange", "crm"] {
            let office = half_gone(deleted).await;
            assert_eq!(office.conflicts()[0]["kind"], "deleted_and_changed");
            let before = office.subjects();
            assert_eq!(office.sync().0, Some(4));
            assert_eq!(office.subjects(), before);
            assert_eq!(office.resolve(&["--field", "subject=x"]), Some(1));
            assert_eq!(
                office.resolve(&["--keep", kept]),
                Some(0),
                "{deleted} {kept}"
            );
            let left: &[&str] = if deleted == kept {
                &[]
            } else {
                &["Call again"]
            };
            assert_eq!(office.subjects(), [left, left], "{deleted} {kept}");
            assert_eq!(office.sync().0, Some(0));
            assert_eq!(office.conflicts(), [] as [Value; 0]);
        }
    }
}
