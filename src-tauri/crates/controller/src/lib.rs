//! The running app without a window: opens a profile, signs in, runs syncs, tells what is going on. Tray, window and command line all
//! drive this and nothing below it. It puts adapters, store and engine together, and is the only part that does.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use engine::Stop;
use model::{Code, Component, Problem as ModelProblem};
use ports::{Clock, ErrorKind, Failure, MailState, StateStore, SystemClock};
use texts::{Language, Texts};
use tokio::sync::{Mutex, MutexGuard, Notify, watch};

mod account;
mod connect;
mod desk;
mod disconnect;
mod doctor;
mod facts;
mod keeper;
mod letters;
mod oauth;
mod owner;
mod run;
mod sealed;
mod snapshot;
mod state;
mod switched_off;
mod sync;
mod undo;
pub mod view;
mod waiting;
mod why;

pub use config::SignInMethod;
pub use connect::{CrmSignIn, ExchangeSignIn, Remember};
pub use desk::{chosen_language, log_folder};
pub use disconnect::DisconnectReport;
pub use doctor::{Finding, Health, Subject};
pub use engine::Claim;
pub use engine::brake::Answer;
pub use oauth::{OAuthAttempt, OAuthSignIn};
pub use run::Stillness;
pub use sealed::SealedMail;
pub use sync::{ComponentReport, PlannedOperation, PreviewComponent, PreviewReport, SyncReport};
pub use undo::{Undo, UndoReport};
pub use view::{
    Act, ComponentStatus, Connection, Counts, FieldChange, HistoryEntry, HistoryFilter, LastRun,
    Phase, Problem, Progress, Side, Snapshot, State,
};
pub use waiting::{Answers, Braked, Resolution, Waiting, WaitingField};
pub use why::{Cause, Explained, Explanation};

/// The components this version syncs.
pub const SYNCED: &[Component] = &[
    Component::Emails,
    Component::Contacts,
    Component::Appointments,
    Component::Tasks,
];

/// Those of them whose entries are linked with one another.
pub(crate) const LINKED: &[Component] = &[
    Component::Contacts,
    Component::Appointments,
    Component::Tasks,
];

/// How the product calls itself to servers; administrators filter by it.
pub(crate) const USER_AGENT: &str = concat!("ExchangeConnector/", env!("CARGO_PKG_VERSION"));

/// What a profile is opened with.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The profile's directory; the user's own where none is given.
    pub profile: Option<PathBuf>,
    /// The user's language: what is written for the user to read, in either system, is in it.
    pub language: Language,
    /// How long to rest between two runs; the usual time where none is given.
    pub rest: Option<Duration>,
}

/// The running app of one profile; clones share it.
#[derive(Clone)]
pub struct Controller {
    inner: Arc<Inner>,
}

struct Inner {
    profile: config::Profile,
    policy: config::LoadedPolicy,
    store: Arc<dyn StateStore>,
    mail_state: Arc<dyn MailState>,
    keeper: keeper::Keeper,
    signed_in: oauth::SignedIn,
    clock: Arc<dyn Clock>,
    texts: watch::Sender<Texts>,
    /// The adapters of the account, kept between runs so that sessions and connections live on.
    account: Mutex<Option<account::Account>>,
    shown: watch::Sender<Snapshot>,
    wish: Notify,
    stop: Stop,
    /// Set while somebody wants to stay connected after all.
    stay: Stop,
    ended: watch::Sender<Life>,
    /// Whose turn it is to work on the profile, among all who do in this process.
    turn: Mutex<()>,
    rest: Option<Duration>,
}

/// Held while somebody works on the profile.
pub(crate) struct Turn<'a> {
    // The file is free before the next one's turn comes.
    _lock: config::ProfileLock,
    _turn: MutexGuard<'a, ()>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Life {
    Idle,
    Running,
    Ending,
}

impl Controller {
    /// Opens a profile and reads what is known of it. No server is asked.
    pub async fn open(options: Options) -> ports::Result<Self> {
        let profile = config::Profile::open(options.profile.clone())?;
        let secrets = secrets::for_profile(profile.dir());
        Self::open_with(options, (profile, config::load_policy()?), secrets).await
    }

    /// The same with a policy and secrets of the caller's.
    async fn open_with(
        options: Options,
        (profile, policy): (config::Profile, config::LoadedPolicy),
        secrets: Arc<dyn secrets::SecretStore>,
    ) -> ports::Result<Self> {
        let store = Arc::new(state::open(&profile, &SystemClock).await?);
        let controller = Self {
            inner: Arc::new(Inner {
                profile,
                policy,
                mail_state: store.clone(),
                store,
                keeper: keeper::Keeper::new(secrets),
                signed_in: oauth::SignedIn::default(),
                clock: Arc::new(SystemClock),
                texts: watch::Sender::new(Texts::new(options.language)),
                account: Mutex::new(None),
                shown: watch::Sender::new(snapshot::blank()),
                wish: Notify::new(),
                stop: Stop::default(),
                stay: Stop::default(),
                ended: watch::Sender::new(Life::Idle),
                turn: Mutex::new(()),
                rest: options.rest,
            }),
        };
        controller.refresh().await?;
        Ok(controller)
    }

    /// The right to work on the profile. Who works on it in this process is waited for, another program is not.
    pub(crate) async fn turn(&self) -> ports::Result<Turn<'_>> {
        let turn = self.inner.turn.lock().await;
        Ok(Turn {
            _lock: self.inner.profile.lock()?,
            _turn: turn,
        })
    }

    /// Whether the user would have to sign in again if this process ended.
    pub fn holds_secrets(&self) -> bool {
        self.inner.keeper.holds_any()
    }

    /// The sentences in the user's language.
    pub(crate) fn texts(&self) -> Texts {
        *self.inner.texts.borrow()
    }

    /// Speaks another language from now on; what is shown is shown again.
    pub async fn speak(&self, language: Language) {
        self.inner.texts.send_replace(Texts::new(language));
        // It knows the words that are written into entries.
        self.forget_account().await;
        self.inner.shown.send_modify(|_| {});
    }

    /// What is shown now.
    pub fn snapshot(&self) -> Snapshot {
        self.inner.shown.borrow().clone()
    }

    /// Every change of what is shown.
    pub fn watch(&self) -> watch::Receiver<Snapshot> {
        self.inner.shown.subscribe()
    }

    /// What is known now, read anew: another program may have worked on the profile.
    pub async fn status(&self) -> ports::Result<Snapshot> {
        self.refresh().await?;
        Ok(self.snapshot())
    }

    /// What was done, newest first.
    pub async fn history(&self, filter: HistoryFilter) -> ports::Result<Vec<HistoryEntry>> {
        let lines = self.inner.store.history(&filter.into()).await?;
        Ok(lines.into_iter().map(HistoryEntry::from).collect())
    }

    /// What the policy file says that this version does not know.
    pub fn policy_warnings(&self) -> &[String] {
        &self.inner.policy.warnings
    }

    /// The components that are synced and switched on.
    pub fn components(&self) -> Vec<Component> {
        let policy = &self.inner.policy.policy;
        SYNCED
            .iter()
            .copied()
            .filter(|component| policy.components.contains(component))
            .collect()
    }
}

/// What a failure says to a window.
pub fn told(failure: &Failure) -> Problem {
    Problem::since(&failure.problem, 0)
}

/// A failure that is told by its code alone.
pub(crate) fn failure(kind: ErrorKind, code: Code) -> Failure {
    Failure::new(kind, code)
}

/// The same with values, from a problem that was kept.
pub(crate) fn failure_of(kind: ErrorKind, problem: ModelProblem) -> Failure {
    let values: BTreeMap<String, String> = problem.values;
    values.into_iter().fold(
        Failure::new(kind, problem.code),
        |failure, (name, value)| failure.with(&name, value),
    )
}
