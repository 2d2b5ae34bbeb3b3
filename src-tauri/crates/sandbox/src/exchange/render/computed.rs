//! Fields that no one sets: ids, times, sizes, and what follows from other fields.

use super::{item_id, time};
use crate::exchange::identity::Id;
use crate::exchange::item::{AttachmentBody, Item, Kind};
use crate::exchange::mailbox::Mailbox;
use crate::exchange::xml::Element;

/// A computed field; `None` where the field is stored or absent.
pub(super) fn field(mailbox: &Mailbox, item: &Item, name: &str) -> Option<Element> {
    let text = |text: &str| Some(Element::t(name).text(text));
    let stored = item.fields.text(name);
    let or = |otherwise: &str| text(stored.unwrap_or(otherwise));
    match name {
        "ItemId" => Some(item_id(mailbox, item)),
        "ParentFolderId" => parent(mailbox, item),
        "ItemClass" => text(item.class()),
        "MimeContent" => {
            let mime = item.mime.as_ref()?;
            Some(
                Element::t("MimeContent")
                    .attribute("CharacterSet", "UTF-8")
                    .text(mime.clone()),
            )
        }
        "Sensitivity" | "Importance" => or("Normal"),
        "DateTimeReceived" => or(&time(item.created)),
        "DateTimeCreated" => text(&time(item.created)),
        "LastModifiedTime" => text(&time(item.modified)),
        "DateTimeSent" => or(&time(item.created)),
        "LastModifiedName" => text(&mailbox.user.display_name),
        "Size" => text(&size(item).to_string()),
        "IsSubmitted" | "IsFromMe" | "IsResend" | "IsUnmodified" | "IsAssociated" => text("false"),
        "IsDraft" => or("false"),
        "ReminderIsSet" => or("false"),
        "HasAttachments" => text(&has_attachments(item).to_string()),
        "EffectiveRights" => Some(rights("EffectiveRights")),
        "Culture" => or("en-US"),
        "DisplayTo" | "DisplayCc" | "DisplayBcc" => text(&displayed(item, name)),
        _ => of_kind(mailbox, item, name),
    }
}

fn of_kind(mailbox: &Mailbox, item: &Item, name: &str) -> Option<Element> {
    let text = |text: &str| Some(Element::t(name).text(text));
    let or = |otherwise: &str| text(item.fields.text(name).unwrap_or(otherwise));
    match (item.kind, name) {
        (Kind::Contact, "CompleteName") => complete_name(item),
        (Kind::Contact, "HasPicture") => text(&item.picture().is_some().to_string()),
        (Kind::Contact | Kind::DistributionList, "ContactSource") => text("Store"),
        (Kind::Contact, "Photo") => match &item.picture()?.body {
            AttachmentBody::File(content) => text(content),
            AttachmentBody::Item(_) => None,
        },
        (Kind::Message | Kind::MeetingMessage | Kind::PostItem, "IsRead") => or("true"),
        (
            Kind::Message | Kind::MeetingMessage,
            "IsReadReceiptRequested" | "IsDeliveryReceiptRequested",
        ) => or("false"),
        (Kind::Message | Kind::PostItem, "ConversationTopic") => {
            or(item.fields.text("Subject").unwrap_or_default())
        }
        (Kind::Task, "IsComplete") => {
            text(&(item.fields.text("Status") == Some("Completed")).to_string())
        }
        (Kind::Task, "IsRecurring") => text(&item.fields.get("Recurrence").is_some().to_string()),
        (Kind::Task, "Status") => or("NotStarted"),
        (Kind::Task, "PercentComplete") => or("0"),
        (Kind::Task, "ChangeCount") => or("1"),
        (Kind::Task, "IsTeamTask") => text("false"),
        (Kind::Task, "Owner") => or(&mailbox.user.display_name),
        (Kind::CalendarItem, _) => super::event::field(mailbox, item, name),
        _ => None,
    }
}

fn parent(mailbox: &Mailbox, item: &Item) -> Option<Element> {
    let folder = mailbox.folder(item.folder)?;
    let id = mailbox.encode(Id::Folder(folder.key));
    Some(
        Element::t("ParentFolderId")
            .attribute("Id", id)
            .attribute("ChangeKey", folder.change_key()),
    )
}

/// What the owner may do with everything in the own mailbox.
pub(super) fn rights(name: &str) -> Element {
    let yes = [
        "CreateAssociated",
        "CreateContents",
        "CreateHierarchy",
        "Delete",
        "Modify",
        "Read",
        "ViewPrivateItems",
    ];
    Element::t(name).with(yes.map(|right| Element::t(right).text("true")))
}

/// A size that grows with the content, as people would expect it.
pub(super) fn size(item: &Item) -> usize {
    let fields: usize = item.fields.iter().map(weight).sum();
    let attachments: usize = item
        .attachments
        .iter()
        .map(|attachment| attachment.size())
        .sum();
    512 + fields + attachments + item.mime.as_ref().map_or(0, |mime| mime.len() / 4 * 3)
}

fn weight(element: &Element) -> usize {
    element.text.len() + element.children.iter().map(weight).sum::<usize>()
}

/// Inline pictures do not count as attachments.
fn has_attachments(item: &Item) -> bool {
    item.attachments
        .iter()
        .any(|attachment| !attachment.is_inline && !attachment.is_contact_photo)
}

fn displayed(item: &Item, name: &str) -> String {
    let field = match name {
        "DisplayTo" => "ToRecipients",
        "DisplayCc" => "CcRecipients",
        _ => "BccRecipients",
    };
    let recipients = item
        .fields
        .get(field)
        .map(|list| list.children.as_slice())
        .unwrap_or_default();
    let shown = |mailbox: &Element| {
        mailbox
            .get_text("Name")
            .or(mailbox.get_text("EmailAddress"))
            .map(str::to_owned)
    };
    recipients
        .iter()
        .filter_map(shown)
        .collect::<Vec<_>>()
        .join("; ")
}

fn complete_name(item: &Item) -> Option<Element> {
    let text = |name| item.fields.text(name).unwrap_or_default();
    let parts = [text("GivenName"), text("MiddleName"), text("Surname")];
    let full: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if full.is_empty() {
        return None;
    }
    let full = full.join(" ");
    let all = [
        ("FirstName", parts[0]),
        ("MiddleName", parts[1]),
        ("LastName", parts[2]),
        ("Suffix", text("Generation")),
        ("Initials", text("Initials")),
        ("FullName", full.as_str()),
        ("Nickname", text("Nickname")),
    ];
    let filled = all.into_iter().filter(|(_, value)| !value.is_empty());
    Some(Element::t("CompleteName").with(filled.map(|(name, value)| Element::t(name).text(value))))
}
