//! The state file, and what happens when it is lost or damaged (R7.11): it is set aside, the accounts are remembered anew from the settings
//! and the servers, and the next run finds the links again by stamp and match.

use std::path::Path;

use config::Profile;
use jiff::{SignedDuration, Timestamp};
use model::{Code, Problem};
use ports::{Clock, Crm, Failure, Mailbox, StateStore};
use store::{SqliteStore, StoreError};
use tracing::warn;

use crate::account::CrmEntry;
use crate::{Controller, facts, view};

/// That a state was rebuilt is told so long.
const TOLD_FOR: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Opens the state of a profile; a damaged one is set aside first, unless another process still works with it.
pub(crate) async fn open(profile: &Profile, clock: &dyn Clock) -> ports::Result<SqliteStore> {
    let file = profile.state_file();
    let was_there = file.exists();
    let (store, aside) = match SqliteStore::open(&file).await {
        Err(StoreError::Damaged { .. }) => {
            let _lock = profile.lock()?;
            // Another process may have set it aside before this one's turn came.
            match SqliteStore::open(&file).await {
                Err(error @ StoreError::Damaged { .. }) => {
                    let aside = set_aside(&file, clock.now(), error)?;
                    (SqliteStore::open(&file).await?, Some(aside))
                }
                opened => (opened?, None),
            }
        }
        opened => (opened?, None),
    };
    let settings = profile.settings()?;
    let is_connected = settings.crm.is_some() && settings.exchange.is_some();
    if is_connected && (aside.is_some() || !was_there) {
        let problem = Problem::new(Code::StateRebuilt);
        let problem = match aside {
            Some(aside) => problem.with("file", aside),
            None => problem,
        };
        let notice = Notice {
            since: view::millis(clock.now()),
            problem,
        };
        store.set_fact(facts::NOTICE, Some(&notice.text()?)).await?;
    }
    Ok(store)
}

fn set_aside(file: &Path, now: Timestamp, error: StoreError) -> ports::Result<String> {
    warn!(%error, "the state file is set aside");
    match SqliteStore::set_aside(file, now) {
        Ok(aside) => Ok(aside.display().to_string()),
        Err(refused) => {
            warn!(%refused, "the state file cannot be renamed");
            Err(error.into())
        }
    }
}

/// Something the user should know although all is well again.
#[derive(serde::Serialize, serde::Deserialize)]
struct Notice {
    since: i64,
    problem: Problem,
}

impl Notice {
    fn text(&self) -> ports::Result<String> {
        serde_json::to_string(self)
            .map_err(|cause| Failure::bug("a notice cannot be stored").caused_by(cause))
    }
}

impl Controller {
    /// What the user should know although all is well again.
    pub(crate) async fn notice(&self) -> ports::Result<Option<view::Problem>> {
        let kept = self.inner.store.fact(facts::NOTICE).await?;
        let notice = kept.and_then(|kept| serde_json::from_str::<Notice>(&kept).ok());
        let since = self.inner.clock.now() - TOLD_FOR;
        let fresh = notice.filter(|notice| notice.since >= view::millis(since));
        Ok(fresh.map(|notice| view::Problem::since(&notice.problem, notice.since)))
    }

    /// What the state knew of the accounts, asked from the servers again.
    pub(crate) async fn recollect(
        &self,
        crm: CrmEntry,
        exchange: config::ExchangeSettings,
    ) -> ports::Result<()> {
        if self
            .inner
            .store
            .fact(facts::CRM_FINGERPRINT)
            .await?
            .is_some()
        {
            return Ok(());
        }
        let mailbox = self
            .mailbox_adapter(self.mailbox_entry(exchange).await?)
            .await?;
        let account = mailbox.sign_in().await?;
        self.remember_mailbox(&account).await?;
        let account = self.crm_adapter(crm).await?.sign_in().await?;
        self.remember_crm(&account).await
    }
}
