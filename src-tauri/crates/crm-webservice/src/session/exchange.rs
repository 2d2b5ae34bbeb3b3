//! One request and its answer: sent, waited for while the server is busy, and told apart from what is no answer of a CRM.

use model::Code;
use ports::{ErrorKind, Failure};
use tracing::{trace, warn};
use transport::backoff::chance;
use transport::{Answer, Backoff, Method, Sending, StatusCode, header, server_time};

use super::{LONGEST_WAIT, PATIENCE, Sessions, form};
use crate::failure::Trouble;
use crate::wire::{Answered, Request, envelope};

type Outcome<T> = std::result::Result<T, Trouble>;

impl Sessions {
    /// Sends, waits while the server is busy, and repeats a read whose answer was lost once.
    pub(super) async fn exchange(
        &self,
        request: &Request,
        session: Option<&str>,
    ) -> Outcome<Answered> {
        let mut backoff = Backoff::new(PATIENCE);
        let mut lost_before = false;
        loop {
            let trouble = match self.send_once(request, session).await {
                Ok(answered) => return Ok(answered),
                Err(trouble) => trouble,
            };
            let Trouble::Failed(failure) = &trouble else {
                return Err(trouble);
            };
            match (&failure.kind, failure.problem.code) {
                (ErrorKind::Throttled { after }, _) => {
                    let pause = backoff.next_pause(*after, chance());
                    let Some(pause) = pause.filter(|pause| *pause <= LONGEST_WAIT) else {
                        return Err(trouble);
                    };
                    warn!(seconds = pause.as_secs_f64(), "the CRM is busy, waiting");
                    self.waiting.wait(pause).await;
                }
                (ErrorKind::Offline, Code::ConnectionLost) if !lost_before => lost_before = true,
                _ => return Err(trouble),
            }
        }
    }

    /// As it is; whoever calls decides about repeating it.
    pub(super) async fn send_once(
        &self,
        request: &Request,
        session: Option<&str>,
    ) -> Outcome<Answered> {
        let operation = request.operation;
        let parameters = [("operation", operation.name())]
            .into_iter()
            .chain(session.map(|session| ("sessionName", session)))
            .chain(
                request
                    .parameters
                    .iter()
                    .map(|(name, value)| (*name, value.as_str())),
            );
        let place = self.identity.address.address();
        let client = match request.files.is_empty() {
            true => &self.client,
            false => &self.uploads,
        };
        let builder = match operation.method() {
            Method::GET => {
                let asked = place.with_query(parameters);
                client.request(operation.method(), &asked)?
            }
            method if request.files.is_empty() => client
                .request(method, place)?
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(form::plain(parameters)),
            method => client
                .request(method, place)?
                .multipart(form::with_files(parameters, &request.files)),
        };
        trace!(operation = operation.name(), "asking the CRM");
        let asked = self.clock.now();
        let answer = client.send(builder, place, operation.sending()).await?;
        self.watch_clock(&answer.headers, asked);
        envelope::read(&answer.body).map_err(|error| {
            self.no_envelope(&answer, operation.sending())
                .caused_by(error)
        })
    }

    /// What an answer means that is not the CRM's.
    fn no_envelope(&self, answer: &Answer, sending: Sending) -> Unreadable {
        let status = answer.status;
        let after = server_time::retry_after(&answer.headers, self.clock.now());
        let (kind, code) = match status {
            StatusCode::NOT_FOUND | StatusCode::GONE => {
                (ErrorKind::Malformed, Code::NothingAtAddress)
            }
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                (ErrorKind::Throttled { after }, Code::ServerBusy)
            }
            // The CRM may have received it all the same.
            StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT => match sending {
                Sending::Read => (ErrorKind::Throttled { after }, Code::ServerBusy),
                Sending::Write => (ErrorKind::OutcomeUnknown, Code::ConnectionLost),
            },
            StatusCode::PAYLOAD_TOO_LARGE | StatusCode::URI_TOO_LONG => {
                (ErrorKind::Refused { field: None }, Code::EntryRefused)
            }
            // A web server that looks into requests does not take this one; others it may.
            _ if status.is_client_error() && sending == Sending::Write && !is_of_place(status) => {
                (ErrorKind::Refused { field: None }, Code::EntryRefused)
            }
            _ if status.is_server_error() => return Unreadable::Silent,
            // A page with status 200 may be the words of a handler that failed after saving.
            _ if status.is_success() => (sending.garbled(), Code::NotCrm),
            _ => (ErrorKind::Malformed, Code::NotCrm),
        };
        let failure = Failure::new(kind, code).with("status", status.as_str());
        Unreadable::Failed(self.named(failure))
    }
}

/// Whether it is about who asks, how or when, and not about what is written.
fn is_of_place(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::UNAUTHORIZED
            | StatusCode::METHOD_NOT_ALLOWED
            | StatusCode::PROXY_AUTHENTICATION_REQUIRED
            | StatusCode::REQUEST_TIMEOUT
    )
}

enum Unreadable {
    Silent,
    Failed(Failure),
}

impl Unreadable {
    fn caused_by(self, error: envelope::NotAnEnvelope) -> Trouble {
        match self {
            Self::Silent => Trouble::Silent,
            Self::Failed(failure) => Trouble::Failed(failure.caused_by(error)),
        }
    }
}
