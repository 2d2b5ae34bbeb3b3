//! Where the wire ends: Exchange's contacts become items with fields under the product's names, and back (facts/ews.md, section
//! 10). How values of the two sides relate is not known here; that is `mapping`.

use model::policy::FolderChoice;
use model::{ChangeKey, Code, Component, Field, Fields, Item, ItemHead, Stamp};
use ports::{ErrorKind, Failure, FolderPlace, Result};

use crate::wire::contact::{AddressKey, AddressPart, EmailKey, Leaf, Leaves, PhoneKey};
use crate::wire::folder::{Distinguished, FolderKind};
use crate::wire::property::{Properties, Property};
use crate::wire::{self, Kind};

/// The name of the folder the connector makes, in every language.
pub const FOLDER_NAME: &str = "CRM-Sync";

/// Every value a contact is read and written with, and its name on the wire.
const CONTACT: &[(Field, Leaf)] = {
    use AddressKey::{Business, Other};
    use AddressPart::{City, CountryOrRegion, PostalCode, State, Street};
    &[
        (Field::GivenName, Leaf::GivenName),
        (Field::MiddleName, Leaf::MiddleName),
        (Field::LastName, Leaf::Surname),
        (Field::JobTitle, Leaf::JobTitle),
        (Field::Department, Leaf::Department),
        (Field::Description, Leaf::Body),
        (Field::Organisation, Leaf::CompanyName),
        (Field::Email, Leaf::Email(EmailKey::EmailAddress1)),
        (Field::OtherEmail, Leaf::Email(EmailKey::EmailAddress2)),
        (Field::Phone, Leaf::Phone(PhoneKey::BusinessPhone)),
        (Field::OtherPhone, Leaf::Phone(PhoneKey::OtherTelephone)),
        (Field::Mobile, Leaf::Phone(PhoneKey::MobilePhone)),
        (Field::BillingStreet, Leaf::Address(Business, Street)),
        (Field::BillingCity, Leaf::Address(Business, City)),
        (
            Field::BillingPostalCode,
            Leaf::Address(Business, PostalCode),
        ),
        (Field::BillingState, Leaf::Address(Business, State)),
        (
            Field::BillingCountry,
            Leaf::Address(Business, CountryOrRegion),
        ),
        (Field::DeliveryStreet, Leaf::Address(Other, Street)),
        (Field::DeliveryCity, Leaf::Address(Other, City)),
        (Field::DeliveryPostalCode, Leaf::Address(Other, PostalCode)),
        (Field::DeliveryState, Leaf::Address(Other, State)),
        (
            Field::DeliveryCountry,
            Leaf::Address(Other, CountryOrRegion),
        ),
        (Field::FileAs, Leaf::FileAs),
        (Field::DisplayName, Leaf::DisplayName),
    ]
};

/// The field a leaf holds.
pub fn field(leaf: Leaf) -> Option<Field> {
    let pair = CONTACT.iter().find(|(_, own)| *own == leaf)?;
    Some(pair.0)
}

/// The leaf that holds a field. Fields of the CRM's own (`first_name`) have none.
pub fn leaf(field: Field) -> Result<Leaf> {
    let pair = CONTACT.iter().find(|(own, _)| *own == field);
    let pair =
        pair.ok_or_else(|| Failure::bug(format!("contacts of a mailbox have no {field}")))?;
    Ok(pair.1)
}

/// The values to be written; an empty one is removed.
pub fn leaves<'a>(values: impl IntoIterator<Item = (Field, &'a str)>) -> Result<Leaves> {
    values
        .into_iter()
        .map(|(field, value)| Ok((leaf(field)?, value.to_owned())))
        .collect()
}

/// The properties of a stamp.
pub fn properties(stamp: &Stamp) -> Properties {
    let mut properties = Properties::from([(Property::Record, stamp.record_text())]);
    if let Some(revision) = &stamp.revision {
        properties.insert(Property::Revision, revision.to_string());
    }
    properties
}

/// The stamp, if there is one that can be understood.
pub fn stamp(properties: &Properties) -> Option<Stamp> {
    let record = properties.get(&Property::Record)?;
    let revision = properties.get(&Property::Revision).map(String::as_str);
    Stamp::parse(record, revision).ok()
}

/// What a list tells of an item. `None`: entries the connector does not look at.
pub fn head(item: &wire::Item) -> Option<ItemHead> {
    if item.is_distribution_list() {
        return None;
    }
    Some(ItemHead {
        id: item.id.clone(),
        change_key: change_key(item),
        stamp: stamp(&item.properties),
    })
}

/// A contact as the product knows it. Another sort of entry in the folder is refused, which is no evidence of a deletion.
pub fn contact(item: wire::Item) -> Result<Item> {
    if item.kind != Kind::Contact || item.is_distribution_list() {
        let class = item.class.unwrap_or_else(|| format!("{:?}", item.kind));
        let failure = Failure::new(ErrorKind::Refused { field: None }, Code::EntryOfOtherKind);
        return Err(failure.with("detail", class));
    }
    Ok(Item {
        change_key: change_key(&item),
        stamp: stamp(&item.properties),
        fields: fields(&item.leaves),
        created: item.created,
        modified: item.modified,
        id: item.id,
    })
}

fn fields(leaves: &Leaves) -> Fields {
    CONTACT
        .iter()
        .filter_map(|(field, leaf)| {
            let value = leaves.get(leaf)?;
            // Outlook ends lines with CR LF where it can; the product knows LF only.
            let value = value.replace("\r\n", "\n").replace('\r', "\n");
            Some((*field, value))
        })
        .collect()
}

/// Servers give every item a version. One that does not has only one: no later read finds another.
pub fn change_key(item: &wire::Item) -> ChangeKey {
    item.change_key
        .clone()
        .unwrap_or_else(|| ChangeKey::new(""))
}

/// The standard folder of a component, and what it holds.
pub fn standard(component: Component) -> (Distinguished, FolderKind) {
    match component {
        Component::Contacts => (Distinguished::Contacts, FolderKind::Contacts),
        Component::Appointments => (Distinguished::Calendar, FolderKind::Calendar),
        Component::Tasks => (Distinguished::Tasks, FolderKind::Tasks),
        Component::Emails => (Distinguished::Inbox, FolderKind::Mail),
    }
}

/// Below which folder ours is made. That of e-mails stands at the top, where users see it.
pub fn parent(component: Component) -> Distinguished {
    match component {
        Component::Emails => Distinguished::Root,
        Component::Contacts | Component::Appointments | Component::Tasks => standard(component).0,
    }
}

/// How messages call a folder.
pub fn folder_name(place: FolderPlace) -> String {
    match place.choice {
        FolderChoice::CrmSync => FOLDER_NAME.to_owned(),
        FolderChoice::Standard => place.component.name().to_owned(),
    }
}
