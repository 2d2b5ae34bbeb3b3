//! A server that answers from a script and keeps every byte it was sent. For what the sandbox cannot play: other zones, fields that
//! vanish, odd sign-ins, garbage.

use std::sync::{Arc, Mutex};

use crm_webservice::{CrmOptions, WebserviceCrm};
use model::{AccountName, Secret};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::stage::{Pauses, standing_clock};

pub const KEY: &str = "AbCdEfGhIjKlMnOp";

/// What a request is answered with.
#[derive(Clone)]
pub struct Reply {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn success(result: Value) -> Self {
        Self::raw(200, json!({"success": true, "result": result}).to_string())
    }

    pub fn refusal(code: impl Into<Value>, message: &str) -> Self {
        let error = json!({"code": code.into(), "message": message});
        Self::raw(200, json!({"success": false, "error": error}).to_string())
    }

    pub fn raw(status: u16, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        Self { status, body }
    }
}

/// One request as it was understood.
#[derive(Clone)]
pub struct Asked {
    pub operation: String,
    pub parameters: Vec<(String, String)>,
}

impl Asked {
    pub fn get(&self, name: &str) -> &str {
        let found = self.parameters.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value)
    }
}

/// The server.
pub struct Script {
    pub url: String,
    pub bytes: Arc<Mutex<Vec<u8>>>,
    pub asked: Arc<Mutex<Vec<Asked>>>,
    task: JoinHandle<()>,
}

impl Drop for Script {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Script {
    pub async fn new(answer: impl FnMut(&Asked) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let answer = Arc::new(Mutex::new(answer));
        let (kept_bytes, kept_asked) = (Arc::clone(&bytes), Arc::clone(&asked));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let answer = Arc::clone(&answer);
                let (bytes, asked) = (Arc::clone(&kept_bytes), Arc::clone(&kept_asked));
                tokio::spawn(serve(stream, bytes, move |request: &Asked| {
                    asked.lock().expect("no panic").push(request.clone());
                    (answer.lock().expect("no panic"))(request)
                }));
            }
        });
        let url = format!("http://127.0.0.1:{port}");
        Self {
            url,
            bytes,
            asked,
            task,
        }
    }

    pub fn crm(&self) -> WebserviceCrm {
        self.crm_with(|_| {})
    }

    pub fn crm_with(&self, change: impl FnOnce(&mut CrmOptions)) -> WebserviceCrm {
        let user = AccountName::new("anna");
        let mut options = CrmOptions::new(&self.url, user, Secret::new(KEY));
        options.clock = standing_clock();
        options.waiting = Arc::new(Pauses::default());
        change(&mut options);
        WebserviceCrm::new(options).expect("a loopback address")
    }

    pub fn count(&self, operation: &str) -> usize {
        let asked = self.asked.lock().expect("no panic");
        asked
            .iter()
            .filter(|asked| asked.operation == operation)
            .count()
    }
}

async fn serve(
    mut stream: TcpStream,
    bytes: Arc<Mutex<Vec<u8>>>,
    mut answer: impl FnMut(&Asked) -> Reply,
) {
    let mut buffer = Vec::new();
    let mut piece = [0_u8; 8192];
    loop {
        while let Some((asked, length)) = parse(&buffer) {
            buffer.drain(..length);
            let reply = answer(&asked);
            let mut whole = format!(
                "HTTP/1.1 {} Scripted\r\ncontent-length: {}\r\n\r\n",
                reply.status,
                reply.body.len()
            )
            .into_bytes();
            whole.extend_from_slice(&reply.body);
            if stream.write_all(&whole).await.is_err() {
                return;
            }
        }
        match stream.read(&mut piece).await {
            Ok(0) | Err(_) => return,
            Ok(read) => {
                bytes
                    .lock()
                    .expect("no panic")
                    .extend_from_slice(&piece[..read]);
                buffer.extend_from_slice(&piece[..read]);
            }
        }
    }
}

/// The first whole request in the buffer, and how long it is.
fn parse(buffer: &[u8]) -> Option<(Asked, usize)> {
    let text = std::str::from_utf8(buffer).ok()?;
    let (head, rest) = text.split_once("\r\n\r\n")?;
    let length = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(0, |(_, value)| value.trim().parse().expect("a number"));
    let body = rest.get(..length)?;
    let target = head.split(' ').nth(1)?;
    let query = target.split_once('?').map_or("", |(_, query)| query);
    let parameters: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes())
        .chain(url::form_urlencoded::parse(body.as_bytes()))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    let operation = parameters
        .iter()
        .find(|(name, _)| name == "operation")
        .map(|(_, value)| value.clone())
        .unwrap_or_default();
    let asked = Asked {
        operation,
        parameters,
    };
    Some((asked, head.len() + 4 + length))
}

/// Answers of a plain CRM with these contacts and without `sync`; the base that scripts vary.
pub fn plain_crm(asked: &Asked, contact_fields: &[&str], rows: &Value) -> Reply {
    match asked.operation.as_str() {
        "getchallenge" => Reply::success(json!({"token": "t", "serverTime": "1795341600"})),
        "login" => Reply::success(json!({"sessionName": "s", "userId": "19x5"})),
        "listtypes" => Reply::success(json!({"types": ["Contacts", "Accounts"]})),
        "describe" => {
            let (fields, prefix) = match asked.get("elementType") {
                "Contacts" => (contact_fields.to_vec(), "12"),
                _ => (vec!["accountname"], "11"),
            };
            let fields: Vec<Value> = fields
                .iter()
                .map(|name| json!({"name": name, "editable": true, "type": {"name": "string"}}))
                .collect();
            Reply::success(json!({
                "name": asked.get("elementType"), "idPrefix": prefix, "fields": fields,
                "createable": true, "updateable": true, "deleteable": true, "retrieveable": true,
            }))
        }
        "query" if asked.get("query").contains("id>") => Reply::success(json!([])),
        "query" => Reply::success(rows.clone()),
        _ => Reply::raw(500, ""),
    }
}
