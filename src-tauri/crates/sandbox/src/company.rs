//! The made-up company whose people, appointments, tasks and mails fill both halves: the same seed gives the same ones for ever (the
//! calendar and the mails beside a day that they take for today). Some people are known to both
//! sides with partly different fields, some to one side only; names are German and international, and many values are awkward on
//! purpose. Nobody here exists, and all addresses use reserved domains.
//! Deliberately not here: how a card becomes an item or a record; each half loads it in its own way.

mod appointments;
mod awkward;
mod calendar;
mod dice;
mod letters;
mod mails;
mod names;
mod occasions;
mod people;
mod series;
mod tasks;

pub use calendar::{
    Appointment, CalendarSizes, Colleague, Entry, EventKind, EventStatus, Exception, Pattern,
    Priority, Range, Series, Task, TaskCard, TaskStatus, Visibility, When, ZONE,
};

pub use mails::{Direction, Mail, MailSizes};

use jiff::Timestamp;
use jiff::civil::Date;
use std::fmt;

/// The seed used where none is given.
pub const DEFAULT_SEED: u64 = 20_261_122;

/// The second all made-up times of making and changing lie before: 1 March 2026, 08:00 UTC.
pub const LATEST_MADE_UP_TIME: i64 = 1_772_352_000;

/// What a user may do in the CRM, as the README of the CRM probe describes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// May do everything a user may; the connector works for this one.
    Full,
    /// The same rights, neither above nor below the first.
    Colleague,
    /// Reads most modules, writes nothing, the leads are closed.
    ReadOnly,
    /// Set inactive: cannot sign in.
    Inactive,
}

/// A user of both halves: the first one (`Role::Full`) is the same person in the mailbox and in the CRM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The sign-in name in the CRM (`anna`).
    pub name: String,
    /// What the user may do in the CRM.
    pub role: Role,
    /// The first name.
    pub first_name: String,
    /// The last name.
    pub last_name: String,
    /// The e-mail address, the sign-in name in the mailbox.
    pub email: String,
    /// The password of the mailbox.
    pub password: String,
    /// The access key of the CRM's web service.
    pub access_key: String,
}

/// How many there shall be of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// People in the first user's mailbox.
    pub mailbox_contacts: usize,
    /// People in the CRM that belong to the first user.
    pub crm_contacts: usize,
    /// How many of them are the same people; never more than the smaller of the two.
    pub shared_contacts: usize,
}

impl Sizes {
    /// That many people on each side, three of eight the same (of 400 and 400 these are 150).
    pub fn both(contacts: usize) -> Self {
        Self {
            mailbox_contacts: contacts,
            crm_contacts: contacts,
            shared_contacts: contacts * 3 / 8,
        }
    }
}

/// The made-up company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Company {
    /// The users, the first one first.
    pub users: Vec<User>,
    /// The organisations people work for. Some are not known to the CRM yet.
    pub organisations: Vec<Organisation>,
    /// The people: first the shared ones, then those of the mailbox only, then those of the CRM only, then those of colleagues.
    pub people: Vec<Person>,
    /// The appointments that are no series: shared ones, then those of the mailbox, of the CRM, of colleagues.
    pub appointments: Vec<Appointment>,
    /// The series of the first user's mailbox.
    pub series: Vec<Series>,
    /// The tasks, in the order of the appointments.
    pub tasks: Vec<Task>,
    /// The mails of the first user, the oldest first.
    pub mails: Vec<Mail>,
}

/// The day it is at a moment where the company is.
pub fn day_of(moment: Timestamp) -> Date {
    calendar::zone().to_datetime(moment).date()
}

impl Company {
    /// Makes it up, without appointments and tasks. The same arguments give the same company.
    pub fn make(seed: u64, sizes: Sizes) -> Self {
        let mut dice = dice::Dice::new(seed);
        let organisations = people::organisations(&mut dice, sizes);
        let people = people::people(&mut dice, sizes, &organisations);
        Self {
            users: people::users(seed),
            organisations,
            people,
            appointments: Vec::new(),
            series: Vec::new(),
            tasks: Vec::new(),
            mails: Vec::new(),
        }
    }

    /// Makes up its mails of the time before a day, by dice of their own.
    pub fn with_mails(mut self, seed: u64, sizes: MailSizes, today: Date) -> Self {
        let mut dice = dice::Dice::new(seed ^ 0x3a11_b0e5);
        self.mails = mails::mails(&mut dice, sizes, today, &self);
        self
    }

    /// Makes up its appointments and tasks around a day. They have dice of their own, so that the people stay the same.
    pub fn with_calendar(mut self, seed: u64, sizes: CalendarSizes, today: Date) -> Self {
        let dice = |salt: u64| dice::Dice::new(seed ^ salt);
        let people = self.people.iter().enumerate();
        let known: Vec<usize> = people
            .filter(|(_, person)| person.owner == Owner::First && person.crm.is_some())
            .map(|(place, _)| place)
            .collect();
        let sizes = CalendarSizes {
            series: sizes.series.min(sizes.appointments),
            ..sizes
        };
        self.appointments =
            appointments::appointments(&mut dice(0xca1e_17da), sizes, today, &known);
        self.series = series::series(&mut dice(0x5e71_e500), sizes.series, today);
        self.tasks = tasks::tasks(&mut dice(0x7a54_0000), sizes, today);
        self
    }
}

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Its name, unique whatever the case of its letters.
    pub name: String,
    /// The domain of its addresses.
    pub domain: String,
    /// Where it is.
    pub address: Address,
    /// Its telephone number.
    pub phone: String,
    /// Whether the CRM has a record of it from the start.
    pub known: Known,
}

/// Whether the CRM knows an organisation from the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// It has a record.
    ToTheCrm,
    /// It is named in the mailbox only.
    ToTheMailboxOnly,
}

/// Where a person is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// On both sides: the same person with partly different fields.
    Both,
    /// In the mailbox only.
    Mailbox,
    /// In the CRM only.
    Crm,
}

/// Whom a person's record in the CRM belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner {
    /// The first user.
    First,
    /// The colleague.
    Colleague,
    /// The group both are members of.
    Group,
}

/// A person, with a card for each side that knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Whom the record in the CRM belongs to.
    pub owner: Owner,
    /// The card in the mailbox.
    pub mailbox: Option<Card>,
    /// The card in the CRM.
    pub crm: Option<Card>,
}

impl Person {
    /// Where this person is known.
    pub fn place(&self) -> Place {
        match (&self.mailbox, &self.crm) {
            (Some(_), Some(_)) => Place::Both,
            (Some(_), None) => Place::Mailbox,
            (None, _) => Place::Crm,
        }
    }
}

/// What one side knows of a person. An empty text is an empty field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Card {
    /// The first of the first names, without a blank in it.
    pub given: String,
    /// The other first names.
    pub middle: String,
    /// The last name.
    pub last_name: String,
    /// The job title.
    pub job_title: String,
    /// The department.
    pub department: String,
    /// Notes, often of several lines.
    pub description: String,
    /// The name of the organisation.
    pub organisation: String,
    /// The first e-mail address.
    pub email: String,
    /// Another one.
    pub other_email: String,
    /// The direct telephone number.
    pub phone: String,
    /// Another one.
    pub other_phone: String,
    /// The mobile number.
    pub mobile: String,
    /// The fax number; the connector does not touch it.
    pub fax: String,
    /// A second business number; only the mailbox has such a field, and the connector does not touch it.
    pub second_phone: String,
    /// `YYYY-MM-DD`; the connector does not touch it.
    pub birthday: String,
    /// Categories; only the mailbox has them, and the connector does not touch them.
    pub categories: Vec<String>,
    /// The first address.
    pub billing: Address,
    /// The other address.
    pub delivery: Address,
    /// When it was made, in seconds since 1970.
    pub created: i64,
    /// When it was last changed, in seconds since 1970.
    pub modified: i64,
}

impl Card {
    /// All first names in one text, as the CRM has them.
    pub fn first_name(&self) -> String {
        match (self.given.as_str(), self.middle.as_str()) {
            (given, "") => given.to_owned(),
            ("", middle) => middle.to_owned(),
            (given, middle) => format!("{given} {middle}"),
        }
    }
}

/// An address. An empty text is an empty field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Address {
    /// Street and number, sometimes of several lines.
    pub street: String,
    /// The city.
    pub city: String,
    /// The postal code.
    pub code: String,
    /// The state or region.
    pub state: String,
    /// The country.
    pub country: String,
}

impl Role {
    /// The name used in the ready line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Colleague => "colleague",
            Self::ReadOnly => "read_only",
            Self::Inactive => "inactive",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests;
