//! The brakes (R6.8): a plan that deletes or sweeps over so much that a person should look at it first. What is planned is decided in
//! `decide`; here it is only counted.

use std::collections::{BTreeMap, BTreeSet};

use model::{Change, Code, Field, LinkId, LinkState, Operation, Problem, Side};

use crate::{Decision, LinkFate, Losses, Unit};

/// So many may always go at once.
const ALWAYS: u64 = 10;
/// More than one in so many links is too much to delete.
const DELETED_OF: u64 = 20;
/// More than one in so many links is too much of one field.
const SWEPT_OF: u64 = 10;

/// Why a plan stops before its first write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// What is the matter.
    pub problem: Problem,
    /// Whom it is about.
    pub links: BTreeSet<LinkId>,
}

/// Why a plan stops before its first write; nothing where it may go on. `links` is the number of links there are.
pub fn alarms<'a>(
    plan: impl IntoIterator<Item = (&'a Unit, &'a Decision)>,
    links: u64,
) -> Vec<Alarm> {
    let mut count = Count::default();
    for (unit, decision) in plan {
        count.add(unit, decision);
    }
    count.alarms(links)
}

/// The sides on which an entry would go: by a deletion there, or because what is gone on the other side stays away, unless somebody wants
/// it so.
pub fn ends(unit: &Unit, decision: &Decision) -> BTreeSet<Side> {
    let Some(link) = &unit.link else {
        return BTreeSet::new();
    };
    let stays_away = unit.losses != Losses::Leave
        && matches!(
            &decision.link,
            LinkFate::Put(now) if now.state == LinkState::StaysAway && link.state != now.state
        );
    let deletes = |operation: &&Operation| match operation {
        Operation::DeleteItem { .. } | Operation::DeleteRecord { .. } => true,
        Operation::CreateItem { .. }
        | Operation::CreateRecord { .. }
        | Operation::UpdateItem { .. }
        | Operation::UpdateRecord { .. } => false,
    };
    let deleted = decision.operations.iter().filter(deletes);
    let deleted = deleted.map(Operation::side);
    deleted.chain(stays_away.then_some(Side::Crm)).collect()
}

/// The fields that would be written over, by side.
pub fn overwrites(decision: &Decision) -> BTreeSet<(Side, Field)> {
    let changes = decision.operations.iter().flat_map(|operation| {
        let changes: &[Change] = match operation {
            Operation::UpdateItem { changes, .. } | Operation::UpdateRecord { changes, .. } => {
                changes
            }
            Operation::CreateItem { .. }
            | Operation::CreateRecord { .. }
            | Operation::DeleteItem { .. }
            | Operation::DeleteRecord { .. } => &[],
        };
        changes
            .iter()
            .map(|change| (operation.side(), change.field))
    });
    changes.collect()
}

/// Who is affected, by side.
#[derive(Debug, Default)]
struct Count {
    deleted: BTreeMap<Side, Affected>,
    swept: BTreeMap<(Side, Field), Affected>,
}

#[derive(Debug, Default)]
struct Affected {
    /// A series counts once, however many occurrences it has.
    names: BTreeSet<String>,
    /// Occurrences one by one: all there are means that a side is empty.
    links: BTreeSet<LinkId>,
}

impl Count {
    fn add(&mut self, unit: &Unit, decision: &Decision) {
        // What meets for the first time has nothing to lose that both agreed on.
        let Some(link) = &unit.link else { return };
        let series = link.item().filter(|item| item.as_occurrence().is_some());
        let name = series.map_or_else(|| link.id.to_string(), |item| item.series().to_string());
        let note = |affected: &mut Affected| {
            affected.names.insert(name.clone());
            affected.links.insert(link.id.clone());
        };
        for side in ends(unit, decision) {
            note(self.deleted.entry(side).or_default());
        }
        let is_answer = |field| {
            let choice = unit.choice.as_ref();
            choice.is_some_and(|choice| choice.puts_back(field))
        };
        // What puts back what was swept over was asked for.
        for (side, field) in overwrites(decision) {
            if !is_answer(field) {
                note(self.swept.entry((side, field)).or_default());
            }
        }
    }

    fn alarms(self, links: u64) -> Vec<Alarm> {
        let mut alarms = Vec::new();
        let mut sound = |problem, affected: Affected| {
            let links = affected.links;
            alarms.push(Alarm { problem, links });
        };
        for (side, affected) in self.deleted {
            let (deleted, ended) = (affected.names.len() as u64, affected.links.len() as u64);
            if ended >= links && deleted > 1 {
                sound(alarm(Code::SideEmpty, other(side), ended, links), affected);
            } else if deleted > ALWAYS.max(links / DELETED_OF) {
                sound(
                    alarm(Code::ManyDeletions, other(side), deleted, links),
                    affected,
                );
            }
        }
        for ((side, field), affected) in self.swept {
            let swept = affected.names.len() as u64;
            if swept > ALWAYS.max(links / SWEPT_OF) {
                let alarm = alarm(Code::FieldSwept, side, swept, links);
                sound(alarm.with("field", field.name()), affected);
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
        Base, ChangeKey, Choice, Component, Fields, ItemId, Link, LinkId, Pick, Picked, RecordId,
        Stamping,
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
            losses: Losses::Follow,
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
        found.into_iter().map(|alarm| alarm.problem.code).collect()
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
    fn r6_8_an_alarm_names_whom_it_is_about() {
        let units = singles(12);
        let decisions: Vec<Decision> = units
            .iter()
            .enumerate()
            .map(|(number, unit)| match number {
                0 => change(unit, Field::Subject),
                _ => deletion(unit),
            })
            .collect();
        let alarms = alarms(units.iter().zip(&decisions), 60);
        let lost: BTreeSet<LinkId> = units[1..].iter().map(|unit| unit.id.clone()).collect();
        assert_eq!(alarms.len(), 1);
        assert_eq!(alarms[0].links, lost);
    }

    #[test]
    fn r6_8_what_an_answer_asks_for_stops_no_run() {
        let stays_away = |unit: &Unit| {
            let mut link = unit.link.clone().expect("it has one");
            link.state = LinkState::StaysAway;
            Decision {
                operations: Vec::new(),
                link: LinkFate::Put(link),
                ..deletion(unit)
            }
        };
        assert_eq!(codes(&singles(11), stays_away, 30), [Code::ManyDeletions]);
        let left: Vec<Unit> = singles(11)
            .into_iter()
            .map(|unit| Unit {
                losses: Losses::Leave,
                ..unit
            })
            .collect();
        assert_eq!(codes(&left, stays_away, 30), []);

        let due = |unit: &Unit| change(unit, Field::Due);
        let picked = |pick: Pick| -> Vec<Unit> {
            let picked = Picked {
                item: "a".to_owned(),
                record: "b".to_owned(),
                pick,
            };
            let choice = Choice {
                fields: [(Field::Due, picked)].into(),
                ..Choice::default()
            };
            singles(11)
                .into_iter()
                .map(|unit| Unit {
                    choice: Some(choice.clone()),
                    ..unit
                })
                .collect()
        };
        let (back, undone) = (Pick::Back(Side::Mailbox), Pick::Value("c".to_owned()));
        assert_eq!(codes(&picked(back), due, 30), []);
        assert_eq!(codes(&picked(undone), due, 30), [Code::FieldSwept]);
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
