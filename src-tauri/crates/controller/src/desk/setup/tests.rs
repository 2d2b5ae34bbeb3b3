//! The forms of the window against the sandbox, with secrets in memory.

use std::sync::Arc;

use config::LoadedPolicy;
use model::Code;
use sandbox::running::Running;
use secrets::MemoryStore;

use crate::view::{CrmForm, ExchangeForm};
use crate::{Controller, Options, State};

struct Desk {
    sandbox: Running,
    controller: Controller,
    _folder: tempfile::TempDir,
}

impl Desk {
    async fn new() -> Self {
        let sandbox = sandbox::start(sandbox::Options::default());
        let folder = tempfile::tempdir().expect("a folder");
        let profile = config::Profile::open(Some(folder.path().to_owned())).expect("a profile");
        let (with, secrets) = (
            (profile, LoadedPolicy::default()),
            Arc::<MemoryStore>::default(),
        );
        let controller = Controller::open_with(Options::default(), with, secrets).await;
        Self {
            sandbox: sandbox.await.expect("started"),
            controller: controller.expect("opened"),
            _folder: folder,
        }
    }

    async fn sign_in_to_crm(&self) -> ports::Result<()> {
        let user = &self.sandbox.users[0];
        let form = CrmForm {
            url: self.sandbox.crm_url.clone(),
            user: user.name.clone(),
            access_key: user.access_key.clone(),
            take_over: false,
            keep: true,
        };
        self.controller.sign_in_to_crm(form).await
    }

    async fn sign_in_to_exchange(&self, password: &str) -> ports::Result<()> {
        let form = ExchangeForm {
            url: self.sandbox.exchange_url.clone(),
            email: self.sandbox.users[0].email.clone(),
            user: String::new(),
            password: password.to_owned(),
            past_days: 30,
            take_over: false,
            keep: true,
        };
        self.controller.sign_in_to_exchange(form).await
    }
}

#[tokio::test]
async fn r7_5_an_empty_field_does_not_try_a_refused_password_again_and_again() {
    let desk = Desk::new().await;
    let password = desk.sandbox.users[0].password.clone();
    desk.sign_in_to_exchange(&password)
        .await
        .expect("signed in");
    let email = &desk.sandbox.users[0].email;
    desk.sandbox.exchange.set_password(email, "another one");
    let refused = || desk.sandbox.exchange.journal().refused_sign_ins;
    let before = refused();
    for code in [
        Code::WrongPassword,
        Code::WrongPassword,
        Code::SignInStopped,
        Code::SignInStopped,
    ] {
        let failure = desk.sign_in_to_exchange("").await.expect_err("refused");
        assert_eq!(failure.problem.code, code);
    }
    let tried = refused() - before;
    assert!(desk.sign_in_to_exchange("not it").await.is_err());
    // Two that were kept, and what is typed is always tried.
    assert_eq!(refused() - before, tried + tried / 2);
    desk.sign_in_to_exchange("another one")
        .await
        .expect("signed in");
    desk.sign_in_to_exchange("").await.expect("signed in");
}

#[tokio::test]
async fn r6_10_no_run_begins_by_itself_before_the_user_has_seen_the_preview() {
    let desk = Desk::new().await;
    desk.sign_in_to_crm().await.expect("signed in");
    let password = desk.sandbox.users[0].password.clone();
    desk.sign_in_to_exchange(&password)
        .await
        .expect("signed in");
    let ran = desk.controller.sync_by_itself().await.expect("looked");
    assert!(ran.is_none());
    assert!(desk.controller.snapshot().awaits_start);
    desk.controller.start().await.expect("started");
    let ran = desk.controller.sync_by_itself().await.expect("ran");
    assert!(ran.is_some_and(|report| report.failure.is_none()));
    assert_eq!(desk.controller.snapshot().state, State::InSync);
}
