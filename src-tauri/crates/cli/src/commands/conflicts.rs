//! `exco conflicts`: entries that wait, each with its reason, what either side holds, and filling in what is missing (R6.5).

use controller::{Answer, Braked, Controller, Resolution, Waiting, WaitingField};
use jiff::Timestamp;
use model::{Code, Component};
use serde_json::{Value, json};
use texts::{Moments, Texts};

use super::sync;
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::table::Table;

/// Lists what waits.
pub async fn list(output: &Output, controller: &Controller) -> ports::Result<Exit> {
    let (braked, waiting) = (controller.braked().await?, controller.waiting().await?);
    let brakes = braked.iter().map(|braked| told_brake(output.texts, braked));
    let entries = waiting
        .iter()
        .map(|waiting| told(output.texts, waiting, Fields::Concerned));
    let shown: Vec<Value> = brakes.chain(entries).collect();
    output.show(&shown, || listed(output.texts, &braked, &waiting));
    Ok(Exit::Done)
}

/// Shows one entry with all its fields.
pub async fn show(output: &Output, controller: &Controller, id: &str) -> ports::Result<Exit> {
    let waiting = controller.waiting_entry(id).await?;
    output.show(&told(output.texts, &waiting, Fields::All), || {
        compared(output.texts, &waiting)
    });
    Ok(Exit::Done)
}

/// Fills in what is missing, or chooses between both sides, and syncs.
pub async fn resolve(
    output: &Output,
    controller: &Controller,
    id: &str,
    resolution: Resolution,
) -> ports::Result<Exit> {
    let report = controller.resolve(id, resolution).await?;
    sync::show(output, &report);
    let exit = sync::ended(output, controller, &report).await?;
    let is_open = controller
        .waiting()
        .await?
        .iter()
        .any(|waiting| waiting.id == id);
    Ok(match (exit, is_open) {
        (Exit::Done, true) => Exit::DecisionNeeded,
        (exit, _) => exit,
    })
}

/// Says what to do about a brake and syncs.
pub async fn answer(
    output: &Output,
    controller: &Controller,
    id: &str,
    answer: Answer,
) -> ports::Result<Exit> {
    let report = controller.answer_brake(id, answer).await?;
    sync::show(output, &report);
    sync::ended(output, controller, &report).await
}

fn told_brake(texts: Texts, braked: &Braked) -> Value {
    let alarms = braked.tripped.alarms.iter();
    let reasons: Vec<Value> = alarms.map(|alarm| output::reason(texts, alarm)).collect();
    json!({
        "id": braked.id,
        "component": braked.component,
        "kind": "brake",
        "record": null,
        "item": null,
        "title": texts.component(braked.component.name()),
        "fields": [],
        "reason": reasons.first(),
        "reasons": reasons,
        "since": braked.tripped.since,
    })
}

/// Which fields are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fields {
    /// Those that the reason names.
    Concerned,
    /// Those that either side has a value in, and those that the reason names.
    All,
}

fn told(texts: Texts, waiting: &Waiting, which: Fields) -> Value {
    let refusal = &waiting.refusal;
    let mut fields: Vec<Value> = chosen(waiting, which)
        .map(|field| {
            json!({
                "name": field.field,
                "base": field.base,
                "crm": field.crm,
                "exchange": field.exchange,
            })
        })
        .collect();
    if let (true, Some(name)) = (fields.is_empty(), refusal.problem.values.get("field")) {
        fields.push(json!({"name": name, "base": null, "crm": null, "exchange": null}));
    }
    json!({
        "id": waiting.id,
        "component": waiting.component,
        "kind": kind(refusal.problem.code),
        "record": waiting.record,
        "item": waiting.item,
        "title": refusal.title,
        "fields": fields,
        "reason": output::reason(texts, &refusal.problem),
        "since": refusal.since,
    })
}

fn chosen(waiting: &Waiting, which: Fields) -> impl Iterator<Item = &WaitingField> {
    let named = waiting.refusal.problem.values.get("field");
    waiting.fields.iter().filter(move |field| {
        let concerned =
            named.is_some_and(|names| names.split(", ").any(|name| name == field.field.name()));
        let has_value = [&field.crm, &field.exchange]
            .iter()
            .any(|value| value.as_ref().is_some_and(|value| !value.is_empty()));
        concerned || (which == Fields::All && has_value)
    })
}

/// Why it waits, for programs: another decision helps in each case.
fn kind(code: Code) -> &'static str {
    match code {
        Code::BothChanged => "both_changed",
        Code::DeletedAndChanged => "deleted_and_changed",
        Code::FieldFlips => "flips",
        Code::MatchNotUnique => "not_unique",
        Code::PermissionMissing | Code::NotAssignedToUser | Code::OrganisedByOther => "not_allowed",
        _ => "refused",
    }
}

fn listed(texts: Texts, braked: &[Braked], waiting: &[Waiting]) -> String {
    if braked.is_empty() && waiting.is_empty() {
        return texts.t("cli.conflicts.none");
    }
    let moments = Moments::of_system(texts);
    let mut table = Table::new();
    let mut add = |since: Timestamp, component: Component, title: String, problem, id: &str| {
        let (what, next) = texts.problem(problem);
        let since = moments.stamp(since.as_millisecond());
        let component = texts.component(component.name());
        table.row([since, component, title, what]);
        let blank = String::new;
        table.row([blank(), blank(), blank(), next]);
        table.row([blank(), blank(), blank(), id.to_owned()]);
    };
    for one in braked {
        for alarm in &one.tripped.alarms {
            add(
                one.tripped.since,
                one.component,
                String::new(),
                alarm,
                &one.id,
            );
        }
    }
    for one in waiting {
        let title = texts.title(&one.refusal.title);
        let problem = &one.refusal.problem;
        add(one.refusal.since, one.component, title, problem, &one.id);
    }
    table.text()
}

fn compared(texts: Texts, waiting: &Waiting) -> String {
    let (what, next) = texts.problem(&waiting.refusal.problem);
    let title = texts.title(&waiting.refusal.title);
    let mut table = Table::new();
    table.row([
        texts.t("history.field"),
        texts.t("window.side.mailbox"),
        texts.t("window.side.crm"),
        texts.t("cli.conflicts.agreed"),
    ]);
    for field in chosen(waiting, Fields::All) {
        let name = field.field.name();
        let value = |value: &Option<String>| match value {
            Some(value) => texts.value(name, value),
            None => texts.t("cli.conflicts.no_entry"),
        };
        let agreed = field.base.as_ref();
        let agreed = agreed.map(|value| texts.value(name, value));
        table.row([
            texts.field(name),
            value(&field.exchange),
            value(&field.crm),
            agreed.unwrap_or_default(),
        ]);
    }
    format!("{title}\n{what}\n{next}\n\n{}", table.text())
}

#[cfg(test)]
mod tests {
    use model::{Field, Problem, RecordId, RemoteId};
    use ports::Refusal;
    use texts::Language;

    use super::*;

    fn waiting() -> Waiting {
        Waiting {
            id: "contacts/crm/12x34".to_owned(),
            component: Component::Contacts,
            item: None,
            record: Some(RecordId::new("12x34")),
            link: None,
            refusal: Refusal {
                entry: RemoteId::Crm(RecordId::new("12x34")),
                title: "Anna".to_owned(),
                problem: Problem::new(Code::FieldMandatory).with("field", "last_name"),
                since: Timestamp::UNIX_EPOCH,
                attempts: 1,
                retry_at: Timestamp::UNIX_EPOCH,
                content: String::new(),
            },
            fields: [
                (Field::FirstName, "Anna"),
                (Field::LastName, ""),
                (Field::Phone, ""),
            ]
            .map(|(field, value)| WaitingField {
                field,
                base: None,
                crm: Some(value.to_owned()),
                exchange: None,
            })
            .to_vec(),
        }
    }

    #[test]
    fn r6_5_a_refused_entry_is_listed_with_field_and_reason() {
        let texts = Texts::new(Language::German);
        let told = told(texts, &waiting(), Fields::Concerned);
        assert_eq!(told["id"], "contacts/crm/12x34");
        assert_eq!(told["kind"], "refused");
        assert_eq!(
            (&told["record"], &told["item"]),
            (&json!("12x34"), &Value::Null)
        );
        assert_eq!(told["fields"].as_array().map(Vec::len), Some(1));
        assert_eq!(told["fields"][0]["name"], "last_name");
        assert_eq!(told["reason"]["code"], "field_mandatory");
        assert_eq!(told["since"], "1970-01-01T00:00:00Z");
        let text = listed(texts, &[], &[waiting()]);
        assert!(
            text.contains("Nachname") && text.contains("contacts/crm/12x34"),
            "{text}"
        );
    }

    #[test]
    fn r6_5_an_entry_is_shown_with_what_it_has_and_what_it_lacks() {
        let texts = Texts::new(Language::English);
        let shown = told(texts, &waiting(), Fields::All);
        let names: Vec<&Value> = shown["fields"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|field| &field["name"])
            .collect();
        assert_eq!(names, [&json!("first_name"), &json!("last_name")]);
        assert!(compared(texts, &waiting()).contains("Anna"));
    }
}
