//! What the program ends with (DESIGN 4).

use std::process::ExitCode;

use model::Code;
use ports::{ErrorKind, Failure};

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// What was asked for is done.
    Done,
    /// It is not, and trying again alone does not help.
    Failed,
    /// The command line makes no sense.
    WrongUsage,
    /// A password, key or address has to be entered first.
    SignInNeeded,
    /// The user has to decide something first.
    DecisionNeeded,
    /// A server could not be reached or wants to be left alone: later it may work.
    Offline,
}

impl Exit {
    /// How a command ends that failed like this.
    pub fn of(failure: &Failure) -> Self {
        match failure.kind {
            // Reached, but not trusted: that does not pass by itself.
            _ if matches!(
                failure.problem.code,
                Code::CertificateNotTrusted | Code::TlsFailed
            ) =>
            {
                Self::Failed
            }
            _ if matches!(
                failure.problem.code,
                Code::ManyDeletions
                    | Code::SideEmpty
                    | Code::FieldSwept
                    | Code::OtherCrm
                    | Code::OtherComputer
            ) =>
            {
                Self::DecisionNeeded
            }
            ErrorKind::SignInNeeded => Self::SignInNeeded,
            ErrorKind::Offline | ErrorKind::Throttled { .. } | ErrorKind::OutcomeUnknown => {
                Self::Offline
            }
            ErrorKind::Denied
            | ErrorKind::Gone
            | ErrorKind::Stale
            | ErrorKind::Refused { .. }
            | ErrorKind::Malformed
            | ErrorKind::Bug => Self::Failed,
        }
    }

    fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::WrongUsage => 2,
            Self::SignInNeeded => 3,
            Self::DecisionNeeded => 4,
            Self::Offline => 5,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_failure_has_its_exit_code() {
        for (kind, code, exit) in [
            (ErrorKind::SignInNeeded, Code::WrongPassword, 3),
            (ErrorKind::SignInNeeded, Code::NotConnected, 3),
            (ErrorKind::Offline, Code::HostNotFound, 5),
            (ErrorKind::Offline, Code::CertificateNotTrusted, 1),
            (ErrorKind::Throttled { after: None }, Code::ServerBusy, 5),
            (ErrorKind::Malformed, Code::NotCrm, 1),
            (ErrorKind::Malformed, Code::ProfileInUse, 1),
            (ErrorKind::Denied, Code::PermissionMissing, 1),
            (ErrorKind::Denied, Code::ManyDeletions, 4),
            (ErrorKind::Denied, Code::OtherComputer, 4),
            (ErrorKind::Bug, Code::Bug, 1),
        ] {
            assert_eq!(Exit::of(&Failure::new(kind, code)).code(), exit, "{code:?}");
        }
    }
}
