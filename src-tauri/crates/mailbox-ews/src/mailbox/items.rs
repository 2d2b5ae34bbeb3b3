//! Reads items: what changed, what they hold, which carry a stamp.

use std::collections::BTreeSet;

use model::{Component, FolderId, Item, ItemHead, ItemId, Stamp, SyncToken};
use ports::{Failure, ItemChanges, Result};

use super::series;
use crate::client::Client;
use crate::convert;
use crate::options::UserZone;
use crate::wire;
use crate::wire::item::{GetItem, Shape, Which};
use crate::wire::property::Property;
use crate::wire::query::FindItem;
use crate::wire::sync::{self, SyncFolderItems};

/// Items asked for in one request (facts/ews.md, section 3).
pub const READ_BATCH: usize = 100;
/// Stamps looked for in one request.
const STAMP_BATCH: usize = 50;

/// One page of changes of a folder.
pub async fn changes(
    client: &Client,
    component: Component,
    folder: &FolderId,
    since: Option<&SyncToken>,
) -> Result<ItemChanges> {
    let asked = SyncFolderItems {
        folder,
        state: since.map(SyncToken::as_str),
        shape: match component {
            Component::Appointments => Shape::CalendarHead,
            Component::Contacts | Component::Tasks | Component::Emails => Shape::Head,
        },
        limit: sync::PAGE,
    };
    let page = client.one(&asked).await?;
    Ok(ItemChanges {
        seen: page.seen.iter().filter_map(convert::head).collect(),
        gone: page.gone,
        next: page.state.map(SyncToken::new),
        more: !page.is_last,
    })
}

/// The items in full, one answer for each id; occurrences are found by their place in the series.
pub async fn read(
    client: &Client,
    component: Component,
    ids: &[ItemId],
    user: &UserZone,
) -> Result<Vec<Result<Item>>> {
    let places = series::places(client, ids, user).await?;
    let found: Vec<Which> = places.iter().flatten().cloned().collect();
    let mut read = get(client, convert::shape(component)?, &found)
        .await?
        .into_iter();
    let answers = ids.iter().zip(places).map(|(id, place)| {
        place?;
        let item = read.next();
        let item = item.unwrap_or_else(|| Err(Failure::bug("an item was not answered")))?;
        let item = convert::item(component, item, user)?;
        Ok(Item {
            id: id.clone(),
            ..item
        })
    });
    Ok(answers.collect())
}

/// Items as the wire has them, in batches, one answer for each.
pub async fn get(
    client: &Client,
    shape: Shape,
    which: &[Which],
) -> Result<Vec<Result<wire::Item>>> {
    let mut answers = Vec::with_capacity(which.len());
    for batch in which.chunks(READ_BATCH) {
        let asked = |ids| GetItem { shape, ids };
        let items = client.each(batch, asked).await?;
        answers.extend(items);
    }
    Ok(answers)
}

/// Items that carry one of these stamps; the revision does not matter.
pub async fn find_stamped(
    client: &Client,
    folder: &FolderId,
    stamps: &[Stamp],
) -> Result<Vec<ItemHead>> {
    let texts: BTreeSet<String> = stamps.iter().map(Stamp::record_text).collect();
    let texts: Vec<String> = texts.into_iter().collect();
    let mut heads = Vec::new();
    for values in texts.chunks(STAMP_BATCH) {
        let mut offset = Some(0);
        while let Some(begin) = offset {
            let asked = FindItem {
                folder,
                property: Property::Record,
                values,
                offset: begin,
            };
            let found = client.one(&asked).await?;
            heads.extend(found.items.iter().filter_map(convert::head));
            // A page that does not get on would be asked for again without end.
            offset = found.next.filter(|next| *next > begin);
        }
    }
    // A server that ignores a restriction shows everything.
    heads.retain(|head| {
        let text = head.stamp.as_ref().map(Stamp::record_text);
        text.is_some_and(|text| texts.binary_search(&text).is_ok())
    });
    Ok(heads)
}
