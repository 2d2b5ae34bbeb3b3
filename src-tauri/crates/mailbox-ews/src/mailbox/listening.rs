//! Waits until the server tells that something happened (facts/ews.md, section 8): one answer that lasts, and in it envelope after envelope.
//!
//! It has a connection of its own: with NTLM one request follows the other on a connection, and this one takes up to half an hour. The
//! subscription and the answer are kept from one wait to the next, so that nothing is missed between them: what a server has written into
//! an answer it does not tell again.

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
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    subscription: Option<Subscription>,
    /// How many answers in a row ended too soon.
    short_ones: u32,
}

struct Subscription {
    id: String,
    folders: Vec<FolderId>,
    /// Whether the server has ever listened by it.
    is_proven: bool,
    line: Option<Line>,
}

/// What came of an answer.
enum Heard {
    News,
    /// The server ended it. What happens from now on it keeps for the next one.
    End,
    /// It broke off, and nobody knows what was in it.
    Broken,
    /// The server has forgotten the subscription.
    Lost,
}

impl Listener {
    /// A listener that has sent nothing yet.
    pub fn new(client: Client, patience: Patience) -> Self {
        Self {
            client,
            patience,
            state: Mutex::default(),
        }
    }

    /// Returns when something happened in one of the folders, or may have.
    pub async fn wait(&self, folders: &[FolderId]) -> Result<()> {
        if folders.is_empty() {
            return Err(Failure::bug("nothing happens in no folder"));
        }
        let mut state = self.state.lock().await;
        let State {
            subscription: kept,
            short_ones,
        } = &mut *state;
        kept.take_if(|kept| kept.folders != folders);
        loop {
            let subscription = match kept {
                Some(subscription) => subscription,
                None => kept.insert(self.subscribe(folders).await?),
            };
            let heard = self.listen(subscription).await;
            if !matches!(heard, Ok(Heard::News)) {
                let line = subscription.line.take();
                let lasted = line.is_none_or(|line| self.lasted(line.begun));
                *short_ones = if lasted { 0 } else { *short_ones + 1 };
            }
            match heard? {
                Heard::Lost if !subscription.is_proven => {
                    *kept = None;
                    return Err(self.failure(ErrorKind::Stale, Code::AnswerMalformed));
                }
                Heard::Lost => {
                    *kept = None;
                    *kept = Some(self.subscribe(folders).await?);
                    return Ok(());
                }
                Heard::End | Heard::Broken if *short_ones > SHORT_ONES => {
                    *short_ones = 0;
                    return Err(self.failure(ErrorKind::Offline, Code::ConnectionLost));
                }
                Heard::End => {}
                Heard::News | Heard::Broken => return Ok(()),
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
            line: None,
        })
    }

    /// Reads the answer until something is in it, or its end.
    async fn listen(&self, subscription: &mut Subscription) -> Result<Heard> {
        let line = match &mut subscription.line {
            Some(line) => line,
            None => match self.begin(&subscription.id).await {
                Err(failure) if failure.kind == ErrorKind::Stale => return Ok(Heard::Lost),
                line => subscription.line.insert(line?),
            },
        };
        let mut is_news = false;
        loop {
            // Of several news that are there already, one is enough.
            let envelope = match line.envelopes.next_whole() {
                None if is_news => return Ok(Heard::News),
                None => match timeout(self.patience.silence, line.more()).await {
                    Ok(Ok(true)) => continue,
                    Ok(Ok(false)) | Err(_) => return Ok(Heard::Broken),
                    Ok(Err(failure)) => {
                        debug!(%failure, "the line is dead");
                        return Ok(Heard::Broken);
                    }
                },
                Some(envelope) => envelope,
            };
            match self.told(&envelope) {
                // Whatever else is wrong is found out when it is read on.
                Err(_) if is_news => return Ok(Heard::Broken),
                Err(failure) if failure.kind == ErrorKind::Stale => return Ok(Heard::Lost),
                Err(failure) => return Err(failure),
                Ok(Told::End) if is_news => return Ok(Heard::Broken),
                Ok(Told::End) => return Ok(Heard::End),
                Ok(told) => is_news |= told == Told::News,
            }
            subscription.is_proven = true;
        }
    }

    /// Begins an answer; its first envelope is there.
    async fn begin(&self, subscription: &str) -> Result<Line> {
        let asked = GetStreamingEvents { subscription };
        let begun = self.client.now();
        let line = async {
            let mut line = Line {
                stream: self.client.open(&asked).await?,
                envelopes: Envelopes::default(),
                begun,
            };
            while !line.envelopes.has_whole() {
                if !line.more().await? {
                    return Err(self.failure(ErrorKind::Malformed, Code::AnswerMalformed));
                }
            }
            Ok(line)
        };
        let line = timeout(self.patience.first, line).await;
        // Somebody in between keeps the answer until it ends.
        line.unwrap_or_else(|_| Err(self.failure(ErrorKind::Offline, Code::ConnectionLost)))
    }

    /// The most important of what an envelope tells.
    fn told(&self, envelope: &str) -> Result<Told> {
        let told = self.client.read::<GetStreamingEvents<'_>>(envelope)?;
        let most = [Told::News, Told::End];
        let most = most.into_iter().find(|most| told.contains(most));
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
    begun: Timestamp,
}

impl Line {
    /// Waits for the next piece; `false` at the end of the answer.
    async fn more(&mut self) -> Result<bool> {
        let Some(piece) = self.stream.next().await? else {
            return Ok(false);
        };
        let taken = self.envelopes.take(&piece);
        taken.map_err(|why| {
            Failure::new(ErrorKind::Malformed, Code::AnswerMalformed).caused_by(why)
        })?;
        Ok(true)
    }
}
