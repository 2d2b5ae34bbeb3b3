//! What the `Date` and `Retry-After` headers of an answer tell.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// Server clock minus ours, from the `Date` header. It has whole seconds and travelled for a while: good to a second or two.
pub fn clock_offset(headers: &HeaderMap, now: Timestamp) -> Option<SignedDuration> {
    let date = headers.get(DATE)?.to_str().ok()?;
    Some(http_date(date)?.duration_since(now))
}

/// How far a `Date` may be off and still tell the same: it has whole seconds, and some servers take it when the request came.
const NEARLY: SignedDuration = SignedDuration::from_secs(5);

/// Watches our own clock, which may be set right or wrong at any time: when a computer wakes up, has found its time server, or somebody
/// changes it. Nobody tells; but then the server's clock stands against ours otherwise than before.
#[derive(Debug, Clone, Copy, Default)]
pub struct ClockWatch {
    offset: Option<SignedDuration>,
}

impl ClockWatch {
    /// Server clock minus ours by the last answer that told another time than expected; `None` before the first.
    pub fn offset(&self) -> Option<SignedDuration> {
        self.offset
    }

    /// Looks at an answer that was waited for from one moment to another. By so much the server's clock now stands against ours otherwise
    /// than before.
    pub fn look(
        &mut self,
        headers: &HeaderMap,
        asked: Timestamp,
        answered: Timestamp,
    ) -> SignedDuration {
        let told = clock_offset(headers, answered);
        let (Some(told), before) = (told, self.offset) else {
            return SignedDuration::ZERO;
        };
        // The date is of some moment between question and answer.
        let waited = answered.duration_since(asked).max(SignedDuration::ZERO);
        let moved = before.map_or(SignedDuration::ZERO, |before| told - before);
        if before.is_some() && -waited - NEARLY <= moved && moved <= NEARLY {
            return SignedDuration::ZERO;
        }
        self.offset = Some(told);
        moved
    }
}

/// How long the server wants to be left alone, from the `Retry-After` header, given in seconds or as a date.
pub fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let at = http_date(text)?;
    // A date is the server's; its own `Date` says how its clock stands against ours.
    let server_now = now.checked_add(clock_offset(headers, now).unwrap_or_default());
    let wait = at.duration_since(server_now.unwrap_or(now));
    Some(Duration::try_from(wait).unwrap_or(Duration::ZERO))
}

/// `Sun, 22 Nov 2026 18:08:00 GMT` (RFC 9110, 5.6.7).
fn http_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::parse(text)
        .ok()
        .map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    fn now() -> Timestamp {
        "2026-11-22T18:08:00Z".parse().expect("a time")
    }

    fn headers(date: Option<&'static str>, retry: Option<&'static str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if let Some(date) = date {
            headers.insert(DATE, HeaderValue::from_static(date));
        }
        if let Some(retry) = retry {
            headers.insert(RETRY_AFTER, HeaderValue::from_static(retry));
        }
        headers
    }

    #[test]
    fn the_date_header_tells_how_clocks_differ() {
        let fast = headers(Some("Sun, 22 Nov 2026 18:09:30 GMT"), None);
        assert_eq!(
            clock_offset(&fast, now()),
            Some(SignedDuration::from_secs(90))
        );
        let odd = headers(Some("yesterday"), None);
        assert_eq!(clock_offset(&odd, now()), None);
        assert_eq!(clock_offset(&HeaderMap::new(), now()), None);
    }

    #[test]
    fn r3_2_a_clock_that_is_set_is_noticed_and_a_slow_answer_is_none() {
        let mut watch = ClockWatch::default();
        let at = |seconds| now() + SignedDuration::from_secs(seconds);
        let date = headers(Some("Sun, 22 Nov 2026 18:08:00 GMT"), None);
        let none = SignedDuration::ZERO;
        assert_eq!(watch.look(&HeaderMap::new(), at(0), at(0)), none);
        assert_eq!(watch.offset(), None);
        assert_eq!(watch.look(&date, at(0), at(1)), none, "the first");
        assert_eq!(watch.offset(), Some(SignedDuration::from_secs(-1)));
        for (asked, answered) in [(-2, -2), (3, 5), (0, 60), (-2, 300)] {
            assert_eq!(watch.look(&date, at(asked), at(answered)), none);
        }
        let set_back = watch.look(&date, at(-3_600), at(-3_599));
        assert_eq!(set_back, SignedDuration::from_secs(3_600));
        assert_eq!(watch.offset(), Some(SignedDuration::from_secs(3_599)));
        let set_right = watch.look(&date, at(0), at(1));
        assert_eq!(set_right, SignedDuration::from_secs(-3_600));
    }

    #[test]
    fn a_waiting_time_is_read_in_both_forms() {
        let seconds = headers(None, Some("120"));
        assert_eq!(retry_after(&seconds, now()), Some(Duration::from_secs(120)));
        let date = headers(
            Some("Sun, 22 Nov 2026 19:00:00 GMT"),
            Some("Sun, 22 Nov 2026 19:00:30 GMT"),
        );
        assert_eq!(retry_after(&date, now()), Some(Duration::from_secs(30)));
        let past = headers(None, Some("Sun, 22 Nov 2020 19:00:30 GMT"));
        assert_eq!(retry_after(&past, now()), Some(Duration::ZERO));
        assert_eq!(retry_after(&headers(None, Some("soon")), now()), None);
    }
}
