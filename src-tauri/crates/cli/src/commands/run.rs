//! `exco run`: runs again and again until it is stopped; each change of state is a line.

use controller::{Controller, Snapshot, State};
use texts::Texts;

use crate::exit::Exit;
use crate::output::Output;
use crate::words;

/// Runs until Ctrl-C or the system asks it to stop; a run under way ends after its present step.
pub async fn run(output: &Output, controller: &Controller) -> ports::Result<Exit> {
    let mut snapshots = controller.watch();
    let mut shown: Option<State> = None;
    let mut work = std::pin::pin!(controller.clone().run());
    let mut stop = std::pin::pin!(asked_to_stop());
    output.say(&output.texts.t("cli.run.started"));
    loop {
        tokio::select! {
            ended = &mut work => return ended.map(|()| Exit::Done),
            () = &mut stop => break,
            Ok(()) = snapshots.changed() => {
                let snapshot = snapshots.borrow_and_update().clone();
                if shown.replace(snapshot.state) != Some(snapshot.state) {
                    output.show(&snapshot, || line(output.texts, &snapshot));
                }
            }
        }
    }
    output.say(&output.texts.t("cli.run.stopping"));
    let (ended, ()) = tokio::join!(work, controller.shutdown());
    ended.map(|()| Exit::Done)
}

fn line(texts: Texts, snapshot: &Snapshot) -> String {
    let time = jiff::Zoned::now().strftime("%H:%M").to_string();
    let state = texts.t(&format!("state.{}", words::name_of(snapshot.state)));
    let problem = [&snapshot.mailbox, &snapshot.crm]
        .into_iter()
        .find_map(|connection| connection.problem.as_ref());
    match problem {
        Some(problem) => {
            let [what, next] = words::problem(texts, problem);
            format!("{time}  {state}: {what} {next}")
        }
        None => format!("{time}  {state}"),
    }
}

#[cfg(unix)]
async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let mut ended = signal(SignalKind::terminate()).expect("a process may listen for its signals");
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = ended.recv() => {}
    }
}

#[cfg(windows)]
async fn asked_to_stop() {
    use tokio::signal::windows;
    let mut closed = windows::ctrl_close().expect("a process may listen for its signals");
    let mut shutdown = windows::ctrl_shutdown().expect("a process may listen for its signals");
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = closed.recv() => {}
        _ = shutdown.recv() => {}
    }
}
