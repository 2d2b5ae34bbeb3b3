//! Another computer, another CRM, a lost state and an old one (R7.10, R7.11): recognised before anything is written, and whatever the
//! user decides, nothing is lost or doubled.

use std::sync::Arc;

use engine::{Claim, owner};
use model::{Code, Component};
use ports::ErrorKind;
use sandbox::exchange::Act;
use sandbox::options::Mode;
use scenarios::people::{field, text};
use scenarios::stage::{Stage, beginning};

const BOTH: [Mode; 2] = [Mode::Exchange, Mode::Gromox];

/// Both sides hold the same three people, and a run was at this computer.
async fn synced(mode: Mode) -> Stage {
    let stage = Stage::of(Component::Contacts, mode).await;
    for name in ["Groß", "Klein", "Maier"] {
        stage.types_in(&[("Surname", name), ("PhoneNumbers/BusinessPhone", "1")]);
    }
    stage.sync().await;
    stage.forget_requests();
    stage
}

/// Both sides hold so many people, each once and as the other side has it.
fn assert_equal(stage: &Stage, people: usize) {
    let pairs = stage.pairs();
    let held = stage.counts();
    assert_eq!((pairs.len(), held), (people, (people, people)));
    for (item, record) in &pairs {
        assert_eq!(stage.item_values(item), stage.record_values(record));
    }
}

async fn is_refused(stage: &Stage, code: Code) {
    let failure = stage.failing_sync().await;
    let told = (&failure.kind, failure.problem.code);
    assert_eq!(told, (&ErrorKind::Denied, code), "{failure:?}");
    assert_eq!(stage.writes(), (0, 0));
}

async fn take_over(stage: &Stage) {
    let (mailbox, owner) = (&*stage.mailbox, stage.owner());
    let taken = owner::claim(mailbox, &stage.policy, &owner, Claim::TakeOver, beginning());
    taken.await.expect("nothing is in the way");
}

#[tokio::test]
async fn r7_10_a_second_computer_is_recognised_before_anything_is_written() {
    for mode in BOTH {
        let mut stage = synced(mode).await;
        stage.lose_state().await;
        stage.computer = "laptop";
        is_refused(&stage, Code::OtherComputer).await;

        take_over(&stage).await;
        let ran = stage.sync().await;
        assert!(!ran.tally.wrote(), "{mode:?}: the stamps tell");
        assert_equal(&stage, 3);
        stage.assert_settled().await;

        stage.forget_requests();
        stage.computer = "desk";
        stage.types_in(&[("Surname", "Neu")]);
        is_refused(&stage, Code::OtherComputer).await;
        stage.computer = "laptop";
        stage.sync().await;
        assert_equal(&stage, 4);
    }
}

#[tokio::test]
async fn r7_10_another_crm_is_recognised_before_anything_is_written() {
    for mode in BOTH {
        let stage = synced(mode).await;
        let mut staging = Stage::of(Component::Contacts, mode).await;
        staging.records(&[("lastname", "Groß"), ("phone", "1")]);
        staging.forget_requests();
        staging.mailbox = Arc::clone(&stage.mailbox);
        staging.computer = "laptop";
        is_refused(&staging, Code::OtherCrm).await;
        assert_eq!(stage.writes(), (0, 0));

        // The stamps of the other CRM say nothing here: who is there by name is linked, the others come in as new.
        take_over(&staging).await;
        let ran = staging.sync().await;
        assert_eq!((ran.tally.linked, ran.tally.records.created), (1, 2));
        assert_eq!(staging.own_records("Contacts").len(), 3);
        assert_eq!(stage.items().len(), 3);
        stage.forget_requests();
        stage.records(&[("lastname", "Neu")]);
        is_refused(&stage, Code::OtherCrm).await;
    }
}

#[tokio::test]
async fn r7_10_a_mark_that_is_gone_is_made_again_and_stands_in_one_place() {
    for mode in BOTH {
        let mut stage = synced(mode).await;
        let act = Act::DeleteFolder {
            path: "CRM-Sync".to_owned(),
        };
        let gone = stage.sandbox.exchange.act(&stage.user().email, &act);
        gone.expect("the folder is there");
        stage.types_in(&[("Surname", "Neu")]);
        stage.sync().await;
        assert_equal(&stage, 4);
        // Without e-mails there is no folder of theirs: the mark moves to the inbox, and both are looked at.
        stage
            .policy
            .components
            .retain(|it| *it != Component::Emails);
        stage.lose_state().await;
        stage.forget_requests();
        stage.computer = "laptop";
        is_refused(&stage, Code::OtherComputer).await;
        stage.computer = "desk";
        stage.sync().await;
        stage.policy = model::Policy::default();
        stage.lose_state().await;
        stage.forget_requests();
        stage.computer = "laptop";
        is_refused(&stage, Code::OtherComputer).await;
    }
}

#[tokio::test]
async fn r7_11_without_its_state_the_program_finds_everything_again() {
    for mode in BOTH {
        let mut stage = synced(mode).await;
        let kept = text(&stage.record("Groß"), "id");
        let edited = stage.item("Klein").id;
        stage.edits_record(&kept, &[("phone", "2")]);
        stage.edits_item(&edited, &[("PhoneNumbers/BusinessPhone", "3")]);
        stage.lose_state().await;
        let ran = stage.sync().await;
        let created = (ran.tally.items.created, ran.tally.records.created);
        let deleted = (ran.tally.items.deleted, ran.tally.records.deleted);
        assert_eq!((created, deleted), ((0, 0), (0, 0)));
        assert_equal(&stage, 3);
        // Which side changed since is known by the stamp.
        let (gross, klein) = (stage.item("Groß"), stage.record("Klein"));
        assert_eq!(field(&gross, "PhoneNumbers/BusinessPhone"), "2");
        assert_eq!(text(&klein, "phone"), "3");
        stage.assert_settled().await;
    }
}

#[tokio::test]
async fn r7_11_a_state_from_a_backup_loses_and_doubles_nothing() {
    for mode in BOTH {
        let mut stage = synced(mode).await;
        let backup = stage.copy_state().await;
        // What is made, changed and deleted on either side after the backup, and synced before it comes back.
        stage.records(&[("lastname", "Nach")]);
        stage.types_in(&[("Surname", "Danach")]);
        let (gross, maier) = (
            text(&stage.record("Groß"), "id"),
            text(&stage.record("Maier"), "id"),
        );
        stage.edits_record(&gross, &[("phone", "2")]);
        stage
            .sandbox
            .crm
            .delete(&stage.user().name, &maier)
            .expect("there");
        stage.sync().await;
        assert_equal(&stage, 4);
        // And what is changed while the backup is put back.
        let klein = stage.item("Klein").id;
        stage.edits_item(&klein, &[("PhoneNumbers/BusinessPhone", "3")]);
        stage.restore_state(&backup).await;
        stage.sync().await;
        assert_equal(&stage, 4);
        assert_eq!(text(&stage.record("Groß"), "phone"), "2");
        assert_eq!(text(&stage.record("Klein"), "phone"), "3");
        stage.assert_settled().await;
    }
}
