//! The CRM port. This file holds what all its methods share: how a page of rows is asked for, what a refusal of one record means. The
//! methods themselves are in the files below.

mod capabilities;
mod changes;
mod find;
mod mails;
mod organisations;
mod owned;
mod read;
mod references;
mod revise;
mod scope;
mod write;
mod zone;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use model::policy::{FieldOverrides, PickList, Policy};
use model::{
    AccountName, Change, Code, Component, Fields, Record, RecordHead, RecordId, Secret, Sought,
    SyncToken, Window,
};
use ports::{
    Clock, Crm, CrmAccount, ErrorKind, Failure, FoundRecord, RecordChanges, Result, Rights,
    SystemClock,
};
use serde_json::Value;
use transport::{Options, Sending, TokioWaiting, Waiting};

use crate::address::CrmAddress;
use crate::cache::{Knowledge, SOME_HOURS};
use crate::convert::fields::Invited;
use crate::convert::stock::module_of;
use crate::convert::{ServerTime, Zone};
use crate::failure::{Attempt, Trouble, answer_malformed, permission_missing};
use crate::query::Query;
use crate::session::{Identity, KeyHistory, SESSIONS, Sessions};
use crate::wire::{Denial, ErrorCode, Request, Row};

use organisations::Organisations;
use references::References;
use scope::Scope;

/// All that is needed to reach a CRM.
pub struct CrmOptions {
    /// The address as the user typed it, with or without `webservice.php`.
    pub address: String,
    /// The name the user signs in with.
    pub user: AccountName,
    /// The access key.
    pub access_key: Secret,
    /// Whether the key was accepted before.
    pub key_history: KeyHistory,
    /// Names of fields where the installation differs from the stock names.
    pub overrides: FieldOverrides,
    /// The server's zone, or `auto`.
    pub time_zone: String,
    /// The user's zone where the server does not tell it: its midnights bound all-day appointments.
    pub user_zone: TimeZone,
    /// The types of events that sync (R3.1); none means the stock ones.
    pub event_types: Vec<String>,
    /// How the values of pick-lists travel (R4.2).
    pub pick_lists: BTreeMap<String, PickList>,
    /// Whether those who are invited to events are read (R3.7).
    pub invited: Invited,
    /// The field of e-mails that holds the Message-ID (R5.5); empty: the one that is called so.
    pub message_id_field: String,
    /// What [`WebserviceCrm::export_cache`] gave earlier.
    pub cache: Option<String>,
    /// How requests are sent.
    pub transport: Options,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Lets time pass.
    pub waiting: Arc<dyn Waiting>,
}

impl CrmOptions {
    /// With the defaults for everything else.
    pub fn new(address: impl Into<String>, user: AccountName, access_key: Secret) -> Self {
        Self {
            address: address.into(),
            user,
            access_key,
            key_history: KeyHistory::New,
            overrides: FieldOverrides::default(),
            time_zone: "auto".to_owned(),
            user_zone: TimeZone::UTC,
            event_types: Vec::new(),
            pick_lists: BTreeMap::new(),
            invited: Invited::LeftOut,
            message_id_field: String::new(),
            cache: None,
            transport: Options {
                // The slowest measured answer is a page of 100 rows in a tenth of a second; workflows make writes slower.
                read_timeout: Duration::from_secs(90),
                ..Options::default()
            },
            clock: Arc::new(SystemClock),
            waiting: Arc::new(TokioWaiting),
        }
    }
}

/// A CRM behind `webservice.php`. It signs in when first needed.
pub struct WebserviceCrm {
    sessions: Sessions,
    known: Knowledge,
    references: References,
    organisations: Organisations,
    overrides: FieldOverrides,
    event_types: Vec<String>,
    pick_lists: BTreeMap<String, PickList>,
    invited: Invited,
    message_id_field: String,
    zone: Zone,
    user_zone: TimeZone,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for WebserviceCrm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.sessions.address().normalised();
        write!(f, "WebserviceCrm({} at {place})", self.sessions.user())
    }
}

impl WebserviceCrm {
    /// Checks address and time zone; sends nothing.
    pub fn new(options: CrmOptions) -> Result<Self> {
        let address = CrmAddress::parse(&options.address)?;
        let zone = Zone::parse(&options.time_zone)?;
        let known = Knowledge::new(
            options.cache.as_deref(),
            &address.normalised(),
            options.user.as_str(),
        );
        let identity = Identity {
            address,
            user: options.user,
            key: options.access_key,
            history: options.key_history,
        };
        let clock = options.clock;
        Ok(Self {
            sessions: Sessions::new(
                options.transport,
                identity,
                Arc::clone(&clock),
                options.waiting,
            ),
            known,
            references: References::default(),
            organisations: Organisations::default(),
            overrides: options.overrides,
            event_types: match options.event_types.is_empty() {
                true => Policy::default().event_types,
                false => options.event_types,
            },
            pick_lists: options.pick_lists,
            invited: options.invited,
            message_id_field: options.message_id_field.trim().to_owned(),
            zone,
            user_zone: options.user_zone,
            clock,
        })
    }

    /// What is known about the server, to be given to the next [`CrmOptions`].
    pub fn export_cache(&self) -> String {
        self.known.export()
    }

    /// Ends the sessions, as a courtesy to the server.
    pub async fn sign_out(&self) {
        self.sessions.sign_out().await;
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn server_time(&self) -> ServerTime {
        let account = self.sessions.account_if_known();
        let offset = account
            .as_ref()
            .map_or(SignedDuration::ZERO, |account| account.clock_offset);
        let told = account.and_then(|account| mapping::zones::zone(&account.zone?));
        let user = told.unwrap_or_else(|| self.user_zone.clone());
        ServerTime::new(&self.zone, self.known.zone(), offset, user)
    }

    async fn ask(&self, attempt: Attempt<'_>, request: &Request) -> Result<Value> {
        let answer = self.sessions.ask(request).await;
        answer.map_err(|trouble| {
            let failure = attempt.sort(trouble);
            if failure.kind == ErrorKind::Denied {
                // Rights or fields have changed: whatever is known about the module is no longer true.
                self.known.forget_module(attempt.module);
            }
            failure
        })
    }

    /// One page of rows of another module.
    async fn rows(&self, module: &str, query: &Query) -> Result<Vec<Row>> {
        let request = Request::query(query.text());
        let value = self.ask(Attempt::read(module), &request).await?;
        read_rows(&value)
    }

    /// One page of rows of the component's module. A field that has been hidden since the module was described is noticed here: the
    /// module is described again and the question put once more.
    async fn select(
        &self,
        scope: &mut Scope,
        query: impl Fn(&Scope) -> Query + Send + Sync,
    ) -> Result<Vec<Row>> {
        let request = Request::query(query(scope).text());
        match self.sessions.ask(&request).await {
            Ok(value) => read_rows(&value),
            Err(Trouble::Refused(error)) if matches!(error.denial(), Some(Denial::Field(_))) => {
                self.known.forget_module(&scope.module.name);
                *scope = self.scope(scope.component).await?;
                self.rows(&scope.module.name, &query(scope)).await
            }
            Err(trouble) => {
                let failure = Attempt::read(&scope.module.name).sort(trouble);
                if failure.kind == ErrorKind::Denied {
                    self.known.forget_module(&scope.module.name);
                }
                Err(failure)
            }
        }
    }

    /// The failure that a refusal to touch one record means. "Gone" is said only while the module is open: a closed one refuses in
    /// the same words.
    async fn refused_record(&self, attempt: Attempt<'_>, trouble: Trouble) -> Failure {
        let (is_gone, is_hidden) = match &trouble {
            Trouble::Refused(error) => {
                let denial = error.denial();
                let missing = error.code == ErrorCode::RecordNotFound;
                let gone = missing || denial == Some(Denial::Operation);
                (
                    gone,
                    attempt.right == "read" && denial == Some(Denial::Record),
                )
            }
            Trouble::Silent | Trouble::Failed(_) => (false, false),
        };
        if !is_gone && !is_hidden {
            return attempt.sort(trouble);
        }
        match self.is_open(attempt.module).await {
            // Events and tasks are private: of those given to somebody else the user sees no more than that (facts: crm 7).
            Ok(true) if is_hidden => Failure::new(ErrorKind::Denied, Code::NotAssignedToUser),
            Ok(true) => Failure::new(ErrorKind::Gone, Code::EntryGone),
            Ok(false) => permission_missing(attempt.module, attempt.right),
            Err(failure) => failure,
        }
    }
}

fn read_rows(value: &Value) -> Result<Vec<Row>> {
    let rows = Row::read_all(value).ok_or_else(|| answer_malformed(Sending::Read, "query"))?;
    match rows.iter().any(|row| row.id().is_empty()) {
        true => Err(answer_malformed(Sending::Read, "query")),
        false => Ok(rows),
    }
}

#[async_trait]
impl Crm for WebserviceCrm {
    async fn sign_in(&self) -> Result<CrmAccount> {
        let account = self.sessions.prove().await?;
        Ok(CrmAccount {
            fingerprint: self.sessions.address().fingerprint(&account.user),
            user: account.user,
            name: self.sessions.user().clone(),
            server: account.server,
            clock_offset: Some(account.clock_offset),
            zone: account.zone,
        })
    }

    async fn rights(&self, component: Component) -> Result<Rights> {
        let module = self.module(module_of(component), SOME_HOURS).await?;
        Ok(Rights {
            read: module.retrieveable,
            create: module.createable,
            update: module.updateable,
            delete: module.deleteable,
        })
    }

    async fn changes(
        &self,
        component: Component,
        since: Option<&SyncToken>,
    ) -> Result<RecordChanges> {
        self.changes_since(component, since).await
    }

    async fn owned(
        &self,
        component: Component,
        window: Option<&Window>,
    ) -> Result<Vec<RecordHead>> {
        self.all_owned(component, window).await
    }

    async fn read(&self, component: Component, ids: &[RecordId]) -> Result<Vec<Result<Record>>> {
        self.read_records(component, ids).await
    }

    async fn create(
        &self,
        component: Component,
        fields: &Fields,
        more: &BTreeMap<String, String>,
    ) -> Result<Record> {
        self.create_record(component, fields, more).await
    }

    async fn update(
        &self,
        component: Component,
        id: &RecordId,
        changes: &[Change],
        now: &Fields,
    ) -> Result<Record> {
        self.update_record(component, id, changes, now).await
    }

    async fn delete(&self, component: Component, id: &RecordId) -> Result<()> {
        self.delete_record(component, id).await
    }

    async fn find_created(
        &self,
        component: Component,
        fields: &Fields,
        since: Timestamp,
    ) -> Result<Vec<Record>> {
        self.find_created_records(component, fields, since).await
    }

    async fn find_rescheduled(
        &self,
        component: Component,
        fields: &Fields,
        since: Timestamp,
    ) -> Result<Vec<Record>> {
        self.find_rescheduled_records(component, fields, since)
            .await
    }

    async fn find(&self, component: Component, sought: &Sought) -> Result<Vec<FoundRecord>> {
        self.find_records(component, sought).await
    }

    fn parallel_writes(&self) -> usize {
        SESSIONS
    }

    fn clock_offset(&self) -> Option<SignedDuration> {
        let account = self.sessions.account_if_known();
        account.map(|account| account.clock_offset)
    }

    fn requests(&self) -> u64 {
        self.sessions.requests()
    }
}
