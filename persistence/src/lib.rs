//! The journal on SQLite and in memory, the read models written with the events, and the
//! queries over them. Invariant: events, heads, read models, outbox rows, timers and
//! redactions of one command are committed in one transaction or not at all.
//! Absent on purpose: any rule about who may do what (`domain`), and any second writer.

mod blobs;
mod deliveries;
mod frame;
mod keys;
mod memory;
mod open;
mod pinyin;
mod preview;
mod project;
mod queries;
mod rebuild;
mod search;
mod sqlite;
mod transfer;

pub use blobs::{
    BUCKET_FILE_BYTES_MAX, Blob, BlobError, BlobOptions, BlobReader, Blobs, Bucket, BucketOptions,
    Folder, HELD_MS, SHARDS, Shelf, Swept, UploadWriter,
};
pub use deliveries::{Deliveries, Delivery, Followed, Mark, Tries, WebhookRow};
/// Of the rules of files, what the edge must know.
pub use domain::file::{PIXELS_MAX, clean_name, inline as shown_in_place};
pub use frame::{event_frame, event_frame_json};
pub use keys::Keys;
pub use memory::MemoryJournal;
pub use open::{StoreOptions, last_event_at, last_position, open};
pub use queries::{Among, CallRoom, LegInside, PairRow, PlanFilter, PlanReport, terms_by_peer};
pub use queries::{
    Counts, Credentials, LinkRow, MailFacts, MailRequest, Marked, MessageOf, PushEnds, PushFacts,
    PushMatter, PushRow, PushesBusy, Queries, READ_COUNTS_MAX, SessionRow, Shelved, SignInRow,
    TokenRow,
};
pub use rebuild::rebuild;
pub use search::{Fed, SearchRequest, search_position};
pub use sqlite::SqliteJournal;
pub use transfer::{Exported, Imported, export, import};
