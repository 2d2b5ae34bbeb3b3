//! The control door, on both ports under `/sandbox/`: faults, clock, and on the CRM's port acting as a user of the CRM, looking at all
//! records, the requests that came, and rights. Asking here counts nowhere and touches no clock.
//! Deliberately not here: what any of it means; see the chapter on the sandbox in the documentation.

use crate::Ground;
use crate::crm::{AddError, Crm, CrmError, Rights, Status};
use crate::faults::{Fault, Side};
use crate::http::{Reply, Request};
use jiff::SignedDuration;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// Answers a request to the control door. The CRM is given on its own port only.
pub fn answer(ground: &Ground, crm: Option<&Crm>, request: &Request) -> Reply {
    let path = request.path.strip_prefix("/sandbox/").unwrap_or_default();
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let done = match (request.method.as_str(), parts.as_slice(), crm) {
        (method, ["faults"], _) => faults(ground, method, &request.body),
        (method, ["clock"], _) => clock(ground, method, request),
        ("GET", ["users"], _) => Ok(users(ground)),
        (method, ["requests"], Some(crm)) => requests(crm, method),
        (method, ["records", rest @ ..], Some(crm)) => records(crm, method, rest, request),
        ("GET", ["emails"], Some(crm)) => Ok(json!(crm.emails())),
        ("POST", ["sessions", "expire"], Some(crm)) => {
            crm.expire_sessions();
            Ok(json!({}))
        }
        ("POST", ["rights"], Some(crm)) => rights(crm, request),
        ("POST", ["fields"], Some(crm)) => {
            read(request).and_then(|field| added(crm.add_field(field)))
        }
        ("POST", ["values"], Some(crm)) => {
            read(request).and_then(|values| added(crm.add_values(values)))
        }
        _ => Err(Trouble::Unknown),
    };
    match done {
        Ok(answer) => Reply::json(200, &answer),
        Err(trouble) => Reply::json(trouble.status(), &json!({ "error": trouble.to_string() })),
    }
}

/// Why a request to the control door came to nothing.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error("there is nothing here; see the documentation of the sandbox")]
    Unknown,
    #[error("{0}")]
    Bad(String),
    #[error(transparent)]
    Refused(#[from] CrmError),
}

impl Trouble {
    fn status(&self) -> u16 {
        match self {
            Self::Unknown => 404,
            Self::Bad(_) => 400,
            Self::Refused(_) => 409,
        }
    }
}

/// GET lists, POST adds one fault per line, DELETE clears.
fn faults(ground: &Ground, method: &str, body: &[u8]) -> Result<Value, Trouble> {
    match method {
        "GET" => {}
        "DELETE" => ground.faults.clear(),
        "POST" => {
            let text = std::str::from_utf8(body)
                .map_err(|_| Trouble::Bad("the body is no text".to_owned()))?;
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
            let read: Result<Vec<Fault>, _> = lines.map(str::parse).collect();
            read.map_err(|error| Trouble::Bad(error.to_string()))?
                .into_iter()
                .for_each(|fault| ground.faults.add(fault));
        }
        _ => return Err(Trouble::Unknown),
    }
    Ok(ground
        .faults
        .list()
        .iter()
        .map(ToString::to_string)
        .collect())
}

/// GET tells the time of both sides; POST takes `{"set": TIME}`, `{"advance": SECONDS}` or `{"run": true}`.
fn clock(ground: &Ground, method: &str, request: &Request) -> Result<Value, Trouble> {
    if method == "POST" {
        let wish = body(request)?;
        if let Some(time) = wish.get("set").and_then(Value::as_str) {
            ground.clock.set(time.parse().map_err(|_| {
                Trouble::Bad(format!(
                    "{time:?} is not a time such as 2026-11-22T10:00:00Z"
                ))
            })?);
        } else if let Some(seconds) = wish.get("advance").and_then(Value::as_i64) {
            ground.clock.advance(SignedDuration::from_secs(seconds));
        } else {
            ground.clock.release();
        }
    }
    let time = |side| ground.clock.now(side).to_string();
    Ok(json!({ "exchange": time(Side::Exchange), "crm": time(Side::Crm) }))
}

/// Everybody with their secrets: they open nothing but this sandbox.
fn users(ground: &Ground) -> Value {
    let one = |user: &crate::company::User| json!({ "user": user.name, "role": user.role.as_str(), "email": user.email, "password": user.password, "access_key": user.access_key });
    ground.company.users.iter().map(one).collect()
}

/// GET tells, DELETE forgets.
fn requests(crm: &Crm, method: &str) -> Result<Value, Trouble> {
    match method {
        "GET" => {}
        "DELETE" => crm.reset_journal(),
        _ => return Err(Trouble::Unknown),
    }
    Ok(crm.journal().to_json())
}

fn added(done: Result<(), AddError>) -> Result<Value, Trouble> {
    let done = done.map_err(|error| Trouble::Bad(error.to_string()));
    done.map(|()| json!({}))
}

/// Acting as a user of the CRM: `GET records/Contacts`, `GET records/12x34`, `POST records/Contacts`, `PATCH records/12x34`,
/// `POST records/12x34/restore`, `DELETE records/12x34`, `POST records/18x34/invited` with names, `GET` of the same,
/// `GET records/12x34/stored`. The user is named in the query, the first one otherwise.
fn records(crm: &Crm, method: &str, parts: &[&str], request: &Request) -> Result<Value, Trouble> {
    let pairs = request.query_pairs();
    let user = pairs.get("user").map_or("anna", String::as_str);
    match (method, parts) {
        ("GET", [id]) if is_id(id) => crm.record(id).map(Value::Object).ok_or(Trouble::Unknown),
        ("GET", [module]) => {
            Ok(json!({ "records": crm.records(module), "deleted": crm.deleted(module) }))
        }
        ("POST", [module]) => Ok(crm
            .create_element(user, module, owner_by_name(crm, body(request)?))?
            .into()),
        ("PATCH", [id]) => Ok(crm
            .edit_element(user, id, owner_by_name(crm, body(request)?))?
            .into()),
        ("POST", [id, "restore"]) => Ok(crm.restore(user, id).map(|()| json!({}))?),
        ("POST", [id, "invited"]) => {
            let names: Vec<String> = read(request)?;
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            crm.invite(user, id, &names)?;
            Ok(json!(crm.invited(id)))
        }
        ("GET", [id, "invited"]) => Ok(json!(crm.invited(id))),
        ("GET", [id, "stored"]) => crm.stored(id).ok_or(Trouble::Unknown),
        ("DELETE", [id]) => Ok(crm.delete(user, id).map(|()| json!({}))?),
        _ => Err(Trouble::Unknown),
    }
}

/// `{"user": NAME, "module": MODULE, "rights": "full|read_only|closed"}` or `{"user": NAME, "status": "active|inactive"}`.
fn rights(crm: &Crm, request: &Request) -> Result<Value, Trouble> {
    let wish = body(request)?;
    let text = |key: &str| wish.get(key).and_then(Value::as_str).unwrap_or_default();
    let done = match (Rights::named(text("rights")), text("status")) {
        (Some(rights), _) => crm.set_rights(text("user"), text("module"), rights),
        (None, "active") => crm.set_status(text("user"), Status::Active),
        (None, "inactive") => crm.set_status(text("user"), Status::Inactive),
        (None, _) => false,
    };
    if done {
        Ok(json!({}))
    } else {
        Err(Trouble::Bad(
            "there is no such user, module, right or status".to_owned(),
        ))
    }
}

fn is_id(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit())
}

fn body(request: &Request) -> Result<Map<String, Value>, Trouble> {
    read(request)
}

fn read<T: DeserializeOwned>(request: &Request) -> Result<T, Trouble> {
    serde_json::from_slice(&request.body).map_err(|error| {
        Trouble::Bad(format!(
            "the body is not the JSON that was expected: {error}"
        ))
    })
}

/// The owner may be named instead of given by id.
fn owner_by_name(crm: &Crm, mut fields: Map<String, Value>) -> Map<String, Value> {
    let named = fields
        .get("assigned_user_id")
        .and_then(Value::as_str)
        .and_then(|name| crm.owner_named(name));
    if let Some(id) = named {
        fields.insert("assigned_user_id".to_owned(), id.into());
    }
    fields
}
