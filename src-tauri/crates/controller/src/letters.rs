//! Each conflict as a message in the user's own inbox, where the policy says so (R6.6). It is written there and sent by nobody.

use std::collections::BTreeSet;

use model::RunId;
use ports::{Mailbox, Note};
use texts::Texts;
use tracing::warn;

use crate::waiting::{Waiting, WaitingField};
use crate::{Controller, facts};

/// More new conflicts than this come in one message, so that a bad day does not bury the inbox.
const MOST_LETTERS: usize = 20;

impl Controller {
    /// Tells the conflicts that were not told before. One that cannot be told now is told after the next run.
    pub(crate) async fn mail_conflicts(
        &self,
        mailbox: &dyn Mailbox,
        run: RunId,
    ) -> ports::Result<()> {
        if !self.inner.policy.policy.mail_conflicts_to_user {
            return Ok(());
        }
        let waiting = self.waiting().await?;
        let conflicts = waiting
            .iter()
            .filter(|waiting| waiting.refusal.problem.code.is_conflict());
        let told = self.told_conflicts().await?;
        let (old, new): (Vec<&Waiting>, Vec<&Waiting>) =
            conflicts.partition(|waiting| told.contains(&key(waiting)));
        let mut keys: BTreeSet<String> = old.into_iter().map(key).collect();
        for (note, of) in letters(self.texts(), &new, run) {
            match mailbox.deliver(&note).await {
                Ok(()) => keys.extend(of),
                Err(failure) => {
                    warn!(%failure, "a conflict could not be mailed");
                    break;
                }
            }
        }
        if keys == told {
            return Ok(());
        }
        let kept =
            serde_json::to_string(&keys).map_err(|error| ports::Failure::bug(error.to_string()))?;
        self.remember(facts::MAILED_CONFLICTS, &kept).await
    }

    async fn told_conflicts(&self) -> ports::Result<BTreeSet<String>> {
        let kept = self.inner.store.fact(facts::MAILED_CONFLICTS).await?;
        let kept = kept.and_then(|kept| serde_json::from_str(&kept).ok());
        Ok(kept.unwrap_or_default())
    }
}

/// An entry may come into conflict again; then it is told again.
fn key(waiting: &Waiting) -> String {
    format!("{}/{}", waiting.id, waiting.refusal.since.as_millisecond())
}

/// The messages, each with the keys of the conflicts it tells.
fn letters(texts: Texts, new: &[&Waiting], run: RunId) -> Vec<(Note, Vec<String>)> {
    let one = |waiting: &&Waiting| {
        let title = texts.title(&waiting.refusal.title);
        let note = Note {
            key: key(waiting),
            subject: texts.fill("letter.subject", &[("title", &title)]),
            text: body(texts, std::slice::from_ref(waiting)),
        };
        (note, vec![key(waiting)])
    };
    if new.len() <= MOST_LETTERS {
        return new.iter().map(one).collect();
    }
    let note = Note {
        key: format!("run/{run}"),
        subject: texts.count("letter.subject_many", new.len() as u64, &[]),
        text: body(texts, new),
    };
    let keys = new.iter().map(|waiting| key(waiting)).collect();
    vec![(note, keys)]
}

fn body(texts: Texts, conflicts: &[&Waiting]) -> String {
    let mut lines = vec![texts.t("letter.beginning"), String::new()];
    for waiting in conflicts {
        lines.extend(entry(texts, waiting));
    }
    lines.push(texts.t("letter.end"));
    lines.join("\r\n")
}

fn entry(texts: Texts, waiting: &Waiting) -> Vec<String> {
    let (what, next) = texts.problem(&waiting.refusal.problem);
    let component = texts.component(waiting.component.name());
    let title = texts.title(&waiting.refusal.title);
    let mut lines = vec![format!("{component}: {title}"), what];
    let is_told = |field: &&WaitingField| field.crm != field.exchange;
    for field in waiting.fields.iter().filter(is_told) {
        let name = field.field.name();
        let value = |value: &Option<String>| match value {
            Some(value) => texts.value(name, value),
            None => texts.t("letter.no_entry"),
        };
        let (crm, exchange) = (value(&field.crm), value(&field.exchange));
        let mut line = texts.fill(
            "letter.field",
            &[
                ("field", &texts.field(name)),
                ("crm", &crm),
                ("exchange", &exchange),
            ],
        );
        if let Some(base) = &field.base {
            let base = texts.value(name, base);
            line += &texts.fill("letter.before", &[("base", &base)]);
        }
        lines.push(format!("  {line}"));
    }
    lines.extend([
        next,
        texts.fill("letter.id", &[("id", &waiting.id)]),
        String::new(),
    ]);
    lines
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use model::{Code, Component, Field, Problem, RecordId, RemoteId};
    use ports::Refusal;
    use texts::Language;

    use super::*;

    fn conflict(title: &str) -> Waiting {
        let entry = RecordId::new(title);
        Waiting {
            id: format!("contacts/crm/{title}"),
            component: Component::Contacts,
            item: None,
            record: Some(entry.clone()),
            link: None,
            refusal: Refusal {
                entry: RemoteId::Crm(entry),
                title: title.to_owned(),
                problem: Problem::new(Code::BothChanged).with("field", "phone"),
                since: Timestamp::UNIX_EPOCH,
                attempts: 1,
                retry_at: Timestamp::UNIX_EPOCH,
                content: String::new(),
            },
            fields: vec![
                WaitingField {
                    field: Field::Phone,
                    base: Some("1".to_owned()),
                    crm: Some("2".to_owned()),
                    exchange: Some("3".to_owned()),
                },
                WaitingField {
                    field: Field::LastName,
                    base: Some("Groß".to_owned()),
                    crm: Some("Groß".to_owned()),
                    exchange: Some("Groß".to_owned()),
                },
            ],
        }
    }

    #[test]
    fn r6_6_a_conflict_is_told_with_what_both_sides_hold() {
        let conflict = conflict("Groß");
        let german = Texts::new(Language::German);
        let (note, _) = letters(german, &[&conflict], RunId(1)).remove(0);
        assert_eq!(note.subject, "Synchronisationskonflikt: Groß");
        let line = "  Telefon: CRM „2“, Exchange „3“, zuletzt gleich „1“";
        assert!(note.text.contains(line), "{}", note.text);
        assert!(note.text.contains("contacts/crm/Groß"), "{}", note.text);
        assert!(!note.text.contains("Nachname"), "{}", note.text);
    }

    #[test]
    fn r6_6_a_bad_day_comes_in_one_message() {
        let many: Vec<Waiting> = (0..=MOST_LETTERS)
            .map(|number| conflict(&number.to_string()))
            .collect();
        let many: Vec<&Waiting> = many.iter().collect();
        let english = Texts::new(Language::English);
        assert_eq!(letters(english, &many[1..], RunId(1)).len(), MOST_LETTERS);
        let all = letters(english, &many, RunId(1));
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].0.subject, "21 sync conflicts");
        assert_eq!(all[0].1.len(), many.len());
    }
}
