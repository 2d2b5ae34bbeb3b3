//! A small HTTP/1.1 server on loopback, the door of both fakes: every request goes to one [`Service`], which may answer at once, in
//! pieces, or not at all (the line is cut). It knows connections, because NTLM signs in a connection and not a request.
//! Deliberately not here: paths, sign-in, faults. Whoever wants a slow answer waits inside [`Service::answer`].

mod connection;
mod message;

pub use connection::{Connection, ConnectionId};
pub use message::{Reply, Request};

use async_trait::async_trait;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// The largest request body that is read; more is a broken client.
const LARGEST_BODY: usize = 256 * 1024 * 1024;

/// What stands behind the door: one of the fakes.
#[async_trait]
pub trait Service: Send + Sync + 'static {
    /// Answers one request of one connection. Requests of a connection come one after the other, connections run at once.
    async fn answer(&self, connection: &Connection, request: Request) -> Reply;
}

/// The line was cut on purpose: hyper drops a connection whose service fails, without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is cut on purpose")]
struct CutOnPurpose;

/// Serves until the future is dropped; then every connection is dropped too.
pub async fn serve(listener: TcpListener, service: Arc<dyn Service>) -> std::io::Result<()> {
    let mut connections = JoinSet::new();
    let mut next = 1;
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (stream, _) = accepted?;
                // Answers are small and written in pieces: waiting to fill a packet would cost 40 ms each.
                stream.set_nodelay(true)?;
                connections.spawn(serve_connection(stream, Connection::new(ConnectionId(next)), Arc::clone(&service)));
                next += 1;
            }
            // Ended connections are taken out, or a long run would collect them.
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve_connection(stream: TcpStream, connection: Connection, service: Arc<dyn Service>) {
    let connection = Arc::new(connection);
    let each = service_fn(move |request| {
        let (connection, service) = (Arc::clone(&connection), Arc::clone(&service));
        async move { answer_one(&connection, service.as_ref(), request).await }
    });
    let ended = hyper::server::conn::http1::Builder::new()
        .header_read_timeout(None)
        .serve_connection(TokioIo::new(stream), each)
        .await;
    if let Err(reason) = ended {
        tracing::debug!(%reason, "connection ended early");
    }
}

async fn answer_one(
    connection: &Connection,
    service: &dyn Service,
    request: hyper::Request<Incoming>,
) -> Result<hyper::Response<BoxBody<Bytes, Infallible>>, CutOnPurpose> {
    let (head, body) = request.into_parts();
    let Ok(body) = http_body_util::Limited::new(body, LARGEST_BODY)
        .collect()
        .await
    else {
        return Err(CutOnPurpose);
    };
    let request = Request::new(head, body.to_bytes());
    match service.answer(connection, request).await {
        Reply::Whole {
            status,
            headers,
            body,
        } => Ok(respond(status, headers, Full::new(body).boxed())),
        Reply::Stream {
            status,
            headers,
            chunks,
        } => Ok(respond(status, headers, streamed(chunks))),
        Reply::Cut => Err(CutOnPurpose),
    }
}

fn streamed(chunks: mpsc::Receiver<Bytes>) -> BoxBody<Bytes, Infallible> {
    let frames = futures_util::stream::unfold(chunks, |mut chunks| async move {
        let chunk = chunks.recv().await?;
        Some((Ok(Frame::data(chunk)), chunks))
    });
    StreamBody::new(frames).boxed()
}

fn respond(
    status: u16,
    headers: hyper::HeaderMap,
    body: BoxBody<Bytes, Infallible>,
) -> hyper::Response<BoxBody<Bytes, Infallible>> {
    let mut response = hyper::Response::new(body);
    *response.status_mut() =
        hyper::StatusCode::from_u16(status).expect("the fakes use known status codes");
    *response.headers_mut() = headers;
    response
}

#[cfg(test)]
mod tests;
