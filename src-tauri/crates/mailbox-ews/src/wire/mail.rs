//! What a mail tells besides what every item does, and GetItem for whole mails.

use jiff::Timestamp;
use model::ItemId;

use super::cut::Parts;
use super::envelope::{Effect, Operation};
use super::item::{Item, Shape, time, write_field_path, write_id};
use super::leaf::is_smtp;
use super::property::Property;
use super::tree::{Element, Unreadable};
use super::writer::Writer;

/// The element that holds the mail as it was sent.
const MIME: &str = "MimeContent";

/// PidTagSearchKey: it stays when a mail is moved.
const SEARCH_KEY: u32 = 0x300B;
const SEARCH_KEY_PATH: [(&str, &str); 2] = [("PropertyTag", "0x300B"), ("PropertyType", "Binary")];

/// Somebody a mail names, by an address that means something outside the organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The name, empty where there is none.
    pub name: String,
    /// The SMTP address.
    pub address: String,
}

/// What a mail tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    /// What it is about.
    pub subject: Option<String>,
    /// When it arrived.
    pub received: Option<Timestamp>,
    /// How large it is, in bytes.
    pub size: Option<u64>,
    /// Its Message-ID as it stands in its head.
    pub message_id: Option<String>,
    /// Its search key, in base64.
    pub search_key: Option<String>,
    /// In whose name it was written.
    pub from: Vec<Person>,
    /// Who really sent it.
    pub sender: Vec<Person>,
    /// To whom.
    pub to: Vec<Person>,
    /// For information.
    pub cc: Vec<Person>,
    /// Unseen by the others.
    pub bcc: Vec<Person>,
    /// Which of the parts that were cut out of the answer is the mail as it was sent.
    part: Option<usize>,
}

impl Details {
    /// Reads what a list or a whole mail tells.
    pub fn read(item: &Element) -> Self {
        let text = |name| {
            item.text_of(name)
                .map(str::trim)
                .filter(|text| !text.is_empty())
        };
        Self {
            subject: text("Subject").map(str::to_owned),
            received: text("DateTimeReceived").and_then(time),
            size: text("Size").and_then(|size| size.parse().ok()),
            message_id: text("InternetMessageId").map(str::to_owned),
            search_key: item.all("ExtendedProperty").find_map(search_key),
            from: people(item, "From"),
            sender: people(item, "Sender"),
            to: people(item, "ToRecipients"),
            cc: people(item, "CcRecipients"),
            bcc: people(item, "BccRecipients"),
            part: text(MIME).and_then(|number| number.parse().ok()),
        }
    }
}

fn search_key(property: &Element) -> Option<String> {
    let tag = property
        .child("ExtendedFieldURI")?
        .attribute("PropertyTag")?;
    let number = match tag.strip_prefix("0x").or_else(|| tag.strip_prefix("0X")) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => tag.parse().ok(),
    };
    let value = property.text_of("Value")?.trim();
    (number == Some(SEARCH_KEY) && !value.is_empty()).then(|| value.to_owned())
}

fn people(item: &Element, list: &'static str) -> Vec<Person> {
    let mailboxes = item.all(list).flat_map(|list| list.all("Mailbox"));
    mailboxes.filter_map(person).collect()
}

/// Whoever has only an address of the organisation's own directory is left out.
fn person(mailbox: &Element) -> Option<Person> {
    let address = mailbox.child("EmailAddress")?;
    let routed = mailbox.text_of("RoutingType").map(str::trim);
    let inside =
        routed.is_some_and(|routed| !routed.is_empty() && !routed.eq_ignore_ascii_case("SMTP"));
    let text = address.text().trim();
    (!inside && is_smtp(address) && text.contains('@')).then(|| Person {
        name: mailbox
            .text_of("Name")
            .unwrap_or_default()
            .trim()
            .to_owned(),
        address: text.to_owned(),
    })
}

/// Names what a list is to tell of a mail.
pub fn write_head_paths(xml: &mut Writer) {
    for uri in [
        "item:ItemClass",
        "item:DateTimeReceived",
        "item:Size",
        "message:InternetMessageId",
    ] {
        write_field_path(xml, uri);
    }
    xml.empty("t:ExtendedFieldURI", &SEARCH_KEY_PATH);
    for property in Property::OF_MAILS {
        property.write_path(xml);
    }
}

/// Names those whom a mail is from and to.
pub fn write_people_paths(xml: &mut Writer) {
    for person in [
        "Sender",
        "ToRecipients",
        "CcRecipients",
        "BccRecipients",
        "From",
    ] {
        write_field_path(xml, &format!("message:{person}"));
    }
}

/// Reads whole mails by id: one message for each, in the order asked.
pub struct GetMail {
    /// Which; at least one.
    pub ids: Vec<ItemId>,
}

/// A whole mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// What was told of it.
    pub item: Item,
    /// The mail as it was sent; empty until it is taken from the parts that were cut out of the answer.
    pub mime: Vec<u8>,
}

impl Operation for GetMail {
    type Answer = Mail;
    const NAME: &'static str = "GetItem";
    const EFFECT: Effect = Effect::Reads;
    const LARGE: Option<&'static str> = Some(MIME);

    fn write(&self, xml: &mut Writer) {
        xml.element("m:GetItem", &[], |xml| {
            Shape::Mail.write(xml);
            xml.element("m:ItemIds", &[], |xml| {
                for id in &self.ids {
                    write_id(xml, id, None);
                }
            });
        });
    }

    fn read(message: &Element) -> Result<Mail, Unreadable> {
        let item = Item::read_first(message)?;
        let mime = Vec::new();
        Ok(Mail { item, mime })
    }

    fn complete(mail: &mut Mail, parts: &mut Parts) -> Result<(), Unreadable> {
        let Some(details) = &mail.item.mail else {
            // Another sort of item: what it looks like as a mail does not matter.
            return Ok(());
        };
        let missing = || Unreadable::Missing {
            parent: mail.item.kind.element().to_owned(),
            part: MIME,
        };
        let part = details.part.and_then(|number| parts.get_mut(number));
        let part = std::mem::replace(part.ok_or_else(missing)?, Ok(Vec::new()));
        let mime = part.map_err(|_| Unreadable::NotBase64(MIME))?;
        if mime.is_empty() {
            return Err(missing());
        }
        mail.mime = mime;
        Ok(())
    }
}
