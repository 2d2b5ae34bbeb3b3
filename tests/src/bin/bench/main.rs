//! Benchmarks, not tests: how many requests, seconds, bytes and milliseconds of work the product needs, against the sandbox. Each case runs
//! the product in a process of its own, so that the sandbox's memory and work are not counted. Use a release build; compare ratios, not seconds.

mod child;
mod planning;

use std::path::Path;
use std::process::Command;

use model::Component;
use sandbox::company::{CalendarSizes, Sizes};
use sandbox::options::Options;
use scenarios::stage::Servers;
use serde_json::Value;

/// The sizes of DESIGN 7.
const FIRST_SYNC: usize = 5_000;
const MANY_LINKS: usize = 20_000;
const VERY_MANY_LINKS: usize = 100_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    if arguments.first().is_some_and(|first| first == "child") {
        return runtime.block_on(child::run(&arguments[1..]));
    }
    let scale = arguments
        .first()
        .and_then(|scale| scale.parse().ok())
        .unwrap_or(1);
    let (first, many) = (FIRST_SYNC / scale, MANY_LINKS / scale);
    println!(
        "case · entries · seconds · requests to exchange / CRM · entries a request · work in ms · peak MB"
    );
    runtime.block_on(async {
        let contacts = [
            ("first sync, mailbox to CRM", sizes(first, 0, 0)),
            ("first sync, CRM to mailbox", sizes(0, first, 0)),
            (
                "first meeting of two full sides",
                sizes(first, first, first),
            ),
            ("links in memory", sizes(many, many, many)),
        ];
        for (name, sizes) in contacts {
            let entries = sizes.mailbox_contacts.max(sizes.crm_contacts);
            let options = Options {
                sizes,
                ..Options::default()
            };
            case(name, Component::Contacts, entries, options).await;
        }
        // 5,000 appointments have 100 series.
        let calendars = [
            (
                "appointments and series, both sides full",
                Component::Appointments,
                CalendarSizes::of(first, 0),
            ),
            (
                "tasks, both sides full",
                Component::Tasks,
                CalendarSizes::of(0, first),
            ),
        ];
        for (name, component, calendar) in calendars {
            let options = Options {
                calendar,
                ..Options::default()
            };
            case(name, component, first, options).await;
        }
    });
    planning::run(VERY_MANY_LINKS / scale);
}

fn sizes(mailbox: usize, crm: usize, shared: usize) -> Sizes {
    Sizes {
        mailbox_contacts: mailbox,
        crm_contacts: crm,
        shared_contacts: shared,
    }
}

/// A first sync, then a cycle without changes, then one ten minutes later.
async fn case(name: &str, component: Component, entries: usize, options: Options) {
    let sandbox = sandbox::start(options)
        .await
        .expect("a free port on loopback");
    let user = &sandbox.users[0];
    let servers = Servers {
        exchange: sandbox.exchange_url.clone(),
        crm: sandbox.crm_url.clone(),
        address: user.email.clone(),
        password: user.password.clone(),
        user: user.name.clone(),
        access_key: user.access_key.clone(),
    };
    let profile = tempfile::tempdir().expect("a folder");
    for (step, again) in [("", false), (", again without changes", true)] {
        let before = writes(&sandbox);
        let measured = measure(profile.path(), component, &servers).await;
        let steps = measured["cycles"].as_array().cloned().unwrap_or_default();
        let Some(cycle) = steps.first() else { continue };
        print_row(&format!("{name}{step}"), entries, cycle, &measured);
        if let (true, Some(second)) = (again, steps.get(1)) {
            print_row(
                &format!("{name}, and in the same process once more"),
                entries,
                second,
                &measured,
            );
            println!("  writes meanwhile: {}", writes(&sandbox) - before);
        }
    }
    sandbox.stop().await.expect("it keeps no file");
}

fn writes(sandbox: &sandbox::running::Running) -> u64 {
    sandbox.exchange.journal().all_writes() + sandbox.crm.journal().all_writes()
}

async fn measure(profile: &Path, component: Component, servers: &Servers) -> Value {
    let program = std::env::current_exe().expect("this program");
    let mut command = Command::new(program);
    command
        .arg("child")
        .arg(profile)
        .arg(component.name())
        .args([&servers.exchange, &servers.crm, &servers.address])
        .args([&servers.password, &servers.user, &servers.access_key]);
    let output = tokio::task::spawn_blocking(move || command.output())
        .await
        .expect("the wait does not panic")
        .expect("this program can be started");
    let told = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(told.trim())
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

fn print_row(name: &str, entries: usize, cycle: &Value, measured: &Value) {
    let number = |name: &str| cycle[name].as_f64().unwrap_or_default();
    let requests = number("exchange") + number("crm");
    println!(
        "{name} · {entries} · {:.1} · {} / {} · {:.1} · {:.0} · {:.0}",
        number("seconds"),
        number("exchange"),
        number("crm"),
        entries as f64 / requests.max(1.0),
        number("work_ms"),
        measured["peak_mb"].as_f64().unwrap_or_default(),
    );
}
