//! Benchmarks, not tests: how many requests, seconds, bytes and milliseconds of work the product needs, against the sandbox. Each case runs
//! the product in a process of its own, so that the sandbox's memory and work are not counted. Use a release build; compare ratios, not seconds.
//! Arguments: by how much everything is smaller (1), and `mails` for these alone. What the figures mean stands in `src-tauri/docs/testing.md`.

mod child;
mod mails;
mod planning;

use std::process::Command;

use model::{Component, Policy};
use sandbox::company::{CalendarSizes, Sizes};
use sandbox::options::Options;
use sandbox::running::Running;
use scenarios::stage::Servers;
use serde_json::Value;
use tempfile::TempDir;

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
    if arguments.get(1).is_some_and(|section| section == "mails") {
        return runtime.block_on(mails::run(scale));
    }
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
    runtime.block_on(mails::run(scale));
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
    let product = Product::of(component, &sandbox, Policy::default());
    for (step, again) in [("", false), (", again without changes", true)] {
        let before = writes(&sandbox);
        let measured = product.measure(2).await;
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

fn writes(sandbox: &Running) -> u64 {
    sandbox.exchange.journal().all_writes() + sandbox.crm.journal().all_writes()
}

/// The product with a profile of its own, in front of a sandbox.
struct Product {
    component: Component,
    policy: Policy,
    servers: Servers,
    profile: TempDir,
}

impl Product {
    fn of(component: Component, sandbox: &Running, policy: Policy) -> Self {
        let user = &sandbox.users[0];
        let servers = Servers {
            exchange: sandbox.exchange_url.clone(),
            crm: sandbox.crm_url.clone(),
            address: user.email.clone(),
            password: user.password.clone(),
            user: user.name.clone(),
            access_key: user.access_key.clone(),
        };
        Self {
            component,
            policy,
            servers,
            profile: tempfile::tempdir().expect("a folder"),
        }
    }

    /// So many cycles in a new process: what they cost.
    async fn measure(&self, cycles: usize) -> Value {
        let program = std::env::current_exe().expect("this program");
        let policy = serde_json::to_string(&self.policy).expect("a policy is plain data");
        let servers = &self.servers;
        let mut command = Command::new(program);
        command
            .arg("child")
            .arg(self.profile.path())
            .args([self.component.name(), &cycles.to_string(), &policy])
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
