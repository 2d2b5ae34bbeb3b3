//! ConvertId: the same id in another notation.

use super::{Desk, list};
use crate::exchange::answer::answer;
use crate::exchange::failure::{Failure, Fault};
use crate::exchange::identity::{Id, IdError};
use crate::exchange::xml::Element;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

pub(super) fn ids(desk: &mut Desk<'_>, request: &Element) -> Result<Element, Fault> {
    let format = request
        .get_attribute("DestinationFormat")
        .unwrap_or_default();
    let one = |source: &Element| {
        let text = source.get_attribute("Id").unwrap_or_default();
        let mailbox = source.get_attribute("Mailbox").unwrap_or_default();
        if !mailbox.eq_ignore_ascii_case(&desk.mailbox.user.email) {
            return Err(Failure::new(
                "ErrorNonExistentMailbox",
                "The SMTP address has no mailbox associated with it.",
            ));
        }
        let id = read(
            text,
            source.get_attribute("Format").unwrap_or_default(),
            &desk.mailbox.guid,
        )?;
        let converted = write(id, format, &desk.mailbox.guid);
        let alternate = Element::m("AlternateId")
            .attribute("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
            .attribute("xsi:type", "t:AlternateIdType")
            .attribute("Format", format)
            .attribute("Id", converted)
            .attribute("Mailbox", mailbox);
        Ok(vec![alternate])
    };
    Ok(answer(
        "ConvertId",
        list(request, "SourceIds").iter().map(one),
    ))
}

fn read(text: &str, format: &str, guid: &str) -> Result<Id, Failure> {
    if text.is_empty() {
        return Err(IdError::Empty.into());
    }
    let bytes = match format {
        "HexEntryId" => from_hex(text),
        "OwaId" => STANDARD
            .decode(
                text.replace("%2F", "/")
                    .replace("%2B", "+")
                    .replace("%3D", "="),
            )
            .ok(),
        "StoreId" => URL_SAFE.decode(text).ok(),
        _ => STANDARD.decode(text).ok(),
    };
    Ok(Id::from_bytes(&bytes.ok_or(IdError::Malformed)?, guid)?)
}

fn write(id: Id, format: &str, guid: &str) -> String {
    let bytes = id.bytes(guid);
    match format {
        "HexEntryId" => bytes.iter().map(|byte| format!("{byte:02X}")).collect(),
        "OwaId" => STANDARD
            .encode(bytes)
            .replace('/', "%2F")
            .replace('+', "%2B")
            .replace('=', "%3D"),
        "StoreId" => URL_SAFE.encode(bytes),
        _ => STANDARD.encode(bytes),
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len() / 2)
        .map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok())
        .collect()
}
