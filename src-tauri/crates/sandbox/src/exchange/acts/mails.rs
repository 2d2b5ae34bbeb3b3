//! What happens to mails without the connector: they arrive, are sent, are moved by people, copied and deleted by phones.
//! Deliberately not here: how a mail is taken apart (`mime`).

use super::acting::Acting;
use super::{Act, ActError, DeleteHow};
use crate::exchange::Exchange;
use crate::exchange::identity::{Id, ItemKey};
use crate::exchange::item::ReadFlag;
use crate::exchange::mime;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

impl Exchange {
    /// A mail arrives in a folder (`inbox`), unread, and subscriptions hear of new mail. Returns its id.
    pub fn deliver(&self, user: &str, folder: &str, mime: &[u8]) -> Result<String, ActError> {
        let act = Act::Deliver {
            folder: folder.to_owned(),
            mime: STANDARD.encode(mime),
        };
        self.made(user, &act)
    }

    /// A mail that the user sent comes into Sent Items. Nobody receives it.
    pub fn send(&self, user: &str, mime: &[u8]) -> Result<String, ActError> {
        self.store(user, "sentitems", mime)
    }

    /// A mail is put into a folder as read, as a program does that imports old ones; no subscription hears of new mail.
    pub fn store(&self, user: &str, folder: &str, mime: &[u8]) -> Result<String, ActError> {
        let act = Act::Store {
            folder: folder.to_owned(),
            mime: STANDARD.encode(mime),
        };
        self.made(user, &act)
    }

    /// A phone moves a mail: it uploads what it has to the other folder and deletes the first one. Nothing but the mail itself, its times
    /// and its read flag links the two. Returns the new id.
    pub fn copy_and_delete(
        &self,
        user: &str,
        item: &str,
        folder: &str,
    ) -> Result<String, ActError> {
        let act = Act::CopyAndDelete {
            item: item.to_owned(),
            folder: folder.to_owned(),
        };
        self.made(user, &act)
    }

    /// Deletes an item for good.
    pub fn delete_for_good(&self, user: &str, item: &str) -> Result<(), ActError> {
        let act = Act::Delete {
            item: item.to_owned(),
            how: DeleteHow::Hard,
        };
        self.act(user, &act).map(drop)
    }

    /// Makes a folder; without a class it has that of the folder around it. Returns its id.
    pub fn create_folder(
        &self,
        user: &str,
        path: &str,
        class: Option<&str>,
    ) -> Result<String, ActError> {
        let act = Act::CreateFolder {
            path: path.to_owned(),
            class: class.map(str::to_owned),
        };
        self.made(user, &act)
    }

    /// Deletes a folder for good, with everything in it.
    pub fn delete_folder(&self, user: &str, path: &str) -> Result<(), ActError> {
        let act = Act::DeleteFolder {
            path: path.to_owned(),
        };
        self.act(user, &act).map(drop)
    }

    fn made(&self, user: &str, act: &Act) -> Result<String, ActError> {
        Ok(self.act(user, act)?.expect("what was made has an id"))
    }
}

impl Acting<'_> {
    pub(super) fn deliver(&mut self, folder: &str, mime: &str) -> Result<Option<String>, ActError> {
        let folder = self.folder(folder)?;
        let item = mime::arrived(mime, ReadFlag::Unread, self.now)?;
        let key = self.mailbox.deliver(folder, item, self.now);
        Ok(Some(self.mailbox.encode(Id::Item(key))))
    }

    pub(super) fn store(&mut self, folder: &str, mime: &str) -> Result<Option<String>, ActError> {
        let folder = self.folder(folder)?;
        let item = mime::arrived(mime, ReadFlag::Read, self.now)?;
        let key = self.mailbox.add_item(folder, item, self.now);
        Ok(Some(self.mailbox.encode(Id::Item(key))))
    }

    pub(super) fn copy_and_delete(
        &mut self,
        from: ItemKey,
        folder: &str,
    ) -> Result<Option<String>, ActError> {
        let folder = self.folder(folder)?;
        let old = self.mailbox.item(from).expect("the key is an item's");
        let mail = old.mime.clone();
        let mail = mail.ok_or_else(|| ActError::Refused("the item is no mail".to_owned()))?;
        let received = old.fields.text("DateTimeReceived");
        let received = received.and_then(|time| time.parse().ok());
        let received = received.unwrap_or(old.created);
        let item = mime::arrived(&mail, old.read_flag(), received)?;
        let key = self.mailbox.add_item(folder, item, self.now);
        self.mailbox.remove_item(from, self.now);
        Ok(Some(self.mailbox.encode(Id::Item(key))))
    }
}
