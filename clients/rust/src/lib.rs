//! The hub's client in Rust: sign in, keep a connection, watch streams, send commands.
//! Invariants: a watcher gets the events of its stream each once, in order, whatever
//! happens to the connection; a command is sent under one id until it is answered, so it
//! happens once. Every queue is bounded: a caller that is too fast waits, a watcher that
//! is too slow is refilled by number. Absent on purpose: any knowledge of an area.

mod client;
mod driver;
mod error;
mod file;
mod http;
pub mod ids;
mod order;
pub mod resume;
mod search;
mod socket;
mod trust;

pub use client::{Client, Options, Watch};
pub use error::ClientError;
pub use http::{Door, sign_in};
pub use order::State;
pub use search::Search;
