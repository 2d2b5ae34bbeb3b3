//! Who hears of what the product writes (S6). Every stage goes through all requests to write that its Exchange got, whatever its scenario
//! is about, and fails if one tells anybody while the policy has invitations switched off.

use model::Policy;
use sandbox::exchange::{Journal, Write};

/// The attributes of EWS that say who gets a message about a meeting.
const ATTRIBUTES: [&str; 3] = [
    "SendMeetingInvitationsOrCancellations",
    "SendMeetingInvitations",
    "SendMeetingCancellations",
];
/// Their value for nobody.
const NOBODY: &str = "SendToNone";

/// The operations that must say it; Exchange itself demands it only where the calendar is concerned.
const OPERATIONS: [&str; 3] = ["CreateItem", "UpdateItem", "DeleteItem"];

/// What these requests tell anybody that the policy does not allow, one line for each.
pub fn breaches(journal: &Journal, policy: &Policy) -> Vec<String> {
    if policy.send_invitations {
        return Vec::new();
    }
    journal.writes.iter().filter_map(breach).collect()
}

fn breach(write: &Write) -> Option<String> {
    let said: Vec<&str> = ATTRIBUTES
        .iter()
        .flat_map(|name| values(&write.request, name))
        .collect();
    let told: Vec<&str> = said
        .iter()
        .copied()
        .filter(|value| *value != NOBODY)
        .collect();
    if !told.is_empty() {
        return Some(format!("{} says {}", write.operation, told.join(", ")));
    }
    let must = OPERATIONS.contains(&write.operation.as_str());
    (must && said.is_empty()).then(|| format!("{} does not say who hears of it", write.operation))
}

/// The values an attribute has anywhere in a text of XML. The name stands after a blank, so that no longer name ends with it.
fn values<'a>(request: &'a str, name: &str) -> Vec<&'a str> {
    let mut found = Vec::new();
    for quote in ['"', '\''] {
        let opening = format!(" {name}={quote}");
        let after = request.split(opening.as_str()).skip(1);
        found.extend(after.filter_map(|rest| rest.split(quote).next()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal(request: &str) -> Journal {
        let write = Write {
            operation: "DeleteItem".to_owned(),
            user: "anna@x.example".to_owned(),
            request: request.to_owned(),
            outcome: vec!["NoError".to_owned()],
        };
        Journal {
            writes: vec![write],
            ..Journal::default()
        }
    }

    #[test]
    fn s6_a_request_that_tells_somebody_is_seen() {
        let policy = Policy::default();
        for (request, seen) in [
            (r#"<DeleteItem SendMeetingCancellations="SendToNone"/>"#, 0),
            (r#"<DeleteItem DeleteType="HardDelete"/>"#, 1),
            (
                r#"<DeleteItem SendMeetingCancellations="SendOnlyToAll"/>"#,
                1,
            ),
            (
                r#"<m:CreateItem SendMeetingInvitations='SendToAllAndSaveCopy'/>"#,
                1,
            ),
            (
                r#"<m:UpdateItem SendMeetingInvitationsOrCancellations="SendToChangedAndSaveCopy"/>"#,
                1,
            ),
        ] {
            assert_eq!(
                breaches(&journal(request), &policy).len(),
                seen,
                "{request}"
            );
        }
        let policy = Policy {
            send_invitations: true,
            ..policy
        };
        let request = r#"<DeleteItem SendMeetingCancellations="SendToAllAndSaveCopy"/>"#;
        assert_eq!(breaches(&journal(request), &policy), Vec::<String>::new());
    }
}
