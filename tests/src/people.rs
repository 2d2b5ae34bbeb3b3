//! What tests do and see on either side, past the product: users at work, and both sides compared field by field.

use std::collections::{BTreeMap, BTreeSet};

use model::{Component, Field, Fields};
use sandbox::exchange::ItemView;
use serde_json::{Map, Value};

use crate::stage::{CONTACTS, FOLDER, Stage};

/// Our fields beside Exchange's names, as the sandbox shows items. Written down here once more, apart from the adapter, so that a
/// misreading there is seen.
const ITEM_FIELDS: &[(Field, &str)] = &[
    (Field::GivenName, "GivenName"),
    (Field::MiddleName, "MiddleName"),
    (Field::LastName, "Surname"),
    (Field::JobTitle, "JobTitle"),
    (Field::Department, "Department"),
    (Field::Organisation, "CompanyName"),
    (Field::Email, "EmailAddresses/EmailAddress1"),
    (Field::OtherEmail, "EmailAddresses/EmailAddress2"),
    (Field::Phone, "PhoneNumbers/BusinessPhone"),
    (Field::OtherPhone, "PhoneNumbers/OtherTelephone"),
    (Field::Mobile, "PhoneNumbers/MobilePhone"),
    (Field::BillingStreet, "PhysicalAddresses/Business/Street"),
    (Field::BillingCity, "PhysicalAddresses/Business/City"),
    (
        Field::BillingPostalCode,
        "PhysicalAddresses/Business/PostalCode",
    ),
    (Field::BillingState, "PhysicalAddresses/Business/State"),
    (
        Field::BillingCountry,
        "PhysicalAddresses/Business/CountryOrRegion",
    ),
    (Field::DeliveryStreet, "PhysicalAddresses/Other/Street"),
    (Field::DeliveryCity, "PhysicalAddresses/Other/City"),
    (
        Field::DeliveryPostalCode,
        "PhysicalAddresses/Other/PostalCode",
    ),
    (Field::DeliveryState, "PhysicalAddresses/Other/State"),
    (
        Field::DeliveryCountry,
        "PhysicalAddresses/Other/CountryOrRegion",
    ),
];

/// Our fields beside the CRM's names.
const RECORD_FIELDS: &[(Field, &str)] = &[
    (Field::FirstName, "firstname"),
    (Field::LastName, "lastname"),
    (Field::JobTitle, "title"),
    (Field::Department, "department"),
    (Field::Email, "email"),
    (Field::OtherEmail, "secondaryemail"),
    (Field::Phone, "phone"),
    (Field::OtherPhone, "otherphone"),
    (Field::Mobile, "mobile"),
    (Field::BillingStreet, "mailingstreet"),
    (Field::BillingCity, "mailingcity"),
    (Field::BillingPostalCode, "mailingzip"),
    (Field::BillingState, "mailingstate"),
    (Field::BillingCountry, "mailingcountry"),
    (Field::DeliveryStreet, "otherstreet"),
    (Field::DeliveryCity, "othercity"),
    (Field::DeliveryPostalCode, "otherzip"),
    (Field::DeliveryState, "otherstate"),
    (Field::DeliveryCountry, "othercountry"),
];

/// A record as the CRM shows it.
pub type RecordView = Map<String, Value>;

/// The CRM's module of a component.
pub fn module(component: Component) -> &'static str {
    match component {
        Component::Appointments => "Events",
        Component::Tasks => "Calendar",
        Component::Contacts | Component::Emails => "Contacts",
    }
}

impl Stage {
    /// The user makes a contact in the connector's folder.
    pub fn types_in(&self, fields: &[(&str, &str)]) -> String {
        self.make_folder();
        self.sandbox
            .exchange
            .create(&self.user().email, FOLDER, fields)
            .expect("an item can be made there")
    }

    /// The folder, as the connector would make it, where it is not there yet.
    pub fn make_folder(&self) {
        let exchange = &self.sandbox.exchange;
        let there = exchange
            .folders(&self.user().email)
            .iter()
            .any(|folder| folder.path == self.folder());
        if !there {
            let act = sandbox::exchange::Act::CreateFolder {
                path: self.folder().to_owned(),
                class: None,
            };
            exchange
                .act(&self.user().email, &act)
                .expect("it can be made");
        }
    }

    /// The user makes a contact in the CRM; the answer is its id.
    pub fn records(&self, fields: &[(&str, &str)]) -> String {
        let made = self
            .sandbox
            .crm
            .create(&self.user().name, "Contacts", fields)
            .expect("a record can be made");
        text(&made, "id")
    }

    /// The user changes fields of an item.
    pub fn edits_item(&self, id: &str, fields: &[(&str, &str)]) {
        let exchange = &self.sandbox.exchange;
        exchange
            .edit(&self.user().email, id, fields)
            .expect("the item is there");
    }

    /// The user changes fields of a record.
    pub fn edits_record(&self, id: &str, fields: &[(&str, &str)]) {
        let crm = &self.sandbox.crm;
        crm.edit(&self.user().name, id, fields)
            .expect("the record is there");
    }

    /// The items of the connector's folder.
    pub fn items(&self) -> Vec<ItemView> {
        let exchange = &self.sandbox.exchange;
        exchange.items_in(&self.user().email, self.folder())
    }

    /// How many items of the connector's folder and own records there are.
    pub fn counts(&self) -> (usize, usize) {
        let records = self.own_records(module(self.component));
        (self.items().len(), records.len())
    }

    /// The item with this surname.
    pub fn item(&self, surname: &str) -> ItemView {
        let found = self
            .items()
            .into_iter()
            .find(|item| field(item, "Surname") == surname);
        found.unwrap_or_else(|| panic!("there is no item {surname}"))
    }

    /// The user's own records of a module.
    pub fn own_records(&self, module: &str) -> Vec<RecordView> {
        let me = self
            .sandbox
            .crm
            .owner_named(&self.user().name)
            .expect("the user exists");
        let all = self.sandbox.crm.records(module);
        all.into_iter()
            .filter(|record| text(record, "assigned_user_id") == me)
            .collect()
    }

    /// The own contact with this last name.
    pub fn record(&self, last_name: &str) -> RecordView {
        let own = self.own_records("Contacts");
        let found = own
            .into_iter()
            .find(|record| text(record, "lastname") == last_name);
        found.unwrap_or_else(|| panic!("there is no record {last_name}"))
    }

    /// An item's values in common form.
    pub fn item_values(&self, item: &ItemView) -> Fields {
        let mut fields: Fields = ITEM_FIELDS
            .iter()
            .map(|(ours, theirs)| (*ours, field(item, theirs).to_owned()))
            .collect();
        fields.set(Field::Description, plain(field(item, "Body")));
        mapping::from_item(CONTACTS, &fields)
    }

    /// A record's values in common form, its organisation by name.
    pub fn record_values(&self, record: &RecordView) -> Fields {
        let mut fields: Fields = RECORD_FIELDS
            .iter()
            .map(|(ours, theirs)| (*ours, text(record, theirs)))
            .collect();
        fields.set(Field::Description, text(record, "description"));
        let account = self.sandbox.crm.record(&text(record, "account_id"));
        fields.set(
            Field::Organisation,
            account
                .map(|account| text(&account, "accountname"))
                .unwrap_or_default(),
        );
        mapping::from_record(CONTACTS, &fields)
    }

    /// Every item is stamped with a record of its own and nothing else; the answer pairs them.
    pub fn pairs(&self) -> Vec<(ItemView, RecordView)> {
        let records: BTreeMap<String, RecordView> = self
            .own_records("Contacts")
            .into_iter()
            .map(|record| (text(&record, "id"), record))
            .collect();
        let mut taken = BTreeSet::new();
        self.items()
            .into_iter()
            .map(|item| {
                let id =
                    stamped_record(&item).unwrap_or_else(|| panic!("{} has no stamp", item.id));
                let record = records
                    .get(&id)
                    .unwrap_or_else(|| panic!("{id} is no own record"));
                assert!(taken.insert(id.clone()), "{id} has two items");
                (item, record.clone())
            })
            .collect()
    }
}

/// The text of a body of the made-up company, whose HTML is one paragraph without formats.
fn plain(body: &str) -> String {
    if !body.starts_with("<html>") {
        return body.to_owned();
    }
    let mut text = String::new();
    let mut rest = body;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        rest = tag.split_once('>').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

/// The record that an item's stamp names.
pub fn stamped_record(item: &ItemView) -> Option<String> {
    let (_, stamp) = item
        .extended
        .iter()
        .find(|(name, _)| name.contains("/CrmRecord"))?;
    let stamp = serde_json::to_value(stamp).ok()?;
    let stamp = stamp
        .as_str()
        .or_else(|| stamp.as_array()?.first()?.as_str())?;
    stamp.split('/').nth(1).map(str::to_owned)
}

/// A field of an item, empty where there is none.
pub fn field<'a>(item: &'a ItemView, name: &str) -> &'a str {
    item.fields.get(name).map_or("", String::as_str)
}

/// A field of a record as text, empty where there is none.
pub fn text(record: &RecordView, name: &str) -> String {
    record
        .get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}
