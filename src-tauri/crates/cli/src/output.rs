//! Where things are printed: results on standard output, for people or for programs; everything else on standard error.

use std::io::{self, Write};

use model::Problem;
use ports::Failure;
use serde::Serialize;
use serde_json::json;
use texts::Texts;

/// For whom results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For a person.
    Human,
    /// For a program.
    Json,
}

/// Prints, in one language and one format.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    /// The sentences.
    pub texts: Texts,
    /// For whom.
    pub format: Format,
}

impl Output {
    /// Output in this language and format.
    pub fn new(texts: Texts, format: Format) -> Self {
        Self { texts, format }
    }

    /// Prints a result: as JSON for a program, as this text for a person.
    pub fn show(&self, result: &impl Serialize, text: impl FnOnce() -> String) {
        match self.format {
            Format::Json => print(&serde_json::to_string(result).expect("results are plain data")),
            Format::Human => print(&text()),
        }
    }

    /// Says something that is no result.
    pub fn say(&self, text: &str) {
        eprintln!("{text}");
    }

    /// Says what happened and what to do about it.
    pub fn tell_problem(&self, problem: &Problem) {
        let (what, next) = self.texts.problem(problem);
        match self.format {
            Format::Human => {
                self.say(&what);
                self.say(&next);
            }
            Format::Json => self.say(&json!({"error": reason(self.texts, problem)}).to_string()),
        }
    }

    /// The same for a failure.
    pub fn tell_failure(&self, failure: &Failure) {
        self.tell_problem(&failure.problem);
    }
}

/// A problem for a program: the code to act on, the sentences to show.
pub fn reason(texts: Texts, problem: &Problem) -> serde_json::Value {
    let (what, next) = texts.problem(problem);
    json!({
        "code": problem.code.name(),
        "values": problem.values,
        "what": what,
        "next": next,
    })
}

/// A reader that has seen enough closes the pipe; that is no failure of ours.
fn print(text: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{}", text.trim_end()).and_then(|()| out.flush());
}
