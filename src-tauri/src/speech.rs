//! The language that tray, notes and window speak, from the start until the user chooses another one.

use std::sync::{Mutex, PoisonError};

use texts::Texts;

/// What is spoken now.
pub(crate) struct Speech {
    now: Mutex<Texts>,
}

impl Speech {
    pub(crate) fn new(texts: Texts) -> Self {
        Self {
            now: Mutex::new(texts),
        }
    }

    /// The sentences of now.
    pub(crate) fn texts(&self) -> Texts {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on these.
    pub(crate) fn set(&self, texts: Texts) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = texts;
    }
}
