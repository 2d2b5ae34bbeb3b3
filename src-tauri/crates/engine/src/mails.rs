//! Imports mails (R5): observe what was dropped, find out where each came from, bring it into the CRM once, put it back. Nothing is decided
//! here that can be decided without asking anybody (that is `mail` and `judge`).

use std::sync::{Arc, OnceLock};

use model::history::Tally;
use model::policy::MailFolderChoice;
use model::{Component, RunId};
use ports::{CrmMails, Failure, MailState, Mails};

use crate::progress::{Phase, Progress};
use crate::{Doors, Engine, Ran};

mod folders;
mod home;
mod import;
mod index;
mod judge;
mod observe;
mod own;
mod people;
mod put_back;
mod retry;

pub use folders::{forget, is_set_up};

/// The further doors that mails go through, and what is told to and of them.
#[derive(Clone)]
pub struct MailDoors {
    /// The mails of the user's mailbox.
    pub mails: Arc<dyn Mails>,
    /// The CRM's e-mails.
    pub crm: Arc<dyn CrmMails>,
    /// What is remembered of mails.
    pub state: Arc<dyn MailState>,
    /// The user's own addresses, as far as signing in tells them: nobody's lead, and no reason to import a mail.
    pub own_addresses: Vec<String>,
    /// What a mail without a subject is called, in the user's language.
    pub no_subject: String,
    /// What it is called in any language.
    pub no_subjects: Vec<String>,
}

/// What all parts of an import share.
pub(crate) struct Post<'a> {
    pub engine: &'a Engine,
    pub doors: &'a Doors,
    pub mail: &'a MailDoors,
    pub run: RunId,
    /// The user's own addresses, once they are known.
    own: OnceLock<Vec<String>>,
    /// Set once all folders were read in this run.
    all_read: OnceLock<()>,
}

impl Engine {
    /// The same engine, which can import mails too.
    pub fn with_mails(mut self, doors: MailDoors) -> Self {
        self.mails = Some(doors);
        self
    }

    /// One run over the mails. What was done before a failure stays done.
    pub(crate) async fn sync_mails(&self, run: RunId) -> Ran {
        let mut tally = Tally::default();
        let failure = match self.post(run) {
            Ok(post) => post.pass(&mut tally).await.err(),
            Err(failure) => Some(failure),
        };
        Ran { tally, failure }
    }

    /// How many mails a run would import now. Nothing is written to either side.
    pub async fn mails_waiting(&self) -> ports::Result<u64> {
        self.post(RunId(0))?.count_waiting().await
    }

    fn post(&self, run: RunId) -> ports::Result<Post<'_>> {
        let mail = self.mails.as_ref();
        let mail = mail.ok_or_else(|| Failure::bug("an engine without doors for mails"))?;
        Ok(Post {
            engine: self,
            doors: &self.doors,
            mail,
            run,
            own: OnceLock::new(),
            all_read: OnceLock::new(),
        })
    }

    pub(crate) fn is_inbox_mode(&self) -> bool {
        self.setup.policy.folders.emails == MailFolderChoice::Inbox
    }
}

impl Post<'_> {
    /// New mails first, with all that concerns them; only then the index, which nobody waits for.
    async fn pass(&self, tally: &mut Tally) -> ports::Result<()> {
        self.tell(Phase::ReadingMailbox, 0, None);
        self.observe().await?;
        self.begin_retries().await?;
        self.import_all(tally).await?;
        self.put_all_back().await?;
        self.count_refused(tally).await?;
        if !self.engine.stop.is_set() && !self.engine.is_inbox_mode() {
            self.tell(Phase::Finishing, 0, None);
            self.fill_index().await?;
        }
        Ok(())
    }

    pub(crate) fn tell(&self, phase: Phase, done: u64, total: Option<u64>) {
        self.engine.watcher.progress(Progress {
            component: Component::Emails,
            phase,
            done,
            total,
        });
    }
}
