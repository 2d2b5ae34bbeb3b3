//! One run of the product's engine over real adapters and a state file, in a process that ends at a chosen moment as if its power was
//! cut. Arguments: profile folder, component, moment (0: none), the time as an RFC 3339 text, the policy as JSON, and where both servers
//! are. Prints the number of moments.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use engine::{Doors, MailDoors};
use jiff::Timestamp;
use model::{Component, Policy};
use ports::{Clock, Crm, StateStore};
use scenarios::mortal::{Death, Mortal};
use scenarios::post::NO_SUBJECT;
use scenarios::stage::{
    COMPUTER, PAST_DAYS, Servers, ZONE, adapters, engine_of, open_store, owner,
};

/// The sandbox's clock stands, so this one does too.
struct Standing(Timestamp);

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        self.0
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let mut next = || {
        arguments
            .next()
            .expect("profile, component, moment, time, policy, six words about the servers")
    };
    let profile = PathBuf::from(next());
    let component: Component = next().parse().expect("a component");
    let death = Death::at(next().parse().expect("a number"));
    let now: Timestamp = next().parse().expect("a time");
    let policy: Policy = serde_json::from_str(&next()).expect("a policy");
    let servers = Servers {
        exchange: next(),
        crm: next(),
        address: next(),
        password: next(),
        user: next(),
        access_key: next(),
    };
    let (mailbox, crm) = adapters(&servers, None, &policy, ZONE);
    let fingerprint = crm
        .sign_in()
        .await
        .expect("the sandbox knows its users")
        .fingerprint;
    let store = Arc::new(Mortal::new(Arc::new(open_store(&profile).await), &death));
    let mailbox = Arc::new(Mortal::new(Arc::new(mailbox), &death));
    let crm = Arc::new(Mortal::new(Arc::new(crm), &death));
    let mails = MailDoors {
        mails: mailbox.clone(),
        crm: crm.clone(),
        state: store.clone(),
        own_addresses: vec![servers.address.clone()],
        no_subject: NO_SUBJECT.to_owned(),
        no_subjects: vec![NO_SUBJECT.to_owned()],
    };
    let doors = Doors {
        mailbox,
        crm,
        store: store.clone(),
        clock: Arc::new(Standing(now)),
    };
    let run = store
        .start_run(&[component], now)
        .await
        .expect("the profile is ours");
    let ran = engine_of(
        doors,
        &policy,
        owner(fingerprint, COMPUTER),
        PAST_DAYS,
        ZONE,
    )
    .with_mails(mails)
    .sync(run, component)
    .await;
    println!("{}", death.passed());
    match ran.failure {
        None => ExitCode::SUCCESS,
        Some(failure) => {
            eprintln!("{failure:?}");
            ExitCode::FAILURE
        }
    }
}
