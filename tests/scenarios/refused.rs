//! What the CRM refuses, and what a save in it costs: entries wait with the field and the reason, and no event is saved for nothing.

use std::collections::BTreeMap;

use model::{Code, Component, ItemId, RemoteId};
use ports::StateStore;
use sandbox::options::Mode;
use scenarios::people::{field, text};
use scenarios::stage::Stage;
use serde_json::Value;

/// A field of the CRM of which our product knows nothing.
const COST_CENTRE: &str = "cf_901";

async fn stage_with_a_mandatory_field() -> Stage {
    let stage = Stage::of(Component::Appointments, Mode::Exchange).await;
    let added = format!("Events:{COST_CENTRE}:Cost centre:string:mandatory");
    let added = added.parse().expect("a field as documented");
    stage.sandbox.crm.add_field(added).expect("a new field");
    stage.anew()
}

async fn codes(stage: &Stage) -> Vec<(Code, String)> {
    let refusals = stage.store.refusals(Component::Appointments).await;
    let refusals = refusals.expect("the profile is ours");
    let told = refusals.into_iter().map(|refusal| {
        let named = refusal.problem.values.get("field").cloned();
        (refusal.problem.code, named.unwrap_or_default())
    });
    told.collect()
}

#[tokio::test]
async fn r3_4_r6_5_a_mandatory_field_of_the_crm_is_named_filled_in_and_then_the_entry_syncs() {
    let stage = stage_with_a_mandatory_field().await;
    let item = stage.enters(&[
        ("Subject", "Audit"),
        ("Start", "2026-06-10T08:00:00Z"),
        ("End", "2026-06-10T09:00:00Z"),
    ]);
    let ran = stage.sync().await;
    assert_eq!((ran.tally.failed, ran.tally.records.created), (1, 0));
    let waiting = codes(&stage).await;
    assert_eq!(waiting, [(Code::FieldMandatory, COST_CENTRE.to_owned())]);
    // It waits without being tried again and again.
    let before = stage.sandbox.crm.journal().requests("create");
    stage.sync().await;
    assert_eq!(stage.sandbox.crm.journal().requests("create"), before);

    let run = stage
        .store
        .start_run(&[Component::Appointments], jiff::Timestamp::UNIX_EPOCH)
        .await
        .expect("the profile is ours");
    let filled = engine::FilledIn {
        more: BTreeMap::from([(COST_CENTRE.to_owned(), "4711".to_owned())]),
        ..engine::FilledIn::default()
    };
    let entry = RemoteId::Mailbox(ItemId::new(item));
    let engine = stage.engine();
    let done = engine
        .fill_in(run, Component::Appointments, &entry, &filled)
        .await;
    done.expect("filled in");
    stage.sync().await;
    assert_eq!(codes(&stage).await, []);
    assert_eq!(text(&stage.titled("Audit"), COST_CENTRE), "4711");
    stage.assert_settled().await;
}

#[tokio::test]
async fn s10_an_event_is_saved_only_when_a_synced_field_changed_and_then_with_all_its_times() {
    let stage = Stage::of(Component::Appointments, Mode::Exchange).await;
    let item = stage.enters(&[
        ("Subject", "Planning"),
        ("Start", "2026-06-10T08:00:00Z"),
        ("End", "2026-06-10T09:00:00Z"),
        ("ReminderIsSet", "true"),
        ("ReminderMinutesBeforeStart", "15"),
    ]);
    stage.sync().await;
    let event = text(&stage.titled("Planning"), "id");
    // A save would drop those invited in the CRM and its repetition (facts of the CRM, section 7).
    stage.sandbox.crm.reset_journal();
    stage.edits_item(&item, &[("Categories", "Blue")]);
    stage.edits_record(&event, &[("eventstatus", "Held")]);
    stage.sync().await;
    assert_eq!(stage.sandbox.crm.journal().writes, []);

    stage.edits_item(&item, &[("Location", "Kiel")]);
    stage.sync().await;
    let journal = stage.sandbox.crm.journal();
    let [write] = &journal.writes[..] else {
        panic!("{:?}", journal.writes)
    };
    for (name, value) in [
        ("location", "Kiel"),
        ("date_start", "2026-06-10"),
        ("time_start", "08:00:00"),
        ("due_date", "2026-06-10"),
        ("time_end", "09:00:00"),
        ("duration_hours", "1"),
        ("duration_minutes", "0"),
        // In seconds, though it is read in minutes.
        ("reminder_time", "900"),
    ] {
        let sent = match &write.element[name] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        assert_eq!(sent, value, "{name}: {}", write.element);
    }
    let kept = stage.titled("Planning");
    assert_eq!(text(&kept, "eventstatus"), "Held");
    assert_eq!(field(&stage.item_titled("Planning"), "Location"), "Kiel");
    stage.assert_settled().await;
}
