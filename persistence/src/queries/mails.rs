//! Boxes of micro-mails over all conversations of a person. Invariant: a mail is in a box only
//! where its message may be seen: by a member, in a whisper's audience, neither deleted for
//! oneself nor taken back; and it leaves here through the same viewer as every message.

use super::{Queries, bounded, cut};
use crate::{
    event_frame,
    project::of_word,
    sqlite::{
        errors::{corrupt, store_error},
        read,
    },
};
use kernel::{Viewer, journal::StoreError};
use protocol::{
    AccountId, EntityKind, Millis, RoomId, StreamId,
    account::AccountEvent,
    http::AccountCard,
    mail::{KeptDraft, MailBox, MailItem, MailPage},
    room::{Part, RoomEvent},
    search::FoundRoom,
};
use sqlx::{Row, sqlite::SqliteRow};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// Pages that are read for one where only what fits a question is shown: the next one goes on.
const LOOKS_MAX: usize = 10;
const LOOK_ROWS: usize = 200;

/// What is asked of a box.
#[derive(Clone, Debug)]
pub struct MailRequest {
    pub account: AccountId,
    pub which: MailBox,
    /// Only of this conversation.
    pub room: Option<RoomId>,
    /// Words that must all be found.
    pub text: Option<String>,
    /// `next` of the page before.
    pub cursor: Option<String>,
    pub limit: usize,
}

/// Mails that the account ?1 may see; ?2: of one room, or NULL. `seen`: opened, or marked.
macro_rules! mails {
    ($rest:literal) => {
        concat!(
            "WITH mine AS ( \
             SELECT l.*, l.by_account IS NOT ?1 AND l.seq > m.joined_seq AS received, \
             EXISTS (SELECT 1 FROM account_mail_reads o WHERE o.account_id = ?1 \
              AND o.room_id = l.room_id AND o.seq = l.seq) OR \
             EXISTS (SELECT 1 FROM account_mail_marks o WHERE o.account_id = ?1 \
              AND o.room_id IN (l.room_id, zeroblob(16)) AND o.until >= l.at) AS seen \
             FROM room_members m JOIN room_mails l ON l.room_id = m.room_id \
             WHERE m.account_id = ?1 AND (?2 IS NULL OR m.room_id = ?2) \
             AND (l.whispered = 0 OR EXISTS (SELECT 1 FROM room_whispers w \
              WHERE w.account_id = ?1 AND w.room_id = l.room_id AND w.seq = l.seq)) \
             AND NOT EXISTS (SELECT 1 FROM account_hidden h WHERE h.account_id = ?1 \
              AND h.room_id = l.room_id AND h.seq = l.seq) \
             AND NOT EXISTS (SELECT 1 FROM account_cleared k WHERE k.account_id = ?1 \
              AND k.room_id IN (l.room_id, zeroblob(16)) AND (k.seq >= l.seq OR k.at >= l.at))) ",
            $rest
        )
    };
}

/// ?3: 0 received, 1 sent, 2 unread. Picked by their keys; bodies are read of the page alone.
const PAGE: &str = mails!(
    ", page AS (SELECT * FROM mine \
     WHERE CASE ?3 WHEN 0 THEN received WHEN 1 THEN by_account IS ?1 ELSE received AND NOT seen END \
     AND (at, room_id, seq) < (?4, ?5, ?6) ORDER BY at DESC, room_id DESC, seq DESC LIMIT ?7) \
     SELECT p.received, p.seen, edit.body AS edited_body, s.kind, e.* FROM page p \
     JOIN events e ON e.stream_id = p.room_id AND e.seq = p.seq \
     JOIN streams s ON s.stream_id = e.stream_id \
     LEFT JOIN room_edits x ON x.room_id = e.stream_id AND x.seq = e.seq \
     LEFT JOIN events edit ON edit.stream_id = x.room_id AND edit.seq = x.edit_seq \
     ORDER BY p.at DESC, p.room_id DESC, p.seq DESC"
);

const COUNT: &str = mails!(
    "SELECT COALESCE(SUM(received AND NOT seen), 0) AS unread, \
     MAX(CASE WHEN received THEN at END) AS latest FROM mine"
);

const DRAFTS: &str = "SELECT d.draft_id, e.seq, e.at, e.body FROM account_mail_drafts d \
     JOIN events e ON e.stream_id = d.account_id AND e.seq = d.seq \
     WHERE d.account_id = ?1 AND (?2 IS NULL OR d.room_id = ?2) AND e.body IS NOT NULL \
     ORDER BY e.seq DESC";

const PLACE: &str = "SELECT r.room_id, r.kind, r.name, \
     (SELECT o.account_id FROM room_members o WHERE o.room_id = r.room_id \
      AND o.account_id <> ?1 AND r.kind = 'direct' LIMIT 1) AS peer \
     FROM room_rooms r WHERE r.room_id = ?2";

type Key = (Millis, Uuid, i64);

impl Queries {
    /// A box of the account, and how many mails it has not opened.
    pub async fn mails(&self, request: MailRequest) -> Result<MailPage, StoreError> {
        let mut page = match request.which {
            MailBox::Drafts => self.mail_drafts(&request).await?,
            _ => self.mail_box(&request).await?,
        };
        let row = sqlx::query(COUNT)
            .bind(request.account.0)
            .bind(request.room.map(|room| room.0))
            .fetch_one(&self.readers)
            .await
            .map_err(store_error)?;
        page.unread = read::unsigned(&row, "unread").map_err(store_error)?;
        page.latest = row.try_get("latest").map_err(store_error)?;
        self.name_mails(request.account, &mut page).await?;
        Ok(page)
    }

    async fn mail_box(&self, request: &MailRequest) -> Result<MailPage, StoreError> {
        let limit = bounded(request.limit);
        let question = match &request.text {
            Some(text) => Some(self.question(text.clone()).await?),
            None => None,
        };
        let (rows_max, looks) = match question {
            Some(_) => (LOOK_ROWS, LOOKS_MAX),
            None => (limit, 1),
        };
        let viewer = Viewer::from(request.account);
        let mut page = MailPage::default();
        let first = (Millis::MAX, Uuid::max(), i64::MAX);
        let mut before = request.cursor.as_deref().and_then(parse_key).unwrap_or(first);
        'looks: for _ in 0..looks {
            let mut rows = self.mail_rows(request, before, rows_max + 1).await?;
            let more = cut(&mut rows, rows_max);
            let last = rows.len();
            for (n, row) in rows.iter().enumerate() {
                let event = read::event_of_row(row).map_err(store_error)?;
                before = (event.at, event.stream.id, event.seq.cast_signed());
                page.next = (more || n + 1 < last).then(|| format_key(before));
                let edited: Option<String> = row.try_get("edited_body").map_err(store_error)?;
                let body = event.body.as_deref().unwrap_or_default();
                let edited = edited.as_deref().map(edited_text).transpose()?;
                let fits = question.as_ref().is_none_or(|question| {
                    question.finds(&event.type_name, body, edited.as_deref())
                });
                if !fits || !viewer.sees(&event) {
                    continue;
                }
                let (received, seen) = flags(row).map_err(store_error)?;
                let event = event_frame(&event, &viewer);
                page.mails.push(MailItem { event, edited, unread: received && !seen });
                if page.mails.len() == limit {
                    break 'looks;
                }
            }
            if !more {
                page.next = None;
                break;
            }
        }
        Ok(page)
    }

    async fn mail_rows(
        &self,
        request: &MailRequest,
        (at, room, seq): Key,
        limit: usize,
    ) -> Result<Vec<SqliteRow>, StoreError> {
        let which = match request.which {
            MailBox::Received | MailBox::Drafts => 0,
            MailBox::Sent => 1,
            MailBox::Unread => 2,
        };
        sqlx::query(PAGE)
            .bind(request.account.0)
            .bind(request.room.map(|room| room.0))
            .bind(which)
            .bind(at)
            .bind(room)
            .bind(seq)
            .bind(limit as i64)
            .fetch_all(&self.readers)
            .await
            .map_err(store_error)
    }

    /// All of them: their number is bounded.
    async fn mail_drafts(&self, request: &MailRequest) -> Result<MailPage, StoreError> {
        let rows = sqlx::query(DRAFTS)
            .bind(request.account.0)
            .bind(request.room.map(|room| room.0))
            .fetch_all(&self.readers)
            .await
            .map_err(store_error)?;
        let drafts = rows.iter().map(draft).collect::<Result<Vec<_>, _>>().map_err(store_error)?;
        let wanted = |text: &str, draft: &KeptDraft| {
            draft.mail.subject.contains(text) || draft.mail.text.contains(text)
        };
        let kept = match request.text.as_deref() {
            Some(text) => drafts.into_iter().filter(|draft| wanted(text, draft)).collect(),
            None => drafts,
        };
        Ok(MailPage { drafts: kept, ..MailPage::default() })
    }

    async fn name_mails(&self, account: AccountId, page: &mut MailPage) -> Result<(), StoreError> {
        let (mut people, mut rooms) = (BTreeSet::new(), BTreeSet::new());
        for mail in &page.mails {
            people.extend(mail.event.by);
            people.extend(recipients(mail));
            rooms.insert(mail.event.stream.id);
        }
        for draft in &page.drafts {
            people.extend(&draft.mail.to);
            rooms.insert(draft.mail.room.0);
        }
        let mut places = Vec::with_capacity(rooms.len());
        for room in rooms {
            let row = sqlx::query(PLACE).bind(account.0).bind(room);
            let row = row.fetch_optional(&self.readers).await.map_err(store_error)?;
            places.extend(row.map(|row| place(&row)).transpose().map_err(store_error)?);
        }
        people.extend(places.iter().filter_map(|(_, peer)| *peer));
        let people: Vec<AccountId> = people.into_iter().collect();
        page.people = self.cards(&people).await?;
        let cards: HashMap<AccountId, &AccountCard> =
            page.people.iter().map(|card| (card.account, card)).collect();
        page.places = places
            .into_iter()
            .map(|(room, peer)| FoundRoom {
                peer: peer.and_then(|peer| cards.get(&peer).map(|card| (*card).clone())),
                ..room
            })
            .collect();
        Ok(())
    }
}

fn flags(row: &SqliteRow) -> Result<(bool, bool), sqlx::Error> {
    Ok((row.try_get("received")?, row.try_get("seen")?))
}

fn recipients(mail: &MailItem) -> Vec<AccountId> {
    match mail.event.event() {
        Some(protocol::AnyEvent::Room(RoomEvent::MessageSent(sent))) => {
            match sent.part.as_deref() {
                Some(Part::Mail { to, .. }) => to.clone(),
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

fn edited_text(body: &str) -> Result<String, StoreError> {
    match RoomEvent::decode("room.message_edited", body) {
        Ok(RoomEvent::MessageEdited(edited)) => Ok(edited.text),
        _ => Err(store_error(corrupt("a stored edit"))),
    }
}

fn draft(row: &SqliteRow) -> Result<KeptDraft, sqlx::Error> {
    let body: String = row.try_get("body")?;
    let seq = read::unsigned(row, "seq")?;
    match AccountEvent::decode("account.mail_draft_set", &body) {
        Ok(AccountEvent::MailDraftSet(set)) => {
            Ok(KeptDraft { draft: set.draft, seq, at: row.try_get("at")?, mail: set.mail })
        }
        _ => Err(corrupt("a stored draft")),
    }
}

fn place(row: &SqliteRow) -> Result<(FoundRoom, Option<AccountId>), sqlx::Error> {
    let room = FoundRoom {
        stream: StreamId::new(EntityKind::Room, row.try_get("room_id")?),
        kind: of_word(row.try_get("kind")?)?,
        name: row.try_get("name")?,
        peer: None,
    };
    Ok((room, row.try_get::<Option<Uuid>, _>("peer")?.map(AccountId)))
}

fn format_key((at, room, seq): Key) -> String {
    format!("{at}:{room}:{seq}")
}

/// A mark nobody made here starts from the beginning.
fn parse_key(text: &str) -> Option<Key> {
    let mut parts = text.splitn(3, ':');
    let key =
        (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Some(key)
}
