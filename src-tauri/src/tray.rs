//! The tray icon and its menu. What they say is a value (`Look`) made of the engine's state; this file only puts
//! it onto the desktop. On Linux a menu cannot be replaced and an icon shows no words of its own, so every line
//! is made once and changed afterwards, and the state is the menu's first line.

mod look;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use controller::view::{PauseFor, Place};
use tauri::image::Image;
use tauri::menu::{IsMenuItem, Menu, MenuEvent, MenuItem, PredefinedMenuItem, Submenu};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Manager, Wry, include_image};
use texts::Texts;

use self::look::{
    ABOUT, CONFLICTS, LOGS, Line, Look, OPEN, PAUSE_HOUR, PAUSE_RESUME, PAUSE_TOMORROW, Picture,
    QUIT, RESUME, SETTINGS, SYNC_NOW,
};
use crate::engine::{Engine, View};
use crate::speech::Speech;
use crate::{quit, windows};

/// Who shows tray icons on a freedesktop desktop (StatusNotifierItem).
#[cfg(target_os = "linux")]
const WATCHER: &str = "org.kde.StatusNotifierWatcher";

/// The icon with the lines of its menu.
pub(crate) struct Tray {
    icon: TrayIcon<Wry>,
    menu: Menu<Wry>,
    lines: Mutex<Lines>,
}

/// What is on the desktop: how it looks, and every line that was ever made.
struct Lines {
    shown: Look,
    made: HashMap<&'static str, Made>,
}

/// A line of the menu on the desktop.
#[derive(Clone)]
enum Made {
    Entry(MenuItem<Wry>),
    Menu(Submenu<Wry>),
}

impl Made {
    fn item(&self) -> &dyn IsMenuItem<Wry> {
        match self {
            Made::Entry(entry) => entry,
            Made::Menu(menu) => menu,
        }
    }

    fn change(&self, label: &str, enabled: bool) -> tauri::Result<()> {
        match self {
            Made::Entry(entry) => {
                entry.set_text(label)?;
                entry.set_enabled(enabled)
            }
            Made::Menu(menu) => {
                menu.set_text(label)?;
                menu.set_enabled(enabled)
            }
        }
    }
}

/// Puts the icon into the tray, saying that the program is starting.
pub(crate) fn build(app: &AppHandle, texts: Texts) -> tauri::Result<Tray> {
    let look = Look::starting(texts);
    let menu = Menu::new(app)?;
    let mut made = HashMap::new();
    for line in &look.menu {
        match words(line) {
            None => menu.append(&PredefinedMenuItem::separator(app)?)?,
            Some((id, ..)) => {
                make(app, line, &mut made)?;
                menu.append(made[id].item())?;
            }
        }
    }
    let icon = TrayIconBuilder::with_id("main").icon(picture(look.picture));
    // There it would stand in the menu bar, beside the icon.
    #[cfg(not(target_os = "macos"))]
    let icon = icon.title(texts.t("tray.title"));
    let icon = icon
        .tooltip(&look.line)
        .menu(&menu)
        .on_menu_event(chosen)
        .build(app)?;
    Ok(Tray {
        icon,
        menu,
        lines: Mutex::new(Lines { shown: look, made }),
    })
}

/// Makes a line with all that is below it.
fn make(app: &AppHandle, line: &Line, made: &mut HashMap<&'static str, Made>) -> tauri::Result<()> {
    match line {
        Line::Entry { id, label, enabled } => {
            let entry = MenuItem::with_id(app, *id, label, *enabled, None::<&str>)?;
            made.insert(*id, Made::Entry(entry));
        }
        Line::Menu {
            id,
            label,
            enabled,
            lines,
        } => {
            let menu = Submenu::with_id(app, *id, label, *enabled)?;
            for line in lines {
                make(app, line, made)?;
                if let Some((below, ..)) = words(line) {
                    menu.append(made[below].item())?;
                }
            }
            made.insert(*id, Made::Menu(menu));
        }
        Line::Separator => {}
    }
    Ok(())
}

/// Whether the desktop shows tray icons. Where it does not, a start by hand opens the window, and so does every further one.
#[cfg(target_os = "linux")]
pub(crate) async fn has_place() -> bool {
    let asked = async {
        let connection = zbus::Connection::session().await?;
        let bus = zbus::fdo::DBusProxy::new(&connection).await?;
        let watcher = WATCHER.try_into().map_err(zbus::Error::from)?;
        zbus::Result::Ok(bus.name_has_owner(watcher).await?)
    };
    asked.await.unwrap_or_else(|error| {
        tracing::debug!(%error, "nobody tells whether there is a tray");
        true
    })
}

/// Windows and macOS always do.
#[cfg(not(target_os = "linux"))]
pub(crate) async fn has_place() -> bool {
    true
}

impl Tray {
    /// Shows the state; what already looks so is left alone.
    pub(crate) fn show(&self, view: &View) {
        let texts = self.menu.app_handle().state::<Speech>().texts();
        let look = Look::of(view, texts);
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.shown == look {
            return;
        }
        match self.put(&look, &mut lines) {
            Ok(()) => lines.shown = look,
            Err(error) => tracing::warn!(%error, "the tray could not be changed"),
        }
    }

    fn put(&self, look: &Look, lines: &mut Lines) -> tauri::Result<()> {
        let Lines { shown, made } = lines;
        if shown.picture != look.picture {
            self.icon.set_icon(Some(picture(look.picture)))?;
        }
        self.icon.set_tooltip(Some(&look.line))?;
        for (place, (before, now)) in shown.menu.iter().zip(&look.menu).enumerate() {
            if before != now {
                self.change(place, before, now, made)?;
            }
        }
        Ok(())
    }

    /// Changes a line, or puts another one into its place.
    fn change(
        &self,
        place: usize,
        before: &Line,
        now: &Line,
        made: &mut HashMap<&'static str, Made>,
    ) -> tauri::Result<()> {
        let (Some((old, said, _)), Some((id, label, enabled))) = (words(before), words(now)) else {
            return Ok(());
        };
        // On Linux the name of a menu within the menu cannot be changed: another one takes its place.
        let renamed = old == id && said != label && matches!(now, Line::Menu { .. });
        let shown = made.get(old).cloned();
        if renamed || !made.contains_key(id) {
            make(self.menu.app_handle(), now, made)?;
        }
        let known = |id: &str| made.get(id).expect("every line that is shown was made");
        known(id).change(label, enabled)?;
        // What is below a line stays the same but for its words, which are in the language of now.
        for (id, label, enabled) in below(now).iter().filter_map(words) {
            known(id).change(label, enabled)?;
        }
        if let Some(shown) = shown.filter(|_| renamed || old != id) {
            self.menu.remove(shown.item())?;
            self.menu.insert(known(id).item(), place)?;
        }
        Ok(())
    }
}

/// What a line says, if it says anything.
fn words(line: &Line) -> Option<(&'static str, &str, bool)> {
    match line {
        Line::Entry { id, label, enabled }
        | Line::Menu {
            id, label, enabled, ..
        } => Some((id, label, *enabled)),
        Line::Separator => None,
    }
}

/// The lines below a line.
fn below(line: &Line) -> &[Line] {
    match line {
        Line::Menu { lines, .. } => lines,
        Line::Entry { .. } | Line::Separator => &[],
    }
}

fn chosen(app: &AppHandle, event: MenuEvent) {
    match event.id().as_ref() {
        OPEN => windows::open_from_event(app),
        CONFLICTS => windows::open_at(app, Place::Conflicts),
        SETTINGS => windows::open_at(app, Place::Settings),
        ABOUT => windows::open_at(app, Place::About),
        QUIT => quit(app.clone()),
        SYNC_NOW => wish(app, Wish::SyncNow),
        PAUSE_HOUR => wish(app, Wish::Pause(PauseFor::Hour)),
        PAUSE_TOMORROW => wish(app, Wish::Pause(PauseFor::Tomorrow)),
        PAUSE_RESUME => wish(app, Wish::Pause(PauseFor::Resume)),
        RESUME => wish(app, Wish::Resume),
        LOGS => wish(app, Wish::OpenLogs),
        _ => {}
    }
}

/// What the menu asks of the engine.
enum Wish {
    SyncNow,
    Pause(PauseFor),
    Resume,
    OpenLogs,
}

/// Passes a wish on to the engine. One that failed to start shows that in the tray already.
fn wish(app: &AppHandle, wish: Wish) {
    let engine = app.state::<Engine>().inner().clone();
    tauri::async_runtime::spawn(async move {
        let granted = match wish {
            Wish::SyncNow => engine.sync_now().await,
            Wish::Pause(how) => engine.pause(how).await,
            Wish::Resume => engine.resume().await,
            Wish::OpenLogs => engine.open_log_folder().await,
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
