//! Names of time zones: Windows ids, which Exchange speaks, and those of the IANA database, which the CRM and the rules of daylight saving
//! go by. The rules come from the database inside the program, never from the computer: every machine gives the same answer.
//!
//! A zone that somebody defined by its rules ("Customized Time Zone") has no name here; what to do with it is for the caller to say.

use std::cmp::Ordering;
use std::sync::LazyLock;

use jiff::tz::{TimeZone, TimeZoneDatabase};

mod table;

static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// What Exchange's own web clients write for UTC, beside the Windows id.
const MICROSOFT_UTC: &str = "tzone://Microsoft/Utc";

/// The IANA name that stands for a Windows zone. Case does not matter.
pub fn windows_to_iana(windows: &str) -> Option<&'static str> {
    if windows.eq_ignore_ascii_case(MICROSOFT_UTC) {
        return look_up(table::WINDOWS, "UTC");
    }
    look_up(table::WINDOWS, windows)
}

/// The Windows zone of an IANA name, today's or an older one. Case does not matter.
///
/// It is the nearest there is: for a few names its rules are not the same (a test lists them). Wall clocks and midnights that go out with
/// a Windows id are therefore worked out in the `zone` of that id, not of the name it came from.
pub fn iana_to_windows(iana: &str) -> Option<&'static str> {
    look_up(table::IANA, iana)
}

/// The rules of a zone by either kind of name.
pub fn zone(name: &str) -> Option<TimeZone> {
    let found = DATABASE
        .get(windows_to_iana(name).unwrap_or(name))
        .or_else(|gone| {
            // The CLDR keeps a few names that the IANA database has dropped.
            let today = iana_to_windows(name).and_then(windows_to_iana);
            today.map_or(Err(gone), |today| DATABASE.get(today))
        })
        .ok()?;
    // Names for "not known" are names too, of a zone that runs like UTC.
    let placeholder = found.is_unknown() || found.iana_name() == Some("Factory");
    (!placeholder).then_some(found)
}

/// Every Windows id with the IANA name that stands for it.
pub fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    table::WINDOWS.iter().copied()
}

fn look_up(table: &[(&str, &'static str)], name: &str) -> Option<&'static str> {
    table
        .binary_search_by(|(row, _)| compare(row, name))
        .ok()
        .map(|at| table[at].1)
}

fn compare(one: &str, other: &str) -> Ordering {
    let lower = |byte: u8| byte.to_ascii_lowercase();
    one.bytes().map(lower).cmp(other.bytes().map(lower))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn every_windows_id_names_a_zone_and_comes_back() {
        assert!(all().count() > 130);
        for (windows, iana) in all() {
            assert_eq!(windows_to_iana(windows), Some(iana));
            assert_eq!(iana_to_windows(iana), Some(windows));
            assert!(zone(windows).is_some(), "{windows}: {iana}");
            assert_eq!(zone(windows), zone(iana), "{windows}");
        }
    }

    #[test]
    fn every_iana_name_has_a_windows_id_that_exists_and_rules() {
        for (iana, windows) in table::IANA {
            assert_eq!(iana_to_windows(iana), Some(*windows));
            assert!(windows_to_iana(windows).is_some(), "{iana}: {windows}");
            assert!(zone(iana).is_some(), "{iana}");
        }
        assert_eq!(zone("US/Pacific-New"), zone("America/Los_Angeles"));
    }

    #[test]
    fn both_tables_are_in_the_order_of_the_search() {
        for table in [table::WINDOWS, table::IANA] {
            assert!(table.is_sorted_by(|one, other| compare(one.0, other.0).is_lt()));
        }
    }

    #[test]
    fn older_names_are_known() {
        let cases = [
            ("Asia/Calcutta", "India Standard Time"),
            ("Asia/Kolkata", "India Standard Time"),
            ("Europe/Kiev", "FLE Standard Time"),
            ("Europe/Kyiv", "FLE Standard Time"),
            ("US/Eastern", "Eastern Standard Time"),
            ("Asia/Saigon", "SE Asia Standard Time"),
            ("America/Buenos_Aires", "Argentina Standard Time"),
            ("GB", "GMT Standard Time"),
            ("UTC", "UTC"),
            ("Etc/UTC", "UTC"),
            ("Zulu", "UTC"),
            ("Europe/Berlin", "W. Europe Standard Time"),
            ("europe/berlin", "W. Europe Standard Time"),
            ("Europe/Bratislava", "Central Europe Standard Time"),
        ];
        for (iana, windows) in cases {
            assert_eq!(iana_to_windows(iana), Some(windows), "{iana}");
        }
        assert_eq!(windows_to_iana("India Standard Time"), Some("Asia/Kolkata"));
        assert_eq!(
            windows_to_iana("w. europe standard time"),
            Some("Europe/Berlin")
        );
    }

    #[test]
    fn what_has_no_name_has_no_zone() {
        let unknown = [
            "",
            " ",
            "Customized Time Zone",
            "tzone://Microsoft/Custom",
            "W. Europe Daylight Time",
            "Europe/Atlantis",
            "Etc/Unknown",
            "Factory",
            "+01:00",
            "\u{e4}",
        ];
        for name in unknown {
            assert_eq!(windows_to_iana(name), None, "{name}");
            assert_eq!(iana_to_windows(name), None, "{name}");
            assert_eq!(zone(name), None, "{name}");
        }
    }

    #[test]
    fn the_utc_of_web_clients_is_utc() {
        assert_eq!(windows_to_iana("tzone://Microsoft/Utc"), Some("Etc/UTC"));
        assert_eq!(zone("tzone://Microsoft/Utc"), zone("Etc/UTC"));
    }

    #[test]
    fn r3_2_rules_are_those_of_the_named_zone() {
        let berlin = zone("W. Europe Standard Time").expect("a zone");
        let summer = date(2026, 7, 1).at(12, 0, 0, 0);
        let instant = berlin.to_timestamp(summer).expect("an instant");
        assert_eq!(instant.to_string(), "2026-07-01T10:00:00Z");
    }

    #[test]
    fn r3_2_the_names_whose_windows_zone_has_other_rules_are_known() {
        let start = jiff::Timestamp::constant(1_767_225_600, 0); // 2026-01-01
        let moments = || (0..730).map(|day| start + jiff::SignedDuration::from_hours(24 * day));
        let differ = |iana: &str, windows: &str| {
            let (one, other) = (zone(iana).expect("rules"), zone(windows).expect("rules"));
            moments().any(|moment| one.to_offset(moment) != other.to_offset(moment))
        };
        let found: Vec<&str> = table::IANA
            .iter()
            .filter(|(iana, windows)| differ(iana, windows))
            .map(|(iana, _)| *iana)
            .collect();
        // By the IANA database 2026f and CLDR 48.
        let known = [
            "America/Edmonton",
            "America/Inuvik",
            "America/Rainy_River",
            "America/Scoresbysund",
            "America/Vancouver",
            "America/Winnipeg",
            "America/Yellowknife",
            "Antarctica/Casey",
            "Antarctica/Vostok",
            "Canada/Central",
            "Canada/Mountain",
            "Canada/Pacific",
        ];
        assert_eq!(found, known);
    }
}
