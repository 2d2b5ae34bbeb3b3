//! Telling what is wrong with a command line, in the user's language; and help, which the same library makes.

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use texts::Texts;

use crate::exit::Exit;

/// Prints help where it was asked for, else what is wrong.
pub fn tell(texts: Texts, error: &Error) -> Exit {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // Nobody is left to tell when standard output is closed.
            let _ = error.print();
            Exit::Done
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            eprint!("{}", error.render());
            Exit::WrongUsage
        }
        _ => {
            eprintln!("{}", sentence(texts, error));
            eprintln!("{}", texts.t("cli.usage.help"));
            Exit::WrongUsage
        }
    }
}

fn sentence(texts: Texts, error: &Error) -> String {
    let said = |kind| error.get(kind).map(words).unwrap_or_default();
    let (argument, value) = (
        said(ContextKind::InvalidArg),
        said(ContextKind::InvalidValue),
    );
    let (key, values) = match error.kind() {
        ErrorKind::InvalidSubcommand => (
            "cli.usage.unknown_command",
            vec![("command", said(ContextKind::InvalidSubcommand))],
        ),
        ErrorKind::UnknownArgument => ("cli.usage.unknown_argument", vec![("argument", argument)]),
        ErrorKind::MissingRequiredArgument => ("cli.usage.missing", vec![("argument", argument)]),
        ErrorKind::ArgumentConflict => (
            "cli.usage.conflict",
            vec![
                ("argument", argument),
                ("other", said(ContextKind::PriorArg)),
            ],
        ),
        ErrorKind::InvalidValue if value.is_empty() => {
            ("cli.usage.missing_value", vec![("argument", argument)])
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => (
            "cli.usage.wrong_value",
            vec![("argument", argument), ("value", value)],
        ),
        ErrorKind::MissingSubcommand => ("cli.usage.no_command", vec![]),
        _ => ("cli.usage.wrong", vec![]),
    };
    let values: Vec<(&str, &str)> = values.iter().map(|(n, v)| (*n, v.as_str())).collect();
    texts.fill(key, &values)
}

fn words(value: &ContextValue) -> String {
    match value {
        ContextValue::Strings(all) => all.join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use texts::Language;

    use super::*;
    use crate::arguments;

    const GERMAN: Texts = Texts::new(Language::German);

    #[test]
    fn r10_3_what_is_wrong_is_told_in_the_users_language() {
        for (line, told) in [
            ("exco frobnicate", "Den Befehl „frobnicate“ gibt es nicht."),
            (
                "exco status --loud",
                "Die Angabe „--loud“ gibt es hier nicht.",
            ),
            ("exco connect crm", "Es fehlt: --user <NAME>."),
            (
                "exco connect exchange --user a --past-days x",
                "„x“ passt nicht zu --past-days <N>.",
            ),
            (
                "exco sync --component",
                "Zu --component <NAME> fehlt der Wert.",
            ),
            (
                "exco connect exchange --user a --url u --email e",
                "--url <URL> und --email <ADDRESS> schließen einander aus.",
            ),
        ] {
            let words = line.split(' ').map(Into::into);
            let error = arguments::read(GERMAN, words).expect_err("wrong");
            let sentence = sentence(GERMAN, &error);
            assert!(sentence.contains(told), "{line}: {sentence}");
        }
    }
}
