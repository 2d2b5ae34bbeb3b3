//! Sorts what Exchange and the web servers before it answer into the kinds of failure the engine knows: status lines, SOAP faults,
//! complaints about one item. What goes wrong below HTTP is sorted in `transport`, signing in in `sign_in`.

use jiff::Timestamp;
use model::Code;
use ports::{ErrorKind, Failure};
use transport::server_time::retry_after;
use transport::{Answer, Sending, StatusCode};

use crate::convert;
use crate::wire::{Complaint, ResponseCode, Trouble, Unreadable};

/// What a complaint is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// The whole request.
    Request,
    /// One item of several.
    Item,
}

/// Turns answers of one server into failures.
#[derive(Debug, Clone, Copy)]
pub struct Sorter<'a> {
    /// How messages call the server.
    pub server: &'a str,
    /// What a lost answer means.
    pub sending: Sending,
}

impl Sorter<'_> {
    /// The status says that there is no answer of Exchange to read.
    pub fn status(self, answer: &Answer, now: Timestamp) -> Failure {
        use ErrorKind::{Denied, Malformed, Offline, Throttled};
        let (kind, code) = match answer.status.as_u16() {
            403 => (Denied, Code::EwsSwitchedOff),
            404 | 410 | 451 => (Malformed, Code::NothingAtAddress),
            407 => (Offline, Code::ServerUnreachable),
            429 | 503 => {
                let after = retry_after(&answer.headers, now);
                (Throttled { after }, Code::ServerBusy)
            }
            500.. => (self.sending.lost(), Code::ServerError),
            _ => (Malformed, Code::NotExchange),
        };
        self.failure(kind, code)
            .with("status", answer.status.as_u16().to_string())
    }

    /// The body is not what Exchange answers.
    pub fn unreadable(self, answer: &Answer, body: &str, why: Unreadable) -> Failure {
        let status = answer.status;
        let failure = if is_foreign(body, &why) && status == StatusCode::OK {
            self.failure(ErrorKind::Malformed, Code::NotExchange)
        } else if status == StatusCode::OK {
            // It began like an answer of Exchange, so the request was carried out.
            let kind = match self.sending {
                Sending::Read => ErrorKind::Malformed,
                Sending::Write => ErrorKind::OutcomeUnknown,
            };
            self.failure(kind, Code::AnswerMalformed)
        } else {
            self.failure(self.sending.lost(), Code::ServerError)
        };
        failure
            .with("status", status.as_u16().to_string())
            .caused_by(why)
    }

    /// One message of an answer tells of a trouble.
    pub fn trouble(self, trouble: Trouble, about: About) -> Failure {
        match trouble {
            Trouble::Complaint(complaint) => self.complaint(complaint, about),
            Trouble::Unreadable(why) => {
                let kind = match (self.sending, about) {
                    (Sending::Write, _) => ErrorKind::OutcomeUnknown,
                    (Sending::Read, About::Request) => ErrorKind::Malformed,
                    // The other items of the answer are as good as ever.
                    (Sending::Read, About::Item) => ErrorKind::Refused { field: None },
                };
                self.failure(kind, Code::AnswerMalformed).caused_by(why)
            }
        }
    }

    /// Fewer messages came back than things were asked.
    pub fn unanswered(self) -> Failure {
        let kind = match self.sending {
            Sending::Read => ErrorKind::Malformed,
            Sending::Write => ErrorKind::OutcomeUnknown,
        };
        self.failure(kind, Code::AnswerMalformed)
    }

    /// The server says why it did not do something.
    pub fn complaint(self, complaint: Complaint, about: About) -> Failure {
        use ErrorKind::{Denied, Gone, SignInNeeded, Stale, Throttled};
        use ResponseCode as Is;
        let after = complaint.back_off;
        let (kind, code) = match &complaint.code {
            Is::ServerBusy
            | Is::ExceededConnectionCount
            | Is::ExceededFindCountLimit
            | Is::TooManyObjectsOpened
            | Is::InsufficientResources
            | Is::InternalServerTransientError
            | Is::MailboxStoreUnavailable
            | Is::MailboxMoveInProgress
            | Is::MailboxFailover
            | Is::BatchProcessingStopped => (Throttled { after }, Code::ServerBusy),
            // The server lost its own connection while it worked.
            Is::TimeoutExpired | Is::ConnectionFailed => (self.sending.lost(), Code::ServerError),
            Is::InternalServerError if about == About::Request => {
                (self.sending.lost(), Code::ServerError)
            }
            Is::ItemNotFound
            | Is::CalendarOccurrenceIndexIsOutOfRecurrenceRange
            | Is::CalendarOccurrenceIsDeletedFromRecurrence => (Gone, Code::EntryGone),
            // The last one is grommunio's word for it.
            Is::FolderNotFound
            | Is::ParentFolderNotFound
            | Is::ToFolderNotFound
            | Is::SyncFolderNotFound
            | Is::FolderPropertyRequestFailed => (Gone, Code::FolderMissing),
            Is::IrresolvableConflict
            | Is::StaleObject
            | Is::ChangeKeyRequired
            | Is::ChangeKeyRequiredForWriteOperations
            | Is::InvalidChangeKey => (Stale, Code::EntryChangedMeanwhile),
            Is::InvalidSyncStateData
            | Is::ExpiredSubscription
            | Is::InvalidPullSubscriptionId
            | Is::InvalidSubscription
            | Is::InvalidWatermark
            | Is::MissedNotificationEvents
            | Is::SubscriptionAccessDenied
            | Is::SubscriptionNotFound
            | Is::SubscriptionUnsubscribed => (Stale, Code::AnswerMalformed),
            Is::AccessDenied | Is::CreateItemAccessDenied => (Denied, Code::PermissionMissing),
            Is::NonExistentMailbox | Is::MissingEmailAddress | Is::NonPrimarySmtpAddress => {
                (Denied, Code::MailboxNotFound)
            }
            Is::AccountDisabled => (SignInNeeded, Code::WrongPassword),
            Is::PasswordExpired | Is::PasswordChangeRequired => {
                (SignInNeeded, Code::PasswordExpired)
            }
            // Waiting helps nothing: one of the others has to end.
            Is::ExceededSubscriptionCount => (ErrorKind::Refused { field: None }, Code::ServerBusy),
            Is::QuotaExceeded => (ErrorKind::Refused { field: None }, Code::MailboxFull),
            Is::SchemaValidation | Is::InvalidRequest => (ErrorKind::Bug, Code::Bug),
            Is::CannotDeleteObject
            | Is::DeleteDistinguishedFolder
            | Is::FolderExists
            | Is::InternalServerError
            | Is::InvalidServerVersion
            | Is::InvalidSchemaVersionForMailboxVersion
            | Is::Other(_) => refused(&complaint),
        };
        let mut failure = self
            .failure(kind, code)
            .with("detail", complaint.to_string());
        if let Some(field) = complaint.leaf.and_then(convert::field) {
            failure = failure.with("field", field.name());
        }
        if code == Code::Bug {
            failure = failure.with("what", complaint.to_string());
        }
        failure.caused_by(complaint)
    }

    fn failure(self, kind: ErrorKind, code: Code) -> Failure {
        Failure::new(kind, code).with("server", self.server)
    }
}

fn refused(complaint: &Complaint) -> (ErrorKind, Code) {
    let field = complaint.leaf.and_then(convert::field);
    let code = match field {
        Some(_) => Code::FieldRefused,
        None => Code::EntryRefused,
    };
    (ErrorKind::Refused { field }, code)
}

/// Whether somebody else than Exchange wrote this: a page for a browser, say.
fn is_foreign(body: &str, why: &Unreadable) -> bool {
    let begin: String = body.chars().take(2000).collect();
    let soap = begin.contains("Envelope");
    match why {
        Unreadable::OtherDocument(_) => true,
        Unreadable::NotXml(_) | Unreadable::TooDeep => !soap,
        Unreadable::Missing { .. } | Unreadable::NotBase64(_) => false,
    }
}
