//! Getting a password or key: from standard input where that was asked for, else from the environment, else from the person.

use std::io::{self, BufRead, IsTerminal};

use controller::Remember;
use model::Secret;
use ports::Failure;
use texts::Texts;

/// A secret as it was given, and whether it is kept.
#[derive(Debug)]
pub struct Given {
    /// `None`: the environment's, or the one that is kept already.
    pub secret: Option<Secret>,
    /// Whether it is kept.
    pub remember: Remember,
}

/// Which secret, and how it may come.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// The variable that holds it where it is set.
    pub variable: &'static str,
    /// The sentence that asks for it.
    pub prompt: &'static str,
    /// Whether it comes by standard input.
    pub source: Source,
}

/// How a secret comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// As the first line of standard input.
    StandardInput,
    /// From the environment, or typed.
    Usual,
}

impl Source {
    /// What `--secret-stdin` says.
    pub fn of(is_on_standard_input: bool) -> Self {
        if is_on_standard_input {
            Self::StandardInput
        } else {
            Self::Usual
        }
    }
}

/// Gets the secret. Where nobody is there to ask, the one that is kept is used.
pub fn get(texts: Texts, wanted: Wanted) -> ports::Result<Given> {
    if wanted.source == Source::StandardInput {
        let line = first_line(io::stdin().lock()).map_err(unreadable)?;
        return Ok(typed(&line));
    }
    if std::env::var_os(wanted.variable).is_some_and(|value| !value.is_empty()) {
        return Ok(Given {
            secret: None,
            remember: Remember::No,
        });
    }
    if !io::stdin().is_terminal() {
        return Ok(typed(""));
    }
    let prompt = texts.t(wanted.prompt);
    let line = rpassword::prompt_password(prompt).map_err(unreadable)?;
    Ok(typed(&line))
}

/// Nothing typed means the one that is kept already.
fn typed(line: &str) -> Given {
    Given {
        secret: (!line.is_empty()).then(|| Secret::new(line)),
        remember: Remember::InStore,
    }
}

/// Blanks belong to a password, the end of the line does not.
fn first_line(mut input: impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    input.read_line(&mut line)?;
    let end = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(end);
    Ok(line)
}

fn unreadable(error: io::Error) -> Failure {
    Failure::bug("the password could not be read").caused_by(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_the_first_line_with_its_blanks() {
        for (input, line) in [
            ("secret\n", "secret"),
            (" with blanks \r\nmore\n", " with blanks "),
            ("no end", "no end"),
            ("", ""),
        ] {
            assert_eq!(first_line(input.as_bytes()).expect("read"), line);
        }
    }

    #[test]
    fn nothing_typed_means_the_one_that_is_kept() {
        assert_eq!(typed("").secret, None);
        assert_eq!(typed("x").secret, Some(Secret::new("x")));
    }
}
