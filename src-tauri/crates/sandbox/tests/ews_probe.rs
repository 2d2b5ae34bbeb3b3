//! The independent EWS probe (exchangelib and bare SOAP) against the fake Exchange: what it gets must be its golden, in every
//! case. The probe and the schemas lie beside the project; where they or a Python with the probe's packages are missing, the
//! test says so and passes.

use sandbox::Options;
use sandbox::company::Sizes;
use sandbox::options::Mode;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Cases that must have run; fewer would mean that a filter swallowed some.
const LEAST: usize = 58;

#[tokio::test(flavor = "multi_thread")]
async fn every_case_of_the_ews_probe_answers_as_its_golden() {
    judge(Mode::Exchange, &[], LEAST).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn played_as_gromox_it_answers_as_gromox_was_recorded() {
    let groups = "c*,f*,k*,e*,t*,m*,s*,x*,z*,n*";
    let recorded = [
        "--only",
        groups,
        "--deviations",
        "gromox-3.10.deviations.jsonl",
    ];
    judge(Mode::Gromox, &recorded, 57).await;
}

/// Runs the probe; arguments that name one of its files are completed to its place.
async fn judge(mode: Mode, more: &[&str], least: usize) {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared");
    let (probe, schema) = (shared.join("ews-probe"), shared.join("ews-schema"));
    if !probe.join("probe.py").exists() || !schema.exists() {
        println!("skipped: there is no shared/ews-probe and shared/ews-schema beside the project");
        return;
    }
    let python = python();
    if let Err(reason) = able(&python) {
        println!(
            "skipped: {} cannot run the probe: {reason}",
            python.display()
        );
        return;
    }
    // With people in it, so that the probe's own items are not alone.
    let options = Options {
        sizes: Sizes::both(150),
        mode,
        ..Options::default()
    };
    let running = sandbox::start(options).await.expect("the sandbox starts");
    let mut arguments = arguments(&running, &probe, &schema);
    arguments.extend(more.iter().map(|text| match text.ends_with(".jsonl") {
        true => probe.join(text).display().to_string(),
        false => (*text).to_owned(),
    }));
    let output = tokio::task::spawn_blocking(move || Command::new(python).args(arguments).output());
    let output: Output = output
        .await
        .expect("waiting does not panic")
        .expect("the probe runs");
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    println!("{said}");
    assert!(
        output.status.success(),
        "the probe found differences:\n{said}"
    );
    assert!(passed(&said) >= least, "too few cases ran:\n{said}");
}

/// The Python that the tests' driver names, the one it made, or any.
fn python() -> PathBuf {
    if let Some(named) = std::env::var_os("EXCO_PROBE_PYTHON") {
        return named.into();
    }
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../target/probe-venv/bin/python");
    if made.exists() {
        made
    } else {
        "python3".into()
    }
}

/// Whether it has what the probe needs.
fn able(python: &Path) -> Result<(), String> {
    let tried = Command::new(python)
        .args(["-c", "import exchangelib, lxml, requests_ntlm"])
        .output();
    let output = tried.map_err(|error| error.to_string())?;
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
    }
}

fn arguments(running: &sandbox::Running, probe: &Path, schema: &Path) -> Vec<String> {
    let user = running.users.first().expect("there is a first user");
    let text = |path: &Path| path.display().to_string();
    [
        (None, text(&probe.join("probe.py"))),
        (Some("--url"), running.exchange_url.clone()),
        (Some("--user"), user.email.clone()),
        (Some("--password"), user.password.clone()),
        (Some("--schema"), text(schema)),
        (Some("--compare"), text(&probe.join("golden.jsonl"))),
    ]
    .into_iter()
    .flat_map(|(flag, value)| flag.map(str::to_owned).into_iter().chain([value]))
    .collect()
}

/// The number of `N passed, M failed`.
fn passed(said: &str) -> usize {
    let number = |line: &str| line.split_once(" passed, ")?.0.parse().ok();
    said.lines().rev().find_map(number).unwrap_or(0)
}
