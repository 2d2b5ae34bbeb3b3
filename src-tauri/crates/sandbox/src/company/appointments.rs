//! Makes up appointments: from sixty days before today to a hundred and twenty after it, and across the nearest changes of clocks.
//! Deliberately not here: series.

use super::calendar::{
    Appointment, CalendarSizes, Colleague, Entry, EventKind, EventStatus, Visibility, When, zone,
};
use super::dice::Dice;
use super::{LATEST_MADE_UP_TIME, Owner, Place, names, occasions};
use jiff::civil::{Date, Time};
use jiff::{Timestamp, ToSpan};
use std::collections::HashSet;

/// How many days before today the earliest appointment is.
pub(super) const BEFORE: i64 = 60;

/// How many days after today the latest one starts.
pub(super) const AFTER: i64 = 120;

/// How long ago the oldest entry was made, in seconds before the latest made-up time.
const OLDEST: usize = 300 * 24 * 3600;

/// Makes up the appointments that are no series: first the shared ones, then those of the mailbox, of the CRM, of colleagues.
pub(super) fn appointments(
    dice: &mut Dice,
    sizes: CalendarSizes,
    today: Date,
    people: &[usize],
) -> Vec<Appointment> {
    let shared = sizes.shared_appointments();
    let single = sizes.appointments.saturating_sub(sizes.series);
    // Where nearly everything is a series, fewer are shared.
    let shared = shared.min(single);
    let foreign = sizes.appointments.div_ceil(20);
    let mut maker = Maker {
        dice,
        today,
        people,
        taken: HashSet::new(),
        made: 0,
    };
    let mut made = Vec::new();
    let mut add = |count: usize, place: Place, owner: Owner| {
        let wrong = match owner {
            Owner::First => sizes.appointments / 50,
            Owner::Colleague | Owner::Group => 0,
        };
        for number in 0..count {
            let refused = number + wrong >= count && place != Place::Both;
            let role = match (refused, number) {
                (true, _) => Role::Refused,
                (false, 0 | 1) if place != Place::Both => Role::AcrossClocks(number),
                (false, _) => Role::Usual,
            };
            made.push(maker.appointment(place, owner, role));
        }
    };
    add(shared, Place::Both, Owner::First);
    add(single - shared, Place::Mailbox, Owner::First);
    add(sizes.appointments - shared, Place::Crm, Owner::First);
    add(foreign - foreign / 2, Place::Crm, Owner::Colleague);
    add(foreign / 2, Place::Crm, Owner::Group);
    made
}

/// What an appointment is there for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Usual,
    /// It takes place while the clocks change, the last time (0) or the next (1).
    AcrossClocks(usize),
    /// The other side cannot take it: no subject in the mailbox, an end before the start in the CRM.
    Refused,
}

struct Maker<'a> {
    dice: &'a mut Dice,
    today: Date,
    /// The people the CRM knows.
    people: &'a [usize],
    /// What two sides could take one appointment for another by.
    taken: HashSet<(String, Timestamp, Timestamp)>,
    made: usize,
}

impl Maker<'_> {
    fn appointment(&mut self, place: Place, owner: Owner, role: Role) -> Appointment {
        let turn = self.made;
        self.made += 1;
        let mut entry = loop {
            let entry = self.entry(turn, place, role);
            let (start, end) = entry.when.span();
            let key = occasions::as_the_crm_keeps_it(&entry.subject);
            if self.taken.insert((key, start, end)) {
                break entry;
            }
        };
        if turn % 6 == 1 {
            occasions::twist_rest(&mut entry.location, &mut entry.description, turn / 6);
        }
        let (mailbox, crm) = match place {
            Place::Both => {
                let (mailbox, crm) = self.two_sides(entry);
                (Some(mailbox), Some(crm))
            }
            Place::Mailbox => (Some(entry), None),
            Place::Crm => (None, Some(entry)),
        };
        Appointment {
            owner,
            mailbox,
            crm,
        }
    }

    fn entry(&mut self, turn: usize, place: Place, role: Role) -> Entry {
        let when = match role {
            Role::AcrossClocks(which) => across_clocks(self.today, which),
            Role::Refused if place == Place::Crm => backwards(self.hours()),
            Role::Refused => self.hours(),
            Role::Usual => match turn % 20 {
                3 | 13 => self.days(1),
                7 => {
                    let more = self.dice.below(4);
                    self.days(2 + i64::try_from(more).expect("less than four"))
                }
                17 => self.night(),
                _ => self.hours(),
            },
        };
        let mut subject = self.subject(&when);
        match (role, place) {
            (Role::Refused, Place::Mailbox) => subject.clear(),
            (Role::Usual, Place::Mailbox | Place::Crm) if turn % 9 == 4 => {
                occasions::twist_subject(&mut subject, turn / 9);
            }
            _ => {}
        }
        self.dressed(subject, when, place)
    }

    fn subject(&mut self, when: &When) -> String {
        let first = *self.dice.pick(names::FIRST_NAMES);
        let last = *self.dice.pick(names::LAST_NAMES);
        match when {
            When::Days { .. } => format!("{} {last}", self.dice.pick(occasions::DAYS)),
            When::Time { .. } => format!("{} {first} {last}", self.dice.pick(occasions::MEETINGS)),
        }
    }

    /// Everything but subject and time.
    fn dressed(&mut self, subject: String, when: When, place: Place) -> Entry {
        let (created, modified) = moments(self.dice);
        let is_over = when.span().1 < day_start(self.today);
        let for_crm = place != Place::Mailbox;
        Entry {
            subject,
            location: self.often(65, occasions::LOCATIONS),
            description: self.often(45, occasions::NOTES),
            when,
            visibility: if self.dice.percent(12) {
                Visibility::Private
            } else {
                Visibility::Public
            },
            reminder: self.reminder(),
            kind: if self.dice.percent(30) {
                EventKind::Call
            } else {
                EventKind::Meeting
            },
            status: match (is_over, self.dice.below(8)) {
                (false, _) => EventStatus::Planned,
                (true, 0) => EventStatus::NotHeld,
                (true, _) => EventStatus::Held,
            },
            categories: match self.dice.percent(15) {
                true if place != Place::Crm => {
                    vec![(*self.dice.pick(names::CATEGORIES)).to_owned()]
                }
                _ => Vec::new(),
            },
            about: (for_crm && !self.people.is_empty() && self.dice.percent(25))
                .then(|| *self.dice.pick(self.people)),
            colleague: if for_crm && self.dice.percent(10) {
                Colleague::Invited
            } else {
                Colleague::NotInvited
            },
            created,
            modified,
        }
    }

    fn often(&mut self, percent: usize, from: &[&str]) -> String {
        if self.dice.percent(percent) {
            (*self.dice.pick(from)).to_owned()
        } else {
            String::new()
        }
    }

    fn reminder(&mut self) -> Option<u32> {
        let some = self.dice.percent(60);
        some.then(|| *self.dice.pick(&[5, 15, 30, 60, 1440]))
    }

    /// The same appointment as two sides know it: what is on one side only, and what differs. Subject and times are the same.
    fn two_sides(&mut self, entry: Entry) -> (Entry, Entry) {
        let mut mailbox = entry.clone();
        let mut crm = entry;
        mailbox.about = None;
        mailbox.colleague = Colleague::NotInvited;
        crm.categories.clear();
        for field in [location, description] {
            match self.dice.below(100) {
                0..60 => {}
                60..74 => field(&mut mailbox).clear(),
                74..88 => field(&mut crm).clear(),
                _ => field(&mut mailbox).push_str(" (neu)"),
            }
        }
        if self.dice.percent(20) {
            crm.reminder = self.reminder();
        }
        crm.modified += i64::try_from(self.dice.below(3600)).expect("an hour of seconds");
        (mailbox, crm)
    }

    fn day(&mut self) -> Date {
        let days = usize::try_from(BEFORE + AFTER + 1).expect("a positive number");
        let later = i64::try_from(self.dice.below(days)).expect("some days");
        plus_days(self.today, later - BEFORE)
    }

    /// Some quarters of an hour by day.
    fn hours(&mut self) -> When {
        let day = self.day();
        let quarter = i8::try_from(self.dice.below(48)).expect("less than forty-eight");
        let quarters = 1 + self.dice.below(12);
        let start = moment(day, 7 + quarter / 4, quarter % 4 * 15);
        lasting(start, quarters)
    }

    /// From late evening until after midnight.
    fn night(&mut self) -> When {
        let start = moment(self.day(), 22, 30);
        let quarters = 7 + self.dice.below(8);
        lasting(start, quarters)
    }

    fn days(&mut self, count: i64) -> When {
        let first = self.day();
        When::Days {
            first,
            last: plus_days(first, count - 1),
        }
    }
}

/// Times of making and changing.
pub(super) fn moments(dice: &mut Dice) -> (i64, i64) {
    let seconds = |number: usize| i64::try_from(number).expect("some days of seconds");
    let age = dice.below(OLDEST);
    let created = LATEST_MADE_UP_TIME - seconds(age);
    (created, created + seconds(dice.below(age + 1)))
}

/// A moment by the clock of the zone everybody lives in.
pub(super) fn moment(day: Date, hour: i8, minute: i8) -> Timestamp {
    let time = Time::new(hour, minute, 0, 0).expect("a time of day");
    let zoned = day.to_datetime(time).to_zoned(zone());
    zoned.expect("a year of this century").timestamp()
}

pub(super) fn plus_days(day: Date, days: i64) -> Date {
    day.checked_add(days.days())
        .expect("a year of this century")
}

fn day_start(day: Date) -> Timestamp {
    moment(day, 0, 0)
}

fn lasting(start: Timestamp, quarters: usize) -> When {
    let minutes = 15 * i64::try_from(quarters).expect("some hours");
    let end = start.checked_add(minutes.minutes());
    When::Time {
        start,
        end: end.expect("a year of this century"),
    }
}

fn backwards(when: When) -> When {
    let (end, start) = when.span();
    When::Time { start, end }
}

/// From the evening before the clocks change until after it: the last time before today, or the next one.
fn across_clocks(today: Date, which: usize) -> When {
    let (zone, now) = (zone(), day_start(today));
    let change = match which {
        0 => zone.preceding(now).next(),
        _ => zone.following(now).next(),
    };
    let change = change.expect("the clocks of this zone change twice a year");
    let night = zone.to_datetime(change.timestamp()).date();
    When::Time {
        start: moment(plus_days(night, -1), 23, 0),
        end: moment(night, 5, 0),
    }
}

fn location(entry: &mut Entry) -> &mut String {
    &mut entry.location
}

fn description(entry: &mut Entry) -> &mut String {
    &mut entry.description
}
