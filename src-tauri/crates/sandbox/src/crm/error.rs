//! What the CRM answers when it refuses: code and message as vtiger writes them.
//! Deliberately not here: faults on order, which are no refusals.

use serde_json::{Value, json};

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CrmError {
    /// Code and message in a JSON answer.
    #[error("{code}: {message}")]
    Refused {
        /// The code.
        code: &'static str,
        /// The message.
        message: String,
    },
    /// The one refusal whose code is the number 0.
    #[error("0: Duplicate(s) detected!")]
    Duplicate,
    /// Something broke inside: HTTP 500 without a body.
    #[error("an empty HTTP 500")]
    Broken,
}

impl CrmError {
    pub(super) fn refused(code: &'static str, message: impl Into<String>) -> Self {
        Self::Refused {
            code,
            message: message.into(),
        }
    }

    /// The module is closed, or the record is gone.
    pub(super) fn denied() -> Self {
        Self::refused(
            "ACCESS_DENIED",
            "Permission to perform the operation is denied",
        )
    }

    /// No right on this very record.
    pub(super) fn no_right_on_record() -> Self {
        Self::refused("ACCESS_DENIED", "Permission to read given object is denied")
    }

    /// No right to create in this module.
    pub(super) fn no_right_to_write() -> Self {
        Self::refused("ACCESS_DENIED", "Permission to write is denied")
    }

    /// The owner is nobody to whom records can be assigned.
    pub(super) fn no_such_owner() -> Self {
        Self::refused("ACCESS_DENIED", "Cannot assign record to the given user")
    }

    /// An id that is none, or belongs to another module.
    pub(super) fn bad_id() -> Self {
        Self::refused("INVALID_ID_ATTRIBUTE", "Id specified is incorrect")
    }

    /// A mandatory field without a value.
    pub(super) fn missing(field: &str) -> Self {
        Self::refused(
            "MANDATORY_FIELDS_MISSING",
            format!("{field} does not have a value"),
        )
    }

    /// A reference to a module the field may not point to.
    pub(super) fn bad_reference(field: &str) -> Self {
        Self::refused(
            "REFERENCE_INVALID",
            format!("Invalid reference specified for {field}"),
        )
    }

    /// A field that does not exist or is hidden.
    pub(super) fn no_field(field: &str) -> Self {
        Self::refused(
            "ACCESS_DENIED",
            format!("Permission to access '.{field}.' attribute denied."),
        )
    }

    /// A file that is not there.
    pub(super) fn no_record() -> Self {
        Self::refused(
            "RECORD_NOT_FOUND",
            "Record you are trying to access is not found",
        )
    }

    /// Something that broke in a way the server could still put into words.
    pub(super) fn internal() -> Self {
        Self::refused(
            "INTERNAL_SERVER_ERROR",
            "Unknown Error while processing request",
        )
    }

    /// A query that is none.
    pub(super) fn syntax(near: &str) -> Self {
        Self::refused(
            "QUERY_SYNTAX_ERROR",
            format!("Syntax Error on line 1: token '{near}'"),
        )
    }

    /// The session does not exist any more.
    pub(super) fn bad_session() -> Self {
        Self::refused(
            "INVALID_SESSIONID",
            "Session Identifier provided is Invalid",
        )
    }

    /// The error object of the answer; `None` where the answer is an empty HTTP 500.
    pub(super) fn body(&self) -> Option<Value> {
        match self {
            Self::Refused { code, message } => Some(json!({ "code": code, "message": message })),
            Self::Duplicate => Some(json!({ "code": 0, "message": "Duplicate(s) detected!" })),
            Self::Broken => None,
        }
    }

    /// The code as text.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused { code, .. } => code,
            Self::Duplicate => "0",
            Self::Broken => "HTTP 500",
        }
    }
}
