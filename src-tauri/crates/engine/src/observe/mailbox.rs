//! The mailbox's half of observing: the change feed of one folder, what it names read in full.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use model::{
    Code, Component, FolderId, HeadKind, ItemHead, ItemId, Link, LinkState, Observation, RemoteId,
    Side,
};
use ports::{Cursor, ErrorKind, Failure, ItemChanges, LinkFilter, Outcome, Refusal};
use tracing::{info, warn};

use super::folder::relisting_fact;
use crate::progress::{Phase, Progress};
use crate::{Engine, refuse};

/// What a look into the folder found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Folder {
    /// Its changes.
    Read,
    /// That it is no longer there.
    Vanished,
}

impl Engine {
    /// Reads the changes of the folder. A list that has to start anew does so once; a cursor the server has just given is not doubted.
    pub(crate) async fn read_folder(
        &self,
        component: Component,
        folder: &FolderId,
    ) -> ports::Result<Folder> {
        let (mut read, mut relisted) = (0, false);
        self.tell_reading(component, read);
        self.read_again(component).await?;
        let expects = self.expects_in_list(component).await?;
        let mut follows = expects || self.is_listing_anew(component).await?;
        let mut listed = BTreeSet::new();
        loop {
            let cursor = self.doors.store.cursor(component, Side::Mailbox).await?;
            let mailbox = &self.doors.mailbox;
            let page = match mailbox.changes(component, folder, cursor.as_ref()).await {
                Ok(page) => page,
                Err(failure)
                    if failure.kind == ErrorKind::Stale && cursor.is_some() && !relisted =>
                {
                    (relisted, follows) = (true, true);
                    self.list_again(component).await?;
                    continue;
                }
                Err(failure) if failure.kind == ErrorKind::Gone => return Ok(Folder::Vanished),
                Err(failure) => return Err(failure),
            };
            read += page.seen.len() as u64;
            let more = page.more && page.next.is_some();
            if follows {
                let ids = page.seen.iter().map(|head| &head.id).chain(&page.gone);
                listed.extend(ids.cloned());
            }
            self.keep_page(component, folder, page).await?;
            self.tell_reading(component, read);
            if !more {
                break;
            }
        }
        self.extend_series(component, folder).await?;
        self.find_unlisted(component, &listed).await?;
        if expects {
            self.find_missed(component, &listed).await?;
        }
        Ok(Folder::Read)
    }

    fn tell_reading(&self, component: Component, done: u64) {
        self.watcher.progress(Progress {
            component,
            phase: Phase::ReadingMailbox,
            done,
            total: None,
        });
    }

    async fn keep_page(
        &self,
        component: Component,
        folder: &FolderId,
        page: ItemChanges,
    ) -> ports::Result<()> {
        self.keep_series(component, folder, &page).await?;
        let ids = page.seen.iter().map(|head| &head.id).chain(&page.gone);
        let entries: Vec<RemoteId> = ids.cloned().map(RemoteId::Mailbox).collect();
        let waiting = self.doors.store.waiting(component, &entries).await?;
        let known = self.links_of_items(component, &page).await?;
        let over = self.over();
        let is_over = |head: &ItemHead| head.ends.is_some_and(|ends| ends < over);
        let waits = |id: &ItemId| waiting.contains(&RemoteId::Mailbox(id.clone()));
        // What waits is older than any answer to a write of ours, so it is read even where the version is that of our own write.
        let new: Vec<ItemId> = page
            .seen
            .iter()
            .filter(|head| head.kind == HeadKind::Single)
            .filter(|head| waits(&head.id) || !is_echo(head, &known))
            .filter(|head| waits(&head.id) || known.contains_key(&head.id) || !is_over(head))
            .map(|head| head.id.clone())
            .collect();
        let (mut observations, unread) = self.read_items(component, &new, &known, &waiting).await?;
        if !unread.is_empty() {
            let outcome = Outcome {
                refused: unread,
                ..Outcome::default()
            };
            self.doors.store.commit(component, &outcome).await?;
        }
        observations.extend(
            page.gone
                .into_iter()
                .filter(|id| known.contains_key(id) || waits(id))
                .map(|id| Observation::ItemGone { id }),
        );
        let cursor = page.next.map(|token| Cursor {
            side: Side::Mailbox,
            token: Some(token),
        });
        self.doors
            .store
            .observe(component, &observations, cursor)
            .await
    }

    /// What ended before this is surely outside the window; days and zones move an end by less than two days.
    fn over(&self) -> Timestamp {
        let from = self.window().from();
        from.checked_sub(SignedDuration::from_hours(48))
            .unwrap_or(Timestamp::MIN)
    }

    async fn links_of_items(
        &self,
        component: Component,
        page: &ItemChanges,
    ) -> ports::Result<BTreeMap<ItemId, Link>> {
        let ids: Vec<ItemId> = page
            .seen
            .iter()
            .map(|head| head.id.clone())
            .chain(page.gone.iter().cloned())
            .collect();
        let links = self
            .doors
            .store
            .links(component, LinkFilter::OfItems(ids))
            .await?;
        Ok(by_item(links))
    }

    /// The items that differ from what was agreed, and those that could not be read.
    async fn read_items(
        &self,
        component: Component,
        ids: &[ItemId],
        known: &BTreeMap<ItemId, Link>,
        waiting: &BTreeSet<RemoteId>,
    ) -> ports::Result<(Vec<Observation>, Vec<Refusal>)> {
        let (mut observations, mut unread) = (Vec::new(), Vec::new());
        if ids.is_empty() {
            return Ok((observations, unread));
        }
        let answers = self.doors.mailbox.read(component, ids).await?;
        for (id, answer) in ids.iter().zip(answers) {
            match answer {
                Ok(item) => {
                    let values = mapping::from_item(component, &item.fields);
                    let crm = &self.setup.owner.crm;
                    let agreed = |link: &Link| {
                        link.base.item == values && !link.is_older_than(item.stamp.as_ref(), crm)
                    };
                    let same = known.get(id).is_some_and(agreed);
                    if !same || waiting.contains(&RemoteId::Mailbox(id.clone())) {
                        observations.push(Observation::Item(item));
                    }
                }
                // Gone between list and read: the feed will tell.
                Err(failure) if failure.kind == ErrorKind::Gone => {}
                Err(failure) if failure.problem.code == Code::EntryOfOtherKind => {}
                Err(failure) => unread.push(self.unread(id, failure)?),
            }
        }
        Ok((observations, unread))
    }

    /// One item that cannot be read is listed and tried again; the others go on (S8).
    pub(super) fn unread(&self, id: &ItemId, failure: Failure) -> ports::Result<Refusal> {
        if !(failure.is_about_one_entry() || failure.kind == ErrorKind::Malformed) {
            return Err(failure);
        }
        warn!(%failure, "an item could not be read");
        Ok(refuse::unread(
            RemoteId::Mailbox(id.clone()),
            failure.problem,
            self.doors.clock.now(),
        ))
    }

    /// Items that could not be read earlier and are due. They are forgotten as unread only together with what reading them brought.
    async fn read_again(&self, component: Component) -> ports::Result<()> {
        let now = self.doors.clock.now();
        let refusals = self.doors.store.refusals(component).await?;
        let due: Vec<RemoteId> = refusals
            .into_iter()
            .filter(|refusal| !refuse::rests(refusal, now) && refusal.entry.side() == Side::Mailbox)
            .map(|refusal| refusal.entry)
            .collect();
        let waiting = self.doors.store.waiting(component, &due).await?;
        let series = self.known_series(component).await?;
        let ids: Vec<ItemId> = due
            .into_iter()
            .filter(|entry| !waiting.contains(entry))
            .map(|entry| ItemId::new(entry.as_str()))
            .filter(|id| !series.contains_key(id))
            .collect();
        if ids.is_empty() {
            return Ok(());
        }
        let links = self
            .doors
            .store
            .links(component, LinkFilter::OfItems(ids.clone()))
            .await?;
        let (observed, refused) = self
            .read_items(component, &ids, &by_item(links), &waiting)
            .await?;
        let outcome = Outcome {
            accepted: ids.into_iter().map(RemoteId::Mailbox).collect(),
            observed,
            refused,
            ..Outcome::default()
        };
        self.doors.store.commit(component, &outcome).await
    }

    /// Reads items by their ids; only what the server says of each is evidence (R6.9).
    pub(crate) async fn look_up_items(
        &self,
        component: Component,
        ids: &[ItemId],
    ) -> ports::Result<Vec<Observation>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut observations = Vec::new();
        let answers = self.doors.mailbox.read(component, ids).await?;
        for (id, answer) in ids.iter().zip(answers) {
            match answer {
                Ok(item) => observations.push(Observation::Item(item)),
                Err(failure) if failure.kind == ErrorKind::Gone => {
                    observations.push(Observation::ItemGone { id: id.clone() });
                }
                Err(failure) if failure.is_about_one_entry() => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(observations)
    }

    /// The cursor is no longer valid: everything is listed anew. What the list lacks is looked up afterwards.
    async fn list_again(&self, component: Component) -> ports::Result<()> {
        info!(%component, "the mailbox's list of changes starts anew");
        self.doors
            .store
            .set_fact(&relisting_fact(component), Some("yes"))
            .await?;
        let cursor = Cursor {
            side: Side::Mailbox,
            token: None,
        };
        self.doors.store.observe(component, &[], Some(cursor)).await
    }

    async fn is_listing_anew(&self, component: Component) -> ports::Result<bool> {
        let fact = self.doors.store.fact(&relisting_fact(component)).await?;
        Ok(fact.is_some())
    }

    /// After a new list: linked items and those that wait are asked for by their ids where the list does not name them, because only the
    /// server's own word is evidence (R6.9).
    async fn find_unlisted(
        &self,
        component: Component,
        listed: &BTreeSet<ItemId>,
    ) -> ports::Result<()> {
        if !self.is_listing_anew(component).await? {
            return Ok(());
        }
        let store = &self.doors.store;
        let links = store.links(component, LinkFilter::All).await?;
        let linked = links.iter().filter_map(|link| link.item().cloned());
        let observed = store.observations(component).await?;
        let waiting = observed.iter().filter_map(|seen| {
            let Observation::Item(item) = seen else {
                return None;
            };
            Some(item.id.clone())
        });
        let ids: BTreeSet<ItemId> = linked.chain(waiting).collect();
        let ids: Vec<ItemId> = ids.into_iter().filter(|id| !listed.contains(id)).collect();
        let seen = self.look_up_items(component, &ids).await?.into_iter();
        let gone: Vec<Observation> = seen
            .filter(|seen| matches!(seen, Observation::ItemGone { .. }))
            .collect();
        store.observe(component, &gone, None).await?;
        store.set_fact(&relisting_fact(component), None).await
    }
}

/// Our own write: the version is the one its answer gave.
fn is_echo(head: &ItemHead, known: &BTreeMap<ItemId, Link>) -> bool {
    known.get(&head.id).is_some_and(|link| match &link.state {
        LinkState::Live { change_key, .. } => *change_key == head.change_key,
        LinkState::LetGo { .. } | LinkState::Kept { .. } | LinkState::StaysAway => false,
    })
}

fn by_item(links: Vec<Link>) -> BTreeMap<ItemId, Link> {
    links
        .into_iter()
        .filter_map(|link| Some((link.item()?.clone(), link)))
        .collect()
}
