//! The mailbox's half of observing: the change feed of one folder, what it names read in full.

use std::collections::{BTreeMap, BTreeSet};

use model::{Component, FolderId, ItemHead, ItemId, Link, LinkState, Observation, RemoteId, Side};
use ports::{Cursor, ErrorKind, Failure, ItemChanges, LinkChange, LinkFilter, Outcome, Refusal};
use tracing::{info, warn};

use crate::progress::{Phase, Progress};
use crate::{Engine, refuse};

impl Engine {
    /// The component's folder, made where it is missing.
    pub(crate) async fn folder(&self, component: Component) -> ports::Result<FolderId> {
        if let Some(id) = self.doors.store.fact(&self.folder_fact(component)).await? {
            return Ok(FolderId::new(id));
        }
        let folder = self
            .doors
            .mailbox
            .ensure_folder(self.place(component))
            .await?;
        self.remember_folder(component, &folder).await?;
        Ok(folder)
    }

    /// The component's folder, if there is one.
    pub(crate) async fn existing_folder(
        &self,
        component: Component,
    ) -> ports::Result<Option<FolderId>> {
        match self.doors.store.fact(&self.folder_fact(component)).await? {
            Some(id) => Ok(Some(FolderId::new(id))),
            None => self.doors.mailbox.find_folder(self.place(component)).await,
        }
    }

    fn folder_fact(&self, component: Component) -> String {
        format!("folder.{component}.{:?}", self.place(component).choice)
    }

    async fn remember_folder(&self, component: Component, folder: &FolderId) -> ports::Result<()> {
        let name = self.folder_fact(component);
        self.doors
            .store
            .set_fact(&name, Some(folder.as_str()))
            .await
    }

    pub(crate) async fn observe_mailbox(
        &self,
        component: Component,
        folder: &FolderId,
    ) -> ports::Result<()> {
        let mut read = 0;
        self.tell_reading(component, read);
        self.read_again(component).await?;
        loop {
            let cursor = self.doors.store.cursor(component, Side::Mailbox).await?;
            let page = match self
                .doors
                .mailbox
                .changes(component, folder, cursor.as_ref())
                .await
            {
                Ok(page) => page,
                Err(failure) if failure.kind == ErrorKind::Stale && cursor.is_some() => {
                    self.list_again(component).await?;
                    continue;
                }
                Err(failure) if failure.kind == ErrorKind::Gone => {
                    return Box::pin(self.folder_vanished(component)).await;
                }
                Err(failure) => return Err(failure),
            };
            read += page.seen.len() as u64;
            let more = page.more;
            self.keep_page(component, page).await?;
            self.tell_reading(component, read);
            if !more {
                break;
            }
        }
        self.find_unlisted(component).await
    }

    fn tell_reading(&self, component: Component, done: u64) {
        self.watcher.progress(Progress {
            component,
            phase: Phase::ReadingMailbox,
            done,
            total: None,
        });
    }

    async fn keep_page(&self, component: Component, page: ItemChanges) -> ports::Result<()> {
        let waiting = self.waiting(component).await?;
        let known = self.links_of_items(component, &page).await?;
        let new: Vec<ItemId> = page
            .seen
            .iter()
            .filter(|head| !is_echo(head, &known))
            .map(|head| head.id.clone())
            .collect();
        let mut observations = self.read_items(component, &new, &known, &waiting).await?;
        observations.extend(
            page.gone
                .into_iter()
                .filter(|id| {
                    known.contains_key(id) || waiting.contains(&RemoteId::Mailbox(id.clone()))
                })
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

    async fn read_items(
        &self,
        component: Component,
        ids: &[ItemId],
        known: &BTreeMap<ItemId, Link>,
        waiting: &BTreeSet<RemoteId>,
    ) -> ports::Result<Vec<Observation>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut observations = Vec::new();
        let mut unread = Vec::new();
        let answers = self.doors.mailbox.read(component, ids).await?;
        for (id, answer) in ids.iter().zip(answers) {
            match answer {
                Ok(item) => {
                    let values = mapping::from_item(component, &item.fields);
                    let same = known.get(id).is_some_and(|link| link.base.item == values);
                    if !same || waiting.contains(&RemoteId::Mailbox(id.clone())) {
                        observations.push(Observation::Item(item));
                    }
                }
                // Gone between list and read: the feed will tell. Refused: not an entry of this component.
                Err(failure)
                    if matches!(failure.kind, ErrorKind::Gone | ErrorKind::Refused { .. }) => {}
                Err(failure) => unread.push(self.unread(id, failure)?),
            }
        }
        self.note_unread(component, unread).await?;
        Ok(observations)
    }

    /// One item that cannot be read is listed and tried again; the others go on (S8).
    fn unread(&self, id: &ItemId, failure: Failure) -> ports::Result<Refusal> {
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

    async fn note_unread(&self, component: Component, refused: Vec<Refusal>) -> ports::Result<()> {
        if refused.is_empty() {
            return Ok(());
        }
        let outcome = Outcome {
            refused,
            ..Outcome::default()
        };
        self.doors.store.commit(component, &outcome).await
    }

    /// Items that could not be read earlier and are due.
    async fn read_again(&self, component: Component) -> ports::Result<()> {
        let waiting = self.waiting(component).await?;
        let now = self.doors.clock.now();
        let due: Vec<ItemId> = self
            .doors
            .store
            .refusals(component)
            .await?
            .into_iter()
            .filter(|refusal| refusal.retry_at <= now && !waiting.contains(&refusal.entry))
            .filter_map(|refusal| match refusal.entry {
                RemoteId::Mailbox(id) => Some(id),
                RemoteId::Crm(_) => None,
            })
            .collect();
        if due.is_empty() {
            return Ok(());
        }
        let accepted = due.iter().cloned().map(RemoteId::Mailbox).collect();
        let outcome = Outcome {
            accepted,
            ..Outcome::default()
        };
        self.doors.store.commit(component, &outcome).await?;
        let links = self
            .doors
            .store
            .links(component, LinkFilter::OfItems(due.clone()))
            .await?;
        let observations = self
            .read_items(component, &due, &by_item(links), &waiting)
            .await?;
        self.doors
            .store
            .observe(component, &observations, None)
            .await
    }

    /// The cursor is no longer valid: everything is listed anew. What the list lacks is looked up afterwards.
    async fn list_again(&self, component: Component) -> ports::Result<()> {
        info!(%component, "the mailbox's list of changes starts anew");
        self.doors
            .store
            .set_fact(&relisting(component), Some("yes"))
            .await?;
        let cursor = Cursor {
            side: Side::Mailbox,
            token: None,
        };
        self.doors.store.observe(component, &[], Some(cursor)).await
    }

    /// After a new list: every linked item is asked for by its id, because only the server's own word is evidence (R6.9).
    async fn find_unlisted(&self, component: Component) -> ports::Result<()> {
        if self
            .doors
            .store
            .fact(&relisting(component))
            .await?
            .is_none()
        {
            return Ok(());
        }
        let links = self.doors.store.links(component, LinkFilter::All).await?;
        let ids: Vec<ItemId> = links
            .iter()
            .filter_map(|link| link.item().cloned())
            .collect();
        let answers = self.doors.mailbox.read(component, &ids).await?;
        let gone: Vec<Observation> = ids
            .into_iter()
            .zip(answers)
            .filter(|(_, answer)| matches!(answer, Err(failure) if failure.kind == ErrorKind::Gone))
            .map(|(id, _)| Observation::ItemGone { id })
            .collect();
        self.doors.store.observe(component, &gone, None).await?;
        self.doors.store.set_fact(&relisting(component), None).await
    }

    /// The folder was deleted (R7.11): nothing in the CRM is deleted because of it. The folder is made anew and everything that was
    /// linked is created in it again; what the user had deleted before stays away.
    async fn folder_vanished(&self, component: Component) -> ports::Result<()> {
        warn!(%component, "the predefined folder is gone and is made anew");
        let folder = self
            .doors
            .mailbox
            .ensure_folder(self.place(component))
            .await?;
        self.remember_folder(component, &folder).await?;
        let links = self.doors.store.links(component, LinkFilter::All).await?;
        // What was seen in the old folder is of no use: its ids are gone with it.
        let waiting = self.waiting(component).await?;
        let outcome = Outcome {
            settled: waiting
                .into_iter()
                .filter(|entry| entry.side() == Side::Mailbox)
                .collect(),
            links: links
                .into_iter()
                .filter(|link| matches!(link.state, LinkState::Live { .. }))
                .map(|link| LinkChange::Drop(link.id))
                .collect(),
            ..Outcome::default()
        };
        self.doors.store.commit(component, &outcome).await?;
        for side in [Side::Mailbox, Side::Crm] {
            let cursor = Cursor { side, token: None };
            self.doors
                .store
                .observe(component, &[], Some(cursor))
                .await?;
        }
        self.observe_mailbox(component, &folder).await
    }
}

fn relisting(component: Component) -> String {
    format!("relisting.{component}")
}

/// Our own write: the version is the one its answer gave.
fn is_echo(head: &ItemHead, known: &BTreeMap<ItemId, Link>) -> bool {
    known.get(&head.id).is_some_and(|link| match &link.state {
        LinkState::Live { change_key, .. } => *change_key == head.change_key,
        LinkState::StaysAway => false,
    })
}

fn by_item(links: Vec<Link>) -> BTreeMap<ItemId, Link> {
    links
        .into_iter()
        .filter_map(|link| Some((link.item()?.clone(), link)))
        .collect()
}
