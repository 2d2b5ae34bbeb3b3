//! Fields that go to and fro: something on either side, such as another program, keeps putting back what we take over. A field flips when
//! the same change has to be written once more; after three flips within a day it rests until a person decides or the day is over
//! (DESIGN 2). New values are no flips, however often they come.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use model::history::HistoryEntry;
use model::{Field, RecordId};

/// How far back flips are counted.
pub const WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// Fewer updates of a record cannot flip a field too often.
pub const UPDATES: u32 = 4;

/// With so many flips a field rests.
const TOO_MANY: usize = 3;

/// The fields that rest, by record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flips(BTreeMap<RecordId, BTreeSet<Field>>);

impl Flips {
    /// What the updates of the last day tell. Each side is counted by itself: a decision that is written to both is written once.
    pub fn told_by<'a>(updates: impl IntoIterator<Item = &'a HistoryEntry>) -> Self {
        let mut times = BTreeMap::<_, usize>::new();
        for update in updates {
            for change in &update.changes {
                let written = (change.before.as_str(), change.after.as_str());
                let field = (&update.record, update.side, change.field);
                *times.entry((field, written)).or_default() += 1;
            }
        }
        let mut flips = BTreeMap::<_, usize>::new();
        for ((field, _), times) in times {
            *flips.entry(field).or_default() += times - 1;
        }
        let mut rests = Self::default();
        for ((record, _, field), _) in flips.iter().filter(|(_, flips)| **flips >= TOO_MANY) {
            if let Some(record) = record {
                rests.0.entry(record.clone()).or_default().insert(*field);
            }
        }
        rests
    }

    /// The fields of this record that rest.
    pub fn of(&self, record: &RecordId) -> Option<&BTreeSet<Field>> {
        self.0.get(record)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use model::history::Act;
    use model::{Change, Component, RunId, Side};

    use super::*;

    fn update(side: Side, before: &str, after: &str) -> HistoryEntry {
        HistoryEntry {
            id: 0,
            at: Timestamp::UNIX_EPOCH,
            run: RunId(1),
            component: Component::Contacts,
            side,
            act: Act::Updated,
            title: String::new(),
            item: None,
            record: Some(RecordId::new("12x1")),
            changes: vec![Change {
                field: Field::Phone,
                before: before.to_owned(),
                after: after.to_owned(),
            }],
            reason: None,
        }
    }

    fn rests(updates: &[HistoryEntry]) -> bool {
        let flips = Flips::told_by(updates);
        assert_eq!(flips.of(&RecordId::new("12x2")), None);
        let rests = flips.of(&RecordId::new("12x1"));
        assert!(rests.is_none_or(|fields| *fields == BTreeSet::from([Field::Phone])));
        rests.is_some()
    }

    #[test]
    fn a_change_that_comes_again_three_times_flips_too_often() {
        let there_and_back = |times: usize| {
            let both = [("1", "2"), ("2", "1")].into_iter().cycle();
            let updates = both.take(times);
            let updates = updates.map(|(before, after)| update(Side::Crm, before, after));
            rests(&updates.collect::<Vec<_>>())
        };
        let found: Vec<bool> = (0..=6).map(there_and_back).collect();
        assert_eq!(found, [false, false, false, false, false, true, true]);
    }

    #[test]
    fn new_values_are_no_flips_however_many() {
        let values = ["1", "2", "3", "4", "5", "6", "7"];
        let updates = values.windows(2);
        let updates = updates.map(|pair| update(Side::Crm, pair[0], pair[1]));
        assert!(!rests(&updates.collect::<Vec<_>>()));
        let put_back = values.map(|value| update(Side::Mailbox, value, "ours"));
        assert!(!rests(&put_back));
    }

    #[test]
    fn what_is_put_back_on_one_side_again_and_again_flips() {
        let put_back = |times| rests(&vec![update(Side::Mailbox, "theirs", "ours"); times]);
        assert!(!put_back(3));
        assert!(put_back(4));
    }

    #[test]
    fn a_decision_written_to_both_sides_counts_once() {
        let both =
            |before, after| [Side::Mailbox, Side::Crm].map(|side| update(side, before, after));
        let updates = [both("1", "2"), both("2", "1"), both("1", "2")].concat();
        assert!(!rests(&updates));
    }

    #[test]
    fn who_has_no_record_is_nobodys() {
        let mut update = update(Side::Mailbox, "1", "2");
        update.record = None;
        assert_eq!(Flips::told_by(&vec![update; 9]), Flips::default());
    }
}
