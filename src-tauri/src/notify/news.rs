//! What is new for the user: a conflict, a tripped brake, a sign-in that is needed, a failure that lasts. Everything is told once.

use std::time::Duration;

use controller::view::{Brake, Side, WaitingEntry, WaitingKind};
use controller::{Problem, SealedMail, Snapshot, State};

/// A failure that lasts so long is told (S9), in milliseconds.
const LASTING: i64 = 15 * 60 * 1000;

/// One thing that needs the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum News {
    /// Both sides changed an entry, and nobody but the user knows what is right.
    Conflict(WaitingEntry),
    /// A component stopped before it would have deleted or overwritten a lot.
    Brake(Brake),
    /// Mails that were dropped to be imported went back unread: they are encrypted.
    Sealed(Vec<SealedMail>),
    /// A password, key or consent has to be given on a side.
    SignIn(Side, Problem),
    /// Syncing has not worked for a quarter of an hour.
    Failing(Problem),
}

/// What waits, as far as it was looked at.
#[derive(Debug)]
pub(crate) enum Seen {
    /// Nothing changed since it was last looked at.
    Same,
    /// This.
    Now {
        entries: Vec<WaitingEntry>,
        brakes: Vec<Brake>,
        sealed: Vec<SealedMail>,
    },
}

/// What was told.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// The state of what waits when it was last looked at.
    looked: Option<(u64, i64)>,
    waiting: Vec<News>,
    /// Mailbox and CRM, where a sign-in is needed.
    sign_in: [bool; 2],
    /// Since when what was told has failed.
    failing: Option<i64>,
}

impl News {
    /// Whether both are about the same, so that it need not be told again.
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            // One whose values are others by now is another one: what was said of it no longer holds.
            (Self::Conflict(one), Self::Conflict(other)) => is_unchanged(one, other),
            // A brake that is answered and trips again is another one.
            (Self::Brake(one), Self::Brake(other)) => {
                (&one.id, one.since) == (&other.id, other.since)
            }
            _ => false,
        }
    }
}

impl Told {
    /// Whether something may wait that did not before.
    pub(crate) fn must_look(&self, snapshot: &Snapshot) -> bool {
        self.looked != Some(mark(snapshot))
    }

    /// What is new. What waited when the program started is told as well: nobody knows whether the user saw it.
    pub(crate) fn news(&mut self, snapshot: &Snapshot, seen: Seen, now: i64) -> Vec<News> {
        let mut news = Vec::new();
        if let Seen::Now {
            entries,
            brakes,
            sealed,
        } = seen
        {
            self.looked = Some(mark(snapshot));
            let entries = entries
                .into_iter()
                .filter(|entry| entry.kind != WaitingKind::Refused);
            let waiting: Vec<News> = entries
                .map(News::Conflict)
                .chain(brakes.into_iter().map(News::Brake))
                .collect();
            let before = std::mem::replace(&mut self.waiting, waiting);
            let new = self.waiting.iter();
            let new = new.filter(|one| !before.iter().any(|before| before.is(one)));
            news.extend(new.cloned());
            if !sealed.is_empty() {
                news.push(News::Sealed(sealed));
            }
        }
        news.extend(self.sign_in(snapshot));
        news.extend(self.failing(snapshot, now).map(News::Failing));
        news
    }

    /// Whether what was told still holds.
    pub(crate) fn holds(&self, news: &News) -> bool {
        match news {
            News::Conflict(_) | News::Brake(_) => self.waiting.iter().any(|one| one.is(news)),
            // They are not imported, whatever happens; the note stays until it was seen.
            News::Sealed(_) => true,
            News::SignIn(Side::Mailbox, _) => self.sign_in[0],
            News::SignIn(Side::Crm, _) => self.sign_in[1],
            News::Failing(problem) => self.failing == Some(problem.since),
        }
    }

    fn sign_in(&mut self, snapshot: &Snapshot) -> Vec<News> {
        let is_out = snapshot.state == State::SignedOut;
        let sides = [&snapshot.mailbox, &snapshot.crm].map(|side| side.problem.as_ref());
        let before = std::mem::replace(
            &mut self.sign_in,
            sides.map(|problem| is_out && problem.is_some()),
        );
        // The second refusal stops the attempts, which is the same matter.
        let sides = [Side::Mailbox, Side::Crm].into_iter().zip(sides);
        let new = sides.zip(before).filter(|(_, told)| is_out && !told);
        let new = new.filter_map(|((side, problem), _)| Some(News::SignIn(side, problem?.clone())));
        new.collect()
    }

    fn failing(&mut self, snapshot: &Snapshot, now: i64) -> Option<Problem> {
        let Some(problem) = lasting(snapshot) else {
            self.failing = None;
            return None;
        };
        // While a server is out of reach for one reason after the other, it is one failure.
        if problem.since + LASTING > now || self.failing == Some(problem.since) {
            return None;
        }
        self.failing = Some(problem.since);
        Some(problem.clone())
    }

    /// When a failure will have lasted long enough to be told.
    pub(crate) fn due(&self, snapshot: &Snapshot, now: i64) -> Option<Duration> {
        let problem = lasting(snapshot)?;
        let left = u64::try_from(problem.since + LASTING - now).ok()?;
        (left > 0).then(|| Duration::from_millis(left))
    }
}

/// Whether an entry still waits with the same values.
pub(super) fn is_unchanged(one: &WaitingEntry, other: &WaitingEntry) -> bool {
    (&one.id, one.gone, &one.fields) == (&other.id, other.gone, &other.fields)
}

/// Changes whenever something else may wait.
fn mark(snapshot: &Snapshot) -> (u64, i64) {
    let runs = snapshot.components.iter().filter_map(|status| {
        let last = status.last_run.as_ref()?;
        Some(last.finished)
    });
    (snapshot.to_decide, runs.max().unwrap_or_default())
}

/// A failure that may go by by itself, or not.
fn lasting(snapshot: &Snapshot) -> Option<&Problem> {
    let fails = matches!(snapshot.state, State::Offline | State::Attention);
    problem(snapshot).filter(|problem| fails && problem.since > 0)
}

fn problem(snapshot: &Snapshot) -> Option<&Problem> {
    let sides = [&snapshot.mailbox, &snapshot.crm];
    sides.into_iter().find_map(|side| side.problem.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use controller::Connection;
    use controller::view::{Component, LastRun, WaitingValue};
    use controller::{ComponentStatus, Counts};

    fn problem(code: &str, since: i64) -> Problem {
        Problem {
            code: code.to_owned(),
            values: std::collections::BTreeMap::new(),
            since,
        }
    }

    fn entry(id: &str, kind: WaitingKind) -> WaitingEntry {
        WaitingEntry {
            id: id.to_owned(),
            component: Component::Contacts,
            kind,
            title: id.to_owned(),
            problem: problem("both_changed", 1),
            gone: None,
            fields: Vec::new(),
            asked: Vec::new(),
            retry_at: 0,
        }
    }

    fn brake(since: i64) -> Brake {
        Brake {
            id: "brake/contacts".to_owned(),
            component: Component::Contacts,
            alarms: vec![problem("many_deletions", since)],
            since,
        }
    }

    fn snapshot(state: State, mailbox: Option<Problem>, finished: i64) -> Snapshot {
        let run = LastRun {
            started: 0,
            finished,
            items: Counts::default(),
            records: Counts::default(),
            linked: 0,
            conflicts: 0,
            skipped: 0,
            failed: 0,
            problem: None,
        };
        Snapshot {
            state,
            since: 0,
            mailbox: Connection {
                problem: mailbox,
                ..Connection::default()
            },
            crm: Connection::default(),
            components: vec![ComponentStatus {
                component: Component::Contacts,
                enabled: true,
                links: 0,
                waiting: 0,
                refused: 0,
                last_run: Some(run),
                progress: None,
            }],
            next_run: None,
            to_decide: 1,
            awaits_start: false,
            disconnecting: false,
            paused_until: None,
            notice: None,
            managed: false,
        }
    }

    fn seen(entries: &[WaitingEntry], brakes: &[Brake]) -> Seen {
        Seen::Now {
            entries: entries.to_vec(),
            brakes: brakes.to_vec(),
            sealed: Vec::new(),
        }
    }

    #[test]
    fn r6_4_a_conflict_is_told_once_and_again_when_it_comes_again() {
        let mut told = Told::default();
        let conflict = entry("a", WaitingKind::Conflict);
        let at = |finished| snapshot(State::Attention, None, finished);
        assert!(told.must_look(&at(1)));
        let first = told.news(&at(1), seen(std::slice::from_ref(&conflict), &[]), 0);
        assert_eq!(first, [News::Conflict(conflict.clone())]);
        assert!(!told.must_look(&at(1)) && told.must_look(&at(2)));
        assert_eq!(
            told.news(&at(2), seen(std::slice::from_ref(&conflict), &[]), 0),
            []
        );
        assert_eq!(told.news(&at(3), seen(&[], &[]), 0), []);
        let again = told.news(&at(4), seen(std::slice::from_ref(&conflict), &[]), 0);
        assert_eq!(again, [News::Conflict(conflict)]);
    }

    #[test]
    fn r6_4_a_conflict_between_other_values_is_another_one_and_what_was_said_is_over() {
        let mut told = Told::default();
        let at = |finished| snapshot(State::Attention, None, finished);
        let (first, mut other) = (
            entry("a", WaitingKind::Conflict),
            entry("a", WaitingKind::Conflict),
        );
        other.fields = vec![WaitingValue {
            field: "phone".to_owned(),
            base: None,
            crm: Some("117".to_owned()),
            mailbox: Some("118".to_owned()),
            open: true,
        }];
        let news = told.news(&at(1), seen(std::slice::from_ref(&first), &[]), 0);
        let [said] = news.as_slice() else {
            panic!("one thing is new, not {news:?}");
        };
        assert!(told.holds(said));
        let news = told.news(&at(2), seen(std::slice::from_ref(&other), &[]), 0);
        assert_eq!(news, [News::Conflict(other)]);
        assert!(!told.holds(said) && told.holds(&news[0]));
        told.news(&at(3), seen(&[], &[]), 0);
        assert!(!told.holds(&news[0]));
    }

    #[test]
    fn a_sign_in_and_a_failure_hold_as_long_as_they_last() {
        let mut told = Told::default();
        let out = snapshot(State::SignedOut, Some(problem("wrong_password", 1)), 1);
        let news = told.news(&out, Seen::Same, 2);
        assert!(told.holds(&news[0]));
        let offline = snapshot(State::Offline, Some(problem("connection_lost", 1)), 1);
        let failing = told.news(&offline, Seen::Same, 1 + LASTING);
        assert!(!told.holds(&news[0]) && told.holds(&failing[0]));
        told.news(&snapshot(State::InSync, None, 2), Seen::Same, 2 + LASTING);
        assert!(!told.holds(&failing[0]));
    }

    #[test]
    fn r5_7_mails_that_are_encrypted_are_told_when_they_come_back() {
        let mails = vec![SealedMail {
            title: "Vertraulich".to_owned(),
            problem: problem("mail_encrypted", 0),
        }];
        let seen = Seen::Now {
            entries: Vec::new(),
            brakes: Vec::new(),
            sealed: mails.clone(),
        };
        let mut told = Told::default();
        let news = told.news(&snapshot(State::InSync, None, 1), seen, 0);
        assert_eq!(news, [News::Sealed(mails)]);
        assert!(told.holds(&news[0]));
    }

    #[test]
    fn what_a_server_refused_is_on_the_list_and_disturbs_nobody() {
        let refused = entry("r", WaitingKind::Refused);
        let told = Told::default().news(
            &snapshot(State::Attention, None, 1),
            seen(&[refused], &[]),
            0,
        );
        assert_eq!(told, []);
    }

    #[test]
    fn r6_8_a_brake_is_told_once_each_time_it_trips() {
        let mut told = Told::default();
        let at = |finished| snapshot(State::Attention, None, finished);
        let mut news = |finished, brakes: &[Brake]| told.news(&at(finished), seen(&[], brakes), 0);
        assert_eq!(news(1, &[brake(5)]), [News::Brake(brake(5))]);
        assert_eq!(news(2, &[brake(5)]), []);
        assert_eq!(news(3, &[brake(9)]), [News::Brake(brake(9))]);
    }

    #[test]
    fn r7_5_a_sign_in_that_is_needed_is_told_once() {
        let mut told = Told::default();
        let at = |code| snapshot(State::SignedOut, Some(problem(code, 1)), 1);
        let mut news = |snapshot: &Snapshot| told.news(snapshot, Seen::Same, 0);
        let wrong = at("wrong_password");
        assert_eq!(
            news(&wrong),
            [News::SignIn(Side::Mailbox, problem("wrong_password", 1))]
        );
        assert_eq!(news(&at("sign_in_stopped")), []);
        assert_eq!(news(&snapshot(State::InSync, None, 2)), []);
        assert_eq!(news(&wrong).len(), 1);
    }

    #[test]
    fn r7_5_a_sign_in_on_the_other_side_is_told_as_well() {
        let mut told = Told::default();
        let mut both = snapshot(State::SignedOut, Some(problem("wrong_password", 1)), 1);
        assert_eq!(told.news(&both, Seen::Same, 2).len(), 1);
        both.crm.problem = Some(problem("wrong_access_key", 2));
        let news = told.news(&both, Seen::Same, 3);
        assert_eq!(
            news,
            [News::SignIn(Side::Crm, problem("wrong_access_key", 2))]
        );
        both.mailbox.problem = None;
        assert_eq!(told.news(&both, Seen::Same, 4), []);
    }

    #[test]
    fn s9_a_failure_is_told_when_it_has_lasted_a_quarter_of_an_hour() {
        let mut told = Told::default();
        let began = 1_000_000;
        let offline = snapshot(State::Offline, Some(problem("connection_lost", began)), 1);
        let end = began + LASTING;
        assert_eq!(told.news(&offline, Seen::Same, end - 1), []);
        assert_eq!(told.due(&offline, end - 1), Some(Duration::from_millis(1)));
        let news = told.news(&offline, Seen::Same, end);
        assert_eq!(news, [News::Failing(problem("connection_lost", began))]);
        assert_eq!(told.due(&offline, end), None);
        assert_eq!(told.news(&offline, Seen::Same, end + LASTING), []);
        let other = snapshot(State::Offline, Some(problem("host_not_found", began)), 1);
        assert_eq!(told.news(&other, Seen::Same, end + LASTING), []);
        assert!(told.holds(&news[0]));
        let over = snapshot(State::InSync, None, 2);
        assert_eq!(told.news(&over, Seen::Same, end), []);
        assert_eq!(told.news(&offline, Seen::Same, end).len(), 1);
    }
}
