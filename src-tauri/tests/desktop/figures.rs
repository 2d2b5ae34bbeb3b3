//! What the program costs: `cargo xtask bench desktop`. It prints and judges nothing but that the window's memory comes back; how long
//! something takes depends on the computer.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::office::{Office, made_in_the_crm};
use crate::process::Running;
use crate::session::Session;
use crate::tray::Panel;

/// So much may be left of a window that was closed, in KiB.
const LEFT: u64 = 10 * 1024;
/// Memory is looked at when nothing moves any more.
const CALM: Duration = Duration::from_secs(8);
const MINUTE: Duration = Duration::from_secs(60);

/// Not part of every run: it measures, takes minutes, and is of use with a release build only.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "a benchmark: cargo xtask bench desktop"]
async fn what_the_program_costs() {
    let session = Session::start();
    let office = Office::connected(&session, 50).await;
    made_in_the_crm(&office, &[("lastname", "Åkesson")]);
    let mut panel = Panel::start(&session).await;
    // The first GTK program of a session asks the graphics driver what it can (30 MB) and leaves the answer to all others.
    let first = Running::start(session.app(&["--background"]).envs(office.secrets()));
    panel.icon().await;
    drop(first);
    let began = Instant::now();
    let app = Running::start(
        session
            .app(&["--background", "--lang", "en", "--calm", "1"])
            .envs(office.secrets()),
    );
    let icon = panel.icon().await;
    println!("start to tray icon: {} ms", began.elapsed().as_millis());
    office.item_arrives("Åkesson").await;
    icon.line_is("In sync").await;
    tokio::time::sleep(CALM).await;
    let idle = memory(app.id());
    println!(
        "memory without a window (PSS of all processes): {} MiB",
        idle / 1024
    );
    let before = wake_ups(app.id());
    tokio::time::sleep(MINUTE).await;
    println!(
        "wake-ups in an idle minute: {}",
        wake_ups(app.id()) - before
    );
    let mut last = idle;
    let mut icon = icon;
    for round in 1..=3 {
        icon.choose("Open").await;
        let windows = session.windows(1).await;
        tokio::time::sleep(CALM).await;
        println!("with the window: {} MiB", memory(app.id()) / 1024);
        session.close(&windows[0]);
        session.windows(0).await;
        icon = panel.icon().await;
        tokio::time::sleep(CALM).await;
        last = memory(app.id());
        println!("after closing it, {round}: {} MiB", last / 1024);
    }
    let size = fs::metadata(env!("CARGO_BIN_EXE_exchange-connector")).map(|file| file.len());
    println!("the program: {} kB", size.unwrap_or_default() / 1000);
    assert!(last < idle + LEFT, "{last} KiB are left of {idle}");
}

/// The proportional share of memory of a process and all it started, in KiB.
fn memory(root: u32) -> u64 {
    let shares = tree(root).into_iter().filter_map(|process| {
        let text = fs::read_to_string(folder(process).join("smaps_rollup")).ok()?;
        number(&text, "Pss:")
    });
    shares.sum()
}

/// How often any thread of them gave up its turn to wait for something.
fn wake_ups(root: u32) -> u64 {
    let threads = tree(root)
        .into_iter()
        .filter_map(|process| fs::read_dir(folder(process).join("task")).ok())
        .flatten()
        .flatten();
    let waits = threads.filter_map(|thread| {
        let text = fs::read_to_string(thread.path().join("status")).ok()?;
        number(&text, "voluntary_ctxt_switches:")
    });
    waits.sum()
}

fn tree(root: u32) -> Vec<u32> {
    let mut all = vec![root];
    let mut at = 0;
    while let Some(&process) = all.get(at) {
        at += 1;
        let tasks = fs::read_dir(folder(process).join("task")).into_iter();
        for task in tasks.flatten().flatten() {
            let below = fs::read_to_string(task.path().join("children")).unwrap_or_default();
            all.extend(
                below
                    .split_whitespace()
                    .filter_map(|id| id.parse::<u32>().ok()),
            );
        }
    }
    all
}

fn folder(process: u32) -> PathBuf {
    PathBuf::from(format!("/proc/{process}"))
}

fn number(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}
