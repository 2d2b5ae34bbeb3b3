//! Appointments: a start and an end in the right order, and the duration that follows.
//! Deliberately not here: series and their exceptions, and wall clocks of zones.

use super::values::read_time;
use crate::exchange::failure::Failure;
use crate::exchange::item::Item;
use crate::exchange::xml::Element;
use jiff::ToSpan;

pub(super) fn complete(item: &mut Item) -> Result<(), Failure> {
    let time = |name: &str| item.fields.text(name).and_then(read_time);
    let missing = |name: &str| {
        Failure::new(
            "ErrorRequiredPropertyMissing",
            format!("The property calendar:{name} is missing."),
        )
    };
    let start = time("Start").ok_or_else(|| missing("Start"))?;
    let end = match time("End") {
        Some(end) => end,
        None => start
            .checked_add(30.minutes())
            .map_err(|_| missing("End"))?,
    };
    if end < start {
        return Err(Failure::new(
            "ErrorCalendarEndDateIsEarlierThanStartDate",
            "EndDate is earlier than StartDate.",
        ));
    }
    let minutes = end.duration_since(start).as_mins();
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let mut duration = String::from("P");
    if days > 0 {
        duration.push_str(&format!("{days}D"));
    }
    if hours > 0 || rest > 0 || days == 0 {
        duration.push_str(&format!("T{hours}H{rest}M"));
    }
    item.fields
        .set_text("CalendarItem", "End", crate::exchange::render::time(end));
    item.fields
        .set("CalendarItem", Element::t("Duration").text(duration));
    Ok(())
}
