//! Sends requests. Redirects are not followed: an answer from another place than the user entered is the adapter's decision.

use std::fmt;
use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::Duration;

use hyper_util::client::legacy::connect::HttpInfo;
use model::Code;
use ports::{ErrorKind, Failure, Result};
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use tracing::trace;

use crate::failure::{AnswerTooLarge, sort};
use crate::patience::Patience;
use crate::{Address, RequestCount, Sending};

/// How many connections are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connections {
    /// As many as requests are under way.
    Pool,
    /// One, for sign-in methods that are bound to a connection. The caller sends one request after the other and reads each answer
    /// to its end; only then does the next one travel on the same connection.
    One,
}

/// Whether the server's cookies are sent back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookies {
    /// They are, as long as the client lives.
    Keep,
    /// They are not.
    None,
}

/// How a client behaves.
#[derive(Debug, Clone)]
pub struct Options {
    /// What servers see in their logs.
    pub user_agent: String,
    /// How many connections are kept.
    pub connections: Connections,
    /// Whether cookies are sent back.
    pub cookies: Cookies,
    /// How long a connection may take.
    pub connect_timeout: Duration,
    /// How long a server may stay silent.
    pub read_timeout: Duration,
    /// The largest answer that is read, in bytes.
    pub largest_answer: u64,
    /// Certificates (DER or PEM) trusted besides the computer's own; for tests.
    pub trusted: Vec<Vec<u8>>,
    /// Counts the requests.
    pub count: RequestCount,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            user_agent: concat!("ExchangeConnector/", env!("CARGO_PKG_VERSION")).to_owned(),
            connections: Connections::Pool,
            cookies: Cookies::None,
            connect_timeout: Duration::from_secs(20),
            read_timeout: Duration::from_secs(120),
            largest_answer: 256 * 1024 * 1024,
            trusted: Vec::new(),
            count: RequestCount::default(),
        }
    }
}

/// A whole answer.
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, decompressed.
    pub body: Vec<u8>,
    /// What it travelled on.
    pub carrier: Carrier,
}

/// The connection an answer came on, as far as sign-in methods that are bound to connections need to know it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Carrier {
    /// Our end of it: as long as it stays open, no other connection has the same.
    pub local: Option<SocketAddr>,
    /// The server's certificate (DER), where there is TLS: what a channel binding is made of.
    pub certificate: Option<Vec<u8>>,
}

impl Carrier {
    fn of(response: &Response) -> Self {
        let extensions = response.extensions();
        let tls = extensions.get::<reqwest::tls::TlsInfo>();
        Self {
            local: extensions.get::<HttpInfo>().map(HttpInfo::local_addr),
            certificate: tls
                .and_then(|tls| tls.peer_certificate())
                .map(<[u8]>::to_vec),
        }
    }
}

impl fmt::Debug for Answer {
    // A body is somebody's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer({}, {} bytes)", self.status, self.body.len())
    }
}

/// An answer that is read piece by piece.
pub struct Stream {
    response: Response,
    address: Address,
    sending: Sending,
    largest: u64,
}

/// Takes from a body what need not stay in it, while it comes in.
pub trait Sieve: Send {
    /// The server says that so many bytes will come.
    fn expect(&mut self, bytes: u64);

    /// Takes the next piece, cut anywhere; what is to stay is appended to the body.
    fn take(&mut self, piece: &[u8], body: &mut Vec<u8>);
}

/// Leaves a body whole.
struct All;

impl Sieve for All {
    fn expect(&mut self, _bytes: u64) {}

    fn take(&mut self, piece: &[u8], body: &mut Vec<u8>) {
        body.extend_from_slice(piece);
    }
}

/// How an address is reached.
#[derive(Clone, Copy)]
enum Route {
    /// This computer without TLS.
    Plain,
    /// This computer with TLS.
    Loopback,
    /// Another computer, with TLS, by way of the proxy if there is one.
    Remote,
}

/// Sends requests. What it needs for an address is made on first use.
pub struct Client {
    options: Options,
    routes: [OnceLock<reqwest::Client>; 3],
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({:?})", self.options.user_agent)
    }
}

impl Client {
    /// A client. Nothing is opened yet.
    pub fn new(options: Options) -> Self {
        Self {
            options,
            routes: Default::default(),
        }
    }

    /// Begins a request.
    pub fn request(&self, method: Method, address: &Address) -> Result<RequestBuilder> {
        Ok(self.route(address)?.request(method, address.url().clone()))
    }

    /// Sends a request and reads the whole answer, whatever its status.
    pub async fn send(
        &self,
        request: RequestBuilder,
        address: &Address,
        sending: Sending,
    ) -> Result<Answer> {
        let stream = self.stream(request, address, sending).await?;
        stream.whole().await
    }

    /// Sends a request and hands out the answer as it comes in, whatever its status.
    pub async fn stream(
        &self,
        request: RequestBuilder,
        address: &Address,
        sending: Sending,
    ) -> Result<Stream> {
        self.options.count.add_one();
        let answer = request.send().await;
        let response = answer.map_err(|error| sort(error, address, sending))?;
        trace!(server = %address.server(), status = response.status().as_u16(), "answered");
        Ok(Stream {
            response,
            address: address.clone(),
            sending,
            largest: self.options.largest_answer,
        })
    }

    /// The counter given at construction.
    pub fn count(&self) -> &RequestCount {
        &self.options.count
    }

    fn route(&self, address: &Address) -> Result<&reqwest::Client> {
        let route = match (address.is_loopback(), address.is_plain()) {
            (true, true) => Route::Plain,
            (true, false) => Route::Loopback,
            (false, _) => Route::Remote,
        };
        let place = &self.routes[route as usize];
        if let Some(client) = place.get() {
            return Ok(client);
        }
        let made = self.build(route).map_err(|error| {
            Failure::new(ErrorKind::Offline, Code::TlsFailed)
                .with("server", address.server())
                .caused_by(error)
        })?;
        Ok(place.get_or_init(|| made))
    }

    fn build(&self, route: Route) -> std::result::Result<reqwest::Client, reqwest::Error> {
        install_crypto();
        let options = &self.options;
        let mut builder = reqwest::Client::builder()
            .user_agent(&options.user_agent)
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .tls_info(true)
            .tls_version_min(reqwest::tls::Version::TLS_1_2)
            .cookie_store(options.cookies == Cookies::Keep)
            .connect_timeout(options.connect_timeout)
            .read_timeout(options.read_timeout);
        if options.connections == Connections::One {
            // Sign-in lasts as long as the connection: it is kept until the server closes it.
            builder = builder
                .pool_max_idle_per_host(1)
                .pool_idle_timeout(None)
                .connector_layer(Patience::default());
        }
        builder = match route {
            Route::Plain | Route::Loopback => builder.no_proxy(),
            Route::Remote => builder,
        };
        builder = match route {
            // No trust store is needed, and reading it takes longer than many a request.
            Route::Plain => builder.tls_certs_only([]),
            Route::Loopback | Route::Remote if options.trusted.is_empty() => builder,
            Route::Loopback | Route::Remote => builder.tls_certs_merge(self.trusted()?),
        };
        builder.build()
    }

    fn trusted(&self) -> std::result::Result<Vec<reqwest::Certificate>, reqwest::Error> {
        let mut all = Vec::new();
        for certificate in &self.options.trusted {
            if certificate.starts_with(b"-----BEGIN") {
                all.extend(reqwest::Certificate::from_pem_bundle(certificate)?);
            } else {
                all.push(reqwest::Certificate::from_der(certificate)?);
            }
        }
        Ok(all)
    }
}

impl Stream {
    /// Its status.
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// Its headers.
    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// What it travels on.
    pub fn carrier(&self) -> Carrier {
        Carrier::of(&self.response)
    }

    /// Reads it to its end.
    pub async fn whole(self) -> Result<Answer> {
        self.sifted(&mut All).await
    }

    /// Reads it to its end through a sieve.
    pub async fn sifted(mut self, sieve: &mut dyn Sieve) -> Result<Answer> {
        let mut answer = self.head();
        let limit = self.largest;
        if let Some(length) = self.response.content_length() {
            sieve.expect(length.min(limit));
        }
        let mut read = 0;
        while let Some(piece) = self.next().await? {
            read += piece.len() as u64;
            if read > limit {
                return Err(Failure::new(self.sending.garbled(), Code::AnswerMalformed)
                    .with("server", self.address.server())
                    .caused_by(AnswerTooLarge(limit)));
            }
            sieve.take(&piece, &mut answer.body);
        }
        Ok(answer)
    }

    /// All but its body.
    pub fn head(&self) -> Answer {
        Answer {
            status: self.status(),
            headers: self.headers().clone(),
            body: Vec::new(),
            carrier: self.carrier(),
        }
    }

    /// The next piece of the body, decompressed; `None` at its end.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        let piece = self.response.chunk().await;
        let piece = piece.map_err(|error| sort(error, &self.address, self.sending))?;
        Ok(piece.map(|bytes| bytes.to_vec()))
    }
}

/// Chooses ring for the whole process, once; whoever chose before is left alone.
fn install_crypto() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        // It fails only when somebody chose before, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}
