//! Carries one operation to the server and back: envelope, headers, waiting, sorting of failures. Which operations there are is
//! known in `wire`, which of them make a mailbox in `mailbox`.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use model::AccountName;
use ports::{ErrorKind, Failure, Result};
use tracing::{debug, trace};
use transport::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use transport::server_time::ClockWatch;
use transport::{Answer, Backoff, Sending, Sieve, StatusCode, Stream};
use uuid::Uuid;

use crate::error::{About, Sorter};
use crate::sign_in::{Intake, Post, Session};
use crate::throttle::{Throttle, WAITS};
use crate::wire::cut::Cutter;
use crate::wire::envelope::{self, Effect, ServerVersion};
use crate::wire::{Message, Operation, ResponseCode, Version};
use transport::Timing;

/// What is known of the server so far.
#[derive(Debug, Clone, Default)]
struct Known {
    version: Version,
    server: Option<ServerVersion>,
    clock: ClockWatch,
}

/// Talks to the Exchange Web Services of one mailbox.
pub struct Client {
    session: Session,
    throttle: Arc<Throttle>,
    timing: Timing,
    server: String,
    anchor: Option<HeaderValue>,
    known: Arc<Mutex<Known>>,
}

impl Client {
    /// A client that has sent nothing yet. The mailbox's address lets a farm of servers find the right one.
    pub fn new(session: Session, mailbox: Option<&AccountName>, timing: Timing) -> Self {
        let server = session.address().server();
        let anchor = mailbox.and_then(|address| HeaderValue::from_str(address.as_str()).ok());
        let throttle = Throttle::new(server.clone(), timing.clock.clone(), timing.waiting.clone());
        Self {
            throttle: Arc::new(throttle),
            session,
            timing,
            server,
            anchor,
            known: Arc::default(),
        }
    }

    /// A second client of the same mailbox with a session of its own. A busy server is left alone by both.
    pub fn beside(&self, session: Session) -> Self {
        Self {
            session,
            throttle: self.throttle.clone(),
            timing: self.timing.clone(),
            server: self.server.clone(),
            anchor: self.anchor.clone(),
            known: self.known.clone(),
        }
    }

    /// How many requests were sent.
    pub fn requests(&self) -> u64 {
        self.session.requests()
    }

    /// Who signs in.
    pub fn user(&self) -> &AccountName {
        self.session.user()
    }

    /// How messages call the server.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// The time by our clock.
    pub fn now(&self) -> Timestamp {
        self.timing.clock.now()
    }

    /// The server's product and version, once it has answered.
    pub fn describe_server(&self) -> String {
        let server = self.known().server;
        server.map_or_else(|| "Exchange".to_owned(), |server| server.describe())
    }

    /// Server clock minus ours, as the answers told.
    pub fn clock_offset(&self) -> Option<SignedDuration> {
        self.known().clock.offset()
    }

    /// Sorts the server's refusals for an operation.
    pub fn sorter(&self, effect: Effect) -> Sorter<'_> {
        Sorter {
            server: &self.server,
            sending: match effect {
                Effect::Reads => Sending::Read,
                Effect::Writes => Sending::Write,
            },
        }
    }

    /// Carries out an operation that names one thing.
    pub async fn one<O: Operation>(&self, operation: &O) -> Result<O::Answer> {
        let messages = self.call(operation, About::Request).await?;
        let first = messages.into_iter().next();
        first.unwrap_or_else(|| Err(self.sorter(O::EFFECT).unanswered()))
    }

    /// Carries out an operation that names several things: one answer for each, in the order asked. What the server had no time
    /// for is sent again, as long as each round gets something done.
    pub async fn each<T: Clone, O: Operation>(
        &self,
        things: &[T],
        operation: impl Fn(Vec<T>) -> O,
    ) -> Result<Vec<Result<O::Answer>>> {
        let mut answers: Vec<Option<Result<O::Answer>>> = things.iter().map(|_| None).collect();
        let mut left: Vec<usize> = (0..things.len()).collect();
        while !left.is_empty() {
            let asked = left.iter().map(|index| things[*index].clone()).collect();
            let messages = match self.call(&operation(asked), About::Item).await {
                Ok(messages) => messages,
                Err(failure) if left.len() == things.len() => return Err(failure),
                // Earlier rounds did something: each of the rest fails on its own.
                Err(failure) => left.iter().map(|_| Err(again(&failure))).collect(),
            };
            let got_on = messages.iter().any(|message| !is_throttled(message));
            let mut messages = messages.into_iter();
            let mut not_tried = Vec::new();
            for index in left {
                let answer = messages.next();
                let answer = answer.unwrap_or_else(|| Err(self.sorter(O::EFFECT).unanswered()));
                if got_on && is_throttled(&answer) {
                    not_tried.push(index);
                }
                answers[index] = Some(answer);
            }
            left = not_tried;
        }
        let answers = answers.into_iter();
        Ok(answers
            .map(|answer| answer.expect("every index is asked in the first round"))
            .collect())
    }

    /// Sends an operation, and again after each wait a busy server asks for, a few times.
    async fn call<O: Operation>(
        &self,
        operation: &O,
        about: About,
    ) -> Result<Vec<Result<O::Answer>>> {
        let mut backoff = Backoff::new(WAITS);
        loop {
            self.throttle.admit().await?;
            let answer = self.once(operation, about).await;
            let Some(asked) = throttled(&answer) else {
                return answer;
            };
            if answer
                .as_ref()
                .is_err_and(|failure| self.is_anothers(failure))
            {
                // Where tokens come from wants to be left alone; this server does not.
                return answer;
            }
            let given_up = self.throttle.busy(asked, &mut backoff);
            let nothing_done = answer
                .as_ref()
                .map_or(true, |messages| messages.iter().all(is_throttled));
            match given_up {
                // What was done is worth more than the reason why the rest was not.
                _ if !nothing_done => return answer,
                Some(failure) => return Err(failure),
                None => {}
            }
        }
    }

    fn is_anothers(&self, failure: &Failure) -> bool {
        let named = failure.problem.values.get("server");
        named.is_some_and(|named| *named != self.server)
    }

    async fn once<O: Operation>(
        &self,
        operation: &O,
        about: About,
    ) -> Result<Vec<Result<O::Answer>>> {
        let sorter = self.sorter(O::EFFECT);
        let version = self.known().version;
        let messages = match self.exchange(version, operation).await? {
            Err(complaint) if is_version(&complaint.code) && version == Version::default() => {
                debug!("the server knows only the older state of the protocol");
                self.learn(|known| known.version = Version::Exchange2013);
                self.exchange(Version::Exchange2013, operation).await?
            }
            answer => answer,
        };
        let messages = messages.map_err(|fault| sorter.complaint(fault, About::Request))?;
        let sort =
            |message: Message<O::Answer>| message.map_err(|trouble| sorter.trouble(trouble, about));
        Ok(messages.into_iter().map(sort).collect())
    }

    /// One request, one answer.
    async fn exchange<O: Operation>(
        &self,
        version: Version,
        operation: &O,
    ) -> Result<std::result::Result<Vec<Message<O::Answer>>, crate::wire::Complaint>> {
        let sorter = self.sorter(O::EFFECT);
        let mut cutter = O::LARGE.map(Cutter::new);
        let intake = match &mut cutter {
            Some(cutter) => Intake::Sifted(cutter),
            None => Intake::Whole,
        };
        let (id, answer) = self.post(version, operation, intake).await?;
        let now = self.timing.clock.now();
        if !may_hold_soap(&answer) {
            trace!(operation = O::NAME, request = %id, status = %answer.status, "answered");
            return Err(sorter.status(&answer, now));
        }
        let body = String::from_utf8_lossy(&answer.body);
        let parts = cutter.map(Cutter::finish).unwrap_or_default();
        let reply = envelope::read_cut::<O>(&body, parts)
            .map_err(|why| sorter.unreadable(&answer, &body, why))?;
        let code = reply.body.as_ref().err().map(|fault| fault.code.as_str());
        let code = code.unwrap_or("NoError");
        trace!(operation = O::NAME, request = %id, code, "answered");
        if let Some(server) = reply.server {
            self.learn(|known| known.server = Some(server));
        }
        Ok(reply.body)
    }

    /// Begins an operation whose answer lasts: it is handed out as it comes in. Nothing else can be sent meanwhile.
    pub async fn open<O: Operation>(&self, operation: &O) -> Result<Stream> {
        self.throttle.admit().await?;
        let sorter = self.sorter(O::EFFECT);
        let mut stream = None;
        let intake = Intake::Open(&mut stream);
        let (_, answer) = self.post(self.known().version, operation, intake).await?;
        if let Some(stream) = stream {
            return Ok(stream);
        }
        if !may_hold_soap(&answer) {
            return Err(sorter.status(&answer, self.timing.clock.now()));
        }
        let body = String::from_utf8_lossy(&answer.body);
        let reply = envelope::read::<O>(&body);
        let reply = reply.map_err(|why| sorter.unreadable(&answer, &body, why))?;
        Err(match reply.body {
            Err(fault) => sorter.complaint(fault, About::Request),
            Ok(_) => sorter.unanswered(),
        })
    }

    /// One envelope of an answer that lasts.
    pub fn read<O: Operation>(&self, envelope: &str) -> Result<Vec<O::Answer>> {
        let sorter = self.sorter(O::EFFECT);
        let about = About::Request;
        let reply = envelope::read::<O>(envelope);
        let reply = reply.map_err(|why| sorter.trouble(why.into(), about))?;
        let messages = reply.body.map_err(|fault| sorter.complaint(fault, about))?;
        let messages = messages.into_iter();
        messages
            .map(|message| message.map_err(|trouble| sorter.trouble(trouble, about)))
            .collect()
    }

    /// Sends one request; the answer with the id by which the server's logs know it.
    async fn post<O: Operation>(
        &self,
        version: Version,
        operation: &O,
        intake: Intake<'_>,
    ) -> Result<(Uuid, Answer)> {
        let id = Uuid::new_v4();
        let mut headers = self.headers(id);
        if O::NEEDS_SAME_SERVER {
            let name = HeaderName::from_static("x-preferserveraffinity");
            headers.insert(name, HeaderValue::from_static("true"));
        }
        let body = envelope::write(version, operation);
        let mut post = Post {
            headers,
            body: &body,
            sending: self.sorter(O::EFFECT).sending,
            intake,
        };
        let (begun, asked) = (Instant::now(), self.timing.clock.now());
        let answer = self.session.post(&mut post).await;
        let ms = begun.elapsed().as_millis() as u64;
        let answer = answer.inspect_err(|failure| {
            trace!(operation = O::NAME, ms, request = %id, %failure, "no answer");
        })?;
        trace!(operation = O::NAME, ms, request = %id, "answer read");
        let now = self.timing.clock.now();
        self.learn(|known| {
            known.clock.look(&answer.headers, asked, now);
        });
        Ok((id, answer))
    }

    fn headers(&self, id: Uuid) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let soap = HeaderValue::from_static("text/xml; charset=utf-8");
        headers.insert(CONTENT_TYPE, soap);
        headers.insert(ACCEPT, HeaderValue::from_static("text/xml"));
        if let Some(anchor) = &self.anchor {
            headers.insert(HeaderName::from_static("x-anchormailbox"), anchor.clone());
        }
        let id = HeaderValue::try_from(id.to_string()).expect("an id is plain ASCII");
        headers.insert(HeaderName::from_static("client-request-id"), id);
        headers.insert(
            HeaderName::from_static("return-client-request-id"),
            HeaderValue::from_static("true"),
        );
        headers
    }

    fn known(&self) -> Known {
        self.known
            .lock()
            .expect("nobody panics while holding it")
            .clone()
    }

    fn learn(&self, lesson: impl FnOnce(&mut Known)) {
        lesson(&mut self.known.lock().expect("nobody panics while holding it"));
    }
}

impl Sieve for Cutter {
    fn expect(&mut self, bytes: u64) {
        Cutter::expect(self, bytes);
    }

    fn take(&mut self, piece: &[u8], body: &mut Vec<u8>) {
        Cutter::take(self, piece, body);
    }
}

/// Faults come with status 500; every other status but 200 is the web server's own.
fn may_hold_soap(answer: &Answer) -> bool {
    match answer.status {
        StatusCode::OK => true,
        StatusCode::INTERNAL_SERVER_ERROR => {
            let begin = String::from_utf8_lossy(&answer.body);
            begin.contains("Envelope")
        }
        _ => false,
    }
}

fn is_version(code: &ResponseCode) -> bool {
    matches!(
        code,
        ResponseCode::InvalidServerVersion | ResponseCode::InvalidSchemaVersionForMailboxVersion
    )
}

fn is_throttled<A>(answer: &Result<A>) -> bool {
    matches!(
        answer,
        Err(Failure {
            kind: ErrorKind::Throttled { .. },
            ..
        })
    )
}

/// Whether the server is busy, and how long it asks to wait at most.
fn throttled<A>(answer: &Result<Vec<Result<A>>>) -> Option<Option<std::time::Duration>> {
    let failures: Vec<&Failure> = match answer {
        Err(failure) => vec![failure],
        Ok(messages) => messages.iter().filter_map(|m| m.as_ref().err()).collect(),
    };
    failures
        .into_iter()
        .filter_map(|failure| match failure.kind {
            ErrorKind::Throttled { after } => Some(after),
            _ => None,
        })
        .max()
}

/// The same failure for one more thing.
pub fn again(failure: &Failure) -> Failure {
    let mut copy = Failure::new(failure.kind.clone(), failure.problem.code);
    copy.problem = failure.problem.clone();
    copy
}
