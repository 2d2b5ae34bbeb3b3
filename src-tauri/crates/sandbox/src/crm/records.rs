//! The records and the ways to find them: by number, by module, by owner, by time of change, by a few texts. All indexes are kept
//! right by the two doors through which records change, [`Records::insert`] and [`Records::change`].
//! Deliberately not here: rights and rules; whoever comes here has asked before.

use super::collation;
use super::module::{Flag, Module, ModuleId};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc;

/// The number of a record, a user or a group: the part of an id after the `x`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Number(pub(super) u64);

impl Number {
    /// The number in an id.
    pub(super) fn of_id(id: &str) -> Option<Self> {
        let (_, number) = id.split_once('x')?;
        number.parse().ok().map(Self)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// A record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) number: Number,
    pub(super) module: Arc<Module>,
    pub(super) owner: Number,
    /// Seconds since 1970, as all times here.
    pub(super) created: i64,
    pub(super) modified: i64,
    pub(super) modified_by: Number,
    pub(super) life: Life,
    /// One text per field of the module; those of other slots stay empty.
    pub(super) values: Vec<String>,
    /// The users who are invited to an event.
    pub(super) invited: Vec<Number>,
}

/// Whether a record is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    /// It is.
    Living,
    /// It is in the recycle bin: invisible, but its number is never used again.
    Deleted,
}

impl Record {
    /// Its id, such as `12x34`.
    pub(super) fn id(&self) -> String {
        format!("{}x{}", self.module.prefix, self.number)
    }
}

/// All records.
#[derive(Debug, Default)]
pub(super) struct Records {
    all: BTreeMap<Number, Record>,
    living: HashMap<ModuleId, BTreeSet<Number>>,
    owned: HashMap<(ModuleId, Number), BTreeSet<Number>>,
    /// Of living and deleted ones, for sync.
    changed: HashMap<(ModuleId, Number), BTreeSet<(i64, Number)>>,
    texts: HashMap<(ModuleId, usize), HashMap<String, BTreeSet<Number>>>,
}

static NONE: BTreeSet<Number> = BTreeSet::new();

impl Records {
    /// A record, living or deleted.
    pub(super) fn get(&self, number: Number) -> Option<&Record> {
        self.all.get(&number)
    }

    /// A living record.
    pub(super) fn living(&self, number: Number) -> Option<&Record> {
        self.get(number)
            .filter(|record| record.life == Life::Living)
    }

    /// All records, living and deleted, in the order of their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Record> {
        self.all.values()
    }

    /// The living records of a module.
    pub(super) fn of_module(&self, module: ModuleId) -> &BTreeSet<Number> {
        self.living.get(&module).unwrap_or(&NONE)
    }

    /// The living records of a module that belong to this owner.
    pub(super) fn of_owner(&self, module: ModuleId, owner: Number) -> &BTreeSet<Number> {
        self.owned.get(&(module, owner)).unwrap_or(&NONE)
    }

    /// The living records whose indexed field equals this text for the database.
    pub(super) fn with_text(
        &self,
        module: ModuleId,
        place: usize,
        text: &str,
    ) -> &BTreeSet<Number> {
        self.texts
            .get(&(module, place))
            .and_then(|texts| texts.get(&collation::key(text)))
            .unwrap_or(&NONE)
    }

    /// The records of an owner, living and deleted, changed later than this second, the earliest first.
    pub(super) fn changed_after(
        &self,
        module: ModuleId,
        owner: Number,
        second: i64,
    ) -> impl Iterator<Item = (i64, Number)> {
        let first = (second.saturating_add(1), Number(0));
        self.changed
            .get(&(module, owner))
            .into_iter()
            .flat_map(move |set| set.range(first..).copied())
    }

    /// Puts in a new record.
    pub(super) fn insert(&mut self, record: Record) {
        self.index(&record, Index::Enter);
        self.all.insert(record.number, record);
    }

    /// Changes a record. `None` where there is none of that number.
    pub(super) fn change(
        &mut self,
        number: Number,
        change: impl FnOnce(&mut Record),
    ) -> Option<&Record> {
        let mut record = self.all.remove(&number)?;
        self.index(&record, Index::Leave);
        change(&mut record);
        self.insert(record);
        self.get(number)
    }

    /// Gives the records of a module its new form, in which fields may have been added at the end.
    pub(super) fn renew(&mut self, module: &Arc<Module>) {
        let of_module = |record: &&mut Record| record.module.id == module.id;
        for record in self.all.values_mut().filter(of_module) {
            record.values.resize(module.fields.len(), String::new());
            record.module = Arc::clone(module);
        }
    }

    fn index(&mut self, record: &Record, index: Index) {
        let Record {
            owner,
            number,
            modified,
            ..
        } = *record;
        let module = record.module.id;
        index.apply(
            self.changed.entry((module, owner)).or_default(),
            (modified, number),
        );
        if record.life == Life::Deleted {
            return;
        }
        index.apply(self.living.entry(module).or_default(), number);
        index.apply(self.owned.entry((module, owner)).or_default(), number);
        for place in indexed(&record.module) {
            let texts = self.texts.entry((module, place)).or_default();
            let key = collation::key(&record.values[place]);
            let numbers = texts.entry(key.clone()).or_default();
            index.apply(numbers, number);
            if numbers.is_empty() {
                texts.remove(&key);
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Index {
    Enter,
    Leave,
}

impl Index {
    fn apply<T: Ord>(self, set: &mut BTreeSet<T>, entry: T) {
        match self {
            Self::Enter => set.insert(entry),
            Self::Leave => set.remove(&entry),
        };
    }
}

fn indexed(module: &Module) -> impl Iterator<Item = usize> {
    module
        .fields
        .iter()
        .enumerate()
        .filter(|(_, field)| field.is(Flag::Indexed))
        .map(|(place, _)| place)
}
