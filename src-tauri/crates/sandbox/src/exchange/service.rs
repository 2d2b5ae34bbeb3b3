//! The HTTP side: paths, sign-in, faults on order, and the way of a request through the operations.

use super::bearer::Shown;
use super::failure::Fault;
use super::journal::Write;
use super::mailbox::User;
use super::operations::{Desk, effect, perform};
use super::schema::schema;
use super::sign_in::{Verdict, judge, schemes, user_named};
use super::soap::{self, Call};
use super::xml::Element;
use super::{Exchange, Inner, autodiscover, stream, zone};
use crate::faults::{Bite, Effect, Kind, Phase, Side};
use crate::http::{Connection, Reply, Request, Service};
use crate::options::Mode;
use async_trait::async_trait;

const XML: &str = "text/xml; charset=utf-8";

#[async_trait]
impl Service for Exchange {
    async fn answer(&self, connection: &Connection, request: Request) -> Reply {
        let reply = self.reply(connection, request).await;
        reply.dated(self.0.now())
    }
}

impl Exchange {
    async fn reply(&self, connection: &Connection, request: Request) -> Reply {
        let path = request.path.to_ascii_lowercase();
        if path.starts_with("/sandbox/") {
            return self.control(&request);
        }
        let known = ["/ews/exchange.asmx", "/autodiscover/autodiscover.xml"];
        if !known.contains(&path.as_str()) {
            return Reply::whole(404, "text/plain", "not found");
        }
        if request.method != "POST" && self.0.mode == Mode::Gromox {
            return Reply::whole(405, "text/plain", "method not allowed");
        }
        let users: Vec<User> = self
            .0
            .world()
            .mailboxes
            .values()
            .map(|mailbox| mailbox.user.clone())
            .collect();
        let shown = self.0.tokens().judge(&request);
        let verdict = match shown {
            None => judge(connection, &request, &users, self.0.mode),
            Some(Shown::Valid(user)) => match user_named(&users, &user) {
                Some(user) => Verdict::SignedIn {
                    name: user.name.clone(),
                    header: None,
                },
                // A user of the organisation without a mailbox.
                None => return Reply::whole(403, "text/plain", ""),
            },
            Some(Shown::None(challenge)) => return unauthorised(&[&challenge]),
            Some(Shown::Invalid(challenge)) => {
                self.0.journal().refused_sign_ins += 1;
                return unauthorised(&[&challenge]);
            }
        };
        let (name, header) = match verdict {
            Verdict::SignedIn { name, header } => (name, header),
            Verdict::Continue(header) => return unauthorised(&[&header]),
            Verdict::Nobody => return unauthorised(schemes(self.0.mode)),
            Verdict::Refused => {
                self.0.journal().refused_sign_ins += 1;
                return unauthorised(schemes(self.0.mode));
            }
        };
        let reply = if path == known[1] {
            autodiscover::answer(&request, &users)
        } else if request.method == "POST" {
            self.ews(&name, &request).await
        } else {
            Reply::whole(
                200,
                "text/html",
                "<html><body>Exchange Web Services</body></html>",
            )
        };
        let reply = match request.header("client-request-id") {
            Some(id) if request.header("return-client-request-id") == Some("true") => {
                reply.with_header("client-request-id", id)
            }
            _ => reply,
        };
        header.iter().fold(reply, |reply, header| {
            reply.with_header("WWW-Authenticate", header)
        })
    }
}

fn unauthorised(headers: &[&str]) -> Reply {
    let bare = Reply::whole(401, "text/plain", "");
    headers.iter().fold(bare, |reply, header| {
        reply.with_header("WWW-Authenticate", header)
    })
}

impl Exchange {
    async fn ews(&self, user: &str, request: &Request) -> Reply {
        let inner = &self.0;
        let read = Call::read(&request.body, inner.mode.unknown_version());
        let operation = read.as_ref().map_or_else(
            |_| operation_in(&request.body),
            |call| call.body.name.clone(),
        );
        let effect = effect(&operation);
        inner.journal().asked(&operation);
        if let Some(delay) = inner
            .ground
            .faults
            .delay(Side::Exchange, &operation, effect)
        {
            tokio::time::sleep(delay).await;
        }
        if let Some(bite) =
            inner
                .ground
                .faults
                .take(Side::Exchange, &operation, effect, Phase::Before)
        {
            if let (Effect::Writes, Ok(call)) = (effect, &read) {
                inner.note(user, call, Vec::new());
            }
            return instead(&bite);
        }
        let call = match read {
            Ok(call) => call,
            Err(fault) => return fault_reply(&fault),
        };
        if operation == "GetStreamingEvents" {
            return stream::open(inner, user, &call);
        }
        let done = inner.run(user, &call);
        let body = match done {
            Ok(body) => soap::document(body),
            Err(fault) => return fault_reply(&fault),
        };
        let faults = &inner.ground.faults;
        match faults.take(Side::Exchange, &operation, effect, Phase::After) {
            Some(bite) if bite.kind == Kind::CutBody => Reply::half(XML, body),
            Some(bite) => instead(&bite),
            None => Reply::whole(200, XML, body),
        }
    }
}

impl Inner {
    fn run(&self, user: &str, call: &Call) -> Result<Element, Fault> {
        let operation = call.body.name.as_str();
        let syncs = operation.starts_with("Sync")
            && call
                .body
                .get_text("SyncState")
                .is_some_and(|state| !state.is_empty());
        let refuse_sync_state = syncs
            && self
                .ground
                .faults
                .take_if(Side::Exchange, operation, Kind::InvalidSyncState, |_| true)
                .is_some();
        if let (Some(zone), Mode::Exchange) = (&call.zone, self.mode) {
            zone::of_definition(zone)?;
        }
        let denies = |subject: &str| {
            let of_it = |value: Option<&str>| value.is_none_or(|value| value == subject);
            let faults = &self.ground.faults;
            let bite = faults.take_if(Side::Exchange, operation, Kind::AccessDenied, of_it);
            bite.is_some()
        };
        let done = self.with_mailbox(user, |mailbox, now| {
            let mut desk = Desk {
                mailbox,
                now,
                mode: self.mode,
                zone: call.zone.clone(),
                refuse_sync_state,
                denies: &denies,
            };
            perform(&mut desk, call).map(|mut answer| {
                self.mode.put_into_words(operation, &mut answer);
                if let Some(changes) = answer.find_mut("Changes") {
                    let faults = &self.ground.faults;
                    faults.list_changes(Side::Exchange, operation, &mut changes.children);
                }
                answer
            })
        });
        let done = done.unwrap_or_else(|| {
            Err(Fault::new(
                "ErrorNonExistentMailbox",
                "There is no such mailbox.",
            ))
        });
        if effect(operation) == Effect::Writes {
            let outcome = match &done {
                Ok(body) => codes(body),
                Err(fault) => vec![fault.code.to_owned()],
            };
            self.note(user, call, outcome);
        }
        done
    }

    fn note(&self, user: &str, call: &Call, outcome: Vec<String>) {
        let (operation, request) = (call.body.name.clone(), call.body.to_xml());
        self.journal().wrote(Write {
            operation,
            user: user.to_owned(),
            request,
            outcome,
        });
    }
}

fn codes(body: &Element) -> Vec<String> {
    let messages = body
        .get("ResponseMessages")
        .map(|list| list.children.as_slice())
        .unwrap_or_default();
    messages
        .iter()
        .filter_map(|message| message.get_text("ResponseCode"))
        .map(str::to_owned)
        .collect()
}

/// The operation of a request that was refused, for the counts; anything unknown counts as one.
fn operation_in(body: &[u8]) -> String {
    let root = std::str::from_utf8(body)
        .ok()
        .and_then(|text| Element::parse(text).ok());
    let name = root.and_then(|root| Some(root.get("Body")?.children.first()?.name.clone()));
    name.filter(|name| schema().has_operation(name))
        .unwrap_or_else(|| "unknown".to_owned())
}

fn fault_reply(fault: &Fault) -> Reply {
    Reply::whole(500, XML, soap::document(soap::fault(fault)))
}

/// What comes instead of an answer.
fn instead(bite: &Bite) -> Reply {
    match bite.kind {
        Kind::Busy => {
            let mut fault = Fault::new(
                "ErrorServerBusy",
                "The server cannot service this request right now. Try again later.",
            );
            fault
                .values
                .push(("BackOffMilliseconds", bite.number_or(1000).to_string()));
            fault_reply(&fault)
        }
        Kind::Unavailable => {
            let reply = Reply::whole(
                503,
                "text/html",
                "<html><body><h1>Service Unavailable</h1></body></html>",
            );
            bite.value.iter().fold(reply, |reply, seconds| {
                reply.with_header("Retry-After", seconds)
            })
        }
        Kind::Html => Reply::whole(
            200,
            "text/html",
            "<!DOCTYPE html><html><body>Sign in to the proxy</body></html>",
        ),
        Kind::Empty500 | Kind::Empty500After => Reply::whole(500, "text/plain", ""),
        Kind::Unlisted => fault_reply(&Fault::new(
            "ErrorReadEventsFailed",
            "Events could not be read.",
        )),
        Kind::CutBefore | Kind::CutAfter => Reply::Cut,
        // The rest are no answers of their own: they bite within an operation, or belong to the CRM.
        Kind::Slow
        | Kind::ExpiredSession
        | Kind::InvalidSyncState
        | Kind::RefusedField
        | Kind::AccessDenied
        | Kind::Forbidden
        | Kind::NoSync
        | Kind::CutBody
        | Kind::Twice
        | Kind::Reversed => Reply::Cut,
    }
}
