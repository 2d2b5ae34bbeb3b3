//! The Python environment for the founders' probes (`../shared/ews-probe`, `../shared/crm-probe`): an independent judge of the
//! sandbox and of our clients. It lives below the target directory. A clone without `../shared` has no probes, and then nothing
//! is installed; running them is the business of the tests that use them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Outcome, XtaskError};
use crate::packages::{self, Consent, Need};
use crate::process::Run;
use crate::workspace::Workspace;

/// The variable that tells the tests which Python runs the probes.
pub const PYTHON_VARIABLE: &str = "EXCO_PROBE_PYTHON";

/// What `ntlm_gate.py` needs beyond the probe's own list.
const GATE_REQUIREMENT: &str = "pyspnego";

/// Makes the environment, or uses the one of an earlier run, and gives its Python. `None` where no probes lie beside the clone.
pub fn python(workspace: &Workspace, consent: Consent) -> Outcome<Option<PathBuf>> {
    let Some(list) = workspace
        .shared()
        .map(|shared| shared.join("ews-probe/requirements.txt"))
        .filter(|list| list.is_file())
    else {
        return Ok(None);
    };
    let wanted = format!("{}\n{GATE_REQUIREMENT}\n", read(&list)?.trim_end());
    let home = workspace.target().join("probe-venv");
    let python = home.join("bin/python");
    let stamp = home.join("installed.txt");
    if python.exists() && fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(Some(python));
    }
    if !packages::python_makes_environments() {
        packages::ensure(&[Need::Probes], consent)?;
    }
    fill(&home, &python, &list)?;
    fs::write(&stamp, wanted).map_err(|source| XtaskError::File {
        act: "write",
        path: stamp,
        source,
    })?;
    Ok(Some(python))
}

fn fill(home: &Path, python: &Path, list: &Path) -> Outcome<()> {
    Run::new("python3")
        .args(["-m", "venv", "--clear"])
        .args([home])
        .run()?;
    Run::new(python)
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            GATE_REQUIREMENT,
            "-r",
        ])
        .args([list])
        .run()
}

fn read(path: &Path) -> Outcome<String> {
    fs::read_to_string(path).map_err(|source| XtaskError::File {
        act: "read",
        path: path.to_owned(),
        source,
    })
}
