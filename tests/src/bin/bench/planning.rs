//! Deciding alone, without servers and disk: every pair of a large profile changed on one side.

use std::time::Instant;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use model::policy::PrivateItems;
use model::{
    Base, ChangeKey, Field, Fields, Fingerprint, Item, ItemId, Link, LinkId, LinkState,
    Observation, RecordId, Rights, Strategy, Window,
};
use reconcile::{Clocks, Rules, decide, pair};
use scenarios::stage::CONTACTS;

/// Times pairing and deciding of so many changed links.
pub fn run(count: usize) {
    let links: Vec<Link> = (0..count).map(link).collect();
    let observations: Vec<Observation> = (0..count).map(changed).collect();
    let rules = Rules {
        component: CONTACTS,
        strategy: Strategy::LastModified,
        rights: Rights::FULL,
        clocks: Clocks::Together,
        mailbox_ahead: 0,
        window: Window::of(Timestamp::UNIX_EPOCH, &TimeZone::UTC, 30, 180),
        private_items: PrivateItems::Skip,
        busy: "Busy".to_owned(),
        flips: reconcile::Flips::default(),
    };
    let mut next = 0;
    let mut fresh = || {
        next += 1;
        LinkId::new(next.to_string())
    };
    let began = Instant::now();
    let pairing = pair(
        CONTACTS,
        &Fingerprint::new("crm"),
        links,
        observations,
        &mut fresh,
    );
    let operations: usize = pairing
        .units
        .iter()
        .map(|unit| decide(unit, &rules).operations.len())
        .sum();
    println!(
        "planning · {count} changed links · {:.2} s · {operations} operations",
        began.elapsed().as_secs_f64()
    );
}

fn values(number: usize, phone: &str) -> Fields {
    Fields::new()
        .with(Field::LastName, format!("Person {number}"))
        .with(Field::Email, format!("person{number}@kunde.example"))
        .with(Field::Phone, phone)
        .with(Field::BillingStreet, "Hauptstraße 1\nHinterhaus")
        .with(Field::BillingCity, "Regensburg")
}

fn link(number: usize) -> Link {
    Link {
        id: LinkId::new(format!("link{number}")),
        component: CONTACTS,
        record: RecordId::new(format!("12x{number}")),
        state: LinkState::Live {
            item: ItemId::new(format!("item{number}")),
            change_key: ChangeKey::new("1"),
        },
        base: Base {
            item: values(number, "1"),
            record: values(number, "1"),
        },
        stamping: model::Stamping::Allowed,
        stamped: None,
    }
}

fn changed(number: usize) -> Observation {
    Observation::Item(Item {
        id: ItemId::new(format!("item{number}")),
        change_key: ChangeKey::new("2"),
        fields: values(number, "2"),
        organiser: model::Organiser::User,
        stamp: None,
        created: None,
        modified: None,
    })
}
