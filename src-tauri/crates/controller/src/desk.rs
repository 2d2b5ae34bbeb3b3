//! What a window asks, in plain values: the controller's own words, made into those of [`crate::view`]. Nothing is decided here.

mod decide;
mod preferences;
mod setup;

pub use preferences::{chosen_language, log_folder};

use model::Operation;

use crate::PlannedOperation;
use crate::view::{Act, PlannedLine};

/// What a write would do, as it is shown.
fn planned(operation: &PlannedOperation) -> PlannedLine {
    let act = match &operation.operation {
        Operation::CreateItem { .. } | Operation::CreateRecord { .. } => Act::Created,
        Operation::UpdateItem { .. } | Operation::UpdateRecord { .. } => Act::Updated,
        Operation::DeleteItem { .. } | Operation::DeleteRecord { .. } => Act::Deleted,
    };
    PlannedLine {
        title: operation.title.clone(),
        act,
        side: operation.operation.side().into(),
    }
}
