//! Disabling and enabling. Invariant: a disabled account has no session. Nobody disables
//! himself: a slip would leave a hall without its manager.

use super::{Account, sessions};
use crate::{Context, Decision};
use protocol::{
    ErrorBody, ErrorKind,
    account::{AccountDisabled, AccountEnabled, AccountEvent, SignOutReason},
};

pub(super) fn disable(
    account: &Account,
    context: &Context<'_>,
) -> Result<Decision<AccountEvent>, ErrorBody> {
    account.by_manager(context)?;
    if Account::is_owner(context) {
        let message = "somebody else must do this";
        return Err(ErrorBody::new(ErrorKind::Conflict, "account.not_yourself", message));
    }
    if account.disabled {
        return Ok(Decision::nothing());
    }
    let decision = Decision::event(AccountDisabled {});
    Ok(sessions::end(account, decision, None, SignOutReason::Disabled))
}

pub(super) fn enable(
    account: &Account,
    context: &Context<'_>,
) -> Result<Decision<AccountEvent>, ErrorBody> {
    account.by_manager(context)?;
    if !account.disabled {
        return Ok(Decision::nothing());
    }
    Ok(Decision::event(AccountEnabled {}))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{
        AccountFacts,
        create::tests::{admin, facts, made},
        sign_in::tests::{attempt, code},
    };
    use crate::testing::who;
    use protocol::{
        Role,
        account::{DisableAccount, EnableAccount},
    };

    #[test]
    fn disabling_ends_every_session_and_bars_sign_in() {
        let mut bench = made(&[]);
        bench.settle(attempt(1, true)).unwrap();
        bench.settle(attempt(2, true)).unwrap();
        let done = bench.run(&admin(), DisableAccount {}, facts()).unwrap();
        assert_eq!((done.events.len(), bench.state.sessions().count()), (3, 0));
        let again = bench.run(&admin(), DisableAccount {}, facts()).unwrap();
        assert_eq!(again, Decision::nothing());
        // Only who knows the password learns that the account is disabled.
        assert_eq!(bench.settle(attempt(3, true)).unwrap_err().code, "account.disabled");
        let wrong = bench.settle(attempt(3, false)).unwrap();
        assert_eq!(code(&wrong).as_deref(), Some("account.wrong_password"));
        bench.run(&admin(), EnableAccount {}, facts()).unwrap();
        assert_eq!(bench.run(&admin(), EnableAccount {}, facts()).unwrap(), Decision::nothing());
        assert_eq!(code(&bench.settle(attempt(4, true)).unwrap()), None);
    }

    #[test]
    fn who_may() {
        for (who, roles, code) in [
            (who(7, &[(Role::RegionAdmin, 1)]), vec![], "account.not_yourself"),
            (who(8, &[(Role::CounterStaff, 2)]), vec![], "account.not_allowed"),
            (who(8, &[(Role::RegionAdmin, 6)]), vec![], "account.not_allowed"),
            (admin(), vec![Role::Auditor], "account.outranks_you"),
        ] {
            let mut bench = made(&roles);
            let refused = bench.run(&who, DisableAccount {}, AccountFacts::default());
            assert_eq!(refused.unwrap_err().code, code);
        }
    }
}
