//! Which entries are synced depends on settings: the past days, private items, the types of events. When one of these changes, both
//! sides are listed anew, because no list of changes tells of entries that did not change (R3.3, R3.8).

use model::{Component, Side};
use ports::{Cursor, StateStore};
use tracing::info;

use super::folder::relisting_fact;
use crate::Engine;

impl Engine {
    /// Starts both lists anew if other entries are selected than at the last look.
    pub(super) async fn follow_selection(&self, component: Component) -> ports::Result<()> {
        let store = &*self.doors.store;
        let (name, now) = (fact(component), self.selection(component));
        match store.fact(&name).await? {
            Some(before) if before == now => return Ok(()),
            Some(_) => {
                info!(%component, "other entries are selected than before; both sides are listed anew");
                list_anew(store, component).await?;
            }
            None => {}
        }
        store.set_fact(&name, Some(&now)).await
    }

    fn selection(&self, component: Component) -> String {
        let policy = &self.setup.policy;
        match component {
            Component::Appointments => format!(
                "{} {:?} {:?}",
                self.setup.past_days, policy.private_items, policy.event_types
            ),
            Component::Tasks => self.setup.past_days.to_string(),
            Component::Contacts | Component::Emails => String::new(),
        }
    }
}

/// Both sides are listed from the start at the next look. Nothing else is forgotten. A list from the start tells of no deletion, so what it
/// lacks is asked for (R6.9).
pub async fn list_anew(store: &dyn StateStore, component: Component) -> ports::Result<()> {
    let relisting = relisting_fact(component);
    store.set_fact(&relisting, Some("yes")).await?;
    for side in [Side::Mailbox, Side::Crm] {
        let cursor = Cursor { side, token: None };
        store.observe(component, &[], Some(cursor)).await?;
    }
    let seen: Vec<_> = store.series(component).await?;
    let seen: Vec<_> = seen.into_iter().map(|head| head.id).collect();
    store.keep_series(component, &[], &seen).await
}

pub(super) fn fact(component: Component) -> String {
    format!("selection.{component}")
}
