//! Undo (R6.11, S4): a line, a run, an entry or a day goes back to what it was, on both sides and under every strategy; what somebody
//! changed since, and what never had another value, stays and is named.

use serde_json::Value;

use crate::Office;
use crate::sides::both;

impl Office {
    /// A contact on both sides whose number the CRM's user changed from 1 to 2.
    async fn overwritten(policy: &'static str) -> Self {
        let office = Self::with_one_contact(policy).await;
        match policy.contains("exchange") {
            true => office.edits_item("PhoneNumbers/BusinessPhone", "2"),
            false => office.edits_record("phone", "2"),
        }
        assert_eq!(office.sync().0, Some(0));
        assert_eq!(office.held(), both(["2", "Kiel"]));
        office
    }

    fn history(&self) -> Vec<Value> {
        let (exit, lines) = self.asks(&["history"]);
        assert_eq!(exit, Some(0));
        lines.as_array().cloned().unwrap_or_default()
    }

    /// Undoes one line; the exit code, and the codes of what stays.
    fn undo(&self, arguments: &[&str]) -> (Option<i32>, Vec<String>) {
        let (exit, told) = self.asks(&[&["undo"], arguments].concat());
        let left = told["left"].as_array().cloned().unwrap_or_default();
        let code = |left: &Value| left["reason"]["code"].as_str().expect("a code").to_owned();
        (exit, left.iter().map(code).collect())
    }

    fn newest(&self, act: &str) -> (String, String) {
        let history = self.history();
        let line = history.iter().find(|line| line["act"] == act);
        let line = line.unwrap_or_else(|| panic!("nothing was {act} in {history:?}"));
        (line["id"].to_string(), line["run"].to_string())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_11_s4_an_overwritten_value_comes_back_on_both_sides_under_every_strategy() {
    for policy in [
        "",
        "conflict_strategy = \"none\"",
        "conflict_strategy = \"crm\"",
        "conflict_strategy = \"exchange\"",
    ] {
        let office = Office::overwritten(policy).await;
        let (line, run) = office.newest("updated");
        let record = office.record();
        let today = jiff::Zoned::now().date().to_string();
        for (what, value) in [
            ("--op", &line),
            ("--run", &run),
            ("--record", &record),
            ("--day", &today),
        ] {
            let (exit, left) = office.undo(&[what, value]);
            assert_eq!(exit, Some(0), "{policy} {what} {left:?}");
            assert_eq!(office.held(), both(["1", "Kiel"]), "{policy} {what}");
            assert_eq!(office.sync().0, Some(0));
            assert_eq!(office.held(), both(["1", "Kiel"]), "{policy} {what}");
            // And what an undo did can be undone.
            let (_, undoing) = office.newest("updated");
            assert_eq!(office.undo(&["--run", &undoing]).0, Some(0));
            assert_eq!(office.held(), both(["2", "Kiel"]), "{policy} {what}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_what_was_changed_since_is_not_undone() {
    let office = Office::overwritten("").await;
    let (line, _) = office.newest("updated");
    office.edits_item("PhoneNumbers/BusinessPhone", "3");
    let told = office.undo(&["--op", &line]);
    assert_eq!(told, (Some(1), vec!["changed_since".to_owned()]));
    assert_eq!(office.held(), both(["3", "Kiel"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_what_was_changed_since_on_the_other_side_is_not_undone_although_no_sync_could_take_it_over()
 {
    let office = Office::overwritten("conflict_strategy = \"exchange\"").await;
    let (line, _) = office.newest("updated");
    office.order("crm:refused-field:::phone");
    office.edits_item("PhoneNumbers/BusinessPhone", "3");
    let told = office.undo(&["--op", &line]);
    assert_eq!(told, (Some(4), vec!["changed_since".to_owned()]));
    let item = office.item().expect("an item");
    assert_eq!(item.fields["PhoneNumbers/BusinessPhone"], "3");
    office.sandbox.ground.faults.clear();
    office.edits_item("PhoneNumbers/BusinessPhone", "4");
    assert_eq!(office.sync().0, Some(0));
    assert_eq!(office.held(), both(["4", "Kiel"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_never_was_anything_else_is_named_and_stays() {
    let office = Office::overwritten("").await;
    let (line, _) = office.newest("created");
    let told = office.undo(&["--op", &line]);
    assert_eq!(told, (Some(1), vec!["undo_not_possible".to_owned()]));
    assert_eq!(office.held(), both(["2", "Kiel"]));
    let user = office.user();
    let nothing = ["undo", "--op", "4711"];
    let told = office.run(&nothing, &user.access_key, &user.password);
    assert_eq!(told, (Some(1), "nothing_to_undo".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_11_what_a_sync_deleted_comes_back_on_both_sides_once() {
    for deleted in ["exchange", "crm"] {
        let office = Office::with("").await;
        office.sign_in();
        let task = office.new_task("Call");
        assert_eq!(office.sync().0, Some(0));
        if deleted == "exchange" {
            let item = office.task_item().expect("an item").id;
            let gone = office.sandbox.exchange.delete(&office.user().email, &item);
            gone.expect("deleted");
        } else {
            let gone = office.sandbox.crm.delete(&office.user().name, &task);
            gone.expect("deleted");
        }
        assert_eq!(office.sync().0, Some(0));
        assert_eq!(office.subjects(), [[""; 0]; 2]);
        let (line, _) = office.newest("deleted");
        assert_eq!(
            office.undo(&["--op", &line]),
            (Some(0), vec![]),
            "{deleted}"
        );
        assert_eq!(office.subjects(), [["Call"]; 2], "{deleted}");
        assert_eq!(office.sync().0, Some(0));
        let again = office.undo(&["--op", &line]);
        assert_eq!(
            again,
            (Some(1), vec!["entry_there".to_owned()]),
            "{deleted}"
        );
        assert_eq!(office.subjects(), [["Call"]; 2], "{deleted}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_11_r6_8_undoing_a_run_that_swept_over_many_stops_at_the_brake_like_any_other_plan() {
    let office = Office::with("").await;
    office.sign_in();
    let tasks: Vec<String> = (0..14)
        .map(|number| office.new_task(&format!("Call {number}")))
        .collect();
    assert_eq!(office.sync().0, Some(0));
    for task in &tasks[..8] {
        let edited =
            office
                .sandbox
                .crm
                .edit(&office.user().name, task, &[("taskpriority", "High")]);
        edited.expect("the task is there");
    }
    assert_eq!(office.sync().0, Some(0));
    for task in &tasks[8..] {
        let edited =
            office
                .sandbox
                .crm
                .edit(&office.user().name, task, &[("taskpriority", "High")]);
        edited.expect("the task is there");
    }
    assert_eq!(office.sync().0, Some(0));
    let high = || {
        let tasks = office.sandbox.crm.records("Calendar");
        tasks
            .iter()
            .filter(|task| task["taskpriority"] == "High")
            .count()
    };
    assert_eq!(high(), 14);
    let today = jiff::Zoned::now().date().to_string();
    assert_eq!(office.undo(&["--day", &today]).0, Some(4));
    assert_eq!(high(), 14, "nothing is written before somebody said yes");
    let yes = ["conflicts", "resolve", "brake/tasks", "--answer", "approve"];
    assert_eq!(office.asks(&yes).0, Some(0));
    assert_eq!(high(), 0);
}
