//! Single appointments there and back: every field, whole days as days in every zone, and which of them lists tell of.

use model::{Component, Field, Fields};

use crate::{BOTH, World};

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
