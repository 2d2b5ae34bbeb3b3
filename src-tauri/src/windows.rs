//! The one window: made when somebody opens it, destroyed when they close it, so that its memory is only taken
//! while it is seen.

use std::sync::{Mutex, MutexGuard, PoisonError};

use controller::view::Place;
use tauri::webview::{WebviewWindow, WebviewWindowBuilder};
use tauri::{AppHandle, Emitter, Manager, Url, WebviewUrl, WindowEvent};

use crate::engine::View;
use crate::oauth::Browsing;
use crate::speech::Speech;

const MAIN: &str = "main";
const CHANGE: &str = "snapshot";
const GO: &str = "place";

/// What the wishes to see the window must know of each other and of its end.
#[derive(Default)]
pub(crate) struct Openings {
    /// Held while a wish is fulfilled: a second one would otherwise find no window yet and make another.
    turn: Mutex<()>,
    exit: Mutex<Exit>,
    place: Mutex<Option<Place>>,
}

/// Between the wish to close the window and its end, Tauri still knows it, but it cannot be shown any more.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Exit {
    /// There is no window, or it stays.
    #[default]
    No,
    /// It is being closed.
    Begun,
    /// It is being closed, and somebody asked for it meanwhile.
    Regretted,
}

/// Shows the window at this place of it. From an event, see `open_from_event`.
pub(crate) fn open_at(app: &AppHandle, place: Place) {
    *locked(&app.state::<Openings>().place) = Some(place);
    if app.get_webview_window(MAIN).is_some()
        && let Err(error) = app.emit_to(MAIN, GO, place)
    {
        tracing::warn!(%error, "the window missed where to go");
    }
    open_from_event(app);
}

/// Where a window begins: where it was sent to, and only once.
pub(crate) fn place(app: &AppHandle) -> Place {
    let wanted = locked(&app.state::<Openings>().place).take();
    wanted.unwrap_or(Place::Overview)
}

/// Shows the window, making it where there is none.
pub(crate) fn open(app: &AppHandle) {
    let openings = app.state::<Openings>();
    let _turn = locked(&openings.turn);
    if regrets(&mut locked(&openings.exit)) {
        return;
    }
    let window = match app.get_webview_window(MAIN) {
        Some(window) => Ok(window),
        None => make(app),
    };
    if let Err(error) = window.and_then(|window| show(&window)) {
        tracing::error!(%error, "the window could not be opened");
    }
}

/// Follows the window to its end, and opens it again if somebody asked for it on the way. The event loop tells this itself, after it
/// forgot a destroyed window.
pub(crate) fn follow(app: &AppHandle, event: &WindowEvent) {
    let exit = &app.state::<Openings>().exit;
    match event {
        WindowEvent::CloseRequested { .. } => *locked(exit) = Exit::Begun,
        WindowEvent::Destroyed => match std::mem::take(&mut *locked(exit)) {
            Exit::Regretted => open_from_event(app),
            Exit::No | Exit::Begun => {
                app.state::<Browsing>().window_ended();
                // Where it was sent to while it was open is over.
                locked(&app.state::<Openings>().place).take();
                ended(app);
            }
        },
        _ => {}
    }
}

/// Nobody sees the program any more.
#[cfg(target_os = "linux")]
fn ended(app: &AppHandle) {
    crate::afresh::after_window(app);
}

/// The same, where what showed the window has ended with it.
#[cfg(not(target_os = "linux"))]
fn ended(_app: &AppHandle) {}

/// Whether there is a window, or somebody asked for one.
#[cfg(target_os = "linux")]
pub(crate) fn is_open(app: &AppHandle) -> bool {
    let openings = app.state::<Openings>();
    let _turn = locked(&openings.turn);
    app.get_webview_window(MAIN).is_some()
}

/// As `open`, from a menu or another event: there, making a window would wait for itself on Windows.
pub(crate) fn open_from_event(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move { open(&app) });
}

/// Tells the open window what is so now. Why an engine could not start, a window asks by itself.
pub(crate) fn push(app: &AppHandle, view: &View) {
    if let Ok(snapshot) = view
        && app.get_webview_window(MAIN).is_some()
        && let Err(error) = app.emit_to(MAIN, CHANGE, snapshot)
    {
        tracing::warn!(%error, "the window missed a change");
    }
}

/// Makes the window, unseen. Tauri 2.12 enters a window into its books (`attach_window`) on the thread that builds it, after the event loop
/// began to serve it (`create_window`). One that is closed in between, while WebKit starts, would be entered after its end, and every later
/// wish would "show" what is gone. What nobody sees nobody closes, so it is shown once it is in the books.
fn make(app: &AppHandle) -> tauri::Result<WebviewWindow> {
    let texts = app.state::<Speech>().texts();
    WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App("index.html".into()))
        .title(texts.t("tray.title"))
        .inner_size(900.0, 720.0)
        .min_inner_size(420.0, 480.0)
        .zoom_hotkeys_enabled(true)
        .visible(false)
        .on_navigation(is_ours)
        .build()
}

fn show(window: &WebviewWindow) -> tauri::Result<()> {
    window.unminimize()?;
    window.show()?;
    window.set_focus()
}

/// Whether a window is on its way out; then it comes again once it is gone.
fn regrets(exit: &mut Exit) -> bool {
    if *exit == Exit::Begun {
        *exit = Exit::Regretted;
    }
    *exit == Exit::Regretted
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The window shows our own pages only, whatever a page or a debugger asks for.
fn is_ours(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => true,
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_while_the_window_is_closing_waits_for_its_end() {
        let mut exit = Exit::No;
        assert!(!regrets(&mut exit));
        exit = Exit::Begun;
        assert!(regrets(&mut exit) && regrets(&mut exit));
        assert_eq!(exit, Exit::Regretted);
    }

    #[test]
    fn the_window_shows_our_own_pages_only() {
        let ours = |address: &str| is_ours(&address.parse().expect("a valid address"));
        assert!(ours("tauri://localhost/index.html"));
        assert!(ours("http://tauri.localhost/"));
        assert!(!ours("https://example.com/"));
        assert!(!ours("file:///etc/passwd"));
        assert!(!ours("http://tauri.localhost.example.com/"));
    }
}
