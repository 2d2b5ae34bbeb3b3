//! Whose addresses these are (R5.1, R5.2).

use std::collections::HashSet;

use jiff::Timestamp;
use model::{MailModule, RecordId};
use ports::{AddressOwner, ErrorKind, Result};

use super::super::WebserviceCrm;
use super::super::references::Calling;
use crate::convert::ServerTime;
use crate::convert::stock::CREATED;
use crate::failure::permission_missing;
use crate::query::{Query, batches, length_in_address, length_in_list};
use crate::wire::row::record_number;
use crate::wire::{Module, Row, without_control_characters};

/// No field of the CRM holds a longer one.
const LONGEST_ADDRESS: usize = 255;
/// What keeps the place of an id while the room for addresses is measured.
const LONGEST_ID: &str = "9999x99999999999999999999";

impl WebserviceCrm {
    pub(super) async fn owners_of(
        &self,
        module: MailModule,
        addresses: &[String],
    ) -> Result<Vec<AddressOwner>> {
        let addresses = distinct(addresses);
        if addresses.is_empty() {
            return Ok(Vec::new());
        }
        let found = match self.owners_once(module, &addresses).await {
            // A field was hidden since the module was described; it is described anew.
            Err(failure)
                if failure.kind == ErrorKind::Denied
                    && failure.problem.values.contains_key("field") =>
            {
                self.owners_once(module, &addresses).await
            }
            found => found,
        };
        let mut owners = found?;
        owners.sort_by_key(|owner| (owner.created, record_number(owner.id.as_str())));
        Ok(owners)
    }

    async fn owners_once(
        &self,
        ours: MailModule,
        addresses: &[String],
    ) -> Result<Vec<AddressOwner>> {
        let module = self.module_of_addresses(ours).await?;
        let module = module.ok_or_else(|| permission_missing(ours.name(), "read"))?;
        let calling = Calling::people(&module);
        if calling.addresses.is_empty() {
            return Ok(Vec::new());
        }
        let empty = query(&module, &calling, &[], Some(LONGEST_ID)).text();
        let length = |address: &String| length_in_list(address) * calling.addresses.len();
        let mut rows: Vec<Row> = Vec::new();
        for batch in batches(addresses, length_in_address(&empty), length) {
            let wanted: HashSet<&str> = batch.iter().map(String::as_str).collect();
            let page = |after: Option<&str>| query(&module, &calling, batch, after);
            let has_all = |rows: &[Row]| {
                let found: HashSet<String> = rows
                    .iter()
                    .flat_map(|row| folded_addresses(&calling, row))
                    .collect();
                wanted.iter().all(|address| found.contains(*address))
            };
            let mut found = self.all_rows(&module.name, page, has_all).await?;
            // The database takes other accents for the same.
            found.retain(|row| {
                folded_addresses(&calling, row)
                    .iter()
                    .any(|address| wanted.contains(address.as_str()))
            });
            rows.extend(found);
        }
        rows.sort_by_key(|row| record_number(row.id()));
        rows.dedup_by(|one, other| one.id() == other.id());
        Ok(owners(&calling, &rows, &self.server_time()))
    }
}

fn query(
    module: &Module,
    calling: &Calling<'_>,
    addresses: &[String],
    after: Option<&str>,
) -> Query {
    let created = module.fields.contains_key(CREATED).then_some(CREATED);
    let columns = calling.names.iter().chain(&calling.addresses).copied();
    // One that is called by its address is asked for it once.
    let mut asked: Vec<&str> = vec!["id"];
    for column in created.into_iter().chain(columns) {
        if !asked.contains(&column) {
            asked.push(column);
        }
    }
    let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
    Query::select(asked, &module.name)
        .after(after)
        .one_is_one_of(calling.addresses.iter().copied(), &addresses)
}

/// In small letters, each once. An empty one would find every record without an address.
fn distinct(addresses: &[String]) -> Vec<String> {
    let mut seen = HashSet::new();
    let folded = addresses.iter().map(|address| folded(address));
    folded
        .filter(|address| !address.is_empty() && address.chars().count() <= LONGEST_ADDRESS)
        .filter(|address| seen.insert(address.clone()))
        .collect()
}

fn folded(address: &str) -> String {
    without_control_characters(address).trim().to_lowercase()
}

fn folded_addresses(calling: &Calling<'_>, row: &Row) -> Vec<String> {
    let texts = calling.addresses.iter().map(|name| folded(row.text(name)));
    texts.filter(|address| !address.is_empty()).collect()
}

/// The rows, lowest id first, as owners. One that does not tell when it was made was made no earlier than the one before it.
fn owners(calling: &Calling<'_>, rows: &[Row], time: &ServerTime) -> Vec<AddressOwner> {
    let mut last = Timestamp::UNIX_EPOCH;
    let owner = |row: &Row| {
        last = time.read(row.text(CREATED)).unwrap_or(last);
        let addresses = calling.addresses.iter().map(|name| row.text(name).trim());
        let addresses = addresses.filter(|address| !address.is_empty());
        let addresses: Vec<String> = addresses.map(str::to_owned).collect();
        let name = calling.named(row).name.trim().to_owned();
        AddressOwner {
            id: RecordId::new(row.id()),
            title: match (name.is_empty(), addresses.first()) {
                (true, Some(address)) => address.clone(),
                _ => name,
            },
            created: last,
            addresses,
        }
    };
    rows.iter().map(owner).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn contacts() -> Module {
        let field = |name: &str, kind: &str| json!({"name": name, "type": {"name": kind}});
        Module::read(&json!({
            "name": "Contacts", "idPrefix": "12", "labelFields": "firstname,lastname",
            "fields": [
                field("firstname", "string"), field("lastname", "string"), field("email", "email"),
                field("secondaryemail", "email"), field("createdtime", "datetime"),
            ],
        }))
        .expect("a module")
    }

    #[test]
    fn r5_1_all_addresses_are_asked_for_at_once_in_every_field_that_holds_one() {
        let module = contacts();
        let calling = Calling::people(&module);
        let addresses = distinct(&[
            " O'Neil@X.example".to_owned(),
            "o'neil@x.example".to_owned(),
            String::new(),
            "jörg\\@y.example".to_owned(),
            "x".repeat(300),
        ]);
        assert_eq!(
            query(&module, &calling, &addresses, Some("12x7")).text(),
            "select id,createdtime,firstname,lastname,email,secondaryemail from Contacts where \
             id>'12x7' and email in ('o''neil@x.example','jörg\\\\@y.example') or \
             id>'12x7' and secondaryemail in ('o''neil@x.example','jörg\\\\@y.example') \
             order by id limit 100;"
        );
    }

    #[test]
    fn r5_2_a_record_that_hides_when_it_was_made_stays_in_its_place() {
        let module = contacts();
        let calling = Calling::people(&module);
        let row = |id: &str, created: &str| {
            Row::read(&json!({"id": id, "createdtime": created, "email": "a@x.example"}))
                .expect("an object")
        };
        let rows = [
            row("12x1", "2026-01-01 10:00:00"),
            row("12x2", ""),
            row("12x3", "2026-01-03 10:00:00"),
        ];
        let time = ServerTime::new(
            &crate::convert::Zone::Detect,
            None,
            jiff::SignedDuration::ZERO,
            jiff::tz::TimeZone::UTC,
        );
        let owners = owners(&calling, &rows, &time);
        assert_eq!(owners[1].created, owners[0].created);
        assert!(owners[1].created < owners[2].created);
        assert_eq!(owners[0].title, "a@x.example", "it has no name");
    }
}
