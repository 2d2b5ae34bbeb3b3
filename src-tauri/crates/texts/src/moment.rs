//! Moments as people say them.

use crate::{Language, Texts};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// Says moments relative to now, in the computer's time zone.
#[derive(Debug, Clone)]
pub struct Moments {
    texts: Texts,
    now: Zoned,
}

impl Moments {
    /// For the computer's clock and time zone.
    pub fn of_system(texts: Texts) -> Self {
        Self {
            texts,
            now: Zoned::now(),
        }
    }

    /// Today at 14:03, yesterday at 9:00, tomorrow at 6:00, on 22 Nov 2026 at 9:00. Given in Unix milliseconds.
    pub fn when(&self, millis: i64) -> String {
        let at = self.zoned(millis);
        let time = at.strftime("%H:%M").to_string();
        let values: &[(&str, &str)] = &[("time", &time)];
        if at.date() == self.now.date() {
            return self.texts.fill("window.time.today", values);
        }
        if at
            .date()
            .tomorrow()
            .is_ok_and(|next| next == self.now.date())
        {
            return self.texts.fill("window.time.yesterday", values);
        }
        if self
            .now
            .date()
            .tomorrow()
            .is_ok_and(|next| next == at.date())
        {
            return self.texts.fill("window.time.tomorrow", values);
        }
        let date = at.strftime(self.date_format()).to_string();
        self.texts
            .fill("window.time.on", &[("date", &date), ("time", &time)])
    }

    /// Date and time in full, for lists.
    pub fn stamp(&self, millis: i64) -> String {
        let at = self.zoned(millis);
        let format = format!("{} %H:%M", self.date_format());
        at.strftime(&format).to_string()
    }

    fn date_format(&self) -> &'static str {
        date_format(self.texts)
    }

    fn zoned(&self, millis: i64) -> Zoned {
        let zone: TimeZone = self.now.time_zone().clone();
        let at = Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH);
        at.to_zoned(zone)
    }
}

fn date_format(texts: Texts) -> &'static str {
    match texts.language() {
        Language::German => "%d.%m.%Y",
        Language::English => "%d %b %Y",
    }
}

/// A day, or a moment in the computer's time zone, as fields hold them; `None` where the text is neither.
pub fn day_or_moment(texts: Texts, text: &str) -> Option<String> {
    if let Ok(day) = text.parse::<Date>() {
        return Some(day.strftime(date_format(texts)).to_string());
    }
    let moment: Timestamp = text.parse().ok()?;
    let format = format!("{} %H:%M", date_format(texts));
    let local = moment.to_zoned(TimeZone::system());
    Some(local.strftime(&format).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(language: Language) -> Moments {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().expect("a moment");
        Moments {
            texts: Texts::new(language),
            now: now.to_zoned(TimeZone::fixed(jiff::tz::offset(1))),
        }
    }

    fn millis(text: &str) -> i64 {
        let at: Timestamp = text.parse().expect("a moment");
        at.as_millisecond()
    }

    #[test]
    fn r10_3_moments_are_told_as_people_say_them() {
        let (german, english) = (moments(Language::German), moments(Language::English));
        for (at, in_german, in_english) in [
            ("2026-11-22T11:00:00Z", "heute um 12:00", "today at 12:00"),
            ("2026-11-21T23:30:00Z", "heute um 00:30", "today at 00:30"),
            (
                "2026-11-21T22:30:00Z",
                "gestern um 23:30",
                "yesterday at 23:30",
            ),
            (
                "2026-05-03T07:00:00Z",
                "am 03.05.2026 um 08:00",
                "on 03 May 2026 at 08:00",
            ),
        ] {
            assert_eq!(german.when(millis(at)), in_german);
            assert_eq!(english.when(millis(at)), in_english);
        }
    }

    #[test]
    fn a_list_shows_date_and_time_in_full() {
        let at = millis("2026-05-03T07:00:00Z");
        assert_eq!(moments(Language::German).stamp(at), "03.05.2026 08:00");
        assert_eq!(moments(Language::English).stamp(at), "03 May 2026 08:00");
    }
}
