//! The CRM's own pages, as far as a test needs them: acting as a user of the CRM without a request, so that the clock and the
//! counters of the client's requests are left alone; looking at everything; changing rights.
//! Deliberately not here: the web service.

mod emails;

pub use emails::{Email, EmailFile};

use super::error::CrmError;
use super::module;
use super::records::{Life, Number};
use super::users::{GROUPS, Rights, Status, owner_id};
use super::writes::{self, Change, Element, Source, Writer};
use super::{AddError, AddedField, AddedValues, Crm, World, view};
use serde_json::{Map, Value, json};

impl Crm {
    /// Creates a record as a user; the owner is that user if the fields name no other. Gives the record as the service would.
    pub fn create(
        &self,
        user: &str,
        module: &str,
        fields: &[(&str, &str)],
    ) -> Result<Map<String, Value>, CrmError> {
        self.create_element(user, module, element(fields))
    }

    /// [`Crm::create`] with values of any JSON type.
    pub fn create_element(
        &self,
        user: &str,
        module: &str,
        element: Element,
    ) -> Result<Map<String, Value>, CrmError> {
        self.create_element_at(user, module, element, self.now())
    }

    fn create_element_at(
        &self,
        user: &str,
        module: &str,
        mut element: Element,
        now: i64,
    ) -> Result<Map<String, Value>, CrmError> {
        let mut world = self.world();
        let writer = Writer {
            now,
            ..self.writer(&world, user)?
        };
        element
            .entry("assigned_user_id")
            .or_insert_with(|| owner_id(writer.user).into());
        let number = writes::create(&mut world, writer, module, &element)?;
        self.touched();
        Ok(self.shown(&world, number))
    }

    /// Changes fields of a record as a user.
    pub fn edit(
        &self,
        user: &str,
        id: &str,
        fields: &[(&str, &str)],
    ) -> Result<Map<String, Value>, CrmError> {
        self.edit_element(user, id, element(fields))
    }

    /// [`Crm::edit`] with values of any JSON type.
    pub fn edit_element(
        &self,
        user: &str,
        id: &str,
        mut element: Element,
    ) -> Result<Map<String, Value>, CrmError> {
        let mut world = self.world();
        let writer = self.writer(&world, user)?;
        element.insert("id".to_owned(), id.into());
        let number = writes::change(&mut world, writer, &element, Change::Revise)?;
        self.touched();
        Ok(self.shown(&world, number))
    }

    /// Gives a record to another user or to a group, by name.
    pub fn assign(&self, user: &str, id: &str, to: &str) -> Result<Map<String, Value>, CrmError> {
        let owner = self.owner_named(to).ok_or_else(CrmError::no_such_owner)?;
        self.edit(user, id, &[("assigned_user_id", &owner)])
    }

    /// Deletes a record as a user.
    pub fn delete(&self, user: &str, id: &str) -> Result<(), CrmError> {
        let mut world = self.world();
        let writer = self.writer(&world, user)?;
        writes::delete(&mut world, writer, id)?;
        self.touched();
        Ok(())
    }

    /// Takes a record out of the recycle bin.
    pub fn restore(&self, user: &str, id: &str) -> Result<(), CrmError> {
        let mut world = self.world();
        let writer = self.writer(&world, user)?;
        writes::restore(&mut world, writer, id)?;
        self.touched();
        Ok(())
    }

    /// Invites users to an event, by name; those who are invited already stay.
    pub fn invite(&self, user: &str, id: &str, names: &[&str]) -> Result<(), CrmError> {
        let mut world = self.world();
        let writer = self.writer(&world, user)?;
        let number = |name: &&str| world.directory.named(name).map(|account| account.number);
        let invited = names.iter().map(number).collect::<Option<Vec<_>>>();
        let invited = invited.ok_or_else(CrmError::no_such_owner)?;
        writes::invite(&mut world, writer, id, &invited)?;
        self.touched();
        Ok(())
    }

    /// The names of the users who are invited to an event, in the order in which they were.
    pub fn invited(&self, id: &str) -> Vec<String> {
        let world = self.world();
        let record = Number::of_id(id).and_then(|number| world.records.get(number));
        let invited = record.map(|record| record.invited.as_slice());
        let name = |user: &Number| world.directory.account(*user).user.name.clone();
        invited.unwrap_or_default().iter().map(name).collect()
    }

    /// A row as it is stored, living or deleted: the fields of the module by name, untouched by how the service shows them.
    pub fn stored(&self, id: &str) -> Option<Value> {
        let world = self.world();
        let record = Number::of_id(id).and_then(|number| world.records.get(number));
        let record = record.filter(|record| record.id() == id)?;
        let fields = record.module.fields.iter().zip(&record.values);
        let fields: Map<_, _> = fields
            .map(|(field, value)| (field.name.clone(), Value::from(value.as_str())))
            .collect();
        Some(json!({
            "module": record.module.name,
            "owner": record.owner.0,
            "created": record.created,
            "modified": record.modified,
            "modified_by": record.modified_by.0,
            "deleted": record.life == Life::Deleted,
            "invited": record.invited.iter().map(|user| user.0).collect::<Vec<_>>(),
            "fields": fields,
        }))
    }

    /// Adds a field to a module, as an administrator.
    pub fn add_field(&self, field: AddedField) -> Result<(), AddError> {
        self.world().add_field(field)?;
        self.touched();
        Ok(())
    }

    /// Adds values to a pick-list, as an administrator.
    pub fn add_values(&self, values: AddedValues) -> Result<(), AddError> {
        self.world().add_values(values)?;
        self.touched();
        Ok(())
    }

    /// All living records of a module with all fields, whoever they belong to, the lowest id first.
    pub fn records(&self, module: &str) -> Vec<Map<String, Value>> {
        let world = self.world();
        let Some(module) = world.catalogue.named(module) else {
            return Vec::new();
        };
        let numbers = world.records.of_module(module.id).iter();
        numbers.map(|number| self.shown(&world, *number)).collect()
    }

    /// One living record with all fields.
    pub fn record(&self, id: &str) -> Option<Map<String, Value>> {
        let world = self.world();
        world
            .records
            .living(Number::of_id(id)?)
            .filter(|record| record.id() == id)
            .map(|record| self.shown(&world, record.number))
    }

    /// The ids of all deleted records of a module.
    pub fn deleted(&self, module: &str) -> Vec<String> {
        let world = self.world();
        let deleted = world
            .records
            .iter()
            .filter(|record| record.life == Life::Deleted && record.module.name == module);
        deleted.map(super::records::Record::id).collect()
    }

    /// The id of a user or a group, by name.
    pub fn owner_named(&self, name: &str) -> Option<String> {
        let user = self
            .world()
            .directory
            .named(name)
            .map(|account| account.number);
        let group = || {
            GROUPS
                .iter()
                .find(|(_, group, _)| *group == name)
                .map(|(number, ..)| Number(*number))
        };
        user.or_else(group).map(owner_id)
    }

    /// Sets what a user may do in a module from now on. False where there is no such user or module.
    pub fn set_rights(&self, user: &str, module: &str, rights: Rights) -> bool {
        let module = module::stock_named(module);
        let set =
            module.is_some_and(|module| self.world().directory.set_rights(user, module.id, rights));
        self.touched();
        set
    }

    /// Sets whether a user can sign in from now on; open sessions go on. False where there is no such user.
    pub fn set_status(&self, user: &str, status: Status) -> bool {
        let set = self.world().directory.set_status(user, status);
        self.touched();
        set
    }

    /// Ends all sessions, as an idle server does.
    pub fn expire_sessions(&self) {
        self.world().sessions.close_all();
    }

    fn writer(&self, world: &World, user: &str) -> Result<Writer, CrmError> {
        let user = world
            .directory
            .named(user)
            .ok_or_else(CrmError::denied)?
            .number;
        Ok(Writer {
            user,
            now: self.now(),
            source: Source::Pages,
            flavour: self.flavour,
        })
    }

    fn shown(&self, world: &World, number: Number) -> Map<String, Value> {
        let record = world
            .records
            .get(number)
            .expect("the number comes from the records");
        view::single(world, record, self.flavour)
    }
}

fn element(fields: &[(&str, &str)]) -> Element {
    fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), Value::from(*value)))
        .collect()
}
