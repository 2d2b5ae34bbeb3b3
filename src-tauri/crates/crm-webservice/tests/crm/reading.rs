//! Reading records by id, whoever owns them.

use model::{Code, Field, Owner, RecordId};
use ports::{Crm, ErrorKind};
use sandbox::company::Role;
use sandbox::crm::Rights;

use crate::stage::{CONTACTS, Stage, all_kinds};

fn ids(texts: &[&str]) -> Vec<RecordId> {
    texts.iter().map(|text| RecordId::new(*text)).collect()
}

#[tokio::test]
async fn records_come_in_the_order_asked_a_hundred_to_a_request() {
    for stage in all_kinds(150).await {
        let mut wanted: Vec<RecordId> = stage.own_ids().iter().map(RecordId::new).collect();
        wanted.reverse();
        let crm = stage.crm();
        crm.rights(CONTACTS).await.expect("signed in");
        let before = stage.requests("query");
        let records = crm.read(CONTACTS, &wanted).await.expect("answers");
        let got: Vec<RecordId> = records
            .into_iter()
            .map(|record| record.expect("it is there").id)
            .collect();
        assert_eq!(got, wanted);
        let accounts_and_contacts = stage.requests("query") - before;
        assert!(accounts_and_contacts <= 4, "{accounts_and_contacts}");
        assert_eq!(stage.requests("retrieve"), 0);
    }
}

#[tokio::test]
async fn r1_5_a_record_of_somebody_else_says_so() {
    for stage in all_kinds(0).await {
        let theirs = stage.record_of(Role::Colleague, "Contacts", &[("lastname", "Fremd")]);
        let mut answers = stage
            .crm()
            .read(CONTACTS, &[theirs])
            .await
            .expect("answers");
        let record = answers.remove(0).expect("visible");
        assert_eq!(record.owner, Owner::Other);
        assert_eq!(record.fields.get(Field::LastName), "Fremd");
    }
}

#[tokio::test]
async fn s5_a_deleted_record_is_gone_and_the_others_are_not() {
    for stage in all_kinds(0).await {
        let kept = stage.contact(&[("lastname", "Bleibt")]);
        let deleted = stage.contact(&[("lastname", "Weg")]);
        stage
            .sandbox
            .crm
            .delete(&stage.name(Role::Full), deleted.as_str())
            .expect("allowed");
        let wanted = [deleted, kept, RecordId::new("12x999999")];
        let answers = stage.crm().read(CONTACTS, &wanted).await.expect("answers");
        let kind = |place: usize| {
            answers[place]
                .as_ref()
                .map_err(|failure| failure.kind.clone())
        };
        assert_eq!(kind(0).expect_err("deleted"), ErrorKind::Gone);
        assert_eq!(kind(1).expect("kept").fields.get(Field::LastName), "Bleibt");
        assert_eq!(kind(2).expect_err("never there"), ErrorKind::Gone);
    }
}

#[tokio::test]
async fn s5_a_closed_module_is_no_evidence_of_a_deletion() {
    let stage = Stage::with(0).await;
    let one = stage.contact(&[("lastname", "Eins")]);
    let crm = stage.crm();
    crm.read(CONTACTS, std::slice::from_ref(&one))
        .await
        .expect("open");
    let anna = stage.name(Role::Full);
    assert!(
        stage
            .sandbox
            .crm
            .set_rights(&anna, "Contacts", Rights::Closed)
    );
    let failure = crm.read(CONTACTS, &[one]).await.expect_err("closed");
    assert_eq!(failure.kind, ErrorKind::Denied);
    assert_eq!(failure.problem.code, Code::PermissionMissing);
}

#[tokio::test]
async fn an_id_of_another_kind_is_refused_without_spoiling_the_others() {
    let stage = Stage::with(0).await;
    let good = stage.contact(&[("lastname", "Gut")]);
    let account = stage.record_of(Role::Full, "Accounts", &[("accountname", "Firma")]);
    let mut wanted = ids(&["", "12x", "x'; drop", "ä"]);
    wanted.extend([account, good.clone()]);
    let answers = stage.crm().read(CONTACTS, &wanted).await.expect("answers");
    for answer in &answers[..5] {
        let failure = answer.as_ref().expect_err("no contact");
        assert_eq!(failure.kind, ErrorKind::Refused { field: None });
    }
    assert_eq!(answers[5].as_ref().expect("a contact").id, good);
}

#[tokio::test]
async fn awkward_values_arrive_as_the_crm_keeps_them() {
    let stage = Stage::with(0).await;
    let fields = [
        ("firstname", "Anne-Marie \"Änn\""),
        ("lastname", "O'Neill \\ Söhne"),
        ("description", "eins\r\nzwei\n\ndrei\t; drop"),
        ("phone", "a\u{1}\u{b}b"),
    ];
    let id = stage.contact(&fields);
    let mut answers = stage.crm().read(CONTACTS, &[id]).await.expect("answers");
    let record = answers.remove(0).expect("it is there");
    assert_eq!(record.fields.get(Field::FirstName), "Anne-Marie \"Änn\"");
    assert_eq!(record.fields.get(Field::LastName), "O'Neill \\ Söhne");
    assert_eq!(
        record.fields.get(Field::Description),
        "eins\r\nzwei\n\ndrei\t; drop"
    );
    assert_eq!(
        record.fields.get(Field::Phone),
        "ab",
        "control characters are dropped"
    );
}

#[tokio::test]
async fn nothing_asked_is_nothing_sent() {
    let stage = Stage::with(0).await;
    let crm = stage.crm();
    assert!(crm.read(CONTACTS, &[]).await.expect("nothing").is_empty());
    assert_eq!(crm.requests(), 0);
}

#[tokio::test]
async fn r1_6_rights_are_those_of_the_user() {
    let stage = Stage::with(0).await;
    let full = stage.crm().rights(CONTACTS).await.expect("described");
    assert!(full.read && full.create && full.update && full.delete);
    let reader = stage.crm_as(Role::ReadOnly, |_| {});
    let rights = reader.rights(CONTACTS).await.expect("described");
    assert!(rights.read && !rights.create && !rights.update && !rights.delete);
}

#[tokio::test]
async fn times_are_corrected_for_the_servers_clock() {
    let stage = Stage::start(sandbox::Options {
        crm_clock_offset: 3600,
        ..sandbox::Options::default()
    })
    .await;
    let id = stage.contact(&[("lastname", "Vorgehend")]);
    let crm = stage.crm();
    let account = crm.sign_in().await.expect("signed in");
    assert_eq!(
        account.clock_offset.map(|offset| offset.as_secs()),
        Some(3600)
    );
    let mut answers = crm.read(CONTACTS, &[id]).await.expect("answers");
    let record = answers.remove(0).expect("it is there");
    assert_eq!(record.created, Some(stage.clock_time()));
    assert_eq!(record.modified, Some(stage.clock_time()));
}
