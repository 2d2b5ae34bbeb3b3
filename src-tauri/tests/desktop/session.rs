//! A desktop nobody sees: an X server without a screen, a window manager and a D-Bus session, with folders of its
//! own for everything that programs keep.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::process::Running;

/// A guard against waiting for ever, far beyond what anything here takes; no result depends on it.
pub(crate) const NEVER: Duration = Duration::from_secs(120);
/// How often is asked where a program offers nothing to wait for.
pub(crate) const ASK_AGAIN: Duration = Duration::from_millis(20);

/// The organisation's policy, where there is one.
const POLICY: &str = "policy.toml";

/// The desktop; dropping it ends everything on it.
pub(crate) struct Session {
    _screen: Running,
    _bus: Running,
    _manager: Running,
    display: String,
    bus_address: String,
    home: TempDir,
}

impl Session {
    /// Starts an empty desktop.
    pub(crate) fn start() -> Self {
        let home = tempfile::Builder::new()
            .prefix("exco")
            .tempdir()
            .expect("a temporary folder can be made");
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o700))
            .expect("the folder is ours");
        for folder in ["run", "config", "data", "cache", "state"] {
            let folder = home.path().join(folder);
            fs::create_dir(&folder).expect("the folder is new");
            fs::set_permissions(&folder, fs::Permissions::from_mode(0o700))
                .expect("the folder is ours");
        }
        let (screen, number) = Running::start_and_read_line(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", "1280x900x24"])
                .args(["-nolisten", "tcp"])
                .stderr(Stdio::null()),
        );
        let display = format!(":{number}");
        let (bus, bus_address) = Running::start_and_read_line(
            command(&display, "", home.path(), "dbus-daemon")
                .args(["--session", "--nofork", "--print-address=1"])
                .stderr(Stdio::null()),
        );
        let manager = Running::start(
            command(&display, &bus_address, home.path(), "openbox")
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        );
        Self {
            _screen: screen,
            _bus: bus,
            _manager: manager,
            display,
            bus_address,
            home,
        }
    }

    /// A program on this desktop, not started yet.
    pub(crate) fn command(&self, program: &str) -> Command {
        command(&self.display, &self.bus_address, self.home.path(), program)
    }

    /// The program under test with these arguments, on the profile of this desktop.
    pub(crate) fn app(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_exchange-connector"));
        command.args(self.app_arguments(arguments));
        command
    }

    /// What the program is started with.
    pub(crate) fn app_arguments(&self, arguments: &[&str]) -> Vec<String> {
        let profile = self.profile().display().to_string();
        ["--profile", &profile]
            .iter()
            .chain(arguments)
            .map(|argument| (*argument).to_owned())
            .collect()
    }

    /// The folder of the app's profile. Nobody has made it yet.
    pub(crate) fn profile(&self) -> PathBuf {
        self.home.path().join("profile")
    }

    /// The organisation's policy for everything on this desktop that is not started yet.
    pub(crate) fn manage(&self, policy: &str) {
        fs::write(self.home.path().join(POLICY), policy).expect("the folder is ours");
    }

    /// Where the D-Bus session listens.
    pub(crate) fn bus_address(&self) -> &str {
        &self.bus_address
    }

    /// Waits until so many windows are to be seen.
    pub(crate) async fn windows(&self, count: usize) -> Vec<String> {
        let search = async {
            loop {
                let numbers =
                    |windows: Vec<(String, String)>| windows.into_iter().map(|(number, _)| number);
                if let Some(windows) = self.listed().filter(|windows| windows.len() == count) {
                    return numbers(windows).collect();
                }
                tokio::time::sleep(ASK_AGAIN).await;
            }
        };
        tokio::time::timeout(NEVER, search)
            .await
            .expect("the windows appear and disappear as asked")
    }

    /// Waits until no program of ours runs here: the next start would otherwise only wake that one.
    pub(crate) async fn program_is_gone(&self) {
        let wait = async {
            loop {
                let owned = self
                    .command("gdbus")
                    .args(["call", "--session", "--dest=org.freedesktop.DBus"])
                    .args([
                        "--object-path=/",
                        "--method=org.freedesktop.DBus.NameHasOwner",
                    ])
                    .arg("org.exchangeconnector.tray.SingleInstance")
                    .output()
                    .expect("gdbus is installed");
                if owned.stdout.starts_with(b"(false") {
                    return;
                }
                tokio::time::sleep(ASK_AGAIN).await;
            }
        };
        let waited = tokio::time::timeout(NEVER, wait).await;
        waited.expect("the program ends");
    }

    /// Waits until a window with this title is to be seen.
    pub(crate) async fn window_called(&self, title: &str) -> String {
        let search = async {
            loop {
                let mut windows = self.listed().into_iter().flatten();
                if let Some((number, _)) = windows.find(|(_, line)| line.ends_with(title)) {
                    return number;
                }
                tokio::time::sleep(ASK_AGAIN).await;
            }
        };
        tokio::time::timeout(NEVER, search)
            .await
            .expect("the window appears")
    }

    /// The windows that the window manager has, each by its number and with the line that tells of it. It has no list before it started, and none is to be had while a window
    /// vanishes between the list and the question for its title: both say nothing about how many there are.
    fn listed(&self) -> Option<Vec<(String, String)>> {
        let output = self
            .command("wmctrl")
            .arg("-l")
            .stderr(Stdio::null())
            .output()
            .expect("wmctrl is installed");
        let list = String::from_utf8_lossy(&output.stdout);
        let window = |line: &str| {
            let number = line.split_whitespace().next()?;
            Some((number.to_owned(), line.to_owned()))
        };
        output
            .status
            .success()
            .then(|| list.lines().filter_map(window).collect())
    }

    /// Closes a window as its user does with the button of its frame: the window manager passes the wish on. A key could be pressed before
    /// the window has the keyboard.
    pub(crate) fn close(&self, window: &str) {
        let closed = self
            .command("wmctrl")
            .args(["-i", "-c", window])
            .status()
            .expect("wmctrl is installed");
        assert!(closed.success());
    }
}

fn command(display: &str, bus_address: &str, home: &Path, program: &str) -> Command {
    let mut command = Command::new(program);
    let policy = home.join(POLICY);
    if policy.exists() {
        command.env("EXCO_POLICY_FILE", policy);
    }
    command
        .env("DISPLAY", display)
        .env("DBUS_SESSION_BUS_ADDRESS", bus_address)
        .env("HOME", home)
        .env("GDK_BACKEND", "x11")
        .env("GSETTINGS_BACKEND", "memory")
        .env("NO_AT_BRIDGE", "1")
        .env("LANG", "C.UTF-8")
        .env_remove("LC_ALL")
        .env_remove("LC_MESSAGES")
        .env_remove("LANGUAGE")
        .env_remove("WAYLAND_DISPLAY");
    for (variable, folder) in [
        ("XDG_RUNTIME_DIR", "run"),
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_DATA_HOME", "data"),
        ("XDG_CACHE_HOME", "cache"),
        ("XDG_STATE_HOME", "state"),
    ] {
        command.env(variable, home.join(folder));
    }
    command
}
