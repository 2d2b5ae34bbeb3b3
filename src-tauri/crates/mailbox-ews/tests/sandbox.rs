//! The whole port against the sandbox, which uses none of this crate's wire code and is itself judged by an independent client: as
//! Exchange signed in by NTLM, and as grommunio's gromox signed in by Basic.

#[path = "sandbox/appointments.rs"]
mod appointments;
#[path = "sandbox/attendees.rs"]
mod attendees;
#[path = "sandbox/bearer.rs"]
mod bearer;
#[path = "sandbox/conflicts.rs"]
mod conflicts;
#[path = "sandbox/contacts.rs"]
mod contacts;
#[path = "sandbox/diary.rs"]
mod diary;
#[path = "sandbox/faults.rs"]
mod faults;
#[path = "sandbox/folders.rs"]
mod folders;
#[path = "sandbox/listening.rs"]
mod listening;
#[path = "sandbox/mail_folders.rs"]
mod mail_folders;
#[path = "sandbox/mail_writes.rs"]
mod mail_writes;
#[path = "sandbox/mails.rs"]
mod mails;
#[path = "sandbox/moves.rs"]
mod moves;
#[path = "sandbox/notes.rs"]
mod notes;
#[path = "sandbox/occurrences.rs"]
mod occurrences;
#[path = "sandbox/random_series.rs"]
mod random_series;
#[path = "sandbox/series.rs"]
mod series;
#[path = "sandbox/signing_in.rs"]
mod signing_in;
#[path = "sandbox/tasks.rs"]
mod tasks;
#[path = "stage/time.rs"]
mod time;

use std::sync::Arc;

use mailbox_ews::{EwsMailbox, EwsOptions, UserZone};
use model::policy::FolderChoice;
use model::{
    AccountName, Base, ChangeKey, Component, Field, Fields, Fingerprint, FolderId, Item, ItemId,
    LinkId, RecordId, Revision, Secret, Stamp,
};
use ports::{Failure, FolderPlace, ItemChanges, ItemWrite, Mailbox, WrittenItem};
use sandbox::company::Sizes;
use sandbox::options::Mode;
use sandbox::{Options, Running};
use time::HandClock;
use transport::Address;

const CONTACTS: Component = Component::Contacts;
const BOTH: [Mode; 2] = [Mode::Exchange, Mode::Gromox];

/// A sandbox and a mailbox in it.
struct World {
    component: Component,
    sandbox: Running,
    mailbox: EwsMailbox,
    clock: Arc<HandClock>,
    user: String,
}

impl World {
    async fn new(mode: Mode, contacts: usize) -> Self {
        Self::with(CONTACTS, mode, contacts, "UTC").await
    }

    /// A mailbox of somebody who lives in Berlin, for one of the other components.
    async fn of(component: Component, mode: Mode) -> Self {
        Self::with(component, mode, 0, "Europe/Berlin").await
    }

    async fn with(component: Component, mode: Mode, contacts: usize, zone: &str) -> Self {
        let options = Options {
            mode,
            sizes: Sizes::both(contacts),
            ..Options::default()
        };
        let sandbox = sandbox::start(options).await.expect("free ports");
        let clock = HandClock::new();
        let zone = UserZone::of(zone).expect("a zone that Exchange has");
        let mailbox = EwsMailbox::new(EwsOptions {
            zone,
            ..options_of(&sandbox, &clock)
        });
        let user = sandbox.users[0].email.clone();
        Self {
            component,
            sandbox,
            mailbox,
            clock,
            user,
        }
    }

    fn order(&self, fault: &str) {
        let fault = format!("exchange:{fault}").parse().expect("a fault");
        self.sandbox.ground.faults.add(fault);
    }

    async fn folder(&self) -> FolderId {
        let choice = FolderChoice::CrmSync;
        let place = FolderPlace {
            component: self.component,
            choice,
        };
        self.mailbox.ensure_folder(place).await.expect("made")
    }

    async fn write(
        &self,
        folder: &FolderId,
        writes: &[ItemWrite],
    ) -> Vec<Result<WrittenItem, Failure>> {
        self.mailbox
            .write(self.component, folder, writes)
            .await
            .expect("answered")
    }

    /// Makes one item.
    async fn make(&self, folder: &FolderId, number: usize, fields: Fields) -> WrittenItem {
        let stamp = stamp(number);
        let mut answers = self
            .write(
                folder,
                &[ItemWrite::Create {
                    notify: ports::Notify::Nobody,
                    fields,
                    stamp,
                }],
            )
            .await;
        answers.remove(0).expect("made")
    }

    /// Writes these values and returns what is read then.
    async fn set(
        &self,
        folder: &FolderId,
        made: &mut WrittenItem,
        set: &[(Field, &str)],
    ) -> Fields {
        let answer = self.write(folder, &[update(made, set)]).await.remove(0);
        *made = answer.expect("written");
        let item = self.read(&made.id).await;
        assert_eq!(Some(item.change_key), made.change_key);
        item.fields
    }

    async fn read(&self, id: &ItemId) -> Item {
        let mut items = self
            .mailbox
            .read(self.component, std::slice::from_ref(id))
            .await
            .expect("answered");
        items.remove(0).expect("read")
    }

    /// Every page of changes as one.
    async fn changes(&self, folder: &FolderId, since: Option<model::SyncToken>) -> ItemChanges {
        let mut all = ItemChanges {
            next: since,
            more: true,
            ..ItemChanges::default()
        };
        while all.more {
            let page = self
                .mailbox
                .changes(self.component, folder, all.next.as_ref())
                .await
                .expect("a page");
            all.seen.extend(page.seen);
            all.gone.extend(page.gone);
            all.next = page.next;
            all.more = page.more;
        }
        all
    }
}

fn options_of(sandbox: &Running, clock: &Arc<HandClock>) -> EwsOptions {
    let address = Address::parse(&sandbox.exchange_url).expect("a loopback address");
    let user = &sandbox.users[0];
    EwsOptions {
        timing: clock.timing(),
        ..EwsOptions::new(
            address,
            AccountName::new(&user.email),
            Secret::new(&user.password),
        )
    }
}

fn stamp(number: usize) -> Stamp {
    Stamp {
        crm: Fingerprint::new("ab12"),
        record: RecordId::new(format!("4x{number}")),
        link: LinkId::new(format!("l{number}")),
        revision: None,
    }
}

fn revision(value: &str) -> Revision {
    Revision::of(&Base {
        item: Fields::new().with(Field::LastName, value),
        record: Fields::new(),
    })
}

fn update(item: &WrittenItem, set: &[(Field, &str)]) -> ItemWrite {
    ItemWrite::Update {
        notify: ports::Notify::Nobody,
        id: item.id.clone(),
        change_key: key(item),
        set: set.iter().map(|(f, v)| (*f, (*v).to_owned())).collect(),
        stamp: None,
    }
}

fn delete(item: &WrittenItem) -> ItemWrite {
    ItemWrite::Delete {
        notify: ports::Notify::Nobody,
        id: item.id.clone(),
        change_key: key(item),
    }
}

fn key(item: &WrittenItem) -> ChangeKey {
    item.change_key
        .clone()
        .expect("written items have a version")
}

/// A contact with every value there is.
fn full() -> Fields {
    Fields::new()
        .with(Field::GivenName, "Erika")
        .with(Field::MiddleName, "Anna Maria")
        .with(Field::LastName, "Müller-Łódź")
        .with(Field::JobTitle, "Leiterin \"Einkauf\" & <Lager>")
        .with(Field::Department, "Einkauf")
        .with(Field::Description, "Zeile 1\nZeile 2 😀\n\nEnde")
        .with(Field::Organisation, "Müller & Söhne GmbH")
        .with(Field::Email, "erika@example.test")
        .with(Field::OtherEmail, "o'neill@example.test")
        .with(Field::Phone, "+49 941 1")
        .with(Field::OtherPhone, "+49 941 2")
        .with(Field::Mobile, "+49 170 3")
        .with(Field::BillingStreet, "Hauptstr. 1\nHinterhaus")
        .with(Field::BillingCity, "Regensburg")
        .with(Field::BillingPostalCode, "93047")
        .with(Field::BillingState, "Bayern")
        .with(Field::BillingCountry, "Deutschland")
        .with(Field::DeliveryStreet, "Nebenstr. 2")
        .with(Field::DeliveryCity, "Linz")
        .with(Field::DeliveryPostalCode, "4020")
        .with(Field::DeliveryState, "Oberösterreich")
        .with(Field::DeliveryCountry, "Österreich")
        .with(Field::FileAs, "Müller-Łódź, Erika")
        .with(Field::DisplayName, "Erika Müller-Łódź")
}
