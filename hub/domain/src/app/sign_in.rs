//! Signing people in to an application: a code for who opens it, changed once by its server.
//! Invariants: a code is changed once, within its minute, for the address it was made for, by
//! whoever can prove to have asked for it; the second time is written down, because somebody
//! else has it. Codes are here by their hash alone. Whatever anybody on the network may try is
//! written down once in a minute.

use super::App;
use crate::{Context, Decision, Order};
use protocol::{
    AccountId, Millis,
    app::{AppEvent, CodeIssued, PersonRefused, PersonSignedIn, SignInRefusal},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A used code is remembered so long, to tell a second use from a guess.
const REMEMBERED_MS: Millis = 10 * 60 * 1000;
/// Codes of one application at one time: everybody of a region at the start of a day.
const CODES_MAX: usize = 5_000;
const REFUSED_EVERY_MS: Millis = 60 * 1000;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Code {
    account: AccountId,
    redirect: String,
    challenge: Option<String>,
    nonce: Option<String>,
    expires_at: Millis,
    used: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Codes {
    codes: BTreeMap<String, Code>,
    refused_at: Option<Millis>,
}

impl Codes {
    pub(super) fn issued(&mut self, issued: &CodeIssued, at: Millis) {
        self.codes.retain(|_, code| code.expires_at + REMEMBERED_MS > at);
        while self.codes.len() >= CODES_MAX {
            let oldest = self.codes.iter().min_by_key(|(_, code)| code.expires_at);
            let Some(hash) = oldest.map(|(hash, _)| hash.clone()) else { break };
            self.codes.remove(&hash);
        }
        let CodeIssued { account, redirect, challenge, nonce, expires_at, .. } = issued.clone();
        let code = Code { account, redirect, challenge, nonce, expires_at, used: false };
        self.codes.insert(issued.code_hash.clone(), code);
    }

    pub(super) fn used(&mut self, code_hash: &str) {
        if let Some(code) = self.codes.get_mut(code_hash) {
            code.used = true;
        }
    }

    pub(super) fn refused(&mut self, reason: SignInRefusal, at: Millis) {
        if is_anybodys(reason) {
            self.refused_at = Some(at);
        }
    }
}

/// What takes no more than the application's public id to try.
fn is_anybodys(reason: SignInRefusal) -> bool {
    use SignInRefusal as R;
    matches!(reason, R::RedirectUnknown | R::CodeUnknown | R::SecretWrong)
}

pub(super) fn issue(
    app: &App,
    code: &CodeIssued,
    for_them: bool,
    context: &Context<'_>,
) -> Decision<AppEvent> {
    let account = Some(code.account);
    if !app.exists() || !app.square.redirects.contains(&code.redirect) {
        return refuse(app, SignInRefusal::RedirectUnknown, account, context);
    }
    if !for_them {
        return refuse(app, SignInRefusal::NotForYou, account, context);
    }
    Decision::event(code.clone())
}

pub(super) fn redeem(app: &App, order: &Order, context: &Context<'_>) -> Decision<AppEvent> {
    let Order::RedeemCode { code_hash, redirect, challenge, proved } = order else {
        return Decision::nothing();
    };
    let Some(code) = app.sign_in.codes.get(code_hash) else {
        return refuse(app, SignInRefusal::CodeUnknown, None, context);
    };
    let account = Some(code.account);
    match flaw(code, redirect, challenge.as_deref(), *proved, context.now) {
        Some(reason) => refuse(app, reason, account, context),
        None => {
            let account = code.account;
            let done = PersonSignedIn { code_hash: code_hash.clone(), account };
            let result = serde_json::json!({ "account": account, "nonce": code.nonce });
            Decision { result: Some(result.to_string()), ..Decision::event(done) }
        }
    }
}

fn flaw(
    code: &Code,
    redirect: &str,
    challenge: Option<&str>,
    proved: Option<bool>,
    now: Millis,
) -> Option<SignInRefusal> {
    use SignInRefusal as R;
    let verified = code.challenge.as_deref() == challenge;
    // A page without a server of its own has no secret; it must have used PKCE instead.
    let known = proved.unwrap_or(code.challenge.is_some());
    match code {
        Code { used: true, .. } => Some(R::CodeUsed),
        _ if now >= code.expires_at => Some(R::CodeExpired),
        _ if code.redirect != redirect => Some(R::RedirectDiffers),
        _ if !verified => Some(R::VerifierWrong),
        _ if !known => Some(R::SecretWrong),
        _ => None,
    }
}

/// The asker is told in any case.
fn refuse(
    app: &App,
    reason: SignInRefusal,
    account: Option<AccountId>,
    context: &Context<'_>,
) -> Decision<AppEvent> {
    let lately =
        app.sign_in.refused_at.is_some_and(|at| context.now.saturating_sub(at) < REFUSED_EVERY_MS);
    let mut decision = if !app.exists() || (is_anybodys(reason) && lately) {
        Decision::nothing()
    } else {
        Decision::event(PersonRefused { reason, account })
    };
    decision.result = Some(serde_json::json!({ "refused": reason }).to_string());
    decision
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::tests::{admin, facts, registered};
    use crate::testing::{Bench, account};
    use protocol::app::ChangeApp;

    const BACK: &str = "https://case.example.cn/back";

    fn code(hash: &str, now: Millis) -> CodeIssued {
        CodeIssued {
            code_hash: hash.into(),
            account: account(7),
            redirect: BACK.into(),
            challenge: Some("c".into()),
            nonce: Some("n".into()),
            expires_at: now + 60_000,
        }
    }

    fn open() -> Bench<App> {
        let mut bench = registered();
        let change = ChangeApp { redirects: Some(vec![BACK.into()]), ..ChangeApp::default() };
        bench.run(&admin(), change, facts()).unwrap();
        let code = code("h", bench.now);
        bench.settle(Order::IssueCode { code, for_them: true }).unwrap();
        bench
    }

    fn redeem(hash: &str) -> Order {
        Order::RedeemCode {
            code_hash: hash.into(),
            redirect: BACK.into(),
            challenge: Some("c".into()),
            proved: None,
        }
    }

    fn reason(decision: &Decision<AppEvent>) -> Option<SignInRefusal> {
        let result: serde_json::Value =
            serde_json::from_str(decision.result.as_deref().unwrap()).unwrap();
        serde_json::from_value(result["refused"].clone()).unwrap()
    }

    #[test]
    fn a_code_is_changed_once() {
        let mut bench = open();
        let done = bench.settle(redeem("h")).unwrap();
        assert_eq!(reason(&done), None);
        assert!(done.result.unwrap().contains(&account(7).to_string()));
        for _ in 0..2 {
            let again = bench.settle(redeem("h")).unwrap();
            assert_eq!(reason(&again), Some(SignInRefusal::CodeUsed));
            assert_eq!(again.events.len(), 1, "each time: somebody else has it");
        }
    }

    #[test]
    fn who_did_not_ask_for_it_does_not_get_it() {
        use SignInRefusal as R;
        let with = |change: fn(&mut Order)| {
            let mut order = redeem("h");
            change(&mut order);
            order
        };
        for (later, order, expected) in [
            (60_000, redeem("h"), R::CodeExpired),
            (0, redeem("other"), R::CodeUnknown),
            (
                0,
                with(|order| {
                    if let Order::RedeemCode { redirect, .. } = order {
                        redirect.push('?');
                    }
                }),
                R::RedirectDiffers,
            ),
            (
                0,
                with(|order| {
                    if let Order::RedeemCode { challenge, .. } = order {
                        *challenge = None;
                    }
                }),
                R::VerifierWrong,
            ),
            (
                0,
                with(|order| {
                    if let Order::RedeemCode { proved, .. } = order {
                        *proved = Some(false);
                    }
                }),
                R::SecretWrong,
            ),
        ] {
            let mut bench = open();
            bench.now += later;
            let refused = bench.settle(order).unwrap();
            assert_eq!((reason(&refused), refused.events.len()), (Some(expected), 1));
        }
    }

    #[test]
    fn only_registered_addresses_and_only_those_it_is_for() {
        let mut bench = open();
        let elsewhere = CodeIssued { redirect: format!("{BACK}/"), ..code("i", bench.now) };
        for (expected, events) in
            [(SignInRefusal::RedirectUnknown, 1), (SignInRefusal::RedirectUnknown, 0)]
        {
            let order = Order::IssueCode { code: elsewhere.clone(), for_them: true };
            let refused = bench.settle(order).unwrap();
            assert_eq!((reason(&refused), refused.events.len()), (Some(expected), events));
        }
        let order = Order::IssueCode { code: code("i", bench.now), for_them: false };
        assert_eq!(reason(&bench.settle(order).unwrap()), Some(SignInRefusal::NotForYou));
        let nobody = Bench::<App>::new(uuid::Uuid::from_u128(5)).settle(redeem("h")).unwrap();
        assert_eq!((reason(&nobody), nobody.events.len()), (Some(SignInRefusal::CodeUnknown), 0));
    }

    #[test]
    fn codes_do_not_pile_up() {
        let mut codes = Codes::default();
        for n in 0..CODES_MAX + 5 {
            codes.issued(&code(&n.to_string(), n as Millis), n as Millis);
        }
        assert_eq!(codes.codes.len(), CODES_MAX);
        let later = 60_000 + REMEMBERED_MS + CODES_MAX as Millis + 5;
        codes.issued(&code("late", later), later);
        assert_eq!(codes.codes.len(), 1);
    }
}
