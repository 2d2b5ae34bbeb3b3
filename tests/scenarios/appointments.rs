//! Appointments on real wire formats, with an Exchange that expands series and checks versions and with one that does neither.
//! Every scenario begins on 1 June 2026; the user lives in Berlin, the CRM keeps UTC.

use model::policy::{FolderChoice, PrivateItems};
use model::{Code, Component, RemoteId};
use ports::StateStore;
use sandbox::exchange::{ItemView, Response};
use sandbox::options::Mode;
use scenarios::calendar::{event_line, seen_line};
use scenarios::people::{field, text};
use scenarios::stage::Stage;

const BERLIN: &str = "W. Europe Standard Time";

/// A weekly series, Mondays and Thursdays at ten in Berlin, from 15 June 2026 on, four times.
const TEAM: &[(&str, &str)] = &[
    ("Subject", "Team"),
    ("Location", "Room 1"),
    ("Start", "2026-06-15T10:00:00"),
    ("End", "2026-06-15T11:00:00"),
    ("StartTimeZone", BERLIN),
    ("Recurrence/WeeklyRecurrence/Interval", "1"),
    ("Recurrence/WeeklyRecurrence/DaysOfWeek", "Monday Thursday"),
    ("Recurrence/NumberedRecurrence/StartDate", "2026-06-15"),
    ("Recurrence/NumberedRecurrence/NumberOfOccurrences", "4"),
];

/// The events of that series.
const TEAM_EVENTS: [&str; 4] = [
    "2026-06-15 08:00:00..2026-06-15 09:00:00 Team",
    "2026-06-18 08:00:00..2026-06-18 09:00:00 Team",
    "2026-06-22 08:00:00..2026-06-22 09:00:00 Team",
    "2026-06-25 08:00:00..2026-06-25 09:00:00 Team",
];

/// Makes one test for each kind of server.
macro_rules! on_both_servers {
    ($($(#[$meta:meta])* async fn $name:ident($stage:ident: Stage) $body:block)+) => {
        mod on_exchange {
            use super::*;
            $(
                $(#[$meta])*
                #[tokio::test]
                async fn $name() {
                    super::$name(Stage::of(Component::Appointments, Mode::Exchange).await).await;
                }
            )+
        }
        mod on_gromox {
            use super::*;
            $(
                $(#[$meta])*
                #[tokio::test]
                async fn $name() {
                    super::$name(Stage::of(Component::Appointments, Mode::Gromox).await).await;
                }
            )+
        }
        $(#[allow(unused_mut)] async fn $name(mut $stage: Stage) $body)+
    };
}

/// What the connector wrote was sent to nobody, and what others organise was not touched (S6).
fn assert_nobody_heard(stage: &Stage) {
    let exchange = &stage.sandbox.exchange;
    assert_eq!(exchange.outbox(&stage.user().email), []);
    assert_eq!(exchange.touched_meetings(&stage.user().email), []);
}

async fn reasons(stage: &Stage) -> Vec<(RemoteId, Code)> {
    let refusals = stage.store.refusals(Component::Appointments).await;
    refusals
        .expect("the profile is ours")
        .into_iter()
        .map(|refusal| (refusal.entry, refusal.problem.code))
        .collect()
}

fn june(stage: &Stage) -> Vec<ItemView> {
    stage.calendar("2026-06-01", "2026-07-01")
}

on_both_servers! {
    async fn r3_1_r3_2_every_field_reaches_the_crm_as_a_meeting(stage: Stage) {
        stage.enters(&[
            ("Subject", "Jour fixe “Übergabe” & mehr"),
            ("Start", "2026-06-10T14:00:00"),
            ("End", "2026-06-10T15:30:00"),
            ("StartTimeZone", BERLIN),
            ("Location", "Raum 3, O'Neill-Bau"),
            ("Body", "Erste Zeile\nZweite Zeile"),
            ("Sensitivity", "Normal"),
            ("ReminderIsSet", "true"),
            ("ReminderMinutesBeforeStart", "30"),
        ]);
        stage.sync().await;
        let event = stage.titled("Jour fixe “Übergabe” & mehr");
        for (name, value) in [
            ("date_start", "2026-06-10"),
            ("time_start", "12:00:00"),
            ("due_date", "2026-06-10"),
            ("time_end", "13:30:00"),
            ("location", "Raum 3, O'Neill-Bau"),
            ("description", "Erste Zeile\nZweite Zeile"),
            ("visibility", "Public"),
            ("activitytype", "Meeting"),
            ("reminder_time", "30"),
        ] {
            assert_eq!(text(&event, name), value, "{name}");
        }
        stage.assert_settled().await;
        assert_nobody_heard(&stage);
    }

    async fn r3_1_r3_2_every_field_reaches_the_mailbox(stage: Stage) {
        stage.schedules(&[
            ("subject", "Kundentermin"),
            ("activitytype", "Call"),
            ("date_start", "2026-12-01"),
            ("time_start", "09:00:00"),
            ("due_date", "2026-12-01"),
            ("time_end", "09:45:00"),
            ("location", "Łódź"),
            ("description", "Zeile 1\nZeile 2"),
            ("visibility", "Private"),
            ("reminder_time", "15"),
        ]);
        stage.schedules(&[
            ("subject", "A type of their own"),
            ("activitytype", "Holiday"),
            ("date_start", "2026-12-01"),
            ("time_start", "09:00:00"),
            ("due_date", "2026-12-01"),
            ("time_end", "09:45:00"),
        ]);
        stage.sync().await;
        let items = stage.items();
        assert_eq!(items.len(), 1, "{items:?}");
        let item = stage.item_titled("Kundentermin");
        for (name, value) in [
            ("Start", "2026-12-01T09:00:00Z"),
            ("End", "2026-12-01T09:45:00Z"),
            ("IsAllDayEvent", "false"),
            ("Location", "Łódź"),
            ("Sensitivity", "Private"),
            ("ReminderIsSet", "true"),
            ("ReminderMinutesBeforeStart", "15"),
        ] {
            assert_eq!(field(&item, name), value, "{name}");
        }
        stage.assert_settled().await;
        assert_nobody_heard(&stage);
    }

    async fn r3_2_an_all_day_appointment_stays_on_its_days(stage: Stage) {
        stage.enters(&[
            ("Subject", "Fair"),
            ("IsAllDayEvent", "true"),
            ("Start", "2026-10-24T00:00:00"),
            ("End", "2026-10-27T00:00:00"),
            ("StartTimeZone", BERLIN),
        ]);
        // Midnight to midnight in Berlin, over the end of summer time.
        stage.schedules(&[
            ("subject", "Stocktaking"),
            ("date_start", "2026-10-23"),
            ("time_start", "22:00:00"),
            ("due_date", "2026-10-25"),
            ("time_end", "23:00:00"),
        ]);
        stage.sync().await;
        assert_eq!(
            event_line(&stage.titled("Fair")),
            "2026-10-23 22:00:00..2026-10-26 23:00:00 Fair"
        );
        let item = stage.item_titled("Stocktaking");
        assert_eq!(field(&item, "IsAllDayEvent"), "true");
        assert_eq!(
            seen_line(&item),
            "2026-10-23T22:00:00Z..2026-10-25T23:00:00Z Stocktaking"
        );
        stage.assert_settled().await;
        // It moves to other days, and then becomes an hour.
        stage.edits_item(&stage.item_titled("Fair").id, &[
            ("Start", "2026-10-26T00:00:00"),
            ("End", "2026-10-28T00:00:00"),
        ]);
        stage.sync().await;
        assert_eq!(
            event_line(&stage.titled("Fair")),
            "2026-10-25 23:00:00..2026-10-27 23:00:00 Fair"
        );
        let id = text(&stage.titled("Fair"), "id");
        stage.edits_record(&id, &[
            ("date_start", "2026-10-26"),
            ("time_start", "09:00:00"),
            ("due_date", "2026-10-26"),
            ("time_end", "10:00:00"),
        ]);
        stage.sync().await;
        let item = stage.item_titled("Fair");
        assert_eq!(field(&item, "IsAllDayEvent"), "false");
        assert_eq!(seen_line(&item), "2026-10-26T09:00:00Z..2026-10-26T10:00:00Z Fair");
        stage.assert_settled().await;
    }

    async fn r3_3_appointments_of_the_past_days_the_user_chose_sync_and_earlier_ones_do_not(stage: Stage) {
        for (subject, day) in [("Long over", "2026-04-01"), ("Lately", "2026-05-20")] {
            let start = format!("{day}T08:00:00Z");
            let end = format!("{day}T09:00:00Z");
            stage.enters(&[("Subject", subject), ("Start", &start), ("End", &end)]);
        }
        stage.sync().await;
        assert_eq!(stage.events(), ["2026-05-20 08:00:00..2026-05-20 09:00:00 Lately"]);
        stage.past_days = 90;
        stage.sync().await;
        assert_eq!(stage.events().len(), 2);
        stage.assert_settled().await;
    }

    async fn r3_4_r6_5_what_makes_no_sense_is_listed_filled_in_and_then_syncs(stage: Stage) {
        let id = stage.enters(&[
            ("Subject", ""),
            ("Start", "2026-06-10T08:00:00Z"),
            ("End", "2026-06-10T09:00:00Z"),
        ]);
        stage.enters(&[
            ("Subject", "Fine"),
            ("Start", "2026-06-11T08:00:00Z"),
            ("End", "2026-06-11T09:00:00Z"),
        ]);
        let event = stage.schedules(&[
            ("subject", "Backwards"),
            ("date_start", "2026-06-12"),
            ("time_start", "09:00:00"),
            ("due_date", "2026-06-12"),
            ("time_end", "08:00:00"),
        ]);
        let ran = stage.sync().await;
        assert_eq!(ran.tally.conflicts, 2);
        assert_eq!(stage.items().len(), 2);
        let mut codes: Vec<Code> = reasons(&stage).await.into_iter().map(|(_, code)| code).collect();
        codes.sort();
        assert_eq!(codes, [Code::FieldMandatory, Code::EndBeforeStart]);
        let fill = async |entry: RemoteId, field: model::Field, value: &str| {
            let filled = engine::FilledIn {
                values: vec![(field, value.to_owned())],
                ..engine::FilledIn::default()
            };
            let run = stage.store.start_run(&[Component::Appointments], jiff::Timestamp::UNIX_EPOCH);
            let run = run.await.expect("the profile is ours");
            let engine = stage.engine();
            let done = engine.fill_in(run, Component::Appointments, &entry, &filled).await;
            done.expect("filled in");
        };
        fill(RemoteId::Mailbox(model::ItemId::new(id)), model::Field::Subject, "Named").await;
        let entry = RemoteId::Crm(model::RecordId::new(event));
        fill(entry, model::Field::End, "2026-06-12T10:00:00Z").await;
        stage.sync().await;
        assert_eq!(reasons(&stage).await, []);
        assert_eq!(event_line(&stage.titled("Named")), "2026-06-10 08:00:00..2026-06-10 09:00:00 Named");
        assert_eq!(
            seen_line(&stage.item_titled("Backwards")),
            "2026-06-12T09:00:00Z..2026-06-12T10:00:00Z Backwards"
        );
        stage.assert_settled().await;
    }

    async fn r3_5_a_series_is_one_event_for_each_occurrence(stage: Stage) {
        let series = stage.enters(TEAM);
        let (user, exchange) = (stage.user().email.clone(), &stage.sandbox.exchange);
        let changed = [("Subject", "Team with guests"), ("Start", "2026-06-18T14:00:00"), ("End", "2026-06-18T15:00:00")];
        exchange.edit_occurrence(&user, &series, "2026-06-18", &changed).expect("an occurrence");
        exchange.delete_occurrence(&user, &series, "2026-06-22").expect("an occurrence");
        stage.sync().await;
        assert_eq!(stage.events(), [
            TEAM_EVENTS[0],
            "2026-06-18 12:00:00..2026-06-18 13:00:00 Team with guests",
            TEAM_EVENTS[3],
        ]);
        stage.assert_settled().await;
        assert_nobody_heard(&stage);
    }

    async fn r3_5_exceptions_and_deletions_made_later_change_their_own_events(stage: Stage) {
        let series = stage.enters(TEAM);
        stage.sync().await;
        assert_eq!(stage.events(), TEAM_EVENTS);
        let (user, exchange) = (stage.user().email.clone(), &stage.sandbox.exchange);
        exchange.edit_occurrence(&user, &series, "2026-06-18", &[("Location", "Room 2")]).expect("an occurrence");
        exchange.delete_occurrence(&user, &series, "2026-06-25").expect("an occurrence");
        let ran = stage.sync().await;
        assert_eq!((ran.tally.records.updated, ran.tally.records.deleted), (1, 1));
        assert_eq!((ran.tally.records.created, ran.tally.items.updated), (0, 0));
        assert_eq!(stage.events(), TEAM_EVENTS[..3]);
        stage.assert_settled().await;
    }

    async fn r3_5_an_edit_in_the_crm_makes_an_exception_of_that_occurrence(stage: Stage) {
        stage.enters(TEAM);
        stage.sync().await;
        let events = stage.own_records("Events");
        let of = |day: &str| {
            let mut events = events.iter();
            let event = events.find(|event| text(event, "date_start") == day);
            text(event.expect("an event of that day"), "id")
        };
        stage.edits_record(&of("2026-06-18"), &[("subject", "Team, moved"), ("time_start", "09:00:00"), ("time_end", "10:00:00")]);
        let crm = &stage.sandbox.crm;
        crm.delete(&stage.user().name, &of("2026-06-22")).expect("deleted");
        let ran = stage.sync().await;
        assert_eq!((ran.tally.items.updated, ran.tally.items.deleted), (1, 1));
        let seen: Vec<String> = june(&stage).iter().map(seen_line).collect();
        assert_eq!(seen, [
            "2026-06-15T08:00:00Z..2026-06-15T09:00:00Z Team",
            "2026-06-18T09:00:00Z..2026-06-18T10:00:00Z Team, moved",
            "2026-06-25T08:00:00Z..2026-06-25T09:00:00Z Team",
        ]);
        stage.assert_settled().await;
        assert_nobody_heard(&stage);
    }

    async fn r3_5_edits_of_several_records_of_a_series_are_as_many_exceptions_of_one_run(stage: Stage) {
        stage.enters(TEAM);
        stage.sync().await;
        for event in stage.own_records("Events") {
            let place = format!("Room of {}", text(&event, "date_start"));
            stage.edits_record(&text(&event, "id"), &[("location", &place)]);
        }
        let ran = stage.sync().await;
        assert_eq!((ran.tally.items.updated, ran.tally.failed), (4, 0));
        let seen = june(&stage);
        let places: Vec<&str> = seen.iter().map(|item| field(item, "Location")).collect();
        assert_eq!(places, [
            "Room of 2026-06-15",
            "Room of 2026-06-18",
            "Room of 2026-06-22",
            "Room of 2026-06-25",
        ]);
        stage.assert_settled().await;
        assert_nobody_heard(&stage);
    }

    async fn r3_5_a_change_of_the_whole_series_keeps_its_events(stage: Stage) {
        let series = stage.enters(TEAM);
        stage.sync().await;
        let ids = |stage: &Stage| {
            let mut ids: Vec<String> = stage.own_records("Events").iter().map(|event| text(event, "id")).collect();
            ids.sort();
            ids
        };
        let before = ids(&stage);
        stage.edits_item(&series, &[("Location", "Room 9")]);
        let ran = stage.sync().await;
        assert_eq!((ran.tally.records.updated, ran.tally.records.created), (4, 0));
        stage.edits_item(&series, &[("Start", "2026-06-15T12:00:00"), ("End", "2026-06-15T13:00:00")]);
        let ran = stage.sync().await;
        assert_eq!((ran.tally.records.updated, ran.tally.records.created, ran.tally.records.deleted), (4, 0, 0));
        assert_eq!(ids(&stage), before);
        assert_eq!(stage.events()[0], "2026-06-15 10:00:00..2026-06-15 11:00:00 Team");
        stage.assert_settled().await;
        stage.sandbox.exchange.delete(&stage.user().email, &series).expect("deleted");
        let ran = stage.sync().await;
        assert_eq!(ran.tally.records.deleted, 4);
        stage.assert_settled().await;
    }

    async fn r3_5_occurrences_come_up_as_the_horizon_moves_on(stage: Stage) {
        stage.policy.series_horizon_days = 20;
        stage.enters(TEAM);
        stage.sync().await;
        assert_eq!(stage.events(), TEAM_EVENTS[..2]);
        stage.seconds_pass(4 * 86_400);
        let ran = stage.sync().await;
        assert_eq!((ran.tally.records.created, ran.tally.records.deleted), (2, 0));
        assert_eq!(stage.events(), TEAM_EVENTS);
        stage.assert_settled().await;
    }

    async fn r3_5_r3_2_a_series_keeps_its_wall_clock_when_summer_time_ends(stage: Stage) {
        stage.enters(&[
            ("Subject", "Early"),
            ("Start", "2026-10-19T07:00:00"),
            ("End", "2026-10-19T07:30:00"),
            ("StartTimeZone", BERLIN),
            ("Recurrence/WeeklyRecurrence/Interval", "1"),
            ("Recurrence/WeeklyRecurrence/DaysOfWeek", "Monday"),
            ("Recurrence/EndDateRecurrence/StartDate", "2026-10-19"),
            ("Recurrence/EndDateRecurrence/EndDate", "2026-10-26"),
        ]);
        stage.sync().await;
        assert_eq!(stage.events(), [
            "2026-10-19 05:00:00..2026-10-19 05:30:00 Early",
            "2026-10-26 06:00:00..2026-10-26 06:30:00 Early",
        ]);
        stage.assert_settled().await;
    }

    async fn r3_6_s6_what_others_organise_is_read_and_never_written(stage: Stage) {
        stage.make_folder();
        let exchange = &stage.sandbox.exchange;
        exchange.invited(&stage.user().email, stage.folder(), "Chef <chef@kunde.example>", Response::Accept, &[
            ("Subject", "Board"),
            ("Start", "2026-06-10T08:00:00Z"),
            ("End", "2026-06-10T09:00:00Z"),
        ]).expect("an invitation");
        let before = stage.item_titled("Board").canonical;
        stage.sync().await;
        let id = text(&stage.titled("Board"), "id");
        stage.edits_record(&id, &[("location", "Kiel")]);
        stage.sync().await;
        assert_eq!(reasons(&stage).await.len(), 1);
        assert_eq!(stage.item_titled("Board").canonical, before);
        stage.sandbox.crm.delete(&stage.user().name, &id).expect("deleted");
        stage.sync().await;
        assert_eq!(stage.item_titled("Board").canonical, before);
        stage.assert_settled().await;
        assert_nobody_heard(&stage);
    }

    async fn r3_6_s6_guests_of_the_user_hear_nothing_of_a_sync(stage: Stage) {
        stage.enters(&[
            ("Subject", "With guests"),
            ("Start", "2026-06-10T08:00:00Z"),
            ("End", "2026-06-10T09:00:00Z"),
            ("RequiredAttendees", "Ben <ben@kunde.example>"),
        ]);
        stage.sync().await;
        let id = text(&stage.titled("With guests"), "id");
        stage.edits_record(&id, &[("time_start", "09:00:00"), ("time_end", "10:00:00")]);
        stage.sync().await;
        assert_eq!(field(&stage.item_titled("With guests"), "Start"), "2026-06-10T09:00:00Z");
        stage.sandbox.crm.delete(&stage.user().name, &id).expect("deleted");
        stage.sync().await;
        assert_eq!(stage.items().len(), 0);
        assert_nobody_heard(&stage);
    }

    async fn r3_8_a_private_item_is_busy_without_content(stage: Stage) {
        stage.policy.private_items = PrivateItems::Busy;
        stage.enters(&[
            ("Subject", "Doctor"),
            ("Location", "Clinic"),
            ("Body", "Knee"),
            ("Start", "2026-06-10T08:00:00Z"),
            ("End", "2026-06-10T09:00:00Z"),
            ("Sensitivity", "Private"),
        ]);
        stage.sync().await;
        let events = stage.own_records("Events");
        let [event] = &events[..] else { panic!("{events:?}") };
        assert_eq!(event_line(event), "2026-06-10 08:00:00..2026-06-10 09:00:00 Busy");
        assert_eq!((text(event, "location"), text(event, "description")), (String::new(), String::new()));
        assert_eq!(text(event, "visibility"), "Private");
        stage.assert_settled().await;
    }

    async fn r1_3_r2_6_s10_in_the_standard_calendar_what_is_not_mapped_stays(stage: Stage) {
        stage.policy.folders.appointments = FolderChoice::Standard;
        stage.enters(&[
            ("Subject", "Old"),
            ("Start", "2020-06-10T08:00:00Z"),
            ("End", "2020-06-10T09:00:00Z"),
        ]);
        stage.enters(&[
            ("Subject", "Mine"),
            ("Start", "2026-06-10T08:00:00Z"),
            ("End", "2026-06-10T09:00:00Z"),
            ("LegacyFreeBusyStatus", "OOF"),
            ("Body/HTML", "<html><body><p>Bring <b>cake</b></p></body></html>"),
        ]);
        let old = stage.item_titled("Old");
        stage.sync().await;
        assert_eq!(stage.item_titled("Old").change_key, old.change_key);
        let id = text(&stage.titled("Mine"), "id");
        stage.edits_record(&id, &[("location", "Kiel")]);
        stage.sync().await;
        let item = stage.item_titled("Mine");
        assert_eq!(field(&item, "Location"), "Kiel");
        assert_eq!(field(&item, "LegacyFreeBusyStatus"), "OOF");
        assert!(field(&item, "Body").contains("<b>cake</b>"), "{}", field(&item, "Body"));
        stage.assert_settled().await;
    }
}
