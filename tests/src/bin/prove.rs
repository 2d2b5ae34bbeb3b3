//! Tells random stories for as long as asked and looks at the promises after each calm: `prove MINUTES [SEED]`. The same seed tells the same
//! stories. A story that breaks a promise is shrunk and kept as a file beside the others, where the tests tell it again for ever.

use std::cell::RefCell;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use scenarios::proof::{Act, Setting, Story, Told, acts, found};

/// So many stories of one kind in a row.
const ROUND: u32 = 25;

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
            match tell(setting, round) {
                Ok(told) => sum.add(told),
                Err(what) => {
                    broken += 1;
                    println!("{setting:?}, round {round}:\n{what}");
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

/// A round of stories of one kind, or the shortest that breaks a promise.
fn tell(setting: Setting, round: u64) -> Result<Told, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let config = Config {
        cases: ROUND,
        max_shrink_iters: 2_000,
        failure_persistence: None,
        ..Config::default()
    };
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&round.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let stories = proptest::collection::vec(acts::act(), 1..60);
    let sum = RefCell::new(Told::default());
    let told = TestRunner::new_with_rng(config, rng).run(&stories, |acts: Vec<Act>| {
        let story = async { Story::new(setting).await.run(&acts).await };
        match runtime.block_on(story) {
            Ok(told) => {
                sum.borrow_mut().add(told);
                Ok(())
            }
            Err(what) => Err(TestCaseError::fail(what)),
        }
    });
    match told {
        Ok(()) => Ok(sum.into_inner()),
        Err(TestError::Fail(what, acts)) => {
            let story = found::write(setting, &acts);
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("found/{round}.story"));
            let kept = std::fs::write(&file, &story);
            let kept = kept.map_or_else(|error| error.to_string(), |()| file.display().to_string());
            Err(format!("{what}\n{story}{kept}"))
        }
        Err(error) => Err(error.to_string()),
    }
}
