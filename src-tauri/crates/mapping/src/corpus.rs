//! Zones, moments and days at which times go wrong, for tests: of this crate, and of whole ways through both sides. Behind the feature
//! `corpus`, because the product needs none of it.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

use crate::zones;

/// The years whose changes of the clock are looked at.
const YEARS: std::ops::RangeInclusive<i16> = 2026..=2027;

/// How far from a change, in seconds: at it, just beside it, within the hour that is left out or comes twice, a day off.
const DISTANCES: [i64; 11] = [
    -86_400, -3_600, -1_800, -60, -1, 0, 1, 60, 1_800, 3_600, 86_400,
];

/// A zone under both of its names.
#[derive(Debug, Clone)]
pub struct Zone {
    /// As Exchange calls it.
    pub windows: &'static str,
    /// As the IANA database calls it.
    pub iana: &'static str,
    /// Its rules.
    pub rules: TimeZone,
}

/// Every Windows zone.
pub fn zones() -> Vec<Zone> {
    zones::all()
        .map(|(windows, iana)| Zone {
            windows,
            iana,
            rules: zones::zone(iana).expect("the table names zones that have rules"),
        })
        .collect()
}

impl Zone {
    /// When its clocks change in 2026 and 2027; of some zones never, of some by another rule each year.
    pub fn changes(&self) -> Vec<Timestamp> {
        let start = midnight_utc(date(*YEARS.start(), 1, 1));
        let end = midnight_utc(date(*YEARS.end() + 1, 1, 1));
        self.rules
            .following(start)
            .map(|change| change.timestamp())
            .take_while(|change| *change < end)
            .collect()
    }

    /// Moments around each change, and some in every zone: summer, winter, the turn of the year, 29 February.
    pub fn moments(&self) -> Vec<Timestamp> {
        let everywhere = [
            date(2026, 1, 1),
            date(2026, 7, 1),
            date(2027, 1, 1),
            date(2028, 2, 29),
        ];
        let around = everywhere.map(midnight_utc).into_iter();
        let mut moments: Vec<Timestamp> = around
            .chain(self.changes())
            .flat_map(|moment| DISTANCES.map(|distance| later(moment, distance)))
            .collect();
        moments.sort_unstable();
        moments.dedup();
        moments
    }

    /// The days of all those moments in the zone, each once.
    pub fn days(&self) -> Vec<Date> {
        let local = |moment: &Timestamp| self.rules.to_datetime(*moment).date();
        let mut days: Vec<Date> = self.moments().iter().map(local).collect();
        days.dedup();
        days
    }
}

fn midnight_utc(day: Date) -> Timestamp {
    TimeZone::UTC
        .to_timestamp(day.at(0, 0, 0, 0))
        .expect("a day of our time")
}

fn later(moment: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_second(moment.as_second() + seconds).expect("a moment of our time")
}
