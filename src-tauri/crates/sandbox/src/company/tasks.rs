//! Makes up tasks: due from thirty days before today to ninety after it; some of the mailbox are never due.
//! Deliberately not here: tasks that recur, which the CRM has not.

use super::appointments::{moments, plus_days};
use super::calendar::{CalendarSizes, Priority, Task, TaskCard, TaskStatus, Visibility};
use super::dice::Dice;
use super::{Owner, Place, names, occasions};
use jiff::civil::Date;
use std::collections::HashSet;

/// What both sides have.
const COMMON: [TaskStatus; 5] = [
    TaskStatus::NotStarted,
    TaskStatus::InProgress,
    TaskStatus::Completed,
    TaskStatus::Waiting,
    TaskStatus::Deferred,
];

/// Makes up the tasks: first the shared ones, then those of the mailbox, of the CRM, of colleagues.
pub(super) fn tasks(dice: &mut Dice, sizes: CalendarSizes, today: Date) -> Vec<Task> {
    let shared = sizes.shared_tasks();
    let foreign = sizes.tasks.div_ceil(20);
    let mut maker = Maker {
        dice,
        today,
        taken: HashSet::new(),
        made: 0,
    };
    let mut made = Vec::new();
    let mut add = |count: usize, place: Place, owner: Owner| {
        made.extend((0..count).map(|_| maker.task(place, owner)));
    };
    add(shared, Place::Both, Owner::First);
    add(sizes.tasks - shared, Place::Mailbox, Owner::First);
    add(sizes.tasks - shared, Place::Crm, Owner::First);
    add(foreign - foreign / 2, Place::Crm, Owner::Colleague);
    add(foreign / 2, Place::Crm, Owner::Group);
    made
}

struct Maker<'a> {
    dice: &'a mut Dice,
    today: Date,
    /// What two sides could take one task for another by.
    taken: HashSet<(String, Option<Date>)>,
    made: usize,
}

impl Maker<'_> {
    fn task(&mut self, place: Place, owner: Owner) -> Task {
        let turn = self.made;
        self.made += 1;
        let card = loop {
            let card = self.card(turn, place);
            let key = occasions::as_the_crm_keeps_it(&card.subject);
            if self.taken.insert((key, card.due)) {
                break card;
            }
        };
        let (mailbox, crm) = match place {
            Place::Both => {
                let (mailbox, crm) = self.two_sides(card);
                (Some(mailbox), Some(crm))
            }
            Place::Mailbox => (Some(card), None),
            Place::Crm => (None, Some(card)),
        };
        Task {
            owner,
            mailbox,
            crm,
        }
    }

    fn card(&mut self, turn: usize, place: Place) -> TaskCard {
        let topic = self.dice.pick(occasions::TASKS);
        let first = self.dice.pick(names::FIRST_NAMES);
        let last = self.dice.pick(names::LAST_NAMES);
        let mut subject = format!("{topic} {first} {last}");
        if place != Place::Both && turn % 9 == 4 {
            occasions::twist_subject(&mut subject, turn / 9);
        }
        let due = plus_days(self.today, days(self.dice.below(121)) - 30);
        let start = plus_days(due, -days(self.dice.below(14)));
        let (start, due) = match (place, turn % 10) {
            (Place::Mailbox, 1 | 6) => (None, None),
            (Place::Mailbox, 3) => (None, Some(due)),
            _ => (Some(start), Some(due)),
        };
        let mut description = match self.dice.percent(50) {
            true => (*self.dice.pick(occasions::NOTES)).to_owned(),
            false => String::new(),
        };
        if turn % 6 == 1 {
            occasions::twist_rest(&mut String::new(), &mut description, turn / 6);
        }
        let (created, modified) = moments(self.dice);
        TaskCard {
            subject,
            description,
            start,
            due,
            status: match place {
                Place::Crm if turn % 6 == 5 => TaskStatus::Planned,
                _ => COMMON[turn % 5],
            },
            percent: 10 * u8::try_from(1 + self.dice.below(9)).expect("at most nine"),
            priority: *self.dice.pick(&[
                Priority::High,
                Priority::Normal,
                Priority::Normal,
                Priority::Low,
            ]),
            visibility: if self.dice.percent(10) {
                Visibility::Private
            } else {
                Visibility::Public
            },
            created,
            modified,
        }
    }

    /// The same task as two sides know it; subject and due date are the same.
    fn two_sides(&mut self, card: TaskCard) -> (TaskCard, TaskCard) {
        let mut mailbox = card.clone();
        let mut crm = card;
        match self.dice.below(100) {
            0..60 => {}
            60..74 => mailbox.description.clear(),
            74..88 => crm.description.clear(),
            _ => mailbox.description.push_str(" (neu)"),
        }
        if self.dice.percent(20) {
            mailbox.start = None;
        }
        if self.dice.percent(25) {
            crm.status = *self.dice.pick(&COMMON);
        }
        if self.dice.percent(25) {
            mailbox.priority = Priority::Normal;
        }
        crm.modified += i64::try_from(self.dice.below(3600)).expect("an hour of seconds");
        (mailbox, crm)
    }
}

fn days(number: usize) -> i64 {
    i64::try_from(number).expect("some days")
}
