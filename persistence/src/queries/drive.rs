//! What the drive lists, and where a file may be seen. Invariant: a query tells what is there;
//! who may see it is decided above.

use super::{Queries, bounded, cut};
use crate::{
    blobs::Blob,
    project::of_word,
    sqlite::{errors::store_error, read},
};
use kernel::journal::StoreError;
use protocol::{
    AccountId, BlobId, EntityKind, Millis, Seq, StreamId,
    drive::{DriveLink, DriveNode, DriveVersion, SpaceCard, SpaceMember},
    file::FileRef,
    http::Page,
};
use sqlx::{Row, sqlite::SqliteRow};
use uuid::Uuid;

/// A link as whoever opens it needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkRow {
    pub space: Uuid,
    pub link: Seq,
    /// Where it leads: a file or a folder.
    pub node: DriveNode,
    pub expires_at: Option<Millis>,
    pub password_hash: Option<String>,
}

/// What a listing shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shelved {
    /// In a folder; 0 is the top.
    Folder(Seq),
    Bin,
}

const NODE: &str = "SELECT n.node, n.parent, n.name, n.changed_at, n.binned_at, n.folder, \
     n.sort_name, v.blob_id, v.bytes, v.type, \
     (SELECT COUNT(*) FROM drive_versions o WHERE o.space_id = n.space_id AND o.node = n.node) \
     AS versions FROM drive_nodes n LEFT JOIN drive_versions v \
     ON v.space_id = n.space_id AND v.node = n.node AND v.version = n.version";

impl Queries {
    pub async fn blob(&self, blob: BlobId) -> Result<Option<Blob>, StoreError> {
        crate::blobs::find(&self.readers, blob).await
    }

    /// The name under which the account uploaded a blob that is still held for it.
    pub async fn held_upload(
        &self,
        account: AccountId,
        blob: BlobId,
        now: Millis,
    ) -> Result<Option<String>, StoreError> {
        sqlx::query_scalar(
            "SELECT name FROM drive_uploads WHERE blob_id = ? AND account_id = ? \
             AND held_until > ? ORDER BY held_until DESC LIMIT 1",
        )
        .bind(blob.0)
        .bind(account.0)
        .bind(now)
        .fetch_optional(&self.readers)
        .await
        .map_err(store_error)
    }

    /// Events that name a blob in streams that are the account's: its rooms, its spaces, its tasks
    /// and its own. The latest of each sort first.
    pub async fn blob_places(
        &self,
        account: AccountId,
        blob: BlobId,
        limit: usize,
    ) -> Result<Vec<(StreamId, Seq)>, StoreError> {
        let rows = sqlx::query(
            "SELECT u.kind, u.stream_id, u.seq FROM drive_uses u WHERE u.blob_id = ?1 AND ( \
             u.stream_id = ?2 \
             OR EXISTS (SELECT 1 FROM room_members m \
               WHERE m.room_id = u.stream_id AND m.account_id = ?2) \
             OR EXISTS (SELECT 1 FROM drive_members d \
               WHERE d.space_id = u.stream_id AND d.account_id = ?2) \
             OR EXISTS (SELECT 1 FROM task_people t \
               WHERE t.task_id = u.stream_id AND t.account_id = ?2)) \
             ORDER BY u.seq DESC LIMIT ?3",
        )
        .bind(blob.0)
        .bind(account.0)
        .bind(limit as i64)
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        let of = |row: &SqliteRow| {
            let kind = read::kind_of_name(row.try_get("kind")?)?;
            Ok((StreamId::new(kind, row.try_get("stream_id")?), read::unsigned(row, "seq")?))
        };
        rows.iter().map(of).collect::<Result<_, _>>().map_err(store_error)
    }

    /// The account's spaces, its own first.
    pub async fn spaces(
        &self,
        account: AccountId,
        quota_bytes: u64,
    ) -> Result<Vec<SpaceCard>, StoreError> {
        let rows = sqlx::query(
            "SELECT s.space_id, s.kind, s.name, m.role, t.head_seq, \
             (SELECT COUNT(*) FROM drive_members o WHERE o.space_id = s.space_id) AS members, \
             (SELECT COALESCE(SUM(v.bytes), 0) FROM drive_versions v \
              WHERE v.space_id = s.space_id) AS used \
             FROM drive_members m JOIN drive_spaces s ON s.space_id = m.space_id \
             JOIN streams t ON t.stream_id = s.space_id \
             WHERE m.account_id = ? ORDER BY s.kind, s.name, s.space_id LIMIT 500",
        )
        .bind(account.0)
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        let card = |row: &SqliteRow| {
            let members = read::unsigned(row, "members")?;
            Ok(SpaceCard {
                stream: StreamId::new(EntityKind::Space, row.try_get("space_id")?),
                kind: of_word(row.try_get("kind")?)?,
                name: row.try_get("name")?,
                role: of_word(row.try_get("role")?)?,
                members: u32::try_from(members).unwrap_or(u32::MAX),
                used_bytes: read::unsigned(row, "used")?,
                quota_bytes,
                head: read::unsigned(row, "head_seq")?,
            })
        };
        rows.iter().map(card).collect::<Result<_, _>>().map_err(store_error)
    }

    /// Folders before files, each by name; the bin with the latest first.
    pub async fn drive_nodes(
        &self,
        space: Uuid,
        shelved: Shelved,
        after: Option<String>,
        limit: usize,
    ) -> Result<Page<DriveNode>, StoreError> {
        let limit = bounded(limit);
        let skip = after.and_then(|after| after.parse::<i64>().ok()).unwrap_or(0).max(0);
        let (filter, of) = match shelved {
            Shelved::Folder(parent) => (
                "n.parent = ?2 AND n.binned_at IS NULL ORDER BY n.folder DESC, n.sort_name",
                parent,
            ),
            Shelved::Bin => ("n.binned_at IS NOT NULL AND ?2 = 0 ORDER BY n.binned_at DESC", 0),
        };
        let text = format!("{NODE} WHERE n.space_id = ?1 AND {filter}, n.node LIMIT ?3 OFFSET ?4");
        let rows = sqlx::query(sqlx::AssertSqlSafe(text))
            .bind(space)
            .bind(read::number(of))
            .bind(limit as i64 + 1)
            .bind(skip)
            .fetch_all(&self.readers)
            .await
            .map_err(store_error)?;
        let mut items =
            rows.iter().map(node_of_row).collect::<Result<Vec<_>, _>>().map_err(store_error)?;
        let more = cut(&mut items, limit);
        Ok(Page { items, next: more.then(|| (skip + limit as i64).to_string()) })
    }

    /// From the top down to a place, itself last; empty when there is none.
    pub async fn drive_path(&self, space: Uuid, node: Seq) -> Result<Vec<DriveNode>, StoreError> {
        let mut path = Vec::new();
        let mut at = node;
        while at != 0 {
            let text = format!("{NODE} WHERE n.space_id = ?1 AND n.node = ?2");
            let row = sqlx::query(sqlx::AssertSqlSafe(text))
                .bind(space)
                .bind(read::number(at))
                .fetch_optional(&self.readers)
                .await
                .map_err(store_error)?;
            let Some(row) = row else { break };
            let found = node_of_row(&row).map_err(store_error)?;
            at = found.parent;
            path.push(found);
        }
        path.reverse();
        Ok(path)
    }

    /// The newest first.
    pub async fn drive_versions(
        &self,
        space: Uuid,
        node: Seq,
    ) -> Result<Vec<DriveVersion>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM drive_versions WHERE space_id = ? AND node = ? ORDER BY version DESC",
        )
        .bind(space)
        .bind(read::number(node))
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        let version = |row: &SqliteRow| {
            Ok(DriveVersion {
                seq: read::unsigned(row, "version")?,
                file: file(row, "name")?.ok_or(sqlx::Error::RowNotFound)?,
                at: row.try_get("at")?,
                by: row.try_get::<Option<Uuid>, _>("account_id")?.map(AccountId),
            })
        };
        rows.iter().map(version).collect::<Result<_, _>>().map_err(store_error)
    }

    pub async fn space_members(&self, space: Uuid) -> Result<Vec<SpaceMember>, StoreError> {
        let rows = sqlx::query(
            "SELECT account_id, role FROM drive_members WHERE space_id = ? ORDER BY account_id",
        )
        .bind(space)
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        let member = |row: &SqliteRow| {
            let account = AccountId(row.try_get("account_id")?);
            Ok(SpaceMember { account, role: of_word(row.try_get("role")?)? })
        };
        rows.iter().map(member).collect::<Result<_, _>>().map_err(store_error)
    }

    /// Links of a space without what opens them: that is made from the master key.
    pub async fn drive_links(&self, space: Uuid) -> Result<Vec<DriveLink>, StoreError> {
        let rows = sqlx::query("SELECT * FROM drive_links WHERE space_id = ? ORDER BY link DESC")
            .bind(space)
            .fetch_all(&self.readers)
            .await
            .map_err(store_error)?;
        let link = |row: &SqliteRow| {
            Ok(DriveLink {
                link: read::unsigned(row, "link")?,
                node: read::unsigned(row, "node")?,
                token: String::new(),
                protected: row.try_get("protected")?,
                expires_at: row.try_get("expires_at")?,
                created_at: row.try_get("created_at")?,
            })
        };
        rows.iter().map(link).collect::<Result<_, _>>().map_err(store_error)
    }

    /// A link, unless it is revoked or what it leads to is in the bin.
    pub async fn drive_link(&self, space: Uuid, link: Seq) -> Result<Option<LinkRow>, StoreError> {
        let row = sqlx::query(
            "SELECT l.node, l.expires_at, l.protected, p.password_hash FROM drive_links l \
             LEFT JOIN drive_link_passwords p ON p.space_id = l.space_id AND p.link = l.link \
             WHERE l.space_id = ? AND l.link = ?",
        )
        .bind(space)
        .bind(read::number(link))
        .fetch_optional(&self.readers)
        .await
        .map_err(store_error)?;
        let Some(row) = row else { return Ok(None) };
        let of = || {
            let password_hash: Option<String> = row.try_get("password_hash")?;
            // Protected by what is not here: it opens for nobody.
            let lost = row.try_get::<bool, _>("protected")? && password_hash.is_none();
            Ok((read::unsigned(&row, "node")?, row.try_get("expires_at")?, password_hash, lost))
        };
        let (node, expires_at, password_hash, lost) = of().map_err(store_error)?;
        let leads = self.drive_path(space, node).await?;
        let leads = below(leads, node).and_then(|path| path.into_iter().next());
        let found = leads.filter(|_| !lost);
        Ok(found.map(|node| LinkRow { space, link, node, expires_at, password_hash }))
    }

    /// From a linked place down to one that lies in it, itself last; `None` for any other.
    pub async fn drive_linked(
        &self,
        link: &LinkRow,
        node: Seq,
    ) -> Result<Option<Vec<DriveNode>>, StoreError> {
        Ok(below(self.drive_path(link.space, node).await?, link.node.node))
    }
}

/// The part of a path from `root` on; `None` where it does not lead through there, or through
/// the bin. Whoever comes by a link sees places through this and no other way.
fn below(mut path: Vec<DriveNode>, root: Seq) -> Option<Vec<DriveNode>> {
    let start = path.iter().position(|node| node.node == root)?;
    if path.iter().any(|node| node.binned_at.is_some()) {
        return None;
    }
    Some(path.split_off(start))
}

fn node_of_row(row: &SqliteRow) -> Result<DriveNode, sqlx::Error> {
    Ok(DriveNode {
        node: read::unsigned(row, "node")?,
        parent: read::unsigned(row, "parent")?,
        name: row.try_get("name")?,
        file: file(row, "name")?,
        versions: u32::try_from(read::unsigned(row, "versions")?).unwrap_or(u32::MAX),
        changed_at: row.try_get("changed_at")?,
        binned_at: row.try_get("binned_at")?,
    })
}

/// The version in a row under the name that stands in a column; `None` for a folder.
fn file(row: &SqliteRow, name: &str) -> Result<Option<FileRef>, sqlx::Error> {
    let Some(blob) = row.try_get::<Option<Uuid>, _>("blob_id")? else { return Ok(None) };
    let (name, media_type) = (row.try_get(name)?, row.try_get("type")?);
    Ok(Some(FileRef { blob: BlobId(blob), name, bytes: read::unsigned(row, "bytes")?, media_type }))
}
