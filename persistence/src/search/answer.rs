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
    scope::Scope,
    snippet,
};
use crate::{
    Among, Queries, pinyin,
    project::of_word,
    sqlite::{errors::store_error, statements::SELECT_HITS},
};
use kernel::{Viewer, journal::StoreError};
use protocol::{
    AccountId, EntityKind, Millis, RoomId, Seq, StreamId, UnitId,
    http::AccountCard,
    search::{FoundRoom, Hit, HitKind, SearchAnswer, SearchKind},
};
use sqlx::{Row, sqlite::SqliteRow};
use std::{
    cmp::Reverse,
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};
use uuid::Uuid;

/// Of each that stands beside the first page.
pub(super) const NAMED_MAX: usize = 20;
/// Looks into the index for one page: each further one only makes up for hits that the last
/// check refused.
const LOOKS_MAX: usize = 4;
/// Further searches wait so long for their turn.
const TURN_WAIT_MAX: Duration = Duration::from_secs(2);

/// Who may read a conversation: its members, and of a thread the agents of its desk.
const MAY_SEARCH: &str = "SELECT EXISTS (SELECT 1 FROM room_members \
      WHERE room_id = ?1 AND account_id = ?2) \
     OR EXISTS (SELECT 1 FROM room_threads t JOIN room_members m ON m.room_id = t.service_id \
      WHERE t.thread_id = ?1 AND m.account_id = ?2)";

/// The name of a thread that one reads without being its member.
const THREAD: &str = "SELECT kind, name FROM room_rooms WHERE room_id = ?";

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
    /// Whether the account may search in this room alone.
    pub async fn may_search(&self, account: AccountId, room: RoomId) -> Result<bool, StoreError> {
        sqlx::query_scalar(MAY_SEARCH)
            .bind(room.0)
            .bind(account.0)
            .fetch_one(&self.readers)
            .await
            .map_err(store_error)
    }

    /// What the asker may see and that has every piece of the question, the newest first.
    pub async fn search(&self, request: SearchRequest) -> Result<SearchAnswer, StoreError> {
        let asked = Arc::new(self.read_question(request.text.clone()).await?);
        let mut answer = SearchAnswer::default();
        if asked.pieces.is_empty() {
            return Ok(answer);
        }
        let scope = Scope::of(self, request.asker).await?;
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
            self.find_things(&asked, &request, &mut answer).await?;
        }
        let kinds = request.kinds.iter().fold(0, |bits, kind| bits | hit_bit(*kind));
        if kinds > 0 {
            let wanted = Wanted {
                asked,
                streams: Arc::new(scope.streams()),
                stream: request.room.map(|room| room.0),
                kinds,
                named: None,
                from: request.from.unwrap_or(Millis::MIN),
                to: request.to.unwrap_or(Millis::MAX),
            };
            let before = request.cursor.and_then(|cursor| cursor.parse().ok());
            let before = before.unwrap_or(i64::MAX as u64);
            self.look_up(&scope, wanted, before, request.limit, &mut answer).await?;
        }
        Ok(answer)
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
        scope: &Scope,
        wanted: Wanted,
        mut before: u64,
        limit: usize,
        answer: &mut SearchAnswer,
    ) -> Result<(), StoreError> {
        let wanted = Arc::new(wanted);
        for look in 1..=LOOKS_MAX {
            let missing = limit - answer.hits.len();
            let proposed = self.propose(&wanted, before, missing + 1).await?;
            let more = proposed.len() > missing;
            let shown = &proposed[..proposed.len().min(missing)];
            before = shown.last().copied().unwrap_or(before);
            answer.hits.extend(self.hits(scope, &wanted, shown).await?);
            let full = answer.hits.len() == limit;
            if !more || full || look == LOOKS_MAX {
                answer.next = more.then(|| before.to_string());
                break;
            }
        }
        self.name_hits(scope, answer).await
    }

    /// Positions that the index knows, below one, the latest first.
    pub(super) async fn propose(
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

    /// The events at these positions that are still there, for the asker, and as asked for; the
    /// newest first. Read many at a time: each statement is two hand-overs between threads, which
    /// on a busy machine take longer than reading.
    async fn hits(
        &self,
        scope: &Scope,
        wanted: &Wanted,
        positions: &[u64],
    ) -> Result<Vec<Hit>, StoreError> {
        let mut connection = self.readers.acquire().await.map_err(store_error)?;
        let asker = scope.asker.0;
        let rows = SELECT_HITS
            .fetch(&mut connection, positions, |query, position| {
                query.bind(position.cast_signed()).bind(asker)
            })
            .await
            .map_err(store_error)?;
        drop(connection);
        let mut hits = Vec::with_capacity(rows.len());
        for row in &rows {
            let current = Current::of(row).map_err(store_error)?;
            let hidden: Option<i64> = row.try_get("hidden").map_err(store_error)?;
            let hidden = hidden.map(i64::cast_unsigned);
            let hit = hit(scope, wanted, &current, hidden);
            hits.extend(hit.map(|hit| (current.position, hit)));
        }
        hits.sort_by_key(|(position, _)| Reverse(*position));
        Ok(hits.into_iter().map(|(_, hit)| hit).collect())
    }

    async fn name_hits(&self, scope: &Scope, answer: &mut SearchAnswer) -> Result<(), StoreError> {
        let authors: Vec<AccountId> = once(answer.hits.iter().filter_map(|hit| hit.by));
        let places: Vec<Uuid> = once(answer.hits.iter().map(|hit| hit.stream.id));
        answer.authors = self.cards(&authors).await?;
        answer.places = self.found_rooms(scope, &places).await?;
        for place in places.iter().filter(|place| scope.room(**place).is_none()) {
            answer.places.extend(self.found_thread(*place).await?);
        }
        Ok(())
    }

    async fn found_thread(&self, id: Uuid) -> Result<Option<FoundRoom>, StoreError> {
        let row = sqlx::query(THREAD).bind(id).fetch_optional(&self.readers).await;
        let thread = |row: SqliteRow| {
            Ok(FoundRoom {
                stream: StreamId::new(EntityKind::Room, id),
                kind: of_word(row.try_get("kind")?)?,
                name: row.try_get("name")?,
                peer: None,
            })
        };
        row.map_err(store_error)?.map(thread).transpose().map_err(store_error)
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

/// An event as it is now, if it is for the asker and as asked for.
fn hit(scope: &Scope, wanted: &Wanted, current: &Current, hidden: Option<Seq>) -> Option<Hit> {
    let hidden: BTreeSet<Seq> = hidden.into_iter().collect();
    let answers = current.thread.is_some_and(|thread| scope.answers(thread));
    let viewer = Viewer::from(scope.asker).reading_notes(answers).without(hidden);
    let event = &current.event;
    if !viewer.sees(event) || !scope.sees(event.stream, event.seq, current.thread) {
        return None;
    }
    shown(wanted, current, &current.document()?)
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
        SearchKind::Task
        | SearchKind::Notice
        | SearchKind::Person
        | SearchKind::Room
        | SearchKind::App => 0,
    }
}

/// Of the whole name, and from any of its characters on.
fn readings(name: &str) -> String {
    let keys = pinyin::keys(name);
    let mut readings = format!("{} {} ", keys.full, keys.initials);
    document::readings(name, &mut readings);
    readings
}

/// Each once, in the order of their first appearance.
fn once<T: Copy + Eq + std::hash::Hash>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut seen = HashSet::new();
    all.filter(|one| seen.insert(*one)).collect()
}
