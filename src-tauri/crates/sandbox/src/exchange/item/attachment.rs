//! Attachments: files, among them the picture of a contact, and items inside an item.

use crate::exchange::xml::Element;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// An attachment of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its number within the item.
    pub number: u32,
    /// Its file name.
    pub name: String,
    /// Its content type, where known.
    pub content_type: Option<String>,
    /// Its content id, for pictures inside a body.
    pub content_id: Option<String>,
    /// Whether it is shown inside the body.
    pub is_inline: bool,
    /// Whether it is the picture of a contact.
    pub is_contact_photo: bool,
    /// What it holds.
    pub body: AttachmentBody,
}

/// What an attachment holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AttachmentBody {
    /// The bytes of a file, in base64.
    File(String),
    /// An item, as its element.
    Item(Element),
}

impl Attachment {
    /// Reads a `FileAttachment` or `ItemAttachment` of a request.
    pub fn read(element: &Element, number: u32) -> Self {
        let text = |name| element.get_text(name).map(str::to_owned);
        let flag = |name| {
            element
                .get_text(name)
                .is_some_and(|value| value == "true" || value == "1")
        };
        let item = element
            .children
            .iter()
            .find(|child| super::Kind::from_element(&child.name).is_some());
        let body = match item {
            Some(item) => AttachmentBody::Item(item.clone()),
            None => AttachmentBody::File(
                text("Content")
                    .unwrap_or_default()
                    .split_whitespace()
                    .collect(),
            ),
        };
        Self {
            number,
            name: text("Name").unwrap_or_default(),
            content_type: text("ContentType"),
            content_id: text("ContentId"),
            is_inline: flag("IsInline"),
            is_contact_photo: flag("IsContactPhoto"),
            body,
        }
    }

    /// A picture of a contact as Outlook stores it.
    pub fn contact_photo(number: u32, jpeg: &[u8]) -> Self {
        Self {
            number,
            name: "ContactPicture.jpg".to_owned(),
            content_type: Some("image/jpeg".to_owned()),
            content_id: None,
            is_inline: false,
            is_contact_photo: true,
            body: AttachmentBody::File(STANDARD.encode(jpeg)),
        }
    }

    /// Its size in bytes.
    pub fn size(&self) -> usize {
        match &self.body {
            // Four letters for three bytes: lists ask for the size of many large files.
            AttachmentBody::File(content) => {
                let filling = content.bytes().rev().take_while(|letter| *letter == b'=');
                (content.len() / 4 * 3).saturating_sub(filling.count())
            }
            AttachmentBody::Item(item) => item.to_xml().len(),
        }
    }

    /// The element without its content, as `Attachments` of an item lists it.
    pub fn listed(&self, id: Element) -> Element {
        let mut element = Element::t(self.element_name())
            .child(id)
            .child(Element::t("Name").text(self.name.clone()));
        for (name, value) in [
            ("ContentType", &self.content_type),
            ("ContentId", &self.content_id),
        ] {
            element.children.extend(
                value
                    .iter()
                    .map(|value| Element::t(name).text(value.clone())),
            );
        }
        element
            .children
            .push(Element::t("Size").text(self.size().to_string()));
        element
            .children
            .push(Element::t("IsInline").text(self.is_inline.to_string()));
        if matches!(self.body, AttachmentBody::File(_)) {
            element
                .children
                .push(Element::t("IsContactPhoto").text(self.is_contact_photo.to_string()));
        }
        element
    }

    /// The element with its content, as GetAttachment answers it.
    pub fn whole(&self, id: Element) -> Element {
        let listed = self.listed(id);
        match &self.body {
            AttachmentBody::File(content) => {
                listed.child(Element::t("Content").text(content.clone()))
            }
            AttachmentBody::Item(item) => listed.child(item.clone()),
        }
    }

    pub(super) fn canonical(&self) -> Element {
        self.whole(Element::t("AttachmentNumber").text(self.number.to_string()))
    }

    fn element_name(&self) -> &'static str {
        match self.body {
            AttachmentBody::File(_) => "FileAttachment",
            AttachmentBody::Item(_) => "ItemAttachment",
        }
    }
}
