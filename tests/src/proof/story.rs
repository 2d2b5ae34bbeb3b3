//! A story on the stage: does what the acts say, keeps the ledger, and looks at everything whenever it is calm.

use std::collections::BTreeMap;

use model::history::Act as Done;
use model::{Code, Component, Side};
use ports::{ErrorKind, HistoryFilter, StateStore};
use sandbox::exchange::ItemView;

use super::acts::{Act, fault};
use super::found::Setting;
use super::ledger::{End, Entry};
use super::trade::{Cell, cells, name};
use crate::people::{RecordView, field, module, text};
use crate::stage::Stage;

/// So many syncs are enough for everything, even after answers were lost.
const ENOUGH: usize = 12;
/// Longer than a lost answer is left alone, and than the CRM is not asked for its complete list.
const HOUR_AND_A_BIT: i64 = 4_000;

/// What a story tells at its end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Told {
    /// How many acts there were.
    pub acts: u64,
    /// How many faults were on order while a sync ran.
    pub faults: u64,
    /// How many syncs ran.
    pub syncs: u64,
    /// How often a brake asked.
    pub brakes: u64,
    /// How often everything was looked at.
    pub looks: u64,
}

impl Told {
    /// Adds what another story told.
    pub fn add(&mut self, other: Told) {
        self.acts += other.acts;
        self.faults += other.faults;
        self.syncs += other.syncs;
        self.brakes += other.brakes;
        self.looks += other.looks;
    }
}

/// A story.
pub struct Story {
    stage: Stage,
    entries: Vec<Entry>,
    disturbed: bool,
    clock: u32,
    deleted_records: usize,
    /// Whether lines of the history were lost since the last look.
    forgot: bool,
    /// Whether nobody touches anything until the next calm: the state is lost after a sync was cut off, and a record carries no stamp, so
    /// nobody can tell what was made for an entry that users rename or move before the next sync. `docs/testing.md` says so.
    quiet: bool,
    /// Whether users did anything to appointments after a sync was cut off.
    moved: bool,
    backup: Option<Vec<u8>>,
    told: Told,
}

type Checked = Result<(), String>;

impl Story {
    /// Both sides empty.
    pub async fn new(setting: Setting) -> Self {
        let stage = Stage::of(setting.component, setting.mode).await;
        let stage = stage.under(setting.rule);
        stage.make_folder();
        Self {
            stage,
            entries: Vec::new(),
            disturbed: false,
            clock: 0,
            deleted_records: 0,
            forgot: false,
            quiet: false,
            moved: false,
            backup: None,
            told: Told::default(),
        }
    }

    /// The whole story, with a calm at its end; or which promise was broken.
    pub async fn run(mut self, acts: &[Act]) -> Result<Told, String> {
        for (number, act) in acts.iter().chain([&Act::Settle]).enumerate() {
            self.told.acts += 1;
            self.stage.seconds_pass(10);
            self.clock += 1;
            let done = self.act(*act).await;
            done.map_err(|what| format!("at act {number}, {act}: {what}"))?;
        }
        Ok(self.told)
    }

    async fn act(&mut self, act: Act) -> Checked {
        if self.quiet && act.is_of_a_user() {
            return Ok(());
        }
        let may_move = self.component() == Component::Appointments && act.is_of_a_user();
        self.moved |= self.disturbed && may_move;
        match act {
            Act::Enter => self.make(Side::Mailbox),
            Act::Record => self.make(Side::Crm),
            Act::EditItem(entry, field) => self.edit(Side::Mailbox, entry, field),
            Act::EditRecord(entry, field) => self.edit(Side::Crm, entry, field),
            Act::DeleteItem(entry) => self.delete(Side::Mailbox, entry),
            Act::DeleteRecord(entry) => self.delete(Side::Crm, entry),
            Act::MoveOut(entry) => self.move_out(entry),
            Act::MoveBack(entry) => self.move_back(entry),
            Act::Duplicate(entry) => self.copy(entry),
            Act::GiveAway(entry) => self.give_away(entry),
            Act::TakeBack(entry) => self.take_back(entry),
            Act::Disturb(number, passes) => self.disturb(&fault(number, passes)).await,
            Act::Restart => self.restart().await,
            Act::FillDisk(steps) => self.fill_disk(steps).await,
            Act::Jump(quarters) => {
                let quarters = i64::from(quarters % 17) - 8;
                self.stage.set_clock_wrong(900 * quarters);
            }
            Act::BackUp => self.backup = Some(self.stage.copy_state().await),
            Act::PutBack => self.put_back().await,
            // An appointment is told by its time as well: one that was moved after a sync that was cut off is nobody's once the state is lost.
            // docs/testing.md says so.
            Act::Forget if self.moved => {}
            Act::Forget => {
                self.quiet = self.disturbed;
                self.stage.lose_state().await;
                self.forget();
            }
            Act::Rest(hours) => self.stage.seconds_pass(3_600 * i64::from(hours)),
            Act::Settle => return self.settle().await,
        }
        Ok(())
    }

    fn component(&self) -> Component {
        self.stage.component
    }

    fn items(&self) -> BTreeMap<String, ItemView> {
        let items = self.stage.items().into_iter();
        items
            .map(|item| (field(&item, name(self.component()).0).to_owned(), item))
            .collect()
    }

    fn records(&self) -> BTreeMap<String, RecordView> {
        let records = self.stage.own_records(module(self.component())).into_iter();
        records
            .map(|record| (text(&record, name(self.component()).1), record))
            .collect()
    }

    /// The entry of this number among those that have this.
    fn pick(&mut self, number: u8, which: impl Fn(&Entry) -> bool) -> Option<&mut Entry> {
        let mut fitting: Vec<&mut Entry> = self
            .entries
            .iter_mut()
            .filter(|entry| which(entry))
            .collect();
        let count = fitting.len();
        (count > 0).then(|| fitting.swap_remove(usize::from(number) % count))
    }

    fn make(&mut self, side: Side) {
        let (component, now) = (self.component(), self.clock);
        let called = format!("Entry {now}");
        let values: Vec<String> = cells(component)
            .iter()
            .enumerate()
            .map(|(number, cell)| match (number, cell) {
                (0, _) | (_, Cell::When) => cell.fresh(now),
                _ => String::new(),
            })
            .collect();
        let typed = cells(component).iter().zip(&values);
        let typed = typed.filter(|(_, value)| !value.is_empty());
        match side {
            Side::Mailbox => {
                let fields: Vec<_> = typed
                    .flat_map(|(cell, value)| cell.in_item(value))
                    .collect();
                self.stage.enters_named(&called, &fields);
            }
            Side::Crm => {
                let fields: Vec<_> = typed
                    .flat_map(|(cell, value)| cell.in_record(value))
                    .collect();
                self.stage.records_named(&called, &fields);
            }
        }
        self.entries.push(Entry::new(called, side, values, now));
    }

    fn edit(&mut self, side: Side, entry: u8, number: u8) {
        let (component, now) = (self.component(), self.clock);
        let number = usize::from(number) % cells(component).len();
        let cell = cells(component)[number];
        let value = cell.fresh(now);
        let (items, records) = (self.items(), self.records());
        let is_here = |entry: &Entry| match side {
            Side::Mailbox => items.contains_key(&entry.name),
            Side::Crm => records.contains_key(&entry.name),
        };
        let Some(entry) = self.pick(entry, is_here) else {
            return;
        };
        entry.type_in(side, number, value.clone(), now);
        let called = entry.name.clone();
        match side {
            Side::Mailbox => {
                let fields = cell.in_item(&value);
                let fields: Vec<_> = fields.iter().map(|(name, v)| (*name, v.as_str())).collect();
                self.stage.edits_item(&items[&called].id, &fields);
            }
            Side::Crm => {
                let fields = cell.in_record(&value);
                let fields: Vec<_> = fields.iter().map(|(name, v)| (*name, v.as_str())).collect();
                self.stage
                    .edits_record(&text(&records[&called], "id"), &fields);
            }
        }
    }

    fn delete(&mut self, side: Side, entry: u8) {
        let (items, records) = (self.items(), self.records());
        let is_here = |entry: &Entry| match side {
            Side::Mailbox => !entry.copied && items.contains_key(&entry.name),
            Side::Crm => !entry.copied && records.contains_key(&entry.name),
        };
        let Some(entry) = self.pick(entry, is_here) else {
            return;
        };
        entry.lose(side, End::Nowhere);
        let called = entry.name.clone();
        let (sandbox, user) = (&self.stage.sandbox, self.stage.user());
        match side {
            Side::Mailbox => {
                let deleted = sandbox.exchange.delete(&user.email, &items[&called].id);
                deleted.expect("the item is there");
            }
            Side::Crm => {
                let deleted = sandbox
                    .crm
                    .delete(&user.name, &text(&records[&called], "id"));
                deleted.expect("the record is there");
                self.deleted_records += 1;
            }
        }
    }

    fn move_out(&mut self, entry: u8) {
        let items = self.items();
        let (exchange, email) = (
            &self.stage.sandbox.exchange,
            self.stage.user().email.clone(),
        );
        let folder = self.stage.folder().split('/').next().unwrap_or_default();
        let mut moved = None;
        let fitting: Vec<usize> = (0..self.entries.len())
            .filter(|&at| !self.entries[at].copied && items.contains_key(&self.entries[at].name))
            .collect();
        if let Some(&at) = fitting.get(usize::from(entry) % fitting.len().max(1)) {
            let id = &items[&self.entries[at].name].id;
            let now = exchange.move_to(&email, id, folder);
            moved = Some((at, now.expect("the item is there")));
        }
        if let Some((at, id)) = moved {
            self.entries[at].lose(Side::Mailbox, End::Elsewhere(id));
        }
    }

    fn move_back(&mut self, entry: u8) {
        let items = self.items();
        let outside = |entry: &Entry| {
            let is_outside = matches!(entry.item, End::Elsewhere(_));
            is_outside && !entry.severed && !items.contains_key(&entry.name)
        };
        let Some(entry) = self.pick(entry, outside) else {
            return;
        };
        let End::Elsewhere(id) = entry.item.clone() else {
            return;
        };
        entry.bring_back(Side::Mailbox);
        let (exchange, email) = (&self.stage.sandbox.exchange, &self.stage.user().email);
        let moved = exchange.move_to(email, &id, self.stage.folder());
        moved.expect("the item is there");
    }

    fn copy(&mut self, entry: u8) {
        let (items, component, now) = (self.items(), self.component(), self.clock);
        let Some(entry) = self.pick(entry, |entry| {
            entry.lost == [false, false] && items.contains_key(&entry.name)
        }) else {
            return;
        };
        entry.copied = true;
        let original = items[&entry.name].clone();
        let called = format!("Entry {now}");
        let values = cells(component)
            .iter()
            .map(|cell| cell.of_item(&original))
            .collect();
        let mut copy = Entry::new(called.clone(), Side::Mailbox, values, now);
        // What the copy has was typed into the original.
        (copy.own_item, copy.copied) = (false, true);
        let (exchange, email) = (&self.stage.sandbox.exchange, &self.stage.user().email);
        let id = exchange.copy_to(email, &original.id, self.stage.folder());
        let id = id.expect("the item is there");
        self.stage.edits_item(&id, &[(name(component).0, &called)]);
        self.entries.push(copy);
    }

    fn give_away(&mut self, entry: u8) {
        let records = self.records();
        let Some(entry) = self.pick(entry, |entry| {
            !entry.copied && records.contains_key(&entry.name)
        }) else {
            return;
        };
        let id = text(&records[&entry.name], "id");
        entry.lose(Side::Crm, End::Elsewhere(id.clone()));
        let (crm, user) = (&self.stage.sandbox.crm, &self.stage.user().name);
        crm.assign(user, &id, "ben").expect("ben is a colleague");
    }

    fn take_back(&mut self, entry: u8) {
        let away = |entry: &Entry| matches!(entry.record, End::Elsewhere(_));
        let Some(entry) = self.pick(entry, away) else {
            return;
        };
        let End::Elsewhere(id) = entry.record.clone() else {
            return;
        };
        entry.bring_back(Side::Crm);
        let (crm, user) = (&self.stage.sandbox.crm, &self.stage.user().name);
        crm.assign("ben", &id, user).expect("it was the user's");
    }

    async fn disturb(&mut self, fault: &str) {
        self.disturbed = true;
        self.told.faults += 1;
        self.stage.order(fault);
        self.sync().await;
        self.stage.sandbox.ground.faults.clear();
    }

    /// One sync, with a yes to a brake.
    async fn sync(&mut self) -> bool {
        self.told.syncs += 1;
        let ran = self.stage.try_sync().await;
        let Some(failure) = &ran.failure else {
            return !ran.tally.wrote() && ran.tally.failed == 0;
        };
        let asks = [Code::SideEmpty, Code::ManyDeletions, Code::FieldSwept];
        if failure.kind == ErrorKind::Denied && asks.contains(&failure.problem.code) {
            self.told.brakes += 1;
            let (store, component) = (&*self.stage.store, self.component());
            let yes = engine::brake::Answer::Approve;
            let said = engine::brake::answer(store, component, yes).await;
            said.expect("the profile is ours");
        }
        false
    }

    async fn fill_disk(&mut self, steps: u8) {
        self.disturbed = true;
        self.told.faults += 1;
        self.stage.fill_disk(Some(u64::from(steps)));
        self.sync().await;
        self.stage.fill_disk(None);
    }

    async fn put_back(&mut self) {
        let Some(backup) = self.backup.clone() else {
            return;
        };
        if self.disturbed {
            // An older state knows nothing of a sync that was cut off since, and a record carries no stamp: what that sync made in the CRM
            // can be told by nobody. docs/testing.md says so.
            return;
        }
        self.stage.restore_state(&backup).await;
        self.disturbed = true;
        self.forget();
    }

    fn forget(&mut self) {
        self.told.faults += 1;
        self.forgot = true;
        self.entries.iter_mut().for_each(Entry::forget);
    }

    async fn restart(&mut self) {
        self.stage.open_anew().await;
    }

    async fn settle(&mut self) -> Checked {
        self.told.looks += 1;
        let mut rests = false;
        for _ in 0..ENOUGH {
            self.stage.seconds_pass(HOUR_AND_A_BIT);
            rests = self.sync().await;
            if rests {
                break;
            }
        }
        if !rests {
            return Err(format!(
                "S2: it never comes to rest; {:?}",
                self.stage.try_sync().await
            ));
        }
        self.stage.assert_settled().await;
        self.look().await?;
        (self.disturbed, self.forgot, self.quiet) = (false, false, false);
        self.moved = false;
        Ok(())
    }

    async fn look(&mut self) -> Checked {
        let (items, records) = (self.items(), self.records());
        self.nothing_is_doubled(&items, &records)?;
        let names: Vec<String> = self
            .entries
            .iter()
            .map(|entry| entry.name.clone())
            .collect();
        for called in items.keys().chain(records.keys()) {
            if !names.contains(called) {
                return Err(format!("nobody made {called}"));
            }
        }
        let (component, rule) = (self.component(), self.stage.policy.conflict_strategy);
        for at in 0..self.entries.len() {
            let entry = &self.entries[at];
            let (item, record) = (items.get(&entry.name), records.get(&entry.name));
            let ends = entry.ends(component, rule, self.disturbed);
            if !ends.allow(item.is_some(), record.is_some()) {
                let there = (item.is_some(), record.is_some());
                return Err(format!(
                    "S1, S5: {ends:?} of {entry:?}, but there is {there:?}"
                ));
            }
            let values = self.values_of(entry, item, record)?;
            if !self.forgot {
                self.lost_values_are_kept(entry, values.as_deref()).await?;
            }
            if let (true, Some(item)) = (entry.own_item && entry.lost == [false; 2], item)
                && field(item, "Categories") != "Blue"
            {
                return Err(format!("S10: {} lost its category", entry.name));
            }
            let there = (item.is_some(), record.is_some());
            self.entries[at].agree(there.0, there.1, values);
        }
        Ok(())
    }

    fn nothing_is_doubled(
        &self,
        items: &BTreeMap<String, ItemView>,
        records: &BTreeMap<String, RecordView>,
    ) -> Checked {
        let all_items = self.stage.items().len();
        let all_records = self.stage.own_records(module(self.component())).len();
        if (all_items, all_records) != (items.len(), records.len()) {
            let called = self.stage.items();
            let called: Vec<&str> = called
                .iter()
                .map(|item| field(item, name(self.component()).0))
                .collect();
            return Err(format!(
                "S1: something is doubled: {all_items} items with {} names, {all_records} records with {}: {called:?}",
                items.len(),
                records.len()
            ));
        }
        let deleted = self.stage.sandbox.crm.deleted(module(self.component()));
        if self.component() == Component::Contacts && deleted.len() > self.deleted_records {
            return Err("S7: a contact was deleted in the CRM".to_owned());
        }
        Ok(())
    }

    /// What both sides hold, if both are there; they must hold the same, and something they may.
    fn values_of(
        &self,
        entry: &Entry,
        item: Option<&ItemView>,
        record: Option<&RecordView>,
    ) -> Result<Option<Vec<String>>, String> {
        let (Some(item), Some(record)) = (item, record) else {
            return Ok(None);
        };
        let (mut values, rule) = (Vec::new(), self.stage.policy.conflict_strategy);
        for (number, cell) in cells(self.component()).iter().enumerate() {
            let (held, kept) = (cell.of_item(item), cell.of_record(record));
            let allowed = entry.allowed(number, rule, self.disturbed);
            if held != kept || !allowed.contains(&held.as_str()) {
                return Err(format!(
                    "S1, S3: {cell:?} of {} is {held:?} and {kept:?}, but should be one of {allowed:?}; {entry:?}",
                    entry.name
                ));
            }
            values.push(held);
        }
        Ok(Some(values))
    }

    async fn lost_values_are_kept(&self, entry: &Entry, values: Option<&[String]>) -> Checked {
        for typed in entry.kept_values() {
            let stands = values.is_none_or(|values| values.iter().any(|value| value == typed));
            if stands {
                continue;
            }
            let filter = HistoryFilter {
                text: Some(typed.to_owned()),
                ..HistoryFilter::default()
            };
            let lines = self.stage.store.history(&filter).await;
            let lines = lines.map_err(|failure| failure.to_string())?;
            let is_kept = lines.iter().any(|line| {
                matches!(line.act, Done::Updated | Done::Deleted)
                    && line.changes.iter().any(|change| change.before == typed)
            });
            if !is_kept {
                let all = self.stage.store.history(&HistoryFilter::default()).await;
                return Err(format!(
                    "S4: {typed} was overwritten and is not kept; {entry:?}, of {values:?}; {all:?}"
                ));
            }
        }
        Ok(())
    }
}
