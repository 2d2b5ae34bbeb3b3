//! A client of the fake CRM for these tests: one connection per request, forms and JSON, nothing else. It is not the product's client,
//! and not the probe.

use md5::{Digest, Md5};
use sandbox::company::{Role, User};
use sandbox::{Options, Running};
use serde_json::{Map, Value};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A whole HTTP answer.
    Http {
        status: u16,
        head: String,
        body: Vec<u8>,
    },
    /// The connection ended without one.
    Cut,
}

impl Answer {
    pub fn status(&self) -> u16 {
        match self {
            Self::Http { status, .. } => *status,
            Self::Cut => 0,
        }
    }

    pub fn body(&self) -> &[u8] {
        match self {
            Self::Http { body, .. } => body,
            Self::Cut => &[],
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let Self::Http { head, .. } = self else {
            return None;
        };
        head.lines().find_map(|line| {
            line.split_once(": ")
                .filter(|(known, _)| known.eq_ignore_ascii_case(name))
                .map(|(_, value)| value)
        })
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(self.body()).unwrap_or(Value::Null)
    }

    /// The result of a success, or `null`.
    pub fn result(&self) -> Value {
        self.json()["result"].clone()
    }

    /// The code of a refusal, or `null`.
    pub fn code(&self) -> Value {
        self.json()["error"]["code"].clone()
    }
}

/// What an event cannot be without, its owner aside.
pub const EVENT: [(&str, &str); 8] = [
    ("subject", "Besprechung"),
    ("activitytype", "Meeting"),
    ("eventstatus", "Planned"),
    ("date_start", "2026-12-01"),
    ("time_start", "09:00:00"),
    ("due_date", "2026-12-01"),
    ("time_end", "10:30:00"),
    ("duration_hours", "1"),
];

/// What a task cannot be without, its owner aside.
pub const TASK: [(&str, &str); 6] = [
    ("subject", "Angebot"),
    ("activitytype", "Task"),
    ("taskstatus", "Not Started"),
    ("date_start", "2026-12-01"),
    ("time_start", "08:00:00"),
    ("due_date", "2026-12-03"),
];

/// What an e-mail cannot be without, its owner aside.
pub const EMAIL: [(&str, &str); 4] = [
    ("subject", "Angebot"),
    ("date_start", "2026-12-01"),
    ("from_email", "max@muster.example"),
    ("saved_toid", "anna@firma.example"),
];

/// The id in an answer.
pub fn id_of(answer: &Answer) -> String {
    let id = answer.result()["id"].as_str().map(str::to_owned);
    id.unwrap_or_else(|| panic!("no record: {}", answer.json()))
}

/// A started sandbox and a session of its first user.
pub struct Client {
    pub running: Running,
    pub session: String,
}

impl Client {
    pub async fn start(options: Options) -> Self {
        let running = sandbox::start(options).await.expect("the sandbox starts");
        let mut client = Self {
            running,
            session: String::new(),
        };
        client.session = client.sign_in("anna").await;
        client
    }

    pub fn user(&self, name: &str) -> &User {
        self.running
            .users
            .iter()
            .find(|user| user.name == name)
            .expect("there is this user")
    }

    /// Signs in and gives the session, or an empty text.
    pub async fn sign_in(&self, name: &str) -> String {
        let challenge = self
            .get(&[("operation", "getchallenge"), ("username", name)])
            .await
            .result();
        let token = challenge["token"].as_str().unwrap_or_default().to_owned();
        let digest = Md5::digest(format!("{token}{}", self.user(name).access_key).as_bytes());
        let key: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let login = self
            .post(&[
                ("operation", "login"),
                ("username", name),
                ("accessKey", &key),
            ])
            .await
            .result();
        login["sessionName"].as_str().unwrap_or_default().to_owned()
    }

    pub async fn get(&self, params: &[(&str, &str)]) -> Answer {
        self.send("GET", &format!("/webservice.php?{}", form(params)), "")
            .await
    }

    pub async fn post(&self, params: &[(&str, &str)]) -> Answer {
        self.send("POST", "/webservice.php", &form(params)).await
    }

    pub async fn query(&self, text: &str) -> Answer {
        self.get(&[
            ("operation", "query"),
            ("sessionName", &self.session),
            ("query", text),
        ])
        .await
    }

    pub async fn sync(&self, since: i64) -> Answer {
        self.sync_of("Contacts", since).await
    }

    pub async fn sync_of(&self, module: &str, since: i64) -> Answer {
        let since = since.to_string();
        self.get(&[
            ("operation", "sync"),
            ("sessionName", &self.session),
            ("modifiedTime", &since),
            ("elementType", module),
        ])
        .await
    }

    pub async fn retrieve(&self, id: &str) -> Answer {
        self.get(&[
            ("operation", "retrieve"),
            ("sessionName", &self.session),
            ("id", id),
        ])
        .await
    }

    pub async fn create(&self, module: &str, fields: &[(&str, &str)]) -> Answer {
        let element = self.element(fields, &[("assigned_user_id", "19x5")]);
        self.post(&[
            ("operation", "create"),
            ("sessionName", &self.session),
            ("elementType", module),
            ("element", &element),
        ])
        .await
    }

    /// An event of the first user; later values replace earlier ones.
    pub async fn event(&self, fields: &[(&str, &str)]) -> Answer {
        let all = [EVENT.as_slice(), fields].concat();
        self.create("Events", &all).await
    }

    /// A task of the first user; later values replace earlier ones.
    pub async fn task(&self, fields: &[(&str, &str)]) -> Answer {
        let all = [TASK.as_slice(), fields].concat();
        self.create("Calendar", &all).await
    }

    pub async fn write(&self, operation: &str, fields: &[(&str, &str)]) -> Answer {
        let element = self.element(fields, &[]);
        self.post(&[
            ("operation", operation),
            ("sessionName", &self.session),
            ("element", &element),
        ])
        .await
    }

    pub async fn delete(&self, id: &str) -> Answer {
        self.post(&[
            ("operation", "delete"),
            ("sessionName", &self.session),
            ("id", id),
        ])
        .await
    }

    /// A create or revise with files: name, content type, bytes. Each has a field of its own.
    pub async fn upload(&self, params: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Answer {
        let mut body = Vec::new();
        let session = [("sessionName", self.session.as_str())];
        for (name, value) in session.iter().chain(params) {
            let part = format!(
                "--limit\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
            body.extend(part.bytes());
        }
        for (number, (name, kind, content)) in files.iter().enumerate() {
            let head = format!(
                "--limit\r\nContent-Disposition: form-data; name=\"file{number}\"; filename=\"{name}\"\r\nContent-Type: {kind}\r\n\r\n"
            );
            body.extend(head.bytes().chain(content.iter().copied()).chain(*b"\r\n"));
        }
        body.extend(b"--limit--\r\n");
        let kind = "multipart/form-data; boundary=limit";
        self.send_as("POST", "/webservice.php", kind, &body).await
    }

    /// An e-mail of the first user with files; later values replace earlier ones.
    pub async fn email(&self, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Answer {
        let all = [EMAIL.as_slice(), fields].concat();
        let element = self.element(&all, &[("assigned_user_id", "19x5")]);
        let params = [
            ("operation", "create"),
            ("elementType", "Emails"),
            ("element", &element),
        ];
        self.upload(&params, files).await
    }

    /// A request to the control door of the CRM's port.
    pub async fn control(&self, method: &str, path: &str, body: &str) -> Answer {
        self.send(method, &format!("/sandbox/{path}"), body).await
    }

    fn element(&self, fields: &[(&str, &str)], more: &[(&str, &str)]) -> String {
        let all = more
            .iter()
            .chain(fields)
            .map(|(name, value)| ((*name).to_owned(), Value::from(*value)));
        Value::Object(all.collect::<Map<_, _>>()).to_string()
    }

    async fn send(&self, method: &str, path: &str, body: &str) -> Answer {
        let kind = "application/x-www-form-urlencoded";
        self.send_as(method, path, kind, body.as_bytes()).await
    }

    async fn send_as(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> Answer {
        let address = self.running.crm_url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address)
            .await
            .expect("the sandbox listens");
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: {kind}\r\n\
             Content-Length: {}\r\n\r\n",
            body.len()
        );
        stream
            .write_all(head.as_bytes())
            .await
            .expect("it can be sent");
        stream.write_all(body).await.expect("it can be sent");
        let mut answer = Vec::new();
        // A cut connection is an end without a byte, or an error.
        let _ = stream.read_to_end(&mut answer).await;
        read(&answer)
    }
}

fn read(answer: &[u8]) -> Answer {
    let Some(end) = answer.windows(4).position(|window| window == b"\r\n\r\n") else {
        return Answer::Cut;
    };
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or_default();
    Answer::Http {
        status,
        head,
        body: answer[end + 4..].to_vec(),
    }
}

fn form(params: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(params)
        .finish()
}

/// A user of each role is there.
pub fn roles(users: &[User]) -> Vec<Role> {
    users.iter().map(|user| user.role).collect()
}
