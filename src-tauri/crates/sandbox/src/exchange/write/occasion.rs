//! What a write depends on beside the item and the request: the time, the zone of times that name none, and the server played.

use crate::exchange::mode::Mode;
use crate::exchange::xml::Element;
use crate::exchange::zone;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The circumstances of a write.
#[derive(Debug, Clone)]
pub struct Occasion {
    /// The time.
    pub now: Timestamp,
    /// The zone of the request, as it defines it.
    pub zone: Option<Element>,
    /// Which server is played.
    pub mode: Mode,
}

impl Occasion {
    /// The zone in which a time without one is read. gromox reads it in UTC whatever the request says.
    pub fn time_zone(&self) -> TimeZone {
        let asked = self.zone.as_ref().filter(|_| self.mode == Mode::Exchange);
        asked
            .and_then(|asked| zone::of_definition(asked).ok())
            .unwrap_or(TimeZone::UTC)
    }
}

/// Exchange, and no zone.
impl From<Timestamp> for Occasion {
    fn from(now: Timestamp) -> Self {
        Self {
            now,
            zone: None,
            mode: Mode::Exchange,
        }
    }
}
