//! All that reads what a server says, on any text at all: for tests and fuzz targets that try to make it panic or hang. Only there with the
//! feature `hostile`; the product does not use it.

use jiff::civil::date;
use jiff::tz::TimeZone;
use model::{Component, Window};

use crate::convert;
use crate::mailbox::unrolled;
use crate::options::UserZone;
use crate::wire::change::{CreateItem, DeleteItem};
use crate::wire::cut::Cutter;
use crate::wire::envelope::{Operation, read as read_answer, read_cut};
use crate::wire::events::{GetEvents, GetStreamingEvents, Subscribe};
use crate::wire::folder::GetFolder;
use crate::wire::item::{GetItem, Item, Kind};
use crate::wire::mail::GetMail;
use crate::wire::query::{AllFolders, CalendarView, FindFolder, FindItem};
use crate::wire::stream::Envelopes;
use crate::wire::sync::SyncFolderItems;
use crate::wire::{Unreadable, pox};

/// Reads the text as each kind of answer, brings the items in it into our form, and works out the series among them. The number of
/// entries that came out tells whether the text was an answer at all.
pub fn read(text: &str) -> usize {
    let user = UserZone::of("Europe/Berlin").expect("a zone everybody knows");
    let items = items::<GetItem>(text).len() + items::<CreateItem>(text).len();
    let pages = answers::<SyncFolderItems<'_>>(text).map_or(0, |pages| pages.len());
    let looks = [
        answers::<GetFolder<'_>>(text).map(|found| found.len()),
        answers::<FindFolder<'_>>(text).map(|found| found.len()),
        answers::<FindItem<'_>>(text).map(|found| found.len()),
        answers::<CalendarView<'_>>(text).map(|found| found.len()),
        answers::<DeleteItem>(text).map(|found| found.len()),
        answers::<AllFolders<'_>>(text).map(|found| found.len()),
        answers::<Subscribe<'_>>(text).map(|found| found.len()),
        answers::<GetEvents<'_>>(text).map(|found| found.len()),
        pox::read(text).map(|_| 1),
    ];
    for item in self::items::<GetItem>(text) {
        convert_whole(item, &user);
    }
    let mails = mails(text) + stream(text);
    items + mails + pages + looks.into_iter().flatten().sum::<usize>()
}

/// Reads the text as an answer with whole mails, in pieces of a few bytes.
fn mails(text: &str) -> usize {
    let (mut cutter, mut rest) = (Cutter::new("MimeContent"), Vec::new());
    for piece in text.as_bytes().chunks(7) {
        cutter.take(piece, &mut rest);
    }
    let reply = read_cut::<GetMail>(&String::from_utf8_lossy(&rest), cutter.finish());
    let messages = reply.ok().and_then(|reply| reply.body.ok());
    let mails = messages.into_iter().flatten().flatten();
    mails
        .filter_map(|mail| convert::mail::fetched(mail).ok())
        .count()
}

/// Reads the text as an answer of many envelopes.
fn stream(text: &str) -> usize {
    let mut envelopes = Envelopes::default();
    let mut found = 0;
    for piece in text.as_bytes().chunks(7) {
        if envelopes.take(piece).is_err() {
            return found;
        }
        while let Some(envelope) = envelopes.next_whole() {
            let told = answers::<GetStreamingEvents<'_>>(&envelope);
            found += told.map_or(0, |told| told.len());
        }
    }
    found
}

fn answers<O: Operation>(text: &str) -> Result<Vec<O::Answer>, Unreadable> {
    let messages = read_answer::<O>(text)?.body.unwrap_or_default();
    Ok(messages.into_iter().flatten().collect())
}

fn items<O: Operation<Answer = Item>>(text: &str) -> Vec<Item> {
    answers::<O>(text).unwrap_or_default()
}

fn convert_whole(item: Item, user: &UserZone) {
    let component = match item.kind {
        Kind::Appointment => Component::Appointments,
        Kind::Task => Component::Tasks,
        _ => Component::Contacts,
    };
    convert::head(&item);
    let now = date(2026, 11, 28).at(9, 0, 0, 0).to_zoned(TimeZone::UTC);
    let now = now.expect("a moment").timestamp();
    let window = Window::of(now, &user.zone, 30, 180);
    // An error is an answer; only a panic or no end would be wrong.
    unrolled(item.clone(), &window, user).ok();
    let converted = convert::converted(component, item, user);
    let common = mapping::from_item(component, &converted.fields);
    mapping::title(component, &common);
    mapping::days::lies_in(component, &common, &window);
    mapping::days::flaw(component, &common);
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;

    /// What fuzzing found worth keeping, and the recorded answers it began with.
    #[test]
    fn every_text_of_the_corpus_is_read_without_a_panic() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut entries = 0;
        for folder in ["tests/wire/answers", "../../fuzz/corpus/ews_reader"] {
            for file in std::fs::read_dir(root.join(folder)).expect("a folder of the sources") {
                let file = file.expect("readable").path();
                let bytes = std::fs::read(&file).expect("readable");
                entries += read(&String::from_utf8_lossy(&bytes));
            }
        }
        assert!(entries > 20, "only {entries} entries: nothing was read");
    }

    proptest! {
        #[test]
        fn an_answer_with_holes_is_read_without_a_panic(
            from in 0.0..1.0, length in 0_usize..200, instead in "[<>/&;a-zA-Z0-9:=\" -]{0,20}",
        ) {
            for answer in [
                include_str!("../tests/wire/answers/get-series.xml"),
                include_str!("../tests/wire/answers/get-task.xml"),
            ] {
                let letters: Vec<char> = answer.chars().collect();
                let from = (from * letters.len() as f64) as usize;
                let until = (from + length).min(letters.len());
                let (head, tail) = (&letters[..from], &letters[until..]);
                read(&format!("{}{instead}{}", String::from_iter(head), String::from_iter(tail)));
            }
        }
    }
}
