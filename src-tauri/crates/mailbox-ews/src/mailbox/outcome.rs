//! What came of writes that were sent together.

use ports::{ErrorKind, Failure, Result, WrittenItem};

use crate::client::again;

/// What came of a batch: an answer for each write, and what stopped it half-way.
pub struct Outcome {
    /// By place in the batch.
    pub answers: Vec<Option<Result<WrittenItem>>>,
    /// Why nothing more is to be sent.
    pub stopped: Option<Failure>,
}

impl Outcome {
    /// The answers of the server, or what became of none of so many writes.
    pub fn of(answers: Result<Vec<Result<WrittenItem>>>, count: usize) -> Self {
        let (mut answers, stopped): (Vec<_>, _) = match answers {
            Ok(answers) => (answers.into_iter().map(Some).collect(), None),
            Err(failure) => (Vec::new(), Some(failure)),
        };
        answers.resize_with(count, || None);
        let mut outcome = Self {
            answers,
            stopped: None,
        };
        if let Some(failure) = stopped {
            let all: Vec<usize> = (0..count).collect();
            outcome.stop(&all, failure);
        }
        outcome
    }

    /// The request for these writes failed as a whole. Only when nobody knows what became of them do they get an answer of
    /// their own.
    pub fn stop(&mut self, writes: &[usize], failure: Failure) {
        if failure.kind == ErrorKind::OutcomeUnknown {
            for at in writes {
                self.answers[*at] = Some(Err(again(&failure)));
            }
        }
        self.stopped = Some(failure);
    }

    /// Whether the server wants another version.
    pub fn is_stale(&self, at: usize) -> bool {
        match &self.answers[at] {
            Some(Err(failure)) => failure.kind == ErrorKind::Stale,
            Some(Ok(_)) | None => false,
        }
    }
}
