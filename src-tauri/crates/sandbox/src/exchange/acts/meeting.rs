//! Doing what acts say about series, tasks and meetings.

use super::acting::Acting;
use super::calendar_fields::mailbox;
use super::fields::set_fields;
use super::{ActError, FieldValue, Response};
use crate::exchange::commit;
use crate::exchange::identity::Id;
use crate::exchange::item::{Item, Kind};
use crate::exchange::mailbox::Edit;
use crate::exchange::render;
use crate::exchange::series::Series;
use crate::exchange::write::address_of;
use crate::exchange::xml::Element;
use jiff::civil::Date;
use std::collections::BTreeMap;

const KIND: &str = "CalendarItem";

impl Acting<'_> {
    /// The occurrence of a series on a day of its pattern.
    pub(super) fn occurrence(&self, master: &str, day: &str) -> Result<Item, ActError> {
        let master = self.item(master)?;
        let none = || ActError::Occurrence(day.to_owned());
        let day: Date = day.parse().map_err(|_| none())?;
        let series = Series::of(&master).ok_or_else(none)?;
        if !series.has(day) {
            return Err(none());
        }
        series.occurrence(day).ok_or_else(none)
    }

    pub(super) fn complete_task(&mut self, id: &str) -> Result<Option<String>, ActError> {
        let done = FieldValue::One("Completed".to_owned());
        self.edit(
            self.item(id)?,
            &BTreeMap::from([("Status".to_owned(), done)]),
        )
    }

    /// Changes fields of an item or an occurrence.
    pub(super) fn edit(
        &mut self,
        before: Item,
        fields: &BTreeMap<String, FieldValue>,
    ) -> Result<Option<String>, ActError> {
        let mut after = before.clone();
        set_fields(&mut after, fields, self.now)?;
        self.change(&before, Edit::Content, after)
    }

    /// Puts a changed item in its place.
    pub(super) fn change(
        &mut self,
        before: &Item,
        edit: Edit,
        after: Item,
    ) -> Result<Option<String>, ActError> {
        let occasion = self.now.into();
        let id = commit::changed(self.mailbox, before, after, edit, &occasion)?;
        Ok(Some(self.mailbox.encode(id)))
    }

    /// An invitation of somebody else lies in a folder.
    pub(super) fn invited(
        &mut self,
        folder: &str,
        organizer: &str,
        response: Response,
        fields: &BTreeMap<String, FieldValue>,
    ) -> Result<Option<String>, ActError> {
        let folder = self.folder(folder)?;
        let mut item = Item::draft(Kind::CalendarItem);
        set_fields(&mut item, fields, self.now)?;
        let organiser = Element::t("Organizer").child(mailbox(organizer));
        item.fields.set(KIND, organiser);
        item.fields
            .set_text(KIND, "MyResponseType", response.name());
        item.fields.set_text(KIND, "MeetingRequestWasSent", "true");
        if item.fields.get("RequiredAttendees").is_none() {
            let user = &self.mailbox.user;
            let own = mailbox(&format!("{} <{}>", user.display_name, user.email));
            let own = Element::t("Attendee")
                .child(own)
                .child(Element::t("ResponseType").text(response.name()));
            item.fields
                .set(KIND, Element::t("RequiredAttendees").child(own));
        }
        let key = self.mailbox.add_item(folder, item, self.now);
        Ok(Some(self.mailbox.encode(Id::Item(key))))
    }

    /// An attendee answers; the server notes it in the default calendar and nowhere else.
    pub(super) fn respond(
        &mut self,
        id: &str,
        attendee: &str,
        response: Response,
    ) -> Result<Option<String>, ActError> {
        let before = self.item(id)?;
        let mut after = before.clone();
        let mut known = false;
        for name in render::ATTENDEES {
            let list = after.fields.get_mut(name).into_iter();
            for one in list.flat_map(|list| &mut list.children) {
                if address_of(one).eq_ignore_ascii_case(attendee) {
                    known = true;
                    one.remove("ResponseType");
                    one.remove("LastResponseTime");
                    let answer = Element::t("ResponseType").text(response.name());
                    let when = Element::t("LastResponseTime").text(render::time(self.now));
                    one.children.extend([answer, when]);
                }
            }
        }
        if !known {
            return Err(ActError::Attendee(attendee.to_owned()));
        }
        if self.mailbox.distinguished("calendar") != Some(before.folder) {
            return Ok(None);
        }
        self.change(&before, Edit::Content, after)
    }

    /// The organiser calls a meeting off.
    pub(super) fn called_off(&mut self, id: &str) -> Result<Option<String>, ActError> {
        let before = self.item(id)?;
        let mut after = before.clone();
        let subject = before.fields.text("Subject").unwrap_or_default();
        after
            .fields
            .set_text(KIND, "Subject", format!("Canceled: {subject}"));
        after.fields.set_text(KIND, "IsCancelled", "true");
        self.change(&before, Edit::Content, after)
    }
}
