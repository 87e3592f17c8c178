//! What an area adds to the one entity actor: its words, what it looks up, its hooks.

use crate::{areas::Listed, env::Env};
use domain::{Order, Who};
use kernel::journal::StoredEvent;
use protocol::{DecodeError, ErrorBody, Seq, StreamId, http::Receipt};
use std::future::Future;

pub(crate) trait Shell: Listed {
    /// The event as type name and JSON body.
    fn encode(event: &Self::Event) -> (&'static str, String);

    fn decode(type_name: &str, body: &str) -> Result<Self::Event, DecodeError>;

    /// The stream a command is for, where the command itself names it.
    fn target(_who: &Who, _command: &Self::Command) -> Option<StreamId> {
        None
    }

    /// Looks up what the rules must know besides the state.
    fn facts(
        env: &Env,
        who: &Who,
        stream: StreamId,
        command: &Self::Command,
    ) -> impl Future<Output = Result<Self::Facts, ErrorBody>>;

    /// Completes an order of the hub with what must be looked up when it is delivered.
    fn brief(
        _env: &Env,
        _stream: StreamId,
        order: Order,
    ) -> impl Future<Output = Result<Order, ErrorBody>> {
        std::future::ready(Ok(order))
    }

    /// What the sender is told of a committed command: some that are committed have failed.
    fn outcome(_env: &Env, receipt: Receipt) -> Result<Receipt, ErrorBody> {
        Ok(receipt)
    }

    /// The number a command moves the sender's cursor to, if that is what it does.
    fn cursor(_command: &Self::Command) -> Option<Seq> {
        None
    }

    /// Runs after events are durable and before their replies leave.
    fn committed(_env: &Env, _stream: StreamId, _events: &[StoredEvent]) {}
}
