//! Area `contact`: what must be looked up before two people's terms and the rules decide, and
//! what the memory of `reach` must forget when they have.

use crate::{
    env::Env,
    reach::{book, level_of},
    shell::Shell,
};
use domain::{
    Who,
    contact::{Contact, ContactFacts, ContactRules, contact_of},
};
use kernel::journal::{StoreError, StoredEvent};
use protocol::{
    AccountId, AnyEvent, DecodeError, ErrorBody, StreamId,
    contact::{
        ContactCommand, ContactEvent, ContactRulesCommand, ContactRulesEvent, ContactSide,
        contact_rules_stream,
    },
};

impl Shell for Contact {
    fn encode(event: &ContactEvent) -> (&'static str, String) {
        (event.type_name(), event.body_json())
    }

    fn decode(type_name: &str, body: &str) -> Result<ContactEvent, DecodeError> {
        ContactEvent::decode(type_name, body)
    }

    fn target(who: &Who, command: &ContactCommand) -> Option<StreamId> {
        Some(contact_of(who.account?, peer_of(command)))
    }

    async fn facts(
        env: &Env,
        who: &Who,
        _: StreamId,
        command: &ContactCommand,
    ) -> Result<ContactFacts, ErrorBody> {
        let peer = peer_of(command);
        let looked_up = async {
            let book = book(env).await?;
            let level = level_of(env, &book, who, peer).await?;
            let known = env.queries.missing_accounts(&[peer]).await?.is_empty();
            Ok::<_, StoreError>(ContactFacts { known, level, grant_ms: book.grant_ms })
        };
        looked_up.await.map_err(|_| ErrorBody::unavailable())
    }

    /// Before the replies leave: whoever knows of a change is judged by it.
    fn committed(env: &Env, _: StreamId, events: &[StoredEvent]) {
        for stored in events {
            let Some(body) = &stored.body else { continue };
            let Ok(AnyEvent::Contact(event)) = AnyEvent::decode(&stored.type_name, body) else {
                continue;
            };
            match event {
                ContactEvent::ContactAccepted(given) => {
                    env.contacts.forget_terms([given.asker, given.peer]);
                }
                ContactEvent::ContactBlocked(one) => {
                    env.contacts.forget_terms([one.account, one.peer]);
                }
                ContactEvent::ContactUnblocked(one) => {
                    env.contacts.forget_terms([one.account, one.peer]);
                }
                // A request opens nothing, and what ends names nobody: all are read again.
                ContactEvent::ContactEnded(_) => env.contacts.forget_all_terms(),
                ContactEvent::ContactAsked(_) | ContactEvent::ContactRefused(_) => {}
            }
        }
    }
}

fn peer_of(command: &ContactCommand) -> AccountId {
    match command {
        ContactCommand::AskContact(command) => command.peer,
        ContactCommand::AnswerContact(command) => command.peer,
        ContactCommand::EndContact(command) => command.peer,
        ContactCommand::BlockContact(command) => command.peer,
    }
}

impl Shell for ContactRules {
    fn encode(event: &ContactRulesEvent) -> (&'static str, String) {
        (event.type_name(), event.body_json())
    }

    fn decode(type_name: &str, body: &str) -> Result<ContactRulesEvent, DecodeError> {
        ContactRulesEvent::decode(type_name, body)
    }

    fn target(_: &Who, _: &ContactRulesCommand) -> Option<StreamId> {
        Some(contact_rules_stream())
    }

    async fn facts(
        env: &Env,
        _: &Who,
        _: StreamId,
        command: &ContactRulesCommand,
    ) -> Result<Vec<AccountId>, ErrorBody> {
        let ContactRulesCommand::SetContactRule(set) = command else { return Ok(Vec::new()) };
        let named = [set.rule.one, set.rule.other].into_iter().filter_map(|side| match side {
            ContactSide::Person { account } => Some(account),
            _ => None,
        });
        let named: Vec<AccountId> = named.collect();
        if named.is_empty() {
            return Ok(named);
        }
        env.queries.missing_accounts(&named).await.map_err(|_| ErrorBody::unavailable())
    }

    fn committed(env: &Env, _: StreamId, _: &[StoredEvent]) {
        env.contacts.forget_book();
    }
}
