//! A real credential store (the Secret Service of GNOME) on the desktop of a test: empty, and unlocked or locked.

use std::process::Stdio;

use crate::process::Running;
use crate::session::Session;

/// The store; dropping it ends it.
pub(crate) struct Keyring {
    _running: Running,
}

/// The store asks for its password.
pub(crate) struct Question<'a> {
    session: &'a Session,
    window: String,
}

impl Question<'_> {
    /// Its owner closes the window.
    pub(crate) fn closes(self) {
        self.session.close(&self.window);
    }

    /// Its owner types the password.
    pub(crate) fn answers(self) {
        for keys in [
            ["windowactivate", "--sync", &self.window],
            ["type", "--", "test"],
            ["key", "--", "Return"],
        ] {
            let pressed = self.session.command("xdotool").args(keys).status();
            assert!(pressed.expect("xdotool is installed").success());
        }
    }
}

impl Keyring {
    /// Starts it, unlocked with a password nobody needs again.
    pub(crate) fn unlocked(session: &Session) -> Self {
        let line =
            "printf test | exec gnome-keyring-daemon --unlock --components=secrets --foreground";
        Self::by(session, line)
    }

    /// Starts it as it is before its owner has unlocked it, with nobody there who would.
    pub(crate) fn locked(session: &Session) -> Self {
        Self::by(
            session,
            "exec gnome-keyring-daemon --components=secrets --foreground",
        )
    }

    /// Its owner locks it.
    pub(crate) fn lock(&self, session: &Session) {
        let call = ["call", "--session", "--dest=org.freedesktop.secrets"];
        let locked = session
            .command("gdbus")
            .args(call)
            .args(["--object-path=/org/freedesktop/secrets"])
            .args(["--method=org.freedesktop.Secret.Service.Lock"])
            .arg("[objectpath '/org/freedesktop/secrets/collection/login']")
            .stdout(Stdio::null())
            .status()
            .expect("gdbus is installed");
        assert!(locked.success(), "the store can be locked");
    }

    /// Waits until it asks its owner for the password, in a window of its own.
    pub(crate) async fn asks<'a>(&self, session: &'a Session) -> Question<'a> {
        let window = session.window_called("Unlock Login Keyring").await;
        Question { session, window }
    }

    fn by(session: &Session, line: &str) -> Self {
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
