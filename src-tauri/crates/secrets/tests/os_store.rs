//! The operating system's store as this program uses it: once where there is one, once where there is none.

use std::path::Path;
#[cfg(target_os = "linux")]
use std::process::Command;

use model::{Code, Secret};
use secrets::{OsStore, SecretName, SecretStore};

/// Not part of every run: a developer's own store would be asked, and a run without a window has none. The desktop of the window's tests has an
/// empty one that is unlocked: `cargo xtask desktop cargo test -p secrets -- --ignored kept`. On Linux without a desktop:
/// `dbus-run-session -- sh -c 'printf test | gnome-keyring-daemon --unlock --components=secrets --daemonize; cargo test -p secrets -- --ignored kept'`
#[test]
#[ignore = "needs a credential store that is unlocked"]
fn r10_4_secrets_are_kept_by_the_operating_system() {
    let folder = format!("/made/up/{}", std::process::id());
    let (one, other) = (
        OsStore::new(Path::new(&folder)),
        OsStore::new(Path::new("/made/up/other")),
    );
    let awkward = Secret::new("p\u{e4}ss 😀 \"x\" \\ ".repeat(20));
    for name in SecretName::ALL {
        assert_eq!(one.get(name).expect("asked"), None);
        one.set(name, &Secret::new("first")).expect("kept");
        one.set(name, &awkward).expect("kept");
        assert_eq!(one.get(name).expect("asked"), Some(awkward.clone()));
        assert_eq!(other.get(name).expect("asked"), None);
    }
    // As long as Microsoft's are, which Windows takes only as bytes.
    let long = Secret::new("1.AX".repeat(500));
    one.set(SecretName::ExchangeRefreshToken, &long)
        .expect("kept");
    let kept = one.get(SecretName::ExchangeRefreshToken).expect("asked");
    assert_eq!(kept, Some(long));
    for name in SecretName::ALL {
        one.delete(name).expect("removed");
        one.delete(name).expect("nothing left to remove");
        assert_eq!(one.get(name).expect("asked"), None);
    }
}

/// The store is looked for once in a process and found by a variable, so this looks in a process of its own.
#[cfg(target_os = "linux")]
#[test]
fn r10_4_without_a_credential_store_the_user_is_told() {
    let program = std::env::current_exe().expect("this test");
    let child = Command::new(program)
        .args(["--ignored", "--exact", "asks_where_there_is_no_store"])
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .output()
        .expect("started");
    let told = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success(), "{told}");
    assert!(told.contains("1 passed"), "{told}");
}

/// The inner half of the test above, which runs it in every run, in a process that finds no store; by itself it would find the developer's.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "run by another test, without a credential store"]
fn asks_where_there_is_no_store() {
    let store = OsStore::new(Path::new("/made/up"));
    let name = SecretName::ExchangePassword;
    for error in [
        store.get(name).expect_err("no store"),
        store.set(name, &Secret::new("x")).expect_err("no store"),
        store.delete(name).expect_err("no store"),
    ] {
        let problem = error.problem();
        assert_eq!(problem.code, Code::SecretStoreUnavailable);
        assert_eq!(Some(problem.values["variable"].as_str()), name.variable());
    }
}
