//! A desktop that nobody sees, for the tests of the window: an X server without a screen, a D-Bus session of its own, a window manager,
//! a notification service and an unlocked, empty credential store. Everything the programs in it keep lands below the target
//! directory, so the developer's own settings, credentials and running programs are never touched.
//!
//! What is tested stands with the tray app; the demo does not use this, it shows itself on the real desktop.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::error::{Outcome, XtaskError};
use crate::process::{Guard, Run};
use crate::workspace::Workspace;

/// The xtask calls itself with this inside the new D-Bus session. It is not for people, so the help does not list it.
pub const SESSION_COMMAND: &str = "inside-desktop";

/// Runs a command on such a desktop, with these variables added.
pub fn run(
    workspace: &Workspace,
    command: &[&str],
    variables: &[(String, OsString)],
) -> Outcome<()> {
    let home = workspace.fresh_folder("desktop")?;
    let runtime = RuntimeFolder::make()?;
    let (_screen, display) = start_screen()?;
    let own = std::env::current_exe().map_err(|source| XtaskError::NotStarted {
        program: "xtask".to_owned(),
        source,
    })?;
    Run::new("dbus-run-session")
        .args([
            OsString::from("--"),
            own.into_os_string(),
            SESSION_COMMAND.into(),
        ])
        .args(command)
        .envs(&environment(&home, &runtime, &display)?)
        .envs(variables)
        .without_env("WAYLAND_DISPLAY")
        .dir(workspace.root())
        .run()
}

/// The part inside the D-Bus session: starts the services, then the command, and ends the services with it.
pub fn inside(command: &[&str]) -> Outcome<()> {
    let Some((program, arguments)) = command.split_first() else {
        return Err(XtaskError::Missing {
            what: format!("`{SESSION_COMMAND}` needs a command"),
        });
    };
    let _keyring = start_keyring()?;
    let _manager = start_service("openbox", &[])?;
    let _notifications = start_service("dunst", &[])?;
    for name in ["org.freedesktop.secrets", "org.freedesktop.Notifications"] {
        Run::new("gdbus")
            .args(["wait", "--session", "--timeout", "30", name])
            .run()?;
    }
    Run::new(program).args(arguments).run()
}

/// Xvfb chooses a free display number and prints it when it is ready.
fn start_screen() -> Outcome<(Guard, String)> {
    let arguments = [
        "-displayfd",
        "1",
        "-screen",
        "0",
        "1280x900x24",
        "-nolisten",
        "tcp",
    ];
    let mut screen =
        Run::new("Xvfb")
            .args(arguments)
            .start(Stdio::null(), Stdio::piped(), Stdio::null())?;
    let output = screen
        .child
        .stdout
        .take()
        .expect("its output was asked to be piped");
    let mut number = String::new();
    let unreadable = |source| XtaskError::NotStarted {
        program: "Xvfb".to_owned(),
        source,
    };
    BufReader::new(output)
        .read_line(&mut number)
        .map_err(unreadable)?;
    match number.trim() {
        "" => Err(XtaskError::Answer {
            what: "Xvfb".to_owned(),
            why: "it ended without naming a display".to_owned(),
        }),
        number => Ok((screen, format!(":{number}"))),
    }
}

/// Holds sockets, whose paths must be short, so it cannot lie below the target directory. Removed when dropped.
struct RuntimeFolder {
    path: PathBuf,
}

impl RuntimeFolder {
    fn make() -> Outcome<Self> {
        let name = format!("exco-desktop-{}", std::process::id());
        Ok(Self {
            path: make_private(std::env::temp_dir().join(name))?,
        })
    }
}

impl Drop for RuntimeFolder {
    fn drop(&mut self) {
        // A leftover in the system's temporary folder harms nobody, and there is nobody to tell.
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// Folders of our own for everything, but cargo and rustup stay the developer's: the command is most likely a cargo one.
fn environment(
    home: &Path,
    runtime: &RuntimeFolder,
    display: &str,
) -> Outcome<Vec<(String, OsString)>> {
    let user = std::env::var_os("HOME")
        .map(PathBuf::from)
        .unwrap_or_default();
    let kept = |name: &str, folder: &str| {
        (
            name.to_owned(),
            std::env::var_os(name).unwrap_or_else(|| user.join(folder).into()),
        )
    };
    let mut variables = vec![kept("CARGO_HOME", ".cargo"), kept("RUSTUP_HOME", ".rustup")];
    for (name, folder) in [
        ("HOME", "home"),
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_DATA_HOME", "data"),
        ("XDG_CACHE_HOME", "cache"),
        ("XDG_STATE_HOME", "state"),
    ] {
        variables.push((name.to_owned(), make_private(home.join(folder))?.into()));
    }
    variables.push(("XDG_RUNTIME_DIR".to_owned(), runtime.path.clone().into()));
    let fixed = [
        ("DISPLAY", display),
        ("GDK_BACKEND", "x11"),
        ("GSETTINGS_BACKEND", "memory"),
        ("NO_AT_BRIDGE", "1"),
    ];
    variables.extend(fixed.map(|(name, value)| (name.to_owned(), OsString::from(value))));
    Ok(variables)
}

/// D-Bus and the keyring refuse a runtime folder that others can enter.
fn make_private(folder: PathBuf) -> Outcome<PathBuf> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&folder).map_err(|source| XtaskError::File {
        act: "make",
        path: folder.clone(),
        source,
    })?;
    Ok(folder)
}

/// It must own its name before anything asks for it: D-Bus would start a locked one.
fn start_keyring() -> Outcome<Guard> {
    let arguments = ["--foreground", "--unlock", "--components=secrets"];
    let mut keyring = Run::new("gnome-keyring-daemon").args(arguments).start(
        Stdio::piped(),
        Stdio::null(),
        Stdio::null(),
    )?;
    let mut input = keyring
        .child
        .stdin
        .take()
        .expect("its input was asked to be piped");
    let refused = |source| XtaskError::NotStarted {
        program: "gnome-keyring-daemon".to_owned(),
        source,
    };
    input
        .write_all(b"made-up password of a throw-away keyring")
        .map_err(refused)?;
    Ok(keyring)
}

fn start_service(program: &str, arguments: &[&str]) -> Outcome<Guard> {
    Run::new(program)
        .args(arguments)
        .start(Stdio::null(), Stdio::null(), Stdio::null())
}
