//! The chapters about appointments: single ones both ways, and a weekly series whose meetings change on either side.

use jiff::civil::{Date, Weekday};

use super::{Show, both_hold};
use crate::demo::berlin;
use crate::demo::people::crm_calendar::Event;
use crate::demo::people::seen::Appointment;
use crate::error::{Outcome, XtaskError};

/// Subjects that the made-up company does not have.
const LUNCH: &str = "Lunch with Frieda Sommer-Demoberg";
const CALL: &str = "Call Jonas Winter-Demoberg";
const MEETING: &str = "Demoberg project meeting";

/// How often the meeting takes place.
const TIMES: usize = 4;

/// The series on stage.
struct Series {
    /// What Outlook calls it.
    item: String,
    /// Its days, as the pattern has them.
    days: Vec<Date>,
    /// Its events as they should be in the CRM.
    events: Vec<Event>,
}

impl Show {
    /// The whole story of appointments.
    pub fn appointments(&self) -> Outcome<()> {
        self.both_enter_appointments()?;
        let mut series = self.weekly_series()?;
        self.meeting_moves(&mut series)?;
        self.event_is_edited(&mut series)
    }

    fn both_enter_appointments(&self) -> Outcome<()> {
        self.story.chapter(
            "Appointments, both ways",
            "In Outlook somebody enters a lunch with Frieda; in the CRM somebody schedules a call with Jonas. Each is to arrive on the other side, at the \
             same moment: Outlook was told the time in Berlin and the CRM keeps UTC. What either of them holds is shown here as a clock in Berlin shows it.",
        );
        let (lunch, call) = (lunch(self.today), call(self.today));
        self.outlook().schedule(&lunch)?;
        self.crm_user().schedule(&call, "Call")?;
        self.exco.show(&["sync"])?;
        for expected in [lunch, call] {
            let outlook = self.outlook().appointments(&expected.subject, self.today)?;
            let crm = appointments(self.crm_user().events(&expected.subject)?);
            both_hold(&[expected], &outlook, &crm)?;
        }
        Ok(())
    }

    fn weekly_series(&self) -> Outcome<Series> {
        self.story.chapter(
            "A weekly meeting",
            "In Outlook somebody enters a meeting that takes place every Tuesday, four times. The CRM knows no series, so each of the four becomes an event \
             of its own, which can be found on its day and edited by itself.",
        );
        let meetings = meetings(self.today);
        let item = self.outlook().schedule_weekly(&meetings[0], TIMES)?;
        self.exco.show(&["sync"])?;
        let outlook = self.outlook().appointments(MEETING, self.today)?;
        let events = self.crm_user().events(MEETING)?;
        both_hold(&meetings, &outlook, &appointments(events.clone()))?;
        let days = meetings.iter().map(|meeting| berlin::day(meeting.start));
        Ok(Series {
            item,
            days: days.collect(),
            events,
        })
    }

    fn meeting_moves(&self, series: &mut Series) -> Outcome<()> {
        self.story.chapter(
            "One of the meetings moves",
            "In Outlook somebody drags the second meeting to the afternoon and into another room. That is about this one only: its event moves along, and the \
             other three stay as they are. None is deleted and made anew, so what the CRM keeps beside them stays with them.",
        );
        let moved = Appointment {
            start: berlin::at(series.days[1], 14, 0),
            end: berlin::at(series.days[1], 15, 30),
            place: "Room 3".to_owned(),
            ..series.events[1].appointment.clone()
        };
        self.outlook()
            .move_occurrence(&series.item, series.days[1], &moved)?;
        series.events[1].appointment = moved;
        self.exco.show(&["sync"])?;
        self.both_hold_series(series, &series.days[1..2])
    }

    fn event_is_edited(&self, series: &mut Series) -> Outcome<()> {
        self.story.chapter(
            "And one is edited in the CRM",
            "In the CRM somebody notes that the third meeting is held by video. In Outlook the series stays one series, and this meeting becomes an exception \
             of it, beside the one that was moved.",
        );
        let edited = &mut series.events[2];
        edited.appointment.place = "By video".to_owned();
        self.crm_user()
            .set_place(&edited.id, &edited.appointment.place)?;
        self.exco.show(&["sync"])?;
        self.both_hold_series(series, &series.days[1..3])
    }

    /// Both sides hold the meetings, in the same events as before, and on no other days the series differs from its pattern.
    fn both_hold_series(&self, series: &Series, exceptions: &[Date]) -> Outcome<()> {
        let outlook = self.outlook().appointments(MEETING, self.today)?;
        let events = self.crm_user().events(MEETING)?;
        let expected = appointments(series.events.clone());
        both_hold(&expected, &outlook, &appointments(events.clone()))?;
        let found = self.outlook().exceptions(&series.item)?;
        let shown: Vec<String> = found.iter().map(|day| berlin::shown(*day)).collect();
        println!(
            "  exceptions of the series in Outlook: {}",
            shown.join(", ")
        );
        let what = if events != series.events {
            "the CRM's events are others than before, which they must not be"
        } else if found != exceptions {
            "the series in Outlook has other exceptions than were made"
        } else {
            return Ok(());
        };
        Err(XtaskError::Found {
            what: what.to_owned(),
        })
    }
}

fn lunch(today: Date) -> Appointment {
    let day = berlin::next_week(today, Weekday::Wednesday);
    Appointment {
        subject: LUNCH.to_owned(),
        start: berlin::at(day, 12, 30),
        end: berlin::at(day, 13, 30),
        place: "Canteen".to_owned(),
    }
}

fn call(today: Date) -> Appointment {
    let day = berlin::next_week(today, Weekday::Thursday);
    Appointment {
        subject: CALL.to_owned(),
        start: berlin::at(day, 9, 0),
        end: berlin::at(day, 9, 30),
        place: "By telephone".to_owned(),
    }
}

/// The meetings of the series, at the same time in Berlin even if the clocks change in between.
fn meetings(today: Date) -> Vec<Appointment> {
    let first = berlin::next_week(today, Weekday::Tuesday);
    let days = (0..).map(|week| berlin::weeks_later(first, week));
    let one = |day| Appointment {
        subject: MEETING.to_owned(),
        start: berlin::at(day, 10, 0),
        end: berlin::at(day, 11, 0),
        place: "Room 1".to_owned(),
    };
    days.take(TIMES).map(one).collect()
}

fn appointments(events: Vec<Event>) -> Vec<Appointment> {
    events.into_iter().map(|event| event.appointment).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_meetings_keep_berlins_time_when_the_clocks_change() {
        let starts: Vec<String> = meetings(date(2027, 3, 8))
            .iter()
            .map(|meeting| meeting.start.to_string())
            .collect();
        assert_eq!(
            starts,
            [
                "2027-03-16T09:00:00Z",
                "2027-03-23T09:00:00Z",
                "2027-03-30T08:00:00Z",
                "2027-04-06T08:00:00Z",
            ]
        );
    }
}
