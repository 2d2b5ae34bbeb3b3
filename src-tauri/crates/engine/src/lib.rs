//! Runs a sync of one component: recover, observe, plan, journal, execute, stamp; again until nothing is left to write.
//! It decides nothing itself (that is `reconcile`) and knows neither Exchange nor the CRM (those are behind `ports`).

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use model::history::Tally;
use model::{Component, Policy, Rights, RunId, Window};
use ports::{Clock, Crm, Failure, FolderPlace, Mailbox, StateStore};
use reconcile::{Clocks, Flips, Rules};
use tracing::warn;

pub mod brake;
mod check;
mod choices;
mod execute;
mod mails;
mod observe;
pub mod owner;
mod plan;
mod progress;
mod recover;
mod refuse;
mod resolve;
mod stamps;
mod undo;
mod why;

pub use choices::choose;
pub use mails::{MailDoors, forget as forget_mails};
pub use observe::{forget, is_set_up, list_anew, start_anew};
pub use owner::{Claim, Owner};
pub use plan::{Plan, Step};
pub use progress::{Phase, Progress, Silent, Stop, Watcher};
pub use resolve::FilledIn;
pub use undo::Undone;
pub use why::Unlinked;

/// A run ends when a pass wrote nothing; more passes than this mean that two parties keep changing the same things.
const MAX_PASSES: usize = 6;
/// When clocks differ by more, nobody can say which change was later.
const CLOCKS_APART: SignedDuration = SignedDuration::from_mins(5);

/// The doors a sync goes through.
#[derive(Clone)]
pub struct Doors {
    /// The user's mailbox.
    pub mailbox: Arc<dyn Mailbox>,
    /// The user's CRM.
    pub crm: Arc<dyn Crm>,
    /// What is remembered.
    pub store: Arc<dyn StateStore>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// What holds for all runs of a profile.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The administrator's settings.
    pub policy: Policy,
    /// Which CRM, user and computer the mailbox is synced for.
    pub owner: Owner,
    /// The user's zone: its midnights bound the days that are synced.
    pub zone: TimeZone,
    /// How many past days of appointments and tasks are synced (R3.3).
    pub past_days: u32,
    /// What the CRM calls a private item it may not see into, in the user's language (R3.8).
    pub busy: String,
}

/// What came of a run over one component. What was done before a failure stays done and is counted.
#[derive(Debug)]
pub struct Ran {
    /// What was done.
    pub tally: Tally,
    /// What ended the run early.
    pub failure: Option<Failure>,
}

/// Runs syncs.
#[derive(Clone)]
pub struct Engine {
    doors: Doors,
    setup: Setup,
    watcher: Arc<dyn Watcher>,
    stop: Stop,
    is_ours: Arc<AtomicBool>,
    mails: Option<MailDoors>,
}

impl Engine {
    /// An engine over these doors; `stop` ends a run between two steps.
    pub fn new(doors: Doors, setup: Setup, watcher: Arc<dyn Watcher>, stop: Stop) -> Self {
        Self {
            doors,
            setup,
            watcher,
            stop,
            is_ours: Arc::default(),
            mails: None,
        }
    }

    /// One run over one component.
    pub async fn sync(&self, run: RunId, component: Component) -> Ran {
        if component == Component::Emails {
            return self.sync_mails(run).await;
        }
        let mut tally = Tally::default();
        let failure = self.passes(run, component, &mut tally).await.err();
        Ran { tally, failure }
    }

    async fn passes(
        &self,
        run: RunId,
        component: Component,
        tally: &mut Tally,
    ) -> ports::Result<()> {
        for pass in 0..MAX_PASSES {
            let mut recovered = Tally::default();
            let looked_up = self.recover(run, component, &mut recovered).await;
            tally.add_part(recovered);
            looked_up?;
            if pass == 0 {
                self.check(component).await?;
            }
            self.observe(component).await?;
            let plan = self.allowed_plan(component).await?;
            let mut done = Tally::default();
            let outcome = self.execute(run, &plan, &mut done).await;
            tally.add_pass(&done);
            let again = outcome?;
            let stamped = self.stamp(component).await?;
            if self.stop.is_set() || !(again || stamped || done.wrote() || recovered.wrote()) {
                return self.forget_answer(component).await;
            }
        }
        warn!(%component, passes = MAX_PASSES, "both sides keep changing; the rest follows in the next run");
        self.forget_answer(component).await
    }

    /// The plan, if no brake holds it. One that was made anew after an answer is looked at like any other.
    async fn allowed_plan(&self, component: Component) -> ports::Result<Plan> {
        loop {
            let plan = self.plan(component).await?;
            self.forget_choices(component, &plan).await?;
            self.forget_answers(component, &plan).await?;
            match self.brake(component, &plan).await? {
                brake::Verdict::Go => return Ok(plan),
                brake::Verdict::PlanAnew => {}
            }
        }
    }

    /// What a run would do now. Nothing is written to either side.
    pub async fn preview(&self, component: Component) -> ports::Result<Plan> {
        self.observe_without_writing(component).await?;
        self.plan(component).await
    }

    fn place(&self, component: Component) -> FolderPlace {
        FolderPlace {
            component,
            choice: self.setup.policy.folder(component),
        }
    }

    /// The days that are synced today.
    pub(crate) fn window(&self) -> Window {
        Window::of(
            self.doors.clock.now(),
            &self.setup.zone,
            self.setup.past_days,
            self.setup.policy.series_horizon_days,
        )
    }

    async fn rules(&self, component: Component) -> ports::Result<Rules> {
        let rights = self.doors.crm.rights(component).await?;
        Ok(self.rules_with(component, rights))
    }

    /// By how much the CRM's clock is ahead of ours. Ours may be set at any time, so what lasts is told in the CRM's.
    fn crm_ahead(&self) -> SignedDuration {
        self.doors.crm.clock_offset().unwrap_or_default()
    }

    fn rules_with(&self, component: Component, rights: Rights) -> Rules {
        let ahead = self.doors.mailbox.clock_offset().unwrap_or_default();
        Rules {
            component,
            strategy: self.setup.policy.conflict_strategy,
            rights,
            clocks: match (ahead - self.crm_ahead()).abs() > CLOCKS_APART {
                true => Clocks::Apart,
                false => Clocks::Together,
            },
            mailbox_ahead: ahead.as_secs(),
            window: self.window(),
            private_items: self.setup.policy.private_items,
            busy: self.setup.busy.clone(),
            flips: Flips::default(),
        }
    }
}
