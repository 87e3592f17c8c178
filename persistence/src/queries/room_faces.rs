//! What a conversation shows of who is on its other side: the signs of a service's agents, and the
//! application. Asked for only where a page of conversations holds such.

use super::Queries;
use crate::sqlite::errors::{corrupt, store_error};
use domain::room::app_room_id;
use kernel::journal::StoreError;
use protocol::{AccountId, EntityKind, RoomId, StreamId, app::AppFace, room::AgentSigns};
use sqlx::{Row, sqlite::SqliteRow};
use std::collections::HashMap;
use uuid::Uuid;

impl Queries {
    /// The signs of these desks' agents, where any were ever set.
    pub(super) async fn signs_of(
        &self,
        desks: impl Iterator<Item = RoomId>,
    ) -> Result<HashMap<RoomId, AgentSigns>, StoreError> {
        let mut found = HashMap::new();
        for desk in desks {
            if found.contains_key(&desk) {
                continue;
            }
            let text: Option<String> =
                sqlx::query_scalar("SELECT signs FROM room_agent_signs WHERE room_id = ?")
                    .bind(desk.0)
                    .fetch_optional(&self.readers)
                    .await
                    .map_err(store_error)?;
            let Some(text) = text else { continue };
            let signs = serde_json::from_str(&text)
                .map_err(|error| store_error(corrupt(format!("agents' signs: {error}"))))?;
            found.insert(desk, signs);
        }
        Ok(found)
    }

    /// The applications that an account talks with, by the room with each: an id follows from
    /// the two, and there are some hundreds of applications at most.
    pub(super) async fn app_faces(
        &self,
        account: AccountId,
    ) -> Result<HashMap<RoomId, AppFace>, StoreError> {
        let rows = sqlx::query("SELECT app_id, icon FROM app_apps")
            .fetch_all(&self.readers)
            .await
            .map_err(store_error)?;
        let face = |row: &SqliteRow| {
            let app: Uuid = row.try_get("app_id")?;
            let icon: Option<String> = row.try_get("icon")?;
            let icon = icon.map(|icon| serde_json::from_str(&icon)).transpose();
            let icon = icon.map_err(|error| corrupt(format!("an icon: {error}")))?;
            let room = app_room_id(app, account);
            Ok((room, AppFace { app: StreamId::new(EntityKind::App, app), icon }))
        };
        rows.iter().map(face).collect::<Result<_, _>>().map_err(store_error)
    }
}
