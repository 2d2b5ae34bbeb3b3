//! `cargo xtask`: everything a developer does with this project, one command each. This file reads the command line and hands over;
//! what a command does stands in the module of its name.
//!
//! Nothing of the product is here: the xtask builds and starts our programs, it links none of our crates.

mod bench;
mod bindings;
mod demo;
mod desktop;
mod error;
mod fuzz;
mod node;
mod packages;
mod probes;
mod process;
mod prove;
mod test;
mod tidy;
mod ui;
mod workspace;
mod zones;

use std::process::ExitCode;

use error::{Outcome, XtaskError};
use packages::Consent;
use workspace::Workspace;

const USAGE: &str = "\
cargo xtask COMMAND

  demo [--yes] [--terminal]   build all, start the sandbox with made-up data, connect, sync and show the result
  test [--yes] [--no-window]  run everything that checks the project; --no-window leaves out what needs WebKit
  tidy                        check the rules of the house that no compiler knows
  bench [ARGUMENTS]           run the benchmarks (release build)
  prove [--minutes N] [--seed N]
                              tell random stories on both sides and look at the promises after each (release build)
  fuzz [--minutes N] [TARGET]...
                              feed the readers with bytes until one panics or hangs, ten minutes each
  bindings                    write the TypeScript types of the controller to ui/src/host/bindings
  probes                      make the Python environment of the founders' probes and tell where it is
  zones FILE FILE             write the table of time zone names from the CLDR's windowsZones.json and timezone.json
  desktop COMMAND...          run a command on the desktop of the window tests, which nobody sees

--yes installs missing Debian packages without asking first.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {}", error::with_causes(&error));
            ExitCode::from(if matches!(error, XtaskError::Usage { .. }) {
                2
            } else {
                1
            })
        }
    }
}

fn run(arguments: &[&str]) -> Outcome<()> {
    let Some((&command, rest)) = arguments.split_first() else {
        return Err(XtaskError::Usage {
            what: "no command given".to_owned(),
            usage: USAGE,
        });
    };
    if matches!(command, "help" | "--help" | "-h") {
        println!("{USAGE}");
        return Ok(());
    }
    if command == desktop::SESSION_COMMAND {
        return desktop::inside(rest);
    }
    let workspace = Workspace::find()?;
    match command {
        "demo" => demo::run(&workspace, demo_options(rest)?),
        "test" => test::run(&workspace, test_options(rest)?),
        "tidy" => no_arguments(command, rest).and_then(|()| tidy::run(&workspace)),
        "bench" => bench::run(&workspace, rest),
        "prove" => prove::run(&workspace, rest, USAGE),
        "fuzz" => fuzz::run(&workspace, rest, USAGE),
        "probes" => no_arguments(command, rest).and_then(|()| tell_probes(&workspace)),
        "zones" => match rest {
            [windows_zones, aliases] => zones::write(&workspace, windows_zones, aliases),
            other => Err(XtaskError::Usage {
                what: format!("`zones` takes two files, got {}", other.len()),
                usage: USAGE,
            }),
        },
        "desktop" => {
            packages::ensure(&[packages::Need::WindowTests], Consent::Ask)?;
            desktop::run(&workspace, rest, &[])
        }
        "bindings" => no_arguments(command, rest).and_then(|()| bindings::write(&workspace)),
        other => Err(unknown(other)),
    }
}

fn tell_probes(workspace: &Workspace) -> Outcome<()> {
    match probes::python(workspace, Consent::Ask)? {
        Some(python) => println!("{}={}", probes::PYTHON_VARIABLE, python.display()),
        None => println!("no probes beside the clone (../shared)"),
    }
    Ok(())
}

fn demo_options(arguments: &[&str]) -> Outcome<demo::Options> {
    let mut options = demo::Options {
        consent: Consent::Ask,
        stage: demo::Stage::Best,
    };
    for &argument in arguments {
        match argument {
            "--yes" => options.consent = Consent::Given,
            "--terminal" => options.stage = demo::Stage::Terminal,
            other => return Err(unknown(other)),
        }
    }
    Ok(options)
}

fn test_options(arguments: &[&str]) -> Outcome<test::Options> {
    let mut options = test::Options {
        consent: Consent::Ask,
        extent: test::Extent::Everything,
    };
    for &argument in arguments {
        match argument {
            "--yes" => options.consent = Consent::Given,
            "--no-window" => options.extent = test::Extent::WithoutWindow,
            other => return Err(unknown(other)),
        }
    }
    Ok(options)
}

fn no_arguments(command: &str, arguments: &[&str]) -> Outcome<()> {
    match arguments.first() {
        None => Ok(()),
        Some(argument) => Err(XtaskError::Usage {
            what: format!("`{command}` takes no argument, got `{argument}`"),
            usage: USAGE,
        }),
    }
}

fn unknown(what: &str) -> XtaskError {
    XtaskError::Usage {
        what: format!("unknown: `{what}`"),
        usage: USAGE,
    }
}
