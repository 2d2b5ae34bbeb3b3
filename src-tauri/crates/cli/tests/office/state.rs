//! A state file that is damaged, lost, or newer than the program (R7.11).

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::{FOLDER, Office};

impl Office {
    fn state_file(&self) -> PathBuf {
        self.folder.path().join("profile/state.sqlite")
    }

    fn notice(&self) -> Value {
        let (exit, status) = self.asks(&["status"]);
        assert_eq!(exit, Some(0));
        status["notice"].clone()
    }

    /// Two contacts are on both sides, once each.
    fn assert_two(&self) {
        let items = self.sandbox.exchange.items_in(&self.user().email, FOLDER);
        let records = self.sandbox.crm.records("Contacts");
        assert_eq!((items.len(), records.len()), (2, 2));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r7_11_a_damaged_or_lost_state_is_rebuilt_and_the_user_is_told() {
    for damaged in [true, false] {
        let office = Office::connected().await;
        assert_eq!(office.sync().0, Some(0));
        assert_eq!(office.notice(), Value::Null);
        let file = office.state_file();
        let mut bytes = fs::read(&file).expect("a state file");
        match damaged {
            true => {
                let header = 100;
                bytes[header..].fill(0xA5);
                fs::write(&file, &bytes).expect("written");
                // What the log knows of the pages would repair them.
                let _ = fs::remove_file(file.with_file_name("state.sqlite-wal"));
            }
            false => fs::remove_file(&file).expect("removed"),
        }
        let notice = office.notice();
        assert_eq!(notice["code"], "state_rebuilt");
        let aside = notice["values"]["file"].as_str().map(PathBuf::from);
        assert_eq!(aside.is_some(), damaged);
        if let Some(aside) = aside {
            assert_eq!(fs::read(aside).expect("it is kept"), bytes);
        }
        assert_eq!(office.sync().0, Some(0));
        office.assert_two();
        let (_, history) = office.asks(&["history"]);
        let made = history.to_string().contains("created");
        assert!(!made, "nothing was made again: {history}");
        assert_eq!(office.sync().0, Some(0));
        office.assert_two();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r7_11_a_state_that_cannot_be_rebuilt_yet_waits_for_the_servers() {
    let office = Office::connected().await;
    assert_eq!(office.sync().0, Some(0));
    fs::remove_file(office.state_file()).expect("removed");
    office.order("crm:503::99");
    assert_eq!(office.sync().0, Some(5));
    office.assert_recovers();
}

#[tokio::test(flavor = "multi_thread")]
async fn r7_11_while_another_process_works_a_damaged_file_is_left_alone() {
    let office = Office::connected().await;
    assert_eq!(office.sync().0, Some(0));
    let file = office.state_file();
    fs::write(&file, "no database any more").expect("written");
    // What the log knows of the pages would repair them.
    let _ = fs::remove_file(file.with_file_name("state.sqlite-wal"));
    let lock = fs::File::create(file.with_file_name("profile.lock")).expect("there");
    lock.try_lock().expect("nobody else has it");
    assert_eq!(office.sync(), (Some(1), "profile_in_use".to_owned()));
    assert_eq!(fs::read(&file).expect("there"), b"no database any more");
    drop(lock);
    assert_eq!(office.sync().0, Some(0));
    office.assert_two();
}
