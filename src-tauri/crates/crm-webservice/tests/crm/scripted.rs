//! What the sandbox cannot play, against a script.

use model::{Code, Field, RecordId};
use ports::{Crm, ErrorKind};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::script::{Reply, Script, plain_crm};
use crate::stage::{CONTACTS, Contacts, person, read_all};

fn anna(modified: &str) -> Value {
    json!({"id": "12x1", "lastname": "Groß", "phone": "1", "assigned_user_id": "19x5",
           "createdtime": modified, "modifiedtime": modified})
}

#[tokio::test]
async fn one_challenge_spoiled_by_another_computer_is_forgiven() {
    let mut logins = 0;
    let script = Script::new(move |asked| {
        if asked.operation == "login" {
            logins += 1;
            if logins == 1 {
                return Reply::refusal("INVALID_USER_CREDENTIALS", "Invalid username or password");
            }
        }
        plain_crm(asked, &["lastname"], &json!([]))
    })
    .await;
    script.crm().sign_in().await.expect("the second attempt");
    assert_eq!(script.count("getchallenge"), 2);
}

#[tokio::test]
async fn a_user_without_a_key_is_told() {
    let script = Script::new(|asked| match asked.operation.as_str() {
        "login" => Reply::refusal(
            "ACCESSKEY_UNDEFINED",
            "Access key for the user is undefined",
        ),
        _ => plain_crm(asked, &[], &json!([])),
    })
    .await;
    let failure = script.crm().sign_in().await.expect_err("no key");
    assert_eq!(failure.kind, ErrorKind::SignInNeeded);
    assert_eq!(failure.problem.code, Code::AccessKeyUndefined);
    assert_eq!(script.count("login"), 1);
}

#[tokio::test]
async fn a_server_that_ends_every_session_does_not_trap_us() {
    let script = Script::new(|asked| match asked.operation.as_str() {
        "describe" => Reply::refusal("SESSION_EXPIRED", "Session life over"),
        _ => plain_crm(asked, &[], &json!([])),
    })
    .await;
    let failure = script
        .crm()
        .rights(CONTACTS)
        .await
        .expect_err("no session lasts");
    assert_eq!(failure.kind, ErrorKind::Offline);
    assert_eq!(script.count("login"), 2);
}

#[tokio::test]
async fn all_four_codes_of_a_lost_session_lead_to_a_replay() {
    for code in [
        "INVALID_SESSIONID",
        "SESSION_EXPIRED",
        "SESSION_LEFT_IDLE",
        "AUTHENTICATION_REQUIRED",
    ] {
        let mut lost = false;
        let script = Script::new(move |asked| {
            if asked.operation == "describe" && !std::mem::replace(&mut lost, true) {
                return Reply::refusal(code, "");
            }
            plain_crm(asked, &["lastname"], &json!([]))
        })
        .await;
        script.crm().rights(CONTACTS).await.expect(code);
    }
}

#[tokio::test]
async fn nothing_at_the_address_is_told_apart_from_something_else() {
    for (status, body, code) in [
        (404, "<html>", Code::NothingAtAddress),
        (200, "<html>", Code::NotCrm),
        (200, "", Code::NotCrm),
        (302, "", Code::NotCrm),
        (403, "Forbidden", Code::NotCrm),
        (200, r#"{"hello":1}"#, Code::NotCrm),
        (
            200,
            r#"{"success":true,"result":{"nothing":1}}"#,
            Code::AnswerMalformed,
        ),
    ] {
        let script = Script::new(move |_| Reply::raw(status, body)).await;
        let failure = script.crm().sign_in().await.expect_err("not a CRM");
        assert_eq!(failure.kind, ErrorKind::Malformed, "{status} {body}");
        assert_eq!(failure.problem.code, code, "{status} {body}");
        assert!(failure.problem.values.contains_key("server"));
    }
}

#[tokio::test]
async fn s5_a_field_that_is_hidden_later_does_not_look_like_cleared_values() {
    let mut described = 0;
    let script = Script::new(move |asked| {
        described += u32::from(asked.operation == "describe");
        let fields: &[&str] = match described {
            0 | 1 => &["lastname", "phone"],
            _ => &["lastname"],
        };
        if asked.operation == "query" && asked.get("query").contains("phone") && described >= 1 {
            return Reply::refusal(
                "ACCESS_DENIED",
                "Permission to access '.phone.' attribute denied.",
            );
        }
        plain_crm(asked, fields, &json!([anna("2026-11-22 09:00:00")]))
    })
    .await;
    let crm = script.crm();
    let failure = crm
        .changes(CONTACTS, None)
        .await
        .expect_err("the phone is hidden");
    assert_eq!(failure.kind, ErrorKind::Denied);
    assert_eq!(failure.problem.code, Code::PermissionMissing);
    assert_eq!(failure.problem.values["field"], "phone");
}

#[tokio::test]
async fn a_field_that_never_was_there_is_left_out() {
    let rows = json!([anna("2026-11-22 09:00:00")]);
    let script = Script::new(move |asked| plain_crm(asked, &["lastname", "phone"], &rows)).await;
    let (brought, _) = read_all(&script.crm(), None).await;
    assert_eq!(brought.seen.len(), 1);
    let expected = model::Fields::new()
        .with(Field::LastName, "Groß")
        .with(Field::Phone, "1");
    assert_eq!(brought.seen[0].fields, expected);
}

/// A server in Berlin with `sync`; in November it is an hour ahead of UTC.
fn berlin(asked: &crate::script::Asked) -> Reply {
    let row = anna("2026-11-22 10:30:00");
    match asked.operation.as_str() {
        "sync" => Reply::success(json!({
            "updated": [row], "deleted": [], "more": false, "lastModifiedTime": 1795339800,
        })),
        _ => plain_crm(asked, &["lastname"], &json!([row])),
    }
}

#[tokio::test]
async fn r6_1_the_zone_of_the_server_is_found_out_before_anything_is_compared() {
    let script = Script::new(berlin).await;
    let (brought, _) = read_all(&script.crm(), None).await;
    let expected = "2026-11-22T09:30:00Z".parse().expect("a time");
    assert_eq!(brought.seen[0].modified, Some(expected));
}

#[tokio::test]
async fn the_policy_may_set_the_zone() {
    let rows = json!([anna("2026-07-01 10:30:00")]);
    let script = Script::new(move |asked| plain_crm(asked, &["lastname"], &rows)).await;
    let crm = script.crm_with(|options| options.time_zone = "Europe/Berlin".to_owned());
    let (brought, _) = read_all(&crm, None).await;
    let expected = "2026-07-01T08:30:00Z".parse().expect("a time");
    assert_eq!(brought.seen[0].modified, Some(expected));
}

#[tokio::test]
async fn the_zone_is_learnt_from_an_own_write_too() {
    let script = Script::new(|asked| match asked.operation.as_str() {
        // Our clock stands at 10:00:00 UTC, so does the server's, which writes Berlin's time.
        "create" => Reply::success(anna("2026-11-22 11:00:01")),
        _ => plain_crm(asked, &["lastname"], &json!([])),
    })
    .await;
    let record = script
        .crm()
        .create_contact(&person("", "Groß"))
        .await
        .expect("created");
    let expected = "2026-11-22T10:00:01Z".parse().expect("a time");
    assert_eq!(record.created, Some(expected));
}

#[tokio::test]
async fn a_sync_that_does_not_advance_ends() {
    let script = Script::new(|asked| match asked.operation.as_str() {
        "sync" => Reply::success(json!({
            "updated": [], "deleted": [], "more": true,
            "lastModifiedTime": asked.get("modifiedTime"),
        })),
        _ => plain_crm(asked, &["lastname"], &json!([])),
    })
    .await;
    let crm = script.crm();
    let (_, token) = read_all(&crm, None).await;
    let (brought, _) = read_all(&crm, Some(&token)).await;
    assert_eq!(brought.pages, 1);
}

#[tokio::test]
async fn s5_a_server_that_ignores_paging_makes_no_list() {
    let script = Script::new(|asked| match asked.operation.as_str() {
        "query" => Reply::success(json!([anna("2026-11-22 09:00:00")])),
        _ => plain_crm(asked, &["lastname"], &json!([])),
    })
    .await;
    let failure = script
        .crm()
        .owned(CONTACTS, None)
        .await
        .expect_err("the same page again");
    assert_eq!(failure.kind, ErrorKind::Malformed);
}

#[tokio::test]
async fn s5_a_refusal_in_words_we_do_not_know_is_no_evidence_of_a_deletion() {
    let script = Script::new(|asked| match asked.operation.as_str() {
        "retrieve" => Reply::refusal("ACCESS_DENIED", "Zugriff verweigert"),
        _ => plain_crm(asked, &["lastname"], &json!([])),
    })
    .await;
    let answers = script.crm().read(CONTACTS, &[RecordId::new("12x1")]).await;
    let answer = answers.expect("answers").remove(0).expect_err("denied");
    assert_eq!(answer.kind, ErrorKind::Denied);
}

#[tokio::test]
async fn s5_a_missing_record_is_gone_only_while_its_module_is_listed_and_readable() {
    for (listed, readable, expected) in [
        (true, true, ErrorKind::Gone),
        (false, true, ErrorKind::Denied),
        (true, false, ErrorKind::Denied),
    ] {
        let mut retrieved = false;
        let script = Script::new(move |asked| match asked.operation.as_str() {
            "retrieve" => {
                retrieved = true;
                let message = "Permission to perform the operation is denied";
                Reply::refusal("ACCESS_DENIED", message)
            }
            "listtypes" if !listed => Reply::success(json!({"types": ["Accounts"]})),
            "describe" if retrieved && !readable => Reply::success(json!({
                "name": "Contacts", "idPrefix": "12", "fields": [], "retrieveable": false,
            })),
            _ => plain_crm(asked, &["lastname"], &json!([])),
        })
        .await;
        let answers = script.crm().read(CONTACTS, &[RecordId::new("12x1")]).await;
        let answer = answers.expect("answers").remove(0).expect_err("not there");
        assert_eq!(
            answer.kind, expected,
            "listed {listed}, readable {readable}"
        );
    }
}

#[tokio::test]
async fn s1_odd_answers_to_a_write_leave_its_outcome_open() {
    for (reply, code) in [
        (Reply::raw(200, "<b>Fatal error</b>"), Code::NotCrm),
        (Reply::raw(500, "Uncaught TypeError"), Code::ServerError),
        (Reply::raw(502, "Bad Gateway"), Code::ConnectionLost),
        (Reply::raw(504, ""), Code::ConnectionLost),
        (Reply::success(json!({"no": "id"})), Code::AnswerMalformed),
        (
            Reply::refusal("INTERNAL_SERVER_ERROR", "Unknown Error"),
            Code::ServerError,
        ),
    ] {
        let script = Script::new(move |asked| match asked.operation.as_str() {
            "create" => reply.clone(),
            _ => plain_crm(asked, &["lastname"], &json!([])),
        })
        .await;
        let failure = script.crm().create_contact(&person("", "Groß")).await;
        let failure = failure.expect_err("odd");
        assert_eq!(failure.kind, ErrorKind::OutcomeUnknown, "{failure}");
        assert_eq!(failure.problem.code, code);
        assert_eq!(script.count("create"), 1, "never sent again blindly");
    }
}

#[tokio::test]
async fn a_refusal_without_a_field_carries_the_servers_words() {
    for code in [json!("SOMETHING_NEW"), json!(0)] {
        let refused = code.clone();
        let script = Script::new(move |asked| match asked.operation.as_str() {
            "create" => Reply::refusal(refused.clone(), "Nein"),
            _ => plain_crm(asked, &["lastname"], &json!([])),
        })
        .await;
        let failure = script.crm().create_contact(&person("", "Groß")).await;
        let failure = failure.expect_err("refused");
        assert_eq!(failure.kind, ErrorKind::Refused { field: None }, "{code}");
        assert_eq!(failure.problem.code, Code::EntryRefused);
        assert_eq!(failure.problem.values["message"], "Nein");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Whatever an operation answers, no method panics, hangs or calls a record gone.
    #[test]
    fn s5_garbage_never_panics_and_never_deletes(
        victim in prop::sample::select(vec![
            "getchallenge", "login", "listtypes", "describe", "query", "retrieve", "sync", "create", "revise", "update",
        ]),
        status in prop::sample::select(vec![200_u16, 200, 200, 400, 404, 500, 503]),
        body in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..60),
            "\\{\"success\":(true|false),\"(result|error)\":(\\[\\]|\\{\\}|null|\\[\\{\\}\\]|\"x\"|\\{\"updated\":\\[\\{\"id\":\"12x1\"\\}\\],\"lastModifiedTime\":9\\})\\}"
                .prop_map(String::into_bytes),
        ],
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async move {
            let script = Script::new(move |asked| match asked.operation == victim {
                true => Reply::raw(status, body.clone()),
                false => plain_crm(asked, &["lastname"], &json!([])),
            })
            .await;
            let crm = script.crm();
            let _ = crm.sign_in().await;
            let _ = crm.rights(CONTACTS).await;
            if let Ok(page) = crm.changes(CONTACTS, None).await {
                let next = crm.changes(CONTACTS, Some(&page.next)).await;
                prop_assert!(next.map_or(true, |page| page.gone.is_empty()));
            }
            let _ = crm.owned(CONTACTS, None).await;
            let id = RecordId::new("12x1");
            if let Ok(answers) = crm.read(CONTACTS, std::slice::from_ref(&id)).await {
                let gone = |answer: &ports::Result<model::Record>| matches!(answer, Err(failure) if failure.kind == ErrorKind::Gone);
                prop_assert!(!answers.iter().any(gone));
            }
            let _ = crm.create_contact(&person("A", "B")).await;
            let change = model::Change { field: Field::LastName, before: "B".to_owned(), after: "C".to_owned() };
            let _ = crm.update_contact(&id, &[change]).await;
            let _ = crm.find_created(CONTACTS, &person("A", "B"), crate::stage::start_time()).await;
            Ok(())
        })?;
    }
}
