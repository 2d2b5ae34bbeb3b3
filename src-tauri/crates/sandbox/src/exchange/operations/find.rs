//! FindItem: restrictions, sorting, pages, and calendar views, which show the occurrences of series instead of their masters.

use super::folders::Page;
use super::{Desk, list};
use crate::exchange::answer::answer;
use crate::exchange::failure::{Failure, Fault};
use crate::exchange::identity::FolderKey;
use crate::exchange::item::{Item, Path};
use crate::exchange::mode::Mode;
use crate::exchange::render;
use crate::exchange::restriction::{Restriction, SortOrder};
use crate::exchange::series::{Series, lies_in, time_of};
use crate::exchange::shape::{Purpose, Shape};
use crate::exchange::write::read_time;
use crate::exchange::xml::Element;
use jiff::{Timestamp, ToSpan};
use std::borrow::Cow;

/// The longest view; Exchange refuses longer ones.
const MOST_YEARS: i64 = 2;

pub(super) fn items(desk: &mut Desk<'_>, request: &Element) -> Result<Element, Fault> {
    let shape = Shape::read(request.get("ItemShape"), Purpose::Listed)?;
    let restriction = request
        .get("Restriction")
        .and_then(|holder| holder.children.first());
    let wish = Wish {
        restriction: restriction.map(Restriction::read).transpose()?,
        order: SortOrder::read(request.get("SortOrder"))?,
        span: request
            .get("CalendarView")
            .map(|view| Span::read(view, desk)),
        associated: request.get_attribute("Traversal") == Some("Associated"),
    };
    let view = request
        .children
        .iter()
        .find(|child| ["IndexedPageItemView", "CalendarView"].contains(&child.name.as_str()));
    let page = Page::read(view);
    let one = |id: &Element| {
        let found = wish.found(desk, desk.folder(id)?.key)?;
        let (range, mut attributes) = page.cut(found.len());
        if wish.span.is_some() {
            attributes.retain(|(name, _)| name != "IndexedPagingOffset");
        }
        let shown = found[range]
            .iter()
            .map(|item| render::item(desk.mailbox, item, &shape));
        let mut root = Element::m("RootFolder").child(Element::t("Items").with(shown));
        root.attributes = attributes;
        Ok(vec![root])
    };
    Ok(answer(
        "FindItem",
        list(request, "ParentFolderIds").iter().map(one),
    ))
}

/// What is looked for.
struct Wish {
    restriction: Option<Restriction>,
    order: SortOrder,
    span: Option<Result<Span, Failure>>,
    associated: bool,
}

/// The time of a calendar view.
struct Span {
    from: Timestamp,
    to: Timestamp,
}

impl Span {
    fn read(view: &Element, desk: &Desk<'_>) -> Result<Self, Failure> {
        let zone = desk.occasion().time_zone();
        let time = |name: &str| {
            let text = view.get_attribute(name).unwrap_or_default();
            read_time(text, &zone).ok_or_else(|| {
                Failure::new(
                    "ErrorCalendarOutOfRange",
                    format!("{name} is out of range."),
                )
            })
        };
        let (from, to) = (time("StartDate")?, time("EndDate")?);
        if desk.mode == Mode::Exchange {
            if to < from {
                return Err(Failure::new(
                    "ErrorCalendarEndDateIsEarlierThanStartDate",
                    "EndDate is earlier than StartDate.",
                ));
            }
            // Two years with a leap day among them.
            let most = from.checked_add((MOST_YEARS * 366 * 24).hours());
            if most.is_ok_and(|most| to > most) {
                return Err(Failure::new(
                    "ErrorCalendarViewRangeTooBig",
                    "The specified view range exceeds the maximum range of two years.",
                ));
            }
        }
        Ok(Self { from, to })
    }

    /// What of an item lies in it; in gromox' view, a series is its master.
    fn cut<'i>(&self, item: &'i Item, mode: Mode) -> Vec<Cow<'i, Item>> {
        if let (Some(series), Mode::Exchange) = (Series::of(item), mode) {
            let inside = series.overlapping(self.from, self.to);
            return inside.into_iter().map(Cow::Owned).collect();
        }
        if lies_in(item, self.from, self.to) {
            vec![Cow::Borrowed(item)]
        } else {
            Vec::new()
        }
    }
}

impl Wish {
    fn found<'d>(
        &self,
        desk: &'d Desk<'_>,
        folder: FolderKey,
    ) -> Result<Vec<Cow<'d, Item>>, Failure> {
        if self.associated {
            return Ok(Vec::new());
        }
        let candidates = self.candidates(desk, folder)?;
        let value = |item: &Item, path: &Path| render::value(desk.mailbox, item, path);
        let fits = |item: &Cow<'d, Item>| {
            self.restriction
                .as_ref()
                .is_none_or(|wish| wish.fits(&|path| value(item, path)))
        };
        let mut found: Vec<Cow<'d, Item>> = candidates.into_iter().filter(fits).collect();
        if self.span.is_some() {
            found.sort_by_key(|item| time_of(item, "Start"));
        } else if !self.order.is_empty() {
            let mut keyed: Vec<_> = found
                .into_iter()
                .map(|item| (self.order.key(&|path| value(&item, path)), item))
                .collect();
            keyed.sort_by(|left, right| self.order.compare(&left.0, &right.0));
            found = keyed.into_iter().map(|(_, item)| item).collect();
        }
        Ok(found)
    }

    fn candidates<'d>(
        &self,
        desk: &'d Desk<'_>,
        folder: FolderKey,
    ) -> Result<Vec<Cow<'d, Item>>, Failure> {
        if let Some(span) = &self.span {
            let span = span.as_ref().map_err(Clone::clone)?;
            let all = desk.mailbox.items_in(folder);
            return Ok(all.flat_map(|item| span.cut(item, desk.mode)).collect());
        }
        let named = self.restriction.as_ref().and_then(Restriction::named_value);
        Ok(match &named {
            Some((path, value)) => desk
                .mailbox
                .items_named(path, value)
                .filter(|item| item.folder == folder)
                .map(Cow::Borrowed)
                .collect(),
            None => desk
                .mailbox
                .items_in(folder)
                .rev()
                .map(Cow::Borrowed)
                .collect(),
        })
    }
}
