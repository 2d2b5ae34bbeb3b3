//! Which of the occurrences of a changed series takes the place of which former one.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use model::{Field, Fields, Item};

/// A place that is free: when its occurrence began, and where the unit stands.
type Place = (Option<Timestamp>, usize);

/// Gives places to occurrences: as many as there were go in their order; else those go together that lie nearest. What finds no place
/// comes back.
pub fn take_places(
    mut places: Vec<Place>,
    mut items: Vec<Item>,
) -> (Vec<(usize, Item)>, Vec<Item>) {
    places.sort();
    items.sort_by_key(start_of_item);
    if places.len() == items.len() {
        let taken = places.into_iter().map(|(_, position)| position).zip(items);
        return (taken.collect(), Vec::new());
    }
    let mut distances: Vec<(i64, usize, usize)> = Vec::new();
    for (place, (free, _)) in places.iter().enumerate() {
        for (number, item) in items.iter().enumerate() {
            distances.push((distance(*free, start_of_item(item)), place, number));
        }
    }
    distances.sort_unstable();
    let mut place_of: Vec<Option<usize>> = vec![None; items.len()];
    let mut is_taken = vec![false; places.len()];
    for (_, place, number) in distances {
        if !is_taken[place] && place_of[number].is_none() {
            is_taken[place] = true;
            place_of[number] = Some(places[place].1);
        }
    }
    let (mut taken, mut rest) = (Vec::new(), Vec::new());
    for (item, place) in items.into_iter().zip(place_of) {
        match place {
            Some(position) => taken.push((position, item)),
            None => rest.push(item),
        }
    }
    (taken, rest)
}

fn start_of_item(item: &Item) -> Option<Timestamp> {
    let of_occurrence = item.id.as_occurrence();
    of_occurrence.map_or_else(|| start(&item.fields), |(_, start)| Some(start))
}

/// When an appointment begins. A day counts as its midnight in UTC, which is near enough for choosing a neighbour.
pub fn start(fields: &Fields) -> Option<Timestamp> {
    let text = fields.get(Field::Start);
    let midnight = || {
        let day: Date = text.parse().ok()?;
        Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp())
    };
    text.parse().ok().or_else(midnight)
}

fn distance(one: Option<Timestamp>, other: Option<Timestamp>) -> i64 {
    match (one, other) {
        (Some(one), Some(other)) => one.duration_since(other).abs().as_secs(),
        _ => i64::MAX,
    }
}
