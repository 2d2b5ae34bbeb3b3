//! Stories that once broke a promise, as files: the kind of entry, the kind of server, then one act to a line.

use model::Component;
use sandbox::options::Mode;

use super::Act;

/// Reads a story.
pub fn read(text: &str) -> Result<(Component, Mode, Vec<Act>), String> {
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
    let acts = lines
        .map(str::parse)
        .collect::<Result<Vec<Act>, String>>()?;
    Ok((component, mode, acts))
}

/// Writes a story.
pub fn write(component: Component, mode: Mode, acts: &[Act]) -> String {
    let mode = match mode {
        Mode::Exchange => "exchange",
        Mode::Gromox => "gromox",
    };
    let acts: Vec<String> = acts.iter().map(Act::to_string).collect();
    format!("{component}\n{mode}\n{}\n", acts.join("\n"))
}
