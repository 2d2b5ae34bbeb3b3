//! The company's mails as items of the inbox and of Sent Items.
//! Deliberately not here: what the company is made of.

use super::moment;
use crate::company::{Company, Direction};
use crate::exchange::item::ReadFlag;
use crate::exchange::mailbox::Mailbox;
use crate::exchange::mime;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Loads the mails of the first user.
pub(super) fn mails(mailbox: &mut Mailbox, company: &Company) {
    for mail in &company.mails {
        let folder = match mail.direction {
            Direction::Received => "inbox",
            Direction::Sent => "sentitems",
        };
        let folder = mailbox.distinguished(folder);
        let read = if mail.is_read {
            ReadFlag::Read
        } else {
            ReadFlag::Unread
        };
        let item = mime::arrived(&STANDARD.encode(&mail.mime), read, moment(mail.time));
        let item = item.expect("the company has nothing a mailbox refuses");
        let folder = folder.expect("every mailbox has it");
        mailbox.add_item(folder, item, moment(mail.time));
    }
}
