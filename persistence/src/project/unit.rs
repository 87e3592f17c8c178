//! The table of the organisation tree.

use super::{path_text, word};
use kernel::journal::StoredEvent;
use protocol::{
    UnitId, UnitPath,
    unit::{UnitCreated, UnitEvent},
};
use sqlx::SqliteConnection;
use uuid::Uuid;

pub(super) async fn apply(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    words: UnitEvent,
) -> Result<(), sqlx::Error> {
    match words {
        UnitEvent::UnitCreated(body) => created(connection, event.stream.id, body).await,
        UnitEvent::UnitRenamed(body) => sqlx::query(
            "UPDATE account_units SET name_zh = ?, name_ug = ?, name_en = ? WHERE unit_id = ?",
        )
        .bind(body.names.zh)
        .bind(body.names.ug)
        .bind(body.names.en)
        .bind(event.stream.id)
        .execute(connection)
        .await
        .map(|_| ()),
    }
}

async fn created(
    connection: &mut SqliteConnection,
    unit: Uuid,
    body: UnitCreated,
) -> Result<(), sqlx::Error> {
    let above = body.path.0.len().checked_sub(2).and_then(|parent| body.path.0.get(..=parent));
    let above = UnitPath(above.unwrap_or_default().to_vec());
    let place = place(connection, &above).await?;
    sqlx::query(
        "INSERT INTO account_units (unit_id, parent_id, kind, name_zh, name_ug, name_en, path, \
         rank, place_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(unit)
    .bind(above.unit().map(|parent| parent.0))
    .bind(word(&body.kind))
    .bind(body.names.zh)
    .bind(body.names.ug)
    .bind(body.names.en)
    .bind(path_text(&body.path))
    .bind(i64::from(body.rank))
    .bind(place)
    .execute(connection)
    .await
    .map(|_| ())
}

/// The nearest hall among the ancestors, or else the nearest county.
async fn place(
    connection: &mut SqliteConnection,
    above: &UnitPath,
) -> Result<Option<Uuid>, sqlx::Error> {
    let mut county = None;
    for UnitId(unit) in above.0.iter().rev() {
        let kind: Option<String> =
            sqlx::query_scalar("SELECT kind FROM account_units WHERE unit_id = ?")
                .bind(*unit)
                .fetch_optional(&mut *connection)
                .await?;
        match kind.as_deref() {
            Some("hall") => return Ok(Some(*unit)),
            Some("county") if county.is_none() => county = Some(*unit),
            _ => {}
        }
    }
    Ok(county)
}
