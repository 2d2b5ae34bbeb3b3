//! Mails: what changed in a folder, whole mails, the mark on them, and their way from folder to folder.

use model::{Code, FolderId, ItemId, SyncToken};
use ports::{ErrorKind, Failure, FetchedMail, MailChanges, Result};

use super::folders::{self, is_gone};
use super::writes::{not_tried, stamp};
use crate::client::{Client, again};
use crate::convert::mail as convert;
use crate::wire::Kind;
use crate::wire::change::{ItemChange, MoveItem};
use crate::wire::item::{GetItem, Shape, Which};
use crate::wire::leaf::Leaves;
use crate::wire::mail::GetMail;
use crate::wire::property::{Properties, Property};
use crate::wire::sync::{self, SyncFolderItems};

/// Mails written or moved in one request.
const WRITE_BATCH: usize = 50;

/// One page of changes of a folder.
pub async fn changes(
    client: &Client,
    folder: &FolderId,
    since: Option<&SyncToken>,
) -> Result<MailChanges> {
    let asked = SyncFolderItems {
        folder,
        state: since.map(SyncToken::as_str),
        shape: Shape::MailHead,
        limit: sync::PAGE,
    };
    let page = client.one(&asked).await?;
    Ok(MailChanges {
        seen: page.seen.iter().filter_map(convert::head).collect(),
        gone: page.gone,
        next: page.state.map(SyncToken::new),
        more: !page.is_last,
    })
}

/// Whole mails, all in one request.
pub async fn fetch(client: &Client, ids: &[ItemId]) -> Result<Vec<Result<FetchedMail>>> {
    let mails = client.each(ids, |ids| GetMail { ids }).await?;
    let fetched = |mail: Result<_>| mail.and_then(convert::fetched);
    Ok(mails.into_iter().map(fetched).collect())
}

/// What a mail is about.
pub async fn subject(client: &Client, id: &ItemId) -> Result<String> {
    let asked = GetItem {
        shape: Shape::Subject,
        ids: vec![Which::Item(id.clone())],
    };
    let item = client.one(&asked).await?;
    let subject = item.mail.and_then(|details| details.subject);
    Ok(subject.unwrap_or_default())
}

/// Writes the mark; nothing else of a mail changes.
pub async fn mark(client: &Client, marks: &[(ItemId, String)]) -> Result<Vec<Result<()>>> {
    let mut answers = Vec::with_capacity(marks.len());
    for batch in marks.chunks(WRITE_BATCH) {
        let changes = batch.iter().map(|(id, text)| ItemChange {
            kind: Kind::Message,
            id: id.clone(),
            change_key: None,
            leaves: Leaves::new(),
            properties: Properties::from([(Property::Mail, text.clone())]),
        });
        let outcome = stamp(client, changes.collect()).await;
        let stopped = outcome.stopped;
        for answer in outcome.answers {
            answers.push(match (answer, &stopped) {
                (Some(answer), _) => answer.map(drop),
                (None, Some(failure)) => Err(not_tried(failure)),
                (None, None) => Err(Failure::bug("a mark was not answered")),
            });
        }
        if let Some(failure) = stopped {
            return left(answers, marks.len(), batch.len(), failure);
        }
    }
    Ok(answers)
}

/// Moves mails; the answers are their new ids.
pub async fn move_all(
    client: &Client,
    ids: &[ItemId],
    folder: &FolderId,
) -> Result<Vec<Result<ItemId>>> {
    let asked = |ids| MoveItem {
        folder: folder.clone(),
        ids,
    };
    let mut answers = Vec::with_capacity(ids.len());
    for batch in ids.chunks(WRITE_BATCH) {
        match client.each(batch, asked).await {
            Ok(items) => answers.extend(items.into_iter().map(|item| Ok(item?.id))),
            Err(failure) => {
                let lost = failure.kind == ErrorKind::OutcomeUnknown;
                let of_batch = || match lost {
                    true => again(&failure),
                    false => not_tried(&failure),
                };
                answers.extend(batch.iter().map(|_| Err(of_batch())));
                return left(answers, ids.len(), batch.len(), failure);
            }
        }
    }
    match without_folder(client, &answers, folder).await? {
        Some(failure) => Err(failure),
        None => Ok(answers),
    }
}

/// The answers, where a batch failed as a whole: those before it, its own, and that the rest was not tried. Where nothing was done and
/// that is known, the whole call fails.
fn left<T>(
    mut answers: Vec<Result<T>>,
    all: usize,
    of_batch: usize,
    failure: Failure,
) -> Result<Vec<Result<T>>> {
    if answers.len() == of_batch && failure.kind != ErrorKind::OutcomeUnknown {
        return Err(failure);
    }
    answers.resize_with(all, || Err(not_tried(&failure)));
    Ok(answers)
}

/// The failure of the whole call, if no mail could be moved because the folder is gone. Some servers have the same word for a mail and
/// for a folder that is not there.
async fn without_folder(
    client: &Client,
    answers: &[Result<ItemId>],
    folder: &FolderId,
) -> Result<Option<Failure>> {
    let mut failures = answers.iter().filter_map(|answer| answer.as_ref().err());
    let all_gone = !answers.is_empty()
        && answers
            .iter()
            .all(|answer| matches!(answer, Err(f) if is_gone(f)));
    if !all_gone {
        return Ok(None);
    }
    if let Some(failure) = failures.find(|failure| failure.problem.code == Code::FolderMissing) {
        return Ok(Some(again(failure)));
    }
    match folders::shown(client, folder).await {
        Err(mut failure) if is_gone(&failure) => {
            failure.problem.code = Code::FolderMissing;
            Ok(Some(failure))
        }
        Err(failure) => Err(failure),
        Ok(_) => Ok(None),
    }
}
