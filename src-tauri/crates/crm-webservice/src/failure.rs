//! Sorts what the server says into the kinds and codes of `ports`, once.

use model::Code;
use ports::{ErrorKind, Failure};
use transport::Sending;

use crate::convert::Mapping;
use crate::wire::{Denial, ErrorCode, ServerError};

/// Why a request did not bring what was asked.
#[derive(Debug)]
pub enum Trouble {
    /// The CRM refused.
    Refused(ServerError),
    /// A server error without a reason: the operation does not exist, or something broke on the way, perhaps after saving.
    Silent,
    /// Anything below the CRM.
    Failed(Failure),
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// What was being tried; it decides what a refusal means.
#[derive(Clone, Copy)]
pub struct Attempt<'a> {
    /// In which module.
    pub module: &'a str,
    /// With which right: `read`, `create`, `update`, `delete`.
    pub right: &'static str,
    /// What a lost answer means.
    pub sending: Sending,
    /// To name fields as we call them.
    pub mapping: Option<&'a Mapping>,
}

impl<'a> Attempt<'a> {
    /// Reading.
    pub fn read(module: &'a str) -> Self {
        Self {
            module,
            right: "read",
            sending: Sending::Read,
            mapping: None,
        }
    }

    /// Writing with this right.
    pub fn write(module: &'a str, right: &'static str, mapping: &'a Mapping) -> Self {
        Self {
            module,
            right,
            sending: Sending::Write,
            mapping: Some(mapping),
        }
    }

    /// The failure that a trouble means. A refusal of which the message does not tell what is denied counts as a missing right.
    pub fn sort(self, trouble: Trouble) -> Failure {
        match trouble {
            Trouble::Failed(failure) => failure,
            Trouble::Silent => Failure::new(self.sending.lost(), Code::ServerError),
            Trouble::Refused(error) => self.refused(error),
        }
    }

    fn refused(self, error: ServerError) -> Failure {
        let failure = match &error.code {
            ErrorCode::AccessDenied => return self.denied(error),
            ErrorCode::MandatoryFieldsMissing => self.field(&error, Code::FieldMandatory),
            ErrorCode::ReferenceInvalid => self.field(&error, Code::FieldRefused),
            ErrorCode::RecordNotFound => Failure::new(ErrorKind::Gone, Code::EntryGone),
            ErrorCode::QuerySyntaxError => Failure::bug("a query the CRM does not understand"),
            // A handler that fails after saving gives this answer too.
            ErrorCode::InternalServerError => Failure::new(self.sending.lost(), Code::ServerError),
            _ => match self.sending {
                Sending::Write => {
                    Failure::new(ErrorKind::Refused { field: None }, Code::EntryRefused)
                }
                Sending::Read => Failure::new(ErrorKind::Malformed, Code::AnswerMalformed),
            },
        };
        failure
            .with("module", self.module)
            .with("message", error.message.clone())
            .caused_by(error)
    }

    fn denied(self, error: ServerError) -> Failure {
        let code = match error.denial() {
            Some(Denial::Owner) => Code::NotAssignedToUser,
            _ => Code::PermissionMissing,
        };
        let mut failure = Failure::new(ErrorKind::Denied, code)
            .with("module", self.module)
            .with("right", self.right);
        if let Some(Denial::Field(field)) = error.denial() {
            failure = failure.with("field", self.name_of(&field));
        }
        failure.caused_by(error)
    }

    fn field(self, error: &ServerError, code: Code) -> Failure {
        let theirs = error.field().unwrap_or_default();
        let ours = self.mapping.and_then(|mapping| mapping.field_of(theirs));
        Failure::new(ErrorKind::Refused { field: ours }, code).with("field", self.name_of(theirs))
    }

    fn name_of(self, theirs: &str) -> String {
        let ours = self.mapping.and_then(|mapping| mapping.field_of(theirs));
        ours.map_or_else(|| theirs.to_owned(), |field| field.name().to_owned())
    }
}

/// The module is closed for the user, or a right on it is missing (R1.6).
pub fn permission_missing(module: &str, right: &str) -> Failure {
    Failure::new(ErrorKind::Denied, Code::PermissionMissing)
        .with("module", module)
        .with("right", right)
}

/// The answer is the CRM's, but not of the shape that was asked for.
pub fn answer_malformed(sending: Sending, operation: &str) -> Failure {
    Failure::new(sending.garbled(), Code::AnswerMalformed).with("operation", operation)
}
