//! Mails as tests look at them.

use crate::exchange::Exchange;
use crate::exchange::identity::Id;
use crate::exchange::item::{Item, Kind, ReadFlag};
use crate::exchange::mailbox::Mailbox;
use serde::Serialize;

/// The name of the property by which a mail is marked, whatever its set.
const MARK: &str = "CrmMail";

/// A mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MailView {
    /// Its EWS id.
    pub id: String,
    /// Where it lies, names with slashes: `CRM-Sync/Leads`.
    pub folder: String,
    /// Its Message-ID, with its angle brackets.
    pub message_id: Option<String>,
    /// Its subject.
    pub subject: String,
    /// Its item class.
    pub class: String,
    /// Whether it was read.
    pub is_read: bool,
    /// What the connector wrote on it.
    pub mark: Option<String>,
    /// What survives a move, in hex.
    pub search_key: String,
}

impl Exchange {
    /// The mails of one folder, named as in [`crate::exchange::Act`], the oldest first; none of a folder that does not exist.
    pub fn mails(&self, user: &str, folder: &str) -> Vec<MailView> {
        let found = self.0.with_mailbox(user, |mailbox, _| {
            let folder = mailbox.folder_at(folder)?.key;
            let mails = mailbox.items_in(folder).filter(|item| is_mail(item));
            Some(mails.map(|item| view(mailbox, item)).collect())
        });
        found.flatten().unwrap_or_default()
    }

    /// All mails of a user, wherever they lie, the oldest first.
    pub fn all_mails(&self, user: &str) -> Vec<MailView> {
        let all = |mailbox: &mut Mailbox, _| {
            let mails = mailbox.items().filter(|item| is_mail(item));
            mails.map(|item| view(mailbox, item)).collect()
        };
        self.0.with_mailbox(user, all).unwrap_or_default()
    }
}

fn is_mail(item: &Item) -> bool {
    matches!(item.kind, Kind::Message | Kind::MeetingMessage)
}

fn view(mailbox: &Mailbox, item: &Item) -> MailView {
    let text = |name| item.fields.text(name).map(str::to_owned);
    let mark = item.extended.iter().find(|(path, _)| path.is_named(MARK));
    MailView {
        id: mailbox.encode(Id::Item(item.key)),
        folder: mailbox.path_of(item.folder),
        message_id: text("InternetMessageId"),
        subject: text("Subject").unwrap_or_default(),
        class: item.class().to_owned(),
        is_read: item.read_flag() == ReadFlag::Read,
        mark: mark.and_then(|(_, value)| value.text().map(str::to_owned)),
        search_key: item.search_key.clone(),
    }
}
