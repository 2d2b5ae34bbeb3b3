//! Series of any shape, made from any bytes: for tests and fuzz targets that look for a pattern whose dates do not come, come for ever or in
//! another order. Only there with the feature `hostile`; the product does not use it.

use std::num::NonZeroU32;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{Date, Time, Weekday};
use model::series::{DaySet, Index, Pattern, Range, Recurrence};

use crate::series::{Length, Series, When};
use crate::zones;

/// So many occurrences are looked at.
const SOME: usize = 400;

/// Makes a series from bytes, works it out and looks whether the occurrences are in order, within the window and found again by their start.
/// The number of occurrences; `None` where no dates can come out of it.
///
/// # Panics
/// Where one of these does not hold.
pub fn unroll(bytes: &[u8]) -> Option<usize> {
    let mut bytes = Bytes(bytes);
    let recurrence = Recurrence {
        pattern: bytes.pattern(),
        range: bytes.range(),
        first_day: bytes.day(),
    };
    let length = bytes.length();
    let zone = bytes.number() as usize % zones::all().count();
    let (windows, _) = zones::all().nth(zone)?;
    let zone = zones::zone(windows)?;
    let from = bytes.day().to_zoned(zone.clone()).ok()?.timestamp();
    let until = bytes.day().to_zoned(zone.clone()).ok()?.timestamp();
    let series = Series::new(&recurrence, length, zone).ok()?;
    let window = from.min(until)..from.max(until);
    let mut last: Option<Timestamp> = None;
    let mut count = 0;
    for occurrence in series.expand(window.clone()).take(SOME) {
        count += 1;
        if let Some(last) = last {
            assert!(last <= occurrence.original_start, "{recurrence:?}");
        }
        last = Some(occurrence.original_start);
        if let When::Timed { start, end } = occurrence.when {
            assert!(start <= end, "{recurrence:?}");
            assert!(start < window.end && end >= window.start, "{recurrence:?}");
        }
        assert_eq!(series.occurrence_at(occurrence.index), Some(occurrence));
        let found = series.index_of(occurrence.original_start);
        let found = found.and_then(|index| series.occurrence_at(index));
        let found = found.map(|found| found.original_start);
        assert_eq!(found, Some(occurrence.original_start), "{recurrence:?}");
    }
    Some(count)
}

/// What is left of the bytes; behind their end there are zeros.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn byte(&mut self) -> u8 {
        match self.0.split_first() {
            Some((first, rest)) => {
                self.0 = rest;
                *first
            }
            None => 0,
        }
    }

    fn number(&mut self) -> u32 {
        u32::from(self.byte()) << 8 | u32::from(self.byte())
    }

    /// Any day of the calendar, most of them near today.
    fn day(&mut self) -> Date {
        let (wide, day) = (self.byte(), i64::from(self.number()));
        let day = match wide {
            0..=220 => 9_000 + day % 15_000,
            _ => day * 112 - 4_300_000,
        };
        let day = i32::try_from(day).unwrap_or_default();
        let epoch = jiff::civil::date(1970, 1, 1);
        epoch.saturating_add(jiff::ToSpan::days(i64::from(day)))
    }

    fn days(&mut self) -> DaySet {
        let bits = self.byte();
        let all = Weekday::Monday.cycle_forward().take(7);
        all.enumerate()
            .filter(|(bit, _)| bits & (1 << bit) != 0)
            .map(|(_, day)| day)
            .collect()
    }

    fn index(&mut self) -> Index {
        match self.byte() % 5 {
            0 => Index::First,
            1 => Index::Second,
            2 => Index::Third,
            3 => Index::Fourth,
            _ => Index::Last,
        }
    }

    fn pattern(&mut self) -> Pattern {
        let kind = self.byte() % 6;
        let interval = self.number() % 1_002;
        match kind {
            0 => Pattern::Daily { interval },
            1 => Pattern::Weekly {
                interval,
                days: self.days(),
                first_day_of_week: Weekday::Monday.wrapping_add(self.byte()),
            },
            2 => Pattern::AbsoluteMonthly {
                interval,
                day: self.byte() % 33,
            },
            3 => Pattern::RelativeMonthly {
                interval,
                days: self.days(),
                index: self.index(),
            },
            4 => Pattern::AbsoluteYearly {
                month: self.byte() % 14,
                day: self.byte() % 33,
            },
            _ => Pattern::RelativeYearly {
                month: self.byte() % 14,
                days: self.days(),
                index: self.index(),
            },
        }
    }

    fn range(&mut self) -> Range {
        match self.byte() % 3 {
            0 => Range::NoEnd,
            1 => Range::EndDate(self.day()),
            _ => Range::Numbered(self.number()),
        }
    }

    fn length(&mut self) -> Length {
        let (all_day, long) = (self.byte().is_multiple_of(4), self.number());
        if all_day {
            let days = NonZeroU32::new(1 + long % 400).expect("one at least");
            return Length::AllDay { days };
        }
        let minute = i32::try_from(self.number() % 1_440).unwrap_or_default();
        let start = Time::midnight().wrapping_add(jiff::ToSpan::minutes(minute));
        Length::Timed {
            start,
            lasts: Duration::from_secs(60 * u64::from(long)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn r3_5_series_made_of_any_bytes_come_in_order(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            unroll(&bytes);
        }
    }
}
