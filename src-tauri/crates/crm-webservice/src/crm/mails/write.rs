//! Making and removing mails and leads.

use model::{Code, RecordId};
use ports::{ErrorKind, Failure, MadeMail, NewLead, NewMail, Result};
use tracing::{info, warn};
use transport::Sending;

use super::super::WebserviceCrm;
use crate::cache::A_DAY;
use crate::convert::mail::{EMAILS, FILES, Kept, LEADS, kept_of_key, lead, mail};
use crate::convert::schedule::{Text, text_of};
use crate::convert::stock::{START_DATE, START_TIME};
use crate::failure::Attempt;
use crate::wire::request::Element;
use crate::wire::{Module, Request, Row};

/// Writing where the CRM's own names are told to the user.
pub(super) fn write_attempt<'a>(module: &'a Module, right: &'static str) -> Attempt<'a> {
    Attempt {
        module: &module.name,
        right,
        sending: Sending::Write,
        mapping: None,
    }
}

impl WebserviceCrm {
    pub(super) async fn create_one_mail(&self, new: &NewMail) -> Result<MadeMail> {
        let me = self.sessions.account().await?.user;
        let emails = self.emails().await?;
        let key_field = self.key_field(&emails).await?;
        self.find_zone().await?;
        let sent = self.sent(new);
        let element = mail(new, &sent, me.as_str(), key_field.as_deref(), &emails);
        let request = match new.files.as_slice() {
            [] => Request::create(EMAILS, &element),
            files => Request::create_with_files(EMAILS, &element, files),
        };
        let row = self.create_row(&emails, &request).await?;
        let id = RecordId::new(row.id());
        info!(mail = %id, files = new.files.len(), "mail stored in the CRM");
        if let Some(field) = &key_field {
            self.look_at_key(&row, field, &new.key.text);
        }
        let left_out = left_out(&row, new);
        self.at_the_right_second(&id, new, &sent).await;
        Ok(MadeMail { id, left_out })
    }

    pub(super) async fn create_one_lead(&self, new: &NewLead) -> Result<RecordId> {
        let me = self.sessions.account().await?.user;
        let leads = self.module(LEADS, A_DAY).await?;
        let request = Request::create(LEADS, &lead(new, me.as_str()));
        let row = self.create_row(&leads, &request).await?;
        info!(lead = row.id(), "lead created");
        Ok(RecordId::new(row.id()))
    }

    async fn create_row(&self, module: &Module, request: &Request) -> Result<Row> {
        let answer = self.ask(write_attempt(module, "create"), request).await;
        match answer {
            Ok(value) => self.written(&value, "create"),
            Err(failure) => Err(self.labelled_by_name(failure, module).await),
        }
    }

    /// Removes a record of this module and of no other one.
    pub(super) async fn remove(&self, module: &str, id: &RecordId) -> Result<()> {
        let module = self.module(module, A_DAY).await?;
        if !is_of(id, &module) {
            let kind = ErrorKind::Refused { field: None };
            return Err(Failure::new(kind, Code::EntryRefused).with("module", module.name));
        }
        match self.sessions.ask(&Request::delete(id.as_str())).await {
            Ok(_) => {
                info!(record = %id, "record deleted");
                Ok(())
            }
            Err(trouble) => Err(self
                .refused_record(write_attempt(&module, "delete"), trouble)
                .await),
        }
    }

    /// Remembers how much of a key the field holds, so that the mail is found by what is left of it.
    fn look_at_key(&self, row: &Row, field: &str, key: &str) {
        match kept_of_key(key, row.text(field)) {
            Kept::Whole => {}
            Kept::Cut(letters) => {
                warn!(
                    field,
                    letters, "the CRM's field for the Message-ID is short"
                );
                self.known.keep_key_column(field, letters);
            }
            Kept::Not => warn!(
                mail = row.id(),
                field, "the CRM did not keep the Message-ID"
            ),
        }
    }

    fn sent(&self, new: &NewMail) -> Text {
        text_of(new.key.sent, &self.server_time().zones().server)
    }

    /// The time of a mail that was written on a wrong assumption about the server's zone is written again, now that the answer has told
    /// the zone. The mail is there, whatever comes of it.
    async fn at_the_right_second(&self, id: &RecordId, new: &NewMail, written: &Text) {
        let right = self.sent(new);
        if right == *written {
            return;
        }
        let mut element = Element::new();
        element.set("id", id.as_str());
        element.set(START_DATE, &right.date);
        element.set(START_TIME, &right.time);
        if self.sessions.ask(&Request::revise(&element)).await.is_err() {
            warn!(mail = %id, "the mail stays at a time of another zone");
        }
    }

    /// The failure with the name that the CRM shows for the field it is about.
    pub(super) async fn labelled_by_name(&self, failure: Failure, module: &Module) -> Failure {
        let code = failure.problem.code;
        match failure.problem.values.get("field").cloned() {
            Some(field) if matches!(code, Code::FieldMandatory | Code::FieldRefused) => {
                self.with_label(failure, module, &field).await
            }
            _ => failure,
        }
    }
}

/// Whether it is the id of a record of this module.
pub(super) fn is_of(id: &RecordId, module: &Module) -> bool {
    let number = id.as_str().strip_prefix(module.id_prefix.as_str());
    let number = number.and_then(|rest| rest.strip_prefix('x'));
    number.is_some_and(|number| {
        !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit())
    })
}

/// How many files the server left out: empty ones by design, others as it is set up, without a word.
fn left_out(row: &Row, new: &NewMail) -> usize {
    let sent = new.files.iter().filter(|file| !file.content.is_empty());
    let sent = sent.count();
    let kept = row
        .text(FILES)
        .split(',')
        .filter(|id| !id.trim().is_empty());
    let kept = kept.count();
    let tells = row.iter().any(|(name, _)| name == FILES);
    if tells && kept < sent {
        warn!(
            mail = row.id(),
            sent, kept, "the CRM did not keep all files of the mail"
        );
    }
    match tells {
        true => sent.saturating_sub(kept),
        false => 0,
    }
}
