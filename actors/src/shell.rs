//! What an area adds to the one entity actor: its registry, its words, its hooks.

use crate::{entity::EntityActor, env::Env};
use domain::Entity;
use kernel::{Registry, journal::StoredEvent};
use protocol::{DecodeError, Seq, StreamId};

pub(crate) trait Shell: Entity + Unpin {
    fn registry(env: &Env) -> &Registry<StreamId, EntityActor<Self>>;

    /// The event as type name and JSON body.
    fn encode(event: &Self::Event) -> (&'static str, String);

    fn decode(type_name: &str, body: &str) -> Result<Self::Event, DecodeError>;

    /// The number a command moves the sender's cursor to, if that is what it does.
    fn cursor(_command: &Self::Command) -> Option<Seq> {
        None
    }

    /// Runs after events are durable and before their replies leave.
    fn committed(_env: &Env, _stream: StreamId, _events: &[StoredEvent]) {}
}
