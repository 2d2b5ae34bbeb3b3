//! `exco pause` and `exco resume`: for every program that works on the profile.

use controller::Controller;
use serde_json::json;

use crate::exit::Exit;
use crate::output::Output;

/// What the user wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// No more runs.
    Pause,
    /// Runs again.
    Resume,
}

/// Pauses or resumes.
pub async fn run(output: &Output, controller: &Controller, wish: Wish) -> ports::Result<Exit> {
    let is_paused = wish == Wish::Pause;
    controller.set_paused(is_paused).await?;
    output.show(&json!({"paused": is_paused}), || {
        output.texts.t(match wish {
            Wish::Pause => "cli.paused",
            Wish::Resume => "cli.resumed",
        })
    });
    Ok(Exit::Done)
}
