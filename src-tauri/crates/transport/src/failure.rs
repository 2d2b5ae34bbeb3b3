//! Sorts what can go wrong below HTTP into kinds and codes, once for all adapters.

use std::error::Error;
use std::io;

use model::Code;
use ports::{ErrorKind, Failure};

use crate::Address;

/// What a lost answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sending {
    /// Nothing is changed by the request: asking again is safe.
    Read,
    /// The request changes something: without an answer nobody knows whether it did.
    Write,
}

impl Sending {
    /// The kind of failure when the answer is lost after the request may have arrived.
    pub fn lost(self) -> ErrorKind {
        match self {
            Sending::Read => ErrorKind::Offline,
            Sending::Write => ErrorKind::OutcomeUnknown,
        }
    }

    /// The kind of failure when the answer came and is of no use.
    pub fn garbled(self) -> ErrorKind {
        match self {
            Sending::Read => ErrorKind::Malformed,
            Sending::Write => ErrorKind::OutcomeUnknown,
        }
    }
}

/// The answer is larger than it may be.
#[derive(Debug, thiserror::Error)]
#[error("the answer is larger than {0} bytes")]
pub struct AnswerTooLarge(pub u64);

/// Sorts a failure of the HTTP layer.
pub(crate) fn sort(error: reqwest::Error, address: &Address, sending: Sending) -> Failure {
    let (kind, code) = kind_and_code(&error, sending);
    // The URL carries session names and queries: it stays out of every message.
    Failure::new(kind, code)
        .with("server", address.server())
        .caused_by(error.without_url())
}

fn kind_and_code(error: &reqwest::Error, sending: Sending) -> (ErrorKind, Code) {
    if error.is_builder() {
        return (ErrorKind::Bug, Code::Bug);
    }
    if error.is_connect() || error.is_dns() {
        // Nothing was sent, so nothing can have happened.
        return (ErrorKind::Offline, connect_code(error));
    }
    match find::<rustls::Error>(error) {
        Some(rustls::Error::InvalidCertificate(_)) => {
            (ErrorKind::Offline, Code::CertificateNotTrusted)
        }
        // With TLS 1.3 a server may object only after our first request has left.
        Some(_) => (sending.lost(), Code::TlsFailed),
        None if is_garbled(error) => (sending.garbled(), Code::AnswerMalformed),
        None => (sending.lost(), Code::ConnectionLost),
    }
}

/// Whether the body came whole but cannot be decompressed; every other failure while reading it is a broken line.
fn is_garbled(error: &reqwest::Error) -> bool {
    matches!(
        find::<io::Error>(error).map(io::Error::kind),
        Some(io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput)
    )
}

fn connect_code(error: &reqwest::Error) -> Code {
    if error.is_dns() {
        return Code::HostNotFound;
    }
    match find::<rustls::Error>(error) {
        Some(rustls::Error::InvalidCertificate(_)) => return Code::CertificateNotTrusted,
        Some(_) => return Code::TlsFailed,
        None => {}
    }
    match find::<io::Error>(error).map(io::Error::kind) {
        // The connection stood and ended while TLS was being agreed on.
        Some(io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset) => Code::TlsFailed,
        _ => Code::ServerUnreachable,
    }
}

/// The first cause of a type. An `io::Error` hides the error it wraps from `source`, so it is opened by hand.
fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut cause = Some(error);
    while let Some(current) = cause {
        if let Some(found) = current.downcast_ref::<E>() {
            return Some(found);
        }
        if let Some(inner) = current
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
            && let Some(found) = find::<E>(inner)
        {
            return Some(found);
        }
        cause = current.source();
    }
    None
}
