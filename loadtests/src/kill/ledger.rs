//! What one group was promised and what it saw, as plain data. Invariants, each an error the
//! moment it breaks: every watcher sees the numbers 1, 2, 3 … each once; all see the same
//! message under the same number; each sender's messages are there each once, in the order
//! sent; what was acknowledged stands under the number that the acknowledgement named.

use protocol::Seq;

/// The nth message of a sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) who: usize,
    pub(super) n: u32,
}

impl Said {
    pub(super) fn text(self) -> String {
        format!("{}:{}", self.who, self.n)
    }

    pub(super) fn of_text(text: &str) -> Option<Self> {
        let (who, n) = text.split_once(':')?;
        Some(Self { who: who.parse().ok()?, n: n.parse().ok()? })
    }
}

/// People are counted from 0 within their group.
pub(super) struct Ledger {
    /// By number, less one; `None` where the event is no message.
    log: Vec<Option<Said>>,
    /// The last number each watcher saw.
    seen: Vec<Seq>,
    /// How many messages of each sender the log holds.
    said: Vec<u32>,
    /// Acknowledgements whose message nobody has seen yet.
    promised: Vec<(Seq, Said)>,
    acknowledged: u64,
}

impl Ledger {
    pub(super) fn new(people: usize) -> Self {
        Self {
            log: Vec::new(),
            seen: vec![0; people],
            said: vec![0; people],
            promised: Vec::new(),
            acknowledged: 0,
        }
    }

    pub(super) fn acknowledged(&self) -> u64 {
        self.acknowledged
    }

    /// The messages of the log, whoever sent them.
    pub(super) fn messages(&self) -> u64 {
        self.said.iter().copied().map(u64::from).sum()
    }

    pub(super) fn head(&self) -> Seq {
        self.log.len() as Seq
    }

    /// A watcher saw the next event of its watch.
    pub(super) fn saw(
        &mut self,
        watcher: usize,
        seq: Seq,
        what: Option<Said>,
    ) -> Result<(), String> {
        let last = self.seen[watcher];
        if seq != last + 1 {
            return Err(format!("watcher {watcher} saw {seq} after {last}"));
        }
        self.seen[watcher] = seq;
        self.stands(seq, what)
    }

    /// Under this number stands this, as everybody who saw it before saw it.
    pub(super) fn stands(&mut self, seq: Seq, what: Option<Said>) -> Result<(), String> {
        let place = usize::try_from(seq - 1).map_err(|error| error.to_string())?;
        if let Some(known) = self.log.get(place) {
            return match *known == what {
                true => Ok(()),
                false => Err(format!("number {seq} is {known:?} to one and {what:?} to another")),
            };
        }
        if let Some(Said { who, n }) = what {
            let next = self.said.get_mut(who).ok_or(format!("number {seq} is of a stranger"))?;
            if n != *next {
                return Err(format!("number {seq} is message {n} of {who}, and {next} was next"));
            }
            *next += 1;
        }
        self.log.push(what);
        Ok(())
    }

    pub(super) fn promised(&mut self, seq: Seq, said: Said) {
        self.promised.push((seq, said));
        self.acknowledged += 1;
    }

    /// Holds acknowledgements against what was seen; those further on wait.
    pub(super) fn check(&mut self) -> Result<(), String> {
        let head = self.head();
        let (due, later) = self.promised.drain(..).partition(|(seq, _)| *seq <= head);
        self.promised = later;
        let due: Vec<(Seq, Said)> = due;
        for (seq, said) in due {
            let place = usize::try_from(seq - 1).map_err(|error| error.to_string())?;
            if self.log.get(place) != Some(&Some(said)) {
                return Err(format!("{said:?} was acknowledged as {seq}, which it is not"));
            }
        }
        Ok(())
    }

    /// Whether every watcher has seen everything that was acknowledged to anybody.
    pub(super) fn is_seen_by_all(&self) -> bool {
        let last = self.promised.iter().map(|(seq, _)| *seq).max().unwrap_or_default();
        let head = self.head().max(last);
        self.seen.iter().all(|seen| *seen == head)
    }

    /// At the end, when nobody waits for an answer: all that was sent is there.
    pub(super) fn close(&mut self) -> Result<(), String> {
        self.check()?;
        if self.promised.is_empty() && self.messages() == self.acknowledged {
            return Ok(());
        }
        let (messages, acknowledged) = (self.messages(), self.acknowledged);
        Err(format!("{acknowledged} messages acknowledged, {messages} there"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(who: usize, n: u32) -> Option<Said> {
        Some(Said { who, n })
    }

    /// Two people; both saw the room made and one message of each.
    fn ledger() -> Ledger {
        let mut ledger = Ledger::new(2);
        for watcher in 0..2 {
            for (seq, what) in [(1, None), (2, said(0, 0)), (3, said(1, 0))] {
                ledger.saw(watcher, seq, what).expect("well");
            }
        }
        ledger
    }

    #[test]
    fn what_was_promised_and_seen_adds_up() {
        let mut ledger = ledger();
        ledger.promised(2, Said { who: 0, n: 0 });
        assert!(ledger.close().is_err(), "message 3 was answered to nobody");
        ledger.promised(3, Said { who: 1, n: 0 });
        assert_eq!(ledger.close(), Ok(()));
        assert!(ledger.is_seen_by_all());
    }

    #[test]
    fn an_acknowledgement_may_come_before_its_event() {
        let mut ledger = ledger();
        ledger.promised(4, Said { who: 0, n: 1 });
        assert_eq!(ledger.check(), Ok(()));
        assert!(!ledger.is_seen_by_all());
        ledger.saw(0, 4, said(0, 1)).expect("next");
        assert_eq!(ledger.check(), Ok(()));
        assert!(!ledger.is_seen_by_all(), "the other has not seen it");
    }

    #[test]
    fn a_lost_acknowledged_message_is_found() {
        let mut ledger = ledger();
        ledger.promised(4, Said { who: 0, n: 1 });
        ledger.saw(1, 4, said(1, 1)).expect("another message took the number");
        assert!(ledger.check().is_err());
    }

    #[test]
    fn gaps_repetitions_and_other_orders_are_found() {
        assert!(ledger().saw(0, 5, said(0, 1)).is_err(), "a gap");
        assert!(ledger().saw(0, 3, said(1, 0)).is_err(), "a number twice");
        assert!(ledger().saw(0, 4, said(0, 0)).is_err(), "a message twice");
        assert!(ledger().saw(0, 4, said(0, 2)).is_err(), "a message left out");
        let mut ledger = ledger();
        ledger.saw(0, 4, said(0, 1)).expect("next");
        assert!(ledger.saw(1, 4, said(1, 1)).is_err(), "another order");
    }

    #[test]
    fn a_message_says_whose_it_is() {
        let one = Said { who: 12, n: 345 };
        assert_eq!(Said::of_text(&one.text()), Some(one));
        assert_eq!(Said::of_text("hello"), None);
    }
}
