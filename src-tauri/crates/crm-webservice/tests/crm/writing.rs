//! Creating, changing and deleting records.

use model::{Code, Field, Fields, Owner, RecordId};
use ports::{Crm, ErrorKind};
use sandbox::company::Role;
use sandbox::crm::{Flavour, Rights};
use serde_json::json;

use crate::stage::{CONTACTS, Contacts, Stage, all_kinds, change, person};

#[tokio::test]
async fn r2_1_every_field_reaches_the_crm_and_comes_back() {
    for stage in all_kinds(0).await {
        let mut fields = Fields::new();
        for field in Field::synced(CONTACTS) {
            fields.set(*field, format!("{field} Ä'\"\\"));
        }
        let crm = stage.crm();
        let record = crm.create_contact(&fields).await.expect("created");
        assert_eq!(record.fields, fields);
        assert_eq!(record.owner, Owner::Me);
        assert_eq!(record.created, Some(stage.clock_time()));
        let mut read = crm
            .read(CONTACTS, std::slice::from_ref(&record.id))
            .await
            .expect("answers");
        assert_eq!(read.remove(0).expect("it is there"), record);
    }
}

#[tokio::test]
async fn the_answer_is_what_the_server_stored() {
    let stage = Stage::with(0).await;
    let long = "x".repeat(200);
    let fields = person("Anna 😀", &long);
    let record = stage.crm().create_contact(&fields).await.expect("created");
    assert_eq!(record.fields.get(Field::FirstName), "Anna ??");
    assert_eq!(record.fields.get(Field::LastName), &long[..80]);
}

#[tokio::test]
async fn s10_an_update_changes_what_it_names_and_nothing_else() {
    for stage in all_kinds(0).await {
        let account = stage.record_of(Role::Full, "Accounts", &[("accountname", "Bleibt AG")]);
        let id = stage.contact(&[
            ("firstname", "Anna"),
            ("lastname", "Groß"),
            ("phone", "1"),
            ("mobile", "2"),
            ("birthday", "1980-05-17"),
            ("homephone", "3"),
            ("donotcall", "1"),
            ("account_id", account.as_str()),
        ]);
        let before = stage.sandbox.crm.record(id.as_str()).expect("it is there");
        let crm = stage.crm();
        stage.advance(60);
        let changes = [change(Field::Phone, "4"), change(Field::Mobile, "")];
        let record = crm.update_contact(&id, &changes).await.expect("updated");
        assert_eq!(record.fields.get(Field::Phone), "4");
        assert_eq!(record.fields.get(Field::Mobile), "");
        assert_eq!(record.fields.get(Field::Organisation), "Bleibt AG");
        assert_eq!(record.modified, Some(stage.clock_time()));
        let mut after = stage.sandbox.crm.record(id.as_str()).expect("it is there");
        let mut expected = before;
        expected["phone"] = json!("4");
        expected["mobile"] = json!("");
        for moved in ["modifiedtime", "label", "source"] {
            expected.remove(moved);
            after.remove(moved);
        }
        assert_eq!(after, expected);
    }
}

#[tokio::test]
async fn where_revise_is_there_only_changed_fields_are_sent() {
    let stage = Stage::with(0).await;
    let id = stage.contact(&[("lastname", "Groß"), ("phone", "1")]);
    let changes = [change(Field::Phone, "")];
    stage
        .crm()
        .update_contact(&id, &changes)
        .await
        .expect("updated");
    let writes = stage.sandbox.crm.journal().writes;
    assert_eq!(writes.len(), 1);
    assert_eq!(writes[0].operation, "revise");
    assert_eq!(writes[0].element, json!({"id": id.as_str(), "phone": null}));
}

#[tokio::test]
async fn where_revise_is_absent_that_is_found_out_once() {
    let stage = Stage::of(Flavour::Five, 0).await;
    let id = stage.contact(&[("lastname", "Groß")]);
    let crm = stage.crm();
    for phone in ["1", "2", "3"] {
        let changes = [change(Field::Phone, phone)];
        crm.update_contact(&id, &changes).await.expect("updated");
        assert_eq!(stage.value(&id, "phone"), phone);
    }
    assert_eq!(stage.requests("revise"), 1);
    let cache = crm.export_cache();
    let next = stage.crm_as(Role::Full, |options| options.cache = Some(cache));
    next.update_contact(&id, &[change(Field::Phone, "4")])
        .await
        .expect("updated");
    assert_eq!(stage.requests("revise"), 1, "the next process knows it too");
}

#[tokio::test]
async fn r6_5_a_missing_mandatory_field_is_named() {
    let stage = Stage::with(0).await;
    let fields = Fields::new().with(Field::FirstName, "Nur");
    let failure = stage
        .crm()
        .create_contact(&fields)
        .await
        .expect_err("no last name");
    let field = Some(Field::LastName);
    assert_eq!(failure.kind, ErrorKind::Refused { field });
    assert_eq!(failure.problem.code, Code::FieldMandatory);
    assert_eq!(failure.problem.values["field"], "last_name");
    assert_eq!(failure.problem.values["label"], "Last Name");
    stage.fault("crm:refused-field:create::firstname");
    let failure = stage
        .crm()
        .create_contact(&person("A", "B"))
        .await
        .expect_err("refused");
    assert_eq!(failure.problem.values["field"], "first_name");
}

#[tokio::test]
async fn r6_5_a_mandatory_field_that_is_not_ours_has_the_crms_name() {
    let stage = Stage::with(0).await;
    let id = stage.contact(&[("lastname", "Groß")]);
    stage.fault("crm:refused-field:revise:1:id");
    let failure = stage
        .crm()
        .update_contact(&id, &[change(Field::Phone, "1")])
        .await;
    let failure = failure.expect_err("refused");
    assert_eq!(failure.kind, ErrorKind::Refused { field: None });
    assert_eq!(failure.problem.values["field"], "id");
}

#[tokio::test]
async fn r1_6_a_missing_right_is_named() {
    let stage = Stage::with(0).await;
    let id = stage.contact(&[("lastname", "Groß")]);
    let reader = stage.crm_as(Role::ReadOnly, |_| {});
    let create = reader
        .create_contact(&person("A", "B"))
        .await
        .expect_err("read only");
    let update = reader
        .update_contact(&id, &[change(Field::Phone, "1")])
        .await;
    let delete = reader.delete(CONTACTS, &id).await.expect_err("read only");
    let update = update.expect_err("read only");
    for (failure, right) in [(create, "create"), (update, "update"), (delete, "delete")] {
        assert_eq!(failure.kind, ErrorKind::Denied, "{right}");
        assert_eq!(failure.problem.code, Code::PermissionMissing);
        assert_eq!(failure.problem.values["module"], "Contacts");
        assert_eq!(failure.problem.values["right"], right);
    }
}

#[tokio::test]
async fn a_record_that_was_deleted_meanwhile_is_gone() {
    for stage in all_kinds(0).await {
        let id = stage.contact(&[("lastname", "Weg")]);
        let crm = stage.crm();
        crm.delete(CONTACTS, &id).await.expect("deleted");
        assert_eq!(stage.sandbox.crm.record(id.as_str()), None);
        let update = crm.update_contact(&id, &[change(Field::Phone, "1")]).await;
        assert_eq!(update.expect_err("gone").kind, ErrorKind::Gone);
        assert_eq!(
            crm.delete(CONTACTS, &id).await.expect_err("gone").kind,
            ErrorKind::Gone
        );
    }
}

#[tokio::test]
async fn s5_a_write_into_a_closed_module_does_not_look_like_a_deletion() {
    let stage = Stage::with(0).await;
    let id = stage.contact(&[("lastname", "Groß")]);
    let crm = stage.crm();
    crm.update_contact(&id, &[change(Field::Phone, "1")])
        .await
        .expect("open");
    assert!(
        stage
            .sandbox
            .crm
            .set_rights(&stage.name(Role::Full), "Contacts", Rights::Closed)
    );
    let failure = crm.update_contact(&id, &[change(Field::Phone, "2")]).await;
    assert_eq!(failure.expect_err("closed").kind, ErrorKind::Denied);
}

#[tokio::test]
async fn a_second_session_is_opened_when_writes_overlap_and_never_a_third() {
    let stage = Stage::with(0).await;
    let crm = stage.crm();
    assert_eq!(crm.parallel_writes(), 2);
    for number in 0..3 {
        crm.create_contact(&person("Einzeln", &number.to_string()))
            .await
            .expect("created");
    }
    futures_util::future::join_all((0..4).map(|_| crm.owned(CONTACTS, None))).await;
    assert_eq!(stage.requests("login"), 1, "reads wait for each other");
    let people: Vec<Fields> = (0..6).map(|n| person("Zugleich", &n.to_string())).collect();
    let results =
        futures_util::future::join_all(people.iter().map(|p| crm.create_contact(p))).await;
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(stage.requests("login"), 2);
    assert_eq!(stage.own_ids().len(), 9);
}

#[tokio::test]
async fn fields_the_crm_does_not_have_are_left_out() {
    let stage = Stage::with(0).await;
    let overrides = [("phone".to_owned(), "homephone".to_owned())];
    let crm = stage.crm_as(Role::Full, |options| {
        options.overrides.contacts = overrides.into_iter().collect();
    });
    let fields = person("A", "B")
        .with(Field::Phone, "1")
        .with(Field::GivenName, "x");
    let record = crm.create_contact(&fields).await.expect("created");
    assert_eq!(record.fields.get(Field::Phone), "1");
    assert_eq!(stage.value(&record.id, "homephone"), "1");
    assert_eq!(stage.value(&record.id, "phone"), "");
    let same = crm
        .update_contact(&record.id, &[change(Field::FileAs, "x")])
        .await;
    assert_eq!(same.expect("nothing to write"), record);
}

#[tokio::test]
async fn an_override_that_names_no_field_is_told() {
    let stage = Stage::with(0).await;
    let overrides = [("phone".to_owned(), "cf_404".to_owned())];
    let crm = stage.crm_as(Role::Full, |options| {
        options.overrides.contacts = overrides.into_iter().collect();
    });
    let failure = crm
        .changes(CONTACTS, None)
        .await
        .expect_err("no such field");
    assert_eq!(failure.problem.code, Code::PermissionMissing);
    assert_eq!(failure.problem.values["field"], "cf_404");
}

#[tokio::test]
async fn an_unknown_id_is_gone_for_writes_too() {
    let stage = Stage::with(0).await;
    let update = stage
        .crm()
        .update_contact(&RecordId::new("12x99999"), &[change(Field::Phone, "1")])
        .await;
    assert_eq!(update.expect_err("never there").kind, ErrorKind::Gone);
}
