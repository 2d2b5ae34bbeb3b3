//! `exco sync --preview`: what a run would do (R6.10).

use std::collections::BTreeMap;

use controller::{Controller, PlannedOperation, PreviewComponent, PreviewReport};
use model::history::Tally;
use model::{Component, Operation};
use serde::Serialize;
use serde_json::{Value, json};
use texts::Texts;

use super::progress;
use super::sync::{self, Requests};
use crate::exit::Exit;
use crate::output::{self, Output};
use crate::table::Table;

/// The object of DESIGN 4, with the operations.
#[derive(Serialize)]
struct Shown<'a> {
    run: Option<i64>,
    preview: bool,
    components: BTreeMap<Component, ShownComponent<'a>>,
    requests: Requests,
    seconds: f64,
}

#[derive(Serialize)]
struct ShownComponent<'a> {
    #[serde(flatten)]
    tally: &'a Tally,
    operations: Vec<Value>,
    links: &'a [String],
    skips: Vec<Value>,
}

/// Plans and prints the plan.
pub async fn run(
    output: &Output,
    controller: &Controller,
    components: Vec<Component>,
) -> ports::Result<Exit> {
    let chosen = Some(components).filter(|chosen| !chosen.is_empty());
    let report = progress::shown(output, controller, controller.preview(chosen)).await?;
    let shown = shown(output.texts, &report);
    output.show(&shown, || text(output.texts, &report));
    let waits = |planned: &PreviewComponent| planned.tally.conflicts > 0;
    Ok(if report.components.values().any(waits) {
        Exit::DecisionNeeded
    } else {
        Exit::Done
    })
}

fn shown(texts: Texts, report: &PreviewReport) -> Shown<'_> {
    let components = report.components.iter().map(|(component, planned)| {
        let skips = planned.skipped.iter().map(
            |(title, problem)| json!({"title": title, "reason": output::reason(texts, problem)}),
        );
        let shown = ShownComponent {
            tally: &planned.tally,
            operations: planned.operations.iter().map(operation).collect(),
            links: &planned.linked,
            skips: skips.collect(),
        };
        (*component, shown)
    });
    Shown {
        run: None,
        preview: true,
        components: components.collect(),
        requests: requests(report),
        seconds: report.seconds,
    }
}

fn operation(planned: &PlannedOperation) -> Value {
    let mut shown = json!(planned.operation);
    shown["title"] = json!(planned.title);
    shown["text"] = json!(planned.operation.to_string());
    shown
}

fn requests(report: &PreviewReport) -> Requests {
    Requests {
        exchange: report.requests_exchange,
        crm: report.requests_crm,
    }
}

fn text(texts: Texts, report: &PreviewReport) -> String {
    let mut text = String::new();
    for (component, planned) in &report.components {
        let mut summary = Table::new();
        sync::add(texts, &mut summary, *component, &planned.tally);
        text += &summary.text();
        text += &details(texts, planned).text();
        text.push('\n');
    }
    text += &sync::effort(texts, requests(report), report.seconds);
    text.push('\n');
    text + &texts.t("cli.preview.nothing_written")
}

fn details(texts: Texts, planned: &PreviewComponent) -> Table {
    let mut table = Table::indented();
    for title in &planned.linked {
        table.row([texts.t("cli.preview.link"), title.clone()]);
    }
    for PlannedOperation { operation, title } in &planned.operations {
        let (key, changes) = match operation {
            Operation::CreateItem { .. } => ("cli.preview.create_item", None),
            Operation::UpdateItem { changes, .. } => ("cli.preview.update_item", Some(changes)),
            Operation::DeleteItem { .. } => ("cli.preview.delete_item", None),
            Operation::CreateRecord { .. } => ("cli.preview.create_record", None),
            Operation::UpdateRecord { changes, .. } => ("cli.preview.update_record", Some(changes)),
            Operation::DeleteRecord { .. } => ("cli.preview.delete_record", None),
        };
        let changes = changes
            .into_iter()
            .flatten()
            .map(|change| texts.change(change.field.name(), &change.before, &change.after));
        let changes = changes.collect::<Vec<_>>().join("; ");
        table.row([texts.t(key), title.clone(), changes]);
    }
    for (title, problem) in &planned.skipped {
        let (what, _) = texts.problem(problem);
        table.row([texts.t("cli.preview.skip"), title.clone(), what]);
    }
    table
}

#[cfg(test)]
mod tests {
    use model::{Change, Code, Field, Fields, ItemId, LinkId, Problem, RecordId};
    use texts::Language;

    use super::*;

    fn report() -> PreviewReport {
        let create = PlannedOperation {
            operation: Operation::CreateItem {
                link: LinkId::new("l1"),
                record: RecordId::new("12x1"),
                fields: Fields::new().with(Field::LastName, "Groß"),
            },
            title: "Jörg Groß".to_owned(),
        };
        let update = PlannedOperation {
            operation: Operation::UpdateItem {
                link: LinkId::new("l2"),
                item: ItemId::new("i2"),
                changes: vec![Change {
                    field: Field::Phone,
                    before: String::new(),
                    after: "1".to_owned(),
                }],
            },
            title: "Anna".to_owned(),
        };
        let planned = PreviewComponent {
            tally: Tally {
                linked: 1,
                skipped: 1,
                ..Tally::default()
            },
            operations: vec![create, update],
            linked: vec!["Max".to_owned()],
            skipped: vec![("Eva".to_owned(), Problem::new(Code::MatchNotUnique))],
        };
        PreviewReport {
            components: BTreeMap::from([(Component::Contacts, planned)]),
            requests_exchange: 1,
            requests_crm: 2,
            seconds: 0.1,
        }
    }

    #[test]
    fn r6_10_the_plan_can_be_read() {
        let text = text(Texts::new(Language::German), &report());
        for line in [
            "  Verknüpfen           Max\n",
            "  Im Postfach anlegen  Jörg Groß\n",
            "  Im Postfach ändern   Anna       Telefon: leer → „1“\n",
            "Nichts davon wurde geschrieben.",
        ] {
            assert!(text.contains(line), "{line:?} in {text}");
        }
    }

    #[test]
    fn r6_10_a_program_reads_every_operation() {
        let report = report();
        let shown = shown(Texts::new(Language::English), &report);
        let json = serde_json::to_value(shown).expect("plain data");
        assert_eq!(json["preview"], true);
        let contacts = &json["components"]["contacts"];
        assert_eq!(contacts["linked"], 1);
        assert_eq!(contacts["operations"][0]["operation"], "create_item");
        assert_eq!(contacts["operations"][0]["title"], "Jörg Groß");
        assert_eq!(contacts["operations"][1]["changes"][0]["after"], "1");
        assert_eq!(contacts["skips"][0]["reason"]["code"], "match_not_unique");
    }
}
