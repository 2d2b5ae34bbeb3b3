//! The one window: made when somebody opens it, destroyed when they close it, so that its memory is only taken
//! while it is seen.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tauri::webview::WebviewWindowBuilder;
use tauri::{AppHandle, Emitter, Manager, Url, WebviewUrl, WindowEvent};
use texts::Texts;

use crate::engine::View;

const MAIN: &str = "main";
const CHANGE: &str = "snapshot";
/// The toolkit forgets a destroyed window with its next event.
const GONE_SOON: Duration = Duration::from_millis(10);

/// Whether the window is on its way out: while it is being destroyed it cannot be shown again, and a second one cannot be made.
#[derive(Default)]
pub(crate) struct Leaving(AtomicBool);

/// Shows the window, making it where there is none.
pub(crate) fn open(app: &AppHandle) {
    let leaving = app.state::<Leaving>().0.load(Ordering::SeqCst);
    let shown = match app.get_webview_window(MAIN) {
        Some(_) if leaving => {
            open_once_gone(app.clone());
            Ok(())
        }
        Some(window) => window
            .unminimize()
            .and_then(|()| window.show())
            .and_then(|()| window.set_focus()),
        None => make(app),
    };
    if let Err(error) = shown {
        tracing::error!(%error, "the window could not be opened");
    }
}

fn open_once_gone(app: AppHandle) {
    tauri::async_runtime::spawn(async move {
        while app.get_webview_window(MAIN).is_some() {
            tokio::time::sleep(GONE_SOON).await;
        }
        open(&app);
    });
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

fn make(app: &AppHandle) -> tauri::Result<()> {
    let texts = *app.state::<Texts>();
    WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App("index.html".into()))
        .title(texts.t("tray.title"))
        .inner_size(900.0, 720.0)
        .min_inner_size(420.0, 480.0)
        .on_navigation(is_ours)
        .build()
        .map(|window| {
            app.state::<Leaving>().0.store(false, Ordering::SeqCst);
            let app = app.clone();
            window.on_window_event(move |event| {
                if let WindowEvent::CloseRequested { .. } = event {
                    app.state::<Leaving>().0.store(true, Ordering::SeqCst);
                }
            });
        })
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
    fn the_window_shows_our_own_pages_only() {
        let ours = |address: &str| is_ours(&address.parse().expect("a valid address"));
        assert!(ours("tauri://localhost/index.html"));
        assert!(ours("http://tauri.localhost/"));
        assert!(!ours("https://example.com/"));
        assert!(!ours("file:///etc/passwd"));
        assert!(!ours("http://tauri.localhost.example.com/"));
    }
}
