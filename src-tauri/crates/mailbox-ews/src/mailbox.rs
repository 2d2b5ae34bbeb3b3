//! The ports `Mailbox` and `Mails` over Exchange Web Services. What is asked in which order is here and in the modules below; how it looks on
//! the wire is not.

mod find;
mod folders;
mod items;
mod listening;
mod mail_folders;
mod mails;
mod moves;
mod notes;
mod outcome;
mod series;
mod sorted;
mod versions;
mod writes;

#[cfg(any(test, feature = "hostile"))]
pub(crate) use series::unrolled;

use async_trait::async_trait;
use jiff::SignedDuration;
use model::{
    AccountName, Code, Component, DropFolder, FolderId, Item, ItemHead, ItemId, Sought, Stamp,
    SyncToken, Window,
};
use ports::{
    ErrorKind, Failure, FetchedMail, FolderPlace, FoundItem, ItemChanges, ItemWrite, MailChanges,
    MailFolder, MailMoves, Mailbox, MailboxAccount, Mails, Note, Result, WrittenItem,
};
use tracing::warn;

use crate::client::Client;
use crate::options::{EwsOptions, bound};
use crate::sign_in::Session;
use crate::wire::folder::{Distinguished, GetFolder, Place};

/// A mailbox on an Exchange server.
pub struct EwsMailbox {
    client: Client,
    listener: listening::Listener,
    options: EwsOptions,
    expansion: series::Expansion,
}

impl EwsMailbox {
    /// A mailbox. Nothing is sent before the first method is called.
    pub fn new(options: EwsOptions) -> Self {
        let client = Client::new(
            session(&options),
            options.mailbox_address(),
            options.timing.clone(),
        );
        // Nothing is opened before it is needed.
        let beside = client.beside(session(&options));
        let listener = listening::Listener::new(beside, options.patience);
        Self {
            client,
            listener,
            options,
            expansion: series::Expansion::default(),
        }
    }
}

impl EwsMailbox {
    /// Whether the mailbox that opens for who signs in is the one of this address: both ways lead to the same folder. Another's mailbox
    /// that the user may open is not.
    pub async fn is_of(&self, address: &AccountName) -> Result<bool> {
        let place = Place::Distinguished(Distinguished::Root);
        let own = self.client.one(&GetFolder { place }).await?;
        let place = Place::In(address, Distinguished::Root);
        match self.client.one(&GetFolder { place }).await {
            Ok(named) => Ok(named.id == own.id),
            Err(failure) => match (&failure.kind, failure.problem.code) {
                (ErrorKind::Denied | ErrorKind::Gone, _) | (_, Code::MailboxNotFound) => Ok(false),
                _ => Err(failure),
            },
        }
    }
}

/// A session with a connection of its own.
fn session(options: &EwsOptions) -> Session {
    let silence = options.patience.silence;
    let http = transport::Options {
        read_timeout: options.http.read_timeout.max(silence),
        ..bound(options.http.clone())
    };
    Session::new(
        transport::Client::new(http),
        options.address.clone(),
        options.credentials.clone(),
        options.method,
    )
    .with_tokens(options.tokens.clone())
}

#[async_trait]
impl Mailbox for EwsMailbox {
    async fn sign_in(&self) -> Result<MailboxAccount> {
        let place = Place::Distinguished(Distinguished::Root);
        self.client.one(&GetFolder { place }).await?;
        let clock_offset = self.client.clock_offset();
        if let Some(offset) = clock_offset.filter(|offset| offset.as_secs().abs() > 60) {
            warn!(
                seconds = offset.as_secs(),
                "the server's clock differs from ours"
            );
        }
        let address = self.options.mailbox_address();
        Ok(MailboxAccount {
            address: address.unwrap_or(self.client.user()).clone(),
            server: self.client.describe_server(),
            clock_offset,
        })
    }

    async fn find_folder(&self, place: FolderPlace) -> Result<Option<FolderId>> {
        folders::find(&self.client, place).await
    }

    async fn ensure_folder(&self, place: FolderPlace) -> Result<FolderId> {
        folders::ensure(&self.client, place).await
    }

    async fn remove_folder(&self, folder: &FolderId) -> Result<()> {
        folders::remove(&self.client, folder).await
    }

    async fn is_empty(&self, folder: &FolderId) -> Result<bool> {
        let shown = folders::shown(&self.client, folder).await?;
        // Where the server does not count, the folder counts as full.
        Ok(shown.entries == Some(0))
    }

    async fn owner(&self, folder: &FolderId) -> Result<Option<String>> {
        Ok(folders::shown(&self.client, folder).await?.connector)
    }

    async fn set_owner(&self, folder: &FolderId, text: Option<&str>) -> Result<()> {
        folders::set_owner(&self.client, folder, text).await
    }

    async fn changes(
        &self,
        component: Component,
        folder: &FolderId,
        since: Option<&SyncToken>,
    ) -> Result<ItemChanges> {
        items::changes(&self.client, component, folder, since).await
    }

    async fn read(&self, component: Component, ids: &[ItemId]) -> Result<Vec<Result<Item>>> {
        items::read(&self.client, component, ids, &self.options.zone).await
    }

    async fn occurrences(
        &self,
        component: Component,
        folder: &FolderId,
        series: &[ItemId],
        window: &Window,
    ) -> Result<Vec<Result<Vec<Item>>>> {
        if component != Component::Appointments {
            return Err(Failure::bug(format!("{component} have no occurrences")));
        }
        let (client, user) = (&self.client, &self.options.zone);
        series::occurrences(client, &self.expansion, folder, series, window, user).await
    }

    async fn write(
        &self,
        component: Component,
        folder: &FolderId,
        writes: &[ItemWrite],
    ) -> Result<Vec<Result<WrittenItem>>> {
        writes::write(&self.client, component, folder, writes, &self.options.zone).await
    }

    async fn find_stamped(
        &self,
        _component: Component,
        folder: &FolderId,
        stamps: &[Stamp],
    ) -> Result<Vec<ItemHead>> {
        items::find_stamped(&self.client, folder, stamps).await
    }

    async fn find(&self, place: FolderPlace, sought: &Sought) -> Result<Vec<FoundItem>> {
        find::find(&self.client, place, sought, &self.options.zone).await
    }

    async fn deliver(&self, note: &Note) -> Result<()> {
        let address = self.options.mailbox_address();
        let address = address.unwrap_or(self.client.user()).as_str();
        notes::deliver(&self.client, note, address).await
    }

    fn clock_offset(&self) -> Option<SignedDuration> {
        self.client.clock_offset()
    }

    fn requests(&self) -> u64 {
        self.client.requests()
    }
}

#[async_trait]
impl Mails for EwsMailbox {
    async fn find_drop_folder(&self, place: DropFolder) -> Result<Option<FolderId>> {
        folders::find_drop(&self.client, place).await
    }

    async fn ensure_drop_folder(&self, place: DropFolder) -> Result<FolderId> {
        folders::ensure_drop(&self.client, place).await
    }

    async fn mail_folders(&self) -> Result<Vec<MailFolder>> {
        mail_folders::all(&self.client).await
    }

    async fn mail_changes(
        &self,
        folder: &FolderId,
        since: Option<&SyncToken>,
    ) -> Result<MailChanges> {
        mails::changes(&self.client, folder, since).await
    }

    async fn subject(&self, id: &ItemId) -> Result<String> {
        mails::subject(&self.client, id).await
    }

    async fn fetch(&self, ids: &[ItemId]) -> Result<Vec<Result<FetchedMail>>> {
        mails::fetch(&self.client, ids).await
    }

    async fn mark(&self, marks: &[(ItemId, String)]) -> Result<Vec<Result<()>>> {
        mails::mark(&self.client, marks).await
    }

    async fn move_mails(&self, ids: &[ItemId], folder: &FolderId) -> Result<Vec<Result<ItemId>>> {
        mails::move_all(&self.client, ids, folder).await
    }

    async fn watch_moves(&self, folders: &[FolderId]) -> Result<SyncToken> {
        moves::watch(&self.client, folders).await
    }

    async fn moves(&self, since: &SyncToken) -> Result<MailMoves> {
        moves::since(&self.client, since).await
    }

    async fn wait(&self, folders: &[FolderId]) -> Result<()> {
        self.listener.wait(folders).await
    }
}
