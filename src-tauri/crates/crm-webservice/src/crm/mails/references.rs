//! Referencing a mail to one more record: writing the reference again adds one (facts/crm.md 8).

use model::{Code, RecordId};
use ports::{ErrorKind, Failure, Result};
use tracing::{debug, info};
use transport::Sending;

use super::super::WebserviceCrm;
use super::write::{is_of, write_attempt};
use crate::cache::{A_DAY, Support};
use crate::convert::mail::{EMAILS, LISTS, REFERENCE, list_to_write};
use crate::convert::stock::OWNER;
use crate::failure::{Attempt, Trouble, answer_malformed};
use crate::wire::request::Element;
use crate::wire::{ErrorCode, Module, Request, Row};

impl WebserviceCrm {
    pub(super) async fn reference(&self, mail: &RecordId, to: &RecordId) -> Result<()> {
        let emails = self.module(EMAILS, A_DAY).await?;
        if !is_of(mail, &emails) {
            let kind = ErrorKind::Refused { field: None };
            return Err(Failure::new(kind, Code::EntryRefused).with("module", EMAILS));
        }
        let support = self.known.revise(self.now());
        if support == Some(Support::Absent) {
            return self.reference_by_update(&emails, mail, to).await;
        }
        let mut element = Element::new();
        element.set("id", mail.as_str());
        element.set(REFERENCE, to.as_str());
        let trouble = match self.sessions.ask(&Request::revise(&element)).await {
            Ok(_) => {
                self.known.keep_revise(Support::Present, self.now());
                info!(%mail, "mail referenced to one more record");
                return Ok(());
            }
            Err(trouble) => trouble,
        };
        match &trouble {
            Trouble::Refused(error)
                if matches!(
                    error.code,
                    ErrorCode::UnknownOperation | ErrorCode::OperationNotSupported
                ) => {}
            // An unknown operation looks like any other fault, and to reference twice is to reference once.
            Trouble::Silent if support.is_none() => {}
            _ => return Err(self.reference_failure(&emails, trouble).await),
        }
        self.reference_by_update(&emails, mail, to).await?;
        debug!("the CRM has no revise, whole mails are written");
        self.known.keep_revise(Support::Absent, self.now());
        Ok(())
    }

    /// Old servers empty every field that an update does not name, so all that is there goes along, the lists of addresses in the form
    /// in which they are written.
    async fn reference_by_update(
        &self,
        emails: &Module,
        mail: &RecordId,
        to: &RecordId,
    ) -> Result<()> {
        let row = match self.sessions.ask(&Request::retrieve(mail.as_str())).await {
            Ok(value) => Row::read(&value).filter(|row| row.id() == mail.as_str()),
            Err(trouble) => {
                return Err(self.refused_record(Attempt::read(EMAILS), trouble).await);
            }
        };
        let row = row.ok_or_else(|| answer_malformed(Sending::Read, "retrieve"))?;
        let element = whole(emails, &row, to);
        match self.sessions.ask(&Request::update(&element)).await {
            Ok(_) => {
                info!(%mail, "mail referenced to one more record, written as a whole");
                Ok(())
            }
            Err(trouble) => Err(self.reference_failure(emails, trouble).await),
        }
    }

    async fn reference_failure(&self, emails: &Module, trouble: Trouble) -> Failure {
        let attempt = write_attempt(emails, "update");
        let failure = self.refused_record(attempt, trouble).await;
        if failure.kind == ErrorKind::Denied {
            self.known.forget_module(EMAILS);
        }
        self.labelled_by_name(failure, emails).await
    }
}

fn whole(emails: &Module, row: &Row, to: &RecordId) -> Element {
    let mut element = Element::new();
    for (name, value) in row.iter() {
        let meta = emails.fields.get(name);
        let is_plain = meta.is_some_and(|meta| {
            meta.editable && !matches!(meta.kind.as_str(), "reference" | "owner" | "file")
        });
        match LISTS.contains(&name) {
            true => element.set(name, &list_to_write(value)),
            false if is_plain && !value.is_empty() => element.set(name, value),
            false => {}
        }
    }
    element.set(OWNER, row.text(OWNER));
    element.set(REFERENCE, to.as_str());
    element.set("id", row.id());
    element
}
