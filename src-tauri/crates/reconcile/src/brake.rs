//! The brakes (R6.8): a plan that deletes or sweeps over so much that a person should look at it first. What is planned is decided in
//! `decide`; here it is only counted.

use std::collections::{BTreeMap, BTreeSet};

use model::{Code, Field, LinkState, Operation, Problem, Side};

use crate::{Decision, LinkFate, Unit};

/// So many may always go at once.
const ALWAYS: u64 = 10;
/// More than one in so many links is too much to delete.
const DELETED_OF: u64 = 20;
/// More than one in so many links is too much of one field.
const SWEPT_OF: u64 = 10;

/// Why a plan stops before its first write; nothing where it may go on. `links` is the number of links there are.
pub fn alarms<'a>(
    plan: impl IntoIterator<Item = (&'a Unit, &'a Decision)>,
    links: u64,
) -> Vec<Problem> {
    let mut count = Count::default();
    for (unit, decision) in plan {
        count.add(unit, decision);
    }
    count.alarms(links)
}

/// Who is affected, by side. A series counts once, however many occurrences it has.
#[derive(Debug, Default)]
struct Count {
    deleted: BTreeMap<Side, BTreeSet<String>>,
    /// How many links end on a side, occurrences one by one: all of them means that the side is empty.
    ended: BTreeMap<Side, u64>,
    swept: BTreeMap<(Side, Field), BTreeSet<String>>,
}

impl Count {
    fn add(&mut self, unit: &Unit, decision: &Decision) {
        // What meets for the first time has nothing to lose that both agreed on.
        let Some(link) = &unit.link else { return };
        let name = || {
            let series = link.item().filter(|item| item.as_occurrence().is_some());
            series.map_or_else(|| link.id.to_string(), |item| item.series().to_string())
        };
        let stays_away = matches!(
            &decision.link,
            LinkFate::Put(now) if now.state == LinkState::StaysAway && link.state != now.state
        );
        let mut end = |side: Side| {
            self.deleted.entry(side).or_default().insert(name());
            *self.ended.entry(side).or_default() += 1;
        };
        if stays_away {
            end(Side::Crm);
        }
        for operation in &decision.operations {
            match operation {
                Operation::DeleteItem { .. } | Operation::DeleteRecord { .. } => {
                    end(operation.side());
                }
                Operation::UpdateItem { changes, .. } | Operation::UpdateRecord { changes, .. } => {
                    for change in changes {
                        let swept = self.swept.entry((operation.side(), change.field));
                        swept.or_default().insert(name());
                    }
                }
                Operation::CreateItem { .. } | Operation::CreateRecord { .. } => {}
            }
        }
    }

    fn alarms(self, links: u64) -> Vec<Problem> {
        let mut alarms = Vec::new();
        for (side, names) in &self.deleted {
            let (deleted, ended) = (names.len() as u64, self.ended[side]);
            if ended >= links && deleted > 1 {
                alarms.push(alarm(Code::SideEmpty, other(*side), ended, links));
            } else if deleted > ALWAYS.max(links / DELETED_OF) {
                alarms.push(alarm(Code::ManyDeletions, other(*side), deleted, links));
            }
        }
        for ((side, field), names) in &self.swept {
            let swept = names.len() as u64;
            if swept > ALWAYS.max(links / SWEPT_OF) {
                let alarm = alarm(Code::FieldSwept, *side, swept, links);
                alarms.push(alarm.with("field", field.name()));
            }
        }
        alarms
    }
}

/// What would be deleted on one side is missing on the other.
fn other(side: Side) -> Side {
    match side {
        Side::Mailbox => Side::Crm,
        Side::Crm => Side::Mailbox,
    }
}

/// `side` is where entries are missing, or where a field would be written.
fn alarm(code: Code, side: Side, count: u64, links: u64) -> Problem {
    Problem::new(code)
        .with("side", side.name())
        .with("count", count.to_string())
        .with("of", links.to_string())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use model::{
        Base, Change, ChangeKey, Component, Fields, ItemId, Link, LinkId, RecordId, Stamping,
    };

    use super::*;
    use crate::{ItemSide, Known, RecordSide};

    fn unit(number: usize, item: ItemId) -> Unit {
        Unit {
            id: LinkId::new(format!("l{number}")),
            link: Some(Link {
                id: LinkId::new(format!("l{number}")),
                component: Component::Tasks,
                record: RecordId::new(format!("r{number}")),
                state: LinkState::Live {
                    item,
                    change_key: ChangeKey::new("1"),
                },
                base: Base::default(),
                stamped: None,
                stamping: Stamping::Allowed,
            }),
            known: Known::Stored,
            item: ItemSide::Unchanged,
            record: RecordSide::Unchanged,
            subjects: Vec::new(),
            choice: None,
        }
    }

    fn single(number: usize) -> Unit {
        unit(number, ItemId::new(format!("i{number}")))
    }

    fn write(operation: Operation) -> Decision {
        Decision {
            operations: vec![operation],
            link: LinkFate::Keep,
            waits: None,
            passes: None,
        }
    }

    fn deletion(unit: &Unit) -> Decision {
        write(Operation::DeleteRecord {
            link: unit.id.clone(),
            record: RecordId::new("r"),
            fields: Fields::new(),
        })
    }

    fn change(unit: &Unit, field: Field) -> Decision {
        write(Operation::UpdateItem {
            link: unit.id.clone(),
            item: ItemId::new("i"),
            changes: vec![Change {
                field,
                before: "a".to_owned(),
                after: String::new(),
            }],
        })
    }

    fn codes(units: &[Unit], decide: impl Fn(&Unit) -> Decision, links: u64) -> Vec<Code> {
        let decisions: Vec<Decision> = units.iter().map(decide).collect();
        let found = alarms(units.iter().zip(&decisions), links);
        found.into_iter().map(|alarm| alarm.code).collect()
    }

    fn singles(count: usize) -> Vec<Unit> {
        (0..count).map(single).collect()
    }

    #[test]
    fn r6_8_s5_ten_deletions_or_one_in_twenty_links_go_and_more_do_not() {
        for (deleted, links, alarm) in [
            (10, 30, false),
            (11, 30, true),
            (50, 1000, false),
            (51, 1000, true),
        ] {
            let found = codes(&singles(deleted), deletion, links);
            assert_eq!(!found.is_empty(), alarm, "{deleted} of {links}: {found:?}");
        }
    }

    #[test]
    fn r6_8_a_side_that_is_suddenly_empty_stops_the_run_however_little_it_held() {
        assert_eq!(codes(&singles(2), deletion, 2), [Code::SideEmpty]);
        assert_eq!(codes(&singles(1), deletion, 1), []);
    }

    #[test]
    fn r6_8_one_field_of_more_than_a_tenth_stops_the_run_and_different_fields_do_not() {
        let swept = |unit: &Unit| change(unit, Field::Priority);
        assert_eq!(codes(&singles(11), swept, 60), [Code::FieldSwept]);
        assert_eq!(codes(&singles(10), swept, 60), []);
        assert_eq!(codes(&singles(100), swept, 1000), []);
        assert_eq!(codes(&singles(101), swept, 1000), [Code::FieldSwept]);
        let turns = |unit: &Unit| {
            let even = unit.id.as_str().len().is_multiple_of(2);
            change(unit, if even { Field::Status } else { Field::Subject })
        };
        assert_eq!(codes(&singles(19), turns, 60), []);
    }

    #[test]
    fn r6_8_r3_5_a_series_counts_once() {
        let series = ItemId::new("s");
        let occurrences: Vec<Unit> = (0..40)
            .map(|number| {
                let start = Timestamp::from_second(number * 86_400).expect("a moment");
                unit(number as usize, ItemId::occurrence(&series, start))
            })
            .collect();
        assert_eq!(codes(&occurrences, deletion, 100), []);
        assert_eq!(
            codes(&occurrences, |unit| change(unit, Field::Location), 100),
            []
        );
    }

    #[test]
    fn r6_8_creations_and_first_meetings_never_stop_a_run() {
        let strangers: Vec<Unit> = singles(100)
            .into_iter()
            .map(|unit| Unit { link: None, ..unit })
            .collect();
        assert_eq!(
            codes(&strangers, |unit| change(unit, Field::Subject), 0),
            []
        );
    }
}
