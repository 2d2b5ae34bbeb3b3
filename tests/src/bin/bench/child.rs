//! The measured process: two cycles of the product's engine over real adapters and a state file; prints what they cost as JSON.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use engine::Doors;
use model::{Component, Policy};
use ports::{Crm, Mailbox, StateStore, SystemClock};
use scenarios::stage::{
    COMPUTER, PAST_DAYS, Servers, ZONE, adapters, engine_of, open_store, owner,
};
use serde_json::{Value, json};

/// Arguments: profile folder, the component, then where both servers are.
pub async fn run(arguments: &[String]) {
    let [
        profile,
        component,
        exchange,
        crm,
        address,
        password,
        user,
        access_key,
    ] = arguments
    else {
        panic!("profile, component and six words about the servers");
    };
    let component: Component = component.parse().expect("a component");
    let servers = Servers {
        exchange: exchange.clone(),
        crm: crm.clone(),
        address: address.clone(),
        password: password.clone(),
        user: user.clone(),
        access_key: access_key.clone(),
    };
    let (mailbox, crm) = adapters(&servers, None, &Policy::default(), ZONE);
    let fingerprint = crm
        .sign_in()
        .await
        .expect("the sandbox knows its users")
        .fingerprint;
    let (mailbox, crm) = (Arc::new(mailbox), Arc::new(crm));
    let store = Arc::new(open_store(&PathBuf::from(profile)).await);
    let mut cycles = Vec::new();
    for _ in 0..2 {
        let doors = Doors {
            mailbox: mailbox.clone(),
            crm: crm.clone(),
            store: store.clone(),
            clock: Arc::new(SystemClock),
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
            &Policy::default(),
            owner(fingerprint.clone(), COMPUTER),
            PAST_DAYS,
            ZONE,
        )
        .sync(run, component)
        .await;
        assert!(ran.failure.is_none(), "{:?}", ran.failure);
        cycles.push(json!({
            "seconds": began.elapsed().as_secs_f64(),
            "exchange": Mailbox::requests(&*mailbox) - before.0,
            "crm": Crm::requests(&*crm) - before.1,
            "work_ms": work_ms() - before.2,
        }));
    }
    let measured: Value = json!({ "cycles": cycles, "peak_mb": peak_mb() });
    println!("{measured}");
}

/// The most memory this process had, as Linux counts it; 0 elsewhere.
fn peak_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
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
