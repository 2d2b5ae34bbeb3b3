//! An answer with the same contact in any dress: other prefixes, another order, unknown elements in between.

use std::collections::BTreeMap;

use mailbox_ews::wire::leaf::{AddressKey, EmailKey, Leaf, Leaves, PhoneKey};
use proptest::prelude::*;

/// How an answer is dressed.
#[derive(Debug, Clone)]
pub struct Dress {
    soap: &'static str,
    types: &'static str,
    messages: &'static str,
    order: Vec<u16>,
    strangers: Vec<bool>,
}

/// Any contact with values that are not empty.
pub fn any_contact() -> impl Strategy<Value = Leaves> {
    let leaf = proptest::sample::select(Leaf::all(&mailbox_ews::wire::Kind::Contact));
    let letters = "[ -~ -ÿĀ-ſ\u{1f600}]{1,12}";
    proptest::collection::btree_map(leaf, letters, 0..24).prop_map(|mut leaves: Leaves| {
        // An Exchange-internal address is no value, whatever it looks like.
        leaves.retain(|leaf, value| {
            !matches!(leaf, Leaf::Email(_)) || !value.to_lowercase().starts_with("/o=")
        });
        leaves
    })
}

/// Any dress.
pub fn any_dress() -> impl Strategy<Value = Dress> {
    let prefix = || proptest::sample::select(vec!["", "s:", "soap:", "SOAP:", "t:", "m:", "x1:"]);
    let order = proptest::collection::vec(any::<u16>(), 40);
    let strangers = proptest::collection::vec(any::<bool>(), 40);
    (prefix(), prefix(), prefix(), order, strangers).prop_map(
        |(soap, types, messages, order, strangers)| Dress {
            soap,
            types,
            messages,
            order,
            strangers,
        },
    )
}

/// The answer to a GetItem of this contact.
pub fn answer(contact: &Leaves, dress: &Dress) -> String {
    let t = dress.types;
    let mut parts = vec![format!("<{t}ItemId ChangeKey='EQ' Id='AAMk='/>")];
    let (mut emails, mut phones) = (String::new(), String::new());
    let mut addresses: BTreeMap<&str, String> = BTreeMap::new();
    for (leaf, value) in contact {
        let value = references(value);
        match leaf {
            Leaf::Email(key) => emails += &entry(t, EmailKey::name(*key), &value),
            Leaf::Phone(key) => phones += &entry(t, PhoneKey::name(*key), &value),
            Leaf::Address(key, part) => {
                let part = part.name();
                *addresses.entry(AddressKey::name(*key)).or_default() +=
                    &format!("<{t}{part}>{value}</{t}{part}>");
            }
            Leaf::Body => parts.push(format!("<{t}Body BodyType='Text'>{value}</{t}Body>")),
            plain => {
                let name = format!("{plain:?}");
                parts.push(format!("<{t}{name}>{value}</{t}{name}>"));
            }
        }
    }
    let addresses: String = addresses
        .iter()
        .map(|(key, value)| entry(t, key, value))
        .collect();
    parts.push(format!("<{t}EmailAddresses>{emails}</{t}EmailAddresses>"));
    parts.push(format!("<{t}PhoneNumbers>{phones}</{t}PhoneNumbers>"));
    parts.push(format!(
        "<{t}PhysicalAddresses>{addresses}</{t}PhysicalAddresses>"
    ));
    envelope(&mixed(parts, dress), dress)
}

fn entry(t: &str, key: &str, value: &str) -> String {
    format!("<{t}Entry Key=\"{key}\">{value}</{t}Entry>")
}

/// Every character as a reference: nothing depends on which of them need one.
fn references(value: &str) -> String {
    value
        .chars()
        .map(|c| format!("&#x{:X};", u32::from(c)))
        .collect()
}

fn mixed(parts: Vec<String>, dress: &Dress) -> String {
    let mut parts: Vec<(u16, String)> = dress.order.iter().copied().chain(0..).zip(parts).collect();
    parts.sort_by_key(|(place, _)| *place);
    let mut text = String::new();
    for ((_, part), stranger) in parts.iter().zip(dress.strangers.iter().cycle()) {
        if *stranger {
            text += "<z:Stranger a='1'><z:Surname>nobody</z:Surname><!-- x --></z:Stranger>\n";
        }
        text += part;
    }
    text
}

fn envelope(contact: &str, dress: &Dress) -> String {
    let Dress {
        soap: s,
        types: t,
        messages: m,
        ..
    } = dress;
    format!(
        "<{s}Envelope><{s}Header/><{s}Body><{m}GetItemResponse><{m}ResponseMessages>\
         <{m}GetItemResponseMessage ResponseClass=\"Success\"><{m}Stranger/><{m}Items>\
         <{t}Contact xsi:type='t:ContactItemType'>{contact}</{t}Contact>\
         </{m}Items><{m}ResponseCode>NoError</{m}ResponseCode></{m}GetItemResponseMessage>\
         </{m}ResponseMessages></{m}GetItemResponse></{s}Body></{s}Envelope>"
    )
}
