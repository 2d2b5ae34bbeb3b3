//! A place of work: a made-up company on the sandbox, and a profile that is signed in at both of its servers. The app
//! gets the secrets from its environment, so that no credential store is needed.

use controller::{Claim, Controller, CrmSignIn, ExchangeSignIn, Options, Remember, SignInMethod};
use model::Secret;
use sandbox::company::{Sizes, User};
use sandbox::faults::Fault;
use sandbox::running::Running as Sandbox;

use crate::process::Running;
use crate::session::{ASK_AGAIN, NEVER, Session};

/// The folder the connector syncs.
const FOLDER: &str = "Contacts/CRM-Sync";

/// The servers, with the user's hands on them.
pub(crate) struct Office {
    pub(crate) sandbox: Sandbox,
}

impl Office {
    /// So many contacts on each side, three of eight of them the same people, and the desktop's profile signed in.
    pub(crate) async fn connected(session: &Session, contacts: usize) -> Self {
        let office = Self::unconnected(contacts).await;
        office.sign_in(session).await;
        office
    }

    /// The same, and nobody has signed in anywhere.
    pub(crate) async fn unconnected(contacts: usize) -> Self {
        Self::of(sandbox::Options {
            sizes: Sizes::both(contacts),
            ..sandbox::Options::default()
        })
        .await
    }

    /// On a sandbox of these options; nobody has signed in anywhere.
    pub(crate) async fn of(options: sandbox::Options) -> Self {
        let sandbox = sandbox::start(options)
            .await
            .expect("a port is free on loopback");
        Self { sandbox }
    }

    /// The person on both sides.
    pub(crate) fn user(&self) -> &User {
        &self.sandbox.users[0]
    }

    /// What the app finds in its environment.
    pub(crate) fn secrets(&self) -> [(&'static str, String); 2] {
        [
            ("EXCO_CRM_ACCESS_KEY", self.user().access_key.clone()),
            ("EXCO_EXCHANGE_PASSWORD", self.user().password.clone()),
        ]
    }

    /// The app at work in the background, in English.
    pub(crate) fn app_in_background(&self, session: &Session) -> Running {
        let app = &mut session.app(&["--background", "--lang", "en"]);
        Running::start(app.envs(self.secrets()))
    }

    /// Something shall go wrong from now on.
    pub(crate) fn order(&self, fault: &str) {
        let fault: Fault = fault.parse().expect("the order is well-formed");
        self.sandbox.ground.faults.add(fault);
    }

    /// Waits until the user's mailbox has an item with this surname.
    pub(crate) async fn item_arrives(&self, surname: &str) {
        until("the item arrives", || {
            self.item_holds(surname, "Surname", surname)
        })
        .await;
    }

    /// Waits until so many items are in the folder the connector syncs.
    pub(crate) async fn has_items(&self, count: usize) {
        until("the items come and go", || self.items().len() == count).await;
    }

    /// Waits until the CRM has so many contacts.
    pub(crate) async fn has_records(&self, count: usize) {
        until("the records come and go", || {
            self.sandbox.crm.records("Contacts").len() == count
        })
        .await;
    }

    /// Waits until the item with this surname holds this.
    pub(crate) async fn item_comes_to_hold(&self, surname: &str, field: &str, value: &str) {
        until("the item holds it", || {
            self.item_holds(surname, field, value)
        })
        .await;
    }

    /// Waits until the record holds this.
    pub(crate) async fn record_holds(&self, record: &str, field: &str, value: &str) {
        until("the record holds it", || {
            let record = self.sandbox.crm.record(record);
            record.is_some_and(|record| record[field] == value)
        })
        .await;
    }

    /// The user changes the item with this surname.
    pub(crate) fn edits_item(&self, surname: &str, fields: &[(&str, &str)]) {
        let items = self.items();
        let item = items
            .iter()
            .find(|item| {
                item.fields
                    .get("Surname")
                    .is_some_and(|found| found == surname)
            })
            .expect("the item is there");
        self.sandbox
            .exchange
            .edit(&self.user().email, &item.id, fields)
            .expect("the item can be edited");
    }

    /// The record gets 117, the item 118.
    pub(crate) fn both_sides_change_the_phone(&self, record: &str, surname: &str) {
        let user = &self.user().name;
        let edited = self.sandbox.crm.edit(user, record, &[("phone", "117")]);
        edited.expect("the record is there");
        self.edits_item(surname, &[("PhoneNumbers/BusinessPhone", "118")]);
    }

    /// What is in the folder the connector syncs.
    pub(crate) fn items(&self) -> Vec<sandbox::exchange::ItemView> {
        self.sandbox.exchange.items_in(&self.user().email, FOLDER)
    }

    /// Whether the item with this surname holds this.
    pub(crate) fn item_holds(&self, surname: &str, field: &str, value: &str) -> bool {
        let items = self.items();
        let holds = |item: &sandbox::exchange::ItemView, field: &str, value: &str| {
            item.fields.get(field).is_some_and(|found| found == value)
        };
        items
            .iter()
            .any(|item| holds(item, "Surname", surname) && holds(item, field, value))
    }

    /// Nothing is synced before somebody resumes.
    pub(crate) async fn pause(&self, session: &Session) {
        open(session)
            .await
            .set_paused(true)
            .await
            .expect("the profile can be written");
    }

    /// The desktop's profile signs in.
    pub(crate) async fn sign_in(&self, session: &Session) {
        let controller = open(session).await;
        let user = self.user();
        controller
            .connect_crm(CrmSignIn {
                url: self.sandbox.crm_url.clone(),
                user: user.name.clone(),
                access_key: Some(Secret::new(user.access_key.clone())),
                remember: Remember::No,
                claim: Claim::IfFree,
            })
            .await
            .expect("the CRM knows its user");
        controller
            .connect_exchange(ExchangeSignIn {
                url: Some(self.sandbox.exchange_url.clone()),
                email: Some(user.email.clone()),
                user: user.email.clone(),
                password: Some(Secret::new(user.password.clone())),
                method: SignInMethod::Basic,
                past_days: None,
                remember: Remember::No,
                claim: Claim::IfFree,
            })
            .await
            .expect("the mailbox knows its owner");
    }
}

async fn open(session: &Session) -> Controller {
    Controller::open(Options {
        profile: Some(session.profile()),
        ..Options::default()
    })
    .await
    .expect("the profile can be opened")
}

/// Waits until it is so.
async fn until(what: &str, is_so: impl Fn() -> bool) {
    let wait = async {
        while !is_so() {
            tokio::time::sleep(ASK_AGAIN).await;
        }
    };
    tokio::time::timeout(NEVER, wait).await.expect(what);
}

/// The user makes a record; its id.
pub(crate) fn made_in_the_crm(office: &Office, fields: &[(&str, &str)]) -> String {
    let record = office
        .sandbox
        .crm
        .create(&office.user().name, "Contacts", fields)
        .expect("a record can be made");
    record["id"]
        .as_str()
        .expect("a record has an id")
        .to_owned()
}
