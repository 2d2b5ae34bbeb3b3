//! Reads items: what changed, what they hold, which carry a stamp.

use std::collections::BTreeSet;

use model::{Component, FolderId, Item, ItemHead, ItemId, Stamp, SyncToken};
use ports::{Failure, ItemChanges, Result};

use crate::client::Client;
use crate::convert;
use crate::wire::item::{GetItem, Shape};
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
    folder: &FolderId,
    since: Option<&SyncToken>,
) -> Result<ItemChanges> {
    let asked = SyncFolderItems {
        folder,
        state: since.map(SyncToken::as_str),
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

/// The items in full, one answer for each id.
pub async fn read(
    client: &Client,
    component: Component,
    ids: &[ItemId],
) -> Result<Vec<Result<Item>>> {
    contacts_only(component)?;
    let mut answers = Vec::with_capacity(ids.len());
    for batch in ids.chunks(READ_BATCH) {
        let asked = |ids| GetItem {
            shape: Shape::Contact,
            ids,
        };
        let items = client.each(batch, asked).await?;
        answers.extend(
            items
                .into_iter()
                .map(|item| item.and_then(convert::contact)),
        );
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

/// Appointments, tasks and e-mails are converted when their component is built; until then nobody may ask.
pub fn contacts_only(component: Component) -> Result<()> {
    match component {
        Component::Contacts => Ok(()),
        Component::Emails | Component::Appointments | Component::Tasks => {
            Err(Failure::bug(format!("{component} cannot be converted yet")))
        }
    }
}
