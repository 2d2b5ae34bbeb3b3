//! Makes leads, each once (R5.3, S1): keeps that one is begun, makes it, looks whether somebody else has made it too. What was cut off in
//! between is looked at again before anything else.

use std::collections::BTreeMap;
use std::mem::take;

use jiff::{SignedDuration, Timestamp};
use mail::Person;
use model::history::{Act, HistoryEntry};
use model::{Code, Component, MailModule, Problem, RecordId, Side};
use ports::{BegunLead, ErrorKind, Failure, ImportChange, MailImport, NewLead, Outcome, OwnLead};
use tracing::{info, warn};

use super::{Addressed, Owners, Post};
use crate::mails::import::is_recent;

/// The zone of the CRM's times may not be known yet.
const ZONES: SignedDuration = SignedDuration::from_hours(24);

/// What a look at the leads of an address has shown.
struct Seen {
    /// The one that was made first.
    first: Option<RecordId>,
    /// One of ours that stays.
    ours: Option<RecordId>,
    /// Whether one of ours has to go and may still be there.
    is_open: bool,
}

impl Post<'_> {
    /// Leads of which nothing is known but that making them was begun: what was made is told, and nobody stays there twice.
    pub(in crate::mails) async fn look_at_begun_leads(
        &self,
        imports: &[MailImport],
    ) -> ports::Result<()> {
        for import in imports.iter().filter(|import| !import.leads.is_empty()) {
            self.engine.writable().await?;
            let mut import = import.clone();
            let mut history = Vec::new();
            for begun in take(&mut import.leads) {
                let seen = match self.see(&begun.lead, None, begun.at).await {
                    Err(failure)
                        if failure.is_about_one_entry() || failure.kind == ErrorKind::Malformed =>
                    {
                        warn!(%failure, "the leads of an address cannot be looked at");
                        import.leads.push(begun);
                        continue;
                    }
                    seen => seen?,
                };
                let may_come = seen.first.is_none() && is_recent(begun.at, self.doors.clock.now());
                history.extend(seen.ours.map(|ours| self.lead_made(&begun.lead, ours)));
                if seen.is_open || may_come {
                    import.leads.push(begun);
                }
            }
            let outcome = Outcome {
                history,
                ..Outcome::default()
            };
            let change = ImportChange::Put(import);
            self.mail.state.commit_mails(&[change], &outcome).await?;
        }
        Ok(())
    }

    pub(super) async fn make_leads(
        &self,
        mails: &mut [Addressed<'_>],
        mut unknown: BTreeMap<String, Person>,
        owners: &mut Owners,
    ) -> ports::Result<()> {
        if unknown.is_empty() && mails.iter().all(|mail| mail.import.leads.is_empty()) {
            return Ok(());
        }
        let now = self.doors.clock.now();
        for import in self.mail.state.mail_imports().await? {
            for begun in import.leads {
                let address = begun.lead.email.to_lowercase();
                unknown.remove(&address);
                if is_recent(begun.at, now) {
                    owners.under_way.insert(address);
                } else {
                    let problem = Problem::new(Code::OutcomeUnknown);
                    owners.lost.insert(address, problem);
                }
            }
        }
        for (address, person) in unknown {
            let mut mails = mails.iter_mut();
            let names = |mail: &&mut Addressed<'_>| {
                let mut people = mail.ready.parties.iter();
                people.any(|party| party.person.address.to_lowercase() == address)
            };
            if let Some(mail) = mails.find(names) {
                self.make_one(mail.import, &person, address, owners).await?;
            }
        }
        Ok(())
    }

    async fn make_one(
        &self,
        import: &mut MailImport,
        person: &Person,
        address: String,
        owners: &mut Owners,
    ) -> ports::Result<()> {
        let lead = mail::lead_for(person, &self.engine.setup.policy.emails);
        let lead = NewLead {
            last_name: lead.last_name,
            company: lead.company,
            email: lead.email,
        };
        let at = self.doors.clock.now();
        self.engine.writable().await?;
        let known = import.leads.clone();
        let begun = BegunLead {
            lead: lead.clone(),
            at,
        };
        import.leads.push(begun);
        self.keep_import(import.clone(), Vec::new()).await?;
        let made = match self.mail.crm.create_lead(&lead).await {
            Ok(record) => Some(record),
            Err(failure) if failure.kind == ErrorKind::OutcomeUnknown => {
                warn!(%failure, "the answer to the creation of a lead was lost");
                None
            }
            Err(failure) => {
                // Nothing was made, so nothing is to be looked at.
                import.leads = known;
                self.keep_import(import.clone(), Vec::new()).await?;
                if !failure.is_about_one_entry() {
                    return Err(failure);
                }
                warn!(%failure, "a lead could not be made");
                owners.refused.insert(address, failure.problem);
                return Ok(());
            }
        };
        match self.see(&lead, made, at).await {
            Ok(Seen {
                first: Some(first),
                ours,
                is_open: false,
            }) => {
                import.leads = known;
                let told = ours.map(|ours| self.lead_made(&lead, ours));
                self.keep_import(import.clone(), Vec::from_iter(told))
                    .await?;
                let leads = owners.found.entry(MailModule::Leads).or_default();
                leads.insert(address, first);
            }
            Ok(_) => {
                let problem = Problem::new(Code::OutcomeUnknown);
                owners.lost.insert(address, problem);
            }
            Err(failure) if failure.is_about_one_entry() => {
                owners.lost.insert(address, failure.problem);
            }
            Err(failure) => return Err(failure),
        }
        Ok(())
    }

    /// Another importer may make the same lead at the same moment: the one made first stays, and both come to see the same. Where it is not
    /// known which one is ours, none was there before, so those are that this user has and that came since; one that somebody has
    /// changed or used since stays.
    async fn see(
        &self,
        lead: &NewLead,
        made: Option<RecordId>,
        since: Timestamp,
    ) -> ports::Result<Seen> {
        let crm = &self.mail.crm;
        let address = std::slice::from_ref(&lead.email);
        let all = crm.with_addresses(MailModule::Leads, address).await?;
        let first = all.first().map(|owner| owner.id.clone());
        let ours = match &made {
            Some(made) => vec![OwnLead {
                id: made.clone(),
                is_untouched: true,
            }],
            None => {
                let came = all.iter().filter(|owner| owner.created >= since - ZONES);
                let came: Vec<RecordId> = came.map(|owner| owner.id.clone()).collect();
                match came.is_empty() {
                    true => Vec::new(),
                    false => crm.own_leads(lead, &came).await?,
                }
            }
        };
        let mut seen = Seen {
            first: first.or(made),
            ours: None,
            is_open: false,
        };
        for lead in ours {
            if seen.first.as_ref() == Some(&lead.id) {
                seen.ours = Some(lead.id);
                continue;
            }
            info!("somebody else made the same lead");
            if let Some(failure) = self.remove_twin(&lead).await? {
                warn!(%failure, "a lead that is there twice could not be removed");
                seen.is_open |= failure.kind == ErrorKind::OutcomeUnknown;
                seen.ours.get_or_insert(lead.id);
            }
        }
        if seen.is_open {
            // What stays is told when that is known.
            seen.ours = None;
        }
        Ok(seen)
    }

    /// The answer is why it could not be removed.
    async fn remove_twin(&self, lead: &OwnLead) -> ports::Result<Option<Failure>> {
        if !lead.is_untouched {
            let kind = ErrorKind::Refused { field: None };
            return Ok(Some(Failure::new(kind, Code::EntryRefused)));
        }
        match self.mail.crm.remove_lead(&lead.id).await {
            Ok(()) => Ok(None),
            Err(failure) if failure.kind == ErrorKind::Gone => Ok(None),
            Err(failure) if failure.is_about_one_entry() => Ok(Some(failure)),
            Err(failure) => Err(failure),
        }
    }

    fn lead_made(&self, lead: &NewLead, record: RecordId) -> HistoryEntry {
        HistoryEntry {
            id: 0,
            at: self.doors.clock.now(),
            run: self.run,
            component: Component::Emails,
            side: Side::Crm,
            act: Act::Created,
            title: lead.email.clone(),
            item: None,
            record: Some(record),
            changes: Vec::new(),
            reason: Some(Problem::new(Code::LeadMade)),
        }
    }
}
