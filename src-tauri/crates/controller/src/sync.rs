//! One run over the components, for whoever asks: the loop, the window or the command line. One program at a time works on a profile.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use engine::{Engine, Plan, Progress, Watcher};
use model::history::Tally;
use model::{Code, Component, Operation, Problem, RunId, Side};
use ports::{ErrorKind, Failure};
use secrets::SecretName;
use tracing::{info, warn};

use crate::account::{Account, Requests};
use crate::{Controller, facts, failure, snapshot, view};

/// What a run did for one component.
#[derive(Debug, Clone, Default)]
pub struct ComponentReport {
    /// What was done.
    pub tally: Tally,
    /// What ended it early.
    pub problem: Option<Problem>,
}

/// What a run did.
#[derive(Debug)]
pub struct SyncReport {
    /// Which run.
    pub run: RunId,
    /// By component.
    pub components: BTreeMap<Component, ComponentReport>,
    /// Requests to Exchange.
    pub requests_exchange: u64,
    /// Requests to the CRM.
    pub requests_crm: u64,
    /// How long it took.
    pub seconds: f64,
    /// What ended it early; what was done before is done.
    pub failure: Option<Failure>,
}

/// One write a run would do.
#[derive(Debug, Clone)]
pub struct PlannedOperation {
    /// The write.
    pub operation: Operation,
    /// How a person calls the entry.
    pub title: String,
}

/// What a run would do for one component.
#[derive(Debug, Clone, Default)]
pub struct PreviewComponent {
    /// In numbers.
    pub tally: Tally,
    /// The writes.
    pub operations: Vec<PlannedOperation>,
    /// Entries that are there on both sides and would be joined.
    pub linked: Vec<String>,
    /// Entries that would be left alone, and why.
    pub skipped: Vec<(String, Problem)>,
}

/// What a run would do. Nothing was written.
#[derive(Debug, Clone)]
pub struct PreviewReport {
    /// By component.
    pub components: BTreeMap<Component, PreviewComponent>,
    /// Requests to Exchange.
    pub requests_exchange: u64,
    /// Requests to the CRM.
    pub requests_crm: u64,
    /// How long it took.
    pub seconds: f64,
}

impl Controller {
    /// One run. A failure before anything could begin is an error; one in between is part of the report.
    pub async fn sync(&self, components: Option<Vec<Component>>) -> ports::Result<SyncReport> {
        let _turn = self.turn().await?;
        self.finish_disconnect().await?;
        let components = self.chosen(components)?;
        self.may_sign_in().await?;
        // Whoever asked for this one has seen what there is to see.
        self.inner.store.set_fact(facts::AWAITS_START, None).await?;
        self.run_over(components).await
    }

    /// One run that nobody asked for; none where the first one waits for the user's word (R6.10).
    pub(crate) async fn sync_by_itself(&self) -> ports::Result<Option<SyncReport>> {
        let _turn = self.turn().await?;
        self.finish_disconnect().await?;
        if self.awaits_start().await? {
            return Ok(None);
        }
        self.may_sign_in().await?;
        self.run_over(self.components()).await.map(Some)
    }

    /// One run, in the caller's turn.
    async fn run_over(&self, components: Vec<Component>) -> ports::Result<SyncReport> {
        let account = self.account().await?;
        if components == self.components() {
            self.clear_switched_off(&account).await?;
        }
        let engine = self.engine(&account);
        let (began, before) = (Instant::now(), Requests::of(&account));
        let run = self
            .inner
            .store
            .start_run(&components, self.inner.clock.now())
            .await?;
        let mut report = SyncReport {
            run,
            components: BTreeMap::new(),
            requests_exchange: 0,
            requests_crm: 0,
            seconds: 0.0,
            failure: None,
        };
        for component in components {
            self.sync_component(&engine, component, &mut report).await?;
            if report.failure.as_ref().is_some_and(ends_the_run) {
                break;
            }
        }
        if report
            .failure
            .as_ref()
            .is_none_or(|failure| !ends_the_run(failure))
        {
            self.mail_conflicts(&*account.mailbox, report.run).await?;
        }
        let requests = Requests::of(&account).since(before);
        (report.requests_exchange, report.requests_crm) = (requests.exchange, requests.crm);
        report.seconds = began.elapsed().as_secs_f64();
        self.keep_cache(&account).await?;
        if report.failure.is_none() {
            // Servers that were spoken to have agreed to what the computer calls now: a clock set far ahead costs nobody the history.
            self.forget_old_history().await?;
        }
        self.note_outcome(report.failure.as_ref()).await?;
        self.refresh().await?;
        Ok(report)
    }

    async fn sync_component(
        &self,
        engine: &Engine,
        component: Component,
        report: &mut SyncReport,
    ) -> ports::Result<()> {
        let ran = engine.sync(report.run, component).await;
        let problem = ran.failure.as_ref().map(|failure| failure.problem.clone());
        match &ran.failure {
            Some(failure) => warn!(%component, %failure, "the run ended early"),
            None => info!(%component, wrote = ran.tally.wrote(), "the run is over"),
        }
        let now = self.inner.clock.now();
        self.inner
            .store
            .finish_run(report.run, component, now, &ran.tally, problem.as_ref())
            .await?;
        let done = ComponentReport {
            tally: ran.tally,
            problem,
        };
        report.components.insert(component, done);
        // What ends the run counts before what one component only stopped at.
        let before = report.failure.take();
        report.failure = match (before, ran.failure) {
            (Some(before), Some(now)) if ends_the_run(&now) && !ends_the_run(&before) => Some(now),
            (before, now) => before.or(now),
        };
        Ok(())
    }

    /// What a run would do now. Nothing is written to either side.
    pub async fn preview(
        &self,
        components: Option<Vec<Component>>,
    ) -> ports::Result<PreviewReport> {
        let _turn = self.turn().await?;
        let components = self.chosen(components)?;
        self.may_sign_in().await?;
        let account = self.account().await?;
        let engine = self.engine(&account);
        let (began, before) = (Instant::now(), Requests::of(&account));
        let mut shown = BTreeMap::new();
        for component in components {
            let preview = preview(&engine, component).await;
            if let Err(failure) = &preview {
                self.note_outcome(Some(failure)).await?;
                // What looked like a run is over.
                self.refresh().await?;
            }
            shown.insert(component, preview?);
        }
        self.keep_cache(&account).await?;
        self.refresh().await?;
        let requests = Requests::of(&account).since(before);
        Ok(PreviewReport {
            components: shown,
            requests_exchange: requests.exchange,
            requests_crm: requests.crm,
            seconds: began.elapsed().as_secs_f64(),
        })
    }

    fn chosen(&self, asked: Option<Vec<Component>>) -> ports::Result<Vec<Component>> {
        let on = self.components();
        match asked {
            None => Ok(on),
            Some(asked) => {
                match asked.iter().find(|component| !on.contains(component)) {
                    None => Ok(asked),
                    Some(off) => Err(failure(ErrorKind::Denied, Code::ComponentOff)
                        .with("component", off.name())),
                }
            }
        }
    }

    pub(crate) fn engine(&self, account: &Account) -> Engine {
        let teller = Teller {
            shown: self.inner.shown.clone(),
        };
        let engine = Engine::new(
            account.doors(self),
            account.setup.clone(),
            Arc::new(teller),
            self.inner.stop.clone(),
        );
        engine.with_mails(account.mail_doors(self))
    }

    async fn keep_cache(&self, account: &Account) -> ports::Result<()> {
        self.remember(facts::CRM_CACHE, &account.crm.export_cache())
            .await
    }

    /// After so many refused sign-ins in a row nothing is tried until something new was entered, so that no account is locked (R7.5).
    pub(crate) async fn may_sign_in(&self) -> ports::Result<()> {
        for side in [Side::Mailbox, Side::Crm] {
            self.may_sign_in_at(side).await?;
        }
        Ok(())
    }

    /// The same for one side.
    pub(crate) async fn may_sign_in_at(&self, side: Side) -> ports::Result<()> {
        let most = u64::from(self.inner.policy.policy.max_failed_sign_ins.max(1));
        let failed = self.failed_sign_ins(side).await?;
        if failed < most {
            return Ok(());
        }
        Err(failure(ErrorKind::SignInNeeded, Code::SignInStopped)
            .with("side", side.name())
            .with("count", failed.to_string()))
    }

    async fn failed_sign_ins(&self, side: Side) -> ports::Result<u64> {
        let count = self.inner.store.fact(failed_fact(side)).await?;
        Ok(count.and_then(|count| count.parse().ok()).unwrap_or(0))
    }

    pub(crate) async fn reset_failed_sign_ins(&self, side: Side) -> ports::Result<()> {
        self.inner.store.set_fact(failed_fact(side), None).await
    }

    /// Remembers what is wrong with which side, or that nothing is.
    pub(crate) async fn note_outcome(&self, failure: Option<&Failure>) -> ports::Result<()> {
        let Some(failure) = failure else {
            for side in [Side::Mailbox, Side::Crm] {
                self.reset_failed_sign_ins(side).await?;
                self.forget_trouble(side).await?;
            }
            return Ok(());
        };
        let side = self.side_of(failure)?;
        self.count_sign_in(side, failure).await?;
        self.keep_trouble(side, failure).await?;
        // The mailbox is asked first, so when the CRM fails the mailbox has just answered.
        if side == Side::Crm {
            self.forget_trouble(Side::Mailbox).await?;
        }
        Ok(())
    }

    /// Counts a refused sign-in; any other failure is none.
    pub(crate) async fn count_sign_in(&self, side: Side, failure: &Failure) -> ports::Result<()> {
        let refused = matches!(
            failure.problem.code,
            Code::WrongPassword | Code::WrongAccessKey | Code::AccessKeyNoLongerValid
        );
        if !refused {
            return Ok(());
        }
        let failed = self.failed_sign_ins(side).await? + 1;
        self.remember(failed_fact(side), &failed.to_string()).await
    }

    /// Whose failure it is: it says so, or its code does, or the server it names.
    pub(crate) fn side_of(&self, failure: &Failure) -> ports::Result<Side> {
        let value = |name: &str| failure.problem.values.get(name).map(String::as_str);
        if value("side") == Some(Side::Crm.name())
            || value("command") == Some(SecretName::CrmAccessKey.command())
            || value("module").is_some()
        {
            return Ok(Side::Crm);
        }
        match failure.problem.code {
            Code::WrongAccessKey
            | Code::AccessKeyNoLongerValid
            | Code::AccessKeyUndefined
            | Code::NotCrm => return Ok(Side::Crm),
            Code::WrongPassword
            | Code::NotExchange
            | Code::EwsSwitchedOff
            | Code::MailboxNotFound
            | Code::PasswordExpired
            | Code::BrowserSignInNotOffered
            | Code::SignInEnded
            | Code::SecondFactorNeeded
            | Code::AccessRestricted
            | Code::ConsentMissing
            | Code::ConsentDeclined
            | Code::AccountNotInTenant
            | Code::SignInMisconfigured
            | Code::AccountDisabled
            | Code::AccountLocked
            | Code::MailboxFull
            | Code::FolderMissing => return Ok(Side::Mailbox),
            _ => {}
        }
        let settings = self.inner.profile.settings()?;
        let crm = settings.crm.map(|crm| snapshot::server_of(&crm.url));
        Ok(if crm.is_some() && value("server") == crm.as_deref() {
            Side::Crm
        } else {
            Side::Mailbox
        })
    }
}

fn failed_fact(side: Side) -> &'static str {
    match side {
        Side::Mailbox => facts::FAILED_EXCHANGE,
        Side::Crm => facts::FAILED_CRM,
    }
}

/// A failure of one component only lets the others go on; one of a server ends the run.
fn ends_the_run(failure: &Failure) -> bool {
    failure.kind != ErrorKind::Denied
}

/// Of mails only their number is known before they are read.
async fn preview(engine: &Engine, component: Component) -> ports::Result<PreviewComponent> {
    if component != Component::Emails {
        return Ok(preview_of(&engine.preview(component).await?));
    }
    let mut shown = PreviewComponent::default();
    shown.tally.records.created = engine.mails_waiting().await?;
    Ok(shown)
}

fn preview_of(plan: &Plan) -> PreviewComponent {
    let mut shown = PreviewComponent::default();
    for step in &plan.steps {
        if step.links() {
            shown.linked.push(step.title.clone());
        }
        for operation in &step.decision.operations {
            count(operation, &mut shown.tally);
            shown.operations.push(PlannedOperation {
                operation: operation.clone(),
                title: step.title.clone(),
            });
        }
    }
    shown.tally.linked = shown.linked.len() as u64;
    shown.tally.failed = plan.resting.len() as u64;
    for (title, problem) in plan.skipped() {
        if problem.code.is_conflict() {
            shown.tally.conflicts += 1;
        } else {
            shown.tally.skipped += 1;
        }
        shown.skipped.push((title.to_owned(), problem.clone()));
    }
    shown
}

fn count(operation: &Operation, tally: &mut Tally) {
    match operation {
        Operation::CreateItem { .. } => tally.items.created += 1,
        Operation::UpdateItem { .. } => tally.items.updated += 1,
        Operation::DeleteItem { .. } => tally.items.deleted += 1,
        Operation::CreateRecord { .. } => tally.records.created += 1,
        Operation::UpdateRecord { .. } => tally.records.updated += 1,
        Operation::DeleteRecord { .. } => tally.records.deleted += 1,
    }
}

/// Shows the engine's progress to whoever watches.
struct Teller {
    shown: tokio::sync::watch::Sender<view::Snapshot>,
}

impl Watcher for Teller {
    fn progress(&self, progress: Progress) {
        self.shown.send_modify(|snapshot| {
            snapshot.state = view::State::Syncing;
            for status in &mut snapshot.components {
                if status.component == progress.component.into() {
                    status.progress = Some(view::Progress {
                        phase: progress.phase.into(),
                        done: progress.done,
                        total: progress.total,
                    });
                }
            }
        });
    }
}
