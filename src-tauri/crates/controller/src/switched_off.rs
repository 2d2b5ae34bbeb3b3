//! What becomes of a component that the policy switches off (R7.9): it goes from the mailbox as in a disconnect, and is forgotten. Switched on
//! again it begins with a first sync.

use engine::owner;
use model::Component;
use tracing::{info, warn};

use crate::account::Account;
use crate::disconnect::DisconnectReport;
use crate::{Controller, SYNCED};

impl Controller {
    /// Clears what is switched off and was not before. One that cannot be cleared now is cleared by a later run; the others sync.
    pub(crate) async fn clear_switched_off(&self, account: &Account) -> ports::Result<()> {
        let on = self.components();
        for component in SYNCED.iter().copied().filter(|one| !on.contains(one)) {
            if engine::is_set_up(&*self.inner.store, component).await?
                && let Err(failure) = self.clear_one(account, component).await
            {
                warn!(%component, %failure, "a component that is switched off could not be cleared");
            }
        }
        Ok(())
    }

    async fn clear_one(&self, account: &Account, component: Component) -> ports::Result<()> {
        let (mailbox, setup) = (&*account.mailbox, &account.setup);
        // What another computer or CRM works with by now is not ours to remove (R7.10).
        if owner::is_ours(mailbox, &setup.policy, &setup.owner).await? {
            let mut report = DisconnectReport::default();
            self.clear(account, component, &mut report).await?;
            info!(%component, ?report, "a component was switched off");
        }
        let store = &*self.inner.store;
        if component == Component::Emails {
            engine::forget_mails(store, &*self.inner.mail_state).await?;
        }
        engine::forget(store, component).await
    }
}
