//! The program itself: its ready line, its state file after an orderly stop and after a kill, and its refusals.
//! Deliberately not here: what the halves answer.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

struct Program {
    child: Child,
    /// Kept open: the program runs as long as it is.
    input: Option<ChildStdin>,
    crm: String,
}

impl Program {
    fn start(state: &Path) -> Self {
        let state = state.to_str().expect("a plain path");
        Self::with(&["--contacts", "8", "--state", state])
    }

    fn with(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_exco-sandbox"))
            .args(arguments)
            .arg("--until-stdin-closes")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("it is piped"))
            .read_line(&mut line)
            .expect("it prints a line");
        let ready: Value = serde_json::from_str(&line).expect("one line of JSON");
        let crm = ready["crm"]["url"]
            .as_str()
            .expect("it has an address")
            .trim_start_matches("http://")
            .to_owned();
        let input = child.stdin.take();
        Self { child, input, crm }
    }

    fn control(&self, method: &str, path: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.crm).expect("it listens");
        let length = body.len();
        write!(stream, "{method} /sandbox/{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}")
            .expect("it can be sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        answer
    }

    /// Ends it in order.
    fn stop(mut self) {
        drop(self.input.take());
        assert!(self.child.wait().expect("it ends").success());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Already gone in the good case.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn an_orderly_stop_saves_the_last_change_and_the_next_start_has_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let state = folder.path().join("state.json");
    let program = Program::start(&state);
    program.control(
        "POST",
        "records/Contacts",
        r#"{"lastname": "Kiel-Gaarden"}"#,
    );
    program.stop();
    let again = Program::start(&state);
    assert!(
        again
            .control("GET", "records/Contacts", "")
            .contains("Kiel-Gaarden")
    );
}

#[test]
fn a_kill_leaves_a_whole_state_file_with_what_was_saved_by_then() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let state = folder.path().join("state.json");
    let mut program = Program::start(&state);
    program.control(
        "POST",
        "records/Contacts",
        r#"{"lastname": "Kiel-Gaarden"}"#,
    );
    // Saving follows every change on its own; there is nothing to ask for it.
    while !std::fs::read_to_string(&state).is_ok_and(|saved| saved.contains("Kiel-Gaarden")) {
        std::thread::yield_now();
    }
    program.child.kill().expect("it can be killed");
    drop(program);
    let again = Program::start(&state);
    let records = again.control("GET", "records/Contacts", "");
    assert!(records.contains("Kiel-Gaarden"));
    again.stop();
}

#[test]
fn appointments_and_tasks_lie_around_the_day_that_is_given_with_the_fields_that_were_added() {
    let program = Program::with(&[
        "--appointments=16",
        "--series=2",
        "--tasks=8",
        "--today=2027-06-01",
        "--crm-field=Events:cf_7:Serie:string:mandatory",
        "--crm-values=Calendar:taskstatus:Überfällig",
    ]);
    let answer = program.control("GET", "records/Events", "");
    let (_, body) = answer.split_once("\r\n\r\n").expect("a whole answer");
    let listed: Value = serde_json::from_str(body).expect("JSON");
    let events = listed["records"].as_array().expect("a list");
    assert_eq!(events.len(), 17);
    let near = |event: &Value| {
        let day = event["date_start"].as_str().unwrap_or_default();
        // The change of clocks before the day is that of March.
        ("2027-03-27".."2027-11-01").contains(&day)
    };
    assert!(events.iter().all(near));
    assert!(events.iter().all(|event| event["cf_7"] == ""));
    program.stop();
}

#[test]
fn a_bad_fault_is_wrong_usage_and_says_what_there_is() {
    let run = Command::new(env!("CARGO_BIN_EXE_exco-sandbox"))
        .args(["--fault", "crm:tired"])
        .output()
        .expect("it runs");
    assert_eq!(run.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&run.stderr).contains("there is no fault \"tired\""));
}
