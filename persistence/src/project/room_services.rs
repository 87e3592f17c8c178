//! Tables of services: threads, who has them, who follows, agents' signs and answers.

use super::room_groups::run;
use crate::sqlite::errors::corrupt;
use kernel::journal::StoredEvent;
use protocol::room::*;
use sqlx::SqliteConnection;

pub(super) async fn apply(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    words: RoomEvent,
) -> Result<(), sqlx::Error> {
    let thread = event.stream.id;
    match words {
        RoomEvent::AnswersSet(body) => {
            let answers = serde_json::to_string(&body.answers)
                .map_err(|error| corrupt(format!("canned answers: {error}")))?;
            let row = sqlx::query(
                "INSERT INTO room_answers (room_id, answers) VALUES (?, ?) \
                 ON CONFLICT (room_id) DO UPDATE SET answers = excluded.answers",
            );
            run(connection, row.bind(event.stream.id).bind(answers)).await
        }
        RoomEvent::AgentSignsSet(body) => {
            let signs = serde_json::to_string(&body.signs)
                .map_err(|error| corrupt(format!("agents' signs: {error}")))?;
            let row = sqlx::query(
                "INSERT INTO room_agent_signs (room_id, signs) VALUES (?, ?) \
                 ON CONFLICT (room_id) DO UPDATE SET signs = excluded.signs",
            );
            run(connection, row.bind(event.stream.id).bind(signs)).await
        }
        RoomEvent::ServiceFollowed(body) => {
            let row = sqlx::query(
                "INSERT INTO room_threads (thread_id, service_id, asker_id, open, since, asked) \
                 VALUES (?, ?, ?, 0, ?, 0) ON CONFLICT (thread_id) DO UPDATE SET followed = 1",
            );
            let row = row.bind(thread).bind(body.service.0).bind(body.asker.0);
            run(connection, row.bind(event.at)).await
        }
        RoomEvent::ServiceUnfollowed(_) => {
            let change = sqlx::query("UPDATE room_threads SET followed = 0 WHERE thread_id = ?");
            run(connection, change.bind(thread)).await
        }
        RoomEvent::ThreadOpened(body) => {
            let row = sqlx::query(
                "INSERT INTO room_threads (thread_id, service_id, asker_id, open, since) \
                 VALUES (?, ?, ?, 1, ?) ON CONFLICT (thread_id) DO UPDATE \
                 SET open = 1, agent_id = NULL, since = excluded.since, followed = 1, asked = 1",
            );
            let row = row.bind(thread).bind(body.service.0).bind(body.asker.0);
            run(connection, row.bind(event.at)).await
        }
        RoomEvent::ThreadAssigned(body) => {
            let change =
                sqlx::query("UPDATE room_threads SET agent_id = ?, since = ? WHERE thread_id = ?");
            run(connection, change.bind(body.account.0).bind(event.at).bind(thread)).await
        }
        RoomEvent::ThreadClosed(_) => {
            let change = sqlx::query(
                "UPDATE room_threads SET open = 0, agent_id = NULL, since = ? WHERE thread_id = ?",
            );
            run(connection, change.bind(event.at).bind(thread)).await
        }
        _ => Ok(()),
    }
}
