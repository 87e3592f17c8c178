//! The conversation list, members and unread counts. Invariant: unread is the head's tally
//! less what was read or said before joining; no row is written per recipient.

use super::{Queries, bounded, cut};
use crate::{
    event_frame,
    project::of_word,
    sqlite::{errors::store_error, read},
};
use kernel::journal::StoreError;
use protocol::{
    AccountId, EntityKind, RoomId, StreamId,
    http::{AccountCard, Conversation, Page, RoomMember},
    room::{Member, RoomKind},
};
use sqlx::{Row, sqlite::SqliteRow};
use std::collections::HashMap;
use uuid::Uuid;

/// One row a conversation; the last counted event comes with it under its own columns.
const CONVERSATIONS: &str = "SELECT r.kind AS room_kind, r.name, s.head_seq, s.last_at, \
     s.tally AS head_tally, m.joined_tally, \
     COALESCE(c.seq, 0) AS read_seq, COALESCE(c.tally, 0) AS read_tally, \
     (SELECT COUNT(*) FROM room_members o WHERE o.room_id = r.room_id) AS members, \
     (SELECT o.account_id FROM room_members o WHERE o.room_id = r.room_id \
      AND o.account_id <> m.account_id AND r.kind = 'direct' LIMIT 1) AS peer, \
     r.room_id, s.kind, s.last_counted_seq, e.* \
     FROM room_members m \
     JOIN room_rooms r ON r.room_id = m.room_id \
     JOIN streams s ON s.stream_id = m.room_id \
     LEFT JOIN cursors c ON c.account_id = m.account_id AND c.stream_id = m.room_id \
     LEFT JOIN events e ON e.stream_id = s.stream_id AND e.seq = s.last_counted_seq \
     WHERE m.account_id = ?1 \
     AND (s.last_at < ?2 OR (s.last_at = ?2 AND s.stream_id < ?3)) \
     ORDER BY s.last_at DESC, s.stream_id DESC LIMIT ?4";

struct Line {
    conversation: Conversation,
    room: Uuid,
    peer: Option<AccountId>,
}

impl Queries {
    /// Rooms of the account, the one with the latest event first.
    pub async fn conversations(
        &self,
        account: AccountId,
        after: Option<String>,
        limit: usize,
    ) -> Result<Page<Conversation>, StoreError> {
        let limit = bounded(limit);
        let first = (i64::MAX, Uuid::max());
        let (last_at, room) = after.as_deref().and_then(parse_after).unwrap_or(first);
        let rows = sqlx::query(CONVERSATIONS)
            .bind(account.0)
            .bind(last_at)
            .bind(room)
            .bind(limit as i64 + 1)
            .fetch_all(&self.readers)
            .await
            .map_err(store_error)?;
        let mut lines =
            rows.iter().map(line).collect::<Result<Vec<_>, _>>().map_err(store_error)?;
        let more = cut(&mut lines, limit);
        let next = lines
            .last()
            .filter(|_| more)
            .map(|line| format!("{}:{}", line.conversation.last_at, line.room));
        let peers: Vec<AccountId> = lines.iter().filter_map(|line| line.peer).collect();
        let cards: HashMap<AccountId, AccountCard> =
            self.cards(&peers).await?.into_iter().map(|card| (card.account, card)).collect();
        let with_peer = |line: Line| Conversation {
            peer: line.peer.and_then(|peer| cards.get(&peer).cloned()),
            ..line.conversation
        };
        Ok(Page { items: lines.into_iter().map(with_peer).collect(), next })
    }

    /// Members in the order of their ids.
    pub async fn room_members(
        &self,
        room: RoomId,
        after: Option<String>,
        limit: usize,
    ) -> Result<Page<RoomMember>, StoreError> {
        let limit = bounded(limit);
        let after: Uuid = after.and_then(|after| after.parse().ok()).unwrap_or_default();
        let rows = sqlx::query(
            "SELECT account_id, role FROM room_members WHERE room_id = ? AND account_id > ? \
             ORDER BY account_id LIMIT ?",
        )
        .bind(room.0)
        .bind(after)
        .bind(limit as i64 + 1)
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        let member = |row: &SqliteRow| {
            let account = AccountId(row.try_get("account_id")?);
            Ok(Member { account, role: of_word(row.try_get("role")?)? })
        };
        let mut members =
            rows.iter().map(member).collect::<Result<Vec<_>, _>>().map_err(store_error)?;
        let more = cut(&mut members, limit);
        let next = members.last().filter(|_| more).map(|member| member.account.to_string());
        let ids: Vec<AccountId> = members.iter().map(|member| member.account).collect();
        let cards = self.cards(&ids).await?;
        let of = |member: Member| {
            let card = cards.iter().find(|card| card.account == member.account)?.clone();
            Some(RoomMember { member, card })
        };
        Ok(Page { items: members.into_iter().filter_map(of).collect(), next })
    }

    /// Events of the stream that count and that the account has not read; 0 for who is no
    /// member.
    pub async fn unread(&self, account: AccountId, stream: StreamId) -> Result<u64, StoreError> {
        let row = sqlx::query(
            "SELECT s.tally AS head_tally, m.joined_tally, COALESCE(c.tally, 0) AS read_tally \
             FROM room_members m JOIN streams s ON s.stream_id = m.room_id \
             LEFT JOIN cursors c ON c.account_id = m.account_id AND c.stream_id = m.room_id \
             WHERE m.account_id = ? AND m.room_id = ? AND s.kind = ?",
        )
        .bind(account.0)
        .bind(stream.id)
        .bind(stream.kind.name())
        .fetch_optional(&self.readers)
        .await
        .map_err(store_error)?;
        row.map_or(Ok(0), |row| unread(&row).map_err(store_error))
    }
}

fn unread(row: &SqliteRow) -> Result<u64, sqlx::Error> {
    let seen = read::unsigned(row, "read_tally")?.max(read::unsigned(row, "joined_tally")?);
    Ok(read::unsigned(row, "head_tally")?.saturating_sub(seen))
}

fn line(row: &SqliteRow) -> Result<Line, sqlx::Error> {
    let room: Uuid = row.try_get("room_id")?;
    let kind: RoomKind = of_word(row.try_get("room_kind")?)?;
    let members = read::unsigned(row, "members")?;
    let counted = read::unsigned(row, "last_counted_seq")?;
    let last = if counted == 0 { None } else { Some(read::event_of_row(row)?) };
    let conversation = Conversation {
        stream: StreamId::new(EntityKind::Room, room),
        kind,
        name: row.try_get("name")?,
        peer: None,
        members: u32::try_from(members).unwrap_or(u32::MAX),
        head: read::unsigned(row, "head_seq")?,
        last_at: row.try_get("last_at")?,
        last: last.as_ref().map(event_frame),
        unread: unread(row)?,
        read: read::unsigned(row, "read_seq")?,
    };
    let peer = row.try_get::<Option<Uuid>, _>("peer")?.map(AccountId);
    Ok(Line { conversation, room, peer })
}

/// A mark nobody made here starts from the beginning.
fn parse_after(after: &str) -> Option<(i64, Uuid)> {
    let (last_at, room) = after.split_once(':')?;
    Some((last_at.parse().ok()?, room.parse().ok()?))
}
