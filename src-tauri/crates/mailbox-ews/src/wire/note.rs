//! A message of the connector's own in the user's inbox. It is saved and never sent; Outlook shows it like one that arrived.

use ports::Notify;

use super::change::NOT_SENT;
use super::envelope::{Effect, Operation};
use super::folder::{Distinguished, Place};
use super::item::Item;
use super::meeting;
use super::property::Property;
use super::tree::{Element, Unreadable};
use super::writer::Writer;

/// PidTagMessageFlags ([MS-OXCMSG] 2.2.1.6). Without the flag `mfUnsent` a message is no draft, without `mfRead` it is new.
const MESSAGE_FLAGS: [(&str, &str); 2] = [("PropertyTag", "0x0E07"), ("PropertyType", "Integer")];
const NEITHER_DRAFT_NOR_READ: &str = "0";

/// Makes the message.
pub struct CreateNote<'a> {
    /// By what it is found again.
    pub key: &'a str,
    /// Its subject.
    pub subject: &'a str,
    /// Its plain text.
    pub text: &'a str,
    /// The user, from whom and to whom it is.
    pub address: &'a str,
}

impl Operation for CreateNote<'_> {
    type Answer = Item;
    const NAME: &'static str = "CreateItem";
    const EFFECT: Effect = Effect::Writes;

    fn write(&self, xml: &mut Writer) {
        let attributes = [NOT_SENT, meeting::on_create(Notify::Nobody)];
        xml.element("m:CreateItem", &attributes, |xml| {
            xml.element("m:SavedItemFolderId", &[], |xml| {
                Place::Distinguished(Distinguished::Inbox).write(xml);
            });
            xml.element("m:Items", &[], |xml| {
                xml.element("t:Message", &[], |xml| self.write_message(xml));
            });
        });
    }

    fn read(message: &Element) -> Result<Item, Unreadable> {
        Item::read_first(message)
    }
}

impl CreateNote<'_> {
    fn write_message(&self, xml: &mut Writer) {
        xml.text("t:ItemClass", &[], "IPM.Note");
        xml.text("t:Subject", &[], self.subject);
        xml.text("t:Body", &[("BodyType", "Text")], self.text);
        xml.element("t:ExtendedProperty", &[], |xml| {
            xml.empty("t:ExtendedFieldURI", &MESSAGE_FLAGS);
            xml.text("t:Value", &[], NEITHER_DRAFT_NOR_READ);
        });
        Property::Note.write(xml, self.key);
        xml.element("t:ToRecipients", &[], |xml| self.write_user(xml));
        xml.element("t:From", &[], |xml| self.write_user(xml));
        xml.text("t:IsRead", &[], "false");
    }

    fn write_user(&self, xml: &mut Writer) {
        xml.element("t:Mailbox", &[], |xml| {
            xml.text("t:EmailAddress", &[], self.address);
        });
    }
}
