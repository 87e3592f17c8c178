//! The lock-out: wrong passwords and codes are counted wherever they are given, at sign-in
//! and beside a live session alike, so that a stolen session cannot guess at leisure.
//! Invariants: every wrong attempt is an event, so that a restart forgets none; five in a row
//! (by policy) lock for a quarter of an hour. A wrong attempt is therefore no error but an
//! outcome: the result says what failed, and the hub turns it into an error for the sender.

use super::Account;
use crate::{Context, Decision};
use protocol::{
    ErrorBody, ErrorKind, Millis,
    account::{AccountEvent, CheckFailed},
};

/// What one more wrong attempt comes to.
pub(super) struct Failure {
    pub failures: u32,
    pub locked_until: Option<Millis>,
    /// How long it locks, if it does.
    pub lock_ms: Option<Millis>,
}

impl Failure {
    pub(super) fn of(account: &Account, context: &Context<'_>) -> Self {
        // A lock that ran out begins a new count.
        let before = if account.locked_until.is_some() { 0 } else { account.failures };
        let failures = before.saturating_add(1);
        let locks = failures >= context.policy.sign_in_failures_max;
        let lock_ms = locks.then_some(context.policy.lock_ms);
        let locked_until = lock_ms.map(|ms| context.now.saturating_add(ms));
        Self { failures, locked_until, lock_ms }
    }
}

/// The outcome of an attempt that opened nothing; `retry` in milliseconds.
pub(super) fn failed(code: &'static str, retry: Option<Millis>) -> Option<String> {
    Some(serde_json::json!({ "failed": { "code": code, "retry": retry } }).to_string())
}

/// The current password, asked for beside a live session, was wrong.
pub(super) fn wrong_password(
    account: &Account,
    field: &'static str,
    context: &Context<'_>,
) -> Decision<AccountEvent> {
    let Failure { failures, locked_until, .. } = Failure::of(account, context);
    let mut decision = Decision::event(CheckFailed { failures, locked_until });
    let what = serde_json::json!({ "code": "account.wrong_password", "field": field });
    decision.result = Some(serde_json::json!({ "failed": what }).to_string());
    decision
}

/// While locked no password is accepted, not even beside a live session.
pub(super) fn not_locked(account: &Account, now: Millis) -> Result<(), ErrorBody> {
    match account.locked_until {
        Some(until) if now < until => {
            let message = "too many wrong passwords; wait";
            Err(ErrorBody::new(ErrorKind::RateLimited, "account.locked", message)
                .retry_after(until.abs_diff(now)))
        }
        _ => Ok(()),
    }
}

pub(super) fn apply(account: &mut Account, failures: u32, locked_until: Option<Millis>) {
    account.failures = failures;
    account.locked_until = locked_until;
}

/// A right password ends the row of wrong ones.
pub(super) fn forgive(account: &mut Account) {
    apply(account, 0, None);
}

#[cfg(test)]
mod tests {
    use crate::account::{
        AccountFacts,
        create::tests::{RIGHT, facts, made},
        sign_in::tests::{attempt, code},
    };
    use crate::testing::who;
    use protocol::account::{AccountCommand, ChangePassword, RemoveTotp, Secret};

    fn change() -> AccountCommand {
        ChangePassword { current: Secret(RIGHT.into()), new: Secret("Other-2026-y".into()) }.into()
    }

    fn remove() -> AccountCommand {
        RemoveTotp { password: Secret(RIGHT.into()) }.into()
    }

    fn wrong() -> AccountFacts {
        AccountFacts { password_ok: Some(false), ..facts() }
    }

    #[test]
    fn guesses_beside_a_session_lock_as_those_at_sign_in_do() {
        for command in [change, remove] {
            let (mut bench, me) = (made(&[]), who(7, &[]));
            bench.settle(attempt(1, false)).unwrap();
            for n in 2..=5 {
                let done = bench.run(&me, command(), wrong()).unwrap();
                assert_eq!(code(&done).as_deref(), Some("account.wrong_password"));
                assert_eq!(bench.state.failures, n);
            }
            let refused = bench.run(&me, command(), facts()).unwrap_err();
            assert_eq!((refused.code.as_ref(), refused.retry), ("account.locked", Some(900_000)));
            let outside = bench.settle(attempt(2, true)).unwrap();
            assert_eq!(code(&outside).as_deref(), Some("account.locked"));
            bench.now += bench.policy.lock_ms;
            bench.run(&me, command(), wrong()).unwrap();
            assert_eq!((bench.state.failures, bench.state.is_locked(bench.now)), (1, false));
        }
    }

    #[test]
    fn strangers_count_nothing_and_a_right_password_ends_the_row() {
        let mut bench = made(&[]);
        let refused = bench.run(&who(8, &[]), change(), wrong()).unwrap_err();
        assert_eq!((refused.code.as_ref(), bench.state.failures), ("account.not_owner", 0));
        let first = bench.run(&who(7, &[]), change(), wrong()).unwrap();
        let result = r#"{"failed":{"code":"account.wrong_password","field":"current"}}"#;
        assert_eq!(first.result.as_deref(), Some(result));
        bench.run(&who(7, &[]), change(), facts()).unwrap();
        assert_eq!(bench.state.failures, 0);
    }
}
