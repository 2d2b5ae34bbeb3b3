//! Contacts there and back: what is written is what is read, and what is not named stays.

use std::collections::BTreeMap;

use model::{Field, Fields, ItemId, Stamp};
use ports::{ErrorKind, ItemWrite, Mailbox};
use sandbox::exchange::{Act, FieldValue};
use sandbox::options::Mode;

use crate::{BOTH, CONTACTS, World, delete, full, key, revision, stamp, update};

#[tokio::test]
async fn r2_1_every_value_is_read_as_it_was_written() {
    for mode in BOTH {
        let world = World::new(mode, 0).await;
        let folder = world.folder().await;
        let made = world.make(&folder, 1, full()).await;
        let item = world.read(&made.id).await;
        assert_eq!(item.fields, full(), "{mode:?}");
        assert_eq!(Some(item.change_key), made.change_key);
        assert_eq!(item.stamp, Some(stamp(1)));
        assert!(item.created.is_some() && item.modified.is_some());
    }
}

#[tokio::test]
async fn r2_1_every_value_can_be_changed_and_emptied_alone() {
    for mode in BOTH {
        let world = World::new(mode, 0).await;
        let folder = world.folder().await;
        let mut made = world.make(&folder, 1, full()).await;
        for (field, value) in full().iter() {
            for new in ["", "new value", value] {
                // An address with a new value is not one that all servers take.
                let new = match field {
                    Field::Email | Field::OtherEmail if new == "new value" => "new@example.test",
                    _ => new,
                };
                let answers = world
                    .write(&folder, &[update(&made, &[(field, new)])])
                    .await;
                made = answers.into_iter().next().expect("one").expect("written");
                let item = world.read(&made.id).await;
                assert_eq!(item.fields, full().with(field, new), "{mode:?} {field}");
                assert_eq!(Some(item.change_key), made.change_key);
            }
        }
    }
}

#[tokio::test]
async fn s10_what_is_not_named_stays_byte_for_byte() {
    let world = World::new(Mode::Exchange, 0).await;
    let folder = world.folder().await;
    let mut made = world.make(&folder, 1, full()).await;
    let exchange = &world.sandbox.exchange;
    let text = |text: &str| FieldValue::One(text.to_owned());
    let fields = BTreeMap::from([
        (
            "Categories".to_owned(),
            FieldValue::Many(vec!["Rot".into(), "VIP".into()]),
        ),
        ("PhoneNumbers/BusinessPhone2".to_owned(), text("+49 941 99")),
        (
            "EmailAddresses/EmailAddress3".to_owned(),
            text("third@example.test"),
        ),
        ("PhysicalAddresses/Home/City".to_owned(), text("Wien")),
        ("Nickname".to_owned(), text("Eri")),
    ]);
    let item = made.id.as_str().to_owned();
    exchange
        .act(
            &world.user,
            &Act::Edit {
                item: item.clone(),
                fields,
            },
        )
        .expect("edited");
    let jpeg = Some("/9j/4AAQSkZJRg==".to_owned());
    exchange
        .act(
            &world.user,
            &Act::Picture {
                item: item.clone(),
                jpeg,
            },
        )
        .expect("a picture");
    made.change_key = Some(world.read(&made.id).await.change_key);
    let before = exchange.item(&world.user, &item).expect("there").canonical;

    let set = [
        (Field::Phone, "+49 941 55"),
        (Field::BillingCity, ""),
        (Field::MiddleName, "Eva"),
    ];
    let there = world
        .write(&folder, &[update(&made, &set)])
        .await
        .remove(0)
        .expect("written");
    let changed = exchange.item(&world.user, &item).expect("there").canonical;
    assert_ne!(changed, before);
    let set = [
        (Field::Phone, "+49 941 1"),
        (Field::BillingCity, "Regensburg"),
        (Field::MiddleName, "Anna Maria"),
    ];
    world
        .write(&folder, &[update(&there, &set)])
        .await
        .remove(0)
        .expect("written");
    let after = exchange.item(&world.user, &item).expect("there").canonical;
    assert_eq!(after, before);
}

#[tokio::test]
async fn the_whole_life_of_a_contact_is_among_the_changes() {
    for mode in BOTH {
        let world = World::new(mode, 0).await;
        let folder = world.folder().await;
        let empty = world.changes(&folder, None).await;
        assert!(empty.seen.is_empty());
        let made = world.make(&folder, 1, full()).await;

        let page = world.changes(&folder, empty.next).await;
        assert_eq!(page.seen.len(), 1);
        assert_eq!(page.seen[0].id, made.id);
        assert_eq!(
            page.seen[0].change_key,
            key(&made),
            "an echo is known by its version"
        );
        assert_eq!(page.seen[0].stamp, Some(stamp(1)));

        world
            .sandbox
            .exchange
            .edit(&world.user, made.id.as_str(), &[("Surname", "Neu")])
            .expect("edited");
        let page = world.changes(&folder, page.next).await;
        assert_eq!(page.seen.len(), 1);
        assert_ne!(page.seen[0].change_key, key(&made));

        world
            .sandbox
            .exchange
            .delete(&world.user, made.id.as_str())
            .expect("deleted");
        let page = world.changes(&folder, page.next).await;
        assert_eq!(page.gone, std::slice::from_ref(&made.id));
        let nothing = world.changes(&folder, page.next).await;
        assert!(nothing.seen.is_empty() && nothing.gone.is_empty());

        let items = world
            .mailbox
            .read(CONTACTS, &[made.id])
            .await
            .expect("answered");
        // Deleted Items has it under another id.
        assert_eq!(items[0].as_ref().expect_err("gone").kind, ErrorKind::Gone);
    }
}

#[tokio::test]
async fn r1_4_an_item_moved_out_is_gone_and_comes_back_under_another_id_with_its_stamp() {
    let world = World::new(Mode::Exchange, 0).await;
    let folder = world.folder().await;
    let made = world.make(&folder, 1, full()).await;
    let page = world.changes(&folder, None).await;
    let exchange = &world.sandbox.exchange;
    let outside = exchange
        .move_to(&world.user, made.id.as_str(), "contacts")
        .expect("moved");
    let page = world.changes(&folder, page.next).await;
    assert_eq!(page.gone, std::slice::from_ref(&made.id));
    let back = exchange
        .move_to(&world.user, &outside, "contacts/CRM-Sync")
        .expect("moved");
    let page = world.changes(&folder, page.next).await;
    assert_eq!(page.seen.len(), 1);
    assert_eq!(page.seen[0].id, ItemId::new(&back));
    assert_ne!(page.seen[0].id, made.id);
    assert_eq!(page.seen[0].stamp, Some(stamp(1)));
}

#[tokio::test]
async fn r2_4_a_deleted_item_lies_in_deleted_items() {
    for mode in BOTH {
        let world = World::new(mode, 0).await;
        let folder = world.folder().await;
        let made = world.make(&folder, 1, full()).await;
        let answer = world
            .write(&folder, &[delete(&made)])
            .await
            .remove(0)
            .expect("deleted");
        assert_eq!((&answer.id, &answer.change_key), (&made.id, &None));
        let items = world.sandbox.exchange.items(&world.user);
        let folders: Vec<&str> = items.iter().map(|item| item.folder.as_str()).collect();
        assert_eq!(folders.len(), 1);
        assert!(!folders[0].contains("CRM-Sync"), "{folders:?}");
    }
}

#[tokio::test]
async fn a_stamp_is_written_alone_and_along_with_values() {
    for mode in BOTH {
        let world = World::new(mode, 0).await;
        let folder = world.folder().await;
        let made = world.make(&folder, 1, full()).await;
        let stamped = Stamp {
            revision: Some(revision("a")),
            ..stamp(2)
        };
        let write = ItemWrite::Stamp {
            id: made.id.clone(),
            stamp: stamped.clone(),
        };
        // The user's edit in between does not matter to a stamp.
        world
            .sandbox
            .exchange
            .edit(&world.user, made.id.as_str(), &[("Surname", "Neu")])
            .expect("edited");
        let there = world
            .write(&folder, &[write])
            .await
            .remove(0)
            .expect("stamped");
        let item = world.read(&made.id).await;
        assert_eq!(item.stamp, Some(stamped));
        assert_eq!(item.fields, full().with(Field::LastName, "Neu"));

        let stamped = Stamp {
            revision: Some(revision("b")),
            ..stamp(3)
        };
        let write = ItemWrite::Update {
            notify: ports::Notify::Nobody,
            id: there.id.clone(),
            change_key: key(&there),
            set: vec![(Field::Mobile, String::new())],
            stamp: Some(stamped.clone()),
        };
        world
            .write(&folder, &[write])
            .await
            .remove(0)
            .expect("written");
        let item = world.read(&made.id).await;
        assert_eq!(item.stamp, Some(stamped));
        assert_eq!(item.fields.get(Field::Mobile), "");
    }
}

#[tokio::test]
async fn stamped_items_are_found_among_others() {
    for mode in BOTH {
        let world = World::new(mode, 0).await;
        let folder = world.folder().await;
        let creates: Vec<ItemWrite> = (0..120)
            .map(|number| ItemWrite::Create {
                notify: ports::Notify::Nobody,
                fields: full(),
                stamp: stamp(number),
            })
            .collect();
        let made = world.write(&folder, &creates).await;
        let made: Vec<ItemId> = made
            .into_iter()
            .map(|item| item.expect("made").id)
            .collect();
        let wanted: Vec<Stamp> = (60..200)
            .map(|number| Stamp {
                revision: Some(revision("old")),
                ..stamp(number)
            })
            .collect();
        let mut found = world
            .mailbox
            .find_stamped(CONTACTS, &folder, &wanted)
            .await
            .expect("answered");
        found.sort_by(|a, b| a.id.cmp(&b.id));
        let mut expected = made[60..].to_vec();
        expected.sort();
        let found: Vec<ItemId> = found.into_iter().map(|head| head.id).collect();
        assert_eq!(found, expected, "{mode:?}");
        assert!(
            world
                .mailbox
                .find_stamped(CONTACTS, &folder, &[])
                .await
                .expect("answered")
                .is_empty()
        );
    }
}

#[tokio::test]
async fn many_items_come_in_large_pages_and_are_read_in_large_batches() {
    let world = World::new(Mode::Exchange, 1200).await;
    let folder = world.folder().await;
    let all = world.changes(&folder, None).await;
    assert_eq!(all.seen.len(), 1200);
    let ids: Vec<ItemId> = all.seen.iter().map(|head| head.id.clone()).collect();
    let items = world.mailbox.read(CONTACTS, &ids).await.expect("answered");
    for (item, head) in items.into_iter().zip(&all.seen) {
        let item = item.expect("a contact");
        assert_eq!((&item.id, &item.change_key), (&head.id, &head.change_key));
        assert_ne!(item.fields, Fields::new());
    }
    let journal = world.sandbox.exchange.journal();
    assert_eq!(journal.requests("SyncFolderItems"), 3);
    assert_eq!(journal.requests("GetItem"), 12);
    let before = world.mailbox.requests();
    world.changes(&folder, all.next).await;
    assert_eq!(
        world.mailbox.requests() - before,
        1,
        "no change costs one request"
    );
}

#[tokio::test]
async fn characters_that_xml_cannot_hold_are_left_out() {
    for mode in BOTH {
        let world = World::new(mode, 0).await;
        let folder = world.folder().await;
        let fields = Fields::new()
            .with(Field::LastName, "a\u{b}b\u{0}c")
            .with(Field::Description, "1\r\n2");
        let made = world.make(&folder, 1, fields).await;
        let item = world.read(&made.id).await;
        assert_eq!(item.fields.get(Field::LastName), "abc");
        assert_eq!(item.fields.get(Field::Description), "1\n2");
    }
}
