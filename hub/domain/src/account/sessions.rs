//! Ending sessions. Invariant: a session that ended never comes back. Sockets are closed by
//! the hub when it sees the event.

use super::Account;
use crate::{Context, Decision};
use protocol::{
    ErrorBody, SessionId,
    account::{AccountEvent, SignOut, SignOutEverywhere, SignOutReason, SignedOut},
};

pub(super) fn sign_out(
    account: &Account,
    command: &SignOut,
    context: &Context<'_>,
) -> Result<Decision<AccountEvent>, ErrorBody> {
    by_owner_or_manager(account, context)?;
    let session = command.session;
    if account.sessions().all(|live| live != session) {
        return Ok(Decision::nothing());
    }
    Ok(Decision::event(SignedOut { session, reason: SignOutReason::Asked }))
}

pub(super) fn everywhere(
    account: &Account,
    command: &SignOutEverywhere,
    context: &Context<'_>,
) -> Result<Decision<AccountEvent>, ErrorBody> {
    by_owner_or_manager(account, context)?;
    let keep = if command.keep_current { context.who.session } else { None };
    Ok(end(account, Decision::nothing(), keep, SignOutReason::Asked))
}

fn by_owner_or_manager(account: &Account, context: &Context<'_>) -> Result<(), ErrorBody> {
    account.by_owner(context).or_else(|_| account.by_manager(context))
}

/// Ends every session but `keep`.
pub(super) fn end(
    account: &Account,
    decision: Decision<AccountEvent>,
    keep: Option<SessionId>,
    reason: SignOutReason,
) -> Decision<AccountEvent> {
    let ending = account.sessions().filter(|session| Some(*session) != keep);
    ending.fold(decision, |decision, session| decision.and(SignedOut { session, reason }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{
        AccountFacts,
        create::tests::{admin, made},
        sign_in::tests::attempt,
    };
    use crate::testing::{Bench, session, who};

    fn three() -> Bench<Account> {
        let mut bench = made(&[]);
        for n in [7, 1, 2] {
            bench.settle(attempt(n, true)).unwrap();
        }
        bench
    }

    #[test]
    fn one_session() {
        for (who, n, expected) in [
            (who(7, &[]), 7, Ok(2)),
            (who(7, &[]), 1, Ok(2)),
            (who(7, &[]), 9, Ok(3)),
            (admin(), 1, Ok(2)),
            (who(8, &[]), 1, Err("account.not_allowed")),
        ] {
            let mut bench = three();
            let command = SignOut { session: session(n) };
            let outcome = bench.run(&who, command, AccountFacts::default());
            let left = outcome.map(|_| bench.state.sessions().count());
            assert_eq!(left.map_err(|e| e.code.into_owned()), expected.map_err(str::to_owned));
        }
    }

    #[test]
    fn every_session() {
        for (keep_current, left) in [(true, vec![session(7)]), (false, vec![])] {
            let mut bench = three();
            let command = SignOutEverywhere { keep_current };
            bench.run(&who(7, &[]), command, AccountFacts::default()).unwrap();
            assert_eq!(bench.state.sessions().collect::<Vec<_>>(), left);
        }
    }
}
