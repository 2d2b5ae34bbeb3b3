//! `exco disconnect`: asks, then takes out of the mailbox what the connector put there (R7.7).

use std::io::{self, BufRead, IsTerminal, Write};

use controller::Controller;
use serde::Serialize;

use crate::exit::Exit;
use crate::output::Output;
use crate::words;

/// Whether the user has said yes already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// With `--yes`.
    Given,
    /// Not yet.
    Ask,
}

impl From<bool> for Consent {
    fn from(yes: bool) -> Self {
        if yes { Self::Given } else { Self::Ask }
    }
}

#[derive(Serialize)]
struct Removed {
    folders: u64,
    items: u64,
    /// Mails that were moved back.
    mails: u64,
}

/// Disconnects.
pub async fn run(
    output: &Output,
    controller: &Controller,
    consent: Consent,
) -> ports::Result<Exit> {
    if consent == Consent::Ask && !agrees(output) {
        output.say(&output.texts.t("cli.disconnect.stopped"));
        return Ok(Exit::DecisionNeeded);
    }
    let report = controller.disconnect().await?;
    let removed = Removed {
        folders: report.folders,
        items: report.items,
        mails: report.mails,
    };
    output.show(&removed, || {
        let parts = [
            ("cli.disconnect.folders", removed.folders),
            ("cli.disconnect.items", removed.items),
        ];
        let counted = words::listed(output.texts, &parts);
        let mails = words::listed(output.texts, &[("cli.disconnect.mails", removed.mails)]);
        let told = [("removed", counted.as_str()), ("mails", mails.as_str())];
        let values: Vec<(&str, &str)> = told
            .into_iter()
            .filter(|(_, text)| !text.is_empty())
            .collect();
        output.texts.fill("cli.disconnect.done", &values)
    });
    Ok(Exit::Done)
}

/// Takes a disconnect back that did not get to its end.
pub async fn stay(output: &Output, controller: &Controller) -> ports::Result<Exit> {
    let key = match controller.stay_connected().await? {
        true => "cli.disconnect.stay",
        false => "cli.disconnect.stay.nothing",
    };
    output.show(&controller.snapshot(), || output.texts.t(key));
    Ok(Exit::Done)
}

/// Where nobody can answer, nobody has said yes.
fn agrees(output: &Output) -> bool {
    let texts = output.texts;
    output.say(&texts.t("cli.disconnect.warning"));
    if !io::stdin().is_terminal() {
        return false;
    }
    eprint!("{}", texts.t("cli.disconnect.question"));
    let _ = io::stderr().flush();
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    read.is_ok() && is_yes(&answer)
}

/// In every language the program speaks, whichever is spoken now.
fn is_yes(answer: &str) -> bool {
    ["y", "yes", "j", "ja"].contains(&answer.trim().to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r7_7_only_a_clear_yes_is_one() {
        for yes in ["y", "YES\n", " j ", "Ja"] {
            assert!(is_yes(yes), "{yes}");
        }
        for no in ["", "\n", "n", "nein", "yep", "jain"] {
            assert!(!is_yes(no), "{no}");
        }
    }
}
