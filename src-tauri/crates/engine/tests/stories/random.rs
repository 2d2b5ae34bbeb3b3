//! Random acts on both sides, with syncs and lost answers in between: whatever the order, both sides end equal, nothing is doubled and
//! a further run writes nothing. A failing case is shrunk and printed with its seed.

use super::world::{C, World, contact};
use std::collections::{BTreeMap, BTreeSet};

use engine::brake::Answer;
use model::{Field, Item, Owner, RemoteId, Side};
use ports::ErrorKind;
use ports::memory::mailbox::Strike;
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Act {
    CreateItem,
    CreateRecord,
    EditItem(u8, u8),
    EditRecord(u8, u8),
    RemoveItem(u8),
    PutItemBack,
    CopyItem(u8),
    DeleteRecord(u8),
    AssignAway(u8),
    AssignBack(u8),
    LoseItemAnswer,
    LoseRecordAnswer,
    CutBefore,
    ExpireCursor,
    #[allow(dead_code)]
    // only in the written stories: a random one may lose it between a write and its stamp
    LoseState,
    Sync,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => Just(Act::CreateItem),
        3 => Just(Act::CreateRecord),
        4 => any::<(u8, u8)>().prop_map(|(which, value)| Act::EditItem(which, value)),
        4 => any::<(u8, u8)>().prop_map(|(which, value)| Act::EditRecord(which, value)),
        1 => any::<u8>().prop_map(Act::RemoveItem),
        1 => Just(Act::PutItemBack),
        1 => any::<u8>().prop_map(Act::CopyItem),
        1 => any::<u8>().prop_map(Act::DeleteRecord),
        1 => any::<u8>().prop_map(Act::AssignAway),
        1 => any::<u8>().prop_map(Act::AssignBack),
        1 => Just(Act::LoseItemAnswer),
        1 => Just(Act::LoseRecordAnswer),
        1 => Just(Act::ExpireCursor),
        1 => Just(Act::CutBefore),
        5 => Just(Act::Sync),
    ]
}

/// A story is a world and the items that lie outside the folder.
struct Story {
    world: World,
    outside: Vec<Item>,
    /// The last edit of each field in the mailbox and in the CRM: one of them must survive.
    edits: BTreeMap<(String, Field), [Option<String>; 2]>,
    /// People of whom there are copies, whose item was taken out or whose record was deleted or given away: an edit may end with the entry.
    blurred: BTreeSet<String>,
    made: u32,
}

impl Story {
    fn new() -> Self {
        Self {
            world: World::new(),
            outside: Vec::new(),
            edits: BTreeMap::new(),
            blurred: BTreeSet::new(),
            made: 0,
        }
    }

    fn new_contact(&mut self) -> model::Fields {
        self.made += 1;
        contact(&format!("Person{}", self.made))
    }

    fn item(&self, which: u8) -> Option<Item> {
        let items = self.world.mailbox.items();
        let count = items.len();
        items.into_iter().nth(usize::from(which) % count.max(1))
    }

    fn record(&self, which: u8) -> Option<model::Record> {
        let records = self.world.crm.records();
        let count = records.len();
        records.into_iter().nth(usize::from(which) % count.max(1))
    }

    async fn act(&mut self, act: Act) {
        let (second, field) = (self.world.seconds_pass(10), |value: u8| {
            [Field::Phone, Field::BillingCity, Field::JobTitle][usize::from(value) % 3]
        });
        let (mailbox, crm) = (self.world.mailbox.clone(), self.world.crm.clone());
        match act {
            Act::CreateItem => {
                mailbox.user_creates(self.new_contact(), second);
            }
            Act::CreateRecord => {
                crm.user_creates(self.new_contact(), second);
            }
            Act::EditItem(which, value) => {
                if let Some(item) = self.item(which) {
                    mailbox.user_edits(&item.id, field(value), &format!("m{value}"), second);
                    self.note_edit(
                        Side::Mailbox,
                        &item.fields,
                        field(value),
                        format!("m{value}"),
                    );
                }
            }
            Act::EditRecord(which, value) => {
                if let Some(record) = self.record(which) {
                    crm.user_edits(&record.id, field(value), &format!("c{value}"), second);
                    self.note_edit(Side::Crm, &record.fields, field(value), format!("c{value}"));
                }
            }
            Act::RemoveItem(which) => {
                if let Some(item) = self.item(which) {
                    self.blur(&item.fields);
                    self.outside.extend(mailbox.user_removes(&item.id));
                }
            }
            Act::PutItemBack => {
                if let Some(item) = self.outside.pop() {
                    mailbox.user_puts_back(item);
                }
            }
            Act::CopyItem(which) => {
                if let Some(item) = self.item(which) {
                    self.blur(&item.fields);
                    mailbox.user_puts_back(item);
                }
            }
            Act::DeleteRecord(which) => {
                if let Some(record) = self.record(which) {
                    self.blur(&record.fields);
                    crm.user_deletes(&record.id);
                }
            }
            Act::AssignAway(which) | Act::AssignBack(which) => {
                let owner = match act {
                    Act::AssignAway(_) => Owner::Other,
                    _ => Owner::Me,
                };
                if let Some(record) = self.record(which) {
                    self.blur(&record.fields);
                    crm.user_assigns(&record.id, owner);
                }
            }
            Act::LoseItemAnswer => mailbox.fail_writes(Strike::After, ErrorKind::OutcomeUnknown),
            Act::LoseRecordAnswer => crm.fail_writes(Strike::After, ErrorKind::OutcomeUnknown),
            Act::ExpireCursor => mailbox.expire_cursors(),
            Act::CutBefore => crm.fail_writes(Strike::Before, ErrorKind::Offline),
            Act::LoseState => {
                self.world.store = std::sync::Arc::new(ports::memory::MemoryStore::new());
            }
            Act::Sync => self.sync().await,
        }
    }

    /// One run, however it ends. All that happens is meant so: a brake gets its word before the next one.
    async fn sync(&self) {
        self.world.try_sync().await;
        let said = engine::brake::answer(&*self.world.store, C, Answer::Approve).await;
        said.expect("memory does not fail");
    }

    fn note_edit(&mut self, side: Side, fields: &model::Fields, field: Field, value: String) {
        let name = fields.get(Field::LastName).to_owned();
        let last = self.edits.entry((name, field)).or_default();
        last[usize::from(side == Side::Crm)] = Some(value);
    }

    fn blur(&mut self, fields: &model::Fields) {
        self.blurred.insert(fields.get(Field::LastName).to_owned());
    }

    /// What somebody typed last on either side is what both hold; which one is decided by the strategy for the whole entry.
    fn assert_last_edits(&self, values: &model::Fields) {
        let name = values.get(Field::LastName);
        if self.blurred.contains(name) {
            return;
        }
        for ((of, field), last) in &self.edits {
            if of == name {
                let now = values.get(*field);
                let typed = last.iter().flatten().any(|value| value == now);
                assert!(typed, "{field} of {name} is {now:?}, typed were {last:?}");
            }
        }
    }

    /// Every item has exactly one record, and it holds the same; twins that nobody can tell apart are held instead, and told.
    async fn assert_equal_sides(&self) {
        let held: Vec<RemoteId> = self
            .world
            .preview()
            .await
            .held
            .into_iter()
            .map(|held| held.entry)
            .collect();
        let records = self.world.crm.records();
        let mut taken = BTreeSet::new();
        for item in self.world.mailbox.items() {
            if held.contains(&RemoteId::Mailbox(item.id.clone())) {
                continue;
            }
            let stamp = item.stamp.as_ref().expect("every item is stamped");
            let record = records
                .iter()
                .find(|record| record.id == stamp.record && record.owner == Owner::Me)
                .unwrap_or_else(|| panic!("{} has no record", item.id));
            assert!(
                taken.insert(record.id.clone()),
                "{} has two items",
                record.id
            );
            let held = mapping::from_item(C, &item.fields);
            let kept = mapping::from_record(C, &record.fields);
            assert_eq!(held, kept, "{} and {}", item.id, record.id);
            self.assert_last_edits(&held);
        }
    }
}

fn told(acts: Vec<Act>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime without I/O");
    runtime.block_on(async {
        let mut story = Story::new();
        for act in acts {
            story.act(act).await;
        }
        // Demanded failures that are left over strike here; after three tries a lost answer rests for an hour.
        for _ in 0..40 {
            story.world.minutes_pass(24 * 60 + 1);
            story.sync().await;
        }
        story.world.assert_settled().await;
        story.assert_equal_sides().await;
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn s1_s2_s3_whatever_happens_both_sides_end_equal_and_at_rest(
        acts in prop::collection::vec(act(), 0..40),
    ) {
        told(acts);
    }
}

#[test]
fn a_side_that_was_emptied_comes_to_rest_after_a_word() {
    told(vec![
        Act::CreateItem,
        Act::CopyItem(0),
        Act::Sync,
        Act::DeleteRecord(0),
        Act::DeleteRecord(0),
    ]);
}

#[test]
fn a_lost_state_file_in_the_middle_of_a_story_doubles_nothing() {
    told(vec![
        Act::CreateItem,
        Act::CreateRecord,
        Act::Sync,
        Act::EditRecord(0, 1),
        Act::LoseState,
        Act::EditItem(1, 2),
        Act::Sync,
    ]);
}
