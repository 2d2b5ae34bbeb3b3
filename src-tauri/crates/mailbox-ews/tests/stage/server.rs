//! A web server on loopback that answers as a test tells it, and remembers what it was asked.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// One request as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    /// On which connection, from 0.
    pub connection: usize,
    /// Headers by their name in small letters.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
}

impl Asked {
    /// A header, empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The operation in the envelope, empty where there is none.
    pub fn operation(&self) -> &str {
        let after = self
            .body
            .split_once("<soap:Body><m:")
            .map(|(_, after)| after);
        let end = |text: &'_ str| text.find([' ', '>', '/']).unwrap_or(0);
        after.map_or("", |after| &after[..end(after)])
    }

    /// How often a text occurs in the body.
    pub fn count(&self, text: &str) -> usize {
        self.body.matches(text).count()
    }
}

/// What is done with a request.
pub enum Act {
    /// It is answered: status, further headers, body.
    Answer(u16, Vec<(&'static str, String)>, String),
    /// It is answered, and the connection is closed.
    Close(u16, Vec<(&'static str, String)>, String),
    /// It is answered in these pieces, of no length said before.
    Pieces(Vec<Vec<u8>>, Ending),
    /// The connection is closed instead.
    Cut,
}

/// How an answer in pieces ends.
#[derive(Clone, Copy)]
pub enum Ending {
    /// As it should.
    Whole,
    /// Not at all: the connection stands until the other side has left.
    Open,
    /// The connection is closed.
    Cut,
}

impl Act {
    /// An answer of Exchange.
    pub fn xml(body: impl Into<String>) -> Self {
        Act::Answer(200, Vec::new(), body.into())
    }

    /// A fault of Exchange.
    pub fn fault(body: impl Into<String>) -> Self {
        Act::Answer(500, Vec::new(), body.into())
    }

    /// An answer of the web server itself.
    pub fn status(status: u16) -> Self {
        Act::Answer(status, Vec::new(), String::new())
    }

    /// A demand to sign in.
    pub fn sign_in(ways: &[&str]) -> Self {
        let headers = ways
            .iter()
            .map(|way| ("WWW-Authenticate", (*way).to_owned()));
        Act::Answer(401, headers.collect(), String::new())
    }

    /// The same with one more header.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        match &mut self {
            Act::Answer(_, headers, _) | Act::Close(_, headers, _) => {
                headers.push((name, value.into()));
            }
            Act::Pieces(..) | Act::Cut => {}
        }
        self
    }
}

type Script = Box<dyn FnMut(&Asked) -> Act + Send>;

/// The running server; it ends when this is dropped.
pub struct Server {
    /// Where it listens.
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// Starts; each request is answered by what the script returns for it.
    pub async fn start(script: impl FnMut(&Asked) -> Act + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let script: Arc<Mutex<Script>> = Arc::new(Mutex::new(Box::new(script)));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = asked.clone();
        let task = tokio::spawn(async move {
            for connection in 0.. {
                let Ok((stream, _)) = listener.accept().await else {
                    return;
                };
                tokio::spawn(serve(stream, connection, script.clone(), log.clone()));
            }
        });
        let url = format!("http://127.0.0.1:{port}/EWS/Exchange.asmx");
        Self { url, asked, task }
    }

    /// Everything that was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked
            .lock()
            .expect("no test panics in a script")
            .clone()
    }

    /// The operations asked for so far, those of signing in left out.
    pub fn operations(&self) -> Vec<String> {
        let asked = self.asked();
        let operations = asked.iter().map(|asked| asked.operation().to_owned());
        operations.filter(|name| !name.is_empty()).collect()
    }
}

async fn serve(
    mut stream: TcpStream,
    connection: usize,
    script: Arc<Mutex<Script>>,
    log: Arc<Mutex<Vec<Asked>>>,
) {
    while let Some(asked) = read(&mut stream, connection).await {
        log.lock()
            .expect("no test panics in a script")
            .push(asked.clone());
        let act = (script.lock().expect("no test panics in a script"))(&asked);
        let (closes, status, headers, body) = match act {
            Act::Cut => return,
            Act::Pieces(pieces, ending) => {
                if send_pieces(&mut stream, pieces, ending).await.is_none() {
                    return;
                }
                continue;
            }
            Act::Answer(status, headers, body) => (false, status, headers, body),
            Act::Close(status, headers, body) => (true, status, headers, body),
        };
        let mut text = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n", body.len());
        for (name, value) in headers {
            text += &format!("{name}: {value}\r\n");
        }
        if closes {
            text += "Connection: close\r\n";
        }
        text += "\r\n";
        text += &body;
        if stream.write_all(text.as_bytes()).await.is_err() || closes {
            return;
        }
    }
}

/// Sends an answer in pieces; `None` when the connection is at its end.
async fn send_pieces(stream: &mut TcpStream, pieces: Vec<Vec<u8>>, ending: Ending) -> Option<()> {
    let head = "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await.ok()?;
    for piece in pieces.into_iter().filter(|piece| !piece.is_empty()) {
        let length = format!("{:x}\r\n", piece.len());
        let chunk = [length.as_bytes(), &piece, b"\r\n"].concat();
        stream.write_all(&chunk).await.ok()?;
        stream.flush().await.ok()?;
        // A moment in which the other side may read what is there.
        tokio::task::yield_now().await;
    }
    match ending {
        Ending::Whole => stream.write_all(b"0\r\n\r\n").await.ok(),
        Ending::Open => {
            let left = stream.read(&mut [0]).await;
            assert!(
                !matches!(left, Ok(1..)),
                "nothing is asked while an answer lasts"
            );
            None
        }
        Ending::Cut => None,
    }
}

async fn read(stream: &mut TcpStream, connection: usize) -> Option<Asked> {
    let mut bytes = Vec::new();
    let mut piece = [0_u8; 16 * 1024];
    loop {
        if let Some(asked) = whole(&bytes, connection) {
            return Some(asked);
        }
        match stream.read(&mut piece).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => bytes.extend_from_slice(&piece[..read]),
        }
    }
}

fn whole(bytes: &[u8], connection: usize) -> Option<Asked> {
    let end = bytes.windows(4).position(|part| part == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).expect("heads are ASCII");
    let mut lines = head.lines();
    lines.next();
    let headers: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers
        .get("content-length")
        .map_or(0, |l| l.parse().expect("a number"));
    let body = bytes.get(end + 4..end + 4 + length)?;
    Some(Asked {
        connection,
        headers,
        body: String::from_utf8(body.to_vec()).expect("requests are UTF-8"),
    })
}
