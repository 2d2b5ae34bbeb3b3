//! A calendar as a server shows it: cut off, without a usable pattern, changed in between, too busy. What of a series is then taken for its
//! occurrences decides what the connector takes for deleted.

use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use model::{Component, Item, ItemId, Window};
use ports::{Failure, Mailbox};

use crate::server::{Act, Asked, Server};
use crate::{answers, folder, mailbox};

/// Every day at eight in the evening, from 1 March 2027 on.
const DAILY: &str = "<t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence>\
    <t:NoEndRecurrence><t:StartDate>2027-03-01</t:StartDate></t:NoEndRecurrence>";

/// The series S1 under a version, with this recurrence and whatever else.
fn series(key: &str, recurrence: &str, more: &str) -> String {
    let content = format!(
        "<t:Subject>Call</t:Subject><t:UID>U1</t:UID><t:Start>2027-03-01T20:00:00Z</t:Start><t:End>2027-03-01T20:30:00Z</t:End>\
         <t:CalendarItemType>RecurringMaster</t:CalendarItemType><t:Recurrence>{recurrence}</t:Recurrence>{more}\
         <t:StartTimeZone Id='UTC'/>"
    );
    answers::appointment("S1", key, &content)
}

/// Its occurrence on a day, as a view shows it.
fn occurrence(day: &str, key: &str) -> String {
    let content = format!(
        "<t:UID>U1</t:UID><t:Start>{day}T20:00:00Z</t:Start><t:End>{day}T20:30:00Z</t:End>\
         <t:CalendarItemType>Occurrence</t:CalendarItemType>"
    );
    answers::appointment_element(&format!("O{day}"), key, &content)
}

fn answer(message: String) -> Act {
    Act::xml(answers::answer(&[message]))
}

/// The time a view asks for.
fn span(asked: &Asked) -> (Timestamp, Timestamp) {
    let moment = |name: &str| {
        let after = asked
            .body
            .split_once(&format!("{name}=\""))
            .expect("named")
            .1;
        let text = after.split_once('"').expect("closed").0;
        text.parse().expect("a moment")
    };
    (moment("StartDate"), moment("EndDate"))
}

/// 5 and 6 April 2027.
fn window() -> Window {
    Window {
        today: date(2027, 4, 5),
        first: date(2027, 4, 5),
        horizon: date(2027, 4, 6),
        zone: TimeZone::UTC,
    }
}

async fn occurrences(server: &Server) -> Result<Vec<Item>, Failure> {
    let mailbox = mailbox(server);
    let (folder, series, window) = (folder(), [ItemId::new("S1")], window());
    let asked = mailbox.occurrences(Component::Appointments, &folder, &series, &window);
    asked.await?.remove(0)
}

/// The days of the occurrences with their versions.
async fn days(server: &Server) -> Vec<(String, String)> {
    let items = occurrences(server).await.expect("a series");
    let day = |item: &Item| {
        let (_, start) = item.id.as_occurrence().expect("an occurrence");
        let day = start.to_zoned(TimeZone::UTC).date();
        (day.to_string(), item.change_key.to_string())
    };
    let mut days: Vec<_> = items.iter().map(day).collect();
    days.sort();
    days
}

fn both_days(key: &str) -> [(String, String); 2] {
    ["2027-04-05", "2027-04-06"].map(|day| (day.to_owned(), key.to_owned()))
}

/// A server whose calendar shows only so many hours at a time, the evening last.
fn full_calendar(hours: i64) -> impl FnMut(&Asked) -> Act {
    move |asked| {
        if asked.operation() == "GetItem" {
            return answer(series("K1", DAILY, ""));
        }
        let (from, until) = span(asked);
        let is_whole = until.duration_since(from).as_hours() < hours;
        let days = ["2027-04-05", "2027-04-06"];
        let inside = days.iter().filter(|day| {
            let start: Timestamp = format!("{day}T20:00:00Z").parse().expect("a moment");
            (from..until).contains(&start)
        });
        let there = inside.map(|day| occurrence(day, "K1"));
        let proof = answers::appointment_element(
            "O9",
            "K9",
            "<t:UID>U9</t:UID><t:Start>2027-04-05T06:00:00Z</t:Start><t:End>2027-04-05T07:00:00Z</t:End>\
             <t:CalendarItemType>Occurrence</t:CalendarItemType>",
        );
        let shown: Vec<String> = match is_whole {
            true => there.collect(),
            false => vec![proof],
        };
        answer(answers::view(&shown, is_whole))
    }
}

#[tokio::test]
async fn r3_5_a_view_cut_off_within_a_day_is_asked_for_in_parts() {
    let server = Server::start(full_calendar(4)).await;
    assert_eq!(days(&server).await, both_days("K1"));
}

#[tokio::test]
async fn r3_5_a_view_that_is_always_cut_off_is_no_list() {
    let server = Server::start(full_calendar(0)).await;
    assert_eq!(days(&server).await, both_days("K1"));
    let views = server.operations();
    let views = views.iter().filter(|name| *name == "FindItem").count();
    assert!(views < 30, "{views} requests");
}
