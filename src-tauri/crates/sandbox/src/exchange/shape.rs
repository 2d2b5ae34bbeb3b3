//! What a request wants to see of an item or folder: base shape, further fields, the form of the body.
//! The default shapes are those of "Property sets and response shapes in EWS in Exchange" (Microsoft's developer documents).

use super::failure::Failure;
use super::item::{Kind, Path};
use super::xml::Element;

/// The base shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// Only the id.
    IdOnly,
    /// What the documents list as default.
    Default,
    /// Everything but the mail itself and named properties.
    All,
}

/// The form a body is wanted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyForm {
    /// As it is stored.
    Best,
    /// As HTML.
    Html,
    /// As plain text.
    Text,
}

/// The operation that shows an item; lists hold less than a single one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// GetItem: everything.
    Single,
    /// FindItem and SyncFolderItems: no body, no attachments, no mail.
    Listed,
}

/// What a request wants to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// The base shape.
    pub base: Base,
    /// Whether the mail itself is wanted.
    pub mime: bool,
    /// The form of the body.
    pub body: BodyForm,
    /// Fields on top of the base shape.
    pub paths: Vec<Path>,
    /// Who shows it.
    pub purpose: Purpose,
}

/// Fields that a list does not hold, whatever was asked for (facts of SyncFolderItems and FindItem).
const SINGLE_ONLY: [&str; 17] = [
    "MimeContent",
    "Body",
    "Attachments",
    "TextBody",
    "UniqueBody",
    "NormalizedBody",
    "InternetMessageHeaders",
    "ResponseObjects",
    "Photo",
    "RequiredAttendees",
    "OptionalAttendees",
    "Resources",
    "Recurrence",
    "FirstOccurrence",
    "LastOccurrence",
    "ModifiedOccurrences",
    "DeletedOccurrences",
];

impl Shape {
    /// Reads an `ItemShape` or `FolderShape`.
    pub fn read(element: Option<&Element>, purpose: Purpose) -> Result<Self, Failure> {
        let get = |name| {
            element
                .and_then(|shape| shape.get_text(name))
                .map(str::trim)
        };
        let base = match get("BaseShape") {
            Some("AllProperties") => Base::All,
            Some("Default") => Base::Default,
            _ => Base::IdOnly,
        };
        let body = match get("BodyType") {
            Some("Text") => BodyForm::Text,
            Some("HTML") => BodyForm::Html,
            _ => BodyForm::Best,
        };
        let mime = matches!(get("IncludeMimeContent"), Some("true" | "1"));
        let paths = Path::list(element.and_then(|shape| shape.get("AdditionalProperties")))?;
        Ok(Self {
            base,
            mime,
            body,
            paths,
            purpose,
        })
    }

    /// Only the id.
    pub fn id_only() -> Self {
        Self {
            base: Base::IdOnly,
            mime: false,
            body: BodyForm::Best,
            paths: Vec::new(),
            purpose: Purpose::Listed,
        }
    }

    /// Whether a field of an item is wanted as a whole.
    pub fn wants(&self, kind: Kind, name: &str) -> bool {
        if self.purpose == Purpose::Listed && SINGLE_ONLY.contains(&name) {
            return false;
        }
        if name == "MimeContent" && self.mime {
            return true;
        }
        let by_base = match self.base {
            Base::IdOnly => name == "ItemId",
            Base::Default => default_fields(kind).contains(&name),
            Base::All => name != "MimeContent" && name != "ExtendedProperty" && name != "TextBody",
        };
        by_base
            || self.names(name, |prefix| {
                prefix == "item" || kind.prefixes().contains(&prefix)
            })
    }

    /// Whether a field of a folder is wanted.
    pub fn wants_of_folder(&self, name: &str) -> bool {
        let by_base = match self.base {
            Base::IdOnly => name == "FolderId",
            Base::Default => [
                "FolderId",
                "DisplayName",
                "TotalCount",
                "ChildFolderCount",
                "UnreadCount",
            ]
            .contains(&name),
            Base::All => name != "ExtendedProperty",
        };
        by_base || self.names(name, |prefix| prefix == "folder")
    }

    fn names(&self, wanted: &str, fits: impl Fn(&str) -> bool) -> bool {
        self.paths.iter().any(|path| match path {
            Path::Field { prefix, name } => name == wanted && fits(prefix),
            Path::Indexed { .. } | Path::Extended { .. } => false,
        })
    }
}

fn default_fields(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Contact | Kind::DistributionList => &[
            "ItemId",
            "HasAttachments",
            "FileAs",
            "DisplayName",
            "CompleteName",
            "CompanyName",
            "EmailAddresses",
            "PhysicalAddresses",
            "PhoneNumbers",
            "ImAddresses",
            "JobTitle",
        ],
        Kind::CalendarItem => &[
            "ItemId",
            "Subject",
            "ResponseObjects",
            "HasAttachments",
            "IsAssociated",
            "Start",
            "End",
            "LegacyFreeBusyStatus",
            "Location",
            "CalendarItemType",
            "Organizer",
        ],
        Kind::Task => &[
            "ItemId",
            "Subject",
            "HasAttachments",
            "DueDate",
            "PercentComplete",
            "StartDate",
            "Status",
        ],
        Kind::Message | Kind::MeetingMessage | Kind::PostItem | Kind::Item => &[
            "ItemId",
            "Subject",
            "Sensitivity",
            "Body",
            "Size",
            "DateTimeSent",
            "DateTimeCreated",
            "ResponseObjects",
            "HasAttachments",
            "IsAssociated",
            "ToRecipients",
            "CcRecipients",
            "BccRecipients",
            "IsReadReceiptRequested",
            "IsDeliveryReceiptRequested",
            "From",
            "IsRead",
        ],
    }
}
