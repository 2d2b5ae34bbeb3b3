//! What waits because a server refused it, in the form of the activity, so that the window shows both alike.

use controller::view::{Act, HistoryEntry, Problem, Side};
use model::{Component, RemoteId};
use ports::Refusal;

/// The refusals as lines, in their order. A line is numbered by its place, as no run made it.
pub(crate) fn as_activity(refusals: Vec<(Component, Refusal)>) -> Vec<HistoryEntry> {
    (0..)
        .zip(refusals)
        .map(|(place, (component, refusal))| line(place, component, refusal))
        .collect()
}

fn line(place: i64, component: Component, refusal: Refusal) -> HistoryEntry {
    let at = refusal.since.as_millisecond();
    // The entry lives on one side; the other one did not take it.
    let (side, item, record) = match &refusal.entry {
        RemoteId::Mailbox(item) => (Side::Crm, Some(item.as_str().to_owned()), None),
        RemoteId::Crm(record) => (Side::Mailbox, None, Some(record.as_str().to_owned())),
    };
    HistoryEntry {
        id: place,
        at,
        run: 0,
        component: component.into(),
        side,
        act: Act::Refused,
        title: refusal.title,
        item,
        record,
        fields: Vec::new(),
        reason: Some(Problem::since(&refusal.problem, at)),
    }
}
