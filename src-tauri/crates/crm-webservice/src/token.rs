//! Where reading the changes stands: which way, how far, and what was shown already. Opaque outside this crate.

use std::collections::BTreeMap;

use model::{Code, SyncToken, UserId};
use ports::{ErrorKind, Failure, Result};
use serde::{Deserialize, Serialize};

use crate::convert::times::earlier;

/// Every cycle looks back so far: times are whole seconds, "later" is strict, and transactions that commit late carry an earlier
/// time (facts/crm.md 13).
pub const OVERLAP: i64 = 120;
/// Whether everything up to the cursor was surely committed and shown: for the length of the overlap complete cycles have found nothing
/// behind it, so looking back would only bring the same again, page after page once many records were written at the same time.
pub fn is_at_rest(rests: Option<i64>, now: i64) -> bool {
    rests.is_some_and(|since| now - since > OVERLAP)
}

/// More than so many entries of the overlap are not remembered; what is forgotten is shown once more, which does no harm.
const MOST_SHOWN: usize = 500;

/// The content of a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Token {
    #[serde(flatten)]
    reader: Reader,
    position: Position,
    /// Whether times were read in UTC because nothing better was known.
    #[serde(default)]
    assumes_utc: bool,
}

/// Who reads what, and how. A token of another reader is no longer valid: records that it has passed would be read otherwise now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reader {
    /// The user's id.
    pub user: UserId,
    /// The module.
    pub module: String,
    /// Short text of how values are read, which differs when the policy or the user's rights do.
    #[serde(default)]
    pub reading: String,
}

/// The same token, read on the assumption that the server keeps UTC.
pub fn assuming_utc(token: &SyncToken) -> SyncToken {
    match serde_json::from_str::<Token>(token.as_str()) {
        Ok(content) => content.assuming(true).write(),
        Err(_) => token.clone(),
    }
}

/// Whether anything was read on the assumption that the server keeps UTC.
pub fn assumes_utc(token: &SyncToken) -> bool {
    serde_json::from_str::<Token>(token.as_str()).is_ok_and(|content| content.assumes_utc)
}

impl Token {
    fn assuming(mut self, assumes_utc: bool) -> Self {
        self.assumes_utc = assumes_utc;
        self
    }

    fn write(&self) -> SyncToken {
        SyncToken::new(serde_json::to_string(self).expect("text keys and plain values are JSON"))
    }
}

/// How far the changes were read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "way")]
pub enum Position {
    /// All own records are being listed, ascending by id.
    Listing {
        /// The last one shown.
        after: Option<String>,
        /// When the listing began, by the server's clock in seconds since 1970.
        start: i64,
        /// The latest time of modification when it began, as the server writes it; `None` when there was no record.
        newest: Option<String>,
    },
    /// By the `sync` operation.
    Sync {
        /// The latest second of modification of all complete cycles.
        cursor: i64,
        /// The latest second of the pages of this cycle, while there are more.
        page: Option<i64>,
        /// What the last cycle saw within the overlap.
        shown: Shown,
        /// What this cycle saw.
        seen: Shown,
        /// Since when, by our clock in seconds since 1970, complete cycles have ended with this very cursor.
        #[serde(default)]
        rests: Option<i64>,
    },
    /// By query, where the server has no `sync`.
    Query {
        /// All earlier changes were shown, as the server writes it; empty for everything.
        cursor: String,
        /// The last record of this cycle's pages, while there are more.
        after: Option<String>,
        /// The next cursor, known since the first page.
        next: String,
        /// What the last cycle saw within the overlap.
        shown: Shown,
        /// What this cycle saw.
        seen: Shown,
        /// As with `sync`.
        #[serde(default)]
        rests: Option<i64>,
    },
}

impl Position {
    /// The same at rest since a moment.
    pub fn resting(mut self, since: Option<i64>) -> Self {
        match &mut self {
            Self::Sync { rests, .. } | Self::Query { rests, .. } => *rests = since,
            Self::Listing { .. } => {}
        }
        self
    }

    /// The beginning of a cycle by `sync`.
    pub fn sync(cursor: i64, shown: Shown) -> Self {
        Self::Sync {
            cursor,
            page: None,
            shown,
            seen: Shown::default(),
            rests: None,
        }
    }

    /// The beginning of a cycle by query.
    pub fn query(cursor: String, shown: Shown) -> Self {
        Self::Query {
            next: cursor.clone(),
            cursor,
            after: None,
            shown,
            seen: Shown::default(),
            rests: None,
        }
    }

    /// As a token for this reader.
    pub fn token(self, reader: Reader) -> SyncToken {
        let token = Token {
            reader,
            position: self,
            assumes_utc: false,
        };
        token.write()
    }

    /// Reads a token; one of another reader or version is no longer valid.
    pub fn read(token: &SyncToken, reader: &Reader) -> Result<Self> {
        let read: Token =
            serde_json::from_str(token.as_str()).map_err(|error| stale().caused_by(error))?;
        match read.reader == *reader {
            true => Ok(read.position),
            false => Err(stale()),
        }
    }
}

/// The cursor is no longer valid.
pub fn stale() -> Failure {
    Failure::new(ErrorKind::Stale, Code::EntryChangedMeanwhile)
}

/// Entries with the form they were shown in: the overlap brings them again, and only another form is news.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Shown(BTreeMap<String, (String, String)>);

impl Shown {
    /// The form of a deleted record.
    pub const DELETED: &str = "deleted";

    /// Remembers an entry: its time of modification as the server writes it, and its form.
    pub fn add(&mut self, id: &str, modified: &str, form: &str) {
        self.0
            .insert(id.to_owned(), (modified.to_owned(), form.to_owned()));
    }

    /// Whether nothing was remembered.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this entry was shown in this form.
    pub fn has(&self, id: &str, form: &str) -> bool {
        self.0.get(id).is_some_and(|(_, shown)| shown == form)
    }

    /// Only what the next cycle can bring again: within the overlap before the latest, and not too much.
    pub fn trimmed(mut self) -> Self {
        let latest = self.0.values().map(|(modified, _)| modified).max();
        let bound = latest.and_then(|latest| earlier(latest, OVERLAP));
        self.0.retain(|_, (modified, form)| {
            form == Self::DELETED || bound.as_ref().is_none_or(|bound| *modified >= *bound)
        });
        while self.0.len() > MOST_SHOWN {
            self.0.pop_first();
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(user: &str, module: &str, reading: &str) -> Reader {
        Reader {
            user: UserId::new(user),
            module: module.to_owned(),
            reading: reading.to_owned(),
        }
    }

    #[test]
    fn a_token_is_read_as_it_was_written() {
        let me = reader("19x5", "Contacts", "a");
        let mut shown = Shown::default();
        shown.add("12x1", "2026-11-22 15:56:04", "ab");
        let position = Position::sync(7, shown);
        let token = position.clone().token(me.clone());
        for token in [&token, &assuming_utc(&token)] {
            let read = Position::read(token, &me).expect("as written");
            assert_eq!(read, position);
        }
        assert!(!assumes_utc(&token) && assumes_utc(&assuming_utc(&token)));
    }

    #[test]
    fn a_foreign_token_is_stale() {
        let me = reader("19x5", "Contacts", "a");
        let token = Position::query(String::new(), Shown::default()).token(me.clone());
        for failure in [
            Position::read(&token, &reader("19x6", "Contacts", "a")),
            Position::read(&token, &reader("19x5", "Leads", "a")),
            Position::read(&token, &reader("19x5", "Contacts", "b")),
            Position::read(&SyncToken::new("H4sIAAA="), &me),
        ] {
            assert_eq!(failure.expect_err("not ours").kind, ErrorKind::Stale);
        }
    }

    #[test]
    fn only_the_overlap_is_remembered() {
        let mut shown = Shown::default();
        shown.add("12x1", "2026-11-22 15:00:00", "a");
        shown.add("12x2", "2026-11-22 15:58:00", "b");
        shown.add("12x3", "2026-11-22 16:00:00", "c");
        shown.add("12x4", "", Shown::DELETED);
        let trimmed = shown.trimmed();
        assert!(!trimmed.has("12x1", "a"));
        assert!(trimmed.has("12x2", "b") && trimmed.has("12x3", "c"));
        assert!(trimmed.has("12x4", Shown::DELETED));
        assert!(!trimmed.has("12x3", "d"), "another form is news");
    }

    #[test]
    fn a_token_does_not_grow_without_end() {
        let mut shown = Shown::default();
        for number in 0..2000 {
            shown.add(&format!("12x{number}"), "2026-11-22 15:00:00", "a");
        }
        assert_eq!(shown.trimmed().0.len(), MOST_SHOWN);
    }
}
