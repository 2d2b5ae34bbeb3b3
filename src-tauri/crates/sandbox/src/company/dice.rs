//! The one source of chance: a seeded generator and the few throws the company needs. Its numbers never change for a seed, on no
//! machine and in no version, or recorded scenarios would break.
//! Deliberately not here: what is thrown for.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A number below `end`, which is not 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).expect("usize has at most 64 bits");
        // The slight preference of small numbers does no harm here.
        usize::try_from(self.0.next_u64() % end).expect("smaller than a usize")
    }

    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// True that many times of a hundred.
    pub(super) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// That many digits, the first not 0.
    pub(super) fn digits(&mut self, count: usize) -> String {
        (0..count)
            .map(|place| char::from(b"1234567890"[self.below(if place == 0 { 9 } else { 10 })]))
            .collect()
    }

    /// That many letters and digits.
    pub(super) fn word(&mut self, count: usize) -> String {
        (0..count)
            .map(|_| {
                char::from(*self.pick(b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"))
            })
            .collect()
    }
}
