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

/// Listens from now on, so that a wish that comes at once is not missed.
#[cfg(unix)]
fn asked_to_stop() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let listen = |kind| signal(kind).expect("a process may listen for its signals");
    let mut interrupted = listen(SignalKind::interrupt());
    let mut terminated = listen(SignalKind::terminate());
    async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    }
}

/// Listens from now on, so that a wish that comes at once is not missed.
#[cfg(windows)]
fn asked_to_stop() -> impl Future<Output = ()> {
    use tokio::signal::windows::{ctrl_c, ctrl_close, ctrl_shutdown};
    let why = "a process may listen for its signals";
    let mut interrupted = ctrl_c().expect(why);
    let mut closed = ctrl_close().expect(why);
    let mut shut_down = ctrl_shutdown().expect(why);
    async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = closed.recv() => {}
            _ = shut_down.recv() => {}
        }
    }
}
