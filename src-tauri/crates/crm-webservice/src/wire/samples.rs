//! The answers of vtiger 8.4.0 kept beside the project (crm-probe/samples, described in facts/crm.md). Where that folder is not
//! there, these tests say so and pass; made-up answers of the same shapes are beside each reader.

use std::path::PathBuf;

use super::module::read_types;
use super::sign_in::{Challenge, Login};
use super::{Answered, Denial, ErrorCode, Module, Row, ServerError, SyncPage, envelope};
use serde_json::Value;

fn sample(name: &str) -> Option<Value> {
    let folder = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../../shared/crm-probe/samples"
    ));
    if !folder.is_dir() {
        eprintln!("skipped: no samples beside the project");
        return None;
    }
    let body = std::fs::read(folder.join(name)).expect("the sample is there");
    match envelope::read(&body).expect("an answer") {
        Answered::Success(result) => Some(result),
        Answered::Failure(error) => panic!("{name}: {error}"),
    }
}

#[test]
fn the_samples_of_signing_in_are_read() {
    let (Some(challenge), Some(login)) = (sample("getchallenge.json"), sample("login.json")) else {
        return;
    };
    let challenge = Challenge::read(&challenge).expect("a challenge");
    assert_eq!(challenge.server_time, Some(1795362962));
    let login = Login::read(&login).expect("a login");
    assert_eq!(
        (login.user.as_str(), login.server.as_str()),
        ("19x5", "vtiger 8.4.0")
    );
}

#[test]
fn the_samples_of_modules_are_read() {
    let (Some(contacts), Some(types)) =
        (sample("describe_Contacts.json"), sample("listtypes.json"))
    else {
        return;
    };
    let contacts = Module::read(&contacts).expect("a module");
    assert_eq!(contacts.id_prefix, "12");
    assert_eq!(contacts.fields["account_id"].refers_to, ["Accounts"]);
    assert!(contacts.fields["lastname"].mandatory);
    let types = read_types(&types).expect("a list");
    assert!(types.iter().any(|listed| listed.name == "Contacts"));
}

#[test]
fn the_samples_of_records_are_read() {
    let (Some(query), Some(retrieved), Some(synced)) = (
        sample("query_Contacts.json"),
        sample("retrieve_Contacts.json"),
        sample("sync_Contacts.json"),
    ) else {
        return;
    };
    let row = &Row::read_all(&query).expect("rows")[0];
    let single = Row::read(&retrieved).expect("a row");
    let page = SyncPage::read(&synced).expect("a page");
    for row in [row, &single, &page.updated[0]] {
        assert_eq!(row.id(), "12x1941");
        assert_eq!(row.text("lastname"), "O'Brien");
        assert_eq!(row.reference("account_id"), Some("11x1940"));
        assert_eq!(row.reference("contact_id"), None);
    }
    assert_eq!(page.deleted, ["12x1949"]);
    assert_eq!(page.last_modified, 1795362964);
}

#[test]
fn the_samples_of_refusals_are_read() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../../shared/crm-probe/samples/errors.json"
    );
    let Ok(text) = std::fs::read_to_string(path) else {
        eprintln!("skipped: no samples beside the project");
        return;
    };
    let all: Value = serde_json::from_str(&text).expect("JSON");
    let refusal = |name: &str| -> ServerError {
        match envelope::read(all[name].to_string().as_bytes()) {
            Ok(Answered::Failure(error)) => error,
            other => panic!("{name}: {other:?}"),
        }
    };
    assert_eq!(refusal("duplicate account").code, ErrorCode::Duplicate);
    assert!(refusal("bad session").code.means_signed_out());
    assert!(refusal("no session").code.means_signed_out());
    assert_eq!(refusal("mandatory field").field(), Some("lastname"));
    assert_eq!(refusal("bad reference").field(), Some("account_id"));
    let denials = [
        ("record missing or deleted", Denial::Operation),
        ("no permission on record", Denial::Record),
        ("no write permission", Denial::Write),
        ("bad owner", Denial::Owner),
        ("query unknown field", Denial::Field("nofield".to_owned())),
    ];
    for (name, denial) in denials {
        assert_eq!(refusal(name).denial(), Some(denial), "{name}");
    }
}
