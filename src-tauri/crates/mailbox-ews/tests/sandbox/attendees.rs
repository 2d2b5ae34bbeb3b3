//! Those who are invited: read as one list, written without making anybody more or less needed, and told nothing (R3.6) but where the
//! caller says so (R3.7).

use std::collections::BTreeSet;

use model::policy::FolderChoice;
use model::{Component, Field, Fields, FolderId, ItemId, Organiser};
use ports::{FolderPlace, ItemWrite, Mailbox, Notify, WrittenItem};
use sandbox::exchange::{Response, SentKind};
use sandbox::options::Mode;

use crate::appointments::full;
use crate::diary::{CALENDAR, Diary, WEEKLY, window};
use crate::{BOTH, World, delete, stamp, update};

const BEN: &str = "Ben <ben@kunde.example>";
const EVA: &str = "Eva <eva@kunde.example>";
const TOM: &str = "Tom <tom@kunde.example>";

/// A meeting of the user's with these people.
async fn meeting(mode: Mode, required: &str, optional: &str) -> (World, FolderId, WrittenItem) {
    let world = World::of(Component::Appointments, mode).await;
    let folder = world.folder().await;
    let fields = [
        ("Subject", "Besuch"),
        ("Start", "2027-03-10T08:00:00Z"),
        ("End", "2027-03-10T09:00:00Z"),
        ("RequiredAttendees", required),
        ("OptionalAttendees", optional),
    ];
    let exchange = &world.sandbox.exchange;
    let id = exchange.create(&world.user, CALENDAR, &fields);
    let id = ItemId::new(id.expect("made"));
    let change_key = Some(world.read(&id).await.change_key);
    (world, folder, WrittenItem { id, change_key })
}

/// Who is needed, and who is not, as the server has it.
fn lists(world: &World, id: &ItemId) -> [String; 2] {
    let item = world.sandbox.exchange.item(&world.user, id.as_str());
    let fields = item.expect("there").fields;
    ["RequiredAttendees", "OptionalAttendees"]
        .map(|name| fields.get(name).cloned().unwrap_or_default())
}

#[tokio::test]
async fn r3_7_who_is_optional_stays_so_and_who_is_new_is_required() {
    for mode in BOTH {
        for (wanted, required, optional) in [
            (vec![BEN, EVA], BEN.to_owned(), EVA),
            (vec![EVA, TOM, BEN], format!("{TOM}; {BEN}"), EVA),
            (vec![EVA, TOM], TOM.to_owned(), EVA),
            (vec![BEN], BEN.to_owned(), ""),
            (vec![EVA], String::new(), EVA),
            (vec![], String::new(), ""),
        ] {
            let (world, folder, made) = meeting(mode, BEN, EVA).await;
            let before = world.read(&made.id).await;
            assert_eq!(before.fields.get(Field::Invited), format!("{BEN}\n{EVA}"));
            let write = update(&made, &[(Field::Invited, &wanted.join("\n"))]);
            let answer = world.write(&folder, &[write]).await.remove(0);
            let item = world.read(&answer.expect("written").id).await;
            let expected = [required.as_str(), optional];
            assert_eq!(lists(&world, &made.id), expected, "{mode:?} {wanted:?}");
            let mut wanted = wanted;
            let mut invited: Vec<&str> = item.fields.get(Field::Invited).lines().collect();
            wanted.sort_unstable();
            invited.sort_unstable();
            assert_eq!(invited, wanted, "{mode:?}");
        }
    }
}

#[tokio::test]
async fn r3_7_who_is_known_by_another_name_stays_in_his_list() {
    for mode in BOTH {
        let (world, folder, made) = meeting(mode, BEN, EVA).await;
        let write = update(
            &made,
            &[(Field::Invited, "ben@kunde.example\nEVA@Kunde.example")],
        );
        world
            .write(&folder, &[write])
            .await
            .remove(0)
            .expect("written");
        let lists = lists(&world, &made.id).map(|list| list.to_lowercase());
        let [ben, eva] = ["ben@kunde.example", "eva@kunde.example"];
        let expected = [ben, eva].map(|who| format!("{who} <{who}>"));
        assert_eq!(lists, expected, "{mode:?}");
    }
}

#[tokio::test]
async fn r3_7_a_list_that_stays_as_it_is_is_not_written() {
    for mode in BOTH {
        let (world, folder, made) = meeting(mode, BEN, EVA).await;
        let same = format!("{EVA}\n{BEN}");
        let write = update(&made, &[(Field::Invited, &same)]);
        let answer = world.write(&folder, &[write]).await.remove(0);
        assert_eq!(answer.expect("nothing to do").change_key, made.change_key);
        assert_eq!(world.sandbox.exchange.journal().requests("UpdateItem"), 0);
    }
}

#[tokio::test]
async fn r3_7_who_is_in_both_lists_is_read_once() {
    for mode in BOTH {
        let (world, _, made) = meeting(mode, BEN, &format!("{EVA}; BEN@kunde.example")).await;
        let item = world.read(&made.id).await;
        assert_eq!(item.fields.get(Field::Invited), format!("{BEN}\n{EVA}"));
    }
}

#[tokio::test]
async fn r3_7_who_has_no_address_is_not_invited_and_keeps_nobody_from_it() {
    for mode in BOTH {
        let (world, folder, made) = meeting(mode, BEN, "").await;
        let some = world
            .make(
                &folder,
                1,
                full()
                    .with(Field::Invited, "Nobody <>\n")
                    .with(Field::Subject, "x"),
            )
            .await;
        assert_eq!(lists(&world, &some.id), ["", ""]);
        let write = update(&made, &[(Field::Invited, "Nobody <>")]);
        world
            .write(&folder, &[write])
            .await
            .remove(0)
            .expect("written");
        assert_eq!(lists(&world, &made.id), ["", ""], "{mode:?}");
    }
}

#[tokio::test]
async fn r3_7_answers_are_read_where_the_server_notes_them() {
    for mode in BOTH {
        let world = World::of(Component::Appointments, mode).await;
        let place = FolderPlace {
            component: Component::Appointments,
            choice: FolderChoice::Standard,
        };
        let folder = world.mailbox.find_folder(place).await.expect("answered");
        let made = world
            .make(&folder.expect("every mailbox has one"), 1, full())
            .await;
        let exchange = &world.sandbox.exchange;
        for (who, answer) in [
            ("ben@kunde.example", Response::Accept),
            ("anna@kunde.example", Response::Decline),
            ("ben@kunde.example", Response::Tentative),
        ] {
            exchange
                .respond(&world.user, made.id.as_str(), who, answer)
                .expect("invited");
        }
        let item = world.read(&made.id).await;
        let expected = "ben@kunde.example: tentative\nanna@kunde.example: declined";
        assert_eq!(item.fields.get(Field::Answers), expected, "{mode:?}");
        assert_eq!(item.organiser, Organiser::User);
    }
}

#[tokio::test]
async fn r3_6_what_somebody_else_organises_is_told_apart() {
    for mode in BOTH {
        let (world, _, own) = meeting(mode, BEN, "").await;
        let fields = [
            ("Subject", "Einladung"),
            ("Start", "2027-03-11T08:00:00Z"),
            ("End", "2027-03-11T09:00:00Z"),
        ];
        for answer in [Response::NoResponseReceived, Response::Accept] {
            let exchange = &world.sandbox.exchange;
            let id = exchange
                .invited(
                    &world.user,
                    CALENDAR,
                    "Chefin <chefin@firma.example>",
                    answer,
                    &fields,
                )
                .expect("invited");
            let item = world.read(&ItemId::new(id)).await;
            assert_eq!(item.organiser, Organiser::Other, "{mode:?} {answer:?}");
        }
        assert_eq!(world.read(&own.id).await.organiser, Organiser::User);
    }
}

#[tokio::test]
async fn r3_7_attendees_hear_of_a_write_where_the_caller_says_so() {
    for mode in BOTH {
        let world = World::of(Component::Appointments, mode).await;
        let folder = world.folder().await;
        let create = ItemWrite::Create {
            fields: full(),
            stamp: stamp(1),
            notify: Notify::Attendees,
        };
        let made = world
            .write(&folder, &[create])
            .await
            .remove(0)
            .expect("made");
        let change = told(update(&made, &[(Field::Location, "Kiel")]));
        let made = world
            .write(&folder, &[change])
            .await
            .remove(0)
            .expect("changed");
        world
            .write(&folder, &[told(delete(&made))])
            .await
            .remove(0)
            .expect("deleted");
        let outbox = world.sandbox.exchange.outbox(&world.user);
        let kinds: Vec<SentKind> = outbox.iter().map(|sent| sent.kind).collect();
        let expected = [
            SentKind::Invitation,
            SentKind::Update,
            SentKind::Cancellation,
        ];
        assert_eq!(kinds, expected, "{mode:?}");
        assert!(outbox.iter().all(|sent| sent.recipients.len() == 2));
    }
}

/// The same write, of which the attendees hear.
fn told(mut write: ItemWrite) -> ItemWrite {
    match &mut write {
        ItemWrite::Create { notify, .. }
        | ItemWrite::Update { notify, .. }
        | ItemWrite::Delete { notify, .. } => *notify = Notify::Attendees,
        ItemWrite::Stamp { .. } => {}
    }
    write
}

/// A write of every kind to an entry with attendees and to occurrences of a series with some.
async fn write_all_there_is(diary: &Diary) {
    let (world, folder) = (&diary.world, &diary.folder);
    let made = world.make(folder, 1, full()).await;
    let change = update(
        &made,
        &[
            (Field::Start, "2027-03-12T08:00:00Z"),
            (Field::End, "2027-03-12T09:00:00Z"),
            (Field::Invited, TOM),
        ],
    );
    let made = world
        .write(folder, &[change])
        .await
        .remove(0)
        .expect("changed");
    let again = ItemWrite::Stamp {
        id: made.id.clone(),
        stamp: stamp(2),
    };
    let made = world
        .write(folder, &[again])
        .await
        .remove(0)
        .expect("stamped");
    let series = diary.user_makes(&[&WEEKLY[..], &[("RequiredAttendees", BEN)]].concat());
    let items = diary
        .occurrences(&series, &window("2027-04-01", "2027-04-30"))
        .await;
    let occurrences = items.iter().map(|item| WrittenItem {
        id: item.id.clone(),
        change_key: Some(item.change_key.clone()),
    });
    let occurrences: Vec<WrittenItem> = occurrences.collect();
    let writes = [
        update(&occurrences[0], &[(Field::Location, "Kiel")]),
        delete(&occurrences[1]),
        update(&occurrences[2], &[(Field::Invited, EVA)]),
        delete(&made),
    ];
    for answer in world.write(folder, &writes).await {
        answer.expect("written");
    }
}

/// Looks at every request to write; returns which there were.
pub fn check_requests(world: &World) -> BTreeSet<String> {
    let exchange = &world.sandbox.exchange;
    let mut seen = BTreeSet::new();
    for write in exchange.journal().writes {
        let attribute = match write.operation.as_str() {
            "CreateItem" => "SendMeetingInvitations=\"SendToNone\"",
            "UpdateItem" => "SendMeetingInvitationsOrCancellations=\"SendToNone\"",
            "DeleteItem" => "SendMeetingCancellations=\"SendToNone\"",
            // It has no such attributes: what is moved is not written.
            "MoveItem" => {
                assert!(!write.request.contains("SendMeeting"), "{}", write.request);
                seen.insert(write.operation);
                continue;
            }
            "CreateFolder" => continue,
            other => panic!("{other} is new here: can it send anything?"),
        };
        let head = write.request.split_once('>').expect("an element").0;
        assert_eq!(head.matches("SendMeeting").count(), 1, "{head}");
        assert!(head.contains(attribute), "{head}");
        let saves = head.contains("MessageDisposition=\"SaveOnly\"");
        assert!(saves || write.operation == "DeleteItem", "{head}");
        seen.insert(write.operation);
    }
    assert!(exchange.outbox(&world.user).is_empty());
    seen
}

#[tokio::test]
async fn s6_every_request_to_write_says_that_nobody_hears_of_it() {
    let every = ["CreateItem", "DeleteItem", "UpdateItem"].map(str::to_owned);
    for mode in BOTH {
        let diary = Diary::new(mode).await;
        write_all_there_is(&diary).await;
        assert_eq!(
            check_requests(&diary.world),
            every.clone().into(),
            "{mode:?}"
        );
        for (component, field) in [
            (Component::Contacts, Field::LastName),
            (Component::Tasks, Field::Subject),
        ] {
            let world = World::of(component, mode).await;
            let folder = world.folder().await;
            let made = world.make(&folder, 1, Fields::new().with(field, "a")).await;
            let change = update(&made, &[(field, "b")]);
            let made = world.write(&folder, &[change]).await.remove(0);
            let deleted = world
                .write(&folder, &[delete(&made.expect("written"))])
                .await
                .remove(0);
            deleted.expect("deleted");
            assert_eq!(check_requests(&world), every.clone().into(), "{component}");
        }
    }
}
