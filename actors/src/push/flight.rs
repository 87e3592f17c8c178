//! Which rows of the queue are being told, and what has come of those that ended but is not
//! written down yet. Invariants: a row is here from when it is begun until its end is durable, so
//! that it is told once at a time, and not again while the store refuses to forget it; a kind of
//! service that has [`AT_ONCE`] under way begins no more, so that one that is silent keeps the
//! others' devices from nothing.

use super::tell::End;
use persistence::{PushEnds, PushRow, PushesBusy};
use protocol::me::PushProvider;

/// Of one kind of service; also what is begun at a time.
pub(super) const AT_ONCE: usize = 64;
/// Of all of them: no more is begun.
const ALL_MAX: usize = 8 * AT_ONCE;

#[derive(Default)]
pub(super) struct Flight {
    rows: Vec<(i64, Option<PushProvider>)>,
    ended: PushEnds,
}

impl Flight {
    pub(super) fn begin(&mut self, push: &PushRow) {
        self.rows.push((push.id, push.provider));
    }

    pub(super) fn is_full(&self) -> bool {
        self.rows.len() >= ALL_MAX
    }

    /// What the next look at the queue leaves out.
    pub(super) fn busy(&self) -> PushesBusy {
        let rows = self.rows.iter().map(|(id, _)| *id).collect();
        let mut full: Vec<PushProvider> = Vec::new();
        for provider in self.rows.iter().filter_map(|(_, provider)| *provider) {
            let of_it = self.rows.iter().filter(|(_, other)| *other == Some(provider)).count();
            if of_it >= AT_ONCE && !full.contains(&provider) {
                full.push(provider);
            }
        }
        PushesBusy { rows, full }
    }

    pub(super) fn end(&mut self, id: i64, end: End) {
        match end {
            End::Settled => self.ended.settled.push(id),
            End::Later(at) => self.ended.later.push((id, at)),
        }
    }

    /// What is to be written down now.
    pub(super) fn ended(&mut self) -> Option<PushEnds> {
        let any = !self.ended.settled.is_empty() || !self.ended.later.is_empty();
        any.then(|| std::mem::take(&mut self.ended))
    }

    /// It is durable.
    pub(super) fn forget(&mut self, ends: &PushEnds) {
        let later = |id: &i64| ends.later.iter().any(|(row, _)| row == id);
        self.rows.retain(|(id, _)| !ends.settled.contains(id) && !later(id));
    }

    /// The store did not take it: it is written down with the next ones.
    pub(super) fn keep(&mut self, ends: PushEnds) {
        self.ended.settled.extend(ends.settled);
        self.ended.later.extend(ends.later);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{AccountId, EntityKind, StreamId};
    use uuid::Uuid;

    fn row(id: i64, provider: PushProvider) -> PushRow {
        PushRow {
            id,
            account: AccountId(Uuid::nil()),
            device: Uuid::nil(),
            stream: StreamId::new(EntityKind::Room, Uuid::nil()),
            seq: 1,
            repeats: None,
            at: 0,
            tries: 0,
            provider: Some(provider),
        }
    }

    #[test]
    fn a_row_is_busy_until_its_end_is_durable() {
        let mut flight = Flight::default();
        for id in 1..=2 {
            flight.begin(&row(id, PushProvider::Web));
        }
        assert!(flight.ended().is_none());
        flight.end(1, End::Settled);
        flight.end(2, End::Later(9));
        let ends = flight.ended().unwrap();
        assert_eq!((&ends.settled[..], &ends.later[..]), (&[1][..], &[(2, 9)][..]));
        assert_eq!(flight.busy().rows, [1, 2], "told, and not to be told again meanwhile");
        flight.keep(ends);
        let again = flight.ended().unwrap();
        flight.forget(&again);
        assert!(flight.busy().rows.is_empty());
    }

    #[test]
    fn a_silent_service_keeps_only_its_own_devices_waiting() {
        let mut flight = Flight::default();
        for id in 0..AT_ONCE as i64 {
            flight.begin(&row(id, PushProvider::Apns));
        }
        flight.begin(&row(1_000, PushProvider::Web));
        assert_eq!((flight.busy().full, flight.is_full()), (vec![PushProvider::Apns], false));
        flight.end(0, End::Settled);
        let ends = flight.ended().unwrap();
        flight.forget(&ends);
        assert!(flight.busy().full.is_empty());
    }
}
