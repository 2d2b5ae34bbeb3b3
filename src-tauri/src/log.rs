//! What the program tells of itself: in a file of each day below the profile, for the user's administrators (S9), and where it was started
//! from. Secrets have no words that could get there (S11).

use std::path::PathBuf;

use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt};

/// So many days are kept.
const DAYS: usize = 14;

/// Begins to write; without a folder only to where the program was started from.
pub(crate) fn start(folder: Option<PathBuf>) {
    let filter = EnvFilter::try_from_env("EXCO_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    let file = folder.map(|folder| {
        RollingFileAppender::builder()
            .rotation(Rotation::DAILY)
            .filename_prefix("exchange-connector")
            .filename_suffix("log")
            .max_log_files(DAYS)
            .build(folder)
    });
    let (file, failed) = match file.transpose() {
        Ok(file) => (file, None),
        Err(error) => (None, Some(error)),
    };
    let file = file.map(|file| fmt::layer().with_ansi(false).with_writer(file));
    tracing_subscriber::registry()
        .with(filter)
        .with(fmt::layer().with_writer(std::io::stderr))
        .with(file)
        .init();
    if let Some(error) = failed {
        tracing::warn!(%error, "there is no log file");
    }
    // A crash is told there, too, in words that hold no values.
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place = place.unwrap_or_default(), "a defect");
        usual(panic);
    }));
}
