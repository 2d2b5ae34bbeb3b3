//! Fills an empty CRM with the made-up company: organisations, then people in the order of their making, then events and tasks,
//! stored as the database stores what people type.
//! Deliberately not here: what the company is made of.

mod calendar;

use super::error::CrmError;
use super::records::{Life, Number, Record};
use super::users::{GROUPS, owner_id};
use super::writes::{self, Element, Source, Writer};
use super::{Flavour, World};
use crate::company::{
    Address, Card, Company, Known, LATEST_MADE_UP_TIME, Organisation, Owner, Person, Role,
};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;

/// Loads the company. Everything is made by its owner at the time its card names.
pub(super) fn company(world: &mut World, company: &Company) {
    actors(world);
    let first = number_of(world, company, Role::Full);
    let colleague = number_of(world, company, Role::Colleague);
    let organisations: HashMap<String, String> = company
        .organisations
        .iter()
        .filter(|organisation| organisation.known == Known::ToTheCrm)
        .map(|known| (known.name.clone(), account(world, first, known)))
        .collect();
    let mut people: Vec<(usize, &Person, &Card)> = company
        .people
        .iter()
        .enumerate()
        .filter_map(|(place, person)| Some((place, person, person.crm.as_ref()?)))
        .collect();
    people.sort_by_key(|(_, _, card)| card.created);
    let users = Users { first, colleague };
    let mut contacts = HashMap::new();
    for (place, person, card) in people {
        let (owner, by) = users.owner(person.owner);
        contacts.insert(place, contact(world, by, owner, card, &organisations));
    }
    calendar::events(world, company, users, &contacts);
    calendar::tasks(world, company, users);
}

/// Those whose records there are.
#[derive(Clone, Copy)]
struct Users {
    first: Number,
    colleague: Number,
}

impl Users {
    /// The number of an owner, and of who makes its records.
    fn owner(self, owner: Owner) -> (Number, Number) {
        match owner {
            Owner::First => (self.first, self.first),
            Owner::Colleague => (self.colleague, self.colleague),
            Owner::Group => (Number(GROUPS[0].0), self.first),
        }
    }
}

/// The groups and the one folder of documents, which are there from the start.
pub(super) fn actors(world: &mut World) {
    let mut actor = |module: &str, number: u64, fields: &[(&str, &str)]| {
        let module = Arc::clone(world.catalogue.named(module).expect("the catalogue has it"));
        let mut values = vec![String::new(); module.fields.len()];
        for (name, value) in fields {
            values[module.place(name).expect("the catalogue has it")] = (*value).to_owned();
        }
        let number = Number(number);
        let (owner, modified_by) = (Number(0), Number(0));
        world.records.insert(Record {
            number,
            module,
            owner,
            created: 0,
            modified: 0,
            modified_by,
            life: Life::Living,
            values,
            invited: Vec::new(),
        });
    };
    for (number, name, description) in GROUPS {
        actor(
            "Groups",
            number,
            &[("groupname", name), ("description", description)],
        );
    }
    actor(
        "DocumentFolders",
        1,
        &[
            ("foldername", "Default"),
            ("description", "This is a Default Folder"),
            ("sequence", "1"),
        ],
    );
}

fn number_of(world: &World, company: &Company, role: Role) -> Number {
    let user = company
        .users
        .iter()
        .find(|user| user.role == role)
        .expect("the company has a user of every role");
    world
        .directory
        .named(&user.name)
        .expect("the directory was made of these users")
        .number
}

fn account(world: &mut World, by: Number, organisation: &Organisation) -> String {
    let Address {
        street,
        city,
        code,
        state,
        country,
    } = &organisation.address;
    let fields = [
        ("accountname", organisation.name.as_str()),
        ("phone", &organisation.phone),
        ("email1", &format!("info@{}", organisation.domain)),
        ("website", &format!("https://www.{}", organisation.domain)),
        ("bill_street", street),
        ("bill_city", city),
        ("bill_code", code),
        ("bill_state", state),
        ("bill_country", country),
    ];
    // Two years and a day earlier than everything else.
    let now = LATEST_MADE_UP_TIME - 731 * 24 * 3600;
    let made = made(
        world,
        Writer {
            user: by,
            now,
            source: Source::Pages,
            flavour: Flavour::Eight,
        },
        "Accounts",
        by,
        &fields,
    );
    // A second organisation whose long name is cut to the same text is left out, as the CRM would refuse it.
    made.unwrap_or_default()
}

fn contact(
    world: &mut World,
    by: Number,
    owner: Number,
    card: &Card,
    organisations: &HashMap<String, String>,
) -> String {
    let first_name = card.first_name();
    let Address {
        street,
        city,
        code,
        state,
        country,
    } = &card.billing;
    let other = &card.delivery;
    let fields = [
        ("firstname", first_name.as_str()),
        ("lastname", &card.last_name),
        ("title", &card.job_title),
        ("department", &card.department),
        ("description", &card.description),
        (
            "account_id",
            organisations
                .get(&card.organisation)
                .map_or("", String::as_str),
        ),
        ("email", &card.email),
        ("secondaryemail", &card.other_email),
        ("phone", &card.phone),
        ("otherphone", &card.other_phone),
        ("mobile", &card.mobile),
        ("fax", &card.fax),
        ("birthday", &card.birthday),
        ("mailingstreet", street),
        ("mailingcity", city),
        ("mailingzip", code),
        ("mailingstate", state),
        ("mailingcountry", country),
        ("otherstreet", &other.street),
        ("othercity", &other.city),
        ("otherzip", &other.code),
        ("otherstate", &other.state),
        ("othercountry", &other.country),
    ];
    let writer = Writer {
        user: by,
        now: card.created,
        source: Source::Pages,
        flavour: Flavour::Eight,
    };
    let id = made(world, writer, "Contacts", owner, &fields)
        .expect("a person has a last name and an owner");
    changed_at(world, &id, card.modified);
    id
}

/// Says when a record that was just made was changed last.
fn changed_at(world: &mut World, id: &str, modified: i64) {
    let number = id
        .split_once('x')
        .and_then(|(_, number)| number.parse().ok());
    let number = number.map(Number).expect("just made");
    world
        .records
        .change(number, |record| record.modified = modified);
}

fn made(
    world: &mut World,
    writer: Writer,
    module: &str,
    owner: Number,
    fields: &[(&str, &str)],
) -> Result<String, CrmError> {
    let mut element: Element = fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), Value::from(*value)))
        .collect();
    element.insert("assigned_user_id".to_owned(), owner_id(owner).into());
    let number = writes::create(world, writer, module, &element)?;
    Ok(world.records.get(number).expect("just made").id())
}
