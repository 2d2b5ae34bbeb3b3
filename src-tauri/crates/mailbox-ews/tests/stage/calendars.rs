//! A calendar as a server shows it: cut off, without a usable pattern, changed in between, too busy. What of a series is then taken for its
//! occurrences decides what the connector takes for deleted.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use mailbox_ews::EwsMailbox;
use model::{Code, Component, Item, ItemId, Window};
use ports::{ErrorKind, Failure, Mailbox};

use crate::server::{Act, Asked, Server};
use crate::time::HandClock;
use crate::{answers, failed, folder, mailbox, options};

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

async fn asked(mailbox: &EwsMailbox, series: &[&str]) -> Answers {
    let (folder, window) = (folder(), window());
    let series: Vec<ItemId> = series.iter().map(|id| ItemId::new(*id)).collect();
    let asked = mailbox.occurrences(Component::Appointments, &folder, &series, &window);
    asked.await
}

type Answers = Result<Vec<Result<Vec<Item>, Failure>>, Failure>;

async fn occurrences(server: &Server) -> Result<Vec<Item>, Failure> {
    asked(&mailbox(server), &["S1"]).await?.remove(0)
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

/// A server that expands: what it answers to each look at the series, the last one again and again, and what its calendar shows.
fn expanding(mut looks: Vec<String>, shown: Vec<String>) -> impl FnMut(&Asked) -> Act {
    move |asked| match asked.operation() {
        "FindItem" => answer(answers::view(&shown, true)),
        _ if looks.len() > 1 => answer(looks.remove(0)),
        _ => answer(looks[0].clone()),
    }
}

fn both_shown(key: &str) -> Vec<String> {
    ["2027-04-05", "2027-04-06"]
        .map(|day| occurrence(day, key))
        .to_vec()
}

#[tokio::test]
async fn r3_5_a_pattern_that_cannot_be_read_is_refused_even_where_the_server_expands() {
    let range = "<t:NoEndRecurrence><t:StartDate>2027-03-01</t:StartDate></t:NoEndRecurrence>";
    for pattern in [
        "<t:LunarRecurrence/>".to_owned(),
        "<t:DailyRecurrence><t:Interval>often</t:Interval></t:DailyRecurrence>".to_owned(),
        "<t:DailyRecurrence><t:Interval>0</t:Interval></t:DailyRecurrence>".to_owned(),
    ] {
        let look = series("K1", &format!("{pattern}{range}"), "");
        let server = Server::start(expanding(vec![look], both_shown("K1"))).await;
        let refused = failed(occurrences(&server).await);
        let expected = (ErrorKind::Refused { field: None }, Code::EntryRefused);
        assert_eq!(refused, expected, "{pattern}");
    }
}

#[tokio::test]
async fn r3_5_an_occurrence_has_the_version_it_is_shown_with() {
    let look = series("K1", DAILY, "");
    let server = Server::start(expanding(vec![look], both_shown("P1"))).await;
    assert_eq!(days(&server).await, both_days("P1"));
}

#[tokio::test]
async fn r3_5_what_an_unchanged_series_does_not_show_is_gone() {
    let shown = vec![occurrence("2027-04-06", "K1")];
    let look = series("K1", DAILY, "");
    let server = Server::start(expanding(vec![look], shown)).await;
    assert_eq!(days(&server).await, both_days("K1")[1..]);
}

#[tokio::test]
async fn s3_a_series_that_changed_before_the_calendar_was_shown_is_the_one_that_was_read() {
    let looks = || vec![series("K1", DAILY, ""), series("K2", DAILY, "")];
    // One occurrence was moved to another day, or the text of all was changed.
    for shown in [vec![occurrence("2027-04-06", "K2")], both_shown("K2")] {
        let server = Server::start(expanding(looks(), shown)).await;
        // A write under the old version is stale, so nothing that was not seen is overwritten.
        assert_eq!(days(&server).await, both_days("K1"));
    }
}

#[tokio::test]
async fn r3_5_in_a_zone_of_the_senders_own_the_server_knows_the_time() {
    let zone = "<t:StartTimeZone Id='Customized Time Zone'/>";
    let look = series("K1", DAILY, "").replace("<t:StartTimeZone Id='UTC'/>", zone);
    let moved = both_shown("K1")
        .iter()
        .map(|one| one.replace("T20:", "T21:"))
        .collect();
    let server = Server::start(expanding(vec![look], moved)).await;
    let items = occurrences(&server).await.expect("a series");
    let starts: Vec<&str> = items
        .iter()
        .map(|item| item.fields.get(model::Field::Start))
        .collect();
    assert_eq!(starts, ["2027-04-05T21:00:00Z", "2027-04-06T21:00:00Z"]);
}

#[tokio::test]
async fn r3_5_occurrences_that_do_not_tell_their_series_are_no_list() {
    let nameless = both_shown("K1")
        .iter()
        .map(|one| one.replace("<t:UID>U1</t:UID>", ""))
        .collect();
    let server = Server::start(expanding(vec![series("K1", DAILY, "")], nameless)).await;
    assert_eq!(days(&server).await, both_days("K1"));
}

#[tokio::test]
async fn s8_an_exception_that_cannot_be_read_concerns_its_own_series_only() {
    let changed = "<t:ModifiedOccurrences><t:Occurrence><t:ItemId Id='E1' ChangeKey='K1'/><t:Start>2027-04-05T10:00:00Z</t:Start>\
        <t:End>2027-04-05T11:00:00Z</t:End><t:OriginalStart>2027-04-05T20:00:00Z</t:OriginalStart></t:Occurrence></t:ModifiedOccurrences>";
    let server = Server::start(move |asked| match answers::ids(&asked.body).as_slice() {
        [both, _] if both == "S1" => Act::xml(answers::answer(&[
            series("K1", DAILY, changed),
            series("K1", DAILY, "").replace("S1", "S2"),
        ])),
        _ if asked.operation() == "FindItem" => answer(answers::view(&[], true)),
        _ => answer(answers::error("ErrorItemCorrupt")),
    })
    .await;
    let mut answers = asked(&mailbox(&server), &["S1", "S2"])
        .await
        .expect("answered");
    let whole = answers.pop().expect("two").expect("all of it can be read");
    assert_eq!(whole.len(), 2);
    let refused = failed(answers.pop().expect("two"));
    assert_eq!(refused.0, ErrorKind::Refused { field: None });
}

#[tokio::test]
async fn a_calendar_that_is_busy_is_asked_again_and_then_no_list_at_all() {
    for (times, is_answered) in [(1, true), (3, false)] {
        let mut left = times;
        let mut otherwise = expanding(vec![series("K1", DAILY, "")], both_shown("K1"));
        let server = Server::start(move |asked| match asked.operation() {
            "FindItem" if left > 0 => {
                left -= 1;
                answer(answers::busy(7000))
            }
            _ => otherwise(asked),
        })
        .await;
        let clock = HandClock::new();
        let mailbox = EwsMailbox::new(options(&server, &clock));
        let answers = asked(&mailbox, &["S1"]).await;
        let waits = [Duration::from_secs(7); 2];
        match is_answered {
            true => assert_eq!(answers.expect("after a wait").len(), 1),
            false => assert!(matches!(failed(answers).0, ErrorKind::Throttled { .. })),
        }
        assert_eq!(clock.waits(), waits[..waits.len().min(times)]);
    }
}
