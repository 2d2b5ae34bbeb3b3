//! Which of the CRM's fields is which of ours: the stock names, checked against `describe`, overridden by policy. What becomes of the
//! values is in `values`.

use std::collections::{BTreeMap, BTreeSet};

use model::policy;
use model::{Component, Field};

use super::pick_list::PickList;
use super::stock::{CREATED, END_DATE, Form, MODIFIED, OWNER, TYPE, columns};
use crate::wire::Module;
use crate::wire::module::FieldMeta;

/// The people an event can refer to: a contact and a lead. Whoever else it belongs to is not invited (R3.7).
const PEOPLE: [&str; 2] = ["Contacts", "Leads"];
/// The type of an event made from an item of the mailbox, where the policy has it (R3.1).
const USUAL_TYPE: &str = "Meeting";

/// Whether those who are invited to events are read (R3.7).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Invited {
    /// They are no field of an appointment.
    #[default]
    LeftOut,
    /// They are.
    Read,
}

/// What the policy says about the fields of one component.
#[derive(Debug, Clone, Copy)]
pub struct Wishes<'a> {
    /// Our name to the CRM's.
    pub overrides: &'a BTreeMap<String, String>,
    /// The pick-lists by name.
    pub pick_lists: &'a BTreeMap<String, policy::PickList>,
    /// The types of events that sync; only events have them.
    pub event_types: &'a [String],
    /// Whether those who are invited are read.
    pub invited: Invited,
}

/// How the value is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// As text.
    Text,
    /// As the id of a record of this module; our value is its name.
    Reference(String),
    /// As ids of people, each column with its module; our value is their names and addresses.
    People(Vec<(String, String)>),
    /// As a day.
    Day,
    /// As part of when an appointment is: start, end and all-day are read and written together.
    Schedule,
    /// As a span of time before the start.
    Reminder,
    /// As public or private, with what the CRM offers.
    Visibility(Vec<String>),
    /// As one of some values.
    Choice(PickList),
}

/// One field of both worlds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapped {
    /// Our name.
    pub field: Field,
    /// The CRM's.
    pub name: String,
    /// The other columns of the value.
    pub others: Vec<String>,
    /// How the CRM keeps it.
    pub kind: Kind,
    /// Whether the user may change it.
    pub editable: bool,
}

/// All fields of a component that this user can see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    pub(super) component: Component,
    pub(super) fields: Vec<Mapped>,
    /// The types that sync, where records have types.
    types: Vec<String>,
    /// Fields that the policy wants, whether this user sees them or not.
    wanted: BTreeSet<Field>,
}

/// The CRM has no field of the name the policy gives.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the policy maps {field} to {name}, which the module does not have")]
pub struct NoSuchField {
    /// Our name.
    pub field: Field,
    /// The name in the policy.
    pub name: String,
}

impl Mapping {
    /// The fields of a component in this module. A stock field that the module does not have is left out; one that the policy names
    /// and the module does not have is an error.
    pub fn new(
        component: Component,
        module: &Module,
        wishes: Wishes<'_>,
    ) -> Result<Self, NoSuchField> {
        let mut mapping = Self {
            component,
            fields: Vec::new(),
            types: Vec::new(),
            wanted: BTreeSet::new(),
        };
        if component == Component::Appointments {
            mapping.types = wishes.event_types.to_vec();
        }
        for field in Field::synced(component).iter().copied() {
            let stock = columns(component, field);
            let Some((columns, form)) = stock.filter(|_| is_wanted(field, wishes)) else {
                continue;
            };
            let chosen = match form {
                // Made of several columns that only make sense together.
                Form::Schedule | Form::People => None,
                _ => wishes.overrides.get(field.name()),
            };
            let chosen = chosen.map(String::as_str).filter(|name| !name.is_empty());
            let columns = chosen.map_or(columns.to_vec(), |name| vec![name]);
            if columns.is_empty() {
                continue;
            }
            mapping.wanted.insert(field);
            match (map(field, &columns, form, module, wishes), chosen) {
                (Some(mapped), _) => mapping.fields.push(mapped),
                (None, None) => {}
                (None, Some(name)) => {
                    let name = name.to_owned();
                    return Err(NoSuchField { field, name });
                }
            }
        }
        Ok(mapping)
    }

    /// The same without references into a module that the user cannot see.
    pub fn without_references_to(mut self, module: &str) -> Self {
        for mapped in &mut self.fields {
            if let Kind::People(columns) = &mut mapped.kind {
                columns.retain(|(_, target)| target != module);
            }
        }
        self.fields.retain(|mapped| match &mapped.kind {
            Kind::Reference(target) => target != module,
            Kind::People(columns) => !columns.is_empty(),
            _ => true,
        });
        self
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Mapped> {
        self.fields.iter()
    }

    /// Our names.
    pub fn fields(&self) -> BTreeSet<Field> {
        self.fields.iter().map(|mapped| mapped.field).collect()
    }

    /// Whether the policy wants the field.
    pub fn wants(&self, field: Field) -> bool {
        self.wanted.contains(&field)
    }

    /// The one with our name.
    pub fn get(&self, field: Field) -> Option<&Mapped> {
        self.fields.iter().find(|mapped| mapped.field == field)
    }

    /// Our name of a field of the CRM.
    pub fn field_of(&self, name: &str) -> Option<Field> {
        let mut all = self.fields.iter();
        let mapped = all.find(|mapped| mapped.columns().any(|column| column == name))?;
        Some(mapped.field)
    }

    /// The modules that references point into.
    pub fn referenced_modules(&self) -> BTreeSet<&str> {
        self.fields
            .iter()
            .flat_map(Mapped::references)
            .map(|(_, module)| module)
            .collect()
    }

    /// What has to be asked for to read a whole record.
    pub fn select(&self) -> BTreeSet<&str> {
        let mut names: BTreeSet<&str> = self.fields.iter().flat_map(Mapped::columns).collect();
        names.extend(["id", OWNER, CREATED, MODIFIED]);
        if !self.types.is_empty() {
            names.insert(TYPE);
        }
        names
    }

    /// What has to be asked for to tell what the complete list of own records tells.
    pub fn select_heads(&self) -> BTreeSet<&str> {
        let telling = self.fields.iter().filter(|mapped| match mapped.kind {
            Kind::Reference(_) | Kind::Schedule | Kind::Choice(_) => true,
            Kind::Day => mapped.name == END_DATE,
            Kind::Text | Kind::People(_) | Kind::Reminder | Kind::Visibility(_) => false,
        });
        let mut names: BTreeSet<&str> = telling.flat_map(Mapped::columns).collect();
        names.extend(["id", MODIFIED]);
        names
    }

    /// The types of records that sync; empty where records have no types.
    pub fn types(&self) -> &[String] {
        &self.types
    }

    /// The type of a new record (R3.1).
    pub fn new_type(&self) -> Option<&str> {
        match self.component {
            Component::Tasks => Some("Task"),
            _ => super::pick_list::spelling(&self.types, USUAL_TYPE)
                .or(self.types.first().map(String::as_str)),
        }
    }
}

impl Mapped {
    /// All columns the value is made of.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        [&self.name]
            .into_iter()
            .chain(&self.others)
            .map(String::as_str)
    }

    /// The columns that hold ids, with the module they point into.
    pub fn references(&self) -> Vec<(&str, &str)> {
        match &self.kind {
            Kind::Reference(module) => vec![(self.name.as_str(), module.as_str())],
            Kind::People(columns) => columns
                .iter()
                .map(|(column, module)| (column.as_str(), module.as_str()))
                .collect(),
            _ => Vec::new(),
        }
    }
}

fn is_wanted(field: Field, wishes: Wishes<'_>) -> bool {
    field != Field::Invited || wishes.invited == Invited::Read
}

fn map(
    field: Field,
    columns: &[&str],
    form: Form,
    module: &Module,
    wishes: Wishes<'_>,
) -> Option<Mapped> {
    let known: Vec<(&str, &FieldMeta)> = columns
        .iter()
        .filter_map(|name| module.fields.get(*name).map(|meta| (*name, meta)))
        .collect();
    let (name, meta) = *known.first()?;
    let kind = match form {
        Form::Plain => match meta.refers_to.first() {
            Some(target) if meta.kind == "reference" => Kind::Reference(target.clone()),
            _ => Kind::Text,
        },
        Form::Day => Kind::Day,
        Form::Schedule if known.len() < columns.len() => return None,
        Form::Schedule => Kind::Schedule,
        Form::Reminder => Kind::Reminder,
        Form::Visibility => Kind::Visibility(meta.values.clone()),
        Form::Choice(table) => {
            let policy = wishes.pick_lists.get(table.name);
            let policy = policy.cloned().unwrap_or_default();
            Kind::Choice(PickList::new(table, policy, meta.values.clone()))
        }
        Form::People => Kind::People(people(&known)),
    };
    if kind == Kind::People(Vec::new()) {
        return None;
    }
    Some(Mapped {
        field,
        name: name.to_owned(),
        others: known[1..]
            .iter()
            .map(|(name, _)| (*name).to_owned())
            .collect(),
        editable: known.iter().all(|(_, meta)| meta.editable) && !matches!(form, Form::People),
        kind,
    })
}

fn people(columns: &[(&str, &FieldMeta)]) -> Vec<(String, String)> {
    let target = |meta: &FieldMeta| {
        PEOPLE
            .iter()
            .find(|module| meta.refers_to.iter().any(|target| target == *module))
    };
    columns
        .iter()
        .filter_map(|(name, meta)| Some(((*name).to_owned(), (*target(meta)?).to_owned())))
        .collect()
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
        let wishes = Wishes {
            overrides: &overrides,
            pick_lists: &BTreeMap::new(),
            event_types: &[],
            invited: Invited::LeftOut,
        };
        Mapping::new(Component::Contacts, &module(names), wishes)
    }

    #[test]
    fn r2_1_every_field_of_a_contact_has_a_stock_name() {
        let names: Vec<_> = Field::synced(Component::Contacts)
            .iter()
            .map(|field| {
                columns(Component::Contacts, *field)
                    .expect("synced fields have one")
                    .0[0]
            })
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
}
