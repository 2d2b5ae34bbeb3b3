//! E-mails and documents through the service, as far as the probe does not ask, and how tests look at them.

use crate::client::{Client, id_of};
use sandbox::Options;
use sandbox::crm::{Email, Presence, Rights};
use serde_json::{Value, json};

const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\xff";

async fn client() -> Client {
    Client::start(Options::default()).await
}

fn email(client: &Client, id: &str) -> Email {
    client.running.crm.email(id).expect("there is this e-mail")
}

async fn contact(client: &Client, name: &str) -> String {
    id_of(&client.create("Contacts", &[("lastname", name)]).await)
}

async fn related(client: &Client, id: &str, kind: &str) -> Value {
    let params = [
        ("operation", "retrieve_related"),
        ("sessionName", &client.session),
        ("id", id),
        ("relatedType", kind),
        ("relatedLabel", kind),
    ];
    client.get(&params).await.result()
}

#[tokio::test]
async fn everything_of_an_email_is_seen_by_tests_and_kept_in_the_state_file() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let options = || Options {
        state: Some(folder.path().join("state.json")),
        ..Options::default()
    };
    let client = Client::start(options()).await;
    let (one, two) = (contact(&client, "a").await, contact(&client, "b").await);
    let fields = [
        ("description", "<p>Grüße</p>"),
        ("ccmail", "c@x.example,d@x.example"),
        ("cf_901", "<1@x.example>"),
        ("time_start", "10:00:00"),
        ("parent_id", &one),
    ];
    let files = [
        ("Über sicht.pdf", "application/pdf", b"%PDF".as_slice()),
        ("logo.png", "image/png", PICTURE),
    ];
    let id = id_of(&client.email(&fields, &files).await);
    client
        .write("revise", &[("id", &id), ("parent_id", &two)])
        .await;
    let seen = email(&client, &id);
    assert_eq!(
        (
            seen.subject.as_str(),
            seen.body.as_str(),
            seen.from.as_str()
        ),
        ("Angebot", "<p>Grüße</p>", "max@muster.example")
    );
    assert_eq!(seen.to, ["anna@firma.example"]);
    assert_eq!((seen.cc.len(), seen.bcc.len()), (2, 0));
    assert_eq!(
        (seen.key.as_deref(), seen.owner.as_str()),
        (Some("<1@x.example>"), "anna")
    );
    assert_eq!(seen.references, [one.clone(), two.clone()]);
    let names: Vec<_> = seen
        .files
        .iter()
        .map(|file| (file.name.as_str(), file.size))
        .collect();
    assert_eq!(names, [("Über_sicht.pdf", 4), ("logo.png", PICTURE.len())]);
    assert_eq!(seen.files[1].bytes, PICTURE);
    client.running.stop().await.expect("it stops");

    let again = Client::start(options()).await;
    assert_eq!(email(&again, &id), seen);
    assert_eq!(again.running.crm.emails_of(&two), std::slice::from_ref(&id));
    assert_eq!(related(&again, &one, "Emails").await[0]["id"], json!(id));
    let told = again.control("GET", "emails", "").await.json();
    assert_eq!(told[0]["references"], json!([one, two]));
}

#[tokio::test]
async fn only_a_revision_of_the_reference_adds_one_and_an_empty_one_takes_all_away() {
    let client = client().await;
    let (one, two) = (contact(&client, "a").await, contact(&client, "b").await);
    let id = id_of(&client.email(&[("parent_id", &one)], &[]).await);
    let relate = [
        ("operation", "add_related"),
        ("sessionName", &client.session),
        ("sourceRecordId", &two),
        ("relatedRecordId", &id),
        ("relationIdLabel", "Emails"),
    ];
    let answer = client.post(&relate).await.result();
    assert_eq!(answer, json!({ "message": "successfull" }));
    assert_eq!(related(&client, &two, "Emails").await, json!([]));
    let found = client
        .query(&format!("select id from Emails where parent_id='{one}';"))
        .await;
    assert_eq!(found.result(), json!([]));
    client.delete(&two).await;
    client
        .write("revise", &[("id", &id), ("parent_id", &two)])
        .await;
    assert_eq!(email(&client, &id).references, std::slice::from_ref(&one));
    client
        .write("revise", &[("id", &id), ("parent_id", "")])
        .await;
    assert!(email(&client, &id).references.is_empty());
    client.delete(&id).await;
    assert!(client.running.crm.emails().is_empty());
}

#[tokio::test]
async fn a_deleted_email_leaves_the_list_of_its_records_and_a_deleted_record_its_references() {
    let client = client().await;
    let (one, two) = (contact(&client, "a").await, contact(&client, "b").await);
    let first = id_of(&client.email(&[("parent_id", &one)], &[]).await);
    let second = id_of(&client.email(&[("parent_id", &one)], &[]).await);
    client
        .write("revise", &[("id", &second), ("parent_id", &two)])
        .await;
    client.delete(&first).await;
    client.delete(&two).await;
    assert_eq!(
        client.running.crm.emails_of(&one),
        std::slice::from_ref(&second)
    );
    assert_eq!(email(&client, &second).references, [one]);
}

#[tokio::test]
async fn an_update_wraps_recipients_again_and_keeps_the_files() {
    let client = client().await;
    let id = id_of(&client.email(&[], &[("a.png", "image/png", PICTURE)]).await);
    let sent = client.retrieve(&id).await.result()["saved_toid"].clone();
    assert_eq!(sent, "[\"anna@firma.example\"]");
    let element = [
        ("id", id.as_str()),
        ("subject", "x"),
        ("date_start", "2026-12-01"),
        ("from_email", "max@muster.example"),
        ("saved_toid", sent.as_str().unwrap_or_default()),
        ("assigned_user_id", "19x5"),
    ];
    let updated = client.write("update", &element).await.result();
    assert_eq!(updated["saved_toid"], "[\"[\\\"anna@firma.example\\\"]\"]");
    assert_eq!(email(&client, &id).files.len(), 1);
}

#[tokio::test]
async fn a_file_is_read_by_its_own_id_until_its_email_is_deleted() {
    let client = client().await;
    let made = client.email(&[], &[("a.png", "image/png", PICTURE)]).await;
    let (id, file) = (id_of(&made), made.result()["imageattachmentids"].clone());
    let file = file.as_str().unwrap_or_default().to_owned();
    let read = async |id: &str| {
        let params = [
            ("operation", "files_retrieve"),
            ("sessionName", &client.session),
            ("id", id),
        ];
        client.get(&params).await
    };
    assert_eq!(read(&file).await.result()[0]["filesize"], PICTURE.len());
    let foreign = file.replace("16x", "15x");
    assert_eq!(read(&foreign).await.code(), "RECORD_NOT_FOUND");
    client.delete(&id).await;
    assert_eq!(read(&file).await.code(), "RECORD_NOT_FOUND");
}

#[tokio::test]
async fn a_mandatory_field_and_a_missing_right_refuse_emails() {
    let client = Client::start(Options {
        crm_fields: vec![
            "Emails:cf_950:Projekt:string:mandatory"
                .parse()
                .expect("a good field"),
        ],
        ..Options::default()
    })
    .await;
    let refused = client.email(&[], &[("a.png", "image/png", PICTURE)]).await;
    assert_eq!(refused.code(), "MANDATORY_FIELDS_MISSING");
    assert!(client.running.crm.emails().is_empty());
    let made = client.email(&[("cf_950", "4711")], &[]).await;
    assert_eq!(made.result()["cf_950"], "4711");
    client
        .running
        .crm
        .set_rights("anna", "Emails", Rights::ReadOnly);
    let refused = client.email(&[("cf_950", "4711")], &[]).await;
    assert_eq!(
        refused.json()["error"]["message"],
        "Permission to write is denied"
    );
}

#[tokio::test]
async fn records_are_made_with_a_time_of_creation_of_their_own() {
    let client = client().await;
    let then: jiff::Timestamp = "2020-01-02T03:04:05Z".parse().expect("a time");
    let fields = [("accountname", "Muster"), ("email1", "info@muster.example")];
    let made = client
        .running
        .crm
        .create_at("ben", "Accounts", &fields, then);
    assert_eq!(made.expect("made")["createdtime"], "2020-01-02 03:04:05");
}

#[tokio::test]
async fn an_installation_may_lack_the_field_of_the_message_id() {
    let client = Client::start(Options {
        crm_key_field: Presence::Absent,
        ..Options::default()
    })
    .await;
    let id = id_of(&client.email(&[("cf_901", "<1@x.example>")], &[]).await);
    assert_eq!(email(&client, &id).key, None);
    assert_eq!(client.retrieve(&id).await.result()["label"], "Angebot");
    let asked = client
        .query("select id from Emails where cf_901='x';")
        .await;
    assert_eq!(asked.code(), "ACCESS_DENIED");
    let field = r#"{"module": "Emails", "name": "cf_77", "label": "Message-ID"}"#;
    client.control("POST", "fields", field).await;
    let id = id_of(&client.email(&[("cf_77", "<2@x.example>")], &[]).await);
    assert_eq!(email(&client, &id).key.as_deref(), Some("<2@x.example>"));
}

#[tokio::test]
async fn an_installation_may_have_partners_whom_emails_are_referenced_to() {
    let types = async |client: &Client| {
        let params = [("operation", "listtypes"), ("sessionName", &client.session)];
        client.get(&params).await.result()["types"].to_string()
    };
    let without = client().await;
    assert!(!types(&without).await.contains("Partner"));
    let refused = without.create("Partner", &[("name", "x")]).await;
    assert_eq!(refused.code(), "ACCESS_DENIED");
    let client = Client::start(Options {
        crm_partner: Presence::Present,
        ..Options::default()
    })
    .await;
    assert!(types(&client).await.contains("Partner"));
    let fields = [("name", "Muster"), ("email", "info@muster.example")];
    let partner = id_of(&client.create("Partner", &fields).await);
    let found = client
        .query("select id from Partner where email='INFO@muster.example';")
        .await;
    assert_eq!(found.result(), json!([{ "id": partner }]));
    let id = id_of(&client.email(&[("parent_id", &partner)], &[]).await);
    assert_eq!(
        email(&client, &id).references,
        std::slice::from_ref(&partner)
    );
    assert_eq!(
        related(&client, &partner, "Emails").await[0]["id"],
        json!(id)
    );
}

#[tokio::test]
async fn a_request_larger_than_the_limit_is_an_empty_500_and_writes_nothing() {
    let client = Client::start(Options {
        crm_largest_upload: Some(4000),
        ..Options::default()
    })
    .await;
    let large = vec![0; 4000];
    let refused = client.email(&[], &[("a.bin", "image/png", &large)]).await;
    assert_eq!((refused.status(), refused.body()), (500, b"".as_slice()));
    assert!(client.running.crm.emails().is_empty());
    let made = client
        .email(&[], &[("a.png", "image/png", &large[..2000])])
        .await;
    assert_eq!(email(&client, &id_of(&made)).files[0].size, 2000);
}
