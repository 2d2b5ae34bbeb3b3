//! The days that are synced: some past ones, today and all to come; of a series as far as the horizon (R3.3, R3.5).

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

/// The days that are synced, in the user's zone. It moves on at midnight only, so two runs of a day see the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// The day of the run.
    pub today: Date,
    /// The first day.
    pub first: Date,
    /// The last day up to which the occurrences of a series are represented.
    pub horizon: Date,
    /// The zone whose midnights bound the days.
    pub zone: TimeZone,
}

impl Window {
    /// The window of today.
    pub fn of(now: Timestamp, zone: &TimeZone, past_days: u32, horizon_days: u32) -> Self {
        let today = now.to_zoned(zone.clone()).date();
        Self {
            today,
            first: today.saturating_sub(Span::new().days(i64::from(past_days.min(36_500)))),
            horizon: today.saturating_add(Span::new().days(i64::from(horizon_days.min(36_500)))),
            zone: zone.clone(),
        }
    }

    /// The moment the first day begins.
    pub fn from(&self) -> Timestamp {
        midnight(self.first, &self.zone).unwrap_or(Timestamp::MIN)
    }

    /// The moment the horizon's day is over.
    pub fn until(&self) -> Timestamp {
        let next = self.horizon.tomorrow().ok();
        next.and_then(|day| midnight(day, &self.zone))
            .unwrap_or(Timestamp::MAX)
    }

    /// The day of a moment in the user's zone.
    pub fn day_of(&self, moment: Timestamp) -> Date {
        moment.to_zoned(self.zone.clone()).date()
    }
}

fn midnight(day: Date, zone: &TimeZone) -> Option<Timestamp> {
    Some(day.to_zoned(zone.clone()).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> TimeZone {
        TimeZone::fixed(jiff::tz::offset(1))
    }

    #[test]
    fn r3_3_the_window_begins_at_midnight_of_the_users_zone() {
        let late: Timestamp = "2026-11-26T23:30:00Z".parse().expect("a moment");
        let window = Window::of(late, &berlin(), 7, 180);
        assert_eq!(window.first, jiff::civil::date(2026, 11, 20));
        assert_eq!(window.from().to_string(), "2026-11-19T23:00:00Z");
        assert_eq!(window.horizon, jiff::civil::date(2027, 5, 26));
        assert_eq!(window.until().to_string(), "2027-05-26T23:00:00Z");
    }

    #[test]
    fn absurd_numbers_of_days_do_no_harm() {
        let now: Timestamp = "2026-11-26T12:00:00Z".parse().expect("a moment");
        let window = Window::of(now, &berlin(), u32::MAX, u32::MAX);
        assert!(window.from() < window.until());
    }
}
