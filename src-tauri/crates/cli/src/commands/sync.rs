//! `exco sync`: one run, and what it did.

use std::collections::BTreeMap;

use controller::{Controller, SyncReport, Waiting};
use model::Component;
use model::history::Tally;
use serde::Serialize;
use texts::Texts;

use super::progress;
use crate::exit::Exit;
use crate::output::Output;
use crate::table::Table;
use crate::words;

/// The object of DESIGN 4.
#[derive(Serialize)]
struct Shown<'a> {
    run: i64,
    components: BTreeMap<Component, &'a Tally>,
    requests: Requests,
    seconds: f64,
}

/// How much the servers were asked.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Requests {
    /// By requests to Exchange.
    pub exchange: u64,
    /// By requests to the CRM.
    pub crm: u64,
}

/// Runs once.
pub async fn run(
    output: &Output,
    controller: &Controller,
    components: Vec<Component>,
) -> ports::Result<Exit> {
    let chosen = Some(components).filter(|chosen| !chosen.is_empty());
    let report = progress::shown(output, controller, controller.sync(chosen)).await?;
    show(output, &report);
    ended(output, controller, &report).await
}

/// What a run leaves to the user, said and told by the exit code.
pub async fn ended(
    output: &Output,
    controller: &Controller,
    report: &SyncReport,
) -> ports::Result<Exit> {
    if let Some(failure) = &report.failure {
        output.tell_failure(failure);
        return Ok(Exit::of(failure));
    }
    let chosen = |waiting: &Waiting| report.components.contains_key(&waiting.component);
    if controller.waiting().await?.iter().any(chosen) {
        output.say(&output.texts.t("cli.sync.see_refused"));
    }
    let mut tallies = report.components.values().map(|done| &done.tally);
    Ok(if tallies.any(|tally| tally.conflicts + tally.failed > 0) {
        Exit::DecisionNeeded
    } else {
        Exit::Done
    })
}

/// Prints what a run did.
pub fn show(output: &Output, report: &SyncReport) {
    let tallies = report.components.iter();
    let shown = Shown {
        run: report.run.0,
        components: tallies
            .map(|(component, done)| (*component, &done.tally))
            .collect(),
        requests: Requests {
            exchange: report.requests_exchange,
            crm: report.requests_crm,
        },
        seconds: report.seconds,
    };
    output.show(&shown, || {
        let mut table = Table::new();
        for (component, tally) in &shown.components {
            add(output.texts, &mut table, *component, tally);
        }
        table.text() + &effort(output.texts, shown.requests, shown.seconds)
    });
}

/// A component's rows: what was written on each side, and the rest.
pub fn add(texts: Texts, table: &mut Table, component: Component, tally: &Tally) {
    let rest = [
        ("window.run.linked", tally.linked),
        ("window.run.conflicts", tally.conflicts),
        ("window.run.skipped", tally.skipped),
        ("cli.sync.refused", tally.failed),
    ];
    let parts = [
        (
            texts.t("window.connection.mailbox"),
            counted(texts, tally.items),
        ),
        (
            texts.t("window.connection.crm"),
            counted(texts, tally.records),
        ),
        (String::new(), words::listed(texts, &rest)),
    ];
    let mut name = texts.component(component.name());
    for (side, what) in parts {
        if !what.is_empty() {
            table.row([std::mem::take(&mut name), side, what]);
        }
    }
    if !name.is_empty() {
        table.row([name, texts.t("window.run.nothing")]);
    }
}

fn counted(texts: Texts, counts: model::history::Counts) -> String {
    words::counts(texts, counts.into())
}

/// How much it took.
pub fn effort(texts: Texts, requests: Requests, seconds: f64) -> String {
    let exchange = texts.number(requests.exchange);
    let crm = texts.number(requests.crm);
    let values = [
        ("exchange", exchange.as_str()),
        ("crm", crm.as_str()),
        ("seconds", &tenths(texts, seconds)),
    ];
    texts.fill("cli.sync.effort", &values)
}

fn tenths(texts: Texts, seconds: f64) -> String {
    let number = format!("{seconds:.1}");
    match texts.language() {
        texts::Language::German => number.replace('.', ","),
        texts::Language::English => number,
    }
}

#[cfg(test)]
mod tests {
    use model::history::Counts;
    use texts::Language;

    use super::*;

    const GERMAN: Texts = Texts::new(Language::German);

    fn tally() -> Tally {
        Tally {
            items: Counts {
                created: 1250,
                updated: 1,
                deleted: 0,
            },
            linked: 2,
            failed: 1,
            ..Tally::default()
        }
    }

    #[test]
    fn the_json_is_that_of_the_design() {
        let tally = tally();
        let shown = Shown {
            run: 7,
            components: BTreeMap::from([(Component::Contacts, &tally)]),
            requests: Requests {
                exchange: 3,
                crm: 4,
            },
            seconds: 0.5,
        };
        assert_eq!(
            serde_json::to_value(&shown).expect("plain data"),
            serde_json::json!({
                "run": 7,
                "components": {"contacts": {
                    "items": {"created": 1250, "updated": 1, "deleted": 0},
                    "records": {"created": 0, "updated": 0, "deleted": 0},
                    "linked": 2, "conflicts": 0, "skipped": 0, "failed": 1,
                }},
                "requests": {"exchange": 3, "crm": 4},
                "seconds": 0.5,
            })
        );
    }

    #[test]
    fn a_person_reads_only_what_happened() {
        let mut table = Table::new();
        add(GERMAN, &mut table, Component::Contacts, &tally());
        add(GERMAN, &mut table, Component::Tasks, &Tally::default());
        assert_eq!(
            table.text(),
            "Kontakte  Postfach       1.250 neu, 1 geändert\n\
             \x20                        2 neu verknüpft, 1 abgelehnt\n\
             Aufgaben  Nichts zu tun\n"
        );
    }

    #[test]
    fn seconds_are_written_as_the_language_does() {
        assert_eq!(tenths(GERMAN, 1.26), "1,3");
        assert_eq!(tenths(Texts::new(Language::English), 0.04), "0.0");
    }
}
