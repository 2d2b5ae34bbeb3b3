//! Faults on order: what shall go wrong, on which side, at which operation and how often. Both halves ask here before and after
//! each operation and act accordingly; the syntax is `SIDE:KIND[:OPERATION[:COUNT[:VALUE]]]`, see [`Fault::from_str`].
//! Deliberately not here: how a fault looks on the wire, which each half knows for itself.

use std::fmt;
use std::str::FromStr;
use std::sync::Mutex;
use std::time::Duration;

/// Which half a fault belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// The fake Exchange.
    Exchange,
    /// The fake CRM.
    Crm,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `busy`: the server asks to come back later, VALUE milliseconds from now.
    Busy,
    /// `503`: HTTP 503, with Retry-After of VALUE seconds where given.
    Unavailable,
    /// `cut-before`: the connection is cut before anything happened.
    CutBefore,
    /// `cut-after`: the write took effect, then the connection is cut instead of an answer.
    CutAfter,
    /// `slow`: the answer waits VALUE milliseconds.
    Slow,
    /// `expired-session`: the session is gone and the answer says so.
    ExpiredSession,
    /// `invalid-sync-state`: the given synchronisation state is not accepted.
    InvalidSyncState,
    /// `refused-field`: writes that carry the field VALUE are refused.
    RefusedField,
    /// `access-denied`: items of the subject VALUE, or all, may not be moved; the others of the request are.
    AccessDenied,
    /// `unlisted`: Exchange refuses the operation with a code that few clients know, `ErrorReadEventsFailed`.
    Unlisted,
    /// `no-sync`: the sync operation does not exist.
    NoSync,
    /// `forbidden`: the web server before the CRM does not let requests through that have the text VALUE in them, or any.
    Forbidden,
    /// `html`: an HTML page instead of XML or JSON.
    Html,
    /// `empty-500`: HTTP 500 without a body, nothing happened.
    Empty500,
    /// `empty-500-after`: the write took effect, then HTTP 500 without a body.
    Empty500After,
    /// `cut-body`: the operation took effect, and the answer ends in its middle.
    CutBody,
    /// `twice`: a list of changes names everything twice.
    Twice,
    /// `reversed`: a list of changes comes in the opposite order.
    Reversed,
}

/// When a fault bites. A half asks for each phase at the right moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Before everything else: the answer is delayed. Goes together with other faults.
    Delay,
    /// Before the operation did anything.
    Before,
    /// While the operation runs; asked for by kind with [`Faults::take_if`].
    Within,
    /// After a write took effect.
    After,
}

/// Whether an operation changes anything. Faults without a named operation that belong to writes leave reads alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It only reads.
    Reads,
    /// It can change something.
    Writes,
}

/// How often a fault bites.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// For ever.
    Always,
    /// After `skip` matching operations passed, `left` times; then it is used up.
    Some {
        /// Matching operations that still pass.
        skip: u32,
        /// Times it still bites.
        left: u32,
    },
}

/// One fault on order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The half it belongs to.
    pub side: Side,
    /// What goes wrong.
    pub kind: Kind,
    /// The operation it belongs to (`CreateItem`, `create`); `None` for all.
    pub operation: Option<String>,
    /// How often.
    pub times: Times,
    /// Milliseconds, seconds or a field name, as the kind needs it.
    pub value: Option<String>,
}

/// A fault that bites now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bite {
    /// What goes wrong.
    pub kind: Kind,
    /// Its VALUE.
    pub value: Option<String>,
}

impl Bite {
    /// The value as a number, or another one where it is absent or not a number.
    pub fn number_or(&self, otherwise: u64) -> u64 {
        self.value
            .as_deref()
            .and_then(|value| value.parse().ok())
            .unwrap_or(otherwise)
    }
}

/// The faults on order, shared by both halves and the control door.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    /// Starts with these.
    pub fn new(faults: Vec<Fault>) -> Self {
        Self(Mutex::new(faults))
    }

    /// Orders one more.
    pub fn add(&self, fault: Fault) {
        self.0
            .lock()
            .expect("nobody panics while holding it")
            .push(fault);
    }

    /// Orders nothing any more.
    pub fn clear(&self) {
        self.0
            .lock()
            .expect("nobody panics while holding it")
            .clear();
    }

    /// What is still on order.
    pub fn list(&self) -> Vec<Fault> {
        self.0
            .lock()
            .expect("nobody panics while holding it")
            .clone()
    }

    /// How long the answer to this operation has to wait, if at all.
    pub fn delay(&self, side: Side, operation: &str, effect: Effect) -> Option<Duration> {
        self.take(side, operation, effect, Phase::Delay)
            .map(|bite| Duration::from_millis(bite.number_or(1000)))
    }

    /// The first fault that bites this operation in this phase; it is counted as used.
    pub fn take(&self, side: Side, operation: &str, effect: Effect, phase: Phase) -> Option<Bite> {
        self.first(|fault| fault.kind.phase() == phase && fault.matches(side, operation, effect))
    }

    /// The first fault of this kind that bites this operation and whose VALUE the caller accepts; it is counted as used.
    pub fn take_if(
        &self,
        side: Side,
        operation: &str,
        kind: Kind,
        accepts: impl Fn(Option<&str>) -> bool,
    ) -> Option<Bite> {
        self.first(|fault| {
            fault.kind == kind
                && fault.matches(side, operation, Effect::Writes)
                && accepts(fault.value.as_deref())
        })
    }

    /// Lists a side's changes as the faults want them; where there are none, nothing is used up.
    pub fn list_changes<T: Clone>(&self, side: Side, operation: &str, list: &mut Vec<T>) {
        if list.is_empty() {
            return;
        }
        let bites = |kind| self.take_if(side, operation, kind, |_| true).is_some();
        if bites(Kind::Twice) {
            list.extend(list.clone());
        }
        if bites(Kind::Reversed) {
            list.reverse();
        }
    }

    fn first(&self, matches: impl Fn(&Fault) -> bool) -> Option<Bite> {
        let mut faults = self.0.lock().expect("nobody panics while holding it");
        for index in 0..faults.len() {
            let fault = &mut faults[index];
            if !matches(fault) || !fault.times.bites_now() {
                continue;
            }
            let bite = Bite {
                kind: fault.kind,
                value: fault.value.clone(),
            };
            if fault.times.used_up() {
                faults.remove(index);
            }
            return Some(bite);
        }
        None
    }
}

impl Fault {
    /// Whether it belongs to this operation, whatever its count.
    fn matches(&self, side: Side, operation: &str, effect: Effect) -> bool {
        let meant = match &self.operation {
            Some(named) => named.eq_ignore_ascii_case(operation),
            None => effect == Effect::Writes || !self.kind.needs_a_write(),
        };
        self.side == side && meant
    }
}

impl Times {
    fn bites_now(&mut self) -> bool {
        match self {
            Self::Always => true,
            Self::Some { skip, .. } if *skip > 0 => {
                *skip -= 1;
                false
            }
            Self::Some { left, .. } => {
                *left = left.saturating_sub(1);
                true
            }
        }
    }

    fn used_up(&self) -> bool {
        matches!(self, Self::Some { left: 0, .. })
    }
}

const KINDS: [(&str, Kind); 18] = [
    ("busy", Kind::Busy),
    ("503", Kind::Unavailable),
    ("cut-before", Kind::CutBefore),
    ("cut-after", Kind::CutAfter),
    ("slow", Kind::Slow),
    ("expired-session", Kind::ExpiredSession),
    ("invalid-sync-state", Kind::InvalidSyncState),
    ("refused-field", Kind::RefusedField),
    ("access-denied", Kind::AccessDenied),
    ("no-sync", Kind::NoSync),
    ("forbidden", Kind::Forbidden),
    ("unlisted", Kind::Unlisted),
    ("html", Kind::Html),
    ("empty-500", Kind::Empty500),
    ("empty-500-after", Kind::Empty500After),
    ("cut-body", Kind::CutBody),
    ("twice", Kind::Twice),
    ("reversed", Kind::Reversed),
];

impl Kind {
    /// When it bites.
    pub fn phase(self) -> Phase {
        match self {
            Self::Slow => Phase::Delay,
            Self::Busy
            | Self::Unavailable
            | Self::CutBefore
            | Self::Unlisted
            | Self::Html
            | Self::Empty500 => Phase::Before,
            Self::ExpiredSession
            | Self::InvalidSyncState
            | Self::RefusedField
            | Self::AccessDenied
            | Self::Forbidden
            | Self::NoSync
            | Self::Twice
            | Self::Reversed => Phase::Within,
            Self::CutAfter | Self::Empty500After | Self::CutBody => Phase::After,
        }
    }

    /// Whether it makes sense for writes only, unless an operation is named.
    fn needs_a_write(self) -> bool {
        matches!(
            self,
            Self::CutBefore
                | Self::CutAfter
                | Self::Empty500After
                | Self::RefusedField
                | Self::AccessDenied
        )
    }
}

/// Why a fault could not be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// The first part is neither `exchange` nor `crm`.
    #[error("a fault starts with exchange: or crm:, not with {0:?}")]
    Side(String),
    /// The second part is none of the kinds.
    #[error(
        "there is no fault {0:?}; there are busy, 503, cut-before, cut-after, slow, expired-session, invalid-sync-state, refused-field, access-denied, unlisted, no-sync, forbidden, html, empty-500, empty-500-after, cut-body, twice, reversed"
    )]
    Kind(String),
    /// The fourth part is not a count.
    #[error("{0:?} is not a count: expected a number, SKIP+NUMBER or nothing")]
    Count(String),
    /// The kind needs a VALUE that is missing.
    #[error("{0} needs a VALUE as its fifth part")]
    Value(&'static str),
}

impl FromStr for Fault {
    type Err = FaultError;

    /// Reads `SIDE:KIND[:OPERATION[:COUNT[:VALUE]]]`. An empty OPERATION means all, an empty COUNT for ever; a COUNT of `2+1`
    /// lets two matching operations pass and bites once. VALUE may contain colons.
    fn from_str(text: &str) -> Result<Self, FaultError> {
        let mut parts = text.splitn(5, ':');
        let side = match parts.next().unwrap_or_default() {
            "exchange" => Side::Exchange,
            "crm" => Side::Crm,
            other => return Err(FaultError::Side(other.to_owned())),
        };
        let name = parts.next().unwrap_or_default();
        let known = KINDS.iter().find(|(known, _)| *known == name);
        let (_, kind) = *known.ok_or_else(|| FaultError::Kind(name.to_owned()))?;
        let operation = parts
            .next()
            .filter(|operation| !operation.is_empty())
            .map(str::to_owned);
        let times = times(parts.next().unwrap_or_default())?;
        let value = parts
            .next()
            .filter(|value| !value.is_empty())
            .map(str::to_owned);
        if kind == Kind::RefusedField && value.is_none() {
            return Err(FaultError::Value("refused-field"));
        }
        Ok(Self {
            side,
            kind,
            operation,
            times,
            value,
        })
    }
}

fn times(text: &str) -> Result<Times, FaultError> {
    if text.is_empty() {
        return Ok(Times::Always);
    }
    let (skip, left) = text.split_once('+').unwrap_or(("0", text));
    match (skip.parse(), left.parse()) {
        (Ok(skip), Ok(left)) if left > 0 => Ok(Times::Some { skip, left }),
        _ => Err(FaultError::Count(text.to_owned())),
    }
}

impl fmt::Display for Side {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Exchange => "exchange",
            Self::Crm => "crm",
        })
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, _) = KINDS
            .iter()
            .find(|(_, kind)| kind == self)
            .expect("every kind has its name in the table");
        out.write_str(name)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{}:{}:{}:",
            self.side,
            self.kind,
            self.operation.as_deref().unwrap_or_default()
        )?;
        match self.times {
            Times::Always => Ok(()),
            Times::Some { skip: 0, left } => write!(out, "{left}"),
            Times::Some { skip, left } => write!(out, "{skip}+{left}"),
        }?;
        write!(out, ":{}", self.value.as_deref().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests;
