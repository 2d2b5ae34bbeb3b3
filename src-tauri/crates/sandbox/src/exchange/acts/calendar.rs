//! Acts on appointments and tasks as methods, and what a user sees of a calendar.

use super::{Act, ActError, Response, values};
use crate::exchange::Exchange;
use crate::exchange::mailbox::{Mailbox, Sent, TouchedMeeting};
use crate::exchange::view::{ItemView, occurrences_between};
use jiff::Timestamp;

impl Exchange {
    /// Changes one occurrence of a series, named by its day in the pattern (`2027-04-12`); returns the id of the exception.
    pub fn edit_occurrence(
        &self,
        user: &str,
        series: &str,
        day: &str,
        fields: &[(&str, &str)],
    ) -> Result<String, ActError> {
        let act = Act::EditOccurrence {
            item: series.to_owned(),
            day: day.to_owned(),
            fields: values(fields),
        };
        Ok(self.act(user, &act)?.expect("an exception has an id"))
    }

    /// Deletes one occurrence of a series.
    pub fn delete_occurrence(&self, user: &str, series: &str, day: &str) -> Result<(), ActError> {
        let act = Act::DeleteOccurrence {
            item: series.to_owned(),
            day: day.to_owned(),
        };
        self.act(user, &act).map(drop)
    }

    /// Completes a task; returns the id of what is completed then, which is a new item where the task recurs.
    pub fn complete_task(&self, user: &str, task: &str) -> Result<String, ActError> {
        let act = Act::CompleteTask {
            item: task.to_owned(),
        };
        Ok(self.act(user, &act)?.expect("a completed task has an id"))
    }

    /// A meeting that somebody else organises lies in a folder.
    pub fn invited(
        &self,
        user: &str,
        folder: &str,
        organizer: &str,
        response: Response,
        fields: &[(&str, &str)],
    ) -> Result<String, ActError> {
        let act = Act::Invited {
            folder: folder.to_owned(),
            organizer: organizer.to_owned(),
            response,
            fields: values(fields),
        };
        Ok(self.act(user, &act)?.expect("a made item has an id"))
    }

    /// An attendee answers. The server notes it on items in the default calendar only.
    pub fn respond(
        &self,
        user: &str,
        item: &str,
        attendee: &str,
        response: Response,
    ) -> Result<(), ActError> {
        let act = Act::Respond {
            item: item.to_owned(),
            attendee: attendee.to_owned(),
            response,
        };
        self.act(user, &act).map(drop)
    }

    /// The meeting messages that requests asked for, oldest first; nothing of it was really sent.
    pub fn outbox(&self, user: &str) -> Vec<Sent> {
        let all = |mailbox: &mut Mailbox, _| mailbox.outbox.clone();
        self.0.with_mailbox(user, all).unwrap_or_default()
    }

    /// The meetings of others that requests changed, oldest first.
    pub fn touched_meetings(&self, user: &str) -> Vec<TouchedMeeting> {
        let all = |mailbox: &mut Mailbox, _| mailbox.touched_meetings.clone();
        self.0.with_mailbox(user, all).unwrap_or_default()
    }

    /// What a user sees in a calendar between two times: series as their occurrences, by start.
    pub fn calendar(
        &self,
        user: &str,
        folder: &str,
        from: Timestamp,
        to: Timestamp,
    ) -> Vec<ItemView> {
        let seen = self.0.with_mailbox(user, |mailbox, _| {
            let folder = mailbox.folder_at(folder)?.key;
            Some(occurrences_between(mailbox, folder, from, to))
        });
        seen.flatten().unwrap_or_default()
    }
}
