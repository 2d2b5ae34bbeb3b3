//! Servers that are slow, busy, cut off, confused or wrong: nothing is lost, nothing is doubled, the others go on.

use model::Code;
use ports::{ErrorKind, StateStore};
use scenarios::people::text;
use scenarios::stage::{CONTACTS, Stage};

/// Two contacts on each side.
async fn two_and_two() -> Stage {
    let stage = Stage::empty().await;
    for name in ["A", "B"] {
        stage.types_in(&[("Surname", name)]);
    }
    for name in ["C", "D"] {
        stage.records(&[("lastname", name)]);
    }
    stage
}

/// Every contact is on both sides, once.
async fn assert_whole(stage: &Stage) {
    stage.sync().await;
    // What did not happen is not tried again before a slow server must be done with it.
    stage.seconds_pass(400);
    stage.sync().await;
    assert_eq!(stage.counts(), (4, 4));
    stage.pairs();
    stage.assert_settled().await;
}

#[tokio::test]
async fn s1_a_cut_connection_before_or_after_a_write_doubles_nothing() {
    for fault in [
        "exchange:cut-before:CreateItem:1",
        "exchange:cut-after:CreateItem:1",
        "exchange:cut-after:UpdateItem:1",
        "crm:cut-before:create:1",
        "crm:cut-after:create:1",
        "crm:cut-after:create:2",
        "crm:empty-500-after:create:1",
    ] {
        let stage = two_and_two().await;
        stage.order(fault);
        stage.try_sync().await;
        assert_whole(&stage).await;
        let created = stage.sandbox.crm.records("Contacts").len();
        assert_eq!(created, 4, "{fault}");
    }
}

#[tokio::test]
async fn r8_6_a_busy_server_is_left_alone_and_loses_no_change() {
    for fault in [
        "exchange:busy::2:3000",
        "exchange:503::2:2",
        "crm:busy::2:3000",
        "crm:503::2:2",
    ] {
        let stage = two_and_two().await;
        stage.order(fault);
        stage.try_sync().await;
        assert_whole(&stage).await;
    }
}

#[tokio::test]
async fn a_session_that_expired_is_renewed_and_the_request_replayed() {
    let stage = two_and_two().await;
    stage.order("crm:expired-session:create:1");
    assert_whole(&stage).await;
}

#[tokio::test]
async fn r6_9_an_invalid_sync_state_deletes_nothing() {
    let stage = two_and_two().await;
    stage.sync().await;
    stage.order("exchange:invalid-sync-state:SyncFolderItems:1");
    let ran = stage.sync().await;
    assert!(!ran.tally.wrote());
    assert_whole(&stage).await;
}

#[tokio::test]
async fn without_the_sync_operation_changes_are_found_by_query() {
    let stage = two_and_two().await;
    stage.order("crm:no-sync");
    stage.sync().await;
    stage.seconds_pass(300);
    let id = text(&stage.record("A"), "id");
    stage.edits_record(&id, &[("phone", "7")]);
    stage.sync().await;
    assert_eq!(
        scenarios::people::field(&stage.item("A"), "PhoneNumbers/BusinessPhone"),
        "7"
    );
    assert_whole(&stage).await;
}

#[tokio::test]
async fn s8_a_refused_field_stops_one_contact_and_no_other() {
    let stage = two_and_two().await;
    stage.types_in(&[("Surname", "E"), ("PhoneNumbers/MobilePhone", "1")]);
    stage.order("crm:refused-field:create::mobile");
    let ran = stage.sync().await;
    assert_eq!((ran.tally.failed, ran.tally.records.created), (1, 2));
    let refusals = stage.store.refusals(CONTACTS).await.expect("readable");
    assert_eq!(refusals[0].title, "E");
    assert_eq!(refusals[0].problem.values["field"], "mobile");
    stage.assert_settled().await;
}

#[tokio::test]
async fn s8_an_item_without_a_last_name_is_listed_with_the_field() {
    let stage = two_and_two().await;
    stage.types_in(&[("CompanyName", "Nur Firma")]);
    let ran = stage.sync().await;
    assert_eq!((ran.tally.failed, ran.tally.records.created), (1, 2));
    let refusals = stage.store.refusals(CONTACTS).await.expect("readable");
    assert_eq!(refusals[0].problem.code, Code::FieldMandatory);
    assert_eq!(refusals[0].problem.values["field"], "last_name");
}

#[tokio::test]
async fn html_instead_of_an_answer_ends_the_run_with_a_name_for_it() {
    let stage = two_and_two().await;
    stage.order("exchange:html::1");
    let failure = stage.failing_sync().await;
    assert_eq!(
        (failure.kind, failure.problem.code),
        (ErrorKind::Malformed, Code::NotExchange)
    );
    stage.order("crm:html::1");
    let failure = stage.failing_sync().await;
    assert_eq!(
        (failure.kind, failure.problem.code),
        (ErrorKind::Malformed, Code::NotCrm)
    );
    assert_whole(&stage).await;
}

#[tokio::test]
async fn r7_11_a_deleted_folder_is_made_anew_and_filled_again() {
    let stage = two_and_two().await;
    stage.sync().await;
    let act = sandbox::exchange::Act::DeleteFolder {
        path: scenarios::stage::FOLDER.to_owned(),
    };
    stage
        .sandbox
        .exchange
        .act(&stage.user().email, &act)
        .expect("deleted");
    stage.sync().await;
    assert_whole(&stage).await;
}

#[tokio::test]
async fn r2_4_what_was_deleted_before_the_folder_went_stays_away() {
    let stage = two_and_two().await;
    stage.sync().await;
    let id = stage.item("A").id;
    stage
        .sandbox
        .exchange
        .delete(&stage.user().email, &id)
        .expect("it is there");
    stage.sync().await;
    let act = sandbox::exchange::Act::DeleteFolder {
        path: scenarios::stage::FOLDER.to_owned(),
    };
    stage
        .sandbox
        .exchange
        .act(&stage.user().email, &act)
        .expect("deleted");
    stage.sync().await;
    assert_eq!(stage.counts(), (3, 4));
}
