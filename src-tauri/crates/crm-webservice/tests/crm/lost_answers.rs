//! Writes whose answer was lost: what was made is found again, and nothing is done twice.

use jiff::Timestamp;
use model::{Field, Fields, Record};
use ports::{Crm, ErrorKind};
use sandbox::company::Role;

use crate::stage::{CONTACTS, Contacts, Stage, all_kinds, change, person};

/// What is found of a creation that nobody knows the end of.
async fn found_again(stage: &Stage, fields: &Fields, began: Timestamp) -> Vec<Record> {
    let found = stage.crm().find_created(CONTACTS, fields, began).await;
    found.expect("an answer")
}

#[tokio::test]
async fn s1_a_lost_answer_to_a_creation_is_found_again() {
    for fault in ["crm:cut-after:create:1", "crm:empty-500-after:create:1"] {
        for stage in all_kinds(3).await {
            let began = stage.clock_time();
            let crm = stage.crm();
            stage.fault(fault);
            let fields = person("Anna", "O'Groß").with(Field::Phone, "1");
            let failure = crm.create_contact(&fields).await.expect_err("lost");
            assert_eq!(failure.kind, ErrorKind::OutcomeUnknown);
            stage.advance(30);
            let next = stage.crm();
            let found = next
                .find_created(CONTACTS, &fields, began)
                .await
                .expect("an answer");
            assert_eq!(found.len(), 1, "{fault}");
            assert_eq!(found[0].fields, fields);
        }
    }
}

#[tokio::test]
async fn s1_a_creation_that_did_not_happen_is_not_found() {
    for fault in [
        "crm:cut-before:create:1",
        "crm:empty-500:create:1",
        "crm:html:create:1",
    ] {
        let stage = Stage::with(3).await;
        let fields = person("Anna", "Groß");
        let old = stage.contact(&[("firstname", "Anna"), ("lastname", "Groß")]);
        stage.record_of(
            Role::Colleague,
            "Contacts",
            &[("firstname", "Anna"), ("lastname", "Groß")],
        );
        stage.advance(3600);
        let began = stage.clock_time();
        stage.contact(&[("firstname", "anna"), ("lastname", "Gross")]);
        let crm = stage.crm();
        stage.fault(fault);
        let failure = crm.create_contact(&fields).await.expect_err("lost");
        assert_eq!(failure.kind, ErrorKind::OutcomeUnknown, "{fault}");
        // The first read tells the zone, so that the older one of the same name is out of question.
        crate::stage::read_all(&crm, None).await;
        let found = crm
            .find_created(CONTACTS, &fields, began)
            .await
            .expect("an answer");
        assert_eq!(found, [], "neither {old} nor another one");
    }
}

#[tokio::test]
async fn s1_a_creation_is_found_although_the_server_changed_its_values() {
    let stage = Stage::with(0).await;
    let began = stage.clock_time();
    let fields = person("Anna\u{1} 😀", &"ß".repeat(120)).with(Field::Organisation, "firma");
    stage.record_of(Role::Full, "Accounts", &[("accountname", "FIRMA")]);
    let made = stage.crm().create_contact(&fields).await.expect("created");
    let found = found_again(&stage, &fields, began).await;
    assert_eq!(found, [made]);
}

#[tokio::test]
async fn s1_of_several_with_the_same_name_the_one_with_the_same_values_is_meant() {
    let stage = Stage::with(0).await;
    let began = stage.clock_time();
    stage.contact(&[("firstname", "Anna"), ("lastname", "Groß"), ("phone", "9")]);
    let fields = person("Anna", "Groß").with(Field::Phone, "1");
    let made = stage.crm().create_contact(&fields).await.expect("created");
    let found = found_again(&stage, &fields, began).await;
    assert_eq!(found, [made]);
}

#[tokio::test]
async fn s1_clocks_that_differ_hide_no_creation() {
    for offset in [-7200, 7200] {
        let stage = Stage::start(sandbox::Options {
            crm_clock_offset: offset,
            ..sandbox::Options::default()
        })
        .await;
        let began = stage.clock_time();
        let fields = person("Anna", "Groß");
        let made = stage.crm().create_contact(&fields).await.expect("created");
        let found = found_again(&stage, &fields, began).await;
        assert_eq!(found, [made]);
    }
}

#[tokio::test]
async fn s1_a_lost_answer_to_an_update_is_unknown() {
    let stage = Stage::with(0).await;
    let id = stage.contact(&[("lastname", "Groß")]);
    let crm = stage.crm();
    crm.update_contact(&id, &[change(Field::Phone, "0")])
        .await
        .expect("revise is known now");
    for (fault, written) in [
        ("crm:cut-before:revise:1", "0"),
        ("crm:empty-500:revise:1", "0"),
        ("crm:cut-after:revise:1", "1"),
        ("crm:empty-500-after:revise:1", "1"),
    ] {
        stage.edit(&id, &[("phone", "0")]);
        stage.fault(fault);
        let failure = crm.update_contact(&id, &[change(Field::Phone, "1")]).await;
        assert_eq!(
            failure.expect_err("lost").kind,
            ErrorKind::OutcomeUnknown,
            "{fault}"
        );
        assert_eq!(stage.value(&id, "phone"), written, "{fault}");
    }
}

#[tokio::test]
async fn s1_a_fault_at_the_very_first_update_is_not_taken_for_a_missing_revise_for_long() {
    let stage = Stage::with(0).await;
    let id = stage.contact(&[("lastname", "Groß"), ("mobile", "7")]);
    let crm = stage.crm();
    stage.fault("crm:empty-500-after:revise:1");
    let record = crm
        .update_contact(&id, &[change(Field::Phone, "1")])
        .await
        .expect("looked up");
    assert_eq!(record.fields.get(Field::Phone), "1");
    assert_eq!(stage.requests("update"), 0);
    crm.update_contact(&id, &[change(Field::Phone, "2")])
        .await
        .expect("updated");
    assert_eq!(stage.requests("revise"), 2, "revise is used as before");
    assert_eq!(stage.value(&id, "mobile"), "7");
}

#[tokio::test]
async fn s1_a_lost_answer_to_a_deletion_is_unknown() {
    let stage = Stage::with(0).await;
    let id = stage.contact(&[("lastname", "Groß")]);
    stage.fault("crm:cut-after:delete:1");
    let failure = stage.crm().delete(CONTACTS, &id).await.expect_err("lost");
    assert_eq!(failure.kind, ErrorKind::OutcomeUnknown);
}

#[tokio::test]
async fn s1_an_expired_session_costs_a_sign_in_and_nothing_else() {
    for stage in all_kinds(0).await {
        let crm = stage.crm();
        crm.sign_in().await.expect("signed in");
        stage.fault("crm:expired-session:create:1");
        let record = crm
            .create_contact(&person("A", "B"))
            .await
            .expect("replayed");
        assert_eq!(stage.own_ids(), [record.id.as_str()]);
        stage.sandbox.crm.expire_sessions();
        crm.read(CONTACTS, &[record.id]).await.expect("replayed");
        assert_eq!(stage.requests("login"), 3);
    }
}
