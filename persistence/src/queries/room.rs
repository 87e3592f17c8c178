//! The conversation list, members and unread counts. Invariant: unread is the head's tally
//! less what was read or said before joining, nothing where the last word is one's own, and the whispers since, which alone have a row for
//! each who may see them.

use super::{Queries, bounded, cut};
use crate::{
    event_frame, preview,
    project::of_word,
    sqlite::{errors::store_error, read},
};
use kernel::{Viewer, journal::StoreError};
use protocol::{
    AccountId, EntityKind, RoomId, StreamId,
    http::{AccountCard, Conversation, Draft, Page, RoomMember, ThreadState},
    room::{Member, RoomKind},
};
use sqlx::{Row, sqlite::SqliteRow};
use std::collections::HashMap;
use uuid::Uuid;

/// The page is picked by what orders it, so that the rest is read of its rows alone: a person
/// may be in thousands of rooms. One row a conversation; the last message that the account may
/// see comes with it under its own columns: the last counted one, or a whisper to the account
/// that came after it.
const CONVERSATIONS: &str = "WITH page AS ( \
     SELECT m.room_id, m.account_id, m.joined_tally, s.kind, s.head_seq, s.last_at, \
     s.tally AS head_tally, s.last_counted_seq, COALESCE(t.pinned, 0) AS pinned, \
     COALESCE(t.muted, 0) AS muted, t.draft, t.draft_at \
     FROM room_members m JOIN streams s ON s.stream_id = m.room_id \
     LEFT JOIN room_settings t ON t.account_id = m.account_id AND t.room_id = m.room_id \
     WHERE m.account_id = ?1 AND (t.hidden_at IS NULL OR s.last_at > t.hidden_at) \
     AND (COALESCE(t.pinned, 0), s.last_at, s.stream_id) < (?2, ?3, ?4) \
     ORDER BY COALESCE(t.pinned, 0) DESC, s.last_at DESC, s.stream_id DESC LIMIT ?5) \
     SELECT r.kind AS room_kind, r.name, r.members, r.dissolved, r.silenced, p.*, \
     th.service_id, th.asker_id, th.agent_id, th.open AS thread_open, \
     COALESCE(th.asked, 0) AS asked, said.by_account IS p.account_id AS own, \
     COALESCE(c.seq, 0) AS read_seq, COALESCE(c.tally, 0) AS read_tally, \
     CASE WHEN th.asker_id <> p.account_id THEN th.asker_id ELSE \
     (SELECT o.account_id FROM room_members o WHERE o.room_id = r.room_id \
      AND o.account_id <> p.account_id AND r.kind = 'direct' LIMIT 1) END AS peer, \
     edit.body AS edited_body, \
     (SELECT COUNT(*) FROM room_whispers o WHERE o.account_id = p.account_id \
      AND o.room_id = p.room_id AND o.own = 0 AND o.seq > COALESCE(c.seq, 0)) AS whispers, \
     (SELECT COUNT(*) FROM account_hidden h WHERE h.account_id = p.account_id \
      AND h.room_id = p.room_id AND h.seq = e.seq) + \
     (SELECT COUNT(*) FROM account_cleared k WHERE k.account_id = p.account_id \
      AND k.room_id IN (p.room_id, zeroblob(16)) AND (k.seq >= e.seq OR k.at >= e.at)) \
     AS hidden, e.* \
     FROM page p \
     JOIN room_rooms r ON r.room_id = p.room_id \
     LEFT JOIN room_threads th ON th.thread_id = p.room_id AND r.kind = 'service' \
     LEFT JOIN cursors c ON c.account_id = p.account_id AND c.stream_id = p.room_id \
     LEFT JOIN (SELECT room_id, MAX(seq) AS seq FROM room_whispers \
                WHERE account_id = ?1 GROUP BY room_id) w ON w.room_id = p.room_id \
     LEFT JOIN events e ON e.stream_id = p.room_id AND e.seq = \
          CASE WHEN w.seq > p.last_counted_seq THEN w.seq ELSE p.last_counted_seq END \
     LEFT JOIN events said ON said.stream_id = p.room_id AND said.seq = p.last_counted_seq \
     LEFT JOIN room_edits x ON x.room_id = e.stream_id AND x.seq = e.seq \
     LEFT JOIN events edit ON edit.stream_id = x.room_id AND edit.seq = x.edit_seq \
     ORDER BY p.pinned DESC, p.last_at DESC, p.room_id DESC";

struct Line {
    conversation: Conversation,
    room: Uuid,
    peer: Option<AccountId>,
}

impl Line {
    /// Whose agents' signs it shows.
    fn desk(&self) -> Option<RoomId> {
        match &self.conversation.thread {
            Some(thread) => Some(thread.service),
            None => (self.conversation.kind == RoomKind::Desk).then_some(RoomId(self.room)),
        }
    }
}

impl Queries {
    /// Rooms of the account: pinned ones, then the one with the latest event first. Hidden ones
    /// are left out until something happens in them.
    pub async fn conversations(
        &self,
        account: AccountId,
        after: Option<String>,
        limit: usize,
    ) -> Result<Page<Conversation>, StoreError> {
        let limit = bounded(limit);
        let viewer = Viewer::from(account);
        let first = (true, i64::MAX, Uuid::max());
        let (pinned, last_at, room) = after.as_deref().and_then(parse_after).unwrap_or(first);
        let rows = sqlx::query(CONVERSATIONS)
            .bind(account.0)
            .bind(pinned)
            .bind(last_at)
            .bind(room)
            .bind(limit as i64 + 1)
            .fetch_all(&self.readers)
            .await
            .map_err(store_error)?;
        let mut lines = rows
            .iter()
            .map(|row| line(row, &viewer))
            .collect::<Result<Vec<_>, _>>()
            .map_err(store_error)?;
        let more = cut(&mut lines, limit);
        let next = lines.last().filter(|_| more).map(|line| {
            let Conversation { pinned, last_at, .. } = line.conversation;
            format!("{}:{last_at}:{}", u8::from(pinned), line.room)
        });
        let peers: Vec<AccountId> = lines.iter().filter_map(|line| line.peer).collect();
        let cards: HashMap<AccountId, AccountCard> =
            self.cards(&peers).await?.into_iter().map(|card| (card.account, card)).collect();
        let signs = self.signs_of(lines.iter().filter_map(Line::desk)).await?;
        let talks_with_apps = lines.iter().any(|line| line.conversation.kind == RoomKind::App);
        let apps =
            if talks_with_apps { self.app_faces(account).await? } else { HashMap::default() };
        let whole = |line: Line| Conversation {
            peer: line.peer.and_then(|peer| cards.get(&peer).cloned()),
            signs: line.desk().and_then(|desk| signs.get(&desk).cloned()),
            app: apps.get(&RoomId(line.room)).cloned(),
            ..line.conversation
        };
        Ok(Page { items: lines.into_iter().map(whole).collect(), next })
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
            "SELECT s.tally AS head_tally, m.joined_tally, COALESCE(c.tally, 0) AS read_tally, \
             said.by_account IS m.account_id AS own, \
             (SELECT COUNT(*) FROM room_whispers o WHERE o.account_id = m.account_id \
              AND o.room_id = m.room_id AND o.own = 0 AND o.seq > COALESCE(c.seq, 0)) AS whispers \
             FROM room_members m JOIN streams s ON s.stream_id = m.room_id \
             LEFT JOIN cursors c ON c.account_id = m.account_id AND c.stream_id = m.room_id \
             LEFT JOIN events said ON said.stream_id = s.stream_id AND said.seq = s.last_counted_seq \
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
    // Whoever speaks has read what was said before; their cursor follows a moment later.
    let own: bool = row.try_get("own")?;
    let public = if own { 0 } else { read::unsigned(row, "head_tally")?.saturating_sub(seen) };
    Ok(public + read::unsigned(row, "whispers")?)
}

fn line(row: &SqliteRow, viewer: &Viewer) -> Result<Line, sqlx::Error> {
    let room: Uuid = row.try_get("room_id")?;
    let kind: RoomKind = of_word(row.try_get("room_kind")?)?;
    let members = read::unsigned(row, "members")?;
    let edited: Option<String> = row.try_get("edited_body")?;
    let last = match row.try_get::<Option<i64>, _>("seq")? {
        Some(_) if read::unsigned(row, "hidden")? == 0 => {
            let frame = event_frame(&read::event_of_row(row)?, viewer);
            Some(preview::of(frame, edited.as_deref()))
        }
        _ => None,
    };
    let conversation = Conversation {
        stream: StreamId::new(EntityKind::Room, room),
        kind,
        name: row.try_get("name")?,
        peer: None,
        members: u32::try_from(members).unwrap_or(u32::MAX),
        head: read::unsigned(row, "head_seq")?,
        last_at: row.try_get("last_at")?,
        last,
        unread: unread(row)?,
        read: read::unsigned(row, "read_seq")?,
        pinned: row.try_get("pinned")?,
        muted: row.try_get("muted")?,
        dissolved: row.try_get("dissolved")?,
        silenced: row.try_get("silenced")?,
        draft: match row.try_get("draft")? {
            Some(text) => Some(Draft { text, at: row.try_get("draft_at")? }),
            None => None,
        },
        thread: match row.try_get::<Option<Uuid>, _>("service_id")? {
            Some(service) => Some(ThreadState {
                service: RoomId(service),
                asker: AccountId(row.try_get("asker_id")?),
                agent: row.try_get::<Option<Uuid>, _>("agent_id")?.map(AccountId),
                open: row.try_get("thread_open")?,
                asked: row.try_get("asked")?,
            }),
            None => None,
        },
        signs: None,
        app: None,
    };
    let peer = row.try_get::<Option<Uuid>, _>("peer")?.map(AccountId);
    Ok(Line { conversation, room, peer })
}

/// A mark nobody made here starts from the beginning.
fn parse_after(after: &str) -> Option<(bool, i64, Uuid)> {
    let (pinned, rest) = after.split_once(':')?;
    let (last_at, room) = rest.split_once(':')?;
    Some((pinned == "1", last_at.parse().ok()?, room.parse().ok()?))
}
