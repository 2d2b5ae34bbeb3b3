//! How entries and their values are called.

use crate::{Texts, moment};

impl Texts {
    /// A component as users know it.
    pub fn component(self, name: &str) -> String {
        self.t(&format!("component.{name}"))
    }

    /// A value as people write it, in quotes where it is somebody's text, or the word for none.
    pub fn value(self, field: &str, value: &str) -> String {
        let minutes = || value.parse().ok().filter(|_| field == "reminder");
        let named = || self.find(&format!("value.{field}.{value}"), &[]);
        match (field, value) {
            (_, "") => self.t("history.empty_value"),
            ("start" | "end" | "due", value) => {
                moment::day_or_moment(self, value).unwrap_or_else(|| value.to_owned())
            }
            ("all_day" | "private", _) => self.t("value.yes"),
            (_, value) => minutes()
                .map(|count| self.count("value.minutes_before", count, &[]))
                .or_else(named)
                .unwrap_or_else(|| {
                    let value = value.replace('\n', " / ");
                    self.fill("cli.quoted", &[("value", &value)])
                }),
        }
    }

    /// A value that is, or was, overwritten, as in `Phone: “1” → “2”`.
    pub fn change(self, field: &str, before: &str, after: &str) -> String {
        format!(
            "{}: {} → {}",
            self.field(field),
            self.value(field, before),
            self.value(field, after)
        )
    }

    /// How a person calls an entry.
    pub fn title(self, title: &str) -> String {
        match title {
            "" => self.t("history.untitled"),
            // What has no name is called by its time.
            title => match moment::day_or_moment(self, title) {
                Some(time) => format!("{} {time}", self.t("history.untitled")),
                None => title.replace('\n', " "),
            },
        }
    }
}
