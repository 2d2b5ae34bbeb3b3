//! Which records belong together beyond their own fields: e-mails with those they are referenced to, and documents with those they
//! were related to. Found from both ends.
//! Deliberately not here: rights, and whether a record is still there.

use super::records::Number;
use std::collections::BTreeSet;

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Relations {
    /// E-mails and the records they are referenced to.
    pub(super) references: Pairs,
    /// Documents and the records they were related to.
    pub(super) documents: Pairs,
}

/// Pairs of records.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    forth: BTreeSet<(Number, Number)>,
    back: BTreeSet<(Number, Number)>,
}

impl Pairs {
    /// Puts in a pair.
    pub(super) fn add(&mut self, one: Number, other: Number) {
        self.forth.insert((one, other));
        self.back.insert((other, one));
    }

    /// Takes out all pairs of the first of two.
    pub(super) fn clear(&mut self, one: Number) {
        for other in self.of(one) {
            self.forth.remove(&(one, other));
            self.back.remove(&(other, one));
        }
    }

    /// The others of the first of two, by number.
    pub(super) fn of(&self, one: Number) -> Vec<Number> {
        beside(&self.forth, one)
    }

    /// The first ones of the other of two, by number.
    pub(super) fn with(&self, other: Number) -> Vec<Number> {
        beside(&self.back, other)
    }

    /// All pairs.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Number, Number)> {
        self.forth.iter().copied()
    }
}

fn beside(pairs: &BTreeSet<(Number, Number)>, one: Number) -> Vec<Number> {
    let range = pairs.range((one, Number(0))..=(one, Number(u64::MAX)));
    range.map(|(_, other)| *other).collect()
}
