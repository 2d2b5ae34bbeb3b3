//! The port of mails over the tables: each method is one transaction.

use async_trait::async_trait;
use jiff::Timestamp;
use model::{Component, FolderId, ItemId, SyncToken};
use ports::{
    ImportChange, MailCursor, MailImport, MailMove, MailPage, MailState, MailTrace, Outcome, Result,
};

use crate::sqlite_store::{SqliteStore, put_outcome};

mod folders;
mod imports;
mod moves;
mod traces;

#[async_trait]
impl MailState for SqliteStore {
    async fn mail_cursor(&self, folder: &FolderId) -> Result<Option<MailCursor>> {
        let reading = async { folders::cursor(&mut *self.reader().await?, folder).await };
        Ok(self.told("read", reading.await)?)
    }

    async fn keep_mail_page(
        &self,
        folder: &FolderId,
        page: &MailPage,
        at: Timestamp,
    ) -> Result<()> {
        let writing = async {
            let mut step = self.writer().await?;
            traces::leave(&mut step, &page.gone, at).await?;
            traces::put(&mut step, &page.traces).await?;
            for import in &page.imports {
                imports::begin(&mut step, import).await?;
            }
            if let Some(cursor) = &page.cursor {
                folders::set_cursor(&mut step, folder, cursor).await?;
            }
            Ok(step.commit().await?)
        };
        Ok(self.told("keep mails in", writing.await)?)
    }

    async fn forget_mail_cursor(&self, folder: &FolderId) -> Result<()> {
        let writing = async {
            let mut step = self.writer().await?;
            folders::forget(&mut step, folder).await?;
            Ok(step.commit().await?)
        };
        Ok(self.told("forget mails in", writing.await)?)
    }

    async fn forget_mail_folder(&self, folder: &FolderId) -> Result<()> {
        let writing = async {
            let mut step = self.writer().await?;
            folders::forget(&mut step, folder).await?;
            traces::forget_folder(&mut step, folder).await?;
            Ok(step.commit().await?)
        };
        Ok(self.told("forget mails in", writing.await)?)
    }

    async fn mails_in(&self, folder: &FolderId) -> Result<u64> {
        let reading = async { traces::number(&mut *self.reader().await?, folder).await };
        Ok(self.told("count mails in", reading.await)?)
    }

    async fn mail_imports(&self) -> Result<Vec<MailImport>> {
        let reading = async { imports::all(&mut *self.reader().await?).await };
        Ok(self.told("read mails from", reading.await)?)
    }

    async fn mails_imported(&self) -> Result<u64> {
        let reading = async { imports::told(&mut *self.reader().await?).await };
        Ok(self.told("read the history from", reading.await)?)
    }

    async fn commit_mails(&self, changes: &[ImportChange], outcome: &Outcome) -> Result<()> {
        let writing = async {
            let mut step = self.writer().await?;
            for change in changes {
                match change {
                    ImportChange::Put(import) => imports::put(&mut step, import).await?,
                    ImportChange::Drop(item) => imports::drop(&mut step, item).await?,
                }
            }
            put_outcome(&mut step, Component::Emails, outcome).await?;
            Ok(step.commit().await?)
        };
        Ok(self.told("keep mails in", writing.await)?)
    }

    async fn mail_traces(
        &self,
        message_id: Option<&str>,
        search_key: Option<&str>,
    ) -> Result<Vec<MailTrace>> {
        let reading =
            async { traces::find(&mut *self.reader().await?, message_id, search_key).await };
        Ok(self.told("look for mails in", reading.await)?)
    }

    async fn keep_moves(
        &self,
        told: &[MailMove],
        next: Option<&SyncToken>,
        at: Timestamp,
    ) -> Result<()> {
        let writing = async {
            let mut step = self.writer().await?;
            moves::put(&mut step, told, at).await?;
            moves::set_cursor(&mut step, next).await?;
            Ok(step.commit().await?)
        };
        Ok(self.told("keep mails in", writing.await)?)
    }

    async fn moves_cursor(&self) -> Result<Option<SyncToken>> {
        let reading = async { moves::cursor(&mut *self.reader().await?).await };
        Ok(self.told("read", reading.await)?)
    }

    async fn move_to(&self, item: &ItemId) -> Result<Option<MailMove>> {
        let reading = async { moves::last(&mut *self.reader().await?, item).await };
        Ok(self.told("look for mails in", reading.await)?)
    }

    async fn forget_mails(&self, before: Timestamp) -> Result<()> {
        let writing = async {
            let mut step = self.writer().await?;
            traces::forget_before(&mut step, before).await?;
            moves::forget_before(&mut step, before).await?;
            Ok(step.commit().await?)
        };
        Ok(self.told("forget mails in", writing.await)?)
    }

    async fn forget_all_mails(&self) -> Result<()> {
        let writing = async {
            let mut step = self.writer().await?;
            imports::forget(&mut step).await?;
            folders::forget_all(&mut step).await?;
            traces::forget(&mut step).await?;
            moves::forget(&mut step).await?;
            Ok(step.commit().await?)
        };
        Ok(self.told("forget mails in", writing.await)?)
    }
}
