//! Password rules, the owner's change and a manager's reset.
//! Invariant: whoever had the old password has no session left afterwards; the only one that
//! may live on is the one that proved the current password. Hashing is absent: the rules see
//! only whether a password was right.

use super::{Account, AccountFacts, fact, lockout, private, sessions};
use crate::{Context, Decision, Policy};
use protocol::{
    ErrorBody, ErrorKind,
    account::{AccountEvent, ChangePassword, PasswordChanged, ResetPassword, SignOutReason},
    limits::PASSWORD_CHARS_MAX,
};

/// Long enough, three of four kinds of characters, and not the username dressed up.
pub fn check_password(policy: &Policy, username: &str, password: &str) -> Result<(), ErrorBody> {
    let refuse = |code, message: String| Err(ErrorBody::new(ErrorKind::Invalid, code, message));
    let chars = password.chars().count();
    if chars < policy.password_chars_min {
        let message = format!("at least {} characters", policy.password_chars_min);
        return refuse("account.password_too_short", message);
    }
    if chars > PASSWORD_CHARS_MAX {
        let message = format!("at most {PASSWORD_CHARS_MAX} characters");
        return refuse("account.password_too_long", message);
    }
    let mut kinds = [false; 4];
    for c in password.chars() {
        let kind = match c {
            _ if c.is_lowercase() => 0,
            _ if c.is_uppercase() => 1,
            _ if c.is_numeric() => 2,
            _ => 3,
        };
        kinds[kind] = true;
    }
    if kinds.iter().filter(|kind| **kind).count() < 3 {
        let message = "three of: lower case, upper case, digits, other characters".into();
        return refuse("account.password_too_simple", message);
    }
    if !username.is_empty() && password.to_lowercase().contains(&username.to_lowercase()) {
        let message = "must not contain the username".into();
        return refuse("account.password_has_username", message);
    }
    Ok(())
}

pub(super) fn change(
    account: &Account,
    command: &ChangePassword,
    facts: &AccountFacts,
    context: &Context<'_>,
) -> Result<Decision<AccountEvent>, ErrorBody> {
    account.by_owner(context)?;
    lockout::not_locked(account, context.now)?;
    if !fact(&facts.password_ok)? {
        return Ok(lockout::wrong_password(account, "current", context));
    }
    check_password(context.policy, &account.username, &command.new.0)
        .map_err(|error| error.field("new"))?;
    if command.new == command.current {
        let message = "the new password is the current one";
        return Err(
            ErrorBody::new(ErrorKind::Invalid, "account.password_same", message).field("new")
        );
    }
    changed(account, facts, false, context)
}

pub(super) fn reset(
    account: &Account,
    command: &ResetPassword,
    facts: &AccountFacts,
    context: &Context<'_>,
) -> Result<Decision<AccountEvent>, ErrorBody> {
    account.by_manager(context)?;
    if Account::is_owner(context) {
        // Otherwise a stolen session would not need the current password.
        let message = "change your own password instead";
        return Err(ErrorBody::new(ErrorKind::Conflict, "account.not_yourself", message));
    }
    check_password(context.policy, &account.username, &command.password.0)
        .map_err(|error| error.field("password"))?;
    changed(account, facts, true, context)
}

fn changed(
    account: &Account,
    facts: &AccountFacts,
    reset: bool,
    context: &Context<'_>,
) -> Result<Decision<AccountEvent>, ErrorBody> {
    let keep = if reset { None } else { context.who.session };
    let decision = Decision::event(PasswordChanged { reset });
    let mut decision = sessions::end(account, decision, keep, SignOutReason::PasswordChanged);
    decision.private = private("password_hash", &fact(&facts.password_hash)?);
    Ok(decision)
}

pub(super) fn apply(account: &mut Account, changed: &PasswordChanged) {
    account.must_change_password = changed.reset;
    // The password that was guessed at is gone: the owner proved it, or stands at the counter.
    lockout::forgive(account);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{
        create::tests::{RIGHT, admin, facts, made},
        sign_in::tests::{attempt, lock},
    };
    use crate::testing::{session, who};
    use proptest::prelude::*;
    use protocol::{Role, account::Secret};

    fn change(new: &str) -> ChangePassword {
        ChangePassword { current: Secret(RIGHT.into()), new: Secret(new.into()) }
    }

    #[test]
    fn password_rules() {
        let long = format!("Aa1{}", "x".repeat(126));
        for (password, code) in [
            ("Abcdefg-12", None),
            ("abcdefg-12", None),
            ("ABCDEFG-12", None),
            ("窗口窗口窗口Ab窗口", None),
            (&long[1..], Some("account.password_too_simple")),
            (&long, Some("account.password_too_long")),
            ("Abcdef-12", Some("account.password_too_short")),
            ("abcdefghij", Some("account.password_too_simple")),
            ("abcdefgh12", Some("account.password_too_simple")),
            ("Xx-GULI-12345", Some("account.password_has_username")),
        ] {
            let outcome = check_password(&Policy::default(), "guli", password);
            assert_eq!(outcome.err().map(|e| e.code.into_owned()).as_deref(), code, "{password}");
        }
    }

    #[test]
    fn a_change_keeps_only_the_session_that_asks() {
        let mut bench = made(&[]);
        for n in [7, 1, 2] {
            bench.settle(attempt(n, true)).unwrap();
        }
        let done = bench.run(&who(7, &[]), change("Other-2026-y"), facts()).unwrap();
        assert_eq!(done.private.as_deref(), Some(r#"{"password_hash":"hash"}"#));
        assert_eq!(bench.state.sessions().collect::<Vec<_>>(), [session(7)]);
    }

    #[test]
    fn changes_that_are_refused() {
        let unchecked = AccountFacts { password_ok: None, ..facts() };
        for (n, new, facts, code) in [
            (8, "Other-2026-y", facts(), "account.not_owner"),
            (7, "Other-2026-y", unchecked, "hub.internal"),
            (7, RIGHT, facts(), "account.password_same"),
            (7, "short", facts(), "account.password_too_short"),
        ] {
            let refused = made(&[]).run(&who(n, &[]), change(new), facts).unwrap_err();
            assert_eq!(refused.code, code);
        }
        let mut bench = made(&[]);
        lock(&mut bench);
        let refused = bench.run(&who(7, &[]), change("Other-2026-y"), facts()).unwrap_err();
        assert_eq!((refused.code.as_ref(), refused.retry), ("account.locked", Some(900_000)));
    }

    #[test]
    fn a_reset_ends_everything_and_must_be_changed() {
        let mut bench = made(&[]);
        bench.settle(attempt(1, true)).unwrap();
        lock(&mut bench);
        let reset = || ResetPassword { password: Secret("Other-2026-y".into()) };
        bench.run(&admin(), reset(), facts()).unwrap();
        assert_eq!(bench.state.sessions().count(), 0);
        assert!(bench.state.must_change_password() && !bench.state.is_locked(bench.now));
        bench.run(&who(7, &[]), change("Third-2026-z"), facts()).unwrap();
        assert!(!bench.state.must_change_password());
        let own = bench.run(&who(7, &[(Role::RegionAdmin, 1)]), reset(), facts()).unwrap_err();
        assert_eq!(own.code, "account.not_yourself");
        let stronger = made(&[Role::Operator]).run(&admin(), reset(), facts()).unwrap_err();
        assert_eq!(stronger.code, "account.outranks_you");
    }

    proptest! {
        #[test]
        fn accepted_passwords_are_long_and_mixed(password in "\\PC{0,40}") {
            if check_password(&Policy::default(), "guli", &password).is_ok() {
                prop_assert!(password.chars().count() >= 10);
                prop_assert!(!password.to_lowercase().contains("guli"));
            }
        }
    }
}
