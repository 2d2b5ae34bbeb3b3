//! Signed-in requests: replay after a lost session, at most two sessions. Which request to send and what its answer means is not
//! decided here.

mod exchange;
mod form;
mod sign_in;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use model::{AccountName, Code, Secret, UserId};
use ports::{Clock, ErrorKind, Failure, Result};
use serde_json::Value;
use tokio::sync::MutexGuard;
use tracing::{debug, info};
use transport::header::HeaderMap;
use transport::server_time::ClockWatch;
use transport::{Client, Options, Sending, Waiting};

use crate::address::CrmAddress;
use crate::failure::Trouble;
use crate::wire::{Answered, Request};

/// How many sessions there are at most; the second one only while writes overlap.
pub const SESSIONS: usize = 2;
/// How often a busy server is asked again before the caller is told.
const PATIENCE: u32 = 3;
/// Longer waits are the caller's decision.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// A sign-in that was confirmed by an answer so recently needs no proof; well below the 24 min after which sessions are collected.
const STILL_FRESH: SignedDuration = SignedDuration::from_mins(10);
/// How long a server may stay silent while files go up: the time of sending counts, and a large mail on a slow line takes minutes.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(15 * 60);

/// Whether this user's key was accepted before, in this process or an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyHistory {
    /// It was just entered.
    New,
    /// It worked, so a refusal means that it was changed or that the user was set inactive.
    WorkedBefore,
}

/// Who signs in, where and with what.
pub struct Identity {
    /// Where.
    pub address: CrmAddress,
    /// Who.
    pub user: AccountName,
    /// The access key.
    pub key: Secret,
    /// Whether the key was accepted before.
    pub history: KeyHistory,
}

/// What a sign-in told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The user's id.
    pub user: UserId,
    /// Product and version.
    pub server: String,
    /// Server clock minus ours.
    pub clock_offset: SignedDuration,
    /// The zone in which the CRM shows this user times, where it tells.
    pub zone: Option<String>,
}

/// The way to the server.
pub struct Sessions {
    client: Client,
    /// For requests with files.
    uploads: Client,
    identity: Identity,
    clock: Arc<dyn Clock>,
    waiting: Arc<dyn Waiting>,
    lanes: [tokio::sync::Mutex<Lane>; SESSIONS],
    /// There is one challenge per user: two sign-ins at once would spoil each other.
    signing_in: tokio::sync::Mutex<()>,
    known: Mutex<Known>,
}

/// One session; requests of a session are run one after the other by the server, so they are sent like that.
#[derive(Default)]
struct Lane {
    session: Option<String>,
}

#[derive(Default)]
struct Known {
    account: Option<SignedIn>,
    confirmed: Option<Timestamp>,
    clock: ClockWatch,
    /// Set after a refusal: nothing is tried again until somebody asks for it (R7.5).
    refused: Option<Code>,
}

impl Sessions {
    /// Opens nothing yet.
    pub fn new(
        transport: Options,
        identity: Identity,
        clock: Arc<dyn Clock>,
        waiting: Arc<dyn Waiting>,
    ) -> Self {
        let uploads = Options {
            read_timeout: transport.read_timeout.max(UPLOAD_TIMEOUT),
            ..transport.clone()
        };
        Self {
            client: Client::new(transport),
            uploads: Client::new(uploads),
            identity,
            clock,
            waiting,
            lanes: Default::default(),
            signing_in: tokio::sync::Mutex::default(),
            known: Mutex::default(),
        }
    }

    /// Where the CRM is.
    pub fn address(&self) -> &CrmAddress {
        &self.identity.address
    }

    /// The name the user signs in with.
    pub fn user(&self) -> &AccountName {
        &self.identity.user
    }

    /// How many requests were sent so far.
    pub fn requests(&self) -> u64 {
        self.client.count().get()
    }

    /// Proves address and key, unless an answer did so just now. Tries again after a refusal.
    pub async fn prove(&self) -> Result<SignedIn> {
        let now = self.clock.now();
        {
            let mut known = self.known();
            known.refused = None;
            let fresh = |at: Timestamp| now.duration_since(at).abs() < STILL_FRESH;
            if let (Some(account), true) = (&known.account, known.confirmed.is_some_and(fresh)) {
                return Ok(account.clone());
            }
        }
        let mut lane = self.lanes[0].lock().await;
        lane.session = Some(self.open_session().await?);
        self.account_if_known()
            .ok_or_else(|| Failure::bug("a session without an account"))
    }

    /// Who is signed in; signs in if nobody is.
    pub async fn account(&self) -> Result<SignedIn> {
        match self.account_if_known() {
            Some(account) => Ok(account),
            None => self.prove_unless_refused().await,
        }
    }

    /// Who signed in last, without asking.
    pub fn account_if_known(&self) -> Option<SignedIn> {
        self.known().account.clone()
    }

    /// Ends the sessions there are; whether the server hears of it does not matter.
    pub async fn sign_out(&self) {
        for lane in &self.lanes {
            let mut lane = lane.lock().await;
            if let Some(session) = lane.session.take()
                && self
                    .send_once(&Request::logout(), Some(&session))
                    .await
                    .is_err()
            {
                debug!("the session was not ended; the server will forget it");
            }
        }
        self.known().confirmed = None;
    }

    /// Sends a request with a session and gives what a success brought. A lost session is replaced and the request sent again: the
    /// server says so before it does anything (facts/crm.md 2).
    pub async fn ask(&self, request: &Request) -> std::result::Result<Value, Trouble> {
        let mut lane = self.lane(request.operation.sending()).await;
        let mut replayed = false;
        loop {
            let session = match &lane.session {
                Some(session) => session.clone(),
                None => lane.session.insert(self.open_session().await?).clone(),
            };
            match self.exchange(request, Some(&session)).await? {
                Answered::Success(value) => {
                    self.known().confirmed = Some(self.clock.now());
                    return Ok(value);
                }
                Answered::Failure(error) if error.code.means_signed_out() => {
                    lane.session = None;
                    if replayed {
                        let failure = Failure::new(ErrorKind::Offline, Code::ServerError);
                        return Err(self.named(failure).caused_by(error).into());
                    }
                    debug!(code = %error.code, "session lost, signing in again");
                    replayed = true;
                }
                Answered::Failure(error) => return Err(Trouble::Refused(error)),
            }
        }
    }

    /// The first session; the second one for a write that overlaps another, and for reads once it is there.
    async fn lane(&self, sending: Sending) -> MutexGuard<'_, Lane> {
        if let Ok(lane) = self.lanes[0].try_lock() {
            return lane;
        }
        if let Ok(lane) = self.lanes[1].try_lock()
            && (sending == Sending::Write || lane.session.is_some())
        {
            return lane;
        }
        match sending {
            Sending::Read => self.lanes[0].lock().await,
            Sending::Write => tokio::select! {
                lane = self.lanes[0].lock() => lane,
                lane = self.lanes[1].lock() => lane,
            },
        }
    }

    async fn prove_unless_refused(&self) -> Result<SignedIn> {
        let mut lane = self.lanes[0].lock().await;
        if lane.session.is_none() {
            lane.session = Some(self.open_session().await?);
        }
        self.account_if_known()
            .ok_or_else(|| Failure::bug("a session without an account"))
    }

    fn named(&self, failure: Failure) -> Failure {
        if failure.problem.values.contains_key("server") {
            return failure;
        }
        failure.with("server", self.identity.address.address().server())
    }

    /// What was measured at the sign-in goes along with a clock of ours that is set later.
    fn watch_clock(&self, headers: &HeaderMap, asked: Timestamp) {
        let mut known = self.known();
        let moved = known.clock.look(headers, asked, self.clock.now());
        if let (false, Some(account)) = (moved.is_zero(), &mut known.account) {
            info!(seconds = moved.as_secs(), "the computer's clock was set");
            account.clock_offset += moved;
        }
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        // Nothing is left half changed by a panic in between.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
