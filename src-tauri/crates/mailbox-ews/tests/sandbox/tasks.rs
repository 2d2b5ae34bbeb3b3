//! Tasks there and back: every field, days as days, and a recurring task, of which the present instance is all there is (R4.1).

use std::collections::BTreeMap;

use model::{Component, Field, Fields, FolderId, HeadKind, ItemId};
use ports::{ErrorKind, Mailbox, WrittenItem};
use sandbox::exchange::{Act, FieldValue};
use sandbox::options::Mode;

use crate::{BOTH, World, delete, key, stamp, update};

const TASKS: &str = "tasks/CRM-Sync";

/// A task with every value there is.
fn full() -> Fields {
    Fields::new()
        .with(Field::Subject, "Angebot \"Łódź\" & <Kiel>")
        .with(Field::Description, "Punkt 1\nPunkt 2 😀\n\nEnde")
        .with(Field::Priority, "High")
        .with(Field::Start, "2027-03-10")
        .with(Field::Due, "2027-03-28")
        .with(Field::Status, "WaitingOnOthers")
}

async fn tasks(mode: Mode) -> (World, FolderId) {
    let world = World::of(Component::Tasks, mode).await;
    let folder = world.folder().await;
    (world, folder)
}

#[tokio::test]
async fn r4_1_every_value_is_read_as_it_was_written() {
    for mode in BOTH {
        let (world, folder) = tasks(mode).await;
        let made = world.make(&folder, 1, full()).await;
        let item = world.read(&made.id).await;
        assert_eq!(item.fields, full(), "{mode:?}");
        assert_eq!(Some(item.change_key), made.change_key);
        assert_eq!(item.stamp, Some(stamp(1)));
        assert!(item.created.is_some() && item.modified.is_some());
    }
}

#[tokio::test]
async fn r4_1_every_value_can_be_changed_and_emptied_alone() {
    for mode in BOTH {
        let (world, folder) = tasks(mode).await;
        let mut made = world.make(&folder, 1, full()).await;
        for (field, value) in full().iter() {
            // Every task has a priority and a status.
            let (new, emptied) = match field {
                Field::Priority => ("Low", "Normal"),
                Field::Status => ("InProgress", "NotStarted"),
                Field::Start => ("2027-01-01", ""),
                Field::Due => ("2027-12-31", ""),
                _ => ("neu", ""),
            };
            for (new, expected) in [("", emptied), (new, new), (value, value)] {
                let read = world.set(&folder, &mut made, &[(field, new)]).await;
                assert_eq!(read, full().with(field, expected), "{mode:?} {field}");
            }
        }
    }
}

#[tokio::test]
async fn r4_1_every_status_and_priority_is_read_as_it_was_written() {
    for mode in BOTH {
        let (world, folder) = tasks(mode).await;
        let mut made = world.make(&folder, 1, full()).await;
        let states = [
            "Completed",
            "InProgress",
            "Completed",
            "NotStarted",
            "Deferred",
            "WaitingOnOthers",
        ];
        for status in states {
            let read = world
                .set(&folder, &mut made, &[(Field::Status, status)])
                .await;
            assert_eq!(read, full().with(Field::Status, status), "{mode:?}");
        }
        for priority in ["Low", "Normal", "High"] {
            let read = world
                .set(&folder, &mut made, &[(Field::Priority, priority)])
                .await;
            assert_eq!(read.get(Field::Priority), priority, "{mode:?}");
        }
    }
}

#[tokio::test]
async fn r4_1_days_are_the_same_days_wherever_the_user_is() {
    for mode in BOTH {
        for zone in [
            "Pacific/Kiritimati",
            "Pacific/Pago_Pago",
            "Africa/Cairo",
            "UTC",
        ] {
            let world = World::with(Component::Tasks, mode, 0, zone).await;
            let folder = world.folder().await;
            let days = full()
                .with(Field::Start, "2027-04-29")
                .with(Field::Due, "2027-04-30");
            let made = world.make(&folder, 1, days.clone()).await;
            assert_eq!(world.read(&made.id).await.fields, days, "{mode:?} {zone}");
        }
    }
}

#[tokio::test]
async fn the_whole_life_of_a_task_is_among_the_changes() {
    for mode in BOTH {
        let (world, folder) = tasks(mode).await;
        let exchange = &world.sandbox.exchange;
        let empty = world.changes(&folder, None).await;
        let made = world.make(&folder, 1, full()).await;
        let page = world.changes(&folder, empty.next).await;
        let head = &page.seen[0];
        assert_eq!((&head.id, &head.change_key), (&made.id, &key(&made)));
        assert_eq!((head.kind, head.ends), (HeadKind::Single, None));
        assert_eq!(head.stamp, Some(stamp(1)));

        exchange
            .complete_task(&world.user, made.id.as_str())
            .expect("completed");
        let page = world.changes(&folder, page.next).await;
        assert_eq!(page.seen.len(), 1);
        for write in [update(&made, &[(Field::Subject, "x")]), delete(&made)] {
            let answer = world.write(&folder, &[write]).await.remove(0);
            assert_eq!(
                answer.expect_err("stale").kind,
                ErrorKind::Stale,
                "{mode:?}"
            );
        }
        let item = world.read(&made.id).await;
        assert_eq!(item.fields, full().with(Field::Status, "Completed"));
        let now = WrittenItem {
            id: item.id,
            change_key: Some(item.change_key),
        };
        let answer = world.write(&folder, &[delete(&now)]).await.remove(0);
        answer.expect("deleted");
        let page = world.changes(&folder, page.next).await;
        assert_eq!(page.gone, [made.id]);
        let left = exchange.items(&world.user);
        assert_eq!(left.len(), 1, "it lies in Deleted Items");
        assert_ne!(left[0].folder, TASKS);
    }
}

#[tokio::test]
async fn s10_what_is_not_named_stays_byte_for_byte() {
    for mode in BOTH {
        let (world, folder) = tasks(mode).await;
        let mut made = world.make(&folder, 1, full()).await;
        let exchange = &world.sandbox.exchange;
        let item = made.id.as_str().to_owned();
        let text = |text: &str| FieldValue::One(text.to_owned());
        let fields = BTreeMap::from([
            (
                "Categories".to_owned(),
                FieldValue::Many(vec!["Rot".into(), "VIP".into()]),
            ),
            ("PercentComplete".to_owned(), text("40")),
            ("TotalWork".to_owned(), text("90")),
            ("BillingInformation".to_owned(), text("intern")),
        ]);
        let edit = Act::Edit {
            item: item.clone(),
            fields,
        };
        exchange.act(&world.user, &edit).expect("edited");
        made.change_key = Some(world.read(&made.id).await.change_key);
        let canonical = || exchange.item(&world.user, &item).expect("there").canonical;
        let before = canonical();
        let there = [
            (Field::Subject, "neu"),
            (Field::Due, ""),
            (Field::Priority, "Low"),
        ];
        world.set(&folder, &mut made, &there).await;
        assert_ne!(canonical(), before);
        let back = full();
        let back: Vec<(Field, &str)> = there
            .iter()
            .map(|(field, _)| (*field, back.get(*field)))
            .collect();
        world.set(&folder, &mut made, &back).await;
        assert_eq!(canonical(), before, "{mode:?}");
    }
}

/// A task of every week that is due on 12 March 2027.
fn weekly(world: &World) -> ItemId {
    let fields = [
        ("Subject", "Bericht"),
        ("StartDate", "2027-03-12"),
        ("DueDate", "2027-03-12"),
        ("Recurrence/WeeklyRecurrence/Interval", "1"),
        ("Recurrence/WeeklyRecurrence/DaysOfWeek", "Friday"),
        ("Recurrence/NoEndRecurrence/StartDate", "2027-03-12"),
    ];
    let exchange = &world.sandbox.exchange;
    let made = exchange.create(&world.user, TASKS, &fields);
    ItemId::new(made.expect("made"))
}

#[tokio::test]
async fn r4_1_of_a_recurring_task_the_present_instance_is_synced_and_the_recurrence_left_alone() {
    for mode in BOTH {
        let (world, folder) = tasks(mode).await;
        let id = weekly(&world);
        let item = world.read(&id).await;
        assert_eq!(item.fields.get(Field::Due), "2027-03-12", "{mode:?}");
        let mut now = WrittenItem {
            id: id.clone(),
            change_key: Some(item.change_key),
        };
        let read = world
            .set(&folder, &mut now, &[(Field::Subject, "Neu")])
            .await;
        assert_eq!(read.get(Field::Subject), "Neu");
        assert_eq!(now.id, id);
        let fields = world.sandbox.exchange.item(&world.user, id.as_str());
        let fields = fields.expect("there").fields;
        assert_eq!(fields["Recurrence/WeeklyRecurrence/DaysOfWeek"], "Friday");
    }
}

#[tokio::test]
async fn r4_1_a_completed_instance_is_an_item_of_its_own_and_the_task_goes_on() {
    let (world, folder) = tasks(Mode::Exchange).await;
    let id = weekly(&world);
    let item = world.read(&id).await;
    let mut now = WrittenItem {
        id: id.clone(),
        change_key: Some(item.change_key),
    };
    let before = world.changes(&folder, None).await;
    let done = world
        .set(&folder, &mut now, &[(Field::Status, "Completed")])
        .await;
    assert_eq!(done.get(Field::Due), "2027-03-12");
    assert_ne!(now.id, id, "the answer names the completed instance");
    let next = world.read(&id).await.fields;
    assert_eq!(
        (next.get(Field::Due), next.get(Field::Status)),
        ("2027-03-19", "NotStarted")
    );
    let page = world.changes(&folder, before.next).await;
    let mut seen: Vec<ItemId> = page.seen.into_iter().map(|head| head.id).collect();
    seen.sort();
    let mut expected = [now.id, id];
    expected.sort();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn r4_1_a_deleted_recurring_task_is_gone_with_all_that_would_come() {
    for mode in BOTH {
        let (world, folder) = tasks(mode).await;
        let id = weekly(&world);
        let now = WrittenItem {
            change_key: Some(world.read(&id).await.change_key),
            id,
        };
        let answer = world.write(&folder, &[delete(&now)]).await.remove(0);
        answer.expect("deleted");
        let items = world.mailbox.read(Component::Tasks, &[now.id]).await;
        let item = items.expect("answered").remove(0);
        assert_eq!(item.expect_err("gone").kind, ErrorKind::Gone, "{mode:?}");
        assert!(world.changes(&folder, None).await.seen.is_empty());
    }
}
