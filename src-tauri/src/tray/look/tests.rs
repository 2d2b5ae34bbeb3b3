//! The tray menu by equality, in both languages, for every state.

use std::collections::BTreeMap;

use controller::view::Component;
use controller::{ComponentStatus, Connection, Counts, LastRun, Phase, Progress};
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
        to_decide: 0,
        awaits_start: false,
        disconnecting: false,
        paused_until: None,
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

/// A look as text: what is grey stands in brackets, a menu of its own behind an arrow.
fn drawn(look: &Look) -> String {
    let lines: Vec<String> = look.menu.iter().map(line_drawn).collect();
    format!("{:?}\n{}", look.picture, lines.join("\n"))
}

fn line_drawn(line: &Line) -> String {
    let grey = |label: &str, enabled: bool| match enabled {
        true => label.to_owned(),
        false => format!("({label})"),
    };
    match line {
        Line::Separator => "-".to_owned(),
        Line::Entry { label, enabled, .. } => grey(label, *enabled),
        Line::Menu {
            label,
            enabled,
            lines,
            ..
        } => {
            let below: Vec<String> = lines.iter().map(line_drawn).collect();
            format!("{} > {}", grey(label, *enabled), below.join(", "))
        }
    }
}

/// The whole menu in German and English: picture, line, and the lines for syncing and pausing of each.
fn menus(
    picture: &str,
    german: (&str, &str, &str),
    english: (&str, &str, &str),
) -> [(Texts, String); 2] {
    let (line, sync, pause) = german;
    let german = format!(
        "{picture}\n({line})\n-\n{sync}\n{pause}\n-\n(Konflikte)\nÖffnen\nEinstellungen\nHilfe > Protokollordner öffnen, \
         Über Exchange Connector\n-\nBeenden"
    );
    let (line, sync, pause) = english;
    let english = format!(
        "{picture}\n({line})\n-\n{sync}\n{pause}\n-\n(Conflicts)\nOpen\nSettings\nHelp > Open log folder, About Exchange Connector\n-\nQuit"
    );
    [(GERMAN, german), (ENGLISH, english)]
}

const ANHALTEN: &str = "Anhalten > Für 1 Stunde, Bis morgen, Bis ich fortsetze";
const PAUSE_MENU: &str = "Pause > For 1 hour, Until tomorrow, Until I resume";
const NO_ANHALTEN: &str = "(Anhalten) > Für 1 Stunde, Bis morgen, Bis ich fortsetze";
const NO_PAUSE: &str = "(Pause) > For 1 hour, Until tomorrow, Until I resume";

#[test]
fn r10_1_every_state_has_its_menu() {
    let offline = {
        let mut snapshot = in_state(State::Offline);
        snapshot.crm.problem = Some(because("server_unreachable", &[("server", "crm.example")]));
        snapshot
    };
    let (now, no_now) = (
        ("Jetzt abgleichen", "Sync now"),
        ("(Jetzt abgleichen)", "(Sync now)"),
    );
    let (pause, no_pause) = ((ANHALTEN, PAUSE_MENU), (NO_ANHALTEN, NO_PAUSE));
    let ready = Snapshot {
        awaits_start: true,
        ..in_state(State::NotConnected)
    };
    let state = in_state;
    let cases = [
        (
            state(State::NotConnected),
            "SignedOut",
            ("Nicht verbunden", "Not connected"),
            no_now,
            no_pause,
        ),
        (
            ready,
            "SignedOut",
            ("Bereit für den ersten Abgleich", "Ready for the first sync"),
            no_now,
            no_pause,
        ),
        (
            state(State::InSync),
            "InSync",
            ("Alles synchron", "In sync"),
            now,
            pause,
        ),
        (
            state(State::Syncing),
            "Syncing",
            ("Wird abgeglichen …", "Syncing …"),
            no_now,
            pause,
        ),
        (
            state(State::Paused),
            "Paused",
            ("Angehalten", "Paused"),
            no_now,
            ("Fortsetzen", "Resume"),
        ),
        (
            state(State::Attention),
            "Attention",
            ("Handlungsbedarf", "Needs attention"),
            now,
            pause,
        ),
        (
            state(State::SignedOut),
            "SignedOut",
            ("Abgemeldet", "Signed out"),
            no_now,
            pause,
        ),
        (
            offline,
            "Offline",
            (
                "Offline · Der Server crm.example antwortet nicht.",
                "Offline · The server crm.example does not answer.",
            ),
            now,
            pause,
        ),
    ];
    for (snapshot, picture, line, sync, pause) in cases {
        let german = (line.0, sync.0, pause.0);
        for (texts, expected) in menus(picture, german, (line.1, sync.1, pause.1)) {
            assert_eq!(drawn(&Look::of(&Ok(snapshot.clone()), texts)), expected);
        }
    }
}

#[test]
fn r10_1_what_waits_for_the_user_is_counted_in_the_menu() {
    let snapshot = Snapshot {
        to_decide: 1234,
        ..in_state(State::Attention)
    };
    let conflicts = |texts| line_drawn(&Look::of(&Ok(snapshot.clone()), texts).menu[5]);
    assert_eq!(conflicts(GERMAN), "Konflikte (1.234)");
    assert_eq!(conflicts(ENGLISH), "Conflicts (1,234)");
}

#[test]
fn r10_1_a_pause_says_when_it_ends() {
    let snapshot = Snapshot {
        paused_until: Some(0),
        ..in_state(State::Paused)
    };
    let line = Look::of(&Ok(snapshot), ENGLISH).line;
    assert!(line.starts_with("Paused · until on "), "{line}");
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
    let line = "The state file was written by a newer version of this program.";
    let [_, (_, expected)] = menus("Attention", ("", "", ""), (line, "(Sync now)", NO_PAUSE));
    assert_eq!(drawn(&Look::of(&Err(newer), ENGLISH)), expected);
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
