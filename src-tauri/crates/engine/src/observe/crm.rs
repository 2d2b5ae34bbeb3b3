//! The CRM's half of observing: the change feed of the user's own records.

use std::collections::BTreeMap;

use model::{Component, Link, Observation, Owner, Record, RecordId, RemoteId, Side};
use ports::{Cursor, ErrorKind, LinkFilter, RecordChanges};
use tracing::info;

use crate::Engine;
use crate::progress::{Phase, Progress};

impl Engine {
    pub(crate) async fn observe_crm(&self, component: Component) -> ports::Result<()> {
        let (mut read, mut relisted) = (0, false);
        loop {
            self.watcher.progress(Progress {
                component,
                phase: Phase::ReadingCrm,
                done: read,
                total: None,
            });
            let cursor = self.doors.store.cursor(component, Side::Crm).await?;
            let page = match self.doors.crm.changes(component, cursor.as_ref()).await {
                Ok(page) => page,
                Err(failure)
                    if failure.kind == ErrorKind::Stale && cursor.is_some() && !relisted =>
                {
                    relisted = true;
                    info!(%component, "the CRM's list of changes starts anew");
                    let cursor = Cursor {
                        side: Side::Crm,
                        token: None,
                    };
                    self.doors
                        .store
                        .observe(component, &[], Some(cursor))
                        .await?;
                    continue;
                }
                Err(failure) => return Err(failure),
            };
            read += page.seen.len() as u64;
            let more = page.more;
            self.keep_records(component, page).await?;
            if !more {
                return Ok(());
            }
        }
    }

    async fn keep_records(&self, component: Component, page: RecordChanges) -> ports::Result<()> {
        let ids = page
            .seen
            .iter()
            .map(|record| record.id.clone())
            .chain(page.gone.iter().cloned())
            .collect();
        let known = self.links_of_records(component, ids).await?;
        let ids = page.seen.iter().map(|record| &record.id).chain(&page.gone);
        let entries: Vec<RemoteId> = ids.cloned().map(RemoteId::Crm).collect();
        let waiting = self.doors.store.waiting(component, &entries).await?;
        let waits = |id: &RecordId| waiting.contains(&RemoteId::Crm(id.clone()));
        let mut observations: Vec<Observation> = page
            .seen
            .into_iter()
            .filter(|record| {
                waits(&record.id) || !is_as_agreed(component, record, known.get(&record.id))
            })
            .map(seen)
            .collect();
        observations.extend(
            page.gone
                .into_iter()
                .filter(|id| known.contains_key(id) || waits(id))
                .map(|id| Observation::RecordGone { id }),
        );
        let cursor = Cursor {
            side: Side::Crm,
            token: Some(page.next),
        };
        self.doors
            .store
            .observe(component, &observations, Some(cursor))
            .await
    }

    pub(crate) async fn links_of_records(
        &self,
        component: Component,
        ids: Vec<RecordId>,
    ) -> ports::Result<BTreeMap<RecordId, Link>> {
        let links = self
            .doors
            .store
            .links(component, LinkFilter::OfRecords(ids))
            .await?;
        Ok(links
            .into_iter()
            .map(|link| (link.record.clone(), link))
            .collect())
    }
}

/// What a record that was read is to the engine: the user's, or somebody else's now (R1.5).
pub(crate) fn seen(record: Record) -> Observation {
    match record.owner {
        Owner::Me => Observation::Record(record),
        Owner::Other => Observation::RecordLeft { id: record.id },
    }
}

/// One that had gone is news whatever it holds.
fn is_as_agreed(component: Component, record: &Record, link: Option<&Link>) -> bool {
    let holds = |link: &Link| link.base.record == mapping::from_record(component, &record.fields);
    record.owner == Owner::Me && link.is_some_and(|link| !link.is_kept() && holds(link))
}
