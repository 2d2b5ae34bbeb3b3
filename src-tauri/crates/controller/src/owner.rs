//! Whose the mailbox is (R7.10), as far as signing in and disconnecting have to do with it; every run looks by itself before it writes.

use engine::{Claim, Owner, owner};
use model::{AccountName, DeviceId, Fingerprint};
use ports::{ErrorKind, Mailbox};
use tracing::info;

use crate::{Controller, facts};

impl Controller {
    /// Who we are to a mailbox.
    pub(crate) fn owner(&self, crm: Fingerprint, user: AccountName) -> ports::Result<Owner> {
        Ok(Owner {
            crm,
            user,
            device: self.device()?,
            computer: gethostname::gethostname().to_string_lossy().into_owned(),
        })
    }

    fn device(&self) -> ports::Result<DeviceId> {
        let mut settings = self.inner.profile.settings()?;
        if let Some(device) = settings.device {
            return Ok(DeviceId::new(device));
        }
        let device = uuid::Uuid::new_v4().simple().to_string();
        settings.device = Some(device.clone());
        self.inner.profile.save(&settings)?;
        Ok(DeviceId::new(device))
    }

    /// A mailbox that was just signed in to, by the CRM that is connected already.
    pub(crate) async fn claim_mailbox(
        &self,
        mailbox: &dyn Mailbox,
        claim: Claim,
    ) -> ports::Result<()> {
        let crm = self.inner.profile.settings()?.crm;
        let fingerprint = self.inner.store.fact(facts::CRM_FINGERPRINT).await?;
        let (Some(crm), Some(fingerprint)) = (crm, fingerprint) else {
            return Ok(());
        };
        let owner = self.owner(Fingerprint::new(fingerprint), AccountName::new(crm.user))?;
        self.claim(mailbox, &owner, claim).await
    }

    /// The mailbox that is connected already, for a CRM that was just signed in to. A server that does not answer is told by the next run.
    pub(crate) async fn claim_for_crm(
        &self,
        crm: Fingerprint,
        user: AccountName,
        claim: Claim,
    ) -> ports::Result<()> {
        let Some(exchange) = self.inner.profile.settings()?.exchange else {
            return Ok(());
        };
        let owner = self.owner(crm, user)?;
        let claimed = async {
            let entry = self.mailbox_entry(exchange).await?;
            let mailbox = self.mailbox_adapter(entry).await?;
            self.claim(&mailbox, &owner, claim).await
        };
        match claimed.await {
            Err(failure) if failure.kind == ErrorKind::Denied => Err(failure),
            Err(failure) => {
                info!(%failure, "whose the mailbox is will be seen by the next run");
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    async fn claim(&self, mailbox: &dyn Mailbox, owner: &Owner, claim: Claim) -> ports::Result<()> {
        let (policy, now) = (&self.inner.policy.policy, self.inner.clock.now());
        owner::claim(mailbox, policy, owner, claim, now).await?;
        Ok(())
    }
}
