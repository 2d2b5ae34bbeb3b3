//! The steps that bring a state file to today's tables. A released step is never edited: the file remembers its checksum.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

const STEPS: &[(i64, &str, &str)] = &[
    (
        1,
        "state of a profile",
        include_str!("../migrations/0001_state_of_a_profile.sql"),
    ),
    (
        2,
        "series and days",
        include_str!("../migrations/0002_series_and_days.sql"),
    ),
    (
        3,
        "history by time",
        include_str!("../migrations/0003_history_by_time.sql"),
    ),
    (4, "mails", include_str!("../migrations/0004_mails.sql")),
];

/// The newest schema this program knows.
pub const NEWEST: i64 = STEPS[STEPS.len() - 1].0;

/// All steps, ready to run.
pub fn migrator() -> Migrator {
    let steps = STEPS.iter().map(|(version, description, sql)| {
        Migration::new(
            *version,
            (*description).into(),
            MigrationType::Simple,
            sql.into_sql_str(),
            false,
        )
    });
    Migrator::with_migrations(steps.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_a_step_and_they_ascend() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .expect("the folder is part of the sources")
            .map(|entry| entry.expect("readable").file_name().into_string())
            .map(|name| name.expect("a plain name"))
            .filter(|name| name.ends_with(".sql"))
            .collect();
        files.sort();
        let steps: Vec<String> = STEPS
            .iter()
            .map(|(version, description, _)| {
                format!("{version:04}_{}.sql", description.replace(' ', "_"))
            })
            .collect();
        assert_eq!(files, steps);
        assert!(STEPS.is_sorted_by(|(one, ..), (other, ..)| one < other));
    }
}
