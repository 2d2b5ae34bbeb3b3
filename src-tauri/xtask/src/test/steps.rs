//! Running named steps one after the other and summing up. It knows nothing of cargo or of the project.

use std::fmt;
use std::time::Duration;

use crate::error::{self, Outcome};

/// One step of a run.
pub struct Step<C> {
    /// What it checks, for people.
    pub name: &'static str,
    /// Whether the steps after it still make sense when it fails.
    pub on_failure: OnFailure,
    /// Does it.
    pub work: fn(&C) -> Outcome<End>,
}

/// What follows a failed step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFailure {
    /// Nothing: the run ends.
    Stop,
    /// The other steps; the failure is told at the end.
    GoOn,
}

/// How a step that did not fail ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// It was done.
    Done,
    /// There was nothing to do it with, and why.
    LeftOut(String),
}

/// What came of a step.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    Done,
    LeftOut(String),
    Failed(String),
    NotReached,
}

/// What came of all of them, printed as the closing table.
pub struct Summary {
    lines: Vec<(&'static str, Fate, Duration)>,
}

impl Summary {
    /// How many steps failed.
    pub fn failed(&self) -> usize {
        self.lines
            .iter()
            .filter(|(_, fate, _)| matches!(fate, Fate::Failed(_)))
            .count()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self
            .lines
            .iter()
            .map(|(name, ..)| name.len())
            .max()
            .unwrap_or(0);
        for (name, fate, time) in &self.lines {
            let fate = match fate {
                Fate::Done => "ok".to_owned(),
                Fate::LeftOut(why) => format!("left out: {why}"),
                Fate::Failed(why) => format!("FAILED: {}", why.lines().next().unwrap_or_default()),
                Fate::NotReached => "not reached".to_owned(),
            };
            writeln!(out, "{name:width$}  {:>8}  {fate}", shown(*time))?;
        }
        Ok(())
    }
}

/// Runs the steps in order. `elapsed` tells how much time went by since the beginning.
pub fn run_all<C>(steps: &[Step<C>], context: &C, elapsed: impl Fn() -> Duration) -> Summary {
    let mut lines = Vec::new();
    let mut stopped = false;
    for step in steps {
        if stopped {
            lines.push((step.name, Fate::NotReached, Duration::ZERO));
            continue;
        }
        println!("\n==> {}", step.name);
        let begin = elapsed();
        let fate = match (step.work)(context) {
            Ok(End::Done) => Fate::Done,
            Ok(End::LeftOut(why)) => Fate::LeftOut(why),
            Err(error) => Fate::Failed(error::with_causes(&error)),
        };
        let time = elapsed().saturating_sub(begin);
        match &fate {
            Fate::Failed(why) => println!("<== {} FAILED after {}: {why}", step.name, shown(time)),
            Fate::LeftOut(why) => println!("<== {} left out: {why}", step.name),
            Fate::Done | Fate::NotReached => println!("<== {} ok in {}", step.name, shown(time)),
        }
        stopped = matches!(fate, Fate::Failed(_)) && step.on_failure == OnFailure::Stop;
        lines.push((step.name, fate, time));
    }
    Summary { lines }
}

/// A time as people read it: `7.3 s`, `12m04`.
pub fn shown(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{}m{:02}", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use super::*;
    use crate::error::XtaskError;

    type Seen = RefCell<Vec<&'static str>>;

    fn good(seen: &Seen) -> Outcome<End> {
        seen.borrow_mut().push("good");
        Ok(End::Done)
    }

    fn bad(seen: &Seen) -> Outcome<End> {
        seen.borrow_mut().push("bad");
        Err(XtaskError::Found {
            what: "something".to_owned(),
        })
    }

    fn absent(_: &Seen) -> Outcome<End> {
        Ok(End::LeftOut("nothing there".to_owned()))
    }

    fn run(steps: &[Step<Seen>]) -> (Summary, Vec<&'static str>) {
        let seen = Seen::default();
        let ticks = Cell::new(0);
        let summary = run_all(steps, &seen, || {
            Duration::from_secs(ticks.replace(ticks.get() + 5))
        });
        (summary, seen.into_inner())
    }

    #[test]
    fn a_failure_that_may_go_on_is_counted_and_the_rest_runs() {
        let (summary, seen) = run(&[
            Step {
                name: "one",
                on_failure: OnFailure::GoOn,
                work: bad,
            },
            Step {
                name: "two",
                on_failure: OnFailure::Stop,
                work: good,
            },
        ]);
        assert_eq!((summary.failed(), seen), (1, vec!["bad", "good"]));
    }

    #[test]
    fn a_failure_that_stops_leaves_the_rest_unreached() {
        let (summary, seen) = run(&[
            Step {
                name: "one",
                on_failure: OnFailure::Stop,
                work: bad,
            },
            Step {
                name: "two",
                on_failure: OnFailure::Stop,
                work: good,
            },
        ]);
        assert_eq!((summary.failed(), seen), (1, vec!["bad"]));
        assert!(
            summary.to_string().contains("two     0.0 s  not reached"),
            "{summary}"
        );
    }

    #[test]
    fn the_summary_has_a_line_for_each_step_with_its_time() {
        let (summary, _) = run(&[
            Step {
                name: "one",
                on_failure: OnFailure::Stop,
                work: good,
            },
            Step {
                name: "other",
                on_failure: OnFailure::Stop,
                work: absent,
            },
        ]);
        assert_eq!(summary.failed(), 0);
        assert_eq!(
            summary.to_string(),
            "one       5.0 s  ok\nother     5.0 s  left out: nothing there\n"
        );
    }

    #[test]
    fn long_times_are_shown_in_minutes() {
        assert_eq!(shown(Duration::from_secs(724)), "12m04");
    }
}
