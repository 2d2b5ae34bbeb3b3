//! Cycles in which nobody did anything: what they ask the servers for (DESIGN 7), and that they write nothing (S2).

use model::Component;
use sandbox::company::{CalendarSizes, Sizes};
use sandbox::options::{Mode, Options};
use scenarios::stage::Stage;

/// So many of each kind on each side; of the appointments some are series.
const ENTRIES: usize = 40;

/// A stage that has synced this component once, with the company's data on both sides.
async fn synced(component: Component, mode: Mode) -> Stage {
    let mut stage = Stage::with(Options {
        mode,
        sizes: Sizes::both(ENTRIES),
        calendar: CalendarSizes::of(ENTRIES, ENTRIES),
        ..Options::default()
    })
    .await;
    stage.component = component;
    let ran = stage.sync().await;
    assert!(ran.tally.wrote(), "there is something to sync");
    // What came back from the servers is no change of anybody.
    stage.assert_settled().await;
    stage
}

async fn requests_of_a_cycle(stage: &Stage) -> (u64, u64) {
    stage.sandbox.exchange.reset_journal();
    stage.sandbox.crm.reset_journal();
    let ran = stage.sync().await;
    assert!(!ran.tally.wrote(), "{:?}", ran.tally);
    let (exchange, crm) = (&stage.sandbox.exchange, &stage.sandbox.crm);
    (
        exchange.journal().all_requests(),
        crm.journal().all_requests(),
    )
}

#[tokio::test]
async fn s2_a_cycle_without_changes_asks_once_for_each_folder_and_module() {
    for mode in [Mode::Exchange, Mode::Gromox] {
        for component in [
            Component::Contacts,
            Component::Appointments,
            Component::Tasks,
        ] {
            let stage = synced(component, mode).await;
            for minutes in [0, 1, 10] {
                stage.seconds_pass(60 * minutes);
                let (exchange, crm) = requests_of_a_cycle(&stage).await;
                assert!(
                    exchange <= 1 && crm <= 1,
                    "{component} in {mode:?} after {minutes} min: {exchange} requests to Exchange, {crm} to the CRM"
                );
            }
        }
    }
}
