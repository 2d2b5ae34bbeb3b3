//! What the server shows of a series beside what its pattern says. The server's word counts, with two reservations: a copied series has
//! the UID of its original, so that the occurrences of both are shown under one name; and between the look at a series and the look at
//! the calendar the series may have changed. Then the pattern counts, which was read at one moment and of one series.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use model::{ChangeKey, ItemId};
use ports::Result;
use tracing::debug;

use super::view::Shown;
use super::{Master, Plain, get};
use crate::client::Client;
use crate::convert::appointment::knows_zone;
use crate::wire::item::{Shape, Which};

/// Whose word counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    /// The server's.
    Server,
    /// That of the pattern.
    Pattern,
    /// The server's, unless the series has changed since it was read.
    ServerIfUnchanged,
}

/// The plain occurrences of each series: those of its pattern, or those shown.
pub(super) async fn settle(
    client: &Client,
    masters: &[Result<Master>],
    planned: Vec<Result<Vec<Plain>>>,
    shown: Shown,
) -> Result<Vec<Result<Vec<Plain>>>> {
    let shown: Vec<Vec<Plain>> = masters.iter().map(|master| of(master, &shown)).collect();
    let words = masters.iter().zip(&planned).zip(&shown);
    let words = words.map(|((master, planned), shown)| match (master, planned) {
        (Ok(master), Ok(planned)) => compare(master, planned, shown),
        _ => Word::Pattern,
    });
    let words: Vec<Word> = words.collect();
    let now = versions(client, masters, &words).await?;
    let settled = masters
        .iter()
        .zip(planned)
        .zip(words.into_iter().zip(shown));
    let settled = settled.map(|((master, planned), (word, shown))| {
        let unchanged = || {
            let master = master.as_ref().ok();
            master.is_some_and(|master| now.get(&master.item.id) == Some(&master.item.change_key))
        };
        match word {
            Word::Server => Ok(shown),
            Word::ServerIfUnchanged if unchanged() => Ok(shown),
            Word::ServerIfUnchanged | Word::Pattern => planned,
        }
    });
    Ok(settled.collect())
}

/// What is shown of a series as its pattern has it.
fn of(master: &Result<Master>, shown: &Shown) -> Vec<Plain> {
    let Ok(master) = master else {
        return Vec::new();
    };
    let uid = master.details.uid.as_ref();
    let special = master.special();
    let shown = uid.and_then(|uid| shown.get(uid)).into_iter().flatten();
    let shown = shown.filter(|one| !special.contains(&one.original_start));
    shown.cloned().collect()
}

fn compare(master: &Master, planned: &[Plain], shown: &[Plain]) -> Word {
    let special = master.special();
    let starts = |plain: &[Plain]| -> BTreeSet<Timestamp> {
        plain.iter().map(|one| one.original_start).collect()
    };
    let (by_pattern, by_server) = (&starts(planned) - &special, starts(shown));
    if master.details.uid.is_none() || by_server.len() < shown.len() {
        // Two begin together: one of them is that of a copy.
        return Word::Pattern;
    }
    let own_version = |one: &Plain| one.change_key == master.item.change_key;
    if by_pattern == by_server {
        return match shown.iter().all(own_version) {
            true => Word::Server,
            false => Word::ServerIfUnchanged,
        };
    }
    debug!(series = %master.item.id, "the server shows other occurrences than the pattern has");
    // In a zone that nobody knows the pattern is worked out by the wrong clock.
    match by_pattern.is_subset(&by_server) && knows_zone(&master.item.leaves) {
        true => Word::Pattern,
        false => Word::ServerIfUnchanged,
    }
}

/// The versions that the series in doubt have now.
async fn versions(
    client: &Client,
    masters: &[Result<Master>],
    words: &[Word],
) -> Result<BTreeMap<ItemId, Option<ChangeKey>>> {
    let doubtful = masters.iter().zip(words).filter_map(|(master, word)| {
        let id = master.as_ref().ok()?.item.id.clone();
        (*word == Word::ServerIfUnchanged).then_some(id)
    });
    let doubtful: Vec<ItemId> = doubtful.collect();
    let items = get(client, Shape::IdOnly, &Which::items(&doubtful)).await?;
    let items = items.into_iter().flatten();
    Ok(items.map(|item| (item.id, item.change_key)).collect())
}
