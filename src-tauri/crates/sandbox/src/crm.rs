//! The fake CRM: `webservice.php` as measured on vtiger CRM 8.4.0 (or, by a switch, as 5.x is known to be), with records in memory.
//! Tests act as users of the CRM through the methods of [`Crm`] here and in `desk`, past the web service and its counters.
//! Deliberately not here: HTTP, which `wire` knows, and what goes wrong on order, which `faults` knows.

mod activity;
mod catalogue;
mod collation;
mod describe;
mod desk;
mod emails;
mod error;
mod files;
mod journal;
mod load;
mod module;
mod operation;
mod operations;
mod params;
mod query;
mod records;
mod related;
mod relations;
mod saved;
mod sessions;
mod sync;
mod users;
mod values;
mod view;
mod wire;
mod writes;

pub use catalogue::{AddError, AddedField, AddedValues, Presence};
pub use desk::{Email, EmailFile};
pub use error::CrmError;
pub use journal::{Count, Journal, Write};
pub use users::{Rights, Status};

use crate::Ground;
use crate::faults::Side;
use crate::zones;
use catalogue::Catalogue;
use files::Files;
use jiff::tz::TimeZone;
use module::{Module, ModuleId};
use records::{Number, Records};
use relations::Relations;
use sessions::Sessions;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use users::Directory;

/// Which version the server plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Flavour {
    /// vtiger 8.4, as recorded.
    #[default]
    Eight,
    /// 5.x: update replaces, revise and related operations are absent, count(*) counts, accounts may have the same name.
    Five,
}

/// The zone of the made-up company's users.
pub const USERS_ZONE: &str = "Europe/Berlin";

/// What an installation has that another has not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    /// Which version the server plays.
    pub flavour: Flavour,
    /// The zone of its database: that of the texts of times.
    pub zone: TimeZone,
    /// The zone of its users, as their sign-in tells.
    pub users_zone: TimeZone,
    /// The fields its administrators added.
    pub fields: Vec<AddedField>,
    /// The values they added to pick-lists.
    pub values: Vec<AddedValues>,
    /// The field of e-mails for the Message-ID.
    pub key_field: Presence,
    /// The module `Partner`, which CRM+ has.
    pub partner: Presence,
    /// The largest body of a request that is read (`post_max_size`); without one, every body is.
    pub largest_upload: Option<usize>,
}

impl Default for Installation {
    fn default() -> Self {
        Self {
            flavour: Flavour::default(),
            zone: TimeZone::UTC,
            users_zone: zones::named(USERS_ZONE).expect("the zones come along with this program"),
            fields: Vec::new(),
            values: Vec::new(),
            key_field: Presence::Present,
            partner: Presence::Absent,
            largest_upload: None,
        }
    }
}

/// Why a CRM could not be made.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// What a state file held cannot be read.
    #[error("the saved state cannot be read")]
    Saved(#[from] serde_json::Error),
    /// A field or value cannot be added.
    #[error("the installation cannot be so")]
    Installation(#[from] AddError),
}

/// The fake CRM.
pub struct Crm {
    ground: Arc<Ground>,
    flavour: Flavour,
    largest_upload: Option<usize>,
    world: Mutex<World>,
    journal: Mutex<Journal>,
    revision: AtomicU64,
}

/// Everything that can change.
struct World {
    catalogue: Catalogue,
    /// The zone of the database.
    zone: TimeZone,
    /// The zone of the users.
    users_zone: TimeZone,
    directory: Directory,
    sessions: Sessions,
    records: Records,
    relations: Relations,
    files: Files,
    /// The last number given to a record; one sequence over all modules.
    last_number: u64,
    /// The last number of `contact_no` and the like.
    counters: HashMap<ModuleId, u64>,
}

/// Numbers of records begin after this one; those below are for users, groups and what a fresh installation has.
const FIRST_NUMBERS: u64 = 1000;

impl World {
    /// The module of that name, if it is open to the user.
    fn open_module(&self, user: Number, name: &str) -> Result<Arc<Module>, CrmError> {
        let module = self.catalogue.named(name).ok_or_else(CrmError::denied)?;
        match self.directory.rights(user, module) {
            Rights::Closed => Err(CrmError::denied()),
            Rights::Full | Rights::ReadOnly => Ok(Arc::clone(module)),
        }
    }

    /// Adds a field to a module and its records.
    fn add_field(&mut self, field: AddedField) -> Result<(), AddError> {
        self.catalogue.add_field(&mut self.records, field)
    }

    /// Adds values to a pick-list.
    fn add_values(&mut self, values: AddedValues) -> Result<(), AddError> {
        self.catalogue.add_values(&mut self.records, values)
    }

    fn next_number(&mut self) -> Number {
        self.last_number += 1;
        Number(self.last_number)
    }

    fn next_of(&mut self, module: ModuleId) -> u64 {
        let counter = self.counters.entry(module).or_default();
        *counter += 1;
        *counter
    }
}

impl Crm {
    /// A CRM with the company of the ground in it, or with what a state file held. What the administrators added comes last: the
    /// records that are there do not have it yet.
    pub fn new(
        ground: Arc<Ground>,
        installation: Installation,
        saved: Option<serde_json::Value>,
    ) -> Result<Self, StartError> {
        let mut world = World {
            catalogue: Catalogue::new(installation.key_field, installation.partner),
            zone: installation.zone,
            users_zone: installation.users_zone,
            directory: Directory::new(&ground.company.users),
            sessions: Sessions::default(),
            records: Records::default(),
            relations: Relations::default(),
            files: Files::default(),
            last_number: FIRST_NUMBERS,
            counters: HashMap::new(),
        };
        match saved {
            Some(saved) => saved::restore(&mut world, saved)?,
            None => load::company(&mut world, &ground.company),
        }
        for field in installation.fields {
            // A saved state may have it already.
            if !world.catalogue.added().0.contains(&field) {
                world.add_field(field)?;
            }
        }
        for values in installation.values {
            world.add_values(values)?;
        }
        Ok(Self {
            ground,
            flavour: installation.flavour,
            largest_upload: installation.largest_upload,
            world: Mutex::new(world),
            journal: Mutex::default(),
            revision: AtomicU64::new(0),
        })
    }

    /// The requests since the start or the last reset.
    pub fn journal(&self) -> Journal {
        self.journal_lock().clone()
    }

    /// Forgets all requests.
    pub fn reset_journal(&self) {
        *self.journal_lock() = Journal::default();
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().expect("nobody panics while holding it")
    }

    fn journal_lock(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock().expect("nobody panics while holding it")
    }

    /// The time of the CRM's clock, in whole seconds since 1970.
    fn now(&self) -> i64 {
        self.ground.clock.seconds(Side::Crm)
    }

    /// Notes that something worth keeping changed.
    fn touched(&self) {
        self.revision.fetch_add(1, Ordering::SeqCst);
    }
}
