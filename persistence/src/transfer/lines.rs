//! The lines of an export file, and the tables behind those that are no events.

use super::{files::FileLine, secrets};
use crate::sqlite::{cursors, errors::corrupt, read, statements::INSERT_OUTBOX, timers};
use kernel::journal::{CommandRecord, Cursor, Hash, OutboxRow, StoredEvent, TimerRow};
use protocol::{AccountId, BlobId, CommandId, Millis, Seq, SessionId, StreamId, TraceId};
use serde::{Deserialize, Serialize};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};
use std::fmt::Write;
use uuid::Uuid;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Line {
    Hub {
        format: u32,
        events: u64,
        #[serde(default)]
        files: u64,
        /// Tells which master key opens what is sealed in it; absent: nothing is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<String>,
    },
    Event(EventLine),
    File(FileLine),
    /// Sealed bytes of the file before it, in base64.
    Piece(String),
    FileEnd {
        whole: bool,
    },
    Rest(Rest),
    End {
        events: u64,
    },
}

/// A [`StoredEvent`], hashes in hex.
#[derive(Serialize, Deserialize)]
pub(super) struct EventLine {
    stream: StreamId,
    seq: Seq,
    at: Millis,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<AccountId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session: Option<SessionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trace: Option<TraceId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    command: Option<CommandLine>,
    #[serde(rename = "type")]
    type_name: String,
    /// Left out, a whisper would come back as a message to everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    audience: Option<Box<[AccountId]>>,
    /// As text: its bytes are what the hash was taken of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body_hash: Option<String>,
    tally: u64,
    hash: String,
}

#[derive(Serialize, Deserialize)]
struct CommandLine {
    id: CommandId,
    fingerprint: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    result: Option<String>,
    last_seq: Seq,
}

impl From<StoredEvent> for EventLine {
    fn from(event: StoredEvent) -> Self {
        Self {
            stream: event.stream,
            seq: event.seq,
            at: event.at,
            by: event.by,
            session: event.session,
            trace: event.trace,
            command: event.command.map(|c| CommandLine {
                id: c.id,
                fingerprint: c.fingerprint,
                result: c.result,
                last_seq: c.last_seq,
            }),
            type_name: event.type_name,
            audience: event.audience,
            body: event.body,
            body_hash: event.body_hash.as_ref().map(hex),
            tally: event.tally,
            hash: hex(&event.hash),
        }
    }
}

impl EventLine {
    pub(super) fn into_event(self) -> Result<StoredEvent, &'static str> {
        Ok(StoredEvent {
            stream: self.stream,
            seq: self.seq,
            at: self.at,
            by: self.by,
            session: self.session,
            trace: self.trace,
            command: self.command.map(|c| CommandRecord {
                id: c.id,
                fingerprint: c.fingerprint,
                result: c.result,
                last_seq: c.last_seq,
            }),
            type_name: self.type_name,
            audience: self.audience,
            body: self.body,
            body_hash: self.body_hash.as_deref().map(unhex).transpose()?,
            tally: self.tally,
            hash: unhex(&self.hash)?,
        })
    }
}

fn hex(hash: &Hash) -> String {
    hash.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Result<Hash, &'static str> {
    let digits = text.as_bytes();
    if digits.len() != 64 || !digits.is_ascii() {
        return Err("a hash is 64 hex digits");
    }
    let mut hash = Hash::default();
    for (byte, at) in hash.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(&text[at..at + 2], 16).map_err(|_| "a hash is hex")?;
    }
    Ok(hash)
}

/// What no event tells.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Rest {
    Cursor {
        account: AccountId,
        stream: StreamId,
        seq: Seq,
        at: Millis,
    },
    Credentials {
        account: AccountId,
        password_hash: String,
        totp_secret: Option<String>,
    },
    Token {
        session: SessionId,
        token_hash: String,
    },
    Outbox {
        id: CommandId,
        to: StreamId,
        order: String,
        at: Millis,
    },
    Timer {
        stream: StreamId,
        name: String,
        at: Millis,
        id: CommandId,
    },
    Demo {
        account: AccountId,
        password: String,
    },
    /// Sealed by the master key.
    Webhook {
        app: Uuid,
        secret_sealed: String,
    },
    AppToken {
        token: Uuid,
        token_hash: String,
    },
    Feed {
        account: AccountId,
        token_hash: String,
    },
    Push {
        account: AccountId,
        device: Uuid,
        target: String,
    },
    LinkPassword {
        space: Uuid,
        link: Seq,
        password_hash: String,
    },
    /// Who brought a file, for the account's quota.
    Brought {
        upload: Uuid,
        account: AccountId,
        name: String,
        bytes: u64,
        at: Millis,
        blob: BlobId,
    },
}

/// How a row becomes a line.
pub(super) type Read = fn(&SqliteRow) -> Result<Rest, sqlx::Error>;

/// Snapshots stay behind: they are made again.
pub(super) async fn read_rest(connection: &mut SqliteConnection) -> Result<Vec<Rest>, sqlx::Error> {
    const TABLES: &[(&str, Read)] = &[
        (
            "SELECT c.account_id, c.stream_id, s.kind, c.seq, c.at FROM cursors c \
             JOIN streams s ON s.stream_id = c.stream_id",
            |row| {
                Ok(Rest::Cursor {
                    account: AccountId(row.try_get("account_id")?),
                    stream: stream(row, "kind", "stream_id")?,
                    seq: read::unsigned(row, "seq")?,
                    at: row.try_get("at")?,
                })
            },
        ),
        ("SELECT account_id, password_hash, totp_secret FROM account_credentials", |row| {
            Ok(Rest::Credentials {
                account: AccountId(row.try_get("account_id")?),
                password_hash: row.try_get("password_hash")?,
                totp_secret: row.try_get("totp_secret")?,
            })
        }),
        (
            "SELECT session_id, token_hash FROM account_sessions WHERE token_hash IS NOT NULL",
            |row| {
                let session = SessionId(row.try_get("session_id")?);
                Ok(Rest::Token { session, token_hash: row.try_get("token_hash")? })
            },
        ),
        ("SELECT id, to_kind, to_id, order_json, at FROM outbox ORDER BY position", |row| {
            Ok(Rest::Outbox {
                id: CommandId(row.try_get("id")?),
                to: stream(row, "to_kind", "to_id")?,
                order: row.try_get("order_json")?,
                at: row.try_get("at")?,
            })
        }),
        ("SELECT stream_id, kind, name, at, id FROM timers", |row| {
            let TimerRow { stream, name, at, id } = timers::timer_of_row(row)?;
            Ok(Rest::Timer { stream, name, at, id })
        }),
        ("SELECT account_id, password FROM demo_accounts ORDER BY rowid", |row| {
            let account = AccountId(row.try_get("account_id")?);
            Ok(Rest::Demo { account, password: row.try_get("password")? })
        }),
    ];
    let mut rest = Vec::new();
    for (statement, of_row) in TABLES.iter().chain(secrets::TABLES) {
        for row in sqlx::query(*statement).fetch_all(&mut *connection).await? {
            rest.push(of_row(&row)?);
        }
    }
    Ok(rest)
}

fn stream(row: &SqliteRow, kind: &str, id: &str) -> Result<StreamId, sqlx::Error> {
    let kind = read::kind_of_name(row.try_get(kind)?)?;
    Ok(StreamId::new(kind, row.try_get::<Uuid, _>(id)?))
}

pub(super) async fn write_rest(
    connection: &mut SqliteConnection,
    rest: &[Rest],
) -> Result<(), sqlx::Error> {
    for one in rest {
        write_one(connection, one).await?;
    }
    // What came along is history: no webhook is told of it again.
    let past = "UPDATE app_followed SET position = (SELECT COALESCE(MAX(position), 0) FROM events)";
    sqlx::query(past).execute(connection).await.map(|_| ())
}

async fn write_one(connection: &mut SqliteConnection, one: &Rest) -> Result<(), sqlx::Error> {
    match one {
        Rest::Cursor { account, stream, seq, at } => {
            let cursor =
                Cursor { account: *account, stream: *stream, seq: *seq, tally: 0, at: *at };
            let now = cursors::advance_all(connection, &[cursor]).await?;
            let kept = now.first().is_some_and(|now| now.seq == *seq);
            return if kept { Ok(()) } else { Err(corrupt("a cursor beyond its stream")) };
        }
        Rest::Credentials { account, password_hash, totp_secret } => sqlx::query(
            "INSERT INTO account_credentials (account_id, password_hash, totp_secret) \
             VALUES (?, ?, ?) ON CONFLICT (account_id) DO UPDATE SET \
             password_hash = excluded.password_hash, totp_secret = excluded.totp_secret",
        )
        .bind(account.0)
        .bind(password_hash.as_str())
        .bind(totp_secret.as_deref()),
        Rest::Token { session, token_hash } => {
            sqlx::query("UPDATE account_sessions SET token_hash = ? WHERE session_id = ?")
                .bind(token_hash.as_str())
                .bind(session.0)
        }
        Rest::Outbox { id, to, order, at } => {
            let row = OutboxRow { id: *id, to: *to, order: order.clone(), at: *at };
            INSERT_OUTBOX
                .execute(connection, &[row], |query, row| {
                    query
                        .bind(row.id.0)
                        .bind(row.to.kind.name())
                        .bind(row.to.id)
                        .bind(row.order.as_str())
                        .bind(row.at)
                })
                .await?;
            return Ok(());
        }
        Rest::Timer { stream, name, at, id } => {
            let timer = TimerRow { stream: *stream, name: name.clone(), at: *at, id: *id };
            return timers::set(connection, &timer).await;
        }
        Rest::Demo { account, password } => {
            sqlx::query("INSERT INTO demo_accounts (account_id, password) VALUES (?, ?)")
                .bind(account.0)
                .bind(password.as_str())
        }
        secret => return secrets::write(connection, secret).await,
    }
    .execute(connection)
    .await
    .map(|_| ())
}
