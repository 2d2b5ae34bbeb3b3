//! Tasks on real wire formats, with both kinds of Exchange. Every scenario begins on 1 June 2026.

use model::Component;
use model::policy::PickList;
use sandbox::options::Mode;
use scenarios::people::{field, text};
use scenarios::stage::Stage;

const T: Component = Component::Tasks;

/// What the CRM holds of a task, in the order of the names.
fn kept(stage: &Stage, subject: &str, names: &[&str]) -> Vec<String> {
    let record = stage.titled(subject);
    names.iter().map(|name| text(&record, name)).collect()
}

#[tokio::test]
async fn r4_1_every_field_reaches_the_crm() {
    for mode in [Mode::Exchange, Mode::Gromox] {
        let stage = Stage::of(T, mode).await;
        stage.enters(&[
            ("Subject", "Angebot “Müller”"),
            ("StartDate", "2026-06-02T00:00:00Z"),
            ("DueDate", "2026-06-05T00:00:00Z"),
            ("Status", "InProgress"),
            ("Importance", "High"),
            ("Body", "Zeile 1\nZeile 2"),
        ]);
        stage.sync().await;
        let names = [
            "activitytype",
            "date_start",
            "due_date",
            "taskstatus",
            "taskpriority",
            "description",
        ];
        assert_eq!(
            kept(&stage, "Angebot “Müller”", &names),
            [
                "Task",
                "2026-06-02",
                "2026-06-05",
                "In Progress",
                "High",
                "Zeile 1\nZeile 2"
            ]
        );
        stage.assert_settled().await;
    }
}

#[tokio::test]
async fn r4_1_every_field_reaches_the_mailbox() {
    for mode in [Mode::Exchange, Mode::Gromox] {
        let stage = Stage::of(T, mode).await;
        stage.notes_task(&[
            ("subject", "Nachfassen"),
            ("date_start", "2026-06-02"),
            ("due_date", "2026-06-05"),
            ("taskstatus", "Pending Input"),
            ("taskpriority", "Low"),
            ("description", "Telefon"),
        ]);
        stage.sync().await;
        let item = stage.item_titled("Nachfassen");
        for (name, value) in [("Status", "WaitingOnOthers"), ("Importance", "Low")] {
            assert_eq!(field(&item, name), value, "{name}");
        }
        for (name, day) in [("StartDate", "2026-06-02"), ("DueDate", "2026-06-05")] {
            assert!(
                field(&item, name).starts_with(day),
                "{name} {}",
                field(&item, name)
            );
        }
        stage.assert_settled().await;
    }
}

#[tokio::test]
async fn r4_1_s3_a_task_without_days_has_them_in_the_crm_only() {
    for mode in [Mode::Exchange, Mode::Gromox] {
        let stage = Stage::of(T, mode).await;
        let id = stage.enters(&[("Subject", "Call back")]);
        stage.sync().await;
        assert_eq!(
            kept(&stage, "Call back", &["date_start", "due_date"]),
            ["2026-06-01", "2026-06-01"]
        );
        stage.edits_item(&id, &[("Importance", "High")]);
        stage.seconds_pass(86_400);
        stage.sync().await;
        let item = stage.item_titled("Call back");
        assert_eq!(
            (field(&item, "StartDate"), field(&item, "DueDate")),
            ("", "")
        );
        let record = text(&stage.titled("Call back"), "id");
        stage.edits_record(&record, &[("due_date", "2026-06-20")]);
        stage.sync().await;
        assert!(field(&stage.item_titled("Call back"), "DueDate").starts_with("2026-06-20"));
        stage.assert_settled().await;
    }
}

#[tokio::test]
async fn r4_2_pick_list_values_follow_defaults_and_policy_and_an_untouched_record_stays() {
    for mode in [Mode::Exchange, Mode::Gromox] {
        let stage = Stage::of(T, mode).await;
        for (subject, status) in [("Planned one", "Planned"), ("Odd one", "Wartet auf Chef")] {
            stage.notes_task(&[
                ("subject", subject),
                ("date_start", "2026-06-02"),
                ("due_date", "2026-06-05"),
                ("taskstatus", status),
            ]);
        }
        stage.sync().await;
        for (subject, status) in [("Planned one", "Planned"), ("Odd one", "Wartet auf Chef")] {
            let id = stage.item_titled(subject).id;
            assert_eq!(field(&stage.item_titled(subject), "Status"), "NotStarted");
            stage.edits_item(&id, &[("Importance", "High")]);
            stage.sync().await;
            assert_eq!(
                kept(&stage, subject, &["taskstatus", "taskpriority"]),
                [status, "High"]
            );
        }
        let id = stage.item_titled("Planned one").id;
        stage.edits_item(&id, &[("Status", "Completed")]);
        stage.sync().await;
        assert_eq!(kept(&stage, "Planned one", &["taskstatus"]), ["Completed"]);
        stage.assert_settled().await;
    }
}

#[tokio::test]
async fn r4_2_the_policy_says_what_a_value_means() {
    let list = PickList {
        to_exchange: [("Planned".to_owned(), "Deferred".to_owned())].into(),
        to_crm: [("Deferred".to_owned(), "Planned".to_owned())].into(),
    };
    let stage = Stage::of(T, Mode::Exchange)
        .await
        .with_pick_list("task_status", list);
    stage.notes_task(&[
        ("subject", "Later"),
        ("date_start", "2026-06-02"),
        ("due_date", "2026-06-05"),
        ("taskstatus", "Planned"),
    ]);
    stage.enters(&[("Subject", "Also later"), ("Status", "Deferred")]);
    stage.sync().await;
    assert_eq!(field(&stage.item_titled("Later"), "Status"), "Deferred");
    assert_eq!(kept(&stage, "Also later", &["taskstatus"]), ["Planned"]);
    stage.assert_settled().await;
}

#[tokio::test]
async fn r4_3_a_task_without_subject_or_with_its_days_the_wrong_way_round_is_listed() {
    let stage = Stage::of(T, Mode::Exchange).await;
    stage.enters(&[("Subject", "")]);
    stage.enters(&[("Subject", "Fine")]);
    stage.notes_task(&[
        ("subject", "Backwards"),
        ("date_start", "2026-06-05"),
        ("due_date", "2026-06-02"),
    ]);
    let ran = stage.sync().await;
    assert_eq!(ran.tally.conflicts, 2);
    assert_eq!((ran.tally.records.created, ran.tally.items.created), (1, 0));
}

#[tokio::test]
async fn r4_1_a_completed_instance_of_a_recurring_task_is_a_task_of_its_own() {
    let stage = Stage::of(T, Mode::Exchange).await;
    let id = stage.enters(&[
        ("Subject", "Report"),
        ("StartDate", "2026-06-01T00:00:00Z"),
        ("DueDate", "2026-06-01T00:00:00Z"),
        ("Recurrence/WeeklyRecurrence/Interval", "1"),
        ("Recurrence/WeeklyRecurrence/DaysOfWeek", "Monday"),
        ("Recurrence/NoEndRecurrence/StartDate", "2026-06-01"),
    ]);
    stage.sync().await;
    let exchange = &stage.sandbox.exchange;
    exchange
        .complete_task(&stage.user().email, &id)
        .expect("completed");
    stage.sync().await;
    let mut tasks: Vec<(String, String)> = stage
        .own_records("Calendar")
        .iter()
        .map(|task| (text(task, "due_date"), text(task, "taskstatus")))
        .collect();
    tasks.sort();
    let expected = [("2026-06-01", "Completed"), ("2026-06-08", "Not Started")];
    assert_eq!(
        tasks,
        expected.map(|(due, status)| (due.to_owned(), status.to_owned()))
    );
    stage.assert_settled().await;
}
