//! Mails under the product's names.

use model::Code;
use ports::{Addressee, ErrorKind, Failure, FetchedMail, MailHead, Result};

use super::change_key;
use crate::wire;
use crate::wire::mail::{Mail, Person};
use crate::wire::property::Property;

/// Classes of entries that are no mails, though some servers show them like one.
const NO_MAILS: [&str; 6] = [
    "IPM.Activity",
    "IPM.Appointment",
    "IPM.Contact",
    "IPM.DistList",
    "IPM.StickyNote",
    "IPM.Task",
];

/// What a list tells of a mail. `None`: the entry is something else.
pub fn head(item: &wire::Item) -> Option<MailHead> {
    let details = item.mail.as_deref()?;
    if NO_MAILS.iter().any(|class| is_below(item, class)) {
        return None;
    }
    Some(MailHead {
        id: item.id.clone(),
        change_key: change_key(item),
        message_id: details.message_id.as_deref().and_then(bare),
        search_key: details.search_key.clone(),
        received: details.received,
        size: details.size.unwrap_or_default(),
        mark: item.properties.get(&Property::Mail).cloned(),
        is_note: item.properties.contains_key(&Property::Note),
    })
}

/// A mail in full. Another sort of entry is refused.
pub fn fetched(mail: Mail) -> Result<FetchedMail> {
    let Mail { item, mime } = mail;
    let (Some(head), Some(details)) = (head(&item), item.mail) else {
        let class = item.class.unwrap_or_else(|| format!("{:?}", item.kind));
        let failure = Failure::new(ErrorKind::Refused { field: None }, Code::EntryOfOtherKind);
        return Err(failure.with("detail", class));
    };
    // Who sent it for somebody else counts only where that one has no address.
    let from = match details.from.is_empty() {
        true => details.sender,
        false => details.from,
    };
    Ok(FetchedMail {
        head,
        class: item.class.unwrap_or_default(),
        from: addressees(from),
        to: addressees(details.to),
        cc: addressees(details.cc),
        bcc: addressees(details.bcc),
        mime: ports::returned_when_freed(mime),
    })
}

fn addressees(people: Vec<Person>) -> Vec<Addressee> {
    let addressee = |Person { name, address }| Addressee { name, address };
    people.into_iter().map(addressee).collect()
}

/// Whether the item's class is this one or below it.
fn is_below(item: &wire::Item, class: &str) -> bool {
    let own = item.class.as_deref().unwrap_or_default();
    let begin = own.get(..class.len());
    let rest = own.get(class.len()..).unwrap_or_default();
    begin.is_some_and(|begin| begin.eq_ignore_ascii_case(class))
        && (rest.is_empty() || rest.starts_with('.'))
}

/// A Message-ID without its angle brackets.
fn bare(id: &str) -> Option<String> {
    let id = id.trim();
    let id = id.strip_prefix('<').unwrap_or(id);
    let id = id.strip_suffix('>').unwrap_or(id).trim();
    (!id.is_empty()).then(|| id.to_owned())
}
