//! All that reads what the CRM says, on any bytes at all: for tests and fuzz targets that try to make it panic or hang. Only there with the
//! feature `hostile`; the product does not use it.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use mapping::zones;
use model::{Component, UserId};
use serde_json::{Value, json};

use crate::convert::fields::{Invited, Wishes};
use crate::convert::mail::{forms_of_mail_key, key_field_by_label, list_to_write};
use crate::convert::stock::columns;
use crate::convert::times::{earlier, seconds_as_utc};
use crate::convert::values::Names;
use crate::convert::{Mapping, ServerTime, Zone};
use crate::wire::module::read_types;
use crate::wire::row::record_number;
use crate::wire::sign_in::{Challenge, Login};
use crate::wire::{Answered, Module, Row, SyncPage, envelope};

const COMPONENTS: [Component; 3] = [
    Component::Contacts,
    Component::Appointments,
    Component::Tasks,
];

/// Reads the bytes as each kind of answer and brings the records in it into our form, as each kind of record and by each zone there is one
/// of. The number of rows that came out tells whether it was an answer at all.
pub fn read(body: &[u8]) -> usize {
    let result = match envelope::read(body) {
        Ok(Answered::Success(result)) => result,
        Ok(Answered::Failure(error)) => {
            error.field();
            error.denial();
            return 1;
        }
        Err(_) => return 0,
    };
    Challenge::read(&result);
    Login::read(&result);
    read_types(&result);
    if let Some(module) = Module::read(&result) {
        key_field_by_label(&module);
        for component in COMPONENTS {
            mapping_of(component, &module);
        }
    }
    let mut rows = Row::read_all(&result).unwrap_or_default();
    rows.extend(Row::read(&result));
    if let Some(page) = SyncPage::read(&result) {
        rows.extend(page.updated);
    }
    for row in &rows {
        convert(row);
    }
    rows.len()
}

fn convert(row: &Row) {
    record_number(row.id());
    for (_, value) in row.iter() {
        forms_of_mail_key(value);
        list_to_write(value);
        seconds_as_utc(value);
        earlier(value, 300);
    }
    for component in COMPONENTS {
        let mapping = mapping_of(component, &stock(component));
        for zone in ["UTC", "America/Caracas", "Pacific/Apia"] {
            let user = zones::zone("Europe/Berlin").expect("a zone everybody knows");
            let server = Zone::parse(zone).expect("a zone everybody knows");
            let time = ServerTime::new(&server, None, SignedDuration::from_secs(90), user);
            let me = UserId::new("19x1");
            let record = mapping.record(row, &Names::new(), &me, &time);
            let common = ::mapping::from_record(component, &record.fields);
            ::mapping::title(component, &common);
            ::mapping::days::flaw(component, &common);
        }
    }
}

fn mapping_of(component: Component, module: &Module) -> Mapping {
    let wishes = Wishes {
        overrides: &BTreeMap::new(),
        pick_lists: &BTreeMap::new(),
        event_types: &["Meeting".to_owned(), "Call".to_owned()],
        invited: Invited::Read,
    };
    Mapping::new(component, module, wishes).expect("nothing is named that could be missing")
}

/// A module with every stock field of a component.
fn stock(component: Component) -> Module {
    let synced = model::Field::synced(component).iter();
    let names = synced.filter_map(|field| columns(component, *field));
    let fields: Vec<Value> = names
        .flat_map(|(names, _)| names)
        .map(|name| json!({"name": name, "editable": true, "type": {"name": "string"}}))
        .collect();
    Module::read(&json!({"name": "stock", "fields": fields})).expect("a module")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;

    /// What fuzzing found worth keeping.
    #[test]
    fn every_text_of_the_corpus_is_read_without_a_panic() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/crm_reader");
        let mut rows = 0;
        for file in std::fs::read_dir(folder).expect("a folder of the sources") {
            let file = file.expect("readable").path();
            rows += read(&std::fs::read(&file).expect("readable"));
        }
        assert!(rows > 20, "only {rows} rows: nothing was read");
    }

    proptest! {
        #[test]
        fn times_of_any_shape_are_read_without_a_panic(
            date in "-?[0-9]{1,6}-[0-9]{1,3}-[0-9]{1,3}", time in "-?[0-9]{1,3}:[0-9]{1,3}(:[0-9]{1,9})?", more in ".{0,12}",
        ) {
            let stamp = format!("{date} {time}");
            let row = json!({
                "id": more, "date_start": date, "due_date": date, "time_start": time, "time_end": time,
                "createdtime": stamp, "modifiedtime": stamp, "reminder_time": more,
            });
            let body = json!({"success": true, "result": [row]}).to_string();
            prop_assert_eq!(read(body.as_bytes()), 1);
        }
    }
}
