//! The CRM's part of the state file: records with their filled fields by name, their files and relations, counters, rights. Sessions
//! are not kept, as a restart of a real server ends them too.
//! Deliberately not here: the file.

use super::files::File;
use super::records::{Life, Number, Record};
use super::relations::Pairs;
use super::{AddedField, AddedValues, Crm, StartError, World, load};
use crate::state::Kept;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

#[derive(Serialize, Deserialize)]
struct Saved {
    last_number: u64,
    counters: BTreeMap<String, u64>,
    users: Value,
    #[serde(default)]
    added_fields: Vec<AddedField>,
    #[serde(default)]
    added_values: Vec<AddedValues>,
    records: Vec<SavedRecord>,
    #[serde(default)]
    references: Vec<(u64, u64)>,
    #[serde(default)]
    documents: Vec<(u64, u64)>,
    #[serde(default)]
    files: Vec<SavedFile>,
}

#[derive(Serialize, Deserialize)]
struct SavedFile {
    number: u64,
    of: u64,
    name: String,
    kind: String,
    /// Its bytes in base64.
    content: String,
}

#[derive(Serialize, Deserialize)]
struct SavedRecord {
    number: u64,
    module: String,
    owner: u64,
    created: i64,
    modified: i64,
    modified_by: u64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    deleted: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    invited: Vec<u64>,
    fields: BTreeMap<String, String>,
}

impl Kept for Crm {
    fn name(&self) -> &'static str {
        "crm"
    }

    fn revision(&self) -> u64 {
        self.revision.load(Ordering::SeqCst)
    }

    fn snapshot(&self) -> Value {
        let world = self.world();
        let (fields, values) = world.catalogue.added();
        let saved = Saved {
            last_number: world.last_number,
            counters: world
                .counters
                .iter()
                .map(|(id, counter)| (id.name().to_owned(), *counter))
                .collect(),
            users: world.directory.snapshot(),
            added_fields: fields.to_vec(),
            added_values: values.to_vec(),
            records: world
                .records
                .iter()
                .filter(|record| record.module.is_entity())
                .map(saved_record)
                .collect(),
            references: saved_pairs(&world.relations.references),
            documents: saved_pairs(&world.relations.documents),
            files: world.files.iter().map(saved_file).collect(),
        };
        drop(world);
        serde_json::to_value(saved).expect("texts and numbers always go into JSON")
    }
}

/// Puts back what a snapshot held.
pub(super) fn restore(world: &mut World, saved: Value) -> Result<(), StartError> {
    let saved: Saved = serde_json::from_value(saved)?;
    load::actors(world);
    world.last_number = saved.last_number;
    world.directory.restore(&saved.users);
    for (name, counter) in saved.counters {
        if let Some(id) = world.catalogue.named(&name).map(|module| module.id) {
            world.counters.insert(id, counter);
        }
    }
    for field in saved.added_fields {
        world.add_field(field)?;
    }
    for values in saved.added_values {
        world.add_values(values)?;
    }
    for record in saved.records {
        if let Some(record) = restored(world, record) {
            world.records.insert(record);
        }
    }
    for (email, record) in saved.references {
        let references = &mut world.relations.references;
        references.add(Number(email), Number(record));
    }
    for (document, record) in saved.documents {
        let documents = &mut world.relations.documents;
        documents.add(Number(document), Number(record));
    }
    for file in saved.files {
        world.files.insert(restored_file(file));
    }
    Ok(())
}

fn saved_pairs(pairs: &Pairs) -> Vec<(u64, u64)> {
    pairs.iter().map(|(one, other)| (one.0, other.0)).collect()
}

fn saved_file(file: &File) -> SavedFile {
    SavedFile {
        number: file.number.0,
        of: file.of.0,
        name: file.name.clone(),
        kind: file.kind.clone(),
        content: STANDARD.encode(&file.bytes),
    }
}

fn restored_file(saved: SavedFile) -> File {
    File {
        number: Number(saved.number),
        of: Number(saved.of),
        name: saved.name,
        kind: saved.kind,
        bytes: STANDARD.decode(saved.content).unwrap_or_default().into(),
    }
}

fn saved_record(record: &Record) -> SavedRecord {
    let module = &*record.module;
    let filled = module
        .fields
        .iter()
        .zip(&record.values)
        .filter(|(_, value)| !value.is_empty());
    SavedRecord {
        number: record.number.0,
        module: module.name.to_owned(),
        owner: record.owner.0,
        created: record.created,
        modified: record.modified,
        modified_by: record.modified_by.0,
        deleted: record.life == Life::Deleted,
        invited: record.invited.iter().map(|user| user.0).collect(),
        fields: filled
            .map(|(field, value)| (field.name.clone(), value.clone()))
            .collect(),
    }
}

/// A record of a module this version does not have is left out.
fn restored(world: &World, mut saved: SavedRecord) -> Option<Record> {
    let module = world.catalogue.named(&saved.module)?;
    Some(Record {
        number: Number(saved.number),
        module: Arc::clone(module),
        owner: Number(saved.owner),
        created: saved.created,
        modified: saved.modified,
        modified_by: Number(saved.modified_by),
        life: if saved.deleted {
            Life::Deleted
        } else {
            Life::Living
        },
        values: module
            .fields
            .iter()
            .map(|field| saved.fields.remove(&field.name).unwrap_or_default())
            .collect(),
        invited: saved.invited.into_iter().map(Number).collect(),
    })
}
