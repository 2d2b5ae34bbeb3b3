//! What went wrong, as a code with values. The sentences, in every language, live in `ui/src/i18n`.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Why something did not work. Each has the texts `error.<code>.what` and `error.<code>.next`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The address is no address.
    AddressMalformed,
    /// `http://` to another host than this computer.
    AddressNotSecure,
    /// The search for the mailbox's server led to another domain, and nobody agreed to send the password there.
    AddressForeign,
    /// The host name is unknown.
    HostNotFound,
    /// Nobody answers at the address.
    ServerUnreachable,
    /// The server did not answer in time, or the connection broke.
    ConnectionLost,
    /// The certificate is self-signed or not trusted.
    CertificateNotTrusted,
    /// No common TLS version or cipher.
    TlsFailed,
    /// The server answers, but there is no such page.
    NothingAtAddress,
    /// The answer is not Exchange's (HTML instead of XML).
    NotExchange,
    /// The answer is not the CRM's (HTML instead of JSON).
    NotCrm,
    /// The server asks for a way to sign in that is not supported.
    SignInMethodUnsupported,
    /// Exchange refused user name or password.
    WrongPassword,
    /// The CRM refused user name or access key, or the user is inactive.
    WrongAccessKey,
    /// An access key that worked is refused now: changed, or the user was set inactive.
    AccessKeyNoLongerValid,
    /// The CRM has no access key for this user.
    AccessKeyUndefined,
    /// The stored secret is missing.
    SecretMissing,
    /// The credential store cannot be used.
    SecretStoreUnavailable,
    /// Too many sign-ins failed; nothing is tried until a new password is entered (R7.5).
    SignInStopped,
    /// EWS is switched off for this mailbox or organisation.
    EwsSwitchedOff,
    /// The mailbox does not exist, or not under this address.
    MailboxNotFound,
    /// Signing in by OAuth is not offered: nobody has registered the program, or nobody said where the mailboxes are (R7.2).
    BrowserSignInNotOffered,
    /// A sign-in in the browser is no longer valid: it ended, was revoked, or the password was changed.
    SignInEnded,
    /// The user did not come back from the browser in time.
    SignInTimedOut,
    /// Another account was chosen in the browser than the one that was named before.
    SignInOtherAccount,
    /// The organisation wants a second factor.
    SecondFactorNeeded,
    /// The organisation does not allow this device, place or program (Conditional Access).
    AccessRestricted,
    /// The organisation has not agreed yet that the program may open mailboxes.
    ConsentMissing,
    /// The user did not agree in the browser.
    ConsentDeclined,
    /// The account, or the program, is not known to the organisation where the user signs in.
    AccountNotInTenant,
    /// The program's registration at the authority, or our setting of it, does not fit.
    SignInMisconfigured,
    /// The account is switched off.
    AccountDisabled,
    /// The account is locked after too many attempts.
    AccountLocked,
    /// The password has expired.
    PasswordExpired,
    /// The mailbox is full.
    MailboxFull,
    /// The server asked to wait.
    ServerBusy,
    /// The server failed without saying why.
    ServerError,
    /// The answer could not be understood.
    AnswerMalformed,
    /// The predefined folder is gone.
    FolderMissing,
    /// An entry is no longer there.
    EntryGone,
    /// An entry was changed meanwhile.
    EntryChangedMeanwhile,
    /// The module is closed for this user, or the right is missing.
    PermissionMissing,
    /// A mandatory field is empty.
    FieldMandatory,
    /// It ends before it starts.
    EndBeforeStart,
    /// Somebody else organises the appointment, so what was changed in the CRM is not taken over.
    OrganisedByOther,
    /// A run would delete unusually many entries of a side (R6.8).
    ManyDeletions,
    /// All entries of a side are gone at once (R6.8).
    SideEmpty,
    /// A run would overwrite or blank one field of unusually many entries (R6.8).
    FieldSwept,
    /// One side deleted the entry, the other one changed it.
    DeletedAndChanged,
    /// What a sync wrote was changed since, so taking it back would lose that.
    ChangedSince,
    /// It was made, linked or refused: there is no value to put back.
    UndoNotPossible,
    /// An entry that is called the same is there already.
    EntryThere,
    /// It lies before the days that are synced.
    OutsideDays,
    /// Nothing is in its way: no run has come to it yet.
    ComesWithNextRun,
    /// The user deleted its item; it stays in the CRM and does not come back by itself (R2.4).
    DeletedByUser,
    /// Its record went, and somebody said that its item stays (R6.8).
    KeptByUser,
    /// It lies in another folder of the mailbox than the one that is synced (R1.3).
    OutsideFolder,
    /// The policy does not name events of its type (R3.1).
    TypeNotSynced,
    /// The user asked for quiet.
    Paused,
    /// Nothing of what was asked for is in the history.
    NothingToUndo,
    /// What is to be decided is which side is kept, not what stands in a field.
    KeepOneSide,
    /// Both sides differ, and trying again decides nothing.
    ChoiceNeeded,
    /// The entry waits for something else than a choice between two sides.
    NothingToChoose,
    /// No entry of this id waits for the user.
    NothingWaits,
    /// Neither we nor the entry have a field of this name.
    NoSuchField,
    /// The value is neither a day nor a moment.
    NotATime,
    /// A private item, and the policy says that these are not synced.
    PrivateItem,
    /// The server refused the value of a field.
    FieldRefused,
    /// The entry is none of this component, such as a distribution list among contacts.
    EntryOfOtherKind,
    /// The server refused the entry without naming a field.
    EntryRefused,
    /// The record belongs to somebody else.
    NotAssignedToUser,
    /// Several entries fit; none was chosen.
    MatchNotUnique,
    /// A mail that others cannot read is not imported (R5.7).
    MailEncrypted,
    /// Its sender is on the blacklist (R5.4).
    MailSenderListed,
    /// Apart from the user and those on the blacklist a mail names nobody (R5.4).
    MailNobodyLeft,
    /// All of a mail is inside its signature or compressed, and could not be taken out.
    MailSealed,
    /// There is nothing of a mail in it.
    MailUnreadable,
    /// The import of a mail is over, and the server does not let it go back to its folder (R5.8).
    MailNotPutBack,
    /// The CRM took a mail but not all of its files (R5.6).
    MailFilesLeftOut,
    /// A mail that waited was taken away before it could be imported.
    MailTakenAway,
    /// A lead was made for an address nobody had (R5.3).
    LeadMade,
    /// The CRM has no such module, or it is closed to the user.
    ModuleMissing,
    /// Clocks of servers and computer differ.
    ClocksApart,
    /// The policy has keys this version does not know.
    PolicyKeyUnknown,
    /// The CRM has no field for the Message-ID of a mail (R5.5).
    MailKeyMissing,
    /// Both sides changed the same field and the policy leaves the choice to the user.
    BothChanged,
    /// A field went to and fro so often that something else must be putting it back; it rests until the user chooses or a day is over.
    FieldFlips,
    /// The answer to a write was lost and what it did could not be found out yet.
    OutcomeUnknown,
    /// Another copy of the program works on this profile.
    ProfileInUse,
    /// The state file cannot be read or written.
    StateUnusable,
    /// The state file is damaged (R7.11).
    StateDamaged,
    /// The state was lost or damaged, and the links were found again by stamp and match (R7.11).
    StateRebuilt,
    /// The state file was written by a newer version.
    StateTooNew,
    /// The policy file cannot be read.
    PolicyUnusable,
    /// The desktop did not let the program be started with the computer, or no longer.
    AutostartRefused,
    /// The desktop did not open a folder.
    FolderNotOpened,
    /// Somebody wants to stay connected after all.
    DisconnectStopped,
    /// Not connected yet.
    NotConnected,
    /// The component is switched off by the policy, or this version does not sync it yet.
    ComponentOff,
    /// The profile is connected to another CRM, user or mailbox.
    OtherAccount,
    /// Another CRM, say a staging copy, or another user of it works in this mailbox (R7.10).
    OtherCrm,
    /// Another computer works in this mailbox (R7.10).
    OtherComputer,
    /// A newer version of the program works in this mailbox.
    MailboxTooNew,
    /// A defect of ours.
    Bug,
}

impl Code {
    /// Whether a choice between both sides settles it.
    pub fn is_conflict(self) -> bool {
        matches!(
            self,
            Code::BothChanged | Code::DeletedAndChanged | Code::FieldFlips
        )
    }

    /// The name used in texts, the state file and JSON output.
    pub fn name(self) -> String {
        // The Debug form is the variant's name; everywhere else it is written in snake case, as serde does.
        let mut name = String::new();
        for (position, letter) in format!("{self:?}").char_indices() {
            if letter.is_uppercase() && position > 0 {
                name.push('_');
            }
            name.extend(letter.to_lowercase());
        }
        name
    }
}

/// A code with what fills the gaps of its sentence, such as `server`, `field`, `module`, `right`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What it is.
    pub code: Code,
    /// What fills the gaps.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
}

impl Problem {
    /// A problem without values.
    pub fn new(code: Code) -> Self {
        Self {
            code,
            values: BTreeMap::new(),
        }
    }

    /// The same with one more value.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.values.insert(name.to_owned(), value.into());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code.name())?;
        for (name, value) in &self.values {
            write!(f, " {name}={value:?}")?;
        }
        Ok(())
    }
}
