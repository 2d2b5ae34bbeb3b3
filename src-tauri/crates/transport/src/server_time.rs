//! What the `Date` and `Retry-After` headers of an answer tell.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// Server clock minus ours, from the `Date` header. It has whole seconds and travelled for a while: good to a second or two.
pub fn clock_offset(headers: &HeaderMap, now: Timestamp) -> Option<SignedDuration> {
    let date = headers.get(DATE)?.to_str().ok()?;
    Some(http_date(date)?.duration_since(now))
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
