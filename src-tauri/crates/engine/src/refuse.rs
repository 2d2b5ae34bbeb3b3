//! Entries that could not be taken over: how long they rest before they are tried again by themselves.

use jiff::{SignedDuration, Timestamp};
use model::{Problem, RemoteId};
use ports::Refusal;

/// A lost answer is followed up at once so often; then it is the user's to look at (facts: crm 13, sessions).
const QUICK_TRIES: u32 = 3;
const AFTER_LOST_ANSWER: SignedDuration = SignedDuration::from_hours(1);
const AFTER_REFUSAL: SignedDuration = SignedDuration::from_hours(24);
const AFTER_UNREADABLE: SignedDuration = SignedDuration::from_hours(1);

/// Whether a refused entry is not to be tried yet. None rests longer than a day: what says so was written while our clock was ahead.
pub(crate) fn rests(refusal: &Refusal, now: Timestamp) -> bool {
    refusal.retry_at > now && refusal.retry_at <= later(now, AFTER_REFUSAL)
}

/// What is refused.
pub(crate) struct Case<'a> {
    pub entry: RemoteId,
    pub title: String,
    pub content: String,
    pub earlier: Option<&'a Refusal>,
}

/// The server said no: it will say so again until the content changes.
pub(crate) fn refused(case: Case<'_>, problem: Problem, now: Timestamp) -> Refusal {
    entry(case, problem, now, |_| AFTER_REFUSAL)
}

/// The answer to a write was lost.
pub(crate) fn lost(case: Case<'_>, problem: Problem, now: Timestamp) -> Refusal {
    entry(case, problem, now, |attempts| {
        if attempts < QUICK_TRIES {
            SignedDuration::ZERO
        } else {
            AFTER_LOST_ANSWER
        }
    })
}

/// Something else has to happen first, a decision or a right; it is looked at anew in every run, because that costs no request.
pub(crate) fn waiting(case: Case<'_>, problem: Problem, now: Timestamp) -> Refusal {
    entry(case, problem, now, |_| SignedDuration::ZERO)
}

/// An item that could not be read.
pub(crate) fn unread(entry: RemoteId, problem: Problem, now: Timestamp) -> Refusal {
    Refusal {
        title: String::new(),
        content: String::new(),
        problem,
        since: now,
        attempts: 1,
        retry_at: later(now, AFTER_UNREADABLE),
        entry,
    }
}

fn entry(
    case: Case<'_>,
    problem: Problem,
    now: Timestamp,
    rest: impl Fn(u32) -> SignedDuration,
) -> Refusal {
    let earlier = case
        .earlier
        .filter(|earlier| earlier.content == case.content);
    let attempts = earlier.map_or(0, |earlier| earlier.attempts) + 1;
    Refusal {
        entry: case.entry,
        title: case.title,
        problem,
        since: earlier.map_or(now, |earlier| earlier.since),
        attempts,
        retry_at: later(now, rest(attempts)),
        content: case.content,
    }
}

fn later(now: Timestamp, rest: SignedDuration) -> Timestamp {
    now.checked_add(rest).unwrap_or(Timestamp::MAX)
}
