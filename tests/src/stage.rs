//! A stage: a sandbox, a profile on disk, and the product's engine between them. Its clock stands until it is moved.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crm_webservice::{CrmOptions, WebserviceCrm};
use engine::brake::Answer;
use engine::{Doors, Engine, Owner, Ran, Setup, Silent, Stop};
use jiff::{SignedDuration, Timestamp};
use mailbox_ews::{EwsMailbox, EwsOptions, Timing, UserZone};
use model::policy::{FolderChoice, PickList};
use model::{AccountName, Component, DeviceId, Fingerprint, Link, Policy, Secret, Strategy};
use ports::{Clock, Crm, ErrorKind, Failure, LinkFilter, StateStore};
use sandbox::company::{Sizes, User};
use sandbox::faults::Side;
use sandbox::options::{Mode, Options};
use sandbox::running::Running;
use store::SqliteStore;
use tempfile::TempDir;
use transport::Address;

use crate::firewall;
use crate::mortal::{Death, Mortal};

/// What most scenarios are about.
pub const CONTACTS: Component = Component::Contacts;
/// The folder of contacts the connector syncs.
pub const FOLDER: &str = "Contacts/CRM-Sync";
/// The state file of a profile.
const STATE: &str = "state.sqlite";
/// The computer of a user who has one.
pub const COMPUTER: &str = "desk";
/// The zone the user lives in.
pub const ZONE: &str = "Europe/Berlin";

/// When every scenario begins; the made-up company is older.
pub fn beginning() -> Timestamp {
    "2026-06-01T09:00:00Z".parse().expect("a time")
}

/// How many past days are synced where a scenario says nothing.
pub const PAST_DAYS: u32 = 30;

/// The clock of the user's computer: the servers' time, and by how many seconds it is wrong.
#[derive(Clone)]
pub struct StageClock {
    ground: Arc<sandbox::Ground>,
    wrong: Arc<AtomicI64>,
}

impl StageClock {
    fn of(ground: &Arc<sandbox::Ground>) -> Self {
        Self {
            ground: Arc::clone(ground),
            wrong: Arc::default(),
        }
    }
}

impl Clock for StageClock {
    fn now(&self) -> Timestamp {
        let wrong = SignedDuration::from_secs(self.wrong.load(Ordering::SeqCst));
        self.ground.clock.now(Side::Crm) + wrong
    }
}

/// Nobody waits in a scenario: a back-off only moves the clock.
struct MovesClock(Arc<sandbox::Ground>);

#[async_trait::async_trait]
impl transport::Waiting for MovesClock {
    async fn wait(&self, pause: std::time::Duration) {
        self.0
            .clock
            .advance(SignedDuration::try_from(pause).unwrap_or_default());
    }
}

/// Where both servers are and who signs in: all that another process needs.
#[derive(Debug, Clone)]
pub struct Servers {
    pub exchange: String,
    pub crm: String,
    pub address: String,
    pub password: String,
    pub user: String,
    pub access_key: String,
}

/// A sandbox with a profile.
pub struct Stage {
    pub sandbox: Running,
    pub policy: Policy,
    /// What this scenario is about.
    pub component: Component,
    /// How many past days are synced.
    pub past_days: u32,
    /// Where the user lives.
    zone: String,
    pub profile: TempDir,
    pub mailbox: Arc<EwsMailbox>,
    pub crm: Arc<WebserviceCrm>,
    pub store: Arc<SqliteStore>,
    fingerprint: Fingerprint,
    clock: StageClock,
    /// How much of the disk is left, where it matters.
    pub(crate) disk: Option<Death>,
    /// Which computer the user sits at.
    pub computer: &'static str,
}

impl Stage {
    /// An empty mailbox and an empty CRM.
    pub async fn empty() -> Self {
        Self::with(Options::default()).await
    }

    /// Both sides with so many contacts, three of eight of them the same people.
    pub async fn with_contacts(contacts: usize) -> Self {
        Self::with(Options {
            sizes: Sizes::both(contacts),
            ..Options::default()
        })
        .await
    }

    /// Both sides empty, for a scenario about this component with a user in this zone, a CRM in that one, and a policy.
    pub async fn in_zones(
        (component, mode): (Component, Mode),
        users: &str,
        crm: &str,
        policy: Policy,
    ) -> Self {
        let mut stage = Self::with(Options {
            mode,
            crm_zone: crm.to_owned(),
            crm_users_zone: users.to_owned(),
            ..Options::default()
        })
        .await;
        stage.component = component;
        stage.policy = policy;
        stage.zone = users.to_owned();
        stage.anew()
    }

    /// A sandbox of one's own choice; its clock stands at the beginning of all scenarios unless it says otherwise.
    pub async fn with(options: Options) -> Self {
        let options = Options {
            clock: options.clock.or(Some(beginning())),
            ..options
        };
        let sandbox = sandbox::start(options)
            .await
            .expect("a free port on loopback");
        let profile = tempfile::tempdir().expect("a folder");
        let policy = Policy::default();
        let clock = StageClock::of(&sandbox.ground);
        let (mailbox, crm) = adapters(&servers(&sandbox), Some(&clock), &policy, ZONE);
        let store = open_store(profile.path()).await;
        let fingerprint = crm
            .sign_in()
            .await
            .expect("the sandbox knows its users")
            .fingerprint;
        Self {
            sandbox,
            policy,
            component: CONTACTS,
            past_days: PAST_DAYS,
            zone: ZONE.to_owned(),
            profile,
            mailbox: Arc::new(mailbox),
            crm: Arc::new(crm),
            store: Arc::new(store),
            fingerprint,
            clock,
            disk: None,
            computer: COMPUTER,
        }
    }

    /// Both sides empty, for a scenario about appointments or tasks on this kind of server.
    pub async fn of(component: Component, mode: Mode) -> Self {
        let mut stage = Self::with(Options {
            mode,
            ..Options::default()
        })
        .await;
        stage.component = component;
        stage
    }

    /// The same with a policy that says what values of a pick-list mean.
    pub fn with_pick_list(mut self, name: &str, list: PickList) -> Self {
        self.policy.pick_lists.insert(name.to_owned(), list);
        self.anew()
    }

    /// The adapters as they are under the policy of now.
    pub fn anew(mut self) -> Self {
        let clock = Some(&self.clock);
        let (mailbox, crm) = adapters(&self.servers(), clock, &self.policy, &self.zone);
        self.mailbox = Arc::new(mailbox);
        self.crm = Arc::new(crm);
        self
    }

    /// The program ended and was started again: everything is read anew from the profile.
    pub async fn open_anew(&mut self) {
        let (mailbox, crm) = adapters(&self.servers(), Some(&self.clock), &self.policy, &self.zone);
        self.mailbox = Arc::new(mailbox);
        self.crm = Arc::new(crm);
        self.store = Arc::new(open_store(self.profile.path()).await);
    }

    /// The state file is gone; the program starts with an empty one.
    pub async fn lose_state(&mut self) {
        self.store.close().await;
        self.profile = tempfile::tempdir().expect("a folder");
        self.open_anew().await;
    }

    /// A copy of the state file, as a backup makes it between two runs.
    pub async fn copy_state(&mut self) -> Vec<u8> {
        self.store.close().await;
        let copy = std::fs::read(self.profile.path().join(STATE)).expect("a state file");
        self.open_anew().await;
        copy
    }

    /// The backup is put back.
    pub async fn restore_state(&mut self, copy: &[u8]) {
        self.lose_state().await;
        self.store.close().await;
        std::fs::write(self.profile.path().join(STATE), copy).expect("a folder of our own");
        self.open_anew().await;
    }

    /// After so many steps nothing can be kept any more; `None`: the disk has room again.
    pub fn fill_disk(&mut self, after: Option<u64>) {
        self.disk = after.map(Death::full_after);
    }

    /// The clock of the user's computer is wrong by so much from now on; the servers' are right.
    pub fn set_clock_wrong(&self, seconds: i64) {
        self.clock.wrong.store(seconds, Ordering::SeqCst);
    }

    /// Requests are counted from here on.
    pub fn forget_requests(&self) {
        self.sandbox.exchange.reset_journal();
        self.sandbox.crm.reset_journal();
    }

    /// How many requests wrote, in the mailbox and in the CRM.
    pub fn writes(&self) -> (u64, u64) {
        (
            self.sandbox.exchange.journal().all_writes(),
            self.sandbox.crm.journal().all_writes(),
        )
    }

    /// The folder the connector syncs.
    pub fn folder(&self) -> &'static str {
        match (self.component, self.policy.folder(self.component)) {
            (Component::Appointments, FolderChoice::CrmSync) => "Calendar/CRM-Sync",
            (Component::Appointments, FolderChoice::Standard) => "Calendar",
            (Component::Tasks, FolderChoice::CrmSync) => "Tasks/CRM-Sync",
            (Component::Tasks, FolderChoice::Standard) => "Tasks",
            (Component::Contacts, _) => FOLDER,
            (Component::Emails, _) => crate::post::DROP,
        }
    }

    /// The same under another strategy.
    pub fn under(mut self, strategy: Strategy) -> Self {
        self.policy.conflict_strategy = strategy;
        self
    }

    /// The person on both sides.
    pub fn user(&self) -> &User {
        &self.sandbox.users[0]
    }

    /// Where everything is.
    pub fn servers(&self) -> Servers {
        servers(&self.sandbox)
    }

    /// Time passes for everybody.
    pub fn seconds_pass(&self, seconds: i64) {
        self.sandbox
            .ground
            .clock
            .advance(SignedDuration::from_secs(seconds));
    }

    /// Orders a fault, as the sandbox's command line writes it.
    pub fn order(&self, fault: &str) {
        self.sandbox
            .ground
            .faults
            .add(fault.parse().expect("a fault as documented"));
    }

    /// Who works in the mailbox.
    pub fn owner(&self) -> Owner {
        owner(self.fingerprint.clone(), self.computer)
    }

    /// The engine between the two.
    pub fn engine(&self) -> Engine {
        let doors = Doors {
            mailbox: self.mailbox.clone(),
            crm: self.crm.clone(),
            store: match &self.disk {
                Some(disk) => Arc::new(Mortal::new(self.store.clone(), disk)),
                None => self.store.clone(),
            },
            clock: Arc::new(self.clock.clone()),
        };
        let engine = engine_of(
            doors,
            &self.policy,
            self.owner(),
            self.past_days,
            &self.zone,
        );
        engine.with_mails(self.mail_doors())
    }

    /// The clock of the user's computer.
    pub fn clock(&self) -> &StageClock {
        &self.clock
    }

    /// One run that must not fail.
    pub async fn sync(&self) -> Ran {
        let ran = self.try_sync().await;
        assert!(ran.failure.is_none(), "{:?}", ran.failure);
        ran
    }

    /// One run, however it ends.
    pub async fn try_sync(&self) -> Ran {
        let now = self.sandbox.ground.clock.now(Side::Crm);
        let run = self
            .store
            .start_run(&[self.component], now)
            .await
            .expect("the profile is ours");
        self.engine().sync(run, self.component).await
    }

    /// A run that a brake stops, a yes to it, and the run that follows (R6.8).
    pub async fn sync_after_a_yes(&self) -> Ran {
        let stopped = self.failing_sync().await;
        assert_eq!(stopped.kind, ErrorKind::Denied, "{stopped:?}");
        let store = &*self.store;
        let said = engine::brake::answer(store, self.component, Answer::Approve).await;
        assert!(said.expect("the profile is ours"), "a brake is tripped");
        self.sync().await
    }

    /// The failure of a run that must fail.
    pub async fn failing_sync(&self) -> Failure {
        self.try_sync().await.failure.expect("the run fails")
    }

    /// A second run right after writes nothing (S2).
    pub async fn assert_settled(&self) {
        self.assert_nobody_heard();
        self.forget_requests();
        let ran = self.sync().await;
        assert!(!ran.tally.wrote(), "{:?}", ran.tally);
        assert_eq!(self.writes(), (0, 0));
    }

    /// No request so far told anybody of anything the policy keeps quiet about (S6).
    fn assert_nobody_heard(&self) {
        let breaches = firewall::breaches(&self.sandbox.exchange.journal(), &self.policy);
        assert!(breaches.is_empty(), "S6 is broken: {breaches:?}");
    }

    /// All links.
    pub async fn links(&self) -> Vec<Link> {
        self.store
            .links(self.component, LinkFilter::All)
            .await
            .expect("the profile is ours")
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // A scenario that fails already says why.
        if !std::thread::panicking() {
            self.assert_nobody_heard();
        }
    }
}

fn servers(sandbox: &Running) -> Servers {
    let user = &sandbox.users[0];
    Servers {
        exchange: sandbox.exchange_url.clone(),
        crm: sandbox.crm_url.clone(),
        address: user.email.clone(),
        password: user.password.clone(),
        user: user.name.clone(),
        access_key: user.access_key.clone(),
    }
}

/// The product's adapters; with a ground, they live by the sandbox's clock.
pub fn adapters(
    servers: &Servers,
    clock: Option<&StageClock>,
    policy: &Policy,
    zone: &str,
) -> (EwsMailbox, WebserviceCrm) {
    let address = Address::parse(&servers.exchange).expect("the sandbox's address");
    let mut ews = EwsOptions::new(
        address,
        AccountName::new(&servers.address),
        Secret::new(&servers.password),
    );
    ews.zone = UserZone::of(zone).expect("a zone of the table");
    let mut crm = CrmOptions::new(
        &servers.crm,
        AccountName::new(&servers.user),
        Secret::new(&servers.access_key),
    );
    crm.time_zone = policy.crm_time_zone.clone();
    crm.user_zone = mapping::zones::zone(zone).expect("a zone of the table");
    crm.event_types = policy.event_types.clone();
    crm.pick_lists = policy.pick_lists.clone();
    crm.overrides = policy.fields.clone();
    if policy.send_invitations {
        crm.invited = crm_webservice::Invited::Read;
    }
    if let Some(clock) = clock {
        let waiting = Arc::new(MovesClock(Arc::clone(&clock.ground)));
        let clock = Arc::new(clock.clone());
        ews.timing = Timing {
            clock: clock.clone(),
            waiting: waiting.clone(),
        };
        crm.clock = clock;
        crm.waiting = waiting;
    }
    let crm = WebserviceCrm::new(crm).expect("the sandbox's address");
    (EwsMailbox::new(ews), crm)
}

/// The state file of a profile.
pub async fn open_store(profile: &Path) -> SqliteStore {
    SqliteStore::open(&profile.join(STATE))
        .await
        .expect("a folder of our own")
}

/// The user at this computer.
pub fn owner(crm: Fingerprint, computer: &str) -> Owner {
    Owner {
        crm,
        user: AccountName::new("anna"),
        device: DeviceId::new(computer),
        computer: computer.to_owned(),
    }
}

/// An engine that nobody watches.
pub fn engine_of(
    doors: Doors,
    policy: &Policy,
    owner: Owner,
    past_days: u32,
    zone: &str,
) -> Engine {
    let setup = Setup {
        policy: policy.clone(),
        owner,
        zone: mapping::zones::zone(zone).expect("a zone of the table"),
        past_days,
        busy: "Busy".to_owned(),
    };
    Engine::new(doors, setup, Arc::new(Silent), Stop::default())
}
