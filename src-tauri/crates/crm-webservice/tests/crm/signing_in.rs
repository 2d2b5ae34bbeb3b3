//! Signing in, being refused, and servers that are something else.

use std::time::Duration;

use crm_webservice::{KeyHistory, WebserviceCrm};
use model::{Code, Secret};
use ports::{Crm, ErrorKind};
use sandbox::company::Role;
use sandbox::crm::{Flavour, Status};

use crate::stage::{CONTACTS, Contacts, Stage, person};

fn with_key(stage: &Stage, key: &str, history: KeyHistory) -> WebserviceCrm {
    stage.crm_as(Role::Full, |options| {
        options.access_key = Secret::new(key);
        options.key_history = history;
    })
}

#[tokio::test]
async fn signing_in_tells_who_and_where() {
    for (flavour, server) in [
        (Flavour::Eight, "vtiger 8.4.0"),
        (Flavour::Five, "vtiger 5.4.0"),
    ] {
        let stage = Stage::of(flavour, 0).await;
        let account = stage.crm().sign_in().await.expect("signed in");
        assert_eq!(account.server, server);
        assert_eq!(account.name.as_str(), stage.name(Role::Full));
        let id = stage.sandbox.crm.owner_named(&stage.name(Role::Full));
        assert_eq!(Some(account.user.as_str()), id.as_deref());
        assert_eq!(account.clock_offset.map(|offset| offset.as_secs()), Some(0));
        let again = stage.crm().sign_in().await.expect("signed in");
        assert_eq!(again.fingerprint, account.fingerprint);
        let colleague = stage.crm_as(Role::Colleague, |_| {});
        let other = colleague.sign_in().await.expect("signed in");
        assert_ne!(other.fingerprint, account.fingerprint);
    }
}

#[tokio::test]
async fn nothing_is_sent_before_it_is_needed_and_a_fresh_sign_in_is_not_repeated() {
    let stage = Stage::with(0).await;
    let crm = stage.crm();
    assert_eq!(crm.requests(), 0);
    crm.sign_in().await.expect("signed in");
    assert_eq!(crm.requests(), 2);
    crm.sign_in().await.expect("still");
    assert_eq!(crm.requests(), 2);
    stage.advance(1200);
    crm.sign_in().await.expect("proved again");
    assert_eq!(crm.requests(), 4);
}

#[tokio::test]
async fn r7_5_a_wrong_key_is_tried_twice_and_then_no_more() {
    let stage = Stage::with(0).await;
    let crm = with_key(&stage, "wrong", KeyHistory::New);
    let failure = crm.sign_in().await.expect_err("wrong");
    assert_eq!(failure.kind, ErrorKind::SignInNeeded);
    assert_eq!(failure.problem.code, Code::WrongAccessKey);
    assert!(failure.problem.values.contains_key("server"));
    assert_eq!(stage.requests("login"), 2);
    let pauses = stage.pauses.all();
    assert_eq!(pauses.len(), 1);
    assert!((Duration::from_secs(1)..=Duration::from_secs(3)).contains(&pauses[0]));
    for _ in 0..3 {
        let failure = crm.changes(CONTACTS, None).await.expect_err("refused");
        assert_eq!(failure.problem.code, Code::WrongAccessKey);
    }
    assert_eq!(stage.requests("login"), 2, "nobody knocks again unasked");
    crm.sign_in().await.expect_err("asked for");
    assert_eq!(stage.requests("login"), 4);
}

#[tokio::test]
async fn r7_8_a_key_that_worked_is_told_apart_from_a_wrong_one() {
    let stage = Stage::with(0).await;
    let known = with_key(&stage, "changed", KeyHistory::WorkedBefore);
    let failure = known.sign_in().await.expect_err("changed");
    assert_eq!(failure.problem.code, Code::AccessKeyNoLongerValid);
    let crm = stage.crm();
    crm.sign_in().await.expect("signed in");
    assert!(
        stage
            .sandbox
            .crm
            .set_status(&stage.name(Role::Full), Status::Inactive)
    );
    stage.sandbox.crm.expire_sessions();
    let failure = crm
        .create_contact(&person("A", "B"))
        .await
        .expect_err("inactive");
    assert_eq!(failure.kind, ErrorKind::SignInNeeded);
    assert_eq!(failure.problem.code, Code::AccessKeyNoLongerValid);
}

#[tokio::test]
async fn an_inactive_and_an_unknown_user_cannot_sign_in() {
    let stage = Stage::with(0).await;
    let inactive = stage.crm_as(Role::Inactive, |_| {});
    let nobody = stage.crm_as(Role::Full, |options| {
        options.user = model::AccountName::new("nobody");
    });
    for crm in [inactive, nobody] {
        let failure = crm.sign_in().await.expect_err("refused");
        assert_eq!(failure.kind, ErrorKind::SignInNeeded);
        assert_eq!(failure.problem.code, Code::WrongAccessKey);
    }
}

#[tokio::test]
async fn something_else_at_the_address_is_told_apart() {
    let stage = Stage::with(0).await;
    stage.fault("crm:html");
    let failure = stage.crm().sign_in().await.expect_err("a page");
    assert_eq!(failure.kind, ErrorKind::Malformed);
    assert_eq!(failure.problem.code, Code::NotCrm);
    stage.no_faults();
    // The mailbox's door knows no such page.
    let elsewhere = stage.crm_as(Role::Full, |options| {
        options.address = format!("{}/nothing.html/", stage.sandbox.crm_url);
    });
    elsewhere
        .sign_in()
        .await
        .expect("any folder will do for this one");
    let crm = stage.crm_as(Role::Full, |options| {
        options.address = "http://127.0.0.1:1/".to_owned();
    });
    let failure = crm.sign_in().await.expect_err("nobody there");
    assert_eq!(failure.kind, ErrorKind::Offline);
    assert_eq!(failure.problem.code, Code::ServerUnreachable);
}

#[tokio::test]
async fn r8_2_an_address_in_the_clear_is_refused_before_anything_is_sent() {
    for (address, code) in [
        ("http://crm.example.com", Code::AddressNotSecure),
        ("https://", Code::AddressMalformed),
    ] {
        let user = model::AccountName::new("anna");
        let options = crm_webservice::CrmOptions::new(address, user, Secret::new("k"));
        let failure = WebserviceCrm::new(options).expect_err(address);
        assert_eq!(failure.problem.code, code);
    }
}

#[tokio::test]
async fn a_busy_server_is_waited_for_as_it_asks() {
    let stage = Stage::with(0).await;
    let crm = stage.crm();
    crm.sign_in().await.expect("signed in");
    stage.fault("crm:503:create:2:7");
    crm.create_contact(&person("A", "B"))
        .await
        .expect("created at last");
    assert_eq!(stage.own_ids().len(), 1);
    let pauses = stage.pauses.all();
    assert_eq!(pauses, [Duration::from_secs(7), Duration::from_secs(7)]);
}

#[tokio::test]
async fn a_server_that_stays_busy_is_left_to_the_caller() {
    let stage = Stage::with(0).await;
    let crm = stage.crm();
    crm.sign_in().await.expect("signed in");
    stage.fault("crm:503:query");
    let failure = crm.owned(CONTACTS, None).await.expect_err("busy for ever");
    assert_eq!(failure.kind, ErrorKind::Throttled { after: None });
    assert_eq!(stage.pauses.all().len(), 3);
    stage.no_faults();
    stage.fault("crm:503:query::600");
    let failure = crm.owned(CONTACTS, None).await.expect_err("busy for long");
    let after = Some(Duration::from_secs(600));
    assert_eq!(failure.kind, ErrorKind::Throttled { after });
    assert_eq!(
        stage.pauses.all().len(),
        3,
        "ten minutes are not slept away in here"
    );
}

#[tokio::test]
async fn signing_out_ends_the_session_on_the_server() {
    let stage = Stage::with(0).await;
    let crm = stage.crm();
    crm.sign_in().await.expect("signed in");
    crm.sign_out().await;
    assert_eq!(stage.requests("logout"), 1);
    crm.owned(CONTACTS, None)
        .await
        .expect("signs in again when needed");
    assert_eq!(stage.requests("login"), 2);
}
