//! Owns how often and how much: sign-ins per address, commands per session, signals per
//! connection, connections per address. Invariant: every refusal says when to come back.
//! Sizes are absent: they belong to the protocol (`protocol::limits`).

use crate::{GatewayConfig, Network, client};
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::NoOpMiddleware,
    state::keyed::DashMapStateStore,
};
use protocol::{AccountId, Millis, RoomId, SessionId};
use std::{
    collections::HashMap,
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
};

/// Everybody of a hall may open an application in the same minute, through one address of it.
const CALLS_PER_SECOND: u32 = 20;
const CALLS_BURST: u32 = 200;
/// More than that in one room is no news but noise.
const HOOKS_PER_MINUTE: u32 = 60;
/// The audit wants to know that somebody tries; each try of a program that goes on and on fills
/// the store and tells it nothing more.
const RECORDS_PER_MINUTE: u32 = 60;

/// The limits of one node, shared by its workers.
pub(crate) struct Limits {
    pub(crate) sign_ins: Rate<IpAddr>,
    /// Keyed by session, so that ten tabs of one session are still one sender.
    pub(crate) commands: Rate<SessionId>,
    /// Calls of other systems that bring a secret of their own: webhooks and codes.
    pub(crate) calls: Rate<IpAddr>,
    /// What incoming webhooks write in one room.
    pub(crate) hooks: Rate<RoomId>,
    /// Files of one account that were not taken, as they are put on record.
    pub(crate) records: Rate<AccountId>,
    pub(crate) addresses: Arc<Addresses>,
}

impl Limits {
    pub(crate) fn new(config: &GatewayConfig) -> Self {
        let per_second = at_least_one(config.commands_per_second);
        let burst = at_least_one(config.commands_burst.max(config.commands_per_second));
        Self {
            sign_ins: Rate::new(
                Quota::per_minute(at_least_one(config.sign_ins_per_minute)),
                DefaultClock::default(),
            ),
            commands: Rate::new(
                Quota::per_second(per_second).allow_burst(burst),
                DefaultClock::default(),
            ),
            calls: Rate::new(
                Quota::per_second(at_least_one(CALLS_PER_SECOND))
                    .allow_burst(at_least_one(CALLS_BURST)),
                DefaultClock::default(),
            ),
            hooks: Rate::new(
                Quota::per_minute(at_least_one(HOOKS_PER_MINUTE)),
                DefaultClock::default(),
            ),
            records: Rate::new(
                Quota::per_minute(at_least_one(RECORDS_PER_MINUTE)),
                DefaultClock::default(),
            ),
            addresses: Arc::new(Addresses::new(
                config.connections_per_address,
                config.trusted_proxies.clone(),
            )),
        }
    }

    /// Forgets keys that are at rest: otherwise every address ever seen stays in memory.
    pub(crate) fn forget(&self) {
        self.sign_ins.0.retain_recent();
        self.commands.0.retain_recent();
        self.calls.0.retain_recent();
        self.hooks.0.retain_recent();
        self.records.0.retain_recent();
    }
}

fn at_least_one(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN)
}

/// One GCRA cell per key.
pub(crate) struct Rate<K: Hash + Eq + Clone, C: Clock = DefaultClock>(
    RateLimiter<K, DashMapStateStore<K>, C, NoOpMiddleware<C::Instant>>,
);

impl<K: Hash + Eq + Clone, C: Clock> Rate<K, C> {
    fn new(quota: Quota, clock: C) -> Self {
        Self(RateLimiter::new(quota, DashMapStateStore::default(), clock))
    }

    /// `Err` holds the milliseconds to wait.
    pub(crate) fn check(&self, key: &K) -> Result<(), u64> {
        self.0.check_key(key).map_err(|not_until| {
            let wait = not_until.wait_time_from(self.0.clock().now());
            u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).saturating_add(1)
        })
    }
}

/// An IPv6 customer holds a /64: counting single addresses would count nothing.
pub(crate) fn source(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 => v4,
    }
}

/// Open connections per address.
pub(crate) struct Addresses {
    /// 0: no limit.
    max: usize,
    /// Many people behind one address: not counted. How many connections each of them holds
    /// is the proxy's to limit.
    proxies: Vec<Network>,
    open: Mutex<HashMap<IpAddr, usize>>,
}

impl Addresses {
    fn new(max: usize, proxies: Vec<Network>) -> Self {
        Self { max, proxies, open: Mutex::default() }
    }

    /// `None` when the address holds all it may. The slot is given back on drop.
    pub(crate) fn enter(self: &Arc<Self>, address: IpAddr) -> Option<Slot> {
        let trusted = client::is_one_of(&self.proxies, address);
        let address = source(address);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let held = open.entry(address).or_insert(0);
        if self.max > 0 && !trusted && *held >= self.max {
            return None;
        }
        *held += 1;
        Some(Slot { addresses: self.clone(), address })
    }
}

pub(crate) struct Slot {
    addresses: Arc<Addresses>,
    address: IpAddr,
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut open = self.addresses.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = open.get_mut(&self.address) {
            *held -= 1;
            if *held == 0 {
                open.remove(&self.address);
            }
        }
    }
}

/// A small GCRA of one connection, for what is dropped silently: `burst` at once, then one
/// every `every` milliseconds. Eight bytes, because ten thousand connections hold one each.
#[derive(Clone, Copy, Default)]
pub(crate) struct Pace {
    due: Millis,
}

impl Pace {
    pub(crate) fn allow(&mut self, now: Millis, every: Millis, burst: Millis) -> bool {
        let window = every * burst;
        // A clock that was set back must not silence a session for the difference.
        self.due = self.due.clamp(now, now + window);
        let allowed = self.due + every <= now + window;
        if allowed {
            self.due += every;
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use governor::clock::FakeRelativeClock;
    use std::time::Duration;

    #[test]
    fn a_rate_allows_its_burst_and_then_says_how_long_to_wait() {
        let clock = FakeRelativeClock::default();
        let two = NonZeroU32::new(2).expect("two");
        let rate = Rate::new(Quota::per_second(two), clock.clone());
        assert_eq!([rate.check(&1), rate.check(&1)], [Ok(()), Ok(())]);
        let wait = rate.check(&1).expect_err("the third in one instant");
        assert!((500..=501).contains(&wait), "{wait}");
        assert_eq!(rate.check(&2), Ok(()), "another key is another sender");
        clock.advance(Duration::from_millis(wait));
        assert_eq!(rate.check(&1), Ok(()));
    }

    #[test]
    fn connections_are_counted_per_address_and_given_back() {
        let addresses = Arc::new(Addresses::new(2, Vec::new()));
        let here: IpAddr = "2001:db8::1".parse().expect("address");
        let neighbour: IpAddr = "2001:db8::2".parse().expect("address");
        let elsewhere: IpAddr = "192.0.2.1".parse().expect("address");
        let first = addresses.enter(here).expect("first");
        let _second = addresses.enter(neighbour).expect("second");
        assert!(addresses.enter(here).is_none(), "one /64 is one source");
        assert!(addresses.enter(elsewhere).is_some());
        drop(first);
        assert!(addresses.enter(here).is_some());
    }

    #[test]
    fn zero_means_no_limit_of_connections() {
        let addresses = Arc::new(Addresses::new(0, Vec::new()));
        let here: IpAddr = "192.0.2.1".parse().expect("address");
        let slots: Vec<_> = (0..100).filter_map(|_| addresses.enter(here)).collect();
        assert_eq!(slots.len(), 100);
        drop(slots);
        assert!(addresses.open.lock().expect("lock").is_empty());
    }

    #[test]
    fn a_trusted_proxy_holds_as_many_as_it_needs() {
        let proxy = "10.0.0.1".parse().expect("a network");
        let addresses = Arc::new(Addresses::new(1, vec![proxy]));
        let enter = |address: &str| addresses.enter(address.parse().expect("an address"));
        let held = [enter("10.0.0.1"), enter("10.0.0.1"), enter("::ffff:10.0.0.1")];
        assert!(held.iter().all(Option::is_some));
        let _stranger = enter("203.0.113.7").expect("the first");
        assert!(enter("203.0.113.7").is_none());
    }

    #[test]
    fn a_pace_gives_five_a_second_and_survives_a_clock_set_back() {
        let mut pace = Pace::default();
        let allowed = (0..20).filter(|_| pace.allow(10_000, 200, 5)).count();
        assert_eq!(allowed, 5);
        assert!(pace.allow(10_200, 200, 5));
        assert!(!pace.allow(10_200, 200, 5));
        assert!(!pace.allow(1_200, 200, 5), "clock set back: the window stays full");
        assert!(pace.allow(1_400, 200, 5), "and empties at its own pace");
    }

    #[test]
    fn a_mapped_address_is_the_address_it_maps() {
        let mapped: IpAddr = "::ffff:192.0.2.1".parse().expect("address");
        assert_eq!(source(mapped), "192.0.2.1".parse::<IpAddr>().expect("address"));
    }
}
