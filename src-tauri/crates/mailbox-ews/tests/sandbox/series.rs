//! Recurring appointments (R3.5): which occurrences a series has, whoever works them out, and what a write of one of them does.

use jiff::Timestamp;
use jiff::civil::date;
use model::{Component, Field, FolderId, Item, ItemId, Window};
use ports::{ErrorKind, Failure, ItemWrite, Mailbox, Notify};
use sandbox::options::Mode;

use crate::{BOTH, World};

const CALENDAR: &str = "calendar/CRM-Sync";

/// Every Monday at nine in Berlin from 22 March 2027 on; the clocks change on the 28th.
pub const WEEKLY: [(&str, &str); 7] = [
    ("Subject", "Jour fixe"),
    ("Start", "2027-03-22T09:00:00"),
    ("End", "2027-03-22T10:00:00"),
    ("StartTimeZone", "W. Europe Standard Time"),
    ("Recurrence/WeeklyRecurrence/Interval", "1"),
    ("Recurrence/WeeklyRecurrence/DaysOfWeek", "Monday"),
    ("Recurrence/NoEndRecurrence/StartDate", "2027-03-22"),
];

/// The days from one to another, in Berlin.
pub fn window(first: &str, horizon: &str) -> Window {
    let day = |text: &str| text.parse().expect("a day");
    Window {
        today: date(2027, 4, 1),
        first: day(first),
        horizon: day(horizon),
        zone: mapping::zones::zone("Europe/Berlin").expect("a zone"),
    }
}

/// A calendar that the connector syncs, and its owner.
pub struct Diary {
    pub world: World,
    pub folder: FolderId,
}

impl Diary {
    pub async fn new(mode: Mode) -> Self {
        let world = World::of(Component::Appointments, mode).await;
        let folder = world.folder().await;
        Self { world, folder }
    }

    /// The user makes an entry.
    pub fn user_makes(&self, fields: &[(&str, &str)]) -> ItemId {
        let exchange = &self.world.sandbox.exchange;
        let made = exchange.create(&self.world.user, CALENDAR, fields);
        ItemId::new(made.expect("made"))
    }

    pub fn user_changes(&self, series: &ItemId, day: &str, fields: &[(&str, &str)]) {
        let exchange = &self.world.sandbox.exchange;
        exchange
            .edit_occurrence(&self.world.user, series.as_str(), day, fields)
            .expect("changed");
    }

    pub async fn answers(
        &self,
        series: &[ItemId],
        window: &Window,
    ) -> Vec<Result<Vec<Item>, Failure>> {
        let mailbox = &self.world.mailbox;
        let asked = mailbox.occurrences(Component::Appointments, &self.folder, series, window);
        asked.await.expect("answered")
    }

    /// The user copies an entry and changes the copy.
    pub fn user_copies(&self, entry: &ItemId, fields: &[(&str, &str)]) -> ItemId {
        let (exchange, user) = (&self.world.sandbox.exchange, &self.world.user);
        let copy = exchange.copy_to(user, entry.as_str(), CALENDAR);
        let copy = copy.expect("copied");
        exchange.edit(user, &copy, fields).expect("changed");
        ItemId::new(copy)
    }

    /// The occurrences of one series, by their original start.
    pub async fn occurrences(&self, series: &ItemId, window: &Window) -> Vec<Item> {
        let answers = self.answers(std::slice::from_ref(series), window).await;
        let mut items = answers.into_iter().next().expect("one").expect("a series");
        items.sort_by_key(original_start);
        items
    }
}

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

pub fn original_start(item: &Item) -> Option<Timestamp> {
    item.id.as_occurrence().map(|(_, start)| start)
}

/// When items begin, in their order.
pub fn starts(items: &[Item]) -> Vec<&str> {
    let items = items.iter();
    items.map(|item| item.fields.get(Field::Start)).collect()
}

#[tokio::test]
async fn r3_5_a_series_that_began_long_ago_has_its_occurrences_in_the_window() {
    for mode in BOTH {
        let diary = Diary::new(mode).await;
        let series = diary.user_makes(&WEEKLY);
        let items = diary
            .occurrences(&series, &window("2027-10-25", "2027-11-07"))
            .await;
        assert_eq!(
            starts(&items),
            ["2027-10-25T07:00:00Z", "2027-11-01T08:00:00Z"],
            "{mode:?}"
        );
    }
}

#[tokio::test]
async fn r3_5_an_exception_is_in_every_window_that_its_old_or_its_new_time_touches() {
    for mode in BOTH {
        let diary = Diary::new(mode).await;
        let series = diary.user_makes(&WEEKLY);
        let moved = [
            ("Start", "2027-04-08T22:00:00"),
            ("End", "2027-04-11T02:00:00"),
        ];
        diary.user_changes(&series, "2027-04-12", &moved);
        for (first, horizon, there) in [
            ("2027-04-06", "2027-04-07", false),
            ("2027-04-06", "2027-04-08", true),
            ("2027-04-09", "2027-04-09", true),
            ("2027-04-10", "2027-04-10", true),
            ("2027-04-11", "2027-04-11", true),
            ("2027-04-12", "2027-04-12", true),
            ("2027-04-13", "2027-04-18", false),
        ] {
            let items = diary.occurrences(&series, &window(first, horizon)).await;
            let expected: &[&str] = if there {
                &["2027-04-08T20:00:00Z"]
            } else {
                &[]
            };
            assert_eq!(starts(&items), expected, "{mode:?} {first}");
        }
    }
}

#[tokio::test]
async fn r3_5_a_copied_series_and_its_original_keep_their_own_occurrences() {
    let later = [
        ("Start", "2027-03-22T09:00:00"),
        ("End", "2027-03-22T12:00:00"),
    ];
    let thursdays = [
        ("Start", "2027-03-25T09:00:00"),
        ("End", "2027-03-25T10:00:00"),
        ("Recurrence/WeeklyRecurrence/Interval", "1"),
        ("Recurrence/WeeklyRecurrence/DaysOfWeek", "Thursday"),
        ("Recurrence/NoEndRecurrence/StartDate", "2027-03-25"),
    ];
    let window = window("2027-04-05", "2027-04-11");
    for mode in BOTH {
        let changes: [(&[(&str, &str)], &str); 3] = [
            (&[("Subject", "Kopie")], "2027-04-05T07:00:00Z"),
            (&later, "2027-04-05T07:00:00Z"),
            (&thursdays, "2027-04-08T07:00:00Z"),
        ];
        for (change, start_of_copy) in changes {
            let diary = Diary::new(mode).await;
            let original = diary.user_makes(&WEEKLY);
            let copy = diary.user_copies(&original, change);
            let both = [(&original, "2027-04-05T07:00:00Z"), (&copy, start_of_copy)];
            // Each asked for alone: nothing tells that there is another one.
            for (series, start) in both {
                let items = diary.occurrences(series, &window).await;
                assert_eq!(starts(&items), [start], "{mode:?} {change:?}");
            }
            let ids = both.map(|(series, _)| series.clone());
            let answers = diary.answers(&ids, &window).await;
            for (answer, (series, start)) in answers.into_iter().zip(both) {
                let items = answer.expect("a series");
                assert_eq!(starts(&items), [start], "{mode:?} {change:?}");
                assert_eq!(items[0].id.series(), *series);
            }
        }
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
