//! Why something was or was not synced (R6.12): from what is wrong as a whole, from what the state file knows, and from what both servers
//! hold. It reads only; where a server cannot be asked, that is told and the rest is answered nevertheless.

use std::collections::{BTreeMap, BTreeSet};

use engine::{Engine, Unlinked};
use model::{Code, Component, ItemId, Problem, RecordId, RemoteId, Sought};
use ports::{ErrorKind, Failure};
use reconcile::Rules;

use crate::account::Account;
use crate::{Controller, HistoryEntry, LINKED, SYNCED};

mod causes;
mod known;
mod mails;

use known::KnownEntries;

/// More entries than this are not told.
const MOST_TOLD: usize = 100;

/// Something that keeps a whole component, or everything, from being synced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// Which component; `None` for all.
    pub component: Option<Component>,
    /// What it is.
    pub problem: Problem,
}

/// An entry that was found, and whether it is synced.
#[derive(Debug, Clone)]
pub struct Explained {
    /// How a person calls it.
    pub title: String,
    /// What kind of entry.
    pub component: Component,
    /// The item, where one is known.
    pub item: Option<ItemId>,
    /// The record, where one is known.
    pub record: Option<RecordId>,
    /// Whether both sides are kept equal.
    pub synced: bool,
    /// Why not, or what is special about it. None where a cause says it all.
    pub reasons: Vec<Problem>,
    /// What the history says last of it.
    pub last: Option<HistoryEntry>,
}

/// The answer.
#[derive(Debug, Clone, Default)]
pub struct Explanation {
    /// What holds beyond single entries.
    pub causes: Vec<Cause>,
    /// The entries.
    pub entries: Vec<Explained>,
    /// Whether there are more entries than told.
    pub more: bool,
}

impl Explanation {
    /// Whether the question has an answer: entries, or what kept them from being found.
    pub fn is_answer(&self) -> bool {
        let hides =
            |cause: &Cause| !matches!(cause.problem.code, Code::Paused | Code::ComponentOff);
        !self.entries.is_empty() || self.causes.iter().any(hides)
    }
}

impl Controller {
    /// Why what is called so was or was not synced.
    pub async fn why(&self, sought: &Sought) -> ports::Result<Explanation> {
        let mut told = Explanation {
            causes: self.causes().await?,
            ..Explanation::default()
        };
        let mut known = Vec::new();
        for &component in LINKED {
            let entries = self.known_entries(component).await?;
            told.entries.extend(entries.that_fit(sought));
            known.push(entries);
        }
        told.entries.extend(self.known_mails(sought).await?);
        self.blacklisted(sought, &mut told.causes);
        match self.askable().await {
            Ok(account) => {
                self.ask_servers(&account, sought, &known, &mut told)
                    .await?
            }
            Err(failure) => add(&mut told.causes, None, failure.problem),
        }
        if told.entries.is_empty() {
            told.entries.extend(self.remembered(sought).await?);
        }
        let order = |entry: &Explained| SYNCED.iter().position(|own| *own == entry.component);
        told.entries.sort_by_key(order);
        told.more = told.entries.len() > MOST_TOLD;
        told.entries.truncate(MOST_TOLD);
        for entry in &mut told.entries {
            leave_to_causes(entry, &told.causes);
            entry.last = self.last_line(entry).await?;
        }
        Ok(told)
    }

    /// The account, where its servers may be asked at all.
    async fn askable(&self) -> ports::Result<Account> {
        self.may_sign_in().await?;
        self.account().await
    }

    /// The CRM first: what the user may do there is needed to judge items.
    async fn ask_servers(
        &self,
        account: &Account,
        sought: &Sought,
        known: &[KnownEntries],
        told: &mut Explanation,
    ) -> ports::Result<()> {
        let engine = self.engine(account);
        let mut rules = BTreeMap::new();
        let crm = ask_crm(&engine, sought, known, told, &mut rules).await;
        let mailbox = ask_mailbox(&engine, sought, known, told, &rules).await;
        let failures = [crm, mailbox].map(Result::err);
        let failures = || failures.iter().flatten();
        // A refused password counts, so that no number of questions locks an account (R7.5).
        if failures().any(|failure| failure.kind == ErrorKind::SignInNeeded) {
            for failure in failures() {
                self.note_outcome(Some(failure)).await?;
            }
        }
        failures().for_each(|failure| add(&mut told.causes, None, failure.problem.clone()));
        Ok(())
    }

    /// What is on neither side any more, but in the history.
    async fn remembered(&self, sought: &Sought) -> ports::Result<Option<Explained>> {
        let text = Some(sought.text().to_owned());
        for (text, entry) in [(None, text.clone()), (text, None)] {
            let filter = ports::HistoryFilter {
                text,
                entry,
                limit: 1,
                ..ports::HistoryFilter::default()
            };
            if let Some(line) = self.inner.store.history(&filter).await?.pop() {
                if line.component == Component::Emails {
                    return Ok(Some(mails::explained(line)));
                }
                return Ok(Some(Explained {
                    title: line.title,
                    component: line.component,
                    item: line.item,
                    record: line.record,
                    synced: false,
                    reasons: vec![Problem::new(Code::EntryGone)],
                    last: None,
                }));
            }
        }
        Ok(None)
    }

    async fn last_line(&self, entry: &Explained) -> ports::Result<Option<HistoryEntry>> {
        let item = entry.item.as_ref().map(ItemId::as_str);
        let record = entry.record.as_ref().map(RecordId::as_str);
        let mut last: Option<model::history::HistoryEntry> = None;
        for id in item.into_iter().chain(record) {
            let filter = ports::HistoryFilter {
                entry: Some(id.to_owned()),
                limit: 1,
                ..ports::HistoryFilter::default()
            };
            let newest = self.inner.store.history(&filter).await?.pop();
            last = last.into_iter().chain(newest).max_by_key(|line| line.id);
        }
        Ok(last.map(HistoryEntry::from))
    }
}

/// Looks in the CRM for what is not known yet, and notes the rules by which it was judged. A failure says that it does not answer.
async fn ask_crm(
    engine: &Engine,
    sought: &Sought,
    known: &[KnownEntries],
    told: &mut Explanation,
    rules: &mut BTreeMap<Component, Rules>,
) -> ports::Result<()> {
    for entries in known {
        let component = entries.component;
        let own = match engine.rules_of(component).await {
            Ok(own) => rules.entry(component).or_insert(own),
            Err(failure) => {
                told.denied(component, failure)?;
                continue;
            }
        };
        match engine.find_records(own, sought).await {
            Ok(found) => told.take(found, entries),
            Err(failure) => told.denied(component, failure)?,
        }
    }
    Ok(())
}

/// The same in the mailbox, of which no part can be closed to its user.
async fn ask_mailbox(
    engine: &Engine,
    sought: &Sought,
    known: &[KnownEntries],
    told: &mut Explanation,
    rules: &BTreeMap<Component, Rules>,
) -> ports::Result<()> {
    for entries in known {
        let component = entries.component;
        let own = rules.get(&component).cloned();
        let own = own.unwrap_or_else(|| engine.rules_without_crm(component));
        told.take(engine.find_items(&own, sought).await?, entries);
    }
    Ok(())
}

impl Explanation {
    /// Adds what was found: as the state file knows it, else as it was judged.
    fn take(&mut self, found: Vec<Unlinked>, known: &KnownEntries) {
        for found in found {
            let mut entry = known
                .of(&found.entry)
                .unwrap_or_else(|| new_entry(known, &found));
            let left = found
                .reasons
                .into_iter()
                .filter(|reason| has_left(reason.code));
            entry.become_unsynced(left.collect());
            match self.entries.iter_mut().find(|told| told.is_same(&entry)) {
                Some(told) if told.synced && !entry.synced => *told = entry,
                Some(_) => {}
                None => self.entries.push(entry),
            }
        }
    }

    /// A missing right concerns its component; any other failure is the server's and given back.
    fn denied(&mut self, component: Component, failure: Failure) -> ports::Result<()> {
        if failure.kind != ErrorKind::Denied {
            return Err(failure);
        }
        add(&mut self.causes, Some(component), failure.problem);
        Ok(())
    }
}

fn new_entry(known: &KnownEntries, found: &Unlinked) -> Explained {
    let (item, record) = match found.entry.clone() {
        RemoteId::Mailbox(item) => (Some(item), None),
        RemoteId::Crm(record) => (None, Some(record)),
    };
    Explained {
        title: found.title.clone(),
        component: known.component,
        item,
        record,
        synced: false,
        reasons: found.reasons.clone(),
        last: None,
    }
}

/// Whether an entry for this reason is none that syncs any more, even if the state file has not heard of it yet.
fn has_left(code: Code) -> bool {
    matches!(
        code,
        Code::NotAssignedToUser | Code::TypeNotSynced | Code::OutsideFolder
    )
}

impl Explained {
    /// Whether it is the same entry, or another occurrence of the same series that fares the same.
    fn is_same(&self, other: &Self) -> bool {
        let series = |entry: &Self| entry.item.as_ref().map(ItemId::series);
        let fares = |entry: &Self| (entry.synced, entry.reasons.clone());
        let is_record = self.record.is_some() && self.record == other.record;
        let is_item = self.item.is_some() && self.item == other.item;
        let is_series = self.item.is_some() && series(self) == series(other);
        let is_like = is_series && fares(self) == fares(other);
        self.component == other.component && (is_record || is_item || is_like)
    }

    fn become_unsynced(&mut self, reasons: Vec<Problem>) {
        self.synced &= reasons.is_empty();
        let new = |reason: &Problem| !self.reasons.contains(reason);
        let new: Vec<Problem> = reasons.into_iter().filter(new).collect();
        self.reasons.extend(new);
    }
}

/// That nothing is in the way of an entry is not true while something is in the way of all.
fn leave_to_causes(entry: &mut Explained, causes: &[Cause]) {
    let concerns = |cause: &Cause| cause.component.is_none_or(|it| it == entry.component);
    if causes.iter().any(concerns) {
        entry
            .reasons
            .retain(|reason| reason.code != Code::ComesWithNextRun);
    }
}

/// Each cause is told once.
fn add(causes: &mut Vec<Cause>, component: Option<Component>, problem: Problem) {
    let told: BTreeSet<Code> = causes
        .iter()
        .filter(|cause| component.is_none() || cause.component == component)
        .map(|cause| cause.problem.code)
        .collect();
    if !told.contains(&problem.code) {
        causes.push(Cause { component, problem });
    }
}
