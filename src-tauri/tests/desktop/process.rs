//! Processes of a test, ended with it together with those they started. Only what was started here is ever ended.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};

use crate::session::{ASK_AGAIN, NEVER};

/// A running program; dropping it ends it.
pub(crate) struct Running {
    child: Child,
}

impl Running {
    /// Starts a program that is not waited for.
    pub(crate) fn start(command: &mut Command) -> Self {
        let child = command
            .stdin(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?} could not be started: {error}"));
        Self { child }
    }

    /// Starts a program and waits for the first line it prints: how servers tell that they are ready.
    pub(crate) fn start_and_read_line(command: &mut Command) -> (Self, String) {
        let mut running = Self::start(command.stdout(Stdio::piped()));
        let output = running
            .child
            .stdout
            .take()
            .expect("it was asked to be piped");
        let mut line = String::new();
        BufReader::new(output)
            .read_line(&mut line)
            .expect("the first line can be read");
        assert!(!line.is_empty(), "{command:?} ended without a word");
        (running, line.trim().to_owned())
    }

    /// Waits until all it had started are gone, also from the system's books.
    pub(crate) async fn has_no_children(&self) {
        let children = format!("/proc/{0}/task/{0}/children", self.id());
        let wait = async {
            while std::fs::read_to_string(&children).is_ok_and(|ids| !ids.trim().is_empty()) {
                tokio::time::sleep(ASK_AGAIN).await;
            }
        };
        let waited = tokio::time::timeout(NEVER, wait).await;
        waited.expect("what it started ends with the window");
    }

    /// Its number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it ends by itself.
    pub(crate) async fn ended(mut self) -> ExitStatus {
        tokio::task::spawn_blocking(move || self.child.wait().expect("it is our child"))
            .await
            .expect("waiting does not panic")
    }

    /// Whether it has not ended yet.
    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("it is our child").is_none()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The group is ours, made at the start. It may have ended by itself, which is as good.
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill")
            .args(["-KILL", "--", &group])
            .stderr(Stdio::null())
            .status();
        let _ = self.child.wait();
    }
}
