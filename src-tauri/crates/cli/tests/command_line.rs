//! The program as others run it: exit codes, what goes to which output, both languages. What it does with servers is in the
//! scenarios of the whole product.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const SECRET: &str = "hunter2-never-printed";

struct Exco {
    folder: tempfile::TempDir,
}

impl Exco {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    fn profile(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, name: &str, text: &str) -> String {
        let file = self.folder.path().join(name);
        std::fs::write(&file, text).expect("written");
        file.display().to_string()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_exco"));
        command
            .arg("--profile")
            .arg(self.profile().join("profile"))
            .args(arguments)
            .env("EXCO_POLICY_FILE", self.write("policy.toml", ""))
            .env("EXCO_CRM_ACCESS_KEY", SECRET)
            .env("EXCO_EXCHANGE_PASSWORD", SECRET)
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Said {
        Said::of(self.command(arguments).output().expect("started"))
    }
}

#[derive(Debug)]
struct Said {
    exit: Option<i32>,
    out: String,
    err: String,
}

impl Said {
    fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("plain text");
        let said = Self {
            exit: output.status.code(),
            out: text(output.stdout),
            err: text(output.stderr),
        };
        assert!(!said.out.contains(SECRET), "{said:?}");
        assert!(!said.err.contains(SECRET), "{said:?}");
        said
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    fn error_code(&self) -> String {
        let told: Value = serde_json::from_str(&self.err).expect("one JSON line");
        let code = told["error"]["code"].as_str().expect("a code");
        code.to_owned()
    }
}

/// An address of this computer where nobody listens.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound");
    format!("http://{address}")
}

#[test]
fn wrong_usage_is_told_in_the_users_language_and_ends_with_2() {
    let exco = Exco::new();
    for (arguments, told) in [
        (
            &["--lang", "de", "sync", "--loud"][..],
            "gibt es hier nicht",
        ),
        (&["--lang", "en", "sync", "--loud"], "There is no argument"),
        (
            &["--lang", "en", "connect", "exchange", "--user", "anna"],
            "--email",
        ),
        (
            &["--lang", "en", "connect", "crm", "--user", "anna"],
            "--url",
        ),
        (&["--lang", "en"], "A command is missing"),
        (&["--lang", "en", "policy"], "Usage:"),
    ] {
        let said = exco.run(arguments);
        assert_eq!((said.exit, said.out.as_str()), (Some(2), ""), "{said:?}");
        assert!(said.err.contains(told), "{said:?}");
    }
}

#[test]
fn r10_3_help_is_a_result_and_in_the_users_language() {
    let exco = Exco::new();
    for (language, told) in [("de", "Einmal abgleichen"), ("en", "Sync once")] {
        let said = exco.run(&["--lang", language, "--help"]);
        assert_eq!(said.exit, Some(0));
        assert!(said.out.contains(told), "{said:?}");
    }
}

#[test]
fn r7_2_where_nobody_registered_the_program_the_browser_is_not_offered() {
    let exco = Exco::new();
    let said = exco.run(&["--json", "connect", "exchange", "--oauth"]);
    assert_eq!(said.exit, Some(3));
    assert_eq!(said.error_code(), "browser_sign_in_not_offered");
}

#[test]
fn before_connecting_a_sync_ends_with_3_and_says_what_to_do() {
    let said = Exco::new().run(&["--lang", "en", "sync"]);
    assert_eq!((said.exit, said.out.as_str()), (Some(3), ""), "{said:?}");
    assert!(said.err.contains("exco connect crm"), "{said:?}");
}

#[test]
fn a_program_gets_a_failure_as_one_json_line_on_standard_error() {
    let said = Exco::new().run(&["--json", "sync"]);
    assert_eq!(said.out, "");
    assert_eq!(said.error_code(), "not_connected");
}

#[test]
fn r7_4_a_server_that_is_not_there_ends_with_5() {
    let exco = Exco::new();
    let url = nobody();
    for arguments in [
        ["--json", "connect", "crm", "--url", &url, "--user", "anna"],
        [
            "--json", "connect", "exchange", "--url", &url, "--user", "a",
        ],
    ] {
        let said = exco.run(&arguments);
        assert_eq!(said.exit, Some(5), "{said:?}");
        assert_eq!(said.error_code(), "server_unreachable");
    }
}

#[test]
fn r7_4_plain_http_to_another_host_is_refused_before_anything_is_sent() {
    let url = "http://crm.example";
    let said = Exco::new().run(&["--json", "connect", "crm", "--url", url, "--user", "anna"]);
    assert_eq!(said.exit, Some(1), "{said:?}");
    assert_eq!(said.error_code(), "address_not_secure");
}

#[test]
fn status_of_a_new_profile_is_told_and_ends_with_0() {
    let exco = Exco::new();
    let said = exco.run(&["--lang", "de", "status"]);
    assert_eq!((said.exit, said.err.as_str()), (Some(0), ""), "{said:?}");
    assert!(said.out.contains("Nicht verbunden"), "{said:?}");
    assert_eq!(
        exco.run(&["--json", "status"]).json()["state"],
        "not_connected"
    );
}

#[test]
fn lists_of_a_new_profile_are_empty() {
    let exco = Exco::new();
    for arguments in [&["--json", "history"][..], &["--json", "conflicts", "list"]] {
        let said = exco.run(arguments);
        assert_eq!(
            (said.exit, said.out.as_str()),
            (Some(0), "[]\n"),
            "{said:?}"
        );
    }
}

#[test]
fn pausing_is_remembered() {
    let exco = Exco::new();
    assert_eq!(exco.run(&["--json", "pause"]).json()["paused"], true);
    assert_eq!(exco.run(&["--json", "resume"]).json()["paused"], false);
}

#[test]
fn r7_7_nobody_there_to_say_yes_ends_with_4() {
    let said = Exco::new().run(&["--lang", "en", "disconnect"]);
    assert_eq!((said.exit, said.out.as_str()), (Some(4), ""), "{said:?}");
    assert!(said.err.contains("--yes"), "{said:?}");
}

#[test]
fn a_profile_that_another_program_works_on_is_named() {
    let exco = Exco::new();
    let folder = exco.profile().join("profile");
    let profile = config::Profile::open(Some(folder.clone())).expect("made");
    let _lock = profile.lock().expect("nobody else");
    let url = nobody();
    let said = exco.run(&[
        "--lang", "en", "connect", "crm", "--url", &url, "--user", "anna",
    ]);
    assert_eq!(said.exit, Some(1), "{said:?}");
    assert!(said.err.contains(&folder.display().to_string()), "{said:?}");
}

#[test]
fn r9_1_a_policy_is_checked_with_its_values_and_unknown_keys() {
    let exco = Exco::new();
    let file = exco.write("p.toml", "colour = 1\nmax_failed_sign_ins = 3\n");
    let said = exco.run(&["--json", "policy", "check", &file]);
    assert_eq!(said.exit, Some(0), "{said:?}");
    let checked = said.json();
    assert_eq!(checked["unknown_keys"], serde_json::json!(["colour"]));
    assert_eq!(
        checked["values"],
        serde_json::json!([{"key": "max_failed_sign_ins", "value": "3", "set_by": "policy"}])
    );
}

#[test]
fn a_policy_nobody_can_read_is_told_with_its_line() {
    let exco = Exco::new();
    let file = exco.write("p.toml", "\nconflict_strategy = \"crn\"\n");
    let said = exco.run(&["--lang", "en", "policy", "check", &file]);
    assert_eq!((said.exit, said.out.as_str()), (Some(1), ""), "{said:?}");
    assert!(said.err.contains("line 2"), "{said:?}");
    let mut command = exco.command(&["--json", "status"]);
    let said = Said::of(
        command
            .env("EXCO_POLICY_FILE", &file)
            .output()
            .expect("started"),
    );
    assert_eq!(
        (said.exit, said.error_code().as_str()),
        (Some(1), "policy_unusable")
    );
}

#[test]
fn r9_2_the_user_sees_who_set_what() {
    let exco = Exco::new();
    let file = exco.write("p.toml", "crm_url = \"https://crm.example\"\n");
    let mut command = exco.command(&["--json", "policy", "show"]);
    let said = Said::of(
        command
            .env("EXCO_POLICY_FILE", &file)
            .output()
            .expect("started"),
    );
    let values = said.json()["values"].as_array().cloned().expect("a list");
    let set_by = |key: &str| {
        let value = values.iter().find(|value| value["key"] == key);
        value.expect("a value")["set_by"].clone()
    };
    assert_eq!(set_by("crm_url"), "policy");
    assert_eq!(set_by("conflict_strategy"), "default");
}

#[test]
fn unknown_keys_of_the_policy_are_told_beside_every_result() {
    let exco = Exco::new();
    let file = exco.write("p.toml", "colour = 1\n");
    let mut command = exco.command(&["--lang", "en", "status"]);
    let said = Said::of(
        command
            .env("EXCO_POLICY_FILE", &file)
            .output()
            .expect("started"),
    );
    assert_eq!(said.exit, Some(0));
    assert!(said.err.contains("colour"), "{said:?}");
    assert!(!said.out.contains("colour"), "{said:?}");
}

#[cfg(unix)]
#[test]
fn a_run_that_is_asked_to_stop_ends_with_0() {
    use std::io::{BufRead, BufReader, Read};

    let exco = Exco::new();
    let mut child = exco
        .command(&["--lang", "en", "run"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("started");
    let mut err = BufReader::new(child.stderr.take().expect("piped"));
    let mut first = String::new();
    err.read_line(&mut first).expect("read");
    assert!(first.contains("The sync is running"), "{first}");
    let stopped = Command::new("kill").arg(child.id().to_string()).status();
    assert!(stopped.expect("kill is there").success());
    let exit = child.wait().expect("it ends");
    let mut rest = String::new();
    err.read_to_string(&mut rest).expect("read");
    assert_eq!(exit.code(), Some(0), "{rest}");
}
