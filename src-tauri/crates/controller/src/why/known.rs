//! What the state file knows of a component's entries: what is linked, what was let go or stays away, what waits and for what.

use std::collections::BTreeMap;

use model::{Code, Component, Link, LinkId, LinkState, Problem, RemoteId, Sought, Stamping};
use ports::LinkFilter;

use super::Explained;
use crate::{Controller, Waiting};

/// All of it.
pub(super) struct KnownEntries {
    pub component: Component,
    links: Vec<Link>,
    /// Entries that wait, by the link they have.
    waiting: BTreeMap<LinkId, Waiting>,
    /// Entries that wait and were never linked.
    alone: Vec<Waiting>,
}

impl Controller {
    pub(super) async fn known_entries(&self, component: Component) -> ports::Result<KnownEntries> {
        let links = self.inner.store.links(component, LinkFilter::All).await?;
        let (mut waiting, mut alone) = (BTreeMap::new(), Vec::new());
        let all = self.waiting().await?.into_iter();
        for entry in all.filter(|entry| entry.component == component) {
            match entry.link.clone() {
                Some(link) => _ = waiting.insert(link, entry),
                None => alone.push(entry),
            }
        }
        Ok(KnownEntries {
            component,
            links,
            waiting,
            alone,
        })
    }
}

impl KnownEntries {
    /// The entries that are called so, hold such a value or have this id. Of a series that fares the same throughout one is told.
    pub fn that_fit(&self, sought: &Sought) -> Vec<Explained> {
        let links = self.links.iter().filter(|link| link_fits(link, sought));
        let alone = self
            .alone
            .iter()
            .filter(|entry| waiting_fits(entry, sought));
        let links = links.map(|link| self.of_link(link));
        let mut told: Vec<Explained> = Vec::new();
        for entry in links.chain(alone.map(of_waiting)) {
            if !told.iter().any(|told| told.is_same(&entry)) {
                told.push(entry);
            }
        }
        told
    }

    /// What is known of an entry; of a series by any of its occurrences.
    pub fn of(&self, entry: &RemoteId) -> Option<Explained> {
        let is_it = |link: &&Link| match entry {
            RemoteId::Mailbox(id) => link
                .item()
                .is_some_and(|item| item == id || item.series() == *id),
            RemoteId::Crm(record) => link.record == *record,
        };
        let linked = self.links.iter().find(is_it).map(|link| self.of_link(link));
        let waits = || {
            self.alone
                .iter()
                .find(|waits| waits.refusal.entry == *entry)
        };
        linked.or_else(|| waits().map(of_waiting))
    }

    fn of_link(&self, link: &Link) -> Explained {
        let waits = self.waiting.get(&link.id);
        let waits = waits.map(|waiting| waiting.refusal.problem.clone());
        let state = match &link.state {
            LinkState::Live { .. } => None,
            LinkState::LetGo { .. } => Some(Problem::new(Code::OutsideDays)),
            LinkState::StaysAway => Some(Problem::new(Code::DeletedByUser)),
            LinkState::Kept { .. } => Some(Problem::new(Code::KeptByUser)),
        };
        let synced = waits.is_none() && state.is_none();
        let foreign = synced && link.stamping == Stamping::Foreign;
        let foreign = foreign.then(|| Problem::new(Code::OrganisedByOther));
        Explained {
            title: title(link),
            component: self.component,
            item: link.item().cloned(),
            record: Some(link.record.clone()),
            synced,
            reasons: waits.into_iter().chain(state).chain(foreign).collect(),
            last: None,
        }
    }
}

fn of_waiting(waiting: &Waiting) -> Explained {
    Explained {
        title: waiting.refusal.title.clone(),
        component: waiting.component,
        item: waiting.item.clone(),
        record: waiting.record.clone(),
        synced: false,
        reasons: vec![waiting.refusal.problem.clone()],
        last: None,
    }
}

fn title(link: &Link) -> String {
    let of = |values| mapping::title(link.component, values);
    Some(of(&link.base.item))
        .filter(|title| !title.is_empty())
        .unwrap_or_else(|| of(&link.base.record))
}

fn link_fits(link: &Link, sought: &Sought) -> bool {
    let is_item = link
        .item()
        .is_some_and(|item| item.as_str() == sought.text());
    let both = link.base.item.iter().chain(link.base.record.iter());
    is_item || link.record.as_str() == sought.text() || sought.is_in(both.map(|(_, value)| value))
}

fn waiting_fits(waiting: &Waiting, sought: &Sought) -> bool {
    let ids = [waiting.id.as_str(), waiting.refusal.entry.as_str()];
    let sides = waiting
        .fields
        .iter()
        .flat_map(|field| [&field.crm, &field.exchange]);
    let values = sides.flatten().map(String::as_str);
    let title = waiting.refusal.title.as_str();
    ids.contains(&sought.text()) || sought.is_in(values.chain([title]))
}
