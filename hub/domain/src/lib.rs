//! The rules of the hub. An [`Entity`] decides commands and applies events, purely: time,
//! ids, chance and everything looked up elsewhere are arguments. Invariant: no clock, no
//! I/O, no actor here, so that every rule can be tested as a table.
//! Serde derives on states exist for snapshots only.

mod entity;
mod reach;
mod sight;
#[cfg(test)]
mod testing;
mod text;
mod tree;
mod who;

pub mod account;
pub mod app;
pub mod calendar;
pub mod call;
pub mod contact;
pub mod drive;
pub mod file;
pub mod notice;
pub mod organisation;
pub mod plan;
pub mod push;
pub mod room;
pub mod task;
pub mod unit;
pub mod watermark;

pub use entity::{Context, Decision, Effect, Entity, Order, Policy, TimerChange};
pub use reach::{Reach, Standing, Terms, level};
pub(crate) use room::own_room_id;
pub use sight::{seen_by, sees};
pub use tree::{UnitPlace, UnitTree};
pub use who::{AppPower, Who, permissions_of};
