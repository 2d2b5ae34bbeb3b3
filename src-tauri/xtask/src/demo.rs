//! `cargo xtask demo`: the product shown to somebody who sees it for the first time, against servers and people that are made up.
//! Everything it writes lies in `target/demo`; the user's own profile, credential store and mailbox are never touched.
//!
//! The servers stand in the sandbox crate, and what is synced and how is the product's; here is only the order of the show.

mod berlin;
mod connector;
mod loopback;
mod people;
mod sandbox;
mod show;
mod story;

use crate::error::{Outcome, XtaskError};
use crate::packages::{self, Consent, Need};
use crate::process::Run;
use crate::ui;
use crate::workspace::{APP_PACKAGE, Workspace};

/// What was asked for.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Whether packages may be installed without asking.
    pub consent: Consent,
    /// Where to show it.
    pub stage: Stage,
}

/// Where the demo is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// With the tray app where there is a display, else on the terminal.
    Best,
    /// On the terminal.
    Terminal,
}

/// Where it is shown in fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Screen {
    Desktop,
    Terminal,
}

/// Runs the demo.
pub fn run(workspace: &Workspace, options: Options) -> Outcome<()> {
    let screen = prepare(options)?;
    build(workspace, screen)?;
    let show = show::Show::open(workspace)?;
    show.contacts()?;
    show.appointments()?;
    show.tasks()?;
    show.mails()?;
    show.waiting_entry()?;
    show.nothing_to_do()?;
    if screen == Screen::Desktop {
        show.tray(&workspace.program(APP_PACKAGE))?;
    }
    show.closing_words(screen);
    Ok(())
}

/// Installs what is missing. Whoever does not want the window's packages sees the demo on the terminal.
fn prepare(options: Options) -> Outcome<Screen> {
    packages::ensure(&[Need::Build], options.consent)?;
    if options.stage == Stage::Terminal || !has_display() {
        return Ok(Screen::Terminal);
    }
    match packages::ensure(&[Need::Window], options.consent) {
        Ok(()) => Ok(Screen::Desktop),
        Err(XtaskError::Missing { what }) => {
            println!("{what}\nSo this is shown on the terminal.");
            Ok(Screen::Terminal)
        }
        Err(other) => Err(other),
    }
}

fn has_display() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

fn build(workspace: &Workspace, screen: Screen) -> Outcome<()> {
    println!("Building the programs. The first time this takes some minutes.");
    let mut arguments = vec!["build", "--package", "cli", "--package", "sandbox"];
    if screen == Screen::Desktop {
        ui::install(workspace)?;
        ui::build(workspace)?;
        arguments.extend(["--package", APP_PACKAGE]);
    }
    Run::new("cargo")
        .args(arguments)
        .dir(workspace.root())
        .run()
}
