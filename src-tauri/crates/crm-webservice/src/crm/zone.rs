//! The zone of the server's times, found out on the way: webservice.php does not tell it (facts/crm.md 13).

use jiff::tz::TimeZone;
use tracing::warn;

use super::WebserviceCrm;
use crate::convert::stock::MODIFIED;
use crate::convert::times::{Found, zone_of};
use crate::wire::{Row, SyncPage};

/// A write and its answer lie so close together that their times tell the zone.
const CLOSE_TOGETHER: i64 = 60;

impl WebserviceCrm {
    /// Whether the server keeps its times in UTC, as far as is known.
    pub(super) fn keeps_utc(&self) -> bool {
        self.server_time().zones().server == TimeZone::UTC
    }

    /// A deletion may be the latest change of a page and shows no text, so that only pages without one tell anything: a second of
    /// another record would look like a zone whenever the two lie some quarters of an hour apart.
    pub(super) fn learn_zone_of(&self, page: &SyncPage) {
        let texts = page.updated.iter().map(|row| row.text(MODIFIED));
        let Some(latest) = texts.max().filter(|_| page.deleted.is_empty()) else {
            return;
        };
        match zone_of(latest, page.last_modified, 0) {
            Some(seconds) => self.known.keep_zone(Found {
                seconds,
                at: page.last_modified,
            }),
            None => warn!("the CRM's times fit no time zone"),
        }
    }

    /// The time of an own write, in the server's text and by its clock, tells its zone.
    pub(super) fn learn_zone(&self, row: &Row) {
        let Some(account) = self.sessions.account_if_known() else {
            return;
        };
        let at = self.now().as_second() + account.clock_offset.as_secs();
        if let Some(seconds) = zone_of(row.text(MODIFIED), at, CLOSE_TOGETHER) {
            self.known.keep_zone(Found { seconds, at });
        }
    }
}
