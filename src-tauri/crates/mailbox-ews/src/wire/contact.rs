//! A contact as its single values, called leaves. The order of [`Leaf`] is the order the schema demands inside `t:Contact`, so that
//! a sorted map is written by going through it once. What a leaf means to the product is said in `convert`.

use std::collections::BTreeMap;

use super::property::{Properties, Property};
use super::tree::Element;
use super::writer::Writer;

/// One value of a contact, in the order of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Leaf {
    /// `Body`, as plain text.
    Body,
    /// `FileAs`.
    FileAs,
    /// `DisplayName`.
    DisplayName,
    /// `GivenName`.
    GivenName,
    /// `MiddleName`.
    MiddleName,
    /// `CompanyName`.
    CompanyName,
    /// One of `EmailAddresses`.
    Email(EmailKey),
    /// A part of one of `PhysicalAddresses`.
    Address(AddressKey, AddressPart),
    /// One of `PhoneNumbers`.
    Phone(PhoneKey),
    /// `Department`.
    Department,
    /// `JobTitle`.
    JobTitle,
    /// `Surname`.
    Surname,
}

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

/// Values by leaf. An absent leaf and an empty one are the same.
pub type Leaves = BTreeMap<Leaf, String>;

impl Leaf {
    /// Every leaf the connector knows.
    pub fn all() -> Vec<Leaf> {
        let mut all: Vec<Leaf> = PLAIN.iter().map(|(leaf, _)| *leaf).collect();
        all.push(Leaf::Body);
        all.extend(EmailKey::ALL.iter().map(|key| Leaf::Email(*key)));
        all.extend(PhoneKey::ALL.iter().map(|key| Leaf::Phone(*key)));
        for key in AddressKey::ALL {
            all.extend(
                AddressPart::ALL
                    .iter()
                    .map(|part| Leaf::Address(*key, *part)),
            );
        }
        all.sort();
        all
    }

    /// Names it, as a path to a field.
    pub fn write_path(self, xml: &mut Writer) {
        let (uri, index) = self.path();
        match index {
            None => xml.empty("t:FieldURI", &[("FieldURI", uri.as_str())]),
            Some(index) => xml.empty(
                "t:IndexedFieldURI",
                &[("FieldURI", uri.as_str()), ("FieldIndex", index)],
            ),
        }
    }

    /// Finds the leaf a path names, as a server does that refuses a field.
    pub fn at_path(path: &Element) -> Option<Leaf> {
        let (uri, index) = (path.attribute("FieldURI")?, path.attribute("FieldIndex"));
        Leaf::all()
            .into_iter()
            .find(|leaf| leaf.path() == (uri.to_owned(), index))
    }

    fn path(self) -> (String, Option<&'static str>) {
        match self {
            Leaf::Body => ("item:Body".to_owned(), None),
            Leaf::Email(key) => ("contacts:EmailAddress".to_owned(), Some(key.name())),
            Leaf::Phone(key) => ("contacts:PhoneNumber".to_owned(), Some(key.name())),
            Leaf::Address(key, part) => (
                format!("contacts:PhysicalAddress:{}", part.name()),
                Some(key.name()),
            ),
            Leaf::FileAs
            | Leaf::DisplayName
            | Leaf::GivenName
            | Leaf::MiddleName
            | Leaf::CompanyName
            | Leaf::Department
            | Leaf::JobTitle
            | Leaf::Surname => (format!("contacts:{}", self.element()), None),
        }
    }

    /// The element that holds it directly.
    fn element(self) -> &'static str {
        match self {
            Leaf::Body => "Body",
            Leaf::Email(_) | Leaf::Phone(_) => "Entry",
            Leaf::Address(_, part) => part.name(),
            Leaf::FileAs => "FileAs",
            Leaf::DisplayName => "DisplayName",
            Leaf::GivenName => "GivenName",
            Leaf::MiddleName => "MiddleName",
            Leaf::CompanyName => "CompanyName",
            Leaf::Department => "Department",
            Leaf::JobTitle => "JobTitle",
            Leaf::Surname => "Surname",
        }
    }

    fn group(self) -> Group {
        match self {
            Leaf::Email(_) => Group::Emails,
            Leaf::Address(..) => Group::Addresses,
            Leaf::Phone(_) => Group::Phones,
            Leaf::Body
            | Leaf::FileAs
            | Leaf::DisplayName
            | Leaf::GivenName
            | Leaf::MiddleName
            | Leaf::CompanyName
            | Leaf::Department
            | Leaf::JobTitle
            | Leaf::Surname => Group::Single(self),
        }
    }
}

/// The leaves that are an element of their own.
const PLAIN: &[(Leaf, &str)] = &[
    (Leaf::FileAs, "FileAs"),
    (Leaf::DisplayName, "DisplayName"),
    (Leaf::GivenName, "GivenName"),
    (Leaf::MiddleName, "MiddleName"),
    (Leaf::CompanyName, "CompanyName"),
    (Leaf::Department, "Department"),
    (Leaf::JobTitle, "JobTitle"),
    (Leaf::Surname, "Surname"),
];

/// Leaves that share an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    Single(Leaf),
    Emails,
    Addresses,
    Phones,
}

/// Writes `t:Contact` with these values and properties.
pub fn write(xml: &mut Writer, leaves: &Leaves, properties: &Properties) {
    let leaves: Vec<(Leaf, &str)> = leaves.iter().map(|(l, v)| (*l, v.as_str())).collect();
    // Of the leaves only the body comes before the properties.
    let (body, rest) = leaves.split_at(leaves.partition_point(|(leaf, _)| *leaf <= Leaf::Body));
    xml.element("t:Contact", &[], |xml| {
        for (_, text) in body {
            xml.text("t:Body", &[("BodyType", "Text")], text);
        }
        for (property, value) in properties {
            property.write(xml, value);
        }
        for group in rest.chunk_by(|a, b| a.0.group() == b.0.group()) {
            write_group(xml, group);
        }
    });
}

fn write_group(xml: &mut Writer, leaves: &[(Leaf, &str)]) {
    let (first, value) = leaves[0];
    match first.group() {
        Group::Single(leaf) => xml.text(&format!("t:{}", leaf.element()), &[], value),
        Group::Emails => write_entries(xml, "t:EmailAddresses", leaves),
        Group::Phones => write_entries(xml, "t:PhoneNumbers", leaves),
        Group::Addresses => xml.element("t:PhysicalAddresses", &[], |xml| {
            for address in leaves.chunk_by(|a, b| address_key(a.0) == address_key(b.0)) {
                write_address(xml, address);
            }
        }),
    }
}

fn write_entries(xml: &mut Writer, name: &str, leaves: &[(Leaf, &str)]) {
    xml.element(name, &[], |xml| {
        for (leaf, value) in leaves {
            let (_, key) = leaf.path();
            xml.text("t:Entry", &[("Key", key.unwrap_or_default())], value);
        }
    });
}

fn write_address(xml: &mut Writer, leaves: &[(Leaf, &str)]) {
    let (_, key) = leaves[0].0.path();
    xml.element("t:Entry", &[("Key", key.unwrap_or_default())], |xml| {
        for (leaf, value) in leaves {
            xml.text(&format!("t:{}", leaf.element()), &[], value);
        }
    });
}

fn address_key(leaf: Leaf) -> Option<AddressKey> {
    match leaf {
        Leaf::Address(key, _) => Some(key),
        _ => None,
    }
}

/// Reads the values of a contact.
pub fn read(contact: &Element) -> Leaves {
    let mut leaves = Leaves::new();
    let mut keep = |leaf: Leaf, text: Option<&str>| {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            leaves.insert(leaf, text.to_owned());
        }
    };
    keep(Leaf::Body, contact.text_of("Body"));
    for (leaf, element) in PLAIN {
        keep(*leaf, contact.text_of(element));
    }
    for (key, entry) in entries(contact, "EmailAddresses", EmailKey::named) {
        if is_smtp(entry) {
            keep(Leaf::Email(key), Some(entry.text()));
        }
    }
    for (key, entry) in entries(contact, "PhoneNumbers", PhoneKey::named) {
        keep(Leaf::Phone(key), Some(entry.text()));
    }
    for (key, entry) in entries(contact, "PhysicalAddresses", AddressKey::named) {
        for child in entry.children() {
            if let Some(part) = AddressPart::named(&child.name) {
                keep(Leaf::Address(key, part), Some(child.text()));
            }
        }
    }
    leaves
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
fn is_smtp(entry: &Element) -> bool {
    match entry.attribute("RoutingType") {
        None | Some("") => !entry.text().to_ascii_lowercase().starts_with("/o="),
        Some(routing) => routing.eq_ignore_ascii_case("SMTP"),
    }
}

/// Names every leaf, as the fields a read asks for.
pub fn write_paths(xml: &mut Writer) {
    for leaf in Leaf::all() {
        leaf.write_path(xml);
    }
}

/// Names the properties of items, as the fields a read asks for.
pub fn write_stamp_paths(xml: &mut Writer) {
    for property in Property::OF_ITEMS {
        property.write_path(xml);
    }
}
