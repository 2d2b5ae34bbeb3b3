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
            Format::Human => print(&harmless(&text())),
        }
    }

    /// Says something that is no result.
    pub fn say(&self, text: &str) {
        eprintln!("{}", harmless(text));
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

/// Names and values come from servers; a terminal must not take them for commands, nor turn the text around.
fn harmless(text: &str) -> String {
    let turns = |letter| matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars()
        .map(|letter| match letter {
            '\n' => '\n',
            letter if letter.is_control() || turns(letter) => ' ',
            letter => letter,
        })
        .collect()
}

/// A reader that has seen enough closes the pipe; that is no failure of ours.
fn print(text: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{}", text.trim_end()).and_then(|()| out.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_from_a_server_is_no_command_to_the_terminal() {
        assert_eq!(harmless("a\u{1b}[2J\tb\r\nc"), "a [2J b \nc");
        assert_eq!(harmless("x\u{202e}fdp.exe"), "x fdp.exe");
        assert_eq!(harmless("Groß 😀 שלום"), "Groß 😀 שלום");
    }
}
