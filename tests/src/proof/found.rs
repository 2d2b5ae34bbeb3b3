//! Stories that once broke a promise, as files: the kind of entry, the kind of server, the strategy, then one act to a line.

use model::{Component, Strategy};
use sandbox::options::Mode;

use super::Act;
use super::trade::TRADES;

/// What a story is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// The kind of entry.
    pub component: Component,
    /// The kind of server.
    pub mode: Mode,
    /// Who wins where both sides changed.
    pub rule: Strategy,
}

const RULES: [(&str, Strategy); 3] = [
    ("last_modified", Strategy::LastModified),
    ("crm", Strategy::Crm),
    ("exchange", Strategy::Exchange),
];

impl Setting {
    /// All there are stories of.
    pub fn all() -> impl Iterator<Item = Self> {
        RULES.into_iter().flat_map(|(_, rule)| {
            TRADES.into_iter().flat_map(move |component| {
                let modes = [Mode::Exchange, Mode::Gromox].into_iter();
                modes.map(move |mode| Self {
                    component,
                    mode,
                    rule,
                })
            })
        })
    }
}

/// Reads a story.
pub fn read(text: &str) -> Result<(Setting, Vec<Act>), String> {
    let mut lines = text.lines().map(str::trim);
    let mut lines = lines
        .by_ref()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let component = lines.next().unwrap_or_default();
    let component: Component = component
        .parse()
        .map_err(|_| format!("{component} is no component"))?;
    let mode = match lines.next() {
        Some("exchange") => Mode::Exchange,
        Some("gromox") => Mode::Gromox,
        other => return Err(format!("{other:?} is no kind of server")),
    };
    let rule = lines.next().unwrap_or_default();
    let known = RULES.iter().find(|(name, _)| *name == rule);
    let (_, rule) = *known.ok_or_else(|| format!("{rule} is no strategy"))?;
    let acts = lines
        .map(str::parse)
        .collect::<Result<Vec<Act>, String>>()?;
    let setting = Setting {
        component,
        mode,
        rule,
    };
    Ok((setting, acts))
}

/// Writes a story.
pub fn write(setting: Setting, acts: &[Act]) -> String {
    let mode = match setting.mode {
        Mode::Exchange => "exchange",
        Mode::Gromox => "gromox",
    };
    let known = RULES.iter().find(|(_, rule)| *rule == setting.rule);
    let rule = known.map_or("", |(name, _)| name);
    let acts: Vec<String> = acts.iter().map(Act::to_string).collect();
    format!(
        "{}\n{mode}\n{rule}\n{}\n",
        setting.component,
        acts.join("\n")
    )
}
