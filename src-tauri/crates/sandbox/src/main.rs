//! `exco-sandbox`: starts a sandbox, prints one line of JSON when it is ready and runs until it is stopped.
//! Deliberately not here: everything else.

use clap::{Parser, ValueEnum};
use jiff::civil::Date;
use sandbox::company::{CalendarSizes, DEFAULT_SEED, MailSizes, Sizes};
use sandbox::crm::{AddedField, AddedValues, Flavour, Presence};
use sandbox::faults::Fault;
use sandbox::options::{Mode, Options};
use sandbox::running::{Running, SandboxError, start};
use std::path::PathBuf;
use std::process::ExitCode;
use tokio::io::AsyncReadExt;

/// A fake Exchange and a fake CRM with made-up data, on loopback.
#[derive(Parser)]
#[command(name = "exco-sandbox", version)]
struct Arguments {
    /// Port of the fake Exchange; 0 is any free one.
    #[arg(long, default_value_t = 0)]
    exchange_port: u16,
    /// Port of the fake CRM; 0 is any free one.
    #[arg(long, default_value_t = 0)]
    crm_port: u16,
    /// Seed of the made-up data.
    #[arg(long, default_value_t = DEFAULT_SEED)]
    seed: u64,
    /// People on each side; three of eight are the same.
    #[arg(long, default_value_t = 0)]
    contacts: usize,
    /// People in the mailbox, if not as many as --contacts.
    #[arg(long)]
    mailbox_contacts: Option<usize>,
    /// People in the CRM, if not as many as --contacts.
    #[arg(long)]
    crm_contacts: Option<usize>,
    /// People both sides know, if not three of eight.
    #[arg(long)]
    shared_contacts: Option<usize>,
    /// Appointments on each side; three of eight are the same.
    #[arg(long, default_value_t = 0)]
    appointments: usize,
    /// Series among the mailbox's appointments, if not one of fifty.
    #[arg(long)]
    series: Option<usize>,
    /// Tasks on each side; three of eight are the same.
    #[arg(long, default_value_t = 0)]
    tasks: usize,
    /// Day around which appointments and tasks lie and before which mails came, if not the one it is (2026-11-22).
    #[arg(long)]
    today: Option<Date>,
    /// Mails of the first user, three of ten in Sent Items.
    #[arg(long, default_value_t = 0)]
    mails: usize,
    /// About how many bytes each mail has at least (75000 in benchmarks); 0 for what they come to.
    #[arg(long, value_name = "BYTES", default_value_t = 0)]
    mail_bytes: usize,
    /// File the state is kept in and read from.
    #[arg(long)]
    state: Option<PathBuf>,
    /// Which server the mailbox half plays.
    #[arg(long, value_enum, default_value_t = ModeName::Exchange)]
    mode: ModeName,
    /// Which version the CRM half plays.
    #[arg(long, value_enum, default_value_t = FlavourName::Eight)]
    crm_flavour: FlavourName,
    /// Zone of the CRM's database, by its IANA name.
    #[arg(long, default_value = "UTC")]
    crm_zone: String,
    /// Zone of the CRM's users, by its IANA name.
    #[arg(long, default_value = sandbox::crm::USERS_ZONE)]
    crm_users_zone: String,
    /// Field the CRM's administrators added, as often as wanted: `MODULE:NAME:LABEL[:TYPE[:mandatory]]`.
    #[arg(long = "crm-field", value_name = "SPEC")]
    crm_fields: Vec<AddedField>,
    /// Values they added to a pick-list, as often as wanted: `MODULE:FIELD:VALUE[,VALUE]...`.
    #[arg(long = "crm-values", value_name = "SPEC")]
    crm_values: Vec<AddedValues>,
    /// The CRM's e-mails have no field for the Message-ID.
    #[arg(long)]
    crm_without_message_id: bool,
    /// The CRM has the module Partner.
    #[arg(long)]
    crm_partner: bool,
    /// Largest request the CRM reads, in bytes; a larger one is answered by an empty HTTP 500.
    #[arg(long, value_name = "BYTES")]
    crm_largest_upload: Option<usize>,
    /// Seconds the clock of the fake Exchange is ahead.
    #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
    exchange_clock_offset: i64,
    /// Seconds the clock of the fake CRM is ahead.
    #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
    crm_clock_offset: i64,
    /// `SIDE:KIND[:OPERATION[:COUNT[:VALUE]]]`, as often as wanted.
    #[arg(long = "fault", value_name = "SPEC")]
    faults: Vec<Fault>,
    /// Stops when standard input is closed, so that no sandbox outlives the program that started it.
    #[arg(long)]
    until_stdin_closes: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum ModeName {
    Exchange,
    Gromox,
}

#[derive(Clone, Copy, ValueEnum)]
enum FlavourName {
    #[value(name = "8")]
    Eight,
    #[value(name = "5")]
    Five,
}

impl Arguments {
    fn options(&self) -> Options {
        let both = Sizes::both(self.contacts);
        let mailbox_contacts = self.mailbox_contacts.unwrap_or(both.mailbox_contacts);
        let crm_contacts = self.crm_contacts.unwrap_or(both.crm_contacts);
        let shared_contacts = self
            .shared_contacts
            .unwrap_or(mailbox_contacts.min(crm_contacts) * 3 / 8);
        Options {
            exchange_port: self.exchange_port,
            crm_port: self.crm_port,
            seed: self.seed,
            sizes: Sizes {
                mailbox_contacts,
                crm_contacts,
                shared_contacts,
            },
            calendar: self.calendar(),
            mails: MailSizes {
                mails: self.mails,
                bytes: self.mail_bytes,
            },
            today: self.today,
            state: self.state.clone(),
            mode: match self.mode {
                ModeName::Exchange => Mode::Exchange,
                ModeName::Gromox => Mode::Gromox,
            },
            crm_flavour: match self.crm_flavour {
                FlavourName::Eight => Flavour::Eight,
                FlavourName::Five => Flavour::Five,
            },
            crm_zone: self.crm_zone.clone(),
            crm_users_zone: self.crm_users_zone.clone(),
            crm_fields: self.crm_fields.clone(),
            crm_values: self.crm_values.clone(),
            crm_key_field: presence(!self.crm_without_message_id),
            crm_partner: presence(self.crm_partner),
            crm_largest_upload: self.crm_largest_upload,
            exchange_clock_offset: self.exchange_clock_offset,
            crm_clock_offset: self.crm_clock_offset,
            clock: None,
            faults: self.faults.clone(),
        }
    }

    fn calendar(&self) -> CalendarSizes {
        let usual = CalendarSizes::of(self.appointments, self.tasks);
        CalendarSizes {
            series: self.series.unwrap_or(usual.series),
            ..usual
        }
    }
}

fn presence(there: bool) -> Presence {
    if there {
        Presence::Present
    } else {
        Presence::Absent
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("exco-sandbox: {}", with_causes(&error));
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<(), SandboxError> {
    let running: Running = start(arguments.options()).await?;
    println!("{}", running.ready_line());
    tokio::select! {
        () = interrupted() => {}
        () = input_closed(), if arguments.until_stdin_closes => {}
    }
    running.stop().await
}

#[cfg(unix)]
async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).expect("a signal handler can be set");
    let mut interrupt = signal(SignalKind::interrupt()).expect("a signal handler can be set");
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

#[cfg(not(unix))]
async fn interrupted() {
    tokio::signal::ctrl_c()
        .await
        .expect("a signal handler can be set");
}

async fn input_closed() {
    let mut input = tokio::io::stdin();
    let mut ignored = [0; 1024];
    while input.read(&mut ignored).await.is_ok_and(|read| read > 0) {}
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    text
}
