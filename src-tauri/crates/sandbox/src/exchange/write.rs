//! Making and changing items as CreateItem and UpdateItem ask for it, with the rules of each kind.
//! Deliberately not here: folders, change keys, conflicts; and how a mail is taken apart (`mime`).

mod entries;
mod event;
mod instance;
mod occasion;
mod series;
mod task;
mod values;

pub use event::address_of;
pub use instance::{next, split};
pub use occasion::Occasion;
pub use series::{delete_occurrence, with_occurrence};
pub use values::read_time;

use super::body;
use super::failure::Failure;
use super::item::{Attachment, ExtendedPath, ExtendedValue, Item, Kind, Path};
use super::mailbox::Edit;
use super::mime;
use super::schema::schema;
use super::xml::Element;

/// Fields that only the server sets (MS-OXWSCORE 2.2.4.24 and its siblings). `DateTimeSent` and `DateTimeReceived` of a mail come
/// with its MIME.
const READ_ONLY: [&str; 69] = [
    "ItemId",
    "ParentFolderId",
    "DateTimeReceived",
    "Size",
    "IsSubmitted",
    "IsDraft",
    "IsFromMe",
    "IsResend",
    "IsUnmodified",
    "InternetMessageHeaders",
    "DateTimeSent",
    "DateTimeCreated",
    "ResponseObjects",
    "ReminderNextTime",
    "DisplayCc",
    "DisplayTo",
    "DisplayBcc",
    "HasAttachments",
    "EffectiveRights",
    "LastModifiedName",
    "LastModifiedTime",
    "IsAssociated",
    "WebClientReadFormQueryString",
    "WebClientEditFormQueryString",
    "ConversationId",
    "UniqueBody",
    "StoreEntryId",
    "InstanceKey",
    "NormalizedBody",
    "EntityExtractionResult",
    "Preview",
    "RightsManagementLicenseData",
    "BlockStatus",
    "HasBlockedImages",
    "TextBody",
    "IconIndex",
    "CompleteName",
    "HasPicture",
    "ContactSource",
    "IsComplete",
    "ChangeCount",
    "IsTeamTask",
    "CalendarItemType",
    "IsMeeting",
    "IsCancelled",
    "MyResponseType",
    "OriginalStart",
    "MeetingRequestWasSent",
    "Organizer",
    "ConflictingMeetingCount",
    "AdjacentMeetingCount",
    "ConflictingMeetings",
    "AdjacentMeetings",
    "Duration",
    "AppointmentReplyTime",
    "AppointmentSequenceNumber",
    "AppointmentState",
    "IsRecurring",
    "FirstOccurrence",
    "LastOccurrence",
    "ModifiedOccurrences",
    "DeletedOccurrences",
    "StartWallClock",
    "EndWallClock",
    "StartTimeZoneId",
    "EndTimeZoneId",
    "IsOrganizer",
    "AssignedTime",
    "StatusDescription",
];

/// A change of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// Which field.
    pub path: Path,
    /// What happens to it.
    pub action: Action,
}

/// What happens to a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// It gets this value, an element of its name.
    Set(Element),
    /// This comes behind what it has.
    Append(Element),
    /// It is cleared.
    Delete,
}

/// A new item from its element.
pub fn create(element: &Element, occasion: impl Into<Occasion>) -> Result<Item, Failure> {
    let occasion = &occasion.into();
    let kind = Kind::from_element(&element.name).ok_or_else(|| {
        Failure::new(
            "ErrorUnsupportedTypeForConversion",
            "This kind of item cannot be created here.",
        )
    })?;
    let mut item = Item::draft(kind);
    if let Some(mime) = element.get("MimeContent") {
        mime::into_item(&mut item, &mime.text)?;
    }
    for field in element
        .children
        .iter()
        .filter(|field| field.name != "MimeContent")
    {
        match field.name.as_str() {
            "ExtendedProperty" => set_extended(&mut item, field)?,
            "Attachments" => field
                .children
                .iter()
                .for_each(|attachment| attach(&mut item, attachment)),
            "Categories" if field.children.is_empty() => {}
            name if READ_ONLY.contains(&name) => return Err(Failure::invalid_property_set(name)),
            _ => set_field(&mut item, field, occasion)?,
        }
    }
    complete(&mut item, None, occasion)?;
    Ok(item)
}

/// Reads one change description; `None` for an element that is none.
pub fn read_update(element: &Element) -> Result<Update, Failure> {
    let path = Path::inside(element).ok_or_else(no_path)??;
    let action = match element.name.as_str() {
        "DeleteItemField" => Action::Delete,
        name => {
            let holder = element
                .children
                .iter()
                .find(|child| Path::read(child).is_none())
                .ok_or_else(no_value)?;
            let [value] = holder.children.as_slice() else {
                return Err(no_value());
            };
            if name == "AppendToItemField" {
                Action::Append(value.clone())
            } else {
                Action::Set(value.clone())
            }
        }
    };
    Ok(Update { path, action })
}

fn no_path() -> Failure {
    Failure::new(
        "ErrorInvalidPropertyRequest",
        "The change names no property.",
    )
}

fn no_value() -> Failure {
    Failure::new(
        "ErrorIncorrectUpdatePropertyCount",
        "An object within a change description must contain one and only one property to modify.",
    )
}

/// Applies changes in their order; all or none.
pub fn apply(item: &mut Item, updates: &[Update], occasion: &Occasion) -> Result<(), Failure> {
    let mut changed = item.clone();
    for update in updates {
        apply_one(&mut changed, update, occasion)?;
    }
    complete(&mut changed, Some(item), occasion)?;
    *item = changed;
    Ok(())
}

/// Whether the changes touch anything but the read flag.
pub fn edit_of(updates: &[Update]) -> Edit {
    let only_read =
        |update: &Update| matches!(&update.path, Path::Field { name, .. } if name == "IsRead");
    if updates.iter().all(only_read) {
        Edit::ReadFlag
    } else {
        Edit::Content
    }
}

fn apply_one(item: &mut Item, update: &Update, occasion: &Occasion) -> Result<(), Failure> {
    match (&update.path, &update.action) {
        (Path::Field { prefix, name }, action) => {
            check_settable(item.kind, prefix, name)?;
            change_field(item, name, action, occasion)
        }
        (
            Path::Indexed {
                dictionary,
                key,
                part,
            },
            action,
        ) => entries::change(item, dictionary, key, part.as_deref(), action),
        (Path::Extended { path, .. }, Action::Delete) => {
            item.extended.remove(path);
            Ok(())
        }
        (Path::Extended { path, .. }, Action::Set(value)) => {
            let uri = value.get("ExtendedFieldURI").ok_or_else(mismatch)?;
            if value.name != "ExtendedProperty" || ExtendedPath::read(uri)? != *path {
                return Err(mismatch());
            }
            set_extended(item, value)
        }
        (Path::Extended { .. }, Action::Append(_)) => Err(no_append()),
    }
}

fn mismatch() -> Failure {
    Failure::new(
        "ErrorUpdatePropertyMismatch",
        "The property in the change and the one it names are different.",
    )
}

fn no_append() -> Failure {
    Failure::new(
        "ErrorInvalidPropertyAppend",
        "Nothing can be appended to this property.",
    )
}

fn check_settable(kind: Kind, prefix: &str, name: &str) -> Result<(), Failure> {
    let own = prefix == "item" || kind.prefixes().contains(&prefix);
    let dictionary = [
        "EmailAddresses",
        "PhoneNumbers",
        "PhysicalAddresses",
        "ImAddresses",
    ]
    .contains(&name);
    if !own
        || dictionary
        || READ_ONLY.contains(&name)
        || schema().position(kind.element(), name).is_none()
    {
        return Err(Failure::invalid_property_set(&format!("{prefix}:{name}")));
    }
    Ok(())
}

fn change_field(
    item: &mut Item,
    name: &str,
    action: &Action,
    occasion: &Occasion,
) -> Result<(), Failure> {
    match action {
        Action::Set(value) if value.name != name => Err(mismatch()),
        Action::Set(value) if is_empty(value) => Err(empty_value(name)),
        Action::Set(value) if name == "MimeContent" => mime::into_item(item, &value.text),
        Action::Set(value) => set_field(item, value, occasion),
        Action::Append(value) if name == "Body" && value.name == "Body" => {
            let old = item.fields.text("Body").unwrap_or_default().to_owned();
            set_field(
                item,
                &Element {
                    text: old + &value.text,
                    ..value.clone()
                },
                occasion,
            )
        }
        Action::Append(_) => Err(no_append()),
        Action::Delete if name == "Attachments" => {
            item.attachments.clear();
            Ok(())
        }
        Action::Delete => {
            item.fields.remove(name);
            if item.kind == Kind::Task {
                task::cleared(item, name);
            }
            Ok(())
        }
    }
}

/// An empty value is no value: the field has to be deleted instead (facts: "an empty SetItemField is an error on Exchange").
fn empty_value(name: &str) -> Failure {
    Failure::new(
        "ErrorInvalidPropertySet",
        format!("The value of {name} is empty; delete the field instead."),
    )
}

fn is_empty(value: &Element) -> bool {
    let may_be_empty = ["Subject", "Body", "Location"].contains(&value.name.as_str());
    !may_be_empty && holds_nothing(value)
}

fn holds_nothing(value: &Element) -> bool {
    value.children.is_empty() && value.text.is_empty() && value.attributes.is_empty()
}

fn set_extended(item: &mut Item, property: &Element) -> Result<(), Failure> {
    let uri = property.get("ExtendedFieldURI").ok_or_else(mismatch)?;
    let path = ExtendedPath::read(uri)?;
    let value = ExtendedValue::read(property, &path)?;
    item.extended.set(path, value);
    Ok(())
}

/// Adds an attachment of a request.
pub fn attach(item: &mut Item, attachment: &Element) {
    let number = item.next_attachment;
    item.next_attachment += 1;
    item.attachments.push(Attachment::read(attachment, number));
}

fn set_field(item: &mut Item, field: &Element, occasion: &Occasion) -> Result<(), Failure> {
    let kind = item.kind.element();
    let field = match field.name.as_str() {
        "Body" => body::stored(field),
        _ => values::normalised(kind, field, &occasion.time_zone()),
    };
    if holds_nothing(&field) && field.name != "Body" {
        return Ok(());
    }
    let name = field.name.clone();
    item.fields.set(kind, field);
    match item.kind {
        Kind::Task => task::changed(item, &name, occasion),
        _ => Ok(()),
    }
}

/// The rules that look at the whole item, at the end of each write.
fn complete(item: &mut Item, before: Option<&Item>, occasion: &Occasion) -> Result<(), Failure> {
    match item.kind {
        Kind::Contact => {
            file_as(item);
            Ok(())
        }
        Kind::CalendarItem => event::complete(item, before, occasion),
        Kind::Task => instance::complete(item),
        _ => Ok(()),
    }
}

/// A mapping says how FileAs follows from the names.
fn file_as(item: &mut Item) {
    let text = |name: &str| item.fields.text(name).unwrap_or_default().to_owned();
    let (given, last, company) = (text("GivenName"), text("Surname"), text("CompanyName"));
    let join = |parts: [&str; 2], between: &str| {
        let filled: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        filled.join(between)
    };
    let shown = match item.fields.text("FileAsMapping") {
        Some("LastCommaFirst") => join([&last, &given], ", "),
        Some("FirstSpaceLast") => join([&given, &last], " "),
        Some("LastSpaceFirst") => join([&last, &given], " "),
        Some("Company") => company,
        Some("LastCommaFirstCompany") => join([&join([&last, &given], ", "), &company], "\r\n"),
        Some("CompanyLastCommaFirst") => join([&company, &join([&last, &given], ", ")], "\r\n"),
        Some("DisplayName") => text("DisplayName"),
        Some("FirstName") => given,
        Some("LastName") => last,
        _ => return,
    };
    item.fields.set_text("Contact", "FileAs", shown);
}

#[cfg(test)]
mod tests;
