//! From the bytes of a mail (RFC 5322 with MIME) to its parts. Senders write whatever they like, so nothing here is demanded: what is missing
//! is empty, what is broken is taken as far as it goes.

use std::borrow::Cow;

use jiff::Timestamp;
use mail_parser::parsers::MessageStream;
use mail_parser::{Address, Encoding, Message, MessageParser, MessagePart, MimeHeaders, PartType};

use crate::cms::{self, Signed};
use crate::html::{for_crm, from_text};
use crate::protection::{self, IsAll, Protection};

/// A mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// As the header has it, without the angle brackets.
    pub message_id: Option<String>,
    /// One line.
    pub subject: String,
    /// Who wrote it; where that is missing, who sent it.
    pub from: Vec<Person>,
    /// To whom.
    pub to: Vec<Person>,
    /// For information.
    pub cc: Vec<Person>,
    /// Unseen by the others; only in what the user sent.
    pub bcc: Vec<Person>,
    /// When it was sent, by the sender's clock.
    pub sent: Option<Timestamp>,
    /// What it says.
    pub body: Body,
    /// All that goes with it, inline pictures and forwarded mails too.
    pub attachments: Vec<Attachment>,
    /// Whether others can read it.
    pub protection: Protection,
}

/// Somebody with an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The transmitted name; empty where there is none.
    pub name: String,
    /// The address.
    pub address: String,
}

/// What a mail says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Body {
    /// Its HTML as it came; `None` where it has none.
    pub html: Option<String>,
    /// Its text; empty where it has HTML only.
    pub text: String,
}

/// Something that goes with a mail (R5.6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// A file name; made up where it has none.
    pub name: String,
    /// Such as `image/png`.
    pub content_type: String,
    /// By which the HTML refers to it, without the angle brackets.
    pub content_id: Option<String>,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// What is signed may be signed again; more than this no program does.
const DEEPEST: usize = 4;

/// Reads a mail; `None` where there is nothing of one in the bytes.
pub fn read(bytes: &[u8]) -> Option<Mail> {
    read_part(bytes, 0)
}

fn read_part(bytes: &[u8], depth: usize) -> Option<Mail> {
    let mut message = MessageParser::default().parse(bytes)?;
    let protection = protection::of(&message);
    let opened = match protection {
        Protection::Signed => opened(&mut message, depth),
        Protection::None | Protection::Encrypted(_) | Protection::Sealed => Opened::Nothing,
    };
    let from = people(message.from());
    let mut mail = Mail {
        message_id: message
            .message_id()
            .map(|id| id.trim_matches(['<', '>', ' ']).to_owned())
            .filter(|id| !id.is_empty()),
        subject: one_line(message.subject().unwrap_or_default()),
        from: match from.is_empty() {
            true => people(message.sender()),
            false => from,
        },
        to: people(message.to()),
        cc: people(message.cc()),
        bcc: people(message.bcc()),
        sent: message
            .date()
            .and_then(|date| Timestamp::from_second(date.to_timestamp()).ok()),
        body: body(&message),
        protection,
        // The last, since what goes with a mail may be large and is taken out of it rather than copied.
        attachments: attachments(&mut message),
    };
    match opened {
        Opened::Nothing => {}
        Opened::Not => mail.protection = Protection::Sealed,
        Opened::Inner(inner) => add(&mut mail, *inner),
    }
    Some(mail)
}

/// What has become of a part that holds what was signed.
enum Opened {
    /// There is none, or it stays what it is.
    Nothing,
    /// It could not be opened, and there is nothing else.
    Not,
    /// This was in it.
    Inner(Box<Mail>),
}

/// Takes what was signed out of the signature it lies in.
fn opened(message: &mut Message<'_>, depth: usize) -> Opened {
    let Some((place, is_all)) = protection::seal(message) else {
        return Opened::Nothing;
    };
    let Some(part) = message.parts.get(place) else {
        return Opened::Nothing;
    };
    let signed = cms::open(part.contents());
    let inner = match signed {
        Some(Signed::Nothing) => return Opened::Nothing,
        Some(Signed::Content(content)) if depth < DEEPEST => {
            // The signature is held no longer than it takes: it is as large as all it holds.
            if let (IsAll::Yes, Some(part)) = (is_all, message.parts.get_mut(place)) {
                part.body = PartType::Binary(Vec::new().into());
            }
            read_part(&content, depth + 1)
        }
        Some(Signed::Content(_)) | None => None,
    };
    match (inner, is_all) {
        (Some(inner), _) => {
            message
                .attachments
                .retain(|other| usize::try_from(*other).ok() != Some(place));
            Opened::Inner(Box::new(inner))
        }
        (None, IsAll::Yes) => Opened::Not,
        (None, IsAll::No) => Opened::Nothing,
    }
}

/// What was signed, in the place of its signature.
fn add(mail: &mut Mail, inner: Mail) {
    match inner.protection {
        Protection::None | Protection::Signed => {}
        hidden @ (Protection::Encrypted(_) | Protection::Sealed) => mail.protection = hidden,
    }
    mail.body = joined(inner.body, std::mem::take(&mut mail.body));
    mail.attachments.splice(0..0, inner.attachments);
}

/// One body behind the other.
fn joined(first: Body, second: Body) -> Body {
    let is_empty = |body: &Body| body.html.is_none() && body.text.trim().is_empty();
    if is_empty(&second) {
        return first;
    }
    if is_empty(&first) {
        return second;
    }
    let has_html = first.html.is_some() || second.html.is_some();
    Body {
        html: has_html.then(|| [&first, &second].map(for_crm).join("<br>\n")),
        text: [first.text, second.text].join("\n"),
    }
}

fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

/// Groups are taken apart; what has no @ is no address anybody could be found by.
fn people(address: Option<&Address<'_>>) -> Vec<Person> {
    let all = address.into_iter().flat_map(Address::iter);
    all.filter_map(|one| {
        let address = one.address()?.trim().trim_matches(['<', '>']).to_owned();
        let is_address = address.split_once('@').is_some_and(|(mailbox, domain)| {
            !mailbox.is_empty() && !domain.is_empty() && !address.contains(char::is_whitespace)
        });
        is_address.then(|| Person {
            name: one_line(one.name().unwrap_or_default()),
            address,
        })
    })
    .collect()
}

/// A mail may hold its text in several parts; each kind is put together. A text beside HTML, which has no HTML of its own, is shown between it.
fn body(message: &Message<'_>) -> Body {
    let (mut html, mut text) = (Vec::new(), Vec::new());
    let mut is_html = false;
    for part in message.html_bodies() {
        match &part.body {
            PartType::Html(part) => {
                is_html = true;
                html.push(Cow::from(part.as_ref()));
            }
            PartType::Text(part) if !part.trim().is_empty() => {
                html.push(Cow::from(format!("<div>{}</div>", from_text(part))));
            }
            _ => {}
        }
    }
    for part in message.text_bodies() {
        if let PartType::Text(part) = &part.body {
            text.push(part.as_ref());
        }
    }
    Body {
        html: is_html.then(|| html.join("\n")),
        text: text.join("\n"),
    }
}

fn attachments(message: &mut Message<'_>) -> Vec<Attachment> {
    let places = std::mem::take(&mut message.attachments);
    let places = places.into_iter().enumerate();
    let (parts, raw) = (&mut message.parts, message.raw_message.as_ref());
    places
        .filter_map(|(number, place)| {
            let part = parts.get_mut(usize::try_from(place).ok()?)?;
            attachment(number + 1, part, raw)
        })
        .collect()
}

fn attachment(number: usize, part: &mut MessagePart<'_>, raw: &[u8]) -> Option<Attachment> {
    let content_type = content_type(part);
    let kind = match &part.body {
        PartType::Text(_) => "txt",
        PartType::Html(_) => "html",
        PartType::Binary(_) | PartType::InlineBinary(_) => ending(&content_type),
        PartType::Message(_) => "eml",
        PartType::Multipart(_) => return None,
    };
    let name = match (&part.body, part.attachment_name()) {
        (_, Some(name)) if !file_name(name).is_empty() => file_name(name),
        (PartType::Message(message), _) => {
            let subject = file_name(&one_line(message.subject().unwrap_or_default()));
            match subject.is_empty() {
                true => format!("{number}.eml"),
                false => format!("{subject}.eml"),
            }
        }
        (_, _) => format!("{number}.{kind}"),
    };
    let content_id = part.content_id();
    let content_id = content_id.map(|id| id.trim_matches(['<', '>']).to_owned());
    Some(Attachment {
        name,
        content_type,
        content_id,
        bytes: content(part, raw),
    })
}

/// Takes the content out of a part. A text that goes along is a file like any other: only the words of the mail itself are turned into
/// letters of ours.
fn content(part: &mut MessagePart<'_>, raw: &[u8]) -> Vec<u8> {
    let written = (part.offset_body, part.offset_end);
    match &mut part.body {
        PartType::Text(text) | PartType::Html(text) => {
            let text = std::mem::take(text);
            match as_written(raw, written, part.encoding) {
                Some(bytes) => bytes,
                None => text.into_owned().into_bytes(),
            }
        }
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => {
            std::mem::take(bytes).into_owned()
        }
        PartType::Message(_) | PartType::Multipart(_) => part.contents().to_vec(),
    }
}

/// What was written between two places of a mail, without the encoding it was sent in.
fn as_written(raw: &[u8], (begin, end): (u32, u32), encoding: Encoding) -> Option<Vec<u8>> {
    let (begin, end) = (usize::try_from(begin).ok()?, usize::try_from(end).ok()?);
    let sent = raw.get(begin..end)?;
    let mut stream = MessageStream::new(sent);
    let (_, bytes) = match encoding {
        Encoding::None => return Some(sent.to_vec()),
        Encoding::QuotedPrintable => stream.decode_quoted_printable_mime(&[]),
        Encoding::Base64 => stream.decode_base64_mime(&[]),
    };
    Some(bytes.into_owned())
}

fn content_type(part: &MessagePart<'_>) -> String {
    if let PartType::Message(_) = part.body {
        return "message/rfc822".to_owned();
    }
    let Some(told) = part.content_type() else {
        return "application/octet-stream".to_owned();
    };
    let subtype = told.subtype().unwrap_or("octet-stream");
    format!("{}/{subtype}", told.ctype()).to_ascii_lowercase()
}

fn ending(content_type: &str) -> &'static str {
    match content_type {
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "image/gif" => "gif",
        "application/pdf" => "pdf",
        "text/calendar" => "ics",
        _ => "bin",
    }
}

/// Only the last part of a path, without what no file system takes.
fn file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let good = |letter: &char| !letter.is_control() && !r#"<>:"|?*"#.contains(*letter);
    let name: String = last.chars().filter(good).take(200).collect();
    name.trim_matches([' ', '.']).to_owned()
}

#[cfg(test)]
mod tests;
