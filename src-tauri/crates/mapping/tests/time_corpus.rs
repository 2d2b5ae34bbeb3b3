//! Every Windows zone around the changes of its clock: what a name, a wall clock and a day become on the way to the other side and back.

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use mapping::corpus::{self, Zone};
use mapping::zones;

/// The zone as the other side has it after a way through both names.
fn there_and_back(zone: &Zone) -> TimeZone {
    let iana = zones::windows_to_iana(zone.windows).expect("a zone of the table");
    let windows = zones::iana_to_windows(iana).expect("a zone of the table");
    zones::zone(windows).expect("a zone of the table")
}

#[test]
fn the_corpus_has_zones_from_end_to_end_and_their_changes() {
    let zones = corpus::zones();
    let offset = |zone: &Zone| zone.rules.to_offset(Timestamp::constant(1_767_225_600, 0));
    let hours: Vec<i32> = zones
        .iter()
        .map(|zone| offset(zone).seconds() / 3600)
        .collect();
    assert_eq!(hours.iter().min(), Some(&-12));
    assert_eq!(hours.iter().max(), Some(&14));
    let changing = zones
        .iter()
        .filter(|zone| zone.changes().len() == 4)
        .count();
    assert!(changing > 30, "{changing} zones change twice a year");
    let berlin = zones.iter().find(|zone| zone.iana == "Europe/Berlin");
    let changes: Vec<String> = berlin
        .expect("it is a Windows zone")
        .changes()
        .iter()
        .map(Timestamp::to_string)
        .collect();
    assert_eq!(
        changes,
        [
            "2026-03-29T01:00:00Z",
            "2026-10-25T01:00:00Z",
            "2027-03-28T01:00:00Z",
            "2027-10-31T01:00:00Z"
        ]
    );
}

#[test]
fn r3_2_a_wall_clock_is_the_same_after_the_way_through_both_names() {
    for zone in corpus::zones() {
        let other = there_and_back(&zone);
        for moment in zone.moments() {
            let wall_clock = zone.rules.to_datetime(moment);
            let sent = other.to_timestamp(wall_clock).expect("a moment");
            assert_eq!(
                other.to_datetime(sent),
                wall_clock,
                "{}: {moment}",
                zone.windows
            );
            let twice = zone.rules.to_ambiguous_timestamp(wall_clock).is_ambiguous();
            assert!(
                sent == moment || (twice && sent < moment),
                "{}: {moment} became {sent}",
                zone.windows
            );
        }
    }
}

#[test]
fn r3_2_a_moment_is_exact_after_the_way_through_both_names() {
    for zone in corpus::zones() {
        let other = there_and_back(&zone);
        for moment in zone.moments() {
            let sent = moment.to_zoned(zone.rules.clone());
            let read: Timestamp = sent
                .strftime("%Y-%m-%dT%H:%M:%S%:z")
                .to_string()
                .parse()
                .expect("a moment");
            assert_eq!(read, moment, "{}", zone.windows);
            assert_eq!(read.to_zoned(other.clone()).datetime(), sent.datetime());
        }
    }
}

#[test]
fn r3_2_a_whole_day_stays_on_its_day() {
    for zone in corpus::zones() {
        let other = there_and_back(&zone);
        for day in zone.days() {
            let midnight = zone
                .rules
                .to_timestamp(day.to_datetime(Time::midnight()))
                .expect("a moment");
            let sent = midnight.to_string();
            assert!(sent.ends_with('Z'), "{sent}");
            let read: Timestamp = sent.parse().expect("a moment");
            assert_eq!(
                other.to_datetime(read).date(),
                day,
                "{}: {sent}",
                zone.windows
            );
        }
    }
}
