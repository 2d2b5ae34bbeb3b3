//! What a sandbox is started with. The defaults are an empty one on free ports.
//! Deliberately not here: the command line, which `main` reads into this.

use crate::company::{CalendarSizes, DEFAULT_SEED, MailSizes, Sizes};
use crate::crm::{AddedField, AddedValues, Flavour, Presence};
use crate::faults::Fault;
use jiff::Timestamp;
use jiff::civil::Date;
use std::path::PathBuf;

/// Which server the mailbox half plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Exchange, as its documentation says.
    #[default]
    Exchange,
    /// grommunio's gromox 3.10, as recorded.
    Gromox,
}

/// What a sandbox is started with.
#[derive(Debug, Clone)]
pub struct Options {
    /// The port of the mailbox half; 0 is any free one.
    pub exchange_port: u16,
    /// The port of the CRM half; 0 is any free one.
    pub crm_port: u16,
    /// The seed of the made-up company.
    pub seed: u64,
    /// How many people there are, and where.
    pub sizes: Sizes,
    /// How many appointments and tasks there are.
    pub calendar: CalendarSizes,
    /// How many mails there are.
    pub mails: MailSizes,
    /// The day around which appointments and tasks lie, and before which mails; without it, the one on which the clock stands at the start.
    pub today: Option<Date>,
    /// The file the state is kept in.
    pub state: Option<PathBuf>,
    /// Which server the mailbox half plays.
    pub mode: Mode,
    /// Which version the CRM half plays.
    pub crm_flavour: Flavour,
    /// The zone of the CRM's database, by its IANA name.
    pub crm_zone: String,
    /// The zone of the CRM's users, by its IANA name.
    pub crm_users_zone: String,
    /// The fields the CRM's administrators added.
    pub crm_fields: Vec<AddedField>,
    /// The values they added to pick-lists.
    pub crm_values: Vec<AddedValues>,
    /// The field of the CRM's e-mails for the Message-ID.
    pub crm_key_field: Presence,
    /// The CRM's module `Partner`.
    pub crm_partner: Presence,
    /// The largest body of a request the CRM reads, in bytes; without one, every body is. A larger one is answered by an empty HTTP 500.
    pub crm_largest_upload: Option<usize>,
    /// Seconds by which the mailbox's clock is ahead.
    pub exchange_clock_offset: i64,
    /// Seconds by which the CRM's clock is ahead.
    pub crm_clock_offset: i64,
    /// Where the clock stands from the start; without it, it runs with the machine.
    pub clock: Option<Timestamp>,
    /// The faults on order.
    pub faults: Vec<Fault>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            exchange_port: 0,
            crm_port: 0,
            seed: DEFAULT_SEED,
            sizes: Sizes::both(0),
            calendar: CalendarSizes::default(),
            mails: MailSizes::default(),
            today: None,
            state: None,
            mode: Mode::default(),
            crm_flavour: Flavour::default(),
            crm_zone: "UTC".to_owned(),
            crm_users_zone: crate::crm::USERS_ZONE.to_owned(),
            crm_fields: Vec::new(),
            crm_values: Vec::new(),
            crm_key_field: Presence::Present,
            crm_partner: Presence::Absent,
            crm_largest_upload: None,
            exchange_clock_offset: 0,
            crm_clock_offset: 0,
            clock: None,
            faults: Vec::new(),
        }
    }
}
