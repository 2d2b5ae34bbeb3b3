//! `cargo xtask test`: everything that says whether the project is in order, step by step, with the time each step took. CI runs exactly
//! this. The order matters for time: the user interface is built before anything compiles the tray app that embeds it, and
//! formatting and clippy end the run at once, because what follows would only repeat the news more slowly.
//!
//! What each kind of test is for stands in `src-tauri/docs/testing.md`.

mod steps;

use std::ffi::OsString;
use std::time::Instant;

use crate::error::{Outcome, XtaskError};
use crate::packages::{self, Consent, Need};
use crate::workspace::{APP_PACKAGE, Workspace};
use crate::{bindings, desktop, node, probes, process::Run, tidy, ui};

use steps::{End, OnFailure, Step};

/// What was asked for.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Whether packages may be installed without asking.
    pub consent: Consent,
    /// How much is tested.
    pub extent: Extent,
}

/// How much is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    Everything,
    /// All that needs neither WebKit nor a screen.
    WithoutWindow,
}

/// Runs all steps and fails if one failed.
pub fn run(workspace: &Workspace, options: Options) -> Outcome<()> {
    let run = TestRun {
        workspace,
        options,
        probe_python: std::cell::OnceCell::new(),
    };
    let steps: [Step<TestRun>; 14] = [
        Step {
            name: "what is missing",
            on_failure: OnFailure::Stop,
            work: TestRun::install,
        },
        Step {
            name: "format",
            on_failure: OnFailure::Stop,
            work: TestRun::format,
        },
        Step {
            name: "tidy",
            on_failure: OnFailure::GoOn,
            work: TestRun::tidy,
        },
        Step {
            name: "user interface: packages",
            on_failure: OnFailure::GoOn,
            work: TestRun::ui_install,
        },
        Step {
            name: "user interface: build",
            on_failure: OnFailure::GoOn,
            work: TestRun::ui_build,
        },
        Step {
            name: "user interface: types",
            on_failure: OnFailure::GoOn,
            work: TestRun::ui_types,
        },
        Step {
            name: "user interface: unit tests",
            on_failure: OnFailure::GoOn,
            work: TestRun::ui_tests,
        },
        Step {
            name: "clippy",
            on_failure: OnFailure::Stop,
            work: TestRun::clippy,
        },
        Step {
            name: "bindings",
            on_failure: OnFailure::GoOn,
            work: TestRun::bindings,
        },
        Step {
            name: "authorization server for the tests",
            on_failure: OnFailure::GoOn,
            work: TestRun::prepare_authority,
        },
        Step {
            name: "Python for the probes",
            on_failure: OnFailure::GoOn,
            work: TestRun::prepare_probes,
        },
        Step {
            name: "unit, property, scenario and probe tests",
            on_failure: OnFailure::GoOn,
            work: TestRun::tests,
        },
        Step {
            name: "window tests",
            on_failure: OnFailure::GoOn,
            work: TestRun::window_tests,
        },
        Step {
            name: "documentation",
            on_failure: OnFailure::GoOn,
            work: TestRun::documentation,
        },
    ];
    let clock = Instant::now();
    let summary = steps::run_all(&steps, &run, || clock.elapsed());
    println!("\n{summary}\nall steps: {}", steps::shown(clock.elapsed()));
    match summary.failed() {
        0 => Ok(()),
        count => Err(XtaskError::Found {
            what: format!("steps that failed: {count}"),
        }),
    }
}

/// One run of `cargo xtask test`.
struct TestRun<'a> {
    workspace: &'a Workspace,
    options: Options,
    /// Set by its own step, used by the steps that run tests.
    probe_python: std::cell::OnceCell<OsString>,
}

impl TestRun<'_> {
    fn install(&self) -> Outcome<End> {
        let needs: &[Need] = match self.options.extent {
            Extent::Everything => &[Need::Build, Need::Schema, Need::Window, Need::WindowTests],
            Extent::WithoutWindow => &[Need::Build, Need::Schema],
        };
        packages::ensure(needs, self.options.consent)?;
        packages::ensure_nextest()?;
        Ok(End::Done)
    }

    fn format(&self) -> Outcome<End> {
        self.cargo(&["fmt", "--all", "--check"]).run()?;
        Ok(End::Done)
    }

    fn tidy(&self) -> Outcome<End> {
        tidy::run(self.workspace)?;
        Ok(End::Done)
    }

    fn ui_install(&self) -> Outcome<End> {
        self.with_ui(ui::install)
    }

    fn ui_build(&self) -> Outcome<End> {
        self.with_ui(ui::build)
    }

    fn ui_types(&self) -> Outcome<End> {
        self.with_ui(ui::check_types)
    }

    fn ui_tests(&self) -> Outcome<End> {
        self.with_ui(ui::test)
    }

    fn with_ui(&self, work: fn(&Workspace) -> Outcome<()>) -> Outcome<End> {
        if !self.workspace.ui().join("package.json").is_file() {
            return Ok(End::LeftOut("there is no ui/package.json".to_owned()));
        }
        work(self.workspace)?;
        Ok(End::Done)
    }

    fn clippy(&self) -> Outcome<End> {
        let packages = self.packages();
        self.cargo(&["clippy"])
            .args(packages)
            .args(["--all-targets", "--", "-D", "warnings"])
            .run()?;
        Ok(End::Done)
    }

    fn bindings(&self) -> Outcome<End> {
        if !bindings::are_offered(self.workspace) {
            return Ok(End::LeftOut(
                "the controller has no feature `bindings`".to_owned(),
            ));
        }
        bindings::check(self.workspace)?;
        Ok(End::Done)
    }

    fn prepare_authority(&self) -> Outcome<End> {
        node::install(&self.workspace.root().join("tests/authority"))?;
        Ok(End::Done)
    }

    fn prepare_probes(&self) -> Outcome<End> {
        match probes::python(self.workspace, self.options.consent)? {
            Some(python) => {
                self.probe_python
                    .set(python.into_os_string())
                    .expect("this step runs once");
                Ok(End::Done)
            }
            None => Ok(End::LeftOut(
                "no probes beside the clone (../shared)".to_owned(),
            )),
        }
    }

    fn tests(&self) -> Outcome<End> {
        let mut arguments = self.nextest();
        let outside_the_window = format!("not package({APP_PACKAGE})");
        if self.has_window() {
            arguments.extend(["-E", &outside_the_window]);
        }
        self.cargo(&arguments)
            .envs(&self.test_environment())
            .run()?;
        Ok(End::Done)
    }

    /// The tests of the tray app itself, on a desktop of their own. The packages stay the same as in the step before and the tests are
    /// chosen by filter: another choice of packages would be another choice of features, and compile much of it again.
    fn window_tests(&self) -> Outcome<End> {
        if !self.has_window() {
            return Ok(End::LeftOut(format!("without the package {APP_PACKAGE}")));
        }
        let filter = format!("package({APP_PACKAGE})");
        let command = [&["cargo"], &self.nextest()[..], &["-E", &filter]].concat();
        desktop::run(self.workspace, &command, &self.test_environment())?;
        Ok(End::Done)
    }

    fn documentation(&self) -> Outcome<End> {
        self.cargo(&["doc", "--workspace", "--exclude", APP_PACKAGE, "--no-deps"])
            .env("RUSTDOCFLAGS", "-D warnings")
            .run()?;
        Ok(End::Done)
    }

    fn cargo(&self, arguments: &[&str]) -> Run {
        Run::new("cargo").args(arguments).dir(self.workspace.root())
    }

    fn nextest(&self) -> Vec<&'static str> {
        let mut arguments = vec![
            "nextest",
            "run",
            "--config-file",
            "src-tauri/xtask/nextest.toml",
        ];
        arguments.extend(self.packages());
        arguments
    }

    fn packages(&self) -> &'static [&'static str] {
        if self.has_window() {
            &["--workspace"]
        } else {
            &["--workspace", "--exclude", APP_PACKAGE]
        }
    }

    fn has_window(&self) -> bool {
        self.options.extent == Extent::Everything && self.workspace.has_package(APP_PACKAGE)
    }

    fn test_environment(&self) -> Vec<(String, OsString)> {
        self.probe_python
            .get()
            .map(|python| (probes::PYTHON_VARIABLE.to_owned(), python.clone()))
            .into_iter()
            .collect()
    }
}
