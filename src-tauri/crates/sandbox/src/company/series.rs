//! Makes up the mailbox's series: daily, weekly and monthly ones in turn, each with a changed and a deleted occurrence.
//! Deliberately not here: how a mailbox expands them.

use super::appointments::{moment, moments, plus_days};
use super::calendar::{
    Colleague, Entry, EventKind, EventStatus, Exception, Pattern, Range, Series, Visibility, When,
};
use super::dice::Dice;
use super::occasions;
use jiff::ToSpan;
use jiff::civil::Date;

/// The earliest a series begins before today, in days.
const BEFORE: i64 = 45;

/// Makes up so many series.
pub(super) fn series(dice: &mut Dice, count: usize, today: Date) -> Vec<Series> {
    (0..count).map(|turn| one(dice, turn, today)).collect()
}

fn one(dice: &mut Dice, turn: usize, today: Date) -> Series {
    let begin = plus_days(today, -BEFORE + days(dice.below(30)));
    let every = 1 + days(dice.below(2));
    let pattern = match turn % 3 {
        0 => Pattern::Weekly {
            every,
            day: begin.weekday(),
        },
        1 => Pattern::Daily { every },
        // Every month has the 28th.
        _ => Pattern::Monthly {
            day: begin.day().min(28),
        },
    };
    let begin = match pattern {
        Pattern::Monthly { day } => Date::new(begin.year(), begin.month(), day),
        Pattern::Daily { .. } | Pattern::Weekly { .. } => Ok(begin),
    };
    let begin = begin.expect("a day that every month has");
    let range = match turn % 4 {
        0 => Range::Times(10 + u32::try_from(dice.below(20)).expect("less than twenty")),
        1 => Range::Until(plus_days(today, 100)),
        2 => Range::Endless,
        _ => Range::Times(8),
    };
    let hour = 8 + i8::try_from(dice.below(8)).expect("less than eight");
    let changed = nth(begin, pattern, 1 + days(dice.below(2)));
    Series {
        // Its number keeps two series with the same name apart.
        first: entry(dice, turn, begin, hour),
        pattern,
        range,
        exception: Exception {
            day: changed,
            start: moment(changed, hour + 2, 30),
            end: moment(changed, hour + 3, 15),
            location: "Ausweichraum Öresund".to_owned(),
        },
        deleted: nth(begin, pattern, 3),
    }
}

fn entry(dice: &mut Dice, turn: usize, day: Date, hour: i8) -> Entry {
    let (created, modified) = moments(dice);
    Entry {
        subject: format!("{} {}", dice.pick(occasions::SERIES), turn + 1),
        location: (*dice.pick(occasions::LOCATIONS)).to_owned(),
        description: (*dice.pick(occasions::NOTES)).to_owned(),
        when: When::Time {
            start: moment(day, hour, 0),
            end: moment(day, hour, 45),
        },
        visibility: Visibility::Public,
        reminder: Some(15),
        kind: EventKind::Meeting,
        status: EventStatus::Planned,
        categories: Vec::new(),
        about: None,
        colleague: Colleague::NotInvited,
        created,
        modified,
    }
}

/// The day of an occurrence, the first one being 0.
fn nth(begin: Date, pattern: Pattern, number: i64) -> Date {
    let span = match pattern {
        Pattern::Daily { every } => (number * every).days(),
        Pattern::Weekly { every, .. } => (number * every).weeks(),
        Pattern::Monthly { .. } => number.months(),
    };
    begin.checked_add(span).expect("a year of this century")
}

fn days(number: usize) -> i64 {
    i64::try_from(number).expect("some days")
}
