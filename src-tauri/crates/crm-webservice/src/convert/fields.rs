//! Which of the CRM's fields is which of ours: the stock names of DESIGN 6, checked against `describe`, overridden by policy.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use model::{Component, Field, Fields, Owner, Record, RecordId, UserId};
use sha2::{Digest, Sha256};

use crate::convert::ServerTime;
use crate::wire::request::Element;
use crate::wire::{Module, Row};

/// Whose a record is.
pub const OWNER: &str = "assigned_user_id";
/// When it was created, by the server's clock.
pub const CREATED: &str = "createdtime";
/// When it was modified, by the server's clock.
pub const MODIFIED: &str = "modifiedtime";

/// How the value is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// As text.
    Text,
    /// As the id of a record of this module; our value is its name.
    Reference(String),
}

/// One field of both worlds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapped {
    /// Our name.
    pub field: Field,
    /// The CRM's.
    pub name: String,
    /// How the CRM keeps it.
    pub kind: Kind,
    /// Whether the user may change it.
    pub editable: bool,
}

/// All fields of a component that this user can see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping(Vec<Mapped>);

/// The CRM has no field of the name the policy gives.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the policy maps {field} to {name}, which the module does not have")]
pub struct NoSuchField {
    /// Our name.
    pub field: Field,
    /// The name in the policy.
    pub name: String,
}

/// The module that holds a component's records.
pub fn module_of(component: Component) -> &'static str {
    match component {
        Component::Contacts => "Contacts",
        Component::Appointments => "Events",
        Component::Tasks => "Calendar",
        Component::Emails => "Emails",
    }
}

/// The stock name of a contact's field.
fn stock_name(field: Field) -> Option<&'static str> {
    Some(match field {
        Field::FirstName => "firstname",
        Field::LastName => "lastname",
        Field::JobTitle => "title",
        Field::Department => "department",
        Field::Description => "description",
        Field::Organisation => "account_id",
        Field::Email => "email",
        Field::OtherEmail => "secondaryemail",
        Field::Phone => "phone",
        Field::OtherPhone => "otherphone",
        Field::Mobile => "mobile",
        Field::BillingStreet => "mailingstreet",
        Field::BillingCity => "mailingcity",
        Field::BillingPostalCode => "mailingzip",
        Field::BillingState => "mailingstate",
        Field::BillingCountry => "mailingcountry",
        Field::DeliveryStreet => "otherstreet",
        Field::DeliveryCity => "othercity",
        Field::DeliveryPostalCode => "otherzip",
        Field::DeliveryState => "otherstate",
        Field::DeliveryCountry => "othercountry",
        Field::GivenName | Field::MiddleName | Field::FileAs | Field::DisplayName => return None,
    })
}

impl Mapping {
    /// The fields of a component in this module. A stock field that the module does not have is left out; one that the policy names
    /// and the module does not have is an error.
    pub fn new(
        component: Component,
        module: &Module,
        overrides: &BTreeMap<String, String>,
    ) -> Result<Self, NoSuchField> {
        let mut mapped = Vec::new();
        for field in Field::synced(component).iter().copied() {
            let chosen = overrides.get(field.name()).filter(|name| !name.is_empty());
            let name = chosen.map(String::as_str).or_else(|| stock_name(field));
            let Some(name) = name else { continue };
            let Some(meta) = module.fields.get(name) else {
                match chosen {
                    Some(_) => {
                        let name = name.to_owned();
                        return Err(NoSuchField { field, name });
                    }
                    None => continue,
                }
            };
            let kind = match meta.refers_to.first() {
                Some(target) if meta.kind == "reference" => Kind::Reference(target.clone()),
                _ => Kind::Text,
            };
            mapped.push(Mapped {
                field,
                name: name.to_owned(),
                kind,
                editable: meta.editable,
            });
        }
        Ok(Self(mapped))
    }

    /// The same without references into a module that the user cannot see.
    pub fn without_references_to(mut self, module: &str) -> Self {
        self.0
            .retain(|mapped| mapped.kind != Kind::Reference(module.to_owned()));
        self
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Mapped> {
        self.0.iter()
    }

    /// Our names.
    pub fn fields(&self) -> BTreeSet<Field> {
        self.0.iter().map(|mapped| mapped.field).collect()
    }

    /// The one with our name.
    pub fn get(&self, field: Field) -> Option<&Mapped> {
        self.0.iter().find(|mapped| mapped.field == field)
    }

    /// Our name of a field of the CRM.
    pub fn field_of(&self, name: &str) -> Option<Field> {
        let mapped = self.0.iter().find(|mapped| mapped.name == name)?;
        Some(mapped.field)
    }

    /// The modules that references point into.
    pub fn referenced_modules(&self) -> BTreeSet<&str> {
        self.0
            .iter()
            .filter_map(|mapped| match &mapped.kind {
                Kind::Reference(module) => Some(module.as_str()),
                Kind::Text => None,
            })
            .collect()
    }

    /// What has to be asked for to read a whole record.
    pub fn select(&self) -> Vec<&str> {
        ["id", OWNER, CREATED, MODIFIED]
            .into_iter()
            .chain(self.0.iter().map(|mapped| mapped.name.as_str()))
            .collect()
    }

    /// The values under our names. An id without a name is one of a record that is gone or hidden: no value.
    pub fn read(&self, row: &Row, names: &HashMap<String, String>) -> Fields {
        self.0
            .iter()
            .map(|mapped| {
                let value = match mapped.kind {
                    Kind::Text => row.text(&mapped.name),
                    Kind::Reference(_) => row
                        .reference(&mapped.name)
                        .and_then(|id| names.get(id))
                        .map_or("", String::as_str),
                };
                (mapped.field, value.to_owned())
            })
            .collect()
    }

    /// The whole record in our words.
    pub fn record(
        &self,
        row: &Row,
        names: &HashMap<String, String>,
        me: &UserId,
        time: &ServerTime,
    ) -> Record {
        Record {
            id: RecordId::new(row.id()),
            owner: owner(row, me),
            fields: self.read(row, names),
            created: time.read(row.text(CREATED)),
            modified: time.read(row.text(MODIFIED)),
        }
    }

    /// Puts a value into what is to be written. Values of fields that the user cannot change are left out: the server would not
    /// take them either.
    pub fn write(&self, element: &mut Element, field: Field, value: &str) {
        if let Some(mapped) = self.get(field).filter(|mapped| mapped.editable) {
            element.set(&mapped.name, value);
        }
    }

    /// A short text that differs when a mapped value, the owner or the time of modification does.
    pub fn digest(&self, row: &Row) -> String {
        let mut hasher = Sha256::new();
        for name in [OWNER, MODIFIED]
            .into_iter()
            .chain(self.0.iter().map(|mapped| mapped.name.as_str()))
        {
            // Empty references are written in several ways.
            let value = match row.text(name) {
                "0" => "",
                text => text,
            };
            hasher.update(name);
            hasher.update([0]);
            hasher.update(value);
            hasher.update([0]);
        }
        let hash = hasher.finalize();
        hash.iter()
            .take(6)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

/// Whose record a row is (R1.5).
pub fn owner(row: &Row, me: &UserId) -> Owner {
    if row.text(OWNER) == me.as_str() {
        Owner::Me
    } else {
        Owner::Other
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn module(names: &[&str]) -> Module {
        let fields: Vec<_> = names
            .iter()
            .map(|name| {
                let kind = match *name {
                    "account_id" => json!({"name": "reference", "refersTo": ["Accounts"]}),
                    _ => json!({"name": "string"}),
                };
                json!({"name": name, "editable": *name != "department", "type": kind})
            })
            .collect();
        Module::read(&json!({"name": "Contacts", "fields": fields})).expect("a module")
    }

    fn mapping(names: &[&str], overrides: &[(&str, &str)]) -> Result<Mapping, NoSuchField> {
        let overrides = overrides
            .iter()
            .map(|(ours, theirs)| ((*ours).to_owned(), (*theirs).to_owned()))
            .collect();
        Mapping::new(Component::Contacts, &module(names), &overrides)
    }

    #[test]
    fn r2_1_every_field_of_a_contact_has_a_stock_name() {
        let names: Vec<_> = Field::synced(Component::Contacts)
            .iter()
            .map(|field| stock_name(*field).expect("synced fields have one"))
            .collect();
        let all = mapping(&names, &[]).expect("stock names");
        assert_eq!(all.fields().len(), 21);
        assert_eq!(
            all.referenced_modules(),
            BTreeSet::from(["Accounts"]),
            "the organisation is a reference"
        );
    }

    #[test]
    fn a_stock_field_that_is_missing_is_left_out_and_one_of_the_policy_is_an_error() {
        let some = mapping(&["lastname"], &[]).expect("stock names");
        assert_eq!(some.fields(), BTreeSet::from([Field::LastName]));
        let error = mapping(&["lastname"], &[("phone", "cf_1")]).expect_err("no such field");
        assert_eq!(error.field, Field::Phone);
    }

    #[test]
    fn the_policy_overrides_a_name() {
        let own = mapping(
            &["lastname", "phone", "cf_1"],
            &[("phone", "cf_1"), ("mobile", "")],
        )
        .expect("cf_1 is there");
        assert_eq!(own.field_of("cf_1"), Some(Field::Phone));
        assert_eq!(own.field_of("phone"), None);
    }

    #[test]
    fn r2_3_a_reference_is_read_as_the_name_of_the_organisation() {
        let mapping = mapping(&["lastname", "account_id"], &[]).expect("stock names");
        let row = Row::read(&json!({"id": "12x1", "lastname": "Groß", "account_id": "11x7"}))
            .expect("a row");
        let names = HashMap::from([("11x7".to_owned(), "Muster".to_owned())]);
        let expected = Fields::new()
            .with(Field::LastName, "Groß")
            .with(Field::Organisation, "Muster");
        assert_eq!(mapping.read(&row, &names), expected);
        assert_eq!(
            mapping.read(&row, &HashMap::new()).get(Field::Organisation),
            ""
        );
    }

    #[test]
    fn a_field_the_user_may_not_change_is_not_sent() {
        let mapping = mapping(&["lastname", "department"], &[]).expect("stock names");
        let mut element = Element::new();
        mapping.write(&mut element, Field::Department, "Einkauf");
        mapping.write(&mut element, Field::Phone, "1");
        assert!(element.is_empty());
        mapping.write(&mut element, Field::LastName, "Groß");
        assert_eq!(
            element.iter().collect::<Vec<_>>(),
            [("lastname", Some("Groß"))]
        );
    }

    #[test]
    fn a_digest_sees_mapped_values_and_nothing_else() {
        let mapping = mapping(&["lastname", "account_id"], &[]).expect("stock names");
        let digest = |value: serde_json::Value| mapping.digest(&Row::read(&value).expect("a row"));
        let one = digest(json!({"lastname": "a", "account_id": null, "tags": "x"}));
        assert_eq!(
            one,
            digest(json!({"lastname": "a", "account_id": "0", "tags": "y"}))
        );
        assert_ne!(one, digest(json!({"lastname": "b"})));
        assert_ne!(one, digest(json!({"lastname": "a", OWNER: "19x6"})));
        assert_ne!(
            one,
            digest(json!({"lastname": "a", MODIFIED: "2026-01-01 00:00:00"}))
        );
    }
}
