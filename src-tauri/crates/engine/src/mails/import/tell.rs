//! Keeps what became of each mail: imported, refused or tried again, with a line of the history (R5.10, S9).

use std::collections::BTreeMap;

use model::history::{Act, HistoryEntry, Tally};
use model::{Code, Component, DropFolder, Problem, RecordId, RemoteId, Side};
use ports::{
    Failure, HistoryFilter, ImportChange, ImportState, MailAbilities, MailImport, Refusal, Way,
};
use tracing::{info, warn};

use super::once::waiting;
use super::{MOST_LOST, Pending, Post, Results};
use crate::refuse::{self, Case};
use crate::resolve;

/// That the absence of a module was explained.
const EXPLAINED: &str = "mails.explained.";

impl Post<'_> {
    pub(super) async fn tell_of(
        &self,
        one: Pending,
        abilities: &MailAbilities,
        earlier: &BTreeMap<RemoteId, Refusal>,
        results: &mut Results,
        tally: &mut Tally,
    ) -> ports::Result<()> {
        let mut import = one.import;
        if one.is_under_way {
            info!("a mail may still be on its way into the CRM; it is looked for in a later run");
            return Ok(());
        }
        match (one.problem, one.record) {
            (Some(problem), _) if one.is_lost && import.lost + 1 < MOST_LOST => {
                info!(%problem, "the mail is tried again in the next run");
                import.lost += 1;
                results.changes.push(waiting(import));
            }
            (Some(problem), _) => {
                if !one.is_lost {
                    import.begun = None;
                }
                self.refuse(import, problem, earlier, results);
            }
            (None, Some(record)) => {
                let act = match one.made {
                    Some(_) => {
                        tally.records.created += 1;
                        Act::Created
                    }
                    None => {
                        tally.linked += 1;
                        Act::Linked
                    }
                };
                let reason = match (one.left_out, one.without_lead) {
                    (0, None) => self.no_module(&import, abilities).await?,
                    (0, Some((_, problem))) => Some(problem),
                    (count, without_lead) => {
                        // A line has one reason; that somebody has no lead is a line about that person.
                        let lead = without_lead.map(|(address, problem)| HistoryEntry {
                            title: address,
                            item: None,
                            ..self.line(&import, Act::Refused, Some(record.clone()), Some(problem))
                        });
                        results.outcome.history.extend(lead);
                        Some(Problem::new(Code::MailFilesLeftOut).with("count", count.to_string()))
                    }
                };
                let line = self.line(&import, act, Some(record.clone()), reason);
                results.outcome.history.push(line);
                let entry = RemoteId::Mailbox(import.item.clone());
                if earlier.contains_key(&entry) {
                    let store = &*self.doors.store;
                    resolve::forget_more(store, Component::Emails, &entry).await?;
                }
                (import.begun, import.lost) = (None, 0);
                import.state = ImportState::Imported { record };
                results.decide(import, earlier);
            }
            (None, None) => return Err(Failure::bug("a mail without a record or a problem")),
        }
        Ok(())
    }

    /// A mail that was dropped for a module this CRM does not have is referenced to nobody; that is explained once (R5.1).
    async fn no_module(
        &self,
        import: &MailImport,
        abilities: &MailAbilities,
    ) -> ports::Result<Option<Problem>> {
        let DropFolder::Of(module) = import.place else {
            return Ok(None);
        };
        let (store, fact) = (&self.doors.store, format!("{EXPLAINED}{module}"));
        if abilities.modules.contains_key(&module) || store.fact(&fact).await?.is_some() {
            return Ok(None);
        }
        store.set_fact(&fact, Some("yes")).await?;
        let problem = Problem::new(Code::ModuleMissing);
        Ok(Some(problem.with("module", module.name())))
    }

    /// In inbox mode a mail that is passed over stays where it is, and whatever the user changes of it makes it look new (R5.9).
    pub(super) async fn is_told(
        &self,
        import: &MailImport,
        problem: &Problem,
    ) -> ports::Result<bool> {
        if import.way == Way::Back {
            return Ok(false);
        }
        let of_it = HistoryFilter {
            entry: Some(import.item.as_str().to_owned()),
            ..HistoryFilter::default()
        };
        let lines = self.doors.store.history(&of_it).await?;
        Ok(lines.iter().any(|line| {
            line.act == Act::PassedOver
                && line.component == Component::Emails
                && line.reason.as_ref() == Some(problem)
        }))
    }

    /// It waits on the list of conflicts with its reason (R5.10).
    pub(super) fn refuse(
        &self,
        mut import: MailImport,
        problem: Problem,
        earlier: &BTreeMap<RemoteId, Refusal>,
        results: &mut Results,
    ) {
        warn!(%problem, "a mail was not imported");
        let entry = RemoteId::Mailbox(import.item.clone());
        let case = Case {
            earlier: earlier.get(&entry),
            entry,
            title: import.title.clone(),
            content: String::new(),
        };
        if case
            .earlier
            .is_none_or(|earlier| earlier.problem != problem)
        {
            let line = self.line(&import, Act::Refused, None, Some(problem.clone()));
            results.outcome.history.push(line);
        }
        let refusal = refuse::refused(case, problem.clone(), self.doors.clock.now());
        results.outcome.refused.push(refusal);
        (import.state, import.lost) = (ImportState::Refused { problem }, 0);
        results.changes.push(ImportChange::Put(import.clone()));
        results.decided.push(import);
    }

    /// What is refused already, by entry.
    pub(in crate::mails) async fn earlier_refusals(
        &self,
    ) -> ports::Result<BTreeMap<RemoteId, Refusal>> {
        let refusals = self.doors.store.refusals(Component::Emails).await?;
        let refusals = refusals.into_iter();
        Ok(refusals
            .map(|refusal| (refusal.entry.clone(), refusal))
            .collect())
    }

    pub(super) fn line(
        &self,
        import: &MailImport,
        act: Act,
        record: Option<RecordId>,
        reason: Option<Problem>,
    ) -> HistoryEntry {
        HistoryEntry {
            id: 0,
            at: self.doors.clock.now(),
            run: self.run,
            component: Component::Emails,
            side: Side::Crm,
            act,
            title: import.title.clone(),
            item: Some(import.item.clone()),
            record,
            changes: Vec::new(),
            reason,
        }
    }

    pub(in crate::mails) async fn count_refused(&self, tally: &mut Tally) -> ports::Result<()> {
        let imports = self.mail.state.mail_imports().await?;
        let listed = self.earlier_refusals().await?;
        let refused = imports.iter().filter(|import| {
            let is_refused = matches!(import.state, ImportState::Refused { .. });
            is_refused || listed.contains_key(&RemoteId::Mailbox(import.item.clone()))
        });
        tally.failed = refused.count() as u64;
        Ok(())
    }
}
