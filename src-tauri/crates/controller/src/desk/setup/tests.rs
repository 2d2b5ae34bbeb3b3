//! The forms of the window against the sandbox, with secrets in memory.

use std::sync::Arc;

use config::LoadedPolicy;
use model::Code;
use model::policy::FolderChoice;
use sandbox::running::Running;
use secrets::MemoryStore;

use crate::view::{BrakeAnswer, CrmForm, Decision, ExchangeForm, UndoWhat};
use crate::{Controller, Options, State};

struct Desk {
    sandbox: Running,
    controller: Controller,
    _folder: tempfile::TempDir,
}

impl Desk {
    async fn new() -> Self {
        Self::with(LoadedPolicy::default()).await
    }

    async fn with(policy: LoadedPolicy) -> Self {
        let sandbox = sandbox::start(sandbox::Options::default());
        let folder = tempfile::tempdir().expect("a folder");
        let profile = config::Profile::open(Some(folder.path().to_owned())).expect("a profile");
        let secrets = Arc::<MemoryStore>::default();
        let controller =
            Controller::open_with(Options::default(), (profile, policy), secrets).await;
        Self {
            sandbox: sandbox.await.expect("started"),
            controller: controller.expect("opened"),
            _folder: folder,
        }
    }

    /// Both sides are signed in, and the first sync is over.
    async fn synced(policy: LoadedPolicy) -> Self {
        let desk = Self::with(policy).await;
        let password = desk.sandbox.users[0].password.clone();
        desk.sign_in_to_crm().await.expect("signed in");
        desk.sign_in_to_exchange(&password)
            .await
            .expect("signed in");
        desk.syncs().await;
        desk
    }

    async fn syncs(&self) {
        let report = self.controller.sync(None).await.expect("ran");
        assert!(report.failure.is_none(), "{report:?}");
    }

    fn items(&self) -> usize {
        let exchange = &self.sandbox.exchange;
        let items = exchange.items_in(&self.sandbox.users[0].email, "Contacts");
        items.len()
    }

    fn order(&self, fault: &str) {
        let fault = fault.parse().expect("a fault");
        self.sandbox.ground.faults.add(fault);
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

#[tokio::test]
async fn r7_4_a_password_keeps_the_blank_at_its_end() {
    let desk = Desk::new().await;
    let email = desk.sandbox.users[0].email.clone();
    desk.sandbox.exchange.set_password(&email, "geheim ");
    desk.sign_in_to_exchange("geheim ")
        .await
        .expect("signed in");
}

#[tokio::test]
async fn s9_a_preview_that_fails_leaves_no_run_behind() {
    let desk = Desk::new().await;
    let password = desk.sandbox.users[0].password.clone();
    desk.sign_in_to_crm().await.expect("signed in");
    desk.sign_in_to_exchange(&password)
        .await
        .expect("signed in");
    desk.order("crm:503");
    assert!(desk.controller.preview_parts().await.is_err());
    let shown = desk.controller.snapshot();
    assert_eq!(shown.state, State::NotConnected, "the first sync waits");
    assert!(shown.crm.problem.is_some(), "{shown:?}");
}

#[tokio::test]
async fn nothing_is_decided_or_undone_while_syncing_is_paused() {
    let desk = Desk::synced(LoadedPolicy::default()).await;
    desk.controller.set_paused(true).await.expect("paused");
    let refused = [
        desk.controller
            .decide("contacts/crm/12x1", Decision::Again)
            .await
            .map(drop),
        desk.controller
            .decide_brake("brake/contacts", BrakeAnswer::Approve)
            .await,
        desk.controller
            .take_back(UndoWhat::Run { run: 1 })
            .await
            .map(drop),
    ];
    for refused in refused {
        let failure = refused.expect_err("it would not happen");
        assert_eq!(failure.problem.code, Code::Paused);
    }
}

#[tokio::test]
async fn r7_7_whoever_stays_stops_a_disconnect_under_way() {
    let mut policy = LoadedPolicy::default();
    policy.policy.folders.contacts = FolderChoice::Standard;
    let desk = Desk::synced(policy).await;
    let user = &desk.sandbox.users[0].name;
    let made = desk
        .sandbox
        .crm
        .create(user, "Contacts", &[("lastname", "Klein")]);
    made.expect("made");
    desk.syncs().await;
    assert_eq!(desk.items(), 1);
    // Whoever wants to stay says so at once; a disconnect looks for that before each of its steps.
    desk.controller.inner.stay.set();
    let left = desk.controller.disconnect().await.expect_err("stopped");
    assert_eq!(left.problem.code, Code::DisconnectStopped);
    assert_eq!(desk.items(), 1);
    assert!(desk.controller.snapshot().disconnecting);
    assert!(desk.controller.stay_connected().await.expect("answered"));
    assert!(!desk.controller.snapshot().disconnecting);
    desk.syncs().await;
    assert_eq!(
        (desk.items(), desk.sandbox.crm.records("Contacts").len()),
        (1, 1)
    );
    let nothing = desk.controller.stay_connected().await;
    assert!(!nothing.expect("answered"), "there is nothing to take back");
    // Whoever leaves after all does.
    desk.controller.disconnect().await.expect("left");
    assert_eq!(desk.items(), 0);
}

#[tokio::test]
async fn r7_7_s7_whoever_stays_gets_back_what_is_gone_already() {
    let mut policy = LoadedPolicy::default();
    policy.policy.folders.contacts = FolderChoice::Standard;
    let desk = Desk::synced(policy).await;
    let (crm, user) = (&desk.sandbox.crm, &desk.sandbox.users[0].name);
    for number in 0..60 {
        let name = format!("Klein {number}");
        let made = crm.create(user, "Contacts", &[("lastname", &name)]);
        made.expect("made");
    }
    desk.syncs().await;
    assert_eq!(desk.items(), 60);
    // The first fifty go, then the connection breaks.
    desk.order("exchange:cut-before:DeleteItem:1+9");
    assert!(desk.controller.disconnect().await.is_err());
    assert_eq!(desk.items(), 10);
    desk.sandbox.ground.faults.clear();
    assert!(desk.controller.stay_connected().await.expect("answered"));
    desk.syncs().await;
    assert_eq!((desk.items(), crm.records("Contacts").len()), (60, 60));
}
