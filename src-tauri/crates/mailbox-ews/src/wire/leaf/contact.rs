//! The keys of a contact's lists, and reading a contact.

use super::{Leaf, Leaves, keep};
use crate::wire::tree::Element;

macro_rules! names {
    ($(#[doc = $doc:literal] $type:ident: $($variant:ident),+;)+) => {$(
        #[doc = $doc]
        #[allow(missing_docs)] // the variants are Exchange's own words
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $type { $($variant),+ }

        impl $type {
            /// Those the connector knows.
            pub const ALL: &'static [$type] = &[$($type::$variant),+];

            /// Its name on the wire.
            pub fn name(self) -> &'static str {
                match self { $($type::$variant => stringify!($variant)),+ }
            }

            fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|own| own.name() == name)
            }
        }
    )+};
}

names! {
    /// Which e-mail address.
    EmailKey: EmailAddress1, EmailAddress2;
    /// Which postal address.
    AddressKey: Business, Other;
    /// Which part of a postal address.
    AddressPart: Street, City, State, CountryOrRegion, PostalCode;
    /// Which phone number.
    PhoneKey: BusinessPhone, MobilePhone, OtherTelephone;
}

/// Reads the values of a contact.
pub fn read(contact: &Element, leaves: &mut Leaves) {
    for (key, entry) in entries(contact, "EmailAddresses", EmailKey::named) {
        if is_smtp(entry) {
            keep(leaves, Leaf::Email(key), Some(entry.text()));
        }
    }
    for (key, entry) in entries(contact, "PhoneNumbers", PhoneKey::named) {
        keep(leaves, Leaf::Phone(key), Some(entry.text()));
    }
    for (key, entry) in entries(contact, "PhysicalAddresses", AddressKey::named) {
        for child in entry.children() {
            if let Some(part) = AddressPart::named(&child.name) {
                keep(leaves, Leaf::Address(key, part), Some(child.text()));
            }
        }
    }
}

fn entries<'a, K: 'a>(
    contact: &'a Element,
    name: &str,
    named: fn(&str) -> Option<K>,
) -> impl Iterator<Item = (K, &'a Element)> {
    // The same list may come in two parts.
    let lists: Vec<&Element> = contact.children().filter(|c| c.name == name).collect();
    lists
        .into_iter()
        .flat_map(|list| list.all("Entry"))
        .filter_map(move |entry| Some((named(entry.attribute("Key")?)?, entry)))
}

/// An address of another routing type (EX: `/o=...`) is one inside Exchange and means nothing outside.
pub fn is_smtp(entry: &Element) -> bool {
    match entry.attribute("RoutingType") {
        None | Some("") => !entry.text().to_ascii_lowercase().starts_with("/o="),
        Some(routing) => routing.eq_ignore_ascii_case("SMTP"),
    }
}
