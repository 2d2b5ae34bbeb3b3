//! What a user does about an entry that waits: fills in what is missing, on the side the entry lives on or only in the record that is to
//! be made of it (R6.5). The next run takes it from there.

use std::collections::BTreeMap;

use model::history::{Act, HistoryEntry};
use model::{
    Change, Code, Component, Field, Fields, Item, ItemId, Observation, Organiser, Record, RecordId,
    RemoteId, RunId,
};
use ports::{ErrorKind, Failure, ItemWrite, Notify, Outcome, StateStore};

use crate::Engine;

/// What a user fills in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FilledIn {
    /// Values of the entry itself, in common form.
    pub values: Vec<(Field, String)>,
    /// Values of fields that only the CRM has, by its names.
    pub more: BTreeMap<String, String>,
}

impl Engine {
    /// Fills in what an entry lacks. Its refusal is over; whether it now goes through is for the next run to see.
    pub async fn fill_in(
        &self,
        run: RunId,
        component: Component,
        entry: &RemoteId,
        filled: &FilledIn,
    ) -> ports::Result<()> {
        if !filled.more.is_empty() {
            keep_more(&*self.doors.store, component, entry, &filled.more).await?;
        }
        let mut outcome = Outcome {
            accepted: vec![entry.clone()],
            ..Outcome::default()
        };
        if !filled.values.is_empty() {
            let (seen, changes) = match entry {
                RemoteId::Mailbox(id) => self.fill_item(component, id, &filled.values).await?,
                RemoteId::Crm(id) => self.fill_record(component, id, &filled.values).await?,
            };
            outcome
                .history
                .push(self.filled_line(run, component, &seen, changes));
            outcome.observed.push(seen);
        }
        self.doors.store.commit(component, &outcome).await
    }

    async fn fill_item(
        &self,
        component: Component,
        id: &ItemId,
        values: &[(Field, String)],
    ) -> ports::Result<(Observation, Vec<Change>)> {
        let item = self.one_item(component, id).await?;
        if item.organiser == Organiser::Other {
            return Err(Failure::new(ErrorKind::Denied, Code::OrganisedByOther));
        }
        let held = mapping::from_item(component, &item.fields);
        let changes = changes(&held, values);
        if changes.is_empty() {
            return Ok((Observation::Item(item), changes));
        }
        let write = ItemWrite::Update {
            id: id.clone(),
            change_key: item.change_key.clone(),
            set: mapping::set_on_item(component, &item.fields, &changes),
            stamp: None,
            notify: Notify::Nobody,
        };
        let folder = self.folder(component).await?;
        let mailbox = &self.writable().await?.mailbox;
        let answers = mailbox.write(component, &folder, &[write]).await?;
        answers.into_iter().next().transpose()?;
        let item = self.one_item(component, id).await?;
        Ok((Observation::Item(item), changes))
    }

    async fn fill_record(
        &self,
        component: Component,
        id: &RecordId,
        values: &[(Field, String)],
    ) -> ports::Result<(Observation, Vec<Change>)> {
        let record = self.one_record(component, id).await?;
        let kept = mapping::from_record(component, &record.fields);
        let changes = changes(&kept, values);
        if changes.is_empty() {
            return Ok((Observation::Record(record), changes));
        }
        let crm = &self.writable().await?.crm;
        let record = crm.update(component, id, &changes, &record.fields).await?;
        Ok((Observation::Record(record), changes))
    }

    pub(crate) async fn one_item(&self, component: Component, id: &ItemId) -> ports::Result<Item> {
        let ids = std::slice::from_ref(id);
        let answers = self.doors.mailbox.read(component, ids).await?;
        answers.into_iter().next().unwrap_or_else(|| Err(gone()))
    }

    async fn one_record(&self, component: Component, id: &RecordId) -> ports::Result<Record> {
        let ids = std::slice::from_ref(id);
        let answers = self.doors.crm.read(component, ids).await?;
        answers.into_iter().next().unwrap_or_else(|| Err(gone()))
    }

    fn filled_line(
        &self,
        run: RunId,
        component: Component,
        seen: &Observation,
        changes: Vec<Change>,
    ) -> HistoryEntry {
        let subject = seen.subject();
        let values = match seen {
            Observation::Item(item) => mapping::from_item(component, &item.fields),
            Observation::Record(record) => mapping::from_record(component, &record.fields),
            _ => Fields::new(),
        };
        let (item, record) = match &subject {
            RemoteId::Mailbox(id) => (Some(id.clone()), None),
            RemoteId::Crm(id) => (None, Some(id.clone())),
        };
        HistoryEntry {
            id: 0,
            at: self.doors.clock.now(),
            run,
            component,
            side: subject.side(),
            act: Act::Updated,
            title: mapping::title(component, &values),
            item,
            record,
            changes,
            reason: None,
        }
    }
}

fn gone() -> Failure {
    Failure::new(ErrorKind::Gone, Code::EntryGone)
}

fn changes(now: &Fields, values: &[(Field, String)]) -> Vec<Change> {
    let wanted = values
        .iter()
        .filter(|(field, value)| now.get(*field) != value);
    wanted
        .map(|(field, value)| Change {
            field: *field,
            before: now.get(*field).to_owned(),
            after: value.clone(),
        })
        .collect()
}

fn fact(component: Component, entry: &RemoteId) -> String {
    format!("filled_in.{component}.{}", entry.as_str())
}

async fn keep_more(
    store: &dyn StateStore,
    component: Component,
    entry: &RemoteId,
    more: &BTreeMap<String, String>,
) -> ports::Result<()> {
    let mut all = more_of(store, component, entry).await?;
    all.extend(more.clone());
    let text = serde_json::to_string(&all).expect("texts by texts are plain data");
    store.set_fact(&fact(component, entry), Some(&text)).await
}

/// What was filled in for the record that is to be made of this entry.
pub(crate) async fn more_of(
    store: &dyn StateStore,
    component: Component,
    entry: &RemoteId,
) -> ports::Result<BTreeMap<String, String>> {
    let text = store.fact(&fact(component, entry)).await?;
    let Some(text) = text else {
        return Ok(BTreeMap::new());
    };
    serde_json::from_str(&text)
        .map_err(|error| Failure::new(ErrorKind::Bug, Code::StateUnusable).caused_by(error))
}

/// The entry has another id by now.
pub(crate) async fn move_more(
    store: &dyn StateStore,
    component: Component,
    from: &RemoteId,
    to: &RemoteId,
) -> ports::Result<()> {
    let text = store.fact(&fact(component, from)).await?;
    if text.is_some() {
        store
            .set_fact(&fact(component, to), text.as_deref())
            .await?;
        store.set_fact(&fact(component, from), None).await?;
    }
    Ok(())
}

/// The record is made: what was filled in for it is no longer needed.
pub(crate) async fn forget_more(
    store: &dyn StateStore,
    component: Component,
    entry: &RemoteId,
) -> ports::Result<()> {
    store.set_fact(&fact(component, entry), None).await
}
