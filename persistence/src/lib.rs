//! The journal on SQLite and in memory, the read models written with the events, and the
//! queries over them. Invariant: events, heads, read models, outbox rows, timers and
//! redactions of one command are committed in one transaction or not at all.
//! Absent on purpose: any rule about who may do what (`domain`), and any second writer.

mod frame;
mod memory;
mod open;
mod pinyin;
mod project;
mod queries;
mod rebuild;
mod sqlite;
mod transfer;

pub use frame::{event_frame, event_frame_json};
pub use memory::MemoryJournal;
pub use open::{StoreOptions, last_event_at, open};
pub use queries::{Counts, Credentials, Queries, SessionRow, SignInRow};
pub use rebuild::rebuild;
pub use sqlite::SqliteJournal;
pub use transfer::{export, import};
