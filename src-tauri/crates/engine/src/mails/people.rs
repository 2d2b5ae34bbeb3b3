//! Whose records the mails of a batch are referenced to (R5.1, R5.2), and leads for those whom nobody has (R5.3).

use std::collections::{BTreeMap, BTreeSet};

use mail::Person;
use model::history::{Act, HistoryEntry};
use model::policy::NoMatch;
use model::{Code, Component, DropFolder, MailModule, Problem, RecordId, Side};
use ports::{AddressOwner, ErrorKind, Failure, MailAbilities, NewLead};
use tracing::{info, warn};

use super::Post;
use super::judge::Ready;

/// The record of each address, by the folder that says what is searched; addresses in lower case.
#[derive(Debug, Default)]
pub(super) struct Owners {
    found: BTreeMap<MailModule, BTreeMap<String, RecordId>>,
    asked: BTreeMap<MailModule, BTreeSet<String>>,
    /// Leads that could not be made, and why.
    refused: BTreeMap<String, Problem>,
    /// Leads of which nobody knows yet whether they were made.
    lost: BTreeMap<String, Problem>,
}

impl Owners {
    /// The record of an address in the first module that has one.
    fn of(&self, address: &str, modules: &[MailModule]) -> Option<&RecordId> {
        let mut found = modules.iter().filter_map(|module| self.found.get(module));
        found.find_map(|found| found.get(&address.to_lowercase()))
    }

    /// The records a mail is referenced to, each once, in the order of its people.
    pub fn references(&self, ready: &Ready, place: DropFolder) -> Vec<RecordId> {
        let mut references: Vec<RecordId> = Vec::new();
        for party in &ready.parties {
            if let Some(record) = self.of(&party.person.address, place.modules())
                && !references.contains(record)
            {
                references.push(record.clone());
            }
        }
        references
    }

    /// Why somebody of a mail has no lead, if that failed.
    pub fn refused(&self, ready: &Ready) -> Option<&Problem> {
        let mut people = ready.parties.iter().map(|party| &party.person.address);
        people.find_map(|address| self.refused.get(&address.to_lowercase()))
    }

    /// Why it is not known yet whether somebody of a mail has a lead.
    pub fn lost(&self, ready: &Ready) -> Option<&Problem> {
        let mut people = ready.parties.iter().map(|party| &party.person.address);
        people.find_map(|address| self.lost.get(&address.to_lowercase()))
    }

    fn keep(&mut self, module: MailModule, owners: Vec<AddressOwner>) {
        let found = self.found.entry(module).or_default();
        for owner in owners {
            for address in owner.addresses {
                // The oldest comes first and stays (R5.2).
                found
                    .entry(address.trim().to_lowercase())
                    .or_insert_with(|| owner.id.clone());
            }
        }
    }
}

impl Post<'_> {
    /// Looks up everybody of these mails, and makes leads where the policy says so.
    pub(super) async fn look_up(
        &self,
        mails: &[(&Ready, DropFolder)],
        abilities: &MailAbilities,
    ) -> ports::Result<Owners> {
        let mut owners = Owners::default();
        for module in MailModule::ALL {
            let asked: BTreeSet<String> = mails
                .iter()
                .filter(|(_, place)| place.modules().contains(&module))
                .flat_map(|(ready, place)| {
                    let people = ready.parties.iter().map(|party| &party.person.address);
                    let missing = people.filter(|one| owners.of(one, place.modules()).is_none());
                    missing.map(|address| address.to_lowercase())
                })
                .collect();
            self.ask(module, asked, abilities, &mut owners).await?;
        }
        let makes_leads = self.engine.setup.policy.emails.no_match == NoMatch::CreateLead;
        if makes_leads && abilities.modules.contains_key(&MailModule::Leads) {
            self.make_leads(mails, abilities, &mut owners).await?;
        }
        Ok(owners)
    }

    async fn ask(
        &self,
        module: MailModule,
        addresses: BTreeSet<String>,
        abilities: &MailAbilities,
        owners: &mut Owners,
    ) -> ports::Result<()> {
        if addresses.is_empty() || !abilities.modules.contains_key(&module) {
            return Ok(());
        }
        let asked: Vec<String> = addresses.iter().cloned().collect();
        let found = self.mail.crm.with_addresses(module, &asked).await?;
        owners.keep(module, found);
        owners.asked.entry(module).or_default().extend(addresses);
        Ok(())
    }

    /// An address that any record has, of whatever module, gets no lead: it would be somebody twice.
    async fn make_leads(
        &self,
        mails: &[(&Ready, DropFolder)],
        abilities: &MailAbilities,
        owners: &mut Owners,
    ) -> ports::Result<()> {
        let mut unknown: BTreeMap<String, Person> = BTreeMap::new();
        for (ready, place) in mails {
            for party in &ready.parties {
                let address = &party.person.address;
                if owners.of(address, place.modules()).is_none() {
                    let person = party.person.clone();
                    unknown.entry(address.to_lowercase()).or_insert(person);
                }
            }
        }
        for module in MailModule::ALL {
            let asked = owners.asked.get(&module);
            let missing = |address: &&String| {
                let is_asked = asked.is_some_and(|asked| asked.contains(*address));
                !is_asked && owners.of(address, &MailModule::ALL).is_none()
            };
            let missing: BTreeSet<String> = unknown.keys().filter(missing).cloned().collect();
            self.ask(module, missing, abilities, owners).await?;
        }
        unknown.retain(|address, _| owners.of(address, &MailModule::ALL).is_none());
        for (address, person) in unknown {
            match self.make_lead(&person).await {
                Ok(record) => {
                    let leads = owners.found.entry(MailModule::Leads).or_default();
                    leads.insert(address, record);
                }
                Err(failure) if failure.kind == ErrorKind::OutcomeUnknown => {
                    owners.lost.insert(address, failure.problem);
                }
                Err(failure) if failure.is_about_one_entry() => {
                    warn!(%failure, "a lead could not be made");
                    owners.refused.insert(address, failure.problem);
                }
                Err(failure) => return Err(failure),
            }
        }
        Ok(())
    }

    /// Makes a lead. Another importer may make one at the same moment: the one made first stays, and both come to see the same.
    async fn make_lead(&self, person: &Person) -> ports::Result<RecordId> {
        let lead = mail::lead_for(person, &self.engine.setup.policy.emails);
        let lead = NewLead {
            last_name: lead.last_name,
            company: lead.company,
            email: lead.email,
        };
        self.engine.writable().await?;
        let made = match self.mail.crm.create_lead(&lead).await {
            Ok(record) => Some(record),
            Err(failure) if failure.kind == ErrorKind::OutcomeUnknown => None,
            Err(failure) => return Err(failure),
        };
        let address = std::slice::from_ref(&lead.email);
        let all = self.mail.crm.with_addresses(MailModule::Leads, address);
        let first = all.await?.into_iter().next().map(|owner| owner.id);
        let record = match (first, made) {
            (Some(first), Some(made)) if first != made => {
                info!("somebody else made the same lead");
                match self.mail.crm.remove_lead(&made).await {
                    Err(failure) if failure.is_about_one_entry() => {
                        warn!(%failure, "a lead that is there twice could not be removed");
                    }
                    removed => removed?,
                }
                return Ok(first);
            }
            (_, Some(made)) => made,
            (Some(first), None) => first,
            (None, None) => {
                return Err(Failure::new(
                    ErrorKind::OutcomeUnknown,
                    Code::OutcomeUnknown,
                ));
            }
        };
        let line = HistoryEntry {
            id: 0,
            at: self.doors.clock.now(),
            run: self.run,
            component: Component::Emails,
            side: Side::Crm,
            act: Act::Created,
            title: lead.email,
            item: None,
            record: Some(record.clone()),
            changes: Vec::new(),
            reason: Some(Problem::new(Code::LeadMade)),
        };
        let outcome = ports::Outcome {
            history: vec![line],
            ..ports::Outcome::default()
        };
        self.mail.state.commit_mails(&[], &outcome).await?;
        Ok(record)
    }
}
