//! What is special to appointments and tasks: the days that are synced, entries that make no sense, what others organise, private
//! items, and days a task does not have.

use jiff::Timestamp;
use model::{ChangeKey, Owner, RecordId, RemoteId};

use super::tests::{noon, rules};
use super::*;

const A: Component = Component::Appointments;
const T: Component = Component::Tasks;
const OVER: (&str, &str) = ("2026-11-01T08:00:00Z", "2026-11-01T09:00:00Z");
const AHEAD: (&str, &str) = ("2026-12-01T08:00:00Z", "2026-12-01T09:00:00Z");

fn talk((start, end): (&str, &str)) -> Fields {
    Fields::new()
        .with(Field::Subject, "Talk")
        .with(Field::Start, start)
        .with(Field::End, end)
}

fn item(fields: Fields) -> ItemSide {
    ItemSide::Present(Item {
        id: ItemId::new("i1"),
        change_key: ChangeKey::new("2"),
        fields,
        organiser: Organiser::User,
        stamp: None,
        created: Some(noon()),
        modified: Some(noon()),
    })
}

fn foreign(fields: Fields) -> ItemSide {
    match item(fields) {
        ItemSide::Present(item) => ItemSide::Present(Item {
            organiser: Organiser::Other,
            ..item
        }),
        other => other,
    }
}

fn record(fields: Fields) -> RecordSide {
    RecordSide::Present(Record {
        id: RecordId::new("r1"),
        owner: Owner::Me,
        fields,
        created: None,
        modified: Timestamp::from_second(0).ok(),
    })
}

fn unit(link: Option<Link>, item: ItemSide, record: RecordSide) -> Unit {
    Unit {
        id: LinkId::new("l1"),
        link,
        known: Known::Stored,
        item,
        record,
        subjects: vec![RemoteId::Mailbox(ItemId::new("i1"))],
        choice: None,
        losses: crate::Losses::Follow,
    }
}

fn link(base: &Fields) -> Link {
    Link {
        id: LinkId::new("l1"),
        component: A,
        record: RecordId::new("r1"),
        state: LinkState::Live {
            item: ItemId::new("i1"),
            change_key: ChangeKey::new("1"),
        },
        base: Base {
            item: base.clone(),
            record: base.clone(),
        },
        stamped: None,
        stamping: Stamping::Allowed,
    }
}

fn let_go(base: &Fields) -> Link {
    Link {
        state: LinkState::LetGo {
            item: ItemId::new("i1"),
        },
        ..link(base)
    }
}

fn decided(unit: &Unit) -> Decision {
    decide(
        unit,
        &rules(
            unit.link.as_ref().map_or(A, |link| link.component),
            Strategy::LastModified,
        ),
    )
}

#[test]
fn r6_8_what_stays_without_its_record_also_stays_when_its_days_are_over() {
    let alone = |item, record| {
        let link = Link {
            state: LinkState::Kept {
                item: ItemId::new("i1"),
            },
            ..link(&talk(OVER))
        };
        decided(&unit(Some(link), item, record)).link
    };
    let drop = LinkFate::Drop(LinkId::new("l1"));
    assert_eq!(alone(ItemSide::Unchanged, RecordSide::Gone), LinkFate::Keep);
    assert_eq!(alone(ItemSide::Unchanged, RecordSide::Left), LinkFate::Keep);
    assert_eq!(alone(ItemSide::Gone, RecordSide::Gone), drop);
}

#[test]
fn r3_3_what_is_over_is_not_taken_over() {
    for (item, record) in [
        (item(talk(OVER)), RecordSide::Absent),
        (ItemSide::Absent, record(talk(OVER))),
        (item(talk(OVER)), record(talk(OVER))),
    ] {
        assert!(decided(&unit(None, item, record)).is_nothing());
    }
}

#[test]
fn r3_3_what_leaves_the_window_is_let_go_and_deleted_nowhere() {
    let over = talk(OVER);
    let decision = decided(&unit(
        Some(link(&over)),
        item(over.clone()),
        RecordSide::Unchanged,
    ));
    assert_eq!(decision.operations, []);
    assert_eq!(decision.link, LinkFate::Put(let_go(&over)));
    for (item, record) in [
        (ItemSide::Gone, RecordSide::Unchanged),
        (ItemSide::Unchanged, RecordSide::Gone),
    ] {
        let decision = decided(&unit(Some(link(&over)), item, record));
        assert_eq!(decision.operations, []);
        assert_eq!(decision.link, LinkFate::Drop(LinkId::new("l1")));
    }
}

#[test]
fn r3_3_a_change_that_moves_it_out_of_the_window_is_still_carried_over() {
    let ahead = talk(AHEAD);
    let decision = decided(&unit(
        Some(link(&ahead)),
        item(talk(OVER)),
        RecordSide::Unchanged,
    ));
    assert!(matches!(
        decision.operations[..],
        [Operation::UpdateRecord { .. }]
    ));
}

#[test]
fn r3_3_what_was_let_go_and_is_moved_into_the_window_syncs_again() {
    let (over, ahead) = (talk(OVER), talk(AHEAD));
    let back = unit(
        Some(let_go(&over)),
        item(over.clone()),
        record(ahead.clone()),
    );
    let decision = decided(&back);
    assert!(matches!(
        decision.operations[..],
        [Operation::UpdateItem { .. }]
    ));
    // Both ends are needed for that; until the other one is read nothing is done.
    let half = unit(
        Some(let_go(&over)),
        ItemSide::Unchanged,
        record(ahead.clone()),
    );
    assert!(decided(&half).is_nothing());
    let lost = unit(Some(let_go(&over)), ItemSide::Gone, record(ahead));
    assert!(matches!(
        decided(&lost).operations[..],
        [Operation::CreateItem { .. }]
    ));
}

#[test]
fn r3_4_what_makes_no_sense_waits_with_its_reason() {
    let unnamed = talk(AHEAD).with(Field::Subject, "");
    let backwards = talk((AHEAD.1, AHEAD.0));
    for (unit, code) in [
        (
            unit(None, item(unnamed.clone()), RecordSide::Absent),
            Code::FieldMandatory,
        ),
        (
            unit(None, ItemSide::Absent, record(backwards.clone())),
            Code::EndBeforeStart,
        ),
        (
            unit(
                Some(link(&talk(AHEAD))),
                item(unnamed),
                RecordSide::Unchanged,
            ),
            Code::FieldMandatory,
        ),
        (
            unit(
                Some(link(&talk(AHEAD))),
                ItemSide::Unchanged,
                record(backwards),
            ),
            Code::EndBeforeStart,
        ),
    ] {
        let decision = decided(&unit);
        assert_eq!(decision.operations, []);
        assert_eq!(decision.waits.map(|problem| problem.code), Some(code));
    }
}

#[test]
fn r3_6_what_somebody_else_organises_is_read_and_never_written() {
    let ahead = talk(AHEAD);
    let mut known = link(&ahead);
    known.stamping = Stamping::Foreign;
    let new = decided(&unit(None, foreign(ahead.clone()), RecordSide::Absent));
    assert!(matches!(
        new.operations[..],
        [Operation::CreateRecord { .. }]
    ));
    let renamed = record(ahead.clone().with(Field::Subject, "Another talk"));
    for item in [foreign(ahead.clone()), ItemSide::Unchanged] {
        let decision = decided(&unit(Some(known.clone()), item, renamed.clone()));
        assert_eq!(decision.operations, []);
        let code = decision.waits.map(|problem| problem.code);
        assert_eq!(code, Some(Code::OrganisedByOther));
    }
    let deleted = decided(&unit(Some(known), ItemSide::Unchanged, RecordSide::Gone));
    assert_eq!(deleted.operations, []);
    assert_eq!(deleted.link, LinkFate::Drop(LinkId::new("l1")));
}

#[test]
fn r3_8_a_private_item_is_skipped_or_busy_or_whole_as_the_policy_says() {
    let private = talk(AHEAD)
        .with(Field::Private, "1")
        .with(Field::Location, "Clinic");
    let new = unit(None, item(private.clone()), RecordSide::Absent);
    let with = |private_items| {
        let rules = Rules {
            private_items,
            ..rules(A, Strategy::LastModified)
        };
        decide(&new, &rules)
    };
    let skipped = with(PrivateItems::Skip);
    assert_eq!(skipped.operations, []);
    assert_eq!(
        skipped.passes.map(|problem| problem.code),
        Some(Code::PrivateItem)
    );
    let made = |decision: Decision| match &decision.operations[..] {
        [Operation::CreateRecord { fields, .. }] => fields.clone(),
        other => panic!("{other:?}"),
    };
    let busy = talk(AHEAD)
        .with(Field::Private, "1")
        .with(Field::Subject, "Busy");
    assert_eq!(made(with(PrivateItems::Busy)), busy);
    assert_eq!(made(with(PrivateItems::Full)), private);
}

#[test]
fn r4_1_a_task_without_days_gets_the_day_it_was_made_in_the_crm_only() {
    let rules = rules(T, Strategy::LastModified);
    let task = Fields::new().with(Field::Subject, "Call back");
    let decision = decide(&unit(None, item(task.clone()), RecordSide::Absent), &rules);
    match &decision.operations[..] {
        [
            Operation::CreateRecord {
                fields, stand_ins, ..
            },
        ] => {
            assert_eq!(*fields, task);
            assert_eq!(stand_ins.get(Field::Start), "2026-11-26");
            assert_eq!(stand_ins.get(Field::Due), "2026-11-26");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn r4_1_where_nobody_knows_when_a_task_was_made_it_is_today() {
    let ItemSide::Present(known) = item(Fields::new().with(Field::Subject, "Call back")) else {
        unreachable!("an item")
    };
    let unknown = ItemSide::Present(Item {
        created: None,
        modified: None,
        ..known
    });
    let rules = rules(T, Strategy::LastModified);
    let decision = decide(&unit(None, unknown, RecordSide::Absent), &rules);
    let [Operation::CreateRecord { stand_ins, .. }] = &decision.operations[..] else {
        panic!("{decision:?}")
    };
    assert_eq!(stand_ins.get(Field::Due), "2026-11-26");
}
