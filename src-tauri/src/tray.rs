//! The tray icon and its menu. What they say is a value (`Look`) made of the engine's state; this file only puts
//! it onto the desktop. On Linux a menu cannot be replaced and an icon shows no words of its own, so every item
//! is made once and changed afterwards, and the state is the menu's first line.

mod look;

use std::sync::{Mutex, PoisonError};

use tauri::image::Image;
use tauri::menu::{Menu, MenuEvent, MenuItem, PredefinedMenuItem};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Manager, Wry, include_image};
use texts::Texts;

use self::look::{Look, Picture};
use crate::engine::{Engine, View};
use crate::{quit, windows};

const SYNC_NOW: &str = "sync_now";
const PAUSE: &str = "pause";
const OPEN: &str = "open";
const QUIT: &str = "quit";

/// The icon with the items of its menu that change.
pub(crate) struct Tray {
    texts: Texts,
    icon: TrayIcon<Wry>,
    line: MenuItem<Wry>,
    sync_now: MenuItem<Wry>,
    pause: MenuItem<Wry>,
    shown: Mutex<Option<Look>>,
}

/// Puts the icon into the tray, saying that the program is starting.
pub(crate) fn build(app: &AppHandle, texts: Texts) -> tauri::Result<Tray> {
    let item =
        |id: &str, label: String| MenuItem::with_id(app, id, label, true, None::<&'static str>);
    let line = MenuItem::with_id(app, "state", texts.t("tray.title"), false, None::<&str>)?;
    let sync_now = item(SYNC_NOW, texts.t("tray.sync_now"))?;
    let pause = item(PAUSE, texts.t("tray.pause"))?;
    let menu = Menu::with_items(
        app,
        &[
            &line,
            &PredefinedMenuItem::separator(app)?,
            &sync_now,
            &pause,
            &PredefinedMenuItem::separator(app)?,
            &item(OPEN, texts.t("tray.open"))?,
            &item(QUIT, texts.t("tray.quit"))?,
        ],
    )?;
    let icon = TrayIconBuilder::with_id("main")
        .icon(picture(Picture::Offline))
        .title(texts.t("tray.title"))
        .tooltip(texts.t("tray.title"))
        .menu(&menu)
        .on_menu_event(chosen)
        .build(app)?;
    Ok(Tray {
        texts,
        icon,
        line,
        sync_now,
        pause,
        shown: Mutex::new(None),
    })
}

impl Tray {
    /// Shows the state; what already looks so is left alone.
    pub(crate) fn show(&self, view: &View) {
        let look = Look::of(view, self.texts);
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.as_ref() == Some(&look) {
            return;
        }
        match self.put(&look, shown.as_ref()) {
            Ok(()) => *shown = Some(look),
            Err(error) => tracing::warn!(%error, "the tray could not be changed"),
        }
    }

    fn put(&self, look: &Look, before: Option<&Look>) -> tauri::Result<()> {
        if before.map(|before| before.picture) != Some(look.picture) {
            self.icon.set_icon(Some(picture(look.picture)))?;
        }
        self.icon.set_tooltip(Some(&look.line))?;
        self.line.set_text(&look.line)?;
        self.sync_now.set_enabled(look.sync_now)?;
        self.pause.set_text(&look.pause)?;
        self.pause.set_enabled(look.can_pause)
    }
}

fn chosen(app: &AppHandle, event: MenuEvent) {
    match event.id().as_ref() {
        OPEN => windows::open_from_event(app),
        QUIT => quit(app.clone()),
        SYNC_NOW => wish(app, Wish::SyncNow),
        PAUSE => wish(app, Wish::TogglePause),
        _ => {}
    }
}

/// What the menu asks of the engine.
enum Wish {
    SyncNow,
    TogglePause,
}

/// Passes a wish on to the engine. One that failed to start shows that in the tray already.
fn wish(app: &AppHandle, wish: Wish) {
    let engine = app.state::<Engine>().inner().clone();
    tauri::async_runtime::spawn(async move {
        let granted = match wish {
            Wish::SyncNow => engine.sync_now().await,
            Wish::TogglePause => engine.toggle_pause().await,
        };
        if let Err(problem) = granted {
            tracing::warn!(code = problem.code, "a wish from the tray was refused");
        }
    });
}

fn picture(picture: Picture) -> Image<'static> {
    match picture {
        Picture::InSync => include_image!("icons/tray/in-sync.png"),
        Picture::Syncing => include_image!("icons/tray/syncing.png"),
        Picture::Paused => include_image!("icons/tray/paused.png"),
        Picture::Attention => include_image!("icons/tray/attention.png"),
        Picture::SignedOut => include_image!("icons/tray/signed-out.png"),
        Picture::Offline => include_image!("icons/tray/offline.png"),
    }
}
