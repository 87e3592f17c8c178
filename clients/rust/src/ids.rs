//! Ids and chance of the client. The one file of this crate that makes either, so that
//! everything else can be tested with given ones.

use protocol::CommandId;
use std::time::Duration;
use uuid::Uuid;

/// A fresh, time-ordered id: for commands, and for the entities they create.
#[expect(
    clippy::disallowed_methods,
    reason = "a client makes its own ids; the hub's own come from kernel::IdSource"
)]
pub fn next() -> Uuid {
    Uuid::now_v7()
}

/// A fresh id for one command.
pub fn command() -> CommandId {
    CommandId(next())
}

/// Between half of `longest` and all of it, so that a thousand clients cut off together
/// do not come back together.
pub(crate) fn jittered(longest: Duration) -> Duration {
    let bytes = next().into_bytes();
    let share = f64::from(bytes[15]) / 255.0;
    longest.mul_f64(0.5 + share / 2.0)
}
