//! An application: a program registered to act as one account, its tokens, its place in the app
//! square (`change`), the people it signs in (`sign_in`) and its webhook (`webhook`).
//! Invariants: a token's scopes never grow; a revoked one never opens again; of what it was
//! refused and of its use an event tells at most once a minute and once an hour, so that a
//! program gone wild cannot fill the log. Absent on purpose: secrets, and hashes of them.

mod change;
mod sign_in;
mod webhook;

pub use webhook::{GIVE_UP_AFTER, TOLD_AFTER, WAITING_MAX, again_after};

use crate::{Context, Decision, Entity, Order, Who, text};
use change::Square;
use protocol::{
    AccountId, EntityKind, ErrorBody, ErrorKind, Millis, Permission, Seq,
    app::{
        AppCommand, AppCreated, AppEvent, CreateApp, IssueToken, RevokeToken, Scope, ScopeMissing,
        TokenIssued, TokenRevoked, TokenUsed,
    },
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Tokens that one application ever had: some are replaced every month.
const TOKENS_MAX: usize = 200;
const USED_EVERY_MS: Millis = 60 * 60 * 1000;
const MISSING_EVERY_MS: Millis = 60 * 1000;

/// The scope that a word needs, by the kind it belongs to. `None`: not for programs.
pub fn scope_of(type_name: &str) -> Option<Scope> {
    match EntityKind::of_type(type_name)? {
        EntityKind::Task | EntityKind::Calendar => Some(Scope::Tasks),
        EntityKind::Notice => Some(Scope::Notices),
        EntityKind::Room => Some(Scope::Messages),
        _ => None,
    }
}

/// What is looked up before a command is decided.
#[derive(Default)]
pub struct AppFacts {
    /// The unit of the account that the command names, if the account can be used.
    pub unit: Option<protocol::UnitId>,
    /// A fresh secret for a webhook, sealed as it is kept, in hex.
    pub secret_sealed: Option<String>,
    /// Width and height of the picture that the command names.
    pub picture: Option<(u32, u32)>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Token {
    revoked: bool,
    used_at: Option<Millis>,
    missed_at: Option<Millis>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct App {
    /// Empty: nobody registered it yet.
    name: String,
    account: Option<AccountId>,
    tokens: BTreeMap<Uuid, Token>,
    square: Square,
    sign_in: sign_in::Codes,
    webhook: webhook::Webhook,
}

impl App {
    pub fn exists(&self) -> bool {
        !self.name.is_empty()
    }

    fn there(&self) -> Result<(), ErrorBody> {
        if self.exists() {
            return Ok(());
        }
        Err(ErrorBody::new(ErrorKind::NotFound, "app.not_found", "no such application"))
    }

    fn create(
        &self,
        command: &CreateApp,
        facts: &AppFacts,
    ) -> Result<Decision<AppEvent>, ErrorBody> {
        if self.exists() {
            let message = "an application with this id exists";
            return Err(ErrorBody::new(ErrorKind::Conflict, "app.exists", message));
        }
        if facts.unit.is_none() {
            let message = "no such account, or it is disabled";
            let error = ErrorBody::new(ErrorKind::NotFound, "app.account_not_found", message);
            return Err(error.field("account"));
        }
        let name = text::name("name", &command.name)?;
        Ok(Decision::event(AppCreated { name, account: command.account }))
    }

    fn issue(
        &self,
        command: &IssueToken,
        context: &Context<'_>,
    ) -> Result<Decision<AppEvent>, ErrorBody> {
        self.there()?;
        if self.tokens.contains_key(&command.token) {
            let message = "a token with this id was issued";
            let error = ErrorBody::new(ErrorKind::Conflict, "app.token_exists", message);
            return Err(error.field("token"));
        }
        if self.tokens.len() >= TOKENS_MAX {
            let message = format!("at most {TOKENS_MAX} tokens: register it anew");
            return Err(ErrorBody::new(ErrorKind::Conflict, "app.too_many_tokens", message));
        }
        if command.expires_at.is_some_and(|at| at <= context.now) {
            return Err(ErrorBody::invalid("expires_at", "over already"));
        }
        let mut scopes: Vec<Scope> = command.scopes.clone();
        scopes.sort_unstable();
        scopes.dedup();
        if scopes.is_empty() {
            return Err(ErrorBody::invalid("scopes", "a token that opens nothing"));
        }
        let hash = text::sha256("hash", &command.hash)?;
        let label = text::name("label", &command.label)?;
        let (token, expires_at) = (command.token, command.expires_at);
        let mut decision = Decision::event(TokenIssued { token, label, scopes, expires_at });
        decision.private = Some(serde_json::json!({ "token_hash": hash }).to_string());
        Ok(decision)
    }

    fn revoke(&self, command: &RevokeToken) -> Result<Decision<AppEvent>, ErrorBody> {
        self.there()?;
        let token = command.token;
        match self.tokens.get(&token) {
            Some(known) if known.revoked => Ok(Decision::nothing()),
            Some(_) => Ok(Decision::event(TokenRevoked { token })),
            None => {
                Err(ErrorBody::new(ErrorKind::NotFound, "app.token_not_found", "no such token")
                    .field("token"))
            }
        }
    }
}

/// Registered and taken care of by who manages accounts everywhere: a program may be put to
/// work in any unit.
fn by_manager(who: &Who) -> Result<(), ErrorBody> {
    if who.may_everywhere(Permission::AccountManage) {
        return Ok(());
    }
    let message = "needs account.manage for the whole organisation";
    Err(ErrorBody::new(ErrorKind::Forbidden, "app.not_allowed", message))
}

impl Entity for App {
    const KIND: EntityKind = EntityKind::App;
    const SNAPSHOT_VERSION: u32 = 2;
    type Command = AppCommand;
    type Event = AppEvent;
    type Facts = AppFacts;

    fn decide(
        &self,
        command: &AppCommand,
        facts: &AppFacts,
        context: &Context<'_>,
    ) -> Result<Decision<AppEvent>, ErrorBody> {
        by_manager(context.who)?;
        match command {
            AppCommand::CreateApp(command) => self.create(command, facts),
            AppCommand::IssueToken(command) => self.issue(command, context),
            AppCommand::RevokeToken(command) => self.revoke(command),
            AppCommand::ChangeApp(command) => change::decide(self, command, facts),
            AppCommand::SetWebhook(command) => webhook::set(self, command, facts),
            AppCommand::ClearWebhook(_) => webhook::clear(self),
        }
    }

    fn settle(
        &self,
        order: &Order,
        context: &Context<'_>,
    ) -> Result<Decision<AppEvent>, ErrorBody> {
        let long_ago =
            |last: Option<Millis>, every| last.is_none_or(|at| context.now - at >= every);
        let known = |token: &Uuid| self.tokens.get(token);
        Ok(match order {
            Order::TokenUsed { token } => match known(token) {
                Some(one) if long_ago(one.used_at, USED_EVERY_MS) => {
                    Decision::event(TokenUsed { token: *token })
                }
                _ => Decision::nothing(),
            },
            Order::ScopeMissing { token, scope, asked } => match known(token) {
                Some(one) if long_ago(one.missed_at, MISSING_EVERY_MS) => {
                    let (token, scope, asked) = (*token, *scope, asked.clone());
                    Decision::event(ScopeMissing { token, scope, asked })
                }
                _ => Decision::nothing(),
            },
            Order::IssueCode { code, for_them } => sign_in::issue(self, code, *for_them, context),
            Order::RedeemCode { .. } => sign_in::redeem(self, order, context),
            Order::WebhookTried { since, error } => webhook::tried(self, *since, error.as_deref()),
            // One that went astray must not be retried for ever.
            _ => Decision::nothing(),
        })
    }

    fn apply(&mut self, _: Seq, at: Millis, _: Option<AccountId>, event: &AppEvent) {
        match event {
            AppEvent::AppCreated(created) => {
                self.name = created.name.clone();
                self.account = Some(created.account);
            }
            AppEvent::TokenIssued(issued) => {
                let token = Token { revoked: false, used_at: None, missed_at: None };
                self.tokens.insert(issued.token, token);
            }
            AppEvent::TokenRevoked(revoked) => {
                if let Some(token) = self.tokens.get_mut(&revoked.token) {
                    token.revoked = true;
                }
            }
            AppEvent::TokenUsed(used) => {
                if let Some(token) = self.tokens.get_mut(&used.token) {
                    token.used_at = Some(at);
                }
            }
            AppEvent::ScopeMissing(missing) => {
                if let Some(token) = self.tokens.get_mut(&missing.token) {
                    token.missed_at = Some(at);
                }
            }
            AppEvent::AppChanged(changed) => {
                self.name = changed.name.clone();
                self.square = Square::of(changed);
            }
            AppEvent::CodeIssued(code) => self.sign_in.issued(code, at),
            AppEvent::PersonSignedIn(done) => self.sign_in.used(&done.code_hash),
            AppEvent::PersonRefused(refused) => self.sign_in.refused(refused.reason, at),
            AppEvent::WebhookSet(_) => self.webhook.set(true),
            AppEvent::WebhookCleared(_) => self.webhook.set(false),
            AppEvent::WebhookFailing(_) => self.webhook.failing = true,
            AppEvent::WebhookWorks(_) => self.webhook.failing = false,
        }
    }

    fn may_watch(&self, who: &Who) -> bool {
        by_manager(who).is_ok() || who.may_everywhere(Permission::AuditRead)
    }

    fn counts(_: &AppEvent) -> bool {
        false
    }

    fn revokes(_: &AppEvent) -> Option<AccountId> {
        None
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::testing::{Bench, account, unit, who};
    use protocol::Role;

    const TOKEN: Uuid = Uuid::from_u128(0xb1);

    pub(crate) fn admin() -> Who {
        who(1, &[(Role::RegionAdmin, 1)])
    }

    pub(crate) fn facts() -> AppFacts {
        AppFacts { unit: Some(unit(2)), ..AppFacts::default() }
    }

    fn issue(scopes: &[Scope], hash: &str) -> IssueToken {
        IssueToken {
            token: TOKEN,
            label: "生产".into(),
            scopes: scopes.to_vec(),
            hash: hash.into(),
            expires_at: None,
        }
    }

    pub(crate) fn registered() -> Bench<App> {
        let mut bench = Bench::new(Uuid::from_u128(0xb00));
        let create = CreateApp { name: "审批系统".into(), account: account(5) };
        bench.run(&admin(), create, facts()).unwrap();
        bench
    }

    fn with_token() -> Bench<App> {
        let mut bench = registered();
        bench.run(&admin(), issue(&[Scope::Read], &"ab".repeat(32)), facts()).unwrap();
        bench
    }

    #[test]
    fn a_token_is_given_out_once_and_its_hash_is_in_no_event() {
        let hash = "ab".repeat(32);
        for (who, command, expected) in [
            (admin(), issue(&[Scope::Tasks, Scope::Read, Scope::Read], &hash), Ok(1)),
            (admin(), issue(&[], &hash), Err("hub.invalid")),
            (admin(), issue(&[Scope::Read], "secret"), Err("hub.invalid")),
            (
                admin(),
                IssueToken { expires_at: Some(1), ..issue(&[Scope::Read], &hash) },
                Err("hub.invalid"),
            ),
            (
                who(2, &[(Role::HallManager, 2)]),
                issue(&[Scope::Read], &hash),
                Err("app.not_allowed"),
            ),
        ] {
            let outcome = registered().run(&who, command, facts());
            if let Ok(done) = &outcome {
                assert!(done.private.as_ref().is_some_and(|private| private.contains(&hash)));
                assert!(!format!("{:?}{:?}", done.events, done.result).contains(&hash));
            }
            let events = outcome.map(|done| done.events.len()).map_err(|e| e.code.into_owned());
            assert_eq!(events, expected.map_err(str::to_owned));
        }
        let again = with_token().run(&admin(), issue(&[Scope::Read], &hash), facts());
        assert_eq!(again.unwrap_err().code, "app.token_exists");
    }

    #[test]
    fn revoking() {
        let mut bench = with_token();
        let revoke = |token| RevokeToken { token };
        let unknown = bench.run(&admin(), revoke(Uuid::from_u128(1)), facts()).unwrap_err();
        assert_eq!(unknown.code, "app.token_not_found");
        for events in [1, 0] {
            let done = bench.run(&admin(), revoke(TOKEN), facts()).unwrap();
            assert_eq!(done.events.len(), events);
        }
    }

    #[test]
    fn a_program_gone_wild_fills_no_log() {
        let mut bench = with_token();
        let missing = || Order::ScopeMissing {
            token: TOKEN,
            scope: Scope::Messages,
            asked: "room.send_message".into(),
        };
        let used = || Order::TokenUsed { token: TOKEN };
        for (later, order, events) in [
            (0, missing(), 1),
            (1, missing(), 0),
            (MISSING_EVERY_MS, missing(), 1),
            (0, used(), 1),
            (USED_EVERY_MS - 1, used(), 0),
            (1, used(), 1),
            (0, Order::TokenUsed { token: Uuid::from_u128(9) }, 0),
        ] {
            bench.now += later;
            assert_eq!(bench.settle(order).unwrap().events.len(), events);
        }
    }
}
