//! The journal in memory: for simulation and for tests of everything above the store. It
//! keeps the promises of [`Journal`] by doing one command at a time under one lock, and the
//! read models' rules as far as a command can break them (`rules.rs`). Absent on purpose:
//! queries, and anything that survives the process.

mod rules;

use async_trait::async_trait;
use kernel::journal::{
    Append, Cursor, FirstOutcome, Head, Journal, Loaded, OutboxRow, Snapshot, StoreError,
    StoredEvent, TimerRow, TimerWrite, digest,
};
use protocol::{AccountId, CommandId, Millis, Seq, StreamId};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};
use uuid::Uuid;

#[derive(Default)]
pub struct MemoryJournal {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    streams: BTreeMap<Uuid, (StreamId, Vec<StoredEvent>)>,
    commands: HashMap<CommandId, FirstOutcome>,
    usernames: HashSet<String>,
    outbox: Vec<OutboxRow>,
    timers: BTreeMap<(Uuid, String), TimerRow>,
    snapshots: HashMap<StreamId, Snapshot>,
    cursors: HashMap<(AccountId, StreamId), Cursor>,
    /// Set while the store plays dead: what every call answers.
    unavailable: Option<String>,
}

impl MemoryJournal {
    pub fn new() -> Self {
        Self::default()
    }

    /// Plays a broken disk until it is called again with `None`. Nothing is lost meanwhile.
    pub fn set_unavailable(&self, reason: Option<&str>) {
        self.lock().unavailable = reason.map(str::to_owned);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Every change below is made after the last step that can fail, so a poisoned state
        // is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answering(&self) -> Result<MutexGuard<'_, State>, StoreError> {
        let state = self.lock();
        match &state.unavailable {
            Some(reason) => Err(StoreError::Unavailable(reason.clone())),
            None => Ok(state),
        }
    }
}

impl State {
    fn events(&self, stream: StreamId) -> &[StoredEvent] {
        match self.streams.get(&stream.id) {
            Some((id, events)) if *id == stream => events,
            _ => &[],
        }
    }

    fn head(&self, stream: StreamId) -> Head {
        self.events(stream).last().map_or_else(Head::default, head_after)
    }

    fn append(&mut self, member: Append) -> Result<(), StoreError> {
        self.check(&member)?;
        let names = rules::check(self, &member)?;
        self.usernames.extend(names);
        for event in &member.events {
            if let Some(record) = &event.command {
                let first =
                    FirstOutcome { stream: event.stream, by: event.by, record: record.clone() };
                self.commands.insert(record.id, first);
            }
        }
        let stream = member.stream;
        let (_, events) = self.streams.entry(stream.id).or_insert_with(|| (stream, Vec::new()));
        events.extend(member.events);
        for event in events.iter_mut().filter(|event| member.redactions.contains(&event.seq)) {
            if let Some(body) = event.body.take() {
                event.body_hash = Some(digest(body.as_bytes()));
            }
        }
        if let Some(id) = member.consumed {
            self.consume(id);
        }
        for timer in member.timers {
            match timer {
                TimerWrite::Set(row) => {
                    self.timers.insert((row.stream.id, row.name.clone()), row);
                }
                TimerWrite::Cancel { stream, name } => {
                    self.timers.remove(&(stream.id, name));
                }
            }
        }
        self.outbox.extend(member.outbox);
        Ok(())
    }

    /// Everything that can refuse a member, before anything is changed.
    fn check(&self, member: &Append) -> Result<(), StoreError> {
        let constraint = |code: &str| Err(StoreError::Constraint(code.to_owned()));
        if member.events.is_empty() {
            return constraint("store.empty_append");
        }
        let mut ids = HashSet::new();
        for record in member.events.iter().filter_map(|event| event.command.as_ref()) {
            if let Some(first) = self.commands.get(&record.id) {
                return Err(StoreError::Duplicate(Box::new(first.clone())));
            }
            if !ids.insert(record.id) {
                return Err(StoreError::Conflict);
            }
        }
        if self.streams.get(&member.stream.id).is_some_and(|(id, _)| *id != member.stream) {
            return constraint("hub.id_taken");
        }
        let mut head = self.head(member.stream);
        for event in &member.events {
            if event.stream != member.stream || !follows(&head, event) {
                return Err(StoreError::Conflict);
            }
            head = head_after(event);
        }
        if member.redactions.iter().any(|seq| *seq == 0 || *seq > head.seq) {
            return constraint("store.nothing_to_redact");
        }
        if member.outbox.iter().any(|row| self.outbox.iter().any(|stored| stored.id == row.id)) {
            return constraint("outbox.id");
        }
        Ok(())
    }

    fn consume(&mut self, id: CommandId) {
        self.outbox.retain(|row| row.id != id);
        self.timers.retain(|_, row| row.id != id);
    }

    fn advance(&mut self, cursor: Cursor) -> Cursor {
        let head = self.head(cursor.stream).seq;
        let seq = cursor.seq.min(head);
        let event = seq.checked_sub(1).and_then(|before| usize::try_from(before).ok());
        let event = event.and_then(|index| self.events(cursor.stream).get(index));
        let tally = event.map(|event| event.tally);
        let key = (cursor.account, cursor.stream);
        let stored = self.cursors.get(&key).copied();
        match (tally, stored) {
            (Some(tally), stored) if stored.is_none_or(|stored| stored.seq < seq) => {
                let moved = Cursor { seq, tally, ..cursor };
                self.cursors.insert(key, moved);
                moved
            }
            (_, Some(stored)) => stored,
            (_, None) => Cursor { seq: 0, tally: 0, ..cursor },
        }
    }
}

fn head_after(event: &StoredEvent) -> Head {
    Head { seq: event.seq, tally: event.tally, hash: event.hash }
}

fn follows(head: &Head, event: &StoredEvent) -> bool {
    event.seq == head.seq + 1 && event.tally >= head.tally && event.chain(&head.hash) == event.hash
}

#[async_trait]
impl Journal for MemoryJournal {
    async fn append(&self, batch: Vec<Append>) -> Vec<Result<(), StoreError>> {
        match self.answering() {
            Ok(mut state) => batch.into_iter().map(|member| state.append(member)).collect(),
            Err(error) => batch.iter().map(|_| Err(error.clone())).collect(),
        }
    }

    async fn load(&self, stream: StreamId, version: u32) -> Result<Loaded, StoreError> {
        let state = self.answering()?;
        let snapshot = state.snapshots.get(&stream).filter(|s| s.version == version).cloned();
        let from = snapshot.as_ref().map_or(0, |snapshot| snapshot.head.seq);
        let events = state.events(stream).iter().filter(|e| e.seq > from).cloned().collect();
        Ok(Loaded { snapshot, events })
    }

    async fn read_after(
        &self,
        stream: StreamId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let state = self.answering()?;
        let events = state.events(stream).iter();
        Ok(events.filter(|event| event.seq > after).take(limit).cloned().collect())
    }

    async fn read_before(
        &self,
        stream: StreamId,
        before: Seq,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let state = self.answering()?;
        let events = state.events(stream);
        let end = events.partition_point(|event| event.seq < before);
        Ok(events[end.saturating_sub(limit)..end].to_vec())
    }

    async fn head(&self, stream: StreamId) -> Result<Head, StoreError> {
        Ok(self.answering()?.head(stream))
    }

    async fn find_command(&self, id: CommandId) -> Result<Option<FirstOutcome>, StoreError> {
        Ok(self.answering()?.commands.get(&id).cloned())
    }

    async fn save_snapshot(&self, snapshot: Snapshot) -> Result<(), StoreError> {
        let mut state = self.answering()?;
        if state.events(snapshot.stream).is_empty() {
            return Err(StoreError::Constraint("snapshots.stream_id".to_owned()));
        }
        let newer = state.snapshots.get(&snapshot.stream).is_none_or(|stored| {
            stored.version != snapshot.version || stored.head.seq < snapshot.head.seq
        });
        if newer {
            state.snapshots.insert(snapshot.stream, snapshot);
        }
        Ok(())
    }

    async fn move_cursors(&self, cursors: Vec<Cursor>) -> Result<Vec<Cursor>, StoreError> {
        let mut state = self.answering()?;
        Ok(cursors.into_iter().map(|cursor| state.advance(cursor)).collect())
    }

    async fn outbox(&self, limit: usize) -> Result<Vec<OutboxRow>, StoreError> {
        Ok(self.answering()?.outbox.iter().take(limit).cloned().collect())
    }

    async fn settle(&self, id: CommandId) -> Result<(), StoreError> {
        self.answering()?.consume(id);
        Ok(())
    }

    async fn due_timers(&self, now: Millis, limit: usize) -> Result<Vec<TimerRow>, StoreError> {
        let state = self.answering()?;
        let mut due: Vec<TimerRow> =
            state.timers.values().filter(|timer| timer.at <= now).cloned().collect();
        // Timers of one moment stay in the order of the map: stream, then name.
        due.sort_by_key(|timer| timer.at);
        due.truncate(limit);
        Ok(due)
    }

    async fn probe(&self) -> Result<(), StoreError> {
        self.answering().map(|_| ())
    }

    async fn verify(&self, only: Option<StreamId>) -> Result<Vec<(Uuid, Seq)>, StoreError> {
        let state = self.answering()?;
        let mut breaks = Vec::new();
        for (stream, events) in state.streams.values() {
            if only.is_some_and(|only| only != *stream) {
                continue;
            }
            let mut head = Head::default();
            for event in events {
                if !follows(&head, event) {
                    breaks.push((stream.id, head.seq + 1));
                    break;
                }
                head = head_after(event);
            }
        }
        Ok(breaks)
    }
}
