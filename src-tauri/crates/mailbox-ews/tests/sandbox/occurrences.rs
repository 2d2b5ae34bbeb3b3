//! Occurrences of a series written and read by their own names (R3.5): one that is edited becomes an exception, one that is deleted leaves
//! a hole, and neither does anything to the others.

use jiff::Timestamp;
use model::{Code, Component, Field, Item, ItemId};
use ports::{ErrorKind, ItemWrite, Mailbox, Notify};

use crate::BOTH;
use crate::diary::{Diary, WEEKLY, starts, window};

fn set(item: &Item, field: Field, value: &str) -> ItemWrite {
    ItemWrite::Update {
        notify: Notify::Nobody,
        id: item.id.clone(),
        change_key: item.change_key.clone(),
        set: vec![(field, value.to_owned())],
        stamp: None,
    }
}

fn delete(item: &Item) -> ItemWrite {
    ItemWrite::Delete {
        notify: Notify::Nobody,
        id: item.id.clone(),
        change_key: item.change_key.clone(),
    }
}

#[tokio::test]
async fn r3_5_several_occurrences_of_a_series_are_written_in_one_call() {
    let april = window("2027-04-01", "2027-04-30");
    for mode in BOTH {
        let diary = Diary::new(mode).await;
        let series = diary.user_makes(&WEEKLY);
        let items = diary.occurrences(&series, &april).await;
        assert_eq!(items.len(), 4);
        let writes = [
            set(&items[0], Field::Location, "Kiel"),
            delete(&items[1]),
            set(&items[2], Field::Location, "Ulm"),
            delete(&items[3]),
        ];
        let answers = diary.world.write(&diary.folder, &writes).await;
        for (answer, item) in answers.into_iter().zip(&items) {
            assert_eq!(answer.expect("written").id, item.id, "{mode:?}");
        }
        let items = diary.occurrences(&series, &april).await;
        let places: Vec<&str> = items
            .iter()
            .map(|i| i.fields.get(Field::Location))
            .collect();
        assert_eq!(places, ["Kiel", "Ulm"]);
        // More than go into one request.
        let later = window("2027-05-01", "2029-01-31");
        let items = diary.occurrences(&series, &later).await;
        assert!(items.len() > 90);
        let writes: Vec<ItemWrite> = items.iter().map(delete).collect();
        for answer in diary.world.write(&diary.folder, &writes).await {
            answer.expect("deleted");
        }
        assert!(diary.occurrences(&series, &later).await.is_empty());
    }
}

#[tokio::test]
async fn s3_among_several_occurrences_those_read_before_an_edit_are_not_written() {
    let april = window("2027-04-01", "2027-04-30");
    for mode in BOTH {
        let diary = Diary::new(mode).await;
        let series = diary.user_makes(&WEEKLY);
        let old = diary.occurrences(&series, &april).await;
        diary.user_changes(&series, "2027-04-12", &[("Location", "Bonn")]);
        let new = diary.occurrences(&series, &april).await;
        let writes = [
            set(&new[0], Field::Location, "Kiel"),
            set(&old[1], Field::Location, "Ulm"),
            delete(&old[2]),
            set(&new[3], Field::Location, "Trier"),
        ];
        let answers = diary.world.write(&diary.folder, &writes).await;
        let kinds: Vec<Option<ErrorKind>> = answers
            .into_iter()
            .map(|answer| answer.err().map(|failure| failure.kind))
            .collect();
        let stale = Some(ErrorKind::Stale);
        assert_eq!(kinds, [None, stale.clone(), stale, None], "{mode:?}");
        let items = diary.occurrences(&series, &april).await;
        let places: Vec<&str> = items
            .iter()
            .map(|i| i.fields.get(Field::Location))
            .collect();
        assert_eq!(places, ["Kiel", "Bonn", "", "Trier"]);
    }
}

#[tokio::test]
async fn r3_5_an_edited_occurrence_is_an_exception_under_its_old_name() {
    let april = window("2027-04-01", "2027-04-30");
    for mode in BOTH {
        let diary = Diary::new(mode).await;
        let series = diary.user_makes(&WEEKLY);
        let items = diary.occurrences(&series, &april).await;
        let moved = [
            (Field::Start, "2027-04-13T10:00:00Z"),
            (Field::End, "2027-04-13T11:00:00Z"),
            (Field::AllDay, ""),
            (Field::TimeZone, "W. Europe Standard Time"),
            (Field::Location, "Kiel"),
        ];
        let write = ItemWrite::Update {
            notify: Notify::Nobody,
            id: items[1].id.clone(),
            change_key: items[1].change_key.clone(),
            set: moved
                .map(|(field, value)| (field, value.to_owned()))
                .to_vec(),
            stamp: None,
        };
        let answer = diary.world.write(&diary.folder, &[write]).await.remove(0);
        let written = answer.expect("written");
        assert_eq!(written.id, items[1].id, "{mode:?}");
        let now = diary.occurrences(&series, &april).await;
        let expected = moved
            .iter()
            .fold(items[1].fields.clone(), |all, (field, value)| {
                all.with(*field, *value)
            });
        assert_eq!(now[1].fields, expected);
        assert_eq!(Some(&now[1].change_key), written.change_key.as_ref());
        assert_eq!(diary.world.read(&now[1].id).await, now[1]);
        for place in [0, 2, 3] {
            assert_eq!(
                (&now[place].id, &now[place].fields),
                (&items[place].id, &items[place].fields)
            );
        }
        // And once more, now that it is an exception.
        let answer = diary
            .world
            .write(&diary.folder, &[set(&now[1], Field::Location, "")])
            .await
            .remove(0);
        answer.expect("written");
        assert_eq!(
            diary
                .world
                .read(&now[1].id)
                .await
                .fields
                .get(Field::Location),
            ""
        );
        let seen = diary
            .world
            .sandbox
            .exchange
            .item(&diary.world.user, series.as_str())
            .expect("there");
        assert_eq!(seen.exceptions.len(), 1);
    }
}

#[tokio::test]
async fn r3_5_a_deleted_occurrence_is_gone_and_the_series_is_not() {
    let april = window("2027-04-01", "2027-04-30");
    for mode in BOTH {
        let diary = Diary::new(mode).await;
        let series = diary.user_makes(&WEEKLY);
        let items = diary.occurrences(&series, &april).await;
        let before = diary.world.changes(&diary.folder, None).await;
        let answer = diary
            .world
            .write(&diary.folder, &[delete(&items[1])])
            .await
            .remove(0);
        assert_eq!(answer.expect("deleted").id, items[1].id, "{mode:?}");
        let now = diary.occurrences(&series, &april).await;
        assert_eq!(
            starts(&now),
            [
                "2027-04-05T07:00:00Z",
                "2027-04-19T07:00:00Z",
                "2027-04-26T07:00:00Z"
            ]
        );
        let seen = diary
            .world
            .sandbox
            .exchange
            .item(&diary.world.user, series.as_str())
            .expect("there");
        assert_eq!(seen.deleted_days, ["2027-04-12"]);
        let page = diary.world.changes(&diary.folder, before.next).await;
        assert_eq!(
            (page.seen.len(), &page.seen[0].id, page.gone),
            (1, &series, vec![])
        );
        // It cannot be written or read any more.
        let gone = [set(&items[1], Field::Location, "x"), delete(&items[1])];
        for answer in diary.world.write(&diary.folder, &gone).await {
            assert_eq!(answer.expect_err("gone").kind, ErrorKind::Gone, "{mode:?}");
        }
    }
}

#[tokio::test]
async fn r3_5_what_is_no_occurrence_is_gone_and_what_is_no_series_says_so() {
    let april = window("2027-04-01", "2027-04-30");
    for mode in BOTH {
        let diary = Diary::new(mode).await;
        let series = diary.user_makes(&WEEKLY);
        let single = diary.user_makes(&WEEKLY[..4]);
        let deleted = diary.user_makes(&WEEKLY);
        let (exchange, user) = (&diary.world.sandbox.exchange, &diary.world.user);
        exchange.delete(user, deleted.as_str()).expect("deleted");
        let start: Timestamp = "2027-04-05T07:00:00Z".parse().expect("a moment");
        let tuesday: Timestamp = "2027-04-06T07:00:00Z".parse().expect("a moment");
        let ids = [
            ItemId::occurrence(&series, start),
            ItemId::occurrence(&series, tuesday),
            ItemId::occurrence(&single, start),
            ItemId::occurrence(&deleted, start),
        ];
        let items = diary
            .world
            .mailbox
            .read(Component::Appointments, &ids)
            .await;
        let items = items.expect("answered");
        assert!(items[0].is_ok(), "{mode:?}");
        for item in &items[1..] {
            assert_eq!(item.as_ref().expect_err("gone").kind, ErrorKind::Gone);
        }
        let answers = diary.answers(&[deleted, series, single], &april).await;
        let gone = answers[0].as_ref().expect_err("gone");
        assert_eq!(gone.kind, ErrorKind::Gone);
        assert_eq!(answers[1].as_ref().expect("a series").len(), 4);
        let single = answers[2].as_ref().expect_err("no series");
        assert_eq!(single.problem.code, Code::EntryOfOtherKind);
    }
}

#[tokio::test]
async fn r3_5_only_occurrences_of_the_same_series_wait_for_each_other() {
    let april = window("2027-04-01", "2027-04-30");
    for mode in BOTH {
        let diary = Diary::new(mode).await;
        let mut writes = Vec::new();
        for _ in 0..3 {
            let series = diary.user_makes(&WEEKLY);
            let items = diary.occurrences(&series, &april).await;
            writes.extend(
                items[..2]
                    .iter()
                    .map(|item| set(item, Field::Location, "Kiel")),
            );
        }
        for answer in diary.world.write(&diary.folder, &writes).await {
            answer.expect("written");
        }
        let journal = diary.world.sandbox.exchange.journal();
        assert_eq!(journal.requests("UpdateItem"), 2, "{mode:?}");
    }
}

#[tokio::test]
async fn s10_what_an_edit_of_an_occurrence_does_not_name_stays_as_it_is() {
    let april = window("2027-04-01", "2027-04-30");
    for mode in BOTH {
        let diary = Diary::new(mode).await;
        let more = [("Categories", "VIP"), ("LegacyFreeBusyStatus", "OOF")];
        let series = diary.user_makes(&[&WEEKLY[..], &more].concat());
        let (exchange, user) = (&diary.world.sandbox.exchange, &diary.world.user);
        let before = exchange.item(user, series.as_str()).expect("there");
        let items = diary.occurrences(&series, &april).await;
        let write = set(&items[0], Field::Location, "Kiel");
        let answer = diary.world.write(&diary.folder, &[write]).await.remove(0);
        answer.expect("written");
        let after = exchange.item(user, series.as_str()).expect("there");
        assert_eq!(after.fields, before.fields, "{mode:?}");
        let mut exception = after.exceptions[0].fields.clone();
        assert_eq!(exception.remove("Location").as_deref(), Some("Kiel"));
        assert_eq!(exception["Start"], "2027-04-05T07:00:00Z");
        for name in ["Categories", "LegacyFreeBusyStatus", "StartTimeZone", "UID"] {
            assert_eq!(
                exception.get(name),
                before.fields.get(name),
                "{mode:?} {name}"
            );
        }
    }
}
