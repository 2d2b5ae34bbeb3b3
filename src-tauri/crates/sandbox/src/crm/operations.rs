//! What the operations of the service do. Session first, then parameters, then the operation itself, as the server does it.
//! Deliberately not here: HTTP, and faults that replace a whole answer.

use super::error::CrmError;
use super::journal::Write;
use super::operation::{Needs, Operation};
use super::params::{Method, Params};
use super::records::Number;
use super::sessions::{CHALLENGE_LIFE, hex_md5};
use super::users::{Status, owner_id};
use super::writes::{self, Change, Element, Source, Writer};
use super::{Crm, Flavour, World, activity, describe, files, module, query, related, sync, view};
use crate::faults::{Effect, Kind, Side};
use serde_json::{Value, json};

/// One request with everything an operation may ask it for.
struct Asked<'a> {
    params: &'a Params,
    method: Method,
    session: &'a str,
    user: Number,
}

impl Asked<'_> {
    fn get(&self, name: &str) -> &str {
        self.params.get(self.method, name).unwrap_or_default()
    }

    fn element(&self) -> Result<Element, CrmError> {
        serde_json::from_str(self.get("element")).map_err(|_| CrmError::internal())
    }
}

impl Crm {
    /// Runs an operation and notes it in the journal.
    pub(super) fn run(&self, operation: Operation, params: &Params) -> Result<Value, CrmError> {
        let mut world = self.world();
        let user = match operation.needs() {
            Needs::Nothing => None,
            Needs::Session => Some(self.signed_in(&mut world, operation, params)?),
        };
        let (name, method, needed) = operation.call();
        if let Some(missing) = needed
            .iter()
            .find(|needed| params.get(method, needed).is_none())
        {
            let message = format!("Permission to perform the operation is denied for {missing}");
            return Err(CrmError::refused("ACCESS_DENIED", message));
        }
        let session = params.anywhere("sessionName").unwrap_or_default();
        let Some(user) = user else {
            return if operation == Operation::Login {
                self.login(&mut world, params)
            } else {
                self.challenge(&mut world, params)
            };
        };
        let asked = Asked {
            params,
            method,
            session,
            user,
        };
        match operation.effect() {
            Effect::Reads => self.read(&mut world, operation, &asked),
            Effect::Writes => {
                let outcome = self.write(&mut world, operation, &asked);
                self.note(&world, name, &asked, &outcome);
                outcome
            }
        }
    }

    fn signed_in(
        &self,
        world: &mut World,
        operation: Operation,
        params: &Params,
    ) -> Result<Number, CrmError> {
        let session = params
            .anywhere("sessionName")
            .filter(|session| !session.is_empty());
        let session = session
            .ok_or_else(|| CrmError::refused("AUTHENTICATION_REQUIRED", "Authencation required"))?;
        if self
            .ground
            .faults
            .take_if(Side::Crm, operation.name(), Kind::ExpiredSession, |_| true)
            .is_some()
        {
            world.sessions.close(session);
        }
        world.sessions.user(session).ok_or_else(|| match operation {
            Operation::ExtendSession => {
                CrmError::refused("AUTHENTICATION_FAILURE", "Invalid session")
            }
            _ => CrmError::bad_session(),
        })
    }

    fn challenge(&self, world: &mut World, params: &Params) -> Result<Value, CrmError> {
        let name = params.get(Method::Get, "username").unwrap_or_default();
        let no_user = || CrmError::refused("ACCESS_DENIED", "username does not exists");
        let user = world.directory.named(name).ok_or_else(no_user)?.number;
        let now = self.now();
        let token = world.sessions.challenge(user, now);
        Ok(json!({ "token": token, "serverTime": now, "expireTime": now + CHALLENGE_LIFE }))
    }

    fn login(&self, world: &mut World, params: &Params) -> Result<Value, CrmError> {
        let sent = |name| params.get(Method::Post, name).unwrap_or_default();
        let now = self.now();
        let no_token = || {
            CrmError::refused(
                "INVALID_AUTH_TOKEN",
                "Specified token is invalid or expired",
            )
        };
        let account = world
            .directory
            .named(sent("username"))
            .ok_or_else(no_token)?
            .clone();
        let token = world
            .sessions
            .token(account.number, now)
            .ok_or_else(no_token)?;
        let answer = hex_md5(&format!("{token}{}", account.user.access_key));
        if sent("accessKey") != answer || account.status == Status::Inactive {
            return Err(CrmError::refused(
                "INVALID_USER_CREDENTIALS",
                "Invalid username or password",
            ));
        }
        let session = world.sessions.open(account.number, now);
        let user_id = owner_id(account.number);
        Ok(match self.flavour {
            Flavour::Five => {
                json!({ "sessionName": session, "userId": user_id, "version": "0.22", "vtigerVersion": "5.4.0" })
            }
            Flavour::Eight => json!({
                "username": account.user.name, "first_name": account.user.first_name, "last_name": account.user.last_name,
                "email": account.user.email, "time_zone": world.users_zone.iana_name(), "hour_format": "24", "date_format": "yyyy-mm-dd",
                "is_admin": "off", "call_duration": "5", "other_event_duration": "5", "sessionName": session, "userId": user_id,
                "version": "0.22", "vtigerVersion": "8.4.0",
            }),
        })
    }

    fn read(
        &self,
        world: &mut World,
        operation: Operation,
        asked: &Asked<'_>,
    ) -> Result<Value, CrmError> {
        match operation {
            Operation::ListTypes => Ok(describe::listtypes(world, asked.user)),
            Operation::Describe => describe::describe(world, asked.user, asked.get("elementType")),
            Operation::RelatedTypes => {
                describe::relatedtypes(world, asked.user, asked.get("elementType"))
            }
            Operation::Query => query::run(world, self.flavour, asked.user, asked.get("query"))
                .map(Value::from_iter),
            Operation::Sync => self.sync(world, asked),
            Operation::Retrieve => self.retrieve(world, asked.user, asked.get("id")),
            Operation::RetrieveRelated => {
                let (id, kind) = (asked.get("id"), asked.get("relatedType"));
                related::retrieve(world, asked.user, id, kind, asked.get("relatedLabel"))
            }
            Operation::FilesRetrieve => related::file(world, asked.user, asked.get("id")),
            Operation::Logout => {
                world.sessions.close(asked.session);
                Ok(json!({ "message": "successfull" }))
            }
            // Answers the session it was given and prolongs nothing.
            _ => Ok(json!({ "sessionName": asked.session, "userId": owner_id(asked.user) })),
        }
    }

    fn sync(&self, world: &World, asked: &Asked<'_>) -> Result<Value, CrmError> {
        if self
            .ground
            .faults
            .take_if(Side::Crm, "sync", Kind::NoSync, |_| true)
            .is_some()
        {
            return Err(CrmError::Broken);
        }
        if self
            .ground
            .faults
            .take_if(Side::Crm, "sync", Kind::InvalidSyncState, |_| true)
            .is_some()
        {
            return Err(CrmError::internal());
        }
        let mut changes = sync::run(
            world,
            asked.user,
            asked.get("modifiedTime"),
            asked.get("elementType"),
            asked.get("syncType"),
        )?;
        for list in ["updated", "deleted"] {
            if let Some(list) = changes.get_mut(list).and_then(Value::as_array_mut) {
                let faults = &self.ground.faults;
                faults.list_changes(Side::Crm, "sync", list);
            }
        }
        Ok(changes)
    }

    fn retrieve(&self, world: &World, user: Number, id: &str) -> Result<Value, CrmError> {
        let record = writes::reachable(world, user, id)?;
        if !world.directory.reaches(user, record) {
            return Err(CrmError::no_right_on_record());
        }
        Ok(view::single(world, record, self.flavour).into())
    }

    fn write(
        &self,
        world: &mut World,
        operation: Operation,
        asked: &Asked<'_>,
    ) -> Result<Value, CrmError> {
        let writer = Writer {
            user: asked.user,
            now: self.now(),
            source: Source::WebService,
            flavour: self.flavour,
        };
        if operation == Operation::Delete {
            writes::delete(world, writer, asked.get("id"))?;
            self.touched();
            return Ok(json!({ "status": "successful" }));
        }
        if operation == Operation::AddRelated {
            let (source, other) = (asked.get("sourceRecordId"), asked.get("relatedRecordId"));
            let label = asked.get("relationIdLabel");
            let done = related::add(world, writer, source, other, label)?;
            self.touched();
            return Ok(done);
        }
        let element = asked.element()?;
        let carries = |field: Option<&str>| field.is_some_and(|field| element.contains_key(field));
        let refused =
            self.ground
                .faults
                .take_if(Side::Crm, operation.name(), Kind::RefusedField, carries);
        if let Some(bite) = refused {
            return Err(CrmError::missing(&bite.value.unwrap_or_default()));
        }
        let (number, asked_for) = match operation {
            Operation::Create => {
                let module = asked.get("elementType");
                (writes::create(world, writer, module, &element)?, module)
            }
            _ => {
                let change = match operation {
                    Operation::Update => Change::of_update(self.flavour),
                    _ => Change::Revise,
                };
                let number = writes::change(world, writer, &element, change)?;
                (number, module_of_id(&element).unwrap_or_default())
            }
        };
        files::keep(world, number, asked.params.files());
        self.touched();
        let record = world.records.get(number).expect("just written");
        let shown = match world.catalogue.named(asked_for) {
            Some(module) if record.module.is_activity() => &activity::shown_as(record, module),
            _ => record,
        };
        Ok(view::single(world, shown, self.flavour).into())
    }

    fn note(
        &self,
        world: &World,
        operation: &str,
        asked: &Asked<'_>,
        outcome: &Result<Value, CrmError>,
    ) {
        let element = asked
            .element()
            .map_or_else(|_| asked.get("element").into(), Value::Object);
        let meant = || {
            element
                .get("id")
                .and_then(Value::as_str)
                .unwrap_or(asked.get("id"))
                .to_owned()
        };
        let made = outcome
            .as_ref()
            .ok()
            .and_then(|result| result.get("id")?.as_str().map(str::to_owned));
        self.journal_lock().wrote(Write {
            operation: operation.to_owned(),
            user: world.directory.account(asked.user).user.name.clone(),
            id: made.unwrap_or_else(meant),
            element,
            outcome: outcome
                .as_ref()
                .map_or_else(|error| error.code().to_owned(), |_| "ok".to_owned()),
        });
    }
}

/// The module an id is one of by its prefix.
fn module_of_id(element: &Element) -> Option<&'static str> {
    let (prefix, _) = element.get("id")?.as_str()?.split_once('x')?;
    module::name_with_prefix(prefix.parse().ok()?)
}
