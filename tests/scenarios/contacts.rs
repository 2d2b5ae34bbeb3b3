//! Contacts on real wire formats: acts on both sides, a sync, both sides compared.

use engine::brake::Answer;
use model::{Code, Strategy};
use ports::StateStore;
use sandbox::crm::Flavour;
use sandbox::options::Options;
use scenarios::people::{field, text};
use scenarios::stage::{CONTACTS, FOLDER, Stage};

#[tokio::test]
async fn r2_1_every_field_reaches_the_crm() {
    let stage = Stage::empty().await;
    stage.types_in(&[
        ("GivenName", "Anna"),
        ("MiddleName", "Maria"),
        ("Surname", "Groß"),
        ("JobTitle", "Leiterin \"Einkauf\""),
        ("Department", "Einkauf & Logistik"),
        ("CompanyName", "O'Neill & Söhne GmbH"),
        ("EmailAddresses/EmailAddress1", "anna@kunde.example"),
        ("EmailAddresses/EmailAddress2", "privat@kunde.example"),
        ("PhoneNumbers/BusinessPhone", "+49 941 1"),
        ("PhoneNumbers/OtherTelephone", "+49 941 2"),
        ("PhoneNumbers/MobilePhone", "+49 171 3"),
        (
            "PhysicalAddresses/Business/Street",
            "Hauptstr. 1\nHinterhaus",
        ),
        ("PhysicalAddresses/Business/City", "Regensburg"),
        ("PhysicalAddresses/Business/PostalCode", "93047"),
        ("PhysicalAddresses/Business/State", "Bayern"),
        ("PhysicalAddresses/Business/CountryOrRegion", "Deutschland"),
        ("PhysicalAddresses/Other/Street", "Lagerweg 2"),
        ("PhysicalAddresses/Other/City", "Łódź"),
        ("PhysicalAddresses/Other/PostalCode", "90-001"),
        ("PhysicalAddresses/Other/State", "Łódzkie"),
        ("PhysicalAddresses/Other/CountryOrRegion", "Polska"),
    ]);
    stage.sync().await;
    let pairs = stage.pairs();
    let (item, record) = &pairs[0];
    assert_eq!(stage.item_values(item), stage.record_values(record));
    assert_eq!(text(record, "firstname"), "Anna Maria");
    assert_eq!(text(record, "mailingstreet"), "Hauptstr. 1\nHinterhaus");
    stage.assert_settled().await;
}

#[tokio::test]
async fn r2_1_every_field_reaches_the_mailbox() {
    let stage = Stage::empty().await;
    stage.records(&[
        ("firstname", "Jean Luc"),
        ("lastname", "D'Artagnan"),
        ("title", "Kapitän"),
        ("department", "Flotte"),
        ("description", "Erste Zeile\nZweite <b>Zeile</b>"),
        ("email", "jl@flotte.example"),
        ("secondaryemail", "jl2@flotte.example"),
        ("phone", "1"),
        ("otherphone", "2"),
        ("mobile", "3"),
        ("mailingstreet", "Rue 1"),
        ("mailingcity", "Paris"),
        ("mailingzip", "75001"),
        ("mailingstate", "Île-de-France"),
        ("mailingcountry", "France"),
        ("otherstreet", "Rue 2"),
        ("othercity", "Lyon"),
        ("otherzip", "69001"),
        ("otherstate", "Rhône"),
        ("othercountry", "France"),
    ]);
    stage.sync().await;
    let pairs = stage.pairs();
    let (item, record) = &pairs[0];
    assert_eq!(stage.item_values(item), stage.record_values(record));
    assert_eq!(
        (field(item, "GivenName"), field(item, "MiddleName")),
        ("Jean", "Luc")
    );
    assert_eq!(field(item, "FileAs"), "D'Artagnan, Jean Luc");
    assert_eq!(field(item, "DisplayName"), "Jean Luc D'Artagnan");
    stage.assert_settled().await;
}

#[tokio::test]
async fn r2_3_an_organisation_is_found_by_its_name_or_created() {
    // Newer servers refuse a name that differs by an accent only; this one takes it.
    let stage = Stage::with(Options {
        crm_flavour: Flavour::Five,
        ..Options::default()
    })
    .await;
    let known = stage.sandbox.crm.create(
        &stage.user().name,
        "Accounts",
        &[("accountname", "Müller GmbH")],
    );
    let known = text(&known.expect("made"), "id");
    stage.types_in(&[("Surname", "A"), ("CompanyName", "MÜLLER gmbh")]);
    stage.types_in(&[("Surname", "B"), ("CompanyName", "Muller GmbH")]);
    stage.sync().await;
    assert_eq!(text(&stage.record("A"), "account_id"), known);
    assert_ne!(text(&stage.record("B"), "account_id"), known);
    assert_eq!(stage.sandbox.crm.records("Accounts").len(), 2);
    assert_eq!(field(&stage.item("A"), "CompanyName"), "MÜLLER gmbh");
    stage.assert_settled().await;
}

#[tokio::test]
async fn r2_3_an_organisation_the_server_takes_for_another_one_is_listed_and_not_mixed_up() {
    let stage = Stage::empty().await;
    let known = [("accountname", "Müller GmbH")];
    let crm = &stage.sandbox.crm;
    crm.create(&stage.user().name, "Accounts", &known)
        .expect("made");
    stage.types_in(&[("Surname", "A"), ("CompanyName", "Muller GmbH")]);
    stage.types_in(&[("Surname", "B")]);
    let ran = stage.sync().await;
    assert_eq!((ran.tally.failed, ran.tally.records.created), (1, 1));
    let refusals = stage.store.refusals(CONTACTS).await.expect("readable");
    assert_eq!(refusals[0].problem.values["field"], "organisation");
    assert_eq!(crm.records("Accounts").len(), 1);
}

#[tokio::test]
async fn r2_4_a_contact_deleted_in_the_mailbox_stays_in_the_crm_and_stays_away() {
    let stage = Stage::empty().await;
    let id = stage.types_in(&[("Surname", "Groß")]);
    stage.sync().await;
    stage
        .sandbox
        .exchange
        .delete(&stage.user().email, &id)
        .expect("it is there");
    stage.sync().await;
    let record = text(&stage.record("Groß"), "id");
    stage.seconds_pass(60);
    stage.edits_record(&record, &[("phone", "7")]);
    stage.sync().await;
    assert!(stage.items().is_empty());
    assert_eq!(stage.own_records("Contacts").len(), 1);
}

#[tokio::test]
async fn r2_4_s7_a_contact_deleted_in_the_crm_leaves_the_mailbox_and_nothing_else_does() {
    let stage = Stage::empty().await;
    stage.types_in(&[("Surname", "Groß"), ("CompanyName", "Firma")]);
    stage.types_in(&[("Surname", "Klein"), ("CompanyName", "Firma")]);
    stage.sync().await;
    stage.seconds_pass(60);
    let record = text(&stage.record("Groß"), "id");
    stage
        .sandbox
        .crm
        .delete(&stage.user().name, &record)
        .expect("it is there");
    stage.sync().await;
    assert_eq!(stage.items().len(), 1);
    assert_eq!(stage.sandbox.crm.records("Accounts").len(), 1);
    let deletes = stage.sandbox.crm.journal().requests("delete");
    assert_eq!(
        deletes, 0,
        "S7: the connector deletes neither contacts nor organisations"
    );
    stage.assert_settled().await;
}

#[tokio::test]
async fn s7_contacts_and_organisations_are_never_deleted_in_the_crm() {
    let stage = Stage::with_contacts(16).await;
    stage.sync().await;
    for item in stage.items() {
        stage
            .sandbox
            .exchange
            .delete(&stage.user().email, &item.id)
            .expect("it is there");
    }
    stage.seconds_pass(3600);
    stage.sync_after_a_yes().await;
    assert_eq!(stage.sandbox.crm.journal().requests("delete"), 0);
    assert!(stage.own_records("Contacts").len() >= 16);
}

#[tokio::test]
async fn r2_5_an_html_body_stays_as_it_is_while_its_text_does() {
    let stage = Stage::empty().await;
    let html = "<html><body><p>Erste <b>Zeile</b></p><p>Zweite</p></body></html>";
    let id = stage.types_in(&[("Surname", "Groß")]);
    stage.edits_item(&id, &[("Body/HTML", html)]);
    stage.sync().await;
    let description = text(&stage.record("Groß"), "description");
    assert!(
        description.contains("Erste Zeile") && !description.contains('<'),
        "{description:?}"
    );
    stage.seconds_pass(60);
    let record = text(&stage.record("Groß"), "id");
    stage.edits_record(&record, &[("phone", "7")]);
    stage.sync().await;
    assert_eq!(field(&stage.item("Groß"), "Body"), html);
    assert_eq!(
        field(&stage.item("Groß"), "PhoneNumbers/BusinessPhone"),
        "7"
    );
    stage.assert_settled().await;
}

#[tokio::test]
async fn r2_6_s10_what_is_not_mapped_is_unchanged_byte_for_byte() {
    let stage = Stage::with_contacts(40).await;
    let before = unmapped(&stage);
    for sort in ["Categories", "PhoneNumbers/BusinessPhone2", ".jpg:"] {
        let there = before.iter().any(|(_, rest)| rest.contains(sort));
        assert!(there, "the company has {sort}");
    }
    stage.sync().await;
    stage.seconds_pass(60);
    for (_, record) in stage.pairs() {
        stage.edits_record(
            &text(&record, "id"),
            &[
                ("mobile", "+49 171 000"),
                ("lastname", &format!("{} neu", text(&record, "lastname"))),
            ],
        );
    }
    stage.sync_after_a_yes().await;
    let after = unmapped(&stage);
    for (id, rest) in before {
        assert_eq!(
            after
                .iter()
                .find(|(other, _)| *other == id)
                .map(|(_, rest)| rest),
            Some(&rest)
        );
    }
}

/// Everything an item has that the connector has no business with: attachments with their bytes, and all fields that are not mapped.
fn unmapped(stage: &Stage) -> Vec<(String, String)> {
    let ours = [
        "GivenName",
        "MiddleName",
        "Surname",
        "FileAs",
        "DisplayName",
        "JobTitle",
        "Department",
        "CompanyName",
        "Body",
        "EmailAddresses/EmailAddress1",
        "EmailAddresses/EmailAddress2",
        "PhoneNumbers/BusinessPhone",
        "PhoneNumbers/OtherTelephone",
        "PhoneNumbers/MobilePhone",
        "Subject",
    ];
    stage
        .items()
        .into_iter()
        .map(|item| {
            let fields: Vec<_> = item
                .fields
                .iter()
                .filter(|(name, _)| {
                    !ours.contains(&name.as_str())
                        && !name.starts_with("PhysicalAddresses/Business/")
                        && !name.starts_with("PhysicalAddresses/Other/")
                })
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            let attachments: Vec<_> = item
                .attachments
                .iter()
                .map(|a| format!("{}:{}", a.name, a.content))
                .collect();
            (item.id.clone(), format!("{fields:?}{attachments:?}"))
        })
        .collect()
}

#[tokio::test]
async fn r6_2_edits_of_different_fields_both_survive() {
    let stage = Stage::empty().await;
    let id = stage.types_in(&[("Surname", "Groß"), ("PhoneNumbers/BusinessPhone", "0")]);
    stage.sync().await;
    let record = text(&stage.record("Groß"), "id");
    stage.seconds_pass(60);
    stage.edits_item(&id, &[("PhoneNumbers/BusinessPhone", "1")]);
    stage.edits_record(&record, &[("mailingcity", "Kiel")]);
    stage.sync().await;
    let pairs = stage.pairs();
    let (item, record) = &pairs[0];
    assert_eq!(stage.item_values(item), stage.record_values(record));
    assert_eq!(text(record, "phone"), "1");
    assert_eq!(text(record, "mailingcity"), "Kiel");
    stage.assert_settled().await;
}

#[tokio::test]
async fn r6_1_edits_of_one_field_follow_the_strategy() {
    for (strategy, item_first, expected) in [
        (Strategy::LastModified, true, ["crm", "crm"]),
        (Strategy::LastModified, false, ["mailbox", "mailbox"]),
        (Strategy::Crm, false, ["crm", "crm"]),
        (Strategy::Exchange, true, ["mailbox", "mailbox"]),
        (Strategy::None, true, ["mailbox", "crm"]),
    ] {
        let stage = Stage::empty().await.under(strategy);
        let id = stage.types_in(&[("Surname", "Groß")]);
        stage.sync().await;
        let record = text(&stage.record("Groß"), "id");
        let in_mailbox = || stage.edits_item(&id, &[("PhoneNumbers/BusinessPhone", "mailbox")]);
        let in_crm = || stage.edits_record(&record, &[("phone", "crm")]);
        stage.seconds_pass(60);
        if item_first {
            in_mailbox()
        } else {
            in_crm()
        }
        stage.seconds_pass(60);
        if item_first {
            in_crm()
        } else {
            in_mailbox()
        }
        stage.sync().await;
        let item = stage.item("Groß");
        let seen = [
            field(&item, "PhoneNumbers/BusinessPhone").to_owned(),
            text(&stage.record("Groß"), "phone"),
        ];
        assert_eq!(seen, expected, "{strategy:?}");
        stage.assert_settled().await;
    }
}

#[tokio::test]
async fn r1_3_r1_8_the_folder_is_made_in_a_mailbox_of_any_language() {
    let stage = Stage::empty().await;
    let rename = sandbox::exchange::Act::RenameFolder {
        path: "Contacts".to_owned(),
        name: "Kontakty".to_owned(),
    };
    stage
        .sandbox
        .exchange
        .act(&stage.user().email, &rename)
        .expect("renamed");
    stage.records(&[("lastname", "Groß")]);
    stage.sync().await;
    let items = stage
        .sandbox
        .exchange
        .items_in(&stage.user().email, "Kontakty/CRM-Sync");
    assert_eq!(items.len(), 1);
}

#[tokio::test]
async fn r1_3_the_policy_may_choose_the_standard_folder() {
    let mut stage = Stage::empty().await;
    stage.policy.folders.contacts = model::policy::FolderChoice::Standard;
    stage.records(&[("lastname", "Groß")]);
    stage.sync().await;
    assert_eq!(
        stage
            .sandbox
            .exchange
            .items_in(&stage.user().email, "Contacts")
            .len(),
        1
    );
}

#[tokio::test]
async fn r1_4_moving_out_is_deleting_and_moving_in_is_creating() {
    let stage = Stage::empty().await;
    let id = stage.types_in(&[("Surname", "Groß")]);
    let exchange = &stage.sandbox.exchange;
    let elsewhere = exchange
        .create(&stage.user().email, "Contacts", &[("Surname", "Klein")])
        .expect("made");
    stage.sync().await;
    assert_eq!(stage.own_records("Contacts").len(), 1);

    let out = exchange
        .move_to(&stage.user().email, &id, "Contacts")
        .expect("moved");
    exchange
        .move_to(&stage.user().email, &elsewhere, FOLDER)
        .expect("moved");
    stage.sync().await;
    assert_eq!(
        stage.own_records("Contacts").len(),
        2,
        "Groß stays (R2.4), Klein is new"
    );
    assert_eq!(
        stage
            .links()
            .await
            .iter()
            .filter(|link| link.item().is_some())
            .count(),
        1
    );

    exchange
        .move_to(&stage.user().email, &out, FOLDER)
        .expect("moved");
    stage.sync().await;
    assert_eq!(stage.counts(), (2, 2));
    stage.pairs();
    stage.assert_settled().await;
}

#[tokio::test]
async fn r1_4_a_copy_is_a_contact_of_its_own() {
    let stage = Stage::empty().await;
    let id = stage.types_in(&[("Surname", "Groß")]);
    stage.sync().await;
    stage.seconds_pass(60);
    stage
        .sandbox
        .exchange
        .copy_to(&stage.user().email, &id, FOLDER)
        .expect("copied");
    stage.sync().await;
    assert_eq!(stage.counts(), (2, 2));
    stage.pairs();
    stage.assert_settled().await;
}

#[tokio::test]
async fn r1_5_only_own_records_sync_and_a_re_assigned_one_leaves_and_returns() {
    let stage = Stage::empty().await;
    let id = stage.records(&[("lastname", "Groß")]);
    stage.records(&[
        ("lastname", "Fremd"),
        (
            "assigned_user_id",
            &stage.sandbox.crm.owner_named("ben").expect("ben"),
        ),
    ]);
    stage.sync().await;
    assert_eq!(stage.items().len(), 1);
    stage
        .sandbox
        .crm
        .assign(&stage.user().name, &id, "ben")
        .expect("assigned");
    stage.seconds_pass(16 * 60);
    stage.sync().await;
    assert!(stage.items().is_empty());
    stage
        .sandbox
        .crm
        .assign("ben", &id, &stage.user().name)
        .expect("assigned");
    stage.seconds_pass(16 * 60);
    stage.sync().await;
    assert_eq!(stage.items().len(), 1);
    stage.assert_settled().await;
}

#[tokio::test]
async fn r6_8_s1_records_given_away_at_once_and_back_meet_the_items_that_were_to_stay() {
    let stage = Stage::empty().await;
    let (me, names) = (stage.user().name.clone(), ["A", "B", "C"]);
    let ids = names.map(|name| stage.records(&[("lastname", name)]));
    stage.sync().await;
    let give = async |from: &str, to: &str| {
        for id in &ids {
            let given = stage.sandbox.crm.assign(from, id, to);
            given.expect("the record is there");
        }
        stage.seconds_pass(16 * 60);
    };
    give(&me, "ben").await;
    let stopped = stage.failing_sync().await;
    assert_eq!(stopped.problem.code, Code::SideEmpty);
    let said = engine::brake::answer(&*stage.store, CONTACTS, Answer::Ignore).await;
    assert!(said.expect("the profile is ours"));
    stage.sync().await;
    assert_eq!(stage.counts(), (3, 0));
    stage.assert_settled().await;
    give("ben", &me).await;
    stage.sync().await;
    assert_eq!(stage.counts(), (3, 3), "the same three");
    assert_eq!(stage.pairs().len(), 3);
    stage.assert_settled().await;
}

#[tokio::test]
async fn r1_6_without_write_permission_nothing_is_taken_into_the_crm() {
    let stage = Stage::empty().await;
    let rights = sandbox::crm::Rights::ReadOnly;
    assert!(
        stage
            .sandbox
            .crm
            .set_rights(&stage.user().name, "Contacts", rights)
    );
    stage.types_in(&[("Surname", "Groß")]);
    let ran = stage.sync().await;
    assert_eq!(ran.tally.skipped, 1);
    assert!(stage.own_records("Contacts").is_empty());
}

#[tokio::test]
async fn r6_10_a_preview_writes_nothing_to_either_side() {
    let stage = Stage::with_contacts(16).await;
    let plan = stage
        .engine()
        .preview(CONTACTS)
        .await
        .expect("both sides answer");
    let writes =
        stage.sandbox.exchange.journal().all_writes() + stage.sandbox.crm.journal().all_writes();
    assert_eq!(writes, 0);
    let planned: usize = plan
        .steps
        .iter()
        .map(|step| step.decision.operations.len())
        .sum();
    let ran = stage.sync().await;
    let done = ran.tally.items.created
        + ran.tally.items.updated
        + ran.tally.records.created
        + ran.tally.records.updated;
    assert_eq!(planned as u64, done);
}
