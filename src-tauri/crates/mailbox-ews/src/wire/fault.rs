//! What a server says when it does not do what was asked: once for a whole request (a SOAP fault) or once for an item. What
//! follows from it is decided in `error`.

use std::fmt;
use std::time::Duration;

use super::leaf::Leaf;
use super::tree::Element;

macro_rules! codes {
    ($($variant:ident),+ $(,)?) => {
        /// The response codes something follows from; every other one is kept as it came.
        #[allow(missing_docs)] // the variants are Exchange's own words without their `Error`
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum ResponseCode { $($variant,)+ Other(String) }

        impl ResponseCode {
            fn of(text: &str) -> Self {
                match text.strip_prefix("Error") {
                    $(Some(stringify!($variant)) => ResponseCode::$variant,)+
                    _ => ResponseCode::Other(text.to_owned()),
                }
            }

            /// The code as Exchange writes it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(ResponseCode::$variant => concat!("Error", stringify!($variant)),)+
                    ResponseCode::Other(text) => text,
                }
            }
        }
    };
}

codes! {
    AccessDenied,
    AccountDisabled,
    BatchProcessingStopped,
    CalendarOccurrenceIndexIsOutOfRecurrenceRange,
    CalendarOccurrenceIsDeletedFromRecurrence,
    CannotDeleteObject,
    ChangeKeyRequired,
    ChangeKeyRequiredForWriteOperations,
    ConnectionFailed,
    CreateItemAccessDenied,
    DeleteDistinguishedFolder,
    ExceededConnectionCount,
    ExceededFindCountLimit,
    ExceededSubscriptionCount,
    ExpiredSubscription,
    FolderExists,
    FolderNotFound,
    InsufficientResources,
    InternalServerError,
    InternalServerTransientError,
    InvalidChangeKey,
    InvalidPullSubscriptionId,
    InvalidRequest,
    InvalidSchemaVersionForMailboxVersion,
    InvalidServerVersion,
    InvalidSubscription,
    InvalidSyncStateData,
    InvalidWatermark,
    IrresolvableConflict,
    ItemNotFound,
    MailboxFailover,
    MailboxMoveInProgress,
    MailboxStoreUnavailable,
    MissingEmailAddress,
    MissedNotificationEvents,
    NonExistentMailbox,
    NonPrimarySmtpAddress,
    ParentFolderNotFound,
    PasswordChangeRequired,
    PasswordExpired,
    QuotaExceeded,
    SchemaValidation,
    ServerBusy,
    StaleObject,
    SubscriptionAccessDenied,
    SubscriptionNotFound,
    SubscriptionUnsubscribed,
    SyncFolderNotFound,
    FolderPropertyRequestFailed,
    TimeoutExpired,
    ToFolderNotFound,
    TooManyObjectsOpened,
}

impl fmt::Display for ResponseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A refusal with what the server tells about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the server answered {code}: {text}")]
pub struct Complaint {
    /// The code.
    pub code: ResponseCode,
    /// Its own words.
    pub text: String,
    /// How long it wants to be left alone.
    pub back_off: Option<Duration>,
    /// The value of a contact that it does not like.
    pub leaf: Option<Leaf>,
}

impl Complaint {
    /// Reads a SOAP fault.
    pub fn of_fault(fault: &Element) -> Self {
        let detail = fault.child("detail").or_else(|| fault.child("Detail"));
        let code = detail
            .and_then(|detail| detail.text_of("ResponseCode"))
            .filter(|code| !code.trim().is_empty())
            .or_else(|| fault.text_of("faultcode"))
            .or_else(|| fault.anywhere("Value").map(Element::text))
            .unwrap_or_default();
        let text = detail
            .and_then(|detail| detail.text_of("Message"))
            .or_else(|| fault.text_of("faultstring"))
            .or_else(|| fault.anywhere("Text").map(Element::text));
        let xml = detail.and_then(|detail| detail.child("MessageXml"));
        Self::new(code, text, xml)
    }

    /// Reads the answer for one item, unless it is a success.
    pub fn of_message(message: &Element) -> Option<Self> {
        let code = message.text_of("ResponseCode").unwrap_or("NoError");
        let succeeded = match message.attribute("ResponseClass") {
            Some("Success") => true,
            // A warning with a real code means that something was not done, such as the rest of a batch.
            Some("Error") => false,
            _ => code.trim() == "NoError",
        };
        if succeeded {
            return None;
        }
        let text = message.text_of("MessageText");
        Some(Self::new(code, text, message.child("MessageXml")))
    }

    fn new(code: &str, text: Option<&str>, xml: Option<&Element>) -> Self {
        let code = code.trim();
        let code = code.rsplit(':').next().unwrap_or(code);
        Self {
            code: ResponseCode::of(code),
            text: text.unwrap_or_default().trim().to_owned(),
            back_off: xml.and_then(back_off),
            leaf: xml.and_then(|xml| xml.children().find_map(Leaf::at_path)),
        }
    }
}

fn back_off(xml: &Element) -> Option<Duration> {
    let value = xml
        .all("Value")
        .find(|value| value.attribute("Name") == Some("BackOffMilliseconds"))?;
    let milliseconds = value.text().trim().parse().ok()?;
    Some(Duration::from_millis(milliseconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_written_as_it_was_read() {
        for text in ["ErrorServerBusy", "ErrorSomethingNew", "NoError", ""] {
            assert_eq!(ResponseCode::of(text).as_str(), text);
        }
        assert_eq!(
            ResponseCode::of("ErrorServerBusy"),
            ResponseCode::ServerBusy
        );
    }

    #[test]
    fn a_success_is_no_complaint() {
        for message in [
            "<m ResponseClass='Success'><ResponseCode>NoError</ResponseCode></m>",
            "<m><ResponseCode>NoError</ResponseCode></m>",
            "<m ResponseClass='Warning'><ResponseCode>NoError</ResponseCode></m>",
            "<m/>",
        ] {
            let message = Element::parse(message).expect("well-formed");
            assert_eq!(Complaint::of_message(&message), None);
        }
    }

    #[test]
    fn the_rest_of_a_stopped_batch_is_a_complaint_though_only_a_warning() {
        let message = "<m ResponseClass='Warning'><ResponseCode>ErrorBatchProcessingStopped</ResponseCode></m>";
        let message = Element::parse(message).expect("well-formed");
        let complaint = Complaint::of_message(&message).expect("not done");
        assert_eq!(complaint.code, ResponseCode::BatchProcessingStopped);
    }
}
