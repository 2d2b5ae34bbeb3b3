//! Cycles in which nobody did anything: what they ask the servers for (DESIGN 7), and that they write nothing (S2); and what
//! others keep changing to and fro.

use std::collections::BTreeMap;

use model::{Choice, Code, Component, Field, Pick, Picked, Side};
use ports::StateStore;
use sandbox::company::{CalendarSizes, Sizes};
use sandbox::options::{Mode, Options};
use scenarios::people::{field, text};
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

/// Somebody on either side who keeps putting back what the other one wants.
struct Quarrel {
    stage: Stage,
    item: String,
    record: String,
}

impl Quarrel {
    async fn begun() -> Self {
        let stage = Stage::empty().await;
        let record = stage.records(&[
            ("lastname", "Stöhr"),
            ("phone", "0341 1"),
            ("title", "Köchin"),
        ]);
        stage.sync().await;
        let item = stage.item("Stöhr").id;
        Self {
            stage,
            item,
            record,
        }
    }

    /// Two add-ins that write telephone numbers in their own way, each once a minute, a sync in between.
    async fn round(&self) {
        for (item, record) in [(Some("+49 341 1"), None), (None, Some("0341 1"))] {
            self.stage.seconds_pass(60);
            if let Some(phone) = item {
                self.stage
                    .edits_item(&self.item, &[("PhoneNumbers/BusinessPhone", phone)]);
            }
            if let Some(phone) = record {
                self.stage.edits_record(&self.record, &[("phone", phone)]);
            }
            self.stage.sync().await;
        }
    }

    async fn waits(&self) -> Vec<Code> {
        let waiting = self.stage.store.refusals(Component::Contacts).await;
        let waiting = waiting.expect("the profile is ours").into_iter();
        waiting.map(|refusal| refusal.problem.code).collect()
    }
}

#[tokio::test]
async fn s2_s9_a_field_that_goes_to_and_fro_rests_and_is_told_of() {
    let quarrel = Quarrel::begun().await;
    for _ in 0..6 {
        quarrel.round().await;
    }
    let stage = &quarrel.stage;
    stage.forget_requests();
    quarrel.round().await;
    assert_eq!(stage.writes(), (0, 0), "nothing is written to and fro");
    assert_eq!(quarrel.waits().await, [Code::FieldFlips]);

    // Everything else of the entry goes on.
    stage.edits_record(&quarrel.record, &[("title", "Küchenchefin")]);
    stage.sync().await;
    assert_eq!(field(&stage.item("Stöhr"), "JobTitle"), "Küchenchefin");
    assert_eq!(quarrel.waits().await, [Code::FieldFlips]);

    // The quarrel is over: after a day what stands there last is synced again.
    stage.seconds_pass(60);
    stage.edits_item(&quarrel.item, &[("PhoneNumbers/BusinessPhone", "0341 2")]);
    stage.sync().await;
    assert_eq!(quarrel.waits().await, [Code::FieldFlips]);
    stage.seconds_pass(24 * 60 * 60);
    stage.sync().await;
    assert_eq!(text(&stage.record("Stöhr"), "phone"), "0341 2");
    assert_eq!(quarrel.waits().await, []);
    stage.assert_settled().await;
}

#[tokio::test]
async fn r6_4_a_person_ends_the_quarrel_over_a_field() {
    let quarrel = Quarrel::begun().await;
    for _ in 0..6 {
        quarrel.round().await;
    }
    let stage = &quarrel.stage;
    let links = stage.links().await;
    let (item, record) = ("+49 341 1".to_owned(), "0341 1".to_owned());
    let picked = Picked {
        item,
        record,
        pick: Pick::Keep(Side::Mailbox),
    };
    let choice = Choice {
        fields: BTreeMap::from([(Field::Phone, picked)]),
        survivor: None,
    };
    let waiting = stage.store.refusals(Component::Contacts).await;
    let entry = &waiting.expect("the profile is ours")[0].entry;
    let chosen = engine::choose(
        &*stage.store,
        Component::Contacts,
        entry,
        &links[0].id,
        choice,
    );
    chosen.await.expect("the profile is ours");
    stage.sync().await;
    assert_eq!(text(&stage.record("Stöhr"), "phone"), "+49 341 1");
    assert_eq!(quarrel.waits().await, []);
    stage.assert_settled().await;
}
