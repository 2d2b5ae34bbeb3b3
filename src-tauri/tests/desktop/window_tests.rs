//! The window over the real program.

use crate::session::Session;
use crate::window::Window;

#[tokio::test]
async fn r10_2_a_new_profile_says_how_to_connect_in_german() {
    let session = Session::start();
    let window = Window::open(&session, &["--lang", "de"]).await;
    assert_eq!(window.text("h1").await, "Exchange Connector einrichten");
    window.says("CRM verbinden").await;
}

#[tokio::test]
async fn r10_2_a_new_profile_says_how_to_connect_in_english() {
    let session = Session::start();
    let window = Window::open(&session, &["--lang", "en"]).await;
    assert_eq!(window.text("h1").await, "Set up Exchange Connector");
    window.says("Connect the CRM").await;
}

#[tokio::test]
async fn the_page_can_neither_run_nor_load_anything_foreign() {
    let session = Session::start();
    let window = Window::open(&session, &["--lang", "en"]).await;
    assert_eq!(window.text("h1").await, "Set up Exchange Connector");
    let ran = window
        .ask(
            "const done = arguments[0];
             const script = document.createElement('script');
             script.textContent = 'window.foreign = true';
             document.head.append(script);
             done(window.foreign === true);",
        )
        .await;
    assert_eq!(ran, false);
    let fetched = window
        .ask(
            "const done = arguments[0];
             const blocked = new Promise((tell) =>
                 document.addEventListener('securitypolicyviolation', (event) => tell(event.effectiveDirective)));
             fetch('http://127.0.0.1:9/').catch(() => undefined);
             blocked.then(done);",
        )
        .await;
    assert_eq!(fetched, "connect-src");
}

#[tokio::test]
async fn the_page_may_ask_for_nothing_but_its_own_commands() {
    let session = Session::start();
    let window = Window::open(&session, &["--lang", "en"]).await;
    assert_eq!(window.text("h1").await, "Set up Exchange Connector");
    for (command, allowed) in [
        ("language", true),
        ("plugin:window|create", false),
        ("plugin:event|emit", false),
        ("plugin:app|version", false),
    ] {
        let script = format!(
            "const done = arguments[0];
             window.__TAURI_INTERNALS__.invoke('{command}', {{}}).then(() => done('granted'), (why) => done(String(why)));"
        );
        let answer = window.ask(&script).await;
        let answer = answer.as_str().unwrap_or_default();
        if allowed {
            assert_eq!(answer, "granted", "{command}");
        } else {
            assert!(answer.contains("not allowed"), "{command}: {answer}");
        }
    }
}
