//! The complete list of own records, from which absence may be concluded.

use model::{Code, RecordHead};
use ports::{Crm, ErrorKind};
use sandbox::company::Role;

use crate::stage::{CONTACTS, Stage, all_kinds, read_all};

#[tokio::test]
async fn s5_the_list_of_own_records_is_complete() {
    for stage in all_kinds(230).await {
        stage.record_of(Role::Colleague, "Contacts", &[("lastname", "Fremd")]);
        let heads = stage.crm().owned(CONTACTS, None).await.expect("a list");
        let ids: Vec<_> = heads
            .iter()
            .map(|head| head.id.as_str().to_owned())
            .collect();
        assert_eq!(ids, stage.own_ids());
        assert!(heads.iter().all(|head| head.modified.is_some()));
    }
}

#[tokio::test]
async fn s5_half_a_list_is_a_failure() {
    for fault in [
        "crm:empty-500:query:1+1",
        "crm:html:query:1+1",
        "crm:503:query:1+9:600",
    ] {
        let stage = Stage::with(150).await;
        let crm = stage.crm();
        crm.sign_in().await.expect("signed in");
        stage.fault(fault);
        let failure = crm
            .owned(CONTACTS, None)
            .await
            .expect_err("the second page fails");
        assert_ne!(failure.kind, ErrorKind::Gone, "{fault}");
    }
}

#[tokio::test]
async fn a_read_whose_line_is_cut_is_asked_for_once_more() {
    let stage = Stage::with(150).await;
    stage.fault("crm:cut-before:query:1+1");
    let heads = stage
        .crm()
        .owned(CONTACTS, None)
        .await
        .expect("asked again");
    assert_eq!(heads.len(), stage.own_ids().len());
    stage.fault("crm:cut-before:query");
    let failure = stage
        .crm()
        .owned(CONTACTS, None)
        .await
        .expect_err("cut for ever");
    assert_eq!(failure.kind, ErrorKind::Offline);
    assert_eq!(failure.problem.code, Code::ConnectionLost);
}

#[tokio::test]
async fn r2_3_a_renamed_organisation_shows_in_the_list_at_once() {
    let stage = Stage::with(0).await;
    let account = stage.record_of(Role::Full, "Accounts", &[("accountname", "Alt GmbH")]);
    let fields = [("lastname", "Groß"), ("account_id", account.as_str())];
    let contact = stage.contact(&fields);
    let crm = stage.crm();
    read_all(&crm, None).await;
    stage.edit(&account, &[("accountname", "Neu GmbH")]);
    let heads = crm.owned(CONTACTS, None).await.expect("a list");
    let expected = RecordHead {
        id: contact,
        modified: Some(stage.clock_time()),
        organisation: Some("Neu GmbH".to_owned()),
    };
    assert_eq!(heads, [expected]);
}

#[tokio::test]
async fn organisations_the_user_may_not_see_are_no_field_of_a_contact() {
    let stage = Stage::with(0).await;
    let account = stage.record_of(Role::Full, "Accounts", &[("accountname", "Geheim")]);
    let fields = [("lastname", "Groß"), ("account_id", account.as_str())];
    stage.contact(&fields);
    let anna = stage.name(Role::Full);
    assert!(
        stage
            .sandbox
            .crm
            .set_rights(&anna, "Accounts", sandbox::crm::Rights::Closed)
    );
    let crm = stage.crm();
    let (brought, _) = read_all(&crm, None).await;
    assert_eq!(brought.seen.len(), 1);
    assert_eq!(brought.seen[0].fields.get(model::Field::Organisation), "");
    crm.owned(CONTACTS, None).await.expect("a list");
}

#[tokio::test]
async fn s5_a_module_closed_later_does_not_look_like_cleared_fields() {
    let stage = Stage::with(0).await;
    let account = stage.record_of(Role::Full, "Accounts", &[("accountname", "Geheim")]);
    let fields = [("lastname", "Groß"), ("account_id", account.as_str())];
    stage.contact(&fields);
    let crm = stage.crm();
    let (_, token) = read_all(&crm, None).await;
    let anna = stage.name(Role::Full);
    assert!(
        stage
            .sandbox
            .crm
            .set_rights(&anna, "Accounts", sandbox::crm::Rights::Closed)
    );
    crm.owned(CONTACTS, None)
        .await
        .expect_err("the organisations cannot be read");
    // Whatever is asked next, by this process or the next one, no record comes without its organisation.
    let cache = crm.export_cache();
    let next = stage.crm_as(Role::Full, |options| options.cache = Some(cache));
    for crm in [&crm, &next] {
        let failure = crm
            .changes(CONTACTS, Some(&token))
            .await
            .expect_err("a field is missing");
        assert_eq!(failure.kind, ErrorKind::Denied);
        assert_eq!(failure.problem.code, Code::PermissionMissing);
        assert_eq!(
            failure.problem.values.get("field").map(String::as_str),
            Some("organisation")
        );
    }
    assert!(
        stage
            .sandbox
            .crm
            .set_rights(&anna, "Accounts", sandbox::crm::Rights::Full)
    );
    stage.advance(5 * 3600);
    next.changes(CONTACTS, Some(&token))
        .await
        .expect("it goes on where it was");
}
