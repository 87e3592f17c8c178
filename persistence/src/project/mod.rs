//! Read models, written in the transaction of the events they come from, one module an
//! area. Invariant: a projector reads only its events and its own tables, so that `rebuild`
//! gives the same rows again. A message in a room has no row here: the stream is its table.

mod account;
mod app;
mod calendar;
mod call;
mod contact;
pub(crate) mod drive;
mod mail;
mod me;
mod notice;
mod plan;
mod room;
mod room_groups;
mod room_services;
mod room_settings;
mod task;
mod unit;

pub(crate) use task::{exception, rule};

use crate::sqlite::errors::corrupt;
use kernel::journal::StoredEvent;
use protocol::{AnyEvent, UnitPath};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::SqliteConnection;
use std::fmt::Write;

/// Tables that [`apply`] fills, children first.
pub(crate) const CLEAR: &[&str] = &[
    "DELETE FROM account_grants",
    "DELETE FROM account_sessions",
    "DELETE FROM account_accounts",
    "DELETE FROM account_units",
    "DELETE FROM account_hidden",
    "DELETE FROM room_whispers",
    "DELETE FROM room_notes",
    "DELETE FROM room_mails",
    "DELETE FROM account_mail_reads",
    "DELETE FROM account_mail_marks",
    "DELETE FROM account_mail_drafts",
    "DELETE FROM room_edits",
    "DELETE FROM room_reactions",
    "DELETE FROM room_pins",
    "DELETE FROM room_notices",
    "DELETE FROM room_invites",
    "DELETE FROM room_hooks",
    "DELETE FROM room_requests",
    "DELETE FROM room_meetings",
    "DELETE FROM room_threads",
    "DELETE FROM room_answers",
    "DELETE FROM room_agent_signs",
    "DELETE FROM room_settings",
    "DELETE FROM account_mails",
    "DELETE FROM room_members",
    "DELETE FROM drive_uses",
    "DELETE FROM drive_links",
    "DELETE FROM drive_versions",
    "DELETE FROM drive_nodes",
    "DELETE FROM drive_members",
    "DELETE FROM drive_spaces",
    "DELETE FROM room_rooms",
    "DELETE FROM task_files",
    "DELETE FROM task_exceptions",
    "DELETE FROM task_finished",
    "DELETE FROM task_people",
    "DELETE FROM task_tasks",
    "DELETE FROM calendar_shares",
    "DELETE FROM calendar_notes",
    "DELETE FROM calendar_feeds",
    "DELETE FROM plan_lines",
    "DELETE FROM plan_shares",
    "DELETE FROM plan_parts",
    "DELETE FROM call_people",
    "DELETE FROM call_calls",
    "DELETE FROM plan_plans",
    "DELETE FROM notice_recipients",
    "DELETE FROM notice_notices",
    "DELETE FROM app_tokens",
    "DELETE FROM app_webhooks",
    "DELETE FROM app_apps",
    "DELETE FROM account_preferences",
    "DELETE FROM account_fields",
    "DELETE FROM account_cleared",
    "DELETE FROM account_push",
    "DELETE FROM organisation_settings",
    "DELETE FROM contact_pairs",
    "DELETE FROM contact_rules",
    "DELETE FROM contact_settings",
];

/// Secrets that came with a command. In no event; a projector stores them or they are gone.
#[derive(Default, serde::Deserialize)]
pub(crate) struct Private {
    pub(crate) password_hash: Option<String>,
    pub(crate) totp_secret: Option<String>,
    pub(crate) token_hash: Option<String>,
    pub(crate) push_target: Option<protocol::me::PushTarget>,
    pub(crate) secret_sealed: Option<String>,
}

/// The hot path: told by the type name, without reading the body.
fn has_rows(event: &StoredEvent) -> bool {
    !matches!(event.type_name.as_str(), "room.message_sent" | "room.message_opened")
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
    for event in events {
        drive::uses(connection, event).await?;
        room::noted(connection, event).await?;
        if !has_rows(event) {
            // Told by its audience: one that has lost its body still has its rows.
            room::whispered(connection, event).await?;
            mail::sent(connection, event).await?;
            continue;
        }
        // Redacted: what is left of it has no rows.
        let Some(body) = &event.body else { continue };
        let words = AnyEvent::decode(&event.type_name, body)
            .map_err(|error| corrupt(format!("{}: {error}", event.type_name)))?;
        match words {
            AnyEvent::Account(words) => account::apply(connection, event, words, &private).await?,
            AnyEvent::Unit(words) => unit::apply(connection, event, words).await?,
            AnyEvent::Task(words) => task::apply(connection, event, words).await?,
            AnyEvent::Calendar(words) => {
                calendar::apply(connection, event, words, &private).await?;
            }
            AnyEvent::Call(words) => call::apply(connection, event, words).await?,
            AnyEvent::Plan(words) => plan::apply(connection, event, words).await?,
            AnyEvent::Notice(words) => notice::apply(connection, event, words).await?,
            AnyEvent::App(words) => app::apply(connection, event, words, &private).await?,
            AnyEvent::Organisation(words) => me::organisation(connection, event, words).await?,
            AnyEvent::Contact(words) => contact::apply(connection, event, words).await?,
            AnyEvent::ContactRules(words) => contact::rules(connection, words).await?,
            AnyEvent::Room(words) => room::apply(connection, event, words).await?,
            AnyEvent::Space(words) => drive::apply(connection, event, words, &private).await?,
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
