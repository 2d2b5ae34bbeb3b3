//! Times across zones and the nights in which clocks change, in 2026 and 2027.

use jiff::civil::date;
use jiff::{SignedDuration, ToSpan};
use proptest::prelude::*;

use super::*;

const BERLIN: &str = "Europe/Berlin";
/// From -12 to +14, with zones that change their clocks at midnight (Beirut, Havana, Santiago) and ones that never do.
const USERS: &[&str] = &[
    "Etc/GMT+12",
    "Pacific/Honolulu",
    "America/Los_Angeles",
    "America/Santiago",
    "America/Havana",
    "America/St_Johns",
    "Atlantic/Azores",
    "Atlantic/Cape_Verde",
    "UTC",
    "Europe/London",
    BERLIN,
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
];
const SERVERS: &[&str] = &["UTC", BERLIN, "America/New_York", "Asia/Kolkata"];

fn zones(server: &str, user: &str) -> Zones {
    let zone = |name| mapping::zones::zone(name).expect("a zone");
    Zones {
        server: zone(server),
        user: zone(user),
    }
}

fn text(text: &str) -> Text {
    let (date, time) = text.split_once(' ').expect("two parts");
    Text {
        date: date.to_owned(),
        time: time.to_owned(),
    }
}

fn read_texts(texts: &Texts, zones: &Zones) -> Fields {
    let both = texts.start.as_ref().zip(texts.end.as_ref());
    let (start, end) = both.expect("both ends are known");
    read(start, end, zones)
}

fn timed(start: &str, end: &str) -> Fields {
    Fields::new()
        .with(Field::Start, start)
        .with(Field::End, end)
}

fn all_day(first: Date, last: Date) -> Fields {
    timed(&first.to_string(), &last.to_string()).with(Field::AllDay, "1")
}

#[test]
fn r3_2_texts_of_a_server_in_berlin_are_moments_on_both_sides_of_a_change() {
    let zones = zones(BERLIN, BERLIN);
    for (start, end, expected_start, expected_end) in [
        // Ordinary days in winter and summer, with and without seconds.
        (
            "2026-01-15 10:00:00",
            "2026-01-15 11:30",
            "2026-01-15T09:00:00Z",
            "2026-01-15T10:30:00Z",
        ),
        (
            "2026-07-15 10:00",
            "2026-07-15 11:30:15",
            "2026-07-15T08:00:00Z",
            "2026-07-15T09:30:15Z",
        ),
        // Across the night in which an hour is left out.
        (
            "2026-03-29 01:30:00",
            "2026-03-29 03:30:00",
            "2026-03-29T00:30:00Z",
            "2026-03-29T01:30:00Z",
        ),
        // An hour that is not there is read as the one after it.
        (
            "2026-03-29 02:30:00",
            "2026-03-29 04:00:00",
            "2026-03-29T01:30:00Z",
            "2026-03-29T02:00:00Z",
        ),
        (
            "2027-03-28 02:00:00",
            "2027-03-28 03:30:00",
            "2027-03-28T01:00:00Z",
            "2027-03-28T01:30:00Z",
        ),
        // An hour that is there twice is the first one, except for an end that would lie before its start.
        (
            "2026-10-25 02:30:00",
            "2026-10-25 02:45:00",
            "2026-10-25T00:30:00Z",
            "2026-10-25T00:45:00Z",
        ),
        (
            "2026-10-25 02:45:00",
            "2026-10-25 02:15:00",
            "2026-10-25T00:45:00Z",
            "2026-10-25T01:15:00Z",
        ),
        (
            "2027-10-31 01:30:00",
            "2027-10-31 03:30:00",
            "2027-10-30T23:30:00Z",
            "2027-10-31T02:30:00Z",
        ),
    ] {
        let fields = read(&text(start), &text(end), &zones);
        assert_eq!(fields, timed(expected_start, expected_end), "{start} {end}");
    }
}

#[test]
fn r3_4_an_end_before_the_start_is_read_as_it_is() {
    let fields = read(
        &text("2026-07-01 10:00:00"),
        &text("2026-07-01 09:00:00"),
        &zones("UTC", BERLIN),
    );
    assert_eq!(
        fields,
        timed("2026-07-01T10:00:00Z", "2026-07-01T09:00:00Z")
    );
    let back = write(&fields, &zones("UTC", BERLIN));
    assert_eq!(back.minutes, Some(-60));
}

#[test]
fn r3_2_malformed_texts_have_no_value() {
    let zones = zones("UTC", BERLIN);
    let good = text("2026-07-01 10:00:00");
    for bad in [
        "0000-00-00 10:00:00",
        "2026-02-30 10:00:00",
        "2026-07-01 25:00:00",
        "2026-07-01 10",
        "2026-07-01 ",
        " 10:00:00",
        "01.07.2026 10:00:00",
        "2026-07-01T09:00 10:00",
    ] {
        let fields = read(&text(bad), &good, &zones);
        assert_eq!(
            fields,
            Fields::new().with(Field::End, "2026-07-01T10:00:00Z"),
            "{bad}"
        );
    }
}

#[test]
fn r3_2_all_day_is_from_midnight_to_midnight_of_the_user() {
    for (server, user, start, end, first, last) in [
        (
            "UTC",
            BERLIN,
            "2026-06-30 22:00:00",
            "2026-07-01 22:00:00",
            date(2026, 7, 1),
            date(2026, 7, 1),
        ),
        (
            "UTC",
            BERLIN,
            "2026-12-23 23:00",
            "2026-12-26 23:00",
            date(2026, 12, 24),
            date(2026, 12, 26),
        ),
        // 23 and 25 hours.
        (
            "UTC",
            BERLIN,
            "2026-03-28 23:00:00",
            "2026-03-29 22:00:00",
            date(2026, 3, 29),
            date(2026, 3, 29),
        ),
        (
            "UTC",
            BERLIN,
            "2026-10-24 22:00:00",
            "2026-10-25 23:00:00",
            date(2026, 10, 25),
            date(2026, 10, 25),
        ),
        (
            BERLIN,
            BERLIN,
            "2026-07-01 00:00:00",
            "2026-07-02 00:00:00",
            date(2026, 7, 1),
            date(2026, 7, 1),
        ),
        (
            "UTC",
            "Pacific/Kiritimati",
            "2026-06-30 10:00:00",
            "2026-07-01 10:00:00",
            date(2026, 7, 1),
            date(2026, 7, 1),
        ),
        (
            "UTC",
            "Etc/GMT+12",
            "2026-07-01 12:00:00",
            "2026-07-02 12:00:00",
            date(2026, 7, 1),
            date(2026, 7, 1),
        ),
    ] {
        let fields = read(&text(start), &text(end), &zones(server, user));
        assert_eq!(fields, all_day(first, last), "{user} {start}");
    }
}

#[test]
fn r3_2_what_is_not_whole_days_of_the_user_is_not_all_day() {
    for (start, end) in [
        ("2026-07-01 00:00:00", "2026-07-02 00:00:00"),
        ("2026-06-30 22:00:00", "2026-07-01 21:59:00"),
        ("2026-06-30 22:00:00", "2026-06-30 22:00:00"),
        ("2026-07-01 22:00:00", "2026-06-30 22:00:00"),
        // 24 hours, but not midnight to midnight in this night.
        ("2026-03-28 23:00:00", "2026-03-29 23:00:00"),
    ] {
        let fields = read(&text(start), &text(end), &zones("UTC", BERLIN));
        assert_eq!(fields.get(Field::AllDay), "", "{start} {end}");
        assert!(fields.get(Field::Start).ends_with('Z'));
    }
}

#[test]
fn r3_2_an_all_day_appointment_stays_on_its_day_in_every_zone() {
    for server in SERVERS {
        for user in USERS {
            let zones = zones(server, user);
            let mut day = date(2026, 1, 1);
            while day < date(2028, 1, 1) {
                for days in [0, 1, 3] {
                    let fields = all_day(day, day.checked_add(days.days()).expect("a day"));
                    let texts = write(&fields, &zones);
                    assert_eq!(read_texts(&texts, &zones), fields, "{server} {user}");
                }
                day = day.tomorrow().expect("a day");
            }
        }
    }
}

#[test]
fn r3_2_an_end_of_which_nothing_is_known_is_not_written() {
    let zones = zones("UTC", BERLIN);
    let half = write(
        &Fields::new().with(Field::Start, "2026-07-01T10:00:00Z"),
        &zones,
    );
    assert_eq!(half.start, Some(text("2026-07-01 10:00:00")));
    assert_eq!((half.end, half.minutes), (None, None));
    let days_without_all_day = timed("2026-07-01", "2026-07-01");
    assert_eq!(write(&days_without_all_day, &zones), Texts::default());
}

proptest! {
    #[test]
    fn r3_2_times_are_exact_where_the_server_can_tell_them(
        server in prop::sample::select(SERVERS), user in prop::sample::select(USERS),
        start in 1_767_225_600_i64..1_830_297_600, minutes in 1_i64..3_000,
    ) {
        let zones = zones(server, user);
        let start = Timestamp::from_second(start).expect("in range");
        let end = start + SignedDuration::from_mins(minutes);
        let fields = timed(&start.to_string(), &end.to_string());
        let texts = write(&fields, &zones);
        let read = read_texts(&texts, &zones);
        // Only a server that puts its clock back writes two moments alike; its texts stay the same then.
        let repeated = |moment: Timestamp| moments(&super::text_of(moment, &zones.server), &zones.server).len() > 1;
        let midnights = read.get(Field::AllDay) == "1";
        prop_assert!(read == fields || midnights || repeated(start) || repeated(end));
        let again = write(&read, &zones);
        prop_assert_eq!((again.start, again.end), (texts.start, texts.end));
    }

    #[test]
    fn arbitrary_texts_never_panic(texts in prop::array::uniform4("\\PC{0,12}|[0-9:-]{0,12}")) {
        let [date, time, other_date, other_time] = texts;
        let start = Text { date, time };
        let end = Text { date: other_date, time: other_time };
        let zones = zones("UTC", BERLIN);
        let fields = read(&start, &end, &zones);
        write(&fields, &zones);
    }
}
