//! How news are said: title, text and buttons. Several at once become one note, so that nobody has to click five away.

use controller::view::{Brake, Component, Place, Side, WaitingEntry, WaitingKind};
use controller::{Problem, SealedMail};
use texts::Texts;

use super::news::News;

/// So many fields of a conflict are named.
const FIELDS: usize = 3;

/// What the user chose in a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Choice {
    /// To look at it.
    Go(Place),
    /// One side's version of an entry, which was shown so.
    Keep {
        /// The entry and its values.
        shown: Box<WaitingEntry>,
        /// Whose version.
        side: Side,
    },
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Button {
    pub(crate) label: String,
    pub(crate) choice: Choice,
}

/// A note on the desktop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Note {
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) buttons: Vec<Button>,
    /// What a click on the note itself does.
    pub(crate) click: Choice,
}

impl Note {
    /// The note for these news, if there are any.
    pub(crate) fn of(news: &[News], texts: Texts) -> Option<Self> {
        match news {
            [] => None,
            [one] => Some(single(one, texts)),
            many => Some(several(many, texts)),
        }
    }
}

fn single(news: &News, texts: Texts) -> Note {
    match news {
        News::Conflict(entry) => conflict(entry, texts),
        News::Brake(brake) => of_brake(brake, texts),
        News::Sealed(mails) => sealed(mails, texts),
        News::SignIn(_, problem) => {
            let (title, button) = ("notify.sign_in.title", "notify.sign_in.button");
            of_problem(
                problem,
                texts.t(title),
                texts.t(button),
                Place::SignIn,
                texts,
            )
        }
        News::Failing(problem) => {
            let (title, button) = ("notify.failing.title", "notify.look");
            of_problem(
                problem,
                texts.t(title),
                texts.t(button),
                Place::Overview,
                texts,
            )
        }
    }
}

fn conflict(entry: &WaitingEntry, texts: Texts) -> Note {
    let title = texts.title(&entry.title);
    let button = |key: &str, choice| Button {
        label: texts.t(key),
        choice,
    };
    let keep = |side| Choice::Keep {
        shown: Box::new(entry.clone()),
        side,
    };
    Note {
        title: texts.fill("notify.conflict.title", &[("title", &title)]),
        text: match entry.kind {
            WaitingKind::Conflict => both_changed(entry, texts),
            WaitingKind::Deleted | WaitingKind::Refused => {
                texts.what(&entry.problem.code, &entry.problem.values)
            }
        },
        buttons: vec![
            button("notify.keep_crm", keep(Side::Crm)),
            button("notify.keep_exchange", keep(Side::Mailbox)),
            button("notify.compare", Choice::Go(Place::Conflicts)),
        ],
        click: Choice::Go(Place::Conflicts),
    }
}

/// The values that differ, as `Phone: CRM 1, Exchange 2`.
fn both_changed(entry: &WaitingEntry, texts: Texts) -> String {
    let open: Vec<_> = entry.fields.iter().filter(|field| field.open).collect();
    let lines = open.iter().take(FIELDS).map(|field| {
        let value = |held: &Option<String>| {
            let held = held.as_deref().unwrap_or_default();
            match held.is_empty() {
                true => texts.t("history.empty_value"),
                false => texts.value(&field.field, held),
            }
        };
        let name = texts.field(&field.field);
        let (crm, exchange) = (value(&field.crm), value(&field.mailbox));
        texts.fill(
            "notify.conflict.field",
            &[("field", &name), ("crm", &crm), ("exchange", &exchange)],
        )
    });
    let mut lines: Vec<String> = lines.collect();
    let more = open.len().saturating_sub(FIELDS) as u64;
    if more > 0 {
        lines.push(texts.count("notify.conflict.more", more, &[]));
    }
    lines.join("\n")
}

fn sealed(mails: &[SealedMail], texts: Texts) -> Note {
    let problem = mails.first().map(|mail| &mail.problem);
    let mut lines: Vec<String> = mails
        .iter()
        .take(FIELDS)
        .map(|mail| texts.title(&mail.title))
        .collect();
    let more = mails.len().saturating_sub(FIELDS) as u64;
    if more > 0 {
        lines.push(texts.count("notify.more", more, &[]));
    }
    lines.extend(problem.map(|problem| texts.what(&problem.code, &problem.values)));
    Note {
        title: texts.count("notify.sealed", mails.len() as u64, &[]),
        text: lines.join("\n"),
        buttons: vec![Button {
            label: texts.t("notify.look"),
            choice: Choice::Go(Place::Activity),
        }],
        click: Choice::Go(Place::Activity),
    }
}

fn of_brake(brake: &Brake, texts: Texts) -> Note {
    let name = texts.t(&format!("component.{}", component(brake.component)));
    let text = brake.alarms.first();
    let text = text.map(|alarm| texts.what(&alarm.code, &alarm.values));
    Note {
        title: texts.fill("notify.brake.title", &[("component", &name)]),
        text: text.unwrap_or_default(),
        buttons: vec![Button {
            label: texts.t("notify.look"),
            choice: Choice::Go(Place::Conflicts),
        }],
        click: Choice::Go(Place::Conflicts),
    }
}

fn of_problem(problem: &Problem, title: String, label: String, place: Place, texts: Texts) -> Note {
    Note {
        title,
        text: texts.what(&problem.code, &problem.values),
        buttons: vec![Button {
            label,
            choice: Choice::Go(place),
        }],
        click: Choice::Go(place),
    }
}

fn several(news: &[News], texts: Texts) -> Note {
    let lines: Vec<String> = news
        .iter()
        .take(FIELDS)
        .map(|one| single(one, texts).title)
        .collect();
    let mut text = lines.join("\n");
    let more = news.len().saturating_sub(FIELDS) as u64;
    if more > 0 {
        text = format!("{text}\n{}", texts.count("notify.more", more, &[]));
    }
    let place = match news.iter().any(|one| matches!(one, News::SignIn(..))) {
        true => Place::SignIn,
        false => Place::Conflicts,
    };
    Note {
        title: texts.count("notify.several", news.len() as u64, &[]),
        text,
        buttons: vec![Button {
            label: texts.t("notify.look"),
            choice: Choice::Go(place),
        }],
        click: Choice::Go(place),
    }
}

pub(crate) fn component(component: Component) -> &'static str {
    match component {
        Component::Emails => "emails",
        Component::Contacts => "contacts",
        Component::Appointments => "appointments",
        Component::Tasks => "tasks",
    }
}
