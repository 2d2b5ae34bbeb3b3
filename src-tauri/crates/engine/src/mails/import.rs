//! Brings mails into the CRM, a few at a time: read, judge, bring in, tell what became of each (R5.1 to R5.7, R5.10). The files below make
//! each once, follow one that was filed elsewhere meanwhile, and keep what is told of it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use model::history::{Act, Tally};
use model::{Code, ItemId, Problem, RecordId, RemoteId};
use ports::{
    ErrorKind, Failure, FetchedMail, ImportChange, ImportState, MailAbilities, MailFolder,
    MailImport, MailKey, Outcome, Refusal, Way,
};
use tracing::{info, warn};

use super::Post;
use super::judge::{Ready, Rules, Verdict};
use crate::progress::Phase;

mod follow;
mod once;
mod tell;

pub(super) use once::is_recent;

/// How many mails are read at once.
const BATCH: usize = 10;
/// How many bytes of them; a larger mail comes alone.
const BATCH_BYTES: u64 = 4 * 1024 * 1024;
/// A lost answer is followed up so often; then it is the user's to look at.
pub(super) const MOST_LOST: u32 = 3;

/// A mail on its way into the CRM.
struct Pending {
    import: MailImport,
    ready: Ready,
    references: Vec<RecordId>,
    /// Its record; the lowest where there are several.
    record: Option<RecordId>,
    /// The record that this run made.
    made: Option<RecordId>,
    /// Records of this user's that are there besides it because somebody else made it too.
    doubles: Vec<RecordId>,
    /// What is wrong with it, though others may go on.
    problem: Option<Problem>,
    /// The answer to its import was lost, and it is not there.
    is_lost: bool,
    /// That it is being made may still take effect, so that it is not repeated yet.
    is_under_way: bool,
    /// How many of its files the CRM left out.
    left_out: usize,
    /// Somebody of it who has no lead, and why.
    without_lead: Option<(String, Problem)>,
}

/// Which attempt at the mails of a batch it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attempt {
    /// The first one: what goes wrong may be over in a moment.
    First,
    /// The second one, with one mail.
    Alone,
}

/// What a batch has come to so far.
#[derive(Default)]
struct Results {
    changes: Vec<ImportChange>,
    outcome: Outcome,
    /// Those whose import is decided.
    decided: Vec<MailImport>,
}

impl Post<'_> {
    /// Imports all mails that wait.
    pub(super) async fn import_all(&self, tally: &mut Tally) -> ports::Result<()> {
        let mut imports = self.mail.state.mail_imports().await?;
        if imports.iter().any(|import| !import.leads.is_empty()) {
            self.look_at_begun_leads(&imports).await?;
            imports = self.mail.state.mail_imports().await?;
        }
        let waiting: Vec<MailImport> = imports
            .into_iter()
            .filter(|import| import.state == ImportState::Waiting)
            .collect();
        if waiting.is_empty() {
            return Ok(());
        }
        self.engine.writable().await?;
        let abilities = self.mail.crm.mail_abilities().await?;
        let folders = self.mail.mails.mail_folders().await?;
        self.know_own_addresses(&folders).await?;
        let total = waiting.len() as u64;
        let mut done = 0;
        for batch in batches(waiting) {
            if self.engine.stop.is_set() {
                break;
            }
            self.tell(Phase::Writing, done, Some(total));
            done += batch.len() as u64;
            let ids: BTreeSet<ItemId> = batch.iter().map(|one| one.item.clone()).collect();
            let attempt = Attempt::First;
            match self
                .import_batch(batch, attempt, &folders, &abilities, tally)
                .await
            {
                Err(failure) if may_be_of_one(&failure) => {
                    warn!(%failure, "mails could not be imported; each is tried alone");
                    self.import_each(&ids, &folders, &abilities, tally).await?;
                }
                imported => imported?,
            }
        }
        self.tell(Phase::Writing, done, Some(total));
        Ok(())
    }

    /// One that the CRM, or the web server before it, does not take even in a question does not keep the others (S8). How far each has come is
    /// kept, as it is for a run that was cut off.
    async fn import_each(
        &self,
        ids: &BTreeSet<ItemId>,
        folders: &[MailFolder],
        abilities: &MailAbilities,
        tally: &mut Tally,
    ) -> ports::Result<()> {
        for import in self.mail.state.mail_imports().await? {
            if self.engine.stop.is_set() {
                break;
            }
            if import.state == ImportState::Waiting && ids.contains(&import.item) {
                let attempt = Attempt::Alone;
                self.import_batch(vec![import], attempt, folders, abilities, tally)
                    .await?;
            }
        }
        Ok(())
    }

    async fn import_batch(
        &self,
        batch: Vec<MailImport>,
        attempt: Attempt,
        folders: &[MailFolder],
        abilities: &MailAbilities,
        total: &mut Tally,
    ) -> ports::Result<()> {
        let mut tally = *total;
        let batch = self.find_homes(batch, folders).await?;
        let mut results = Results::default();
        let earlier = self.earlier_refusals().await?;
        let mut pending = self
            .read_and_judge(batch, folders, &earlier, &mut results, &mut tally)
            .await?;
        if !pending.is_empty()
            && let Err(failure) = self.bring_in(&mut pending, abilities).await
        {
            match attempt {
                Attempt::First => return Err(failure),
                Attempt::Alone => self.blame(&mut pending, failure).await?,
            }
        }
        for one in pending {
            self.tell_of(one, abilities, &earlier, &mut results, &mut tally)
                .await?;
        }
        let changes = &results.changes;
        self.mail
            .state
            .commit_mails(changes, &results.outcome)
            .await?;
        *total = tally;
        self.put_back(results.decided, folders).await
    }

    /// Where the CRM answers a question that has nothing to do with the mail, the mail is to blame.
    async fn blame(&self, pending: &mut [Pending], failure: Failure) -> ports::Result<()> {
        let [one] = pending else {
            return Err(failure);
        };
        if !may_be_of_one(&failure) {
            return Err(failure);
        }
        let nobodys = MailKey {
            text: "exchange-connector".to_owned(),
            from: "nobody@exchange-connector.invalid".to_owned(),
            sent: Timestamp::UNIX_EPOCH,
            subject: String::new(),
            other_subjects: Vec::new(),
        };
        if self.mail.crm.find_mails(&[nobodys]).await.is_err() {
            return Err(failure);
        }
        let code = match failure.kind {
            // The CRM itself can be understood.
            ErrorKind::Malformed => Code::EntryRefused,
            _ => failure.problem.code,
        };
        one.problem = Some(Problem {
            code,
            values: failure.problem.values,
        });
        Ok(())
    }

    /// Where each came from is kept before anything else: what the server tells of moves is told once.
    async fn find_homes(
        &self,
        batch: Vec<MailImport>,
        folders: &[MailFolder],
    ) -> ports::Result<Vec<MailImport>> {
        let (mut found, mut changes) = (Vec::new(), Vec::new());
        for mut import in batch {
            if import.way == Way::Back && import.home.is_none() {
                import.home = self.home_of(&import, folders).await?;
                if import.home.is_some() {
                    changes.push(ImportChange::Put(import.clone()));
                }
            }
            found.push(import);
        }
        if !changes.is_empty() {
            let nothing = Outcome::default();
            self.mail.state.commit_mails(&changes, &nothing).await?;
        }
        Ok(found)
    }

    /// Those that may be imported; what becomes of the others is among the results.
    async fn read_and_judge(
        &self,
        batch: Vec<MailImport>,
        folders: &[MailFolder],
        earlier: &BTreeMap<RemoteId, Refusal>,
        results: &mut Results,
        tally: &mut Tally,
    ) -> ports::Result<Vec<Pending>> {
        let rules = self.rules();
        let ids: Vec<_> = batch.iter().map(|import| import.item.clone()).collect();
        let fetched = self.fetch(&ids).await?;
        let mut pending = Vec::new();
        for (mut import, fetched) in batch.into_iter().zip(fetched) {
            let fetched = match fetched {
                Ok(fetched) => fetched,
                Err(failure) if failure.kind == ErrorKind::Gone => {
                    self.follow(import, folders, earlier, results).await?;
                    continue;
                }
                Err(failure)
                    if failure.is_about_one_entry() || failure.kind == ErrorKind::Malformed =>
                {
                    warn!(%failure, "a mail could not be read");
                    if import.way == Way::Back && import.home.is_none() {
                        import.home = Self::home_by_rule(false, folders);
                    }
                    import.title = self.name_of(&import).await?;
                    let problem = match failure.kind {
                        // The server itself can be understood.
                        ErrorKind::Malformed => Problem::new(Code::MailUnreadable),
                        _ => failure.problem,
                    };
                    self.refuse(import, problem, earlier, results);
                    continue;
                }
                Err(failure) => return Err(failure),
            };
            let judged = rules.judge(fetched);
            import.title = judged.title;
            if import.way == Way::Back && import.home.is_none() {
                import.home = Self::home_by_rule(judged.is_own, folders);
            }
            match judged.verdict {
                Verdict::Import(ready) => pending.push(Pending {
                    import,
                    ready: *ready,
                    references: Vec::new(),
                    record: None,
                    made: None,
                    doubles: Vec::new(),
                    problem: None,
                    is_lost: false,
                    is_under_way: false,
                    left_out: 0,
                    without_lead: None,
                }),
                Verdict::PassOver(problem) => {
                    info!(%problem, "a mail is passed over");
                    tally.skipped += 1;
                    if !self.is_told(&import, &problem).await? {
                        let line = self.line(&import, Act::PassedOver, None, Some(problem.clone()));
                        results.outcome.history.push(line);
                    }
                    import.state = ImportState::PassedOver { problem };
                    results.decide(import, earlier);
                }
                Verdict::Refuse(problem) => self.refuse(import, problem, earlier, results),
            }
        }
        Ok(pending)
    }

    pub(super) fn rules(&self) -> Rules<'_> {
        Rules {
            policy: &self.engine.setup.policy,
            own_addresses: self.own_addresses(),
            no_subject: &self.mail.no_subject,
            no_subjects: &self.mail.no_subjects,
            now: self.doors.clock.now(),
        }
    }

    /// One mail that makes the whole answer unreadable does not keep the others (S8). Where nothing else that the server says can be read
    /// either, it is the server.
    async fn fetch(&self, ids: &[ItemId]) -> ports::Result<Vec<ports::Result<FetchedMail>>> {
        let failure = match self.mail.mails.fetch(ids).await {
            Err(failure) if failure.kind == ErrorKind::Malformed => failure,
            fetched => return fetched,
        };
        warn!(%failure, "an answer with mails is unreadable; they are read one by one");
        let mut fetched = Vec::new();
        for id in ids {
            match self.mail.mails.fetch(std::slice::from_ref(id)).await {
                Ok(one) => fetched.extend(one),
                Err(failure) if failure.kind == ErrorKind::Malformed => fetched.push(Err(failure)),
                Err(failure) => return Err(failure),
            }
        }
        let is_readable = |one: &ports::Result<_>| match one {
            Ok(_) => true,
            Err(failure) => failure.kind != ErrorKind::Malformed,
        };
        if !fetched.iter().any(is_readable) {
            self.mail.mails.mail_folders().await?;
        }
        Ok(fetched)
    }

    /// What a mail that cannot be read is called.
    async fn name_of(&self, import: &MailImport) -> ports::Result<String> {
        let known = match self.mail.mails.subject(&import.item).await {
            Ok(subject) => Some(subject),
            Err(failure)
                if failure.is_about_one_entry() || failure.kind == ErrorKind::Malformed =>
            {
                import.message_id.clone()
            }
            Err(failure) => return Err(failure),
        };
        let known = known.filter(|name| !name.is_empty());
        Ok(known.unwrap_or_else(|| self.mail.no_subject.clone()))
    }
}

impl Pending {
    /// By what it is known, in whatever case.
    fn key(&self) -> String {
        self.ready.mail.key.text.to_lowercase()
    }
}

impl Results {
    /// It is imported or passed over, so it is not refused any more.
    fn decide(&mut self, import: MailImport, earlier: &BTreeMap<RemoteId, Refusal>) {
        let entry = RemoteId::Mailbox(import.item.clone());
        if earlier.contains_key(&entry) {
            self.outcome.accepted.push(entry);
        }
        self.changes.push(ImportChange::Put(import.clone()));
        self.decided.push(import);
    }
}

/// Whether a failure may come of one mail: anything but that nobody can be reached, or that the state cannot be kept.
fn may_be_of_one(failure: &Failure) -> bool {
    let is_of_state = matches!(
        failure.problem.code,
        Code::StateUnusable | Code::StateDamaged | Code::StateTooNew
    );
    match failure.kind {
        ErrorKind::Offline | ErrorKind::Throttled { .. } | ErrorKind::SignInNeeded => false,
        ErrorKind::Denied
        | ErrorKind::Gone
        | ErrorKind::Stale
        | ErrorKind::Refused { .. }
        | ErrorKind::OutcomeUnknown
        | ErrorKind::Malformed
        | ErrorKind::Bug => !is_of_state,
    }
}

/// Few at a time, and large ones alone: so much of them is held at once.
fn batches(imports: Vec<MailImport>) -> Vec<Vec<MailImport>> {
    let mut batches: Vec<Vec<MailImport>> = Vec::new();
    let mut bytes = 0;
    for import in imports {
        let fits = bytes + import.size <= BATCH_BYTES;
        match batches.last_mut() {
            Some(batch) if fits && batch.len() < BATCH => {
                bytes += import.size;
                batch.push(import);
            }
            _ => {
                bytes = import.size;
                batches.push(vec![import]);
            }
        }
    }
    batches
}

#[cfg(test)]
mod tests {
    use model::DropFolder;

    use super::*;

    #[test]
    fn r5_6_a_large_mail_is_read_alone() {
        let import = |number: usize, size| MailImport {
            item: ItemId::new(number.to_string()),
            place: DropFolder::Root,
            way: Way::Back,
            message_id: None,
            search_key: None,
            size,
            state: ImportState::Waiting,
            home: None,
            title: String::new(),
            lost: 0,
            begun: None,
            leads: Vec::new(),
        };
        let mut sizes = vec![75_000; 12];
        sizes.extend([
            20 * 1024 * 1024,
            1_000,
            1_000,
            3 * 1024 * 1024,
            3 * 1024 * 1024,
        ]);
        let imports = sizes.into_iter().enumerate();
        let imports = imports.map(|(number, size)| import(number, size)).collect();
        let lengths: Vec<usize> = batches(imports).iter().map(Vec::len).collect();
        assert_eq!(lengths, [10, 2, 1, 3, 1]);
    }
}
