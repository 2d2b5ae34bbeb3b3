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
    tell_crashes();
}

/// A crash is told there, too, in words that hold no values.
fn tell_crashes() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place = place.unwrap_or_default(), "a defect");
        usual(panic);
    }));
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use model::Secret;

    const FOLDER: &str = "EXCO_TEST_CRASH_IN";
    const SECRET: &str = "Zt7-geheim-9Q";

    /// The inner half of the test below, in a process of its own.
    #[test]
    #[ignore = "crashes: the test below runs it"]
    fn a_crash() {
        if let Some(folder) = std::env::var_os(FOLDER) {
            super::start(Some(folder.into()));
            let secret = Secret::new(SECRET);
            panic!("with {secret:?} and {secret} at hand");
        }
    }

    #[test]
    fn s11_a_crash_is_in_the_log_and_no_secret_in_what_it_prints() {
        let folder = tempfile::tempdir().expect("a folder");
        let own = std::env::current_exe().expect("this program");
        let crashed = Command::new(own)
            .args(["--ignored", "--exact", "log::tests::a_crash", "--nocapture"])
            .env(FOLDER, folder.path())
            .output()
            .expect("started");
        assert!(!crashed.status.success());
        let logs = std::fs::read_dir(folder.path()).expect("a folder");
        let logs: String = logs
            .map(|log| std::fs::read_to_string(log.expect("a file").path()).expect("a text"))
            .collect();
        assert!(
            logs.contains("a defect") && logs.contains("log.rs"),
            "{logs}"
        );
        let printed = [crashed.stdout, crashed.stderr].concat();
        let printed = String::from_utf8_lossy(&printed);
        assert!(printed.contains("at hand"), "{printed}");
        assert!(!(logs + &printed).contains(SECRET));
    }
}
