//! The independent CRM probe against the fake CRM: what it gets must be what a real vtiger CRM 8.4.0 answered, in every case of the
//! groups named below. The probe lies beside the project; where it or Python is missing, the test says so and passes.

use sandbox::Options;
use sandbox::company::{Role, Sizes};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The groups of cases: all there are.
const GROUPS: &str = "auth.*,http.*,meta.*,contacts.*,accounts.*,query.*,sync.*,events.*,tasks.*,emails.*,documents.*,permissions.*";

#[tokio::test(flavor = "multi_thread")]
async fn every_case_of_the_crm_probe_answers_as_a_real_server_did() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/crm-probe");
    if !folder.join("probe.py").exists() {
        println!("skipped: there is no shared/crm-probe beside the project");
        return;
    }
    let python = std::env::var("EXCO_PROBE_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    if let Err(reason) = Command::new(&python).arg("--version").output() {
        println!("skipped: {python} cannot be run: {reason}");
        return;
    }
    // With people in it, so that the probe's own records are not alone.
    let running = sandbox::start(Options {
        sizes: Sizes::both(150),
        ..Options::default()
    })
    .await
    .expect("the sandbox starts");
    let arguments = arguments(&running, &folder);
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
    assert!(!said.contains("\n0 cases"), "no case ran:\n{said}");
}

fn arguments(running: &sandbox::Running, folder: &Path) -> Vec<String> {
    let file = |name: &str| -> PathBuf { folder.join(name) };
    let mut arguments = vec![
        file("probe.py").display().to_string(),
        "--url".to_owned(),
        running.crm_url.clone(),
    ];
    let flags = [
        (Role::Full, "--user", "--accesskey"),
        (Role::ReadOnly, "--user2", "--accesskey2"),
        (Role::Colleague, "--user3", "--accesskey3"),
        (Role::Inactive, "--inactive", "--inactivekey"),
    ];
    for (role, name, key) in flags {
        let user = running
            .users
            .iter()
            .find(|user| user.role == role)
            .expect("there is a user of every role");
        arguments.extend([
            name.to_owned(),
            user.name.clone(),
            key.to_owned(),
            user.access_key.clone(),
        ]);
    }
    let more = [
        "--only".to_owned(),
        GROUPS.to_owned(),
        "--compare".to_owned(),
        file("golden.jsonl").display().to_string(),
    ];
    arguments.extend(more);
    arguments
}
