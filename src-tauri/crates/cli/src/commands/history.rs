//! `exco history`: what was done, newest first, with the values that were overwritten.

use controller::{Controller, HistoryEntry, HistoryFilter};
use texts::{Moments, Texts};

use crate::exit::Exit;
use crate::output::Output;
use crate::table::Table;
use crate::words;

/// Prints the history, of one record or item or of all.
pub async fn run(
    output: &Output,
    controller: &Controller,
    record: Option<String>,
) -> ports::Result<Exit> {
    let filter = HistoryFilter {
        record,
        ..HistoryFilter::default()
    };
    let entries = controller.history(filter).await?;
    output.show(&entries, || {
        let moments = Moments::of_system(output.texts);
        text(output.texts, &moments, &entries)
    });
    Ok(Exit::Done)
}

fn text(texts: Texts, moments: &Moments, entries: &[HistoryEntry]) -> String {
    if entries.is_empty() {
        return texts.t("window.activity.empty");
    }
    let mut table = Table::new();
    for entry in entries {
        let (act, side) = (words::name_of(entry.act), words::name_of(entry.side));
        let act = texts.t(&format!("history.act.{act}.{side}"));
        let title = texts.title(&entry.title);
        let run = texts.fill("cli.history.run", &[("run", &entry.run.to_string())]);
        table.row([
            entry.id.to_string(),
            run,
            moments.stamp(entry.at),
            act,
            title,
            details(texts, entry),
        ]);
    }
    table.text()
}

fn details(texts: Texts, entry: &HistoryEntry) -> String {
    let changes = entry
        .fields
        .iter()
        .map(|change| texts.change(&change.field, &change.before, &change.after));
    let reason = entry.reason.as_ref().map(|reason| {
        let [what, next] = words::problem(texts, reason);
        format!("{what} {next}")
    });
    changes.chain(reason).collect::<Vec<_>>().join("; ")
}
