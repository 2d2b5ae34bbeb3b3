//! What a calendar item tells besides its values: whether it stands for a series, how that repeats, whose meeting it is.

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use model::ItemId;
use model::series::{DaySet, Index, Pattern, Range, Recurrence};

use super::item::{read_id, time};
use super::leaf;
use super::tree::Element;

/// What a calendar item stands for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Role {
    /// For itself.
    #[default]
    Single,
    /// For one day of a series as the pattern has it.
    Occurrence,
    /// For one day of a series that differs from it.
    Exception,
    /// For the series.
    Master,
}

/// What a calendar item tells besides its values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    /// What it stands for.
    pub role: Role,
    /// The same for a series and its occurrences.
    pub uid: Option<String>,
    /// How a series repeats; `Err` says what of it, or of what differs from it, cannot be understood.
    pub recurrence: Option<Result<Recurrence, String>>,
    /// Occurrences of a series that differ from its pattern.
    pub exceptions: Vec<Exception>,
    /// Original starts of deleted occurrences.
    pub deleted: Vec<Timestamp>,
    /// Whether the user was invited by somebody else.
    pub is_invitation: bool,
    /// What attendees answered.
    pub answers: String,
}

/// An occurrence of a series that differs from its pattern, as the series lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// Its own id.
    pub id: ItemId,
    /// When the pattern has it begin.
    pub original_start: Timestamp,
    /// When it begins.
    pub start: Timestamp,
    /// When it is over.
    pub end: Timestamp,
}

impl Details {
    /// Reads them.
    pub fn read(item: &Element) -> Self {
        let (exceptions, deleted) = (exceptions(item), deleted(item));
        Self {
            role: match item.text_of("CalendarItemType") {
                Some("RecurringMaster") => Role::Master,
                Some("Occurrence") => Role::Occurrence,
                Some("Exception") => Role::Exception,
                _ if item.child("Recurrence").is_some() => Role::Master,
                _ => Role::Single,
            },
            uid: item
                .text_of("UID")
                .filter(|uid| !uid.is_empty())
                .map(str::to_owned),
            // Without knowing what differs from it, a pattern gives occurrences that are elsewhere or no more.
            recurrence: item.child("Recurrence").map(|element| match &exceptions {
                None => Err("ModifiedOccurrences".to_owned()),
                Some(_) if deleted.is_none() => Err("DeletedOccurrences".to_owned()),
                Some(_) => recurrence(element),
            }),
            exceptions: exceptions.unwrap_or_default(),
            deleted: deleted.unwrap_or_default(),
            is_invitation: is_invitation(item),
            answers: leaf::answers(item),
        }
    }
}

/// The bit of `AppointmentState` of a meeting that was received (MS-OXOCAL 2.2.1.10, asfReceived).
const RECEIVED: u32 = 2;

/// An own appointment has no state, or that of a meeting one organises; some servers tell the own answer only.
fn is_invitation(item: &Element) -> bool {
    let state = item.text_of("AppointmentState");
    if let Some(state) = state.and_then(|state| state.trim().parse::<u32>().ok()) {
        return state & RECEIVED != 0;
    }
    matches!(
        item.text_of("MyResponseType"),
        Some("Accept" | "Tentative" | "Decline" | "NoResponseReceived")
    )
}

/// `None`: one of them cannot be understood.
fn exceptions(item: &Element) -> Option<Vec<Exception>> {
    let list = item.child("ModifiedOccurrences");
    let occurrences = list.into_iter().flat_map(Element::children);
    occurrences
        .map(|occurrence| {
            let (id, _) = read_id(occurrence).ok()?;
            let moment = |name| occurrence.text_of(name).and_then(time);
            let start = moment("Start")?;
            Some(Exception {
                id,
                original_start: moment("OriginalStart")?,
                start,
                end: moment("End").unwrap_or(start),
            })
        })
        .collect()
}

fn deleted(item: &Element) -> Option<Vec<Timestamp>> {
    let list = item.child("DeletedOccurrences");
    let occurrences = list.into_iter().flat_map(Element::children);
    occurrences
        .map(|occurrence| occurrence.text_of("Start").and_then(time))
        .collect()
}

/// Reads how a series repeats.
fn recurrence(element: &Element) -> Result<Recurrence, String> {
    let named = |end: &'static str| {
        let mut children = element.children();
        children.find(move |child| child.name.ends_with(end) && !child.name.ends_with("Range"))
    };
    let pattern = ["Yearly", "Monthly", "Weekly", "Daily"]
        .iter()
        .find_map(|kind| {
            let mut children = element.children();
            children.find(|child| child.name.ends_with(&format!("{kind}Recurrence")))
        })
        .ok_or("no pattern")?;
    let range = ["NoEndRecurrence", "EndDateRecurrence", "NumberedRecurrence"]
        .into_iter()
        .find_map(named)
        .ok_or("no range")?;
    Ok(Recurrence {
        pattern: read_pattern(pattern)?,
        first_day: day(range, "StartDate")?,
        range: match range.name.as_str() {
            "EndDateRecurrence" => Range::EndDate(day(range, "EndDate")?),
            "NumberedRecurrence" => Range::Numbered(number(range, "NumberOfOccurrences")?),
            _ => Range::NoEnd,
        },
    })
}

fn read_pattern(pattern: &Element) -> Result<Pattern, String> {
    let interval = || match pattern.child("Interval") {
        Some(_) => number(pattern, "Interval"),
        None => Ok(1),
    };
    Ok(match pattern.name.as_str() {
        "DailyRecurrence" => Pattern::Daily {
            interval: interval()?,
        },
        "WeeklyRecurrence" => Pattern::Weekly {
            interval: interval()?,
            days: days(pattern)?,
            first_day_of_week: match pattern.text_of("FirstDayOfWeek") {
                Some(name) => weekday(name).ok_or_else(|| unknown("FirstDayOfWeek", name))?,
                None => Weekday::Sunday,
            },
        },
        "AbsoluteMonthlyRecurrence" => Pattern::AbsoluteMonthly {
            interval: interval()?,
            day: number(pattern, "DayOfMonth")?,
        },
        "RelativeMonthlyRecurrence" => Pattern::RelativeMonthly {
            interval: interval()?,
            days: days(pattern)?,
            index: index(pattern)?,
        },
        "AbsoluteYearlyRecurrence" => Pattern::AbsoluteYearly {
            month: month(pattern)?,
            day: number(pattern, "DayOfMonth")?,
        },
        "RelativeYearlyRecurrence" => Pattern::RelativeYearly {
            month: month(pattern)?,
            days: days(pattern)?,
            index: index(pattern)?,
        },
        other => return Err(format!("the pattern {other}")),
    })
}

fn unknown(name: &str, value: &str) -> String {
    format!("{name} {value:?}")
}

fn number<N: std::str::FromStr>(element: &Element, name: &str) -> Result<N, String> {
    let text = element.text_of(name).unwrap_or_default().trim();
    text.parse().map_err(|_| unknown(name, text))
}

/// A date, which may carry a zone (`2027-04-05+02:00`).
fn day(element: &Element, name: &str) -> Result<Date, String> {
    let text = element.text_of(name).unwrap_or_default().trim();
    let date = text.get(..10).and_then(|date| date.parse().ok());
    date.ok_or_else(|| unknown(name, text))
}

fn days(pattern: &Element) -> Result<DaySet, String> {
    let text = pattern.text_of("DaysOfWeek").unwrap_or_default();
    let mut days = DaySet::default();
    for name in text.split_whitespace() {
        days = match name {
            "Day" => DaySet::DAY,
            "Weekday" => DaySet::WEEKDAY,
            "WeekendDay" => DaySet::WEEKEND_DAY,
            name => days.with(weekday(name).ok_or_else(|| unknown("DaysOfWeek", name))?),
        };
    }
    Ok(days)
}

fn weekday(name: &str) -> Option<Weekday> {
    Some(match name.trim() {
        "Monday" => Weekday::Monday,
        "Tuesday" => Weekday::Tuesday,
        "Wednesday" => Weekday::Wednesday,
        "Thursday" => Weekday::Thursday,
        "Friday" => Weekday::Friday,
        "Saturday" => Weekday::Saturday,
        "Sunday" => Weekday::Sunday,
        _ => return None,
    })
}

fn index(pattern: &Element) -> Result<Index, String> {
    let text = pattern.text_of("DayOfWeekIndex").unwrap_or_default().trim();
    Ok(match text {
        "First" => Index::First,
        "Second" => Index::Second,
        "Third" => Index::Third,
        "Fourth" => Index::Fourth,
        "Last" => Index::Last,
        other => return Err(unknown("DayOfWeekIndex", other)),
    })
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn month(pattern: &Element) -> Result<u8, String> {
    let text = pattern.text_of("Month").unwrap_or_default().trim();
    let position = MONTHS.iter().position(|month| *month == text);
    let number = position.and_then(|position| u8::try_from(position + 1).ok());
    number.ok_or_else(|| unknown("Month", text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(inside: &str) -> Result<Recurrence, String> {
        let xml = format!("<t:Recurrence xmlns:t='t'>{inside}</t:Recurrence>");
        recurrence(&Element::parse(&xml).expect("well-formed"))
    }

    #[test]
    fn r3_5_patterns_and_ranges_are_read_in_any_order() {
        let read = read(
            "<t:NumberedRecurrence><t:StartDate>2027-04-05+02:00</t:StartDate>\
             <t:NumberOfOccurrences>4</t:NumberOfOccurrences></t:NumberedRecurrence>\
             <t:WeeklyRecurrence><t:DaysOfWeek>Monday Thursday</t:DaysOfWeek>\
             <t:Interval>2</t:Interval></t:WeeklyRecurrence>",
        );
        let expected = Recurrence {
            pattern: Pattern::Weekly {
                interval: 2,
                days: DaySet::from([Weekday::Monday, Weekday::Thursday]),
                first_day_of_week: Weekday::Sunday,
            },
            range: Range::Numbered(4),
            first_day: jiff::civil::date(2027, 4, 5),
        };
        assert_eq!(read, Ok(expected));
    }

    #[test]
    fn a_pattern_nobody_knows_is_named_and_does_no_harm() {
        let lunar = read(
            "<LunarRecurrence/><NoEndRecurrence><StartDate>2027-04-05</StartDate></NoEndRecurrence>",
        );
        assert_eq!(lunar, Err("no pattern".to_owned()));
        let never = read(
            "<DailyRecurrence><Interval>often</Interval></DailyRecurrence>\
             <NoEndRecurrence><StartDate>2027-04-05</StartDate></NoEndRecurrence>",
        );
        assert_eq!(never, Err("Interval \"often\"".to_owned()));
    }

    #[test]
    fn r3_6_a_received_meeting_is_an_invitation() {
        let item = |inside: &str| {
            let xml = format!("<CalendarItem>{inside}</CalendarItem>");
            Details::read(&Element::parse(&xml).expect("well-formed")).is_invitation
        };
        assert!(item("<AppointmentState>3</AppointmentState>"));
        assert!(!item(
            "<AppointmentState>1</AppointmentState><MyResponseType>Accept</MyResponseType>"
        ));
        assert!(item("<MyResponseType>NoResponseReceived</MyResponseType>"));
        assert!(!item("<MyResponseType>Organizer</MyResponseType>"));
        assert!(!item(""));
    }
}
