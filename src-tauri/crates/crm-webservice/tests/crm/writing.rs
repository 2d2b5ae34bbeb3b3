//! Creating, changing and deleting records, finding what a lost answer made, and organisations by name.

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

fn of(organisation: &str) -> Fields {
    person("Anna", "Groß").with(Field::Organisation, organisation)
}

#[tokio::test]
async fn r2_3_an_organisation_is_found_ignoring_case_and_nothing_else() {
    // 5.x allows several of one name.
    let stage = Stage::of(Flavour::Five, 0).await;
    for other in ["Muller GmbH", "Müller GmbH & Co", "Müller  GmbH"] {
        stage.record_of(Role::Colleague, "Accounts", &[("accountname", other)]);
    }
    let first = stage.record_of(
        Role::Colleague,
        "Accounts",
        &[("accountname", "MÜLLER GmbH")],
    );
    stage.record_of(
        Role::Colleague,
        "Accounts",
        &[("accountname", "Müller GmbH")],
    );
    let record = stage
        .crm()
        .create_contact(&of("müller gmbh"))
        .await
        .expect("created");
    assert_eq!(
        stage.value(&record.id, "account_id"),
        first.as_str(),
        "the lowest id"
    );
    assert_eq!(record.fields.get(Field::Organisation), "MÜLLER GmbH");
}

#[tokio::test]
async fn r2_3_an_organisation_that_is_not_there_is_created_once() {
    for stage in all_kinds(0).await {
        let before = stage.sandbox.crm.records("Accounts").len();
        let crm = stage.crm();
        let name = "O'Neill \\ Söhne \"AG\"";
        let one = crm.create_contact(&of(name)).await.expect("created");
        let two = crm
            .create_contact(&of(&name.to_uppercase()))
            .await
            .expect("created");
        let next = stage
            .crm()
            .create_contact(&of(name))
            .await
            .expect("created");
        let accounts = stage.sandbox.crm.records("Accounts");
        assert_eq!(accounts.len(), before + 1);
        let account = accounts.last().expect("just made")["id"].clone();
        for record in [&one, &two, &next] {
            assert_eq!(stage.value(&record.id, "account_id"), account);
            assert_eq!(record.fields.get(Field::Organisation), name);
        }
        let anna = stage.sandbox.crm.owner_named(&stage.name(Role::Full));
        assert_eq!(
            accounts.last().expect("just made")["assigned_user_id"].as_str(),
            anna.as_deref()
        );
    }
}

#[tokio::test]
async fn r2_3_a_name_the_server_changes_does_not_make_an_organisation_for_each_contact() {
    for name in [
        "ß".repeat(150),
        "Rakete 🚀 GmbH".to_owned(),
        "A &amp; B".to_owned(),
    ] {
        let stage = Stage::of(Flavour::Five, 0).await;
        let before = stage.sandbox.crm.records("Accounts").len();
        for _ in 0..2 {
            stage
                .crm()
                .create_contact(&of(&name))
                .await
                .expect("created");
        }
        assert_eq!(
            stage.sandbox.crm.records("Accounts").len(),
            before + 1,
            "{name}"
        );
    }
}

#[tokio::test]
async fn r2_3_two_contacts_of_one_new_organisation_at_once_make_it_once() {
    let stage = Stage::of(Flavour::Five, 0).await;
    let before = stage.sandbox.crm.records("Accounts").len();
    let crm = stage.crm();
    let fields = of("Gemeinsam KG");
    let (one, two) = tokio::join!(crm.create_contact(&fields), crm.create_contact(&fields));
    one.expect("created");
    two.expect("created");
    assert_eq!(stage.sandbox.crm.records("Accounts").len(), before + 1);
}

#[tokio::test]
async fn r2_3_a_name_the_crm_takes_for_another_ones_is_refused_and_named() {
    // For 8.4 "Muller" and "Müller" are the same unique name, for us they are not.
    let stage = Stage::with(0).await;
    stage.record_of(Role::Full, "Accounts", &[("accountname", "Müller")]);
    let failure = stage
        .crm()
        .create_contact(&of("Muller"))
        .await
        .expect_err("code 0");
    let field = Some(Field::Organisation);
    assert_eq!(failure.kind, ErrorKind::Refused { field });
    assert_eq!(failure.problem.values["field"], "organisation");
    assert_eq!(
        stage.own_ids(),
        Vec::<String>::new(),
        "the contact was not written"
    );
}

#[tokio::test]
async fn r2_3_an_organisation_is_set_changed_and_cleared() {
    for stage in all_kinds(0).await {
        let id = stage.contact(&[("lastname", "Groß")]);
        let crm = stage.crm();
        for name in ["Eins", "Zwei", ""] {
            let changes = [change(Field::Organisation, name)];
            let record = crm.update_contact(&id, &changes).await.expect("updated");
            assert_eq!(record.fields.get(Field::Organisation), name);
        }
        assert_eq!(stage.value(&id, "account_id"), "");
    }
}

#[tokio::test]
async fn r1_6_without_the_right_to_create_organisations_the_contact_waits() {
    let stage = Stage::with(0).await;
    assert!(
        stage
            .sandbox
            .crm
            .set_rights(&stage.name(Role::Full), "Accounts", Rights::ReadOnly)
    );
    let failure = stage
        .crm()
        .create_contact(&of("Neu"))
        .await
        .expect_err("no right");
    assert_eq!(failure.kind, ErrorKind::Denied);
    assert_eq!(failure.problem.values["module"], "Accounts");
    assert_eq!(failure.problem.values["right"], "create");
    assert_eq!(stage.own_ids(), Vec::<String>::new());
}

#[tokio::test]
async fn s1_a_lost_answer_about_an_organisation_doubles_nothing() {
    for fault in ["crm:cut-after:create:1", "crm:empty-500-after:create:1"] {
        let stage = Stage::of(Flavour::Five, 0).await;
        let before = stage.sandbox.crm.records("Accounts").len();
        stage.fault(fault);
        let record = stage
            .crm()
            .create_contact(&of("Neu"))
            .await
            .expect("looked up");
        assert_eq!(record.fields.get(Field::Organisation), "Neu");
        assert_eq!(stage.sandbox.crm.records("Accounts").len(), before + 1);
    }
    let stage = Stage::with(0).await;
    stage.fault("crm:cut-before:create:1");
    let failure = stage
        .crm()
        .create_contact(&of("Neu"))
        .await
        .expect_err("cut");
    assert_eq!(
        failure.kind,
        ErrorKind::Offline,
        "nothing of the contact was sent"
    );
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
    let found = stage
        .crm()
        .find_created(CONTACTS, &fields, began)
        .await
        .expect("an answer");
    assert_eq!(found, [made]);
}

#[tokio::test]
async fn s1_of_several_with_the_same_name_the_one_with_the_same_values_is_meant() {
    let stage = Stage::with(0).await;
    let began = stage.clock_time();
    stage.contact(&[("firstname", "Anna"), ("lastname", "Groß"), ("phone", "9")]);
    let fields = person("Anna", "Groß").with(Field::Phone, "1");
    let made = stage.crm().create_contact(&fields).await.expect("created");
    let found = stage
        .crm()
        .find_created(CONTACTS, &fields, began)
        .await
        .expect("an answer");
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
        let found = stage
            .crm()
            .find_created(CONTACTS, &fields, began)
            .await
            .expect("an answer");
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
