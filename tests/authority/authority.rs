//! Starts the authorization server of this folder for a test and walks through its pages as a browser would: plain HTTP with cookies.
//! Included by the tests that sign in; where Node or the server's package is not there, they say so and are left out.

#![allow(dead_code)] // each test uses a part

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use oauth::{Browser, Timing};
use ports::Clock;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::{Notify, watch};
use transport::header::{CONTENT_TYPE, LOCATION};
use transport::{Address, Client, Cookies, Method, Options, Sending, Waiting};

/// A running authorization server; it ends when this is dropped.
pub struct Authority {
    /// Where it is.
    pub issuer: String,
    client: Client,
    // It ends when this closes, also when the test is killed.
    _input: ChildStdin,
    _process: Child,
}

fn folder() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.join("../../../tests/authority")
}

impl Authority {
    /// Starts one; `None` where it cannot be started here, which is said.
    pub async fn start(wanted: Value) -> Option<Self> {
        if !folder().join("node_modules/oidc-provider").is_dir() {
            eprintln!(
                "skipped: tests/authority has no packages yet; `cargo xtask test` installs them"
            );
            return None;
        }
        let started = Command::new("node")
            .arg("server.mjs")
            .arg(wanted.to_string())
            .current_dir(folder())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        let mut process = match started {
            Ok(process) => process,
            Err(error) => {
                eprintln!("skipped: node cannot be started: {error}");
                return None;
            }
        };
        let output = process.stdout.take().expect("piped");
        let first = BufReader::new(output).lines().next_line().await;
        let first = first
            .expect("readable")
            .expect("the server tells where it is");
        let told: Value = serde_json::from_str(&first).expect("JSON");
        Some(Self {
            issuer: told["issuer"].as_str().expect("a text").to_owned(),
            client: Client::new(Options::default()),
            _input: process.stdin.take().expect("piped"),
            _process: process,
        })
    }

    /// What was asked so far.
    pub async fn asked(&self) -> Value {
        self.door("asked", "").await
    }

    /// How often a token was renewed.
    pub async fn renewals(&self) -> u64 {
        self.asked().await["refresh_token"]
            .as_u64()
            .expect("a number")
    }

    /// Sets its clock on.
    pub async fn pass(&self, time: SignedDuration) {
        self.door("advance", &time.as_secs().to_string()).await;
    }

    /// The next request for tokens is answered so.
    pub async fn order(&self, status: u16, body: Value, headers: Value) {
        let order = json!({ "status": status, "body": body, "headers": headers });
        self.door("order", &order.to_string()).await;
    }

    async fn door(&self, name: &str, body: &str) -> Value {
        let address = Address::parse(&format!("{}/test/{name}", self.issuer)).expect("loopback");
        let request = self
            .client
            .request(Method::POST, &address)
            .expect("a request");
        let request = request.body(body.to_owned());
        let answer = self.client.send(request, &address, Sending::Read).await;
        serde_json::from_slice(&answer.expect("an answer").body).expect("JSON")
    }
}

/// What a visitor does.
#[derive(Debug, Clone)]
pub enum Manner {
    /// Signs in as this account, agrees, and goes where it is sent.
    SignIn(String),
    /// Does not sign in.
    Abort,
    /// Does nothing: the test acts itself.
    Nothing,
    /// There is no browser.
    Absent,
}

/// A browser with a visitor in front of it.
pub struct Visitor {
    manner: Manner,
    last: Arc<watch::Sender<Option<Seen>>>,
}

/// A page as it came.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The status.
    pub status: u16,
    /// The page.
    pub body: String,
}

impl Visitor {
    /// A visitor of this manner.
    pub fn new(manner: Manner) -> Arc<Self> {
        Arc::new(Self {
            manner,
            last: Arc::new(watch::Sender::new(None)),
        })
    }

    /// The last page, once it is there.
    pub async fn last_page(&self) -> Seen {
        let mut last = self.last.subscribe();
        let seen = last
            .wait_for(Option::is_some)
            .await
            .expect("the sender lives");
        seen.clone().expect("waited for")
    }
}

impl Browser for Visitor {
    fn open(&self, address: &str) -> io::Result<()> {
        let (address, last) = (address.to_owned(), self.last.clone());
        let manner = self.manner.clone();
        match manner {
            Manner::Absent => return Err(io::ErrorKind::NotFound.into()),
            Manner::Nothing => return Ok(()),
            Manner::SignIn(_) | Manner::Abort => {}
        }
        tokio::runtime::Handle::current().spawn(async move {
            let account = match &manner {
                Manner::SignIn(account) => Some(account.as_str()),
                _ => None,
            };
            let back = walk(&address, account).await;
            last.send_replace(Some(fetch(&back).await.expect("somebody waits there")));
        });
        Ok(())
    }
}

/// Walks from the first page to where the browser is sent back to. Without an account nobody signs in.
pub async fn walk(address: &str, account: Option<&str>) -> String {
    let client = Client::new(Options {
        cookies: Cookies::Keep,
        ..Options::default()
    });
    let mut place = Address::parse(address).expect("an address");
    let home = place.server();
    let mut form: Option<String> = None;
    for _ in 0..20 {
        if place.server() != home {
            return place.to_string();
        }
        let method = form.as_ref().map_or(Method::GET, |_| Method::POST);
        let mut request = client.request(method, &place).expect("a request");
        if let Some(form) = form.take() {
            request = request
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(form);
        }
        let answer = client.send(request, &place, Sending::Read).await;
        let answer = answer.expect("an answer");
        if let Some(next) = answer.headers.get(LOCATION) {
            let next = place
                .url()
                .join(next.to_str().expect("ASCII"))
                .expect("a place");
            place = Address::parse(next.as_str()).expect("an address");
            continue;
        }
        let page = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(answer.status.is_success(), "{} {page}", answer.status);
        let next = match account {
            None => format!("{place}/abort"),
            Some(account) => {
                form = Some(match page.contains("name=\"password\"") {
                    true => format!(
                        "prompt=login&login={}&password=x",
                        account.replace('@', "%40")
                    ),
                    false => "prompt=consent".to_owned(),
                });
                place.to_string()
            }
        };
        place = Address::parse(&next).expect("an address");
    }
    panic!("the pages lead nowhere");
}

/// Fetches a page.
pub async fn fetch(address: &str) -> Result<Seen, ports::Failure> {
    let client = Client::new(Options::default());
    let place = Address::parse(address)?;
    let answer = client
        .send(client.request(Method::GET, &place)?, &place, Sending::Read)
        .await?;
    Ok(Seen {
        status: answer.status.as_u16(),
        body: String::from_utf8_lossy(&answer.body).into_owned(),
    })
}

/// A clock that begins at the machine's time and then stands; who waits by it waits until it rings.
pub struct HandClock {
    now: Mutex<Timestamp>,
    ring: Notify,
}

impl HandClock {
    /// A clock.
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            now: Mutex::new(Timestamp::now()),
            ring: Notify::new(),
        })
    }

    /// What signing in needs of it.
    pub fn timing(self: &Arc<Self>) -> Timing {
        Timing {
            clock: self.clone(),
            waiting: self.clone(),
        }
    }

    /// Lets time pass here and there.
    pub async fn pass(&self, time: SignedDuration, authority: &Authority) {
        authority.pass(time).await;
        *self.now.lock().expect("nobody panics while holding it") += time;
    }

    /// Whoever waits has waited long enough.
    pub fn ring(&self) {
        self.ring.notify_one();
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        *self.now.lock().expect("nobody panics while holding it")
    }
}

#[async_trait]
impl Waiting for HandClock {
    async fn wait(&self, _time: Duration) {
        self.ring.notified().await;
    }
}
