//! What a client owes after an interruption, as a pure state machine: which streams to
//! watch from which number, which commands to send again under which id.
//! Invariants: events of one stream are delivered each once, in order, without a gap;
//! a command is answered to its caller exactly once. No socket, clock or chance in here.

use protocol::{CommandId, ErrorBody, EventFrame, Seq, ServerFrame, StreamId, http::Receipt};
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

/// First pause before coming back; doubled by each failure.
const PAUSE_FIRST: Duration = Duration::from_millis(100);
/// Longest pause: a restarted hub must have its people back within three seconds.
const PAUSE_LONGEST: Duration = Duration::from_secs(2);

/// What the connection has to do, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Start this watch after `from`.
    Watch(StreamId, Seq),
    /// Send this command (again).
    Command(CommandId),
    /// Send it again after so many milliseconds.
    CommandLater(CommandId, u64),
    WatchLater(StreamId, u64),
    /// Give the watcher its next event.
    Deliver(EventFrame),
    /// Read the events `after < seq <= upto` over HTTP, then call [`Resume::filled`].
    Fill {
        stream: StreamId,
        after: Seq,
        upto: Seq,
    },
    Answer(CommandId, Result<Receipt, ErrorBody>),
    EndWatch(StreamId, Option<ErrorBody>),
    /// Nothing for this machine: signals, presence, cursors.
    Notice(ServerFrame),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// `watch` was sent, or will be when the connection is up.
    Asked,
    Live,
    /// History is being read over HTTP; live events are dropped and come again later.
    Filling,
    /// The watcher is too slow: nothing is delivered until it asks again.
    Parked,
}

#[derive(Clone, Copy, Debug)]
struct Watched {
    last: Seq,
    phase: Phase,
}

/// The state that outlives a connection.
#[derive(Debug, Default)]
pub struct Resume {
    up: bool,
    failures: u32,
    watches: HashMap<StreamId, Watched>,
    /// Commands without an answer by the order in which they were asked.
    pending: BTreeMap<u64, CommandId>,
    places: HashMap<CommandId, u64>,
    next_place: u64,
}

impl Resume {
    /// The connection is up: everything owed, watches first so that a command's own event
    /// is seen by its sender.
    pub fn opened(&mut self) -> Vec<Step> {
        self.up = true;
        self.failures = 0;
        let mut steps = Vec::new();
        for (stream, watched) in &mut self.watches {
            if watched.phase != Phase::Parked && watched.phase != Phase::Filling {
                watched.phase = Phase::Asked;
                steps.push(Step::Watch(*stream, watched.last));
            }
        }
        steps.extend(self.pending.values().map(|id| Step::Command(*id)));
        steps
    }

    /// The connection is gone. The pause before the next attempt, before jitter.
    pub fn closed(&mut self) -> Duration {
        self.up = false;
        let pause = PAUSE_FIRST.saturating_mul(1 << self.failures.min(10));
        self.failures = self.failures.saturating_add(1);
        pause.min(PAUSE_LONGEST)
    }

    pub fn watch(&mut self, stream: StreamId, from: Seq) -> Option<Step> {
        self.watches.insert(stream, Watched { last: from, phase: Phase::Asked });
        self.up.then_some(Step::Watch(stream, from))
    }

    /// Whether there was such a watch.
    pub fn unwatch(&mut self, stream: StreamId) -> bool {
        self.watches.remove(&stream).is_some()
    }

    /// The watcher's queue was full when `seq` came: it will ask again.
    pub fn park(&mut self, stream: StreamId, seq: Seq) {
        if let Some(watched) = self.watches.get_mut(&stream) {
            watched.last = seq.saturating_sub(1);
            watched.phase = Phase::Parked;
        }
    }

    /// Asks for the stream again from the last number delivered.
    pub fn rewatch(&mut self, stream: StreamId) -> Option<Step> {
        let watched = self.watches.get_mut(&stream)?;
        watched.phase = Phase::Asked;
        self.up.then_some(Step::Watch(stream, watched.last))
    }

    pub fn command(&mut self, id: CommandId) -> Option<Step> {
        if !self.places.contains_key(&id) {
            self.pending.insert(self.next_place, id);
            self.places.insert(id, self.next_place);
            self.next_place += 1;
        }
        self.up.then_some(Step::Command(id))
    }

    /// The caller no longer waits.
    pub fn forget(&mut self, id: CommandId) {
        if let Some(place) = self.places.remove(&id) {
            self.pending.remove(&place);
        }
    }

    pub fn unanswered(&self) -> usize {
        self.pending.len()
    }

    pub fn is_pending(&self, id: CommandId) -> bool {
        self.places.contains_key(&id)
    }

    /// History that was read over HTTP, ascending; `complete` when it reached its end.
    pub fn filled(&mut self, stream: StreamId, events: Vec<EventFrame>) -> Vec<Step> {
        let Some(watched) = self.watches.get_mut(&stream) else { return Vec::new() };
        let mut steps = Vec::new();
        for event in events {
            if event.seq == watched.last + 1 {
                watched.last = event.seq;
                steps.push(Step::Deliver(event));
            }
        }
        steps
    }

    /// One frame from the hub.
    pub fn received(&mut self, frame: ServerFrame) -> Vec<Step> {
        match frame {
            ServerFrame::Event(event) => self.event(event),
            ServerFrame::Watching { stream, from, .. } => self.watching(stream, from),
            ServerFrame::Lagged { streams } => streams
                .into_iter()
                .filter_map(|stream| self.rewatch_unless_parked(stream))
                .collect(),
            ServerFrame::Unwatched { stream } => {
                if self.unwatch(stream) {
                    vec![Step::EndWatch(stream, None)]
                } else {
                    Vec::new()
                }
            }
            ServerFrame::Ack { id, stream, seq, result } => {
                self.answer(id, Ok(Receipt { id, stream, seq, result }))
            }
            ServerFrame::Error { id: Some(id), error, .. } => match error.retry {
                Some(ms) if self.is_pending(id) => vec![Step::CommandLater(id, ms)],
                _ => self.answer(id, Err(error)),
            },
            ServerFrame::Error { id: None, stream: Some(stream), error }
                if self.watches.contains_key(&stream) =>
            {
                if let Some(ms) = error.retry {
                    return vec![Step::WatchLater(stream, ms)];
                }
                self.unwatch(stream);
                vec![Step::EndWatch(stream, Some(error))]
            }
            other => vec![Step::Notice(other)],
        }
    }

    fn rewatch_unless_parked(&mut self, stream: StreamId) -> Option<Step> {
        match self.watches.get(&stream)?.phase {
            Phase::Parked | Phase::Filling => None,
            Phase::Asked | Phase::Live => self.rewatch(stream),
        }
    }

    fn event(&mut self, event: EventFrame) -> Vec<Step> {
        let Some(watched) = self.watches.get_mut(&event.stream) else { return Vec::new() };
        if matches!(watched.phase, Phase::Filling | Phase::Parked) || event.seq <= watched.last {
            return Vec::new();
        }
        if event.seq == watched.last + 1 {
            watched.last = event.seq;
            return vec![Step::Deliver(event)];
        }
        // A gap. While a watch is on its way the missing numbers come with it.
        match watched.phase {
            Phase::Live => self.rewatch(event.stream).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    fn watching(&mut self, stream: StreamId, from: Seq) -> Vec<Step> {
        let Some(watched) = self.watches.get_mut(&stream) else { return Vec::new() };
        if watched.phase == Phase::Parked {
            return Vec::new();
        }
        if from > watched.last {
            watched.phase = Phase::Filling;
            return vec![Step::Fill { stream, after: watched.last, upto: from }];
        }
        watched.phase = Phase::Live;
        Vec::new()
    }

    fn answer(&mut self, id: CommandId, outcome: Result<Receipt, ErrorBody>) -> Vec<Step> {
        if !self.is_pending(id) {
            return Vec::new();
        }
        self.forget(id);
        vec![Step::Answer(id, outcome)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{EntityKind, ErrorKind};
    use uuid::Uuid;

    fn room() -> StreamId {
        StreamId::new(EntityKind::Room, Uuid::from_u128(7))
    }

    fn event(seq: Seq) -> ServerFrame {
        ServerFrame::Event(EventFrame {
            stream: room(),
            seq,
            at: 0,
            by: None,
            cmd: None,
            type_name: "room.message_sent".to_owned(),
            withheld: false,
            body: None,
        })
    }

    fn watching(from: Seq) -> ServerFrame {
        ServerFrame::Watching { stream: room(), from, head: 9 }
    }

    fn delivered(steps: &[Step]) -> Vec<Seq> {
        let seq = |step: &Step| match step {
            Step::Deliver(event) => Some(event.seq),
            _ => None,
        };
        steps.iter().filter_map(seq).collect()
    }

    fn live(from: Seq) -> Resume {
        let mut resume = Resume::default();
        resume.opened();
        resume.watch(room(), from);
        resume.received(watching(from));
        resume
    }

    #[test]
    fn delivers_each_event_once_and_in_order() {
        let mut resume = live(3);
        assert_eq!(delivered(&resume.received(event(4))), [4]);
        assert_eq!(delivered(&resume.received(event(4))), [0; 0]);
        assert_eq!(delivered(&resume.received(event(2))), [0; 0]);
        assert_eq!(delivered(&resume.received(event(5))), [5]);
    }

    #[test]
    fn a_gap_is_watched_again_from_the_last_number_and_only_once() {
        let mut resume = live(3);
        assert_eq!(resume.received(event(6)), [Step::Watch(room(), 3)]);
        assert_eq!(resume.received(event(7)), []);
        resume.received(watching(3));
        assert_eq!(delivered(&resume.received(event(4))), [4]);
    }

    #[test]
    fn after_a_reconnect_watches_and_commands_go_out_again() {
        let mut resume = live(3);
        resume.received(event(4));
        let (a, b) = (CommandId(Uuid::from_u128(2)), CommandId(Uuid::from_u128(1)));
        resume.command(a);
        resume.command(b);
        resume.closed();
        assert_eq!(resume.command(a), None, "nothing is sent while the connection is down");
        let owed = [Step::Watch(room(), 4), Step::Command(a), Step::Command(b)];
        assert_eq!(resume.opened(), owed, "in the order in which they were asked");
    }

    #[test]
    fn a_command_is_answered_once_though_two_acks_come() {
        let mut resume = live(0);
        let id = CommandId(Uuid::from_u128(1));
        resume.command(id);
        let ack = ServerFrame::Ack { id, stream: room(), seq: 1, result: None };
        assert_eq!(resume.received(ack.clone()).len(), 1);
        assert_eq!(resume.received(ack), []);
    }

    #[test]
    fn a_retryable_error_is_sent_again_under_the_same_id() {
        let mut resume = live(0);
        let id = CommandId(Uuid::from_u128(1));
        resume.command(id);
        let error = ServerFrame::Error { id: Some(id), stream: None, error: ErrorBody::busy() };
        assert_eq!(resume.received(error), [Step::CommandLater(id, 100)]);
        assert!(resume.is_pending(id));
        let refused = ErrorBody::new(ErrorKind::Forbidden, "room.not_member", "");
        let frame = ServerFrame::Error { id: Some(id), stream: None, error: refused.clone() };
        assert_eq!(resume.received(frame), [Step::Answer(id, Err(refused))]);
    }

    #[test]
    fn too_long_an_absence_is_filled_from_history() {
        let mut resume = Resume::default();
        resume.opened();
        resume.watch(room(), 0);
        let fill = Step::Fill { stream: room(), after: 0, upto: 3 };
        assert_eq!(resume.received(watching(3)), [fill]);
        assert_eq!(resume.received(event(4)), [], "live events wait for the history");
        let pages = [1, 2, 3].map(event).into_iter().filter_map(|frame| match frame {
            ServerFrame::Event(event) => Some(event),
            _ => None,
        });
        assert_eq!(delivered(&resume.filled(room(), pages.collect())), [1, 2, 3]);
        assert_eq!(resume.rewatch(room()), Some(Step::Watch(room(), 3)));
    }

    #[test]
    fn a_slow_watcher_is_parked_and_misses_nothing() {
        let mut resume = live(0);
        resume.received(event(1));
        resume.received(event(2));
        resume.park(room(), 2);
        assert_eq!(resume.received(event(3)), []);
        assert_eq!(resume.rewatch(room()), Some(Step::Watch(room(), 1)));
    }

    #[test]
    fn pauses_double_and_stay_bounded() {
        let mut resume = Resume::default();
        let pauses: Vec<u128> = (0..7).map(|_| resume.closed().as_millis()).collect();
        assert_eq!(pauses, [100, 200, 400, 800, 1600, 2000, 2000]);
        resume.opened();
        assert_eq!(resume.closed().as_millis(), 100);
    }
}
