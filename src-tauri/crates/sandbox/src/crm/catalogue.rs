//! The modules of one CRM: those of a fresh installation, with the fields and pick-list values its administrators added.
//! Deliberately not here: records, which get their new fields from `records`.

use super::module::{self, Field, Kind, Module, PARTNER};
use super::records::Records;
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use std::sync::Arc;

/// A field an administrator adds to a module. Records that are there have it empty, also where it is mandatory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddedField {
    /// The module (`Events`).
    pub module: String,
    /// The name of the field (`cf_855`).
    pub name: String,
    /// What people read.
    pub label: String,
    /// `string`, `text`, `boolean`, `date`, `email`, `integer`, `phone` or `url`, as describe names it.
    #[serde(rename = "type", default = "string")]
    pub kind: String,
    /// Whether a record cannot be saved without it from now on.
    #[serde(default)]
    pub mandatory: bool,
}

/// Values an administrator adds to a pick-list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddedValues {
    /// The module (`Calendar`).
    pub module: String,
    /// The field (`taskstatus`).
    pub field: String,
    /// The values, which are their own labels; they come behind those that are there.
    pub values: Vec<String>,
}

fn string() -> String {
    "string".to_owned()
}

/// Why something cannot be added to a module.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddError {
    /// The text of the option is not of that form.
    #[error("expected {0}")]
    Form(&'static str),
    /// There is no such module, or nothing can be added to it.
    #[error("nothing can be added to a module {0:?}")]
    Module(String),
    /// The module has a field of that name already.
    #[error("there is a field {0:?} already")]
    Taken(String),
    /// There is no such type.
    #[error("a field cannot be of type {0:?}")]
    Type(String),
    /// The field is no pick-list.
    #[error("there is no pick-list {0:?}")]
    NoPickList(String),
}

/// The form of [`AddedField`] as an option.
const FIELD_FORM: &str = "MODULE:NAME:LABEL[:TYPE[:mandatory]]";

/// The form of [`AddedValues`] as an option.
const VALUES_FORM: &str = "MODULE:FIELD:VALUE[,VALUE]...";

impl FromStr for AddedField {
    type Err = AddError;

    /// Reads `MODULE:NAME:LABEL[:TYPE[:mandatory]]`.
    fn from_str(text: &str) -> Result<Self, AddError> {
        let parts: Vec<&str> = text.split(':').collect();
        let (names, kind, mandatory) = match parts.as_slice() {
            [module, name, label] => ([module, name, label], "string", false),
            [module, name, label, kind] => ([module, name, label], *kind, false),
            [module, name, label, kind, "mandatory"] => ([module, name, label], *kind, true),
            _ => return Err(AddError::Form(FIELD_FORM)),
        };
        let [module, name, label] = names.map(|part| (*part).to_owned());
        if name.is_empty() {
            return Err(AddError::Form(FIELD_FORM));
        }
        let kind = kind.to_owned();
        Ok(Self {
            module,
            name,
            label,
            kind,
            mandatory,
        })
    }
}

impl FromStr for AddedValues {
    type Err = AddError;

    /// Reads `MODULE:FIELD:VALUE[,VALUE]...`.
    fn from_str(text: &str) -> Result<Self, AddError> {
        let mut parts = text.splitn(3, ':').map(str::to_owned);
        let (Some(module), Some(field), Some(values)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(AddError::Form(VALUES_FORM));
        };
        let values = values.split(',').map(|value| value.trim().to_owned());
        let values = values.filter(|value| !value.is_empty()).collect();
        Ok(Self {
            module,
            field,
            values,
        })
    }
}

/// The modules of one CRM.
#[derive(Debug)]
pub(super) struct Catalogue {
    modules: Vec<Arc<Module>>,
    fields: Vec<AddedField>,
    values: Vec<AddedValues>,
}

/// Whether an installation has something that others have not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It has it.
    Present,
    /// It has not.
    Absent,
}

/// The label of the field of an e-mail's Message-ID.
pub(super) const KEY_LABEL: &str = "Message-ID";

impl Catalogue {
    /// That of a fresh installation, with or without the field for the Message-ID and the module `Partner`.
    pub(super) fn new(key_field: Presence, partner: Presence) -> Self {
        let mut modules = module::stock().to_vec();
        if partner == Presence::Absent {
            modules.retain(|module| module.name != PARTNER);
        }
        let emails = modules.iter_mut().find(|module| module.name == "Emails");
        let emails = Arc::make_mut(emails.expect("stock has e-mails"));
        if key_field == Presence::Absent
            && let Some(place) = emails
                .fields
                .iter()
                .position(|field| field.label == KEY_LABEL)
        {
            *emails = emails.without(place);
        }
        if partner == Presence::Present {
            let references = emails
                .fields
                .iter_mut()
                .filter(|field| field.name == "parent_id");
            for field in references {
                if let Kind::Reference(targets) = &mut field.kind {
                    targets.push(PARTNER.to_owned());
                }
            }
        }
        Self {
            modules,
            fields: Vec::new(),
            values: Vec::new(),
        }
    }

    /// All modules, in the order of listtypes.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<Module>> {
        self.modules.iter()
    }

    /// The module of that name; names are exact.
    pub(super) fn named(&self, name: &str) -> Option<&Arc<Module>> {
        self.modules.iter().find(|module| module.name == name)
    }

    /// What was added so far.
    pub(super) fn added(&self) -> (&[AddedField], &[AddedValues]) {
        (&self.fields, &self.values)
    }

    /// Adds a field to a module and, empty, to its records.
    pub(super) fn add_field(
        &mut self,
        records: &mut Records,
        wanted: AddedField,
    ) -> Result<(), AddError> {
        let mut module = self.entity(&wanted.module)?;
        if module.place(&wanted.name).is_some() {
            return Err(AddError::Taken(wanted.name));
        }
        let field = Field::added(&wanted.name, &wanted.label, &wanted.kind, wanted.mandatory);
        module
            .fields
            .push(field.ok_or_else(|| AddError::Type(wanted.kind.clone()))?);
        self.fields.push(wanted);
        self.replace(records, module);
        Ok(())
    }

    /// Adds values to a pick-list; those it has already are left out.
    pub(super) fn add_values(
        &mut self,
        records: &mut Records,
        wanted: AddedValues,
    ) -> Result<(), AddError> {
        let mut module = self.entity(&wanted.module)?;
        let field = module.place(&wanted.field);
        let Some(Kind::Picklist(known)) = field.map(|place| &mut module.fields[place].kind) else {
            return Err(AddError::NoPickList(wanted.field));
        };
        for value in &wanted.values {
            if !known.iter().any(|(known, _)| known == value) {
                known.push((value.clone(), value.clone()));
            }
        }
        self.values.push(wanted);
        self.replace(records, module);
        Ok(())
    }

    fn entity(&self, name: &str) -> Result<Module, AddError> {
        let module = self.named(name).filter(|module| module.is_entity());
        let module = module.ok_or_else(|| AddError::Module(name.to_owned()))?;
        Ok(Module::clone(module))
    }

    fn replace(&mut self, records: &mut Records, module: Module) {
        let module = Arc::new(module);
        records.renew(&module);
        let place = module.id.place();
        self.modules[place] = module;
    }
}
