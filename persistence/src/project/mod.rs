//! Read models, written in the transaction of the events they come from, one module an
//! area. Invariant: a projector reads only its events and its own tables, so that `rebuild`
//! gives the same rows again. A message in a room has no row here: the stream is its table.

mod account;
mod room;
mod unit;

use crate::sqlite::errors::corrupt;
use kernel::journal::StoredEvent;
use protocol::{AnyEvent, UnitPath, room::RoomEvent};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::SqliteConnection;
use std::fmt::Write;

/// Tables that [`apply`] fills, children first.
pub(crate) const CLEAR: &[&str] = &[
    "DELETE FROM account_grants",
    "DELETE FROM account_sessions",
    "DELETE FROM account_accounts",
    "DELETE FROM account_units",
    "DELETE FROM room_members",
    "DELETE FROM room_rooms",
];

/// Secrets that came with a command. In no event; a projector stores them or they are gone.
#[derive(Default, serde::Deserialize)]
pub(crate) struct Private {
    pub(crate) password_hash: Option<String>,
    pub(crate) totp_secret: Option<String>,
    pub(crate) token_hash: Option<String>,
}

/// The hot path: told by the type name, without reading the body.
fn has_rows(event: &StoredEvent) -> bool {
    !matches!(event.type_name.as_str(), "room.message_sent" | "room.message_recalled")
}

pub(crate) async fn apply(
    connection: &mut SqliteConnection,
    events: &[StoredEvent],
    private: Option<&str>,
) -> Result<(), sqlx::Error> {
    let private = match private {
        None => Private::default(),
        Some(json) => serde_json::from_str(json).map_err(|_| corrupt("private part"))?,
    };
    for event in events.iter().filter(|event| has_rows(event)) {
        // Redacted: what is left of it has no rows.
        let Some(body) = &event.body else { continue };
        let words = AnyEvent::decode(&event.type_name, body)
            .map_err(|error| corrupt(format!("{}: {error}", event.type_name)))?;
        match words {
            AnyEvent::Account(words) => account::apply(connection, event, words, &private).await?,
            AnyEvent::Unit(words) => unit::apply(connection, event, words).await?,
            AnyEvent::Room(RoomEvent::MessageSent(_) | RoomEvent::MessageRecalled(_)) => {}
            AnyEvent::Room(words) => room::apply(connection, event, words).await?,
        }
    }
    Ok(())
}

/// A rule that only the tables can hold was broken: the command is refused with this code.
fn refused(code: &'static str) -> sqlx::Error {
    corrupt(code)
}

/// `/<uuid>/<uuid>/`, root first: found by a substring whichever unit is asked for.
pub(crate) fn path_text(path: &UnitPath) -> String {
    let mut text = "/".to_owned();
    for unit in &path.0 {
        // Writing to a String cannot fail.
        let _ = write!(text, "{unit}/");
    }
    text
}

/// A word of the protocol as it is written on the wire, for a TEXT column.
pub(crate) fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        // Only unit enums are passed here; the CHECK of the column refuses anything else.
        _ => String::new(),
    }
}

pub(crate) fn of_word<T: DeserializeOwned>(text: String) -> Result<T, sqlx::Error> {
    serde_json::from_value(serde_json::Value::String(text))
        .map_err(|error| corrupt(format!("stored word: {error}")))
}
