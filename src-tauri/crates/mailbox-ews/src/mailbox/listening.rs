//! Waits until the server tells that something happened (facts/ews.md, section 8): one answer that lasts, and in it envelope after envelope.
//!
//! It has a connection of its own: with NTLM one request follows the other on a connection, and this one takes up to half an hour. The
//! subscription is kept from call to call, so that nothing is missed between them.

use jiff::{SignedDuration, Timestamp};
use model::{Code, FolderId};
use ports::{ErrorKind, Failure, Result};
use tokio::sync::Mutex;
use tokio::time::timeout;
use tracing::debug;
use transport::Stream;

use crate::client::Client;
use crate::options::Patience;
use crate::wire::events::{GetStreamingEvents, Subscribe, Told};
use crate::wire::stream::Envelopes;

/// An answer that ends sooner tells that something between us and the server lets none last.
const SHORT: SignedDuration = SignedDuration::from_secs(10);
/// So many of them in a row are taken.
const SHORT_ONES: u32 = 3;

/// Listens to the server for one caller at a time.
pub struct Listener {
    client: Client,
    patience: Patience,
    subscription: Mutex<Option<Subscription>>,
}

struct Subscription {
    id: String,
    folders: Vec<FolderId>,
    /// Whether the server has ever listened by it.
    is_proven: bool,
}

/// How listening ended.
enum Heard {
    News,
    /// The answer ended, or the line was dead.
    End,
    /// The server has forgotten the subscription.
    Lost,
}

impl Listener {
    /// A listener that has sent nothing yet.
    pub fn new(client: Client, patience: Patience) -> Self {
        Self {
            client,
            patience,
            subscription: Mutex::default(),
        }
    }

    /// Returns when something happened in one of the folders.
    pub async fn wait(&self, folders: &[FolderId]) -> Result<()> {
        if folders.is_empty() {
            return Err(Failure::bug("nothing happens in no folder"));
        }
        let mut kept = self.subscription.lock().await;
        if kept.as_ref().is_none_or(|kept| kept.folders != folders) {
            *kept = None;
        }
        let mut short_ones = 0;
        loop {
            let subscription = match &mut *kept {
                Some(subscription) => subscription,
                None => kept.insert(self.subscribe(folders).await?),
            };
            let begun = self.client.now();
            match self.listen(subscription).await {
                Ok(Heard::News) => return Ok(()),
                Ok(Heard::End) => {}
                Ok(Heard::Lost) => {
                    let was_proven = subscription.is_proven;
                    *kept = None;
                    if !was_proven {
                        return Err(self.failure(ErrorKind::Stale, Code::AnswerMalformed));
                    }
                    *kept = Some(self.subscribe(folders).await?);
                    // Nobody knows what happened since.
                    return Ok(());
                }
                Err(failure) => {
                    *kept = None;
                    return Err(failure);
                }
            }
            short_ones = match self.lasted(begun) {
                true => 0,
                false => short_ones + 1,
            };
            if short_ones > SHORT_ONES {
                return Err(self.failure(ErrorKind::Offline, Code::ConnectionLost));
            }
        }
    }

    async fn subscribe(&self, folders: &[FolderId]) -> Result<Subscription> {
        let made = self.client.one(&Subscribe::Everything(folders)).await?;
        debug!(folders = folders.len(), "the server tells what happens");
        Ok(Subscription {
            id: made.id,
            folders: folders.to_vec(),
            is_proven: false,
        })
    }

    async fn listen(&self, subscription: &mut Subscription) -> Result<Heard> {
        let asked = GetStreamingEvents {
            subscription: &subscription.id,
        };
        let begin = async {
            let mut line = Line {
                stream: self.client.open(&asked).await?,
                envelopes: Envelopes::default(),
            };
            let first = line.next().await?;
            Ok((line, first))
        };
        let begun: Result<(Line, Option<String>)> = match timeout(self.patience.first, begin).await
        {
            Ok(begun) => begun,
            // Somebody in between keeps the answer until it ends.
            Err(_) => return Err(self.failure(ErrorKind::Offline, Code::ConnectionLost)),
        };
        let (mut line, first) = match begun {
            Err(failure) if failure.kind == ErrorKind::Stale => return Ok(Heard::Lost),
            begun => begun?,
        };
        let malformed = || self.failure(ErrorKind::Malformed, Code::AnswerMalformed);
        let mut envelope = first.ok_or_else(malformed)?;
        loop {
            match self.told(&envelope) {
                Err(failure) if failure.kind == ErrorKind::Stale => return Ok(Heard::Lost),
                told => match told? {
                    Told::News => {
                        subscription.is_proven = true;
                        return Ok(Heard::News);
                    }
                    Told::End => return Ok(Heard::End),
                    Told::Life => subscription.is_proven = true,
                },
            }
            envelope = match line.next().await {
                Ok(Some(envelope)) => envelope,
                Ok(None) => return Ok(Heard::End),
                Err(failure) => {
                    debug!(%failure, "the line is dead");
                    return Ok(Heard::End);
                }
            };
        }
    }

    /// The most important of what an envelope tells.
    fn told(&self, envelope: &str) -> Result<Told> {
        let told = self.client.read::<GetStreamingEvents<'_>>(envelope)?;
        let most = [Told::News, Told::End]
            .into_iter()
            .find(|most| told.contains(most));
        Ok(most.unwrap_or(Told::Life))
    }

    fn lasted(&self, since: Timestamp) -> bool {
        // A clock that was set back says nothing.
        let lasted = self.client.now().duration_since(since);
        lasted >= SHORT || lasted.is_negative()
    }

    fn failure(&self, kind: ErrorKind, code: Code) -> Failure {
        Failure::new(kind, code).with("server", self.client.server())
    }
}

/// The answer and what came of it.
struct Line {
    stream: Stream,
    envelopes: Envelopes,
}

impl Line {
    /// The next whole envelope; `None` at the end of the answer.
    async fn next(&mut self) -> Result<Option<String>> {
        loop {
            if let Some(envelope) = self.envelopes.next_whole() {
                return Ok(Some(envelope));
            }
            let Some(piece) = self.stream.next().await? else {
                return Ok(None);
            };
            self.envelopes.take(&piece).map_err(|why| {
                Failure::new(ErrorKind::Malformed, Code::AnswerMalformed).caused_by(why)
            })?;
        }
    }
}
