//! Who watches what on this node, and the delivery of committed events to them.
//! A sharded map, not an actor. Invariants: a watcher gets each number once and in order;
//! no callback runs under a lock; a frame is encoded once and its bytes are shared.

use crate::{Outbox, Viewer};
use bytestring::ByteString;
use dashmap::DashMap;
use protocol::{AccountId, CloseCode, Millis, Seq, ServerFrame, SessionId, StreamId};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tokio::sync::Notify;

/// How long somebody without a session is shown as here still.
pub const LINGER_MS: Millis = 8_000;

/// A committed event on its way to the watchers.
#[derive(Clone, Debug)]
pub struct Published {
    pub stream: StreamId,
    pub seq: Seq,
    pub frame: ByteString,
    /// Set where not every watcher may see it.
    pub restricted: Option<Arc<Restricted>>,
    /// The account that may no longer watch, once it has seen this.
    pub revokes: Option<AccountId>,
}

/// Who sees an event, and the frame that everybody else gets.
#[derive(Debug)]
pub struct Restricted {
    pub audience: Box<[AccountId]>,
    pub withheld: ByteString,
}

impl Published {
    fn frame_for(&self, viewer: &Viewer) -> &ByteString {
        match &self.restricted {
            Some(restricted) if !viewer.is_among(Some(&restricted.audience)) => {
                &restricted.withheld
            }
            _ => &self.frame,
        }
    }
}

#[derive(Default)]
pub struct Fanout {
    watchers: DashMap<StreamId, Vec<Watcher>>,
    sessions: DashMap<AccountId, Vec<(SessionId, Arc<Outbox>)>>,
    observers: DashMap<AccountId, Vec<Arc<Outbox>>>,
    attached: AtomicUsize,
    /// Accounts whose last session ended a moment ago, and when. They are shown as here still:
    /// most come back at once, from a reload or a lift without signal.
    lingering: DashMap<AccountId, Millis>,
    /// Told when the last session has ended.
    emptied: Notify,
}

struct Watcher {
    viewer: Viewer,
    outbox: Arc<Outbox>,
    state: State,
}

enum State {
    /// The session reads the store; live events are only counted, the store has them.
    CatchingUp {
        seen: Seq,
    },
    Live {
        next: Seq,
    },
}

impl Fanout {
    /// Begins a watch in the catching-up state. Subscribing before reading the store is
    /// what closes the race between the two.
    pub fn subscribe(
        &self,
        stream: StreamId,
        viewer: impl Into<Viewer>,
        outbox: &Arc<Outbox>,
        from: Seq,
    ) {
        outbox.begin_watch(stream);
        let mut watchers = self.watchers.entry(stream).or_default();
        let state = State::CatchingUp { seen: from };
        match watchers.iter_mut().find(|w| Arc::ptr_eq(&w.outbox, outbox)) {
            Some(watcher) => watcher.state = state,
            None => {
                let viewer = viewer.into();
                watchers.push(Watcher { viewer, outbox: outbox.clone(), state });
            }
        }
    }

    /// Ends catching up after `last`. False when newer events were published meanwhile, or
    /// the watch has ended: then the store has more to read, or there is nothing to do.
    pub fn go_live(&self, stream: StreamId, outbox: &Arc<Outbox>, last: Seq) -> bool {
        let Some(mut watchers) = self.watchers.get_mut(&stream) else { return true };
        let Some(watcher) = watchers.iter_mut().find(|w| Arc::ptr_eq(&w.outbox, outbox)) else {
            return true;
        };
        match watcher.state {
            State::CatchingUp { seen } if seen > last => false,
            _ => {
                watcher.state = State::Live { next: last + 1 };
                true
            }
        }
    }

    pub fn unsubscribe(&self, stream: StreamId, outbox: &Arc<Outbox>) {
        outbox.end_watch(stream);
        if let Some(mut watchers) = self.watchers.get_mut(&stream) {
            watchers.retain(|w| !Arc::ptr_eq(&w.outbox, outbox));
        }
        self.watchers.remove_if(&stream, |_, watchers| watchers.is_empty());
    }

    pub fn unsubscribe_all(&self, outbox: &Arc<Outbox>) {
        for stream in outbox.watched() {
            self.unsubscribe(stream, outbox);
        }
    }

    /// Delivers committed events, in commit order.
    pub fn publish(&self, events: &[Published]) {
        for event in events {
            let Some(mut watchers) = self.watchers.get_mut(&event.stream) else { continue };
            watchers.retain_mut(|watcher| watcher.deliver(event));
            if let Some(account) = event.revokes {
                watchers.retain(|watcher| {
                    let stays = watcher.viewer.account != Some(account);
                    if !stays {
                        watcher.outbox.note_revoked(event.stream);
                    }
                    stays
                });
            }
        }
    }

    /// Tells the other watchers of a stream something that need not last.
    pub fn signal(&self, stream: StreamId, except: &Arc<Outbox>, frame: ByteString) {
        if let Some(watchers) = self.watchers.get(&stream) {
            for watcher in watchers.iter().filter(|w| !Arc::ptr_eq(&w.outbox, except)) {
                watcher.outbox.push_signal(frame.clone());
            }
        }
    }

    /// Tells every session of an account.
    pub fn tell_account(&self, account: AccountId, frame: ByteString) {
        if let Some(sessions) = self.sessions.get(&account) {
            for (_, outbox) in sessions.iter() {
                outbox.push_signal(frame.clone());
            }
        }
    }

    pub fn attach(&self, account: AccountId, session: SessionId, outbox: &Arc<Outbox>) {
        self.attached.fetch_add(1, Ordering::Relaxed);
        let first = {
            let mut sessions = self.sessions.entry(account).or_default();
            sessions.push((session, outbox.clone()));
            sessions.len() == 1
        };
        if first && self.lingering.remove(&account).is_none() {
            self.tell_observers(account, true);
        }
    }

    pub fn detach(
        &self,
        account: AccountId,
        session: SessionId,
        outbox: &Arc<Outbox>,
        now: Millis,
    ) {
        if self.attached.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.emptied.notify_waiters();
        }
        self.unsubscribe_all(outbox);
        self.forget_observed(outbox, Vec::new());
        if let Some(mut sessions) = self.sessions.get_mut(&account) {
            sessions.retain(|(id, known)| *id != session || !Arc::ptr_eq(known, outbox));
        }
        if self.sessions.remove_if(&account, |_, sessions| sessions.is_empty()).is_some() {
            self.lingering.insert(account, now);
        }
    }

    /// Tells observers who has left and not come back. Asked about once a second.
    pub fn tell_departures(&self, now: Millis) {
        let due = |since: Millis| now - since >= LINGER_MS;
        let gone: Vec<AccountId> =
            self.lingering.iter().filter(|one| due(*one.value())).map(|one| *one.key()).collect();
        for account in gone {
            // Taken by one worker only, and not if the account was here again meanwhile.
            let left = self.lingering.remove_if(&account, |_, since| due(*since)).is_some();
            if left && !self.is_online(account) {
                self.tell_observers(account, false);
            }
        }
    }

    /// Replaces whose presence a session wants, and answers what it is now.
    pub fn observe(
        &self,
        outbox: &Arc<Outbox>,
        accounts: Vec<AccountId>,
    ) -> Vec<(AccountId, bool)> {
        self.forget_observed(outbox, accounts.clone());
        for account in &accounts {
            self.observers.entry(*account).or_default().push(outbox.clone());
        }
        accounts.into_iter().map(|account| (account, self.is_online(account))).collect()
    }

    /// Only the accounts this session observed are touched: a disconnect costs what it held.
    fn forget_observed(&self, outbox: &Arc<Outbox>, now: Vec<AccountId>) {
        for account in outbox.swap_observed(now) {
            if let Some(mut observers) = self.observers.get_mut(&account) {
                observers.retain(|observer| !Arc::ptr_eq(observer, outbox));
            }
            self.observers.remove_if(&account, |_, observers| observers.is_empty());
        }
    }

    pub fn is_online(&self, account: AccountId) -> bool {
        self.sessions.contains_key(&account) || self.lingering.contains_key(&account)
    }

    fn tell_observers(&self, account: AccountId, online: bool) {
        if let Some(observers) = self.observers.get(&account) {
            let frame = ByteString::from(ServerFrame::Presence { account, online }.to_json());
            for observer in observers.iter() {
                observer.push_signal(frame.clone());
            }
        }
    }

    /// Ends sessions of an account: one, or all.
    pub fn close_sessions(&self, account: AccountId, only: Option<SessionId>, code: CloseCode) {
        if let Some(sessions) = self.sessions.get(&account) {
            for (session, outbox) in sessions.iter() {
                if only.is_none_or(|only| only == *session) {
                    outbox.close(code);
                }
            }
        }
    }

    pub fn close_all(&self, code: CloseCode) {
        for sessions in self.sessions.iter() {
            for (_, outbox) in sessions.iter() {
                outbox.close(code);
            }
        }
    }

    pub fn sessions(&self) -> usize {
        self.attached.load(Ordering::Acquire)
    }

    /// Waits until no session is left.
    pub async fn until_empty(&self) {
        loop {
            let emptied = self.emptied.notified();
            if self.sessions() == 0 {
                return;
            }
            emptied.await;
        }
    }
}

impl Watcher {
    /// False when the watch is over because its reader is too slow.
    fn deliver(&mut self, event: &Published) -> bool {
        match &mut self.state {
            State::CatchingUp { seen } => {
                *seen = (*seen).max(event.seq);
                true
            }
            State::Live { next } if event.seq == *next => {
                *next += 1;
                let frame = event.frame_for(&self.viewer).clone();
                let kept = self.outbox.push_event(event.stream, frame);
                if !kept {
                    self.outbox.end_watch(event.stream);
                }
                kept
            }
            State::Live { next } if event.seq < *next => true,
            State::Live { next } => {
                let last = *next - 1;
                self.state = State::CatchingUp { seen: event.seq };
                self.outbox.note_gap(event.stream, last);
                true
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Taken;
    use protocol::EntityKind;
    use uuid::Uuid;

    fn event(stream: StreamId, seq: Seq) -> Published {
        let frame = format!("{seq:04}").into();
        Published { stream, seq, frame, restricted: None, revokes: None }
    }

    fn scene(bytes: usize) -> (Fanout, StreamId, AccountId, Arc<Outbox>) {
        let stream = StreamId::new(EntityKind::Room, Uuid::from_u128(7));
        (Fanout::default(), stream, AccountId(Uuid::from_u128(1)), Outbox::new(bytes))
    }

    fn taken(outbox: &Outbox) -> (Vec<String>, Taken) {
        let mut frames = Vec::new();
        let news = outbox.take(std::task::Waker::noop(), &mut frames);
        (frames.iter().map(|f| f.to_string()).collect(), news)
    }

    #[test]
    fn live_only_after_the_store_was_read_far_enough() {
        let (fanout, stream, account, outbox) = scene(1024);
        fanout.subscribe(stream, account, &outbox, 3);
        fanout.publish(&[event(stream, 4), event(stream, 5)]);
        assert!(!fanout.go_live(stream, &outbox, 4), "5 was published meanwhile");
        assert!(fanout.go_live(stream, &outbox, 5));
        fanout.publish(&[event(stream, 5), event(stream, 6)]);
        assert_eq!(taken(&outbox).0, ["0006"], "each number once");
    }

    #[test]
    fn a_gap_sends_the_watcher_back_to_the_store() {
        let (fanout, stream, account, outbox) = scene(1024);
        fanout.subscribe(stream, account, &outbox, 0);
        assert!(fanout.go_live(stream, &outbox, 0));
        fanout.publish(&[event(stream, 1), event(stream, 3)]);
        let (frames, news) = taken(&outbox);
        assert_eq!(frames, ["0001"]);
        assert_eq!(news.gaps, [(stream, 1)], "and says after which number");
        assert!(!fanout.go_live(stream, &outbox, 2));
        assert!(fanout.go_live(stream, &outbox, 3));
    }

    #[test]
    fn a_slow_reader_loses_its_queue_and_is_told_once() {
        let (fanout, stream, account, outbox) = scene(10);
        fanout.subscribe(stream, account, &outbox, 0);
        assert!(fanout.go_live(stream, &outbox, 0));
        outbox.push("mine".into());
        fanout.publish(&(1..9).map(|seq| event(stream, seq)).collect::<Vec<_>>());
        let (frames, news) = taken(&outbox);
        assert_eq!(frames, ["mine"], "own answers survive, events wait in the store");
        assert_eq!(news.lagged, [stream]);
        assert!(!outbox.is_watching(stream));
        fanout.subscribe(stream, account, &outbox, 8);
        assert!(fanout.go_live(stream, &outbox, 8));
        fanout.publish(&[event(stream, 9)]);
        assert_eq!(taken(&outbox).0, ["0009"]);
    }

    #[test]
    fn a_removed_member_sees_the_removal_and_nothing_after() {
        let (fanout, stream, account, outbox) = scene(1024);
        fanout.subscribe(stream, account, &outbox, 0);
        assert!(fanout.go_live(stream, &outbox, 0));
        let removal = Published { revokes: Some(account), ..event(stream, 1) };
        fanout.publish(&[removal, event(stream, 2)]);
        let (frames, news) = taken(&outbox);
        assert_eq!(frames, ["0001"]);
        assert_eq!(news.revoked, [stream]);
    }

    #[test]
    fn who_is_not_in_the_audience_gets_the_number_alone() {
        let (fanout, stream, account, outbox) = scene(1024);
        let other = Outbox::new(1024);
        let auditor = Outbox::new(1024);
        let nobody = AccountId(Uuid::from_u128(2));
        fanout.subscribe(stream, account, &outbox, 0);
        fanout.subscribe(stream, nobody, &other, 0);
        fanout.subscribe(stream, Viewer::from(nobody).auditing(true), &auditor, 0);
        for outbox in [&outbox, &other, &auditor] {
            assert!(fanout.go_live(stream, outbox, 0));
        }
        let restricted = Restricted { audience: Box::new([account]), withheld: "-".into() };
        let whisper = Published { restricted: Some(Arc::new(restricted)), ..event(stream, 1) };
        fanout.publish(&[whisper, event(stream, 2)]);
        assert_eq!(taken(&outbox).0, ["0001", "0002"]);
        assert_eq!(taken(&other).0, ["-", "0002"], "no hole in its numbers");
        assert_eq!(taken(&auditor).0, ["0001", "0002"]);
    }

    #[test]
    fn presence_reaches_observers_only_and_only_on_change() {
        let (fanout, _, account, outbox) = scene(1024);
        let watcher = Outbox::new(1024);
        assert_eq!(fanout.observe(&watcher, vec![account]), [(account, false)]);
        let (one, two) = (SessionId(Uuid::from_u128(1)), SessionId(Uuid::from_u128(2)));
        fanout.attach(account, one, &outbox);
        fanout.attach(account, two, &outbox);
        fanout.detach(account, one, &outbox, 0);
        assert_eq!(taken(&watcher).0.len(), 1, "online once");
        fanout.detach(account, two, &outbox, 1_000);
        fanout.tell_departures(1_000 + LINGER_MS - 1);
        assert!(fanout.is_online(account), "for a moment still");
        fanout.attach(account, one, &outbox);
        fanout.tell_departures(1_000 + LINGER_MS);
        assert_eq!(taken(&watcher).0.len(), 0, "came back: nothing to tell");
        fanout.detach(account, one, &outbox, 20_000);
        fanout.tell_departures(20_000 + LINGER_MS);
        fanout.tell_departures(20_000 + LINGER_MS);
        assert_eq!(taken(&watcher).0.len(), 1, "offline once");
        assert!(!fanout.is_online(account));
        assert_eq!(fanout.sessions(), 0);
    }
}
