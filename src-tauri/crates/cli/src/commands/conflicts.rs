//! `exco conflicts list`: entries that wait, each with its reason (R6.5). Deciding on them comes with the conflicts themselves.

use controller::Controller;
use model::{Code, Component, RemoteId};
use ports::Refusal;
use serde_json::{Value, json};
use texts::Texts;

use crate::exit::Exit;
use crate::moment::Moments;
use crate::output::{self, Output};
use crate::table::Table;
use crate::words;

/// Lists what waits.
pub async fn list(output: &Output, controller: &Controller) -> ports::Result<Exit> {
    let refusals = controller.refusals().await?;
    let shown: Vec<Value> = refusals
        .iter()
        .map(|(component, refusal)| refused(output.texts, *component, refusal))
        .collect();
    output.show(&shown, || {
        let moments = Moments::of_system(output.texts);
        text(output.texts, &moments, &refusals)
    });
    Ok(Exit::Done)
}

fn refused(texts: Texts, component: Component, refusal: &Refusal) -> Value {
    let (item, record) = match &refusal.entry {
        RemoteId::Mailbox(item) => (Some(item), None),
        RemoteId::Crm(record) => (None, Some(record)),
    };
    let field = refusal.problem.values.get("field");
    let fields: Vec<Value> = field
        .map(|name| json!({"name": name, "base": null, "crm": null, "exchange": null}))
        .into_iter()
        .collect();
    let side = refusal.entry.side();
    json!({
        "id": format!("{component}/{side}/{}", refusal.entry.as_str()),
        "component": component,
        "kind": kind(refusal.problem.code),
        "record": record,
        "item": item,
        "title": refusal.title,
        "fields": fields,
        "reason": output::reason(texts, &refusal.problem),
        "since": refusal.since,
    })
}

/// Why it waits, for programs: another decision helps in each case.
fn kind(code: Code) -> &'static str {
    match code {
        Code::BothChanged => "both_changed",
        Code::MatchNotUnique => "not_unique",
        Code::PermissionMissing | Code::NotAssignedToUser => "not_allowed",
        _ => "refused",
    }
}

fn text(texts: Texts, moments: &Moments, refusals: &[(Component, Refusal)]) -> String {
    if refusals.is_empty() {
        return texts.t("cli.conflicts.none");
    }
    let mut table = Table::new();
    for (component, refusal) in refusals {
        let (what, next) = texts.problem(&refusal.problem);
        let since = moments.stamp(refusal.since.as_millisecond());
        let title = words::title(texts, &refusal.title);
        table.row([
            since,
            words::component(texts, component.name()),
            title,
            what,
        ]);
        table.row([String::new(), String::new(), String::new(), next]);
    }
    table.text()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use model::{Problem, RecordId};
    use texts::Language;

    use super::*;

    #[test]
    fn r6_5_a_refused_entry_is_listed_with_field_and_reason() {
        let refusal = Refusal {
            entry: RemoteId::Crm(RecordId::new("12x34")),
            title: "Anna".to_owned(),
            problem: Problem::new(Code::FieldMandatory).with("field", "last_name"),
            since: Timestamp::UNIX_EPOCH,
            attempts: 1,
            retry_at: Timestamp::UNIX_EPOCH,
            content: String::new(),
        };
        let texts = Texts::new(Language::German);
        let listed = refused(texts, Component::Contacts, &refusal);
        assert_eq!(listed["id"], "contacts/crm/12x34");
        assert_eq!(listed["kind"], "refused");
        assert_eq!(
            (&listed["record"], &listed["item"]),
            (&json!("12x34"), &Value::Null)
        );
        assert_eq!(listed["fields"][0]["name"], "last_name");
        assert_eq!(listed["reason"]["code"], "field_mandatory");
        assert_eq!(listed["since"], "1970-01-01T00:00:00Z");
        let moments = Moments::of_system(texts);
        let text = text(texts, &moments, &[(Component::Contacts, refusal)]);
        assert!(text.contains("Nachname"), "{text}");
    }
}
