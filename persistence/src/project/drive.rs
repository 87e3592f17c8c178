//! Tables of the drive, and which event of any area names which file.
//! Invariant: a file that some event names has a row here from that event's commit until its
//! redaction, and is not let go meanwhile (`blobs::sweep`). References are found by their field
//! `blob`, wherever they stand, so that no area can forget to say what it uses.

use super::{Private, word};
use crate::sqlite::read;
use kernel::journal::StoredEvent;
use protocol::{
    BlobId, Seq, StreamId,
    drive::{
        FileAdded, FolderCreated, LinkShared, SpaceCreated, SpaceEvent, SpaceMember, SpaceMemberSet,
    },
    file::FileRef,
};
use serde_json::Value;
use sqlx::SqliteConnection;
use uuid::Uuid;

/// What stands before the id of a blob in a body, and nowhere else: in texts its quotes are
/// escaped.
const MARK: &str = r#""blob":""#;

/// Writes down which files an event names.
pub(super) async fn uses(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
) -> Result<(), sqlx::Error> {
    let Some(body) = event.body.as_deref().filter(|body| body.contains(MARK)) else {
        return Ok(());
    };
    for blob in blobs_in(body) {
        sqlx::query(
            "INSERT INTO drive_uses (stream_id, seq, blob_id, kind) VALUES (?, ?, ?, ?) \
             ON CONFLICT DO NOTHING",
        )
        .bind(event.stream.id)
        .bind(read::number(event.seq))
        .bind(blob.0)
        .bind(event.stream.kind.name())
        .execute(&mut *connection)
        .await?;
        sqlx::query("UPDATE drive_blobs SET discard_at = NULL WHERE blob_id = ?")
            .bind(blob.0)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// An event has lost its body: what only it named may go at once.
pub(crate) async fn redacted(
    connection: &mut SqliteConnection,
    stream: StreamId,
    seq: Seq,
) -> Result<(), sqlx::Error> {
    for statement in [
        "UPDATE drive_blobs SET discard_at = 0 WHERE blob_id IN \
         (SELECT blob_id FROM drive_uses WHERE stream_id = ?1 AND seq = ?2) \
         AND NOT EXISTS (SELECT 1 FROM drive_uses o WHERE o.blob_id = drive_blobs.blob_id \
           AND (o.stream_id <> ?1 OR o.seq <> ?2))",
        "DELETE FROM drive_uses WHERE stream_id = ?1 AND seq = ?2",
    ] {
        sqlx::query(statement)
            .bind(stream.id)
            .bind(read::number(seq))
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

fn blobs_in(body: &str) -> Vec<BlobId> {
    // A body that is no JSON was not written by this build, and names nothing.
    let value: Value = serde_json::from_str(body).unwrap_or_default();
    let mut found = Vec::new();
    collect(&value, &mut found);
    found
}

fn collect(value: &Value, found: &mut Vec<BlobId>) {
    match value {
        Value::Object(fields) => {
            let blob = fields.get("blob").and_then(Value::as_str);
            found.extend(blob.and_then(|blob| blob.parse::<BlobId>().ok()));
            fields.values().for_each(|value| collect(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| collect(value, found)),
        _ => {}
    }
}

pub(super) async fn apply(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    words: SpaceEvent,
    private: &Private,
) -> Result<(), sqlx::Error> {
    let space = event.stream.id;
    let node = |node: Seq| read::number(node);
    let query = match words {
        SpaceEvent::SpaceCreated(body) => return created(connection, event, body).await,
        SpaceEvent::SpaceRenamed(body) => {
            sqlx::query("UPDATE drive_spaces SET name = ?2 WHERE space_id = ?1")
                .bind(space)
                .bind(body.name)
        }
        SpaceEvent::SpaceMemberSet(SpaceMemberSet { account, role }) => {
            return member(connection, space, SpaceMember { account, role }).await;
        }
        SpaceEvent::SpaceMemberRemoved(body) => {
            sqlx::query("DELETE FROM drive_members WHERE space_id = ?1 AND account_id = ?2")
                .bind(space)
                .bind(body.account.0)
        }
        SpaceEvent::FolderCreated(FolderCreated { parent, name }) => {
            return place(connection, event, parent, &name, true).await;
        }
        SpaceEvent::FileAdded(FileAdded { parent, file }) => {
            place(connection, event, parent, &file.name, false).await?;
            return version(connection, event, event.seq, file).await;
        }
        SpaceEvent::VersionAdded(body) => {
            return version(connection, event, body.node, body.file).await;
        }
        SpaceEvent::NodeRenamed(body) => sqlx::query(
            "UPDATE drive_nodes SET name = ?3, sort_name = ?4, changed_at = ?5 \
             WHERE space_id = ?1 AND node = ?2",
        )
        .bind(space)
        .bind(node(body.node))
        .bind(body.name.clone())
        .bind(body.name.to_lowercase())
        .bind(event.at),
        SpaceEvent::NodeMoved(body) => {
            sqlx::query("UPDATE drive_nodes SET parent = ?3 WHERE space_id = ?1 AND node = ?2")
                .bind(space)
                .bind(node(body.node))
                .bind(node(body.parent))
        }
        SpaceEvent::NodeRemoved(body) => {
            sqlx::query("UPDATE drive_nodes SET binned_at = ?3 WHERE space_id = ?1 AND node = ?2")
                .bind(space)
                .bind(node(body.node))
                .bind(event.at)
        }
        SpaceEvent::NodeRestored(body) => sqlx::query(
            "UPDATE drive_nodes SET binned_at = NULL, parent = ?3 \
             WHERE space_id = ?1 AND node = ?2",
        )
        .bind(space)
        .bind(node(body.node))
        .bind(node(body.parent)),
        SpaceEvent::NodeErased(body) => return erased(connection, space, body.node).await,
        SpaceEvent::LinkShared(body) => return link(connection, event, body, private).await,
        SpaceEvent::LinkRevoked(body) => return revoked(connection, space, body.link).await,
        SpaceEvent::UploadRefused(_) => return Ok(()),
    };
    query.execute(connection).await.map(|_| ())
}

async fn created(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    body: SpaceCreated,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO drive_spaces (space_id, kind, name, created_at) VALUES (?, ?, ?, ?)")
        .bind(event.stream.id)
        .bind(word(&body.kind))
        .bind(body.name)
        .bind(event.at)
        .execute(&mut *connection)
        .await?;
    for one in body.members {
        member(connection, event.stream.id, one).await?;
    }
    Ok(())
}

async fn member(
    connection: &mut SqliteConnection,
    space: Uuid,
    member: SpaceMember,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO drive_members (space_id, account_id, role) VALUES (?, ?, ?) \
         ON CONFLICT (space_id, account_id) DO UPDATE SET role = excluded.role",
    )
    .bind(space)
    .bind(member.account.0)
    .bind(word(&member.role))
    .execute(connection)
    .await
    .map(|_| ())
}

async fn place(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    parent: Seq,
    name: &str,
    folder: bool,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO drive_nodes (space_id, node, parent, folder, name, sort_name, changed_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(event.stream.id)
    .bind(read::number(event.seq))
    .bind(read::number(parent))
    .bind(folder)
    .bind(name)
    .bind(name.to_lowercase())
    .bind(event.at)
    .execute(connection)
    .await
    .map(|_| ())
}

async fn version(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    node: Seq,
    file: FileRef,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE drive_nodes SET version = ?3, changed_at = ?4 WHERE space_id = ?1 AND node = ?2",
    )
    .bind(event.stream.id)
    .bind(read::number(node))
    .bind(read::number(event.seq))
    .bind(event.at)
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "INSERT INTO drive_versions \
         (space_id, node, version, blob_id, name, bytes, type, at, account_id) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(event.stream.id)
    .bind(read::number(node))
    .bind(read::number(event.seq))
    .bind(file.blob.0)
    .bind(file.name)
    .bind(read::number(file.bytes))
    .bind(file.media_type)
    .bind(event.at)
    .bind(event.by.map(|by| by.0))
    .execute(connection)
    .await
    .map(|_| ())
}

/// The place and all that lies in it.
async fn erased(
    connection: &mut SqliteConnection,
    space: Uuid,
    node: Seq,
) -> Result<(), sqlx::Error> {
    for table in ["drive_versions", "drive_nodes"] {
        // Versions first: the way down leads through the nodes.
        sqlx::query(sqlx::AssertSqlSafe(format!(
            "WITH RECURSIVE gone (node) AS (SELECT ?2 UNION ALL \
               SELECT n.node FROM drive_nodes n JOIN gone g \
               ON n.space_id = ?1 AND n.parent = g.node) \
             DELETE FROM {table} WHERE space_id = ?1 AND node IN (SELECT node FROM gone)"
        )))
        .bind(space)
        .bind(read::number(node))
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

async fn link(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    body: LinkShared,
    private: &Private,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO drive_links \
         (space_id, link, node, protected, expires_at, account_id, created_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(event.stream.id)
    .bind(read::number(event.seq))
    .bind(read::number(body.node))
    .bind(body.protected)
    .bind(body.expires_at)
    .bind(event.by.map(|by| by.0))
    .bind(event.at)
    .execute(&mut *connection)
    .await?;
    // A rebuild has no password: the row it was written to is still there.
    let Some(hash) = &private.password_hash else { return Ok(()) };
    sqlx::query("INSERT INTO drive_link_passwords (space_id, link, password_hash) VALUES (?, ?, ?)")
        .bind(event.stream.id)
        .bind(read::number(event.seq))
        .bind(hash)
        .execute(connection)
        .await
        .map(|_| ())
}

async fn revoked(
    connection: &mut SqliteConnection,
    space: Uuid,
    link: Seq,
) -> Result<(), sqlx::Error> {
    for statement in [
        "DELETE FROM drive_links WHERE space_id = ? AND link = ?",
        "DELETE FROM drive_link_passwords WHERE space_id = ? AND link = ?",
    ] {
        sqlx::query(statement)
            .bind(space)
            .bind(read::number(link))
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_wherever_they_stand_and_texts_are_none() {
        let (a, b) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let text = format!(r#""blob":"{a}""#);
        let told = serde_json::json!({ "text": text }).to_string();
        assert!(!told.contains(MARK));
        let body = serde_json::json!({
            "text": text,
            "part": { "kind": "mail", "attachments": [{ "blob": a }, { "x": { "blob": b } }] },
        });
        assert!(body.to_string().contains(MARK));
        assert_eq!(blobs_in(&body.to_string()), [BlobId(a), BlobId(b)]);
    }
}
