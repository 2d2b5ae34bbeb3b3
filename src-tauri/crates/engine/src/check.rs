//! The complete look, every quarter of an hour: a change feed does not tell of records that were re-assigned, closed or renamed along
//! with their organisation (facts: crm 13, leaving records).

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use model::{
    Component, Field, Link, LinkState, Observation, RecordHead, RecordId, RemoteId, Side, Window,
};
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
        // Before the first list of the CRM's records is there, that list tells everything.
        if self
            .doors
            .store
            .cursor(component, Side::Crm)
            .await?
            .is_some()
        {
            self.compare(component).await?;
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
        // A look that is still to come was before our clock was set back.
        Ok(last.is_none_or(|last| now < last || now.duration_since(last) >= EVERY))
    }

    async fn compare(&self, component: Component) -> ports::Result<()> {
        let linked = self.doors.store.linked_records(component).await?;
        let heads: BTreeMap<RecordId, RecordHead> = self
            .doors
            .crm
            .owned(component, self.bounds(component).as_ref())
            .await?
            .into_iter()
            .map(|head| (head.id.clone(), head))
            .collect();
        let mut suspects = Vec::new();
        for some in linked.chunks(AT_ONCE) {
            let links = self.links_of_records(component, some.to_vec()).await?;
            let odd = links
                .into_values()
                .filter(|link| match heads.contains_key(&link.record) {
                    true => is_renamed(link, &heads) || link.is_kept(),
                    false => self.is_expected(link),
                });
            suspects.extend(odd.map(|link| link.record));
        }
        suspects.extend(
            self.overlooked(component, heads.into_keys(), &linked)
                .await?,
        );
        debug!(%component, suspects = suspects.len(), "complete look at the CRM");
        let observations = self.look_up_records(component, &suspects).await?;
        self.doors
            .store
            .observe(component, &observations, None)
            .await
    }

    /// Entries that are over, or whose record went, are in no list, and that says nothing of them.
    fn is_expected(&self, link: &Link) -> bool {
        let window = self.window();
        match link.state {
            LinkState::LetGo { .. } | LinkState::Kept { .. } => false,
            LinkState::Live { .. } | LinkState::StaysAway => {
                mapping::days::lies_in(link.component, &link.base.record, &window)
            }
        }
    }

    fn bounds(&self, component: Component) -> Option<Window> {
        match component {
            Component::Appointments | Component::Tasks => Some(self.window()),
            Component::Contacts | Component::Emails => None,
        }
    }

    /// Records that wait and are no longer the user's, and own ones that no list of changes told of, as after a restored backup.
    async fn overlooked(
        &self,
        component: Component,
        owned: impl Iterator<Item = RecordId>,
        linked: &[RecordId],
    ) -> ports::Result<Vec<RecordId>> {
        let linked: BTreeSet<&RecordId> = linked.iter().collect();
        let owned: BTreeSet<RecordId> = owned.collect();
        let mut waiting = BTreeSet::new();
        for seen in self.doors.store.observations(component).await? {
            if let RemoteId::Crm(id) = seen.subject() {
                waiting.insert(id);
            }
        }
        let left = waiting.difference(&owned).cloned();
        let unknown = owned.difference(&waiting).filter(|id| !linked.contains(id));
        Ok(left.chain(unknown.cloned()).collect())
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
                Err(failure) if failure.says_re_assigned() => {
                    observations.push(Observation::RecordLeft { id: id.clone() });
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

/// When the last complete look was.
pub(crate) fn fact(component: Component) -> String {
    format!("checked.{component}")
}
