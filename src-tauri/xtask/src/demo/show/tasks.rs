//! The chapters about tasks: one from either side, one of them without a day, and one that gets done.

use jiff::civil::Weekday;

use super::{Show, both_hold};
use crate::demo::berlin;
use crate::demo::people::seen::Task;
use crate::error::{Outcome, XtaskError};

/// Subjects that the made-up company does not have.
const OFFER: &str = "Send an offer to Frieda Sommer-Demoberg";
const SAMPLES: &str = "Get samples for Jonas Winter-Demoberg";

impl Show {
    /// The whole story of tasks.
    pub fn tasks(&self) -> Outcome<()> {
        let samples = self.both_note_tasks()?;
        self.task_gets_done(samples)
    }

    fn both_note_tasks(&self) -> Outcome<Task> {
        self.story.chapter(
            "Tasks, both ways",
            "In Outlook somebody notes that Frieda gets an offer, and gives no day for it; in the CRM somebody notes that Jonas gets samples by Friday of next \
             week. The CRM takes no task without a day, so there the offer gets the day on which it arrives. In Outlook it stays without: nobody gave it one.",
        );
        let samples = Task {
            subject: SAMPLES.to_owned(),
            due: Some(berlin::next_week(self.today, Weekday::Friday)),
            is_done: false,
            is_urgent: true,
        };
        self.outlook().note_task(OFFER)?;
        self.crm_user().note_task(&samples)?;
        self.exco.show(&["sync"])?;
        self.both_hold_task(&samples)?;
        let (outlook, crm) = (self.outlook().task(OFFER)?, self.crm_user().task(OFFER)?);
        println!("\n  in Outlook now:   {outlook}\n  in the CRM now:   {crm}");
        has_its_day_in_the_crm_only(&outlook, &crm)?;
        Ok(samples)
    }

    fn task_gets_done(&self, samples: Task) -> Outcome<()> {
        self.story.chapter(
            "A task is done",
            "The samples are on their way, and in Outlook somebody ticks the task off. Whoever entered it in the CRM sees it there, and nothing else of it \
             has changed.",
        );
        self.outlook().complete_task(SAMPLES)?;
        self.exco.show(&["sync"])?;
        self.both_hold_task(&Task {
            is_done: true,
            ..samples
        })
    }

    fn both_hold_task(&self, expected: &Task) -> Outcome<()> {
        let outlook = self.outlook().task(&expected.subject)?;
        let crm = self.crm_user().task(&expected.subject)?;
        both_hold(std::slice::from_ref(expected), &[outlook], &[crm])
    }
}

/// Apart from the day both must hold the same.
fn has_its_day_in_the_crm_only(outlook: &Task, crm: &Task) -> Outcome<()> {
    let dayless = Task {
        due: None,
        ..crm.clone()
    };
    if crm.due.is_some() && *outlook == dayless {
        return Ok(());
    }
    Err(XtaskError::Found {
        what: "a task without a day must get one in the CRM and none in Outlook".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_in_outlook_or_none_in_the_crm_or_another_difference_is_an_error() {
        let without = Task {
            subject: OFFER.to_owned(),
            due: None,
            is_done: false,
            is_urgent: false,
        };
        let with = Task {
            due: Some(date(2027, 3, 10)),
            ..without.clone()
        };
        let done = Task {
            is_done: true,
            ..with.clone()
        };
        assert!(has_its_day_in_the_crm_only(&without, &with).is_ok());
        for (outlook, crm) in [(&with, &with), (&without, &without), (&without, &done)] {
            assert!(
                has_its_day_in_the_crm_only(outlook, crm).is_err(),
                "{outlook} | {crm}"
            );
        }
    }
}
