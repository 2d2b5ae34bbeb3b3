//! What waits for the user: brakes that tripped (R6.8), and entries that could not be taken over, each with its reason and what either
//! side holds, and how a user helps one along: by filling in what is missing (R6.5) or choosing between both sides (R6.4).

use std::collections::BTreeMap;

use engine::FilledIn;
use engine::brake::{self, Answer, Tripped};
use model::{
    Code, Component, Field, Fields, ItemId, Link, LinkId, Observation, RecordId, RemoteId, Side,
};
use ports::{ErrorKind, Failure, LinkFilter, Refusal};

use crate::{Controller, SYNCED, SyncReport, failure};

mod choice;
pub(crate) use choice::{is_open, missing};

/// A component that waits for a word about what a run would do.
#[derive(Debug, Clone)]
pub struct Braked {
    /// How it is called on the command line: `brake/<component>`.
    pub id: String,
    /// Which component.
    pub component: Component,
    /// Why, and since when.
    pub tripped: Tripped,
}

/// An entry that waits.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// How it is called on the command line: `<component>/<side>/<entry>`.
    pub id: String,
    /// What kind of entry.
    pub component: Component,
    /// Why, and since when.
    pub refusal: Refusal,
    /// The item, where there is one.
    pub item: Option<ItemId>,
    /// The record, where there is one.
    pub record: Option<RecordId>,
    /// The link between the two, if they are linked.
    pub link: Option<LinkId>,
    /// The fields of the entry with what either side holds, in the order they are shown.
    pub fields: Vec<WaitingField>,
}

/// One field of an entry that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingField {
    /// Which.
    pub field: Field,
    /// What both sides held when they last agreed; `None` where they never met.
    pub base: Option<String>,
    /// What the CRM holds; `None` where there is no record.
    pub crm: Option<String>,
    /// What the mailbox holds; `None` where there is no item.
    pub exchange: Option<String>,
}

/// What was said about fields of an entry: our names, or the CRM's own.
pub type Answers = Vec<(String, String)>;

/// How a user helps an entry along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// Both sides become as this one is.
    Keep(Side),
    /// Field by field: in a conflict `crm`, `exchange` or another value, else what is missing.
    Fields(Answers),
    /// It is tried again as it is: what was in its way may be gone.
    Again,
}

impl Controller {
    /// Brakes that tripped and wait for an answer.
    pub async fn braked(&self) -> ports::Result<Vec<Braked>> {
        let mut all = Vec::new();
        for component in self.components() {
            let tripped = brake::tripped(&*self.inner.store, component).await?;
            all.extend(tripped.map(|tripped| Braked {
                id: brake_id(component),
                component,
                tripped,
            }));
        }
        Ok(all)
    }

    /// Says what to do about a brake, then syncs its component.
    pub async fn answer_brake(&self, id: &str, answer: Answer) -> ports::Result<SyncReport> {
        let braked = SYNCED.iter().find(|component| brake_id(**component) == id);
        let nothing = || failure(ErrorKind::Refused { field: None }, Code::NothingWaits);
        let component = *braked.ok_or_else(|| nothing().with("entry", id))?;
        {
            let _turn = self.turn().await?;
            if !brake::answer(&*self.inner.store, component, answer).await? {
                return Err(nothing().with("entry", id));
            }
        }
        self.sync(Some(vec![component])).await
    }

    /// Entries that wait.
    pub async fn waiting(&self) -> ports::Result<Vec<Waiting>> {
        let mut all = Vec::new();
        for component in self.components() {
            let refusals = self.inner.store.refusals(component).await?;
            if refusals.is_empty() {
                continue;
            }
            let observations = self.inner.store.observations(component).await?;
            let seen: BTreeMap<RemoteId, Observation> = observations
                .into_iter()
                .map(|seen| (seen.subject(), seen))
                .collect();
            for refusal in refusals {
                all.push(self.shown(component, refusal, &seen).await?);
            }
        }
        Ok(all)
    }

    /// The entry of this id.
    pub async fn waiting_entry(&self, id: &str) -> ports::Result<Waiting> {
        let all = self.waiting().await?;
        let found = all.into_iter().find(|waiting| waiting.id == id);
        found.ok_or_else(|| {
            failure(ErrorKind::Refused { field: None }, Code::NothingWaits).with("entry", id)
        })
    }

    /// Fills in what is missing or chooses between both sides, then syncs the component, so that the answer tells whether that was
    /// enough. A choice holds for what is shown now: where either side has changed meanwhile the entry goes on waiting.
    pub async fn resolve(&self, id: &str, resolution: Resolution) -> ports::Result<SyncReport> {
        let waiting = self.waiting_entry(id).await?;
        if waiting.refusal.problem.code.is_conflict() {
            self.choose(&waiting, resolution).await?;
        } else {
            self.fill_in(&waiting, resolution).await?;
        }
        self.sync(Some(vec![waiting.component])).await
    }

    async fn choose(&self, waiting: &Waiting, resolution: Resolution) -> ports::Result<()> {
        let (choice, link) = (choice::of(waiting, resolution)?, waiting.link.as_ref());
        let link = link.ok_or_else(|| Failure::bug("a conflict without a link"))?;
        let _turn = self.turn().await?;
        let (store, component) = (&*self.inner.store, waiting.component);
        engine::choose(store, component, &waiting.refusal.entry, link, choice).await
    }

    async fn fill_in(&self, waiting: &Waiting, resolution: Resolution) -> ports::Result<()> {
        let filled = match resolution {
            Resolution::Fields(answers) => filled_in(waiting, answers)?,
            Resolution::Again => FilledIn::default(),
            Resolution::Keep(_) => {
                let refused = ErrorKind::Refused { field: None };
                return Err(failure(refused, Code::NothingToChoose));
            }
        };
        let component = waiting.component;
        let _turn = self.turn().await?;
        self.may_sign_in().await?;
        let account = self.account().await?;
        let now = self.inner.clock.now();
        let run = self.inner.store.start_run(&[component], now).await?;
        let engine = self.engine(&account);
        let entry = &waiting.refusal.entry;
        engine.fill_in(run, component, entry, &filled).await
    }

    async fn shown(
        &self,
        component: Component,
        refusal: Refusal,
        seen: &BTreeMap<RemoteId, Observation>,
    ) -> ports::Result<Waiting> {
        let filter = match &refusal.entry {
            RemoteId::Mailbox(item) => LinkFilter::OfItems(vec![item.clone()]),
            RemoteId::Crm(record) => LinkFilter::OfRecords(vec![record.clone()]),
        };
        let link = self.inner.store.links(component, filter).await?.pop();
        let (own_item, own_record) = match &refusal.entry {
            RemoteId::Mailbox(item) => (Some(item.clone()), None),
            RemoteId::Crm(record) => (None, Some(record.clone())),
        };
        let sides = [Side::Mailbox, Side::Crm]
            .map(|side| values(component, side, &refusal.entry, link.as_ref(), seen));
        let [exchange, crm] = &sides;
        let of = |values: &Option<Fields>, field| {
            values.as_ref().map(|values| values.get(field).to_owned())
        };
        let fields = Field::synced(component).iter().map(|&field| WaitingField {
            field,
            base: link
                .as_ref()
                .map(|link| link.base.item.get(field).to_owned()),
            crm: of(crm, field),
            exchange: of(exchange, field),
        });
        Ok(Waiting {
            id: format!(
                "{component}/{}/{}",
                refusal.entry.side(),
                refusal.entry.as_str()
            ),
            component,
            fields: fields.collect(),
            item: own_item.or_else(|| link.as_ref()?.item().cloned()),
            record: own_record.or_else(|| Some(link.as_ref()?.record.clone())),
            link: link.as_ref().map(|link| link.id.clone()),
            refusal,
        })
    }
}

fn brake_id(component: Component) -> String {
    format!("brake/{component}")
}

/// What a side holds: as it was seen last, else as agreed.
fn values(
    component: Component,
    side: Side,
    entry: &RemoteId,
    link: Option<&Link>,
    seen: &BTreeMap<RemoteId, Observation>,
) -> Option<Fields> {
    let own = (entry.side() == side).then(|| entry.clone());
    let linked = link.and_then(|link| match side {
        Side::Mailbox => link.item().cloned().map(RemoteId::Mailbox),
        Side::Crm => Some(RemoteId::Crm(link.record.clone())),
    });
    match own.or(linked).and_then(|id| seen.get(&id)) {
        Some(Observation::Item(item)) => Some(mapping::from_item(component, &item.fields)),
        Some(Observation::Record(record)) => Some(mapping::from_record(component, &record.fields)),
        Some(_) => None,
        None => link.map(|link| match side {
            Side::Mailbox => link.base.item.clone(),
            Side::Crm => link.base.record.clone(),
        }),
    }
}

/// Sorts answers into values of the entry and values that only the CRM has a field for.
fn filled_in(waiting: &Waiting, answers: Answers) -> ports::Result<FilledIn> {
    let mut filled = FilledIn::default();
    for (name, value) in answers {
        let field = name.parse::<Field>().ok();
        let synced = Field::synced(waiting.component);
        match field.filter(|field| synced.contains(field)) {
            Some(field) => filled.values.push((field, checked(field, value)?)),
            None if waiting.refusal.entry.side() == Side::Mailbox => {
                filled.more.insert(name, value);
            }
            None => {
                let refused = ErrorKind::Refused { field: None };
                return Err(failure(refused, Code::NoSuchField).with("field", name));
            }
        }
    }
    Ok(filled)
}

/// Times are taken as people type them: `2027-03-10 09:00` in the user's zone, or a day.
fn checked(field: Field, value: String) -> ports::Result<String> {
    let is_time = matches!(field, Field::Start | Field::End | Field::Due);
    if !is_time || value.is_empty() || mapping::days::is_time(&value) {
        return Ok(value);
    }
    let local: Option<jiff::civil::DateTime> = value.parse().ok();
    let moment = local.and_then(|local| local.to_zoned(jiff::tz::TimeZone::system()).ok());
    match moment {
        Some(moment) => Ok(moment.timestamp().to_string()),
        None => {
            let refused = ErrorKind::Refused { field: Some(field) };
            Err(failure(refused, Code::NotATime).with("value", value))
        }
    }
}
