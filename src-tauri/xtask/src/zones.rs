//! The table of time zone names of `mapping`, generated from the Unicode CLDR's data. The two files lie in the npm packages `cldr-core`
//! (supplemental/windowsZones.json) and `cldr-bcp47` (bcp47/timezone.json) of the same version; fetching them is not done here.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::error::{Outcome, XtaskError};
use crate::process::Run;
use crate::workspace::Workspace;

const TABLE: &str = "src-tauri/crates/mapping/src/zones/table.rs";

/// Where the CLDR gives the zone that stands for a Windows zone as a whole.
const WORLD: &str = "001";

/// What the table is made of.
struct Names {
    version: String,
    /// Windows id -> today's IANA name.
    windows: BTreeMap<String, String>,
    /// IANA name, today's or older -> Windows id.
    iana: BTreeMap<String, String>,
}

/// Writes the table from the CLDR's two files.
pub fn write(workspace: &Workspace, windows_zones: &str, aliases: &str) -> Outcome<()> {
    let names = names(&read(windows_zones)?, &read(aliases)?)?;
    let path = workspace.root().join(TABLE);
    fs::write(&path, table(&names)).map_err(|source| XtaskError::File {
        act: "write",
        path: path.clone(),
        source,
    })?;
    Run::new("rustfmt")
        .args(["--edition", "2024"])
        .args([path.to_string_lossy().as_ref()])
        .run()?;
    println!(
        "{} Windows zones and {} IANA names of CLDR {} written to {TABLE}",
        names.windows.len(),
        names.iana.len(),
        names.version
    );
    Ok(())
}

fn read(file: &str) -> Outcome<Value> {
    let text = fs::read_to_string(file).map_err(|source| XtaskError::File {
        act: "read",
        path: Path::new(file).to_owned(),
        source,
    })?;
    serde_json::from_str(&text).map_err(|error| XtaskError::Answer {
        what: file.to_owned(),
        why: error.to_string(),
    })
}

fn names(windows_zones: &Value, aliases: &Value) -> Outcome<Names> {
    let supplemental = &windows_zones["supplemental"];
    let rows = supplemental["windowsZones"]["mapTimezones"]
        .as_array()
        .ok_or_else(|| unlike("windowsZones.json", "no mapTimezones"))?;
    let families = families(aliases)?;
    let mut names = Names {
        version: text(&supplemental["version"]["_cldrVersion"])?.to_owned(),
        windows: BTreeMap::new(),
        iana: BTreeMap::new(),
    };
    for row in rows {
        let row = &row["mapZone"];
        let id = text(&row["_other"])?;
        for name in text(&row["_type"])?.split_whitespace() {
            let family = families.get(name);
            if row["_territory"] == WORLD {
                let today = family.map_or(name, |family| family.today);
                names.windows.insert(id.to_owned(), today.to_owned());
            }
            let older = family.map_or(&[][..], |family| &family.all);
            for name in older.iter().copied().chain([name]) {
                add(&mut names.iana, name, id)?;
            }
        }
    }
    Ok(names)
}

/// One zone's names.
struct Family<'a> {
    today: &'a str,
    all: Vec<&'a str>,
}

/// Every name with all names of its zone. The CLDR keeps its own first name for ever and tells today's IANA name beside it.
fn families(aliases: &Value) -> Outcome<BTreeMap<&str, Family<'_>>> {
    let zones = aliases["keyword"]["u"]["tz"]
        .as_object()
        .ok_or_else(|| unlike("timezone.json", "no keyword.u.tz"))?;
    let mut families = BTreeMap::new();
    for zone in zones.values() {
        let Some(names) = zone["_alias"].as_str() else {
            continue;
        };
        let all: Vec<&str> = names.split_whitespace().collect();
        for &name in &all {
            let today = zone["_iana"].as_str().unwrap_or(all[0]);
            let all = all.clone();
            families.insert(name, Family { today, all });
        }
    }
    Ok(families)
}

fn add(iana: &mut BTreeMap<String, String>, name: &str, id: &str) -> Outcome<()> {
    match iana.insert(name.to_owned(), id.to_owned()) {
        Some(other) if other != id => Err(unlike(
            "windowsZones.json",
            &format!("{name} is both {other} and {id}"),
        )),
        _ => Ok(()),
    }
}

fn text(value: &Value) -> Outcome<&str> {
    value
        .as_str()
        .ok_or_else(|| unlike("windowsZones.json", "a text is missing"))
}

fn unlike(file: &str, why: &str) -> XtaskError {
    XtaskError::Answer {
        what: file.to_owned(),
        why: why.to_owned(),
    }
}

fn table(names: &Names) -> String {
    let mut out = format!(
        "//! Generated, not to be edited: time zone names of Windows and of the IANA database, from the Unicode CLDR {}
//! (supplemental/windowsZones.json and bcp47/timezone.json), (c) Unicode, Inc., licence Unicode-3.0: src-tauri/docs/LICENSE-UNICODE.
//!
//! Made by `cargo xtask zones WINDOWS_ZONES_JSON TIMEZONE_JSON`.

/// Windows id and the IANA name that stands for it, by lower-case Windows id.
pub(super) const WINDOWS: &[(&str, &str)] = &[
",
        names.version
    );
    rows(&mut out, &names.windows);
    out.push_str(
        "];

/// IANA name, today's or older, and its Windows id, by lower-case IANA name.
pub(super) const IANA: &[(&str, &str)] = &[
",
    );
    rows(&mut out, &names.iana);
    out.push_str("];\n");
    out
}

fn rows(out: &mut String, names: &BTreeMap<String, String>) {
    let mut rows: Vec<_> = names.iter().collect();
    rows.sort_by_key(|(name, _)| name.to_ascii_lowercase());
    for (name, other) in rows {
        writeln!(out, "    ({name:?}, {other:?}),").expect("writing to a String cannot fail");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn made(rows: &[(&str, &str, &str)]) -> Outcome<Names> {
        let rows: Vec<Value> = rows
            .iter()
            .map(|(id, territory, names)| {
                json!({"mapZone": {"_other": id, "_territory": territory, "_type": names}})
            })
            .collect();
        let zones = json!({"supplemental": {
            "version": {"_cldrVersion": "48"},
            "windowsZones": {"mapTimezones": rows},
        }});
        let aliases = json!({"keyword": {"u": {"tz": {
            "_description": "Time zone key",
            "inccu": {"_alias": "Asia/Calcutta Asia/Kolkata", "_iana": "Asia/Kolkata"},
            "usnyc": {"_alias": "America/New_York US/Eastern"},
            "camtr": {"_deprecated": true, "_preferred": "cator"},
        }}}});
        names(&zones, &aliases)
    }

    #[test]
    fn a_windows_zone_gets_todays_name_and_is_found_by_every_name() {
        let names = made(&[
            ("India", "001", "Asia/Calcutta"),
            ("India", "IN", "Asia/Calcutta"),
        ])
        .expect("names");
        assert_eq!(names.windows["India"], "Asia/Kolkata");
        assert_eq!(names.iana["Asia/Calcutta"], "India");
        assert_eq!(names.iana["Asia/Kolkata"], "India");
    }

    #[test]
    fn the_zones_of_a_territory_are_names_but_do_not_stand_for_the_windows_zone() {
        let names = made(&[
            ("Eastern", "US", "America/Detroit America/New_York"),
            ("Eastern", "001", "America/New_York"),
        ])
        .expect("names");
        assert_eq!(names.windows["Eastern"], "America/New_York");
        assert_eq!(names.iana["America/Detroit"], "Eastern");
        assert_eq!(names.iana["US/Eastern"], "Eastern");
    }

    #[test]
    fn a_name_of_two_windows_zones_is_refused() {
        let error = made(&[
            ("India", "001", "Asia/Calcutta"),
            ("Other", "XX", "Asia/Kolkata"),
        ]);
        assert!(error.is_err_and(|error| error.to_string().contains("both India and Other")));
    }

    #[test]
    fn rows_stand_in_the_order_in_which_they_are_looked_up() {
        let names = made(&[
            ("b", "001", "Y/b"),
            ("A", "001", "X/a"),
            ("C", "001", "Z/c"),
        ])
        .expect("names");
        let text = table(&names);
        let at = |row: &str| text.find(row).expect("a row");
        assert!(at(r#"("A", "X/a")"#) < at(r#"("b", "Y/b")"#));
        assert!(at(r#"("b", "Y/b")"#) < at(r#"("C", "Z/c")"#));
        assert!(text.starts_with("//! Generated") && text.contains("CLDR 48"));
    }
}
