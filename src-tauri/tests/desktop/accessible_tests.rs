//! Whether everybody can use the window: no barrier that axe knows of, and room for large letters, in the engine that shows it.

use crate::office::{Office, made_in_the_crm};
use crate::session::Session;
use crate::window::Window;

/// What is cut: a text that is wider than its box, where the box shows no more of it.
const CUT: &str = "
    const done = arguments[arguments.length - 1];
    const page = document.documentElement;
    const wide = page.scrollWidth > page.clientWidth ? ['the page: ' + page.scrollWidth + ' > ' + page.clientWidth] : [];
    const hidden = (element) => ['hidden', 'clip'].includes(getComputedStyle(element).overflowX);
    const cut = [...document.body.querySelectorAll('*')].filter((element) =>
        element.clientWidth > 1 && hidden(element) && element.scrollWidth > element.clientWidth + 1);
    done([...wide, ...cut.map((element) => element.outerHTML.slice(0, 200))].join('\\n'));";

/// What the window calls things.
struct Words {
    language: &'static str,
    agree: &'static str,
    sync_now: &'static str,
    tabs: [&'static str; 4],
}

const GERMAN: Words = Words {
    language: "de",
    agree: "Postfach und CRM stimmen überein.",
    sync_now: "Jetzt abgleichen",
    tabs: ["Übersicht", "Konflikte", "Aktivität", "Einstellungen"],
};
const ENGLISH: Words = Words {
    language: "en",
    agree: "Mailbox and CRM agree.",
    sync_now: "Sync now",
    tabs: ["Overview", "Conflicts", "Activity", "Settings"],
};

/// The window with something to see in every tab, a conflict among it.
async fn at_work(session: &Session, words: &Words, theme: &str) -> (Office, Window) {
    session.manage("conflict_strategy = \"none\"\n");
    let office = Office::connected(session, 0).await;
    let record = made_in_the_crm(&office, &[("lastname", "Åkesson"), ("phone", "110")]);
    let variables = [
        office.secrets().to_vec(),
        vec![("GTK_THEME", theme.to_owned())],
    ]
    .concat();
    let window = Window::open_with(session, &["--lang", words.language], &variables).await;
    window.says(words.agree).await;
    office.both_sides_change_the_phone(&record, "Åkesson");
    window.click(words.sync_now).await;
    window.tab(words.tabs[1]).await;
    window.says("117").await;
    (office, window)
}

async fn has_no_barriers(theme: &str) {
    let session = Session::start();
    let (_office, window) = at_work(&session, &ENGLISH, theme).await;
    for tab in ENGLISH.tabs {
        window.tab(tab).await;
        assert_eq!(window.barriers().await, "", "{tab}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r10_2_axe_finds_no_barrier_in_light() {
    has_no_barriers("Adwaita").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r10_2_axe_finds_no_barrier_in_the_dark() {
    has_no_barriers("Adwaita:dark").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r10_2_axe_finds_no_barrier_at_the_first_start() {
    let session = Session::start();
    let window = Window::open(&session, &["--lang", "en"]).await;
    window.says("Connect the CRM").await;
    assert_eq!(window.barriers().await, "");
}

async fn has_room_at_200_percent(words: &Words) {
    let session = Session::start();
    let (_office, window) = at_work(&session, words, "Adwaita").await;
    let width = window.width().await;
    // 20 % each.
    for _ in 0..5 {
        window.press_with_ctrl('+').await;
    }
    window.is_as_wide_as(width / 2).await;
    for tab in words.tabs {
        window.tab(tab).await;
        assert_eq!(window.ask(CUT).await, "", "{tab}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r10_2_nothing_is_cut_at_200_percent_in_german() {
    has_room_at_200_percent(&GERMAN).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r10_2_nothing_is_cut_at_200_percent_in_english() {
    has_room_at_200_percent(&ENGLISH).await;
}
