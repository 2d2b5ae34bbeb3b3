//! Signed-in requests: challenge and login, replay after a lost session, at most two sessions, short waits while the server is
//! busy. Which request to send and what its answer means is not decided here.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use model::{AccountName, Code, Secret, UserId};
use ports::{Clock, ErrorKind, Failure, Result};
use serde_json::Value;
use tokio::sync::MutexGuard;
use tracing::{debug, trace, warn};
use transport::backoff::chance;
use transport::{Answer, Backoff, Client, Sending, StatusCode, Waiting, header, server_time};

use crate::address::CrmAddress;
use crate::failure::{Attempt, Trouble, answer_malformed};
use crate::wire::sign_in::{Challenge, Login};
use crate::wire::{Answered, ErrorCode, Request, ServerError, envelope};

/// How many sessions there are at most; the second one only while writes overlap.
pub const SESSIONS: usize = 2;
/// How often a busy server is asked again before the caller is told.
const PATIENCE: u32 = 3;
/// Longer waits are the caller's decision.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// A sign-in that was confirmed by an answer so recently needs no proof; well below the 24 min after which sessions are collected.
const STILL_FRESH: SignedDuration = SignedDuration::from_mins(10);

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
}

/// The way to the server.
pub struct Sessions {
    client: Client,
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
    /// Set after a refusal: nothing is tried again until somebody asks for it (R7.5).
    refused: Option<Code>,
}

enum Outcome {
    In(Login),
    NotYet(ServerError),
    Refused(Code, ServerError),
}

impl Sessions {
    /// Opens nothing yet.
    pub fn new(
        client: Client,
        identity: Identity,
        clock: Arc<dyn Clock>,
        waiting: Arc<dyn Waiting>,
    ) -> Self {
        Self {
            client,
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

    async fn open_session(&self) -> Result<String> {
        let _one_at_a_time = self.signing_in.lock().await;
        if let Some(code) = self.known().refused {
            return Err(self.named(Failure::new(ErrorKind::SignInNeeded, code)));
        }
        let mut outcome = self.challenge_and_login().await?;
        if let Outcome::NotYet(error) = &outcome {
            // Another computer of the same user may have asked for a newer challenge in between.
            debug!(code = %error.code, "sign-in refused, trying once more");
            let pause = Duration::from_secs(1) + Duration::from_secs(2).mul_f64(chance());
            self.waiting.wait(pause).await;
            outcome = self.challenge_and_login().await?;
        }
        match outcome {
            Outcome::In(login) => Ok(login.session),
            Outcome::NotYet(error) => Err(self.refused(self.code_for_wrong_key(), error)),
            Outcome::Refused(code, error) => Err(self.refused(code, error)),
        }
    }

    async fn challenge_and_login(&self) -> Result<Outcome> {
        let user = self.identity.user.as_str();
        let asked = self.clock.now();
        let challenge = match self.plain(&Request::challenge(user)).await? {
            Answered::Success(value) => Challenge::read(&value)
                .ok_or_else(|| self.named(answer_malformed(Sending::Read, "getchallenge")))?,
            Answered::Failure(error) => {
                let code = self.code_for_wrong_key();
                return Ok(Outcome::Refused(code, error));
            }
        };
        let offset = self.clock_offset(asked, challenge.server_time);
        let proof = challenge.proof(&self.identity.key);
        match self.plain(&Request::login(user, proof)).await? {
            Answered::Success(value) => {
                let login = Login::read(&value)
                    .ok_or_else(|| self.named(answer_malformed(Sending::Read, "login")))?;
                self.remember(&login, offset);
                Ok(Outcome::In(login))
            }
            Answered::Failure(error) => Ok(match error.code {
                ErrorCode::AccessKeyUndefined => Outcome::Refused(Code::AccessKeyUndefined, error),
                _ => Outcome::NotYet(error),
            }),
        }
    }

    async fn plain(&self, request: &Request) -> Result<Answered> {
        self.exchange(request, None)
            .await
            .map_err(|trouble| self.named(Attempt::read("").sort(trouble)))
    }

    /// Server clock minus ours; its time is taken as of the middle between question and answer.
    fn clock_offset(&self, asked: Timestamp, server_time: Option<i64>) -> SignedDuration {
        let answered = self.clock.now();
        let middle = asked + answered.duration_since(asked) / 2;
        server_time
            .and_then(|seconds| Timestamp::from_second(seconds).ok())
            .map_or(SignedDuration::ZERO, |server| {
                let offset = server.duration_since(middle);
                SignedDuration::from_secs(offset.as_millis().div_euclid(1000) as i64)
            })
    }

    fn remember(&self, login: &Login, clock_offset: SignedDuration) {
        let mut known = self.known();
        known.confirmed = Some(self.clock.now());
        known.account = Some(SignedIn {
            user: UserId::new(&login.user),
            server: login.server.clone(),
            clock_offset,
        });
    }

    fn refused(&self, code: Code, error: ServerError) -> Failure {
        self.known().refused = Some(code);
        let failure = Failure::new(ErrorKind::SignInNeeded, code);
        self.named(failure).caused_by(error)
    }

    fn code_for_wrong_key(&self) -> Code {
        let worked = self.known().account.is_some();
        match self.identity.history {
            KeyHistory::New if !worked => Code::WrongAccessKey,
            KeyHistory::New | KeyHistory::WorkedBefore => Code::AccessKeyNoLongerValid,
        }
    }

    /// Sends, waits while the server is busy, and repeats a read whose answer was lost once.
    async fn exchange(
        &self,
        request: &Request,
        session: Option<&str>,
    ) -> std::result::Result<Answered, Trouble> {
        let mut backoff = Backoff::new(PATIENCE);
        let mut lost_before = false;
        loop {
            let trouble = match self.send_once(request, session).await {
                Ok(answered) => return Ok(answered),
                Err(trouble) => trouble,
            };
            let Trouble::Failed(failure) = &trouble else {
                return Err(trouble);
            };
            match (&failure.kind, failure.problem.code) {
                (ErrorKind::Throttled { after }, _) => {
                    let pause = backoff.next_pause(*after, chance());
                    let Some(pause) = pause.filter(|pause| *pause <= LONGEST_WAIT) else {
                        return Err(trouble);
                    };
                    warn!(seconds = pause.as_secs_f64(), "the CRM is busy, waiting");
                    self.waiting.wait(pause).await;
                }
                (ErrorKind::Offline, Code::ConnectionLost) if !lost_before => lost_before = true,
                _ => return Err(trouble),
            }
        }
    }

    async fn send_once(
        &self,
        request: &Request,
        session: Option<&str>,
    ) -> std::result::Result<Answered, Trouble> {
        let operation = request.operation;
        let parameters = [("operation", operation.name())]
            .into_iter()
            .chain(session.map(|session| ("sessionName", session)))
            .chain(
                request
                    .parameters
                    .iter()
                    .map(|(name, value)| (*name, value.as_str())),
            );
        let place = self.identity.address.address();
        let builder = match operation.method() {
            transport::Method::GET => {
                let asked = place.with_query(parameters);
                self.client.request(operation.method(), &asked)?
            }
            method => self
                .client
                .request(method, place)?
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(form(parameters)),
        };
        trace!(operation = operation.name(), "asking the CRM");
        let answer = self
            .client
            .send(builder, place, operation.sending())
            .await?;
        envelope::read(&answer.body).map_err(|error| {
            self.no_envelope(&answer, operation.sending())
                .caused_by(error)
        })
    }

    /// What an answer means that is not the CRM's.
    fn no_envelope(&self, answer: &Answer, sending: Sending) -> Unreadable {
        let status = answer.status;
        let after = server_time::retry_after(&answer.headers, self.clock.now());
        let (kind, code) = match status {
            StatusCode::NOT_FOUND | StatusCode::GONE => {
                (ErrorKind::Malformed, Code::NothingAtAddress)
            }
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                (ErrorKind::Throttled { after }, Code::ServerBusy)
            }
            // The CRM may have received it all the same.
            StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT => match sending {
                Sending::Read => (ErrorKind::Throttled { after }, Code::ServerBusy),
                Sending::Write => (ErrorKind::OutcomeUnknown, Code::ConnectionLost),
            },
            StatusCode::PAYLOAD_TOO_LARGE | StatusCode::URI_TOO_LONG => {
                (ErrorKind::Refused { field: None }, Code::EntryRefused)
            }
            _ if status.is_server_error() => return Unreadable::Silent,
            // A page with status 200 may be the words of a handler that failed after saving.
            _ if status.is_success() => (sending.garbled(), Code::NotCrm),
            _ => (ErrorKind::Malformed, Code::NotCrm),
        };
        let failure = Failure::new(kind, code).with("status", status.as_str());
        Unreadable::Failed(self.named(failure))
    }

    fn named(&self, failure: Failure) -> Failure {
        if failure.problem.values.contains_key("server") {
            return failure;
        }
        failure.with("server", self.identity.address.address().server())
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        // Nothing is left half changed by a panic in between.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Unreadable {
    Silent,
    Failed(Failure),
}

impl Unreadable {
    fn caused_by(self, error: envelope::NotAnEnvelope) -> Trouble {
        match self {
            Self::Silent => Trouble::Silent,
            Self::Failed(failure) => Trouble::Failed(failure.caused_by(error)),
        }
    }
}

fn form<'a>(parameters: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish()
}
