//! What the server shows of a calendar, and whether it expands series there. An empty view says nothing about that: a server that does
//! not expand shows a series at its first occurrence only (gromox). Which occurrences a series has is not decided here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use jiff::Timestamp;
use model::{FolderId, Window};
use ports::Result;
use tracing::debug;

use super::Plain;
use crate::client::Client;
use crate::wire;
use crate::wire::calendar::Role;
use crate::wire::item::time;
use crate::wire::leaf::Leaf;
use crate::wire::query::CalendarView;

/// A view of more than two years is refused (facts/ews.md, section 11).
const VIEW_SECONDS: i64 = 700 * 24 * 60 * 60;

/// A view that is cut off is asked for in halves down to this; by then it was not for the entries that it was cut off.
const SHORTEST_SECONDS: i64 = 60;

/// What a calendar shows of series as the pattern has it, by their UID.
pub(super) type Shown = BTreeMap<String, Vec<Plain>>;

/// Whether the server expands series, once it has shown so.
#[derive(Debug, Default)]
pub struct Expansion(OnceLock<Expands>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expands {
    /// It shows occurrences.
    Server,
    /// It shows series as they are.
    Nobody,
}

impl Expansion {
    /// What the calendar shows. `None`: it does not show, or has never shown, that series are expanded there.
    pub(super) async fn look(
        &self,
        client: &Client,
        folder: &FolderId,
        window: &Window,
    ) -> Result<Option<Shown>> {
        if self.0.get() == Some(&Expands::Nobody) {
            return Ok(None);
        }
        let Some(items) = items(client, folder, window).await? else {
            debug!("the server never shows the whole calendar");
            return Ok(None);
        };
        if let Some(expands) = items.iter().find_map(proof) {
            debug!(?expands, "the server showed who expands series");
            self.0.get_or_init(|| expands);
        }
        match self.0.get() {
            Some(Expands::Server) => Ok(sorted(items)),
            Some(Expands::Nobody) | None => Ok(None),
        }
    }
}

fn proof(item: &wire::Item) -> Option<Expands> {
    match item.calendar.as_ref()?.role {
        Role::Master => Some(Expands::Nobody),
        Role::Occurrence | Role::Exception => Some(Expands::Server),
        Role::Single => None,
    }
}

/// Everything shown in the window. `None`: the server does not show it, however little is asked for.
async fn items(
    client: &Client,
    folder: &FolderId,
    window: &Window,
) -> Result<Option<Vec<wire::Item>>> {
    let mut items = Vec::new();
    let mut spans = vec![(window.from(), window.until())];
    while let Some((from, until)) = spans.pop() {
        let seconds = until.duration_since(from).as_secs();
        if seconds > VIEW_SECONDS {
            spans.extend(halves(from, until));
            continue;
        }
        let asked = CalendarView {
            folder,
            from,
            until,
        };
        let seen = client.one(&asked).await?;
        match seen.is_whole {
            true => items.extend(seen.items),
            false if seconds > SHORTEST_SECONDS => spans.extend(halves(from, until)),
            false => return Ok(None),
        }
    }
    Ok(Some(items))
}

fn halves(from: Timestamp, until: Timestamp) -> [(Timestamp, Timestamp); 2] {
    let half = from.as_second().midpoint(until.as_second());
    let half = Timestamp::from_second(half).unwrap_or(until);
    [(from, half), (half, until)]
}

/// `None`: an occurrence does not tell of which series it is, or when.
fn sorted(items: Vec<wire::Item>) -> Option<Shown> {
    let mut shown = Shown::new();
    let mut known = BTreeSet::new();
    for item in items {
        let Some(details) = item.calendar.filter(|own| own.role == Role::Occurrence) else {
            continue;
        };
        let moment = |leaf| item.leaves.get(&leaf).and_then(|text| time(text));
        let plain = Plain {
            original_start: moment(Leaf::Start)?,
            end: moment(Leaf::End)?,
            change_key: item.change_key,
        };
        // One that lies across the border of two views is in both.
        if known.insert(item.id) {
            shown.entry(details.uid?).or_default().push(plain);
        }
    }
    Some(shown)
}
