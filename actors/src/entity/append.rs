//! From a decision to an append: numbers, chain, frames, outbox and timer rows.

use super::{Ask, EntityActor, Held, Job, outcome::receipt};
use crate::{journal::Commit, relay::order_json, shell::Shell};
use bytestring::ByteString;
use domain::{Decision, Order, TimerChange};
use kernel::{
    Published, Restricted, Scope, Viewer,
    journal::{
        Append, CommandRecord, FirstOutcome, Head, OutboxRow, StoreError, StoredEvent, TimerRow,
        TimerWrite,
    },
};
use protocol::{AccountId, CommandId, ErrorBody, Millis, Seq, TraceId};
use std::sync::Arc;
use tokio::sync::oneshot;

pub(super) struct Author {
    by: Option<AccountId>,
    session: Option<protocol::SessionId>,
    trace: Option<TraceId>,
    now: Millis,
}

impl<E: Shell> EntityActor<E> {
    pub(super) fn append(
        &mut self,
        job: Job<E>,
        decision: Decision<E::Event>,
        now: Millis,
        scope: &mut Scope<'_, Self>,
    ) {
        // Reserved before anything is applied: a full pipe refuses, it does not lose.
        let Ok(permit) = self.env.commits.clone().try_acquire_owned() else {
            return drop(job.reply.send(Err(ErrorBody::busy())));
        };
        let (by, fingerprint, consumed) = match &job.ask {
            Ask::Client { fingerprint, .. } => (job.who.account, *fingerprint, None),
            Ask::Hub(order) => {
                // A sign-in is nobody's effect: no row waits for it.
                let consumed = (!matches!(**order, Order::SignIn { .. })).then_some(job.id);
                (order.in_name_of(self.stream), 0, consumed)
            }
        };
        let record = CommandRecord {
            id: job.id,
            fingerprint,
            result: decision.result.clone(),
            last_seq: self.head.seq + decision.events.len() as Seq,
        };
        let author = Author { by, session: job.who.session, trace: job.trace, now };
        let (events, publish, counted) = self.seal(&decision, &author, &record);
        let append = Append {
            stream: self.stream,
            events,
            redactions: decision.redactions,
            outbox: self.outbox_rows(decision.effects, now),
            timers: self.timer_rows(decision.timers),
            consumed,
            private: decision.private,
        };
        self.remember(FirstOutcome { stream: self.stream, by, record: record.clone() });
        let receipt = receipt(self.stream, &record);
        self.held.push_back(Held {
            until: record.last_seq,
            reply: job.reply,
            outcome: Ok(receipt),
        });
        let hook = append.events.clone();
        let nudge = !append.outbox.is_empty();
        let (reply, outcome) = oneshot::channel();
        let commit = Commit { append, publish, reply, permit };
        if self.env.shard.get().is_none_or(|shard| shard.tell(commit).is_err()) {
            return self.die(ErrorBody::busy(), scope);
        }
        let own = by.filter(|_| counted);
        scope.spawn(outcome, move |actor, outcome, scope| {
            let outcome = outcome.unwrap_or_else(|_| Err(StoreError::Unavailable("gone".into())));
            match outcome {
                Ok(()) => actor.committed(&record, &hook, own, nudge, scope),
                Err(error) => actor.refused(error, &record, scope),
            }
        });
    }

    pub(super) fn seal(
        &mut self,
        decision: &Decision<E::Event>,
        author: &Author,
        record: &CommandRecord,
    ) -> (Vec<StoredEvent>, Vec<Published>, bool) {
        let mut counted = false;
        let events = &decision.events;
        let mut sealed = Vec::with_capacity(events.len());
        let mut publish = Vec::with_capacity(events.len());
        for (n, event) in events.iter().enumerate() {
            let (type_name, body) = E::encode(event);
            let counts = E::counts(event);
            counted |= counts;
            let mut stored = StoredEvent {
                stream: self.stream,
                seq: self.head.seq + 1,
                at: author.now,
                by: author.by,
                session: author.session,
                trace: author.trace,
                command: (n == 0).then(|| record.clone()),
                type_name: type_name.to_owned(),
                audience: decision.audience.clone(),
                body: Some(body),
                body_hash: None,
                tally: self.head.tally + u64::from(counts),
                hash: [0; 32],
            };
            stored.hash = stored.chain(&self.head.hash);
            self.state.apply(stored.seq, stored.at, stored.by, event);
            self.head = Head { seq: stored.seq, tally: stored.tally, hash: stored.hash };
            publish.push(published(&stored, E::revokes(event)));
            sealed.push(stored);
        }
        (sealed, publish, counted)
    }

    pub(super) fn outbox_rows(&self, effects: Vec<domain::Effect>, at: Millis) -> Vec<OutboxRow> {
        let row = |effect: domain::Effect| OutboxRow {
            id: CommandId(self.env.ids.next()),
            to: effect.to,
            order: order_json(&effect.order),
            at,
        };
        effects.into_iter().map(row).collect()
    }

    pub(super) fn timer_rows(&self, timers: Vec<TimerChange>) -> Vec<TimerWrite> {
        let stream = self.stream;
        let row = |change| match change {
            TimerChange::Set { name, at } => {
                TimerWrite::Set(TimerRow { stream, name, at, id: CommandId(self.env.ids.next()) })
            }
            TimerChange::Cancel { name } => TimerWrite::Cancel { stream, name },
        };
        timers.into_iter().map(row).collect()
    }
}

/// A frame for those who may see the event, and one for everybody else where there are such.
fn published(event: &StoredEvent, revokes: Option<AccountId>) -> Published {
    let frame = |viewer| ByteString::from(persistence::event_frame_json(event, &viewer));
    let restricted = event
        .audience
        .clone()
        .map(|audience| Arc::new(Restricted { audience, withheld: frame(Viewer::nobody()) }));
    let frame = frame(Viewer::everything());
    Published { stream: event.stream, seq: event.seq, frame, restricted, revokes }
}
