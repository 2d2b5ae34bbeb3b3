//! The conflict table of DESIGN 3, row by row, and what must hold whatever the values are.

use model::{Pick, Picked, Side, Strategy};
use proptest::prelude::{prop, prop_assert, prop_assert_eq, prop_assume, proptest};

use super::*;

const FIELD: Field = Field::Phone;
const STRATEGIES: [Strategy; 4] = [
    Strategy::None,
    Strategy::Crm,
    Strategy::Exchange,
    Strategy::LastModified,
];

fn conditions(strategy: Strategy, later: Later) -> Conditions<'static> {
    Conditions {
        strategy,
        later,
        content: Content::Open,
        choice: None,
        flips: None,
        stand_ins: None,
    }
}

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
            &conditions(strategy, Later::Unknown),
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
        let merged = merge(Component::Contacts, Some(&before), &one(item), &one(record), &conditions(strategy, Later::Crm));
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
        let second = merge(Component::Contacts, Some(&agreed), &held, &kept, &conditions(strategy, Later::Crm));
        prop_assert!(second.to_item.is_empty() && second.to_record.is_empty());
        prop_assert_eq!(held, kept);
    }
}

const EIGHT: &str = "2027-03-10T08:00:00Z";
const NINE: &str = "2027-03-10T09:00:00Z";
const TEN: &str = "2027-03-10T10:00:00Z";

fn talk(start: &str, end: &str) -> Fields {
    Fields::new()
        .with(Field::Subject, "Talk")
        .with(Field::Start, start)
        .with(Field::End, end)
}

fn equal_base(values: &Fields) -> Base {
    Base {
        item: values.clone(),
        record: values.clone(),
    }
}

fn appointments(base: &Base, item: &Fields, record: &Fields, conditions: Conditions) -> Merged {
    merge(
        Component::Appointments,
        Some(base),
        item,
        record,
        &conditions,
    )
}

#[test]
fn r3_2_start_and_end_changed_on_different_sides_are_a_conflict_and_never_mixed() {
    let base = equal_base(&talk(EIGHT, NINE));
    let (item, record) = (talk(NINE, TEN), talk(EIGHT, TEN));
    let merged = appointments(
        &base,
        &item,
        &record,
        conditions(Strategy::None, Later::Unknown),
    );
    assert_eq!(merged.conflicts, [Field::Start, Field::End, Field::AllDay]);
    let later = conditions(Strategy::LastModified, Later::Mailbox);
    let merged = appointments(&base, &item, &record, later);
    assert_eq!(merged.to_record, [change(Field::Start, EIGHT, NINE)]);
    assert_eq!(merged.conflicts, []);
}

#[test]
fn r3_2_an_appointment_that_becomes_a_day_is_taken_over_whole() {
    let base = equal_base(&talk(EIGHT, NINE));
    let day = talk("2027-03-10", "2027-03-10").with(Field::AllDay, "1");
    let conditions = conditions(Strategy::LastModified, Later::Unknown);
    let merged = appointments(&base, &day, &base.record, conditions);
    let fields: Vec<Field> = merged.to_record.iter().map(|change| change.field).collect();
    assert_eq!(fields, [Field::Start, Field::End, Field::AllDay]);
}

#[test]
fn r3_8_what_a_private_item_is_about_stays_with_the_mailbox() {
    let base = Base {
        item: talk(EIGHT, NINE)
            .with(Field::Private, "1")
            .with(Field::Subject, "Busy"),
        record: talk(EIGHT, NINE)
            .with(Field::Private, "1")
            .with(Field::Subject, "Busy"),
    };
    let item = talk(NINE, TEN)
        .with(Field::Private, "1")
        .with(Field::Location, "Clinic");
    let hidden = Conditions {
        content: Content::Hidden,
        ..conditions(Strategy::LastModified, Later::Mailbox)
    };
    let merged = appointments(&base, &item, &base.record, hidden);
    assert_eq!(
        merged.to_record,
        [
            change(Field::Start, EIGHT, NINE),
            change(Field::End, NINE, TEN)
        ]
    );
    let record = base.record.clone().with(Field::Subject, "Lunch");
    let merged = appointments(&base, &item, &record, hidden);
    assert_eq!(merged.to_item, []);
    // No longer private: the CRM learns of it.
    let open = item.with(Field::Private, "");
    let merged = appointments(
        &base,
        &open,
        &base.record,
        conditions(Strategy::LastModified, Later::Mailbox),
    );
    assert!(
        merged
            .to_record
            .contains(&change(Field::Subject, "Busy", "Talk"))
    );
    assert!(
        merged
            .to_record
            .contains(&change(Field::Location, "", "Clinic"))
    );
}

#[test]
fn r3_8_what_the_crm_itself_says_of_a_private_entry_still_arrives() {
    let base = equal_base(&talk(EIGHT, NINE).with(Field::Private, "1"));
    let record = base.record.clone().with(Field::Subject, "Longer talk");
    let hidden = Conditions {
        content: Content::Hidden,
        ..conditions(Strategy::LastModified, Later::Crm)
    };
    let merged = appointments(&base, &base.item, &record, hidden);
    assert_eq!(
        merged.to_item,
        [change(Field::Subject, "Talk", "Longer talk")]
    );
}

#[test]
fn r3_7_invitations_travel_to_the_mailbox_and_answers_to_the_crm_only() {
    let base = equal_base(&talk(EIGHT, NINE));
    let item = talk(EIGHT, NINE)
        .with(Field::Invited, "ben@x.example")
        .with(Field::Answers, "ben@x.example: accepted");
    for strategy in STRATEGIES {
        let merged = appointments(&base, &item, &base.record, conditions(strategy, Later::Crm));
        assert!(
            merged
                .to_record
                .iter()
                .all(|change| change.field != Field::Invited)
        );
        let record = base.record.clone().with(Field::Answers, "typed over");
        let merged = appointments(&base, &base.item, &record, conditions(strategy, Later::Crm));
        assert_eq!(merged.to_item, []);
    }
}

#[test]
fn r4_1_a_day_that_a_task_loses_stays_in_the_crm_which_demands_one() {
    let task = |due: &str| {
        Fields::new()
            .with(Field::Subject, "Call")
            .with(Field::Due, due)
    };
    let base = Base {
        item: task("2027-03-10"),
        record: task("2027-03-10"),
    };
    let conditions = conditions(Strategy::LastModified, Later::Mailbox);
    let merged = merge(
        Component::Tasks,
        Some(&base),
        &task(""),
        &base.record,
        &conditions,
    );
    assert_eq!((merged.to_item.len(), merged.to_record.len()), (0, 0));
    assert_eq!(merged.base.item.get(Field::Due), "");
    assert_eq!(merged.base.record.get(Field::Due), "2027-03-10");
    // Only somebody who changes it in the CRM brings it back.
    let record = task("2027-03-12");
    let merged = merge(
        Component::Tasks,
        Some(&merged.base),
        &task(""),
        &record,
        &conditions,
    );
    assert_eq!(merged.to_item, [change(Field::Due, "", "2027-03-12")]);
}

/// A decision between what both show of each field.
fn decided(item: &Fields, record: &Fields, picks: &[(Field, Pick)]) -> Choice {
    let picked = |(field, pick): &(Field, Pick)| {
        let picked = Picked {
            item: item.get(*field).to_owned(),
            record: record.get(*field).to_owned(),
            pick: pick.clone(),
        };
        (*field, picked)
    };
    Choice {
        fields: picks.iter().map(picked).collect(),
        survivor: None,
    }
}

#[test]
fn r6_4_what_was_decided_goes_to_the_side_that_has_something_else_under_every_strategy() {
    let base = equal_base(&talk(EIGHT, NINE));
    let item = talk(EIGHT, NINE).with(Field::Location, "Kiel");
    let record = talk(EIGHT, NINE).with(Field::Location, "Bonn");
    let value = |text: &str| Pick::Value(text.to_owned());
    for (pick, to_item, to_record) in [
        (Pick::Keep(Side::Mailbox), None, Some("Kiel")),
        (Pick::Keep(Side::Crm), Some("Bonn"), None),
        (value("Ulm"), Some("Ulm"), Some("Ulm")),
        (value("Bonn"), Some("Bonn"), None),
        (value(""), Some(""), Some("")),
    ] {
        for strategy in STRATEGIES {
            let choice = decided(&item, &record, &[(Field::Location, pick.clone())]);
            let conditions = Conditions {
                choice: Some(&choice),
                ..conditions(strategy, Later::Unknown)
            };
            let merged = appointments(&base, &item, &record, conditions);
            let expected = |before, after: Option<&str>| {
                let after = after.map(|after| change(Field::Location, before, after));
                after.into_iter().collect::<Vec<_>>()
            };
            assert_eq!(merged.to_item, expected("Kiel", to_item), "{pick:?}");
            assert_eq!(merged.to_record, expected("Bonn", to_record), "{pick:?}");
            assert_eq!(merged.conflicts, []);
            assert_eq!(merged.base, base, "agreed on when it is written");
        }
    }
}

#[test]
fn r6_8_what_stays_as_it_is_on_both_sides_is_written_nowhere_under_every_strategy() {
    let base = equal_base(&talk(EIGHT, NINE));
    let swept = talk(NINE, TEN).with(Field::Location, "Bonn");
    let stay = [Field::Start, Field::End, Field::AllDay].map(|field| (field, Pick::Stay));
    let choice = decided(&base.item, &swept, &stay);
    for strategy in STRATEGIES {
        let conditions = Conditions {
            choice: Some(&choice),
            ..conditions(strategy, Later::Crm)
        };
        let merged = appointments(&base, &base.item, &swept, conditions);
        let written: Vec<Field> = merged
            .to_item
            .iter()
            .chain(&merged.to_record)
            .map(|change| change.field)
            .collect();
        assert_eq!(written, [Field::Location], "nobody spoke of the place");
        let agreed = (
            merged.base.item.get(Field::Start),
            merged.base.record.get(Field::Start),
        );
        assert_eq!(agreed, (EIGHT, NINE), "nothing is left to do");
    }
}

#[test]
fn s3_what_was_decided_is_not_written_over_what_is_newer() {
    let base = equal_base(&talk(EIGHT, NINE));
    let item = talk(EIGHT, NINE).with(Field::Location, "Kiel");
    let shown = talk(EIGHT, NINE).with(Field::Location, "Bonn");
    let newer = talk(EIGHT, NINE).with(Field::Location, "Rome");
    let choice = decided(
        &item,
        &shown,
        &[(Field::Location, Pick::Keep(Side::Mailbox))],
    );
    let conditions = Conditions {
        choice: Some(&choice),
        ..conditions(Strategy::None, Later::Unknown)
    };
    let merged = appointments(&base, &item, &newer, conditions);
    assert_eq!(merged.conflicts, [Field::Location]);
    assert_eq!((merged.to_item, merged.to_record), (vec![], vec![]));
}

#[test]
fn r6_3_r6_11_a_value_can_be_put_back_where_nothing_is_in_conflict() {
    let base = equal_base(&talk(EIGHT, NINE).with(Field::Location, "Bonn"));
    let back = Pick::Value("Kiel".to_owned());
    let choice = decided(&base.item, &base.record, &[(Field::Location, back)]);
    for strategy in STRATEGIES {
        let conditions = Conditions {
            choice: Some(&choice),
            ..conditions(strategy, Later::Unknown)
        };
        let merged = appointments(&base, &base.item, &base.record, conditions);
        let back = [change(Field::Location, "Bonn", "Kiel")];
        assert_eq!(
            (&merged.to_item[..], &merged.to_record[..]),
            (&back[..], &back[..])
        );
    }
}

#[test]
fn r3_8_r3_7_a_decision_opens_nothing_and_turns_no_field_round() {
    let base = equal_base(&talk(EIGHT, NINE).with(Field::Private, "1"));
    let item = base.item.clone().with(Field::Location, "Clinic");
    let picks = [
        (Field::Location, Pick::Keep(Side::Mailbox)),
        (Field::Invited, Pick::Value("anna@kunde.example".to_owned())),
    ];
    let choice = decided(&item, &base.record, &picks);
    let conditions = Conditions {
        content: Content::Hidden,
        choice: Some(&choice),
        ..conditions(Strategy::None, Later::Unknown)
    };
    let merged = appointments(&base, &item, &base.record, conditions);
    assert_eq!((merged.to_item, merged.to_record), (vec![], vec![]));
}

#[test]
fn s2_a_field_that_goes_to_and_fro_rests_until_somebody_decides() {
    let base = equal_base(&talk(EIGHT, NINE).with(Field::Location, "Bonn"));
    let moved = base.item.clone().with(Field::Location, "Kiel");
    let moved = moved.with(Field::Subject, "Long talk");
    let flips = BTreeSet::from([Field::Location]);
    for strategy in STRATEGIES {
        let conditions = Conditions {
            flips: Some(&flips),
            ..conditions(strategy, Later::Unknown)
        };
        for (item, record) in [(&moved, &base.record), (&base.item, &moved)] {
            let merged = appointments(&base, item, record, conditions);
            let written = merged.to_item.iter().chain(&merged.to_record);
            let written: Vec<Field> = written.map(|change| change.field).collect();
            assert_eq!(written, [Field::Subject], "the rest goes on");
            assert_eq!(merged.flips, [Field::Location]);
            let pick = Pick::Keep(Side::Mailbox);
            let choice = decided(item, record, &[(Field::Location, pick)]);
            let decided = Conditions {
                choice: Some(&choice),
                ..conditions
            };
            assert_eq!(appointments(&base, item, record, decided).flips, []);
        }
        let agreed = appointments(&base, &moved, &moved, conditions);
        assert_eq!(agreed.flips, [], "both hold the same");
    }
}

#[test]
fn r4_1_only_the_days_of_a_task_are_left_in_the_crm_when_they_are_cleared_in_the_mailbox() {
    let base = equal_base(
        &Fields::new()
            .with(Field::Due, "2027-03-10")
            .with(Field::Description, "Ask first"),
    );
    let cleared = Fields::new();
    let conditions = conditions(Strategy::LastModified, Later::Mailbox);
    let merged = merge(
        Component::Tasks,
        Some(&base),
        &cleared,
        &base.record,
        &conditions,
    );
    assert_eq!(
        merged.to_record,
        [change(Field::Description, "Ask first", "")]
    );
    let day = equal_base(&talk(EIGHT, NINE));
    let merged = appointments(
        &day,
        &Fields::new().with(Field::Subject, "Talk"),
        &day.record,
        conditions,
    );
    let fields: Vec<Field> = merged.to_record.iter().map(|change| change.field).collect();
    assert_eq!(fields, [Field::Start, Field::End]);
}
