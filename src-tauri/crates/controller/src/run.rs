//! The loop: a run, a rest, another run; sooner when somebody asks, later when a server wants to be left alone, not at all while paused.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use model::policy::Communication;
use ports::{ErrorKind, Failure, Mails};
use tokio::sync::watch;
use tracing::{debug, warn};

use crate::{Controller, Life, State, facts, snapshot};

/// How long a credential store that its owner did not unlock is left alone, unless they ask for a run.
const LOCKED: Duration = Duration::from_secs(60 * 60);
/// The rest between two runs in the background.
const ASYNCHRONOUS: Duration = Duration::from_secs(5 * 60);
/// The rest under *synchronous* communication: the CRM cannot call, so it is asked this often (DESIGN 7).
const SYNCHRONOUS: Duration = Duration::from_secs(15);
/// After an event it is waited so long for those that belong to it.
const SETTLING: Duration = Duration::from_millis(500);
/// The rest after a server could not be reached.
const OFFLINE: Duration = Duration::from_secs(60);

/// What is kept of a pause without an end.
const FOREVER: &str = "yes";

/// A pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pause {
    /// Until when; `None` until somebody resumes.
    pub until: Option<Timestamp>,
}

impl Pause {
    /// How long it still lasts.
    fn rest(self, now: Timestamp) -> Duration {
        let left = self.until.map(|until| until.duration_since(now));
        left.map_or(Duration::MAX, |left| {
            // A moment more, so that it is over when it is looked at.
            Duration::try_from(left).unwrap_or_default() + Duration::from_secs(1)
        })
    }
}

impl Controller {
    /// Runs until `shutdown`.
    pub async fn run(self) -> ports::Result<()> {
        if self.is_ending() {
            return Ok(());
        }
        self.inner.ended.send_replace(Life::Running);
        // However it ends, nobody waits for it any more.
        let _ended = Ended(&self.inner.ended);
        let mut advised = false;
        while !self.is_ending() {
            let rest = self.round().await;
            advised = advised || self.is_advised().await;
            self.rest(rest).await;
        }
        Ok(())
    }

    /// A run broke off by a defect of ours: it is kept like any other problem, and another one may begin.
    pub async fn broke_off(&self) {
        self.note(&Failure::bug("a run broke off")).await;
    }

    /// Held, nobody else is at work on the profile in this process; nothing where somebody is.
    pub fn stillness(&self) -> Option<Stillness<'_>> {
        let turn = self.inner.turn.try_lock().ok()?;
        Some(Stillness { _turn: turn })
    }

    /// A run begins at once.
    pub fn sync_now(&self) {
        self.inner.wish.notify_one();
    }

    /// No run begins until `resume`; one under way ends after its present step.
    pub fn pause(&self) {
        self.set_paused_soon(true);
    }

    /// Runs begin again.
    pub fn resume(&self) {
        self.set_paused_soon(false);
    }

    fn set_paused_soon(&self, paused: bool) {
        let controller = self.clone();
        tokio::spawn(async move {
            if let Err(failure) = controller.set_paused(paused).await {
                warn!(%failure, "pausing failed");
            }
        });
    }

    /// Pauses or resumes, and knows that it is kept when it returns.
    pub async fn set_paused(&self, paused: bool) -> ports::Result<()> {
        self.keep_pause(paused.then(|| FOREVER.to_owned())).await
    }

    /// Pauses until then; without a time, until somebody resumes.
    pub async fn pause_until(&self, until: Option<Timestamp>) -> ports::Result<()> {
        let until = until.map_or_else(|| FOREVER.to_owned(), |until| until.to_string());
        self.keep_pause(Some(until)).await
    }

    async fn keep_pause(&self, pause: Option<String>) -> ports::Result<()> {
        let store = &self.inner.store;
        store.set_fact(facts::PAUSED, pause.as_deref()).await?;
        match pause {
            Some(_) => self.inner.stop.set(),
            None => self.inner.stop.clear(),
        }
        self.refresh().await?;
        self.sync_now();
        Ok(())
    }

    /// Whether nothing is synced now, and until when; a pause that is over is none.
    pub(crate) async fn pause_now(&self) -> ports::Result<Option<Pause>> {
        let kept = self.inner.store.fact(facts::PAUSED).await?;
        let until = kept.map(|text| text.parse::<Timestamp>().ok());
        Ok(until
            .filter(|until| until.is_none_or(|until| self.inner.clock.now() < until))
            .map(|until| Pause { until }))
    }

    pub(crate) async fn is_paused(&self) -> ports::Result<bool> {
        Ok(self.pause_now().await?.is_some())
    }

    /// Ends the loop; a run under way ends after its present step and loses nothing.
    pub async fn shutdown(&self) {
        let mut life = self.inner.ended.subscribe();
        let was_running = *life.borrow() != Life::Idle;
        self.inner.ended.send_replace(Life::Ending);
        if !was_running {
            return;
        }
        self.inner.stop.set();
        self.inner.wish.notify_one();
        // The sender is part of self, so this can only end by the loop's end.
        let _ = life.wait_for(|life| *life == Life::Idle).await;
    }

    fn is_ending(&self) -> bool {
        *self.inner.ended.borrow() == Life::Ending
    }

    /// One run, where one may begin; the answer is how long to rest.
    async fn round(&self) -> Duration {
        let usual = match self.inner.policy.policy.communication {
            Communication::Asynchronous => ASYNCHRONOUS,
            Communication::Synchronous => SYNCHRONOUS,
        };
        let usual = self.inner.rest.unwrap_or(usual);
        // The user wants to be rid of the connection: no pause and no first sync that is still to be allowed holds that up.
        if let Err(failure) = self.go_on_disconnecting().await {
            self.note(&failure).await;
            return rest_after(&failure, usual);
        }
        match self.pause_now().await {
            Ok(Some(pause)) => return pause.rest(self.inner.clock.now()).min(usual),
            // Another program may have resumed what was paused here, or the pause is over.
            Ok(None) if !self.is_ending() => self.inner.stop.clear(),
            Ok(None) => {}
            Err(failure) => warn!(%failure, "the profile cannot be read"),
        }
        let failure = match self.sync_by_itself().await {
            Ok(report) => report.and_then(|report| report.failure),
            Err(failure) => {
                self.note(&failure).await;
                Some(failure)
            }
        };
        failure.map_or(usual, |failure| rest_after(&failure, usual))
    }

    /// Once after a start, when both servers answer, it is looked for what would make things better; the settings show it (R5.5).
    async fn is_advised(&self) -> bool {
        let answers = matches!(self.snapshot().state, State::InSync | State::Attention);
        if !answers || self.is_ending() {
            return false;
        }
        match self.look_for_advice().await {
            Ok(()) => true,
            Err(failure) => {
                debug!(%failure, "no advice");
                false
            }
        }
    }

    async fn note(&self, failure: &Failure) {
        let side = self.side_of(failure);
        let before = match side {
            Ok(side) => self.open_trouble(side).await.ok().flatten(),
            Err(_) => None,
        };
        let is_new = before.is_none_or(|before| before.code != failure.problem.code);
        let quiet = [
            model::Code::NotConnected,
            model::Code::ProfileInUse,
            model::Code::DisconnectStopped,
        ];
        let is_quiet = quiet.contains(&failure.problem.code);
        // Each trouble is in the log once, not every few minutes.
        match is_new && !is_quiet {
            true => warn!(%failure, "no run"),
            false => debug!(%failure, "no run"),
        }
        if !is_quiet && let Err(second) = self.note_outcome(Some(failure)).await {
            warn!(%failure, %second, "a failure could not be kept");
        }
        if let Err(second) = self.refresh().await {
            warn!(%second, "the profile cannot be read");
        }
    }

    async fn rest(&self, rest: Duration) {
        if self.is_ending() {
            return;
        }
        let due = SignedDuration::try_from(rest)
            .ok()
            .and_then(|rest| self.inner.clock.now().checked_add(rest).ok());
        self.inner.shown.send_modify(|shown| {
            shown.next_run = due.and_then(snapshot::due);
        });
        tokio::select! {
            () = self.inner.wish.notified() => {}
            () = tokio::time::sleep(rest) => {}
            () = self.something_happens() => {}
        }
        self.inner.shown.send_modify(|shown| shown.next_run = None);
    }
}

/// While it lives nobody else works on the profile.
pub struct Stillness<'a> {
    _turn: tokio::sync::MutexGuard<'a, ()>,
}

/// The end of the loop of runs.
struct Ended<'a>(&'a watch::Sender<Life>);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.send_replace(Life::Idle);
    }
}

impl Controller {
    /// Under *synchronous* communication: the mailbox tells when something happens in a folder that is synced. Where it does not, nothing
    /// happens here, and the rest ends by itself.
    async fn something_happens(&self) {
        if self.inner.policy.policy.communication == Communication::Synchronous
            && let Err(failure) = self.wait_for_mailbox().await
        {
            debug!(%failure, "the mailbox does not tell of changes; it is asked");
            // A refused sign-in is one, whoever asked for it (R7.5).
            if failure.kind == ErrorKind::SignInNeeded {
                self.note(&failure).await;
            }
        } else if self.inner.policy.policy.communication == Communication::Synchronous {
            // One act of a user is several events.
            tokio::time::sleep(SETTLING).await;
            return;
        }
        std::future::pending().await
    }

    async fn wait_for_mailbox(&self) -> ports::Result<()> {
        if matches!(self.is_paused().await, Ok(true)) {
            return std::future::pending().await;
        }
        self.may_sign_in().await?;
        let account = self.account().await?;
        let engine = self.engine(&account);
        let mut folders = Vec::new();
        for component in self.components() {
            folders.extend(engine.folders_to_watch(component).await?);
        }
        match folders.is_empty() {
            true => std::future::pending().await,
            false => account.mailbox.wait(&folders).await,
        }
    }
}

fn rest_after(failure: &Failure, usual: Duration) -> Duration {
    match &failure.kind {
        ErrorKind::Throttled { after } => after.unwrap_or(OFFLINE).max(usual),
        ErrorKind::Offline | ErrorKind::OutcomeUnknown => OFFLINE,
        // Each question to a locked store may open a dialog.
        _ if failure.problem.code == model::Code::SecretStoreUnavailable => LOCKED,
        ErrorKind::SignInNeeded
        | ErrorKind::Denied
        | ErrorKind::Gone
        | ErrorKind::Stale
        | ErrorKind::Refused { .. }
        | ErrorKind::Malformed
        | ErrorKind::Bug => usual.max(ASYNCHRONOUS),
    }
}
