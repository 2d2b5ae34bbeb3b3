//! The commands: each asks the controller and prints what it says.

mod conflicts;
mod connect;
mod disconnect;
mod doctor;
mod history;
mod pause;
mod policy;
mod preview;
mod progress;
mod run;
mod status;
mod sync;
mod undo;
mod why;

use std::path::PathBuf;
use std::time::Duration;

use controller::{Controller, Options, Resolution};

use self::pause::Wish;
use crate::arguments::{Arguments, Conflicts, Connect, Do};
use crate::exit::Exit;
use crate::output::Output;

/// Does what the command line asks for.
pub async fn run(output: &Output, arguments: Arguments) -> ports::Result<Exit> {
    let profile = arguments.profile;
    match arguments.command {
        // A policy can be looked at while another program works on the profile.
        Do::Policy { what } => policy::run(output, &what, profile),
        Do::Connect { side } => {
            let controller = open(output, profile).await?;
            match side {
                Connect::Crm(asked) => connect::crm(output, &controller, asked).await,
                Connect::Exchange(asked) => connect::exchange(output, &controller, asked).await,
            }
        }
        Do::Disconnect { stay: true, .. } => {
            disconnect::stay(output, &open(output, profile).await?).await
        }
        Do::Disconnect { yes, .. } => {
            disconnect::run(output, &open(output, profile).await?, yes.into()).await
        }
        Do::Sync(asked) => {
            let controller = open(output, profile).await?;
            if asked.preview {
                preview::run(output, &controller, asked.components).await
            } else {
                sync::run(output, &controller, asked.components).await
            }
        }
        Do::Doctor => doctor::run(output, &open(output, profile).await?).await,
        Do::Run => run::run(output, &open(output, profile).await?).await,
        Do::Pause => pause::run(output, &open(output, profile).await?, Wish::Pause).await,
        Do::Resume => pause::run(output, &open(output, profile).await?, Wish::Resume).await,
        Do::Status => status::run(output, &open(output, profile).await?).await,
        Do::Conflicts {
            what: Conflicts::List,
        } => conflicts::list(output, &open(output, profile).await?).await,
        Do::Conflicts {
            what: Conflicts::Show { id },
        } => conflicts::show(output, &open(output, profile).await?, &id).await,
        Do::Conflicts {
            what:
                Conflicts::Resolve {
                    id,
                    keep,
                    fields,
                    again,
                    answer,
                },
        } => {
            let controller = open(output, profile).await?;
            if let Some(answer) = answer {
                return conflicts::answer(output, &controller, &id, answer.into()).await;
            }
            let resolution = match keep {
                Some(side) => Resolution::Keep(side.into()),
                None if again => Resolution::Again,
                None => Resolution::Fields(fields),
            };
            conflicts::resolve(output, &controller, &id, resolution).await
        }
        Do::Undo(asked) => {
            let controller = open(output, profile).await?;
            undo::run(output, &controller, asked).await
        }
        Do::Why { text } => why::run(output, &open(output, profile).await?, &text).await,
        Do::History { record } => history::run(output, &open(output, profile).await?, record).await,
    }
}

/// Opens the profile and says what is odd in the organisation's settings.
/// For tests: so many seconds between two runs, where the variable says so.
const REST_VARIABLE: &str = "EXCO_REST_SECONDS";

fn rest() -> Option<Duration> {
    let seconds = std::env::var(REST_VARIABLE).ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

async fn open(output: &Output, profile: Option<PathBuf>) -> ports::Result<Controller> {
    let controller = Controller::open(Options {
        profile,
        language: output.texts.language(),
        rest: rest(),
    })
    .await?;
    for key in controller.policy_warnings() {
        let warning = output.texts.fill("cli.policy.unknown_key", &[("key", key)]);
        output.say(&warning);
    }
    Ok(controller)
}
