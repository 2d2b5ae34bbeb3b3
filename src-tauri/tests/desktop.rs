//! The tray app as a user meets it: the real program on a desktop of its own, its menu chosen over D-Bus as a panel
//! does, its window driven over WebDriver. Each test makes its own X server and D-Bus session, so they run side by
//! side and never touch the developer's desktop. What the window says in each state is tested in `ui/`, what the
//! menu says in `tray/look`; here it is shown that the parts are joined.
//!
//! Needs Xvfb, openbox, dbus-daemon, dunst, gnome-keyring, wmctrl and WebKitWebDriver; `cargo xtask test` installs them.

#![cfg(target_os = "linux")]

#[path = "desktop/keyring.rs"]
mod keyring;
#[path = "desktop/notes.rs"]
mod notes;
#[path = "desktop/office.rs"]
mod office;
#[path = "desktop/process.rs"]
mod process;
#[path = "desktop/session.rs"]
mod session;
#[path = "desktop/tray.rs"]
mod tray;
#[path = "desktop/window.rs"]
mod window;

#[path = "desktop/accessible_tests.rs"]
mod accessible_tests;
#[path = "desktop/figures.rs"]
mod figures;
#[path = "desktop/flow_tests.rs"]
mod flow_tests;
#[path = "desktop/notes_tests.rs"]
mod notes_tests;
#[path = "desktop/office_tests.rs"]
mod office_tests;
#[path = "desktop/tray_tests.rs"]
mod tray_tests;
#[path = "desktop/window_tests.rs"]
mod window_tests;
