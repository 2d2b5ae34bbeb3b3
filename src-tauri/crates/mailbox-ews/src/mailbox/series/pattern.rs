//! The occurrences of a series worked out from its pattern. Exceptions and deletions do not count here.

use std::num::NonZeroU32;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use mapping::series::{Length, Occurrence, Series, When};
use model::{Code, Window};
use ports::{ErrorKind, Failure, Result};

use super::{Master, Plain};
use crate::convert::appointment::{days, is_all_day, zone_of};
use crate::options::UserZone;
use crate::wire::item::time;
use crate::wire::leaf::{Leaf, Leaves};

/// The occurrences by the pattern.
pub(super) fn expand(master: &Master, window: &Window, user: &UserZone) -> Result<Vec<Plain>> {
    let series = series_of(master, user)?;
    let zone = zone_of(&master.item.leaves, user);
    let plain = |occurrence: Occurrence| {
        let end = match occurrence.when {
            When::Timed { end, .. } => end,
            When::AllDay { last, .. } => midnight(last.tomorrow().ok()?, &zone)?,
        };
        Some(Plain {
            original_start: occurrence.original_start,
            end,
            change_key: None,
        })
    };
    let bounds = window.from()..window.until();
    Ok(series.expand(bounds).filter_map(plain).collect())
}

fn midnight(day: Date, zone: &TimeZone) -> Option<Timestamp> {
    Some(day.to_zoned(zone.clone()).ok()?.timestamp())
}

/// The pattern of a series, ready to be worked out.
pub(super) fn series_of(master: &Master, user: &UserZone) -> Result<Series> {
    let unusable = |why: String| {
        let refused = ErrorKind::Refused { field: None };
        Failure::new(refused, Code::EntryRefused).with("detail", why)
    };
    let recurrence = match &master.details.recurrence {
        Some(Ok(recurrence)) => recurrence,
        Some(Err(why)) => return Err(unusable(why.clone())),
        None => return Err(unusable("no pattern".to_owned())),
    };
    let leaves = &master.item.leaves;
    let zone = zone_of(leaves, user);
    let length = length(leaves, &zone).ok_or_else(|| unusable("no start".to_owned()))?;
    Series::new(recurrence, length, zone).map_err(|error| unusable(error.to_string()))
}

fn length(leaves: &Leaves, zone: &TimeZone) -> Option<Length> {
    let moment = |leaf| leaves.get(&leaf).and_then(|text| time(text));
    let (start, end) = (moment(Leaf::Start)?, moment(Leaf::End)?);
    if is_all_day(leaves) {
        let (first, last) = days(start, end, zone)?;
        let count = first.until(last).ok()?.get_days() + 1;
        let days = NonZeroU32::new(u32::try_from(count).ok()?)?;
        return Some(Length::AllDay { days });
    }
    let local = |moment: Timestamp| moment.to_zoned(zone.clone()).datetime();
    let (start, end) = (local(start), local(end));
    let lasts = start.duration_until(end).as_secs().max(0);
    Some(Length::Timed {
        start: start.time(),
        lasts: Duration::from_secs(u64::try_from(lasts).ok()?),
    })
}
