//! Tests of the state file: round trip, only after changes, refusal of foreign files.

use super::*;
use std::sync::atomic::{AtomicU64, Ordering};

struct Half(AtomicU64);

impl Kept for Half {
    fn name(&self) -> &'static str {
        "half"
    }

    fn revision(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }

    fn snapshot(&self) -> Value {
        self.revision().into()
    }
}

#[test]
fn what_was_saved_is_read_back_and_a_missing_file_is_an_empty_state() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("state.json");
    assert!(
        Saved::read(&path)
            .expect("missing is fine")
            .take("half")
            .is_none()
    );
    let half = Arc::new(Half(AtomicU64::new(7)));
    Keeper::new(path.clone(), vec![half])
        .save()
        .expect("it can be written");
    assert_eq!(
        Saved::read(&path).expect("just written").take("half"),
        Some(Value::from(7))
    );
    assert_eq!(
        std::fs::read_dir(folder.path())
            .expect("the folder")
            .count(),
        1
    );
}

#[test]
fn nothing_is_written_where_nothing_changed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("state.json");
    let half = Arc::new(Half(AtomicU64::new(1)));
    let mut keeper = Keeper::new(path.clone(), vec![half.clone()]);
    keeper.save().expect("it can be written");
    std::fs::remove_file(&path).expect("it was written");
    keeper.save().expect("nothing to do");
    assert!(!path.exists());
    half.0.store(2, Ordering::SeqCst);
    keeper.save().expect("it can be written");
    assert!(path.exists());
}

#[test]
fn a_foreign_file_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("state.json");
    std::fs::write(&path, "{\"format\": 99}").expect("it can be written");
    assert!(matches!(
        Saved::read(&path),
        Err(StateError::Format { found: 99, .. })
    ));
    std::fs::write(&path, "my notes").expect("it can be written");
    assert!(matches!(Saved::read(&path), Err(StateError::Content(..))));
    assert_eq!(
        std::fs::read_to_string(&path).expect("still there"),
        "my notes"
    );
}
