//! E-mails against the sandbox: what can be done, whose addresses they name (R5.1, R5.2).

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::{Code, MailModule, RecordId};
use ports::{CrmMails, ErrorKind, MailFile, MailKey, NewMail};
use sandbox::Options;
use sandbox::company::{Role, Sizes};
use sandbox::crm::{AddedField, Presence, Rights};

use crate::stage::Stage;

pub fn key(text: &str) -> MailKey {
    MailKey {
        text: text.to_owned(),
        from: "zoe@muster.example".to_owned(),
        sent: "2026-11-20T09:30:15Z".parse().expect("a time"),
        subject: "Grüße aus O'Hare".to_owned(),
        other_subjects: Vec::new(),
    }
}

pub fn letter(text: &str) -> NewMail {
    NewMail {
        key: key(text),
        html: "<p>Hallo <b>Welt</b></p>".to_owned(),
        to: vec![
            "anna@x.example".to_owned(),
            "o'neil@müller.example".to_owned(),
        ],
        cc: vec!["c@x.example".to_owned()],
        bcc: Vec::new(),
        reference: None,
        files: Vec::new(),
        more: BTreeMap::new(),
    }
}

pub fn file(name: &str, content_type: &str, content: &[u8]) -> MailFile {
    MailFile {
        name: name.to_owned(),
        content_type: content_type.to_owned(),
        content: content.to_vec().into(),
    }
}

pub async fn installed(change: impl FnOnce(&mut Options)) -> Stage {
    let mut options = Options {
        sizes: Sizes {
            mailbox_contacts: 0,
            crm_contacts: 0,
            shared_contacts: 0,
        },
        ..Options::default()
    };
    change(&mut options);
    Stage::start(options).await
}

#[tokio::test]
async fn r5_1_the_modules_that_are_there_are_told_and_partner_only_where_it_is() {
    for (presence, expected) in [
        (Presence::Absent, vec!["Leads", "Contacts", "Accounts"]),
        (
            Presence::Present,
            vec!["Leads", "Contacts", "Accounts", "Partner"],
        ),
    ] {
        let stage = installed(|options| options.crm_partner = presence).await;
        let crm = stage.crm();
        let abilities = crm.mail_abilities().await.expect("abilities");
        let names: Vec<&str> = abilities.modules.values().map(String::as_str).collect();
        assert_eq!(names, expected);
        assert_eq!(abilities.key_field.as_deref(), Some("cf_901"));
        assert!(abilities.may_import && abilities.may_make_leads);
        let (_, requests) = stage.count(crm.mail_abilities()).await;
        assert_eq!(requests, 0, "it is known");
        let next = stage.crm_as(Role::Full, |options| {
            options.cache = Some(crm.export_cache())
        });
        let (again, requests) = stage.count(next.mail_abilities()).await;
        assert_eq!(again.expect("known"), abilities);
        assert_eq!(requests, 0, "the next process knows it too");
    }
}

#[tokio::test]
async fn r1_6_closed_modules_are_no_failure() {
    let stage = Stage::with(0).await;
    let anna = stage.name(Role::Full);
    stage
        .sandbox
        .crm
        .set_rights(&anna, "Emails", Rights::Closed);
    stage
        .sandbox
        .crm
        .set_rights(&anna, "Leads", Rights::ReadOnly);
    stage
        .sandbox
        .crm
        .set_rights(&anna, "Accounts", Rights::Closed);
    let crm = stage.crm();
    let abilities = crm.mail_abilities().await.expect("abilities");
    assert!(!abilities.may_import && !abilities.may_make_leads);
    assert_eq!(abilities.key_field, None);
    let modules: Vec<MailModule> = abilities.modules.into_keys().collect();
    assert_eq!(modules, [MailModule::Leads, MailModule::Contacts]);
    for closed in [MailModule::Accounts, MailModule::Partner] {
        let found = crm
            .with_addresses(closed, &["a@x.example".to_owned()])
            .await;
        let failure = found.expect_err("closed");
        assert_eq!(failure.kind, ErrorKind::Denied);
        assert_eq!(failure.problem.code, Code::PermissionMissing);
        assert_eq!(failure.problem.values["module"], closed.name());
    }
    let failure = crm.create_mail(&letter("a@b")).await.expect_err("closed");
    assert_eq!(failure.kind, ErrorKind::Denied);
    assert_eq!(failure.problem.code, Code::PermissionMissing);
}

#[tokio::test]
async fn r5_5_a_named_field_that_is_not_there_is_told_until_it_is() {
    let stage = Stage::with(0).await;
    let crm = stage.crm_as(Role::Full, |options| {
        options.message_id_field = " cf_777 ".to_owned();
    });
    let all = [
        crm.mail_abilities().await.map(drop),
        crm.find_mails(&[key("a@b")]).await.map(drop),
        crm.create_mail(&letter("a@b")).await.map(drop),
    ];
    for tried in all {
        let failure = tried.expect_err("there is no such field");
        assert_eq!(failure.problem.code, Code::PolicyUnusable);
        assert!(failure.problem.values["detail"].contains("cf_777"));
    }
    assert!(stage.sandbox.crm.emails().is_empty());
    let added = AddedField {
        module: "Emails".to_owned(),
        name: "cf_777".to_owned(),
        label: "Kennung".to_owned(),
        kind: "string".to_owned(),
        mandatory: false,
    };
    stage.sandbox.crm.add_field(added).expect("a new field");
    let abilities = crm.mail_abilities().await.expect("it is there now");
    assert_eq!(abilities.key_field.as_deref(), Some("cf_777"));
    let id = crm.create_mail(&letter("a@b")).await.expect("created").id;
    let found = crm.find_mails(&[key("A@B")]).await.expect("found");
    assert_eq!(found, [vec![id]]);
}

#[tokio::test]
async fn r5_2_owners_of_addresses_come_oldest_first_whoever_owns_them_and_however_they_are_written()
{
    let stage = installed(|options| options.crm_partner = Presence::Present).await;
    let crm = stage.crm();
    let at = |text: &str| text.parse::<Timestamp>().expect("a time");
    let (anna, ben) = (stage.name(Role::Full), stage.name(Role::Colleague));
    let made = |user: &str, module: &str, fields: &[(&str, &str)], created: &str| {
        let made = stage
            .sandbox
            .crm
            .create_at(user, module, fields, at(created));
        let made = made.expect("allowed");
        RecordId::new(made["id"].as_str().expect("an id"))
    };
    let young = made(
        &anna,
        "Contacts",
        &[("lastname", "Jung"), ("email", "O'Neil@Müller.example")],
        "2026-03-01T08:00:00Z",
    );
    let old = made(
        &ben,
        "Contacts",
        &[
            ("firstname", "Ada"),
            ("lastname", "Alt"),
            ("secondaryemail", "o'neil@müller.EXAMPLE"),
            ("email", "ada@x.example"),
        ],
        "2026-02-01T08:00:00Z",
    );
    made(
        &anna,
        "Contacts",
        &[("lastname", "Anders"), ("email", "o'neil@muller.example")],
        "2026-01-01T08:00:00Z",
    );
    made(
        &anna,
        "Contacts",
        &[("lastname", "Ohne")],
        "2026-01-01T08:00:00Z",
    );
    let wanted = ["o'neil@müller.example".to_owned(), String::new()];
    let found = crm.with_addresses(MailModule::Contacts, &wanted).await;
    let found = found.expect("owners");
    let ids: Vec<&RecordId> = found.iter().map(|owner| &owner.id).collect();
    assert_eq!(ids, [&old, &young]);
    assert_eq!(found[0].title, "Ada Alt");
    assert_eq!(found[0].created, at("2026-02-01T08:00:00Z"));
    assert_eq!(
        found[0].addresses,
        ["ada@x.example", "o'neil@müller.EXAMPLE"]
    );
    for (module, name, fields) in [
        (
            MailModule::Leads,
            "Leads",
            [("lastname", "L"), ("email", "a@y.example")],
        ),
        (
            MailModule::Accounts,
            "Accounts",
            [("accountname", "A"), ("email2", "a@y.example")],
        ),
        (
            MailModule::Partner,
            "Partner",
            [("name", "P"), ("email", "a@y.example")],
        ),
    ] {
        let id = made(&ben, name, &fields, "2026-03-01T08:00:00Z");
        let found = crm
            .with_addresses(module, &["A@Y.example".to_owned()])
            .await;
        let found = found.expect("owners");
        assert_eq!(found.len(), 1, "{name}");
        assert_eq!(found[0].id, id);
        assert_eq!(found[0].title, fields[0].1);
    }
}

#[tokio::test]
async fn r5_1_a_thousand_addresses_and_more_than_a_page_of_owners_are_all_found() {
    let stage = Stage::with(0).await;
    let crm = stage.crm();
    crm.mail_abilities().await.expect("abilities");
    let addresses: Vec<String> = (0..1000)
        .map(|number| format!("empfänger.nummer-{number}@abteilung.muster.example"))
        .collect();
    for number in [0, 499, 999] {
        stage.contact(&[
            ("lastname", "Einer"),
            ("secondaryemail", &addresses[number]),
        ]);
    }
    for _ in 0..230 {
        stage.contact(&[("lastname", "Viele"), ("email", "viele@x.example")]);
    }
    let (found, requests) = stage
        .count(crm.with_addresses(MailModule::Contacts, &addresses))
        .await;
    assert_eq!(found.expect("owners").len(), 3);
    assert!((10..60).contains(&requests), "{requests}");
    let many = ["viele@x.example".to_owned()];
    let (found, requests) = stage
        .count(crm.with_addresses(MailModule::Contacts, &many))
        .await;
    let found = found.expect("owners");
    assert_eq!(found.len(), 230);
    assert!(found.is_sorted_by_key(|owner| owner.created));
    assert_eq!(requests, 3);
    let one = [addresses[0].clone()];
    let (_, requests) = stage
        .count(crm.with_addresses(MailModule::Contacts, &one))
        .await;
    assert_eq!(requests, 1);
    let (none, requests) = stage
        .count(crm.with_addresses(MailModule::Contacts, &[]))
        .await;
    assert_eq!((none.expect("owners").len(), requests), (0, 0));
}
