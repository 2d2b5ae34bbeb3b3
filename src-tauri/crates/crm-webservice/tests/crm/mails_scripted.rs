//! E-mails on installations that the sandbox cannot play, against a script.

use model::{MailModule, RecordId};
use ports::{CrmMails, ErrorKind};
use serde_json::{Value, json};

use crate::mails::{key, letter};
use crate::script::{Asked, Reply, Script};

/// A CRM with a `Partner` under another name, an e-mail field as given, and rows as the query wants them.
fn crm_with(asked: &Asked, key_field: &Value, rows: impl Fn(&str) -> Value) -> Reply {
    match asked.operation.as_str() {
        "getchallenge" => Reply::success(json!({"token": "t", "serverTime": "1795341600"})),
        "login" => Reply::success(json!({"sessionName": "s", "userId": "19x5"})),
        "listtypes" => Reply::success(json!({
            "types": ["Leads", "Contacts", "Emails", "cf_partners"],
            "information": {"cf_partners": {"label": "Partners", "singular": "Partner"}},
        })),
        "describe" => {
            let name = asked.get("elementType");
            let fields = match name {
                "Emails" => json!([key_field, {"name": "subject", "type": {"name": "string"}}]),
                "Leads" => json!([]),
                _ => json!([
                    {"name": "lastname", "type": {"name": "string"}},
                    {"name": "email", "type": {"name": "email"}},
                    {"name": "createdtime", "type": {"name": "datetime"}},
                ]),
            };
            Reply::success(json!({
                "name": name, "idPrefix": if name == "Emails" { "16" } else { "12" }, "fields": fields,
                "labelFields": "lastname", "createable": true, "updateable": true, "deleteable": true,
                "retrieveable": true,
            }))
        }
        "query" => Reply::success(rows(asked.get("query"))),
        "sync" => Reply::refusal("ACCESS_DENIED", "no sync"),
        _ => Reply::raw(500, ""),
    }
}

fn field(label: &str, kind: &str, editable: bool) -> Value {
    json!({"name": "cf_1", "label": label, "editable": editable, "type": {"name": kind}})
}

#[tokio::test]
async fn r5_5_the_field_for_the_message_id_is_known_by_its_label_however_that_is_written() {
    for (label, kind, editable, found) in [
        ("Message-ID", "string", true, true),
        ("message id", "string", true, true),
        ("MESSAGEID", "text", true, true),
        (" Message - Id ", "string", true, true),
        ("Message-ID", "reference", true, false),
        ("Message-ID", "string", false, false),
        ("Message-ID alt", "string", true, false),
    ] {
        let about = field(label, kind, editable);
        let script = Script::new(move |asked| crm_with(asked, &about, |_| json!([]))).await;
        let abilities = script.crm().mail_abilities().await.expect("abilities");
        assert_eq!(
            abilities.key_field.is_some(),
            found,
            "{label} {kind} {editable}"
        );
        assert_eq!(abilities.modules[&MailModule::Partner], "cf_partners");
        assert!(!abilities.modules.contains_key(&MailModule::Accounts));
    }
}

#[tokio::test]
async fn r5_1_a_page_that_is_short_because_rows_are_hidden_is_not_the_last() {
    let row = |id: &str, address: &str| {
        json!({"id": id, "lastname": "X", "email": address,
               "createdtime": "2026-01-01 10:00:00"})
    };
    let script = Script::new(move |asked| {
        crm_with(asked, &field("", "string", true), |query| {
            match query.contains("id>'12x7'") {
                true if query.contains("id>'12x7' and email in") => {
                    json!([row("12x300", "b@x.example")])
                }
                true => json!([]),
                false if query.contains("id>") => json!([]),
                false => json!([row("12x7", "a@x.example")]),
            }
        })
    })
    .await;
    let crm = script.crm();
    let both = ["a@x.example".to_owned(), "b@x.example".to_owned()];
    let found = crm.with_addresses(MailModule::Contacts, &both).await;
    let ids: Vec<RecordId> = found
        .expect("owners")
        .into_iter()
        .map(|owner| owner.id)
        .collect();
    assert_eq!(ids, [RecordId::new("12x7"), RecordId::new("12x300")]);
    assert_eq!(script.count("query"), 2);
    let found = crm.with_addresses(MailModule::Contacts, &both[..1]).await;
    assert_eq!(found.expect("owners").len(), 1);
    assert_eq!(script.count("query"), 3, "nothing was missing");
    let found = crm.with_addresses(MailModule::Leads, &both).await;
    assert!(found.expect("no field holds addresses there").is_empty());
    assert_eq!(script.count("query"), 3);
}

#[tokio::test]
async fn r5_2_the_lowest_id_is_the_lowest_number() {
    let rows = json!([
        {"id": "16x99", "cf_1": "A@x.example"}, {"id": "16x100", "cf_1": "<a@X.example>"},
        {"id": "16x1000", "cf_1": "a@x.example"}, {"id": "16x2000", "cf_1": "ä@x.example"},
    ]);
    let script = Script::new(move |asked| {
        crm_with(asked, &field("Message-ID", "string", true), |_| {
            rows.clone()
        })
    })
    .await;
    let found = script
        .crm()
        .find_mails(&[key("a@x.example")])
        .await
        .expect("found");
    let expected = ["16x99", "16x100", "16x1000"].map(RecordId::new);
    assert_eq!(found, [expected.to_vec()]);
    let asked = script.asked.lock().expect("no panic");
    let query = asked
        .iter()
        .find(|asked| asked.operation == "query")
        .expect("one");
    assert_eq!(
        query.get("query"),
        "select id,cf_1,subject,from_email from Emails where cf_1 in ('a@x.example','<a@x.example>') order by id limit 100;"
    );
}

#[tokio::test]
async fn s3_a_server_that_ignores_the_order_of_ids_does_not_trap_us() {
    let rows =
        json!([{"id": "16x9", "cf_1": "b@x.example"}, {"id": "16x8", "cf_1": "b@x.example"}]);
    let script = Script::new(move |asked| {
        crm_with(asked, &field("Message-ID", "string", true), |_| {
            rows.clone()
        })
    })
    .await;
    let failure = script
        .crm()
        .find_mails(&[key("a@x.example")])
        .await
        .expect_err("no order");
    assert_eq!(failure.kind, ErrorKind::Malformed);
}

#[tokio::test]
async fn s1_an_answer_without_a_mail_leaves_open_whether_it_is_there() {
    let script = Script::new(|asked| match asked.operation.as_str() {
        "create" => Reply::success(json!({"subject": "x"})),
        _ => crm_with(asked, &field("Message-ID", "string", true), |_| json!([])),
    })
    .await;
    let failure = script
        .crm()
        .create_mail(&letter("a@x.example"))
        .await
        .expect_err("no id");
    assert_eq!(failure.kind, ErrorKind::OutcomeUnknown);
}

#[tokio::test]
async fn s1_a_refused_size_is_not_an_unknown_outcome() {
    let script = Script::new(|asked| match asked.operation.as_str() {
        "create" => Reply::raw(413, "<html>"),
        _ => crm_with(asked, &field("Message-ID", "string", true), |_| json!([])),
    })
    .await;
    let failure = script
        .crm()
        .create_mail(&letter("a@x.example"))
        .await
        .expect_err("too large");
    assert_eq!(failure.kind, ErrorKind::Refused { field: None });
}

#[tokio::test]
async fn r5_1_a_record_that_a_mail_cannot_belong_to_is_refused_by_name() {
    let script = Script::new(|asked| match asked.operation.as_str() {
        "revise" => Reply::refusal(
            "REFERENCE_INVALID",
            "Invalid reference specified for parent_id",
        ),
        _ => crm_with(asked, &field("Message-ID", "string", true), |_| json!([])),
    })
    .await;
    let mail = RecordId::new("16x1");
    let referenced = script
        .crm()
        .add_reference(&mail, &RecordId::new("47x1"))
        .await;
    let failure = referenced.expect_err("no such reference");
    assert_eq!(failure.kind, ErrorKind::Refused { field: None });
    assert_eq!(failure.problem.values["field"], "parent_id");
}

#[tokio::test]
async fn r5_5_a_mail_is_found_by_what_a_short_field_kept_of_its_key() {
    let cut = "a-message-id-that-is-long";
    let whole = format!("{cut}.4711@mail.x.example");
    let row = |id: &str, subject: &str| json!({"id": id, "cf_1": cut, "subject": subject, "from_email": "Zoe@muster.example"});
    let (made, other) = (row("16x7", "Grüße aus O'Hare"), row("16x6", "Anders"));
    let script = Script::new(move |asked| match asked.operation.as_str() {
        "create" => Reply::success(made.clone()),
        _ => crm_with(
            asked,
            &field("Message-ID", "string", true),
            |query| match query.contains(&format!("'{cut}'")) && !query.contains("id>'") {
                true => json!([other, made]),
                false => json!([]),
            },
        ),
    })
    .await;
    let crm = script.crm();
    let keys = [key(&whole)];
    assert!(crm.find_mails(&keys).await.expect("none")[0].is_empty());
    let id = crm.create_mail(&letter(&whole)).await.expect("created").id;
    assert_eq!(
        crm.find_mails(&keys).await.expect("found"),
        [vec![id.clone()]]
    );
    let next = script.crm_with(|options| options.cache = Some(crm.export_cache()));
    assert_eq!(next.find_mails(&keys).await.expect("found"), [vec![id]]);
}
