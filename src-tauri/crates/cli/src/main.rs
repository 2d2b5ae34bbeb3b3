//! `exco`: everything the product does, without a window (R10.5). It reads the command line, asks the controller, and prints;
//! results go to standard output, everything else to standard error. No rule of the product is here.

mod arguments;
mod commands;
mod exit;
mod output;
mod secret;
mod table;
mod usage;
mod words;

use std::process::ExitCode;

use texts::Texts;
use tracing_subscriber::EnvFilter;

use crate::arguments::Arguments;
use crate::exit::Exit;
use crate::output::Output;

/// What of the log is shown, as in `EXCO_LOG=debug`.
const LOG_VARIABLE: &str = "EXCO_LOG";

fn main() -> ExitCode {
    let texts = Texts::new(arguments::language(std::env::args_os()));
    let exit = match arguments::read(texts, std::env::args_os()) {
        Ok(arguments) => run(texts, arguments),
        Err(error) => usage::tell(texts, &error),
    };
    exit.into()
}

fn run(texts: Texts, arguments: Arguments) -> Exit {
    show_log();
    let output = Output::new(texts, arguments.format());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("the operating system lets a program wait for files and sockets");
    match runtime.block_on(commands::run(&output, arguments)) {
        Ok(exit) => exit,
        Err(failure) => {
            output.tell_failure(&failure);
            Exit::of(&failure)
        }
    }
}

/// Failures are told as sentences, so the log keeps quiet unless somebody asks.
fn show_log() {
    let filter = EnvFilter::try_from_env(LOG_VARIABLE).unwrap_or_else(|_| EnvFilter::new("off"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}
