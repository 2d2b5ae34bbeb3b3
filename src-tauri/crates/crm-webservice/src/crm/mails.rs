//! The CRM's e-mails (R5): what can be done with them, and what all of it shares. Finding addresses, finding mails, writing, and
//! referencing are in the files below.

mod addresses;
mod find;
mod references;
mod write;

use std::collections::BTreeMap;

use async_trait::async_trait;
use model::{Code, Component, MailModule, RecordId};
use ports::{
    AddressOwner, CrmMails, ErrorKind, Failure, MadeMail, MailAbilities, MailKey, NewLead, NewMail,
    OwnLead, Result,
};
use tracing::debug;

use super::WebserviceCrm;
use super::read::check_ascending;
use crate::cache::{A_DAY, SOME_HOURS, Support};
use crate::convert::mail::{EMAILS, LEADS, can_hold_keys, key_field_by_label};
use crate::convert::stock::module_of;
use crate::failure::permission_missing;
use crate::query::{PAGE, Query};
use crate::wire::module::ListedType;
use crate::wire::{Module, Row};

#[async_trait]
impl CrmMails for WebserviceCrm {
    async fn mail_abilities(&self) -> Result<MailAbilities> {
        let mut modules = BTreeMap::new();
        for module in MailModule::ALL {
            if let Some(found) = self.module_of_addresses(module).await? {
                modules.insert(module, found.name);
            }
        }
        let emails = self.listed_module(EMAILS).await?;
        let leads = self.listed_module(LEADS).await?;
        Ok(MailAbilities {
            key_field: match &emails {
                Some(emails) => self.key_field(emails).await?,
                None => None,
            },
            modules,
            // Who cannot see whether a mail is there would make it twice.
            may_import: emails.is_some_and(|emails| emails.createable && emails.retrieveable),
            may_make_leads: leads.is_some_and(|leads| leads.createable),
        })
    }

    async fn with_addresses(
        &self,
        module: MailModule,
        addresses: &[String],
    ) -> Result<Vec<AddressOwner>> {
        self.owners_of(module, addresses).await
    }

    async fn find_mails(&self, keys: &[MailKey]) -> Result<Vec<Vec<RecordId>>> {
        self.mails_with(keys).await
    }

    async fn own_mails(&self, mails: &[RecordId]) -> Result<Vec<RecordId>> {
        self.mails_of_user(mails).await
    }

    async fn create_mail(&self, mail: &NewMail) -> Result<MadeMail> {
        self.create_one_mail(mail).await
    }

    async fn add_reference(&self, mail: &RecordId, to: &RecordId) -> Result<()> {
        self.reference(mail, to).await
    }

    async fn remove_mail(&self, mail: &RecordId) -> Result<()> {
        self.remove(EMAILS, mail).await
    }

    async fn create_lead(&self, lead: &NewLead) -> Result<RecordId> {
        self.create_one_lead(lead).await
    }

    async fn own_leads(&self, lead: &NewLead, leads: &[RecordId]) -> Result<Vec<OwnLead>> {
        self.leads_of_user(lead, leads).await
    }

    async fn remove_lead(&self, lead: &RecordId) -> Result<()> {
        self.remove(LEADS, lead).await
    }
}

impl WebserviceCrm {
    /// The module of e-mails, which has to be readable.
    async fn emails(&self) -> Result<Module> {
        let module = self.module(EMAILS, A_DAY).await?;
        match module.retrieveable {
            true => Ok(module),
            false => {
                self.known.forget_module(EMAILS);
                Err(permission_missing(EMAILS, "read"))
            }
        }
    }

    /// The module behind one of ours, if it is there and may be read.
    async fn module_of_addresses(&self, module: MailModule) -> Result<Option<Module>> {
        let types = self.types(module.name()).await?;
        match name_among(&types, module) {
            Some(name) => {
                let found = self.listed_module(name).await?;
                Ok(found.filter(|module| module.retrieveable))
            }
            None => Ok(None),
        }
    }

    /// A module as far as this user sees it; `None` where it is closed or not there.
    async fn listed_module(&self, name: &str) -> Result<Option<Module>> {
        let types = self.types(name).await?;
        let listed = types.iter().any(|listed| listed.name == name);
        if !listed || self.known.is_closed(name, self.now()) {
            return Ok(None);
        }
        match self.module(name, SOME_HOURS).await {
            Ok(module) => Ok(Some(module)),
            Err(failure) if failure.kind == ErrorKind::Denied => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// The field for the Message-ID: the policy's, else the one that is called so. One that the policy names and that is not there, or
    /// that keeps nothing, would let every mail be imported again and again.
    async fn key_field(&self, emails: &Module) -> Result<Option<String>> {
        let named = self.message_id_field.as_str();
        if named.is_empty() {
            return Ok(key_field_by_label(emails).map(str::to_owned));
        }
        if can_hold_keys(emails, named) {
            return Ok(Some(named.to_owned()));
        }
        // It may have been made since.
        self.known.forget_module(EMAILS);
        if can_hold_keys(&self.module(EMAILS, A_DAY).await?, named) {
            return Ok(Some(named.to_owned()));
        }
        let failure = Failure::new(ErrorKind::Malformed, Code::PolicyUnusable);
        Err(failure
            .with("field", "message_id_field")
            .with("detail", format!("emails.message_id_field = \"{named}\"")))
    }

    /// All rows, page by page. A short page may be short because rows that the user may not see were left out (facts/crm.md 5), so it
    /// is the last one only if nothing is missing; an empty one always is.
    async fn all_rows(
        &self,
        module: &str,
        query: impl Fn(Option<&str>) -> Query + Send + Sync,
        is_complete: impl Fn(&[Row]) -> bool + Send + Sync,
    ) -> Result<Vec<Row>> {
        let mut rows: Vec<Row> = Vec::new();
        loop {
            let after = rows.last().map(|row| row.id().to_owned());
            let page = self.rows(module, &query(after.as_deref())).await?;
            check_ascending(after.as_deref(), &page)?;
            let (is_empty, is_short) = (page.is_empty(), page.len() < PAGE);
            rows.extend(page);
            if is_empty || is_short && is_complete(&rows) {
                return Ok(rows);
            }
        }
    }

    /// Finds out the zone of the server's texts where that can be done by reading. Mails have no `sync` (facts/crm.md 6), contacts may.
    async fn find_zone(&self) -> Result<()> {
        let component = Component::Contacts;
        let support = self.known.sync(module_of(component), self.now());
        if self.server_time().is_certain() || support == Some(Support::Absent) {
            return Ok(());
        }
        let tried = async {
            let scope = self.scope(component).await?;
            let asked = self.now();
            let newest = self.newest(&scope).await?;
            let offset = self.sessions.account().await?.clock_offset;
            let start = asked.as_second() + offset.as_secs();
            self.try_sync(&scope, newest.as_deref(), start).await
        };
        match tried.await {
            Err(failure) if failure.kind == ErrorKind::Denied => {
                debug!(%failure, "the CRM's time zone stays unknown");
                Ok(())
            }
            tried => tried,
        }
    }
}

/// What the CRM calls the module: all but Partner have fixed names (facts/crm.md 3).
fn name_among(types: &[ListedType], module: MailModule) -> Option<&str> {
    let is_called = |text: &str| {
        let text = text.trim().to_lowercase();
        text == "partner" || text == "partners"
    };
    let by_name = |listed: &&ListedType| match module {
        MailModule::Partner => is_called(&listed.name),
        _ => listed.name == module.name(),
    };
    let by_label = |listed: &&ListedType| {
        module == MailModule::Partner && (is_called(&listed.label) || is_called(&listed.singular))
    };
    let mut all = types.iter();
    let found = all.find(by_name).or_else(|| types.iter().find(by_label));
    found.map(|listed| listed.name.as_str())
}
