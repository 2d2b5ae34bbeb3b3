//! The tray menu by equality, in both languages, for every state.

use std::collections::BTreeMap;

use controller::view::Component;
use controller::{Connection, Counts, LastRun, Phase, Progress};
use texts::Language;

use super::*;

const GERMAN: Texts = Texts::new(Language::German);
const ENGLISH: Texts = Texts::new(Language::English);

fn side(account: &str) -> Connection {
    Connection {
        connected: true,
        account: account.to_owned(),
        server: "server.example".to_owned(),
        problem: None,
    }
}

fn contacts() -> ComponentStatus {
    ComponentStatus {
        component: Component::Contacts,
        enabled: true,
        links: 1250,
        waiting: 0,
        refused: 0,
        last_run: None,
        progress: None,
    }
}

fn in_state(state: State) -> Snapshot {
    Snapshot {
        state,
        since: 0,
        mailbox: side("anna@server.example"),
        crm: side("anna"),
        components: vec![contacts()],
        next_run: None,
        notice: None,
        managed: false,
    }
}

fn because(code: &str, values: &[(&str, &str)]) -> Problem {
    Problem {
        code: code.to_owned(),
        values: values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect::<BTreeMap<_, _>>(),
        since: 0,
    }
}

fn look(picture: Picture, line: &str, sync_now: bool, pause: &str, can_pause: bool) -> Look {
    Look {
        picture,
        line: line.to_owned(),
        sync_now,
        pause: pause.to_owned(),
        can_pause,
    }
}

#[test]
fn r10_1_every_state_has_its_menu() {
    let offline = {
        let mut snapshot = in_state(State::Offline);
        snapshot.crm.problem = Some(because("server_unreachable", &[("server", "crm.example")]));
        snapshot
    };
    let cases = [
        (
            in_state(State::NotConnected),
            look(
                Picture::SignedOut,
                "Nicht verbunden",
                false,
                "Anhalten",
                false,
            ),
            look(Picture::SignedOut, "Not connected", false, "Pause", false),
        ),
        (
            in_state(State::InSync),
            look(Picture::InSync, "Alles synchron", true, "Anhalten", true),
            look(Picture::InSync, "In sync", true, "Pause", true),
        ),
        (
            in_state(State::Syncing),
            look(
                Picture::Syncing,
                "Wird abgeglichen …",
                false,
                "Anhalten",
                true,
            ),
            look(Picture::Syncing, "Syncing …", false, "Pause", true),
        ),
        (
            in_state(State::Paused),
            look(Picture::Paused, "Angehalten", false, "Fortsetzen", true),
            look(Picture::Paused, "Paused", false, "Resume", true),
        ),
        (
            in_state(State::Attention),
            look(
                Picture::Attention,
                "Handlungsbedarf",
                true,
                "Anhalten",
                true,
            ),
            look(Picture::Attention, "Needs attention", true, "Pause", true),
        ),
        (
            in_state(State::SignedOut),
            look(Picture::SignedOut, "Abgemeldet", false, "Anhalten", true),
            look(Picture::SignedOut, "Signed out", false, "Pause", true),
        ),
        (
            offline,
            look(
                Picture::Offline,
                "Offline · Der Server crm.example antwortet nicht.",
                true,
                "Anhalten",
                true,
            ),
            look(
                Picture::Offline,
                "Offline · The server crm.example does not answer.",
                true,
                "Pause",
                true,
            ),
        ),
    ];
    for (snapshot, german, english) in cases {
        assert_eq!(Look::of(&Ok(snapshot.clone()), GERMAN), german);
        assert_eq!(Look::of(&Ok(snapshot), ENGLISH), english);
    }
}

#[test]
fn r10_1_a_running_sync_says_how_far_it_is() {
    let mut snapshot = in_state(State::Syncing);
    snapshot.components[0].progress = Some(Progress {
        phase: Phase::Writing,
        done: 612,
        total: Some(1250),
    });
    assert_eq!(
        Look::of(&Ok(snapshot.clone()), GERMAN).line,
        "Wird abgeglichen … · Kontakte: 612 von 1.250"
    );
    assert_eq!(
        Look::of(&Ok(snapshot), ENGLISH).line,
        "Syncing … · Contacts: 612 of 1,250"
    );
}

#[test]
fn s9_refused_entries_are_counted_in_the_state_line() {
    let mut snapshot = in_state(State::Attention);
    snapshot.components[0].refused = 2;
    assert_eq!(
        Look::of(&Ok(snapshot), ENGLISH).line,
        "Needs attention · 2 entries could not be taken over"
    );
}

#[test]
fn s9_a_failing_run_is_named_in_the_state_line() {
    let mut snapshot = in_state(State::Attention);
    snapshot.components[0].last_run = Some(LastRun {
        started: 0,
        finished: 0,
        items: Counts::default(),
        records: Counts::default(),
        linked: 0,
        conflicts: 0,
        skipped: 0,
        failed: 0,
        problem: Some(because("ews_switched_off", &[])),
    });
    assert_eq!(
        Look::of(&Ok(snapshot), GERMAN).line,
        "Handlungsbedarf · Die Exchange-Webdienste sind für dieses Postfach abgeschaltet."
    );
}

#[test]
fn s9_an_engine_that_could_not_start_asks_for_attention() {
    let newer = because("state_too_new", &[]);
    assert_eq!(
        Look::of(&Err(newer), ENGLISH),
        look(
            Picture::Attention,
            "The state file was written by a newer version of this program.",
            false,
            "Pause",
            false
        )
    );
}

#[test]
fn a_line_as_wide_as_the_screen_is_cut() {
    let mut snapshot = in_state(State::Offline);
    let server = "ä".repeat(300);
    snapshot.mailbox.problem = Some(because("server_unreachable", &[("server", &server)]));
    let line = Look::of(&Ok(snapshot), ENGLISH).line;
    assert_eq!(line.chars().count(), LONGEST_LINE);
    assert!(line.ends_with('…'));
}
