//! Which side still shows what a field held before something swept over it, case by case.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use model::policy::PrivateItems;
use model::{
    Base, ChangeKey, Item, ItemId, LinkState, Organiser, Owner, Record, RecordId, Rights, Stamping,
    Strategy, Window,
};
use reconcile::{Clocks, Flips, ItemSide, Known, RecordSide};

use super::*;

const PHONE: &[Field] = &[Field::Phone];

fn rules(component: Component, private_items: PrivateItems) -> Rules {
    Rules {
        component,
        strategy: Strategy::LastModified,
        rights: Rights::FULL,
        clocks: Clocks::Together,
        mailbox_ahead: 0,
        window: Window::of(Timestamp::UNIX_EPOCH, &TimeZone::UTC, 7, 180),
        private_items,
        busy: "Busy".to_owned(),
        flips: Flips::default(),
    }
}

/// A pair of which item and record may have been read since both agreed.
fn unit(base: (&Fields, &Fields), item: Option<&Fields>, record: Option<&Fields>) -> Unit {
    let id = LinkId::new("l1");
    let (item_id, record_id) = (ItemId::new("i1"), RecordId::new("r1"));
    let change_key = ChangeKey::new("1");
    let item = item.map(|fields| Item {
        id: item_id.clone(),
        change_key: change_key.clone(),
        fields: fields.clone(),
        organiser: Organiser::User,
        stamp: None,
        created: None,
        modified: None,
    });
    let record = record.map(|fields| Record {
        id: record_id.clone(),
        owner: Owner::Me,
        fields: fields.clone(),
        created: None,
        modified: None,
    });
    Unit {
        id: id.clone(),
        link: Some(Link {
            id,
            component: Component::Contacts,
            record: record_id,
            state: LinkState::Live {
                item: item_id,
                change_key,
            },
            base: Base {
                item: base.0.clone(),
                record: base.1.clone(),
            },
            stamping: Stamping::Allowed,
            stamped: None,
        }),
        known: Known::Stored,
        item: item.map_or(ItemSide::Unchanged, ItemSide::Present),
        record: record.map_or(RecordSide::Unchanged, RecordSide::Present),
        subjects: Vec::new(),
        choice: None,
        losses: Losses::Follow,
    }
}

fn phone(number: &str) -> Fields {
    let person = Fields::new().with(Field::LastName, "Groß");
    person.with(Field::Phone, number)
}

#[test]
fn r6_8_what_was_there_before_is_on_the_side_that_did_not_move() {
    let rules = rules(Component::Contacts, PrivateItems::Skip);
    let (old, new, other) = (phone("1"), phone(""), phone("2"));
    let side = |item, record| old_side(&unit((&old, &old), item, record), PHONE, &rules);
    assert_eq!(side(None, Some(&new)), Some(Side::Mailbox));
    assert_eq!(side(Some(&old), Some(&new)), Some(Side::Mailbox));
    assert_eq!(side(Some(&new), None), Some(Side::Crm));
    assert_eq!(side(Some(&new), Some(&other)), None, "nobody shows it");
    let unlinked = Unit {
        link: None,
        ..unit((&old, &old), None, Some(&new))
    };
    assert_eq!(old_side(&unlinked, PHONE, &rules), None);
}

#[test]
fn r6_8_what_both_sides_never_agreed_on_is_not_put_back() {
    let rules = rules(Component::Contacts, PrivateItems::Skip);
    let bases = (&phone("0431 5550"), &phone("0431 55"));
    let swept = unit(bases, None, Some(&phone("")));
    assert_eq!(old_side(&swept, PHONE, &rules), None);
}

#[test]
fn r6_8_r3_8_what_the_crm_may_not_see_is_not_put_back_into_it() {
    let call = |subject: &str, private: &str| {
        let call = Fields::new().with(Field::Subject, subject);
        call.with(Field::Private, private)
    };
    let side = |private, private_items, group| {
        let (old, new) = (call("Doctor", private), call("", private));
        let rules = rules(Component::Appointments, private_items);
        old_side(&unit((&old, &old), None, Some(&new)), group, &rules)
    };
    let (subject, secrecy): (&[Field], &[Field]) = (&[Field::Subject], &[Field::Private]);
    let busy = PrivateItems::Busy;
    assert_eq!(side("1", busy, subject), None);
    assert_eq!(side("", busy, subject), Some(Side::Mailbox), "not private");
    assert_eq!(side("1", busy, secrecy), Some(Side::Mailbox), "no content");
    let full = PrivateItems::Full;
    assert_eq!(side("1", full, subject), Some(Side::Mailbox));
}

#[test]
fn r6_8_what_travels_one_way_only_stays_where_it_is() {
    let people = |people: &str| Fields::new().with(Field::Invited, people);
    let (old, new) = (people("a@x.example"), people(""));
    let rules = rules(Component::Appointments, PrivateItems::Full);
    let swept = unit((&old, &old), Some(&new), None);
    assert_eq!(old_side(&swept, &[Field::Invited], &rules), None);
}

#[tokio::test]
async fn r6_8_what_was_said_of_one_component_is_not_said_of_another() {
    let store = ports::memory::MemoryStore::new();
    let said = Answered {
        answer: Answer::Ignore,
        ends: vec![RemoteId::Mailbox(ItemId::new("i1"))],
    };
    let answers = Answers::from([(LinkId::new("l1"), said)]);
    let kept = keep(&store, Component::Tasks, &answers).await;
    kept.expect("memory does not fail");
    let loaded = async |component| load(&store, component).await.expect("memory does not fail");
    assert_eq!(loaded(Component::Tasks).await, answers);
    assert_eq!(loaded(Component::Contacts).await, Answers::new());
    let tripped = super::super::tripped(&store, Component::Tasks).await;
    assert_eq!(tripped.expect("memory does not fail"), None);
}
