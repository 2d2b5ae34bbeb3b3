//! The conflict table of DESIGN 3, row by row, and what must hold whatever the values are.

use model::Strategy;
use proptest::prelude::{prop, prop_assert, prop_assert_eq, prop_assume, proptest};

use super::*;

const FIELD: Field = Field::Phone;
const STRATEGIES: [Strategy; 4] = [
    Strategy::None,
    Strategy::Crm,
    Strategy::Exchange,
    Strategy::LastModified,
];

fn row(item: &str, record: &str, later: Later) -> [FieldVerdict; 4] {
    STRATEGIES.map(|strategy| three_way(FIELD, ("b", "b"), item, record, strategy, later))
}

#[test]
fn r6_1_nothing_changed() {
    assert_eq!(row("b", "b", Later::Mailbox), [FieldVerdict::Rest; 4]);
}

#[test]
fn r6_1_the_item_changed() {
    use FieldVerdict::{ToItem, ToRecord};
    for later in [Later::Mailbox, Later::Crm, Later::Unknown] {
        assert_eq!(row("m", "b", later), [ToRecord, ToItem, ToRecord, ToRecord]);
    }
}

#[test]
fn r6_1_the_record_changed() {
    use FieldVerdict::{ToItem, ToRecord};
    for later in [Later::Mailbox, Later::Crm, Later::Unknown] {
        assert_eq!(row("b", "c", later), [ToItem, ToItem, ToRecord, ToItem]);
    }
}

#[test]
fn r6_1_both_changed_to_the_same() {
    assert_eq!(row("n", "n", Later::Unknown), [FieldVerdict::Adopt; 4]);
}

#[test]
fn r6_1_both_changed_otherwise() {
    use FieldVerdict::{Conflict, ToItem, ToRecord};
    assert_eq!(
        row("m", "c", Later::Mailbox),
        [Conflict, ToItem, ToRecord, ToRecord]
    );
    assert_eq!(
        row("m", "c", Later::Crm),
        [Conflict, ToItem, ToRecord, ToItem]
    );
    assert_eq!(
        row("m", "c", Later::Unknown),
        [Conflict, ToItem, ToRecord, Conflict]
    );
}

#[test]
fn r6_1_a_cleared_field_is_a_changed_field() {
    use FieldVerdict::{ToItem, ToRecord};
    assert_eq!(
        row("", "b", Later::Unknown),
        [ToRecord, ToItem, ToRecord, ToRecord]
    );
}

#[test]
fn s3_what_a_server_made_of_a_value_is_no_change() {
    for strategy in STRATEGIES {
        let verdict = three_way(
            FIELD,
            ("as typed", "as cut"),
            "as typed",
            "as cut",
            strategy,
            Later::Crm,
        );
        assert_eq!(verdict, FieldVerdict::Rest);
    }
}

#[test]
fn r6_2_edits_of_different_fields_both_survive() {
    let base = Fields::new()
        .with(Field::Phone, "1")
        .with(Field::BillingCity, "Ulm");
    let both = Base {
        item: base.clone(),
        record: base.clone(),
    };
    let item = base.clone().with(Field::Phone, "2");
    let record = base.with(Field::BillingCity, "Kiel");
    for strategy in [Strategy::None, Strategy::LastModified] {
        let merged = merge(
            Component::Contacts,
            Some(&both),
            &item,
            &record,
            strategy,
            Later::Unknown,
        );
        assert_eq!(merged.to_record, [change(Field::Phone, "1", "2")]);
        assert_eq!(merged.to_item, [change(Field::BillingCity, "Ulm", "Kiel")]);
        assert!(merged.conflicts.is_empty());
    }
}

#[test]
fn a_first_meeting_takes_over_what_only_one_side_has() {
    for strategy in STRATEGIES {
        let verdict = |item, record| first_meeting(FIELD, item, record, strategy, Later::Unknown);
        assert_eq!(verdict("1", ""), FieldVerdict::ToRecord);
        assert_eq!(verdict("", "1"), FieldVerdict::ToItem);
        assert_eq!(verdict("1", "1"), FieldVerdict::Adopt);
    }
}

fn value() -> impl proptest::strategy::Strategy<Value = &'static str> {
    prop::sample::select(vec!["", "a", "b", "c"])
}

proptest! {
    #[test]
    fn r6_1_mirrored_sides_and_strategy_give_the_mirrored_verdict(
        base in value(), item in value(), record in value(), which in 0..4usize, when in 0..3usize,
    ) {
        let later = [Later::Mailbox, Later::Crm, Later::Unknown][when];
        let mirrored_later = [Later::Crm, Later::Mailbox, Later::Unknown][when];
        let mirrored = [Strategy::None, Strategy::Exchange, Strategy::Crm, Strategy::LastModified];
        let verdict = three_way(FIELD, (base, base), item, record, STRATEGIES[which], later);
        let other = three_way(FIELD, (base, base), record, item, mirrored[which], mirrored_later);
        let expected = match other {
            FieldVerdict::ToItem => FieldVerdict::ToRecord,
            FieldVerdict::ToRecord => FieldVerdict::ToItem,
            same => same,
        };
        prop_assert_eq!(verdict, expected);
    }

    #[test]
    fn s2_after_a_merge_was_done_a_second_one_finds_nothing(
        base in value(), item in value(), record in value(), which in 0..4usize,
    ) {
        let strategy = STRATEGIES[which];
        let one = |v: &str| Fields::new().with(FIELD, v);
        let before = Base { item: one(base), record: one(base) };
        let merged = merge(Component::Contacts, Some(&before), &one(item), &one(record), strategy, Later::Crm);
        prop_assume!(merged.conflicts.is_empty());
        let (mut held, mut kept, mut agreed) = (one(item), one(record), merged.base.clone());
        for change in &merged.to_item {
            held.set(change.field, change.after.clone());
            agreed.item.set(change.field, change.after.clone());
            agreed.record.set(change.field, change.after.clone());
        }
        for change in &merged.to_record {
            kept.set(change.field, change.after.clone());
            agreed.item.set(change.field, change.after.clone());
            agreed.record.set(change.field, change.after.clone());
        }
        let second = merge(Component::Contacts, Some(&agreed), &held, &kept, strategy, Later::Crm);
        prop_assert!(second.to_item.is_empty() && second.to_record.is_empty());
        prop_assert_eq!(held, kept);
    }
}
