//! Mails that were refused are tried again from where they are, be it the folder they were dropped into: when the user has filled in what was missing or asks for it, or by
//! themselves after a day (R5.10).

use model::RemoteId;
use ports::{ImportChange, ImportState, MailImport, Outcome};

use super::Post;

impl Post<'_> {
    /// Those whose time has come wait to be imported again.
    pub(super) async fn begin_retries(&self) -> ports::Result<()> {
        let imports = self.mail.state.mail_imports().await?;
        let is_refused = |import: &MailImport| matches!(import.state, ImportState::Refused { .. });
        let refused: Vec<MailImport> = imports.into_iter().filter(is_refused).collect();
        if refused.is_empty() {
            return Ok(());
        }
        let (refusals, now) = (self.earlier_refusals().await?, self.doors.clock.now());
        let is_due = |import: &MailImport| {
            let refusal = refusals.get(&RemoteId::Mailbox(import.item.clone()));
            refusal.is_none_or(|refusal| !crate::refuse::rests(refusal, now))
        };
        let due = refused.into_iter().filter(is_due).map(|mut import| {
            import.state = ImportState::Waiting;
            ImportChange::Put(import)
        });
        let due: Vec<ImportChange> = due.collect();
        match due.is_empty() {
            true => Ok(()),
            false => {
                let nothing = Outcome::default();
                self.mail.state.commit_mails(&due, &nothing).await
            }
        }
    }
}
