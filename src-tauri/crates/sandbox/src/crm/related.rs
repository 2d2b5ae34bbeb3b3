//! The operations on relations and files: related lists, relating a document, and the content of a file. Absent in 5.x.
//! Deliberately not here: query_related, which did not work on the measured server.

use super::World;
use super::emails;
use super::error::CrmError;
use super::module::Module;
use super::records::{Number, Record};
use super::view;
use super::writes::{self, Writer};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// The records of a related list.
pub(super) fn retrieve(
    world: &World,
    user: Number,
    id: &str,
    kind: &str,
    label: &str,
) -> Result<Value, CrmError> {
    let record = writes::reachable(world, user, id)?;
    if !world.directory.reaches(user, record) {
        return Err(CrmError::no_right_on_record());
    }
    let module = world.open_module(user, kind)?;
    if !has_list(record, label, &module) {
        return Err(CrmError::denied());
    }
    let relations = &world.relations;
    let number = record.number;
    let related = match (record.module.name, module.name) {
        (_, "Documents") => relations.documents.with(number),
        (emails::MODULE, _) => relations.references.of(number),
        (_, emails::MODULE) => relations.references.with(number),
        _ => Vec::new(),
    };
    let rows = related
        .into_iter()
        .filter_map(|number| world.records.living(number))
        .filter(|related| related.module == module && world.directory.reaches(user, related))
        .map(|related| Value::Object(view::whole_row(world, related)));
    Ok(rows.collect())
}

/// Relates a record to another one. Only documents are; for everything else the answer is the same and nothing happens.
pub(super) fn add(
    world: &mut World,
    writer: Writer,
    source: &str,
    related: &str,
    label: &str,
) -> Result<Value, CrmError> {
    let source = writes::writable(world, writer.user, source)?;
    let related = writes::reachable(world, writer.user, related)?;
    if !has_list(source, label, &related.module) {
        return Err(CrmError::denied());
    }
    let (number, related_number) = (source.number, related.number);
    let moves_its_time = source.module.name != emails::MODULE;
    if related.module.name == "Documents" {
        world.relations.documents.add(related_number, number);
        if moves_its_time {
            world.records.change(number, |record| {
                record.modified = writer.now;
                record.modified_by = writer.user;
            });
        }
    }
    Ok(json!({ "message": "successfull" }))
}

fn has_list(record: &Record, label: &str, of: &Module) -> bool {
    let mut lists = record.module.related.iter();
    lists.any(|(known, module)| known == label && module == of.name)
}

/// The content of a file by its own id.
pub(super) fn file(world: &World, user: Number, id: &str) -> Result<Value, CrmError> {
    let found = Number::of_id(id).and_then(|number| world.files.get(number));
    let owner = found.and_then(|file| world.records.living(file.of));
    let (Some(file), Some(owner)) = (found, owner) else {
        return Err(CrmError::no_record());
    };
    let whole = writes::reachable(world, user, &owner.id())?;
    if id != format!("{}x{}", whole.module.prefix, file.number) {
        return Err(CrmError::no_record());
    }
    Ok(json!([{
        "fileid": file.number.to_string(),
        "filename": file.name,
        "filetype": file.kind,
        "filesize": file.bytes.len(),
        "filecontents": STANDARD.encode(&file.bytes),
    }]))
}
