//! Makes up the mails of the first user: between the company and its customers, colleagues and strangers, in several languages, as text
//! and as HTML, some with files, from half a year before today until today.
//! Deliberately not here: how a mail is written down (`letter`), and appointments by mail.

mod letter;

use super::appointments::{moment, plus_days};
use super::dice::Dice;
use super::letters::{LANGUAGES, Language};
use super::people::plain;
use super::{Card, Company, User, names};
use jiff::civil::Date;
use letter::{Body, File, Letter, Protection, Somebody};

/// Days before today from which mails are.
const OLDEST: usize = 180;

/// How large a mail is in benchmarks, about.
const BENCHMARK_BYTES: usize = 75_000;

/// How many mails there shall be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MailSizes {
    /// Mails of the first user; three of ten were sent by them.
    pub mails: usize,
    /// About how many bytes each has at least; 0 for what they come to.
    pub bytes: usize,
}

impl MailSizes {
    /// That many mails of all sizes.
    pub fn of(mails: usize) -> Self {
        Self { mails, bytes: 0 }
    }

    /// That many mails of about 75 KB.
    pub fn large(mails: usize) -> Self {
        Self {
            mails,
            bytes: BENCHMARK_BYTES,
        }
    }
}

/// Which way a mail went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The first user got it.
    Received,
    /// The first user sent it.
    Sent,
}

/// A mail of the first user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Which way it went.
    pub direction: Direction,
    /// When, in seconds since 1970.
    pub time: i64,
    /// Whether the user has read it.
    pub is_read: bool,
    /// The mail as it went over the line.
    pub mime: Vec<u8>,
}

/// Makes up the mails, the oldest first.
pub(super) fn mails(
    dice: &mut Dice,
    sizes: MailSizes,
    today: Date,
    company: &Company,
) -> Vec<Mail> {
    let cards = company
        .people
        .iter()
        .filter_map(|person| person.crm.as_ref().or(person.mailbox.as_ref()))
        .filter(|card| !card.email.is_empty());
    let mut maker = Maker {
        dice,
        sizes,
        today,
        users: &company.users,
        customers: cards.map(customer).collect(),
    };
    let mut made: Vec<Mail> = (0..sizes.mails).map(|turn| maker.mail(turn)).collect();
    made.sort_by_key(|mail| mail.time);
    made
}

fn customer(card: &Card) -> Somebody {
    let name = format!("{} {}", card.first_name(), card.last_name);
    Somebody::new(name.trim(), &card.email)
}

struct Maker<'a> {
    dice: &'a mut Dice,
    sizes: MailSizes,
    today: Date,
    users: &'a [User],
    customers: Vec<Somebody>,
}

impl Maker<'_> {
    fn mail(&mut self, turn: usize) -> Mail {
        let direction = match turn % 10 {
            2 | 5 | 8 => Direction::Sent,
            _ => Direction::Received,
        };
        let time = self.time();
        let user = self.user(0);
        let other = self.somebody(turn);
        let (from, to) = match direction {
            Direction::Received => (other, user),
            Direction::Sent => (user, other),
        };
        let language = if self.dice.percent(55) {
            &LANGUAGES[0]
        } else {
            self.dice.pick(&LANGUAGES)
        };
        let mut letter = self.letter(turn, language, (from, to));
        if direction == Direction::Sent && turn % 15 == 5 {
            letter.bcc = vec![self.user(1)];
        }
        Mail {
            direction,
            time,
            is_read: direction == Direction::Sent || self.dice.percent(80),
            mime: letter.written(time, self.sizes.bytes),
        }
    }

    fn letter(&mut self, turn: usize, language: &Language, ends: (Somebody, Somebody)) -> Letter {
        let (from, to) = ends;
        let subject = format!(
            "{} {}",
            self.dice.pick(language.subjects),
            self.dice.digits(4)
        );
        let lines = 2 + self.dice.below(4);
        let mut text = vec![format!("{} {},", language.greeting, to.name)];
        text.extend((0..lines).map(|_| (*self.dice.pick(language.lines)).to_owned()));
        text.extend([language.closing.to_owned(), from.name.clone()]);
        let word = self.dice.word(12);
        let domain = from.domain();
        let has_picture = turn % 6 == 3;
        Letter {
            subject,
            cc: match turn % 4 {
                1 => vec![self.user(1), self.somebody(turn + 2)],
                _ => Vec::new(),
            },
            bcc: Vec::new(),
            // A few programs send mails without one.
            message_id: (turn % 40 != 17).then(|| format!("{turn}.{word}@{domain}")),
            body: match turn % 3 {
                0 if !has_picture => Body::Text,
                1 => Body::Html,
                _ => Body::Both,
            },
            picture: has_picture.then(|| picture(turn)),
            files: self.files(turn, language),
            protection: match turn % 50 {
                23 => Protection::Pgp,
                46 => Protection::Smime,
                _ => Protection::None,
            },
            from,
            to,
            text,
        }
    }

    fn files(&mut self, turn: usize, language: &Language) -> Vec<File> {
        let count = match turn % 10 {
            1 | 6 => 1,
            4 => 2,
            _ => 0,
        };
        let file = |dice: &mut Dice, number: usize| File {
            name: (*dice.pick(language.files)).to_owned(),
            content: pdf(turn * 10 + number, 400 + dice.below(6000)),
        };
        (0..count).map(|number| file(self.dice, number)).collect()
    }

    /// Customers most of the time, then strangers, then colleagues.
    fn somebody(&mut self, turn: usize) -> Somebody {
        match turn % 10 {
            7 => self.user(1),
            0 | 4 => self.stranger(),
            _ if self.customers.is_empty() => self.stranger(),
            _ => self.dice.pick(&self.customers).clone(),
        }
    }

    fn stranger(&mut self) -> Somebody {
        let first = *self.dice.pick(names::FIRST_NAMES);
        let last = *self.dice.pick(names::LAST_NAMES);
        let (trade, domain) = self.dice.pick(names::TRADES);
        let address = format!("{}.{}@{domain}-neu.example", plain(first), plain(last));
        match self.dice.below(3) {
            0 => Somebody::new("", &address),
            1 => Somebody::new(&format!("{last}, {first} ({trade})"), &address),
            _ => Somebody::new(&format!("{first} {last}"), &address),
        }
    }

    fn user(&self, place: usize) -> Somebody {
        let user = &self.users[place];
        Somebody::new(
            &format!("{} {}", user.first_name, user.last_name),
            &user.email,
        )
    }

    fn time(&mut self) -> i64 {
        let back = i64::try_from(1 + self.dice.below(OLDEST)).expect("some days");
        let day = plus_days(self.today, -back);
        let seconds = i64::try_from(self.dice.below(11 * 3600)).expect("some hours");
        moment(day, 7, 0).as_second() + seconds
    }
}

/// Bytes that begin and end like a PDF document, different for each number.
fn pdf(number: usize, bytes: usize) -> Vec<u8> {
    let mut content = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n".to_vec();
    content.extend((0..bytes).map(|at| ((at * 37 + at / 251 + number * 13) % 256) as u8));
    content.extend(b"\n%%EOF\n");
    content
}

/// Bytes that begin and end like a PNG picture.
fn picture(number: usize) -> Vec<u8> {
    let mut content = b"\x89PNG\r\n\x1a\n".to_vec();
    content.extend((0..500).map(|at| ((at * 29 + number * 7) % 256) as u8));
    content.extend(b"IEND\xaeB`\x82");
    content
}
