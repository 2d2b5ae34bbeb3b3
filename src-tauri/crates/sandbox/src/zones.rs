//! The rules of time zones, from the database inside the program: the sandbox answers alike on every computer, whatever the age of
//! the database there.

use std::sync::LazyLock;

use jiff::tz::{TimeZone, TimeZoneDatabase};

static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The zone with this IANA name.
pub fn named(name: &str) -> Option<TimeZone> {
    DATABASE.get(name).ok()
}
