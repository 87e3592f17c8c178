//! Owns a session's watches: entitlement, catching up by number, going live.
//! Invariant: a client gets each number once and in order after `watching`; a catch-up never
//! fills more than half of the outbox, so live events of other streams keep their room.

use super::Session;
use crate::error::store;
use bytestring::ByteString;
use kernel::Viewer;
use protocol::{ErrorBody, Seq, ServerFrame, StreamId, WatchFrom, limits};
use std::{collections::VecDeque, rc::Rc, time::Duration};

/// Streams of one session that are caught up at the same time: two keep the store busy while
/// one page is written, and bound what a session can hold in memory.
const CATCH_UPS_MAX: usize = 2;

const READ_AGAIN_AFTER: Duration = Duration::from_millis(20);

/// Watches that are not live yet. Those that are live are known to the outbox alone.
#[derive(Default)]
pub(super) struct Watches {
    waiting: VecDeque<Waiting>,
    /// With the generation of the watch: a later watch of the same stream replaces it.
    running: Vec<(StreamId, u32)>,
    generation: u32,
    workers: usize,
}

#[derive(Clone, Copy)]
struct Waiting {
    watch: WatchFrom,
    /// A live watch that missed numbers: it is entitled and told already.
    refill: bool,
}

impl Watches {
    pub(super) fn clear(&mut self) {
        self.waiting = VecDeque::new();
        self.running = Vec::new();
    }

    pub(super) fn forget(&mut self, stream: StreamId) {
        self.waiting.retain(|waiting| waiting.watch.stream != stream);
        self.running.retain(|(running, _)| *running != stream);
    }

    fn start(&mut self) -> Option<(Waiting, u32)> {
        let waiting = self.waiting.pop_front()?;
        self.generation = self.generation.wrapping_add(1);
        self.running.push((waiting.watch.stream, self.generation));
        Some((waiting, self.generation))
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
            drop(watches);
            self.queue(Waiting { watch: *watch, refill: false });
        }
    }

    /// Reads what a live watch missed after `last`; the client notices nothing but the delay.
    pub(super) fn refill(self: &Rc<Self>, stream: StreamId, last: Seq) {
        self.queue(Waiting { watch: WatchFrom { stream, from: last }, refill: true });
    }

    fn queue(self: &Rc<Self>, waiting: Waiting) {
        let mut watches = self.watches.borrow_mut();
        watches.waiting.push_back(waiting);
        if watches.workers < CATCH_UPS_MAX {
            watches.workers += 1;
            tokio::task::spawn_local(self.clone().catch_up_all());
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
            let Some((waiting, generation)) = next else { break };
            let stream = waiting.watch.stream;
            let result = self.catch_up(waiting, generation).await;
            let current = self.watches.borrow().is_current(stream, generation);
            self.watches.borrow_mut().finish(stream, generation);
            if let Err(error) = result
                && current
            {
                self.edge.hub.fanout().unsubscribe(stream, &self.outbox);
                self.refuse(None, Some(stream), error);
            }
        }
        self.watches.borrow_mut().workers -= 1;
    }

    async fn catch_up(&self, waiting: Waiting, generation: u32) -> Result<(), ErrorBody> {
        let watch = waiting.watch;
        if waiting.refill {
            // It is entitled already; a stream that it lost meanwhile sends it nothing more.
            let (_, viewer) = self.edge.hub.look(&self.who, watch.stream).await?;
            return self.read_on(watch.stream, generation, &viewer, watch.from, true).await;
        }
        let (hub, stream) = (&self.edge.hub, watch.stream);
        let (_, viewer) = hub.look(&self.who, stream).await?;
        if !self.is_wanted(stream, generation) {
            return Ok(());
        }
        hub.fanout().subscribe(stream, viewer.clone(), &self.outbox, 0);
        // Asked again now that a revocation would find the watch: one that came between the
        // first question and the subscription must not leave a watcher behind.
        let head = hub.watch_head(&self.who, stream).await?;
        if !self.is_wanted(stream, generation) {
            return Ok(());
        }
        let from = starting_point(watch.from, head);
        self.push(&ServerFrame::Watching { stream, from, head });
        // The first read is skipped where the client has everything: most watches of a
        // reconnecting client.
        self.read_on(stream, generation, &viewer, from, from < head).await
    }

    /// Reads the store after `last` until the watch can go live. `behind`: there is something.
    async fn read_on(
        &self,
        stream: StreamId,
        generation: u32,
        viewer: &Viewer,
        mut last: Seq,
        mut behind: bool,
    ) -> Result<(), ErrorBody> {
        loop {
            if behind {
                let read = self.send_pages(stream, generation, viewer, last).await?;
                if read == last {
                    // The store that is read may be a moment behind the one that was written.
                    tokio::time::sleep(READ_AGAIN_AFTER).await;
                }
                last = read;
            }
            if !self.is_wanted(stream, generation)
                || self.edge.hub.fanout().go_live(stream, &self.outbox, last)
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
        viewer: &Viewer,
        mut last: Seq,
    ) -> Result<Seq, ErrorBody> {
        loop {
            let read = self.edge.hub.journal().read_after(stream, last, limits::PAGE_MAX).await;
            let page = read.map_err(|error| store(&error))?;
            let viewer = self.edge.hub.viewer_of(viewer, &page).await;
            let viewer = viewer.map_err(|error| store(&error))?;
            let full = page.len() == limits::PAGE_MAX;
            for event in page {
                self.wait_for_room().await;
                if !self.is_wanted(stream, generation) {
                    return Ok(last);
                }
                last = event.seq;
                self.outbox.push(ByteString::from(persistence::event_frame_json(&event, &viewer)));
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

    fn watch(n: u128) -> Waiting {
        let stream = StreamId::new(EntityKind::Room, Uuid::from_u128(n));
        Waiting { watch: WatchFrom { stream, from: 0 }, refill: false }
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
        watches.forget(first.watch.stream);
        watches.waiting.push_front(first);
        let (again, new) = watches.start().expect("again");
        assert!(!watches.is_current(first.watch.stream, old));
        assert!(watches.is_current(again.watch.stream, new));
        watches.finish(first.watch.stream, old);
        assert!(watches.is_current(again.watch.stream, new), "the old one ends only itself");
        watches.forget(watch(2).watch.stream);
        assert!(watches.start().is_none());
    }
}
