//! Tasks: status, percentage and date of completion hang together, and the last one set wins (MS-OXWSTASK R67001). Start and due
//! date are days, kept as midnight UTC.

use super::Occasion;
use crate::exchange::failure::Failure;
use crate::exchange::item::Item;
use crate::exchange::mode::Mode;
use jiff::Timestamp;

/// After a field was set.
pub(super) fn changed(item: &mut Item, name: &str, occasion: &Occasion) -> Result<(), Failure> {
    let now = occasion.now;
    // gromox keeps each of them as it came.
    if occasion.mode == Mode::Gromox && !["StartDate", "DueDate"].contains(&name) {
        return Ok(());
    }
    let set = |item: &mut Item, name: &str, value: &str| item.fields.set_text("Task", name, value);
    match name {
        "Status" => match item.fields.text("Status") {
            Some("Completed") => complete(item, now),
            Some("NotStarted") => {
                set(item, "PercentComplete", "0");
                item.fields.remove("CompleteDate");
            }
            _ => {
                item.fields.remove("CompleteDate");
                if item.fields.text("PercentComplete").and_then(percent) == Some(100.0) {
                    set(item, "PercentComplete", "0");
                }
            }
        },
        "PercentComplete" => match item.fields.text("PercentComplete").and_then(percent) {
            Some(100.0) => {
                set(item, "Status", "Completed");
                complete(item, now);
            }
            Some(value) if (0.0..100.0).contains(&value) => {
                item.fields.remove("CompleteDate");
                let status = item.fields.text("Status").unwrap_or("NotStarted");
                if status == "Completed" || (status == "NotStarted" && value > 0.0) {
                    set(
                        item,
                        "Status",
                        if value > 0.0 {
                            "InProgress"
                        } else {
                            "NotStarted"
                        },
                    );
                }
            }
            _ => {
                return Err(Failure::new(
                    "ErrorInvalidPercentCompleteValue",
                    "The percentage is not between 0 and 100.",
                ));
            }
        },
        "CompleteDate" => {
            set(item, "Status", "Completed");
            set(item, "PercentComplete", "100");
        }
        "StartDate" | "DueDate" => {
            let day = item
                .fields
                .text(name)
                .and_then(|text| text.get(..10))
                .unwrap_or_default()
                .to_owned();
            set(item, name, &format!("{day}T00:00:00Z"));
        }
        _ => {}
    }
    Ok(())
}

/// After a field was deleted.
pub(super) fn cleared(item: &mut Item, name: &str) {
    if name == "CompleteDate" {
        item.fields.set_text("Task", "Status", "NotStarted");
        item.fields.set_text("Task", "PercentComplete", "0");
    }
}

fn percent(text: &str) -> Option<f64> {
    text.trim().parse().ok()
}

fn complete(item: &mut Item, now: Timestamp) {
    item.fields.set_text("Task", "PercentComplete", "100");
    if item.fields.get("CompleteDate").is_none() {
        item.fields.set_text(
            "Task",
            "CompleteDate",
            now.strftime("%Y-%m-%dT00:00:00Z").to_string(),
        );
    }
}
