//! The fake Exchange: a mailbox per user behind EWS, kept in memory. Judged by the EWS probe, not by our own client.
//!
//! Beside `/EWS/Exchange.asmx` and `/autodiscover/autodiscover.xml` (any case) its port has a control door for tests in other
//! processes (JSON; whoever tests in the same process calls the methods of [`Exchange`] of the same meaning):
//!
//! - `POST /sandbox/exchange/act` `{"user": NAME, "act": "edit", ...}`: acts as the user, see [`Act`]; answers `{"id": ID}`
//! - `GET /sandbox/exchange/items?user=NAME[&folder=PATH]`: every item with its folder, fields, named properties and canonical text
//! - `GET /sandbox/exchange/folders?user=NAME`: every folder
//! - `GET /sandbox/exchange/calendar?user=NAME&folder=PATH&from=TIME&to=TIME`: series as their occurrences
//! - `GET /sandbox/exchange/mails?user=NAME[&folder=PATH]`: every mail with its folder, Message-ID and mark
//! - `GET /sandbox/exchange/outbox?user=NAME`: meeting messages that requests asked for, and meetings of others that they changed
//! - `POST /sandbox/exchange/tokens` `{"token": TOKEN, "user": NAME}` and `DELETE`: access tokens that are taken, and that none is
//! - `GET /sandbox/requests` and `DELETE`: the requests since the start or the last reset, every request to write as it came
//! - `/sandbox/faults` and `/sandbox/clock`: as on the port of the CRM
//!
//! Deliberately not here: mails that carry invitations and their answers, other people's mailboxes.

mod acts;
mod answer;
mod autodiscover;
mod bearer;
mod body;
mod commit;
mod control;
mod failure;
mod identity;
mod internal;
mod item;
mod journal;
mod load;
mod mailbox;
mod mime;
mod mode;
mod operations;
mod render;
mod restriction;
pub mod schema;
mod series;
mod service;
mod shape;
mod sign_in;
mod soap;
mod stream;
mod view;
mod write;
pub mod xml;
mod zone;

pub use acts::{Act, ActError, DeleteHow, FieldValue, Response};
pub use item::Kind;
pub use journal::{Count, Journal, Write};
pub use mailbox::{MovesTold, Recipient, Sent, SentKind, TouchedMeeting, User};
pub use view::{AttachmentView, ExceptionView, FolderView, ItemView, MailView};

use crate::Ground;
use crate::faults::Side;
use crate::options::Mode;
use crate::state::Kept;
use internal::Internal;
use jiff::Timestamp;
use mailbox::Mailbox;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::sync::watch;

/// The time between two signs of life of a stream, as measured on a real server.
const HEARTBEAT: Duration = Duration::from_secs(45);

/// The fake Exchange. A clone is the same one.
#[derive(Clone)]
pub struct Exchange(Arc<Inner>);

struct Inner {
    ground: Arc<Ground>,
    mode: Mode,
    world: Mutex<World>,
    journal: Mutex<Journal>,
    revision: AtomicU64,
    /// Tells streams that something happened.
    happened: watch::Sender<u64>,
    heartbeat: Mutex<Duration>,
    tokens: Mutex<bearer::Tokens>,
}

/// Everything that can change, by the sign-in name of the owner in small letters.
#[derive(Default, Serialize, Deserialize)]
struct World {
    mailboxes: BTreeMap<String, Mailbox>,
}

impl Exchange {
    /// An Exchange with the company of the ground in it, or with what a state file held.
    pub fn new(
        ground: Arc<Ground>,
        mode: Mode,
        saved: Option<serde_json::Value>,
    ) -> Result<Self, serde_json::Error> {
        let mut world = match saved {
            Some(saved) => {
                let mut world: World = serde_json::from_value(saved)?;
                world.mailboxes.values_mut().for_each(Mailbox::restore);
                world
            }
            None => {
                let mut mailboxes = load::company(&ground.company);
                mailboxes
                    .values_mut()
                    .for_each(|mailbox| mailbox.moves_told = mode.moves_told());
                World { mailboxes }
            }
        };
        if mode == Mode::Exchange {
            let internal = Internal::of(&ground.company.users);
            let mailboxes = world.mailboxes.values_mut();
            mailboxes.for_each(|mailbox| mailbox.internal = internal.clone());
        }
        Ok(Self(Arc::new(Inner {
            ground,
            mode,
            world: Mutex::new(world),
            journal: Mutex::default(),
            revision: AtomicU64::new(0),
            happened: watch::Sender::new(0),
            heartbeat: Mutex::new(HEARTBEAT),
            tokens: Mutex::default(),
        })))
    }

    /// The requests since the start or the last reset.
    pub fn journal(&self) -> Journal {
        self.0.journal().clone()
    }

    /// Forgets all requests.
    pub fn reset_journal(&self) {
        *self.0.journal() = Journal::default();
    }

    /// The user with this address has another password from now on.
    pub fn set_password(&self, email: &str, password: &str) {
        let mut world = self.0.world();
        let mut users = world
            .mailboxes
            .values_mut()
            .map(|mailbox| &mut mailbox.user);
        if let Some(user) = users.find(|user| user.email.eq_ignore_ascii_case(email)) {
            user.password = password.to_owned();
        }
    }

    /// Takes this access token for this user (by name or address) from now on, and no password any more.
    pub fn allow_token(&self, token: &str, user: &str) {
        self.0.tokens().allow(token, user);
    }

    /// Takes none of the tokens told so far.
    pub fn forget_tokens(&self) {
        self.0.tokens().forget();
    }

    /// Takes none of the tokens told so far, and wants to see these claims (base64 of JSON) in the next one.
    pub fn demand_claims(&self, claims: &str) {
        self.0.tokens().demand(claims);
    }

    /// Sets the time between two signs of life of a stream.
    pub fn set_heartbeat(&self, every: Duration) {
        *self
            .0
            .heartbeat
            .lock()
            .expect("nobody panics while holding it") = every;
    }
}

impl Inner {
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().expect("nobody panics while holding it")
    }

    fn journal(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock().expect("nobody panics while holding it")
    }

    fn heartbeat(&self) -> Duration {
        *self
            .heartbeat
            .lock()
            .expect("nobody panics while holding it")
    }

    fn tokens(&self) -> MutexGuard<'_, bearer::Tokens> {
        self.tokens.lock().expect("nobody panics while holding it")
    }

    /// The time of the mailbox's clock.
    fn now(&self) -> Timestamp {
        self.ground.clock.now(Side::Exchange)
    }

    /// Works on the mailbox of a user; notes if something worth keeping changed.
    fn with_mailbox<T>(
        &self,
        name: &str,
        work: impl FnOnce(&mut Mailbox, Timestamp) -> T,
    ) -> Option<T> {
        let now = self.now();
        let mut world = self.world();
        let mailbox = world.mailboxes.get_mut(&name.to_lowercase())?;
        let before = (mailbox.last_change(), mailbox.subscriptions.len());
        let done = work(mailbox, now);
        if before != (mailbox.last_change(), mailbox.subscriptions.len()) {
            let revision = self.revision.fetch_add(1, Ordering::SeqCst) + 1;
            self.happened.send_replace(revision);
        }
        Some(done)
    }
}

impl Kept for Exchange {
    fn name(&self) -> &'static str {
        "exchange"
    }

    fn revision(&self) -> u64 {
        self.0.revision.load(Ordering::SeqCst)
    }

    fn snapshot(&self) -> serde_json::Value {
        serde_json::to_value(&*self.0.world()).expect("the world is made of texts and numbers")
    }
}
