//! `exco why`: for what the user names, whether it is synced, and if not, what stands in the way and what helps.

use controller::{Cause, Controller, Explained, Explanation};
use model::{Problem, Sought};
use serde_json::{Value, json};
use texts::{Moments, Texts};

use crate::exit::Exit;
use crate::output::{self, Output};
use crate::words;

/// Looks for it and prints the answer.
pub async fn run(output: &Output, controller: &Controller, sought: &Sought) -> ports::Result<Exit> {
    let answer = controller.why(sought).await?;
    output.show(&told(output.texts, &answer), || {
        text(output.texts, &answer, sought)
    });
    if answer.more {
        output.say(&output.texts.t("cli.why.more"));
    }
    Ok(match answer.is_answer() {
        true => Exit::Done,
        false => Exit::Failed,
    })
}

/// One list: first what holds beyond single entries, without a title, then the entries.
fn told(texts: Texts, answer: &Explanation) -> Value {
    let causes = answer.causes.iter().map(|cause| {
        json!({
            "title": "",
            "component": cause.component.map(model::Component::name),
            "item": null,
            "record": null,
            "synced": false,
            "reasons": [output::reason(texts, &cause.problem)],
            "last": null,
        })
    });
    let entries = answer.entries.iter().map(|entry| {
        let reasons = entry.reasons.iter();
        json!({
            "title": entry.title,
            "component": entry.component.name(),
            "item": entry.item.as_ref().map(model::ItemId::as_str),
            "record": entry.record.as_ref().map(model::RecordId::as_str),
            "synced": entry.synced,
            "reasons": reasons.map(|reason| output::reason(texts, reason)).collect::<Vec<_>>(),
            "last": entry.last,
        })
    });
    causes.chain(entries).collect()
}

fn text(texts: Texts, answer: &Explanation, sought: &Sought) -> String {
    let moments = Moments::of_system(texts);
    let causes = answer.causes.iter().map(|cause| cause_text(texts, cause));
    let entries = answer.entries.iter();
    let entries = entries.map(|entry| entry_text(texts, &moments, entry));
    let mut parts: Vec<String> = causes.chain(entries).collect();
    if answer.entries.is_empty() {
        let key = match answer.is_answer() {
            true => "cli.why.not_known",
            false => "cli.why.nowhere",
        };
        parts.push(texts.fill(key, &[("text", sought.text())]));
    }
    parts.join("\n\n")
}

fn cause_text(texts: Texts, cause: &Cause) -> String {
    let (what, next) = texts.problem(&cause.problem);
    match cause.component {
        Some(component) => {
            let name = texts.component(component.name());
            format!("{name}\n  {what}\n  {next}")
        }
        None => format!("{what}\n{next}"),
    }
}

fn entry_text(texts: Texts, moments: &Moments, entry: &Explained) -> String {
    let verdict = match entry.synced {
        true => "cli.why.synced",
        false => "cli.why.not_synced",
    };
    let component = texts.component(entry.component.name());
    let title = texts.title(&entry.title);
    let mut lines = vec![format!("{title} ({component}): {}", texts.t(verdict))];
    lines.extend(
        entry
            .reasons
            .iter()
            .flat_map(|reason| sentences(texts, reason)),
    );
    if !entry.synced && entry.reasons.is_empty() {
        lines.push(texts.t("cli.why.see_above"));
    }
    lines.extend(entry.last.as_ref().map(|last| {
        let (act, side) = (words::name_of(last.act), words::name_of(last.side));
        let act = texts.t(&format!("history.act.{act}.{side}"));
        let when = moments.stamp(last.at);
        texts.fill("cli.why.last", &[("when", &when), ("act", &act)])
    }));
    lines.join("\n  ")
}

fn sentences(texts: Texts, problem: &Problem) -> [String; 2] {
    let (what, next) = texts.problem(problem);
    [what, next]
}

#[cfg(test)]
mod tests {
    use model::{Code, Component, RecordId};
    use texts::Language;

    use super::*;

    const GERMAN: Texts = Texts::new(Language::German);

    fn entry(synced: bool, reasons: Vec<Problem>) -> Explained {
        Explained {
            title: "Erika Muster".to_owned(),
            component: Component::Contacts,
            item: None,
            record: Some(RecordId::new("12x3")),
            synced,
            reasons,
            last: None,
        }
    }

    fn sought() -> Sought {
        Sought::new("Muster").expect("not blank")
    }

    #[test]
    fn r6_12_the_json_is_one_list_with_the_general_causes_first() {
        let answer = Explanation {
            causes: vec![Cause {
                component: None,
                problem: Problem::new(Code::Paused),
            }],
            entries: vec![entry(false, vec![Problem::new(Code::NotAssignedToUser)])],
            more: false,
        };
        let told = told(GERMAN, &answer);
        assert_eq!(told[0]["title"], "");
        assert_eq!(told[0]["component"], Value::Null);
        assert_eq!(told[0]["reasons"][0]["code"], "paused");
        assert_eq!(told[1]["title"], "Erika Muster");
        assert_eq!(told[1]["component"], "contacts");
        assert_eq!(told[1]["record"], "12x3");
        assert_eq!(told[1]["synced"], false);
        assert_eq!(told[1]["reasons"][0]["code"], "not_assigned_to_user");
        assert_eq!(told[1]["last"], Value::Null);
    }

    #[test]
    fn r6_12_a_person_reads_verdict_reason_and_next_step() {
        let outside = Problem::new(Code::OutsideFolder)
            .with("folder", "contacts")
            .with("synced", "CRM-Sync");
        let answer = Explanation {
            entries: vec![entry(true, vec![]), entry(false, vec![outside])],
            ..Explanation::default()
        };
        assert_eq!(
            text(GERMAN, &answer, &sought()),
            "Erika Muster (Kontakte): abgeglichen\n\n\
             Erika Muster (Kontakte): nicht abgeglichen\n  \
             Der Eintrag liegt im Ordner „Kontakte“; abgeglichen wird der Ordner „CRM-Sync“.\n  \
             Verschieben Sie ihn dorthin, wenn er abgeglichen werden soll. Welcher Ordner gilt, entscheidet Ihre Administration."
        );
    }

    #[test]
    fn r6_12_nothing_found_says_where_was_looked_unless_something_hides_it() {
        let nothing = Explanation::default();
        assert!(!nothing.is_answer());
        assert!(text(GERMAN, &nothing, &sought()).contains("„Muster“ wurde nirgends gefunden"));
        let cause = |code| Explanation {
            causes: vec![Cause {
                component: Some(Component::Tasks),
                problem: Problem::new(code),
            }],
            ..Explanation::default()
        };
        assert!(!cause(Code::ComponentOff).is_answer());
        assert!(!cause(Code::Paused).is_answer());
        assert!(cause(Code::PermissionMissing).is_answer());
    }
}
