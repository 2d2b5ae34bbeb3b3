//! Changes of own records: first a listing of all, then by `sync` or by query, a page at a time. Every page ends with a token from
//! which the next process can go on.

use model::{Component, RecordId, SyncToken};
use ports::{RecordChanges, Result};
use tracing::{debug, warn};

use super::read::check_ascending;
use super::{Scope, WebserviceCrm};
use crate::cache::Support;
use crate::convert::stock::MODIFIED;
use crate::convert::times::{earlier, second_of};
use crate::query::PAGE;
use crate::token::{OVERLAP, Position, Shown, assumes_utc, assuming_utc, is_at_rest, stale};
use crate::wire::{Row, SyncPage};

/// The beginning of a listing.
struct Listing {
    after: Option<String>,
    start: i64,
    newest: Option<String>,
}

/// A cycle by `sync`.
struct SyncCycle {
    cursor: i64,
    page: Option<i64>,
    shown: Shown,
    seen: Shown,
    rests: Option<i64>,
}

/// A cycle by query.
struct QueryCycle {
    cursor: String,
    after: Option<String>,
    next: String,
    shown: Shown,
    seen: Shown,
    rests: Option<i64>,
}

impl WebserviceCrm {
    /// Appointments that were read on a wrong assumption about the server's zone are all read again.
    pub(super) async fn changes_since(
        &self,
        component: Component,
        since: Option<&SyncToken>,
    ) -> Result<RecordChanges> {
        let assumed = since.is_some_and(assumes_utc);
        if assumed && !self.keeps_utc() {
            return Err(stale());
        }
        let mut changes = self.page_since(component, since).await?;
        let assumes = assumed || !self.server_time().is_certain();
        if component == Component::Appointments && assumes {
            changes.next = assuming_utc(&changes.next);
        }
        Ok(changes)
    }

    async fn page_since(
        &self,
        component: Component,
        since: Option<&SyncToken>,
    ) -> Result<RecordChanges> {
        let mut scope = self.scope(component).await?;
        let mut position = match since {
            Some(token) => Position::read(token, &scope.reader())?,
            None => self.start_listing(&scope).await?,
        };
        loop {
            position = match position {
                Position::Listing {
                    after,
                    start,
                    newest,
                } => {
                    let listing = Listing {
                        after,
                        start,
                        newest,
                    };
                    return self.list(&mut scope, listing).await;
                }
                Position::Sync {
                    cursor,
                    page,
                    shown,
                    seen,
                    rests,
                } => {
                    let cycle = SyncCycle {
                        cursor,
                        page,
                        shown,
                        seen,
                        rests,
                    };
                    let back = match is_at_rest(rests, self.now().as_second()) {
                        true => 0,
                        false => OVERLAP,
                    };
                    let asked = cycle.page.unwrap_or(cursor - back);
                    match self.sync_page(&scope, asked).await? {
                        Some(page) => return self.synced(&scope, cycle, page, asked).await,
                        None => self.position_without_sync(&scope, cursor).await?,
                    }
                }
                Position::Query {
                    cursor,
                    after,
                    next,
                    shown,
                    seen,
                    rests,
                } => {
                    let cycle = QueryCycle {
                        cursor,
                        after,
                        next,
                        shown,
                        seen,
                        rests,
                    };
                    match self.second_to_sync_from(&scope, &cycle) {
                        Some(second) => Position::sync(second, cycle.shown),
                        None => return self.queried(&mut scope, cycle).await,
                    }
                }
            };
        }
    }

    async fn start_listing(&self, scope: &Scope) -> Result<Position> {
        let asked = self.now();
        let newest = self.newest(scope).await?;
        // Our clock may have been set since the last answer; this one has told.
        let offset = self.sessions.account().await?.clock_offset;
        let start = asked.as_second() + offset.as_secs();
        let support = self.known.sync(&scope.module.name, self.now());
        if support.is_none() || !self.server_time().is_certain() && support != Some(Support::Absent)
        {
            self.try_sync(scope, newest.as_deref(), start).await?;
        }
        Ok(Position::Listing {
            after: None,
            start,
            newest,
        })
    }

    /// One page of all own records; the listing ends at an empty page.
    async fn list(&self, scope: &mut Scope, listing: Listing) -> Result<RecordChanges> {
        let after = listing.after.as_deref();
        let query = |scope: &Scope| scope.own(scope.mapping.select(), after);
        let rows = self.select(scope, query).await?;
        check_ascending(after, &rows)?;
        let (next, more) = match rows.last() {
            Some(last) => {
                let position = Position::Listing {
                    after: Some(last.id().to_owned()),
                    start: listing.start,
                    newest: listing.newest,
                };
                (position, true)
            }
            None => (self.position_behind(scope, listing), false),
        };
        Ok(RecordChanges {
            seen: self.records(scope, &rows).await?,
            gone: Vec::new(),
            next: next.token(scope.reader()),
            more,
        })
    }

    /// The changes begin where the listing did: what was changed while it went on is shown again.
    fn position_behind(&self, scope: &Scope, listing: Listing) -> Position {
        match self.known.sync(&scope.module.name, self.now()) {
            Some(Support::Present) => Position::sync(listing.start, Shown::default()),
            Some(Support::Absent) | None => {
                Position::query(listing.newest.unwrap_or_default(), Shown::default())
            }
        }
    }

    async fn synced(
        &self,
        scope: &Scope,
        mut cycle: SyncCycle,
        page: SyncPage,
        asked: i64,
    ) -> Result<RecordChanges> {
        let more = page.more && page.last_modified > asked;
        if page.more && !more {
            warn!("the CRM promises more changes and does not move on");
        }
        let rows = news(scope, page.updated, &cycle.shown, &mut cycle.seen);
        let mut gone = Vec::new();
        for id in &page.deleted {
            cycle.seen.add(id, "", Shown::DELETED);
            if !cycle.shown.has(id, Shown::DELETED) {
                gone.push(RecordId::new(id));
            }
        }
        let next = match more {
            true => Position::Sync {
                cursor: cycle.cursor,
                page: Some(page.last_modified),
                shown: cycle.shown,
                seen: cycle.seen,
                rests: cycle.rests,
            },
            false => {
                let cursor = cycle.cursor.max(page.last_modified);
                let rests = self.rests(cursor == cycle.cursor, cycle.rests);
                Position::sync(cursor, remembered(cycle.shown, cycle.seen)).resting(rests)
            }
        };
        Ok(RecordChanges {
            seen: self.records(scope, &rows).await?,
            gone,
            next: next.token(scope.reader()),
            more,
        })
    }

    /// Since when the cursor rests: from the first complete cycle that ended with it.
    fn rests(&self, same_cursor: bool, since: Option<i64>) -> Option<i64> {
        let now = self.now().as_second();
        since.filter(|_| same_cursor).or(Some(now))
    }

    /// Where to go on when `sync` has stopped working.
    async fn position_without_sync(&self, scope: &Scope, cursor: i64) -> Result<Position> {
        match self.server_time().text_of_second(cursor) {
            Some(text) => Ok(Position::query(text, Shown::default())),
            None => {
                debug!("neither sync nor a known time zone: all records are listed again");
                self.start_listing(scope).await
            }
        }
    }

    /// Where to try `sync` again: once in a while at the beginning of a cycle, since it may have failed for once.
    fn second_to_sync_from(&self, scope: &Scope, cycle: &QueryCycle) -> Option<i64> {
        let begins = cycle.after.is_none();
        let tried = self.known.sync(&scope.module.name, self.now());
        match (begins, tried) {
            (true, None | Some(Support::Present)) => {
                let time = self.server_time();
                time.is_certain()
                    .then(|| second_of(&time, &cycle.cursor))
                    .flatten()
            }
            _ => None,
        }
    }

    async fn queried(&self, scope: &mut Scope, mut cycle: QueryCycle) -> Result<RecordChanges> {
        let since = match is_at_rest(cycle.rests, self.now().as_second()) {
            // There was no record yet, and a comparison with nothing is an error of the server's (facts: crm 5).
            true => Some(cycle.cursor.clone()).filter(|cursor| !cursor.is_empty()),
            false => earlier(&cycle.cursor, OVERLAP),
        };
        let after = cycle.after.as_deref();
        let query = |scope: &Scope| {
            let query = scope.own(scope.mapping.select(), after);
            match &since {
                Some(since) => query.at_least(MODIFIED, since),
                None => query,
            }
        };
        let rows = self.select(scope, query).await?;
        check_ascending(after, &rows)?;
        let more = rows.len() >= PAGE;
        if cycle.after.is_none() {
            cycle.next = self.next_cursor(scope, &cycle.cursor, &rows, more).await?;
        }
        let last = rows.last().map(|row| row.id().to_owned());
        let rows = news(scope, rows, &cycle.shown, &mut cycle.seen);
        let next = match more {
            true => Position::Query {
                cursor: cycle.cursor,
                after: last,
                next: cycle.next,
                shown: cycle.shown,
                seen: cycle.seen,
                rests: cycle.rests,
            },
            false => {
                let rests = self.rests(cycle.next == cycle.cursor, cycle.rests);
                Position::query(cycle.next, remembered(cycle.shown, cycle.seen)).resting(rests)
            }
        };
        Ok(RecordChanges {
            seen: self.records(scope, &rows).await?,
            gone: Vec::new(),
            next: next.token(scope.reader()),
            more,
        })
    }

    /// The latest time of modification when the cycle began. A single page shows it; of several the first need not hold it.
    async fn next_cursor(
        &self,
        scope: &Scope,
        cursor: &str,
        rows: &[Row],
        more: bool,
    ) -> Result<String> {
        let latest = match more {
            true => self.newest(scope).await?,
            false => rows.iter().map(|row| row.text(MODIFIED).to_owned()).max(),
        };
        Ok(latest.unwrap_or_default().max(cursor.to_owned()))
    }
}

/// What the next cycle need not show again: what this one saw, or what was known before where it saw nothing.
fn remembered(shown: Shown, seen: Shown) -> Shown {
    if seen.is_empty() {
        shown
    } else {
        seen.trimmed()
    }
}

/// The rows of records that sync and that the last cycle did not show in the same form.
fn news(scope: &Scope, rows: Vec<Row>, shown: &Shown, seen: &mut Shown) -> Vec<Row> {
    rows.into_iter()
        .filter(|row| scope.mapping.is_of_our_type(row))
        .filter(|row| {
            let form = scope.mapping.digest(row);
            seen.add(row.id(), row.text(MODIFIED), &form);
            !shown.has(row.id(), &form)
        })
        .collect()
}
