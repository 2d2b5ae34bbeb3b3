//! GetStreamingEvents: one long answer made of many envelopes, one after the other, each cut somewhere in the middle, since a client
//! must not rely on where a piece ends.

use super::Inner;
use super::operations::{status_envelope, streaming_targets, take_streaming};
use super::soap::{self, Call};
use super::xml::Element;
use crate::http::Reply;
use hyper::HeaderMap;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};

/// Opens the stream of a call.
pub(super) fn open(inner: &Arc<Inner>, user: &str, call: &Call) -> Reply {
    let targets = inner.with_mailbox(user, |mailbox, _| streaming_targets(mailbox, &call.body));
    let targets = match targets {
        Some(Ok(targets)) => targets,
        Some(Err(failed)) => {
            return Reply::whole(200, "text/xml; charset=utf-8", soap::document(failed));
        }
        None => return Reply::Cut,
    };
    let minutes = call
        .body
        .get_text("ConnectionTimeout")
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(1);
    let (pieces, chunks) = mpsc::channel(16);
    let stream = Stream {
        inner: Arc::clone(inner),
        user: user.to_owned(),
        targets,
        pieces,
    };
    tokio::spawn(stream.run(Instant::now() + Duration::from_secs(60 * minutes)));
    let mut headers = HeaderMap::new();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/xml; charset=utf-8"),
    );
    Reply::Stream {
        status: 200,
        headers,
        chunks,
    }
}

struct Stream {
    inner: Arc<Inner>,
    user: String,
    targets: Vec<u64>,
    pieces: mpsc::Sender<Bytes>,
}

/// The client is gone.
struct Gone;

impl Stream {
    /// Runs until the time is over or the client is gone.
    async fn run(self, until: Instant) {
        let _ = self.tell_until(until).await;
    }

    async fn tell_until(&self, until: Instant) -> Result<(), Gone> {
        let mut happened = self.inner.happened.subscribe();
        self.status(Some("OK")).await?;
        loop {
            happened.mark_unchanged();
            let news = self.inner.with_mailbox(&self.user, |mailbox, _| {
                take_streaming(mailbox, &self.targets)
            });
            if let Some(body) = news.flatten() {
                self.send(body).await?;
            }
            tokio::select! {
                () = self.pieces.closed() => return Err(Gone),
                () = sleep_until(until) => return self.status(Some("Closed")).await,
                () = sleep(self.inner.heartbeat()) => self.status(None).await?,
                _ = happened.changed() => {}
            }
        }
    }

    async fn status(&self, status: Option<&str>) -> Result<(), Gone> {
        let body = self.inner.with_mailbox(&self.user, |mailbox, _| {
            status_envelope(mailbox, &self.targets, status)
        });
        self.send(body.ok_or(Gone)?).await
    }

    async fn send(&self, body: Element) -> Result<(), Gone> {
        let text = Bytes::from(soap::envelope(body));
        let (head, tail) = (text.slice(..text.len() / 2), text.slice(text.len() / 2..));
        for piece in [head, tail] {
            self.pieces.send(piece).await.map_err(|_| Gone)?;
        }
        Ok(())
    }
}
