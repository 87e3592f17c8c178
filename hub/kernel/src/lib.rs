//! The machinery: supervision, mailboxes, registry, fan-out, timer wheel, journal
//! interface, clock and ids. Invariant: it knows no area.
//! The only crate that names `actix`, but for the one session file in `gateway`.

mod clock;
mod fanout;
mod outbox;
mod pii;
mod registry;
mod supervise;
mod viewer;
mod wheel;

pub mod journal;

pub use clock::{Clock, IdSource, ManualClock, SeededIds, SystemClock, SystemIds};
pub use fanout::{Fanout, Published, Restricted};
pub use outbox::{Outbox, Taken};
pub use pii::Pii;
pub use registry::Registry;
pub use supervise::{Actor, Arbiters, Budget, Mailbox, Refused, Scope, SpawnOptions};
pub use viewer::Viewer;
pub use wheel::Wheel;
