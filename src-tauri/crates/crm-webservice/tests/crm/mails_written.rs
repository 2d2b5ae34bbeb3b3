//! Storing e-mails with their files, referencing them, and leads, against the sandbox (R5).

use model::{Code, MailModule, RecordId};
use ports::{CrmMails, ErrorKind, NewLead};
use sandbox::company::Role;
use sandbox::crm::{AddedField, Flavour, Presence, Rights};

use crate::mails::{file, installed, key, letter};
use crate::stage::Stage;

#[tokio::test]
async fn r5_6_a_mail_is_stored_with_all_its_files_in_one_request() {
    for flavour in [Flavour::Eight, Flavour::Five] {
        let stage = Stage::of(flavour, 0).await;
        let crm = stage.crm();
        crm.find_mails(&[key("m1@x.example")]).await.expect("none");
        let contact = stage.contact(&[("lastname", "Groß")]);
        let mut mail = letter("m1@x.example");
        mail.html = "<p><img src=\"cid:logo\"></p>".to_owned();
        mail.reference = Some(contact.clone());
        mail.files = vec![
            file("logo.png", "image/png", &[0, 255, 13, 10, 45, 45]),
            file("Übersicht.txt", "text/plain; charset=utf-8", "ü".as_bytes()),
            file("groß.bin.pdf", "application/pdf", &vec![7; 3_000_000]),
        ];
        let id = crm.create_mail(&mail).await.expect("created").id;
        assert_eq!(stage.sandbox.crm.journal().writes.len(), 1);
        let stored = stage.sandbox.crm.email(id.as_str()).expect("it is there");
        assert_eq!(stored.subject, mail.key.subject);
        assert_eq!(stored.body, mail.html);
        assert_eq!(stored.from, mail.key.from);
        assert_eq!((stored.to, stored.cc), (mail.to.clone(), mail.cc.clone()));
        assert!(stored.bcc.is_empty());
        assert_eq!(stored.key.as_deref(), Some("m1@x.example"));
        assert_eq!(stored.owner, stage.name(Role::Full));
        assert_eq!(
            stored.sent,
            ("2026-11-20".to_owned(), "09:30:15".to_owned())
        );
        assert_eq!(stored.fields["email_flag"], "SENT");
        assert_eq!(stored.fields["activitytype"], "Emails");
        assert_eq!(stored.references, [contact.as_str()]);
        assert_eq!(stored.files.len(), 3);
        for (stored, sent) in stored.files.iter().zip(&mail.files) {
            assert_eq!(stored.bytes, sent.content, "{}", sent.name);
        }
        assert_eq!(stored.files[1].name, "Übersicht.txt");
        assert_eq!(stored.files[0].content_type, "image/png");
    }
}

#[tokio::test]
async fn s1_a_session_that_ends_while_a_mail_goes_up_costs_a_sign_in_and_nothing_else() {
    let stage = Stage::with(0).await;
    let crm = stage.crm();
    crm.mail_abilities().await.expect("abilities");
    stage.sandbox.crm.expire_sessions();
    let mut mail = letter("m1@x.example");
    mail.files = vec![file("a.txt", "text/plain", &vec![b'a'; 200_000])];
    // The session is gone at the search for the zone already; so it is lost once more.
    stage.fault("crm:expired-session:create:1");
    let id = crm.create_mail(&mail).await.expect("created").id;
    assert_eq!(stage.requests("create"), 2);
    let stored = stage.sandbox.crm.emails();
    assert_eq!(stored.len(), 1);
    assert_eq!(stored[0].id, id.as_str());
    assert_eq!(stored[0].files[0].bytes, mail.files[0].content);
}

#[tokio::test]
async fn r5_1_a_mail_is_referenced_to_records_of_all_four_modules() {
    for flavour in [Flavour::Eight, Flavour::Five] {
        let stage = installed(|options| {
            options.crm_partner = Presence::Present;
            options.crm_flavour = flavour;
        })
        .await;
        let crm = stage.crm();
        let contact = stage.contact(&[("lastname", "Groß")]);
        let all = [
            stage.record_of(Role::Full, "Leads", &[("lastname", "L")]),
            stage.record_of(Role::Full, "Accounts", &[("accountname", "A")]),
            stage.record_of(Role::Full, "Partner", &[("name", "P")]),
        ];
        let mut mail = letter("m1@x.example");
        mail.reference = Some(contact.clone());
        mail.bcc = vec!["b@x.example".to_owned()];
        mail.files = vec![file("a.txt", "text/plain", b"a")];
        let id = crm.create_mail(&mail).await.expect("created").id;
        let before = stage.sandbox.crm.email(id.as_str()).expect("it is there");
        for record in all.iter().chain(&all[..1]) {
            crm.add_reference(&id, record).await.expect("referenced");
        }
        let after = stage.sandbox.crm.email(id.as_str()).expect("it is there");
        let mut expected: Vec<&str> = all.iter().chain([&contact]).map(RecordId::as_str).collect();
        expected.sort_by_key(|id| id[3..].parse::<u64>().expect("a number"));
        assert_eq!(after.references, expected, "{flavour:?}");
        assert_eq!(after.files, before.files);
        assert_eq!(
            (&after.to, &after.cc, &after.bcc),
            (&mail.to, &mail.cc, &mail.bcc)
        );
        for (name, value) in &before.fields {
            if !["modifiedtime", "parent_id", "parent_type"].contains(&name.as_str()) {
                assert_eq!(&after.fields[name], value, "{flavour:?} {name}");
            }
        }
        if flavour == Flavour::Eight {
            let writes = stage.sandbox.crm.journal().writes;
            let lists = ["saved_toid", "ccmail", "bccmail"];
            assert!(writes[1..].iter().all(|write| write.operation == "revise"
                && lists.iter().all(|list| write.element.get(list).is_none())));
        }
        let elsewhere = crm
            .add_reference(&contact, &all[0])
            .await
            .expect_err("no mail");
        assert!(matches!(elsewhere.kind, ErrorKind::Refused { .. }));
        stage
            .sandbox
            .crm
            .delete(&stage.name(Role::Full), id.as_str())
            .expect("allowed");
        let gone = crm
            .add_reference(&id, &all[0])
            .await
            .expect_err("it is gone");
        assert_eq!(gone.kind, ErrorKind::Gone);
    }
}

#[tokio::test]
async fn r5_10_what_the_crm_demands_is_named_and_can_be_filled_in() {
    let stage = Stage::with(0).await;
    let crm = stage.crm();
    crm.mail_abilities().await.expect("described before");
    let added = AddedField {
        module: "Emails".to_owned(),
        name: "cf_855".to_owned(),
        label: "Kostenstelle".to_owned(),
        kind: "string".to_owned(),
        mandatory: true,
    };
    stage.sandbox.crm.add_field(added).expect("a new field");
    let mut mail = letter("m1@x.example");
    let failure = crm.create_mail(&mail).await.expect_err("demanded");
    assert_eq!(failure.kind, ErrorKind::Refused { field: None });
    assert_eq!(failure.problem.code, Code::FieldMandatory);
    assert_eq!(failure.problem.values["field"], "cf_855");
    assert_eq!(failure.problem.values["label"], "Kostenstelle");
    assert_eq!(failure.problem.values["module"], "Emails");
    mail.more.insert("cf_855".to_owned(), "4711".to_owned());
    mail.more
        .insert("subject".to_owned(), "not this one".to_owned());
    mail.more
        .insert("assigned_user_id".to_owned(), "19x1".to_owned());
    let id = crm.create_mail(&mail).await.expect("created").id;
    let stored = stage.sandbox.crm.email(id.as_str()).expect("it is there");
    assert_eq!(stored.fields["cf_855"], "4711");
    assert_eq!(stored.subject, mail.key.subject);
    assert_eq!(stored.owner, stage.name(Role::Full));
    let mut nameless = letter("m2@x.example");
    nameless.key.subject = String::new();
    nameless.more = mail.more.clone();
    nameless.more.remove("subject");
    let failure = crm.create_mail(&nameless).await.expect_err("no subject");
    assert_eq!(failure.problem.values["field"], "subject");
}

#[tokio::test]
async fn r5_3_a_mail_to_nobody_in_particular_goes_to_those_who_got_it_besides() {
    let stage = Stage::with(0).await;
    let crm = stage.crm();
    let mut mail = letter("m1@x.example");
    mail.to.clear();
    let id = crm.create_mail(&mail).await.expect("created").id;
    let stored = stage.sandbox.crm.email(id.as_str()).expect("it is there");
    assert_eq!((&stored.to, &stored.cc), (&mail.cc, &mail.cc));
    mail.cc.clear();
    let failure = crm.create_mail(&mail).await.expect_err("to nobody at all");
    assert_eq!(failure.problem.values["field"], "saved_toid");
    let own = "anna@muster.example".to_owned();
    mail.more.insert("saved_toid".to_owned(), own.clone());
    let id = crm.create_mail(&mail).await.expect("created").id;
    let stored = stage.sandbox.crm.email(id.as_str()).expect("it is there");
    assert_eq!(stored.to, [own]);
}

#[tokio::test]
async fn s1_a_lost_answer_to_a_mail_is_unknown_and_the_mail_is_found_by_its_key() {
    for fault in [
        "crm:cut-after:create:1",
        "crm:empty-500-after:create:1",
        "crm:cut-body:create:1",
    ] {
        let stage = Stage::with(0).await;
        let crm = stage.crm();
        stage.fault(fault);
        let mut mail = letter("m1@x.example");
        mail.files = vec![file("a.txt", "text/plain", b"a")];
        let failure = crm.create_mail(&mail).await.expect_err("no answer");
        assert_eq!(failure.kind, ErrorKind::OutcomeUnknown, "{fault}");
        let found = crm.find_mails(&[mail.key]).await.expect("found");
        assert_eq!(found[0].len(), 1, "{fault}");
    }
}

#[tokio::test]
async fn s1_a_mail_that_is_too_large_for_the_server_is_not_there() {
    let stage = installed(|options| options.crm_largest_upload = Some(100_000)).await;
    let crm = stage.crm();
    let mut mail = letter("m1@x.example");
    mail.files = vec![file("a.txt", "text/plain", &vec![b'a'; 200_000])];
    let failure = crm.create_mail(&mail).await.expect_err("too large");
    assert_eq!(failure.kind, ErrorKind::OutcomeUnknown);
    assert_eq!(failure.problem.code, Code::ServerError);
    assert!(crm.find_mails(&[mail.key]).await.expect("none")[0].is_empty());
}

#[tokio::test]
async fn r5_3_a_lead_is_made_found_and_removed() {
    let stage = Stage::with(0).await;
    let crm = stage.crm();
    let lead = NewLead {
        last_name: "O'Neil 😀".to_owned(),
        company: "müller.example".to_owned(),
        email: "O'Neil@müller.example".to_owned(),
    };
    let id = crm.create_lead(&lead).await.expect("created");
    let stored = stage.sandbox.crm.record(id.as_str()).expect("it is there");
    assert_eq!(stored["lastname"], "O'Neil ??");
    assert_eq!(stored["company"], "müller.example");
    let me = stage.sandbox.crm.owner_named(&stage.name(Role::Full));
    assert_eq!(stored["assigned_user_id"].as_str(), me.as_deref());
    let address = [lead.email.to_lowercase()];
    let owners = crm.with_addresses(MailModule::Leads, &address).await;
    assert_eq!(owners.expect("owners")[0].id, id);
    let contact = stage.contact(&[("lastname", "Groß")]);
    let failure = crm.remove_lead(&contact).await.expect_err("no lead");
    assert!(matches!(failure.kind, ErrorKind::Refused { .. }));
    crm.remove_lead(&id).await.expect("removed");
    assert!(stage.sandbox.crm.record(id.as_str()).is_none());
    let added = AddedField {
        module: "Leads".to_owned(),
        name: "cf_900".to_owned(),
        label: "Herkunft".to_owned(),
        kind: "string".to_owned(),
        mandatory: true,
    };
    stage.sandbox.crm.add_field(added).expect("a new field");
    let failure = crm.create_lead(&lead).await.expect_err("demanded");
    assert_eq!(failure.kind, ErrorKind::Refused { field: None });
    assert_eq!(failure.problem.values["label"], "Herkunft");
    let anna = stage.name(Role::Full);
    stage
        .sandbox
        .crm
        .set_rights(&anna, "Leads", Rights::ReadOnly);
    let failure = crm.create_lead(&lead).await.expect_err("not allowed");
    assert_eq!(failure.kind, ErrorKind::Denied);
    assert_eq!(failure.problem.values["right"], "create");
}
