//! The command line of DESIGN 4. Its help is in the user's language: the sentences are with all the others, under `cli.help` and
//! `cli.argument`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{
    Arg, ArgAction, Args, Command, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum,
};
use controller::{Answer, Claim, SignInMethod};
use jiff::civil::Date;
use model::{Component, Side, Sought};
use texts::{Language, Texts};

use crate::output::Format;

#[derive(Debug, Parser)]
#[command(
    name = "exco",
    version,
    arg_required_else_help = true,
    disable_help_flag = true,
    disable_version_flag = true,
    disable_help_subcommand = true
)]
pub struct Arguments {
    #[arg(long, global = true, value_name = "DIR")]
    pub profile: Option<PathBuf>,
    #[arg(long, global = true)]
    json: bool,
    #[arg(long, global = true, value_name = "de|en")]
    lang: Option<Language>,
    #[command(subcommand)]
    pub command: Do,
}

/// What is to be done.
#[derive(Debug, Subcommand)]
pub enum Do {
    Connect {
        #[command(subcommand)]
        side: Connect,
    },
    Disconnect {
        #[arg(long)]
        yes: bool,
        #[arg(long, conflicts_with = "yes")]
        stay: bool,
    },
    Sync(Sync),
    Doctor,
    Run,
    Pause,
    Resume,
    Status,
    Conflicts {
        #[command(subcommand)]
        what: Conflicts,
    },
    History {
        #[arg(long, value_name = "ID")]
        record: Option<String>,
    },
    Undo(Undo),
    Why {
        #[arg(value_name = "TEXT", value_parser = sought)]
        text: Sought,
    },
    Policy {
        #[command(subcommand)]
        what: Policy,
    },
}

/// Which side to connect.
#[derive(Debug, Subcommand)]
pub enum Connect {
    Crm(ConnectCrm),
    Exchange(ConnectExchange),
}

#[derive(Debug, Args)]
pub struct ConnectCrm {
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    #[arg(long, value_name = "NAME")]
    pub user: String,
    #[arg(long)]
    pub secret_stdin: bool,
    #[arg(long)]
    pub take_over: bool,
}

#[derive(Debug, Args)]
pub struct ConnectExchange {
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    #[arg(long, value_name = "ADDRESS", conflicts_with = "url")]
    pub email: Option<String>,
    #[arg(long, value_name = "NAME", required_unless_present = "oauth")]
    pub user: Option<String>,
    #[arg(long, conflicts_with_all = ["url", "user", "auth", "secret_stdin"])]
    pub oauth: bool,
    #[arg(long, value_name = "auto|basic|ntlm", default_value = "auto")]
    pub auth: Auth,
    #[arg(long, value_name = "N")]
    pub past_days: Option<u32>,
    #[arg(long)]
    pub secret_stdin: bool,
    #[arg(long)]
    pub take_over: bool,
}

/// How to sign in to Exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Auth {
    Auto,
    Basic,
    Ntlm,
}

#[derive(Debug, Args)]
pub struct Sync {
    #[arg(long = "component", value_name = "NAME")]
    pub components: Vec<Component>,
    #[arg(long)]
    pub preview: bool,
}

/// What `--take-over` says about a mailbox that is another's.
pub fn claim(take_over: bool) -> Claim {
    match take_over {
        true => Claim::TakeOver,
        false => Claim::IfFree,
    }
}

/// What about conflicts.
#[derive(Debug, Subcommand)]
pub enum Conflicts {
    List,
    Show {
        #[arg(value_name = "ID")]
        id: String,
    },
    Resolve {
        #[arg(value_name = "ID")]
        id: String,
        #[arg(long, value_name = "crm|exchange")]
        keep: Option<Kept>,
        #[arg(long = "field", value_name = "NAME=VALUE", conflicts_with = "keep", required_unless_present_any = ["answer", "keep", "again"], value_parser = pair)]
        fields: Vec<(String, String)>,
        #[arg(long, conflicts_with_all = ["fields", "keep", "answer"])]
        again: bool,
        #[arg(long, value_name = "approve|restore|ignore", conflicts_with_all = ["fields", "keep"])]
        answer: Option<Said>,
    },
}

/// The side that is kept in a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kept {
    Crm,
    Exchange,
}

impl From<Kept> for Side {
    fn from(kept: Kept) -> Self {
        match kept {
            Kept::Crm => Self::Crm,
            Kept::Exchange => Self::Mailbox,
        }
    }
}

/// What is to be undone.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Undo {
    #[arg(long, value_name = "ID")]
    op: Option<i64>,
    #[arg(long, value_name = "ID")]
    run: Option<i64>,
    #[arg(long, value_name = "ID")]
    record: Option<String>,
    #[arg(long, value_name = "YYYY-MM-DD")]
    day: Option<Date>,
}

impl Undo {
    /// The one thing that was named.
    pub fn what(self) -> Option<controller::Undo> {
        let line = self.op.map(controller::Undo::Line);
        let run = self.run.map(controller::Undo::Run);
        let entry = self.record.map(controller::Undo::Entry);
        let day = self.day.map(controller::Undo::Day);
        line.or(run).or(entry).or(day)
    }
}

/// What is said to a brake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Said {
    Approve,
    Restore,
    Ignore,
}

impl From<Said> for Answer {
    fn from(said: Said) -> Self {
        match said {
            Said::Approve => Self::Approve,
            Said::Restore => Self::Restore,
            Said::Ignore => Self::Ignore,
        }
    }
}

/// `NAME=VALUE`; the value may be empty.
fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(text.to_owned()),
    }
}

/// Something to look for; a blank text is nothing.
fn sought(text: &str) -> Result<Sought, String> {
    Sought::new(text).ok_or_else(|| text.to_owned())
}

/// What about the policy.
#[derive(Debug, Subcommand)]
pub enum Policy {
    Show,
    Check {
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

impl Arguments {
    /// How results are printed.
    pub fn format(&self) -> Format {
        if self.json {
            Format::Json
        } else {
            Format::Human
        }
    }
}

impl From<Auth> for SignInMethod {
    fn from(auth: Auth) -> Self {
        match auth {
            Auth::Auto => Self::Auto,
            Auth::Basic => Self::Basic,
            Auth::Ntlm => Self::Ntlm,
        }
    }
}

/// The language to speak, known before anything else is, because complaints about the command line are made in it too: the one
/// that was asked for, else the computer's.
pub fn language(words: impl IntoIterator<Item = OsString>) -> Language {
    let words: Vec<String> = words
        .into_iter()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let after = words
        .windows(2)
        .filter(|pair| pair[0] == "--lang")
        .map(|pair| pair[1].as_str());
    let within = words.iter().filter_map(|word| word.strip_prefix("--lang="));
    after
        .chain(within)
        .find_map(|tag| tag.parse().ok())
        .unwrap_or_else(Language::of_system)
}

/// Reads the command line.
pub fn read(
    texts: Texts,
    words: impl IntoIterator<Item = OsString>,
) -> Result<Arguments, clap::Error> {
    let matches = command(texts).try_get_matches_from(words)?;
    Arguments::from_arg_matches(&matches)
}

/// The command line with its help in the user's language.
fn command(texts: Texts) -> Command {
    let help = Arg::new("help")
        .short('h')
        .long("help")
        .global(true)
        .action(ArgAction::Help);
    let version = Arg::new("version")
        .short('V')
        .long("version")
        .action(ArgAction::Version);
    spoken(Arguments::command().arg(help).arg(version), "", texts)
}

fn spoken(command: Command, path: &str, texts: Texts) -> Command {
    let template = format!(
        "{{about-with-newline}}\n{} {{usage}}\n\n{{all-args}}",
        texts.t("cli.usage")
    );
    command
        .about(texts.t(&format!("cli.help{path}")))
        .help_template(template)
        .subcommand_help_heading(texts.t("cli.commands"))
        .subcommand_value_name("COMMAND")
        .mut_args(|argument| described(argument, path, texts))
        .mut_subcommands(|below| {
            let path = format!("{path}.{}", below.get_name());
            spoken(below, &path, texts)
        })
}

fn described(argument: Arg, path: &str, texts: Texts) -> Arg {
    let id = argument.get_id().as_str();
    let own = texts.find(&format!("cli.argument{path}.{id}"), &[]);
    let help = own.unwrap_or_else(|| texts.t(&format!("cli.argument.{id}")));
    let heading = if argument.is_positional() {
        "cli.arguments"
    } else {
        "cli.options"
    };
    let has_value = argument.get_action().takes_values();
    argument
        .help(help)
        .help_heading(texts.t(heading))
        // What the library would say about values is in its own language; the help says it.
        .hide_possible_values(has_value)
        .hide_default_value(has_value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENGLISH: Texts = Texts::new(Language::English);
    const GERMAN: Texts = Texts::new(Language::German);

    fn given(words: &[&str]) -> Result<Arguments, clap::Error> {
        let words = ["exco"].iter().chain(words).map(OsString::from);
        read(ENGLISH, words.collect::<Vec<_>>())
    }

    #[test]
    fn the_command_line_is_sound() {
        command(ENGLISH).debug_assert();
    }

    #[test]
    fn every_command_of_the_design_is_understood() {
        for words in [
            "connect crm --url https://crm.example --user anna",
            "connect crm --user anna --secret-stdin",
            "connect exchange --url https://mail.example --user anna --auth ntlm --past-days 30",
            "connect exchange --email anna@example.com --user anna",
            "connect exchange --oauth",
            "connect exchange --oauth --email anna@example.com --past-days 30 --take-over",
            "disconnect --yes",
            "disconnect --stay",
            "sync",
            "sync --component contacts --component tasks --preview",
            "run",
            "pause",
            "resume",
            "doctor",
            "status",
            "conflicts list",
            "conflicts show tasks/mailbox/AAMk=",
            "conflicts resolve tasks/crm/9x1 --field subject=Call --field due=2027-03-10",
            "conflicts resolve brake/contacts --answer restore",
            "conflicts resolve contacts/crm/12x3 --keep crm",
            "conflicts resolve emails/mailbox/AAMk= --again",
            "conflicts resolve contacts/crm/12x3 --field phone=crm --field email=exchange --field town=Kiel",
            "history --record 12x34",
            "undo --op 12",
            "undo --run 3",
            "undo --record 12x34",
            "undo --day 2026-11-26",
            "why Muster",
            "why 12x34",
            "policy show",
            "policy check policy.toml",
            "--profile p --json --lang de status",
            "status --json --profile p --lang en",
        ] {
            let words: Vec<&str> = words.split(' ').collect();
            given(&words).unwrap_or_else(|error| panic!("{words:?}: {error}"));
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for words in [
            "connect",
            "connect crm",
            "connect mail --user anna",
            "connect exchange --url u --email e --user anna",
            "connect exchange --user anna --auth kerberos",
            "connect exchange",
            "connect exchange --oauth --user anna",
            "connect exchange --oauth --url u",
            "connect exchange --oauth --auth basic",
            "connect exchange --oauth --secret-stdin",
            "connect exchange --user anna --past-days many",
            "sync --component birds",
            "sync contacts",
            "policy check",
            "conflicts resolve tasks/crm/9x1",
            "conflicts resolve tasks/crm/9x1 --field subject",
            "conflicts resolve brake/tasks --answer perhaps",
            "conflicts resolve brake/tasks --answer approve --field subject=x",
            "conflicts resolve tasks/crm/9x1 --keep mailbox",
            "conflicts resolve tasks/crm/9x1 --keep crm --field subject=x",
            "conflicts resolve tasks/crm/9x1 --keep crm --answer approve",
            "--lang fr status",
            "undo",
            "undo --op 12 --run 3",
            "undo --op many",
            "undo --day yesterday",
            "why",
            "why Erika Muster",
        ] {
            let words: Vec<&str> = words.split(' ').collect();
            given(&words).expect_err("nonsense");
        }
        given(&["why", " "]).expect_err("nothing to look for");
    }

    #[test]
    fn r10_3_the_language_is_known_before_the_rest() {
        let of = |words: &[&str]| language(words.iter().map(OsString::from));
        assert_eq!(of(&["exco", "--lang", "de", "nonsense"]), Language::German);
        assert_eq!(of(&["exco", "x", "--lang=en"]), Language::English);
        assert_eq!(of(&["exco", "status"]), Language::of_system());
    }

    fn help_of(command: &Command, above: &str, found: &mut Vec<(String, String)>) {
        let name = format!("{above} {}", command.get_name());
        found.push((
            name.clone(),
            command.get_about().expect("a text").to_string(),
        ));
        for argument in command.get_arguments() {
            let text = argument.get_help().expect("a text").to_string();
            found.push((format!("{name} {}", argument.get_id()), text));
        }
        for below in command.get_subcommands() {
            help_of(below, &name, found);
        }
    }

    #[test]
    fn r10_3_all_help_is_there_in_both_languages() {
        let mut english = Vec::new();
        let mut german = Vec::new();
        help_of(&command(ENGLISH), "", &mut english);
        help_of(&command(GERMAN), "", &mut german);
        for ((name, in_english), (_, in_german)) in english.iter().zip(&german) {
            assert!(!in_english.starts_with("cli."), "{name}: {in_english}");
            assert_ne!(in_english, in_german, "{name}");
        }
    }

    #[test]
    fn r10_3_help_is_wholly_in_the_users_language() {
        let mut command = command(GERMAN);
        command.build();
        let help = command
            .find_subcommand_mut("sync")
            .expect("a command")
            .render_help()
            .to_string();
        for english in ["Usage", "Options", "Print", "possible values", "default"] {
            assert!(!help.contains(english), "{english} in {help}");
        }
        assert!(help.contains("Aufruf: "), "{help}");
    }
}
