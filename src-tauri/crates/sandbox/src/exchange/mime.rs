//! A mail as it came over the wire, taken apart into the fields of an item. The mail itself is kept as it is.

use super::body;
use super::failure::Failure;
use super::item::{Attachment, AttachmentBody, Item, Kind, ReadFlag};
use super::render::time;
use super::xml::Element;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use mail_parser::{Address, Message, MessageParser, MessagePart, MimeHeaders, PartType};

/// Fills an item from a mail in base64.
pub fn into_item(item: &mut Item, base64: &str) -> Result<(), Failure> {
    let invalid = || Failure::new("ErrorMimeContentInvalid", "The MIME content is invalid.");
    let compact: String = base64.split_whitespace().collect();
    let bytes = STANDARD.decode(&compact).map_err(|_| invalid())?;
    let message = MessageParser::default().parse(&bytes).ok_or_else(invalid)?;
    set_headers(item, &message);
    set_body(item, &message);
    item.attachments.clear();
    for part in message.attachments() {
        let number = item.next_attachment;
        item.next_attachment += 1;
        item.attachments.push(attachment(part, number));
    }
    let class = class(&message);
    item.fields
        .set_text(item.kind.element(), "ItemClass", class);
    item.mime = Some(compact);
    Ok(())
}

/// A mail that arrived at this time and is not in any mailbox yet.
pub fn arrived(base64: &str, read: ReadFlag, received: Timestamp) -> Result<Item, Failure> {
    let mut item = Item::draft(Kind::Message);
    into_item(&mut item, base64)?;
    mark_inline(&mut item);
    let read = (read == ReadFlag::Read).to_string();
    item.fields.set_text("Message", "IsRead", read);
    item.fields
        .set_text("Message", "DateTimeReceived", time(received));
    Ok(item)
}

fn set_headers(item: &mut Item, message: &Message<'_>) {
    let kind = item.kind.element();
    let mut set = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            item.fields.set_text(kind, name, value);
        }
    };
    set("Subject", message.subject().map(str::to_owned));
    set(
        "InternetMessageId",
        message.message_id().map(|id| format!("<{id}>")),
    );
    set(
        "InReplyTo",
        message.in_reply_to().as_text().map(|id| format!("<{id}>")),
    );
    let sent = message
        .date()
        .and_then(|date| Timestamp::from_second(date.to_timestamp()).ok());
    set("DateTimeSent", sent.map(time));
    for (name, list) in [
        ("ToRecipients", message.to()),
        ("CcRecipients", message.cc()),
        ("BccRecipients", message.bcc()),
    ] {
        let mailboxes = mailboxes(list);
        if !mailboxes.is_empty() {
            item.fields.set(kind, Element::t(name).with(mailboxes));
        }
    }
    let from = mailboxes(message.from()).into_iter().next();
    let sender = mailboxes(message.sender())
        .into_iter()
        .next()
        .or_else(|| from.clone());
    for (name, mailbox) in [("From", from), ("Sender", sender)] {
        if let Some(mailbox) = mailbox {
            item.fields.set(kind, Element::t(name).child(mailbox));
        }
    }
}

fn mailboxes(list: Option<&Address<'_>>) -> Vec<Element> {
    let each = list.into_iter().flat_map(Address::iter).filter_map(|one| {
        let address = one.address()?;
        let name = one.name().unwrap_or(address);
        Some(
            Element::t("Mailbox")
                .child(Element::t("Name").text(name))
                .child(Element::t("EmailAddress").text(address))
                .child(Element::t("RoutingType").text("SMTP"))
                .child(Element::t("MailboxType").text("OneOff")),
        )
    });
    each.collect()
}

fn set_body(item: &mut Item, message: &Message<'_>) {
    let is_html = message
        .html_body
        .first()
        .and_then(|at| message.part(*at))
        .is_some_and(|part| part.is_text_html());
    let (kind, text) = if is_html {
        ("HTML", message.body_html(0))
    } else {
        ("Text", message.body_text(0))
    };
    if let Some(text) = text {
        let body = Element::t("Body")
            .attribute("BodyType", kind)
            .text(allowed(&text));
        item.fields.set(item.kind.element(), body::stored(&body));
    }
}

/// XML has no control characters; a mail may.
fn allowed(text: &str) -> String {
    let keep = |character: &char| matches!(character, '\t' | '\n' | '\r') || *character >= ' ';
    text.chars()
        .filter(keep)
        .filter(|character| !matches!(character, '\u{fffe}' | '\u{ffff}'))
        .collect()
}

fn attachment(part: &MessagePart<'_>, number: u32) -> Attachment {
    let content_type = part.content_type().map(|kind| match kind.subtype() {
        Some(subtype) => format!("{}/{subtype}", kind.ctype()),
        None => kind.ctype().to_owned(),
    });
    let name = part
        .attachment_name()
        .map(str::to_owned)
        .unwrap_or_else(|| match part.body {
            PartType::Message(_) => "message.eml".to_owned(),
            _ => format!("attachment{number}"),
        });
    Attachment {
        number,
        name,
        content_type,
        content_id: part.content_id().map(str::to_owned),
        is_inline: false,
        is_contact_photo: false,
        body: AttachmentBody::File(STANDARD.encode(part.contents())),
    }
}

/// Marks the attachments that the body shows, as a server does with mails that arrive. Those of a mail that a program uploads stay
/// unmarked (probe case m02, recorded from gromox), so that a client cannot rely on the mark.
fn mark_inline(item: &mut Item) {
    let body = item.fields.text("Body").unwrap_or_default().to_owned();
    for attachment in &mut item.attachments {
        let id = attachment.content_id.as_deref();
        let shown = |id: &str| body.contains(&format!("cid:{}", id.trim_matches(['<', '>'])));
        attachment.is_inline = id.is_some_and(shown);
    }
}

/// Encrypted and signed mails have classes of their own.
fn class(message: &Message<'_>) -> &'static str {
    let kind = message.content_type().map(|kind| {
        (
            kind.ctype().to_ascii_lowercase(),
            kind.subtype().unwrap_or_default().to_ascii_lowercase(),
        )
    });
    match kind
        .as_ref()
        .map(|(main, sub)| (main.as_str(), sub.as_str()))
    {
        Some(("application", "pkcs7-mime" | "x-pkcs7-mime")) => "IPM.Note.SMIME",
        Some(("multipart", "signed")) => "IPM.Note.SMIME.MultipartSigned",
        _ => "IPM.Note",
    }
}
