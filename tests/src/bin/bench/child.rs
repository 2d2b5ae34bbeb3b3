//! The measured process: cycles of the product's engine over real adapters and a state file; prints what they cost as JSON.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use engine::{Doors, MailDoors};
use model::{Component, Policy};
use ports::{Crm, Mailbox, StateStore, SystemClock};
use scenarios::post::NO_SUBJECT;
use scenarios::stage::{
    COMPUTER, PAST_DAYS, Servers, ZONE, adapters, engine_of, open_store, owner,
};
use serde_json::{Value, json};

/// Arguments: profile folder, the component, how many cycles, the policy as JSON, then where both servers are.
pub async fn run(arguments: &[String]) {
    let [
        profile,
        component,
        cycles,
        policy,
        exchange,
        crm,
        address,
        password,
        user,
        access_key,
    ] = arguments
    else {
        panic!("profile, component, cycles, policy and six words about the servers");
    };
    let component: Component = component.parse().expect("a component");
    let count: usize = cycles.parse().expect("a number of cycles");
    let policy: Policy = serde_json::from_str(policy).expect("a policy");
    let servers = Servers {
        exchange: exchange.clone(),
        crm: crm.clone(),
        address: address.clone(),
        password: password.clone(),
        user: user.clone(),
        access_key: access_key.clone(),
    };
    let (mailbox, crm) = adapters(&servers, None, &policy, ZONE);
    let fingerprint = crm
        .sign_in()
        .await
        .expect("the sandbox knows its users")
        .fingerprint;
    let (mailbox, crm) = (Arc::new(mailbox), Arc::new(crm));
    let store = Arc::new(open_store(&PathBuf::from(profile)).await);
    let idle = begin_peak();
    let mut cycles = Vec::new();
    for _ in 0..count {
        let doors = Doors {
            mailbox: mailbox.clone(),
            crm: crm.clone(),
            store: store.clone(),
            clock: Arc::new(SystemClock),
        };
        let mails = MailDoors {
            mails: mailbox.clone(),
            crm: crm.clone(),
            state: store.clone(),
            own_addresses: vec![servers.address.clone()],
            no_subject: NO_SUBJECT.to_owned(),
            no_subjects: vec![NO_SUBJECT.to_owned()],
        };
        let before = (
            Mailbox::requests(&*mailbox),
            Crm::requests(&*crm),
            work_ms(),
        );
        let began = Instant::now();
        let run = store
            .start_run(&[component], jiff::Timestamp::now())
            .await
            .expect("our profile");
        let ran = engine_of(
            doors,
            &policy,
            owner(fingerprint.clone(), COMPUTER),
            PAST_DAYS,
            ZONE,
        )
        .with_mails(mails)
        .sync(run, component)
        .await;
        assert!(ran.failure.is_none(), "{:?}", ran.failure);
        cycles.push(json!({
            "seconds": began.elapsed().as_secs_f64(),
            "exchange": Mailbox::requests(&*mailbox) - before.0,
            "crm": Crm::requests(&*crm) - before.1,
            "work_ms": work_ms() - before.2,
            "imported": ran.tally.records.created,
            "passed_over": ran.tally.skipped,
            "failed": ran.tally.failed,
        }));
    }
    let measured: Value = json!({
        "cycles": cycles,
        "idle_mb": idle,
        "peak_mb": memory_mb("VmHWM:"),
        "left_mb": memory_mb("VmRSS:"),
    });
    println!("{measured}");
}

/// The memory of a program that is signed in and does nothing. From here on the peak is counted.
fn begin_peak() -> f64 {
    // proc_pid_clear_refs(5): 5 makes the peak the memory of now.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    memory_mb("VmRSS:")
}

/// The memory of this process by its name there, as Linux counts it; 0 elsewhere.
fn memory_mb(name: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok())
        .map_or(0.0, |kilobytes| kilobytes / 1024.0)
}

/// The processor's time of this process, as Linux counts it; 0 elsewhere.
fn work_ms() -> f64 {
    // proc_pid_stat(5): fields 14 and 15, in ticks of 10 ms on every Linux that Rust supports.
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<f64> = after_name
        .split_whitespace()
        .map(|field| field.parse().unwrap_or(0.0))
        .collect();
    fields
        .get(11)
        .zip(fields.get(12))
        .map_or(0.0, |(user, system)| (user + system) * 10.0)
}
