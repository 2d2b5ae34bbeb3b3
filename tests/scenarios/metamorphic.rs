//! What must come out the same when the question is put otherwise: with both sides and the strategy exchanged, and with one large run in
//! the place of many small ones.

use model::{Component, Strategy};
use sandbox::options::Mode;
use scenarios::people::{field, text};
use scenarios::stage::Stage;

/// What a user does to an end of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Unchanged,
    ChangedToOne,
    ChangedToTwo,
    Deleted,
}

const FATES: [Fate; 4] = [
    Fate::Unchanged,
    Fate::ChangedToOne,
    Fate::ChangedToTwo,
    Fate::Deleted,
];

/// The place of the appointment in the mailbox and in the CRM; `None` where it is gone.
type Ends = [Option<String>; 2];

fn mirrored<T: Clone>([one, other]: [T; 2]) -> [T; 2] {
    [other, one]
}

fn place(fate: Fate) -> Option<&'static str> {
    match fate {
        Fate::ChangedToOne => Some("one"),
        Fate::ChangedToTwo => Some("two"),
        Fate::Unchanged | Fate::Deleted => None,
    }
}

fn item_meets(stage: &Stage, fate: Fate) {
    let id = stage.item_titled("Talk").id;
    if let Some(place) = place(fate) {
        stage.edits_item(&id, &[("Location", place)]);
    } else if fate == Fate::Deleted {
        let deleted = stage.sandbox.exchange.delete(&stage.user().email, &id);
        deleted.expect("it is there");
    }
}

fn record_meets(stage: &Stage, fate: Fate) {
    let id = text(&stage.titled("Talk"), "id");
    if let Some(place) = place(fate) {
        stage.edits_record(&id, &[("location", place)]);
    } else if fate == Fate::Deleted {
        let deleted = stage.sandbox.crm.delete(&stage.user().name, &id);
        deleted.expect("it is there");
    }
}

/// What becomes of an appointment that both sides have, when this befalls its ends, the last of them later.
async fn outcome(strategy: Strategy, fates: [Fate; 2], item_is_later: bool) -> Ends {
    let stage = Stage::of(Component::Appointments, Mode::Exchange).await;
    let stage = stage.under(strategy);
    stage.enters(&[
        ("Subject", "Talk"),
        ("Start", "2026-06-10T08:00:00Z"),
        ("End", "2026-06-10T09:00:00Z"),
        ("Location", "before"),
    ]);
    stage.sync().await;
    for item_is_next in [!item_is_later, item_is_later] {
        stage.seconds_pass(60);
        match item_is_next {
            true => item_meets(&stage, fates[0]),
            false => record_meets(&stage, fates[1]),
        }
    }
    stage.seconds_pass(60);
    stage.sync().await;
    let item = stage
        .items()
        .first()
        .map(|item| field(item, "Location").to_owned());
    let record = stage
        .own_records("Events")
        .first()
        .map(|record| text(record, "location"));
    [item, record]
}

#[tokio::test]
async fn r6_1_r6_7_mirrored_sides_and_strategy_give_the_mirrored_outcome() {
    let pairs = [
        (Strategy::Exchange, Strategy::Crm),
        (Strategy::LastModified, Strategy::LastModified),
        (Strategy::None, Strategy::None),
    ];
    let mut looked_at = 0;
    for (strategy, mirror) in pairs {
        for item in FATES {
            for record in FATES {
                let one = outcome(strategy, [item, record], true).await;
                let other = outcome(mirror, [record, item], false).await;
                assert_eq!(
                    one,
                    mirrored(other),
                    "{strategy:?}: {item:?} and {record:?}"
                );
                looked_at += 1;
            }
        }
    }
    assert_eq!(looked_at, 48);
}

/// A day on both sides, with a sync after every act or only at its end.
async fn day(component: Component, syncs_often: bool) -> [Vec<String>; 2] {
    let stage = Stage::of(component, Mode::Exchange).await;
    let calm = async || {
        stage.seconds_pass(60);
        if syncs_often {
            stage.sync().await;
        }
    };
    let time = |hour: u32| format!("2026-06-10T{hour:02}:00:00Z");
    let enter = |subject: &str, hour: u32| {
        let (start, end) = (time(hour), time(hour + 1));
        let all = [
            ("Subject", subject),
            ("Start", start.as_str()),
            ("End", end.as_str()),
        ];
        match component {
            Component::Appointments => stage.enters(&all),
            _ => stage.enters(&all[..1]),
        }
    };
    let note = |subject: &str, hour: &str| {
        let all = [
            ("subject", subject),
            ("date_start", "2026-06-10"),
            ("due_date", "2026-06-10"),
        ];
        match component {
            Component::Appointments => {
                let times = [("time_start", hour), ("time_end", "20:00:00")];
                stage.schedules(&[all.as_slice(), times.as_slice()].concat())
            }
            _ => stage.notes_task(&all),
        }
    };
    let mine = enter("Mine", 6);
    calm().await;
    let theirs = note("Theirs", "09:00:00");
    calm().await;
    let doomed = enter("Doomed", 8);
    calm().await;
    let dropped = note("Dropped", "11:00:00");
    stage.sync().await;
    calm().await;
    stage.edits_item(&mine, &[("Body", "from Outlook")]);
    calm().await;
    stage.edits_record(&theirs, &[("description", "from the CRM")]);
    calm().await;
    let (exchange, crm, user) = (&stage.sandbox.exchange, &stage.sandbox.crm, stage.user());
    exchange.delete(&user.email, &doomed).expect("it is there");
    calm().await;
    crm.delete(&user.name, &dropped).expect("it is there");
    calm().await;
    stage.edits_record(
        &text(&stage.titled("Mine"), "id"),
        &[("subject", "Mine, too")],
    );
    calm().await;
    enter("Late", 14);
    calm().await;
    stage.sync().await;
    stage.assert_settled().await;
    let module = match component {
        Component::Appointments => "Events",
        _ => "Calendar",
    };
    let held = stage.items().into_iter().map(|item| {
        ["Subject", "Start", "End", "Body"]
            .map(|name| field(&item, name).to_owned())
            .join(" | ")
    });
    let kept = stage.own_records(module).into_iter().map(|record| {
        let names = [
            "subject",
            "date_start",
            "time_start",
            "due_date",
            "time_end",
            "description",
        ];
        names.map(|name| text(&record, name)).join(" | ")
    });
    let mut ends = [held.collect::<Vec<_>>(), kept.collect()];
    ends.iter_mut().for_each(|lines| lines.sort());
    ends
}

#[tokio::test]
async fn s2_one_large_run_ends_as_many_small_ones() {
    for component in [Component::Appointments, Component::Tasks] {
        let often = day(component, true).await;
        assert_eq!(often[0].len(), 3, "{often:?}");
        assert_eq!(often, day(component, false).await);
    }
}
