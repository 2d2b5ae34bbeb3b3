//! Pairing, case by case: each is a thing users do, or lose.

use model::{ChangeKey, Organiser, Owner, Revision};

use super::*;

const C: Component = Component::Contacts;

fn crm() -> Fingerprint {
    Fingerprint::new("crm1")
}

fn person(last: &str, email: &str) -> Fields {
    Fields::new()
        .with(Field::LastName, last)
        .with(Field::Email, email)
}

fn item(id: &str, fields: Fields) -> Item {
    Item {
        id: ItemId::new(id),
        change_key: ChangeKey::new(format!("{id}-1")),
        fields,
        organiser: Organiser::User,
        stamp: None,
        created: None,
        modified: None,
    }
}

fn stamped(id: &str, fields: Fields, record: &str, link: &str, created: i64) -> Item {
    Item {
        stamp: Some(Stamp {
            crm: crm(),
            record: RecordId::new(record),
            link: LinkId::new(link),
            revision: None,
        }),
        created: Timestamp::from_second(created).ok(),
        ..item(id, fields)
    }
}

fn record(id: &str, fields: Fields) -> Record {
    Record {
        id: RecordId::new(id),
        owner: Owner::Me,
        fields,
        created: None,
        modified: None,
    }
}

fn link(id: &str, item: &str, record: &str, base: Fields) -> Link {
    Link {
        id: LinkId::new(id),
        component: C,
        record: RecordId::new(record),
        state: LinkState::Live {
            item: ItemId::new(item),
            change_key: ChangeKey::new("1"),
        },
        base: Base {
            item: base.clone(),
            record: base,
        },
        stamped: None,
        stamping: Stamping::Allowed,
    }
}

fn away(id: &str, record: &str, base: Fields) -> Link {
    Link {
        state: LinkState::StaysAway,
        ..link(id, "", record, base)
    }
}

fn paired(links: Vec<Link>, observations: Vec<Observation>) -> Pairing {
    let mut count = 0;
    pair(C, &crm(), links, observations, &mut || {
        count += 1;
        LinkId::new(format!("new{count}"))
    })
}

fn gone(id: &str) -> Observation {
    Observation::ItemGone {
        id: ItemId::new(id),
    }
}

#[test]
fn a_match_that_is_unique_on_both_sides_is_one_unit() {
    let pairing = paired(
        vec![],
        vec![
            Observation::Item(item("i1", person("Groß", "a@x.example"))),
            Observation::Record(record("r1", person("GROSS", "b@x.example"))),
            Observation::Record(record("r2", person("groß", "A@x.example"))),
        ],
    );
    let joined: Vec<&Unit> = pairing
        .units
        .iter()
        .filter(|unit| unit.subjects.len() == 2)
        .collect();
    assert_eq!(joined.len(), 1);
    assert_eq!(joined[0].subjects[1], RemoteId::Crm(RecordId::new("r2")));
    assert_eq!(pairing.units.len(), 2);
}

#[test]
fn whoever_is_found_by_address_is_not_looked_for_by_name_as_well() {
    let known = person("Groß", "a@x.example");
    let namesake = person("Groß", "");
    let pairs = |observations| {
        let pairing = paired(vec![], observations);
        assert!(pairing.held.is_empty(), "{:?}", pairing.held);
        let subjects = pairing.units.iter().map(|unit| unit.subjects.len());
        let mut subjects: Vec<usize> = subjects.collect();
        subjects.sort_unstable();
        subjects
    };
    let two_records = vec![
        Observation::Item(item("i1", known.clone())),
        Observation::Record(record("r1", known.clone())),
        Observation::Record(record("r2", namesake.clone())),
    ];
    assert_eq!(pairs(two_records), [1, 2]);
    let two_items = vec![
        Observation::Item(item("i1", known.clone())),
        Observation::Item(item("i2", namesake)),
        Observation::Record(record("r1", known)),
    ];
    assert_eq!(pairs(two_items), [1, 2]);
}

#[test]
fn twins_that_are_held_take_nobody_elses_place() {
    let twin = person("Groß", "a@x.example");
    let namesake = person("Groß", "");
    let more_records = paired(
        vec![],
        vec![
            Observation::Item(item("i1", twin.clone())),
            Observation::Item(item("i2", twin.clone())),
            Observation::Record(record("r1", twin.clone())),
            Observation::Record(record("r2", namesake.clone())),
        ],
    );
    assert_eq!((more_records.held.len(), more_records.units.len()), (3, 1));
    let more_items = paired(
        vec![],
        vec![
            Observation::Item(item("i1", twin.clone())),
            Observation::Item(item("i2", namesake)),
            Observation::Record(record("r1", twin.clone())),
            Observation::Record(record("r2", twin)),
        ],
    );
    assert_eq!((more_items.held.len(), more_items.units.len()), (3, 1));
}

#[test]
fn a_match_that_is_not_unique_is_held_and_doubled_nowhere() {
    let twin = person("Groß", "a@x.example");
    let pairing = paired(
        vec![],
        vec![
            Observation::Item(item("i1", twin.clone())),
            Observation::Item(item("i2", twin.clone())),
            Observation::Record(record("r1", twin)),
        ],
    );
    assert!(pairing.units.is_empty());
    assert_eq!(pairing.held.len(), 3);
}

#[test]
fn twins_on_one_side_only_are_two_entries() {
    let twin = person("Groß", "a@x.example");
    let pairing = paired(
        vec![],
        vec![
            Observation::Item(item("i1", twin.clone())),
            Observation::Item(item("i2", twin)),
        ],
    );
    assert_eq!(pairing.units.len(), 2);
    assert!(pairing.held.is_empty());
}

#[test]
fn by_name_alone_two_different_addresses_are_two_people() {
    let pairing = paired(
        vec![],
        vec![
            Observation::Item(item("i1", person("Groß", "a@x.example"))),
            Observation::Record(record("r1", person("Groß", "b@x.example"))),
            Observation::Item(item("i2", person("Klein", ""))),
            Observation::Record(record("r2", person("Klein", "k@x.example"))),
        ],
    );
    assert_eq!(pairing.units.len(), 3);
}

#[test]
fn r1_4_an_item_moved_out_and_back_keeps_its_link() {
    let fields = person("Groß", "a@x.example");
    // By its values alone nobody would know it again.
    let renamed = person("Neu", "n@x.example");
    let pairing = paired(
        vec![link("l1", "old", "r1", fields)],
        vec![
            gone("old"),
            Observation::Item(stamped("new", renamed, "r1", "l1", 1)),
        ],
    );
    assert_eq!(pairing.units.len(), 1);
    let unit = &pairing.units[0];
    assert!(matches!(&unit.item, ItemSide::Present(item) if item.id == ItemId::new("new")));
    assert_eq!(unit.id, LinkId::new("l1"));
    assert_eq!(unit.subjects.len(), 2);
}

#[test]
fn r1_4_a_copy_with_its_stamp_is_a_new_entry() {
    let fields = person("Groß", "a@x.example");
    let pairing = paired(
        vec![link("l1", "i1", "r1", fields.clone())],
        vec![Observation::Item(stamped("copy", fields, "r1", "l1", 2))],
    );
    assert_eq!(pairing.units.len(), 1);
    assert_eq!(pairing.units[0].link, None);
    assert_eq!(pairing.units[0].record, RecordSide::Absent);
}

#[test]
fn after_a_lost_state_file_the_older_of_two_stamped_items_is_the_original() {
    let fields = person("Groß", "a@x.example");
    let pairing = paired(
        vec![],
        vec![
            Observation::Item(stamped("copy", fields.clone(), "r1", "l1", 2)),
            Observation::Item(stamped("original", fields.clone(), "r1", "l1", 1)),
            Observation::Record(record("r1", fields)),
        ],
    );
    let joined = pairing
        .units
        .iter()
        .find(|unit| unit.id == LinkId::new("l1"))
        .expect("the link is made again under its old id");
    assert!(matches!(&joined.item, ItemSide::Present(item) if item.id == ItemId::new("original")));
    assert_eq!(pairing.units.len(), 2);
}

#[test]
fn a_revision_tells_after_a_lost_state_file_that_only_the_record_changed() {
    let before = person("Groß", "a@x.example").with(Field::Phone, "1");
    let after = before.clone().with(Field::Phone, "2");
    let mut original = stamped("i1", before.clone(), "r1", "l1", 1);
    if let Some(stamp) = &mut original.stamp {
        stamp.revision = Some(Revision::of(&Base {
            item: before.clone(),
            record: before,
        }));
    }
    let pairing = paired(
        vec![],
        vec![
            Observation::Item(original),
            Observation::Record(record("r1", after)),
        ],
    );
    assert_eq!(pairing.units[0].known, Known::Rebuilt, "it has to be kept");
    let base = &pairing.units[0].link.as_ref().expect("rebuilt").base;
    assert_eq!(base.item.get(Field::Phone), "1");
    assert_ne!(base.record.get(Field::Phone), "2");
}

#[test]
fn a_stamp_that_names_an_unknown_record_asks_for_it() {
    let pairing = paired(
        vec![],
        vec![Observation::Item(stamped(
            "i1",
            person("Groß", ""),
            "r9",
            "l1",
            1,
        ))],
    );
    assert_eq!(pairing.unknown_records, [RecordId::new("r9")]);
}

#[test]
fn r1_5_an_item_whose_record_is_somebody_elses_is_held() {
    let pairing = paired(
        vec![],
        vec![
            Observation::Item(stamped("i1", person("Groß", ""), "r9", "l1", 1)),
            Observation::RecordLeft {
                id: RecordId::new("r9"),
            },
        ],
    );
    assert!(pairing.units.is_empty());
    assert_eq!(pairing.held[0].problem.code, Code::NotAssignedToUser);
}

#[test]
fn r2_4_a_deleted_contact_that_is_typed_in_again_is_the_same_contact() {
    let fields = person("Groß", "a@x.example");
    let pairing = paired(
        vec![away("l1", "r1", fields.clone())],
        vec![Observation::Item(item("i2", fields))],
    );
    assert_eq!(pairing.units.len(), 1);
    assert_eq!(pairing.units[0].id, LinkId::new("l1"));
}

#[test]
fn a_deleted_record_that_was_never_linked_is_of_no_consequence() {
    let pairing = paired(
        vec![],
        vec![Observation::RecordGone {
            id: RecordId::new("r1"),
        }],
    );
    assert!(pairing.units.is_empty());
    assert_eq!(pairing.idle.len(), 1);
}

#[test]
fn r1_4_a_contact_brought_back_asks_for_its_record_because_nobody_followed_it() {
    let fields = person("Groß", "a@x.example");
    let pairing = paired(
        vec![away("l1", "r1", fields.clone())],
        vec![Observation::Item(stamped("i2", fields, "r1", "l1", 1))],
    );
    assert_eq!(pairing.unknown_records, [RecordId::new("r1")]);
}

#[test]
fn r2_4_a_contact_typed_in_again_meets_its_record_as_for_the_first_time() {
    let fields = person("Groß", "a@x.example");
    let mut stamped = link("l1", "i1", "r1", fields.clone());
    stamped.stamped = Some(Revision::of(&stamped.base));
    let gone = || Observation::ItemGone {
        id: ItemId::new("i1"),
    };
    let again = || Observation::Item(item("i2", fields.clone()));
    let unread = paired(vec![stamped.clone()], vec![gone(), again()]);
    assert_eq!(unread.unknown_records, [RecordId::new("r1")]);
    let read = || Observation::Record(record("r1", fields.clone()));
    for link in [stamped.clone(), away("l1", "r1", fields.clone())] {
        let pairing = paired(vec![link], vec![gone(), again(), read()]);
        let [unit] = &pairing.units[..] else {
            panic!("{pairing:?}");
        };
        assert_eq!((unit.id.as_str(), &unit.link), ("l1", &None));
        assert!(matches!(unit.item, ItemSide::Present(_)));
    }
    for lost in [
        Observation::RecordGone {
            id: RecordId::new("r1"),
        },
        Observation::RecordLeft {
            id: RecordId::new("r1"),
        },
    ] {
        let pairing = paired(vec![stamped.clone()], vec![gone(), again(), lost]);
        assert_eq!(pairing.units.len(), 2, "it is another one");
    }
}

#[test]
fn r1_4_an_item_that_was_moved_out_and_back_before_it_had_its_stamp_is_the_same() {
    let fields = person("Groß", "a@x.example");
    let unstamped = link("l1", "i1", "r1", fields.clone());
    let gone = Observation::ItemGone {
        id: ItemId::new("i1"),
    };
    let back = Observation::Item(item("i2", fields));
    let pairing = paired(vec![unstamped.clone()], vec![gone, back]);
    let [unit] = &pairing.units[..] else {
        panic!("{pairing:?}");
    };
    assert_eq!(unit.link, Some(unstamped), "with what was agreed on");
    assert!(matches!(&unit.item, ItemSide::Present(item) if item.id == ItemId::new("i2")));
    assert_eq!(pairing.unknown_records, []);
}

#[test]
fn r2_4_only_contacts_outlive_their_items() {
    let fields = Fields::new()
        .with(Field::Subject, "Call")
        .with(Field::Due, "2027-03-12");
    let mut link = Link {
        component: Component::Tasks,
        ..link("l1", "i1", "r1", fields.clone())
    };
    link.stamped = Some(Revision::of(&link.base));
    let gone = Observation::ItemGone {
        id: ItemId::new("i1"),
    };
    let again = Observation::Item(item("i2", fields));
    let mut fresh = || LinkId::new("new");
    let pairing = pair(
        Component::Tasks,
        &crm(),
        vec![link],
        vec![gone, again],
        &mut fresh,
    );
    assert_eq!(pairing.units.len(), 2);
    assert!(pairing.unknown_records.is_empty());
}

/// The occurrence of a series on this day of March 2027.
fn occurrence(day: i8, hour: i8) -> Item {
    let start = jiff::civil::date(2027, 3, day).at(hour, 0, 0, 0);
    let start = start
        .to_zoned(jiff::tz::TimeZone::UTC)
        .expect("a moment")
        .timestamp();
    let id = ItemId::occurrence(&ItemId::new("s"), start);
    let fields = Fields::new()
        .with(Field::Subject, "Weekly")
        .with(Field::Start, start.to_string());
    item(id.as_str(), fields)
}

fn linked(number: usize, occurrence: &Item) -> Link {
    Link {
        component: Component::Appointments,
        ..link(
            &format!("l{number}"),
            occurrence.id.as_str(),
            &format!("r{number}"),
            occurrence.fields.clone(),
        )
    }
}

/// Which link each occurrence ends up with after the series changed, in the order of the occurrences.
fn after_change(before: &[Item], after: &[Item]) -> Vec<Option<String>> {
    let links = before
        .iter()
        .enumerate()
        .map(|(number, item)| linked(number, item));
    let kept = |item: &Item| after.iter().any(|other| other.id == item.id);
    let gone = before.iter().filter(|item| !kept(item));
    let gone = gone.map(|item| Observation::ItemGone {
        id: item.id.clone(),
    });
    let new = after
        .iter()
        .filter(|item| !before.iter().any(|old| old.id == item.id));
    let seen = gone.chain(new.cloned().map(Observation::Item)).collect();
    let mut number = 0;
    let mut fresh = || {
        number += 1;
        LinkId::new(format!("new{number}"))
    };
    let pairing = pair(
        Component::Appointments,
        &crm(),
        links.collect(),
        seen,
        &mut fresh,
    );
    let place = |item: &Item| {
        let mut units = pairing.units.iter();
        let unit =
            units.find(|unit| matches!(&unit.item, ItemSide::Present(i) if i.id == item.id))?;
        Some(unit.id.to_string())
    };
    after.iter().map(place).collect()
}

fn some(ids: &[&str]) -> Vec<Option<String>> {
    ids.iter().map(|id| Some((*id).to_owned())).collect()
}

#[test]
fn r3_5_a_series_moved_to_another_hour_or_weekday_keeps_its_records() {
    let mondays: Vec<Item> = [1, 8, 15].map(|day| occurrence(day, 10)).to_vec();
    let later: Vec<Item> = [1, 8, 15].map(|day| occurrence(day, 16)).to_vec();
    let fridays: Vec<Item> = [5, 12, 19].map(|day| occurrence(day, 10)).to_vec();
    assert_eq!(after_change(&mondays, &later), some(&["l0", "l1", "l2"]));
    assert_eq!(after_change(&mondays, &fridays), some(&["l0", "l1", "l2"]));
}

#[test]
fn r3_5_a_series_that_becomes_rarer_keeps_the_nearest_records() {
    let mondays: Vec<Item> = [1, 8, 15, 22].map(|day| occurrence(day, 10)).to_vec();
    let tuesdays: Vec<Item> = [2, 16].map(|day| occurrence(day, 10)).to_vec();
    assert_eq!(after_change(&mondays, &tuesdays), some(&["l0", "l2"]));
}

#[test]
fn r3_5_an_appointment_that_becomes_a_series_keeps_its_record_for_one_occurrence() {
    let mut single = occurrence(8, 10);
    single.id = ItemId::new("s");
    let mondays: Vec<Item> = [1, 8, 15].map(|day| occurrence(day, 10)).to_vec();
    assert_eq!(
        after_change(&[single], &mondays),
        some(&["new1", "l0", "new2"])
    );
}

#[test]
fn r3_3_what_was_let_go_is_decided_on_with_both_ends_at_hand() {
    let mut over = linked(1, &occurrence(8, 10));
    over.state = LinkState::LetGo {
        item: ItemId::new("i1"),
    };
    let pairs = |seen| {
        let mut fresh = || LinkId::new("new");
        pair(
            Component::Appointments,
            &crm(),
            vec![over.clone()],
            vec![seen],
            &mut fresh,
        )
    };
    let from_crm = pairs(Observation::Record(record("r1", Fields::new())));
    assert_eq!(from_crm.unknown_items, [ItemId::new("i1")]);
    let from_mailbox = pairs(Observation::Item(item("i1", Fields::new())));
    assert_eq!(from_mailbox.unknown_records, [RecordId::new("r1")]);
}

/// A task without a due day that was made on the 26th, and records with these due days: what is one unit, what was held.
fn undated(records: &[(&str, &str)]) -> (Vec<RecordId>, usize) {
    let call = |due: &str| {
        Fields::new()
            .with(Field::Subject, "Call")
            .with(Field::Due, due)
    };
    let mut task = item("i1", call(""));
    task.created = "2026-11-26T23:30:00Z".parse().ok();
    let mut seen = vec![Observation::Item(task)];
    seen.extend(
        records
            .iter()
            .map(|(id, due)| Observation::Record(record(id, call(due)))),
    );
    let mut count = 0;
    let pairing = pair(Component::Tasks, &crm(), vec![], seen, &mut || {
        count += 1;
        LinkId::new(format!("new{count}"))
    });
    let joined = pairing.units.iter().filter(|unit| unit.subjects.len() == 2);
    let joined = joined.filter_map(|unit| match &unit.subjects[1] {
        RemoteId::Crm(record) => Some(record.clone()),
        RemoteId::Mailbox(_) => None,
    });
    (joined.collect(), pairing.held.len())
}

#[test]
fn r7_11_a_task_without_a_day_meets_the_record_whose_day_is_a_stand_in() {
    let meets = |due| undated(&[("r1", due)]).0.len() == 1;
    let days = [
        "2026-11-25",
        "2026-11-26",
        "2026-11-27",
        "2026-11-24",
        "2026-12-26",
        "",
    ];
    assert_eq!(days.map(meets), [true, true, true, false, false, true]);
    let both = undated(&[("r1", "2026-12-26"), ("r2", "2026-11-27")]);
    assert_eq!(both, (vec![RecordId::new("r2")], 0));
    let either = undated(&[("r1", "2026-11-26"), ("r2", "2026-11-27")]);
    assert_eq!(either, (vec![], 3), "nobody can tell which");
}

#[test]
fn r7_10_an_item_that_was_given_another_record_after_the_state_was_kept_goes_with_its_stamp() {
    let anna = || person("Groß", "a@x.example");
    let mut old = link("l1", "i1", "r1", anna());
    old.stamped = Some(old.revision());
    let newer = Observation::Item(stamped("i1", anna(), "r2", "l9", 1));
    let record_gone = Observation::RecordGone {
        id: RecordId::new("r1"),
    };
    let seen = vec![newer.clone(), record_gone.clone()];
    let pairing = paired(vec![old.clone()], seen.clone());
    assert_eq!(pairing.unknown_records, [RecordId::new("r2")]);

    let with = |more| [seen.clone(), vec![more]].concat();
    let there = Observation::Record(record("r2", anna()));
    let pairing = paired(vec![old.clone()], with(there.clone()));
    let [unit] = &pairing.units[..] else {
        panic!("{:?}", pairing.units);
    };
    assert_eq!(unit.id, LinkId::new("l1"));
    assert!(
        matches!(&unit.record, RecordSide::Present(record) if record.id == RecordId::new("r2"))
    );
    assert_eq!(unit.subjects.len(), 4, "all of it is dealt with");

    let given_back = record("r1", person("Klein", "k@x.example"));
    let seen_with_it = vec![newer.clone(), Observation::Record(given_back), there];
    let pairing = paired(vec![old.clone()], seen_with_it);
    let units: Vec<&Unit> = pairing.units.iter().collect();
    let [unit, own] = &units[..] else {
        panic!("{units:?}");
    };
    assert_eq!(unit.id, LinkId::new("l1"));
    let r1 = RemoteId::Crm(RecordId::new("r1"));
    assert!(!unit.subjects.contains(&r1), "it is dealt with by itself");
    assert_eq!(own.subjects, [r1]);
    assert_eq!(own.item, ItemSide::Absent, "what was given back is another");

    let gone = Observation::RecordGone {
        id: RecordId::new("r2"),
    };
    let pairing = paired(vec![old.clone()], with(gone));
    assert_eq!(
        pairing.units[0].record,
        RecordSide::Gone,
        "of what it knows"
    );
    assert_eq!(pairing.unknown_records, []);

    let left = Observation::RecordLeft {
        id: RecordId::new("r2"),
    };
    let pairing = paired(vec![old.clone()], with(left));
    assert_eq!(pairing.unknown_records, [], "it is somebody else's now");
    let other = link("l2", "i2", "r2", person("Neu", "n@x.example"));
    let pairing = paired(vec![old.clone(), other], seen.clone());
    assert_eq!(pairing.unknown_records, [], "it is another item's");

    old.stamped = None;
    let pairing = paired(vec![old], seen);
    assert_eq!(pairing.unknown_records, [], "the stamp is the older one");
}

#[test]
fn r7_10_an_item_that_was_moved_out_and_back_before_it_was_given_another_record_goes_with_its_stamp()
 {
    let anna = || person("Groß", "a@x.example");
    let mut old = link("l1", "i1", "r1", anna());
    old.stamped = Some(old.revision());
    let seen = vec![
        Observation::ItemGone {
            id: ItemId::new("i1"),
        },
        Observation::Item(stamped("i2", anna(), "r2", "l1", 1)),
        Observation::RecordGone {
            id: RecordId::new("r1"),
        },
        Observation::Record(record("r2", anna())),
    ];
    let pairing = paired(vec![old], seen);
    let [unit] = &pairing.units[..] else {
        panic!("{:?}", pairing.units);
    };
    assert_eq!(unit.id, LinkId::new("l1"));
    assert!(matches!(&unit.item, ItemSide::Present(item) if item.id == ItemId::new("i2")));
    assert!(
        matches!(&unit.record, RecordSide::Present(record) if record.id == RecordId::new("r2"))
    );
}

#[test]
fn r1_5_a_copy_of_an_item_whose_record_is_anothers_is_a_new_entry() {
    let anna = || person("Groß", "a@x.example");
    let left = Observation::RecordLeft {
        id: RecordId::new("r1"),
    };
    let original = Observation::Item(stamped("i1", anna(), "r1", "l1", 1));
    let copy = Observation::Item(stamped("i2", person("Neu", "n@x.example"), "r1", "l1", 2));
    let pairing = paired(vec![], vec![copy, left, original]);
    let held: Vec<&str> = pairing
        .held
        .iter()
        .map(|held| held.entry.as_str())
        .collect();
    assert_eq!(held, ["i1"]);
    let subjects: Vec<&RemoteId> = pairing
        .units
        .iter()
        .flat_map(|unit| &unit.subjects)
        .collect();
    assert_eq!(subjects, [&RemoteId::Mailbox(ItemId::new("i2"))]);
}
