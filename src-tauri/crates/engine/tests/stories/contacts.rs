//! Stories of contacts: acts on both sides, a sync, and what is then on either side.

use super::world::{C, World, contact};
use model::{Choice, Field, Fields, Owner, Pick, Picked, RemoteId, Side, Strategy};
use ports::memory::mailbox::Strike;
use ports::{ErrorKind, LinkFilter, StateStore};

#[tokio::test]
async fn a_contact_of_either_side_arrives_on_the_other() {
    let world = World::new();
    world.mailbox.user_creates(contact("Groß"), 10);
    world.crm.user_creates(contact("Klein"), 10);
    let ran = world.sync().await;
    assert_eq!((ran.tally.items.created, ran.tally.records.created), (1, 1));
    assert_eq!(
        world.record("Groß").fields.get(Field::Email),
        "groß@x.example"
    );
    assert_eq!(world.item("Klein").fields.get(Field::FileAs), "Klein");
    assert_eq!(world.links().await, 2);
    assert_eq!(world.unstamped().await, 0);
    world.assert_settled().await;
}

#[tokio::test]
async fn two_full_sides_meet_without_doubles() {
    let world = World::new();
    for name in ["Both", "Mine"] {
        world.mailbox.user_creates(contact(name), 10);
    }
    for name in ["Both", "Theirs"] {
        world.crm.user_creates(contact(name), 10);
    }
    let ran = world.sync().await;
    assert_eq!(ran.tally.linked, 1);
    assert_eq!(world.mailbox.items().len(), 3);
    assert_eq!(world.crm.records().len(), 3);
    world.assert_settled().await;
}

#[tokio::test]
async fn r6_2_edits_of_different_fields_both_survive() {
    let world = World::new();
    let anna = world.synced("Anna").await;
    world.mailbox.user_edits(&anna, Field::Phone, "1", 20);
    let record = world.record("Anna").id;
    world
        .crm
        .user_edits(&record, Field::BillingCity, "Kiel", 20);
    world.sync().await;
    let (item, record) = (world.item("Anna"), world.record("Anna"));
    for fields in [&item.fields, &record.fields] {
        assert_eq!(fields.get(Field::Phone), "1");
        assert_eq!(fields.get(Field::BillingCity), "Kiel");
    }
    world.assert_settled().await;
}

#[tokio::test]
async fn r6_1_of_two_edits_of_one_field_the_later_wins_and_the_other_is_kept() {
    let world = World::new();
    let anna = world.synced("Anna").await;
    world.mailbox.user_edits(&anna, Field::Phone, "1", 20);
    let record = world.record("Anna").id;
    world.crm.user_edits(&record, Field::Phone, "2", 30);
    world.sync().await;
    assert_eq!(world.item("Anna").fields.get(Field::Phone), "2");
    let history = world
        .store
        .history(&Default::default())
        .await
        .expect("memory");
    let lost = history
        .iter()
        .flat_map(|line| &line.changes)
        .any(|change| change.before == "1");
    assert!(lost, "S4: the value that lost is in the history");
    world.assert_settled().await;
}

#[tokio::test]
async fn r6_1_under_none_a_field_both_changed_waits_and_the_others_go_on() {
    let world = World::with_strategy(Strategy::None);
    let anna = world.synced("Anna").await;
    world.mailbox.user_edits(&anna, Field::Phone, "1", 20);
    world.mailbox.user_edits(&anna, Field::Mobile, "9", 20);
    let record = world.record("Anna").id;
    world.crm.user_edits(&record, Field::Phone, "2", 30);
    let ran = world.sync().await;
    assert_eq!(ran.tally.conflicts, 1);
    assert_eq!(world.item("Anna").fields.get(Field::Phone), "1");
    assert_eq!(world.record("Anna").fields.get(Field::Phone), "2");
    assert_eq!(world.record("Anna").fields.get(Field::Mobile), "9");
    world.assert_settled().await;
}

#[tokio::test]
async fn r2_4_a_contact_deleted_in_the_mailbox_stays_in_the_crm_and_stays_away() {
    let world = World::new();
    let anna = world.synced("Anna").await;
    world.mailbox.user_removes(&anna);
    world.sync().await;
    let record = world.record("Anna").id;
    world.crm.user_edits(&record, Field::Phone, "2", 30);
    world.sync().await;
    assert!(world.mailbox.items().is_empty());
    assert_eq!(world.crm.records().len(), 1);
}

#[tokio::test]
async fn r2_4_a_contact_deleted_in_the_crm_leaves_the_mailbox() {
    let world = World::new();
    world.synced("Anna").await;
    world.crm.user_deletes(&world.record("Anna").id);
    world.sync().await;
    assert!(world.mailbox.items().is_empty());
    world.assert_settled().await;
}

#[tokio::test]
async fn r1_4_an_item_moved_out_and_back_in_is_the_same_contact() {
    let world = World::new();
    let anna = world.synced("Anna").await;
    let item = world.mailbox.user_removes(&anna).expect("it is there");
    world.mailbox.user_puts_back(item.clone());
    world.sync().await;
    assert_eq!((world.crm.records().len(), world.links().await), (1, 1));

    let again = world.item("Anna");
    world.mailbox.user_removes(&again.id);
    world.sync().await;
    assert_eq!(world.links().await, 0);
    world.mailbox.user_puts_back(again);
    world.sync().await;
    assert_eq!((world.crm.records().len(), world.links().await), (1, 1));
    world.assert_settled().await;
}

#[tokio::test]
async fn r1_4_a_copy_is_a_new_contact_with_a_stamp_of_its_own() {
    let world = World::new();
    world.synced("Anna").await;
    world.mailbox.user_puts_back(world.item("Anna"));
    world.sync().await;
    assert_eq!((world.crm.records().len(), world.links().await), (2, 2));
    let mut stamps: Vec<_> = world
        .mailbox
        .items()
        .into_iter()
        .filter_map(|item| item.stamp)
        .map(|stamp| stamp.record)
        .collect();
    stamps.dedup();
    assert_eq!(stamps.len(), 2);
    world.assert_settled().await;
}

#[tokio::test]
async fn r1_5_a_re_assigned_record_leaves_and_comes_back() {
    let world = World::new();
    world.crm.user_creates(contact("Anna"), 10);
    world.sync().await;
    let record = world.record("Anna").id;
    world.crm.user_assigns(&record, Owner::Other);
    world.minutes_pass(16);
    world.sync().await;
    assert!(world.mailbox.items().is_empty());
    world.crm.user_assigns(&record, Owner::Me);
    world.sync().await;
    assert_eq!(world.mailbox.items().len(), 1);
    world.assert_settled().await;
}

#[tokio::test]
async fn r1_6_without_write_permission_nothing_is_taken_into_the_crm() {
    let world = World::new();
    world.crm.make_read_only();
    world.mailbox.user_creates(contact("Anna"), 10);
    world.crm.user_creates(contact("Klein"), 10);
    let ran = world.sync().await;
    assert_eq!(ran.tally.skipped, 1);
    assert_eq!(
        (world.crm.records().len(), world.mailbox.items().len()),
        (1, 2)
    );
}

#[tokio::test]
async fn s8_one_refused_contact_does_not_stop_the_others() {
    let world = World::new();
    world
        .mailbox
        .user_creates(Fields::new().with(Field::Email, "nobody@x.example"), 10);
    world.mailbox.user_creates(contact("Anna"), 10);
    let ran = world.sync().await;
    assert_eq!((ran.tally.failed, ran.tally.records.created), (1, 1));
    let refusals = world.store.refusals(C).await.expect("memory");
    assert_eq!(refusals[0].problem.values["field"], "last_name");
    world.assert_settled().await;
}

#[tokio::test]
async fn r6_5_a_refused_contact_syncs_as_soon_as_what_is_missing_is_filled_in() {
    let world = World::new();
    let nobody = Fields::new().with(Field::Email, "nobody@x.example");
    let id = world.mailbox.user_creates(nobody, 10);
    world.sync().await;
    world
        .mailbox
        .user_edits(&id, Field::LastName, "Somebody", 20);
    let ran = world.sync().await;
    assert_eq!(ran.tally.records.created, 1);
    assert!(world.store.refusals(C).await.expect("memory").is_empty());
}

#[tokio::test]
async fn s3_a_value_the_crm_cut_is_not_written_back() {
    let world = World::new();
    let long = "+49 941 1234567890";
    world
        .mailbox
        .user_creates(contact("Anna").with(Field::Phone, long), 10);
    world.sync().await;
    assert_eq!(world.item("Anna").fields.get(Field::Phone), long);
    assert_eq!(world.record("Anna").fields.get(Field::Phone).len(), 12);
    world.assert_settled().await;
}

#[tokio::test]
async fn s1_an_answer_that_was_lost_doubles_nothing_on_either_side() {
    for strike in [Strike::Before, Strike::After] {
        let world = World::new();
        world.mailbox.user_creates(contact("Mine"), 10);
        world.crm.user_creates(contact("Theirs"), 10);
        world.mailbox.fail_writes(strike, ErrorKind::OutcomeUnknown);
        world.crm.fail_writes(strike, ErrorKind::OutcomeUnknown);
        world.sync().await;
        // What did not happen is not tried again before a slow server must be done with it.
        world.minutes_pass(6);
        world.sync().await;
        assert_eq!(world.mailbox.items().len(), 2, "{strike:?}");
        assert_eq!(world.crm.records().len(), 2, "{strike:?}");
        world.assert_settled().await;
    }
}

#[tokio::test]
async fn s1_a_lost_answer_to_an_update_is_not_sent_twice() {
    let world = World::new();
    let anna = world.synced("Anna").await;
    let before = world.crm.writes();
    world.mailbox.user_edits(&anna, Field::Phone, "1", 20);
    world
        .crm
        .fail_writes(Strike::After, ErrorKind::OutcomeUnknown);
    world.sync().await;
    assert_eq!(world.crm.writes(), before + 1);
    assert_eq!(world.record("Anna").fields.get(Field::Phone), "1");
    world.assert_settled().await;
}

#[tokio::test]
async fn s1_a_creation_that_takes_effect_after_we_gave_up_is_not_doubled() {
    let world = World::new();
    world.mailbox.user_creates(contact("Anna"), 10);
    world
        .crm
        .fail_writes(Strike::Before, ErrorKind::OutcomeUnknown);
    world.sync().await;
    assert!(world.crm.records().is_empty(), "not repeated at once");
    let now = world.seconds_pass(120);
    world.crm.user_creates(contact("Anna"), now);
    world.minutes_pass(6);
    world.sync().await;
    assert_eq!(
        (world.crm.records().len(), world.mailbox.items().len()),
        (1, 1)
    );
    world.assert_settled().await;
}

#[tokio::test]
async fn s3_an_edit_of_either_side_survives_when_the_second_write_of_a_merge_is_cut_off() {
    let world = World::new();
    let anna = world.synced("Anna").await;
    let record = world.record("Anna").id;
    world.mailbox.user_edits(&anna, Field::Phone, "1", 20);
    world
        .crm
        .user_edits(&record, Field::BillingCity, "Kiel", 20);
    world.crm.fail_writes(Strike::Before, ErrorKind::Offline);
    assert!(world.try_sync().await.failure.is_some());
    let before = world.crm.writes();
    world.sync().await;
    assert_eq!(world.crm.writes(), before + 1, "one write and no way back");
    let record = world.record("Anna");
    assert_eq!(record.fields.get(Field::Phone), "1");
    assert_eq!(record.fields.get(Field::BillingCity), "Kiel");
    let history = world
        .store
        .history(&Default::default())
        .await
        .expect("memory");
    let emptied = history
        .iter()
        .flat_map(|line| &line.changes)
        .any(|change| change.after.is_empty());
    assert!(!emptied, "nothing was taken back on the way");
    world.assert_settled().await;
}

#[tokio::test]
async fn s2_a_refused_update_rests_until_something_changes() {
    let world = World::new();
    let anna = world.synced("Anna").await;
    world.mailbox.user_edits(&anna, Field::Phone, "1", 20);
    world
        .crm
        .fail_writes(Strike::Before, ErrorKind::Refused { field: None });
    assert_eq!(world.sync().await.tally.failed, 1);
    let asked = ports::Crm::requests(&*world.crm);
    assert_eq!(world.sync().await.tally.failed, 1);
    assert!(
        ports::Crm::requests(&*world.crm) <= asked + 1,
        "the update was not sent again"
    );
    world.mailbox.user_edits(&anna, Field::Phone, "2", 30);
    world.sync().await;
    assert_eq!(world.record("Anna").fields.get(Field::Phone), "2");
    assert!(world.store.refusals(C).await.expect("memory").is_empty());
}

#[tokio::test]
async fn a_server_that_is_offline_ends_the_run_and_loses_nothing() {
    let world = World::new();
    for name in ["A", "B", "D"] {
        world.mailbox.user_creates(contact(name), 10);
    }
    world.crm.fail_writes(Strike::Before, ErrorKind::Offline);
    let ran = world.try_sync().await;
    assert!(ran.failure.is_some());
    world.sync().await;
    assert_eq!(world.crm.records().len(), 3);
    world.assert_settled().await;
}

#[tokio::test]
async fn r6_9_an_expired_cursor_deletes_nothing() {
    let world = World::new();
    for name in ["A", "B", "D"] {
        world.mailbox.user_creates(contact(name), 10);
    }
    world.sync().await;
    world.mailbox.expire_cursors();
    world.sync().await;
    assert_eq!((world.crm.records().len(), world.links().await), (3, 3));
    let gone = world.item("B").id;
    world.mailbox.user_removes(&gone);
    world.mailbox.expire_cursors();
    world.sync().await;
    assert_eq!((world.crm.records().len(), world.links().await), (3, 2));
    world.assert_settled().await;
}

#[tokio::test]
async fn r6_10_a_preview_writes_nothing_and_says_what_a_run_would_do() {
    let world = World::new();
    world.mailbox.user_creates(contact("Groß"), 10);
    world.crm.user_creates(contact("Klein"), 10);
    let plan = world.preview().await;
    let shown: Vec<String> = plan
        .steps
        .iter()
        .flat_map(|step| &step.decision.operations)
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        shown,
        [
            "create item from record 12x000001",
            "create record from item item1"
        ]
    );
    assert_eq!(world.mailbox.writes() + world.crm.writes(), 0);
    assert_eq!(world.sync().await.tally.records.created, 1);
}

#[tokio::test]
async fn a_lost_state_file_doubles_and_deletes_nothing() {
    let mut world = World::new();
    for name in ["A", "B"] {
        world.mailbox.user_creates(contact(name), 10);
    }
    world.sync().await;
    let record = world.record("A").id;
    world.crm.user_edits(&record, Field::Phone, "7", 30);
    world.store = std::sync::Arc::new(ports::memory::MemoryStore::new());
    world.sync().await;
    assert_eq!(
        (world.mailbox.items().len(), world.crm.records().len()),
        (2, 2)
    );
    assert_eq!(world.item("A").fields.get(Field::Phone), "7");
    assert_eq!(world.record_by_id(&record).fields.get(Field::Phone), "7");
    world.assert_settled().await;
}

#[tokio::test]
async fn r2_3_a_renamed_organisation_reaches_the_mailbox_with_the_next_complete_look() {
    let world = World::new();
    world
        .crm
        .user_creates(contact("Anna").with(Field::Organisation, "Alt AG"), 10);
    world.sync().await;
    let record = world.record("Anna").id;
    world
        .crm
        .user_edits(&record, Field::Organisation, "Neu AG", 20);
    world.minutes_pass(16);
    world.sync().await;
    assert_eq!(world.item("Anna").fields.get(Field::Organisation), "Neu AG");
}

#[tokio::test]
async fn s3_a_creation_whose_answer_was_lost_is_the_same_contact_however_both_were_edited_since() {
    let world = World::new();
    let now = world.seconds_pass(10);
    let anna = contact("Anna").with(Field::Phone, "1");
    let id = world.mailbox.user_creates(anna, now);
    world
        .crm
        .fail_writes(Strike::After, ErrorKind::OutcomeUnknown);
    world.write_and_quit().await;
    let record = world.record("Anna").id;
    let soon = world.seconds_pass(10);
    world.mailbox.user_edits(&id, Field::Phone, "2", soon);
    world.mailbox.user_edits(&id, Field::JobTitle, "Lead", soon);
    let later = world.seconds_pass(10);
    world
        .crm
        .user_edits(&record, Field::BillingCity, "Kiel", later);
    world.sync().await;
    for fields in [&world.item("Anna").fields, &world.record("Anna").fields] {
        assert_eq!(fields.get(Field::Phone), "2");
        assert_eq!(fields.get(Field::JobTitle), "Lead");
        assert_eq!(fields.get(Field::BillingCity), "Kiel");
    }
    assert_eq!(world.crm.records().len(), 1);
    world.assert_settled().await;
}

#[tokio::test]
async fn r2_4_a_contact_deleted_and_typed_in_again_is_the_same_contact() {
    let world = World::new();
    let anna = contact("Anna").with(Field::Phone, "1");
    let anna = world.mailbox.user_creates(anna, 10);
    world.sync().await;
    world.mailbox.user_removes(&anna);
    let again = contact("Anna").with(Field::Mobile, "9");
    world.mailbox.user_creates(again, 20);
    world.sync().await;
    assert_eq!((world.crm.records().len(), world.links().await), (1, 1));
    let (item, record) = (world.item("Anna"), world.record("Anna"));
    for fields in [&item.fields, &record.fields] {
        let numbers = [Field::Phone, Field::Mobile].map(|field| fields.get(field));
        assert_eq!(numbers, ["1", "9"], "S3: what was not typed is not emptied");
    }
    world.assert_settled().await;
}

#[tokio::test]
async fn r2_4_s3_a_contact_typed_in_again_days_later_empties_nothing() {
    let world = World::new();
    let anna = contact("Anna").with(Field::Phone, "1");
    let anna = world.mailbox.user_creates(anna, 10);
    world.sync().await;
    world.mailbox.user_removes(&anna);
    world.sync().await;
    world.mailbox.user_creates(contact("Anna"), 20);
    world.sync().await;
    assert_eq!((world.crm.records().len(), world.links().await), (1, 1));
    assert_eq!(world.record("Anna").fields.get(Field::Phone), "1");
    assert_eq!(world.item("Anna").fields.get(Field::Phone), "1");
    world.assert_settled().await;
}

#[tokio::test]
async fn r2_4_a_contact_typed_in_again_whose_record_is_gone_is_a_new_one() {
    let world = World::new();
    let anna = world.mailbox.user_creates(contact("Anna"), 10);
    world.synced("Berta").await;
    world.mailbox.user_removes(&anna);
    world.crm.user_deletes(&world.record("Anna").id);
    world.mailbox.user_creates(contact("Anna"), 20);
    world.sync().await;
    assert_eq!((world.crm.records().len(), world.links().await), (2, 2));
    world.assert_settled().await;
}

#[tokio::test]
async fn s4_a_clock_that_was_far_ahead_holds_up_no_refused_entry() {
    const MONTH: i64 = 30 * 24 * 3600;
    let world = World::new();
    world.seconds_pass(MONTH);
    let no = ErrorKind::Refused { field: None };
    world.crm.fail_writes(Strike::Before, no);
    world.synced("Anna").await;
    assert_eq!(world.refusals().await.len(), 1);
    world.seconds_pass(-MONTH);
    let ran = world.sync().await;
    assert_eq!(ran.tally.records.created, 1);
    assert_eq!(world.refusals().await, []);
}

#[tokio::test]
async fn s4_a_clock_that_was_far_ahead_holds_up_no_item_that_could_not_be_read() {
    let world = World::new();
    let anna = world.synced("Anna").await;
    world.could_not_read(&anna, 30 * 24).await;
    world.sync().await;
    assert_eq!(world.refusals().await, []);
}

#[tokio::test]
async fn r6_4_a_decision_that_was_refused_is_carried_out_the_day_after() {
    let world = World::with_strategy(Strategy::None);
    let anna = world.synced("Anna").await;
    world.mailbox.user_edits(&anna, Field::Phone, "1", 20);
    let record = world.record("Anna").id;
    world.crm.user_edits(&record, Field::Phone, "2", 30);
    world.sync().await;
    let link = world.store.links(C, LinkFilter::All).await.expect("memory")[0].clone();
    let picked = Picked {
        item: "1".to_owned(),
        record: "2".to_owned(),
        pick: Pick::Keep(Side::Mailbox),
    };
    let choice = Choice {
        fields: [(Field::Phone, picked)].into(),
        ..Choice::default()
    };
    let entry = RemoteId::Mailbox(anna);
    let chosen = engine::choose(&*world.store, C, &entry, &link.id, choice);
    chosen.await.expect("memory does not fail");
    let no = ErrorKind::Refused { field: None };
    world.crm.fail_writes(Strike::Before, no);
    world.sync().await;
    world.sync().await;
    world.minutes_pass(25 * 60);
    world.sync().await;
    assert_eq!(world.record("Anna").fields.get(Field::Phone), "1");
    world.assert_settled().await;
}
