//! Who has read a message, of any age: members whose cursor stands on it or after. Invariant:
//! no row is written per message and reader; what it costs depends on the members of the room
//! and not on how much was said. Whether the asker may know is decided above.

use super::{Queries, bounded, cut, names};
use crate::{
    project::of_word,
    sqlite::{errors::store_error, read},
};
use kernel::journal::StoreError;
use protocol::{
    AccountId, RoomId, Seq, StreamId, UnitId,
    http::{Page, Reader, UnitReaders},
    room::MemberRole,
};
use sqlx::{AssertSqlSafe, Row, sqlite::SqliteRow};
use std::collections::HashMap;
use uuid::Uuid;

/// Members of the room `?1` who were in it when `?2` was said, without its author `?3`.
const READERS: &str = "FROM room_members m \
     LEFT JOIN cursors c ON c.stream_id = m.room_id AND c.account_id = m.account_id \
     WHERE m.room_id = ?1 AND m.joined_seq <= ?2 AND m.account_id <> ?3";
/// Of a whisper its readers alone. Left out elsewhere: asked in vain of a hundred thousand
/// members it costs as much as the rest.
const WHISPERED: &str = " AND EXISTS (SELECT 1 FROM room_whispers w \
     WHERE w.account_id = m.account_id AND w.room_id = m.room_id AND w.seq = ?2)";

/// Messages whose counts are read in one pass.
pub const READ_COUNTS_MAX: usize = 10;

/// A message, as far as its readers are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageOf {
    pub room: RoomId,
    pub seq: Seq,
    pub author: AccountId,
    pub whisper: bool,
}

impl MessageOf {
    /// Its readers, from the word `FROM` on.
    fn readers(&self) -> String {
        [READERS, if self.whisper { WHISPERED } else { "" }].concat()
    }
}

impl Queries {
    /// The message of this number; `None`: something else has the number, or nothing.
    pub async fn message_of(
        &self,
        room: RoomId,
        seq: Seq,
    ) -> Result<Option<MessageOf>, StoreError> {
        let row = sqlx::query(
            "SELECT by_account, audience IS NOT NULL AS whisper FROM events \
             WHERE stream_id = ? AND seq = ? AND type = 'room.message_sent'",
        )
        .bind(room.0)
        .bind(read::number(seq))
        .fetch_optional(&self.readers)
        .await
        .map_err(store_error)?;
        let of = |row: SqliteRow| {
            let author: Option<Uuid> = row.try_get("by_account")?;
            let author = AccountId(author.unwrap_or_default());
            Ok(MessageOf { room, seq, author, whisper: row.try_get("whisper")? })
        };
        row.map(of).transpose().map_err(store_error)
    }

    pub async fn role_in(
        &self,
        room: RoomId,
        account: AccountId,
    ) -> Result<Option<MemberRole>, StoreError> {
        let role: Option<String> = sqlx::query_scalar(
            "SELECT role FROM room_members WHERE room_id = ? AND account_id = ?",
        )
        .bind(room.0)
        .bind(account.0)
        .fetch_optional(&self.readers)
        .await
        .map_err(store_error)?;
        role.map(of_word).transpose().map_err(store_error)
    }

    /// How many of each unit have read the message, and how many not; the largest unit first.
    pub async fn readers_by_unit(
        &self,
        message: MessageOf,
    ) -> Result<Vec<UnitReaders>, StoreError> {
        let with_units = "CROSS JOIN account_accounts a INDEXED BY account_accounts_unit_of WHERE";
        let text = format!(
            "SELECT g.unit_id, g.read, g.members, u.name_zh, u.name_ug, u.name_en FROM ( \
             SELECT a.unit_id, SUM(COALESCE(c.seq, 0) >= ?2) AS read, COUNT(*) AS members \
             {} AND a.account_id = m.account_id GROUP BY a.unit_id) g \
             LEFT JOIN account_units u ON u.unit_id = g.unit_id \
             ORDER BY g.members DESC, g.unit_id",
            message.readers().replacen("WHERE", with_units, 1)
        );
        let rows = sqlx::query(AssertSqlSafe(text))
            .bind(message.room.0)
            .bind(read::number(message.seq))
            .bind(message.author.0)
            .fetch_all(&self.readers)
            .await
            .map_err(store_error)?;
        let unit = |row: &SqliteRow| {
            let read = narrow(read::unsigned(row, "read")?);
            let members = narrow(read::unsigned(row, "members")?);
            Ok(UnitReaders {
                unit: UnitId(row.try_get("unit_id")?),
                names: match row.try_get::<Option<String>, _>("name_zh")? {
                    Some(_) => names(row, "name_zh", "name_ug", "name_en")?,
                    None => protocol::account::Names::default(),
                },
                read,
                unread: members.saturating_sub(read),
            })
        };
        rows.iter().map(unit).collect::<Result<_, _>>().map_err(store_error)
    }

    /// Those who have read the message, or those who have not, in the order of their ids.
    pub async fn readers_page(
        &self,
        message: MessageOf,
        have_read: bool,
        after: Option<String>,
        limit: usize,
    ) -> Result<Page<Reader>, StoreError> {
        let limit = bounded(limit);
        let after: Uuid = after.and_then(|after| after.parse().ok()).unwrap_or_default();
        let text = format!(
            "SELECT m.account_id, c.at {} AND (COALESCE(c.seq, 0) >= ?2) = ?4 \
             AND m.account_id > ?5 ORDER BY m.account_id LIMIT ?6",
            message.readers()
        );
        let rows = sqlx::query(AssertSqlSafe(text))
            .bind(message.room.0)
            .bind(read::number(message.seq))
            .bind(message.author.0)
            .bind(have_read)
            .bind(after)
            .bind(limit as i64 + 1)
            .fetch_all(&self.readers)
            .await
            .map_err(store_error)?;
        let place = |row: &SqliteRow| -> Result<(AccountId, Option<i64>), sqlx::Error> {
            Ok((AccountId(row.try_get("account_id")?), row.try_get("at")?))
        };
        let mut places =
            rows.iter().map(place).collect::<Result<Vec<_>, _>>().map_err(store_error)?;
        let more = cut(&mut places, limit);
        let next = places.last().filter(|_| more).map(|(account, _)| account.to_string());
        let ids: Vec<AccountId> = places.iter().map(|(account, _)| *account).collect();
        let at: HashMap<AccountId, Option<i64>> = places.into_iter().collect();
        let reader = |card: protocol::http::AccountCard| {
            // How far somebody had read before says nothing about this message.
            let at = at.get(&card.account).copied().flatten().filter(|_| have_read);
            Reader { card, at }
        };
        let items = self.cards(&ids).await?.into_iter().map(reader).collect();
        Ok(Page { items, next })
    }

    /// The last messages of these authors in a room, newest first.
    pub async fn last_messages(
        &self,
        room: RoomId,
        among_last: u64,
    ) -> Result<Vec<MessageOf>, StoreError> {
        let rows = sqlx::query(
            "SELECT e.seq, e.by_account FROM streams s JOIN events e ON e.stream_id = s.stream_id \
             WHERE s.stream_id = ? AND e.seq > s.head_seq - ? AND e.type = 'room.message_sent' \
             AND e.audience IS NULL AND e.by_account IS NOT NULL ORDER BY e.seq DESC",
        )
        .bind(room.0)
        .bind(read::number(among_last))
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        let of = |row: &SqliteRow| {
            let (seq, author) = (read::unsigned(row, "seq")?, row.try_get("by_account")?);
            Ok(MessageOf { room, seq, author: AccountId(author), whisper: false })
        };
        rows.iter().map(of).collect::<Result<_, _>>().map_err(store_error)
    }

    /// How many have read each of these messages of one room, in one pass over its members;
    /// of more than [`READ_COUNTS_MAX`] the first.
    pub async fn read_counts(
        &self,
        stream: StreamId,
        messages: &[MessageOf],
    ) -> Result<Vec<u32>, StoreError> {
        let messages = &messages[..messages.len().min(READ_COUNTS_MAX)];
        let Some(oldest) = messages.iter().map(|message| message.seq).min() else {
            return Ok(Vec::new());
        };
        let one = "COALESCE(SUM(c.seq >= ? AND m.joined_seq <= ? AND m.account_id <> ?), 0)";
        let text = format!(
            "SELECT {} FROM cursors c JOIN room_members m ON m.room_id = c.stream_id \
             AND m.account_id = c.account_id WHERE c.stream_id = ? AND c.seq >= ?",
            vec![one; messages.len()].join(", ")
        );
        let counted = messages.iter().fold(sqlx::query(AssertSqlSafe(text)), |query, message| {
            let seq = read::number(message.seq);
            query.bind(seq).bind(seq).bind(message.author.0)
        });
        let row = counted
            .bind(stream.id)
            .bind(read::number(oldest))
            .fetch_one(&self.readers)
            .await
            .map_err(store_error)?;
        (0..messages.len())
            .map(|n| row.try_get::<i64, _>(n).map(|count| u32::try_from(count).unwrap_or(0)))
            .collect::<Result<_, _>>()
            .map_err(store_error)
    }
}

fn narrow(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
