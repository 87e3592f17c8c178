//! The words of the hub: ids, streams, commands, events, signals, frames, errors.
//! Everything that crosses a wire is defined here and nowhere else; TypeScript and the
//! JSON schemas are generated from these types. Behaviour is absent on purpose.
//!
//! To add a command, an event or a signal: one entry in its area's file (`words` says how) and
//! one line in `golden/frames.json`. To add an area: see `area`.
//!
//! Glossary (the hall's own word beside each):
//!
//! | word | means only | hall |
//! |---|---|---|
//! | stream | the numbered events of one entity | 时间线 |
//! | account | a person who can sign in | 账号 |
//! | unit | a node of the organisation tree | 机构 |
//! | session | one signed-in client of an account | 登录会话 |
//! | room | a conversation, later also its live media | 会话 |
//! | message | what a person wrote in a room | 消息 |
//! | command / event / signal | asks for a change / is a change / need not last | 指令 / 事件 / 信号 |
//! | cursor | how far a member has read a stream | 已读位置 |
//! | call | calling a ticket in a hall (later area `queue`) | 叫号 |

mod area;
mod caller;
mod close;
mod day;
mod decode;
mod error;
mod frame;
mod ids;
mod parse;
mod stream;
#[cfg(test)]
mod typescript;
mod words;

pub mod account;
pub mod app;
pub mod calendar;
pub mod call;
pub mod contact;
pub mod drive;
pub mod file;
pub mod http;
pub mod limits;
pub mod mail;
pub mod me;
pub mod notice;
pub mod organisation;
pub mod plan;
pub mod room;
pub mod search;
pub mod task;
pub mod unit;

pub use area::{AnyCommand, AnyEvent, AnySignal, EntityKind};
pub use caller::{Grant, Permission, Role, UnitPath};
pub use close::CloseCode;
pub use day::{Day, Zone};
pub use decode::DecodeError;
pub use error::{ErrorBody, ErrorKind};
pub use frame::{ClientFrame, EventFrame, ReadCount, ServerFrame, WatchFrom};
pub use ids::{AccountId, BlobId, CommandId, LegId, RoomId, SessionId, TraceId, UnitId, UploadId};
pub use stream::{Millis, Seq, StreamId, is_derived};

/// The version of frames and HTTP bodies. An older client keeps working within it.
pub const PROTOCOL_VERSION: u32 = 1;

/// The WebSocket subprotocol that carries [`PROTOCOL_VERSION`] as JSON text frames.
pub const SUBPROTOCOL: &str = "hub.v1.json";

/// One frame of every sort, and one of every command, event and signal. Read by the tests on
/// both sides of the wire, and shown to people who write clients.
pub const GOLDEN: &str = include_str!("../golden/frames.json");
