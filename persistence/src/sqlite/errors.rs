//! What a SQLite error means to the hub. Invariant: only a broken rule of the schema is the
//! command's fault; everything else says that nothing is known to be stored.

use kernel::journal::StoreError;
use sqlx::error::DatabaseError;

const BUSY: i32 = 5;
const READ_ONLY: i32 = 8;
const DISK: i32 = 10;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const CANNOT_OPEN: i32 = 14;
const CONSTRAINT: i32 = 19;
const NOT_A_DATABASE: i32 = 26;

/// Unique keys with a meaning of their own; the others carry SQLite's own words.
const CODES: &[(&str, &str)] = &[("account_accounts.username", "account.username_taken")];

pub(crate) fn store_error(error: sqlx::Error) -> StoreError {
    match &error {
        sqlx::Error::Database(database) => of_database(database.as_ref()),
        sqlx::Error::Decode(_)
        | sqlx::Error::ColumnDecode { .. }
        | sqlx::Error::ColumnNotFound(_)
        | sqlx::Error::TypeNotFound { .. } => StoreError::Corrupt(error.to_string()),
        _ => StoreError::Unavailable(error.to_string()),
    }
}

fn of_database(error: &dyn DatabaseError) -> StoreError {
    let code: i32 = error.code().and_then(|code| code.parse().ok()).unwrap_or(0);
    let message = error.message();
    // The low byte is the primary code; the rest tells its kind.
    match code & 0xff {
        // A repeated command also lands here; the caller looks its first outcome up.
        CONSTRAINT if is_version(message) => StoreError::Conflict,
        CONSTRAINT => {
            let known = CODES.iter().find(|(column, _)| message.contains(column));
            StoreError::Constraint(known.map_or(message, |(_, code)| code).to_owned())
        }
        CORRUPT | NOT_A_DATABASE => StoreError::Corrupt(error.to_string()),
        primary => StoreError::Unavailable(match in_words(primary) {
            Some(words) => format!("{words} ({message}, code {code})"),
            None => error.to_string(),
        }),
    }
}

/// What an operator reads at `/readyz` and can do something about.
fn in_words(primary: i32) -> Option<&'static str> {
    Some(match primary {
        FULL => "the disk is full",
        // A file size limit or a quota looks like this too.
        DISK => "the disk does not take or give data: full, over a limit, or failing",
        READ_ONLY => "the database may not be written",
        CANNOT_OPEN => "the database file cannot be opened",
        BUSY => "another process holds the database",
        _ => return None,
    })
}

fn is_version(message: &str) -> bool {
    message.contains("events.stream_id")
        || message.contains("events.command_id")
        || message.contains("streams.stream_id")
}

/// Stored bytes that do not have the shape they were written in.
pub(crate) fn corrupt(what: impl Into<String>) -> sqlx::Error {
    sqlx::Error::Decode(what.into().into())
}
