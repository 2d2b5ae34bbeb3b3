//! Looks at everything a sync needs, side by side: policy, both sign-ins, clocks, rights, and what the CRM can do with e-mails. It writes
//! nothing on either side.

use jiff::SignedDuration;
use model::policy::NoMatch;
use model::{Code, Component, MailModule, Problem, Rights};
use ports::{Crm, CrmMails, ErrorKind, Failure, MailAbilities, Mailbox};

use crate::account::Account;
use crate::{Controller, failure};

/// Clocks that differ by more are worth a word: *last modified* compares times of both servers.
const CLOCKS_APART: SignedDuration = SignedDuration::from_mins(1);

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The administrator's settings.
    Policy,
    /// Signing in to the CRM.
    Crm,
    /// Signing in to the mailbox.
    Mailbox,
    /// The clocks of both servers and of this computer.
    Clocks,
    /// The rights for a component.
    Rights(Component),
    /// By what e-mails are recognised in the CRM (R5.5).
    MailKey,
    /// The modules whose addresses e-mails are referenced to (R5.1).
    MailModules,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Of what.
    pub subject: Subject,
    /// How it looks.
    pub health: Health,
    /// What there is to say.
    pub problem: Option<Problem>,
    /// What it is, where it is well: a server, a field.
    pub detail: String,
}

/// How something looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Health {
    /// As it should be.
    Well,
    /// It works, but something is missing that would make it better.
    Advice,
    /// Something does not work because of it.
    Trouble,
}

impl Controller {
    /// Looks at everything. What fails is a finding, not a failure.
    pub async fn doctor(&self) -> ports::Result<Vec<Finding>> {
        let mut found = vec![self.policy_finding()];
        let account = match self.may_sign_in().await {
            Ok(()) => self.account().await,
            Err(failure) => Err(failure),
        };
        let account = match account {
            Ok(account) => account,
            Err(failure) => {
                found.push(trouble(Subject::Crm, failure.problem));
                return Ok(found);
            }
        };
        let crm = account
            .crm
            .sign_in()
            .await
            .map(|signed_in| signed_in.server);
        let mailbox = account.mailbox.sign_in().await;
        let mailbox = mailbox.map(|signed_in| signed_in.server);
        let asked = [(Subject::Crm, &crm), (Subject::Mailbox, &mailbox)];
        for (subject, answer) in asked {
            self.note_refusal(answer.as_ref().err()).await?;
            found.push(match answer {
                Ok(server) => well(subject, server),
                Err(failure) => trouble(subject, failure.problem.clone()),
            });
        }
        found.push(self.clock_finding(&account));
        if crm.is_ok() {
            for component in self.components() {
                found.extend(self.rights_finding(&account, component).await);
            }
        }
        Ok(found)
    }

    /// A refused password counts here as anywhere, so that no account is locked (R7.5).
    async fn note_refusal(&self, failed: Option<&Failure>) -> ports::Result<()> {
        match failed {
            Some(failed) if failed.kind == ErrorKind::SignInNeeded => {
                self.note_outcome(Some(failed)).await
            }
            Some(_) | None => Ok(()),
        }
    }

    fn policy_finding(&self) -> Finding {
        match self.policy_warnings() {
            [] => well(Subject::Policy, ""),
            warnings => {
                let problem = Problem::new(Code::PolicyKeyUnknown);
                advice(Subject::Policy, problem.with("keys", warnings.join("; ")))
            }
        }
    }

    fn clock_finding(&self, account: &Account) -> Finding {
        let offsets = [account.mailbox_clock(), Crm::clock_offset(&*account.crm)];
        let known: Vec<SignedDuration> = offsets.into_iter().flatten().collect();
        let apart = known.iter().map(|offset| offset.abs()).max();
        match apart {
            Some(apart) if apart > CLOCKS_APART => {
                let seconds = apart.as_secs().to_string();
                let problem = Problem::new(Code::ClocksApart).with("seconds", seconds);
                advice(Subject::Clocks, problem)
            }
            Some(_) | None => well(Subject::Clocks, ""),
        }
    }

    async fn rights_finding(&self, account: &Account, component: Component) -> Vec<Finding> {
        let subject = Subject::Rights(component);
        if component == Component::Emails {
            return match account.crm.mail_abilities().await {
                Ok(abilities) => self.mail_findings(&abilities),
                Err(failure) => vec![trouble(subject, failure.problem)],
            };
        }
        vec![match Crm::rights(&*account.crm, component).await {
            Ok(rights) => match missing(rights) {
                Some(right) => advice(subject, denied(component, right)),
                None => well(subject, ""),
            },
            Err(failure) => trouble(subject, failure.problem),
        }]
    }

    fn mail_findings(&self, abilities: &MailAbilities) -> Vec<Finding> {
        let subject = Subject::Rights(Component::Emails);
        let makes_leads = self.inner.policy.policy.emails.no_match == NoMatch::CreateLead;
        let rights = match (abilities.may_import, abilities.may_make_leads) {
            (false, _) => trouble(subject, denied(Component::Emails, "create")),
            (true, false) if makes_leads => {
                let problem = Problem::new(Code::PermissionMissing);
                let problem = problem.with("module", MailModule::Leads.name());
                advice(subject, problem.with("right", "create"))
            }
            (true, _) => well(subject, ""),
        };
        let key = match &abilities.key_field {
            Some(field) => well(Subject::MailKey, field),
            None => advice(Subject::MailKey, Problem::new(Code::MailKeyMissing)),
        };
        let absent: Vec<&str> = MailModule::ALL
            .into_iter()
            .filter(|module| !abilities.modules.contains_key(module))
            .map(MailModule::name)
            .collect();
        let modules = match absent.as_slice() {
            [] => well(Subject::MailModules, ""),
            absent => {
                let problem = Problem::new(Code::ModuleMissing);
                advice(
                    Subject::MailModules,
                    problem.with("module", absent.join(", ")),
                )
            }
        };
        vec![rights, key, modules]
    }
}

impl Account {
    fn mailbox_clock(&self) -> Option<SignedDuration> {
        Mailbox::clock_offset(&*self.mailbox)
    }
}

/// The first right that is not there.
fn missing(rights: Rights) -> Option<&'static str> {
    let all = [
        (rights.read, "read"),
        (rights.create, "create"),
        (rights.update, "update"),
        (rights.delete, "delete"),
    ];
    let missing = all.into_iter().find(|(is_there, _)| !is_there);
    missing.map(|(_, right)| right)
}

fn denied(component: Component, right: &str) -> Problem {
    let module = match component {
        Component::Emails => "Emails",
        Component::Contacts => "Contacts",
        Component::Appointments => "Events",
        Component::Tasks => "Calendar",
    };
    let failed = failure(ErrorKind::Denied, Code::PermissionMissing);
    failed.with("module", module).with("right", right).problem
}

fn well(subject: Subject, detail: &str) -> Finding {
    Finding {
        subject,
        health: Health::Well,
        problem: None,
        detail: detail.to_owned(),
    }
}

fn advice(subject: Subject, problem: Problem) -> Finding {
    Finding {
        subject,
        health: Health::Advice,
        problem: Some(problem),
        detail: String::new(),
    }
}

fn trouble(subject: Subject, problem: Problem) -> Finding {
    Finding {
        subject,
        health: Health::Trouble,
        problem: Some(problem),
        detail: String::new(),
    }
}
