//! Answers as servers give them, read by the wire layer: recorded or made up, each file says which. The way from there to items
//! and failures is tested in the crate's own tests.

#[path = "wire/calendars.rs"]
mod calendars;
#[path = "wire/dressed.rs"]
mod dressed;

use std::time::Duration;

use mailbox_ews::wire::change::UpdateItem;
use mailbox_ews::wire::envelope::{Message, Reply, read};
use mailbox_ews::wire::item::GetItem;
use mailbox_ews::wire::leaf::{AddressKey, AddressPart, EmailKey, Leaf, PhoneKey};
use mailbox_ews::wire::property::Property;
use mailbox_ews::wire::query::FindItem;
use mailbox_ews::wire::sync::SyncFolderItems;
use mailbox_ews::wire::{Kind, Operation, ResponseCode, Trouble, Unreadable, pox};
use model::{ChangeKey, ItemId};
use proptest::prelude::*;

fn reply<O: Operation>(document: &str) -> Reply<O::Answer> {
    read::<O>(document).expect("an answer of Exchange")
}

fn messages<O: Operation>(document: &str) -> Vec<Message<O::Answer>> {
    reply::<O>(document).body.expect("no fault")
}

#[test]
fn a_page_of_changes_tells_what_came_and_what_went() {
    let reply = reply::<SyncFolderItems>(include_str!("wire/answers/sync-page.xml"));
    let server = reply.server.expect("told in the header");
    assert_eq!(server.describe(), "Exchange 2016 (15.1.2507)");
    let mut messages = reply.body.expect("no fault");
    let page = messages.remove(0).expect("a success");
    assert_eq!(page.state.as_deref(), Some("H4sIAAAAAAAEAO29B2A=="));
    assert!(!page.is_last);
    assert_eq!(page.gone, [ItemId::new("AAMkAD6=")]);
    let seen: Vec<_> = page
        .seen
        .iter()
        .map(|item| (item.id.as_str(), item.kind.clone()))
        .collect();
    assert_eq!(
        seen,
        [
            ("AAMkAD1=", Kind::Contact),
            ("AAMkAD2=", Kind::Contact),
            ("AAMkAD3=", Kind::DistributionList),
        ]
    );
    let first = &page.seen[0];
    assert_eq!(first.change_key, Some(ChangeKey::new("EQAAABYA1")));
    assert_eq!(first.properties[&Property::Record], "ab12/4x711/l1");
    assert_eq!(first.properties.len(), 1, "other properties are not ours");
    assert!(
        page.seen[1].properties.is_empty(),
        "of another property set"
    );
    assert_eq!(page.seen[1].modified, "2026-11-22T18:09:00Z".parse().ok());
}

#[test]
fn items_are_answered_one_by_one_in_the_order_asked() {
    let messages = messages::<GetItem>(include_str!("wire/answers/get-item-mixed.xml"));
    let [contact, gone, appointment, broken] = &messages[..] else {
        panic!("four were asked: {messages:?}");
    };
    let contact = contact.as_ref().expect("a success");
    let value = |leaf: Leaf| contact.leaves.get(&leaf).map(String::as_str);
    assert_eq!(value(Leaf::Body), Some("Zeile 1\r\nZeile 2 & mehr\n"));
    assert_eq!(value(Leaf::CompanyName), Some("Müller & Söhne"));
    assert_eq!(
        value(Leaf::MiddleName),
        None,
        "an empty element is no value"
    );
    assert_eq!(
        value(Leaf::Email(EmailKey::EmailAddress1)),
        Some("erika@example.test")
    );
    assert_eq!(
        value(Leaf::Email(EmailKey::EmailAddress2)),
        None,
        "not an SMTP address"
    );
    assert_eq!(
        value(Leaf::Address(AddressKey::Business, AddressPart::Street)),
        Some("Hauptstr. 1\nHinterhaus")
    );
    assert_eq!(
        value(Leaf::Address(AddressKey::Other, AddressPart::City)),
        None
    );
    assert_eq!(value(Leaf::Phone(PhoneKey::MobilePhone)), None);
    assert_eq!(contact.created, "2026-11-20T08:00:00Z".parse().ok());
    assert_eq!(contact.modified, "2026-11-22T18:08:00Z".parse().ok());
    let Err(Trouble::Complaint(complaint)) = gone else {
        panic!("{gone:?}");
    };
    assert_eq!(complaint.code, ResponseCode::ItemNotFound);
    assert_eq!(
        appointment.as_ref().expect("a success").kind,
        Kind::Appointment
    );
    assert!(matches!(
        broken,
        Err(Trouble::Unreadable(Unreadable::Missing { .. }))
    ));
}

#[test]
fn a_busy_server_tells_how_long() {
    let fault = reply::<GetItem>(include_str!("wire/answers/fault-busy.xml")).body;
    let fault = fault.expect_err("a fault");
    assert_eq!(fault.code, ResponseCode::ServerBusy);
    assert_eq!(fault.back_off, Some(Duration::from_millis(297_749)));
}

#[test]
fn a_fault_without_details_is_known_by_its_faultcode() {
    let fault = reply::<GetItem>(include_str!("wire/answers/fault-schema.xml")).body;
    let fault = fault.expect_err("a fault");
    assert_eq!(fault.code, ResponseCode::SchemaValidation);
    assert!(fault.text.contains("GivenName"));
}

#[test]
fn a_refused_field_is_named() {
    let messages = messages::<UpdateItem>(include_str!("wire/answers/update-mixed.xml"));
    let written = messages[0].as_ref().expect("a success");
    assert_eq!(written.change_key, Some(ChangeKey::new("EQAAABYB1")));
    let refused = messages[1].as_ref().expect_err("an error");
    let Trouble::Complaint(refused) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(
        refused.code,
        ResponseCode::Other("ErrorInvalidPropertySet".to_owned())
    );
    assert_eq!(
        refused.leaf,
        Some(Leaf::Address(AddressKey::Other, AddressPart::City))
    );
    let stopped = messages[2].as_ref().expect_err("a warning with a code");
    let Trouble::Complaint(stopped) = stopped else {
        panic!("{stopped:?}")
    };
    assert_eq!(stopped.code, ResponseCode::BatchProcessingStopped);
}

#[test]
fn found_items_come_in_pages() {
    let mut messages = messages::<FindItem>(include_str!("wire/answers/find-item.xml"));
    let found = messages.remove(0).expect("a success");
    assert_eq!(found.next, Some(1));
    assert_eq!(found.items[0].properties[&Property::Record], "ab12/4x1/l1");
}

#[test]
fn what_is_not_exchange_is_told_apart() {
    for page in ["<html><body/></html>", "<Autodiscover/>"] {
        let answer = read::<GetItem>(page).expect_err("not Exchange");
        assert!(
            matches!(answer, Unreadable::OtherDocument(_)),
            "{page}: {answer}"
        );
    }
    for page in [
        "",
        "OK",
        "<!DOCTYPE html><html><br></html>",
        "{\"success\":true}",
    ] {
        assert!(read::<GetItem>(page).is_err(), "{page}");
    }
}

#[test]
fn the_address_for_everywhere_is_preferred() {
    let answer = pox::read(include_str!("wire/answers/pox-settings.xml")).expect("readable");
    assert_eq!(
        answer,
        pox::Answer::Settings {
            ews: Some("https://mail.firma.example/EWS/Exchange.asmx".to_owned()),
            mailbox: Some("anna@firma.example".to_owned()),
        }
    );
}

#[test]
fn every_answer_cut_short_is_unreadable_and_nothing_else() {
    let whole = include_str!("wire/answers/get-item-mixed.xml").trim_end();
    for (end, _) in whole.char_indices() {
        assert!(read::<GetItem>(&whole[..end]).is_err(), "cut at {end}");
    }
}

proptest! {
    #[test]
    fn order_prefixes_and_unknown_elements_change_nothing(contact in dressed::any_contact(), dress in dressed::any_dress()) {
        let document = dressed::answer(&contact, &dress);
        let mut messages = messages::<GetItem>(&document);
        prop_assert_eq!(messages.len(), 1);
        let item = messages.remove(0).expect("a success");
        prop_assert_eq!(&item.leaves, &contact, "{}", document);
        prop_assert_eq!(item.id, ItemId::new("AAMk="));
    }

    #[test]
    fn no_answer_makes_the_reader_panic(text in "[<>/&;:='\"a-z# ]{0,200}") {
        let _ = read::<SyncFolderItems>(&text);
        let envelope = format!("<Envelope><Body><R><ResponseMessages><M>{text}</M></ResponseMessages></R></Body></Envelope>");
        let _ = read::<SyncFolderItems>(&envelope);
        let _ = pox::read(&text);
    }
}
