//! Tells random stories for as long as asked and looks at the promises after each calm: `prove MINUTES [SEED]`. The same seed tells the same
//! stories. A story that breaks a promise is shrunk and kept as a file beside the others, where the tests tell it again for ever.

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use scenarios::proof::round::Broken;
use scenarios::proof::{ROUND, Setting, Told, acts, tell};

/// A story has fewer acts than this.
const ACTS: usize = 60;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let minutes: u64 = number(arguments.next()).unwrap_or(1);
    let seed: u64 = number(arguments.next()).unwrap_or_else(|| {
        let since = std::time::SystemTime::UNIX_EPOCH.elapsed();
        since.map_or(1, |since| since.as_secs())
    });
    let until = Instant::now() + Duration::from_secs(60 * minutes);
    let (mut sum, mut stories, mut broken) = (Told::default(), 0_u64, 0_u64);
    println!(
        "seed {seed}, {minutes} minutes, {} kinds of faults",
        acts::FAULTS.len()
    );
    let mut round = seed;
    while Instant::now() < until {
        for setting in Setting::all() {
            round = round.wrapping_add(1);
            match tell(setting, round, ACTS) {
                Ok(told) => sum.add(told),
                Err(found) => {
                    broken += 1;
                    println!(
                        "{setting:?}, round {round}:\n{}\n{}",
                        found.what, found.story
                    );
                    println!("{}", keep(round, &found));
                }
            }
            stories += u64::from(ROUND);
        }
    }
    println!(
        "stories {stories} · acts {} · syncs {} · faults {} · brakes {} · looks {} · violations {broken}",
        sum.acts, sum.syncs, sum.faults, sum.brakes, sum.looks
    );
    ExitCode::from(u8::from(broken > 0))
}

fn number(text: Option<String>) -> Option<u64> {
    text.and_then(|text| text.parse().ok())
}

/// Where the story is kept, or why it is not.
fn keep(round: u64, found: &Broken) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("found/{round}.story"));
    let kept = std::fs::write(&file, &found.story);
    kept.map_or_else(|error| error.to_string(), |()| file.display().to_string())
}
