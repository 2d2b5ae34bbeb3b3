//! FindItem: restrictions, sorting, pages, and the span of a calendar view.

use super::folders::Page;
use super::{Desk, list};
use crate::exchange::answer::answer;
use crate::exchange::failure::{Failure, Fault};
use crate::exchange::identity::FolderKey;
use crate::exchange::item::{Item, Path};
use crate::exchange::render;
use crate::exchange::restriction::{Restriction, SortOrder, compare};
use crate::exchange::shape::{Purpose, Shape};
use crate::exchange::xml::Element;

pub(super) fn items(desk: &mut Desk<'_>, request: &Element) -> Result<Element, Fault> {
    let shape = Shape::read(request.get("ItemShape"), Purpose::Listed)?;
    let restriction = request
        .get("Restriction")
        .and_then(|holder| holder.children.first());
    let wish = Wish {
        restriction: restriction.map(Restriction::read).transpose()?,
        order: SortOrder::read(request.get("SortOrder"))?,
        span: request.get("CalendarView").map(|view| {
            let time = |name: &str| view.get_attribute(name).unwrap_or_default().to_owned();
            (time("StartDate"), time("EndDate"))
        }),
        associated: request.get_attribute("Traversal") == Some("Associated"),
    };
    let view = request
        .children
        .iter()
        .find(|child| ["IndexedPageItemView", "CalendarView"].contains(&child.name.as_str()));
    let page = Page::read(view);
    let one = |id: &Element| {
        let found = wish.found(desk, desk.folder(id)?.key)?;
        let (range, attributes) = page.cut(found.len());
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
    span: Option<(String, String)>,
    associated: bool,
}

impl Wish {
    fn found<'d>(&self, desk: &'d Desk<'_>, folder: FolderKey) -> Result<Vec<&'d Item>, Failure> {
        if self.associated {
            return Ok(Vec::new());
        }
        let named = self.restriction.as_ref().and_then(Restriction::named_value);
        let candidates: Vec<&Item> = match &named {
            Some((path, value)) => desk
                .mailbox
                .items_named(path, value)
                .filter(|item| item.folder == folder)
                .collect(),
            None => desk.mailbox.items_in(folder).rev().collect(),
        };
        let value = |item: &Item, path: &Path| render::value(desk.mailbox, item, path);
        let fits = |item: &&Item| {
            let restricted = self
                .restriction
                .as_ref()
                .is_none_or(|wish| wish.fits(&|path| value(item, path)));
            restricted && self.in_span(item)
        };
        let mut found: Vec<&Item> = candidates.into_iter().filter(fits).collect();
        if self.span.is_some() {
            found.sort_by(|left, right| compare(start(left), start(right)));
        } else if !self.order.is_empty() {
            let mut keyed: Vec<_> = found
                .iter()
                .map(|item| (self.order.key(&|path| value(item, path)), *item))
                .collect();
            keyed.sort_by(|left, right| self.order.compare(&left.0, &right.0));
            found = keyed.into_iter().map(|(_, item)| item).collect();
        }
        Ok(found)
    }

    fn in_span(&self, item: &Item) -> bool {
        let Some((from, to)) = &self.span else {
            return true;
        };
        let end = item.fields.text("End").unwrap_or_default();
        compare(start(item), to).is_lt() && compare(end, from).is_gt()
    }
}

fn start(item: &Item) -> &str {
    item.fields.text("Start").unwrap_or_default()
}
