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
