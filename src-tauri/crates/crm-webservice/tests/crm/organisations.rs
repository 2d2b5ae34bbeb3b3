//! Organisations by name: found, made once, changed with their contact.

use model::{Field, Fields};
use ports::ErrorKind;
use sandbox::company::Role;
use sandbox::crm::{Flavour, Rights};

use crate::stage::{Contacts, Stage, all_kinds, change, person};

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
