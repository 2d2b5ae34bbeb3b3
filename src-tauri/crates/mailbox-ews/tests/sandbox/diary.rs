//! A calendar that the connector syncs, its owner, and a series to begin with.

use jiff::Timestamp;
use jiff::civil::date;
use model::{Component, Field, FolderId, Item, ItemId, Window};
use ports::{Failure, Mailbox};
use sandbox::options::Mode;

use crate::World;

/// The folder, as the owner sees it.
pub const CALENDAR: &str = "calendar/CRM-Sync";

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

/// The calendar and the mailbox it is in.
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

pub fn original_start(item: &Item) -> Option<Timestamp> {
    item.id.as_occurrence().map(|(_, start)| start)
}

/// When items begin, in their order.
pub fn starts(items: &[Item]) -> Vec<&str> {
    let items = items.iter();
    items.map(|item| item.fields.get(Field::Start)).collect()
}
