//! The named properties that are the connector's own. Their names are fixed in `model::stamp`; what their text means is not known
//! here.

use std::collections::BTreeMap;

use model::stamp::{
    CONNECTOR_PROPERTY, MAIL_PROPERTY, NOTE_PROPERTY, PROPERTY_SET, RECORD_PROPERTY,
    REVISION_PROPERTY,
};

use super::tree::Element;
use super::writer::Writer;

/// One of the connector's properties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Property {
    /// The record an item belongs to.
    Record,
    /// What both sides held when they last agreed.
    Revision,
    /// On folders: whose they are.
    Connector,
    /// On a message of the connector's own: which one.
    Note,
    /// On mails: what became of them.
    Mail,
}

/// Properties with their texts.
pub type Properties = BTreeMap<Property, String>;

impl Property {
    /// Those that lie on items.
    pub const OF_ITEMS: [Property; 2] = [Property::Record, Property::Revision];

    /// Those that lie on mails.
    pub const OF_MAILS: [Property; 2] = [Property::Mail, Property::Note];

    const ALL: [Property; 5] = [
        Property::Record,
        Property::Revision,
        Property::Connector,
        Property::Note,
        Property::Mail,
    ];

    fn name(self) -> &'static str {
        match self {
            Property::Record => RECORD_PROPERTY,
            Property::Revision => REVISION_PROPERTY,
            Property::Connector => CONNECTOR_PROPERTY,
            Property::Note => NOTE_PROPERTY,
            Property::Mail => MAIL_PROPERTY,
        }
    }

    /// Names it, as a path to a field.
    pub fn write_path(self, xml: &mut Writer) {
        xml.empty(
            "t:ExtendedFieldURI",
            &[
                ("PropertySetId", PROPERTY_SET),
                ("PropertyName", self.name()),
                ("PropertyType", "String"),
            ],
        );
    }

    /// Writes it with its value.
    pub fn write(self, xml: &mut Writer, value: &str) {
        xml.element("t:ExtendedProperty", &[], |xml| {
            self.write_path(xml);
            xml.text("t:Value", &[], value);
        });
    }

    /// Reads those of an item or folder; other people's properties are none of our business.
    pub fn read_all(parent: &Element) -> Properties {
        parent.all("ExtendedProperty").filter_map(read).collect()
    }
}

fn read(element: &Element) -> Option<(Property, String)> {
    let path = element.child("ExtendedFieldURI")?;
    let set = path.attribute("PropertySetId")?.trim_matches(['{', '}']);
    let name = path.attribute("PropertyName")?;
    let property = Property::ALL.into_iter().find(|own| own.name() == name)?;
    if !set.eq_ignore_ascii_case(PROPERTY_SET) {
        return None;
    }
    Some((property, element.text_of("Value")?.to_owned()))
}
