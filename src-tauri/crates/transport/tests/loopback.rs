//! The client against listeners on loopback that misbehave in every way a network can. No test waits for anything but its own
//! listener, except the one that lets a read time-out of a few milliseconds pass.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use model::Code;
use ports::{ErrorKind, Failure};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::{self, ServerConfig, pki_types};
use transport::{Address, Answer, Client, Connections, Cookies, Method, Options, Sending, Sieve};

type Result<T> = std::result::Result<T, Failure>;

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// Reads one request with its body; empty when the client has left.
async fn request(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut bytes = Vec::new();
    let mut piece = [0_u8; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .filter_map(|line| line.split_once(':'))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .map_or(0, |(_, value)| value.trim().parse().expect("a number"));
            if body.len() >= length {
                return text;
            }
        }
        match stream.read(&mut piece).await {
            Ok(0) | Err(_) => return String::new(),
            Ok(read) => bytes.extend_from_slice(&piece[..read]),
        }
    }
}

/// A listener that gives each connection to `serve` and collects what it returns.
async fn listen<R>(
    connections: usize,
    serve: impl AsyncFn(TcpStream) -> R + 'static,
) -> (String, JoinHandle<Vec<R>>)
where
    R: 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    // Local tasks: the future of an `AsyncFn` cannot be asked to be `Send`.
    let task = tokio::task::spawn_local(async move {
        let mut results = Vec::new();
        for _ in 0..connections {
            let (stream, _) = listener.accept().await.expect("a connection");
            results.push(serve(stream).await);
        }
        results
    });
    (format!("http://127.0.0.1:{port}/x"), task)
}

async fn get(client: &Client, url: &str, sending: Sending) -> Result<Answer> {
    let address = Address::parse(url).expect("a loopback address");
    let request = client.request(Method::GET, &address)?;
    client.send(request, &address, sending).await
}

fn failed(answer: Result<Answer>) -> (ErrorKind, Code) {
    let failure = answer.expect_err("the listener misbehaves");
    (failure.kind, failure.problem.code)
}

#[tokio::test(flavor = "local")]
async fn an_answer_comes_whole_and_is_counted() {
    let (url, server) = listen(1, async |mut stream: TcpStream| {
        let asked = request(&mut stream).await;
        stream.write_all(OK.as_bytes()).await.expect("sent");
        asked
    })
    .await;
    let client = Client::new(Options::default());
    let answer = get(&client, &url, Sending::Read).await.expect("an answer");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body, b"ok");
    assert_eq!(client.count().get(), 1);
    let asked = server.await.expect("served").remove(0);
    assert!(asked.contains("user-agent: ExchangeConnector/"), "{asked}");
}

#[tokio::test(flavor = "local")]
async fn a_redirect_is_reported_and_not_followed() {
    let (url, server) = listen(1, async |mut stream: TcpStream| {
        request(&mut stream).await;
        let moved =
            "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n";
        stream.write_all(moved.as_bytes()).await
    })
    .await;
    let client = Client::new(Options::default());
    let answer = get(&client, &url, Sending::Read).await.expect("an answer");
    assert_eq!(answer.status, 302);
    assert_eq!(client.count().get(), 1);
    server.await.expect("served").remove(0).expect("sent");
}

#[tokio::test(flavor = "local")]
async fn a_refused_connection_is_offline_for_writes_too() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    drop(listener);
    let client = Client::new(Options::default());
    let url = format!("http://127.0.0.1:{port}");
    let failure = get(&client, &url, Sending::Write)
        .await
        .expect_err("nobody listens");
    assert_eq!(failure.kind, ErrorKind::Offline);
    assert_eq!(failure.problem.code, Code::ServerUnreachable);
    assert_eq!(
        failure.problem.values.get("server"),
        Some(&format!("127.0.0.1:{port}"))
    );
}

#[tokio::test(flavor = "local")]
async fn an_unknown_host_is_named() {
    // Behind a proxy it is the proxy that looks names up.
    let proxies = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    if proxies.iter().any(|name| std::env::var_os(name).is_some()) {
        eprintln!("skipped: this computer has a proxy");
        return;
    }
    // RFC 6761: "invalid" never resolves, and the lookup needs no network to fail.
    let client = Client::new(Options::default());
    let answer = get(&client, "https://crm.invalid/", Sending::Write).await;
    assert_eq!(failed(answer), (ErrorKind::Offline, Code::HostNotFound));
}

#[tokio::test(flavor = "local")]
async fn s1_a_cut_line_leaves_a_write_unknown_and_a_read_offline() {
    for (sending, kind) in [
        (Sending::Read, ErrorKind::Offline),
        (Sending::Write, ErrorKind::OutcomeUnknown),
    ] {
        let (url, server) =
            listen(1, async |mut stream: TcpStream| request(&mut stream).await).await;
        let client = Client::new(Options::default());
        let answer = get(&client, &url, sending).await;
        assert_eq!(failed(answer), (kind, Code::ConnectionLost), "{sending:?}");
        server.await.expect("served");
    }
}

#[tokio::test(flavor = "local")]
async fn s1_a_line_cut_within_the_answer_is_a_lost_answer() {
    for head in [
        "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nonly this",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhel",
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 99\r\n\r\n\x1f",
        "HTTP/1.1 2",
    ] {
        let (url, server) = listen(1, async move |mut stream: TcpStream| {
            request(&mut stream).await;
            stream.write_all(head.as_bytes()).await
        })
        .await;
        let client = Client::new(Options::default());
        let answer = get(&client, &url, Sending::Write).await;
        assert_eq!(
            failed(answer),
            (ErrorKind::OutcomeUnknown, Code::ConnectionLost),
            "{head}"
        );
        server.await.expect("served").remove(0).expect("sent");
    }
}

#[tokio::test(flavor = "local")]
async fn an_answer_that_cannot_be_decompressed_is_malformed() {
    for (sending, kind) in [
        (Sending::Read, ErrorKind::Malformed),
        (Sending::Write, ErrorKind::OutcomeUnknown),
    ] {
        let (url, server) = listen(1, async |mut stream: TcpStream| {
            request(&mut stream).await;
            let answer = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 30\r\n\r\n";
            stream.write_all(answer.as_bytes()).await?;
            stream.write_all(b"this is not what was announced").await
        })
        .await;
        let client = Client::new(Options::default());
        let answer = get(&client, &url, sending).await;
        assert_eq!(failed(answer), (kind, Code::AnswerMalformed));
        server.await.expect("served").remove(0).expect("sent");
    }
}

#[tokio::test(flavor = "local")]
async fn a_silent_server_is_a_lost_connection() {
    let (url, server) = listen(1, async |mut stream: TcpStream| {
        request(&mut stream).await;
        // Until the client gives up and closes.
        request(&mut stream).await
    })
    .await;
    let client = Client::new(Options {
        read_timeout: Duration::from_millis(20),
        ..Options::default()
    });
    let answer = get(&client, &url, Sending::Write).await;
    let expected = (ErrorKind::OutcomeUnknown, Code::ConnectionLost);
    assert_eq!(failed(answer), expected);
    server.await.expect("served");
}

#[tokio::test(flavor = "local")]
async fn an_answer_larger_than_allowed_is_not_read() {
    let (url, _server) = listen(1, async |mut stream: TcpStream| {
        request(&mut stream).await;
        let head = "HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n";
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(&[b'x'; 1_000_000]).await
    })
    .await;
    let client = Client::new(Options {
        largest_answer: 1000,
        ..Options::default()
    });
    let answer = get(&client, &url, Sending::Read).await;
    assert_eq!(
        failed(answer),
        (ErrorKind::Malformed, Code::AnswerMalformed)
    );
}

/// Keeps only what is no `x`.
#[derive(Default)]
struct WithoutX {
    expected: u64,
    taken: usize,
}

impl Sieve for WithoutX {
    fn expect(&mut self, bytes: u64) {
        self.expected = bytes;
    }

    fn take(&mut self, piece: &[u8], body: &mut Vec<u8>) {
        self.taken += piece.len();
        body.extend(piece.iter().filter(|byte| **byte != b'x'));
    }
}

#[tokio::test(flavor = "local")]
async fn what_a_sieve_takes_out_stays_out_and_counts_as_read() {
    for (largest_answer, is_read) in [(1_000_002, true), (1_000_001, false)] {
        let (url, _server) = listen(1, async |mut stream: TcpStream| {
            request(&mut stream).await;
            let head = "HTTP/1.1 200 OK\r\ncontent-length: 1000002\r\n\r\na";
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(&[b'x'; 1_000_000]).await?;
            stream.write_all(b"b").await
        })
        .await;
        let client = Client::new(Options {
            largest_answer,
            ..Options::default()
        });
        let address = Address::parse(&url).expect("a loopback address");
        let request = client.request(Method::GET, &address).expect("a request");
        let stream = client.stream(request, &address, Sending::Read);
        let mut sieve = WithoutX::default();
        let answer = stream.await.expect("it begins").sifted(&mut sieve).await;
        assert_eq!(sieve.expected, largest_answer.min(1_000_002));
        match answer {
            Ok(answer) => assert_eq!(
                (answer.body.as_slice(), sieve.taken),
                (&b"ab"[..], 1_000_002)
            ),
            Err(failure) => assert_eq!(failure.problem.code, Code::AnswerMalformed),
        }
        assert_eq!(sieve.taken == 1_000_002, is_read);
    }
}

/// Serves any number of requests on one connection and tells how many there were.
async fn keep_alive(mut stream: TcpStream) -> usize {
    let mut served = 0;
    while !request(&mut stream).await.is_empty() {
        let cookie = "HTTP/1.1 200 OK\r\nset-cookie: who=anna\r\ncontent-length: 2\r\n\r\nok";
        stream.write_all(cookie.as_bytes()).await.expect("sent");
        served += 1;
    }
    served
}

#[tokio::test(flavor = "local")]
async fn one_connection_carries_all_requests() {
    let (url, server) = listen(1, keep_alive).await;
    let client = Client::new(Options {
        connections: Connections::One,
        ..Options::default()
    });
    let mut carriers = Vec::new();
    for _ in 0..3 {
        let answer = get(&client, &url, Sending::Read).await.expect("an answer");
        carriers.push(answer.carrier);
    }
    assert!(carriers[0].local.is_some(), "the connection is known");
    assert!(carriers.iter().all(|carrier| *carrier == carriers[0]));
    drop(client);
    assert_eq!(server.await.expect("served"), [3]);
}

#[tokio::test(flavor = "local")]
async fn cookies_are_kept_only_when_wanted() {
    for (cookies, sent_back) in [(Cookies::Keep, true), (Cookies::None, false)] {
        let (url, server) = listen(1, async |mut stream: TcpStream| {
            let mut asked = Vec::new();
            for _ in 0..2 {
                asked.push(request(&mut stream).await);
                let cookie =
                    "HTTP/1.1 200 OK\r\nset-cookie: who=anna\r\ncontent-length: 2\r\n\r\nok";
                stream.write_all(cookie.as_bytes()).await.expect("sent");
            }
            asked
        })
        .await;
        let client = Client::new(Options {
            cookies,
            ..Options::default()
        });
        for _ in 0..2 {
            get(&client, &url, Sending::Read).await.expect("an answer");
        }
        let asked = server.await.expect("served").remove(0);
        assert_eq!(asked[1].contains("who=anna"), sent_back, "{cookies:?}");
    }
}

/// A self-signed certificate for loopback, in DER and PEM, and what a server needs to show it.
fn self_signed() -> ([Vec<u8>; 2], TlsAcceptor) {
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).expect("made");
    let certificate = made.cert.der().clone();
    let key = pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has them")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key.into())
        .expect("it fits");
    let forms = [certificate.to_vec(), made.cert.pem().into_bytes()];
    (forms, TlsAcceptor::from(Arc::new(config)))
}

async fn serve_tls<S>(acceptor: &TlsAcceptor, stream: S) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut stream = acceptor.accept(stream).await?;
    request(&mut stream).await;
    stream.write_all(OK.as_bytes()).await?;
    stream.shutdown().await
}

#[tokio::test(flavor = "local")]
async fn s11_a_self_signed_certificate_is_not_trusted() {
    let (_, acceptor) = self_signed();
    let (url, server) = listen(1, async move |stream| serve_tls(&acceptor, stream).await).await;
    let client = Client::new(Options::default());
    let answer = get(&client, &url.replace("http:", "https:"), Sending::Write).await;
    let expected = (ErrorKind::Offline, Code::CertificateNotTrusted);
    assert_eq!(failed(answer), expected);
    server
        .await
        .expect("served")
        .remove(0)
        .expect_err("refused");
}

#[tokio::test(flavor = "local")]
async fn a_trusted_certificate_is_used_in_both_forms() {
    for form in [0, 1] {
        let (forms, acceptor) = self_signed();
        let (url, server) = listen(1, async move |stream| serve_tls(&acceptor, stream).await).await;
        let client = Client::new(Options {
            trusted: vec![forms[form].clone()],
            ..Options::default()
        });
        let answer = get(&client, &url.replace("http:", "https:"), Sending::Read).await;
        let answer = answer.expect("an answer");
        assert_eq!(answer.body, b"ok");
        assert_eq!(answer.carrier.certificate.as_ref(), Some(&forms[0]));
        server.await.expect("served").remove(0).expect("agreed");
    }
}

#[tokio::test(flavor = "local")]
async fn a_server_without_tls_behind_https_is_told_apart() {
    let (url, server) = listen(1, async |mut stream: TcpStream| {
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await
    })
    .await;
    let client = Client::new(Options::default());
    let answer = get(&client, &url.replace("http:", "https:"), Sending::Write).await;
    assert_eq!(failed(answer), (ErrorKind::Offline, Code::TlsFailed));
    server.await.expect("served").remove(0).expect("sent");
}

#[tokio::test(flavor = "local")]
async fn s11_no_message_shows_the_query() {
    let client = Client::new(Options::default());
    let failure = get(
        &client,
        "https://crm.invalid/?sessionName=hunter2",
        Sending::Read,
    )
    .await
    .expect_err("no such host");
    let mut shown = format!("{failure} {failure:?}");
    let mut cause: Option<&dyn std::error::Error> = Some(&failure);
    while let Some(error) = cause {
        shown += &format!(" {error} {error:?}");
        cause = error.source();
    }
    assert!(!shown.contains("hunter2"), "{shown}");
}
