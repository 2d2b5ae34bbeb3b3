//! The mailbox against a web server that answers as each test tells it: what is sent, what is not sent, and what an odd answer
//! means. How a whole Exchange behaves is tested against the sandbox.

#[path = "stage/answers.rs"]
mod answers;
#[path = "stage/batches.rs"]
mod batches;
#[path = "stage/calendars.rs"]
mod calendars;
#[path = "stage/folders.rs"]
mod folders;
#[path = "stage/listening.rs"]
mod listening;
#[path = "stage/mails.rs"]
mod mails;
#[path = "stage/moves.rs"]
mod moves;
#[path = "stage/search.rs"]
mod search;
#[path = "stage/server.rs"]
mod server;
#[path = "stage/sign_in.rs"]
mod sign_in;
#[path = "stage/status.rs"]
mod status;
#[path = "stage/time.rs"]
mod time;
#[path = "stage/waiting.rs"]
mod waiting;

use std::sync::Arc;

use mailbox_ews::{EwsMailbox, EwsOptions, SignInMethod};
use model::{AccountName, Code, Fields, FolderId, ItemId, LinkId, RecordId, Secret, Stamp};
use ports::{ErrorKind, Failure};
use transport::Address;

use server::Server;
use time::HandClock;

/// The options for a server, with Basic so that no request is spent on asking.
fn options(server: &Server, clock: &Arc<HandClock>) -> EwsOptions {
    let address = Address::parse(&server.url).expect("a loopback address");
    let user = AccountName::new("anna@firma.example");
    EwsOptions {
        method: SignInMethod::Basic,
        timing: clock.timing(),
        ..EwsOptions::new(address, user, Secret::new("secret"))
    }
}

fn mailbox(server: &Server) -> EwsMailbox {
    EwsMailbox::new(options(server, &HandClock::new()))
}

fn failed<T>(answer: Result<T, Failure>) -> (ErrorKind, Code) {
    match answer {
        Ok(_) => panic!("it should have failed"),
        Err(failure) => (failure.kind, failure.problem.code),
    }
}

fn folder() -> FolderId {
    FolderId::new("F1")
}

fn item_ids(count: usize) -> Vec<ItemId> {
    (0..count)
        .map(|number| ItemId::new(format!("I{number}")))
        .collect()
}

fn stamp(number: usize) -> Stamp {
    Stamp {
        crm: model::Fingerprint::new("ab12"),
        record: RecordId::new(format!("4x{number}")),
        link: LinkId::new(format!("l{number}")),
        revision: None,
    }
}

fn no_values() -> Fields {
    Fields::new()
}
