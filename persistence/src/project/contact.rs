//! Tables of who may talk to whom. Invariant: the words of a request are here only while it
//! waits for an answer.

use super::room_groups::run;
use crate::sqlite::errors::corrupt;
use kernel::journal::StoredEvent;
use protocol::{
    AccountId,
    contact::{ContactEvent, ContactRulesEvent},
};
use sqlx::SqliteConnection;

const PAIR: &str = "INSERT INTO contact_pairs (contact_id, one_id, other_id, changed_at) \
     VALUES (?, ?, ?, ?) ON CONFLICT (contact_id) DO UPDATE SET changed_at = excluded.changed_at";
const ASKED: &str = "UPDATE contact_pairs SET asker_id = ?, asked_text = ? WHERE contact_id = ?";
const GRANTED: &str = "UPDATE contact_pairs SET asker_id = NULL, asked_text = NULL, \
     granted_until = ?, changed_at = ? WHERE contact_id = ?";
const ANSWERED: &str = "UPDATE contact_pairs SET asker_id = NULL, asked_text = NULL, \
     changed_at = ? WHERE contact_id = ?";
const BLOCKS: &str = "UPDATE contact_pairs SET \
     one_blocks = CASE WHEN one_id = ?1 THEN ?2 ELSE one_blocks END, \
     other_blocks = CASE WHEN other_id = ?1 THEN ?2 ELSE other_blocks END WHERE contact_id = ?3";

pub(super) async fn apply(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    words: ContactEvent,
) -> Result<(), sqlx::Error> {
    let contact = event.stream.id;
    match words {
        ContactEvent::ContactAsked(body) => {
            pair(connection, event, body.asker, body.peer).await?;
            let row = sqlx::query(ASKED).bind(body.asker.0).bind(body.text).bind(contact);
            run(connection, row).await
        }
        ContactEvent::ContactAccepted(body) => {
            let row = sqlx::query(GRANTED).bind(body.until).bind(event.at).bind(contact);
            run(connection, row).await
        }
        ContactEvent::ContactRefused(_) => {
            run(connection, sqlx::query(ANSWERED).bind(event.at).bind(contact)).await
        }
        ContactEvent::ContactEnded(_) => {
            let over = sqlx::query(GRANTED).bind(None::<i64>).bind(event.at).bind(contact);
            run(connection, over).await
        }
        ContactEvent::ContactBlocked(body) => {
            pair(connection, event, body.account, body.peer).await?;
            let row = sqlx::query(BLOCKS).bind(body.account.0).bind(true).bind(contact);
            run(connection, row).await
        }
        ContactEvent::ContactUnblocked(body) => {
            let row = sqlx::query(BLOCKS).bind(body.account.0).bind(false).bind(contact);
            run(connection, row).await
        }
    }
}

async fn pair(
    connection: &mut SqliteConnection,
    event: &StoredEvent,
    a: AccountId,
    b: AccountId,
) -> Result<(), sqlx::Error> {
    let (one, other) = if a < b { (a, b) } else { (b, a) };
    let row = sqlx::query(PAIR).bind(event.stream.id).bind(one.0).bind(other.0).bind(event.at);
    run(connection, row).await
}

pub(super) async fn rules(
    connection: &mut SqliteConnection,
    words: ContactRulesEvent,
) -> Result<(), sqlx::Error> {
    match words {
        ContactRulesEvent::ContactRuleSet(set) => {
            let text = serde_json::to_string(&set.rule)
                .map_err(|error| corrupt(format!("not written: {error}")))?;
            let row = sqlx::query(
                "INSERT INTO contact_rules (rule_id, rule) VALUES (?, ?) \
                 ON CONFLICT (rule_id) DO UPDATE SET rule = excluded.rule",
            );
            run(connection, row.bind(set.rule.rule).bind(text)).await
        }
        ContactRulesEvent::ContactRuleRemoved(removed) => {
            let gone = sqlx::query("DELETE FROM contact_rules WHERE rule_id = ?");
            run(connection, gone.bind(removed.rule)).await
        }
        ContactRulesEvent::ContactGrantSet(set) => {
            let row = sqlx::query(
                "INSERT INTO contact_settings (settings_id, grant_seconds) VALUES (1, ?) \
                 ON CONFLICT (settings_id) DO UPDATE SET grant_seconds = excluded.grant_seconds",
            );
            run(connection, row.bind(set.grant_seconds)).await
        }
    }
}
