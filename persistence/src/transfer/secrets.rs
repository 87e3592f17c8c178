//! Secrets that stand beside the events, in tables of their own: what each area's rows lack when
//! they are made again from its events. Hashes travel as they are; what is used again (webhooks')
//! travels sealed by the master key, as it lies.

use super::lines::{Read, Rest};
use crate::blobs::{SUITE, hex as hex_of, unhex_all};
use crate::sqlite::{errors::corrupt, read};
use protocol::{AccountId, BlobId};
use sqlx::{Row, SqliteConnection};

const WEBHOOKS: &str =
    "SELECT app_id, secret_sealed FROM app_webhooks WHERE secret_sealed IS NOT NULL";

/// Whether anything but files is sealed by the master key.
pub(super) async fn has_sealed(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    Ok(sqlx::query(WEBHOOKS).fetch_optional(connection).await?.is_some())
}

pub(super) const TABLES: &[(&str, Read)] = &[
    (WEBHOOKS, |row| {
        let secret_sealed = hex_of(&row.try_get::<Vec<u8>, _>("secret_sealed")?);
        Ok(Rest::Webhook { app: row.try_get("app_id")?, secret_sealed })
    }),
    ("SELECT token_id, token_hash FROM app_tokens WHERE token_hash IS NOT NULL", |row| {
        let token_hash = row.try_get("token_hash")?;
        Ok(Rest::AppToken { token: row.try_get("token_id")?, token_hash })
    }),
    ("SELECT account_id, token_hash FROM calendar_feeds WHERE token_hash IS NOT NULL", |row| {
        let account = AccountId(row.try_get("account_id")?);
        Ok(Rest::Feed { account, token_hash: row.try_get("token_hash")? })
    }),
    ("SELECT account_id, device_id, target FROM account_push WHERE target IS NOT NULL", |row| {
        let account = AccountId(row.try_get("account_id")?);
        let (device, target) = (row.try_get("device_id")?, row.try_get("target")?);
        Ok(Rest::Push { account, device, target })
    }),
    ("SELECT space_id, link, password_hash FROM drive_link_passwords", |row| {
        Ok(Rest::LinkPassword {
            space: row.try_get("space_id")?,
            link: read::unsigned(row, "link")?,
            password_hash: row.try_get("password_hash")?,
        })
    }),
    ("SELECT * FROM drive_uploads WHERE blob_id IS NOT NULL", |row| {
        Ok(Rest::Brought {
            upload: row.try_get("upload_id")?,
            account: AccountId(row.try_get("account_id")?),
            name: row.try_get("name")?,
            bytes: read::unsigned(row, "bytes")?,
            at: row.try_get("began_at")?,
            blob: BlobId(row.try_get("blob_id")?),
        })
    }),
];

/// What rows made by events lack: they are there by now.
pub(super) async fn write(
    connection: &mut SqliteConnection,
    one: &Rest,
) -> Result<(), sqlx::Error> {
    match one {
        Rest::Webhook { app, secret_sealed } => {
            let sealed = unhex_all(secret_sealed).ok_or_else(|| corrupt("a secret is hex"))?;
            sqlx::query("UPDATE app_webhooks SET secret_sealed = ? WHERE app_id = ?")
                .bind(sealed)
                .bind(*app)
        }
        Rest::AppToken { token, token_hash } => {
            sqlx::query("UPDATE app_tokens SET token_hash = ? WHERE token_id = ?")
                .bind(token_hash.as_str())
                .bind(*token)
        }
        Rest::Feed { account, token_hash } => {
            sqlx::query("UPDATE calendar_feeds SET token_hash = ? WHERE account_id = ?")
                .bind(token_hash.as_str())
                .bind(account.0)
        }
        Rest::Push { account, device, target } => {
            sqlx::query("UPDATE account_push SET target = ? WHERE account_id = ? AND device_id = ?")
                .bind(target.as_str())
                .bind(account.0)
                .bind(*device)
        }
        Rest::LinkPassword { space, link, password_hash } => sqlx::query(
            "INSERT INTO drive_link_passwords (space_id, link, password_hash) VALUES (?, ?, ?)",
        )
        .bind(*space)
        .bind(read::number(*link))
        .bind(password_hash.as_str()),
        // A file that no event named did not come along.
        Rest::Brought { upload, account, name, bytes, at, blob } => sqlx::query(
            "INSERT INTO drive_uploads \
             (upload_id, account_id, name, bytes, suite, key, began_at, blob_id) \
             SELECT ?, ?, ?, ?, ?, x'', ?, blob_id FROM drive_blobs WHERE blob_id = ?",
        )
        .bind(*upload)
        .bind(account.0)
        .bind(name.as_str())
        .bind(read::number(*bytes))
        .bind(SUITE)
        .bind(*at)
        .bind(blob.0),
        _ => return Ok(()),
    }
    .execute(connection)
    .await
    .map(|_| ())
}
