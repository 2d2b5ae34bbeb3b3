//! Messages of the connector's own in the inbox.

use ports::{Note, Result};

use crate::client::Client;
use crate::wire::folder::{Distinguished, GetFolder, Place};
use crate::wire::note::CreateNote;
use crate::wire::property::Property;
use crate::wire::query::FindItem;

/// Puts a message there, unless one of the same key lies there already: an answer may have been lost.
pub async fn deliver(client: &Client, note: &Note, address: &str) -> Result<()> {
    let place = Place::Distinguished(Distinguished::Inbox);
    let inbox = client.one(&GetFolder { place }).await?.id;
    let found = FindItem {
        folder: &inbox,
        property: Property::Note,
        values: std::slice::from_ref(&note.key),
        offset: 0,
    };
    if !client.one(&found).await?.items.is_empty() {
        return Ok(());
    }
    let created = CreateNote {
        key: &note.key,
        subject: &note.subject,
        text: &note.text,
        address,
    };
    client.one(&created).await.map(|_| ())
}
