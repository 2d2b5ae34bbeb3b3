//! What is known of mails (R6.12): they have no links, so the history tells what became of each, and the policy who is passed over.

use std::collections::BTreeSet;

use model::history::{Act, HistoryEntry};
use model::{Code, Component, Problem, Sought};
use ports::HistoryFilter;

use super::{Cause, Explained, add};
use crate::Controller;

/// So many lines of the history are looked through.
const MOST_LINES: u32 = 5_000;

impl Controller {
    /// The mails of this subject, with this address in what is told of them, or with this id.
    pub(super) async fn known_mails(&self, sought: &Sought) -> ports::Result<Vec<Explained>> {
        let newest = HistoryFilter {
            component: Some(Component::Emails),
            limit: MOST_LINES,
            ..HistoryFilter::default()
        };
        let lines = self.inner.store.history(&newest).await?;
        let mut told = BTreeSet::new();
        let fitting = lines
            .into_iter()
            .filter(|line| fits(line, sought))
            // Of each mail the last line.
            .filter(|line| told.insert((line.title.clone(), line.item.clone())));
        Ok(fitting.map(explained).collect())
    }

    /// Whether what is looked for is an address the policy passes over (R5.4).
    pub(super) fn blacklisted(&self, sought: &Sought, causes: &mut Vec<Cause>) {
        let address = sought.text().to_lowercase();
        let mut blacklist = self.inner.policy.policy.emails.blacklist.iter();
        let hits = |entry: &String| {
            let entry = entry.trim().to_lowercase();
            !entry.is_empty() && address.contains(&entry)
        };
        if address.contains('@') && blacklist.any(hits) {
            let problem = Problem::new(Code::MailSenderListed).with("address", sought.text());
            add(causes, Some(Component::Emails), problem);
        }
    }
}

fn fits(line: &HistoryEntry, sought: &Sought) -> bool {
    let text = sought.text().to_lowercase();
    let has = |value: &str| value.to_lowercase().contains(&text);
    let mut values = line.reason.iter().flat_map(|reason| reason.values.values());
    let is_id = |id: Option<&str>| id == Some(sought.text());
    has(&line.title)
        || values.any(|value| has(value))
        || is_id(line.item.as_ref().map(|item| item.as_str()))
        || is_id(line.record.as_ref().map(|record| record.as_str()))
}

/// Nobody keeps a mail equal on two sides: what its last line says is all there is to know.
pub(super) fn explained(line: HistoryEntry) -> Explained {
    Explained {
        title: line.title,
        component: Component::Emails,
        item: line.item,
        record: line.record,
        synced: matches!(line.act, Act::Created | Act::Linked),
        reasons: line.reason.into_iter().collect(),
        last: None,
    }
}
