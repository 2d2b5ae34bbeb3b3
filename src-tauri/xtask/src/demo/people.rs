//! The people of the demo: one who works in Outlook and one who works in the CRM. Each does what a person does there, on the servers
//! themselves and past the connector, and can tell what they see.

pub mod crm_user;
pub mod outlook;

/// What the demo shows of a contact.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// Given name and last name.
    pub name: String,
    /// The first e-mail address.
    pub email: String,
    /// The mobile number.
    pub mobile: String,
    /// The town of the business address.
    pub city: String,
}

impl std::fmt::Display for Seen {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown = |text: &str| {
            if text.is_empty() {
                "-".to_owned()
            } else {
                text.to_owned()
            }
        };
        write!(
            out,
            "{}, {}, mobile {}, town {}",
            self.name,
            shown(&self.email),
            shown(&self.mobile),
            shown(&self.city)
        )
    }
}
