//! What a person decided about linked entries (R6.2, R6.4): kept until it is carried out or no longer holds, because either side has moved
//! on. What still holds goes into the plan like everything else, so brakes and the last look before a write apply to it too.

use std::collections::BTreeMap;

use model::{Choice, Code, Component, LinkId, RemoteId};
use ports::{ErrorKind, Failure, Outcome, StateStore};
use reconcile::Unit;

use crate::{Engine, Plan};

/// The decisions on a component's entries, by link.
pub(crate) type Choices = BTreeMap<LinkId, Choice>;

/// Remembers a decision on an entry that waits; the next run carries it out. It replaces an earlier one on the same entry.
pub async fn choose(
    store: &dyn StateStore,
    component: Component,
    entry: &RemoteId,
    link: &LinkId,
    choice: Choice,
) -> ports::Result<()> {
    let mut choices = load(store, component).await?;
    choices.insert(link.clone(), choice);
    keep(store, component, &choices).await?;
    // Whatever a server said before is no reason to wait with it.
    let outcome = Outcome {
        accepted: vec![entry.clone()],
        ..Outcome::default()
    };
    store.commit(component, &outcome).await
}

impl Engine {
    /// Decisions of which nothing is left in the plan are carried out or no longer hold.
    pub(crate) async fn forget_choices(
        &self,
        component: Component,
        plan: &Plan,
    ) -> ports::Result<()> {
        let store = &*self.doors.store;
        let before = load(store, component).await?;
        if before.is_empty() {
            return Ok(());
        }
        match plan.decided == before {
            true => Ok(()),
            false => keep(store, component, &plan.decided).await,
        }
    }
}

pub(crate) async fn load(store: &dyn StateStore, component: Component) -> ports::Result<Choices> {
    let Some(text) = store.fact(&fact(component)).await? else {
        return Ok(Choices::new());
    };
    serde_json::from_str(&text)
        .map_err(|error| Failure::new(ErrorKind::Bug, Code::StateUnusable).caused_by(error))
}

pub(crate) async fn keep(
    store: &dyn StateStore,
    component: Component,
    choices: &Choices,
) -> ports::Result<()> {
    let text = match choices.is_empty() {
        true => None,
        false => Some(serde_json::to_string(choices).expect("decisions are plain data")),
    };
    store.set_fact(&fact(component), text.as_deref()).await
}

/// Gives a unit what was decided about it, as far as that holds for what both ends show now.
pub(crate) fn give(unit: &mut Unit, component: Component, choices: &mut Choices) {
    let Some(choice) = choices.remove(&unit.id) else {
        return;
    };
    let open = choice.open(&unit.item_values(component), &unit.record_values(component));
    unit.choice = (!open.is_empty()).then_some(open);
}

fn fact(component: Component) -> String {
    format!("decided.{component}")
}
