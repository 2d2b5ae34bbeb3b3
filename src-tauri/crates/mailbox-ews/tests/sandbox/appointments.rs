//! Single appointments there and back: every field, whole days as days in every zone, and which of them lists tell of.

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::{Component, Field, Fields, FolderId, HeadKind, ItemId};
use ports::{ErrorKind, Mailbox, WrittenItem};
use sandbox::exchange::{Act, FieldValue};
use sandbox::options::Mode;

use crate::diary::{CALENDAR, WEEKLY};
use crate::{BOTH, World, delete, key, stamp, update};

/// An appointment with every value there is.
pub fn full() -> Fields {
    Fields::new()
        .with(Field::Subject, "Besuch \"Łódź\" & <Kiel>")
        .with(Field::Description, "Punkt 1\nPunkt 2 😀\n\nEnde")
        .with(Field::Location, "Büro 2")
        .with(Field::Start, "2027-03-10T08:00:00Z")
        .with(Field::End, "2027-03-10T09:30:00Z")
        .with(Field::TimeZone, "W. Europe Standard Time")
        .with(Field::Private, "1")
        .with(Field::Reminder, "30")
        .with(
            Field::Invited,
            "Ben Müller <ben@kunde.example>\nanna@kunde.example",
        )
}

async fn calendar(mode: Mode) -> (World, FolderId) {
    let world = World::of(Component::Appointments, mode).await;
    let folder = world.folder().await;
    (world, folder)
}

/// Whole days, as the product has them.
fn days(first: &str, last: &str) -> Fields {
    Fields::new()
        .with(Field::Subject, "Messe")
        .with(Field::Start, first)
        .with(Field::End, last)
        .with(Field::AllDay, "1")
}

#[tokio::test]
async fn r3_2_whole_days_are_the_same_days_in_every_zone_and_where_the_clock_skips_midnight() {
    for mode in BOTH {
        for (zone, first, last) in [
            ("Europe/Berlin", "2027-03-27", "2027-03-28"),
            ("Europe/Berlin", "2027-10-31", "2027-10-31"),
            ("Africa/Cairo", "2027-04-29", "2027-04-29"),
            ("Africa/Cairo", "2027-04-29", "2027-05-01"),
            ("Africa/Cairo", "2027-04-30", "2027-04-30"),
            ("Asia/Beirut", "2027-03-27", "2027-03-28"),
            ("America/Havana", "2027-11-06", "2027-11-07"),
            ("Pacific/Kiritimati", "2027-01-01", "2027-01-01"),
            ("Pacific/Pago_Pago", "2027-01-01", "2027-01-01"),
        ] {
            let world = World::with(Component::Appointments, mode, 0, zone).await;
            let folder = world.folder().await;
            let made = world.make(&folder, 1, days(first, last)).await;
            let read = world.read(&made.id).await.fields;
            let value = |field| read.get(field);
            let seen = [Field::Start, Field::End, Field::AllDay].map(value);
            assert_eq!(seen, [first, last, "1"], "{mode:?} {zone}");
        }
    }
}

#[tokio::test]
async fn r3_2_every_value_is_read_as_it_was_written() {
    for mode in BOTH {
        let (world, folder) = calendar(mode).await;
        let made = world.make(&folder, 1, full()).await;
        let item = world.read(&made.id).await;
        assert_eq!(item.fields, full(), "{mode:?}");
        assert_eq!(Some(item.change_key), made.change_key);
        assert_eq!(item.stamp, Some(stamp(1)));
        assert!(item.created.is_some() && item.modified.is_some());
    }
}

#[tokio::test]
async fn r3_2_what_is_not_said_is_not_made_up() {
    for mode in BOTH {
        let (world, folder) = calendar(mode).await;
        let least = Fields::new()
            .with(Field::Start, "2027-03-10T08:00:00Z")
            .with(Field::End, "2027-03-10T08:00:00Z");
        let made = world.make(&folder, 1, least.clone()).await;
        let expected = least.with(Field::TimeZone, "W. Europe Standard Time");
        assert_eq!(world.read(&made.id).await.fields, expected, "{mode:?}");
    }
}

#[tokio::test]
async fn r3_2_every_value_can_be_changed_and_emptied_alone() {
    for mode in BOTH {
        let (world, folder) = calendar(mode).await;
        let mut made = world.make(&folder, 1, full()).await;
        for (field, value) in full().iter() {
            let new = match field {
                // They come together or not at all: see below.
                Field::Start | Field::End | Field::TimeZone => continue,
                Field::Private => "1",
                Field::Reminder => "0",
                Field::Invited => "Tom <tom@kunde.example>",
                _ => "neu",
            };
            for new in ["", new, value] {
                let read = world.set(&folder, &mut made, &[(field, new)]).await;
                assert_eq!(read, full().with(field, new), "{mode:?} {field}");
            }
        }
    }
}

#[tokio::test]
async fn r3_2_times_become_days_and_days_become_times() {
    for mode in BOTH {
        let (world, folder) = calendar(mode).await;
        let mut made = world.make(&folder, 1, full()).await;
        let tokyo = "Tokyo Standard Time";
        for values in [
            ["2027-03-27", "2027-03-28", "1", "W. Europe Standard Time"],
            [
                "2027-03-28T08:00:00Z",
                "2027-03-29T08:00:00Z",
                "",
                "W. Europe Standard Time",
            ],
            ["2027-12-31", "2027-12-31", "1", tokyo],
            ["2027-12-31T23:59:59Z", "2028-01-01T00:00:01Z", "", tokyo],
        ] {
            let fields = [Field::Start, Field::End, Field::AllDay, Field::TimeZone];
            let times: Vec<(Field, &str)> = fields.into_iter().zip(values).collect();
            let read = world.set(&folder, &mut made, &times).await;
            let expected = times
                .iter()
                .fold(full(), |all, (field, value)| all.with(*field, *value));
            assert_eq!(read, expected, "{mode:?}");
        }
    }
}

#[tokio::test]
async fn r3_8_whatever_is_not_for_everybody_is_private() {
    for mode in BOTH {
        let (world, folder) = calendar(mode).await;
        let exchange = &world.sandbox.exchange;
        let made = world
            .make(&folder, 1, full().with(Field::Private, ""))
            .await;
        for (sensitivity, private) in [
            ("Personal", "1"),
            ("Confidential", "1"),
            ("Private", "1"),
            ("Normal", ""),
        ] {
            exchange
                .edit(
                    &world.user,
                    made.id.as_str(),
                    &[("Sensitivity", sensitivity)],
                )
                .expect("edited");
            let item = world.read(&made.id).await;
            assert_eq!(
                item.fields.get(Field::Private),
                private,
                "{mode:?} {sensitivity}"
            );
        }
    }
}

#[tokio::test]
async fn r3_3_a_list_tells_when_a_single_appointment_ends_and_of_a_series_that_it_is_one() {
    for mode in BOTH {
        let (world, folder) = calendar(mode).await;
        let single = world.make(&folder, 1, full()).await.id;
        let whole_day = world
            .make(&folder, 2, days("2027-03-27", "2027-03-28"))
            .await
            .id;
        let exchange = &world.sandbox.exchange;
        let series = exchange
            .create(&world.user, CALENDAR, &WEEKLY)
            .expect("made");
        let page = world.changes(&folder, None).await;
        let told: BTreeMap<&ItemId, (HeadKind, Option<String>)> = page
            .seen
            .iter()
            .map(|head| {
                (
                    &head.id,
                    (head.kind, head.ends.as_ref().map(Timestamp::to_string)),
                )
            })
            .collect();
        let ends = |text: &str| (HeadKind::Single, Some(text.to_owned()));
        assert_eq!(told[&single], ends("2027-03-10T09:30:00Z"), "{mode:?}");
        assert_eq!(told[&whole_day], ends("2027-03-28T22:00:00Z"));
        assert_eq!(told[&ItemId::new(series)], (HeadKind::Series, None));
    }
}

#[tokio::test]
async fn r3_5_a_series_is_read_by_its_occurrences_only() {
    for mode in BOTH {
        let (world, folder) = calendar(mode).await;
        let exchange = &world.sandbox.exchange;
        let series = exchange
            .create(&world.user, CALENDAR, &WEEKLY)
            .expect("made");
        let single = world.make(&folder, 1, full()).await.id;
        let ids = [ItemId::new(series), single];
        let items = world.mailbox.read(Component::Appointments, &ids).await;
        let items = items.expect("answered");
        let failure = items[0].as_ref().expect_err("a series");
        assert_eq!(
            failure.problem.code,
            model::Code::EntryOfOtherKind,
            "{mode:?}"
        );
        assert!(items[1].is_ok());
    }
}

#[tokio::test]
async fn the_whole_life_of_an_appointment_is_among_the_changes() {
    for mode in BOTH {
        let (world, folder) = calendar(mode).await;
        let exchange = &world.sandbox.exchange;
        let empty = world.changes(&folder, None).await;
        let made = world.make(&folder, 1, full()).await;
        let page = world.changes(&folder, empty.next).await;
        let head = &page.seen[0];
        assert_eq!((&head.id, &head.change_key), (&made.id, &key(&made)));
        assert_eq!(head.stamp, Some(stamp(1)));

        let later = [("End", "2027-03-10T12:00:00Z")];
        exchange
            .edit(&world.user, made.id.as_str(), &later)
            .expect("edited");
        let page = world.changes(&folder, page.next).await;
        assert_eq!(page.seen.len(), 1);
        assert_ne!(page.seen[0].change_key, key(&made));
        for write in [update(&made, &[(Field::Location, "Ulm")]), delete(&made)] {
            let answer = world.write(&folder, &[write]).await.remove(0);
            assert_eq!(
                answer.expect_err("stale").kind,
                ErrorKind::Stale,
                "{mode:?}"
            );
        }

        let item = world.read(&made.id).await;
        assert_eq!(item.fields.get(Field::End), "2027-03-10T12:00:00Z");
        let now = WrittenItem {
            id: item.id,
            change_key: Some(item.change_key),
        };
        world
            .write(&folder, &[delete(&now)])
            .await
            .remove(0)
            .expect("deleted");
        let page = world.changes(&folder, page.next).await;
        assert_eq!(page.gone, [made.id]);
        let left = exchange.items(&world.user);
        assert_eq!(left.len(), 1, "it lies in Deleted Items");
        assert_ne!(left[0].folder, CALENDAR);
    }
}

#[tokio::test]
async fn s10_what_is_not_named_stays_byte_for_byte() {
    for mode in BOTH {
        let (world, folder) = calendar(mode).await;
        let mut made = world.make(&folder, 1, full()).await;
        let exchange = &world.sandbox.exchange;
        let item = made.id.as_str().to_owned();
        let fields = BTreeMap::from([
            (
                "Categories".to_owned(),
                FieldValue::Many(vec!["Rot".into(), "VIP".into()]),
            ),
            (
                "LegacyFreeBusyStatus".to_owned(),
                FieldValue::One("OOF".into()),
            ),
            (
                "Resources".to_owned(),
                FieldValue::One("Saal <saal@firma.example>".into()),
            ),
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
            (Field::Location, "Kiel"),
            (Field::Private, ""),
            (Field::Reminder, ""),
        ];
        world.set(&folder, &mut made, &there).await;
        assert_ne!(canonical(), before);
        let back = [
            (Field::Location, "Büro 2"),
            (Field::Private, "1"),
            (Field::Reminder, "30"),
        ];
        world.set(&folder, &mut made, &back).await;
        assert_eq!(canonical(), before, "{mode:?}");
    }
}

#[tokio::test]
async fn r3_4_an_end_before_the_start_is_refused_by_exchange_and_concerns_nobody_else() {
    let (world, folder) = calendar(Mode::Exchange).await;
    let create = |number, fields| ports::ItemWrite::Create {
        fields,
        stamp: stamp(number),
        notify: ports::Notify::Nobody,
    };
    let backwards = full().with(Field::End, "2027-03-10T07:00:00Z");
    let writes = [create(1, backwards), create(2, full())];
    let mut answers = world.write(&folder, &writes).await;
    answers.pop().expect("two").expect("made");
    let refused = answers.pop().expect("two").expect_err("refused");
    assert!(
        matches!(refused.kind, ErrorKind::Refused { .. }),
        "{refused:?}"
    );
}
