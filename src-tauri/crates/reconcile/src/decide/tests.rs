//! The conflict table for whole entries, row by row, with the contact exceptions, rights and ownership.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use model::{ChangeKey, Choice, Owner, RecordId, RemoteId, Rights, Survivor, Window};

use super::*;

const STRATEGIES: [Strategy; 4] = [
    Strategy::None,
    Strategy::Crm,
    Strategy::Exchange,
    Strategy::LastModified,
];

pub(super) fn rules(component: Component, strategy: Strategy) -> Rules {
    Rules {
        component,
        strategy,
        rights: Rights::FULL,
        clocks: Clocks::Together,
        mailbox_ahead: 0,
        window: Window::of(noon(), &TimeZone::UTC, 7, 180),
        private_items: PrivateItems::Skip,
        busy: "Busy".to_owned(),
        flips: crate::Flips::default(),
    }
}

pub(super) fn noon() -> Timestamp {
    "2026-11-26T12:00:00Z".parse().expect("a moment")
}

fn fields(phone: &str) -> Fields {
    Fields::new()
        .with(Field::LastName, "Groß")
        .with(Field::Phone, phone)
        .with(Field::Subject, "Call")
        .with(Field::Priority, phone)
}

fn item(phone: &str, second: i64) -> ItemSide {
    ItemSide::Present(Item {
        id: ItemId::new("i1"),
        change_key: ChangeKey::new("2"),
        fields: fields(phone),
        organiser: Organiser::User,
        stamp: None,
        created: None,
        modified: Timestamp::from_second(second).ok(),
    })
}

fn record(phone: &str, second: i64) -> RecordSide {
    RecordSide::Present(Record {
        id: RecordId::new("r1"),
        owner: Owner::Me,
        fields: fields(phone),
        created: None,
        modified: Timestamp::from_second(second).ok(),
    })
}

fn unit(item: ItemSide, record: RecordSide) -> Unit {
    Unit {
        id: LinkId::new("l1"),
        link: Some(Link {
            id: LinkId::new("l1"),
            component: Component::Contacts,
            record: RecordId::new("r1"),
            state: LinkState::Live {
                item: ItemId::new("i1"),
                change_key: ChangeKey::new("1"),
            },
            base: Base {
                item: fields("b"),
                record: fields("b"),
            },
            stamped: None,
            stamping: Stamping::Allowed,
        }),
        known: Known::Stored,
        item,
        record,
        subjects: vec![RemoteId::Mailbox(ItemId::new("i1"))],
        choice: None,
        losses: crate::Losses::Follow,
    }
}

fn shown(decision: &Decision) -> String {
    let mut parts: Vec<String> = decision
        .operations
        .iter()
        .map(ToString::to_string)
        .collect();
    match &decision.link {
        LinkFate::Drop(_) => parts.push("drop link".to_owned()),
        LinkFate::Put(link) if link.state == LinkState::StaysAway => {
            parts.push("stay away".to_owned());
        }
        LinkFate::Put(link) if link.is_kept() => parts.push("keep item".to_owned()),
        LinkFate::Keep | LinkFate::Put(_) => {}
    }
    if decision.waits.is_some() {
        parts.push("wait".to_owned());
    }
    parts.join(", ")
}

fn row(unit: &Unit, component: Component) -> [String; 4] {
    STRATEGIES.map(|strategy| shown(&decide(unit, &rules(component, strategy))))
}

const UPDATE_ITEM: &str = "update item i1; phone: \"m\" -> \"c\"";
const UPDATE_RECORD: &str = "update record r1; phone: \"c\" -> \"m\"";

#[test]
fn r6_1_changed_otherwise_on_both_sides() {
    let later_item = unit(item("m", 20), record("c", 10));
    assert_eq!(
        row(&later_item, Component::Contacts),
        ["wait", UPDATE_ITEM, UPDATE_RECORD, UPDATE_RECORD]
    );
    let later_record = unit(item("m", 10), record("c", 20));
    assert_eq!(
        row(&later_record, Component::Contacts),
        ["wait", UPDATE_ITEM, UPDATE_RECORD, UPDATE_ITEM]
    );
}

#[test]
fn r6_1_a_tie_is_a_conflict() {
    let tie = unit(item("m", 10), record("c", 10));
    assert_eq!(row(&tie, Component::Contacts)[3], "wait");
}

#[test]
fn r6_1_a_mailbox_clock_that_is_ahead_does_not_make_its_edit_the_later_one() {
    let ahead = Rules {
        mailbox_ahead: 240,
        ..rules(Component::Contacts, Strategy::LastModified)
    };
    let decision = decide(&unit(item("m", 1240), record("c", 1180)), &ahead);
    assert_eq!(shown(&decision), UPDATE_ITEM);
}

#[test]
fn r6_1_clocks_apart_are_a_conflict() {
    let apart = Rules {
        clocks: Clocks::Apart,
        ..rules(Component::Contacts, Strategy::LastModified)
    };
    let decision = decide(&unit(item("m", 10), record("c", 20)), &apart);
    assert_eq!(shown(&decision), "wait");
}

#[test]
fn r2_4_a_contact_deleted_in_the_mailbox_stays_in_the_crm_under_every_strategy() {
    for record_side in [RecordSide::Unchanged, record("c", 10)] {
        let deleted = unit(ItemSide::Gone, record_side);
        assert_eq!(row(&deleted, Component::Contacts), ["stay away"; 4]);
    }
}

#[test]
fn r6_7_an_entry_deleted_in_the_mailbox_and_untouched_in_the_crm() {
    let deleted = unit(ItemSide::Gone, RecordSide::Unchanged);
    assert_eq!(
        row(&deleted, Component::Tasks),
        [
            "delete record r1",
            "create item from record r1",
            "delete record r1",
            "delete record r1"
        ]
    );
}

#[test]
fn r2_4_a_contact_deleted_in_the_crm_leaves_the_mailbox() {
    let deleted = unit(ItemSide::Unchanged, RecordSide::Gone);
    assert_eq!(
        row(&deleted, Component::Contacts),
        [
            "delete item i1",
            "delete item i1",
            "create record from item i1",
            "delete item i1"
        ]
    );
}

#[test]
fn r6_7_deleted_in_the_crm_and_changed_in_the_mailbox() {
    let deleted = unit(item("m", 10), RecordSide::Gone);
    assert_eq!(
        row(&deleted, Component::Contacts),
        [
            "wait",
            "delete item i1",
            "create record from item i1",
            "create record from item i1"
        ]
    );
}

#[test]
fn gone_on_both_sides_ends_the_link() {
    let gone = unit(ItemSide::Gone, RecordSide::Gone);
    assert_eq!(row(&gone, Component::Contacts), ["drop link"; 4]);
}

#[test]
fn r1_5_a_record_re_assigned_away_leaves_the_mailbox() {
    let left = unit(item("m", 10), RecordSide::Left);
    assert_eq!(row(&left, Component::Contacts), ["delete item i1"; 4]);
}

#[test]
fn r1_6_without_the_right_nothing_is_taken_into_the_crm() {
    let read_only = Rules {
        rights: Rights {
            read: true,
            create: false,
            update: false,
            delete: false,
        },
        ..rules(Component::Contacts, Strategy::LastModified)
    };
    let changed = decide(&unit(item("m", 10), RecordSide::Unchanged), &read_only);
    assert!(changed.operations.is_empty());
    let problem = changed.waits.expect("the user is told");
    assert_eq!(problem.code, Code::PermissionMissing);
    assert_eq!(problem.values["right"], "update");

    let new = Unit {
        link: None,
        ..unit(item("m", 10), RecordSide::Absent)
    };
    assert_eq!(
        decide(&new, &read_only).waits.expect("told").values["right"],
        "create"
    );
}

#[test]
fn r6_1_creations_are_never_conflicts() {
    let new_item = Unit {
        link: None,
        ..unit(item("m", 10), RecordSide::Absent)
    };
    assert_eq!(
        row(&new_item, Component::Contacts),
        ["create record from item i1"; 4]
    );
    let new_record = Unit {
        link: None,
        ..unit(ItemSide::Absent, record("c", 10))
    };
    assert_eq!(
        row(&new_record, Component::Contacts),
        ["create item from record r1"; 4]
    );
}

#[test]
fn r2_4_a_contact_that_stays_away_is_not_brought_back_by_a_change_in_the_crm() {
    let mut away = unit(ItemSide::Absent, record("c", 10));
    if let Some(link) = &mut away.link {
        link.state = LinkState::StaysAway;
    }
    for strategy in STRATEGIES {
        assert!(decide(&away, &rules(Component::Contacts, strategy)).is_nothing());
    }
}

#[test]
fn r1_4_a_contact_the_user_brings_back_is_merged_with_its_record() {
    let mut back = unit(item("b", 10), record("c", 20));
    if let Some(link) = &mut back.link {
        link.state = LinkState::StaysAway;
    }
    let decision = decide(&back, &rules(Component::Contacts, Strategy::LastModified));
    assert_eq!(shown(&decision), "update item i1; phone: \"b\" -> \"c\"");
    assert!(matches!(decision.link, LinkFate::Put(link) if link.item().is_some()));
}

#[test]
fn a_link_made_again_from_a_stamp_is_kept_even_when_nothing_changed() {
    let mut rebuilt = unit(item("b", 10), record("b", 20));
    rebuilt.known = Known::Rebuilt;
    let decision = decide(
        &rebuilt,
        &rules(Component::Contacts, Strategy::LastModified),
    );
    assert!(matches!(decision.link, LinkFate::Put(_)));
    assert!(decision.operations.is_empty());
}

#[test]
fn s2_the_same_as_last_time_is_nothing() {
    let mut same = unit(item("b", 10), record("b", 20));
    if let Some(link) = &mut same.link {
        link.state = LinkState::Live {
            item: ItemId::new("i1"),
            change_key: ChangeKey::new("2"),
        };
    }
    for strategy in STRATEGIES {
        assert!(decide(&same, &rules(Component::Contacts, strategy)).is_nothing());
    }
}

#[test]
fn r6_7_of_a_deletion_and_a_change_the_one_is_kept_that_was_decided_on() {
    let keeping = |unit: Unit, keep, values: Fields| Unit {
        choice: Some(Choice {
            survivor: Some(Survivor { keep, values }),
            ..Choice::default()
        }),
        ..unit
    };
    let values = |phone| mapping::from_item(Component::Tasks, &fields(phone));
    let item_gone = || unit(ItemSide::Gone, record("c", 10));
    let record_gone = || unit(item("m", 10), RecordSide::Gone);
    for (unit, expected) in [
        (
            keeping(item_gone(), Side::Mailbox, values("c")),
            "delete record r1",
        ),
        (
            keeping(item_gone(), Side::Crm, values("c")),
            "create item from record r1",
        ),
        (
            keeping(record_gone(), Side::Mailbox, values("m")),
            "create record from item i1",
        ),
        (
            keeping(record_gone(), Side::Crm, values("m")),
            "delete item i1",
        ),
    ] {
        assert_eq!(row(&unit, Component::Tasks), [expected; 4]);
    }
    // The end that is left was changed once more: somebody has to look at it again.
    for unit in [
        keeping(item_gone(), Side::Mailbox, values("older")),
        keeping(record_gone(), Side::Crm, values("older")),
    ] {
        assert_eq!(row(&unit, Component::Tasks)[0], "wait");
    }
    let contact = keeping(item_gone(), Side::Mailbox, fields("c"));
    assert_eq!(row(&contact, Component::Contacts), ["stay away"; 4], "S7");
}

#[test]
fn r6_8_what_is_lost_is_put_back_or_left_as_somebody_said() {
    let item_gone = unit(ItemSide::Gone, RecordSide::Unchanged);
    let record_gone = unit(ItemSide::Unchanged, RecordSide::Gone);
    let record_left = unit(ItemSide::Unchanged, RecordSide::Left);
    for (losses, unit, expected) in [
        (
            crate::Losses::PutBack,
            &item_gone,
            "create item from record r1",
        ),
        (
            crate::Losses::PutBack,
            &record_gone,
            "create record from item i1",
        ),
        (crate::Losses::PutBack, &record_left, "wait"),
        (crate::Losses::Leave, &item_gone, "stay away"),
        (crate::Losses::Leave, &record_gone, "keep item"),
        (crate::Losses::Leave, &record_left, "keep item"),
    ] {
        let unit = Unit {
            losses,
            ..unit.clone()
        };
        let found = row(&unit, Component::Tasks);
        assert_eq!(found, [expected; 4], "{losses:?}");
    }
}

#[test]
fn r6_8_s1_an_item_that_stays_without_its_record_waits_for_it() {
    let alone = |item, record| {
        let mut unit = unit(item, record);
        let link = unit.link.as_mut().expect("a link");
        link.state = LinkState::Kept {
            item: ItemId::new("i1"),
        };
        unit
    };
    let fresh = |unit: &Unit| {
        let decision = decide(unit, &rules(Component::Tasks, Strategy::Crm));
        let is_live = |link: &Link| matches!(link.state, LinkState::Live { .. });
        let revived = matches!(&decision.link, LinkFate::Put(link) if is_live(link));
        (shown(&decision), revived)
    };
    let told = |text: &str, revived| (text.to_owned(), revived);
    let both = alone(item("a", 10), record("c", 20));
    let taken_over = "update item i1; priority: \"a\" -> \"c\"";
    assert_eq!(fresh(&both), told(taken_over, true), "they meet again");
    for nothing in [
        alone(ItemSide::Unchanged, RecordSide::Left),
        alone(ItemSide::Unchanged, RecordSide::Gone),
    ] {
        assert_eq!(fresh(&nothing), told("", false));
    }
    let edited = alone(item("m", 10), RecordSide::Gone);
    assert_eq!(fresh(&edited).0, "create record from item i1");
    let others = alone(item("m", 10), RecordSide::Left);
    assert_eq!(fresh(&others).0, "wait", "the record is somebody else's");
    let removed = alone(ItemSide::Gone, RecordSide::Unchanged);
    assert_eq!(fresh(&removed).0, "drop link");
    let removed = alone(ItemSide::Gone, record("c", 20));
    assert_eq!(fresh(&removed).0, "create item from record r1");
}

#[test]
fn r1_4_the_link_follows_an_item_that_was_moved_out_and_back() {
    let ItemSide::Present(moved) = item("b", 10) else {
        unreachable!("an item")
    };
    let moved = Item {
        id: ItemId::new("i2"),
        ..moved
    };
    let unit = unit(ItemSide::Present(moved), RecordSide::Unchanged);
    let decision = decide(&unit, &rules(Component::Contacts, Strategy::LastModified));
    assert!(!decision.is_nothing());
    let LinkFate::Put(link) = decision.link else {
        panic!("{decision:?}")
    };
    let now = LinkState::Live {
        item: ItemId::new("i2"),
        change_key: ChangeKey::new("2"),
    };
    assert_eq!(link.state, now);
}

#[test]
fn s3_a_day_that_only_stands_in_is_never_written_into_the_mailbox_by_a_first_meeting() {
    let mut task = unit(item("b", 10), record("b", 10));
    task.link = None;
    let rules = rules(Component::Tasks, Strategy::LastModified);
    let days = |task: &mut Unit, day: &str| {
        if let (ItemSide::Present(item), RecordSide::Present(record)) =
            (&mut task.item, &mut task.record)
        {
            item.created = Some(noon());
            record.fields.set(Field::Start, day);
            record.fields.set(Field::Due, day);
        }
    };
    days(&mut task, "2026-11-26");
    let met = decide(&task, &rules);
    assert_eq!(met.operations, []);
    let LinkFate::Put(link) = met.link else {
        panic!("they are linked");
    };
    assert_eq!(link.base.item.get(Field::Due), "");
    assert_eq!(link.base.record.get(Field::Due), "2026-11-26");
    days(&mut task, "2026-11-27");
    assert_eq!(decide(&task, &rules).operations.len(), 1, "somebody set it");
    let mut known = Unit {
        link: Some(link),
        known: Known::Stored,
        ..task.clone()
    };
    assert_eq!(decide(&known, &rules).operations.len(), 1);
    for field in [Field::Start, Field::Due] {
        let link = known.link.as_mut().expect("it has one");
        link.base.record.set(field, "2026-11-27");
    }
    days(&mut known, "2026-11-26");
    assert_eq!(
        decide(&known, &rules).operations.len(),
        1,
        "what is remembered is no first meeting: somebody chose the day the item was made"
    );
}
