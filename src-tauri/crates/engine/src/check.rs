//! The complete look, every quarter of an hour: a change feed does not tell of records that were re-assigned, closed or renamed along
//! with their organisation (facts: crm 13, leaving records).

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use model::{Component, Field, Link, Observation, RecordHead, RecordId};
use ports::ErrorKind;
use tracing::debug;

use crate::Engine;
use crate::observe::seen;

/// How many links are in memory at once.
const AT_ONCE: usize = 500;
const EVERY: SignedDuration = SignedDuration::from_mins(15);

impl Engine {
    /// Compares the complete list of own records with the links when it is time.
    pub(crate) async fn check(&self, component: Component) -> ports::Result<()> {
        let now = self.doors.clock.now();
        if !self.is_due(component, now).await? {
            return Ok(());
        }
        let linked = self.doors.store.linked_records(component).await?;
        if !linked.is_empty() {
            self.compare(component, linked).await?;
        }
        let stamp = now.as_second().to_string();
        self.doors
            .store
            .set_fact(&fact(component), Some(&stamp))
            .await
    }

    async fn is_due(&self, component: Component, now: Timestamp) -> ports::Result<bool> {
        let last = self.doors.store.fact(&fact(component)).await?;
        let last = last
            .and_then(|text| text.parse().ok())
            .and_then(|second| Timestamp::from_second(second).ok());
        Ok(last.is_none_or(|last| now.duration_since(last).abs() >= EVERY))
    }

    async fn compare(&self, component: Component, linked: Vec<RecordId>) -> ports::Result<()> {
        let heads: BTreeMap<RecordId, RecordHead> = self
            .doors
            .crm
            .owned(component)
            .await?
            .into_iter()
            .map(|head| (head.id.clone(), head))
            .collect();
        let (there, mut suspects): (Vec<RecordId>, Vec<RecordId>) =
            linked.into_iter().partition(|id| heads.contains_key(id));
        for some in there.chunks(AT_ONCE) {
            let links = self.links_of_records(component, some.to_vec()).await?;
            let renamed = links.into_values().filter(|link| is_renamed(link, &heads));
            suspects.extend(renamed.map(|link| link.record));
        }
        debug!(%component, suspects = suspects.len(), "complete look at the CRM");
        let observations = self.look_up_records(component, &suspects).await?;
        self.doors
            .store
            .observe(component, &observations, None)
            .await
    }

    /// Reads records by their ids: only what the server says of each is evidence (R6.9). What it does not show is left alone.
    pub(crate) async fn look_up_records(
        &self,
        component: Component,
        ids: &[RecordId],
    ) -> ports::Result<Vec<Observation>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut observations = Vec::new();
        let answers = self.doors.crm.read(component, ids).await?;
        for (id, answer) in ids.iter().zip(answers) {
            match answer {
                Ok(record) => observations.push(seen(record)),
                Err(failure) if failure.kind == ErrorKind::Gone => {
                    observations.push(Observation::RecordGone { id: id.clone() });
                }
                Err(failure) if failure.is_about_one_entry() => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(observations)
    }
}

fn is_renamed(link: &Link, heads: &BTreeMap<RecordId, RecordHead>) -> bool {
    heads
        .get(&link.record)
        .and_then(|head| head.organisation.as_deref())
        .is_some_and(|name| name.trim() != link.base.record.get(Field::Organisation))
}

fn fact(component: Component) -> String {
    format!("checked.{component}")
}
