//! The CRM's door for mails, where making one ends otherwise than asked.

use std::future::pending;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use crm_webservice::WebserviceCrm;
use engine::MailDoors;
use jiff::SignedDuration;
use model::{Code, MailModule, RecordId};
use ports::{
    AddressOwner, CrmMails, ErrorKind, Failure, MadeMail, MailAbilities, MailKey, NewLead, NewMail,
    OwnLead, Result, StateStore,
};
use sandbox::Ground;
use tokio::sync::Notify;

use super::{Colleague, now};
use crate::stage::Stage;

/// What becomes of a mail that is to be made.
pub enum Ending {
    /// A colleague imports the same mail a moment before, and the program ends as soon as it is made.
    OvertakenAndKilled(Box<Colleague>),
    /// Sending it takes this long, and then the server works on it for so long that nobody waits for the answer.
    StillAtIt(SignedDuration),
    /// It is made, and may not be removed.
    MayNotRemove,
    /// It is made without one of its files.
    LeavesFileOut,
    /// A colleague makes the same lead a moment before, and the program ends as soon as it is made.
    LeadOvertakenAndKilled(Box<Colleague>),
    /// The server works on a lead for so long that nobody waits for the answer.
    StillAtLead,
}

/// A door that leads there.
pub struct Unsteady {
    inner: Arc<WebserviceCrm>,
    ground: Arc<Ground>,
    ending: Ending,
    made: Notify,
    at_work: Mutex<Option<NewMail>>,
    lead_at_work: Mutex<Option<NewLead>>,
}

impl Unsteady {
    /// Of this CRM.
    pub fn new(stage: &Stage, ending: Ending) -> Arc<Self> {
        Arc::new(Self {
            inner: stage.crm.clone(),
            ground: stage.sandbox.ground.clone(),
            ending,
            made: Notify::new(),
            at_work: Mutex::new(None),
            lead_at_work: Mutex::new(None),
        })
    }

    /// One run through this door, until it ends or is killed.
    pub async fn run(self: &Arc<Self>, stage: &Stage) {
        let doors = MailDoors {
            crm: self.clone(),
            ..stage.mail_doors()
        };
        let engine = stage.engine().with_mails(doors);
        let run = stage.store.start_run(&[stage.component], now(stage)).await;
        let run = run.expect("the profile is ours");
        tokio::select! {
            _ = engine.sync(run, stage.component) => {}
            () = self.made.notified() => {}
        }
    }

    /// The server is done with it at last.
    pub async fn done(&self) {
        let mail = self.at_work.lock().expect("nobody panics here").take();
        let mail = mail.expect("one is at work");
        self.inner.create_mail(&mail).await.expect("it is made");
    }

    /// The server is done with the lead at last.
    pub async fn lead_done(&self) {
        let lead = self.lead_at_work.lock().expect("nobody panics here").take();
        let lead = lead.expect("one is at work");
        self.inner.create_lead(&lead).await.expect("it is made");
    }
}

#[async_trait]
impl CrmMails for Unsteady {
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
        match &self.ending {
            Ending::OvertakenAndKilled(colleague) => {
                colleague.sync().await;
                self.inner.create_mail(mail).await?;
                self.made.notify_one();
                pending().await
            }
            Ending::StillAtIt(sending) => {
                self.ground.clock.advance(*sending);
                *self.at_work.lock().expect("nobody panics here") = Some(mail.clone());
                let kind = ErrorKind::OutcomeUnknown;
                Err(Failure::new(kind, Code::OutcomeUnknown))
            }
            Ending::LeavesFileOut => {
                let made = self.inner.create_mail(mail).await?;
                Ok(MadeMail {
                    left_out: 1,
                    ..made
                })
            }
            Ending::MayNotRemove | Ending::LeadOvertakenAndKilled(_) | Ending::StillAtLead => {
                self.inner.create_mail(mail).await
            }
        }
    }

    async fn add_reference(&self, mail: &RecordId, to: &RecordId) -> Result<()> {
        self.inner.add_reference(mail, to).await
    }

    async fn remove_mail(&self, mail: &RecordId) -> Result<()> {
        match &self.ending {
            Ending::MayNotRemove => Err(Failure::new(ErrorKind::Denied, Code::PermissionMissing)),
            Ending::OvertakenAndKilled(_)
            | Ending::StillAtIt(_)
            | Ending::LeavesFileOut
            | Ending::LeadOvertakenAndKilled(_)
            | Ending::StillAtLead => self.inner.remove_mail(mail).await,
        }
    }

    async fn create_lead(&self, lead: &NewLead) -> Result<RecordId> {
        match &self.ending {
            Ending::LeadOvertakenAndKilled(colleague) => {
                colleague.sync().await;
                self.inner.create_lead(lead).await?;
                self.made.notify_one();
                pending().await
            }
            Ending::StillAtLead => {
                *self.lead_at_work.lock().expect("nobody panics here") = Some(lead.clone());
                let kind = ErrorKind::OutcomeUnknown;
                Err(Failure::new(kind, Code::OutcomeUnknown))
            }
            Ending::OvertakenAndKilled(_)
            | Ending::StillAtIt(_)
            | Ending::MayNotRemove
            | Ending::LeavesFileOut => self.inner.create_lead(lead).await,
        }
    }

    async fn own_leads(&self, lead: &NewLead, leads: &[RecordId]) -> Result<Vec<OwnLead>> {
        self.inner.own_leads(lead, leads).await
    }

    async fn remove_lead(&self, lead: &RecordId) -> Result<()> {
        self.inner.remove_lead(lead).await
    }
}
