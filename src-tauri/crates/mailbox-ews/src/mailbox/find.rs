//! Looking for items by what people call them: for an answer to the question why something does not sync (R6.12), never for a decision
//! about a sync.

use model::{Component, HeadKind, ItemId, Sought};
use ports::crm::MOST_FOUND;
use ports::{ErrorKind, FolderPlace, FoundItem, Result};
use tracing::debug;

use super::folders;
use super::items::{READ_BATCH, get};
use crate::client::Client;
use crate::convert;
use crate::options::UserZone;
use crate::wire::Item;
use crate::wire::calendar::Role;
use crate::wire::item::Which;
use crate::wire::leaf::{EmailKey, Leaf};
use crate::wire::query::FindText;

/// Where a server cannot look into items we do, into so many at most.
const MOST_LOOKED_AT: usize = 2_000;

/// Items of a folder that are called so; none where there is no such folder.
pub async fn find(
    client: &Client,
    place: FolderPlace,
    sought: &Sought,
    user: &UserZone,
) -> Result<Vec<FoundItem>> {
    let Some(folder) = folders::find(client, place).await? else {
        return Ok(Vec::new());
    };
    let leaves = leaves(place.component);
    let asked = |held, offset| FindText {
        folder: &folder,
        held,
        offset,
    };
    let word = Some((sought.longest_word(), leaves.as_slice()));
    let ids = match all_pages(client, |offset| asked(word, offset)).await {
        Err(failure) if matches!(failure.kind, ErrorKind::Refused { .. }) => {
            debug!(%failure, "the server does not look into items");
            all_pages(client, |offset| asked(None, offset)).await?
        }
        ids => ids?,
    };
    read_sought(client, place.component, &ids, sought, user).await
}

/// The ids of all pages, until there are too many.
async fn all_pages<'a>(
    client: &Client,
    asked: impl Fn(u32) -> FindText<'a>,
) -> Result<Vec<ItemId>> {
    let mut ids = Vec::new();
    let mut offset = Some(0);
    while let Some(begin) = offset {
        let found = client.one(&asked(begin)).await?;
        let persons = found
            .items
            .into_iter()
            .filter(|item| !item.is_distribution_list());
        ids.extend(persons.map(|item| item.id));
        // A page that does not get on would be asked for again without end.
        offset = found
            .next
            .filter(|next| *next > begin && ids.len() < MOST_LOOKED_AT);
    }
    ids.truncate(MOST_LOOKED_AT);
    Ok(ids)
}

/// The items in full, and of those only what is sought: a server that ignores a restriction shows everything.
async fn read_sought(
    client: &Client,
    component: Component,
    ids: &[ItemId],
    sought: &Sought,
    user: &UserZone,
) -> Result<Vec<FoundItem>> {
    let (shape, kind) = (convert::shape(component)?, convert::kind(component)?);
    let mut found = Vec::new();
    for some in ids.chunks(READ_BATCH) {
        let items = get(client, shape, &Which::items(some)).await?;
        // What went away meanwhile, or cannot be read, is no answer to anything.
        let items = items.into_iter().flatten().filter(|item| item.kind == kind);
        let sought = items.filter(|item| sought.is_in(item.leaves.values().map(String::as_str)));
        found.extend(sought.map(|item| shown(component, item, user)));
        if found.len() >= MOST_FOUND {
            break;
        }
    }
    found.truncate(MOST_FOUND);
    Ok(found)
}

fn shown(component: Component, item: Item, user: &UserZone) -> FoundItem {
    let role = item.calendar.as_ref().map(|details| details.role);
    FoundItem {
        kind: match role {
            Some(Role::Master) => HeadKind::Series,
            _ => HeadKind::Single,
        },
        item: convert::converted(component, item, user),
    }
}

/// Where an item says how it is called.
fn leaves(component: Component) -> Vec<Leaf> {
    match component {
        Component::Contacts => {
            let addresses = EmailKey::ALL.iter().map(|key| Leaf::Email(*key));
            let names = [
                Leaf::DisplayName,
                Leaf::GivenName,
                Leaf::MiddleName,
                Leaf::Surname,
                Leaf::CompanyName,
            ];
            names.into_iter().chain(addresses).collect()
        }
        Component::Appointments | Component::Tasks | Component::Emails => vec![Leaf::Subject],
    }
}
