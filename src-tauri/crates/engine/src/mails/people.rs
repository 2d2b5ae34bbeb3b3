//! Whose records the mails of a batch are referenced to (R5.1, R5.2). Leads for those whom nobody has (R5.3) are made in the file below.

use std::collections::{BTreeMap, BTreeSet};

use mail::Person;
use model::policy::NoMatch;
use model::{DropFolder, MailModule, Problem, RecordId};
use ports::{AddressOwner, MailAbilities, MailImport};

use super::Post;
use super::judge::Ready;

mod leads;

/// The record of each address, by the folder that says what is searched; addresses in lower case.
#[derive(Debug, Default)]
pub(super) struct Owners {
    found: BTreeMap<MailModule, BTreeMap<String, RecordId>>,
    asked: BTreeMap<MailModule, BTreeSet<String>>,
    /// Leads that could not be made, and why.
    refused: BTreeMap<String, Problem>,
    /// Leads of which nobody knows yet whether they were made.
    lost: BTreeMap<String, Problem>,
    /// Leads that a request which was cut off may still make.
    under_way: BTreeSet<String>,
    /// What becomes of those whom nobody has.
    no_match: NoMatch,
}

/// A mail whose people are looked up, and what is remembered of it.
pub(super) struct Addressed<'a> {
    pub ready: &'a Ready,
    pub import: &'a mut MailImport,
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
            if let Some(record) = self.record_of(&party.person.address, place)
                && !references.contains(record)
            {
                references.push(record.clone());
            }
        }
        references
    }

    /// Whoever nobody has in what is searched has a lead, be it that one was made for them just now or before a run was cut off (R5.3).
    fn record_of(&self, address: &str, place: DropFolder) -> Option<&RecordId> {
        let searched = self.of(address, place.modules());
        match self.no_match {
            NoMatch::CreateLead => searched.or_else(|| self.of(address, &[MailModule::Leads])),
            NoMatch::Nothing => searched,
        }
    }

    /// Who of a mail has no lead and why, if that failed.
    pub fn refused(&self, ready: &Ready) -> Option<(String, Problem)> {
        let mut people = ready.parties.iter().map(|party| &party.person.address);
        people.find_map(|address| {
            let problem = self.refused.get(&address.to_lowercase())?;
            Some((address.clone(), problem.clone()))
        })
    }

    /// Why it is not known yet whether somebody of a mail has a lead.
    pub fn lost(&self, ready: &Ready) -> Option<&Problem> {
        let mut people = ready.parties.iter().map(|party| &party.person.address);
        people.find_map(|address| self.lost.get(&address.to_lowercase()))
    }

    /// Whether somebody of a mail may have a lead in a moment.
    pub fn is_under_way(&self, ready: &Ready) -> bool {
        let mut people = ready.parties.iter().map(|party| &party.person.address);
        people.any(|address| self.under_way.contains(&address.to_lowercase()))
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
        mails: &mut [Addressed<'_>],
        abilities: &MailAbilities,
    ) -> ports::Result<Owners> {
        let no_match = self.engine.setup.policy.emails.no_match;
        let mut owners = Owners {
            no_match,
            ..Owners::default()
        };
        for module in MailModule::ALL {
            let asked: BTreeSet<String> = mails
                .iter()
                .filter(|mail| mail.import.place.modules().contains(&module))
                .flat_map(|mail| {
                    let modules = mail.import.place.modules();
                    let people = mail.ready.parties.iter();
                    let people = people.map(|party| &party.person.address);
                    let missing = people.filter(|one| owners.of(one, modules).is_none());
                    missing.map(|address| address.to_lowercase())
                })
                .collect();
            self.ask(module, asked, abilities, &mut owners).await?;
        }
        if no_match == NoMatch::CreateLead && abilities.modules.contains_key(&MailModule::Leads) {
            let unknown = self.without_record(mails, abilities, &mut owners).await?;
            self.make_leads(mails, unknown, &mut owners).await?;
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

    /// Who gets a lead. An address that any record has, of whatever module, gets none: it would be somebody twice.
    async fn without_record(
        &self,
        mails: &[Addressed<'_>],
        abilities: &MailAbilities,
        owners: &mut Owners,
    ) -> ports::Result<BTreeMap<String, Person>> {
        let mut unknown: BTreeMap<String, Person> = BTreeMap::new();
        for mail in mails {
            for party in &mail.ready.parties {
                let address = &party.person.address;
                if owners.of(address, mail.import.place.modules()).is_none() {
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
        Ok(unknown)
    }
}
