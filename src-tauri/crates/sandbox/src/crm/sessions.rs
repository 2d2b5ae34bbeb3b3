//! Signing in: one challenge per user, any number of sessions. Both live in memory only and end with the server.
//! Deliberately not here: whether the user may sign in.

use super::records::Number;
use md5::{Digest, Md5};
use std::collections::HashMap;

/// How long a challenge is good for, in seconds.
pub(super) const CHALLENGE_LIFE: i64 = 300;

/// Challenges and sessions.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    challenges: HashMap<Number, Challenge>,
    open: HashMap<String, Number>,
    made: u64,
}

#[derive(Debug)]
struct Challenge {
    token: String,
    until: i64,
}

impl Sessions {
    /// A new challenge for a user; an older one is worthless from now on.
    pub(super) fn challenge(&mut self, user: Number, now: i64) -> String {
        let token = self.fresh(now, 13);
        self.challenges.insert(
            user,
            Challenge {
                token: token.clone(),
                until: now + CHALLENGE_LIFE,
            },
        );
        token
    }

    /// The token a user has to answer, while it is good. It can be answered more than once.
    pub(super) fn token(&self, user: Number, now: i64) -> Option<&str> {
        self.challenges
            .get(&user)
            .filter(|challenge| now < challenge.until)
            .map(|challenge| challenge.token.as_str())
    }

    /// Opens a session.
    pub(super) fn open(&mut self, user: Number, now: i64) -> String {
        let name = self.fresh(now, 21);
        self.open.insert(name.clone(), user);
        name
    }

    /// Whose session this is.
    pub(super) fn user(&self, name: &str) -> Option<Number> {
        self.open.get(name).copied()
    }

    /// Ends a session.
    pub(super) fn close(&mut self, name: &str) {
        self.open.remove(name);
    }

    /// Ends all sessions, as if PHP had collected them.
    pub(super) fn close_all(&mut self) {
        self.open.clear();
    }

    /// A word nobody had before. No secret: this server guards nothing.
    fn fresh(&mut self, now: i64, length: usize) -> String {
        self.made += 1;
        let mut word = hex_md5(&format!("{now} {} {}", self.made, std::process::id()));
        word.truncate(length);
        word
    }
}

/// MD5 in small hex digits.
pub(super) fn hex_md5(text: &str) -> String {
    Md5::digest(text.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
