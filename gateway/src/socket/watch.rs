//! Owns a session's watches: entitlement, catching up by number, going live.
//! Invariant: a client gets each number once and in order after `watching`; a catch-up never
//! fills more than half of the outbox, so live events of other streams keep their room.

use super::Session;
use crate::error::store;
use bytestring::ByteString;
use protocol::{ErrorBody, Seq, ServerFrame, StreamId, WatchFrom, limits};
use std::{collections::VecDeque, rc::Rc};

/// Streams of one session that are caught up at the same time: two keep the store busy while
/// one page is written, and bound what a session can hold in memory.
const CATCH_UPS_MAX: usize = 2;

/// Watches that are not live yet. Those that are live are known to the outbox alone.
#[derive(Default)]
pub(super) struct Watches {
    waiting: VecDeque<WatchFrom>,
    /// With the generation of the watch: a later watch of the same stream replaces it.
    running: Vec<(StreamId, u32)>,
    generation: u32,
    workers: usize,
}

impl Watches {
    pub(super) fn clear(&mut self) {
        self.waiting = VecDeque::new();
        self.running = Vec::new();
    }

    pub(super) fn forget(&mut self, stream: StreamId) {
        self.waiting.retain(|watch| watch.stream != stream);
        self.running.retain(|(running, _)| *running != stream);
    }

    fn start(&mut self) -> Option<(WatchFrom, u32)> {
        let watch = self.waiting.pop_front()?;
        self.generation = self.generation.wrapping_add(1);
        self.running.push((watch.stream, self.generation));
        Some((watch, self.generation))
    }

    fn is_current(&self, stream: StreamId, generation: u32) -> bool {
        self.running.contains(&(stream, generation))
    }

    fn finish(&mut self, stream: StreamId, generation: u32) {
        self.running.retain(|running| *running != (stream, generation));
    }
}

impl Session {
    pub(super) fn on_watch(self: &Rc<Self>, streams: &[WatchFrom]) {
        if streams.len() > limits::WATCHES_PER_FRAME_MAX {
            let message = format!("more than {} streams", limits::WATCHES_PER_FRAME_MAX);
            return self.refuse(None, None, ErrorBody::invalid("streams", message));
        }
        let live = self.outbox.watched().len();
        for watch in streams {
            let mut watches = self.watches.borrow_mut();
            watches.forget(watch.stream);
            // A stream that is being caught up may be counted twice: the bound errs low.
            let held = live + watches.waiting.len();
            if held >= limits::WATCHES_MAX && !self.outbox.is_watching(watch.stream) {
                drop(watches);
                let message = format!("more than {} watches", limits::WATCHES_MAX);
                self.refuse(None, Some(watch.stream), ErrorBody::invalid("streams", message));
                continue;
            }
            watches.waiting.push_back(*watch);
            if watches.workers < CATCH_UPS_MAX {
                watches.workers += 1;
                tokio::task::spawn_local(self.clone().catch_up_all());
            }
        }
    }

    pub(super) fn on_unwatch(&self, streams: &[StreamId]) {
        for stream in streams {
            self.watches.borrow_mut().forget(*stream);
            self.edge.hub.fanout().unsubscribe(*stream, &self.outbox);
        }
    }

    /// Works until no watch waits.
    async fn catch_up_all(self: Rc<Self>) {
        loop {
            let next = self.watches.borrow_mut().start();
            let Some((watch, generation)) = next else { break };
            let result = self.catch_up(watch, generation).await;
            let current = self.watches.borrow().is_current(watch.stream, generation);
            self.watches.borrow_mut().finish(watch.stream, generation);
            if let Err(error) = result
                && current
            {
                self.edge.hub.fanout().unsubscribe(watch.stream, &self.outbox);
                self.refuse(None, Some(watch.stream), error);
            }
        }
        self.watches.borrow_mut().workers -= 1;
    }

    async fn catch_up(&self, watch: WatchFrom, generation: u32) -> Result<(), ErrorBody> {
        let (hub, stream) = (&self.edge.hub, watch.stream);
        hub.watch_head(&self.who, stream).await?;
        if !self.is_wanted(stream, generation) {
            return Ok(());
        }
        hub.fanout().subscribe(stream, self.account, &self.outbox, 0);
        // Asked again now that a revocation would find the watch: one that came between the
        // first question and the subscription must not leave a watcher behind.
        let head = hub.watch_head(&self.who, stream).await?;
        if !self.is_wanted(stream, generation) {
            return Ok(());
        }
        let from = starting_point(watch.from, head);
        self.push(&ServerFrame::Watching { stream, from, head });
        let mut last = from;
        // The first read is skipped where the client has everything: most watches of a
        // reconnecting client.
        let mut behind = last < head;
        loop {
            if behind {
                last = self.send_pages(stream, generation, last).await?;
            }
            if !self.is_wanted(stream, generation)
                || hub.fanout().go_live(stream, &self.outbox, last)
            {
                return Ok(());
            }
            behind = true;
        }
    }

    /// Sends what the store has after `last`, page by page, and answers the last number sent.
    async fn send_pages(
        &self,
        stream: StreamId,
        generation: u32,
        mut last: Seq,
    ) -> Result<Seq, ErrorBody> {
        loop {
            let read = self.edge.hub.journal().read_after(stream, last, limits::PAGE_MAX).await;
            let page = read.map_err(|error| store(&error))?;
            let full = page.len() == limits::PAGE_MAX;
            for event in page {
                self.wait_for_room().await;
                if !self.is_wanted(stream, generation) {
                    return Ok(last);
                }
                last = event.seq;
                self.outbox.push(ByteString::from(persistence::event_frame_json(&event)));
            }
            if !full {
                return Ok(last);
            }
        }
    }

    /// Waits while the outbox is more than half full.
    async fn wait_for_room(&self) {
        while self.outbox.waiting_bytes() > self.edge.config.outbox_bytes_max / 2 {
            let drained = self.drained.notified();
            if self.ended.get() {
                return;
            }
            drained.await;
        }
    }

    fn is_wanted(&self, stream: StreamId, generation: u32) -> bool {
        !self.ended.get() && self.watches.borrow().is_current(stream, generation)
    }
}

/// Where a watch starts: as asked, unless that is too far back, or ahead of the stream (a
/// client that knew a database which was since restored).
fn starting_point(asked: Seq, head: Seq) -> Seq {
    asked.clamp(head.saturating_sub(limits::CATCH_UP_MAX), head)
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::EntityKind;
    use uuid::Uuid;

    fn watch(n: u128) -> WatchFrom {
        WatchFrom { stream: StreamId::new(EntityKind::Room, Uuid::from_u128(n)), from: 0 }
    }

    #[test]
    fn a_watch_starts_where_asked_within_the_bound() {
        assert_eq!(starting_point(7, 10), 7);
        assert_eq!(starting_point(0, limits::CATCH_UP_MAX), 0);
        assert_eq!(starting_point(0, limits::CATCH_UP_MAX + 5), 5, "raised");
        assert_eq!(starting_point(12, 10), 10, "ahead of the stream");
        assert_eq!(starting_point(0, 0), 0);
    }

    #[test]
    fn a_later_watch_replaces_the_running_one() {
        let mut watches = Watches::default();
        watches.waiting.extend([watch(1), watch(2)]);
        let (first, old) = watches.start().expect("first");
        watches.forget(first.stream);
        watches.waiting.push_front(first);
        let (again, new) = watches.start().expect("again");
        assert!(!watches.is_current(first.stream, old));
        assert!(watches.is_current(again.stream, new));
        watches.finish(first.stream, old);
        assert!(watches.is_current(again.stream, new), "the old one ends only itself");
        watches.forget(watch(2).stream);
        assert!(watches.start().is_none());
    }
}
