//! Which server is played, and what follows from that. Exchange is the default; gromox 3.10 differs where it was seen to
//! (the list is in the README of the EWS probe, the answers are in its file of deviations).

pub use crate::options::Mode;

use super::mailbox::MovesTold;
use super::soap::UnknownVersion;
use super::xml::Element;

/// Codes that gromox says instead of those of Exchange: operation (empty for all), Exchange's, gromox'.
const GROMOX_CODES: [(&str, &str, &str); 4] = [
    ("", "ErrorInvalidIdEmpty", "ErrorInvalidId"),
    ("", "ErrorInvalidIdMalformed", "ErrorInvalidId"),
    (
        "",
        "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange",
        "ErrorItemCorrupt",
    ),
    (
        "GetFolder",
        "ErrorItemNotFound",
        "ErrorFolderPropertyRequestFailed",
    ),
];

impl Mode {
    /// Whether unknown versions are refused.
    pub fn unknown_version(self) -> UnknownVersion {
        match self {
            Self::Exchange => UnknownVersion::Refused,
            Self::Gromox => UnknownVersion::Accepted,
        }
    }

    /// To whom moves are told as moves.
    pub fn moves_told(self) -> MovesTold {
        match self {
            Self::Exchange => MovesTold::ByFolder,
            Self::Gromox => MovesTold::ToAllFolders,
        }
    }

    /// Puts the codes of an answer into the words of this server.
    pub fn put_into_words(self, operation: &str, answer: &mut Element) {
        if self == Self::Exchange {
            return;
        }
        let messages = answer
            .get_mut("ResponseMessages")
            .into_iter()
            .flat_map(|list| &mut list.children);
        for code in messages.filter_map(|message| message.get_mut("ResponseCode")) {
            let said = GROMOX_CODES.iter().find(|(only, theirs, _)| {
                (only.is_empty() || *only == operation) && *theirs == code.text
            });
            if let Some((_, _, said)) = said {
                code.text = (*said).to_owned();
            }
        }
        answer.children.iter_mut().for_each(as_gromox_shows);
    }
}

/// What gromox shows of appointments and tasks: not all of it, and days as times with a fraction where the schema wants a day.
fn as_gromox_shows(element: &mut Element) {
    match element.name.as_str() {
        "CalendarItem" => {
            element.children.retain(|field| {
                let unknown = ["FirstOccurrence", "LastOccurrence"].contains(&&*field.name);
                // Without attendees it does not say that it is none.
                let no_meeting = field.name == "IsMeeting" && field.text == "false";
                !unknown && !no_meeting
            });
            for range in element
                .get_mut("Recurrence")
                .into_iter()
                .flat_map(|recurrence| &mut recurrence.children)
            {
                range.children.iter_mut().for_each(day_with_fraction);
            }
        }
        "Task" => {
            element.remove("IsComplete");
            element.remove("Recurrence");
            if let Some(recurs) = element.get_mut("IsRecurring") {
                recurs.text = "false".to_owned();
            }
            element.children.iter_mut().for_each(day_with_fraction);
        }
        _ => element.children.iter_mut().for_each(as_gromox_shows),
    }
}

fn day_with_fraction(day: &mut Element) {
    if ["StartDate", "EndDate", "DueDate", "CompleteDate"].contains(&&*day.name) {
        let date = day.text.get(..10).unwrap_or_default();
        day.text = format!("{date}T00:00:00.0000000Z");
    }
}
