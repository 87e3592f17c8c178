//! Thin shells around the rules: one actor per live entity, the journal shard, the cursor
//! keeper, the relay of effects and timers, and the facade [`Hub`] that both doors use.
//! Invariant: no reply, push or effect leaves before its events are durable.
//! Absent on purpose: rules (`domain`), SQL (`persistence`), sockets (`gateway`).

mod account;
mod areas;
mod cursors;
mod entity;
mod env;
mod hub;
mod journal;
mod passwords;
mod relay;
mod room;
mod shell;
mod unit;

pub use account::must_change_password;
pub use env::Parts;
pub use hub::{Hub, Request, SignedInAs};
