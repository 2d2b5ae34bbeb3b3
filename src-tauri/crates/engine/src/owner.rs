//! Whose a mailbox is (R7.10). On a folder of it stands which CRM, user and computer work in it; that is read before the first write of a
//! run, so that a second computer or another CRM, say a staging copy, is recognised before anything is mixed up.

use std::sync::atomic::Ordering;

use jiff::{SignedDuration, Timestamp};
use model::policy::FolderChoice;
use model::{AccountName, Code, Component, DeviceId, Fingerprint, FolderId, Policy};
use ports::{ErrorKind, Failure, FolderPlace, Mailbox, StateStore};
use serde::{Deserialize, Serialize};
use tracing::{info, warn};

use crate::{Doors, Engine};

/// The form of what stands there. A newer program may write another one, and is the only one to understand it.
const FORM: u32 = 1;
/// It says when the owner was there last, as exactly as this: every cycle writing would be no quiet.
const SEEN_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// The folder where it stands, as last found.
const FACT: &str = "folder.owner";

/// Who works in a mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// Which CRM and user.
    pub crm: Fingerprint,
    /// How the user is called there.
    pub user: AccountName,
    /// Which installation of the program.
    pub device: DeviceId,
    /// How people call that computer.
    pub computer: String,
}

/// What to do with a mailbox that another computer or another CRM works in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Claim {
    /// Leave it alone.
    #[default]
    IfFree,
    /// Work in it from now on: the user said so.
    TakeOver,
}

/// What stands on the folder.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Mark {
    form: u32,
    #[serde(flatten)]
    owner: Owner,
    seen: Timestamp,
}

/// Whose the mailbox is, as far as can be told.
enum Finding {
    Nobodys,
    Ours { seen: Timestamp },
    Others(Failure),
}

impl Engine {
    /// The doors, once it is certain that the mailbox is ours to write. Every write goes through here.
    pub(crate) async fn writable(&self) -> ports::Result<&Doors> {
        if !self.is_ours.load(Ordering::Relaxed) {
            self.make_sure().await?;
            self.is_ours.store(true, Ordering::Relaxed);
        }
        Ok(&self.doors)
    }

    async fn make_sure(&self) -> ports::Result<()> {
        let (mailbox, store) = (&*self.doors.mailbox, &self.doors.store);
        let (owner, now) = (&self.setup.owner, self.doors.clock.now());
        if let Some(folder) = store.fact(FACT).await?.map(FolderId::new) {
            let text = match mailbox.owner(&folder).await {
                Err(failure) if failure.kind == ErrorKind::Gone => None,
                text => text?,
            };
            match judged(text.as_deref(), owner) {
                Finding::Ours { seen } if now.duration_since(seen) < SEEN_AFTER => return Ok(()),
                Finding::Others(failure) => return Err(failure),
                Finding::Ours { .. } | Finding::Nobodys => {}
            }
        }
        let policy = &self.setup.policy;
        let folder = claim(mailbox, policy, owner, Claim::IfFree, now).await?;
        store.set_fact(FACT, Some(folder.as_str())).await
    }
}

/// Writes down whose the mailbox is, unless it is another's; the answer is the folder where it stands.
pub async fn claim(
    mailbox: &dyn Mailbox,
    policy: &Policy,
    owner: &Owner,
    claim: Claim,
    now: Timestamp,
) -> ports::Result<FolderId> {
    let [place, elsewhere] = places(policy);
    let mut outdated = None;
    for looked in [place, elsewhere] {
        let Some((folder, text)) = look(mailbox, looked).await? else {
            continue;
        };
        match (judged(text.as_deref(), owner), claim) {
            (Finding::Others(failure), Claim::IfFree) => return Err(failure),
            (Finding::Others(failure), Claim::TakeOver) => {
                warn!(%failure, "the mailbox is taken over");
            }
            (Finding::Ours { .. } | Finding::Nobodys, _) => {}
        }
        outdated = (looked == elsewhere && text.is_some()).then_some(folder);
    }
    let folder = mailbox.ensure_folder(place).await?;
    let mark = Mark {
        form: FORM,
        owner: owner.clone(),
        seen: now,
    };
    let text = serde_json::to_string(&mark).map_err(|error| Failure::bug(error.to_string()))?;
    mailbox.set_owner(&folder, Some(&text)).await?;
    if let Some(outdated) = outdated {
        mailbox.set_owner(&outdated, None).await?;
    }
    info!("the mailbox says that it is ours");
    Ok(folder)
}

/// Whether what the connector made in the mailbox is its to remove: another computer or CRM may have taken it over.
pub async fn is_ours(mailbox: &dyn Mailbox, policy: &Policy, owner: &Owner) -> ports::Result<bool> {
    for place in places(policy) {
        if let Some((_, text)) = look(mailbox, place).await?
            && let Finding::Others(_) = judged(text.as_deref(), owner)
        {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Nobody works in the mailbox any more. The folder goes where nothing is in it.
pub async fn release(mailbox: &dyn Mailbox, policy: &Policy) -> ports::Result<()> {
    for place in places(policy) {
        let Some((folder, text)) = look(mailbox, place).await? else {
            continue;
        };
        if place.choice == FolderChoice::CrmSync && mailbox.is_empty(&folder).await? {
            mailbox.remove_folder(&folder).await?;
        } else if text.is_some() {
            mailbox.set_owner(&folder, None).await?;
        }
    }
    Ok(())
}

/// Forgets where it stands: another account is connected, or none.
pub async fn forget(store: &dyn StateStore) -> ports::Result<()> {
    store.set_fact(FACT, None).await
}

async fn look(
    mailbox: &dyn Mailbox,
    place: FolderPlace,
) -> ports::Result<Option<(FolderId, Option<String>)>> {
    let Some(folder) = mailbox.find_folder(place).await? else {
        return Ok(None);
    };
    match mailbox.owner(&folder).await {
        Ok(text) => Ok(Some((folder, text))),
        Err(failure) if failure.kind == ErrorKind::Gone => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// Where it stands, and where it stood under another policy: the folder of the e-mails, which is the inbox where they have none of their own.
fn places(policy: &Policy) -> [FolderPlace; 2] {
    let place = |choice| FolderPlace {
        component: Component::Emails,
        choice,
    };
    let (own, inbox) = (place(FolderChoice::CrmSync), place(FolderChoice::Standard));
    let is_on = policy.components.contains(&Component::Emails);
    match policy.folder(Component::Emails) {
        FolderChoice::CrmSync if is_on => [own, inbox],
        FolderChoice::CrmSync | FolderChoice::Standard => [inbox, own],
    }
}

fn judged(text: Option<&str>, owner: &Owner) -> Finding {
    #[derive(Deserialize)]
    struct Form {
        form: u32,
    }
    let Some(text) = text else {
        return Finding::Nobodys;
    };
    let denied = |code| Failure::new(ErrorKind::Denied, code);
    match serde_json::from_str::<Form>(text) {
        Ok(Form { form }) if form > FORM => return Finding::Others(denied(Code::MailboxTooNew)),
        Ok(_) | Err(_) => {}
    }
    // What cannot be read was written by somebody nevertheless.
    let Ok(mark) = serde_json::from_str::<Mark>(text) else {
        return Finding::Others(denied(Code::OtherComputer));
    };
    let code = match () {
        () if mark.owner.crm != owner.crm => Code::OtherCrm,
        () if mark.owner.device != owner.device => Code::OtherComputer,
        () => return Finding::Ours { seen: mark.seen },
    };
    let day = mark.seen.strftime("%Y-%m-%d").to_string();
    let failure = denied(code)
        .with("user", mark.owner.user.as_str())
        .with("computer", mark.owner.computer)
        .with("seen", day);
    Finding::Others(failure)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner() -> Owner {
        Owner {
            crm: Fingerprint::new("crm"),
            user: AccountName::new("anna"),
            device: DeviceId::new("d1"),
            computer: "desk".to_owned(),
        }
    }

    fn text(owner: Owner, form: u32) -> String {
        let seen = "2026-11-26T08:00:00Z".parse().expect("a moment");
        serde_json::to_string(&Mark { form, owner, seen }).expect("written")
    }

    fn code(text: &str) -> Option<Code> {
        match judged(Some(text), &owner()) {
            Finding::Others(failure) => Some(failure.problem.code),
            Finding::Ours { .. } | Finding::Nobodys => None,
        }
    }

    #[test]
    fn r7_10_whose_a_mailbox_is_can_be_told() {
        assert!(matches!(judged(None, &owner()), Finding::Nobodys));
        assert_eq!(code(&text(owner(), FORM)), None);
        let other_crm = Owner {
            crm: Fingerprint::new("staging"),
            ..owner()
        };
        assert_eq!(code(&text(other_crm, FORM)), Some(Code::OtherCrm));
        let other_computer = Owner {
            device: DeviceId::new("d2"),
            computer: "laptop".to_owned(),
            ..owner()
        };
        assert_eq!(code(&text(other_computer, FORM)), Some(Code::OtherComputer));
    }

    #[test]
    fn r7_10_a_computer_that_got_another_name_is_the_same() {
        let renamed = Owner {
            computer: "old name".to_owned(),
            user: AccountName::new("anna.gross"),
            ..owner()
        };
        assert_eq!(code(&text(renamed, FORM)), None);
    }

    #[test]
    fn r7_10_what_cannot_be_read_is_not_ours() {
        for damaged in ["", "{}", "crm", "{\"form\":1}"] {
            assert_eq!(code(damaged), Some(Code::OtherComputer), "{damaged}");
        }
        assert_eq!(code(&text(owner(), FORM + 1)), Some(Code::MailboxTooNew));
        let changed = r#"{"form":2,"whole":"new"}"#;
        assert_eq!(code(changed), Some(Code::MailboxTooNew));
    }
}
