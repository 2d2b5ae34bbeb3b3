//! Random stories through the whole product, in short; `cargo xtask prove` tells as many as there is time for. A story that breaks a
//! promise is shrunk, printed, and belongs into `found/`.

use model::{Component, Strategy};
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use sandbox::options::Mode;
use scenarios::proof::{Act, Setting, Story, acts, found};

fn tell(setting: Setting) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let config = Config {
        cases: 25,
        max_shrink_iters: 2_000,
        failure_persistence: None,
        ..Config::default()
    };
    let stories = proptest::collection::vec(acts::act(), 1..40);
    let told = TestRunner::new(config).run(&stories, |acts: Vec<Act>| {
        let story = async { Story::new(setting).await.run(&acts).await };
        let ended = runtime.block_on(story);
        ended.map(drop).map_err(|what| {
            let story = found::write(setting, &acts);
            TestCaseError::fail(format!("{what}\n{story}"))
        })
    });
    if let Err(broken) = told {
        panic!("{broken}");
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
