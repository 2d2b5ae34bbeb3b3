//! The server's times as text: whole seconds in a zone that the server does not tell, by a clock that may be wrong. Cursors are
//! kept as the server wrote them, so that they need neither zone nor clock.

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use mapping::zones;
use model::Code;
use ports::{ErrorKind, Failure};
use serde::{Deserialize, Serialize};

const FORM: &str = "%Y-%m-%d %H:%M:%S";
/// No place on earth is further from UTC.
const FURTHEST: i64 = 15 * 3600;
/// Zones are whole quarters of an hour.
const STEP: i64 = 15 * 60;

/// Which zone the server keeps its times in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Zone {
    /// To be found out.
    Detect,
    /// The policy says so.
    Fixed(TimeZone),
}

impl Zone {
    /// Reads `auto`, a zone's name or an offset such as `+02:00`.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let text = text.trim();
        if text.is_empty() || text.eq_ignore_ascii_case("auto") {
            return Ok(Self::Detect);
        }
        let zone = match text.starts_with(['+', '-']) {
            true => TimeZone::posix(&posix(text)).ok(),
            false => zones::zone(text),
        };
        zone.map(Self::Fixed).ok_or_else(|| {
            Failure::new(ErrorKind::Malformed, Code::PolicyUnusable).with("field", "crm_time_zone")
        })
    }
}

/// `+02:00` as POSIX writes it, which counts the other way.
fn posix(offset: &str) -> String {
    let turned = match offset.strip_prefix('+') {
        Some(rest) => format!("-{rest}"),
        None => offset.replacen('-', "+", 1),
    };
    format!("<server>{turned}")
}

/// How far the server's texts were from UTC at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Seconds east of UTC.
    pub seconds: i32,
    /// The moment, in seconds since 1970.
    pub at: i64,
}

impl Found {
    /// The zone that this is the clock of. Other than in UTC, a server lives by the clock of its users if that fits, which also tells
    /// the other half of the year.
    fn zone(self, user: &TimeZone) -> Option<TimeZone> {
        let offset = Offset::from_seconds(self.seconds).ok()?;
        let at = Timestamp::from_second(self.at).ok()?;
        let fits = self.seconds != 0 && user.to_offset(at) == offset;
        Some(if fits {
            user.clone()
        } else {
            offset.to_time_zone()
        })
    }
}

/// The zones that the dates of appointments go by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zones {
    /// The one the server keeps its texts in.
    pub server: TimeZone,
    /// The one whose midnights bound the user's days.
    pub user: TimeZone,
}

/// Turns the server's texts into real time and back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerTime {
    zones: Zones,
    clock_offset: SignedDuration,
    certain: bool,
}

impl ServerTime {
    /// In the zone of the policy, else in one that was found out, else in UTC, which stock servers keep.
    pub fn new(
        zone: &Zone,
        found: Option<Found>,
        clock_offset: SignedDuration,
        user: TimeZone,
    ) -> Self {
        let found = found.and_then(|found| found.zone(&user));
        let (server, certain) = match (zone, found) {
            (Zone::Fixed(zone), _) => (zone.clone(), true),
            (Zone::Detect, Some(zone)) => (zone, true),
            (Zone::Detect, None) => (TimeZone::UTC, false),
        };
        Self {
            zones: Zones { server, user },
            clock_offset,
            certain,
        }
    }

    /// The zones of what users enter: it is not shifted by a clock that goes wrong.
    pub fn zones(&self) -> &Zones {
        &self.zones
    }

    /// Whether the zone is known rather than assumed.
    pub fn is_certain(&self) -> bool {
        self.certain
    }

    /// The real time of a text.
    pub fn read(&self, text: &str) -> Option<Timestamp> {
        let civil = parse(text)?;
        let by_server = self
            .zones
            .server
            .to_ambiguous_zoned(civil)
            .compatible()
            .ok()?;
        by_server.timestamp().checked_sub(self.clock_offset).ok()
    }

    /// How the server writes a second of its own clock; `None` while the zone is only assumed.
    pub fn text_of_second(&self, second: i64) -> Option<String> {
        let at = Timestamp::from_second(second)
            .ok()
            .filter(|_| self.certain)?;
        let civil = at.to_zoned(self.zones.server.clone()).datetime();
        Some(civil.strftime(FORM).to_string())
    }

    /// How the server writes a real time; where the zone is only assumed, how the zone furthest behind would, so that a lower bound
    /// is never too high.
    pub fn write_lower_bound(&self, time: Timestamp) -> Option<String> {
        let by_server = time.checked_add(self.clock_offset).ok()?;
        let by_server = match self.certain {
            true => by_server,
            false => by_server
                .checked_sub(SignedDuration::from_secs(FURTHEST))
                .ok()?,
        };
        let civil = by_server.to_zoned(self.zones.server.clone()).datetime();
        Some(civil.strftime(FORM).to_string())
    }
}

/// The zone in which the server writes this second as this text, in seconds east of UTC; `None` when it is not whole quarters of
/// an hour, give or take the tolerance.
pub fn zone_of(text: &str, second: i64, tolerance: i64) -> Option<i32> {
    let apart = seconds_as_utc(text)? - second;
    let nearest = (apart + STEP / 2).div_euclid(STEP) * STEP;
    let fits = (apart - nearest).abs() <= tolerance && nearest.abs() < FURTHEST;
    fits.then(|| i32::try_from(nearest).ok()).flatten()
}

/// The second of a text by the server's own clock.
pub fn second_of(time: &ServerTime, text: &str) -> Option<i64> {
    let ours = time.read(text)?;
    Some(ours.checked_add(time.clock_offset).ok()?.as_second())
}

/// The second of a text, were it UTC.
pub fn seconds_as_utc(text: &str) -> Option<i64> {
    let civil = parse(text)?;
    Some(Offset::UTC.to_timestamp(civil).ok()?.as_second())
}

/// The text of so many seconds earlier; in the same zone as the text, whichever that is.
pub fn earlier(text: &str, seconds: i64) -> Option<String> {
    let civil = parse(text)?;
    let earlier = civil.checked_sub(SignedDuration::from_secs(seconds)).ok()?;
    Some(earlier.strftime(FORM).to_string())
}

fn parse(text: &str) -> Option<DateTime> {
    DateTime::strptime(FORM, text.trim()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn found(seconds: i32, at: i64, user: TimeZone) -> ServerTime {
        let found = Some(Found { seconds, at });
        ServerTime::new(&Zone::Detect, found, SignedDuration::ZERO, user)
    }

    #[test]
    fn a_time_is_corrected_for_zone_and_clock() {
        let berlin = Zone::parse("Europe/Berlin").expect("a zone");
        let fast = SignedDuration::from_secs(90);
        let time = ServerTime::new(&berlin, None, fast, TimeZone::UTC);
        assert_eq!(
            time.read("2026-07-01 12:01:30"),
            Some(at("2026-07-01T10:00:00Z"))
        );
        assert_eq!(
            time.read("2026-12-01 12:01:30"),
            Some(at("2026-12-01T11:00:00Z"))
        );
        let bound = time.write_lower_bound(at("2026-07-01T10:00:00Z"));
        assert_eq!(bound.as_deref(), Some("2026-07-01 12:01:30"));
    }

    #[test]
    fn without_any_knowledge_utc_is_read_and_lower_bounds_are_low_enough() {
        let time = ServerTime::new(&Zone::Detect, None, SignedDuration::ZERO, TimeZone::UTC);
        assert!(!time.is_certain());
        assert_eq!(
            time.read("2026-11-22 15:56:04"),
            Some(at("2026-11-22T15:56:04Z"))
        );
        let bound = time.write_lower_bound(at("2026-11-22T15:00:00Z"));
        assert_eq!(bound.as_deref(), Some("2026-11-22 00:00:00"));
    }

    #[test]
    fn a_zone_is_found_by_comparing_a_text_with_its_second() {
        let second = at("2026-11-22T15:56:04Z").as_second();
        assert_eq!(zone_of("2026-11-22 15:56:04", second, 0), Some(0));
        assert_eq!(zone_of("2026-11-22 16:56:04", second, 0), Some(3600));
        assert_eq!(zone_of("2026-11-22 10:26:04", second, 0), Some(-19800));
        assert_eq!(zone_of("2026-11-22 16:56:05", second, 0), None);
        assert_eq!(zone_of("2026-11-22 16:55:50", second, 60), Some(3600));
        assert_eq!(
            zone_of("2026-11-24 15:56:04", second, 0),
            None,
            "two days are no zone"
        );
        let by_offset = found(3600, second, TimeZone::UTC);
        assert!(by_offset.is_certain());
        assert_eq!(
            by_offset.read("2026-11-22 16:56:04"),
            Some(at("2026-11-22T15:56:04Z"))
        );
    }

    #[test]
    fn the_policy_may_name_a_zone_or_an_offset() {
        assert_eq!(Zone::parse(" auto ").expect("understood"), Zone::Detect);
        for (text, hour) in [("+02:00", "10"), ("-03:30", "15"), ("UTC", "12")] {
            let zone = Zone::parse(text).expect(text);
            let time = ServerTime::new(&zone, None, SignedDuration::ZERO, TimeZone::UTC);
            let read = time.read("2026-07-01 12:00:00").expect("a time");
            assert_eq!(read.to_string()[11..13], *hour, "{text}");
        }
        let failure = Zone::parse("Europe/Nowhere").expect_err("no such zone");
        assert_eq!(failure.problem.code, Code::PolicyUnusable);
    }

    #[test]
    fn r3_2_a_server_with_the_users_clock_in_winter_has_it_in_summer_too() {
        let berlin = zones::zone("Europe/Berlin").expect("a zone");
        let winter = at("2026-11-22T15:56:04Z").as_second();
        let summer = |time: ServerTime| time.read("2026-07-01 12:00:00").expect("a time");
        for (seconds, user, expected) in [
            (3600, berlin.clone(), "2026-07-01T10:00:00Z"),
            (3600, TimeZone::UTC, "2026-07-01T11:00:00Z"),
            (7200, berlin, "2026-07-01T10:00:00Z"),
            (
                0,
                zones::zone("Europe/London").expect("a zone"),
                "2026-07-01T12:00:00Z",
            ),
        ] {
            assert_eq!(summer(found(seconds, winter, user)), at(expected));
        }
    }

    #[test]
    fn an_empty_time_is_none() {
        let time = ServerTime::new(&Zone::Detect, None, SignedDuration::ZERO, TimeZone::UTC);
        for text in ["", "0000-00-00 00:00:00", "2026-11-22", "yesterday"] {
            assert_eq!(time.read(text), None, "{text}");
        }
    }

    #[test]
    fn a_cursor_moves_back_without_knowing_its_zone() {
        assert_eq!(
            earlier("2026-03-01 00:01:00", 120).as_deref(),
            Some("2026-02-28 23:59:00")
        );
        assert_eq!(earlier("", 120), None);
    }
}
