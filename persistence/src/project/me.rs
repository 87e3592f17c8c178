//! Tables of what a person keeps on the account, and of their devices; the organisation's
//! settings beside them. Invariant: where a device is reached comes beside the event, and is
//! forgotten with the device.

use super::{Private, room_groups::run, word};
use crate::sqlite::errors::corrupt;
use kernel::journal::StoredEvent;
use protocol::{
    account::{AccountEvent, AvatarSet, HistoryCleared, PushDeviceAdded},
    me::FieldValue,
    organisation::OrganisationEvent,
};
use serde::Serialize;
use sqlx::SqliteConnection;
use uuid::Uuid;

const CLEARED: &str = "INSERT INTO account_cleared (account_id, room_id, seq, at) \
     VALUES (?, ?, ?, ?) ON CONFLICT (account_id, room_id) DO UPDATE \
     SET seq = MAX(seq, excluded.seq), at = MAX(at, excluded.at)";
const ADDED: &str = "INSERT INTO account_push (account_id, device_id, session_id, provider, \
     name, target, added_at) VALUES (?, ?, ?, ?, ?, ?, ?) \
     ON CONFLICT (account_id, device_id) DO UPDATE SET session_id = excluded.session_id, \
     provider = excluded.provider, name = excluded.name, target = excluded.target, \
     added_at = excluded.added_at";

/// Events that are none of these are left alone.
pub(super) async fn apply(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    words: AccountEvent,
    private: &Private,
) -> Result<(), sqlx::Error> {
    use AccountEvent as E;
    let account = event.stream.id;
    match words {
        E::AvatarSet(body) => avatar(connection, account, body).await,
        E::FieldsSet(body) => fields(connection, account, body.values).await,
        E::PreferencesSet(body) => {
            let statement = "INSERT INTO account_preferences (account_id, preferences) \
                 VALUES (?, ?) ON CONFLICT (account_id) DO UPDATE \
                 SET preferences = excluded.preferences";
            let text = json(&body.preferences)?;
            run(connection, sqlx::query(statement).bind(account).bind(text)).await
        }
        E::HistoryCleared(HistoryCleared { room, seq }) => {
            // A time for all rooms, a number for one.
            let at = if room.is_none() { event.at } else { 0 };
            let seq = seq.unwrap_or(0).cast_signed();
            let room = room.map_or_else(Uuid::nil, |room| room.0);
            let row = sqlx::query(CLEARED).bind(account).bind(room).bind(seq).bind(at);
            run(connection, row).await
        }
        E::PushDeviceAdded(body) => added(connection, event, body, private).await,
        E::PushDeviceRemoved(body) => {
            let gone =
                sqlx::query("DELETE FROM account_push WHERE account_id = ? AND device_id = ?");
            run(connection, gone.bind(account).bind(body.device)).await
        }
        _ => Ok(()),
    }
}

async fn avatar(
    connection: &mut SqliteConnection,
    account: Uuid,
    body: AvatarSet,
) -> Result<(), sqlx::Error> {
    let blob = body.picture.map(|picture| picture.blob.0);
    let row = sqlx::query("UPDATE account_accounts SET avatar = ? WHERE account_id = ?");
    run(connection, row.bind(blob).bind(account)).await
}

async fn fields(
    connection: &mut SqliteConnection,
    account: Uuid,
    values: Vec<FieldValue>,
) -> Result<(), sqlx::Error> {
    for FieldValue { field, text } in values {
        let row = if text.is_empty() {
            let gone = sqlx::query("DELETE FROM account_fields WHERE account_id = ? AND field = ?");
            gone.bind(account).bind(field)
        } else {
            let row = sqlx::query(
                "INSERT INTO account_fields (account_id, field, value) VALUES (?, ?, ?) \
                 ON CONFLICT (account_id, field) DO UPDATE SET value = excluded.value",
            );
            row.bind(account).bind(field).bind(text)
        };
        run(connection, row).await?;
    }
    Ok(())
}

async fn added(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    body: PushDeviceAdded,
    private: &Private,
) -> Result<(), sqlx::Error> {
    let target = private.push_target.as_ref().map(json).transpose()?;
    let row = sqlx::query(ADDED)
        .bind(event.stream.id)
        .bind(body.device)
        .bind(body.session.0)
        .bind(word(&body.provider))
        .bind(body.name)
        .bind(target)
        .bind(event.at);
    run(connection, row).await
}

pub(super) async fn organisation(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    words: OrganisationEvent,
) -> Result<(), sqlx::Error> {
    let (statement, text) = match words {
        OrganisationEvent::ProfileFieldsSet(set) => (
            "INSERT INTO organisation_settings (organisation_id, fields) VALUES (?, ?) \
             ON CONFLICT (organisation_id) DO UPDATE SET fields = excluded.fields",
            json(&set.fields)?,
        ),
        OrganisationEvent::WatermarkSet(set) => (
            "INSERT INTO organisation_settings (organisation_id, watermark) VALUES (?, ?) \
             ON CONFLICT (organisation_id) DO UPDATE SET watermark = excluded.watermark",
            json(&set.watermark)?,
        ),
    };
    run(connection, sqlx::query(statement).bind(event.stream.id).bind(text)).await
}

fn json<T: Serialize>(value: &T) -> Result<String, sqlx::Error> {
    serde_json::to_string(value).map_err(|error| corrupt(format!("not written: {error}")))
}
