//! Signing in.
//! Invariants: while locked nothing is looked at, not even a right password; a code opens one
//! session, so that who looked over a shoulder is late; expired sessions leave first and the
//! oldest makes room; who signs in has a room of their own. A wrong password is no error but an outcome: see
//! `lockout.rs`.

use super::{
    Account, LiveSession, forbidden,
    lockout::{self, Failure, failed},
    private,
};
use crate::{Context, Decision, Order, own_room_id};
use protocol::{
    AccountId, EntityKind, ErrorBody, SessionId, StreamId,
    account::{AccountEvent, SignInFailed, SignOutReason, SignedIn, SignedOut},
};

/// A client's name is its own claim; longer ones are cut, never refused.
const AGENT_CHARS_MAX: usize = 200;

pub(super) struct Attempt<'a> {
    pub password_ok: bool,
    pub code_ok: Option<bool>,
    pub code_step: Option<u64>,
    pub session: SessionId,
    pub token_hash: &'a str,
    pub addr: &'a str,
    pub agent: &'a str,
}

pub(super) fn decide(
    account: &Account,
    attempt: &Attempt<'_>,
    context: &Context<'_>,
) -> Result<Decision<AccountEvent>, ErrorBody> {
    account.must_exist()?;
    if let Some(until) = account.locked_until.filter(|until| context.now < *until) {
        let mut decision = Decision::nothing();
        decision.result = failed("account.locked", Some(until - context.now));
        return Ok(decision);
    }
    if !attempt.password_ok {
        return Ok(failure(account, attempt, "account.wrong_password", context));
    }
    // Only who knows the password learns this.
    if account.disabled {
        return Err(forbidden("account.disabled", "the account is disabled"));
    }
    match attempt.code_ok {
        None if account.has_totp() => {
            let mut decision = Decision::nothing();
            decision.result = failed("account.code_required", None);
            Ok(decision)
        }
        Some(false) if account.has_totp() => {
            Ok(failure(account, attempt, "account.wrong_code", context))
        }
        // Used, or older than a used one.
        Some(true) if account.has_totp() && attempt.code_step <= account.code_step => {
            Ok(failure(account, attempt, "account.code_used", context))
        }
        _ => Ok(success(account, attempt, context)),
    }
}

fn failure(
    account: &Account,
    attempt: &Attempt<'_>,
    code: &'static str,
    context: &Context<'_>,
) -> Decision<AccountEvent> {
    let Failure { failures, locked_until, lock_ms } = Failure::of(account, context);
    let addr = attempt.addr.to_owned();
    let mut decision = Decision::event(SignInFailed { addr, failures, locked_until });
    decision.result = failed(code, lock_ms);
    decision
}

fn success(
    account: &Account,
    attempt: &Attempt<'_>,
    context: &Context<'_>,
) -> Decision<AccountEvent> {
    let (expired, live): (Vec<_>, Vec<_>) =
        account.sessions.iter().partition(|session| session.expires_at <= context.now);
    let too_many = (live.len() + 1).saturating_sub(context.policy.sessions_max.max(1));
    let gone = expired.into_iter().map(|session| (session.id, SignOutReason::Expired));
    let crowded = live.into_iter().take(too_many).map(|s| (s.id, SignOutReason::TooMany));
    let decision = gone.chain(crowded).fold(Decision::nothing(), |decision, (session, reason)| {
        decision.and(SignedOut { session, reason })
    });
    let expires_at = context.now.saturating_add(context.policy.session_ms);
    let mut decision = decision.and(SignedIn {
        session: attempt.session,
        expires_at,
        addr: attempt.addr.to_owned(),
        agent: attempt.agent.chars().take(AGENT_CHARS_MAX).collect(),
        code_step: attempt.code_step.filter(|_| account.has_totp()),
    });
    let me = AccountId(context.stream.id);
    let own = StreamId::new(EntityKind::Room, own_room_id(me).0);
    if !account.streams.contains(&own) {
        decision = decision.tell(own, Order::OpenOwn { account: me });
    }
    decision.private = private("token_hash", attempt.token_hash);
    let result = serde_json::json!({
        "expires_at": expires_at,
        "must_change_password": account.must_change_password,
    });
    decision.result = Some(result.to_string());
    decision
}

pub(super) fn apply(account: &mut Account, signed_in: &SignedIn) {
    lockout::forgive(account);
    account.code_step = account.code_step.max(signed_in.code_step);
    account.sessions.push(LiveSession { id: signed_in.session, expires_at: signed_in.expires_at });
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::Effect;
    use crate::account::create::tests::made;
    use crate::testing::{Bench, session};

    pub(crate) fn with_code(n: u128, code_ok: Option<bool>) -> Order {
        Order::SignIn {
            password_ok: true,
            code_ok,
            // Each later than the one before.
            code_step: code_ok.filter(|ok| *ok).map(|_| n as u64),
            session: session(n),
            token_hash: "t".into(),
            addr: "10.0.0.1".into(),
            agent: "b".repeat(300),
        }
    }

    pub(crate) fn attempt(n: u128, right: bool) -> Order {
        let mut order = with_code(n, None);
        if let Order::SignIn { password_ok, .. } = &mut order {
            *password_ok = right;
        }
        order
    }

    /// The code of an attempt that failed.
    pub(crate) fn code(decision: &Decision<AccountEvent>) -> Option<String> {
        let result: serde_json::Value = serde_json::from_str(decision.result.as_ref()?).unwrap();
        Some(result["failed"]["code"].as_str()?.to_owned())
    }

    pub(crate) fn lock(bench: &mut Bench<Account>) {
        for _ in 0..5 {
            bench.settle(attempt(99, false)).unwrap();
        }
        assert!(bench.state.is_locked(bench.now));
    }

    #[test]
    fn success() {
        let mut bench = made(&[]);
        let done = bench.settle(attempt(1, true)).unwrap();
        assert_eq!(done.private.as_deref(), Some(r#"{"token_hash":"t"}"#));
        let expires_at = bench.now + bench.policy.session_ms;
        let result = format!(r#"{{"expires_at":{expires_at},"must_change_password":false}}"#);
        assert_eq!(done.result, Some(result));
        let [AccountEvent::SignedIn(signed_in)] = &done.events[..] else { panic!("{done:?}") };
        assert_eq!(signed_in.agent.len(), 200);
        let own = StreamId::new(EntityKind::Room, own_room_id(AccountId(bench.stream.id)).0);
        let open = Order::OpenOwn { account: AccountId(bench.stream.id) };
        assert_eq!(done.effects, [Effect { to: own, order: open }]);
        bench.settle(Order::JoinStream { stream: own }).unwrap();
        assert_eq!(bench.settle(attempt(2, true)).unwrap().effects, [], "it is there");
        let mut nobody = Bench::<Account>::new(crate::testing::account(1).0);
        assert_eq!(nobody.settle(attempt(1, true)).unwrap_err().code, "account.not_found");
    }

    #[test]
    fn five_failures_lock_and_time_opens() {
        let mut bench = made(&[]);
        for n in 1..=4 {
            let done = bench.settle(attempt(1, false)).unwrap();
            assert_eq!(
                (done.events.len(), code(&done).as_deref()),
                (1, Some("account.wrong_password"))
            );
            assert_eq!(bench.state.failures, n);
        }
        bench.settle(attempt(1, true)).unwrap();
        assert_eq!(bench.state.failures, 0);
        lock(&mut bench);
        bench.now += bench.policy.lock_ms - 1;
        let refused = bench.settle(attempt(2, true)).unwrap();
        assert!(refused.events.is_empty() && refused.private.is_none());
        let text = r#"{"failed":{"code":"account.locked","retry":1}}"#;
        assert_eq!(refused.result.as_deref(), Some(text));
        bench.now += 1;
        bench.settle(attempt(2, false)).unwrap();
        assert_eq!((bench.state.failures, bench.state.is_locked(bench.now)), (1, false));
        assert_eq!(code(&bench.settle(attempt(2, true)).unwrap()), None);
    }

    #[test]
    fn wrong_codes_count_and_needless_codes_do_not() {
        let mut bench = made(&[]);
        assert_eq!(code(&bench.settle(with_code(1, Some(false))).unwrap()), None);
        bench.state.totp = crate::account::Totp::On;
        let asked = bench.settle(with_code(2, None)).unwrap();
        assert_eq!((asked.events.len(), bench.state.failures), (0, 0));
        for _ in 0..5 {
            let wrong = bench.settle(with_code(2, Some(false))).unwrap();
            assert_eq!(code(&wrong).as_deref(), Some("account.wrong_code"));
        }
        let right = bench.settle(with_code(2, Some(true))).unwrap();
        assert_eq!(code(&right).as_deref(), Some("account.locked"));
    }

    #[test]
    fn a_code_opens_one_session() {
        let mut bench = made(&[]);
        bench.state.totp = crate::account::Totp::On;
        let opens = |bench: &mut Bench<Account>, step| {
            code(&bench.settle(with_code(step, Some(true))).unwrap())
        };
        assert_eq!(opens(&mut bench, 7), None);
        let used = Some("account.code_used".to_owned());
        assert_eq!((opens(&mut bench, 7), opens(&mut bench, 6)), (used.clone(), used));
        assert_eq!(bench.state.failures, 2);
        assert_eq!(opens(&mut bench, 8), None);
    }

    #[test]
    fn sessions_are_bounded_and_expire() {
        let mut bench = made(&[]);
        for n in 1..=12 {
            bench.settle(attempt(n, true)).unwrap();
        }
        let live: Vec<_> = bench.state.sessions().collect();
        assert_eq!(live, (3..=12).map(session).collect::<Vec<_>>());
        bench.now += bench.policy.session_ms;
        let done = bench.settle(attempt(20, true)).unwrap();
        assert_eq!((done.events.len(), bench.state.sessions().count()), (11, 1));
    }
}
