//! The whole way of a sign-in in the browser: an authorization server that is not ours, the sandbox's mailbox, a profile on disk.

#[path = "../../../../../tests/authority/authority.rs"]
mod authority;

use std::sync::Arc;

use ::oauth::Browser;
use config::LoadedPolicy;
use engine::Claim;
use model::{Code, Component, Secret};
use ports::{ErrorKind, Mailbox};
use sandbox::running::Running;
use secrets::{MemoryStore, SecretName, SecretStore};
use serde_json::json;
use texts::Language;

use super::{OAuthAttempt, OAuthSignIn};
use crate::{Controller, CrmSignIn, ExchangeSignIn, Options, Remember, SignInMethod, State};
use authority::{Authority, Manner, Visitor, fetch, walk};

struct World {
    authority: Authority,
    sandbox: Running,
    folder: tempfile::TempDir,
    secrets: Arc<MemoryStore>,
    address: String,
}

impl World {
    async fn new(language: Language) -> Option<(Self, Controller)> {
        Self::with(language, 0).await
    }

    async fn with(language: Language, contacts: usize) -> Option<(Self, Controller)> {
        let options = sandbox::Options {
            sizes: sandbox::company::Sizes::both(contacts),
            ..sandbox::Options::default()
        };
        let sandbox = sandbox::start(options).await.expect("started");
        let door = sandbox
            .exchange_url
            .replace("/EWS/Exchange.asmx", "/sandbox/exchange/tokens");
        let authority = Authority::start(json!({ "mailboxes": door })).await?;
        let world = Self {
            authority,
            address: sandbox.users[0].email.clone(),
            sandbox,
            folder: tempfile::tempdir().expect("a folder"),
            secrets: Arc::default(),
        };
        let controller = world.open(language).await;
        Some((world, controller))
    }

    /// The program, started anew.
    async fn open(&self, language: Language) -> Controller {
        let mut policy = LoadedPolicy::default();
        policy.policy.exchange_url = self.sandbox.exchange_url.clone();
        policy.policy.oauth.client_id = "connector".to_owned();
        policy.policy.oauth.authority = self.authority.issuer.clone();
        policy.policy.oauth.scopes = vec!["mailbox".to_owned()];
        self.open_with(policy, language).await
    }

    async fn open_with(&self, policy: LoadedPolicy, language: Language) -> Controller {
        let folder = self.folder.path().to_owned();
        let profile = config::Profile::open(Some(folder)).expect("a profile");
        let options = Options {
            language,
            ..Options::default()
        };
        Controller::open_with(options, (profile, policy), self.secrets.clone())
            .await
            .expect("opened")
    }

    fn visitor(&self) -> Arc<Visitor> {
        Visitor::new(Manner::SignIn(self.address.clone()))
    }

    fn kept(&self, name: SecretName) -> Option<Secret> {
        self.secrets.get(name).expect("asked")
    }

    /// All that is in the profile's folder.
    fn files(&self) -> Vec<u8> {
        let entries = std::fs::read_dir(self.folder.path()).expect("a folder");
        let files = entries.map(|entry| entry.expect("an entry").path());
        files
            .filter(|path| path.is_file())
            .flat_map(|path| std::fs::read(path).expect("readable"))
            .collect()
    }
}

fn entry(email: Option<&str>) -> OAuthSignIn {
    OAuthSignIn {
        email: email.map(str::to_owned),
        past_days: Some(7),
        claim: Claim::IfFree,
        remember: Remember::InStore,
    }
}

async fn begin(
    controller: &Controller,
    entry: OAuthSignIn,
    browser: &Arc<Visitor>,
) -> OAuthAttempt {
    let browser: Arc<dyn Browser> = browser.clone();
    let begun = controller.begin_oauth_in(entry, browser).await;
    begun.expect("begun")
}

fn contains(hay: &[u8], needle: &str) -> bool {
    hay.windows(needle.len())
        .any(|part| part == needle.as_bytes())
}

/// Opens the mailbox as a run does.
async fn opens(controller: &Controller) -> ports::Result<()> {
    let settings = controller.inner.profile.settings()?;
    let entry = controller
        .mailbox_entry(settings.exchange.expect("connected"))
        .await?;
    let mailbox = controller.mailbox_adapter(entry).await?;
    mailbox.sign_in().await.map(drop)
}

#[tokio::test]
async fn r7_2_the_mailbox_is_connected_in_the_browser_and_opens_after_a_restart() {
    let Some((world, controller)) = World::new(Language::German).await else {
        return;
    };
    assert!(controller.oauth_offered());
    let visitor = world.visitor();
    let account = begin(&controller, entry(None), &visitor)
        .await
        .finish()
        .await;
    assert_eq!(account.expect("connected").address.as_str(), world.address);
    let page = visitor.last_page().await.body;
    assert!(page.contains("<html lang=\"de\">"), "{page}");
    assert!(page.contains("Sie können diese Seite schließen."), "{page}");
    assert!(page.contains(&world.address), "{page}");

    let settings = controller.inner.profile.settings().expect("read");
    let exchange = settings.exchange.expect("connected");
    assert_eq!(exchange.method, SignInMethod::OAuth);
    assert_eq!(exchange.mailbox.as_deref(), Some(world.address.as_str()));
    assert_eq!(settings.past_days, Some(7));
    opens(&controller).await.expect("the same token");
    assert_eq!(world.authority.renewals().await, 0);

    let kept = world.kept(SecretName::ExchangeRefreshToken).expect("kept");
    drop(controller);
    let controller = world.open(Language::German).await;
    opens(&controller).await.expect("a new token");
    assert_eq!(world.authority.renewals().await, 1);
    assert_ne!(world.kept(SecretName::ExchangeRefreshToken), Some(kept));
}

#[tokio::test]
async fn s11_the_tokens_are_nowhere_in_the_profile() {
    let Some((world, controller)) = World::new(Language::English).await else {
        return;
    };
    let visitor = world.visitor();
    let attempt = begin(&controller, entry(Some(&world.address)), &visitor).await;
    attempt.finish().await.expect("connected");
    opens(&controller).await.expect("opened");
    let tokens = controller.tokens().expect("connected");
    let access = tokens.token().await.expect("a token");
    let refresh = world.kept(SecretName::ExchangeRefreshToken).expect("kept");
    let page = visitor.last_page().await.body;
    let files = world.files();
    assert!(contains(&files, &world.address), "the files were looked at");
    for secret in [&access, &refresh] {
        assert!(!contains(&files, secret.reveal()));
        assert!(!page.contains(secret.reveal()));
    }
    let snapshot = serde_json::to_string(&controller.snapshot()).expect("plain data");
    assert!(!snapshot.contains(refresh.reveal()));
}

#[test]
fn r7_4_the_last_page_says_what_helps_in_the_users_language() {
    let address = "https://login.example/adminconsent?client_id=id&scope=a";
    for (language, code, says) in [
        (Language::German, "de", "muss einmal für alle zustimmen"),
        (Language::English, "en", "has to agree once for everybody"),
    ] {
        let texts = texts::Texts::new(language);
        let failure = crate::failure(ErrorKind::SignInNeeded, Code::ConsentMissing);
        let page = super::last_page(texts, &Err(failure.with("address", address)));
        assert_eq!(page.language, code);
        let said = format!("{} {}", page.title, page.lines.join(" "));
        assert!(said.contains(says) && said.contains(address), "{said}");
        assert!(
            page.lines
                .last()
                .expect("a line")
                .contains(&texts.t("browser.done.close"))
        );
        let waiting = super::pages(texts);
        for page in [&page, &waiting.foreign, &waiting.given_up] {
            let said = format!("{} {}", page.title, page.lines.join(" "));
            assert!(
                !said.contains(['{', '[']) && !said.contains("browser."),
                "{said}"
            );
        }
    }
}

#[tokio::test]
async fn another_account_than_the_one_that_was_named_is_refused() {
    let Some((world, controller)) = World::new(Language::English).await else {
        return;
    };
    let visitor = Visitor::new(Manner::SignIn(world.sandbox.users[1].email.clone()));
    let attempt = begin(&controller, entry(Some(&world.address)), &visitor).await;
    let failure = attempt.finish().await.expect_err("somebody else");
    assert_eq!(failure.problem.code, Code::SignInOtherAccount);
    assert_eq!(failure.problem.values["before"], world.address);
    assert!(
        visitor
            .last_page()
            .await
            .body
            .contains("Another account was chosen")
    );
    assert_eq!(world.kept(SecretName::ExchangeRefreshToken), None);
    let settings = controller.inner.profile.settings().expect("read");
    assert_eq!(settings.exchange, None);
}

#[tokio::test]
async fn a_name_to_sign_in_with_need_not_be_the_address() {
    let Some((world, controller)) = World::new(Language::English).await else {
        return;
    };
    // At the authority the user has a name that the mailbox's server knows under another address.
    let visitor = Visitor::new(Manner::SignIn("anna".to_owned()));
    let attempt = begin(&controller, entry(Some(&world.address)), &visitor).await;
    let account = attempt.finish().await.expect("connected");
    assert_eq!(account.address.as_str(), world.address);
    let other = world.sandbox.users[1].email.clone();
    let visitor = Visitor::new(Manner::SignIn("anna".to_owned()));
    let attempt = begin(&controller, entry(Some(&other)), &visitor).await;
    let failure = attempt.finish().await.expect_err("somebody else");
    assert_eq!(failure.problem.code, Code::SignInOtherAccount);
}

#[tokio::test]
async fn who_has_no_mailbox_there_is_told_and_nothing_is_kept() {
    let Some((world, controller)) = World::new(Language::English).await else {
        return;
    };
    let visitor = Visitor::new(Manner::SignIn("nobody@firma.example".to_owned()));
    let attempt = begin(&controller, entry(None), &visitor).await;
    attempt.finish().await.expect_err("no mailbox");
    assert!(
        visitor
            .last_page()
            .await
            .body
            .contains("Signing in did not work")
    );
    assert_eq!(world.kept(SecretName::ExchangeRefreshToken), None);
}

#[tokio::test]
async fn r7_6_whoever_signs_in_again_after_the_end_goes_on() {
    let Some((world, controller)) = World::new(Language::English).await else {
        return;
    };
    let attempt = begin(&controller, entry(None), &world.visitor()).await;
    attempt.finish().await.expect("connected");
    // Somebody revoked everything.
    world.sandbox.exchange.forget_tokens();
    let name = SecretName::ExchangeRefreshToken;
    world
        .secrets
        .set(name, &Secret::new("revoked"))
        .expect("kept");
    let failure = opens(&controller).await.expect_err("ended");
    assert_eq!(failure.kind, ErrorKind::SignInNeeded);
    assert_eq!(failure.problem.code, Code::SignInEnded);
    let attempt = begin(&controller, entry(Some(&world.address)), &world.visitor()).await;
    attempt.finish().await.expect("connected");
    opens(&controller).await.expect("opened");
}

#[tokio::test]
async fn a_sign_in_that_is_not_remembered_ends_with_the_program() {
    let Some((world, controller)) = World::new(Language::English).await else {
        return;
    };
    let forgetful = OAuthSignIn {
        remember: Remember::No,
        ..entry(None)
    };
    let attempt = begin(&controller, forgetful, &world.visitor()).await;
    attempt.finish().await.expect("connected");
    assert_eq!(world.kept(SecretName::ExchangeRefreshToken), None);
    world.sandbox.exchange.forget_tokens();
    opens(&controller).await.expect("renewed");
    assert_eq!(world.kept(SecretName::ExchangeRefreshToken), None);
    drop(controller);
    let failure = opens(&world.open(Language::English).await).await;
    assert_eq!(
        failure.expect_err("forgotten").problem.code,
        Code::SecretMissing
    );
}

#[tokio::test]
async fn s11_what_opened_the_mailbox_before_is_not_kept() {
    let Some((world, controller)) = World::new(Language::English).await else {
        return;
    };
    let user = world.sandbox.users[0].clone();
    let by_password = ExchangeSignIn {
        url: None,
        email: Some(user.email.clone()),
        user: user.email.clone(),
        password: Some(Secret::new(user.password.clone())),
        method: SignInMethod::Auto,
        past_days: None,
        remember: Remember::InStore,
        claim: Claim::IfFree,
    };
    controller
        .connect_exchange(by_password)
        .await
        .expect("connected");
    assert!(world.kept(SecretName::ExchangePassword).is_some());
    let attempt = begin(&controller, entry(None), &world.visitor()).await;
    attempt.finish().await.expect("connected");
    assert_eq!(world.kept(SecretName::ExchangePassword), None);
    assert!(world.kept(SecretName::ExchangeRefreshToken).is_some());
    controller.disconnect().await.expect("disconnected");
    assert_eq!(world.kept(SecretName::ExchangeRefreshToken), None);
}

#[tokio::test]
async fn r7_2_without_a_registration_the_browser_is_not_offered() {
    let Some((world, _)) = World::new(Language::English).await else {
        return;
    };
    let controller = world
        .open_with(LoadedPolicy::default(), Language::English)
        .await;
    assert!(!controller.oauth_offered());
    let failure = controller
        .begin_oauth(entry(None))
        .await
        .expect_err("not offered");
    assert_eq!(failure.problem.code, Code::BrowserSignInNotOffered);
}

#[tokio::test]
async fn a_sign_in_that_is_given_up_changes_nothing() {
    let Some((world, controller)) = World::new(Language::English).await else {
        return;
    };
    let attempt = begin(&controller, entry(None), &Visitor::new(Manner::Nothing)).await;
    let back = walk(attempt.address(), Some(&world.address)).await;
    drop(attempt);
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    fetch(&back).await.expect_err("nobody listens");
    assert_eq!(world.kept(SecretName::ExchangeRefreshToken), None);
}

/// Runs; what ended it early.
async fn sync(controller: &Controller) -> Option<ports::Failure> {
    match controller.sync(Some(vec![Component::Contacts])).await {
        Ok(report) => report.failure,
        Err(failure) => Some(failure),
    }
}

async fn linked(controller: &Controller) -> usize {
    let records = controller.inner.store.linked_records(Component::Contacts);
    records.await.expect("asked").len()
}

#[tokio::test]
async fn r7_6_runs_go_on_when_tokens_end_and_links_stay_when_the_sign_in_does() {
    let Some((world, controller)) = World::with(Language::English, 16).await else {
        return;
    };
    let crm = CrmSignIn {
        url: world.sandbox.crm_url.clone(),
        user: world.sandbox.users[0].name.clone(),
        access_key: Some(Secret::new(world.sandbox.users[0].access_key.clone())),
        remember: Remember::InStore,
        claim: Claim::IfFree,
    };
    controller.connect_crm(crm).await.expect("connected");
    let attempt = begin(&controller, entry(None), &world.visitor()).await;
    attempt.finish().await.expect("connected");
    assert!(sync(&controller).await.is_none());
    let links = linked(&controller).await;
    assert!(links > 16, "{links}");
    // The token is refused in the middle of everything; nobody notices.
    let exchange = &world.sandbox.exchange;
    exchange.reset_journal();
    exchange.forget_tokens();
    assert!(sync(&controller).await.is_none());
    assert_eq!(world.authority.renewals().await, 1);
    assert!(exchange.journal().writes.is_empty());
    // The sign-in ends.
    exchange.forget_tokens();
    let name = SecretName::ExchangeRefreshToken;
    world
        .secrets
        .set(name, &Secret::new("revoked"))
        .expect("kept");
    let failure = sync(&controller).await.expect("ended");
    assert_eq!(failure.problem.code, Code::SignInEnded);
    let shown = controller.status().await.expect("read");
    assert_eq!(shown.state, State::SignedOut);
    let told = shown.mailbox.problem.expect("told on the mailbox's side");
    assert_eq!(told.code, Code::SignInEnded.name());
    assert!(shown.crm.problem.is_none());
    // And begins again.
    let again = begin(&controller, entry(Some(&world.address)), &world.visitor()).await;
    again.finish().await.expect("connected");
    assert!(sync(&controller).await.is_none());
    assert_eq!(linked(&controller).await, links);
    // Signing in says on the folder whose it is; entries are left alone.
    let written: Vec<String> = exchange
        .journal()
        .writes
        .into_iter()
        .map(|write| write.operation)
        .collect();
    assert_eq!(written, ["UpdateFolder"]);
    let shown = controller.status().await.expect("read");
    assert_eq!(shown.state, State::InSync);
}
