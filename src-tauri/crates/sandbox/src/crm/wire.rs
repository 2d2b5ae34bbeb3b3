//! The CRM on the wire: which path it answers, faults on order around each operation, and the envelope of an answer. Control letters
//! come out raw, as PHP lets them, so that an answer with one is no valid JSON.
//! Deliberately not here: what the operations do.

use super::Crm;
use super::error::CrmError;
use super::operation::Operation;
use super::params::Params;
use crate::faults::{Bite, Effect, Kind, Phase, Side};
use crate::http::{Connection, Reply, Request, Service};
use async_trait::async_trait;
use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter};
use serde_json::{Value, json};
use std::io;

/// The longest address a web server of this kind takes.
const LONGEST_ADDRESS: usize = 8190;

#[async_trait]
impl Service for Crm {
    async fn answer(&self, _connection: &Connection, request: Request) -> Reply {
        let reply = self.reply(request).await;
        reply.dated(self.ground.clock.now(Side::Crm))
    }
}

impl Crm {
    async fn reply(&self, request: Request) -> Reply {
        if request.path.starts_with("/sandbox/") {
            return crate::control::answer(&self.ground, Some(self), &request);
        }
        if !request.path.ends_with("/webservice.php") {
            return page(404, "Not Found");
        }
        if request.query.len() + request.path.len() > LONGEST_ADDRESS {
            return page(414, "URI Too Long");
        }
        let params = Params::of(&request, self.largest_upload);
        let name = params.anywhere("operation").unwrap_or_default();
        let operation = Operation::named(name, self.flavour);
        let effect = operation.map_or(Effect::Reads, Operation::effect);
        self.journal_lock().asked(name);
        let faults = &self.ground.faults;
        if let Some(delay) = faults.delay(Side::Crm, name, effect) {
            tokio::time::sleep(delay).await;
        }
        if let Some(bite) = faults.take(Side::Crm, name, effect, Phase::Before) {
            return instead(&bite);
        }
        let is_in_it = |text: Option<&str>| text.is_none_or(|text| params.has_text(text));
        let is_forbidden = faults.take_if(Side::Crm, name, Kind::Forbidden, is_in_it);
        if is_forbidden.is_some() {
            return page(403, "Forbidden");
        }
        let Some(operation) = operation else {
            return empty_500();
        };
        let outcome = self.run(operation, &params);
        if outcome.is_ok()
            && let Some(bite) = faults.take(Side::Crm, name, effect, Phase::After)
        {
            return match (bite.kind, envelope(&outcome)) {
                (Kind::CutBody, Reply::Whole { body, .. }) => Reply::half("application/json", body),
                _ => instead(&bite),
            };
        }
        envelope(&outcome)
    }
}

/// What comes instead of an answer.
fn instead(bite: &Bite) -> Reply {
    match bite.kind {
        Kind::Busy => page(429, "Too Many Requests").with_header(
            "Retry-After",
            &bite.number_or(1000).div_ceil(1000).to_string(),
        ),
        Kind::Unavailable => {
            let reply = page(503, "Service Unavailable");
            bite.value.as_ref().map_or_else(
                || page(503, "Service Unavailable"),
                |after| reply.with_header("Retry-After", after),
            )
        }
        Kind::Html => Reply::whole(
            200,
            "text/html; charset=UTF-8",
            "<!DOCTYPE html><html><head><title>CRM</title></head><body>Wartungsarbeiten</body></html>",
        ),
        Kind::Empty500 | Kind::Empty500After => empty_500(),
        _ => Reply::Cut,
    }
}

fn envelope(outcome: &Result<Value, CrmError>) -> Reply {
    let body = match outcome {
        Ok(result) => json!({ "success": true, "result": result }),
        Err(error) => match error.body() {
            Some(body) => json!({ "success": false, "error": body }),
            None => return empty_500(),
        },
    };
    Reply::whole(200, "application/json", php_json(&body))
}

fn empty_500() -> Reply {
    Reply::whole(500, "text/html; charset=UTF-8", "")
}

fn page(status: u16, title: &str) -> Reply {
    Reply::whole(
        status,
        "text/html; charset=UTF-8",
        format!(
            "<html><head><title>{status} {title}</title></head><body><h1>{title}</h1></body></html>"
        ),
    )
}

fn php_json(body: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer =
        serde_json::Serializer::with_formatter(&mut out, RawControls(CompactFormatter));
    body.serialize(&mut writer)
        .expect("writing to memory does not fail");
    out
}

/// Writes control letters as they are.
struct RawControls(CompactFormatter);

impl Formatter for RawControls {
    fn write_char_escape<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        match escape {
            CharEscape::AsciiControl(byte) => writer.write_all(&[byte]),
            other => self.0.write_char_escape(writer, other),
        }
    }
}
