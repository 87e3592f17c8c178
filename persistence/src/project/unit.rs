//! The table of the organisation tree.
//! Invariants: a path is made from the parent's row and never from an event, whose path was
//! true only when it was decided; no open unit stands below a closed one, and nothing stands
//! below itself. Two commands about two units may have been decided side by side: they are
//! written here one after the other, in the order of commit, and the later of two that do not
//! go together is refused (a store with several writers locks the parent's row for that).

use super::{path_text, refused, word};
use crate::queries::OPEN_BELOW;
use crate::sqlite::errors::corrupt;
use kernel::journal::StoredEvent;
use protocol::{
    UnitPath,
    unit::{UnitCreated, UnitEvent, UnitMoved, UnitRenamed, Visibility},
};
use sqlx::{Row, SqliteConnection};
use uuid::Uuid;

/// Rewrites the paths and places of a unit and everything below it.
/// `?1` unit, `?2` its place, `?3` its new path, `?4` where the rest of an old path begins.
const MOVE: &str = "WITH RECURSIVE below (unit_id, kind, place_id) AS ( \
       SELECT unit_id, kind, ?2 FROM account_units WHERE unit_id = ?1 \
       UNION ALL \
       SELECT u.unit_id, u.kind, \
         CASE WHEN b.kind IN ('hall', 'county') THEN b.unit_id ELSE b.place_id END \
       FROM account_units u JOIN below b ON u.parent_id = b.unit_id) \
     UPDATE account_units SET place_id = below.place_id, \
       path = ?3 || substr(account_units.path, ?4) \
     FROM below WHERE below.unit_id = account_units.unit_id";

pub(super) async fn apply(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    words: UnitEvent,
) -> Result<(), sqlx::Error> {
    let unit = event.stream.id;
    match words {
        UnitEvent::UnitCreated(body) => created(connection, unit, body).await,
        UnitEvent::UnitRenamed(body) => renamed(connection, unit, body).await,
        UnitEvent::UnitMoved(body) => moved(connection, unit, body).await,
        UnitEvent::VisibilitySet(set) => {
            let text = serde_json::to_string(&set.visible)
                .map_err(|error| corrupt(format!("not written: {error}")))?;
            // Seen by everybody is written as nothing: there are few limits in a large tree.
            let text = Some(text).filter(|_| set.visible != Visibility::All {});
            sqlx::query("UPDATE account_units SET visible = ? WHERE unit_id = ?")
                .bind(text)
                .bind(unit)
                .execute(connection)
                .await
                .map(|_| ())
        }
        UnitEvent::UnitClosed(_) => {
            if has_open_units(connection, unit).await? {
                return Err(refused("unit.has_open_units"));
            }
            set_closed(connection, unit, true).await
        }
        UnitEvent::UnitReopened(_) => {
            let parent: Option<Uuid> =
                sqlx::query_scalar("SELECT parent_id FROM account_units WHERE unit_id = ?")
                    .bind(unit)
                    .fetch_one(&mut *connection)
                    .await?;
            if let Some(parent) = parent {
                open_parent(connection, parent).await?;
            }
            set_closed(connection, unit, false).await
        }
    }
}

async fn created(
    connection: &mut SqliteConnection,
    unit: Uuid,
    body: UnitCreated,
) -> Result<(), sqlx::Error> {
    let parent = match body.path.0.iter().rev().nth(1) {
        Some(parent) => Some(open_parent(connection, parent.0).await?),
        None => None,
    };
    let path = match &parent {
        Some(parent) => parent.path_of(unit),
        None => path_text(&UnitPath(body.path.0)),
    };
    sqlx::query(
        "INSERT INTO account_units (unit_id, parent_id, kind, name_zh, name_ug, name_en, path, \
         rank, place_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(unit)
    .bind(parent.as_ref().map(|parent| parent.unit))
    .bind(word(&body.kind))
    .bind(body.names.zh)
    .bind(body.names.ug)
    .bind(body.names.en)
    .bind(path)
    .bind(i64::from(body.rank))
    .bind(parent.and_then(|parent| parent.place))
    .execute(connection)
    .await
    .map(|_| ())
}

async fn renamed(
    connection: &mut SqliteConnection,
    unit: Uuid,
    body: UnitRenamed,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE account_units SET name_zh = ?, name_ug = ?, name_en = ? WHERE unit_id = ?")
        .bind(body.names.zh)
        .bind(body.names.ug)
        .bind(body.names.en)
        .bind(unit)
        .execute(connection)
        .await
        .map(|_| ())
}

async fn moved(
    connection: &mut SqliteConnection,
    unit: Uuid,
    body: UnitMoved,
) -> Result<(), sqlx::Error> {
    let parent = open_parent(connection, body.parent.0).await?;
    let path: String = sqlx::query_scalar("SELECT path FROM account_units WHERE unit_id = ?")
        .bind(unit)
        .fetch_one(&mut *connection)
        .await?;
    // The kinds alone rule this out; a tree from before they did is caught here.
    if parent.path.starts_with(&path) {
        return Err(refused("unit.below_itself"));
    }
    sqlx::query("UPDATE account_units SET parent_id = ?, rank = ? WHERE unit_id = ?")
        .bind(parent.unit)
        .bind(i64::from(body.rank))
        .bind(unit)
        .execute(&mut *connection)
        .await?;
    sqlx::query(MOVE)
        .bind(unit)
        .bind(parent.place)
        .bind(parent.path_of(unit))
        .bind(path.len() as i64 + 1)
        .execute(connection)
        .await
        .map(|_| ())
}

async fn set_closed(
    connection: &mut SqliteConnection,
    unit: Uuid,
    closed: bool,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE account_units SET closed = ? WHERE unit_id = ?")
        .bind(closed)
        .bind(unit)
        .execute(connection)
        .await
        .map(|_| ())
}

async fn has_open_units(
    connection: &mut SqliteConnection,
    unit: Uuid,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(OPEN_BELOW).bind(unit).fetch_one(connection).await
}

/// What a unit inherits from the one above it.
struct Parent {
    unit: Uuid,
    path: String,
    /// The nearest hall, or else the nearest county, from here upwards.
    place: Option<Uuid>,
}

impl Parent {
    fn path_of(&self, unit: Uuid) -> String {
        format!("{}{unit}/", self.path)
    }
}

async fn open_parent(connection: &mut SqliteConnection, unit: Uuid) -> Result<Parent, sqlx::Error> {
    let row = sqlx::query(
        "SELECT path, closed, \
         CASE WHEN kind IN ('hall', 'county') THEN unit_id ELSE place_id END AS place \
         FROM account_units WHERE unit_id = ?",
    )
    .bind(unit)
    .fetch_optional(connection)
    .await?
    .ok_or_else(|| refused("unit.parent_not_found"))?;
    if row.try_get("closed")? {
        return Err(refused("unit.parent_closed"));
    }
    Ok(Parent { unit, path: row.try_get("path")?, place: row.try_get("place")? })
}
