//! Recurring appointments: the list of changes names the series only, so its occurrences are asked for and compared with the links (R3.5).
//! New ones come up as the horizon moves on.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use model::{
    ChangeKey, Code, Component, FolderId, HeadKind, Item, ItemHead, ItemId, Link, Observation,
    RemoteId, SeriesHead, Window,
};
use ports::{ErrorKind, ItemChanges, LinkFilter, Outcome};

use crate::{Engine, refuse};

/// How many series are asked for at once.
const AT_ONCE: usize = 50;

/// What a look at some series found.
#[derive(Default)]
struct Looked {
    observations: Vec<Observation>,
    seen: Vec<SeriesHead>,
    gone: Vec<ItemId>,
    outcome: Outcome,
    waiting: BTreeSet<RemoteId>,
}

impl Engine {
    /// The part of a page that concerns series.
    pub(super) async fn keep_series(
        &self,
        component: Component,
        folder: &FolderId,
        page: &ItemChanges,
    ) -> ports::Result<()> {
        if component != Component::Appointments {
            return Ok(());
        }
        let known = self.known_series(component).await?;
        let is_known = |id: &ItemId| known.contains_key(id);
        let single = |head: &&ItemHead| head.kind == HeadKind::Single && is_known(&head.id);
        let ended: Vec<ItemId> = page
            .seen
            .iter()
            .filter(single)
            .map(|head| head.id.clone())
            .chain(page.gone.iter().filter(|id| is_known(id)).cloned())
            .collect();
        self.end_series(component, ended).await?;
        let horizon = self.window().horizon;
        let is_as_before = |head: &ItemHead| {
            let before = known.get(&head.id);
            before.is_some_and(|it| it.change_key == head.change_key && it.until >= horizon)
        };
        let changed = page
            .seen
            .iter()
            .filter(|head| head.kind == HeadKind::Series && !is_as_before(head))
            .map(|head| (head.id.clone(), head.change_key.clone()))
            .collect();
        self.look_at_series(component, folder, changed).await
    }

    /// Series whose occurrences were looked at up to an earlier horizon, and those that could not be read and are due.
    pub(super) async fn extend_series(
        &self,
        component: Component,
        folder: &FolderId,
    ) -> ports::Result<()> {
        if component != Component::Appointments {
            return Ok(());
        }
        let horizon = self.window().horizon;
        let mut behind = self.known_series(component).await?;
        behind.retain(|_, head| head.until < horizon);
        if behind.is_empty() {
            return Ok(());
        }
        let now = self.doors.clock.now();
        for refusal in self.doors.store.refusals(component).await? {
            if refuse::rests(&refusal, now) {
                behind.remove(&ItemId::new(refusal.entry.as_str()));
            }
        }
        let behind = behind.into_values();
        let behind = behind.map(|head| (head.id, head.change_key)).collect();
        self.look_at_series(component, folder, behind).await
    }

    /// The series by their ids.
    pub(super) async fn known_series(
        &self,
        component: Component,
    ) -> ports::Result<BTreeMap<ItemId, SeriesHead>> {
        let series = self.doors.store.series(component).await?;
        Ok(series
            .into_iter()
            .map(|head| (head.id.clone(), head))
            .collect())
    }

    /// Series that are gone, or are single appointments now: their occurrences are gone.
    async fn end_series(&self, component: Component, ended: Vec<ItemId>) -> ports::Result<()> {
        if ended.is_empty() {
            return Ok(());
        }
        let filter = LinkFilter::OfSeries(ended.clone());
        let links = self.doors.store.links(component, filter).await?;
        let gone: Vec<Observation> = links
            .iter()
            .filter_map(|link| link.item())
            .filter(|item| item.as_occurrence().is_some())
            .map(|item| Observation::ItemGone { id: item.clone() })
            .collect();
        self.doors.store.observe(component, &gone, None).await?;
        self.doors.store.keep_series(component, &[], &ended).await
    }

    async fn look_at_series(
        &self,
        component: Component,
        folder: &FolderId,
        series: Vec<(ItemId, ChangeKey)>,
    ) -> ports::Result<()> {
        let window = self.window();
        for some in series.chunks(AT_ONCE) {
            let ids: Vec<ItemId> = some.iter().map(|(id, _)| id.clone()).collect();
            let links = LinkFilter::OfSeries(ids.clone());
            let links = self.doors.store.links(component, links).await?;
            let mailbox = &self.doors.mailbox;
            let answers = mailbox
                .occurrences(component, folder, &ids, &window)
                .await?;
            let mut looked = Looked {
                waiting: self.waiting_of(component, &answers).await?,
                ..Looked::default()
            };
            for ((id, change_key), answer) in some.iter().zip(answers) {
                let own: Vec<&Link> = links
                    .iter()
                    .filter(|link| link.item().is_some_and(|item| item.series() == *id))
                    .collect();
                self.compare_series(id, change_key, answer, &own, &window, &mut looked)?;
            }
            self.keep_looked(component, looked).await?;
        }
        Ok(())
    }

    fn compare_series(
        &self,
        id: &ItemId,
        change_key: &ChangeKey,
        answer: ports::Result<Vec<Item>>,
        links: &[&Link],
        window: &Window,
        looked: &mut Looked,
    ) -> ports::Result<()> {
        let mut head = SeriesHead {
            id: id.clone(),
            change_key: change_key.clone(),
            until: window.horizon,
        };
        match answer {
            Ok(items) => {
                looked.outcome.accepted.push(RemoteId::Mailbox(id.clone()));
                looked.observations.extend(vanished(&items, links, window));
                let waiting = &looked.waiting;
                let changed = changed(items, links, waiting);
                looked.observations.extend(changed);
            }
            Err(failure) if failure.kind == ErrorKind::Gone => {
                let items = links.iter().filter_map(|link| link.item().cloned());
                let gone = items.map(|id| Observation::ItemGone { id });
                looked.observations.extend(gone);
                looked.gone.push(id.clone());
                return Ok(());
            }
            // It became a single appointment between list and look: the list will tell.
            Err(failure) if failure.problem.code == Code::EntryOfOtherKind => return Ok(()),
            Err(failure) => {
                looked.outcome.refused.push(self.unread(id, failure)?);
                head.until = Date::MIN;
            }
        }
        looked.seen.push(head);
        Ok(())
    }

    async fn waiting_of(
        &self,
        component: Component,
        answers: &[ports::Result<Vec<Item>>],
    ) -> ports::Result<BTreeSet<RemoteId>> {
        let items = answers.iter().flatten().flatten();
        let entries: Vec<RemoteId> = items
            .map(|item| RemoteId::Mailbox(item.id.clone()))
            .collect();
        self.doors.store.waiting(component, &entries).await
    }

    async fn keep_looked(&self, component: Component, looked: Looked) -> ports::Result<()> {
        let store = &self.doors.store;
        store.observe(component, &looked.observations, None).await?;
        store.commit(component, &looked.outcome).await?;
        store
            .keep_series(component, &looked.seen, &looked.gone)
            .await
    }
}

/// Linked occurrences that the series does not have any more. Of those outside the window the answer says nothing.
fn vanished(items: &[Item], links: &[&Link], window: &Window) -> Vec<Observation> {
    let there: BTreeSet<&ItemId> = items.iter().map(|item| &item.id).collect();
    let bounds = window.from()..window.until();
    let told = |id: &ItemId| {
        id.as_occurrence()
            .is_none_or(|(_, start)| bounds.contains(&start))
    };
    let linked = links.iter().filter_map(|link| link.item());
    linked
        .filter(|id| !there.contains(id) && told(id))
        .map(|id| Observation::ItemGone { id: id.clone() })
        .collect()
}

/// Occurrences that are new, or hold something else than was agreed. What waits is replaced whatever it holds now: it is older.
fn changed(items: Vec<Item>, links: &[&Link], waiting: &BTreeSet<RemoteId>) -> Vec<Observation> {
    let known: BTreeMap<&ItemId, &Link> = links
        .iter()
        .filter_map(|link| Some((link.item()?, *link)))
        .collect();
    let differs = |item: &Item| {
        let values = mapping::from_item(Component::Appointments, &item.fields);
        let as_agreed = known
            .get(&item.id)
            .is_some_and(|link| link.base.item == values);
        !as_agreed || waiting.contains(&RemoteId::Mailbox(item.id.clone()))
    };
    items
        .into_iter()
        .filter(differs)
        .map(Observation::Item)
        .collect()
}
