//! Thin shells around the rules: one actor per live entity, the journal shard, the cursor
//! keeper, the relay of effects and timers, and the facade [`Hub`] that both doors use.
//! Invariant: no reply, push or effect leaves before its events are durable.
//! Absent on purpose: rules (`domain`), SQL (`persistence`), sockets (`gateway`).

mod account;
mod app;
mod areas;
mod call;
mod contact;
mod cursors;
mod drive;
mod entity;
mod env;
mod hub;
mod journal;
mod link;
mod mail;
mod notice;
mod organisation;
mod passwords;
mod plan;
mod push;
mod reach;
mod relay;
mod room;
mod search;
mod shell;
mod task;
mod unit;
mod web;

pub use account::must_change_password;
pub use env::Parts;
pub use hub::{Hub, Request, SignedInAs};
pub use mail::{Mail, Mailer};
pub use push::{Pushed, Pusher};
pub use web::{Reach, Web, WebError, WebMethod, WebRequest, WebResponse};

/// What is stored of a secret that a client made.
pub use app::secret_hash;
pub use app::{SignInAsked, SignInCode, SignedInPerson};
/// The stream of an account's calendar.
pub use domain::calendar::calendar_of;
/// The stream of an account's plan for the week that begins on this Monday.
pub use domain::plan::plan_of;
