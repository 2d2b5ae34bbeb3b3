//! A set of days of the week, and how days are written in the stored form.

use std::fmt;

use jiff::civil::Weekday;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

const WEEK: [(Weekday, &str); 7] = [
    (Weekday::Monday, "monday"),
    (Weekday::Tuesday, "tuesday"),
    (Weekday::Wednesday, "wednesday"),
    (Weekday::Thursday, "thursday"),
    (Weekday::Friday, "friday"),
    (Weekday::Saturday, "saturday"),
    (Weekday::Sunday, "sunday"),
];

/// Days of the week (`BYDAY` without numbers). Exchange's `Day`, `Weekday` and `WeekendDay` are the sets of that name.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct DaySet(u8);

impl DaySet {
    /// Any day.
    pub const DAY: Self = Self(0b111_1111);
    /// Monday to Friday.
    pub const WEEKDAY: Self = Self(0b001_1111);
    /// Saturday and Sunday.
    pub const WEEKEND_DAY: Self = Self(0b110_0000);

    /// The same set with this day.
    #[must_use]
    pub fn with(self, day: Weekday) -> Self {
        Self(self.0 | bit(day))
    }

    /// Whether the day is in the set.
    pub fn contains(self, day: Weekday) -> bool {
        self.0 & bit(day) != 0
    }

    /// Whether no day is in the set.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many days are in the set.
    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// The days, Monday first.
    pub fn iter(self) -> impl Iterator<Item = Weekday> {
        WEEK.into_iter()
            .map(|(day, _)| day)
            .filter(move |day| self.contains(*day))
    }
}

fn bit(day: Weekday) -> u8 {
    1 << day.to_monday_zero_offset()
}

fn name(day: Weekday) -> &'static str {
    WEEK[usize::from(day.to_monday_zero_offset().unsigned_abs())].1
}

fn named<E: serde::de::Error>(text: &str) -> Result<Weekday, E> {
    WEEK.iter()
        .find(|(_, name)| *name == text)
        .map(|(day, _)| *day)
        .ok_or_else(|| E::custom(format_args!("`{text}` is no day of the week")))
}

impl From<Weekday> for DaySet {
    fn from(day: Weekday) -> Self {
        Self::default().with(day)
    }
}

impl<const N: usize> From<[Weekday; N]> for DaySet {
    fn from(days: [Weekday; N]) -> Self {
        days.into_iter().collect()
    }
}

impl FromIterator<Weekday> for DaySet {
    fn from_iter<I: IntoIterator<Item = Weekday>>(days: I) -> Self {
        days.into_iter().fold(Self::default(), Self::with)
    }
}

impl fmt::Debug for DaySet {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_set().entries(self.iter()).finish()
    }
}

impl Serialize for DaySet {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.iter().map(name))
    }
}

impl<'de> Deserialize<'de> for DaySet {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let names = Vec::<String>::deserialize(from)?;
        names.iter().map(|text| named(text)).collect()
    }
}

/// One day, for `#[serde(with)]`: `jiff` writes none itself.
pub(super) mod one {
    use super::*;

    pub fn serialize<S: Serializer>(day: &Weekday, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(name(*day))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Weekday, D::Error> {
        named(&String::deserialize(from)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weekdays_and_weekend_days_are_all_days() {
        let all: DaySet = DaySet::WEEKDAY
            .iter()
            .chain(DaySet::WEEKEND_DAY.iter())
            .collect();
        assert_eq!(all, DaySet::DAY);
        assert_eq!((DaySet::WEEKDAY.len(), DaySet::WEEKEND_DAY.len()), (5, 2));
        assert!(DaySet::WEEKEND_DAY.contains(Weekday::Sunday));
        assert!(!DaySet::WEEKDAY.contains(Weekday::Saturday));
    }

    #[test]
    fn days_come_out_monday_first_however_they_went_in() {
        let days = DaySet::from([Weekday::Sunday, Weekday::Monday, Weekday::Sunday]);
        assert_eq!(
            days.iter().collect::<Vec<_>>(),
            [Weekday::Monday, Weekday::Sunday]
        );
        assert!(!days.is_empty() && DaySet::default().is_empty());
    }

    #[test]
    fn a_day_that_no_week_has_is_refused() {
        let error = serde_json::from_str::<DaySet>(r#"["monday","someday"]"#).unwrap_err();
        assert!(error.to_string().contains("`someday`"), "{error}");
    }
}
