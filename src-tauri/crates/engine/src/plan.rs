//! From what was observed to what is to be done. The same plan is printed by a preview and carried out by a run.

use std::collections::BTreeMap;

use model::{Component, Link, LinkId, Observation, Problem, RecordId, RemoteId};
use ports::{LinkFilter, Refusal};
use reconcile::{
    Decision, Flips, Held, ItemSide, LinkFate, Pairing, RecordSide, Rules, Unit, decide, flips,
    pair,
};

use crate::brake::answers::{self, Answers};
use crate::choices::{self, Choices};
use crate::progress::{Phase, Progress};
use crate::{Engine, refuse};

/// The content of a refusal that rests whatever the entry holds by now.
pub(crate) const WHATEVER: &str = "*";

/// One unit with what is to be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What belongs together.
    pub unit: Unit,
    /// What is to be done.
    pub decision: Decision,
    /// How a person calls it.
    pub title: String,
    /// What is taken over, as a hash; a later look at the ends does not change it.
    pub(crate) content: String,
}

/// What a run would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Over which component.
    pub component: Component,
    /// The rules it was made by.
    pub rules: Rules,
    /// What is to be done.
    pub steps: Vec<Step>,
    /// What is left alone because it is not plain.
    pub held: Vec<Held>,
    /// What was refused before and is not tried now.
    pub resting: Vec<Refusal>,
    /// Observations without consequence.
    pub(crate) idle: Vec<RemoteId>,
    /// What was refused before, by entry.
    pub(crate) refusals: BTreeMap<RemoteId, Refusal>,
    /// What was decided and is not carried out yet, also of what rests.
    pub(crate) decided: Choices,
    /// What was said about losses and is not carried out yet, also of what rests.
    pub(crate) answered: Answers,
}

impl Step {
    /// Whether it makes one of two that are there already. What is on both sides may be let be all the same, such as what is over.
    pub fn links(&self) -> bool {
        let is_pair = self.unit.link.is_none() && self.unit.subjects.len() > 1;
        is_pair
            && match self.decision.link {
                LinkFate::Put(_) => true,
                LinkFate::Keep | LinkFate::Drop(_) => !self.decision.operations.is_empty(),
            }
    }
}

impl Plan {
    /// What is left undone, each with its reason.
    pub fn skipped(&self) -> impl Iterator<Item = (&str, &Problem)> {
        let held = self
            .held
            .iter()
            .map(|held| (held.title.as_str(), &held.problem));
        let waiting = self.steps.iter().filter_map(|step| {
            let problem = step.decision.waits.as_ref()?;
            Some((step.title.as_str(), problem))
        });
        let passed = self.steps.iter().filter_map(|step| {
            let problem = step.decision.passes.as_ref()?;
            Some((step.title.as_str(), problem))
        });
        held.chain(waiting).chain(passed)
    }
}

impl Engine {
    pub(crate) async fn plan(&self, component: Component) -> ports::Result<Plan> {
        self.watcher.progress(Progress {
            component,
            phase: Phase::Planning,
            done: 0,
            total: None,
        });
        let observations = self.doors.store.observations(component).await?;
        let refusals = self.doors.store.refusals(component).await?;
        let rules = self.rules(component).await?;
        let pairing = self.paired(component, observations).await?;
        let mut plan = Plan {
            component,
            rules: Rules {
                flips: self.flips(component, &pairing).await?,
                ..rules
            },
            steps: Vec::with_capacity(pairing.units.len()),
            held: pairing.held,
            resting: Vec::new(),
            idle: pairing.idle,
            refusals: refusals
                .into_iter()
                .map(|refusal| (refusal.entry.clone(), refusal))
                .collect(),
            decided: Choices::new(),
            answered: Answers::new(),
        };
        let store = &*self.doors.store;
        let mut choices = choices::load(store, component).await?;
        let mut answers = answers::load(store, component).await?;
        for mut unit in pairing.units {
            choices::give(&mut unit, component, &mut choices);
            if let Some(choice) = &unit.choice {
                plan.decided.insert(unit.id.clone(), choice.clone());
            }
            if let Some(answered) = answers::give(&mut unit, &mut answers) {
                plan.answered.insert(unit.id.clone(), answered);
            }
            self.add(&mut plan, unit);
        }
        Ok(plan)
    }

    /// Which fields went to and fro too often of late.
    async fn flips(&self, component: Component, pairing: &Pairing) -> ports::Result<Flips> {
        if pairing.units.iter().all(|unit| unit.link.is_none()) {
            return Ok(Flips::default());
        }
        let since = self.doors.clock.now() - flips::WITHIN;
        let store = &self.doors.store;
        let updates = store.rewritten(component, since, flips::UPDATES).await?;
        Ok(Flips::told_by(&updates))
    }

    fn add(&self, plan: &mut Plan, unit: Unit) {
        let now = self.doors.clock.now();
        let content = content(plan.component, &unit);
        // What is made anew because the other end is gone has a source that nobody looked at: it is known by its link.
        let ends = unit.link.iter().flat_map(Link::ends);
        let resting = unit.subjects.iter().cloned().chain(ends).find_map(|entry| {
            let refusal = plan.refusals.get(&entry)?;
            let is_same = refusal.content == content || refusal.content == WHATEVER;
            (is_same && refuse::rests(refusal, now)).then(|| refusal.clone())
        });
        if let Some(refusal) = resting {
            plan.resting.push(refusal);
            return;
        }
        plan.steps.push(Step {
            decision: decide(&unit, &plan.rules),
            title: unit.title(plan.component),
            content,
            unit,
        });
    }

    /// Pairs, and once more when a stamp names a record that has to be looked up first.
    async fn paired(
        &self,
        component: Component,
        mut observations: Vec<Observation>,
    ) -> ports::Result<Pairing> {
        let links = self.links_for(component, &observations).await?;
        let mut fresh = || LinkId::new(uuid::Uuid::new_v4().simple().to_string());
        let crm = &self.setup.owner.crm;
        let pairing = pair(
            component,
            crm,
            links.clone(),
            observations.clone(),
            &mut fresh,
        );
        if pairing.unknown_records.is_empty() && pairing.unknown_items.is_empty() {
            return Ok(pairing);
        }
        let mut looked_up = self
            .look_up_records(component, &pairing.unknown_records)
            .await?;
        looked_up.extend(
            self.look_up_items(component, &pairing.unknown_items)
                .await?,
        );
        self.doors
            .store
            .observe(component, &looked_up, None)
            .await?;
        observations.extend(looked_up);
        Ok(pair(component, crm, links, observations, &mut fresh))
    }

    async fn links_for(
        &self,
        component: Component,
        observations: &[Observation],
    ) -> ports::Result<Vec<model::Link>> {
        let (mut items, mut records) = (Vec::new(), Vec::<RecordId>::new());
        for observation in observations {
            if let Observation::Item(item) = observation
                && let Some(stamp) = &item.stamp
                && stamp.crm == self.setup.owner.crm
            {
                records.push(stamp.record.clone());
            }
            match observation.subject() {
                RemoteId::Mailbox(id) => items.push(id),
                RemoteId::Crm(id) => records.push(id),
            }
        }
        let has_items = !items.is_empty();
        let store = &self.doors.store;
        let mut links = store.links(component, LinkFilter::OfItems(items)).await?;
        links.extend(
            store
                .links(component, LinkFilter::OfRecords(records))
                .await?,
        );
        if has_items {
            links.extend(store.links(component, LinkFilter::StayingAway).await?);
        }
        Ok(links)
    }
}

/// What was observed, as a hash: a refused entry is tried again as soon as it is another, or either end is gone.
fn content(component: Component, unit: &Unit) -> String {
    let item = match &unit.item {
        ItemSide::Absent | ItemSide::Unchanged => String::new(),
        ItemSide::Gone => "gone".to_owned(),
        ItemSide::Present(_) => unit.item_values(component).digest(),
    };
    let record = match &unit.record {
        RecordSide::Absent | RecordSide::Unchanged => String::new(),
        RecordSide::Gone => "gone".to_owned(),
        RecordSide::Left => "left".to_owned(),
        RecordSide::Present(_) => unit.record_values(component).digest(),
    };
    format!("{item}-{record}")
}
