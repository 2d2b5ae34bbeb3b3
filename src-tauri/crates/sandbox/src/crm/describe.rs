//! What there is: the lists of modules and related lists, and the description of a module with the user's rights.
//! Deliberately not here: labels in other languages than English.

use super::World;
use super::error::CrmError;
use super::module::{Field, Flag, Kind, Module, Slot};
use super::records::Number;
use super::users::Rights;
use serde_json::{Map, Value, json};

/// The modules open to a user.
pub(super) fn listtypes(world: &World, user: Number) -> Value {
    let open: Vec<_> = world
        .catalogue
        .iter()
        .filter(|module| world.directory.rights(user, module) != Rights::Closed)
        .collect();
    let types: Vec<_> = open.iter().map(|module| module.name).collect();
    let information = open.iter().map(|module| {
        let about = json!({ "isEntity": module.is_entity(), "label": module.label, "singular": module.singular });
        (module.name.to_owned(), about)
    });
    json!({ "types": types, "information": Map::from_iter(information) })
}

/// The related lists of a module.
pub(super) fn relatedtypes(world: &World, user: Number, module: &str) -> Result<Value, CrmError> {
    let module = world.open_module(user, module)?;
    let types: Vec<_> = module.related.iter().map(|(_, name)| name).collect();
    let information = module.related.iter().map(|(label, name)| {
        (
            label.clone(),
            json!({ "name": name, "label": label, "isEntity": "1" }),
        )
    });
    Ok(json!({ "types": types, "information": Map::from_iter(information) }))
}

/// The description of a module.
pub(super) fn describe(world: &World, user: Number, module: &str) -> Result<Value, CrmError> {
    let module = world.open_module(user, module)?;
    let may_write = world.directory.rights(user, &module) == Rights::Full;
    Ok(json!({
        "label": module.label,
        "name": module.name,
        "createable": may_write,
        "updateable": may_write,
        "deleteable": may_write,
        "retrieveable": true,
        "fields": module.fields.iter().map(field).collect::<Vec<_>>(),
        "idPrefix": module.prefix.to_string(),
        "isEntity": module.is_entity(),
        "allowDuplicates": allows_duplicates(&module),
        "labelFields": module.label_fields,
    }))
}

/// Stock says no for every entity, although only unique fields are looked at.
fn allows_duplicates(module: &Module) -> bool {
    !module.is_entity()
}

fn field(field: &Field) -> Value {
    let mut about = json!({
        "name": field.name,
        "label": field.label,
        "mandatory": field.is(Flag::Mandatory),
        "type": kind(&field.kind),
        "nullable": !field.is(Flag::NotNull),
        "editable": !field.is(Flag::ReadOnly),
        "default": default(field),
    });
    if field.slot != Slot::Id {
        about["isunique"] = field.is(Flag::Unique).into();
    }
    about
}

/// Some fields have no default at all instead of an empty one.
fn default(field: &Field) -> Value {
    match field.default.as_str() {
        "null" => Value::Null,
        default => default.into(),
    }
}

fn kind(kind: &Kind) -> Value {
    let name = kind.name();
    match kind {
        Kind::Reference(targets) => json!({ "refersTo": targets, "name": name }),
        Kind::Picklist(values) => {
            let default = values
                .first()
                .map(|(value, _)| value.as_str())
                .unwrap_or_default();
            let values: Vec<_> = values
                .iter()
                .map(|(value, label)| json!({ "label": label, "value": value }))
                .collect();
            json!({ "picklistValues": values, "defaultValue": default, "name": name })
        }
        Kind::Date => json!({ "format": "yyyy-mm-dd", "name": name }),
        Kind::File => json!({ "maxUploadFileSize": 64_000_000, "name": name }),
        _ => json!({ "name": name }),
    }
}
