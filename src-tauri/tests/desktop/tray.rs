//! The part of a panel that tray icons talk to: it owns the watcher's name on D-Bus, and reads and chooses the menu
//! of the icon that registers.

use std::path::PathBuf;

use futures_util::StreamExt;
use tokio::sync::mpsc;
use zbus::message::Header;
use zbus::zvariant::{OwnedValue, Value};
use zbus::{Connection, Proxy, interface};

use crate::session::{ASK_AGAIN, NEVER, Session};

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const ITEM: &str = "org.kde.StatusNotifierItem";
const MENU: &str = "com.canonical.dbusmenu";

/// A panel without a picture.
pub(crate) struct Panel {
    connection: Connection,
    registered: mpsc::UnboundedReceiver<(String, String)>,
}

/// An entry of a tray menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entry {
    Choice {
        label: String,
        enabled: bool,
    },
    Menu {
        label: String,
        enabled: bool,
        entries: Vec<Entry>,
    },
    Separator,
}

/// A tray icon that registered with the panel.
pub(crate) struct Icon {
    item: Proxy<'static>,
    menu: Proxy<'static>,
}

struct Watcher {
    registered: mpsc::UnboundedSender<(String, String)>,
}

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: &str, #[zbus(header)] header: Header<'_>) {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        self.registered
            .send((sender, service.to_owned()))
            .expect("the panel lives as long as its connection");
    }

    fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        Vec::new()
    }
}

impl Panel {
    /// Puts a panel onto the desktop. It must be there before the program is.
    pub(crate) async fn start(session: &Session) -> Self {
        let (sender, registered) = mpsc::unbounded_channel();
        let connection = zbus::connection::Builder::address(session.bus_address())
            .expect("the bus told its address")
            .serve_at("/StatusNotifierWatcher", Watcher { registered: sender })
            .expect("the path is valid")
            .name(WATCHER)
            .expect("the name is valid")
            .build()
            .await
            .expect("nobody else owns the name");
        Self {
            connection,
            registered,
        }
    }

    /// Waits for the next icon.
    pub(crate) async fn icon(&mut self) -> Icon {
        let (sender, path) = tokio::time::timeout(NEVER, self.registered.recv())
            .await
            .expect("the icon appears")
            .expect("the watcher lives on");
        let item = self.proxy(&sender, &path, ITEM).await;
        let menu: zbus::zvariant::OwnedObjectPath = item
            .get_property("Menu")
            .await
            .expect("the icon has a menu");
        let menu = self.proxy(&sender, menu.as_str(), MENU).await;
        let icon = Icon { item, menu };
        // The icon registers before its menu is on the bus, and nothing tells when it is.
        let answers = async {
            while icon.asked_layout().await.is_err() {
                tokio::time::sleep(ASK_AGAIN).await;
            }
        };
        tokio::time::timeout(NEVER, answers)
            .await
            .expect("the menu appears");
        icon
    }

    async fn proxy(&self, sender: &str, path: &str, name: &'static str) -> Proxy<'static> {
        zbus::proxy::Builder::new(&self.connection)
            .destination(sender.to_owned())
            .and_then(|builder| builder.path(path.to_owned()))
            .and_then(|builder| builder.interface(name))
            .expect("the names came from the bus")
            .cache_properties(zbus::proxy::CacheProperties::No)
            .build()
            .await
            .expect("the icon is on the bus")
    }
}

type Layout = (
    i32,
    std::collections::HashMap<String, OwnedValue>,
    Vec<OwnedValue>,
);

impl Icon {
    /// The menu as it is now.
    pub(crate) async fn entries(&self) -> Vec<Entry> {
        let (_, _, children) = self.layout().await;
        children.into_iter().map(|child| entry(&child).1).collect()
    }

    /// Waits until the menu satisfies `wanted`; asks again whenever the menu says that it changed.
    pub(crate) async fn entries_when(&self, wanted: impl Fn(&[Entry]) -> bool) -> Vec<Entry> {
        let mut changes = self
            .menu
            .receive_all_signals()
            .await
            .expect("the menu sends signals");
        let wait = async {
            loop {
                let entries = self.entries().await;
                if wanted(&entries) {
                    return entries;
                }
                changes.next().await.expect("the menu is still there");
            }
        };
        match tokio::time::timeout(NEVER, wait).await {
            Ok(entries) => entries,
            Err(_) => panic!("the menu stayed {:?}", self.entries().await),
        }
    }

    /// The first line of the menu, once it is this one.
    pub(crate) async fn line_is(&self, line: &str) {
        self.entries_when(
            |entries| matches!(entries.first(), Some(Entry::Choice { label, .. }) if label == line),
        )
        .await;
    }

    /// Chooses the entry with this label, once it is there: a new menu fills line by line.
    pub(crate) async fn choose(&self, label: &str) {
        self.entries_when(|entries| entries.iter().any(|entry| entry.offers(label)))
            .await;
        let (_, _, children) = self.layout().await;
        let id = children
            .iter()
            .find_map(|child| number_of(child, label))
            .unwrap_or_else(|| panic!("the menu has no {label}"));
        self.menu
            .call_method("Event", &(id, "clicked", Value::from(""), 0_u32))
            .await
            .expect("the menu takes choices");
    }

    /// The file of the picture that is shown now.
    pub(crate) async fn picture(&self) -> PathBuf {
        let name: String = self
            .item
            .get_property("IconName")
            .await
            .expect("the icon has a picture");
        PathBuf::from(name)
    }

    async fn layout(&self) -> Layout {
        self.asked_layout()
            .await
            .expect("the menu tells its layout")
    }

    async fn asked_layout(&self) -> zbus::Result<Layout> {
        let question = (0_i32, -1_i32, Vec::<&str>::new());
        let (_, layout): (u32, Layout) = self.menu.call("GetLayout", &question).await?;
        Ok(layout)
    }
}

impl Entry {
    /// Whether this, or something in a menu of its own, can be chosen by this label.
    fn offers(&self, wanted: &str) -> bool {
        match self {
            Entry::Separator => false,
            Entry::Choice { label, enabled } => *enabled && label == wanted,
            Entry::Menu { entries, .. } => entries.iter().any(|entry| entry.offers(wanted)),
        }
    }
}

fn layout_of(child: &OwnedValue) -> Layout {
    child
        .try_clone()
        .and_then(|child| child.try_into())
        .expect("children look like the menu itself")
}

/// The number by which an entry with this label is chosen, in the menu or in one of its own.
fn number_of(child: &OwnedValue, wanted: &str) -> Option<i32> {
    match entry(child) {
        (id, Entry::Choice { label, .. }) => (label == wanted).then_some(id),
        (_, Entry::Menu { .. }) => {
            let (_, _, below) = layout_of(child);
            below.iter().find_map(|child| number_of(child, wanted))
        }
        (_, Entry::Separator) => None,
    }
}

fn entry(child: &OwnedValue) -> (i32, Entry) {
    let (id, properties, below) = layout_of(child);
    let text = |name: &str| {
        properties
            .get(name)
            .and_then(|value| <&str>::try_from(value).ok())
            .map(str::to_owned)
    };
    if text("type").as_deref() == Some("separator") {
        return (id, Entry::Separator);
    }
    let enabled = properties
        .get("enabled")
        .and_then(|value| bool::try_from(value).ok())
        .unwrap_or(true);
    let label = text("label").unwrap_or_default();
    let shown = match text("children-display").as_deref() {
        Some("submenu") => Entry::Menu {
            label,
            enabled,
            entries: below.iter().map(|child| entry(child).1).collect(),
        },
        _ => Entry::Choice { label, enabled },
    };
    (id, shown)
}
