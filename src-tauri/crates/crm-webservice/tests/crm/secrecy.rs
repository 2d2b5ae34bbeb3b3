//! The access key stays with us: neither on the wire nor in anything that prints.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use model::{Change, Field};
use ports::Crm;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::script::{KEY, Reply, Script, plain_crm};
use crate::stage::{CONTACTS, Contacts, person, read_all};

/// Collects log lines.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[test]
fn s11_the_access_key_is_neither_sent_nor_logged_nor_printed() {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(lines.clone())
        .with_ansi(false)
        .finish();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let (sent, printed) =
        tracing::subscriber::with_default(subscriber, || runtime.block_on(everything()));
    let logged = String::from_utf8(lines.0.lock().expect("no panic").clone()).expect("text");
    assert!(logged.contains("asking the CRM"), "the log was listened to");
    assert!(sent.contains("operation=login"), "the wire was listened to");
    assert!(sent.contains("accessKey="), "and the proof went over it");
    for (place, text) in [("log", &logged), ("wire", &sent), ("print", &printed)] {
        let text = text.to_lowercase();
        assert!(!text.contains(&KEY.to_lowercase()), "{place}");
    }
    // The session is as good as the key for a while: not in the log either.
    assert!(!logged.contains("session-secret"));
}

/// Uses every method once, with refusals, and gives what went over the wire and what failures and the client print.
async fn everything() -> (String, String) {
    let script = Script::new(|asked| match asked.operation.as_str() {
        "login" => Reply::success(json!({"sessionName": "session-secret", "userId": "19x5"})),
        "create" => Reply::refusal("MANDATORY_FIELDS_MISSING", "lastname does not have a value"),
        _ => plain_crm(asked, &["lastname"], &json!([])),
    })
    .await;
    let crm = script.crm();
    let mut printed = format!("{crm:?}");
    let mut note = |failure: Option<ports::Failure>| {
        if let Some(failure) = failure {
            printed += &format!("{failure} {failure:?}");
        }
    };
    note(crm.sign_in().await.err());
    read_all(&crm, None).await;
    note(crm.owned(CONTACTS, None).await.err());
    note(crm.create_contact(&person("", "Groß")).await.err());
    let change = Change {
        field: Field::LastName,
        before: String::new(),
        after: "C".to_owned(),
    };
    let id = model::RecordId::new("12x1");
    note(crm.update_contact(&id, &[change]).await.err());
    crm.sign_out().await;
    let refusing = Script::new(|asked| match asked.operation.as_str() {
        "login" => Reply::refusal("INVALID_USER_CREDENTIALS", "Invalid username or password"),
        _ => plain_crm(asked, &[], &json!([])),
    })
    .await;
    let refused = refusing.crm();
    note(refused.sign_in().await.err());
    let options = crm_webservice::CrmOptions::new(
        "ftp://x",
        model::AccountName::new("a"),
        model::Secret::new(KEY),
    );
    note(crm_webservice::WebserviceCrm::new(options).err());
    printed += &crm.export_cache();
    let mut sent = script.bytes.lock().expect("no panic").clone();
    sent.extend_from_slice(&refusing.bytes.lock().expect("no panic"));
    (String::from_utf8(sent).expect("text"), printed)
}
