//! Random stories through the whole product, in short and the same in every run; `cargo xtask prove` tells others, as many as there is time
//! for. A story that breaks a promise is shrunk, printed, and belongs into `found/`.

use model::{Component, Strategy};
use sandbox::options::Mode;
use scenarios::proof::{Setting, Story, found};

/// Which stories are told: any number would do.
const SEED: u64 = 1;
/// A story has fewer acts than this.
const ACTS: usize = 40;

fn tell(setting: Setting) {
    if let Err(broken) = scenarios::proof::tell(setting, SEED, ACTS) {
        panic!("{}\n{}", broken.what, broken.story);
    }
}

fn on_exchange(component: Component, rule: Strategy) -> Setting {
    Setting {
        component,
        mode: Mode::Exchange,
        rule,
    }
}

#[test]
fn s1_s2_s3_s4_s5_s7_s10_random_days_with_contacts() {
    for rule in [Strategy::LastModified, Strategy::Crm, Strategy::Exchange] {
        tell(on_exchange(Component::Contacts, rule));
    }
}

#[test]
fn s1_s2_s3_s4_s5_s10_random_days_with_appointments() {
    for rule in [Strategy::LastModified, Strategy::Crm, Strategy::Exchange] {
        tell(on_exchange(Component::Appointments, rule));
    }
}

#[test]
fn s1_s2_s3_s4_s5_s10_random_days_with_tasks() {
    for rule in [Strategy::LastModified, Strategy::Crm, Strategy::Exchange] {
        tell(on_exchange(Component::Tasks, rule));
    }
}

#[test]
fn s1_s2_s3_s4_s5_s10_random_days_with_a_gromox() {
    let settings = Setting::all().filter(|setting| setting.mode == Mode::Gromox);
    for setting in settings.filter(|setting| setting.rule == Strategy::LastModified) {
        tell(setting);
    }
}

#[tokio::test]
async fn s1_the_stories_that_once_went_wrong() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/found");
    let mut told = 0;
    let mut broken = Vec::new();
    for file in std::fs::read_dir(folder).expect("the folder is part of the tests") {
        let file = file.expect("a file").path();
        let text = std::fs::read_to_string(&file).expect("a text");
        let (setting, acts) = found::read(&text).expect("a story");
        if let Err(what) = Story::new(setting).await.run(&acts).await {
            broken.push(format!("{}: {what}", file.display()));
        }
        told += 1;
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(told > 0, "there is no story in {folder}");
}
