//! The whole state in one file: written whole to a neighbour and renamed over the old one, so that a kill at any moment leaves the
//! old or the new state, never half of one. Read back at the next start.
//! Deliberately not here: what the halves keep; each knows how to put itself into JSON and back.

use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The format this program writes; another one is refused, untouched.
const FORMAT: u64 = 1;

/// The longest that a change stays unwritten, and the shortest pause between two writes of a small state.
const PAUSE: Duration = Duration::from_millis(100);

/// A half whose state goes into the file.
pub trait Kept: Send + Sync {
    /// Its key in the file.
    fn name(&self) -> &'static str;
    /// A number that is another one after every change.
    fn revision(&self) -> u64;
    /// Everything needed to go on from here. Consistent in itself.
    fn snapshot(&self) -> Value;
}

/// Why the state could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The file is there, but cannot be read.
    #[error("cannot read the state file {}", .0.display())]
    Read(PathBuf, #[source] std::io::Error),
    /// The file cannot be written.
    #[error("cannot write the state file {}", .0.display())]
    Write(PathBuf, #[source] std::io::Error),
    /// The file is not one of ours.
    #[error("{} is not a state file of this sandbox", .0.display())]
    Content(PathBuf, #[source] serde_json::Error),
    /// The file was written by another version.
    #[error("{} has format {found}, this sandbox reads format {FORMAT}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// What it says.
        found: u64,
    },
}

/// What a state file held: the part of each half by its name.
#[derive(Debug, Default)]
pub struct Saved(Map<String, Value>);

impl Saved {
    /// Reads the file; a missing one is an empty state.
    pub fn read(path: &Path) -> Result<Self, StateError> {
        let text = match std::fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(error) => return Err(StateError::Read(path.to_owned(), error)),
        };
        let parts: Map<String, Value> = serde_json::from_slice(&text)
            .map_err(|error| StateError::Content(path.to_owned(), error))?;
        match parts.get("format").and_then(Value::as_u64) {
            Some(FORMAT) => Ok(Self(parts)),
            other => Err(StateError::Format {
                path: path.to_owned(),
                found: other.unwrap_or_default(),
            }),
        }
    }

    /// Takes out the part of one half, if the file had it.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name)
    }
}

/// Writes the state of all halves whenever one of them changed.
pub struct Keeper {
    path: PathBuf,
    halves: Vec<Arc<dyn Kept>>,
    written: Option<Vec<u64>>,
}

impl Keeper {
    /// A keeper of these halves in this file. Nothing is written yet.
    pub fn new(path: PathBuf, halves: Vec<Arc<dyn Kept>>) -> Self {
        Self {
            path,
            halves,
            written: None,
        }
    }

    /// Writes if anything changed since the last time.
    pub fn save(&mut self) -> Result<(), StateError> {
        // Asked for before the snapshot: a change in between is written once too often rather than not at all.
        let revisions: Vec<u64> = self.halves.iter().map(|half| half.revision()).collect();
        if self.written.as_ref() == Some(&revisions) {
            return Ok(());
        }
        let mut parts = Map::from_iter([("format".to_owned(), Value::from(FORMAT))]);
        for half in &self.halves {
            parts.insert(half.name().to_owned(), half.snapshot());
        }
        replace(&self.path, Value::Object(parts).to_string().as_bytes())
            .map_err(|error| StateError::Write(self.path.clone(), error))?;
        self.written = Some(revisions);
        Ok(())
    }

    /// Saves again and again until told to stop, then once more. A large state, slow to write, is written more seldom.
    pub async fn run(
        mut self,
        mut stop: tokio::sync::watch::Receiver<bool>,
    ) -> Result<(), StateError> {
        let mut pause = PAUSE;
        loop {
            let stopping = tokio::select! {
                () = tokio::time::sleep(pause) => false,
                _ = stop.wait_for(|stop| *stop) => true,
            };
            let began = Instant::now();
            let (keeper, saved) = tokio::task::spawn_blocking(move || {
                let saved = self.save();
                (self, saved)
            })
            .await
            .expect("saving does not panic");
            self = keeper;
            saved?;
            if stopping {
                return Ok(());
            }
            pause = PAUSE.max(began.elapsed() * 4);
        }
    }
}

fn replace(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let neighbour = path.with_file_name(name);
    std::fs::write(&neighbour, content)?;
    std::fs::rename(&neighbour, path)
}

#[cfg(test)]
mod tests;
