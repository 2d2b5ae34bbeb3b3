//! Whether a mail is there already (R5.5).

use std::collections::{BTreeSet, HashMap, HashSet};

use model::RecordId;
use ports::{ErrorKind, MailKey, NewLead, OwnLead, Result};

use super::super::WebserviceCrm;
use crate::cache::A_DAY;
use crate::convert::mail::{
    EMAILS, FROM, LEAD, LEADS, SUBJECT, cut_key, folded_key, forms_of_mail_key, is_as_made,
    is_of_sender_and_subject,
};
use crate::convert::schedule::{Text, text_of};
use crate::convert::stock::{CREATED, MODIFIED, OWNER, START_DATE, START_TIME};
use crate::convert::stored::forms_of_key;
use crate::failure::Trouble;
use crate::query::{PAGE, Query, batches, length_in_address, length_in_list};
use crate::wire::row::record_number;
use crate::wire::{Request, Row};

/// What keeps the place of an id while the room for keys is measured.
const LONGEST_ID: &str = "9999x99999999999999999999";

/// A key, the texts it may be kept as, and what a short field keeps of it.
struct Wanted<'a> {
    place: usize,
    key: &'a MailKey,
    forms: Vec<String>,
    cut: Option<String>,
}

impl<'a> Wanted<'a> {
    fn new(place: usize, key: &'a MailKey, column: Option<usize>) -> Self {
        Self {
            place,
            key,
            forms: forms_of_mail_key(&key.text),
            cut: column.and_then(|letters| cut_key(&key.text, letters)),
        }
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        self.forms.iter().chain(&self.cut).map(String::as_str)
    }

    /// Whether the row, which has one of the texts, is the mail: the beginning of a key may be that of others.
    fn is_in(&self, row: &Row, stored: &str) -> bool {
        self.forms.iter().any(|form| folded_key(form) == stored)
            || is_of_sender_and_subject(row, self.key)
    }
}

impl WebserviceCrm {
    pub(super) async fn mails_with(&self, keys: &[MailKey]) -> Result<Vec<Vec<RecordId>>> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        match self.mails_once(keys).await {
            // The field was hidden since the module was described; it is described anew.
            Err(failure)
                if failure.kind == ErrorKind::Denied
                    && failure.problem.values.contains_key("field") =>
            {
                self.mails_once(keys).await
            }
            found => found,
        }
    }

    pub(super) async fn mails_of_user(&self, mails: &[RecordId]) -> Result<Vec<RecordId>> {
        let me = self.sessions.account().await?.user;
        let mut own = Vec::new();
        for mails in mails.chunks(PAGE) {
            let query = Query::select(["id"], EMAILS)
                .equals(OWNER, me.as_str())
                .one_of("id", mails.iter().map(RecordId::as_str));
            let rows = self.rows(EMAILS, &query).await?;
            own.extend(rows.iter().map(|row| RecordId::new(row.id())));
        }
        Ok(own)
    }

    /// What a lead is used for does not change the lead itself (facts/crm.md 3), so its mails are asked for. A server that does not tell
    /// (facts/crm.md 8: before 7.x) leaves it unknown, and what may be used counts as used.
    pub(super) async fn leads_of_user(
        &self,
        lead: &NewLead,
        leads: &[RecordId],
    ) -> Result<Vec<OwnLead>> {
        let me = self.sessions.account().await?.user;
        let module = self.module(LEADS, A_DAY).await?;
        let fields = LEAD.into_iter().chain([CREATED, MODIFIED]);
        let fields: Vec<&str> = fields
            .filter(|field| module.fields.contains_key(*field))
            .collect();
        let mut own = Vec::new();
        for leads in leads.chunks(PAGE) {
            let query = Query::select(["id"].into_iter().chain(fields.iter().copied()), LEADS)
                .equals(OWNER, me.as_str())
                .one_of("id", leads.iter().map(RecordId::as_str));
            for row in self.rows(LEADS, &query).await? {
                let is_untouched = is_as_made(&row, lead) && self.has_no_mails(row.id()).await?;
                let id = RecordId::new(row.id());
                own.push(OwnLead { id, is_untouched });
            }
        }
        Ok(own)
    }

    async fn has_no_mails(&self, record: &str) -> Result<bool> {
        let request = Request::retrieve_related(record, EMAILS);
        match self.sessions.ask(&request).await {
            Ok(value) => Ok(Row::read_all(&value).is_some_and(|rows| rows.is_empty())),
            Err(Trouble::Refused(_) | Trouble::Silent) => Ok(false),
            Err(Trouble::Failed(failure)) => Err(failure),
        }
    }

    async fn mails_once(&self, keys: &[MailKey]) -> Result<Vec<Vec<RecordId>>> {
        let emails = self.emails().await?;
        let field = self.key_field(&emails).await?;
        let mut found: Vec<Vec<String>> = vec![Vec::new(); keys.len()];
        let column = field
            .as_ref()
            .and_then(|field| self.known.key_column(field));
        let mut wanted = Vec::new();
        if field.is_none() {
            self.find_zone().await?;
        }
        for (place, key) in keys.iter().enumerate() {
            // An empty key would find every mail without one.
            match field.is_some() && !folded_key(&key.text).is_empty() {
                true => wanted.push(Wanted::new(place, key, column)),
                false => found[place] = self.mails_of_sender(key).await?,
            }
        }
        if let Some(field) = &field {
            self.mails_by_field(field, &wanted, &mut found).await?;
            self.mails_before_field(field, &wanted, &mut found).await?;
        }
        let ids = found.into_iter().map(|mut ids| {
            ids.sort_by_key(|id| record_number(id));
            ids.dedup();
            ids.into_iter().map(RecordId::new).collect()
        });
        Ok(ids.collect())
    }

    async fn mails_by_field(
        &self,
        field: &str,
        wanted: &[Wanted<'_>],
        found: &mut [Vec<String>],
    ) -> Result<()> {
        let empty = asked_by_field(field, &[], Some(LONGEST_ID)).text();
        let length = |wanted: &Wanted<'_>| wanted.texts().map(length_in_list).sum();
        for batch in batches(wanted, length_in_address(&empty), length) {
            let mut by_text: HashMap<String, Vec<&Wanted<'_>>> = HashMap::new();
            for wanted in batch {
                let texts: HashSet<String> = wanted.texts().map(folded_key).collect();
                for text in texts {
                    by_text.entry(text).or_default().push(wanted);
                }
            }
            let places = |row: &Row| -> Vec<usize> {
                let stored = folded_key(row.text(field));
                let all = by_text.get(&stored).into_iter().flatten();
                all.filter(|wanted| wanted.is_in(row, &stored))
                    .map(|wanted| wanted.place)
                    .collect()
            };
            let query = |after: Option<&str>| asked_by_field(field, batch, after);
            let has_all = |rows: &[Row]| {
                let known: HashSet<usize> = rows.iter().flat_map(places).collect();
                known.len() == batch.len()
            };
            for row in self.all_rows(EMAILS, query, has_all).await? {
                for place in places(&row) {
                    found[place].push(row.id().to_owned());
                }
            }
        }
        Ok(())
    }

    /// Those that were imported before the CRM had the field: it is empty in them. Each part is asked for in one list, and what belongs
    /// together is found here.
    async fn mails_before_field(
        &self,
        field: &str,
        wanted: &[Wanted<'_>],
        found: &mut [Vec<String>],
    ) -> Result<()> {
        let missing = wanted.iter().filter(|one| found[one.place].is_empty());
        let missing: Vec<&MailKey> = missing.map(|one| one.key).collect();
        if missing.is_empty() {
            return Ok(());
        }
        self.find_zone().await?;
        let time = self.server_time();
        let sent = |key: &MailKey| text_of(key.sent, &time.zones().server);
        let missing = missing.into_iter().map(|key| (key, sent(key)));
        let missing: Vec<(&MailKey, Text)> = missing.collect();
        let empty = asked_by_sender(field, &[], Some(LONGEST_ID)).text();
        let length = |(key, sent): &(&MailKey, Text)| {
            let senders = forms_of_key(&key.from);
            let senders: usize = senders.iter().map(|form| length_in_list(form)).sum();
            senders + length_in_list(&sent.date) + length_in_list(&sent.time)
        };
        let mut rows = Vec::new();
        for batch in batches(&missing, length_in_address(&empty), length) {
            let query = |after: Option<&str>| asked_by_sender(field, batch, after);
            rows.extend(self.all_rows(EMAILS, query, |_| false).await?);
        }
        rows.retain(|row| folded_key(row.text(field)).is_empty());
        for one in wanted {
            let Some((key, sent)) = missing.iter().find(|(key, _)| std::ptr::eq(*key, one.key))
            else {
                continue;
            };
            let is_it = |row: &&Row| {
                row.text(START_DATE) == sent.date
                    && row.text(START_TIME) == sent.time
                    && is_of_sender_and_subject(row, key)
            };
            let ids = rows.iter().filter(is_it).map(|row| row.id().to_owned());
            found[one.place].extend(ids);
        }
        Ok(())
    }

    /// By sender, second and subject, where there is no field for the key. The subject is compared here: the server changes some.
    async fn mails_of_sender(&self, key: &MailKey) -> Result<Vec<String>> {
        let sent = text_of(key.sent, &self.server_time().zones().server);
        let senders = forms_of_key(&key.from);
        let query = |after: Option<&str>| {
            Query::select(["id", SUBJECT, FROM], EMAILS)
                .one_of(FROM, senders.iter().map(String::as_str))
                .equals(START_DATE, &sent.date)
                .equals(START_TIME, &sent.time)
                .after(after)
        };
        let is_it = |row: &Row| is_of_sender_and_subject(row, key);
        let rows = self
            .all_rows(EMAILS, query, |rows| rows.iter().any(is_it))
            .await?;
        let found = rows.iter().filter(|row| is_it(row));
        Ok(found.map(|row| row.id().to_owned()).collect())
    }
}

fn asked_by_field(field: &str, wanted: &[Wanted<'_>], after: Option<&str>) -> Query {
    Query::select(["id", field, SUBJECT, FROM], EMAILS)
        .one_of(field, wanted.iter().flat_map(Wanted::texts))
        .after(after)
}

fn asked_by_sender(field: &str, wanted: &[(&MailKey, Text)], after: Option<&str>) -> Query {
    let senders = wanted.iter().flat_map(|(key, _)| forms_of_key(&key.from));
    let senders: BTreeSet<String> = senders.collect();
    let dates: BTreeSet<&str> = wanted.iter().map(|(_, sent)| sent.date.as_str()).collect();
    let times: BTreeSet<&str> = wanted.iter().map(|(_, sent)| sent.time.as_str()).collect();
    let columns = ["id", SUBJECT, FROM, START_DATE, START_TIME, field];
    Query::select(columns, EMAILS)
        .one_of(FROM, senders.iter().map(String::as_str))
        .one_of(START_DATE, dates)
        .one_of(START_TIME, times)
        .after(after)
}
