//! Matching by natural key, only where it is unique on both sides (DESIGN 2). Several candidates are nobody's: doubling them on the
//! other side would be worse than asking.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use mapping::NaturalKey;
use model::{Component, Field, Fields, Item, Record};

/// What came of matching.
#[derive(Debug, Default)]
pub struct Matched {
    pub pairs: Vec<(Item, Record)>,
    pub items: Vec<Item>,
    pub records: Vec<Record>,
    pub ambiguous_items: Vec<Item>,
    pub ambiguous_records: Vec<Record>,
}

type KeyOf = fn(Component, &Fields) -> Option<NaturalKey>;

/// What an item is matched by.
struct Candidate {
    values: Fields,
    made: Option<Timestamp>,
}

fn candidates(component: Component, items: &[Item]) -> Vec<Candidate> {
    let of_item = |item: &Item| Candidate {
        values: mapping::from_item(component, &item.fields),
        made: item.created.or(item.modified),
    };
    items.iter().map(of_item).collect()
}

/// Matches new items with new records: first by the strong key, then what is left by the weak one.
pub fn match_up(component: Component, items: Vec<Item>, records: Vec<Record>) -> Matched {
    let item_values = candidates(component, &items);
    let record_values: Vec<Fields> = records
        .iter()
        .map(|record| mapping::from_record(component, &record.fields))
        .collect();
    let matching = positions(component, &item_values, &record_values);

    let mut result = Matched::default();
    let mut records: Vec<Option<Record>> = records.into_iter().map(Some).collect();
    for (position, item) in items.into_iter().enumerate() {
        match matching.item_to_record.get(&position) {
            Some(&partner) => {
                let record = records[partner].take();
                let record = record.expect("a record is matched at most once");
                result.pairs.push((item, record));
            }
            None if matching.ambiguous_items.contains(&position) => {
                result.ambiguous_items.push(item);
            }
            None => result.items.push(item),
        }
    }
    for (position, record) in records.into_iter().enumerate() {
        let Some(record) = record else { continue };
        if matching.ambiguous_records.contains(&position) {
            result.ambiguous_records.push(record);
        } else {
            result.records.push(record);
        }
    }
    result
}

/// Matches new items with values that stand at known positions; the rest comes back.
pub fn match_positions(
    component: Component,
    items: Vec<Item>,
    others: &[(usize, Fields)],
) -> (Vec<(Item, usize)>, Vec<Item>) {
    let item_values = candidates(component, &items);
    let other_values: Vec<Fields> = others.iter().map(|(_, values)| values.clone()).collect();
    let matching = positions(component, &item_values, &other_values);
    let mut found = Vec::new();
    let mut rest = Vec::new();
    for (position, item) in items.into_iter().enumerate() {
        match matching.item_to_record.get(&position) {
            Some(&partner) => found.push((item, others[partner].0)),
            None => rest.push(item),
        }
    }
    (found, rest)
}

#[derive(Debug, Default)]
struct Matching {
    item_to_record: BTreeMap<usize, usize>,
    matched_records: BTreeSet<usize>,
    ambiguous_items: BTreeSet<usize>,
    ambiguous_records: BTreeSet<usize>,
}

fn positions(component: Component, items: &[Candidate], records: &[Fields]) -> Matching {
    let mut matching = Matching::default();
    matching.by_key(component, NaturalKey::strong, items, records);
    matching.by_key(component, NaturalKey::weak, items, records);
    matching
}

impl Matching {
    fn by_key(
        &mut self,
        component: Component,
        key: KeyOf,
        items: &[Candidate],
        records: &[Fields],
    ) {
        let mut groups: BTreeMap<NaturalKey, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for (position, item) in items.iter().enumerate() {
            let key = key(component, &item.values);
            if let (false, Some(key)) = (self.is_taken_item(position), key) {
                groups.entry(key).or_default().0.push(position);
            }
        }
        for (position, values) in records.iter().enumerate() {
            if let (false, Some(key)) = (self.is_taken_record(position), key(component, values)) {
                groups.entry(key).or_default().1.push(position);
            }
        }
        for (key, (of_items, of_records)) in groups {
            self.join(&key, of_items, of_records, items, records);
        }
    }

    fn join(
        &mut self,
        key: &NaturalKey,
        of_items: Vec<usize>,
        of_records: Vec<usize>,
        items: &[Candidate],
        records: &[Fields],
    ) {
        // By name alone only entries fit of which one has no address; two different addresses are two people.
        let fits = |item: usize, record: usize| match key {
            NaturalKey::Address(..) | NaturalKey::Appointment(..) | NaturalKey::Task(..) => true,
            NaturalKey::Undated(..) => has_stand_in(&items[item], &records[record]),
            NaturalKey::Name(..) => {
                items[item].values.get(Field::Email).is_empty()
                    || records[record].get(Field::Email).is_empty()
            }
        };
        let candidates: Vec<(usize, usize)> = of_items
            .iter()
            .flat_map(|&item| of_records.iter().map(move |&record| (item, record)))
            .filter(|&(item, record)| fits(item, record))
            .collect();
        match candidates[..] {
            [] => {}
            [(item, record)] => {
                self.item_to_record.insert(item, record);
                self.matched_records.insert(record);
            }
            _ => {
                for (item, record) in candidates {
                    self.ambiguous_items.insert(item);
                    self.ambiguous_records.insert(record);
                }
            }
        }
    }

    fn is_taken_item(&self, position: usize) -> bool {
        self.item_to_record.contains_key(&position) || self.ambiguous_items.contains(&position)
    }

    fn is_taken_record(&self, position: usize) -> bool {
        self.matched_records.contains(&position) || self.ambiguous_records.contains(&position)
    }
}

/// Whether the record's due day may be a stand-in for the one the item does not have. The day it was made is another in other zones.
fn has_stand_in(item: &Candidate, record: &Fields) -> bool {
    let day = |values: &Fields, field| values.get(field).parse::<Date>().ok();
    if day(&item.values, Field::Due).is_some() {
        return false;
    }
    let made = item.made.map(|made| TimeZone::UTC.to_datetime(made).date());
    let made =
        made.map(|made| day(&item.values, Field::Start).map_or(made, |start| start.max(made)));
    match (made, day(record, Field::Due)) {
        (Some(made), Some(due)) => made
            .until(due)
            .is_ok_and(|apart| apart.get_days().abs() <= 1),
        _ => false,
    }
}
