//! Appointments that leave the window of synced days: let go, and deleted on neither side. Every scenario begins on 1 June 2026.

use model::Component;
use sandbox::options::Mode;
use scenarios::stage::Stage;

#[tokio::test]
async fn r3_3_s5_an_appointment_that_leaves_the_past_days_is_deleted_nowhere() {
    for mode in [Mode::Exchange, Mode::Gromox] {
        let stage = Stage::of(Component::Appointments, mode).await;
        stage.enters(&[
            ("Subject", "From the mailbox"),
            ("Start", "2026-05-20T08:00:00Z"),
            ("End", "2026-05-20T09:00:00Z"),
        ]);
        stage.schedules(&[
            ("subject", "From the CRM"),
            ("date_start", "2026-05-21"),
            ("time_start", "08:00:00"),
            ("due_date", "2026-05-21"),
            ("time_end", "09:00:00"),
        ]);
        stage.sync().await;
        let events = stage.events();
        assert_eq!((stage.items().len(), events.len()), (2, 2));
        assert_eq!(stage.links().await.len(), 2);

        stage.seconds_pass(60 * 86_400);
        stage.assert_settled().await;
        assert_eq!(stage.items().len(), 2);
        assert_eq!(stage.events(), events);
    }
}

#[tokio::test]
async fn r3_3_r3_5_an_exception_that_runs_into_the_window_counts_as_an_appointment_does() {
    for mode in [Mode::Exchange, Mode::Gromox] {
        let stage = Stage::of(Component::Appointments, mode).await;
        let series = stage.enters(&[
            ("Subject", "Friday"),
            ("Start", "2026-04-03T10:00:00"),
            ("End", "2026-04-03T11:00:00"),
            ("StartTimeZone", "W. Europe Standard Time"),
            ("Recurrence/WeeklyRecurrence/Interval", "1"),
            ("Recurrence/WeeklyRecurrence/DaysOfWeek", "Friday"),
            ("Recurrence/NumberedRecurrence/StartDate", "2026-04-03"),
            ("Recurrence/NumberedRecurrence/NumberOfOccurrences", "6"),
        ]);
        // Both begin before the past days do, on 2 May, and end on that day.
        let long = [
            ("Subject", "Retreat"),
            ("Start", "2026-04-30T10:00:00"),
            ("End", "2026-05-02T12:00:00"),
        ];
        let (user, exchange) = (stage.user().email.clone(), &stage.sandbox.exchange);
        exchange
            .edit_occurrence(&user, &series, "2026-05-01", &long)
            .expect("an occurrence");
        stage.enters(&[
            ("Subject", "Visit"),
            ("Start", "2026-04-30T08:00:00Z"),
            ("End", "2026-05-02T10:00:00Z"),
        ]);
        stage.sync().await;
        assert_eq!(
            stage.events(),
            [
                "2026-04-30 08:00:00..2026-05-02 10:00:00 Retreat",
                "2026-04-30 08:00:00..2026-05-02 10:00:00 Visit",
                "2026-05-08 08:00:00..2026-05-08 09:00:00 Friday",
            ],
            "{mode:?}"
        );
        stage.assert_settled().await;
    }
}
