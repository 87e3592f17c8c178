//! The second factor: enrol, confirm, remove.
//! Invariant: sign-in asks for a code only once the owner has proved that the authenticator
//! works; taking it away needs the password. The secret itself is in no event, and what is stored of
//! it is sealed.

use super::{Account, AccountFacts, Totp, fact, forbidden, lockout, private};
use crate::{Context, Decision};
use protocol::{
    ErrorBody, ErrorKind,
    account::{AccountEvent, TotpConfirmed, TotpEnrolled, TotpRemoved},
};

pub(super) fn enrol(
    account: &Account,
    facts: &AccountFacts,
    context: &Context<'_>,
) -> Result<Decision<AccountEvent>, ErrorBody> {
    account.by_owner(context)?;
    if account.has_totp() {
        let message = "remove the present second factor first";
        return Err(ErrorBody::new(ErrorKind::Conflict, "account.totp_on", message));
    }
    let sealed = fact(&facts.totp_sealed)?;
    let mut decision = Decision::event(TotpEnrolled {});
    decision.private = private("totp_secret", &sealed);
    // Opened on its way to the owner, and stored as it is here.
    let result = serde_json::json!({ "totp_sealed": sealed, "username": account.username });
    decision.result = Some(result.to_string());
    Ok(decision)
}

pub(super) fn confirm(
    account: &Account,
    facts: &AccountFacts,
    context: &Context<'_>,
) -> Result<Decision<AccountEvent>, ErrorBody> {
    account.by_owner(context)?;
    match account.totp {
        Totp::On => return Ok(Decision::nothing()),
        Totp::Off => {
            let message = "enrol first";
            return Err(ErrorBody::new(ErrorKind::Conflict, "account.totp_off", message));
        }
        Totp::Enrolled => {}
    }
    if fact(&facts.code_ok)? {
        return Ok(Decision::event(TotpConfirmed {}));
    }
    Err(forbidden("account.wrong_code", "the code is another").field("code"))
}

/// The hub may too: an operator at the machine helps who lost the authenticator.
pub(super) fn remove(
    account: &Account,
    facts: &AccountFacts,
    context: &Context<'_>,
) -> Result<Decision<AccountEvent>, ErrorBody> {
    account.must_exist()?;
    if !context.who.is_hub() {
        account.by_owner(context)?;
        lockout::not_locked(account, context.now)?;
        if !fact(&facts.password_ok)? {
            return Ok(lockout::wrong_password(account, "password", context));
        }
    }
    if account.totp == Totp::Off {
        return Ok(Decision::nothing());
    }
    Ok(Decision::event(TotpRemoved {}))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{
        create::tests::made,
        sign_in::tests::{code, with_code},
    };
    use crate::testing::who;
    use protocol::account::{ConfirmTotp, EnrolTotp, RemoveTotp, Secret};

    fn facts(code_ok: bool, password_ok: bool) -> AccountFacts {
        AccountFacts {
            code_ok: Some(code_ok),
            password_ok: Some(password_ok),
            totp_sealed: Some("S".into()),
            ..AccountFacts::default()
        }
    }

    #[test]
    fn from_enrolment_to_removal() {
        let me = who(7, &[]);
        let mut bench = made(&[]);
        let confirm = || ConfirmTotp { code: Secret("123456".into()) };
        let remove = || RemoveTotp { password: Secret("x".into()) };
        let early = bench.run(&me, confirm(), facts(true, true)).unwrap_err();
        assert_eq!(early.code, "account.totp_off");
        let done = bench.run(&me, EnrolTotp {}, facts(true, true)).unwrap();
        assert_eq!(done.private.as_deref(), Some(r#"{"totp_secret":"S"}"#));
        let result: serde_json::Value = serde_json::from_str(&done.result.unwrap()).unwrap();
        assert_eq!(result["totp_sealed"], "S");
        assert_eq!(result["username"], bench.state.username());
        // Not confirmed: sign-in asks for nothing yet.
        assert_eq!(code(&bench.settle(with_code(1, None)).unwrap()), None);
        let wrong = bench.run(&me, confirm(), facts(false, true)).unwrap_err();
        assert_eq!(wrong.code, "account.wrong_code");
        bench.run(&me, confirm(), facts(true, true)).unwrap();
        let asked = bench.settle(with_code(2, None)).unwrap();
        assert_eq!(code(&asked).as_deref(), Some("account.code_required"));
        let again = bench.run(&me, EnrolTotp {}, facts(true, true)).unwrap_err();
        assert_eq!(again.code, "account.totp_on");
        let other = bench.run(&who(8, &[]), remove(), facts(true, true)).unwrap_err();
        assert_eq!(other.code, "account.not_owner");
        let wrong = bench.run(&me, remove(), facts(true, false)).unwrap();
        assert_eq!(code(&wrong).as_deref(), Some("account.wrong_password"));
        assert!(bench.state.has_totp());
        bench.run(&me, remove(), facts(true, true)).unwrap();
        assert!(!bench.state.has_totp());
    }
}
