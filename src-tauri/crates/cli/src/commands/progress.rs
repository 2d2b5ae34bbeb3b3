//! Showing how far a run is, on a line of its own that is written over and gone at the end (R7.3).

use std::future::Future;
use std::io::{self, IsTerminal, Write};

use controller::{Controller, Snapshot};
use texts::Texts;

use crate::output::{Format, Output};
use crate::words;

/// Waits for the work, and meanwhile shows how far it is to a person who is watching.
pub async fn shown<T>(
    output: &Output,
    controller: &Controller,
    work: impl Future<Output = T>,
) -> T {
    if output.format == Format::Json || !io::stderr().is_terminal() {
        return work.await;
    }
    let mut snapshots = controller.watch();
    let mut line = Line::default();
    let mut work = std::pin::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => {
                line.write("");
                return done;
            }
            // The controller is borrowed, so its sender is there as long as this waits.
            Ok(()) = snapshots.changed() => {
                let text = text(output.texts, &snapshots.borrow_and_update());
                line.write(&text.unwrap_or_default());
            }
        }
    }
}

fn text(texts: Texts, snapshot: &Snapshot) -> Option<String> {
    let busy = |status: &controller::ComponentStatus| {
        let progress = status.progress?;
        Some((words::name_of(status.component), progress))
    };
    let (component, progress) = snapshot.components.iter().find_map(busy)?;
    let phase = texts.t(&format!("window.phase.{}", words::name_of(progress.phase)));
    let done = texts.number(progress.done);
    let far = match progress.total.map(|total| texts.number(total)) {
        Some(total) => texts.fill("window.progress", &[("done", &done), ("total", &total)]),
        None => texts.fill("window.progress.open", &[("done", &done)]),
    };
    let component = texts.component(&component);
    Some(format!("{component}: {phase}, {far}"))
}

/// The line that is written over.
#[derive(Default)]
struct Line {
    width: usize,
}

impl Line {
    fn write(&mut self, text: &str) {
        let width = text.chars().count();
        let rest = " ".repeat(self.width.saturating_sub(width));
        let mut err = io::stderr().lock();
        // Progress that cannot be shown is no reason to stop.
        let _ = write!(err, "\r{text}{rest}\r{text}").and_then(|()| err.flush());
        self.width = width;
    }
}
