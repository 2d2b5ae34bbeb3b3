//! Which server is played, and what follows from that. Exchange is the default; gromox 3.10 differs where it was seen to
//! (the list is in the README of the EWS probe).

pub use crate::options::Mode;

use super::soap::UnknownVersion;

/// What differs between the servers.
impl Mode {
    /// Whether unknown versions are refused.
    pub fn unknown_version(self) -> UnknownVersion {
        match self {
            Self::Exchange => UnknownVersion::Refused,
            Self::Gromox => UnknownVersion::Accepted,
        }
    }
}
