//! The people of the demo: one who works in Outlook and one who works in the CRM. Each does what a person does there, on the servers
//! themselves and past the connector, and can tell what they see.

pub mod crm_calendar;
pub mod crm_mails;
pub mod crm_user;
pub mod outlook;
pub mod outlook_calendar;
pub mod outlook_mails;
pub mod seen;

#[cfg(test)]
mod on_the_servers;
