//! What a machine needs before it can build and test the project, and how to get it: Debian packages, cargo-nextest, the
//! programs of Node. It asks before it uses apt. On a system without apt it names what is needed and goes on, because the
//! same libraries may be there under other names.

use std::io::Write;

use crate::error::{Outcome, XtaskError};
use crate::process::Run;

/// The version our settings were tried with; a newer one may want a newer compiler.
const NEXTEST_VERSION: &str = "0.9.143";

/// Vite needs it.
const OLDEST_NODE: (u32, u32) = (20, 19);

/// Whether packages may be installed without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// A person is asked first.
    Ask,
    /// `--yes` was given.
    Given,
}

/// What packages are needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Building what has no window: a C compiler for SQLite and ring.
    Build,
    /// Building the tray app.
    Window,
    /// Checking requests against the schema.
    Schema,
    /// Running the independent probes.
    Probes,
    /// Driving the tray app on a screen that nobody sees.
    WindowTests,
}

impl Need {
    fn purpose(self) -> &'static str {
        match self {
            Self::Build => "to build",
            Self::Window => "to build the window",
            Self::Schema => "to check requests against Exchange's schema",
            Self::Probes => "to run the independent probes",
            Self::WindowTests => "to test the window",
        }
    }

    /// Debian 12's names.
    fn packages(self) -> &'static [&'static str] {
        match self {
            Self::Build => &["gcc", "libc6-dev", "pkg-config"],
            Self::Window => &[
                "libwebkit2gtk-4.1-dev",
                "libayatana-appindicator3-dev",
                "librsvg2-dev",
            ],
            Self::Schema => &["libxml2-utils"],
            Self::Probes => &["python3-venv"],
            Self::WindowTests => &[
                "xvfb",
                "dbus",
                "dbus-x11",
                "dunst",
                "openbox",
                "webkit2gtk-driver",
                "gnome-keyring",
                "libsecret-tools",
                "libglib2.0-bin",
                "wmctrl",
                "xdotool",
                "scrot",
                "imagemagick",
            ],
        }
    }
}

/// Installs the Debian packages that are missing for these needs.
pub fn ensure(needs: &[Need], consent: Consent) -> Outcome<()> {
    let wanted: Vec<&str> = needs
        .iter()
        .flat_map(|need| need.packages().iter().copied())
        .collect();
    if !Run::new("dpkg-query").args(["--version"]).works()
        || !Run::new("apt-get").args(["--version"]).works()
    {
        println!(
            "This is not a Debian system. Needed under Debian's names: {}",
            wanted.join(" ")
        );
        return Ok(());
    }
    let missing = missing_of(&wanted, &installed()?);
    if missing.is_empty() {
        return Ok(());
    }
    let reasons: Vec<String> = needs
        .iter()
        .filter(|need| {
            need.packages()
                .iter()
                .any(|package| missing.contains(package))
        })
        .map(|need| {
            format!(
                "  {}: {}",
                need.purpose(),
                missing_of(need.packages(), &wanted_except(&wanted, &missing)).join(" ")
            )
        })
        .collect();
    println!("These Debian packages are missing:\n{}", reasons.join("\n"));
    if consent == Consent::Ask && !agreed("Install them with apt-get now? [y/N] ")? {
        return Err(XtaskError::Missing {
            what: format!(
                "not installed: {}; install them and start again, or give --yes",
                missing.join(" ")
            ),
        });
    }
    install(&missing)
}

/// `python3 -m venv` needs Debian's package only where Python comes from Debian; another Python brings it along.
pub fn python_makes_environments() -> bool {
    Run::new("python3")
        .args(["-c", "import venv, ensurepip"])
        .works()
}

/// Builds cargo-nextest where it is missing.
pub fn ensure_nextest() -> Outcome<()> {
    if Run::new("cargo").args(["nextest", "--version"]).works() {
        return Ok(());
    }
    println!("cargo-nextest is missing; it is built once, which takes some minutes.");
    Run::new("cargo")
        .args([
            "install",
            "cargo-nextest",
            "--locked",
            "--version",
            NEXTEST_VERSION,
        ])
        .run()
}

/// Checks that Node and npm are there and new enough. Which Node to use is the user's choice, so it is not installed here.
pub fn ensure_node() -> Outcome<()> {
    let (major, minor) = OLDEST_NODE;
    let want = || format!("the window needs Node {major}.{minor} or later with npm");
    if !Run::new("node").args(["--version"]).works() || !Run::new("npm").args(["--version"]).works()
    {
        return Err(XtaskError::Missing {
            what: format!("{}, and it was not found", want()),
        });
    }
    let answer = Run::new("node").args(["--version"]).capture()?;
    let version = node_version(&answer).ok_or_else(|| XtaskError::Answer {
        what: "node --version".to_owned(),
        why: format!("`{}`", answer.trim()),
    })?;
    if version < OLDEST_NODE {
        return Err(XtaskError::Missing {
            what: format!("{}, this is {}", want(), answer.trim()),
        });
    }
    Ok(())
}

fn installed() -> Outcome<Vec<String>> {
    let listing = Run::new("dpkg-query")
        .args(["--show", "--showformat", "${Package} ${db:Status-Status}\n"])
        .capture()?;
    Ok(installed_in(&listing))
}

fn installed_in(listing: &str) -> Vec<String> {
    listing
        .lines()
        .filter_map(|line| line.strip_suffix(" installed"))
        .map(str::to_owned)
        .collect()
}

fn missing_of<'a>(wanted: &[&'a str], present: &[String]) -> Vec<&'a str> {
    wanted
        .iter()
        .copied()
        .filter(|package| !present.iter().any(|name| name == package))
        .collect()
}

fn wanted_except(wanted: &[&str], missing: &[&str]) -> Vec<String> {
    wanted
        .iter()
        .filter(|package| !missing.contains(package))
        .map(|&package| package.to_owned())
        .collect()
}

fn agreed(question: &str) -> Outcome<bool> {
    print!("{question}");
    let unreadable = |source: std::io::Error| XtaskError::NotStarted {
        program: "the question on the terminal".to_owned(),
        source,
    };
    std::io::stdout().flush().map_err(unreadable)?;
    let mut answer = String::new();
    std::io::stdin()
        .read_line(&mut answer)
        .map_err(unreadable)?;
    Ok(matches!(
        answer.trim().to_lowercase().as_str(),
        "y" | "yes" | "j" | "ja"
    ))
}

fn install(missing: &[&str]) -> Outcome<()> {
    apt(&["update"])?;
    let fixed = ["install", "--yes", "--no-install-recommends"];
    apt(&[&fixed[..], missing].concat())
}

/// Another apt may be at work; wait for its lock rather than fail.
fn apt(arguments: &[&str]) -> Outcome<()> {
    let call = [
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "-o",
        "DPkg::Lock::Timeout=400",
    ];
    let call = if is_root()? {
        call.to_vec()
    } else {
        [&["sudo"], &call[..]].concat()
    };
    Run::new(call[0]).args(&call[1..]).args(arguments).run()
}

fn is_root() -> Outcome<bool> {
    Ok(Run::new("id").args(["-u"]).capture()?.trim() == "0")
}

fn node_version(answer: &str) -> Option<(u32, u32)> {
    let mut parts = answer.trim().strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_fully_installed_packages_count() {
        let present = installed_in("gcc installed\nxvfb config-files\ndunst not-installed\n");
        assert_eq!(
            missing_of(&["gcc", "xvfb", "dunst"], &present),
            ["xvfb", "dunst"]
        );
    }

    #[test]
    fn a_node_version_is_read_and_compared_by_number() {
        assert_eq!(node_version("v20.20.2\n"), Some((20, 20)));
        assert!(node_version("v9.99.0").expect("a version") < OLDEST_NODE);
        assert!(node_version("v22.3.0").expect("a version") > OLDEST_NODE);
        assert_eq!(node_version("node 20"), None);
    }

    #[test]
    fn no_package_is_named_for_two_needs() {
        let all = [
            Need::Build,
            Need::Window,
            Need::Schema,
            Need::Probes,
            Need::WindowTests,
        ];
        let mut names: Vec<&str> = all
            .iter()
            .flat_map(|need| need.packages().iter().copied())
            .collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
