//! What the server can do, found out by harmless calls and remembered with the rest (facts/crm.md 13). Whether `revise` is there
//! shows at the first write, in `crm::write`.

use ports::Result;
use tracing::info;

use super::{Scope, WebserviceCrm};
use crate::cache::Support;
use crate::convert::stock::{MODIFIED, OWNER};
use crate::convert::times::seconds_as_utc;
use crate::failure::{Trouble, permission_missing};
use crate::query::{LastBy, Query};
use crate::wire::{Request, SyncPage};

/// The furthest zone from UTC, and some slack.
const ANY_ZONE: i64 = 15 * 3600;

impl WebserviceCrm {
    /// The latest time of modification among own records, as the server writes it.
    pub(super) async fn newest(&self, scope: &Scope) -> Result<Option<String>> {
        let query = Query::select(["id", MODIFIED], &scope.module.name)
            .equals(OWNER, scope.me.as_str())
            .last_by(LastBy::ModifiedTime);
        let rows = self.rows(&scope.module.name, &query).await?;
        Ok(rows.first().map(|row| row.text(MODIFIED).to_owned()))
    }

    /// Tries `sync` so that its answer also tells the zone: it names a second and shows a record modified in it.
    pub(super) async fn try_sync(
        &self,
        scope: &Scope,
        newest: Option<&str>,
        server_now: i64,
    ) -> Result<()> {
        let since = newest.and_then(seconds_as_utc).unwrap_or(server_now) - ANY_ZONE;
        self.sync_page(scope, since).await?;
        Ok(())
    }

    /// One page of `sync`; `None` where it cannot be used, which is normal (facts/crm.md 6).
    pub(super) async fn sync_page(&self, scope: &Scope, since: i64) -> Result<Option<SyncPage>> {
        let module = &scope.module.name;
        let page = match self.sessions.ask(&Request::sync(module, since)).await {
            Ok(value) => SyncPage::read(&value),
            Err(Trouble::Failed(failure)) => return Err(failure),
            Err(Trouble::Silent) => None,
            Err(Trouble::Refused(error)) => {
                // A closed module refuses too, and is no statement about the operation.
                if !self.is_open(module).await? {
                    return Err(permission_missing(module, "read").caused_by(error));
                }
                None
            }
        };
        let support = match page {
            Some(_) => Support::Present,
            None => Support::Absent,
        };
        if self.known.sync(module, self.now()) != Some(support) {
            info!(%module, ?support, "sync operation of the CRM");
            self.known.keep_sync(module, support, self.now());
        }
        if let Some(page) = &page {
            self.learn_zone_of(page);
        }
        Ok(page)
    }
}
