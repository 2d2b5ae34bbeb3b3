//! Encrypted mails that were dropped to be imported (R5.7): they go back where they came from, and the user is told.

use model::policy::FolderChoice;
use model::{Code, Component};
use ports::HistoryFilter;

use crate::{Controller, view};

/// So many of the newest lines of mails are looked through for encrypted ones.
const MOST_SEALED: u32 = 200;

/// A mail that was not imported because nobody could read it in the CRM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedMail {
    /// Its subject.
    pub title: String,
    /// What kind of encryption it is.
    pub problem: view::Problem,
}

impl Controller {
    /// Mails that were dropped to be imported and were not, because they are encrypted (R5.7), told after this line of the history; with them the
    /// line that is the newest now.
    pub async fn sealed_mails(&self, after: i64) -> ports::Result<(i64, Vec<SealedMail>)> {
        let of_mails = HistoryFilter {
            component: Some(Component::Emails),
            limit: MOST_SEALED,
            ..HistoryFilter::default()
        };
        let lines = self.inner.store.history(&of_mails).await?;
        let newest = lines.first().map_or(after, |line| line.id);
        // Whoever has all of the inbox imported dropped none of them.
        let dropped = self.inner.policy.policy.folder(Component::Emails) == FolderChoice::CrmSync;
        let new = lines.into_iter().take_while(|line| line.id > after);
        let sealed = new.filter_map(|line| {
            let reason = line.reason?;
            (dropped && reason.code == Code::MailEncrypted).then(|| SealedMail {
                title: line.title,
                problem: view::Problem::since(&reason, 0),
            })
        });
        Ok((newest, sealed.collect()))
    }
}
