//! A letter written down as a mail: headers with encoded words, a body as text, HTML or both, a picture inside, files behind, or all of
//! it encrypted so that nobody can read it.
//! Deliberately not here: what is in it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

/// Who writes or gets a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Somebody {
    /// Empty where only the address is shown.
    pub(super) name: String,
    pub(super) address: String,
}

/// What a mail shall be.
pub(super) struct Letter {
    pub(super) from: Somebody,
    pub(super) to: Somebody,
    pub(super) cc: Vec<Somebody>,
    pub(super) bcc: Vec<Somebody>,
    pub(super) subject: String,
    pub(super) message_id: Option<String>,
    /// Its paragraphs.
    pub(super) text: Vec<String>,
    pub(super) body: Body,
    /// A picture the HTML shows.
    pub(super) picture: Option<Vec<u8>>,
    pub(super) files: Vec<File>,
    pub(super) protection: Protection,
}

/// In which forms the text comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    Text,
    Html,
    Both,
}

/// A PDF file.
pub(super) struct File {
    pub(super) name: String,
    pub(super) content: Vec<u8>,
}

/// Whether others can read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protection {
    None,
    /// PGP/MIME.
    Pgp,
    /// Enveloped S/MIME.
    Smime,
}

impl Somebody {
    pub(super) fn new(name: &str, address: &str) -> Self {
        Self {
            name: name.to_owned(),
            address: address.to_owned(),
        }
    }

    /// What stands behind the `@`.
    pub(super) fn domain(&self) -> &str {
        self.address.rsplit('@').next().unwrap_or_default()
    }

    fn shown(&self) -> String {
        match self.name.as_str() {
            "" => self.address.clone(),
            name if name.is_ascii() => {
                let name = name.replace('\\', "\\\\").replace('"', "\\\"");
                format!("\"{name}\" <{}>", self.address)
            }
            name => format!("{} <{}>", words(name), self.address),
        }
    }
}

impl Letter {
    /// The mail, sent at this second, of at least about so many bytes.
    pub(super) fn written(&self, sent: i64, bytes: usize) -> Vec<u8> {
        let body = match self.protection {
            Protection::None => self.readable(bytes),
            Protection::Pgp => pgp(bytes),
            Protection::Smime => smime(bytes),
        };
        let mut mail = String::new();
        let mut header = |name: &str, value: &str| {
            mail.push_str(&format!("{name}: {value}\r\n"));
        };
        header("From", &self.from.shown());
        header("To", &self.to.shown());
        for (name, list) in [("Cc", &self.cc), ("Bcc", &self.bcc)] {
            if !list.is_empty() {
                let shown: Vec<String> = list.iter().map(Somebody::shown).collect();
                header(name, &shown.join(",\r\n "));
            }
        }
        header("Subject", &words(&self.subject));
        let time = Timestamp::from_second(sent).unwrap_or(Timestamp::UNIX_EPOCH);
        let date = time.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
        header("Date", &date);
        if let Some(id) = &self.message_id {
            header("Message-ID", &format!("<{id}>"));
        }
        header("MIME-Version", "1.0");
        mail.push_str(&body);
        mail.into_bytes()
    }

    /// The body with everything around it, from its content type on.
    fn readable(&self, bytes: usize) -> String {
        let text = || part("text/plain; charset=utf-8", &self.text.join("\r\n\r\n"));
        let body = match self.body {
            Body::Text => text(),
            Body::Html => self.html(),
            Body::Both => several("alternative", &[text(), self.html()]),
        };
        let mut parts = vec![body];
        parts.extend(self.files.iter().map(attached));
        let missing = bytes.saturating_sub(parts.iter().map(String::len).sum());
        if missing > 1000 {
            // Four letters for three bytes, and a line end for each 76 letters.
            let content = super::pdf(missing, missing / 78 * 57);
            let name = "Anlage.pdf".to_owned();
            parts.push(attached(&File { name, content }));
        }
        match parts.as_slice() {
            [body] => body.clone(),
            parts => several("mixed", parts),
        }
    }

    fn html(&self) -> String {
        let escaped = |line: &String| {
            let line = line.replace('&', "&amp;");
            format!("<p>{}</p>", line.replace('<', "&lt;").replace('>', "&gt;"))
        };
        let lines: String = self.text.iter().map(escaped).collect();
        let shown = if self.picture.is_some() {
            "<img src=\"cid:logo@firma\" alt=\"Logo\">"
        } else {
            ""
        };
        let html = format!(
            "<html><head><style>p {{ font-family: Calibri; }}</style></head><body>{lines}{shown}</body></html>"
        );
        let html = part("text/html; charset=utf-8", &html);
        let Some(picture) = &self.picture else {
            return html;
        };
        let picture = format!(
            "Content-Type: image/png; name=\"logo.png\"\r\nContent-ID: <logo@firma>\r\n\
             Content-Disposition: inline; filename=\"logo.png\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
            lines_of(picture)
        );
        several("related", &[html, picture])
    }
}

/// A part of text in base64.
fn part(kind: &str, text: &str) -> String {
    format!(
        "Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
        lines_of(text.as_bytes())
    )
}

fn attached(file: &File) -> String {
    let name = words(&file.name);
    format!(
        "Content-Type: application/pdf; name=\"{name}\"\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}",
        lines_of(&file.content)
    )
}

/// Parts one after the other. Each kind has a limit of its own, so that they can lie in each other.
fn several(kind: &str, parts: &[String]) -> String {
    let limit = format!("=_{}", kind.split(';').next().unwrap_or_default());
    let mut whole = format!("Content-Type: multipart/{kind}; boundary=\"{limit}\"\r\n\r\n");
    for part in parts {
        whole.push_str(&format!("--{limit}\r\n{part}"));
    }
    whole.push_str(&format!("--{limit}--\r\n"));
    whole
}

fn pgp(bytes: usize) -> String {
    let content = super::pdf(7, 300.max(bytes / 78 * 57));
    let message = format!(
        "-----BEGIN PGP MESSAGE-----\r\n\r\n{}-----END PGP MESSAGE-----\r\n",
        lines_of(&content)
    );
    let parts = [
        "Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n".to_owned(),
        format!("Content-Type: application/octet-stream; name=\"encrypted.asc\"\r\n\r\n{message}"),
    ];
    several("encrypted; protocol=\"application/pgp-encrypted\"", &parts)
}

fn smime(bytes: usize) -> String {
    let mut content = b"\x30\x80".to_vec();
    content.extend(super::pdf(8, 300.max(bytes / 78 * 57)));
    format!(
        "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=\"smime.p7m\"\r\n\
         Content-Disposition: attachment; filename=\"smime.p7m\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
        lines_of(&content)
    )
}

/// Base64 in lines of 76 letters, the last one ended too.
fn lines_of(bytes: &[u8]) -> String {
    let mut lines = String::with_capacity(bytes.len() / 57 * 78 + 80);
    for line in bytes.chunks(57) {
        STANDARD.encode_string(line, &mut lines);
        lines.push_str("\r\n");
    }
    lines
}

/// A text for a header: encoded words of at most 75 letters where it is not plain.
fn words(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut words: Vec<String> = vec![String::new()];
    for letter in text.chars() {
        let last = words.last_mut().expect("there is one");
        if last.len() + letter.len_utf8() > 42 {
            words.push(letter.to_string());
        } else {
            last.push(letter);
        }
    }
    let encoded: Vec<String> = words
        .iter()
        .map(|word| format!("=?utf-8?B?{}?=", STANDARD.encode(word)))
        .collect();
    encoded.join("\r\n ")
}
