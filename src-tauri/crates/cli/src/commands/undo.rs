//! `exco undo`: takes back what syncs did, and says what stays as it is.

use controller::{Controller, UndoReport};
use model::Problem;
use model::history::HistoryEntry;
use ports::Failure;
use serde_json::{Value, json};
use texts::Texts;

use super::sync;
use crate::arguments::Undo;
use crate::exit::Exit;
use crate::output::{self, Output};

/// Undoes and syncs.
pub async fn run(output: &Output, controller: &Controller, asked: Undo) -> ports::Result<Exit> {
    let what = asked.what();
    let what = what.ok_or_else(|| Failure::bug("the command line names nothing to undo"))?;
    let report = controller.undo(&what).await?;
    output.show(&told(output.texts, &report), || text(output.texts, &report));
    let exit = sync::ended(output, controller, &report.sync).await?;
    Ok(match (exit, report.back.is_empty()) {
        (Exit::Done, true) => Exit::Failed,
        (exit, _) => exit,
    })
}

fn told(texts: Texts, report: &UndoReport) -> Value {
    let back = report
        .back
        .iter()
        .map(|line| json!({"op": line.id, "title": line.title}));
    let left = report.left.iter().map(|(line, problem)| {
        json!({"op": line.id, "title": line.title, "reason": output::reason(texts, problem)})
    });
    json!({
        "run": report.sync.run.0,
        "undone": back.collect::<Vec<_>>(),
        "left": left.collect::<Vec<_>>(),
    })
}

fn text(texts: Texts, report: &UndoReport) -> String {
    let back = report.back.iter().map(|line| {
        let title = texts.title(&line.title);
        texts.fill("cli.undo.back", &[("title", &title)])
    });
    let left = report
        .left
        .iter()
        .map(|(line, problem)| stays(texts, line, problem));
    let lines: Vec<String> = back.chain(left).collect();
    lines.join("\n")
}

fn stays(texts: Texts, line: &HistoryEntry, problem: &Problem) -> String {
    let (title, (what, next)) = (texts.title(&line.title), texts.problem(problem));
    format!(
        "{}: {what} {next}",
        texts.fill("cli.undo.left", &[("title", &title)])
    )
}
