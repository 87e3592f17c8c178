//! The machinery: supervision, mailboxes, registry, fan-out, timer wheel, journal
//! interface, clock and ids. Invariant: it knows no area and no wire format beyond bytes.
//! The only crate that names `actix`, but for the one session file in `gateway`.

mod clock;
mod pii;

pub mod journal;

pub use clock::{Clock, IdSource, ManualClock, SeededIds, SystemClock, SystemIds};
pub use pii::Pii;
