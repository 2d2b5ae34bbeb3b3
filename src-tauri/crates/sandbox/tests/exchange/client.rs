//! A bare HTTP client and a few ready requests for the tests of the fake Exchange. It knows just enough to show what is on the line.

use sandbox::exchange::xml::{Element, Ns};
use sandbox::{Options, Running, start};
use std::io::{Read, Write};
use std::net::TcpStream;

/// What came back: nothing where the line was cut.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

/// A sandbox and its first user.
pub struct Scene {
    pub running: Running,
    pub user: String,
    password: String,
}

impl Scene {
    pub async fn new(options: Options) -> Self {
        let running = start(options).await.expect("the sandbox starts");
        let first = running.users.first().expect("there is a first user");
        let (user, password) = (first.email.clone(), first.password.clone());
        Self {
            running,
            user,
            password,
        }
    }

    /// Sends a whole request over a fresh connection and reads the answer to its end.
    pub fn send(&self, method: &str, path: &str, headers: &str, body: &str) -> Option<Answer> {
        let mut line = self.open(
            method,
            path,
            &format!("Connection: close\r\n{headers}"),
            body,
        );
        let mut text = Vec::new();
        // A cut line may end in a reset.
        let _ = line.read_to_end(&mut text);
        let text = String::from_utf8_lossy(&text).into_owned();
        let (head, body) = text.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some(Answer {
            status,
            head: head.to_owned(),
            body: body.to_owned(),
        })
    }

    /// Sends a request and leaves the line open.
    pub fn open(&self, method: &str, path: &str, headers: &str, body: &str) -> TcpStream {
        let address = self
            .running
            .exchange_url
            .trim_start_matches("http://")
            .split('/')
            .next()
            .expect("a host");
        let mut line = TcpStream::connect(address).expect("it listens");
        let length = body.len();
        write!(line, "{method} {path} HTTP/1.1\r\nHost: {address}\r\n{headers}Content-Length: {length}\r\n\r\n{body}")
            .expect("it can be sent");
        line
    }

    pub fn basic(&self, password: &str) -> String {
        use base64::Engine;
        let pair =
            base64::engine::general_purpose::STANDARD.encode(format!("{}:{password}", self.user));
        format!("Authorization: Basic {pair}\r\n")
    }

    pub fn right(&self) -> String {
        self.basic(&self.password)
    }

    /// Calls an operation; nothing where the line was cut.
    pub fn try_ews(&self, request: &str) -> Option<Answer> {
        self.send(
            "POST",
            "/EWS/Exchange.asmx",
            &self.right(),
            &envelope(request),
        )
    }

    pub fn ews(&self, request: &str) -> Answer {
        self.try_ews(request).expect("an answer")
    }

    /// The response codes of an operation, or that of its fault.
    pub fn codes(&self, request: &str) -> Vec<String> {
        self.ews(request).codes()
    }

    pub fn control(&self, method: &str, path: &str, body: &str) -> serde_json::Value {
        let answer = self
            .send(method, &format!("/sandbox/{path}"), "", body)
            .expect("an answer");
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        serde_json::from_str(&answer.body).expect("JSON")
    }

    /// The number of items in the user's contacts.
    pub fn contacts(&self) -> usize {
        self.running.exchange.items_in(&self.user, "contacts").len()
    }
}

impl Answer {
    pub fn xml(&self) -> Element {
        Element::parse(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub fn codes(&self) -> Vec<String> {
        all(&self.xml(), "ResponseCode")
            .iter()
            .map(|code| code.text.clone())
            .collect()
    }

    /// The first element of this name, anywhere.
    pub fn first(&self, name: &str) -> Option<Element> {
        all(&self.xml(), name)
            .into_iter()
            .find(|element| element.ns != Ns::Soap || name == "Fault")
    }

    /// The first item id.
    pub fn item_id(&self) -> String {
        self.first("ItemId")
            .and_then(|id| id.get_attribute("Id").map(str::to_owned))
            .expect("an item id")
    }
}

/// Every element of this name, anywhere below.
pub fn all(element: &Element, name: &str) -> Vec<Element> {
    let mut found: Vec<Element> = element
        .children
        .iter()
        .flat_map(|child| all(child, name))
        .collect();
    if element.name == name {
        found.insert(0, element.clone());
    }
    found
}

pub fn envelope(request: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:t=\"http://schemas.microsoft.com/exchange/services/2006/types\" \
         xmlns:m=\"http://schemas.microsoft.com/exchange/services/2006/messages\"><s:Header>\
         <t:RequestServerVersion Version=\"Exchange2013_SP1\"/></s:Header><s:Body>{request}</s:Body></s:Envelope>"
    )
}

pub fn create(fields: &str) -> String {
    format!(
        "<m:CreateItem><m:SavedItemFolderId><t:DistinguishedFolderId Id=\"contacts\"/></m:SavedItemFolderId><m:Items>\
         <t:Contact>{fields}</t:Contact></m:Items></m:CreateItem>"
    )
}

pub fn get(id: &str, shape: &str) -> String {
    format!(
        "<m:GetItem><m:ItemShape>{shape}</m:ItemShape><m:ItemIds><t:ItemId Id=\"{id}\"/></m:ItemIds></m:GetItem>"
    )
}

pub fn sync(state: &str, most: usize) -> String {
    format!(
        "<m:SyncFolderItems><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:SyncFolderId>\
         <t:DistinguishedFolderId Id=\"contacts\"/></m:SyncFolderId><m:SyncState>{state}</m:SyncState>\
         <m:MaxChangesReturned>{most}</m:MaxChangesReturned></m:SyncFolderItems>"
    )
}
