//! One search from the question to the page: looked up in the index, read from the journal,
//! checked by the whole ids and the present texts, shown in pieces.
//! Invariant: `kernel::Viewer` and [`super::scope`] have both agreed to every hit, on what the
//! journal says now and not on what the index remembers.

use super::{
    asked::Asked,
    document::{self, Document},
    feed::Current,
    find::{Wanted, find},
    index::bit,
    named::Window,
    scope::Scope,
    snippet,
};
use crate::{Among, Queries, pinyin, sqlite::errors::store_error};
use kernel::{Viewer, journal::StoreError};
use protocol::{
    AccountId, Millis, RoomId, UnitId,
    http::AccountCard,
    search::{FoundRoom, Hit, HitKind, SearchAnswer, SearchKind},
};
use sqlx::Row;
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};
use uuid::Uuid;

/// People and rooms beside the first page.
const NAMED_MAX: usize = 20;
/// Looks into the index for one page: each further one only makes up for hits that the last
/// check refused.
const LOOKS_MAX: usize = 4;
/// Further searches wait so long for their turn.
const TURN_WAIT_MAX: Duration = Duration::from_secs(2);

const HITS: &str = "SELECT e.*, s.kind, x.body AS edit_body, COALESCE(h.seq, \
     (SELECT e.seq FROM account_cleared k WHERE k.account_id = ?1 \
      AND k.room_id IN (e.stream_id, zeroblob(16)) AND (k.seq >= e.seq OR k.at >= e.at) LIMIT 1)) \
     AS hidden FROM events e \
     JOIN streams s ON s.stream_id = e.stream_id \
     LEFT JOIN room_edits r ON r.room_id = e.stream_id AND r.seq = e.seq \
     LEFT JOIN events x ON x.stream_id = r.room_id AND x.seq = r.edit_seq \
     LEFT JOIN account_hidden h ON h.account_id = ?1 AND h.room_id = e.stream_id \
     AND h.seq = e.seq WHERE e.position = ?2";

/// One question of one person.
#[derive(Clone, Debug)]
pub struct SearchRequest {
    pub asker: AccountId,
    pub text: String,
    pub kinds: Vec<SearchKind>,
    /// Only what was said here.
    pub room: Option<RoomId>,
    /// From this time on, and before that one.
    pub from: Option<Millis>,
    pub to: Option<Millis>,
    /// `next` of the page before.
    pub cursor: Option<String>,
    pub limit: usize,
    /// The units whose people the asker sees; `None`: all.
    pub seen: Option<HashSet<UnitId>>,
}

impl Queries {
    /// Whether the account is a member of the room.
    pub async fn is_member(&self, account: AccountId, room: RoomId) -> Result<bool, StoreError> {
        let found: Option<i64> =
            sqlx::query_scalar("SELECT 1 FROM room_members WHERE room_id = ? AND account_id = ?")
                .bind(room.0)
                .bind(account.0)
                .fetch_optional(&self.readers)
                .await
                .map_err(store_error)?;
        Ok(found.is_some())
    }

    /// What the asker may see and that has every piece of the question, the newest first.
    pub async fn search(&self, request: SearchRequest) -> Result<SearchAnswer, StoreError> {
        let asked = Arc::new(self.read_question(request.text.clone()).await?);
        let mut answer = SearchAnswer::default();
        if asked.pieces.is_empty() {
            return Ok(answer);
        }
        let scope = Arc::new(Scope::of(self, request.asker).await?);
        let first_page = request.cursor.is_none() && request.room.is_none();
        if first_page && request.kinds.contains(&SearchKind::Room) {
            let fits = |name: &str| asked.finds(&[name.to_owned(), readings(name)]);
            let named: Vec<Uuid> = scope.named(fits).into_iter().take(NAMED_MAX).collect();
            answer.rooms = self.found_rooms(&scope, &named).await?;
        }
        if first_page && request.kinds.contains(&SearchKind::Person) {
            let among = Among { seen: request.seen.as_ref(), ..Among::default() };
            answer.people = self.find_people(&request.text, among, None, NAMED_MAX).await?.items;
        }
        if first_page {
            self.look_for_names(&asked, &request, &mut answer).await?;
        }
        let kinds = request.kinds.iter().fold(0, |bits, kind| bits | hit_bit(*kind));
        if kinds > 0 {
            let wanted = Wanted {
                asked,
                scope,
                stream: request.room.map(|room| room.0),
                kinds,
                from: request.from.unwrap_or(Millis::MIN),
                to: request.to.unwrap_or(Millis::MAX),
            };
            let before = request.cursor.and_then(|cursor| cursor.parse().ok());
            self.look_up(wanted, before.unwrap_or(i64::MAX as u64), request.limit, &mut answer)
                .await?;
        }
        Ok(answer)
    }

    async fn look_for_names(
        &self,
        asked: &Arc<Asked>,
        request: &SearchRequest,
        answer: &mut SearchAnswer,
    ) -> Result<(), StoreError> {
        let window = Window {
            asker: request.asker,
            from: request.from.unwrap_or(Millis::MIN),
            to: request.to.unwrap_or(Millis::MAX),
            limit: NAMED_MAX,
        };
        if request.kinds.contains(&SearchKind::Task) {
            answer.tasks = self.found_tasks(asked, &window).await?;
        }
        if request.kinds.contains(&SearchKind::File) {
            answer.files = self.found_files(asked, &window).await?;
        }
        if request.kinds.contains(&SearchKind::App) {
            answer.apps = self.found_apps(asked, &window).await?;
        }
        Ok(())
    }

    /// What was typed, to be held against messages one by one.
    pub(crate) async fn question(&self, text: String) -> Result<Question, StoreError> {
        self.read_question(text).await.map(Question)
    }

    async fn read_question(&self, text: String) -> Result<Asked, StoreError> {
        super::apart(&self.search, move |search| {
            Ok(Asked::new(&text, |han| search.dictionary.cut(han)))
        })
        .await
    }

    async fn look_up(
        &self,
        wanted: Wanted,
        mut before: u64,
        limit: usize,
        answer: &mut SearchAnswer,
    ) -> Result<(), StoreError> {
        if wanted.stream.is_some_and(|stream| !wanted.scope.has(stream)) {
            return Ok(());
        }
        let wanted = Arc::new(wanted);
        for look in 1..=LOOKS_MAX {
            let missing = limit - answer.hits.len();
            let proposed = self.propose(&wanted, before, missing + 1).await?;
            let more = proposed.len() > missing;
            for position in proposed.iter().take(missing) {
                before = *position;
                answer.hits.extend(self.hit(&wanted, *position).await?);
            }
            let full = answer.hits.len() == limit;
            if !more || full || look == LOOKS_MAX {
                answer.next = more.then(|| before.to_string());
                break;
            }
        }
        self.name_hits(&wanted.scope, answer).await
    }

    /// Positions that the index knows, below one, the latest first.
    async fn propose(
        &self,
        wanted: &Arc<Wanted>,
        before: u64,
        limit: usize,
    ) -> Result<Vec<u64>, StoreError> {
        let turn = tokio::time::timeout(TURN_WAIT_MAX, self.search.asking.acquire()).await;
        let Ok(Ok(turn)) = turn else {
            return Err(StoreError::Unavailable("too many searches at once".to_owned()));
        };
        let wanted = wanted.clone();
        let found = super::apart(&self.search, move |search| match search.for_reading()? {
            Some(opened) => find(&opened, &wanted, before, limit),
            None => Ok(Vec::new()),
        })
        .await;
        drop(turn);
        found
    }

    /// The event at a position, if it is still there, for the asker, and as asked for.
    async fn hit(&self, wanted: &Wanted, position: u64) -> Result<Option<Hit>, StoreError> {
        let row = sqlx::query(HITS)
            .bind(wanted.scope.asker.0)
            .bind(position.cast_signed())
            .fetch_optional(&self.readers)
            .await
            .map_err(store_error)?;
        let Some(row) = row else { return Ok(None) };
        let current = Current::of(&row).map_err(store_error)?;
        let hidden: Option<i64> = row.try_get("hidden").map_err(store_error)?;
        let hidden: BTreeSet<u64> = hidden.map(i64::cast_unsigned).into_iter().collect();
        let viewer = Viewer::from(wanted.scope.asker).without(hidden);
        let event = &current.event;
        if !viewer.sees(event) || !wanted.scope.sees(event.stream, event.seq) {
            return Ok(None);
        }
        Ok(current.document().and_then(|document| shown(wanted, &current, &document)))
    }

    async fn name_hits(&self, scope: &Scope, answer: &mut SearchAnswer) -> Result<(), StoreError> {
        let authors: Vec<AccountId> = once(answer.hits.iter().filter_map(|hit| hit.by));
        let places: Vec<Uuid> = once(answer.hits.iter().map(|hit| hit.stream.id));
        answer.authors = self.cards(&authors).await?;
        answer.places = self.found_rooms(scope, &places).await?;
        Ok(())
    }

    async fn found_rooms(&self, scope: &Scope, ids: &[Uuid]) -> Result<Vec<FoundRoom>, StoreError> {
        let found: Vec<_> = ids.iter().filter_map(|id| scope.room(*id)).collect();
        let peers: Vec<AccountId> = found.iter().filter_map(|(_, peer)| *peer).collect();
        let cards = self.cards(&peers).await?.into_iter().map(|card| (card.account, card));
        let cards: HashMap<AccountId, AccountCard> = cards.collect();
        let with_peer = |(room, peer): (FoundRoom, Option<AccountId>)| FoundRoom {
            peer: peer.and_then(|peer| cards.get(&peer).cloned()),
            ..room
        };
        Ok(found.into_iter().map(with_peer).collect())
    }
}

/// What a person typed.
pub(crate) struct Question(Asked);

impl Question {
    /// Whether an event has every piece of it, as a search would find it.
    pub(crate) fn finds(&self, type_name: &str, body: &str, edited: Option<&str>) -> bool {
        let document = document::of(type_name, body, edited).ok().flatten();
        document.is_some_and(|document| self.0.finds(&document.searched()))
    }
}

fn shown(wanted: &Wanted, current: &Current, document: &Document) -> Option<Hit> {
    let asked_for = |kind: &HitKind| bit(*kind) & wanted.kinds != 0;
    let kind = *document.kinds.iter().find(|kind| asked_for(kind))?;
    if !wanted.asked.finds(&document.searched()) {
        return None;
    }
    let event = &current.event;
    Some(Hit {
        kind,
        stream: event.stream,
        seq: event.seq,
        at: event.at,
        by: event.by,
        snippet: snippet::of(&wanted.asked, &document.texts),
    })
}

fn hit_bit(kind: SearchKind) -> u64 {
    match kind {
        SearchKind::Message => bit(HitKind::Message),
        SearchKind::File => bit(HitKind::File),
        SearchKind::Mail => bit(HitKind::Mail),
        SearchKind::Task | SearchKind::Person | SearchKind::Room | SearchKind::App => 0,
    }
}

fn readings(name: &str) -> String {
    let keys = pinyin::keys(name);
    format!("{} {}", keys.full, keys.initials)
}

/// Each once, in the order of their first appearance.
fn once<T: Copy + Eq + std::hash::Hash>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut seen = HashSet::new();
    all.filter(|one| seen.insert(*one)).collect()
}
