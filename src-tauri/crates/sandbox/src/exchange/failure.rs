//! What goes wrong in an EWS operation: a response code with its text, either for one item of a batch or for the whole request.
//! Deliberately not here: faults that a test ordered; those are in `crate::faults`.

use super::identity::IdError;
use super::schema::Violation;

/// One item, folder or subscription of a request failed; the others go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {text}")]
pub struct Failure {
    /// The response code (`ErrorItemNotFound`).
    pub code: &'static str,
    /// What it says to people.
    pub text: String,
}

impl Failure {
    /// A failure with the server's own words.
    pub fn new(code: &'static str, text: impl Into<String>) -> Self {
        Self {
            code,
            text: text.into(),
        }
    }

    /// The item is gone.
    pub fn item_not_found() -> Self {
        Self::new(
            "ErrorItemNotFound",
            "The specified object was not found in the store.",
        )
    }

    /// Who signed in may not do this with this item.
    pub fn access_denied() -> Self {
        Self::new(
            "ErrorAccessDenied",
            "Access is denied. Check credentials and try again.",
        )
    }

    /// The folder is gone.
    pub fn folder_not_found() -> Self {
        Self::new(
            "ErrorFolderNotFound",
            "The specified folder could not be found in the store.",
        )
    }

    /// A field that cannot be set.
    pub fn invalid_property_set(field: &str) -> Self {
        Self::new(
            "ErrorInvalidPropertySet",
            format!("Set action is invalid for property. {field}"),
        )
    }
}

impl From<IdError> for Failure {
    fn from(error: IdError) -> Self {
        match error {
            IdError::Empty => Self::new("ErrorInvalidIdEmpty", "Id must be non-empty."),
            IdError::Malformed => Self::new("ErrorInvalidIdMalformed", "Id is malformed."),
            IdError::Foreign => Self::item_not_found(),
        }
    }
}

/// The whole request fails with a SOAP fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The response code in the fault's details.
    pub code: &'static str,
    /// What it says to people.
    pub text: String,
    /// Named values in the details (`BackOffMilliseconds`).
    pub values: Vec<(&'static str, String)>,
}

impl Fault {
    /// A fault without further values.
    pub fn new(code: &'static str, text: impl Into<String>) -> Self {
        Self {
            code,
            text: text.into(),
            values: Vec::new(),
        }
    }
}

impl From<Violation> for Fault {
    fn from(violation: Violation) -> Self {
        let mut fault = Self::new("ErrorSchemaValidation", violation.to_string());
        fault.values.push(("Violation", violation.0));
        fault
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        Self::new(failure.code, failure.text)
    }
}
