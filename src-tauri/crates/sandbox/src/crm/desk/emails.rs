//! E-mails as tests look at them, and records whose making lies in the past.
//! Deliberately not here: the rest of the CRM's own pages.

use super::element;
use crate::crm::catalogue::KEY_LABEL;
use crate::crm::emails::{MODULE, RECIPIENTS};
use crate::crm::error::CrmError;
use crate::crm::files::File;
use crate::crm::records::{Number, Record};
use crate::crm::users::{is_group, owner_id};
use crate::crm::{Crm, World};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

/// An e-mail as the CRM holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Email {
    /// Its id.
    pub id: String,
    /// Its subject.
    pub subject: String,
    /// Its body.
    pub body: String,
    /// Who sent it.
    pub from: String,
    /// To whom: the addresses inside the JSON text that is stored.
    pub to: Vec<String>,
    /// For information.
    pub cc: Vec<String>,
    /// Unseen by the others.
    pub bcc: Vec<String>,
    /// What the field with the label `Message-ID` holds; `None` where there is no such field.
    pub key: Option<String>,
    /// The name of the user it belongs to; the id of a group.
    pub owner: String,
    /// Day and time of its sending, as they are stored.
    pub sent: (String, String),
    /// Its files, in their order.
    pub files: Vec<EmailFile>,
    /// The ids of all records it is referenced to that are still there, by number.
    pub references: Vec<String>,
    /// All its fields by name, as they are stored.
    pub fields: Map<String, Value>,
}

/// A file of an e-mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EmailFile {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its content type.
    pub content_type: String,
    /// How many bytes it has.
    pub size: usize,
    /// These bytes.
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

impl Crm {
    /// All living e-mails, whoever they belong to, the lowest id first.
    pub fn emails(&self) -> Vec<Email> {
        let world = self.world();
        let Some(module) = world.catalogue.named(MODULE) else {
            return Vec::new();
        };
        let numbers = world.records.of_module(module.id).iter();
        let records = numbers.filter_map(|number| world.records.get(*number));
        records.map(|record| email(&world, record)).collect()
    }

    /// One living e-mail.
    pub fn email(&self, id: &str) -> Option<Email> {
        self.emails().into_iter().find(|email| email.id == id)
    }

    /// The ids of the e-mails that are referenced to a record, the lowest first.
    pub fn emails_of(&self, id: &str) -> Vec<String> {
        let world = self.world();
        let with = |number| world.relations.references.with(number);
        let emails = Number::of_id(id).map(with).unwrap_or_default();
        let living = emails
            .into_iter()
            .filter_map(|number| world.records.living(number));
        living.map(Record::id).collect()
    }

    /// [`Crm::create`] with a time of creation that lies in the past, or wherever.
    pub fn create_at(
        &self,
        user: &str,
        module: &str,
        fields: &[(&str, &str)],
        created: Timestamp,
    ) -> Result<Map<String, Value>, CrmError> {
        self.create_element_at(user, module, element(fields), created.as_second())
    }
}

fn email(world: &World, record: &Record) -> Email {
    let module = &record.module;
    let text = |field: &str| {
        let place = module.place(field);
        place.map_or("", |place| record.values[place].as_str())
    };
    let [to, cc, bcc] = RECIPIENTS.map(|field| addresses(text(field)));
    let mut labelled = module.fields.iter().zip(&record.values);
    let key = labelled.find(|(field, _)| field.label == KEY_LABEL);
    let fields = module.fields.iter().zip(&record.values);
    let references = world.relations.references.of(record.number);
    let references = references
        .into_iter()
        .filter_map(|number| world.records.living(number));
    let files = world.files.of(record.number);
    Email {
        id: record.id(),
        subject: text("subject").to_owned(),
        body: text("description").to_owned(),
        from: text("from_email").to_owned(),
        to,
        cc,
        bcc,
        key: key.map(|(_, value)| value.clone()),
        owner: owner_name(world, record.owner),
        sent: (text("date_start").to_owned(), text("time_start").to_owned()),
        files: files.map(|one| file(module.prefix, one)).collect(),
        references: references.map(Record::id).collect(),
        fields: fields
            .map(|(field, value)| (field.name.clone(), value.as_str().into()))
            .collect(),
    }
}

/// The addresses in the stored text; an empty one is none.
fn addresses(stored: &str) -> Vec<String> {
    let list: Vec<String> = serde_json::from_str(stored).unwrap_or_default();
    list.into_iter()
        .filter(|address| !address.is_empty())
        .collect()
}

fn file(prefix: u32, file: &File) -> EmailFile {
    EmailFile {
        id: format!("{prefix}x{}", file.number),
        name: file.name.clone(),
        content_type: file.kind.clone(),
        size: file.bytes.len(),
        bytes: file.bytes.to_vec(),
    }
}

fn owner_name(world: &World, owner: Number) -> String {
    if is_group(owner) {
        owner_id(owner)
    } else {
        world.directory.account(owner).user.name.clone()
    }
}
