//! Where the browser comes back to (RFC 8252, 7.3): a port of this computer, open as long as somebody waits, on both of its addresses,
//! because `localhost` may be either. Any page and any program can knock there, so a request without the right `state` is refused and
//! changes nothing: if it ended the wait, anybody could (RFC 9700, 4.7). The first right one ends it; there is no second.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, REFERRER_POLICY,
};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use model::Secret;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::JoinHandle;
use tracing::{debug, info};
use url::form_urlencoded;

use crate::refusal::Refusal;
use crate::{Page, Pages};

/// So many ports are tried until one is free on both addresses.
const PORTS: u32 = 8;
/// Who connects has to say so soon what for: browsers open connections they may need.
const HEADER: Duration = Duration::from_secs(30);
/// The last page is on its way for so long at most.
const LAST_PAGE: Duration = Duration::from_secs(2);

/// What the browser brought.
pub enum Brought {
    /// The code.
    Code(Secret),
    /// Why there is none.
    Refusal(Refusal),
}

/// What an answer has to look like.
#[derive(Debug)]
pub struct Expected {
    /// What we sent along.
    pub state: Secret,
    /// How the authority calls itself.
    pub issuer: String,
    /// Whether it does so in every answer (RFC 9207).
    pub names_itself: bool,
}

/// An open port.
#[derive(Debug)]
pub struct Loopback {
    port: u16,
    listeners: Vec<TcpListener>,
}

/// Waits for the browser. Dropping it closes the port.
pub struct Reception {
    answers: mpsc::Receiver<(Brought, LastPage)>,
    tasks: Vec<JoinHandle<()>>,
}

/// The browser waits for a page.
pub struct LastPage {
    page: oneshot::Sender<Page>,
    closed: Arc<Notify>,
}

impl Loopback {
    /// Opens a free port.
    pub async fn open() -> io::Result<Self> {
        let mut taken = None;
        for _ in 0..PORTS {
            let four = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
            let port = four.local_addr()?.port();
            let listeners = match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
                Ok(six) => vec![four, six],
                // Somebody else would get what is sent to us.
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                    taken = Some(error);
                    continue;
                }
                // This computer has no such address.
                Err(_) => vec![four],
            };
            return Ok(Self { port, listeners });
        }
        Err(taken.unwrap_or_else(|| io::ErrorKind::AddrInUse.into()))
    }

    /// Where the browser is sent back to; it is registered without port and path (facts/graph.md, 1.1).
    pub fn redirect(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Begins to answer.
    pub fn receive(self, expected: Expected, pages: Pages) -> Reception {
        let (sender, answers) = mpsc::channel(1);
        let desk = Arc::new(Desk {
            port: self.port,
            expected,
            pages,
            sender,
            is_taken: AtomicBool::new(false),
        });
        let listeners = self.listeners.into_iter();
        let tasks = listeners.map(|listener| tokio::spawn(accept(listener, desk.clone())));
        Reception {
            answers,
            tasks: tasks.collect(),
        }
    }
}

impl Reception {
    /// The browser's answer, and the browser, which waits for a page. The port is closed.
    pub async fn answer(mut self) -> (Brought, LastPage) {
        let answer = self.answers.recv().await;
        answer.expect("the tasks that have the other end live as long as this")
    }
}

impl Drop for Reception {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl LastPage {
    /// Shows the last page, and returns when the browser has it or has left.
    pub async fn show(self, page: Page) {
        if self.page.send(page).is_ok() {
            let _ = tokio::time::timeout(LAST_PAGE, self.closed.notified()).await;
        }
    }
}

/// What requests are judged by.
struct Desk {
    port: u16,
    expected: Expected,
    pages: Pages,
    sender: mpsc::Sender<(Brought, LastPage)>,
    is_taken: AtomicBool,
}

async fn accept(listener: TcpListener, desk: Arc<Desk>) {
    loop {
        match listener.accept().await {
            // Not stopped with the port: the last page may be on its way.
            Ok((stream, _)) => drop(tokio::spawn(serve(stream, desk.clone()))),
            Err(error) => {
                debug!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

async fn serve(stream: TcpStream, desk: Arc<Desk>) {
    let closed = Arc::new(Notify::new());
    let when_closed = closed.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let (desk, closed) = (desk.clone(), closed.clone());
        async move { Ok::<_, Infallible>(desk.answer(&request, closed).await) }
    });
    let served = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if served.is_err() {
        // The error may show what was sent.
        debug!("a connection broke");
    }
    when_closed.notify_one();
}

impl Desk {
    async fn answer(
        &self,
        request: &Request<Incoming>,
        closed: Arc<Notify>,
    ) -> Response<Full<Bytes>> {
        if !self.is_ours(request) || request.uri().path() != "/" {
            return empty(StatusCode::NOT_FOUND);
        }
        if request.method() != Method::GET {
            return empty(StatusCode::METHOD_NOT_ALLOWED);
        }
        let query = request.uri().query().unwrap_or_default();
        let Some(brought) = self.expected.read(query) else {
            info!("an answer that belongs to no sign-in was refused");
            return shown(StatusCode::BAD_REQUEST, &self.pages.foreign);
        };
        if self.is_taken.swap(true, Ordering::SeqCst) {
            return shown(StatusCode::BAD_REQUEST, &self.pages.foreign);
        }
        let (page, wanted) = oneshot::channel();
        let reply = LastPage { page, closed };
        if self.sender.send((brought, reply)).await.is_err() {
            return shown(StatusCode::OK, &self.pages.given_up);
        }
        let page = wanted.await;
        shown(
            StatusCode::OK,
            page.as_ref().unwrap_or(&self.pages.given_up),
        )
    }

    /// A page of another host whose name leads here has nothing to ask.
    fn is_ours(&self, request: &Request<Incoming>) -> bool {
        let host = request.headers().get(HOST);
        let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
        ["localhost", "127.0.0.1", "[::1]"]
            .iter()
            .any(|name| host == format!("{name}:{}", self.port))
    }
}

impl Expected {
    /// What a query brings; `None` if it belongs to another sign-in, or to none.
    fn read(&self, query: &str) -> Option<Brought> {
        let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        // What stands there twice can be read in two ways (RFC 6749, 3.1).
        let once = |name: &str| {
            let mut values = pairs.iter().filter(|(key, _)| key == name);
            match (values.next(), values.next()) {
                (Some((_, value)), None) => Ok(Some(value.clone())),
                (None, _) => Ok(None),
                (Some(_), Some(_)) => Err(()),
            }
        };
        let (state, issuer) = (once("state").ok()??, once("iss").ok()?);
        let names_other = issuer.as_ref().is_some_and(|name| *name != self.issuer);
        if state != self.state.reveal() || names_other || (self.names_itself && issuer.is_none()) {
            return None;
        }
        let (code, error) = (once("code").ok()?, once("error").ok()?);
        Some(match (code, error) {
            (Some(code), None) => Brought::Code(Secret::new(code)),
            (_, Some(error)) => {
                Brought::Refusal(Refusal::new(&error, once("error_description").ok()?))
            }
            (None, None) => Brought::Refusal(Refusal::new("no_code", None)),
        })
    }
}

fn shown(status: StatusCode, page: &Page) -> Response<Full<Bytes>> {
    answered(status, page.html())
}

fn empty(status: StatusCode) -> Response<Full<Bytes>> {
    answered(status, String::new())
}

fn answered(status: StatusCode, body: String) -> Response<Full<Bytes>> {
    Response::builder()
        .status(status)
        .header(CONTENT_TYPE, "text/html; charset=utf-8")
        .header(CACHE_CONTROL, "no-store")
        .header(
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        )
        // The address of the page holds the code.
        .header(REFERRER_POLICY, "no-referrer")
        .header(CONNECTION, "close")
        .body(Full::new(Bytes::from(body)))
        .expect("the headers are plain ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected(names_itself: bool) -> Expected {
        Expected {
            state: Secret::new("s1"),
            issuer: "https://id.example".to_owned(),
            names_itself,
        }
    }

    fn read(names_itself: bool, query: &str) -> Option<String> {
        expected(names_itself)
            .read(query)
            .map(|brought| match brought {
                Brought::Code(code) => format!("code {}", code.reveal()),
                Brought::Refusal(refusal) => refusal.to_string(),
            })
    }

    #[test]
    fn r7_2_only_an_answer_with_our_state_is_one() {
        assert_eq!(read(false, "code=c1&state=s1").as_deref(), Some("code c1"));
        for foreign in [
            "",
            "code=c1",
            "code=c1&state=s2",
            "code=c1&state=",
            "code=c1&state=s1&state=s2",
            "code=c1&code=c2&state=s1",
            "error=access_denied",
            "error=access_denied&state=s2",
        ] {
            assert_eq!(read(false, foreign), None, "{foreign}");
        }
    }

    #[test]
    fn an_answer_of_another_authority_is_none() {
        let ours = "code=c1&state=s1&iss=https%3A%2F%2Fid.example";
        assert!(read(true, ours).is_some());
        assert!(read(false, ours).is_some());
        assert_eq!(read(true, "code=c1&state=s1"), None);
        assert_eq!(
            read(false, "code=c1&state=s1&iss=https%3A%2F%2Fevil.example"),
            None
        );
    }

    #[test]
    fn an_error_counts_more_than_a_code() {
        let query = "state=s1&code=c1&error=access_denied&error_description=AADSTS65004%3A+no";
        assert_eq!(read(false, query).as_deref(), Some("AADSTS65004"));
        assert_eq!(read(false, "state=s1").as_deref(), Some("no_code"));
    }
}
