//! A round of random stories of one kind. The same seed tells the same stories.

use std::cell::RefCell;

use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use super::acts::{Act, act};
use super::found::{Setting, write};
use super::story::{Story, Told};

/// So many stories of one kind in a row.
pub const ROUND: u32 = 25;
/// How often a story that breaks a promise is told again in search of a shorter one.
const SHRINKING: u32 = 2_000;

/// A story that broke a promise.
#[derive(Debug)]
pub struct Broken {
    /// Which promise, and how.
    pub what: String,
    /// The shortest story that does, as a file keeps it.
    pub story: String,
}

/// A round of stories of at most so many acts; or the shortest that breaks a promise.
pub fn tell(setting: Setting, seed: u64, acts: usize) -> Result<Told, Broken> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let config = Config {
        cases: ROUND,
        max_shrink_iters: SHRINKING,
        failure_persistence: None,
        ..Config::default()
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let stories = proptest::collection::vec(act(), 1..acts);
    let sum = RefCell::new(Told::default());
    let told = TestRunner::new_with_rng(config, rng).run(&stories, |acts: Vec<Act>| {
        let story = async { Story::new(setting).await.run(&acts).await };
        let told = runtime.block_on(story).map_err(TestCaseError::fail)?;
        sum.borrow_mut().add(told);
        Ok(())
    });
    match told {
        Ok(()) => Ok(sum.into_inner()),
        Err(TestError::Fail(what, acts)) => Err(Broken {
            what: what.to_string(),
            story: write(setting, &acts),
        }),
        Err(error) => panic!("no stories can be drawn: {error}"),
    }
}
