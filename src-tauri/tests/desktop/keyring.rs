//! A real credential store (the Secret Service of GNOME) on the desktop of a test: empty, and unlocked or locked.

use std::process::Stdio;

use crate::process::Running;
use crate::session::Session;

/// The store; dropping it ends it.
pub(crate) struct Keyring {
    _running: Running,
}

impl Keyring {
    /// Starts it, unlocked with a password nobody needs again.
    pub(crate) fn unlocked(session: &Session) -> Self {
        let line =
            "printf test | exec gnome-keyring-daemon --unlock --components=secrets --foreground";
        let running = Running::start(
            session
                .command("sh")
                .args(["-c", line])
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        );
        let waited = session
            .command("gdbus")
            .args([
                "wait",
                "--session",
                "--timeout",
                "60",
                "org.freedesktop.secrets",
            ])
            .status()
            .expect("gdbus is installed");
        assert!(waited.success(), "the store answers");
        Self { _running: running }
    }
}
