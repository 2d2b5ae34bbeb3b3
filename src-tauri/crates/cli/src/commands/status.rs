//! `exco status`: what is known of the profile. No server is asked.

use controller::{ComponentStatus, Connection, Controller, LastRun, Snapshot};
use texts::{Moments, Texts};

use crate::exit::Exit;
use crate::output::Output;
use crate::table::Table;
use crate::words;

/// Prints the status.
pub async fn run(output: &Output, controller: &Controller) -> ports::Result<Exit> {
    let snapshot = controller.status().await?;
    output.show(&snapshot, || {
        text(output.texts, &Moments::of_system(output.texts), &snapshot)
    });
    Ok(Exit::Done)
}

/// The status for a person.
fn text(texts: Texts, moments: &Moments, snapshot: &Snapshot) -> String {
    let mut table = Table::new();
    let state = words::name_of(snapshot.state);
    table.row([
        texts.t("cli.status.state"),
        texts.t(&format!("state.{state}")),
    ]);
    table.row([String::new(), texts.t(&format!("state.{state}.hint"))]);
    if snapshot.disconnecting {
        table.row([String::new(), texts.t("disconnect.unfinished")]);
        table.row([String::new(), texts.t("cli.disconnect.unfinished.hint")]);
    }
    for (key, connection) in [
        ("window.connection.mailbox", &snapshot.mailbox),
        ("window.connection.crm", &snapshot.crm),
    ] {
        add_connection(texts, moments, &mut table, texts.t(key), connection);
    }
    if let Some(notice) = &snapshot.notice {
        let [what, next] = words::problem(texts, notice);
        table.row([texts.t("cli.status.notice"), what]);
        table.row([String::new(), next]);
    }
    for status in &snapshot.components {
        add_component(texts, moments, &mut table, status);
    }
    if snapshot.managed {
        table.row([String::new(), texts.t("window.managed")]);
    }
    table.text()
}

fn add_connection(
    texts: Texts,
    moments: &Moments,
    table: &mut Table,
    name: String,
    connection: &Connection,
) {
    let place = match connection.connected {
        true => texts.fill(
            "cli.status.connection",
            &[
                ("account", &connection.account),
                ("server", &connection.server),
            ],
        ),
        false => texts.t("window.connection.not_connected"),
    };
    table.row([name, place]);
    if let Some(problem) = &connection.problem {
        let [what, next] = words::problem(texts, problem);
        let since = match problem.since {
            0 => String::new(),
            since => {
                let when = moments.when(since);
                format!(
                    " ({})",
                    texts.fill("window.problem.since", &[("when", &when)])
                )
            }
        };
        table.row([String::new(), what + &since]);
        table.row([String::new(), next]);
    }
}

fn add_component(texts: Texts, moments: &Moments, table: &mut Table, status: &ComponentStatus) {
    let name = texts.component(&words::name_of(status.component));
    if !status.enabled {
        table.row([name, texts.t("window.component.off_by_policy")]);
        return;
    }
    let links = match status.component {
        controller::view::Component::Emails => "cli.status.imported",
        _ => "cli.status.links",
    };
    let state = [
        (links, status.links),
        ("cli.status.waiting", status.waiting),
        ("cli.sync.refused", status.refused),
    ];
    let state = match words::listed(texts, &state).as_str() {
        "" => texts.count(links, 0, &[]),
        state => state.to_owned(),
    };
    table.row([name, state]);
    let Some(last) = &status.last_run else {
        table.row([String::new(), texts.t("window.component.never")]);
        return;
    };
    let when = moments.when(last.finished);
    let run = texts.fill("window.run.last", &[("when", &when)]);
    table.row([String::new(), format!("{run}: {}", did(texts, last))]);
    if let Some(problem) = &last.problem {
        for line in words::problem(texts, problem) {
            table.row([String::new(), line]);
        }
    }
}

/// What a run did, in one line.
fn did(texts: Texts, run: &LastRun) -> String {
    let rest = [
        ("window.run.linked", run.linked),
        ("window.run.conflicts", run.conflicts),
        ("window.run.skipped", run.skipped),
        ("cli.sync.refused", run.failed),
    ];
    let sides = [
        ("window.connection.mailbox", words::counts(texts, run.items)),
        ("window.connection.crm", words::counts(texts, run.records)),
    ];
    let sides = sides
        .into_iter()
        .filter(|(_, counts)| !counts.is_empty())
        .map(|(side, counts)| format!("{}: {counts}", texts.t(side)));
    let rest = Some(words::listed(texts, &rest)).filter(|rest| !rest.is_empty());
    let parts: Vec<String> = sides.chain(rest).collect();
    match parts.is_empty() {
        true => texts.t("window.run.nothing"),
        false => parts.join("; "),
    }
}
