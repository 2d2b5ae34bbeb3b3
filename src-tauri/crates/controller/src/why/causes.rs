//! What keeps a whole component, or everything, from being synced: told once, before any entry.

use model::{Code, Component, Problem, Side};

use super::{Cause, add};
use crate::{Controller, SYNCED};

impl Controller {
    /// All of them, what concerns everything first. No server is asked.
    pub(super) async fn causes(&self) -> ports::Result<Vec<Cause>> {
        let mut of_components = self.causes_of_components().await?;
        let mut causes = Vec::new();
        let settings = self.inner.profile.settings()?;
        if settings.crm.is_none() || settings.exchange.is_none() {
            add(&mut causes, None, Problem::new(Code::NotConnected));
        }
        if let Err(failure) = self.may_sign_in().await {
            add(&mut causes, None, failure.problem);
        }
        for side in [Side::Mailbox, Side::Crm] {
            let trouble = self.open_trouble(side).await?;
            let own = |problem: &Problem| {
                let codes = of_components.iter().map(|cause| cause.problem.code);
                codes.into_iter().any(|code| code == problem.code)
            };
            if let Some(problem) = trouble.filter(|problem| !own(problem)) {
                add(&mut causes, None, problem);
            }
        }
        if self.is_paused().await? {
            add(&mut causes, None, Problem::new(Code::Paused));
        }
        causes.append(&mut of_components);
        Ok(causes)
    }

    async fn causes_of_components(&self) -> ports::Result<Vec<Cause>> {
        let mut causes = Vec::new();
        let on = self.components();
        for component in SYNCED.iter().filter(|component| !on.contains(component)) {
            let problem = Problem::new(Code::ComponentOff).with("component", component.name());
            add(&mut causes, Some(*component), problem);
        }
        for braked in self.braked().await? {
            let alarms = braked.tripped.alarms.into_iter().take(1);
            alarms.for_each(|alarm| add(&mut causes, Some(braked.component), alarm));
        }
        for (component, problem) in self.denied().await? {
            add(&mut causes, Some(component), problem);
        }
        Ok(causes)
    }

    /// Components whose last run ended at a missing right. Other failures end the whole run and are told as trouble of a side.
    async fn denied(&self) -> ports::Result<Vec<(Component, Problem)>> {
        let runs = self.inner.store.last_runs().await?;
        let denied = runs.into_iter().filter_map(|(component, run)| {
            let problem = run.problem?;
            let denied = problem.code == Code::PermissionMissing;
            denied.then_some((component, problem))
        });
        Ok(denied.collect())
    }
}
