//! The codes of refusals, and what is read from their messages where the code alone does not tell (facts/crm.md 2, 4, 9).

use std::fmt;

use serde_json::Value;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $text:literal,)+) => {
        /// The code of a refusal.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum ErrorCode {
            $($(#[doc = $doc])+ $variant,)+
            /// One that is not known here.
            Other(String),
        }

        impl From<&str> for ErrorCode {
            fn from(text: &str) -> Self {
                match text { $($text => Self::$variant,)+ other => Self::Other(other.to_owned()) }
            }
        }

        impl fmt::Display for ErrorCode {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$variant => $text,)+ Self::Other(text) => text })
            }
        }
    };
}

codes! {
    /// The session is unknown, or was collected after some idle time.
    InvalidSessionId = "INVALID_SESSIONID",
    /// The session is older than it may be.
    SessionExpired = "SESSION_EXPIRED",
    /// The session was idle for too long.
    SessionLeftIdle = "SESSION_LEFT_IDLE",
    /// No session was named.
    AuthenticationRequired = "AUTHENTICATION_REQUIRED",
    /// Wrong access key, an inactive user, or somebody else asked for a newer challenge.
    InvalidUserCredentials = "INVALID_USER_CREDENTIALS",
    /// No challenge, or one that is too old.
    InvalidAuthToken = "INVALID_AUTH_TOKEN",
    /// The user has no access key.
    AccessKeyUndefined = "ACCESSKEY_UNDEFINED",
    /// A right is missing, or the record is gone: see [`Denial`].
    AccessDenied = "ACCESS_DENIED",
    /// A mandatory field is empty.
    MandatoryFieldsMissing = "MANDATORY_FIELDS_MISSING",
    /// A reference points to another kind of record.
    ReferenceInvalid = "REFERENCE_INVALID",
    /// The id belongs to another module or is none.
    InvalidIdAttribute = "INVALID_ID_ATTRIBUTE",
    /// The record is not there.
    RecordNotFound = "RECORD_NOT_FOUND",
    /// The query cannot be understood.
    QuerySyntaxError = "QUERY_SYNTAX_ERROR",
    /// The server failed; what it did until then is not known.
    InternalServerError = "INTERNAL_SERVER_ERROR",
    /// The operation does not exist.
    UnknownOperation = "UNKNOWN_OPERATION",
    /// The operation does not exist for this module.
    OperationNotSupported = "OPERATION_NOT_SUPPORTED",
    /// A record with this unique value is there already; the server sends the number 0.
    Duplicate = "0",
}

impl ErrorCode {
    /// The four codes that are raised before an operation runs, so that signing in and asking again is safe for writes as well.
    pub fn means_signed_out(&self) -> bool {
        matches!(
            self,
            Self::InvalidSessionId
                | Self::SessionExpired
                | Self::SessionLeftIdle
                | Self::AuthenticationRequired
        )
    }
}

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ServerError {
    /// Its code.
    pub code: ErrorCode,
    /// Its message, in the words of the server.
    pub message: String,
}

/// What ACCESS_DENIED means. The message is the only difference; one that is not known is [`Denial::Other`], which never counts as
/// evidence that a record is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denial {
    /// "Permission to write is denied": no right to create.
    Write,
    /// "Permission to read given object is denied": no right on this record.
    Record,
    /// "Permission to perform the operation is denied": the module is closed, or the record is gone.
    Operation,
    /// "Cannot assign record to the given user".
    Owner,
    /// "Permission to access F attribute denied": the field is hidden or does not exist.
    Field(String),
    /// Any other message.
    Other,
}

impl ServerError {
    /// What it denies, if it denies anything.
    pub fn denial(&self) -> Option<Denial> {
        if self.code != ErrorCode::AccessDenied {
            return None;
        }
        let message = self.message.trim().trim_end_matches('.');
        let field = message
            .strip_prefix("Permission to access ")
            .and_then(|rest| rest.strip_suffix(" attribute denied"));
        Some(match (message, field) {
            (_, Some(field)) => Denial::Field(field.trim_matches(['.', '\'', ' ']).to_owned()),
            ("Permission to write is denied", _) => Denial::Write,
            ("Permission to read given object is denied", _) => Denial::Record,
            ("Permission to perform the operation is denied", _) => Denial::Operation,
            ("Cannot assign record to the given user", _) => Denial::Owner,
            _ => Denial::Other,
        })
    }

    /// The field it names: "F does not have a value", "Invalid reference specified for F".
    pub fn field(&self) -> Option<&str> {
        match self.code {
            ErrorCode::MandatoryFieldsMissing => self.message.split_whitespace().next(),
            ErrorCode::ReferenceInvalid => self.message.split_whitespace().next_back(),
            _ => None,
        }
    }

    /// Reads the `error` of an envelope. The code is a string, except for duplicates.
    pub(super) fn read(error: &Value) -> Self {
        let text = |key: &str| match error.get(key) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        };
        Self {
            code: ErrorCode::from(text("code").as_str()),
            message: text("message"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denied(message: &str) -> Option<Denial> {
        let code = ErrorCode::AccessDenied;
        let message = message.to_owned();
        ServerError { code, message }.denial()
    }

    // The messages are those of vtiger 8.4.0 as listed in facts/crm.md 4 and 9.
    #[test]
    fn r1_6_the_message_tells_what_is_denied() {
        let cases = [
            ("Permission to write is denied", Denial::Write),
            ("Permission to read given object is denied", Denial::Record),
            (
                "Permission to perform the operation is denied",
                Denial::Operation,
            ),
            ("Cannot assign record to the given user", Denial::Owner),
            (
                "Permission to access '.nofield.' attribute denied.",
                Denial::Field("nofield".to_owned()),
            ),
            ("Zugriff verweigert", Denial::Other),
            ("", Denial::Other),
        ];
        for (message, denial) in cases {
            assert_eq!(denied(message), Some(denial), "{message}");
        }
    }

    #[test]
    fn a_refusal_names_its_field() {
        let refusal = |code, message: &str| ServerError {
            code,
            message: message.to_owned(),
        };
        let mandatory = refusal(
            ErrorCode::MandatoryFieldsMissing,
            "lastname does not have a value",
        );
        assert_eq!(mandatory.field(), Some("lastname"));
        let reference = refusal(
            ErrorCode::ReferenceInvalid,
            "Invalid reference specified for account_id",
        );
        assert_eq!(reference.field(), Some("account_id"));
        assert_eq!(refusal(ErrorCode::MandatoryFieldsMissing, "").field(), None);
    }

    #[test]
    fn every_code_is_read_as_it_is_written() {
        for text in ["INVALID_SESSIONID", "0", "SOMETHING_NEW"] {
            assert_eq!(ErrorCode::from(text).to_string(), text);
        }
    }
}
