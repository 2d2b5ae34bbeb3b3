//! Starting other programs and waiting for them. A program that outlives the call belongs to a [`Guard`], which ends it and only it.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use crate::error::{Outcome, XtaskError};

/// One program to run.
pub struct Run {
    command: Command,
    accepted: Option<i32>,
}

impl Run {
    /// A program by name or path.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        Self {
            command: Command::new(program),
            accepted: None,
        }
    }

    /// Takes this exit code for a success too.
    pub fn accepting(mut self, code: i32) -> Self {
        self.accepted = Some(code);
        self
    }

    /// Adds arguments.
    pub fn args<S: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = S>) -> Self {
        self.command.args(arguments);
        self
    }

    /// Sets the folder to run in.
    pub fn dir(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Sets an environment variable.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Sets several environment variables.
    pub fn envs(mut self, variables: &[(String, OsString)]) -> Self {
        self.command
            .envs(variables.iter().map(|(name, value)| (name, value)));
        self
    }

    /// Takes an environment variable away.
    pub fn without_env(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Sets where its standard input comes from.
    pub fn input(mut self, input: Stdio) -> Self {
        self.command.stdin(input);
        self
    }

    /// Says what is run, runs it with our own output and waits; a failure is an error.
    pub fn run(self) -> Outcome<()> {
        println!("$ {}", self.shown());
        self.run_untold()
    }

    /// The same without saying what is run.
    pub fn run_untold(mut self) -> Outcome<()> {
        let status = self
            .command
            .status()
            .map_err(|source| self.not_started(source))?;
        self.judged(status)
    }

    /// Runs it and gives back what it printed on standard output; a failure is an error.
    pub fn capture(mut self) -> Outcome<String> {
        self.command.stderr(Stdio::inherit());
        let output = self
            .command
            .output()
            .map_err(|source| self.not_started(source))?;
        self.judged(output.status)?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Whether it can be started and reports success; its output is thrown away.
    pub fn works(mut self) -> bool {
        let quiet = self
            .command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        quiet.status().is_ok_and(|status| status.success())
    }

    /// Starts it and leaves it running until the guard is dropped.
    pub fn start(mut self, input: Stdio, output: Stdio, errors: Stdio) -> Outcome<Guard> {
        self.command.stdin(input).stdout(output).stderr(errors);
        match self.command.spawn() {
            Ok(child) => Ok(Guard { child }),
            Err(source) => Err(self.not_started(source)),
        }
    }

    fn judged(&self, status: ExitStatus) -> Outcome<()> {
        let is_accepted = self.accepted.is_some() && status.code() == self.accepted;
        if status.success() || is_accepted {
            Ok(())
        } else {
            Err(XtaskError::Failed {
                command: self.shown(),
                status: status.to_string(),
            })
        }
    }

    fn not_started(&self, source: std::io::Error) -> XtaskError {
        XtaskError::NotStarted {
            program: self.command.get_program().to_string_lossy().into_owned(),
            source,
        }
    }

    /// The command as one could type it. The environment is left out: it may hold a made-up password, and habits are catching.
    fn shown(&self) -> String {
        let words = std::iter::once(self.command.get_program()).chain(self.command.get_args());
        words
            .map(|word| quoted(&word.to_string_lossy()))
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// A program that runs beside us and is ended when this is dropped.
pub struct Guard {
    /// The running program.
    pub child: Child,
}

impl Drop for Guard {
    fn drop(&mut self) {
        // It may have ended by itself; there is nothing to do about a failure here, and nobody to tell.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A word as a shell takes it.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_it_can_be_typed() {
        let run = Run::new("cargo").args(["nextest", "run", "-E", "not package(a)", "it's"]);
        assert_eq!(
            run.shown(),
            r"cargo nextest run -E 'not package(a)' 'it'\''s'"
        );
    }

    #[test]
    fn a_program_that_does_not_exist_is_named() {
        let error = Run::new("no-such-program-anywhere")
            .run()
            .expect_err("there is no such program");
        assert!(
            error.to_string().contains("no-such-program-anywhere"),
            "{error}"
        );
    }

    #[test]
    fn only_the_accepted_exit_code_is_a_success_beside_zero() {
        let ends_with = |code: &str| Run::new("sh").args(["-c", &format!("exit {code}")]);
        assert!(ends_with("4").run_untold().is_err());
        assert!(ends_with("4").accepting(4).run_untold().is_ok());
        assert!(ends_with("0").accepting(4).run_untold().is_ok());
        assert!(ends_with("1").accepting(4).capture().is_err());
    }

    #[test]
    fn a_failing_program_is_an_error_with_its_command() {
        let error = Run::new("cargo")
            .args(["no-such-subcommand"])
            .capture()
            .expect_err("cargo knows no such command");
        assert!(
            error.to_string().contains("cargo no-such-subcommand"),
            "{error}"
        );
    }
}
