//! Waiting between attempts. The sleeper is passed in, so that no test ever sleeps; jitter is passed in as a number, so that
//! every schedule can be checked.

use std::time::Duration;

use async_trait::async_trait;

/// Lets time pass.
#[async_trait]
pub trait Waiting: Send + Sync {
    /// Returns after this long.
    async fn wait(&self, time: Duration);
}

/// Waits in real time.
#[derive(Debug, Clone, Copy, Default)]
pub struct TokioWaiting;

#[async_trait]
impl Waiting for TokioWaiting {
    async fn wait(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

/// The first pause.
pub const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// No pause is longer, unless a server asked for it.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);

/// A bounded row of pauses: 1 s, doubling to 5 min, each shortened by up to half at random, so that many clients of one server do
/// not come back at once.
#[derive(Debug, Clone)]
pub struct Backoff {
    attempts_left: u32,
    next: Duration,
}

impl Backoff {
    /// A row of so many pauses.
    pub fn new(attempts: u32) -> Self {
        Self {
            attempts_left: attempts,
            next: FIRST_PAUSE,
        }
    }

    /// The next pause, or `None` when it is time to give up. `chance` is from 0 to 1. A server's own waiting time is obeyed when it
    /// is longer than ours.
    pub fn next_pause(&mut self, asked: Option<Duration>, chance: f64) -> Option<Duration> {
        self.attempts_left = self.attempts_left.checked_sub(1)?;
        let full = self.next;
        self.next = (full * 2).min(LONGEST_PAUSE);
        let ours = full.mul_f64(1.0 - chance.clamp(0.0, 1.0) / 2.0);
        Some(asked.map_or(ours, |asked| asked.max(ours)))
    }
}

/// A number from 0 to 1 that differs between programs and calls; good enough to spread load, not for secrets.
pub fn chance() -> f64 {
    use std::hash::{BuildHasher, RandomState};
    // Each RandomState hashes with keys of its own, drawn from the system once and then stepped.
    let random = RandomState::new().hash_one(0_u8);
    (random >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_five_minutes_and_end() {
        let mut backoff = Backoff::new(11);
        let pauses: Vec<u64> = std::iter::from_fn(|| backoff.next_pause(None, 0.0))
            .map(|pause| pause.as_secs())
            .collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
    }

    #[test]
    fn chance_shortens_a_pause_by_half_at_most() {
        let halved = Backoff::new(1).next_pause(None, 1.0);
        assert_eq!(halved, Some(Duration::from_millis(500)));
        assert_eq!(
            Backoff::new(1).next_pause(None, 7.0),
            halved,
            "out of range counts as 1"
        );
    }

    #[test]
    fn the_servers_own_waiting_time_is_obeyed() {
        let asked = Duration::from_secs(90);
        assert_eq!(Backoff::new(1).next_pause(Some(asked), 0.5), Some(asked));
        assert_eq!(
            Backoff::new(1).next_pause(Some(Duration::ZERO), 0.0),
            Some(FIRST_PAUSE)
        );
    }

    #[test]
    fn chance_is_a_fraction() {
        for _ in 0..1000 {
            assert!((0.0..1.0).contains(&chance()));
        }
    }
}
