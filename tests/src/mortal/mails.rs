//! The doors of mails with death behind them: what changes the mailbox, the CRM, or what is remembered.

use async_trait::async_trait;
use jiff::Timestamp;
use model::{DropFolder, FolderId, ItemId, MailModule, RecordId, SyncToken};
use ports::{
    AddressOwner, CrmMails, FetchedMail, ImportChange, MadeMail, MailAbilities, MailChanges,
    MailCursor, MailFolder, MailImport, MailKey, MailMove, MailMoves, MailPage, MailState,
    MailTrace, Mails, NewLead, NewMail, Outcome, OwnLead, Result,
};

use super::Mortal;

#[async_trait]
impl<T: Mails> Mails for Mortal<T> {
    async fn find_drop_folder(&self, place: DropFolder) -> Result<Option<FolderId>> {
        self.inner.find_drop_folder(place).await
    }

    async fn ensure_drop_folder(&self, place: DropFolder) -> Result<FolderId> {
        self.step(self.inner.ensure_drop_folder(place)).await
    }

    async fn mail_folders(&self) -> Result<Vec<MailFolder>> {
        self.inner.mail_folders().await
    }

    async fn mail_changes(
        &self,
        folder: &FolderId,
        since: Option<&SyncToken>,
    ) -> Result<MailChanges> {
        self.inner.mail_changes(folder, since).await
    }

    async fn fetch(&self, ids: &[ItemId]) -> Result<Vec<Result<FetchedMail>>> {
        self.inner.fetch(ids).await
    }

    async fn subject(&self, id: &ItemId) -> Result<String> {
        self.inner.subject(id).await
    }

    async fn mark(&self, marks: &[(ItemId, String)]) -> Result<Vec<Result<()>>> {
        self.step(self.inner.mark(marks)).await
    }

    async fn move_mails(&self, ids: &[ItemId], folder: &FolderId) -> Result<Vec<Result<ItemId>>> {
        self.step(self.inner.move_mails(ids, folder)).await
    }

    async fn watch_moves(&self, folders: &[FolderId]) -> Result<SyncToken> {
        self.step(self.inner.watch_moves(folders)).await
    }

    /// The server tells each move once, so this changes something.
    async fn moves(&self, since: &SyncToken) -> Result<MailMoves> {
        self.step(self.inner.moves(since)).await
    }

    async fn wait(&self, folders: &[FolderId]) -> Result<()> {
        self.inner.wait(folders).await
    }
}

#[async_trait]
impl<T: CrmMails> CrmMails for Mortal<T> {
    async fn mail_abilities(&self) -> Result<MailAbilities> {
        self.inner.mail_abilities().await
    }

    async fn with_addresses(
        &self,
        module: MailModule,
        addresses: &[String],
    ) -> Result<Vec<AddressOwner>> {
        self.inner.with_addresses(module, addresses).await
    }

    async fn find_mails(&self, keys: &[MailKey]) -> Result<Vec<Vec<RecordId>>> {
        self.inner.find_mails(keys).await
    }

    async fn own_mails(&self, mails: &[RecordId]) -> Result<Vec<RecordId>> {
        self.inner.own_mails(mails).await
    }

    async fn create_mail(&self, mail: &NewMail) -> Result<MadeMail> {
        self.step(self.inner.create_mail(mail)).await
    }

    async fn add_reference(&self, mail: &RecordId, to: &RecordId) -> Result<()> {
        self.step(self.inner.add_reference(mail, to)).await
    }

    async fn remove_mail(&self, mail: &RecordId) -> Result<()> {
        self.step(self.inner.remove_mail(mail)).await
    }

    async fn create_lead(&self, lead: &NewLead) -> Result<RecordId> {
        self.step(self.inner.create_lead(lead)).await
    }

    async fn own_leads(&self, lead: &NewLead, leads: &[RecordId]) -> Result<Vec<OwnLead>> {
        self.inner.own_leads(lead, leads).await
    }

    async fn remove_lead(&self, lead: &RecordId) -> Result<()> {
        self.step(self.inner.remove_lead(lead)).await
    }
}

#[async_trait]
impl<T: MailState> MailState for Mortal<T> {
    async fn mail_cursor(&self, folder: &FolderId) -> Result<Option<MailCursor>> {
        self.inner.mail_cursor(folder).await
    }

    async fn keep_mail_page(
        &self,
        folder: &FolderId,
        page: &MailPage,
        at: Timestamp,
    ) -> Result<()> {
        self.step(self.inner.keep_mail_page(folder, page, at)).await
    }

    async fn forget_mail_cursor(&self, folder: &FolderId) -> Result<()> {
        self.step(self.inner.forget_mail_cursor(folder)).await
    }

    async fn forget_mail_folder(&self, folder: &FolderId) -> Result<()> {
        self.step(self.inner.forget_mail_folder(folder)).await
    }

    async fn mails_in(&self, folder: &FolderId) -> Result<u64> {
        self.inner.mails_in(folder).await
    }

    async fn mail_imports(&self) -> Result<Vec<MailImport>> {
        self.inner.mail_imports().await
    }

    async fn mails_imported(&self) -> Result<u64> {
        self.inner.mails_imported().await
    }

    async fn commit_mails(&self, changes: &[ImportChange], outcome: &Outcome) -> Result<()> {
        self.step(self.inner.commit_mails(changes, outcome)).await
    }

    async fn mail_traces(
        &self,
        message_id: Option<&str>,
        search_key: Option<&str>,
    ) -> Result<Vec<MailTrace>> {
        self.inner.mail_traces(message_id, search_key).await
    }

    async fn keep_moves(
        &self,
        moves: &[MailMove],
        next: Option<&SyncToken>,
        at: Timestamp,
    ) -> Result<()> {
        self.step(self.inner.keep_moves(moves, next, at)).await
    }

    async fn moves_cursor(&self) -> Result<Option<SyncToken>> {
        self.inner.moves_cursor().await
    }

    async fn move_to(&self, item: &ItemId) -> Result<Option<MailMove>> {
        self.inner.move_to(item).await
    }

    async fn forget_mails(&self, before: Timestamp) -> Result<()> {
        self.step(self.inner.forget_mails(before)).await
    }

    async fn forget_all_mails(&self) -> Result<()> {
        self.step(self.inner.forget_all_mails()).await
    }
}
