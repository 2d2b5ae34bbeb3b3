//! Leaves a busy server alone for as long as it says. While it wants to be left alone nothing at all is sent to it: every request
//! prolongs the wait. Short waits happen here, long ones are handed to the caller.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use model::Code;
use ports::{Clock, ErrorKind, Failure, Result};
use tracing::info;
use transport::backoff::chance;
use transport::{Backoff, Waiting};

/// The longest wait that happens inside a request.
pub const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// How often in a row one request is told to wait before its caller is told.
pub const WAITS: u32 = 2;

/// Time during which nothing is sent.
#[derive(Debug, Clone, Copy)]
struct Quiet {
    since: Timestamp,
    until: Timestamp,
}

/// Knows whether requests may be sent now.
pub struct Throttle {
    server: String,
    clock: Arc<dyn Clock>,
    waiting: Arc<dyn Waiting>,
    quiet: Mutex<Option<Quiet>>,
}

impl Throttle {
    /// For one mailbox on a server.
    pub fn new(server: String, clock: Arc<dyn Clock>, waiting: Arc<dyn Waiting>) -> Self {
        Self {
            server,
            clock,
            waiting,
            quiet: Mutex::new(None),
        }
    }

    /// Returns when a request may be sent, or says how long that will take.
    pub async fn admit(&self) -> Result<()> {
        // Another request may be told to wait longer meanwhile; that too has an end.
        for _ in 0..=WAITS {
            match self.left() {
                None => return Ok(()),
                Some(left) if left > LONGEST_WAIT => return Err(self.failure(left)),
                Some(left) => self.waiting.wait(left).await,
            }
        }
        self.left().map_or(Ok(()), |left| Err(self.failure(left)))
    }

    /// The server is busy: remembers until when. Gives the failure for the caller when this request has waited enough.
    pub fn busy(&self, asked: Option<Duration>, backoff: &mut Backoff) -> Option<Failure> {
        let pause = backoff.next_pause(asked, chance());
        // The row of pauses has ended, but the server wants one more.
        let wait = pause.or(asked).unwrap_or(LONGEST_WAIT);
        self.keep_quiet(wait);
        info!(
            seconds = wait.as_secs_f32(),
            "the server wants to be left alone"
        );
        let gives_up = pause.is_none() || wait > LONGEST_WAIT;
        gives_up.then(|| self.failure(wait))
    }

    fn keep_quiet(&self, wait: Duration) {
        let since = self.clock.now();
        let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
        let until = since.checked_add(wait).unwrap_or(Timestamp::MAX);
        *self.quiet.lock().expect("nobody panics while holding it") = Some(Quiet { since, until });
    }

    fn left(&self) -> Option<Duration> {
        let now = self.clock.now();
        let mut quiet = self.quiet.lock().expect("nobody panics while holding it");
        let left = quiet.and_then(|quiet| {
            // A clock that was set back must not silence us for longer than the server asked.
            let counts = quiet.since <= now && now < quiet.until;
            counts.then(|| quiet.until.duration_since(now))
        });
        if left.is_none() {
            *quiet = None;
        }
        left.and_then(|left| Duration::try_from(left).ok())
    }

    fn failure(&self, after: Duration) -> Failure {
        let kind = ErrorKind::Throttled { after: Some(after) };
        Failure::new(kind, Code::ServerBusy)
            .with("server", &self.server)
            .with("seconds", after.as_secs().to_string())
    }
}
