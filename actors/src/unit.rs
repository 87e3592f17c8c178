//! Area `account`, organisation: what must be looked up before a unit decides.

use crate::{entity::EntityActor, env::Env, shell::Shell};
use domain::unit::{Unit, UnitFacts};
use kernel::Registry;
use protocol::{
    DecodeError, ErrorBody, StreamId,
    unit::{UnitCommand, UnitEvent},
};

impl Shell for Unit {
    fn registry(env: &Env) -> &Registry<StreamId, EntityActor<Self>> {
        &env.units
    }

    fn encode(event: &UnitEvent) -> (&'static str, String) {
        (event.type_name(), event.body_json())
    }

    fn decode(type_name: &str, body: &str) -> Result<UnitEvent, DecodeError> {
        UnitEvent::decode(type_name, body)
    }
}

pub(crate) async fn facts(env: &Env, command: &UnitCommand) -> Result<UnitFacts, ErrorBody> {
    let UnitCommand::CreateUnit(create) = command else { return Ok(UnitFacts::default()) };
    let Some(parent) = create.parent else { return Ok(UnitFacts::default()) };
    let parent = env.queries.unit_path(parent).await.map_err(|_| ErrorBody::unavailable())?;
    Ok(UnitFacts { parent })
}
