//! The mailbox's part of a batch: one call for all writes, one more to read back what the server made of them.

use std::collections::BTreeMap;

use model::history::Tally;
use model::{
    Base, Change, ChangeKey, Component, Field, Fields, Item, ItemId, Link, LinkState, Operation,
    OperationId, RecordId, Revision, Side, Stamp, Stamping,
};
use ports::{ErrorKind, ItemWrite, LinkChange, Notify, Outcome, WrittenItem};
use reconcile::{ItemSide, agree};

use super::Task;
use super::batch::{Ended, Work};

/// One write on its way: which step, which journal entry, what is sent.
struct Sent {
    work: usize,
    id: OperationId,
    operation: Operation,
    write: ItemWrite,
}

impl Task<'_> {
    /// Whether another pass is needed.
    pub(super) async fn write_items(
        &self,
        works: &mut [Work],
        tally: &mut Tally,
    ) -> ports::Result<bool> {
        let sent = self.item_writes(works);
        if sent.is_empty() {
            return Ok(false);
        }
        let folder = self.engine.folder(self.component()).await?;
        let writes: Vec<ItemWrite> = sent.iter().map(|sent| sent.write.clone()).collect();
        let mailbox = &self.engine.writable().await?.mailbox;
        match mailbox.write(self.component(), &folder, &writes).await {
            Ok(answers) => {
                let kept = self.read_back(&answers).await;
                self.book_items(works, sent, answers, &kept, tally).await
            }
            Err(failure) if failure.kind == ErrorKind::OutcomeUnknown => {
                let answers = writes.iter().map(|_| Err(failure.again())).collect();
                self.book_items(works, sent, answers, &BTreeMap::new(), tally)
                    .await
            }
            Err(failure) => {
                self.nothing_was_written(works, sent).await?;
                Err(failure)
            }
        }
    }

    fn item_writes(&self, works: &mut [Work]) -> Vec<Sent> {
        let mut sent = Vec::new();
        for (position, work) in works.iter_mut().enumerate() {
            if let Some((id, operation)) = work.take(Side::Mailbox)
                && let Some(write) = self.item_write(work, &operation)
            {
                sent.push(Sent {
                    work: position,
                    id,
                    operation,
                    write,
                });
            }
        }
        sent
    }

    fn item_write(&self, work: &Work, operation: &Operation) -> Option<ItemWrite> {
        let present = match &work.step.unit.item {
            ItemSide::Present(item) => Some(item),
            ItemSide::Absent | ItemSide::Unchanged | ItemSide::Gone => None,
        };
        match operation {
            Operation::CreateItem { record, fields, .. } => {
                let base = Base {
                    item: fields.clone(),
                    record: fields.clone(),
                };
                Some(ItemWrite::Create {
                    fields: mapping::new_item(self.component(), fields),
                    stamp: self.stamp_for(record, operation, Revision::of(&base)),
                    notify: self.notify(fields, &[]),
                })
            }
            Operation::UpdateItem { item, changes, .. } => {
                let (item_read, link) = (present?, work.link.as_ref()?);
                Some(ItemWrite::Update {
                    id: item.clone(),
                    change_key: item_read.change_key.clone(),
                    set: mapping::set_on_item(self.component(), &item_read.fields, changes),
                    stamp: (link.stamping == Stamping::Allowed)
                        .then(|| self.stamp_for(&link.record, operation, expected(changes, link))),
                    notify: self.notify(&link.base.record, changes),
                })
            }
            Operation::DeleteItem { item, .. } => Some(ItemWrite::Delete {
                id: item.clone(),
                change_key: present?.change_key.clone(),
                notify: work
                    .link
                    .as_ref()
                    .map_or(Notify::Nobody, |link| self.notify(&link.base.record, &[])),
            }),
            Operation::CreateRecord { .. }
            | Operation::UpdateRecord { .. }
            | Operation::DeleteRecord { .. } => None,
        }
    }

    /// Only those whom the CRM invited hear of anything, only of what concerns them, and only if the policy says so (R3.6, R3.7).
    fn notify(&self, record: &Fields, changes: &[Change]) -> Notify {
        let of_concern = changes.iter().any(|change| {
            matches!(
                change.field,
                Field::Subject
                    | Field::Start
                    | Field::End
                    | Field::AllDay
                    | Field::Location
                    | Field::Invited
            )
        });
        let invites = |change: &Change| change.field == Field::Invited && !change.after.is_empty();
        let invited = !record.get(Field::Invited).is_empty() || changes.iter().any(invites);
        match self.engine.setup.policy.send_invitations && invited {
            true if changes.is_empty() || of_concern => Notify::Attendees,
            _ => Notify::Nobody,
        }
    }

    fn stamp_for(&self, record: &RecordId, operation: &Operation, revision: Revision) -> Stamp {
        Stamp {
            crm: self.engine.setup.owner.crm.clone(),
            record: record.clone(),
            link: operation.link().clone(),
            revision: Some(revision),
        }
    }

    /// What the server made of what was written. Where it cannot be read now, what was sent counts.
    async fn read_back(&self, answers: &[ports::Result<WrittenItem>]) -> BTreeMap<ItemId, Item> {
        let written: Vec<&WrittenItem> = answers
            .iter()
            .flatten()
            .filter(|written| written.change_key.is_some())
            .collect();
        if written.is_empty() {
            return BTreeMap::new();
        }
        let ids: Vec<ItemId> = written.iter().map(|written| written.id.clone()).collect();
        let Ok(items) = self.read_twice(&ids).await else {
            return BTreeMap::new();
        };
        items
            .into_iter()
            .zip(written)
            .filter_map(|(item, written)| Some((item.ok()?, written)))
            .filter(|(item, written)| Some(&item.change_key) == written.change_key.as_ref())
            .map(|(item, _)| (item.id.clone(), item))
            .collect()
    }

    /// What is not read here counts as kept as sent, so one more try is worth it.
    async fn read_twice(&self, ids: &[ItemId]) -> ports::Result<Vec<ports::Result<Item>>> {
        let mailbox = &self.engine.doors.mailbox;
        match mailbox.read(self.component(), ids).await {
            Ok(items) => Ok(items),
            Err(_) => mailbox.read(self.component(), ids).await,
        }
    }

    async fn book_items(
        &self,
        works: &mut [Work],
        sent: Vec<Sent>,
        answers: Vec<ports::Result<WrittenItem>>,
        kept: &BTreeMap<ItemId, Item>,
        tally: &mut Tally,
    ) -> ports::Result<bool> {
        let mut outcome = Outcome::default();
        let mut again = false;
        let mut fatal = None;
        for (sent, answer) in sent.into_iter().zip(answers) {
            let work = &mut works[sent.work];
            let ended = match answer {
                Ok(written) => {
                    self.item_done(work, &sent.operation, &written, kept, &mut outcome, tally);
                    Ended::Done
                }
                Err(failure) if is_deleted_already(&sent.operation, &failure) => {
                    let written = WrittenItem {
                        id: ItemId::new(""),
                        change_key: None,
                    };
                    self.item_done(work, &sent.operation, &written, kept, &mut outcome, tally);
                    Ended::Done
                }
                Err(failure) => match Ended::of(&failure) {
                    Some(ended) => ended,
                    None => {
                        fatal = Some(failure);
                        Ended::Again
                    }
                },
            };
            again |= self.book(work, sent.id, Side::Mailbox, ended, &mut outcome, tally);
            self.close(work, &mut outcome);
        }
        self.commit(&outcome).await?;
        match fatal {
            Some(failure) => {
                self.abandon(works).await?;
                Err(failure)
            }
            None => Ok(again),
        }
    }

    fn item_done(
        &self,
        work: &mut Work,
        operation: &Operation,
        written: &WrittenItem,
        kept: &BTreeMap<ItemId, Item>,
        outcome: &mut Outcome,
        tally: &mut Tally,
    ) {
        let component = self.component();
        let kept = kept
            .get(&written.id)
            .map(|item| mapping::from_item(component, &item.fields));
        let change_key = written
            .change_key
            .clone()
            .unwrap_or_else(|| ChangeKey::new(""));
        match operation {
            Operation::CreateItem {
                link,
                record,
                fields,
            } => {
                let kept = kept.unwrap_or_else(|| fields.clone());
                let made = made(
                    component,
                    link.clone(),
                    record,
                    written,
                    change_key,
                    fields,
                    &kept,
                );
                work.link = Some(made);
            }
            Operation::UpdateItem { changes, .. } => {
                if let Some(link) = &mut work.link {
                    let predicted = expected(changes, link);
                    let kept = kept.unwrap_or_else(|| after(changes));
                    agree::on_item_update(&mut link.base, changes, &kept);
                    link.state = LinkState::Live {
                        item: written.id.clone(),
                        change_key,
                    };
                    link.stamped = Some(predicted);
                }
            }
            _ => {}
        }
        self.keep_item_link(work, operation, outcome);
        let item = match operation {
            Operation::DeleteItem { item, .. } => Some(item.clone()),
            _ => Some(written.id.clone()),
        };
        let record = work.link.as_ref().map(|link| link.record.clone());
        self.tell_linked(work, outcome, tally);
        self.tell_history(work, operation, (item, record), outcome, tally);
    }

    fn keep_item_link(&self, work: &Work, operation: &Operation, outcome: &mut Outcome) {
        if let Operation::DeleteItem { link, .. } = operation {
            outcome.links.push(LinkChange::Drop(link.clone()));
        } else if let Some(link) = &work.link {
            outcome.links.push(LinkChange::Put(link.clone()));
        }
    }

    /// The call failed before anything was written: the journal entries of this batch are over, the observations stay.
    async fn nothing_was_written(&self, works: &mut [Work], sent: Vec<Sent>) -> ports::Result<()> {
        let outcome = Outcome {
            done: sent.into_iter().map(|sent| sent.id).collect(),
            ..Outcome::default()
        };
        self.commit(&outcome).await?;
        self.abandon(works).await
    }

    /// Journal entries of writes that are not sent any more in this run.
    pub(super) async fn abandon(&self, works: &mut [Work]) -> ports::Result<()> {
        let done = works
            .iter_mut()
            .flat_map(|work| work.open.drain(..))
            .map(|(id, _)| id)
            .collect();
        let outcome = Outcome {
            done,
            ..Outcome::default()
        };
        self.commit(&outcome).await
    }
}

fn made(
    component: Component,
    id: model::LinkId,
    record: &RecordId,
    written: &WrittenItem,
    change_key: ChangeKey,
    fields: &Fields,
    kept: &Fields,
) -> Link {
    let sent = Base {
        item: fields.clone(),
        record: fields.clone(),
    };
    Link {
        id,
        component,
        record: record.clone(),
        state: LinkState::Live {
            item: written.id.clone(),
            change_key,
        },
        base: Base {
            item: agree::on_creation(fields, kept),
            record: fields.clone(),
        },
        stamped: Some(Revision::of(&sent)),
        stamping: Stamping::Allowed,
    }
}

/// The revision that holds once the item took over its changes. What the record still has to take over is not agreed on yet: a
/// stamp that said so would make the record's old value look like a change after a crash.
fn expected(changes: &[model::Change], link: &Link) -> Revision {
    let mut base = link.base.clone();
    agree::on_item_update(&mut base, changes, &after(changes));
    Revision::of(&base)
}

fn after(changes: &[model::Change]) -> Fields {
    changes
        .iter()
        .map(|change| (change.field, change.after.clone()))
        .collect()
}

fn is_deleted_already(operation: &Operation, failure: &ports::Failure) -> bool {
    matches!(operation, Operation::DeleteItem { .. }) && failure.kind == ErrorKind::Gone
}
