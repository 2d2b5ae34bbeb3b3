//! What the server tells of moved mails, also of those that were moved while the program did not run.
//!
//! Exchange 2013 and later tell moves only to those who named the folders, grommunio only to those who named none (facts/ews.md,
//! section 8). So there are two subscriptions, and what both tell is put together.

use std::collections::BTreeSet;

use model::{Code, FolderId, ItemId, SyncToken};
use ports::{ErrorKind, Failure, MailMove, MailMoves, Result};
use serde::{Deserialize, Serialize};
use tracing::{debug, info};

use super::folders::is_gone;
use crate::client::Client;
use crate::wire::events::{GetEvents, Moved, Scope, Subscribe, Subscription};
use crate::wire::folder::{GetFolders, Place};

/// Folders looked at in one request.
const FOLDER_BATCH: usize = 100;

/// Where both subscriptions were read up to: what the token holds.
#[derive(Debug, Serialize, Deserialize)]
struct Watch {
    /// That of the folders.
    folders: Option<Feed>,
    /// That of the whole mailbox.
    all: Option<Feed>,
    /// Whether the server has forgotten one of them; what the other told is not lost for that.
    is_lost: bool,
}

/// Where one subscription was read up to.
#[derive(Debug, Serialize, Deserialize)]
struct Feed {
    id: String,
    watermark: Option<String>,
}

impl From<Subscription> for Feed {
    fn from(subscription: Subscription) -> Self {
        let Subscription { id, watermark } = subscription;
        Self { id, watermark }
    }
}

/// Subscribes to moves into and out of these folders.
pub async fn watch(client: &Client, folders: &[FolderId]) -> Result<SyncToken> {
    let of_folders = subscribe_to_folders(client, folders).await;
    let of_folders = leave(of_folders)?;
    let of_all = client.one(&Subscribe::Moves(Scope::All)).await;
    let of_all = leave(of_all.map(Some))?;
    let (folders, all) = match (of_folders, of_all) {
        (Ok(None) | Err(_), Err(failure)) => return Err(failure),
        (folders, all) => (folders.ok().flatten(), all.ok().flatten()),
    };
    let watch = Watch {
        folders: folders.map(Feed::from),
        all: all.map(Feed::from),
        is_lost: false,
    };
    Ok(watch.token())
}

/// A server may refuse one of the two; what keeps us from asking it at all is another matter.
fn leave<T>(answer: Result<T>) -> Result<Result<T>> {
    match answer {
        Err(failure) if !is_refusal(&failure) => Err(failure),
        answer => Ok(answer),
    }
}

fn is_refusal(failure: &Failure) -> bool {
    match failure.kind {
        ErrorKind::Refused { .. } | ErrorKind::Gone | ErrorKind::Stale | ErrorKind::Bug => true,
        ErrorKind::Denied => failure.problem.code != Code::EwsSwitchedOff,
        _ => failure.problem.code == Code::ServerError,
    }
}

/// Whether nothing more is to be had of a subscription: the server has forgotten it, or refuses to read it. A server that is in trouble may
/// tell it all a little later.
fn is_lost(failure: &Failure) -> bool {
    is_refusal(failure) && failure.problem.code != Code::ServerError
}

/// Subscribes to as many of the folders as the server takes, those that matter most first.
async fn subscribe_to_folders(
    client: &Client,
    folders: &[FolderId],
) -> Result<Option<Subscription>> {
    let mut wanted = folders.to_vec();
    let mut is_checked = false;
    while !wanted.is_empty() {
        let asked = Subscribe::Moves(Scope::Folders(&wanted));
        match client.one(&asked).await {
            Ok(subscription) => return Ok(Some(subscription)),
            Err(failure) if is_gone(&failure) && !is_checked => {
                wanted = existing(client, wanted).await?;
                is_checked = true;
            }
            Err(failure) if is_refusal(&failure) && wanted.len() > 1 => {
                wanted.truncate(wanted.len() / 2);
                debug!(folders = wanted.len(), %failure, "fewer folders are watched");
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok(None)
}

/// Those of the folders that are still there.
async fn existing(client: &Client, folders: Vec<FolderId>) -> Result<Vec<FolderId>> {
    let mut there = Vec::new();
    for batch in folders.chunks(FOLDER_BATCH) {
        let places: Vec<Place<'_>> = batch.iter().map(Place::Id).collect();
        let found = client.each(&places, |places| GetFolders { places }).await?;
        let found = found.into_iter().zip(batch);
        there.extend(found.filter_map(|(answer, folder)| answer.ok().map(|_| folder.clone())));
    }
    Ok(there)
}

/// What moved since.
pub async fn since(client: &Client, since: &SyncToken) -> Result<MailMoves> {
    let mut watch = Watch::read(since).ok_or_else(stale)?;
    let mut told = Vec::new();
    let mut failed = None;
    for feed in [&mut watch.folders, &mut watch.all].into_iter().flatten() {
        let read = read(client, feed, &mut told).await;
        match read {
            Err(failure) if is_lost(&failure) => watch.is_lost = true,
            Err(failure) => failed = failed.or(Some(failure)),
            Ok(()) => {}
        }
    }
    match failed {
        // What was told once may not be told again.
        Some(failure) if told.is_empty() => return Err(failure),
        None if told.is_empty() && watch.is_lost => return Err(stale()),
        _ => {}
    }
    told.sort_by_key(|moved| moved.at);
    let moves = told.into_iter().map(|moved| MailMove {
        item: moved.item,
        folder: moved.folder,
        old_item: moved.old_item,
        old_folder: moved.old_folder,
    });
    Ok(MailMoves {
        moves: moves.collect(),
        next: watch.token(),
    })
}

/// Reads one subscription to its end; what the other has told already is not told again.
async fn read(client: &Client, feed: &mut Feed, told: &mut Vec<Moved>) -> Result<()> {
    let key = |moved: &Moved| -> (ItemId, ItemId) { (moved.item.clone(), moved.old_item.clone()) };
    // Every move gives a new id.
    let mut known: BTreeSet<_> = told.iter().map(key).collect();
    let mut own = BTreeSet::new();
    loop {
        let asked = GetEvents {
            subscription: &feed.id,
            watermark: feed.watermark.as_deref(),
        };
        let page = client.one(&asked).await?;
        let mut gets_on = false;
        let mut last = None;
        for mut moved in page.moves {
            // One without a time happened after the one before it.
            moved.at = moved.at.or(last);
            last = moved.at;
            gets_on |= own.insert(key(&moved));
            if known.insert(key(&moved)) {
                told.push(moved);
            }
        }
        match page.watermark {
            Some(watermark) => {
                gets_on |= feed.watermark.as_ref() != Some(&watermark);
                feed.watermark = Some(watermark);
            }
            // A server without watermarks tells everything once; the first one would begin from the start.
            None if page.count > 0 => feed.watermark = None,
            None => {}
        }
        // A page that does not get on would be asked for again without end.
        if !page.more || !gets_on {
            return Ok(());
        }
    }
}

fn stale() -> Failure {
    info!("the server has forgotten that moves are watched");
    Failure::new(ErrorKind::Stale, Code::AnswerMalformed)
}

impl Watch {
    /// What a token holds. `None`: it is none, or nothing can come of it any more.
    fn read(token: &SyncToken) -> Option<Self> {
        let watch: Self = serde_json::from_str(token.as_str()).ok()?;
        let is_empty = watch.folders.is_none() && watch.all.is_none();
        (!watch.is_lost && !is_empty).then_some(watch)
    }

    fn token(&self) -> SyncToken {
        let text = serde_json::to_string(self).expect("texts can be written down");
        SyncToken::new(text)
    }
}
