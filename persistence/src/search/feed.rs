//! Feeding the index: events in order of commit, then what was redacted since, then one commit
//! that holds both and how far it is.
//! Invariants: events are read before erasures, so that a text redacted meanwhile is either
//! read without its body or forgotten in the same round; the row of an erasure goes when the
//! index has forgotten it for good. An error drops the writer and everything uncommitted: the
//! next round begins where the disk says.

use super::{
    Hand, Search,
    document::{self, EDITS},
    giving_way,
    index::{Entry, Mark, Opened, bit},
    scope::Thread,
    things::{self, Thing},
};
use crate::{
    Queries,
    rebuild::last_position,
    sqlite::{errors::store_error, read},
};
use kernel::journal::{StoreError, StoredEvent};
use protocol::AccountId;
use sqlx::{Row, sqlite::SqliteRow};
use uuid::Uuid;

/// Events read at a time.
const PAGE: usize = 1_000;
/// Pages of one commit: small ones, so that what is new is found soon; long ones while the
/// index is far behind and nobody waits for the latest.
const PAGES: usize = 20;
const PAGES_BEHIND: usize = 100;
const FAR_BEHIND: u64 = 200_000;
/// Erasures of one round.
const ERASURES: i64 = 500;
/// Events without anything to find are not worth a commit until they are so many.
const NOTHING_FOUND: i64 = 100_000;

/// The events of a page with what they read as now, after edits.
const PAGE_AFTER: &str = "SELECT e.*, s.kind, x.body AS edit_body, t.service_id AS desk, \
     t.asker_id AS desk_asker FROM events e \
     JOIN streams s ON s.stream_id = e.stream_id \
     LEFT JOIN room_threads t ON t.thread_id = e.stream_id \
     LEFT JOIN room_edits r ON r.room_id = e.stream_id AND r.seq = e.seq \
     LEFT JOIN events x ON x.stream_id = r.room_id AND x.seq = r.edit_seq \
     WHERE e.position > ? ORDER BY e.position LIMIT ?";
const ONE: &str = "SELECT e.*, s.kind, x.body AS edit_body, t.service_id AS desk, \
     t.asker_id AS desk_asker FROM events e \
     JOIN streams s ON s.stream_id = e.stream_id \
     LEFT JOIN room_threads t ON t.thread_id = e.stream_id \
     LEFT JOIN room_edits r ON r.room_id = e.stream_id AND r.seq = e.seq \
     LEFT JOIN events x ON x.stream_id = r.room_id AND x.seq = r.edit_seq \
     WHERE e.stream_id = ? AND e.seq = ?";

/// An event as it is searched: where it stands, and its present text where it was edited.
pub(super) struct Current {
    pub(super) position: i64,
    pub(super) event: StoredEvent,
    pub(super) edited: Option<String>,
    /// Of a room that is a thread.
    pub(super) thread: Option<Thread>,
}

impl Current {
    /// Columns of `events`, `kind`, `edit_body`, `desk`, `desk_asker`.
    pub(super) fn of(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        #[derive(serde::Deserialize)]
        struct Edit {
            text: String,
        }
        let body: Option<&str> = row.try_get("edit_body")?;
        let edit = body.and_then(|body| serde_json::from_str::<Edit>(body).ok());
        let desk: Option<(Uuid, Uuid)> =
            row.try_get::<Option<_>, _>("desk")?.zip(row.try_get("desk_asker")?);
        Ok(Self {
            position: row.try_get("position")?,
            event: read::event_of_row(row)?,
            edited: edit.map(|edit| edit.text),
            thread: desk.map(|(desk, asker)| Thread { desk, asker: AccountId(asker) }),
        })
    }

    pub(super) fn document(&self) -> Option<document::Document> {
        let body = self.event.body.as_deref()?;
        let read = document::of(&self.event.type_name, body, self.edited.as_deref());
        read.unwrap_or_else(|error| {
            // Written by another build; this one cannot show it either.
            tracing::debug!(stream = %self.event.stream, seq = self.event.seq, %error, "not read");
            None
        })
    }

    fn entry(&self) -> Option<Entry> {
        let document = self.document()?;
        let audience = self.event.audience.as_deref();
        Some(Entry {
            stream: self.event.stream.id,
            seq: self.event.seq,
            position: self.position,
            at: self.event.at,
            kinds: document.kinds.iter().fold(0, |bits, kind| bits | bit(*kind)),
            audience: audience.map(|accounts| accounts.iter().map(|one| one.0).collect()),
            desk: self.thread.map(|thread| thread.desk),
            named: None,
            text: document.searched().join("\n"),
        })
    }
}

/// What a round came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fed {
    /// Events taken in.
    pub events: u64,
    /// Events that wait still.
    pub behind: u64,
}

/// What a round hands to the index.
#[derive(Default)]
struct Page {
    events: Vec<Current>,
    /// Messages that an event of the page has edited, as they read now.
    edited: Vec<Current>,
    /// Things that an event of the page has made or changed, as they are now.
    things: Vec<Thing>,
    mark: Option<Mark>,
}

impl Queries {
    /// Takes in what was committed since the last time, in one commit of the index; again when
    /// something is `behind`. One caller at a time.
    pub async fn feed_search(&self) -> Result<Fed, StoreError> {
        let done = self.feed_round().await;
        if done.is_err() {
            // Nothing half done is kept. That it cannot be put away says the error already.
            let _ = giving_way(&self.search, |search| {
                search.put_down();
                Ok(())
            })
            .await;
        }
        done
    }

    /// Durable events that the index lacks.
    pub async fn search_behind(&self) -> Result<u64, StoreError> {
        let Some(at) = self.search_mark().await? else { return Ok(0) };
        Ok(self.last_position().await?.saturating_sub(at.position.cast_unsigned()))
    }

    async fn feed_round(&self) -> Result<Fed, StoreError> {
        let Some(mut at) = self.search_mark().await? else { return Ok(Fed::default()) };
        let last = self.last_position().await?;
        let behind = last.saturating_sub(at.position.cast_unsigned());
        let pages = if behind > FAR_BEHIND { PAGES_BEHIND } else { PAGES };
        let mut fed = Fed::default();
        for _ in 0..pages {
            let page = self.search_page(at).await?;
            let read = page.events.len();
            let Some(mark) = page.mark else { break };
            fed.events += read as u64;
            at = mark;
            giving_way(&self.search, move |search| search.take(&page, mark)).await?;
            if read < PAGE {
                break;
            }
        }
        let erased = self.erasures().await?;
        let targets: Vec<(Uuid, u64)> =
            erased.iter().map(|(_, stream, seq)| (*stream, *seq)).collect();
        giving_way(&self.search, move |search| search.finish(&targets)).await?;
        if let Some((id, _, _)) = erased.last() {
            self.erased(*id).await?;
        }
        fed.behind = last.saturating_sub(at.position.cast_unsigned());
        Ok(fed)
    }

    /// Where to go on; `None`: the store is closed.
    async fn search_mark(&self) -> Result<Option<Mark>, StoreError> {
        if let Some(known) = giving_way(&self.search, |search| Ok(search.known())).await? {
            return Ok(known);
        }
        let mark = giving_way(&self.search, Search::open).await?;
        if mark.position == 0 {
            return Ok(Some(mark));
        }
        let hash: Option<Vec<u8>> =
            sqlx::query_scalar("SELECT hash FROM events WHERE position = ?")
                .bind(mark.position)
                .fetch_optional(&self.readers)
                .await
                .map_err(store_error)?;
        if hash.as_deref() == Some(mark.hash.as_slice()) {
            return Ok(Some(mark));
        }
        tracing::warn!("the search index belongs to another history; it is made again");
        giving_way(&self.search, Search::begin_again).await.map(Some)
    }

    async fn search_page(&self, after: Mark) -> Result<Page, StoreError> {
        let rows = sqlx::query(PAGE_AFTER)
            .bind(after.position)
            .bind(PAGE as i64)
            .fetch_all(&self.readers)
            .await
            .map_err(store_error)?;
        let events = rows.iter().map(Current::of).collect::<Result<Vec<_>, _>>();
        let mut page = Page { events: events.map_err(store_error)?, ..Page::default() };
        page.mark = page.events.last().map(|last| Mark::new(last.position, last.event.hash));
        for event in &page.events {
            let event = &event.event;
            let Some(body) = event.body.as_deref() else { continue };
            if !EDITS.contains(&event.type_name.as_str()) {
                continue;
            }
            let Some(seq) = document::edited_seq(body) else { continue };
            let row = sqlx::query(ONE)
                .bind(event.stream.id)
                .bind(read::number(seq))
                .fetch_optional(&self.readers)
                .await
                .map_err(store_error)?;
            let edited = row.as_ref().map(Current::of).transpose().map_err(store_error)?;
            page.edited.extend(edited);
        }
        page.things =
            self.things(things::touched(page.events.iter().map(|one| &one.event))).await?;
        Ok(page)
    }

    /// Rows of erasures with the events they are about.
    async fn erasures(&self) -> Result<Vec<(i64, Uuid, u64)>, StoreError> {
        let rows = sqlx::query(
            "SELECT r.erasure_id, e.stream_id, e.seq FROM search_erasures r \
             JOIN events e ON e.position = r.position ORDER BY r.erasure_id LIMIT ?",
        )
        .bind(ERASURES)
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        let erasure = |row: &SqliteRow| {
            Ok((row.try_get("erasure_id")?, row.try_get("stream_id")?, read::unsigned(row, "seq")?))
        };
        rows.iter().map(erasure).collect::<Result<_, _>>().map_err(store_error)
    }

    async fn erased(&self, up_to: i64) -> Result<(), StoreError> {
        let mut session = self.writer.begin().await?;
        let done = sqlx::query("DELETE FROM search_erasures WHERE erasure_id <= ?")
            .bind(up_to)
            .execute(&mut session.connection)
            .await;
        session.finish(done.map(|_| ())).await
    }

    async fn last_position(&self) -> Result<u64, StoreError> {
        let mut connection = self.readers.acquire().await.map_err(store_error)?;
        last_position(&mut connection).await.map_err(store_error)
    }

    /// Removes the bytes of forgotten texts from the index's files, and from memory what was not
    /// used since the last call. True: no forgotten text is left.
    pub async fn sweep_search(&self) -> Result<bool, StoreError> {
        giving_way(&self.search, |search| {
            search.dictionary.rest();
            search.sweep()
        })
        .await
    }

    /// Ends feeding; what was not committed is read again at the next start.
    pub async fn close_search(&self) {
        // Nobody is left to tell, and nothing is lost: the journal has everything.
        let _ = giving_way(&self.search, |search| {
            let mut hand = search.hand();
            hand.writer = None;
            hand.closed = true;
            Ok(())
        })
        .await;
    }

    /// Throws the index away and makes it again; answers how many events were read.
    pub async fn rebuild_search(
        &self,
        mut progress: impl FnMut(u64, u64),
    ) -> Result<u64, StoreError> {
        giving_way(&self.search, Search::begin_again).await?;
        let mut done = 0;
        loop {
            let fed = self.feed_search().await?;
            done += fed.events;
            progress(done, done + fed.behind);
            if fed.behind == 0 || fed.events == 0 {
                return Ok(done);
            }
        }
    }
}

impl Search {
    /// `None`: not looked yet. `Some(None)`: closed.
    fn known(&self) -> Option<Option<Mark>> {
        let hand = self.hand();
        if hand.closed { Some(None) } else { hand.mark.map(Some) }
    }

    fn open(&self) -> Result<Mark, StoreError> {
        let mut hand = self.hand();
        let (opened, mark) = Opened::open(&self.folder)?.unzip();
        let mark = mark.unwrap_or_default();
        self.set_opened(opened);
        hand.looked = true;
        hand.durable = mark;
        hand.mark = Some(mark);
        Ok(mark)
    }

    /// Forgets the index. Refused while another process writes it.
    fn begin_again(&self) -> Result<Mark, StoreError> {
        let mut hand = self.hand();
        hand.writer = None;
        if let Some((opened, _)) = Opened::open(&self.folder)? {
            opened.writer()?;
        }
        self.set_opened(None);
        if self.folder.exists() {
            std::fs::remove_dir_all(&self.folder).map_err(|error| {
                StoreError::Unavailable(format!("{}: {error}", self.folder.display()))
            })?;
        }
        hand.looked = true;
        hand.durable = Mark::default();
        hand.mark = Some(Mark::default());
        Ok(Mark::default())
    }

    fn put_down(&self) {
        let mut hand = self.hand();
        hand.writer = None;
        hand.mark = None;
    }

    fn take(&self, page: &Page, mark: Mark) -> Result<(), StoreError> {
        let entries: Vec<Entry> = page.events.iter().filter_map(Current::entry).collect();
        let mut hand = self.hand();
        if hand.closed {
            return Ok(());
        }
        if !entries.is_empty() || !page.edited.is_empty() || !page.things.is_empty() {
            let opened = self.with_writer(&mut hand)?;
            let Some(writer) = &hand.writer else { return Ok(()) };
            for entry in entries {
                opened.add(writer, entry)?;
            }
            for edited in &page.edited {
                opened.forget(writer, edited.event.stream.id, edited.event.seq)?;
                if let Some(entry) = edited.entry() {
                    opened.add(writer, entry)?;
                }
            }
            for thing in &page.things {
                // What was made within this page is known to nobody yet; forgetting has a price.
                if !thing.is_new {
                    opened.forget(writer, thing.stream, thing.seq)?;
                }
                if let Some(entry) = &thing.entry {
                    opened.add(writer, entry.clone())?;
                }
            }
        }
        hand.mark = Some(mark);
        Ok(())
    }

    /// Commits what was taken in and forgets what was erased. Creates no index for nothing.
    fn finish(&self, erased: &[(Uuid, u64)]) -> Result<(), StoreError> {
        let mut hand = self.hand();
        let Some(mark) = hand.mark.filter(|_| !hand.closed) else { return Ok(()) };
        let far = mark.position - hand.durable.position >= NOTHING_FOUND;
        let exists = self.opened().is_some();
        if hand.writer.is_none() && !(exists && (far || !erased.is_empty())) {
            return Ok(());
        }
        if mark == hand.durable && erased.is_empty() {
            return Ok(());
        }
        let opened = self.with_writer(&mut hand)?;
        let Some(writer) = &mut hand.writer else { return Ok(()) };
        for (stream, seq) in erased {
            opened.forget(writer, *stream, *seq)?;
        }
        opened.commit(writer, mark)?;
        hand.durable = mark;
        Ok(())
    }

    /// The writer and its index, opened or created.
    fn with_writer(&self, hand: &mut Hand) -> Result<Opened, StoreError> {
        let opened = match self.opened() {
            Some(opened) => opened,
            None => {
                let opened = Opened::create(&self.folder)?;
                self.set_opened(Some(opened.clone()));
                opened
            }
        };
        if hand.writer.is_none() {
            hand.writer = Some(opened.writer()?);
        }
        Ok(opened)
    }

    fn sweep(&self) -> Result<bool, StoreError> {
        let Some(opened) = self.opened() else { return Ok(true) };
        let merges = {
            let mut hand = self.hand();
            if hand.closed || !opened.is_dirty()? {
                return Ok(true);
            }
            self.with_writer(&mut hand)?;
            match &mut hand.writer {
                Some(writer) => opened.begin_sweep(writer)?,
                None => return Ok(true),
            }
        };
        // A large file takes seconds: what is new is fed meanwhile.
        for merge in merges {
            if let Err(error) = merge.wait() {
                tracing::debug!(%error, "a file is being merged already, which does the same");
            }
        }
        let hand = self.hand();
        if let Some(writer) = &hand.writer {
            opened.end_sweep(writer)?;
        }
        opened.is_dirty().map(|dirty| !dirty)
    }
}
